"""开具, part 1 of the form (Order 23 Art. 10(4), 13): what the form must say beyond the check, and how a manifest begins.

Wastes, permits, decisions, lists, quotas and the number are judged by ``whitelist.check``; here stands what a transfer does not need
(R-05, R-11, R-25 form).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.findings import Findings
from ledger.mass import parse_mass
from ledger.model import Admission, Statement
from ledger.times import parse_at
from manifests.act import Body, ManifestAct, commitments_are_wellformed, drawn, is_open, judge_text, judge_time
from manifests.model import LineState, ManifestState, Place, Stage, Times
from signing.refusal import Reason, texts
from signing.uscc import check_uscc
from whitelist import check
from whitelist.approval import approval_at
from whitelist.listing import list_at
from whitelist.number import NumberHolders, number_key
from whitelist.permit import permit_at
from whitelist.quota import q3_account, q3_change
from whitelist.transfer import Transfer, WasteLine

CARRIERS_MAX = 8
MEASURES_MAX = 2000
DANGEROUS_GOODS_MAX = 32
_UN = re.compile(r"[0-9]{4}")
_CLASS = re.compile(r"[1-9](?:\.[1-6])?")
_TRIP = re.compile(r"[0-9A-Za-z._-]{1,64}")


class DangerousGoods(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """危险货物类别、项别、编号 of one line (Order 23 Art. 13)."""

    line: int
    un_no: str
    """Four digits, e.g. ``2794``."""
    dg_class: str
    """Class and division, e.g. ``8`` or ``6.1``."""
    packing_group: Literal["I", "II", "III"] | None = None


class Issue(Body, frozen=True, kw_only=True):
    """Part 1 of the form, filled by the generator (``manifest.issue/1``)."""

    lines: tuple[WasteLine, ...]
    receiver: str
    permit: str
    """Chain of the receiver's permit."""
    approval: str | None = None
    """Chain of the decision; absent inside one province."""
    number: str | None = None
    """National 14-digit number, if the state system has given it already."""
    origin: Place
    destination: Place
    consignor: str
    """托运人: ``generator`` or ``receiver``."""
    carriers: tuple[str, ...] = ()
    """Carriers in the order of travel, as far as known; a carrier named here may also record the departure alone."""
    mode: str = "road"
    emergency_measures: str = ""
    """突发环境事件的防范措施 (Order 23 Art. 10(4)); refused MISSING when blank."""
    dangerous_goods: tuple[DangerousGoods, ...] = ()
    planned_at: str | None = None
    """计划转移时间."""
    trip_id: str | None = None
    """Groups the manifests of one vehicle-trip (Art. 16.2)."""
    backfill: bool = False
    """补录: the transfer ran on paper; later acts may be older than 15 days (formats §6)."""


def transfer_of(statement: Statement) -> Transfer:
    """The transfer that an issue asks for: what ``whitelist.check`` judges."""
    body: Issue = statement.body
    return Transfer(
        generator=statement.owner,
        origin=body.origin.division,
        receiver=body.receiver,
        destination=body.destination.division,
        consignor=body.consignor,
        mode=body.mode,
        permit=body.permit,
        approval=body.approval,
        number=body.number,
        lines=body.lines,
    )


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The generator."""
    return (Role("generator", (statement.owner,)),)


def reads(statement: Statement, facts: Facts) -> Reads:
    """Everything the check reads."""
    return check.reads(transfer_of(statement), facts)


def form_is_complete(judged: Judged, out: Findings) -> None:
    """What reads nothing but the statement."""
    body: Issue = judged.statement.body
    judge_text(out, "body.emergency_measures", body.emergency_measures, MEASURES_MAX)
    judge_text(out, "body.origin.address", body.origin.address)
    judge_text(out, "body.destination.address", body.destination.address)
    _carriers(body, out)
    _dangerous_goods(body, out)
    if body.planned_at is not None:
        judge_time(out, "body.planned_at", body.planned_at)
    if body.trip_id is not None and not _TRIP.fullmatch(body.trip_id):
        out.refuse("TRIP_ID", "body.trip_id", body.trip_id, _TRIP.pattern)
    if body.backfill:
        out.tag("BACKFILL")


def _carriers(body: Issue, out: Findings) -> None:
    """R-05: carriers are real USCCs, each named once."""
    if len(body.carriers) > CARRIERS_MAX or len(set(body.carriers)) != len(body.carriers):
        out.refuse("LIST_LENGTH", "body.carriers", len(body.carriers), f"≤ {CARRIERS_MAX}, each once")
    for position, carrier in enumerate(body.carriers[:CARRIERS_MAX]):
        if not check_uscc(carrier):
            out.refuse("USCC", f"body.carriers.{position}", carrier, "GB 32100")


def _dangerous_goods(body: Issue, out: Findings) -> None:
    """R-25, form only: a UN number has four digits, a class 1 to 9 with its division, for a line that exists."""
    if len(body.dangerous_goods) > DANGEROUS_GOODS_MAX:
        out.refuse("LIST_LENGTH", "body.dangerous_goods", len(body.dangerous_goods), f"≤ {DANGEROUS_GOODS_MAX}")
    for position, goods in enumerate(body.dangerous_goods[:DANGEROUS_GOODS_MAX]):
        field = f"body.dangerous_goods.{position}"
        if not 0 <= goods.line < len(body.lines):
            out.refuse("LINE_UNKNOWN", f"{field}.line", goods.line, f"0 … {len(body.lines) - 1}")
        if not _UN.fullmatch(goods.un_no):
            out.refuse("DG_DATA", f"{field}.un_no", goods.un_no, "2794")
        if not _CLASS.fullmatch(goods.dg_class):
            out.refuse("DG_DATA", f"{field}.dg_class", goods.dg_class, "8, 6.1")


def transfer_is_lawful(judged: Judged, out: Findings) -> None:
    """The check finds nothing against the transfer; the route and what it draws go with the admission."""
    answer = check.check(transfer_of(judged.statement), judged.facts, judged.moment)
    out.reasons += [_in_body(reason) for reason in answer.reasons]
    out.tags |= set(answer.tags)
    for level, code in answer.alerts:
        out.alert(level, code)
    out.route, out.accounts = answer.route, answer.draws


_FIELDS: Mapping[str, str] = {"generator": "chain", "origin": "body.origin.division", "destination": "body.destination.division"}


def _in_body(reason: Reason) -> Reason:
    """A reason of the check, its field said as a path into the statement."""
    field = _FIELDS.get(reason.field) or (f"body.{reason.field}" if reason.field else "")
    return Reason(reason.code, field, reason.found, reason.expected)


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest begins; its number is held from now on."""
    approved_to, listed_to = _terms(statement.body, facts)
    state = opened(statement, admission, _listings(statement.body, facts))
    state = replace(state, approved_to=approved_to, listed_to=listed_to)
    permit = permit_at(facts, statement.body.permit)
    assert permit is not None, "the check found it"
    registers: dict[str, Any] = dict(q3_change(facts, permit.root, admission, reserved_g=state.drawn.get(q3_account(permit.root), 0)))
    if state.number is not None:
        key = number_key(state.number)
        registers[key] = (facts.get(key) or NumberHolders()).with_holder(state.generator, statement.chain)
    return Changes(state=state, registers=registers)


Listing = tuple[str, int] | None


def _listings(body: Issue, facts: Facts) -> list[Listing]:
    """Per line, the listing on which its decision line was given."""
    approval = None if body.approval is None else approval_at(facts, body.approval)
    if approval is None:
        return []
    lines = [approval.line(line.decision_line) for line in body.lines]
    return [None if line is None or line.listing is None else (line.listing.list, line.listing.row) for line in lines]


def _terms(body: Issue, facts: Facts) -> tuple[str | None, str | None]:
    """Last day of the decision, and the earliest last day of the lists that its lines were given on."""
    approval = None if body.approval is None else approval_at(facts, body.approval)
    if approval is None:
        return None, None
    lists = {listing[0] for listing in _listings(body, facts) if listing is not None}
    return approval.valid_to, min((listed.effective_to for name in lists if (listed := list_at(facts, name)) is not None), default=None)


def opened(statement: Statement, admission: Admission, listings: Sequence[Listing] = ()) -> ManifestState:
    """The manifest after its issue. ``listings`` by line, as far as the caller knows them."""
    body: Issue = statement.body
    generator = statement.owner
    known = (*listings, *(None,) * (len(body.lines) - len(listings)))
    lines = tuple(
        LineState(
            name=line.name,
            code=line.code,
            category=line.category,
            form=line.form,
            packing=line.packing,
            method=line.method,
            decision_line=line.decision_line,
            listing=listing,
            declared_g=parse_mass(line.mass_t),
        )
        for line, listing in zip(body.lines, known, strict=True)
    )
    assert admission.decision.route is not None, "an issue has a route"
    return ManifestState(
        generator=generator,
        receiver=body.receiver,
        consignor=generator if body.consignor == "generator" else body.receiver,
        carriers=body.carriers,
        origin=body.origin,
        destination=body.destination,
        mode=body.mode,
        route=admission.decision.route,
        permit=body.permit,
        approval=body.approval,
        number=body.number,
        trip_id=body.trip_id,
        backfill=body.backfill,
        planned_s=None if body.planned_at is None else parse_at(body.planned_at),
        lines=lines,
        drawn=drawn({}, admission),
        reserved_year=int(admission.at[:4]),
        stage=Stage.ISSUED,
        times=Times(issued_s=statement.at_s, latest_s=0 if body.backfill else statement.at_s),
        acts=(statement.hash,),
    )


def _follow(state: ManifestState | None, statement: Statement, admission: Admission) -> ManifestState:
    assert state is None, "an issue opens the chain and never advances it"
    return opened(statement, admission)


ISSUE = ManifestAct(
    kind=Kind(
        name="manifest.issue/1",
        zh="开具联单",
        en="issue",
        body=Issue,
        chain_type="manifest",
        roles=("generator",),
        signers=signers,
        window=Window.DAY,
        reads=reads,
        reads_doc="What the check reads: the permit, the decision, the lists its lines were given on, and their accounts.",
        gate=is_open,
        rules=(commitments_are_wellformed, form_is_complete, transfer_is_lawful),
        evolve=evolve,
        books="reserved",
        effect=("联单成立，按计划量占用额度。", "The manifest begins and reserves quota by its declared mass."),
        texts=texts("""
DG_DATA | R-25 | sender | Order 23 Art. 13 [READ]; form of the fields [DESIGN]
危险货物编号（UN）或类别、项别填写有误。 || 编号填四位数字，类别、项别填如 8 或 6.1。
The UN number or the class of the dangerous goods is malformed. || Give four digits for the UN number and a class such as 8 or 6.1.

TRIP_ID | R-52 | sender | Order 23 Art. 16.2 [READ]; form [DESIGN]
车次标识的格式不对。 || 使用 1 至 64 个字母、数字、点、下划线或连字符。
The trip id is malformed. || Use 1 to 64 letters, digits, dots, underscores or hyphens.
"""),
        opens=True,
        routed=True,
    ),
    follow=_follow,
)
