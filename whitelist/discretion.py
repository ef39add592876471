"""What of a check's answer is not told to a party that has no part in a decision or a line of a plan.

Anybody may write himself into the receiver's place of a question. So what he could not read in the registries (:mod:`whitelist.registries`) he is
not told by a check either: it says by its code that the load would be refused, and neither what was decided for others, nor how much of it or of
a plan is left. Who signs the issue, the generator, and authorities are told everything. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ledger.caller import Caller
from ledger.model import Facts, chain_key
from signing.refusal import Reason
from whitelist.approval import approval_at
from whitelist.check_answers import AskedTransfer
from whitelist.plan import PlanLine, PlanState
from whitelist.transfer import Answer

OF_DECISION, OF_PLAN = ("APPROVAL_", "WL_"), ("PLAN_LINE",)
"""Beginnings of codes whose texts say what stands in a decision, or in a plan."""


def discreet(found: Answer, transfer: AskedTransfer, caller: Caller, facts: Facts) -> Answer:
    """The answer as this caller may have it; whether the load may go, and every code, stays."""
    if caller.reads_all:
        return found
    if not _has_part(transfer, caller, facts):
        told = tuple(balance for balance in found.remaining if balance.quota not in ("Q1", "Q2"))
        draws = {account: grams for account, grams in found.draws.items() if not account.startswith("Q2 ")}
        listings = (None,) * len(found.listings)
        reasons = _bare(found.reasons, OF_DECISION)
        found = replace(found, reasons=reasons, remaining=told, draws=draws, listings=listings, anew=(), said={})
    return found if transfer.generator in caller.parties else _without_plan(found, transfer, caller, facts)


def _has_part(transfer: AskedTransfer, caller: Caller, facts: Facts) -> bool:
    """Whether the decision that is named is the caller's own, or lets him receive; of none there is nothing to tell, nor of one that was not
    read because this transfer does not stand on it."""
    named = transfer.approval
    approval = approval_at(facts, named) if named is not None and facts.holds(chain_key(named)) else None
    return approval is None or not {str(transfer.approval).split("/")[1], approval.receiver}.isdisjoint(caller.parties)


def _without_plan(found: Answer, transfer: AskedTransfer, caller: Caller, facts: Facts) -> Answer:
    """Without the lines of the generator's plan that do not name the caller; what stands beside them there is told to nobody else either."""
    of_plan = [one.account for one in found.remaining if one.quota == "plan"]
    strange = {account for account in of_plan if set(_line(account, facts).receivers).isdisjoint(caller.parties)}
    numbers = {int(account.rpartition(" ")[2]) for account in strange}
    left = (None if line.plan_line in numbers else grams for line, grams in zip(transfer.lines, found.plan_left_g, strict=True))
    return replace(
        found,
        reasons=_bare(found.reasons, OF_PLAN),
        remaining=tuple(one for one in found.remaining if one.account not in strange),
        alerts=tuple(one for one in found.alerts if one[1] != "PLAN_OVER" or not strange),
        plan_left_g=tuple(left),
    )


def _line(account: str, facts: Facts) -> PlanLine:
    """The line of a plan whose register it is (``whitelist.plan.plan_used_key``)."""
    chain, site, number = account.partition(":")[2].split(" ")
    state: PlanState = facts.state(chain)
    return state.sites[site].lines[int(number)]


def _bare(reasons: Iterable[Reason], codes: tuple[str, ...]) -> tuple[Reason, ...]:
    """Reasons of these codes by code and field alone."""
    return tuple(Reason(one.code, one.field, lift=one.lift) if one.code.startswith(codes) else one for one in reasons)
