"""What a manifest counts on the lines of its generator's plan (管理计划, R-15): as on the accounts of a decision, gram by gram.

The issue counts the declared mass, the departure what was weighed beyond it, the receipt settles to what was accepted, void and gap give back
the rest, a correction moves by its difference. So the register of a line is the sum of what its manifests count now. A way home (退回) counts
nowhere, for nothing moves out; a redirect counts where it names a plan. Source: kinds §1.5, §5, §8; HJ 1259-2022 5.5.5 [READ S4].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from ledger.model import Admission, Facts, Statement
from ledger.times import day_of, parse_admission_at, year_of
from manifests.model import ManifestState, PlanLink, Stage
from whitelist.checked import event_of
from whitelist.plan import plan_chain, plan_of, plan_used_key
from whitelist.transfer import Transfer

OFF_LOG = ("PLAN_OFF_LOG",)
"""The tag by which everybody knows later that the plan was not there."""
_GIVEN_BACK = frozenset({Stage.VOIDED, Stage.CLOSED_GAP})


def link_of(statement: Statement, admission: Admission) -> PlanLink | None:
    """The plan that an issue names, by its entry alone."""
    body: Transfer = statement.body
    if body.plan is None or body.goes_back:
        return None
    site = body.plan.site or ""
    if OFF_LOG in admission.decision.tags:
        return PlanLink(site=site)
    day = day_of(event_of(body, parse_admission_at(admission.at)))
    return PlanLink(chain=plan_of(body, statement.owner, statement.at_s, day) or "", site=site)


def lines_counted_g(state: ManifestState) -> list[tuple[int, int, int]]:
    """What a manifest counts now: its line, the line of the plan, grams."""
    if state.plan is None or not state.plan.chain:
        return []
    found = []
    for number, line in enumerate(state.lines):
        if line.plan_line is None:
            continue
        if state.times.received_s is not None:
            grams = line.accepted_g or 0
        else:
            grams = 0 if state.stage in _GIVEN_BACK else max(line.declared_g, line.loaded_g or 0)
        found.append((number, line.plan_line, grams))
    return found


def counted_g(state: ManifestState) -> dict[str, int]:
    """The same by register."""
    link, found = state.plan, Counter[str]()
    for _, line, grams in lines_counted_g(state):
        assert link is not None, "only a plan has lines"
        found[plan_used_key(link.chain, link.site, line)] += grams
    return dict(found)


def keys_of(state: ManifestState) -> tuple[str, ...]:
    """Registers of the lines on which it counts."""
    return () if state.plan is None else tuple(counted_g(state))


def moved(facts: Facts, before: ManifestState | None, after: ManifestState) -> Mapping[str, Any]:
    """Registers after an entry, by what the manifest counted before and counts now."""
    was = {} if before is None or before.plan is None or not before.plan.chain else counted_g(before)
    if not was and (after.plan is None or not after.plan.chain):
        return {}
    change = Counter(counted_g(after))
    change.subtract(was)
    return {key: (facts.get(key) or 0) + grams for key, grams in change.items() if grams}


# --- corrections


def touches_plan(path: str) -> bool:
    """Whether a corrected field says which line of which plan."""
    return path.startswith("plan.") or path.endswith(".plan_line")


def chain_of(state: ManifestState) -> str:
    """The chain in which its plan stands or would stand: that of the year of the issue, of a back-fill of the paper's departure."""
    if state.plan is not None and state.plan.chain:
        return state.plan.chain
    year = state.reserved_year if state.paper_departed_s is None else year_of(state.paper_departed_s)
    return plan_chain(state.generator, year)


def linked(state: ManifestState, paths: Iterable[str], *, off_log: bool = False) -> ManifestState:
    """The manifest after a correction that touches its plan, whose admission says whether the plan was there."""
    if state.plan is None or not any(map(touches_plan, paths)):
        return state
    return replace(state, plan=replace(state.plan, chain="" if off_log else chain_of(state)))
