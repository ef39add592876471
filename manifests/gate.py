"""Is the transfer still lawful when it departs, was it when it arrived: permit, decision and lists at the moment of the event.

The departure is judged by ``at``: one that is recorded late is judged by when the load left (kinds §1.1). A receipt is a fact, so what was
not lawful then is said and not refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.admission.facts import Facts, chain_key
from ledger.admission.personality import Judged, Reads
from ledger.findings import Findings
from ledger.times import day_of, parse_at
from manifests import settlement
from manifests.model import LineState, ManifestState
from signing.refusal import Rule
from whitelist.approval import approval_at
from whitelist.listing import list_at
from whitelist.permit import permit_at


def reads(state: ManifestState, facts: Facts) -> Reads:
    """The permit, the decision and its lists, and the accounts that the manifest holds grams on."""
    chains = [state.permit] if state.permit else []
    if state.approval is not None:
        chains.append(state.approval)
        if not facts.missing([chain_key(state.approval)]):
            chains += list_chains(state, facts)
    return Reads(chains=tuple(dict.fromkeys(chains)), accounts=tuple(state.drawn), registers=settlement.site_keys(state))


def list_chains(state: ManifestState, facts: Facts) -> list[str]:
    """Lists that the decision lines of the manifest were given on."""
    approval = None if state.approval is None else approval_at(facts, state.approval)
    decided = [] if approval is None else [approval.line(line.decision_line) for line in state.lines]
    return [line.listing.list for line in decided if line is not None and line.listing is not None]


def judge(judged: Judged, out: Findings, more_g: Sequence[int]) -> None:
    """R-17, R-32, R-33, R-40 at the moment of departure."""
    _judge_permit(judged, out)
    _judge_terms(judged, out)
    _judge_quota(judged, out, more_g)


def _judge_permit(judged: Judged, out: Findings) -> None:
    permit = permit_at(judged.facts, judged.state.permit)
    day = day_of(judged.statement.at_s)
    if permit is None:
        return
    status = permit.history.at(judged.statement.at_s)
    if status != "ACTIVE":
        out.refuse("PERMIT_STATUS", "at", status, "ACTIVE")
    if not permit.is_valid_on(day):
        out.refuse("PERMIT_DATE", "at", day, f"{permit.valid_from} … {permit.valid_to}")


def _judge_terms(judged: Judged, out: Findings) -> None:
    state: ManifestState = judged.state
    day = day_of(judged.statement.at_s)
    approval = None if state.approval is None else approval_at(judged.facts, state.approval)
    if approval is not None and day > approval.valid_to:
        out.refuse("APPROVAL_EXPIRED", "at", day, f"≤ {approval.valid_to}")
    for name in dict.fromkeys(list_chains(state, judged.facts)):
        listed = list_at(judged.facts, name)
        if listed is None or day <= listed.effective_to:
            continue
        if day[:4] != listed.effective_to[:4]:
            out.refuse("WL_YEAR", "at", day, listed.effective_to[:4])
        else:
            out.refuse("WL_TERM", "at", day, f"≤ {listed.effective_to}")


def _judge_quota(judged: Judged, out: Findings, more_g: Sequence[int]) -> None:
    """R-33 APPROVAL_QUOTA: a decision of 30 t does not carry 30 trucks of \"1 t\"."""


def judge_receipt(judged: Judged, out: Findings, accepted: Iterable[tuple[LineState, str]]) -> None:
    """R-17 to R-19 of what was accepted, at 接受之日: PERMIT_STATUS, PERMIT_DATE, PERMIT_SCOPE, PERMIT_METHOD H."""
    taken = list(accepted)
    permit = permit_at(judged.facts, judged.state.permit)
    if not taken or permit is None:
        return
    accepted_s = parse_at(judged.statement.body.accepted_at)
    if permit.history.at(accepted_s) != "ACTIVE":
        out.alert("H", "PERMIT_STATUS")
    if not permit.is_valid_on(day_of(accepted_s)):
        out.alert("H", "PERMIT_DATE")


TEXTS: tuple[Rule, ...] = ()
