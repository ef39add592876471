"""同意更正: the consent of one whom the matrix names; the last one puts the correction in force (``case.amend_consent/1``; kinds §7, §8)."""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads, Role
from ledger.fields import Text, label
from ledger.model import Facts, Findings, Statement
from ledger.times import format_at
from manifests import amendable, amendment, enforcing
from manifests.act import TOLERANCE_S, Body
from manifests.case import ManifestCases, Trunk, cases_of, in_force, opener_of
from manifests.case_act import Effect, Opened, case_act
from manifests.consent import AskedConsent, missing
from manifests.model import CaseState, ManifestState, Proposal, trunk_of
from signing.refusal import texts
from whitelist.telling import minute

SILENT = "CONSENT_BY_AUTHORITY"
"""The alert by which everybody knows later that an authority spoke for firms that kept silent."""


class AmendConsent(Body, frozen=True, kw_only=True):
    """同意更正 (``case.amend_consent/1``)."""

    trunk: Annotated[Trunk, label("所据联单行为", "act of the trunk")]
    note: Annotated[Text | None, label("备注", "note")] = None


def proposal_of(statement: Statement, facts: Facts) -> Proposal | None:
    """The correction of the case, as it stands."""
    case: CaseState | None = facts.state(statement.chain)
    return None if case is None else case.proposal


def reads(statement: Statement, facts: Facts) -> Reads:
    """What acts wrote of the manifest; permit, decision and accounts where waste, method or mass are touched."""
    proposal = proposal_of(statement, facts)
    return amendment.reads(statement, facts, () if proposal is None else proposal.changes)


def asked_of(statement: Statement, facts: Facts) -> tuple[AskedConsent, ...]:
    """Consents that are missing before the statement."""
    proposal = proposal_of(statement, facts)
    if proposal is None:
        return ()
    trunk = trunk_of(statement.chain)
    return amendment.still_asked(proposal, in_force(facts.state(trunk), cases_of(facts, trunk)), facts)


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """Whoever's consent is missing; after ``amend_escalate_wd`` of silence also the authority of a silent firm. That the proposer does not consent
    is said by its rule."""
    proposal = proposal_of(statement, facts)
    if proposal is None or proposal.ended:
        return ()
    asked = asked_of(statement, facts)
    holders = [party for one in asked for party in one.holders]
    # By a clock that runs ahead within its tolerance nobody is silent before the log counts him so, and the alert is said.
    if amendment.is_silent(proposal, facts, statement.at_s - TOLERANCE_S):
        holders += amendment.stand_ins(asked, facts)
    return (Role("whose consent is missing", tuple(dict.fromkeys((*holders, *(() if statement.principal else (proposal.by,)))))),)


def proposal_is_open(judged: Judged, out: Findings) -> None:
    """AMEND_STATE for a correction that is refused, in force, or has lapsed."""
    proposal = proposal_of(judged.statement, judged.facts)
    if proposal is None:
        out.refuse("AMEND_STATE", "chain", "-", "case.amend_propose/1", "NONE")
    elif proposal.ended:
        ended = {"refused": ("已被拒绝或撤回", "refused or withdrawn"), "in_force": ("已经生效", "in force")}[proposal.ended]
        out.refuse("AMEND_STATE", "chain", proposal.ended, "", "ENDED", ended=ended)
    elif judged.moment.at_s > (until_s := amendment.lapses_s(proposal.proposed_s, judged.facts)):
        out.refuse("AMEND_STATE", "chain", format_at(judged.moment.at_s), f"≤ {format_at(until_s)}", "LAPSED", until=minute(until_s))


def nobody_consents_to_his_own(judged: Judged, out: Findings) -> None:
    """CASE_ROLE: whoever proposed has agreed, and no hand that signed the proposal agrees for another (kinds §1.7)."""
    statement, proposal = judged.statement, proposal_of(judged.statement, judged.facts)
    if proposal is None or proposal.ended:
        return
    # Whoever had the proposal signed by a delegate proposed it too, and is no other's hand here.
    own = [party for party in (statement.by[0], opener_of(statement)) if party in (*proposal.hands, proposal.by)]
    if own:
        out.refuse("CASE_ROLE", "by.0", own[0], "", "PROPOSER", party=own[0])


