"""Bodies of the worked example (law §7.8), to be changed field by field. All firms are fictitious."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ledger.fields import File
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, Refusing
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.consult import ApprovalConsult, ApprovalReply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.list_propose import ListCountersign, ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.acts.permit import PermitGrant
from whitelist.approval import ListingRef
from whitelist.check_answers import AskedTransfer
from whitelist.fields import PermitItem, Place, Scope
from whitelist.listing import rows_hash
from whitelist.transfer import Contract, DangerousGoods, PaperManifest, PlanRef, WasteLine

BATTERY = "900-052-31"


def grant(**changes: Any) -> PermitGrant:
    """HW31 INCLUDE 900-052-31, R4, 60,000 t/a, to 2027-06-30."""
    body = PermitGrant(
        no="CQ5001160001",
        permit_class="permit",
        valid_from="2022-07-01",
        valid_to="2027-06-30",
        division="500116",
        address="重庆市江津区工业园一路1号（虚构）",
        items=(PermitItem(category="HW31", scope="INCLUDE", codes=(BATTERY,), methods=("R4",)),),
        scale_t="60000",
    )
    return replace(body, **changes)


def row(**changes: Any) -> Row:
    """60,000 t of lead batteries a year."""
    body = Row(
        receiver=RECEIVER,
        permit=PERMIT,
        waste=Scope(category="HW31", scope="INCLUDE", codes=(BATTERY,)),
        methods=("R4",),
        quota_t="60000.000000",
    )
    return replace(body, **changes)


def propose(**changes: Any) -> ListPropose:
    """A list of one row on one page for 2026."""
    body = ListPropose(
        letter_no="川环函〔2025〕900号",
        letter_date="2025-12-20",
        effective_from="2026-01-01",
        effective_to="2026-12-31",
        kind="mutual",
        suspension_stops="issue",
        rows=1,
        pages=1,
    )
    return replace(body, **changes)


def place(division: str, site: str | None = None) -> Place:
    """A place somewhere in a division."""
    return Place(division=division, address="示范路1号（虚构）", site=site)


def application(*lines: ApplicationLine, **changes: Any) -> ApprovalApply:
    """An application to 2026-12-31 from 510112."""
    body = ApprovalApply(receiver=RECEIVER, permit=PERMIT, origin=place("510112"), applied_to="2026-12-31", lines=lines or (applied(),))
    return replace(body, **changes)


def applied(**changes: Any) -> ApplicationLine:
    """3,000 t of lead batteries on row 0 of the list."""
    body = ApplicationLine(
        name="废铅蓄电池",
        code=BATTERY,
        category="HW31",
        hazards=("T", "C"),
        mass_t="3000.000000",
        method="R4",
        listing=ListingRef(list=LIST, row=0),
    )
    return replace(body, **changes)


def decision(**changes: Any) -> ApprovalDecide:
    """Line 0 approved whole, to 2026-12-31."""
    body = ApprovalDecide(
        approve=True,
        no="川环审批〔2026〕1号",
        valid_to="2026-12-31",
        lines=(DecidedLine(line=0, mass_t="3000"),),
    )
    return replace(body, **changes)


def line(**changes: Any) -> WasteLine:
    """5.6 t of lead batteries in 14 boxes."""
    body = WasteLine(
        name="废铅蓄电池",
        code=BATTERY,
        category="HW31",
        hazards=("T", "C"),
        components="铅、硫酸",
        form="S",
        packing="box",
        packs=14,
        mass_t="5.600000",
        method="R4",
        decision_line=0,
        dg=DangerousGoods(un_no="2794", dg_class="8"),
    )
    return replace(body, **changes)


def transfer(*lines: WasteLine, **changes: Any) -> AskedTransfer:
    """The first load of the worked example; places may be given by their division alone."""
    body = AskedTransfer(
        generator=GENERATOR,
        origin=place("510112"),
        receiver=RECEIVER,
        destination=place("500116"),
        consignor="generator",
        permit=PERMIT,
        approval=APPROVAL,
        number="20265101000123",
        plan=PlanRef(filing_no="GL-510112-2026-001"),
        contract=Contract(no="HT-2026-001", valid_to="2027-12-31"),
        emergency_measures="泄漏时先围堵、后中和，并报告当地生态环境部门。",
        lines=lines or (line(),),
    )
    places = {name: place(found) for name in ("origin", "destination") if isinstance(found := changes.get(name), str)}
    return replace(body, **{**changes, **places})


INTRA: dict[str, Any] = {"generator": OTHER_RECEIVER, "origin": "500115", "approval": None, "number": None}
"""What makes of it a transfer inside Chongqing, of a firm that is at home there."""

PAPER = PaperManifest(
    reason="平台故障",
    departed_at="2026-12-30T09:00:00+08:00",
    completed_at="2026-12-31T16:00:00+08:00",
    scan=File(sha256="ab" * 32, size=1, media_type="application/pdf", name="纸质联单.pdf"),
)


def with_permit(now: str = "2026-02-02 09:00", **changes: Any) -> Log:
    """A log with the receiver's permit."""
    log = Log("2026-01-05 09:00")
    log.post("permit.grant/1", PERMIT, grant(**changes), CHONGQING)
    log.at(now)
    return log


