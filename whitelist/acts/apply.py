"""``approval.apply/1`` (跨省转移申请): a generator asks to send named wastes to one receiver in another province.

Source: Order 23 Art. 22, 23 [READ].
"""

from __future__ import annotations

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Reads, Window
from ledger.days import judge_day
from ledger.findings import Findings
from ledger.mass import parse_mass
from ledger.model import Admission, Statement
from ledger.times import day_of
from whitelist.approval import ApprovalState, DecisionLine, ListingRef
from whitelist.catalogue import Catalogue, catalogue_on
from whitelist.chains import PERMIT, opens_once, read_list_name
from whitelist.divisions import judge_division
from whitelist.methods import METHODS
from whitelist.permit import permit_at
from whitelist.rules.permit import judge_permit_holder, judge_permit_method, judge_permit_scope, judge_permit_standing
from whitelist.rules.quantity import judge_mass
from whitelist.rules.waste import judge_code, judge_edition, judge_hazards
from whitelist.signers import owner

LINES_MAX = 64
"""Lines of an application; a real decision names 13 wastes (addenda §4)."""


class ApplicationLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One waste applied for. ``listing`` names the row of a list on which the applicant claims the short way."""

    name: str
    code: str
    category: str
    hazards: tuple[str, ...]
    mass_t: str
    method: str
    listing: ListingRef | None = None
    identification: str | None = None
    """Identification report for ``900-000-CC`` (R-07)."""


class ApprovalApply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.apply/1`` (跨省转移申请). ``origin``: division of the site; ``permit``: chain of the receiver's permit."""

    receiver: str
    permit: str
    origin: str
    applied_to: str
    lines: tuple[ApplicationLine, ...]
    agreement: str | None = None
    """Number of the agreement or contract with the receiver (Order 23 Art. 22(3))."""


def _reads(statement: Statement, facts: Facts) -> Reads:
    permit = statement.body.permit
    return Reads(chains=(permit,) if PERMIT.fullmatch(permit) else ())


def _judge_period(judged: Judged, out: Findings) -> None:
    applied_to, today = judged.statement.body.applied_to, day_of(judged.moment.at_s)
    if judge_day(out, "body.applied_to", applied_to) and applied_to < today:
        out.refuse("DATE_ORDER", "body.applied_to", applied_to, f"≥ {today}")


def _judge_lines(judged: Judged, out: Findings) -> None:
    """1 to 64 wastes that the catalogue knows."""
    lines = judged.statement.body.lines
    if not 1 <= len(lines) <= LINES_MAX:
        out.refuse("LINES", "body.lines", len(lines), f"1 to {LINES_MAX}")
    today = day_of(judged.moment.at_s)
    catalogue = catalogue_on(judged.facts, today)
    for position, line in enumerate(lines):
        _judge_line(out, f"body.lines.{position}", line, catalogue, today)


def _judge_line(out: Findings, path: str, line: ApplicationLine, catalogue: Catalogue | None, today: str) -> None:
    if not line.name.strip():
        out.refuse("MISSING", f"{path}.name", "", "废物名称 / name of the waste")
    judge_code(out, path, line.code, line.category)
    judge_edition(out, path, line.code, line.identification, catalogue, today)
    judge_hazards(out, path, line.code, line.hazards, catalogue, today)
    judge_mass(out, f"{path}.mass_t", line.mass_t)
    if line.method not in METHODS:
        out.refuse("METHOD", f"{path}.method", line.method, " ".join(METHODS))
    if line.listing is not None and (read_list_name(line.listing.list) is None or line.listing.row < 0):
        out.refuse(
            "WL_UNKNOWN", f"{path}.listing", f"{line.listing.list} {line.listing.row}", "list/<YYYY>-<from>-<to>-<name> and a row from 0"
        )


def _judge_receiver(judged: Judged, out: Findings) -> None:
    """Permit, its scope and methods, and that the way leads into another province."""
    body, facts, today = judged.statement.body, judged.facts, day_of(judged.moment.at_s)
    judge_division(out, "body.origin", body.origin, facts.data("divisions"), today)
    permit = judge_permit_holder(out, "body.permit", body.permit, body.receiver, permit_at(facts, body.permit))
    if permit is None:
        return
    judge_permit_standing(out, "body.permit", permit, today, judged.moment.at_s)
    for position, line in enumerate(body.lines):
        judge_permit_scope(out, f"body.lines.{position}.code", permit, line.code)
        judge_permit_method(out, f"body.lines.{position}.method", permit, line.code, line.method)
    if permit.division[:2] == body.origin[:2]:
        out.refuse("SAME_PROVINCE", "body.origin", f"{body.origin} → {permit.division}", "two provinces")


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ApprovalApply = statement.body
    permit = permit_at(facts, body.permit)
    assert permit is not None, "the decision found the permit"
    lines = tuple(
        DecisionLine(
            name=line.name,
            code=line.code,
            category=line.category,
            hazards=line.hazards,
            method=line.method,
            applied_g=parse_mass(line.mass_t),
            listing=line.listing,
        )
        for line in body.lines
    )
    state = ApprovalState(
        stage="applied",
        receiver=body.receiver,
        permit=body.permit,
        origin=body.origin,
        destination=permit.division,
        applied_to=body.applied_to,
        lines=lines,
    )
    return Changes(state=state)


APPLY = Kind(
    name="approval.apply/1",
    zh="跨省转移申请",
    en="application",
    body=ApprovalApply,
    chain_type="approval",
    roles=("generator",),
    signers=owner,
    window=Window.DAY,
    reads=_reads,
    reads_doc="The receiver's permit.",
    rules=(opens_once, _judge_period, _judge_lines, _judge_receiver),
    evolve=_evolve,
    books=None,
    effect=("申请进入账本，等待主管部门处理。", "The application waits for the authorities."),
    opens=True,
    again=True,
    barred_when_closed=True,
)
