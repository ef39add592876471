"""Kinds on ``permit/<receiver>/<ULID>``: grant, amend, suspend, resume, revoke, by the authority of the holder's region.

Permits are not granted here: the authority records the permit that it granted on paper, with its number.
Source: formats §3; 危险废物经营许可证管理办法 Art. 7, 10 [READ S3].
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, DecideFn, EvolveFn, Kind, Window, no_reads
from ledger.days import judge_span
from ledger.directory import authorities_of_division, log_state
from ledger.findings import Admitted, Findings, Refused
from ledger.mass import parse_mass
from ledger.model import Admission, Moment, Statement
from whitelist.divisions import Divisions
from whitelist.permit import PermitState
from whitelist.rules.quantity import judge_mass
from whitelist.scope import PermitItem, judge_methods, judge_scope_form
from whitelist.signers import signed_by_regional_authority

ITEMS_MAX = 64


class PermitGrant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``permit.grant/1``. ``scale_t`` is 年经营规模 in tonnes a year; ``division`` the facility's, 6 digits."""

    no: str
    valid_from: str
    valid_to: str
    division: str
    items: tuple[PermitItem, ...]
    scale_t: str


class PermitAmend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``permit.amend/1``: what is given replaces what was."""

    reason: str
    no: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    division: str | None = None
    items: tuple[PermitItem, ...] | None = None
    scale_t: str | None = None


class PermitChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``permit.suspend/1``, ``permit.resume/1`` and ``permit.revoke/1``."""

    reason: str


STATUS_AFTER: Mapping[str, str] = {"permit.suspend/1": "SUSPENDED", "permit.resume/1": "ACTIVE", "permit.revoke/1": "REVOKED"}
STATUS_BEFORE: Mapping[str, tuple[str, ...]] = {
    "permit.amend/1": ("ACTIVE", "SUSPENDED"),
    "permit.suspend/1": ("ACTIVE",),
    "permit.resume/1": ("SUSPENDED",),
    "permit.revoke/1": ("ACTIVE", "SUSPENDED"),
}


def _state(statement: Statement, facts: Facts) -> PermitState | None:
    state: PermitState | None = facts.state(statement.chain)
    return state


def _judge_terms(out: Findings, facts: Facts, signer: str, terms: PermitState | PermitGrant) -> None:
    """Term, place and items of a permit as it would stand."""
    judge_span(out, "body.valid", terms.valid_from, terms.valid_to)
    divisions: Divisions | None = facts.data("divisions")
    if divisions is None:
        out.refuse("DATA_NOT_ADOPTED", "body.division", "divisions", "data.adopt")
    elif not divisions.knows(terms.division):
        out.refuse("DIVISION", "body.division", terms.division, "GB/T 2260, 6 digits")
    elif signer not in authorities_of_division(log_state(facts), terms.division):
        out.alert("H", "PERMIT_SITE_ELSEWHERE")
    if not 1 <= len(terms.items) <= ITEMS_MAX:
        out.refuse("ITEMS", "body.items", len(terms.items), f"1 to {ITEMS_MAX}")
    for position, item in enumerate(terms.items):
        judge_scope_form(out, f"body.items.{position}", item)
        judge_methods(out, f"body.items.{position}.methods", item.methods)


def decide_grant(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A permit enters once, with a term, a place, at least one item and a scale."""
    body: PermitGrant = statement.body
    out = Findings()
    signed_by_regional_authority(out, statement, facts)
    if _state(statement, facts) is not None:
        out.refuse("CHAIN_NOT_OPEN", "seq", statement.seq, "0")
    if not body.no.strip():
        out.refuse("MISSING", "body.no", "", "许可证编号 / permit number")
    _judge_terms(out, facts, statement.by[0], body)
    judge_mass(out, "body.scale_t", body.scale_t)
    return out.answer()


def evolve_grant(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The permit as granted."""
    body: PermitGrant = statement.body
    state = PermitState(
        no=body.no,
        authority=statement.by[0],
        status="ACTIVE",
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        division=body.division,
        items=body.items,
        scale_g=parse_mass(body.scale_t),
    )
    return Changes(state=state)


def _amended(state: PermitState, body: PermitAmend) -> PermitState:
    """The permit with the given fields replaced; a scale that is no mass stays as it was (it has been refused)."""
    given = {name: getattr(body, name) for name in ("no", "valid_from", "valid_to", "division", "items")}
    return replace(state, **{name: value for name, value in given.items() if value is not None})


def _judge_change(out: Findings, statement: Statement, facts: Facts) -> PermitState | None:
    """Signer, reason and the status the permit must have for this kind."""
    signed_by_regional_authority(out, statement, facts)
    state = _state(statement, facts)
    allowed = STATUS_BEFORE[statement.kind]
    if state is None or state.status not in allowed:
        out.refuse("PERMIT_TRANSITION", "kind", "" if state is None else state.status, " / ".join(allowed))
    if not statement.body.reason.strip():
        out.refuse("MISSING", "body.reason", "", "理由 / reason")
    return state


def decide_amend(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """What changes is given, and the permit as changed is well-formed."""
    body: PermitAmend = statement.body
    out = Findings()
    state = _judge_change(out, statement, facts)
    if all(getattr(body, name) is None for name in body.__struct_fields__ if name != "reason"):
        out.refuse("MISSING", "body", "", "no / valid_from / valid_to / division / items / scale_t")
    if body.no is not None and not body.no.strip():
        out.refuse("MISSING", "body.no", "", "许可证编号 / permit number")
    if body.scale_t is not None:
        judge_mass(out, "body.scale_t", body.scale_t)
    if state is not None:
        _judge_terms(out, facts, statement.by[0], _amended(state, body))
    return out.answer()


def evolve_amend(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The permit as changed."""
    body: PermitAmend = statement.body
    state: PermitState = facts.state(statement.chain)
    state = _amended(state, body)
    return Changes(state=state if body.scale_t is None else replace(state, scale_g=parse_mass(body.scale_t)))


def decide_status(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Suspended from active, resumed from suspended, revoked from either, and then for ever."""
    out = Findings()
    _judge_change(out, statement, facts)
    return out.answer()


def evolve_status(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The permit with its new status."""
    return Changes(state=replace(facts.state(statement.chain), status=STATUS_AFTER[statement.kind]))


def _kind(name: str, body: type, decide: DecideFn, evolve: EvolveFn, *, opens: bool = False) -> Kind:
    return Kind(
        name=name,
        body=body,
        chain_type="permit",
        roles=("authority of the holder's region",),
        window=Window.DAY,
        reads=no_reads,
        reads_doc="Nothing beside log/main.",
        decide=decide,
        evolve=evolve,
        opens=opens,
    )


PERMIT_KINDS = (
    _kind("permit.grant/1", PermitGrant, decide_grant, evolve_grant, opens=True),
    _kind("permit.amend/1", PermitAmend, decide_amend, evolve_amend),
    _kind("permit.suspend/1", PermitChange, decide_status, evolve_status),
    _kind("permit.resume/1", PermitChange, decide_status, evolve_status),
    _kind("permit.revoke/1", PermitChange, decide_status, evolve_status),
)
