"""Who carries what where right now: the loads that an incident names or that move on an emergency, as both provinces see them alike.

Everything comes from the manifests' views and the bodies of their newest stops. Nothing in it hangs on who asks: an authority of the origin and
one of the destination read the same bytes of the same moment (Code Art. 125, 540, 545 [READ]; 2022 guideline, 跨省市协同应急处置 [READ S44]).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from ledger.answers import ChangedParty, filled
from ledger.fields import normal
from ledger.mass import format_mass
from ledger.problem import Language
from ledger.times import format_at
from manifests.acts import Stop
from manifests.answers import said
from manifests.machine import Act
from manifests.matter_answers import HoldAnswer, hold_answers
from manifests.model import FINISHED, STAGES, ManifestState, Stage
from manifests.view import ManifestView
from whitelist.fields import Place
from whitelist.thresholds import Thresholds


class LastStop(Struct, frozen=True, gc=False, kw_only=True):
    """停留: where, since when, why, and until when if that was said."""

    place: Place
    at: str
    reason: str
    until: str


class VehicleUnderWay(Struct, frozen=True, gc=False, kw_only=True):
    """A vehicle on the road with every load of this view that it carries."""

    plate: str
    trailer: str
    carrier: str
    waybill_no: str
    begun_at: str
    division: str
    """Where the newest act of its loads that names a place took place."""
    stopped: LastStop | None
    """The newest stop that was recorded under way."""
    mass_t: str
    manifests: tuple[str, ...]
    """``<generator>/<ULID>``."""


class WasteNow(Struct, frozen=True, gc=False, kw_only=True):
    """One waste line: ``mass_t`` is what of it is here now, before the receipt what was sent, after it what has no fate."""

    name: str
    code: str
    form: str
    mass_t: str
    declared_t: str
    accepted_t: str | None


class LoadNow(Struct, frozen=True, gc=False, kw_only=True):
    """One manifest of the view."""

    id: str
    number: str | None
    stage: str
    stage_text: str
    is_open: bool
    generator: str
    receiver: str
    origin: str
    destination: str
    division: str
    """Where it is now, as far as the acts say."""
    wastes: tuple[WasteNow, ...]
    mass_t: str
    plates: tuple[str, ...]
    """Of vehicles that are under way with it."""
    holds: tuple[HoldAnswer, ...]
    """暂扣 in force."""
    regularised_at: str
    """Of an emergency transfer: when its regularisation was reported; empty before."""
    index: int
    """Its newest entry."""


class PlaceNow(Struct, frozen=True, gc=False, kw_only=True):
    """What is in one division now: loads that are not at their end."""

    division: str
    mass_t: str
    loads: int


class JointView(Struct, frozen=True, gc=False, kw_only=True):
    """The loads of an incident or an emergency, newest issue first, as of ``size`` entries; ``at`` is the moment by which holds are told."""

    size: int
    at: str
    about: str
    """``incident/…`` or ``emergency/…``."""
    loads: tuple[LoadNow, ...]
    vehicles: tuple[VehicleUnderWay, ...]
    places: tuple[PlaceNow, ...]
    """By mass, most first."""
    stages: dict[str, int]
    """Loads by stage."""
    open_t: str
    """Tonnes of loads that are not at their end."""
    is_whole: bool
    """Whether all loads are here; of more than 500 the newest are."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class StopNow(Struct, frozen=True, gc=False):
    """The newest stop of a manifest: its moment, and what was said."""

    at: str
    body: Stop


def division_now(state: ManifestState) -> str:
    """Where a load is, as far as its acts say: at the origin until one names another place, at the receiver's once it is taken over."""
    if state.times.received_s is not None and not state.is_declined:
        return state.destination.division
    return state.last_division or state.origin.division


def mass_now_g(state: ManifestState, number: int) -> int:
    """Grams of a line that are there now: before the receipt what was sent, after it the stock and what was refused; nothing of what has ended."""
    line = state.lines[number]
    if state.stage in FINISHED or state.is_declined:
        return 0
    return line.sent_g if state.times.received_s is None else line.stock_g + (line.refused_g or 0)


def newest_stop(view: ManifestView) -> int | None:
    """The entry of the newest stop on the way of a load that is under way."""
    if view.state.stage is not Stage.IN_TRANSIT:
        return None
    return next((record.index for record in reversed(view.records) if record.kind == Act.STOP.kind), None)


def joint_view(
    about: str,
    views: Sequence[ManifestView],
    stops: Mapping[str, StopNow],
    limits: Thresholds,
    moment: tuple[int, int],
    language: Language,
    *,
    is_whole: bool,
) -> JointView:
    """``stops`` by chain; ``moment`` is the size of the log and the present in Unix seconds."""
    size, now_s = moment
    places = dict[str, tuple[int, int]]()
    for view in views:
        grams = _total_g(view.state)
        if view.state.stage not in FINISHED and grams:
            where = division_now(view.state)
            known = places.get(where, (0, 0))
            places[where] = (known[0] + grams, known[1] + 1)
    return JointView(
        size=size,
        at=format_at(now_s),
        about=about,
        loads=tuple(_load(view, limits, now_s, language) for view in views),
        vehicles=tuple(_vehicles(views, stops)),
        places=tuple(
            PlaceNow(division=division, mass_t=format_mass(grams), loads=loads)
            for division, (grams, loads) in sorted(places.items(), key=lambda one: (-one[1][0], one[0]))
        ),
        stages=dict(sorted(Counter(view.state.stage.value for view in views).items())),
        open_t=format_mass(sum(_total_g(view.state) for view in views)),
        is_whole=is_whole,
    )


def _total_g(state: ManifestState) -> int:
    return sum(mass_now_g(state, number) for number in range(len(state.lines)))


def _load(view: ManifestView, limits: Thresholds, now_s: int, language: Language) -> LoadNow:
    state = view.state
    return filled(
        LoadNow,
        state,
        id=view.chain.removeprefix("manifest/"),
        stage=state.stage.value,
        stage_text=said(state.stage, STAGES, language),
        is_open=state.stage not in FINISHED,
        origin=state.origin.division,
        destination=state.destination.division,
        division=division_now(state),
        wastes=tuple(
            filled(
                WasteNow,
                line,
                mass_t=format_mass(mass_now_g(state, number)),
                declared_t=format_mass(line.declared_g),
                accepted_t=None if line.accepted_g is None else format_mass(line.accepted_g),
            )
            for number, line in enumerate(state.lines)
        ),
        mass_t=format_mass(_total_g(state)),
        plates=tuple(dict.fromkeys(leg.vehicle.plate for leg in state.open_legs)),
        holds=tuple(hold for hold in hold_answers(state, limits, now_s) if hold.in_force) if state.holds else (),
        regularised_at="" if state.regularised_s is None else format_at(state.regularised_s),
        index=view.updated_idx,
    )


def _vehicles(views: Iterable[ManifestView], stops: Mapping[str, StopNow]) -> Iterable[VehicleUnderWay]:
    """By plate in its normal form and carrier: one truck with three manifests is one truck."""
    found: dict[tuple[str, str], list[ManifestView]] = {}
    for view in views:
        for leg in view.state.open_legs:
            found.setdefault((normal(leg.vehicle.plate), leg.carrier), []).append(view)
    for (plate, carrier), carried in sorted(found.items()):
        newest = max(carried, key=lambda view: view.updated_idx)
        leg = next(leg for leg in newest.state.open_legs if (normal(leg.vehicle.plate), leg.carrier) == (plate, carrier))
        stopped = max((stop for view in carried if (stop := stops.get(view.chain)) is not None), key=lambda stop: stop.at, default=None)
        yield VehicleUnderWay(
            plate=leg.vehicle.plate,
            trailer=leg.vehicle.trailer or "",
            carrier=carrier,
            waybill_no=leg.waybill_no,
            begun_at=format_at(leg.begun_s),
            division=division_now(newest.state),
            stopped=None
            if stopped is None
            else LastStop(place=stopped.body.place, at=stopped.at, reason=stopped.body.reason, until=stopped.body.until or ""),
            mass_t=format_mass(sum(_on_leg_g(view, plate, carrier) for view in carried)),
            manifests=tuple(view.chain.removeprefix("manifest/") for view in carried),
        )


def _on_leg_g(view: ManifestView, plate: str, carrier: str) -> int:
    """Grams of a load on one vehicle: of a load that was split the part that went over, else what is left of it or all."""
    legs = view.state.open_legs
    mine = [leg for leg in legs if (normal(leg.vehicle.plate), leg.carrier) == (plate, carrier)]
    moved_g = sum(part.mass_g for leg in mine for part in leg.parts)
    if moved_g:
        return moved_g
    return max(0, _total_g(view.state) - sum(part.mass_g for leg in legs for part in leg.parts))
