"""The terms under which permits, lists, approvals, plans, emergencies, incidents and months are found.

A term is a condition that a chain must meet, never one that suffices: what a scope leaves out is judged in the state.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.searching.terms import ANY, Groups
from whitelist.emergency import EmergencyState
from whitelist.fields import Scope
from whitelist.incident import IncidentState
from whitelist.item import ItemState
from whitelist.listing import ListState
from whitelist.period import PeriodState, direction_of, month_of
from whitelist.permit import PermitState
from whitelist.plan import PlanState

_DIGITS = (2, 4, 6)  # Of a province, a city, a county (GB/T 2260).


def code_group(code: str) -> list[str]:
    """Terms of which whatever covers a waste code has one: a scope names it, or is for its category but for what it names."""
    return [f"code:{code}", f"category:{code[-2:]}"]


def way_groups(from_province: str | None, to_province: str | None) -> Groups:
    """Groups of a search by the provinces that something leads from and to."""
    if from_province is not None and to_province is not None:
        return [[f"way:{from_province}-{to_province}"]]
    return [[f"{end}:{province}"] for end, province in (("from", from_province), ("to", to_province)) if province is not None]


def terms_of(chain: str, state: Any) -> tuple[str, ...]:
    """Everything that a permit, list, approval, plan, emergency, incident or month is looked for by, sorted."""
    if isinstance(state, PermitState):
        found = [*_scopes(state.items)]
    elif isinstance(state, ListState):
        found = [*_way(state.from_province, state.to_province), *_scopes(row.waste for row in state.rows)]
        found += [f"receiver:{row.receiver}" for row in state.rows]
    elif isinstance(state, PlanState):
        _, generator, year = chain.split("/")
        lines = [line for plan in state.sites.values() for line in plan.lines]
        named = dict.fromkeys(receiver for line in lines for receiver in line.receivers)
        found = [f"year:{year}", *(f"party:{party}" for party in (generator, *named)), *(f"receiver:{receiver}" for receiver in named)]
        found += [f"code:{line.code}" for line in lines]
    elif isinstance(state, IncidentState):
        reporter = chain.split("/")[1]
        found = [f"kind:{state.what}", f"stage:{state.stage}"]
        found += [f"manifest:{manifest.removeprefix('manifest/')}" for manifest in (*state.manifests, state.backfilled) if manifest]
        found += [f"party:{party}" for party in (reporter, *state.concerned)]
        found += [f"region:{place[:digits]}" for place in incident_places(chain, state) for digits in _DIGITS]
    elif isinstance(state, ItemState):
        found = [f"month:{month_of(chain)}", *(f"party:{firm}" for firm in state.firms)]
    elif isinstance(state, PeriodState):
        found = [f"month:{month_of(chain)}", *_way(*direction_of(chain))]
    elif isinstance(state, EmergencyState):
        found = [f"stage:{state.stage}", *(f"party:{party}" for party in emergency_parties(state)), *_scopes(state.wastes)]
        found += [f"region:{place[:digits]}" for place in emergency_places(chain, state) for digits in _DIGITS]
    else:
        found = [*_way(*state.direction), f"receiver:{state.receiver}", f"stage:{state.stage}"]
        found += [f"code:{line.code}" for line in state.lines]
        generator = chain.split("/")[1]
        for party in (generator, state.receiver):
            # With the stage, what a party waits for is not looked for among all that it ever had.
            found += [f"party:{party}", f"party:{party} {state.stage}"]
        places = (state.origin, state.destination, generator[2:8], state.receiver[2:8])
        found += [f"region:{place[:digits]}" for place in places for digits in _DIGITS]
    return tuple(sorted({ANY, *found}))


def incident_places(chain: str, state: IncidentState) -> tuple[str, ...]:
    """Divisions that an incident touches: where it happened, where its reporter and its manifests' generators are registered."""
    return (state.division, *(owned.split("/")[1][2:8] for owned in (chain, *state.manifests)))


def emergency_parties(state: EmergencyState) -> tuple[str, ...]:
    """Firms that may move on an emergency, and that may take what moves; each once."""
    return tuple(dict.fromkeys((*state.generators, *(one.receiver for one in state.receivers))))


def emergency_places(chain: str, state: EmergencyState) -> tuple[str, ...]:
    """Divisions that an emergency touches: where it was, the receivers' facilities, where its authority and its firms are registered."""
    parties = (chain.split("/")[1], *emergency_parties(state))
    return (state.division, *(one.division for one in state.receivers), *(party[2:8] for party in parties))


def _way(from_province: str, to_province: str) -> Iterator[str]:
    yield from (f"from:{from_province}", f"to:{to_province}", f"way:{from_province}-{to_province}")


def _scopes(scopes: Iterable[Scope]) -> Iterator[str]:
    for scope in scopes:
        if scope.scope == "INCLUDE":
            yield from (f"code:{code}" for code in scope.codes)
        else:
            yield f"category:{scope.category[-2:]}"
