"""Delegation (授权委托): a party lets another sign for it, for named kinds, perhaps until a day (formats §3).

A delegation stands for the first role only, is in force by index, and is never passed on: the delegate signs as itself, with ``for``.
"""

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.dates import judge_until
from ledger.directory import Delegation, PartyState, is_registered, party_chain
from ledger.fields import At, File, KindName, Text, Uscc, items, label
from ledger.kinds.roles import act_of_party
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_at
from signing.phrase import Phrase

KINDS_MAX = 64
DELEGATIONS_MAX = 200  # Open delegations of one party: they travel with its state, which every statement of the party loads.


class DelegationGrant(Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``delegation.grant/1``: who may sign which kinds, without version (``manifest.issue``), for the party of this chain."""

    delegate: Annotated[Uscc, label("受托单位", "delegate")]
    kinds: Annotated[tuple[KindName, ...], items(1, KINDS_MAX, "FIELD_TYPE", once=True), label("声明种类", "kinds, without version")]
    until: Annotated[At, label("有效期至", "valid until")] | None = None
    """Last moment, in the form of ``at``; compared with admission.at, for custody acts with their ``at``."""
    document: Annotated[Text, label("授权文件", "document of the delegation")] | None = None
    file: Annotated[File, label("附件", "attachment")] | None = None


class DelegationRevoke(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``delegation.revoke/1``: ends every delegation to that party."""

    delegate: Annotated[Uscc, label("受托单位", "delegate")]
    reason: Annotated[Text, label("原因", "reason")]


def delegate_is_another_party(judged: Judged, out: Findings) -> None:
    """The delegate is registered and not the principal himself."""
    delegate = judged.statement.body.delegate
    if delegate == judged.statement.owner:
        out.refuse("USCC", "body.delegate", delegate[:40], Phrase("另一单位", "another party"))
    elif not is_registered(judged.facts, delegate):
        out.refuse("PARTY_UNKNOWN", "body.delegate", delegate, "", "NONE", party=delegate, where="body.delegate")


def until_lies_ahead(judged: Judged, out: Findings) -> None:
    """Nothing is granted for the past."""
    until = judged.statement.body.until
    if until is not None:
        judge_until(out, "body.until", until, judged.moment.at_s)


def there_is_room(judged: Judged, out: Findings) -> None:
    """Delegations travel with the party's state; there are never too many."""
    state: PartyState | None = judged.state
    if state is not None and len(state.delegations) >= DELEGATIONS_MAX:
        out.refuse(
            "FIELD_TYPE",
            "chain",
            len(state.delegations),
            Phrase(f"至多 {DELEGATIONS_MAX} 项授权：先撤销一些", f"at most {DELEGATIONS_MAX} delegations: revoke some"),
        )


def _evolve_grant(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: DelegationGrant = statement.body
    state: PartyState = facts.state(statement.chain) or PartyState(name="")
    until = None if body.until is None else parse_at(body.until)
    return Changes(state=replace(state, delegations=(*state.delegations, Delegation(body.delegate, body.kinds, until))))


def there_is_one(judged: Judged, out: Findings) -> None:
    """There is something to revoke."""
    delegate, state = judged.statement.body.delegate, judged.state
    if state is None or all(known.delegate != delegate for known in state.delegations):
        out.refuse("DELEGATION_MISSING", "body.delegate", delegate[:40], "", "REVOKED", delegate=delegate)


def _evolve_revoke(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state: PartyState = facts.state(statement.chain)
    return Changes(state=replace(state, delegations=tuple(d for d in state.delegations if d.delegate != statement.body.delegate)))


GRANT = act_of_party(
    name="delegation.grant/1",
    zh="授权委托",
    en="delegation",
    body=DelegationGrant,
    reads=lambda statement, facts: Reads(chains=(party_chain(statement.body.delegate),)),
    reads_doc="The delegate's party chain.",
    rules=(delegate_is_another_party, until_lies_ahead, there_is_room),
    evolve=_evolve_grant,
    effect=("受托单位可以代为签署所列种类的声明。", "The delegate may sign the kinds named for the party."),
)
REVOKE = act_of_party(
    name="delegation.revoke/1",
    zh="撤销授权委托",
    en="end of a delegation",
    body=DelegationRevoke,
    rules=(there_is_one,),
    evolve=_evolve_revoke,
    effect=("对该单位的授权委托全部终止。", "Every delegation to that party ends."),
)
