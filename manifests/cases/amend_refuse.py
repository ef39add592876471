"""拒绝或者撤回更正: one whose consent is missing refuses it, or the proposer takes it back (``case.amend_refuse/1``; kinds §7)."""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Reads, Role
from ledger.fields import Text, label
from ledger.model import Facts, Statement
from manifests.act import Body
from manifests.case_act import Effect, Opened, case_act
from manifests.cases.amend_consent import asked_of, proposal_is_open, proposal_of, without


class AmendRefuse(Body, frozen=True, kw_only=True):
    """拒绝更正 (``case.amend_refuse/1``)."""

    reason: Annotated[Text, label("理由", "reason")]


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The proposer, or whoever's consent is missing."""
    proposal = proposal_of(statement, facts)
    if proposal is None or proposal.ended:
        return ()
    holders = [party for one in asked_of(statement, facts) for party in one.holders]
    return (Role("proposer, or whose consent is missing", tuple(dict.fromkeys((proposal.by, *holders)))),)


def apply(opened: Opened) -> Effect:
    """The correction is over, and its fields are free."""
    proposal = opened.case.proposal
    assert proposal is not None, "it was proposed"
    case = replace(opened.case, proposal=replace(proposal, ended="refused"))
    return Effect(cases=without(opened.cases, opened.statement.chain), case=case)


AMEND_REFUSE = case_act(
    "case.amend_refuse/1",
    matter="amend",
    zh="拒绝更正",
    en="refuse a correction",
    body=AmendRefuse,
    roles=("proposer, or whose consent is missing",),
    signers=signers,
    reads=lambda statement, facts: Reads(),
    rules=(proposal_is_open,),
    apply=apply,
    effect=("更正终止，原值不变。", "The correction is over; what stood there stands."),
)
