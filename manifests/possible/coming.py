"""What a party will be asked for on the way, before it has happened: acts of carriage, prepared for the stages that the trip still has before it.

A driver signs 换装 and 运抵 where there is no network, behind a 起运 that no log has yet. So each act of carriage is carried out on the state in
hand, by the very function that would carry it out in the log, and the acts behind it are prepared on what comes of it. None of them is judged:
the facts by which they will be judged are not there yet. Only places, legs and the form of what is asked for follow from a state; what stands in
for a plate or a waybill is left out of what is told (:mod:`manifests.possible.answers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import CURRENT, Role
from ledger.chain import genesis_prev
from ledger.model import Admission, Decision, Statement
from ledger.times import format_at
from manifests.acts import ACTS_BY_KIND
from manifests.labels import PACKED
from manifests.machine import Act, roles_of
from manifests.model import Capacity, ManifestState, Stage
from manifests.possible.judging import Asker, PossibleAct
from manifests.possible.preparing import ManifestGround, PreparedAct, trunk_acts
from manifests.recorded import record_of

CARRIAGE = (Act.DEPART, Act.HAND_OVER, Act.TRANSSHIP, Act.STOP, Act.ARRIVE)
"""Acts of whoever has the load, in the order of a trip."""
_OF_CARRIAGE = frozenset(act.kind for act in CARRIAGE)
_NOTHING = Decision(tags=(), alerts=(), accounts=())


class ComingPlace(Struct, frozen=True):
    """Where a trip stands for a party: the stage, and whether it has (a part of) the load."""

    stage: Stage
    holds: bool


class ComingStage(Struct, frozen=True):
    """A place of the trip, now or later, and the acts of carriage of a party there. ``leads``: to which place each kind leads from here, those
    included that another signs first."""

    place: ComingPlace
    acts: tuple[PossibleAct, ...]
    leads: Mapping[str, ComingPlace]


class LabelRun(Struct, frozen=True, gc=False):
    """Labels of one waste in a row (连号): the first of the day, as it is prepared, and how many packs its lines name."""

    first: str
    packs: int


def label_runs(ground: ManifestGround) -> tuple[LabelRun, ...]:
    """What a departure scans if every pack has its label and they were made in a row; nothing where the load has left."""
    departure = next((one for one in trunk_acts(ground, "") if one.kind == Act.DEPART.kind), None)
    if departure is None:
        return ()
    lines, written = record_of(ground.facts, ground.trunk)["lines"], ground.state.lines
    runs = []
    for first in departure.body.gate.labels:
        own = [number for number, line in enumerate(written) if line.packing in PACKED and line.code.replace("-", "") in first]
        runs.append(LabelRun(first, sum(int(lines[number]["packs"]) for number in own)))
    return tuple(runs)


def coming_stages(ground: ManifestGround, party: str) -> Iterator[ComingStage]:
    """Where the trip stands, and the places that follow by acts of carriage, in the order of a trip; each once."""
    seen: set[ComingPlace] = set()
    waiting = [ground]
    while waiting:
        here = waiting.pop(0)
        if (place := _place(here.state, party)) in seen:
            continue
        seen.add(place)
        acts = tuple(_offered(here, party))
        after = {act.prepared.kind: _after(here, act) for act in acts} | _taken(here, party)
        yield ComingStage(place, acts, {kind: _place(state, party) for kind, state in after.items()})
        waiting += [replace(here, state=state) for state in after.values()]


def _place(state: ManifestState, party: str) -> ComingPlace:
    return ComingPlace(state.stage, any(leg.carrier == party for leg in state.open_legs))


def _taken(ground: ManifestGround, party: str) -> dict[str, ManifestState]:
    """What comes of it where another carrier hands the load over to the party."""
    state = ground.state
    if state.stage is not Stage.IN_TRANSIT or party not in state.carriers or _place(state, party).holds:
        return {}
    giving = state.open_legs[0].carrier
    handed = next(one for one in trunk_acts(ground, giving) if one.kind == Act.HAND_OVER.kind)
    statement = _statement(ground, handed, (giving, party))
    return {handed.kind: _after(ground, PossibleAct(asker=Asker(giving), prepared=handed, statement=statement, roles=(), alone=False))}


def _offered(ground: ManifestGround, party: str) -> Iterator[PossibleAct]:
    for prepared in trunk_acts(ground, party):
        if prepared.kind in _OF_CARRIAGE and (by := _by(ground, prepared, party)):
            roles = tuple(_role(ground, prepared, capacity, party) for capacity in roles_of(_act(prepared)))
            statement = _statement(ground, prepared, by)
            yield PossibleAct(
                asker=Asker(party), prepared=prepared, statement=statement, roles=roles, alone=_alone(ground, prepared, party)
            )


def _act(prepared: PreparedAct) -> Act:
    return next(act for act in CARRIAGE if act.kind == prepared.kind)


def _by(ground: ManifestGround, prepared: PreparedAct, party: str) -> tuple[str, ...]:
    """Who would sign it with the party in its place; nobody where it has none."""
    state = ground.state
    if prepared.kind == Act.DEPART.kind:
        carriers = tuple(one for one in state.carriers if one != party) or (party,)
        if party == state.consignor:
            return (party,) if party in state.carriers else (party, carriers[0])
        return (state.consignor, party) if party in state.carriers else ()
    if not any(leg.carrier == party for leg in state.open_legs):
        return ()
    taking = next((one for one in state.carriers if one != party), ground.log.operator)  # whoever it is, he is another
    return (party, taking) if prepared.kind == Act.HAND_OVER.kind else (party,)


def _role(ground: ManifestGround, prepared: PreparedAct, capacity: Capacity, party: str) -> Role:
    """Who may hold a place of ``by``: anybody may take a load over."""
    if capacity is Capacity.CONSIGNOR:
        return Role(capacity.value, (ground.state.consignor,))
    if capacity is Capacity.CARRIER and prepared.kind == Act.DEPART.kind:
        return Role(capacity.value, ground.state.carriers)
    return Role(capacity.value, () if capacity is Capacity.TAKING_CARRIER else (party,))


def _alone(ground: ManifestGround, prepared: PreparedAct, party: str) -> bool:
    """Whether the party's signature is enough: a named carrier's, for a departure (LOAD_UNILATERAL)."""
    return prepared.kind == Act.DEPART.kind and party in ground.state.carriers


def _statement(ground: ManifestGround, prepared: PreparedAct, by: tuple[str, ...]) -> Statement:
    """As it would be signed; its place on the chain is the signer's to find."""
    genesis = genesis_prev(ground.log.found, ground.trunk)
    return Statement(
        kind=prepared.kind,
        chain=ground.trunk,
        seq=0,
        prev=genesis,
        by=by,
        at=format_at(ground.now_s),
        at_s=ground.now_s,
        body=prepared.body,
        hash="0" * 64,
    )


def _after(ground: ManifestGround, act: PossibleAct) -> ManifestState:
    """The manifest after an act, by what stands in for what its signer fills in."""
    admission = Admission(index=0, at=act.statement.at, ruleset=CURRENT, facts=(), decision=_NOTHING)
    return ACTS_BY_KIND[act.prepared.kind].follow(ground.state, act.statement, admission)
