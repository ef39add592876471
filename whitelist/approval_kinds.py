"""Kinds on ``approval/<generator>/<ULID>`` up to the decision: apply, consult, reply.

Source: Order 23 Art. 22-25 [READ]; Code Art. 536.2 [READ]: the receiving province's consent is statutory.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Reads
from ledger.days import judge_day, judge_not_after
from ledger.findings import Admitted, Findings, Refused
from ledger.mass import parse_mass
from ledger.model import Admission, Moment, Statement
from ledger.times import day_of
from whitelist.approval import ApprovalState, DecisionLine, ListingRef, Stage
from whitelist.catalogue import Catalogue
from whitelist.chains import PERMIT, read_list_name
from whitelist.divisions import Divisions
from whitelist.methods import METHODS
from whitelist.permit import permit_at
from whitelist.rules.permit import judge_permit, judge_permit_method, judge_permit_scope
from whitelist.rules.quantity import judge_mass
from whitelist.rules.waste import judge_code, judge_edition, judge_hazards
from whitelist.signers import signed_by, signed_by_province

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


class ApprovalConsult(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``approval.consult/1``: the letter of consultation (跨省转移商请函)."""

    letter_no: str
    letter_date: str


class ApprovalReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.reply/1``: the answer to the letter; a disagreement gives its reason (Order 23 Art. 25)."""

    letter_no: str
    letter_date: str
    agree: bool
    reason: str | None = None


def approval_state(statement: Statement, facts: Facts) -> ApprovalState | None:
    """State of the statement's own chain."""
    state: ApprovalState | None = facts.state(statement.chain)
    return state


def judge_stage(out: Findings, state: ApprovalState | None, *allowed: Stage) -> ApprovalState | None:
    """The state if its stage allows this kind; reason APPROVAL_STAGE otherwise."""
    if state is None or state.stage not in allowed:
        out.refuse("APPROVAL_STAGE", "kind", "" if state is None else state.stage, " / ".join(allowed))
    return state


def reads_apply(statement: Statement, facts: Facts) -> Reads:
    """The receiver's permit."""
    permit = statement.body.permit
    return Reads(chains=(permit,) if PERMIT.fullmatch(permit) else ())


def decide_apply(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """An application names wastes the catalogue knows, a receiver whose permit covers them, two provinces, and a period."""
    body: ApprovalApply = statement.body
    out = Findings()
    today = day_of(moment.at_s)
    signed_by(out, statement, "generator", (statement.owner,))
    if approval_state(statement, facts) is not None:
        out.refuse("CHAIN_NOT_OPEN", "seq", statement.seq, "0")
    _judge_period(out, body.applied_to, today)
    if not 1 <= len(body.lines) <= LINES_MAX:
        out.refuse("LINES", "body.lines", len(body.lines), f"1 to {LINES_MAX}")
    catalogue: Catalogue | None = facts.data("hw-catalogue")
    for position, line in enumerate(body.lines):
        _judge_line(out, f"body.lines.{position}", line, catalogue, today)
    _judge_receiver(out, body, facts, today)
    return out.answer()


def _judge_period(out: Findings, applied_to: str, today: str) -> None:
    if judge_day(out, "body.applied_to", applied_to) and applied_to < today:
        out.refuse("DATE_ORDER", "body.applied_to", applied_to, f"≥ {today}")


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


def _judge_receiver(out: Findings, body: ApprovalApply, facts: Facts, today: str) -> None:
    """Permit, its scope and methods, and that the way leads into another province."""
    divisions: Divisions | None = facts.data("divisions")
    if divisions is None:
        out.refuse("DATA_NOT_ADOPTED", "body.origin", "divisions", "data.adopt")
    elif not divisions.knows(body.origin):
        out.refuse("DIVISION", "body.origin", body.origin, "GB/T 2260, 6 digits")
    permit = judge_permit(out, body.permit, body.receiver, permit_at(facts, body.permit), today, "body.permit")
    if permit is None:
        return
    for position, line in enumerate(body.lines):
        judge_permit_scope(out, f"body.lines.{position}.code", permit, line.code)
        judge_permit_method(out, f"body.lines.{position}.method", permit, line.code, line.method)
    if permit.division[:2] == body.origin[:2]:
        out.refuse("SAME_PROVINCE", "body.origin", f"{body.origin} → {permit.division}", "two provinces")


def evolve_apply(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The application, with the permit's facility as destination."""
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


def _judge_letter(out: Findings, letter_no: str, letter_date: str, moment: Moment) -> None:
    if not letter_no.strip():
        out.refuse("MISSING", "body.letter_no", "", "函号 / letter number")
    judge_not_after(out, "body.letter_date", letter_date, day_of(moment.at_s))


def decide_consult(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The origin's authority sends the letter once, on an application not yet decided."""
    out = Findings()
    state = judge_stage(out, approval_state(statement, facts), "applied")
    if state is not None:
        signed_by_province(out, statement, facts, state.direction[0])
    _judge_letter(out, statement.body.letter_no, statement.body.letter_date, moment)
    return out.answer()


def evolve_consult(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The application under consultation."""
    return Changes(state=replace(facts.state(statement.chain), stage="consulted", letter_no=statement.body.letter_no))


def decide_reply(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The destination's authority answers the letter, with reasons when it disagrees; nobody answers for the other side."""
    body: ApprovalReply = statement.body
    out = Findings()
    state = judge_stage(out, approval_state(statement, facts), "consulted")
    if state is not None:
        signed_by_province(out, statement, facts, state.direction[1], not_for=state.direction[0])
    _judge_letter(out, body.letter_no, body.letter_date, moment)
    if not body.agree and not (body.reason or "").strip():
        out.refuse("MISSING", "body.reason", "", "不同意的理由 / reason of the disagreement")
    return out.answer()


def evolve_reply(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The application with the other side's answer."""
    body: ApprovalReply = statement.body
    stage = "agreed" if body.agree else "disagreed"
    return Changes(state=replace(facts.state(statement.chain), stage=stage, reply_no=body.letter_no))
