"""Delegation (授权委托): a party lets another sign for it, for named kinds, perhaps until a day (formats §3).

A delegation stands for the first role only, is in force by index, and is never passed on: the delegate signs as itself, with ``for``.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Kind, Reads, Window, no_reads
from ledger.admission.statement import KIND_PATTERN
from ledger.directory import Delegation, PartyState, check_signers, is_registered, party_chain
from ledger.findings import Admitted, Refused
from ledger.model import Admission, Moment, Statement
from ledger.times import parse_at
from signing.refusal import Reason, Refusal
from signing.uscc import check_uscc

KINDS_MAX = 64
DELEGATIONS_MAX = 200
"""Open delegations of one party: they travel with its state, which every statement of the party loads."""


class DelegationGrant(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``delegation.grant/1``: who may sign which kinds, without version (``manifest.issue``), for the party of this chain."""

    delegate: str
    kinds: tuple[str, ...]
    until: str | None = None
    """Last moment, in the form of ``at``; compared with admission.at, for custody acts with their ``at``."""


class DelegationRevoke(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``delegation.revoke/1``: ends every delegation to that party."""

    delegate: str
    reason: str


def reads_delegate(statement: Statement, facts: Facts) -> Reads:
    """The delegate must be registered."""
    return Reads(chains=(party_chain(statement.body.delegate),))


def _own(statement: Statement) -> list[Reason]:
    """Only the party itself grants and revokes; whoever signs for another cannot pass that on."""
    if statement.principal is not None:
        return [Reason("DELEGATION_MISSING", "for", statement.principal, "no sub-delegation")]
    return check_signers(statement, [("party", (statement.owner,))])


def decide_grant(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A registered party gets the right to sign kinds that exist in form; ``until`` lies ahead."""
    body: DelegationGrant = statement.body
    state: PartyState | None = facts.state(statement.chain)
    reasons = _own(statement)
    if not check_uscc(body.delegate) or body.delegate == statement.owner:
        reasons.append(Reason("USCC", "body.delegate", body.delegate[:40], "another party"))
    elif not is_registered(facts, body.delegate):
        reasons.append(Reason("PARTY_UNKNOWN", "body.delegate", body.delegate, "a registered party"))
    wrong = [name for name in body.kinds if not KIND_PATTERN.fullmatch(f"{name}/1")]
    if wrong or not 1 <= len(set(body.kinds)) == len(body.kinds) <= KINDS_MAX:
        reasons.append(
            Reason("FIELD_TYPE", "body.kinds", ", ".join(wrong or body.kinds)[:100], f"1 to {KINDS_MAX} names like manifest.issue")
        )
    reasons += _until(body, moment)
    if state is not None and len(state.delegations) >= DELEGATIONS_MAX:
        reasons.append(Reason("FIELD_TYPE", "chain", str(len(state.delegations)), f"at most {DELEGATIONS_MAX} delegations: revoke some"))
    return Refused(tuple(reasons)) if reasons else Admitted()


def _until(body: DelegationGrant, moment: Moment) -> list[Reason]:
    if body.until is None:
        return []
    try:
        ahead = parse_at(body.until, "body.until") > moment.at_s
    except Refusal as refusal:
        return list(refusal.reasons)
    return [] if ahead else [Reason("STATEMENT_STALE", "body.until", body.until, "a time to come")]


def evolve_grant(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """One more delegation."""
    body: DelegationGrant = statement.body
    state: PartyState = facts.state(statement.chain) or PartyState(name="")
    until = None if body.until is None else parse_at(body.until)
    return Changes(state=replace(state, delegations=(*state.delegations, Delegation(body.delegate, body.kinds, until))))


def decide_revoke(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """There is something to revoke."""
    body: DelegationRevoke = statement.body
    state: PartyState | None = facts.state(statement.chain)
    reasons = _own(statement)
    if state is None or all(known.delegate != body.delegate for known in state.delegations):
        reasons.append(Reason("DELEGATION_MISSING", "body.delegate", body.delegate[:40], "a delegate of this party"))
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_revoke(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """No delegation to that party is left."""
    state: PartyState = facts.state(statement.chain)
    return Changes(state=replace(state, delegations=tuple(d for d in state.delegations if d.delegate != statement.body.delegate)))


DELEGATION_KINDS = (
    Kind(
        name="delegation.grant/1",
        body=DelegationGrant,
        chain_type="party",
        roles=("the party",),
        window=Window.DAY,
        reads=reads_delegate,
        reads_doc="The delegate's party chain.",
        decide=decide_grant,
        evolve=evolve_grant,
        opens=True,
    ),
    Kind(
        name="delegation.revoke/1",
        body=DelegationRevoke,
        chain_type="party",
        roles=("the party",),
        window=Window.DAY,
        reads=no_reads,
        reads_doc="Nothing beside log/main.",
        decide=decide_revoke,
        evolve=evolve_revoke,
    ),
)