def add_list(log: Log, *rows: Row, chain: str = LIST, sides: tuple[str, str] = (SICHUAN, CHONGQING), **changes: Any) -> None:
    """Propose, fill and countersign a list."""
    rows = rows or (row(),)
    log.post("list.propose/1", chain, propose(rows=len(rows), **changes), sides[0])
    log.post("list.rows/1", chain, ListRows(page=0, rows=rows), sides[0])
    countersign(log, chain, sides[1])


def countersign(log: Log, chain: str = LIST, by: str = CHONGQING) -> None:
    """Countersign the rows that are there."""
    body = ListCountersign(rows_hash=rows_hash(log.state(chain).rows), letter_no="渝环函〔2025〕800号", letter_date="2025-12-25")
    log.post("list.countersign/1", chain, body, by)


def agree(log: Log, *, answer: bool = True, chain: str = APPROVAL) -> None:
    """The letter and its answer."""
    letter = ApprovalConsult(letter_no="川环固函〔2026〕10号", letter_date="2026-02-01")
    log.post("approval.consult/1", chain, letter, SICHUAN)
    reply = ApprovalReply(
        letter_no="渝环固函〔2026〕11号", letter_date="2026-02-01", agree=answer, reason=None if answer else "处置能力不足"
    )
    log.post("approval.reply/1", chain, reply, CHONGQING)


def listed() -> Log:
    """A log on 2026-11-05 with permit, list, and an approval of 3,000 t given on row 0."""
    log = with_permit()
    add_list(log)
    log.post("approval.apply/1", APPROVAL, application(), GENERATOR)
    log.at("2026-02-09 16:00")
    log.post("approval.decide/1", APPROVAL, decision(), SICHUAN)
    log.at("2026-11-05 08:30")
    return log


def approved(*lines: ApplicationLine, granted: tuple[DecidedLine, ...] | None = None, permit: PermitGrant | None = None) -> Log:
    """A log on 2026-11-05 with an approval by letter."""
    log = Log("2026-02-02 09:00")
    log.post("permit.grant/1", PERMIT, permit or grant(), CHONGQING)
    lines = lines or (applied(listing=None),)
    log.post("approval.apply/1", APPROVAL, application(*lines), GENERATOR)
    agree(log)
    granted = granted or tuple(DecidedLine(line=number, mass_t=one.mass_t) for number, one in enumerate(lines))
    log.post("approval.decide/1", APPROVAL, decision(lines=granted), SICHUAN)
    log.at("2026-11-05 08:30")
    return log


LETTER = ApprovalConsult(letter_no="川环固函〔2026〕10号", letter_date="2026-02-02")
REPLY = ApprovalReply(letter_no="渝环固函〔2026〕11号", letter_date="2026-02-02", agree=True)


def refusal(**changes: Any) -> ApprovalDecide:
    """不予批准."""
    return replace(ApprovalDecide(approve=False, no="川环不准〔2026〕1号", outcome="not_qualified", reason="材料不实"), **changes)


def applied_log(*lines: ApplicationLine, **changes: Any) -> Log:
    """A log on 2026-02-02 with permit, list and an application."""
    log = with_permit()
    add_list(log)
    assert post(log, "apply", application(*lines, **changes), GENERATOR) == []
    return log


def post(log: Log, act: str, body: Any, by: str = SICHUAN, chain: str = APPROVAL) -> list[tuple[str, str]]:
    """Post an act on an approval; codes and fields of what refuses it."""
    try:
        log.post(f"approval.{act}/1", chain, body, by)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []
