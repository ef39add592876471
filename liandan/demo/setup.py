"""What must be there before the first truck leaves: parties, permits, lists of both directions, applications and decisions.

A decision comes by one of two routes: LISTED, on a row of the yearly list, which is the other province's advance consent; or APPROVED,
after a letter of consultation and an agreeing reply.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.mass import parse_mass
from ledger.times import day_of
from liandan.demo import calendar, firms
from liandan.demo.calendar import HOUR
from liandan.demo.firms import Firm, authority_of
from liandan.demo.plan import Act, BodyLater, Scribe
from liandan.demo.world import LICENSES, LIST_50_51, LIST_51_50, ROWS, Flow, World
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.consult import ApprovalConsult, ApprovalReply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.listing import ListCountersign, ListPropose, ListRows, Row
from whitelist.acts.permit import PermitAmend, PermitGrant
from whitelist.listing import ListRow, rows_hash
from whitelist.scope import PermitItem, Scope


def registrations() -> Iterator[Act]:
    """Every firm enters with its first key, signed by the authority of its region."""
    for number, firm in enumerate(firms.FIRMS):
        yield Act(
            kind="party.register/1",
            chain=f"party/{firm.uscc}",
            by=(authority_of(firm).uscc,),
            body=_registration(firm),
            at_s=calendar.REGISTERED + 60 * number,
            post_s=calendar.REGISTERED + HOUR,
        )


def _registration(firm: Firm) -> BodyLater:
    def body(scribe: Scribe) -> object:
        return {"name": firm.name, "keys": [scribe.keyring.registration(scribe.found, firm.uscc)]}

    return body


def permits(world: World) -> Iterator[Act]:
    """The permits that the authorities had granted on paper."""
    for number, licence in enumerate(LICENSES):
        waste = licence.waste
        item = PermitItem(category=waste.category, scope="INCLUDE", codes=(waste.code,), methods=(waste.method,))
        yield Act(
            kind="permit.grant/1",
            chain=world.permits[licence.receiver.uscc],
            by=(authority_of(licence.receiver).uscc,),
            body=PermitGrant(
                no=licence.no,
                valid_from="2023-10-21",
                valid_to=licence.valid_to,
                division=licence.receiver.division,
                items=(item,),
                scale_t=licence.scale_t,
            ),
            at_s=calendar.PERMITTED + 60 * number,
            post_s=calendar.PERMITTED + HOUR,
        )


def lists(world: World) -> Iterator[Act]:
    """The lists of 2026, one each way: proposed by the sending side, countersigned row by row by the receiving side."""
    sides = ((LIST_51_50, firms.SICHUAN, firms.CHONGQING, "川"), (LIST_50_51, firms.CHONGQING, firms.SICHUAN, "渝"))
    for number, (chain, sender, consenter, letter) in enumerate(sides):
        rows = tuple(_row(world, receiver, quota_t) for receiver, quota_t in ROWS[chain])
        propose = ListPropose(
            letter_no=f"{letter}环函〔2025〕900号（虚构）",
            letter_date="2025-12-20",
            effective_from="2026-01-01",
            effective_to="2026-12-31",
            rows=len(rows),
            pages=1,
        )
        digest = rows_hash(
            ListRow(receiver=row.receiver, permit=row.permit, waste=row.waste, methods=row.methods, quota_g=parse_mass(row.quota_t))
            for row in rows
        )
        countersign = ListCountersign(rows_hash=digest, letter_no="环函复〔2025〕800号（虚构）", letter_date="2025-12-26")
        start = calendar.LISTED + number * 600
        for step, (kind, by, body) in enumerate(
            (
                ("list.propose/1", sender, propose),
                ("list.rows/1", sender, ListRows(page=0, rows=rows)),
                ("list.countersign/1", consenter, countersign),
            )
        ):
            yield Act(kind=kind, chain=chain, by=(by.uscc,), body=body, at_s=start + 60 * step, post_s=calendar.LISTED + HOUR)


def _row(world: World, receiver: Firm, quota_t: str) -> Row:
    waste = next(licence.waste for licence in LICENSES if licence.receiver is receiver)
    return Row(
        receiver=receiver.uscc,
        permit=world.permits[receiver.uscc],
        waste=Scope(category=waste.category, scope="INCLUDE", codes=(waste.code,)),
        methods=(waste.method,),
        quota_t=quota_t,
    )


def apply(flow: Flow) -> Act:
    """跨省转移申请."""
    line = ApplicationLine(
        name=flow.waste.name,
        code=flow.waste.code,
        category=flow.waste.category,
        hazards=flow.waste.hazards,
        mass_t=flow.mass_t,
        method=flow.waste.method,
        listing=flow.row,
    )
    body = ApprovalApply(
        receiver=flow.receiver.uscc,
        permit=flow.permit,
        origin=flow.generator.division,
        applied_to="2026-12-31",
        lines=(line,),
        agreement=f"HT-2026-{flow.no}",
    )
    return Act(
        kind="approval.apply/1",
        chain=flow.approval,
        by=(flow.generator.uscc,),
        body=body,
        at_s=flow.applied_s,
        post_s=flow.applied_s + HOUR,
    )


def consult(flow: Flow) -> Act:
    """跨省转移商请函."""
    letter = ApprovalConsult(letter_no=f"环固函〔2026〕{flow.no}号（虚构）", letter_date=day_of(calendar.CONSULTED))
    return Act(
        kind="approval.consult/1",
        chain=flow.approval,
        by=(authority_of(flow.generator).uscc,),
        body=letter,
        at_s=calendar.CONSULTED,
        post_s=calendar.CONSULTED + HOUR,
    )


def reply(flow: Flow, *, agree: bool) -> Act:
    """The other side's answer to the letter."""
    body = ApprovalReply(
        letter_no=f"环固复〔2026〕{flow.no}号（虚构）",
        letter_date=day_of(calendar.REPLIED),
        agree=agree,
        reason=None if agree else "水泥窑协同处置能力已排满，第四季度无法接纳",
    )
    return Act(
        kind="approval.reply/1",
        chain=flow.approval,
        by=(authority_of(flow.receiver).uscc,),
        body=body,
        at_s=calendar.REPLIED,
        post_s=calendar.REPLIED + HOUR,
    )


def decide(flow: Flow, *, at_s: int | None = None, expect: tuple[str, ...] = ()) -> Act:
    """An approval of the whole mass; the log finds the route."""
    at_s = flow.decided_s if at_s is None else at_s
    body = ApprovalDecide(
        approve=True,
        no=f"环审批〔2026〕{flow.no}号（虚构）",
        valid_to=flow.valid_to,
        lines=(DecidedLine(line=0, mass_t=flow.mass_t),),
    )
    return Act(
        kind="approval.decide/1",
        chain=flow.approval,
        by=(authority_of(flow.generator).uscc,),
        body=body,
        at_s=at_s,
        post_s=at_s + HOUR,
        expect=expect,
    )


def turn_down(flow: Flow) -> Act:
    """不予批准."""
    body = ApprovalDecide(approve=False, no=f"环审批〔2026〕{flow.no}号（虚构）", reason="接受地主管部门不同意接受")
    at_s = calendar.DECIDED_BY_LETTER + HOUR
    return Act(
        kind="approval.decide/1",
        chain=flow.approval,
        by=(authority_of(flow.generator).uscc,),
        body=body,
        at_s=at_s,
        post_s=at_s + HOUR,
    )


def renewal(world: World) -> Act:
    """Suining's permit is renewed for five years, a day after it had run out."""
    licence = next(licence for licence in LICENSES if licence.receiver is firms.SUINING)
    return Act(
        kind="permit.amend/1",
        chain=world.permits[licence.receiver.uscc],
        by=(authority_of(licence.receiver).uscc,),
        body=PermitAmend(reason="许可证有效期届满换发", valid_from="2026-10-21", valid_to="2031-10-20"),
        at_s=calendar.RENEWED,
        post_s=calendar.RENEWED + HOUR // 2,
    )


def before_october(world: World) -> Iterator[Act]:
    """Everything up to the last decision of September."""
    yield from registrations()
    yield from permits(world)
    yield from lists(world)
    listed: tuple[Flow, ...] = (
        *(world.batteries_out, world.lamps_out, world.boards_out, world.ash_out, world.last_tonnes),
        *(world.batteries_in, world.lamps_in, world.boards_in, world.ash_in),
    )
    for flow in listed:
        yield from (apply(flow), decide(flow))
    for flow in (world.river, world.boards_letter):
        yield from (apply(flow), consult(flow), reply(flow, agree=True), decide(flow))
    yield decide(world.boards_letter, at_s=calendar.DECIDED + HOUR // 2, expect=("WL_QUOTA",))
    refused = world.ash_refused
    yield from (
        apply(refused),
        consult(refused),
        reply(refused, agree=False),
        decide(refused, expect=("CONSENT_REFUSED",)),
        turn_down(refused),
    )


def renewed(world: World) -> Iterator[Act]:
    """In October: the renewed permit, and a new decision on it."""
    yield from (renewal(world), apply(world.lamps_renewed), decide(world.lamps_renewed))