def silence_is_said(judged: Judged, out: Findings) -> None:
    """Tag BY_AUTHORITY, ALERT H CONSENT_BY_AUTHORITY where an authority agrees in the place of a firm that kept silent."""
    statement, proposal = judged.statement, proposal_of(judged.statement, judged.facts)
    if proposal is None or proposal.ended:
        return
    asked = asked_of(statement, judged.facts)
    holders = {party for one in asked for party in one.holders}
    if opener_of(statement) in holders or opener_of(statement) not in amendment.stand_ins(asked, judged.facts):
        return
    if amendment.is_silent(proposal, judged.facts, judged.moment.at_s):
        out.tag("BY_AUTHORITY")
        out.alert("H", "CONSENT_BY_AUTHORITY")


def last_consent_puts_it_in_force(judged: Judged, out: Findings) -> None:
    """AMEND_STALE, AMEND_VALUE, AMEND_IMPOSSIBLE as of now; the last consent brings it into force."""
    statement, facts = judged.statement, judged.facts
    proposal = proposal_of(statement, facts)
    if proposal is None or out.reasons:
        return
    amendment.judge_values(judged, out, proposal.changes, "body.changes")
    if not out.reasons:
        amendable.judge_possible(judged, out, proposal.changes)
    asked = asked_of(statement, facts)
    if not out.reasons and not missing(asked, amendment.agreeing(statement, asked, facts, after_silence=SILENT in out.alerts)):
        enforcing.come_into_force(judged, out, proposal.changes)


def without(cases: ManifestCases, case: str) -> ManifestCases:
    """The register when a correction waits no longer."""
    return replace(cases, proposals=tuple(one for one in cases.proposals if one.case != case))


def apply(opened: Opened) -> Effect:
    """One more has agreed; with the last one it is in force."""
    proposal = opened.case.proposal
    assert proposal is not None, "it was proposed"
    state: ManifestState = in_force(opened.trunk, opened.cases)
    silent = any(code == SILENT for _, code in opened.admission.decision.alerts)
    asked = amendment.still_asked(proposal, state, opened.facts)
    agreed = amendment.agreeing(opened.statement, asked, opened.facts, after_silence=silent)
    proposal = replace(proposal, given=(*proposal.given, *agreed))
    if not enforcing.is_amended(opened.admission):
        registers = enforcing.site(opened, proposal.changes)
        return Effect(cases=opened.cases, case=replace(opened.case, proposal=proposal), registers=registers)
    cases, registers = enforcing.enforced(opened, proposal.changes)
    case = replace(opened.case, proposal=replace(proposal, ended="in_force"))
    return Effect(cases=without(cases, opened.statement.chain), case=case, registers=registers)


AMEND_CONSENT = case_act(
    "case.amend_consent/1",
    matter="amend",
    zh="同意更正",
    en="consent to a correction",
    body=AmendConsent,
    roles=("whose consent is missing",),
    signers=signers,
    reads=reads,
    reads_doc="The manifest's trunk; where the correction touches waste, method or mass, the permit and the decision.",
    rules=(proposal_is_open, nobody_consents_to_his_own, silence_is_said, last_consent_puts_it_in_force),
    apply=apply,
    books="corrected",
    effect=(
        "记入同意；最后一方同意后更正生效，额度按差额变动，原值仍然显示。",
        "The consent stands; with the last one the correction is in force, accounts move by the difference, earlier values stay visible.",
    ),
    texts=texts("""
AMEND_STATE | - | nobody | kinds §7 [DESIGN]
该更正已经生效、被拒绝或者失效。 || 仍需更正的，另开案卷重新提出。
The correction is in force, refused or lapsed. || If the field is still wrong, propose it anew in another case.

AMEND_STATE:NONE
本案卷没有待同意的更正。 || 核对链名。
Nothing waits for consent in this case. || Check the chain.

AMEND_STATE:ENDED
该更正{ended}。 || 不必再办理；仍需更正的，另开案卷重新提出。
The correction is {ended}. || Nothing is left to do; if the field is still wrong, propose it anew in another case.

AMEND_STATE:LAPSED
该更正到 {until} 未取得全部同意，已经失效。 || 仍需更正的，另开案卷重新提出。
The correction had not all consents by {until} and has lapsed. || If the field is still wrong, propose it anew in another case.

CONSENT_BY_AUTHORITY | - | nobody | kinds §7 [DESIGN]
主管部门代逾期未表态的单位同意更正。 || 该单位有异议的，向该主管部门提出，或者另行提出更正。
An authority consented in the place of a firm that kept silent. || If the firm objects, it turns to that authority or proposes another correction.
"""),
)
