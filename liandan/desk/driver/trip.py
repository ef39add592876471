"""What the page of a trip shows: a pure function of what the services answer. The page goes on without a server, so everything that may come
next on the way is on it already, each place of the trip with its acts (manifests.possible.coming).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ledger.admission.entry import CODE
from ledger.mass import parse_mass
from ledger.problem import ProblemError
from ledger.times import format_at
from manifests.answers import ManifestAnswer, ManifestItem, Manifests
from manifests.model import Stage
from manifests.possible.answers import AskedField, ComingPlaceAnswer, ComingStageAnswer, ManifestComing, PossibleActAnswer
from manifests.view import ManifestView

DEPART, HAND_OVER, ARRIVE = "manifest.depart/1", "manifest.hand_over/1", "manifest.arrive/1"
MAIN = (DEPART, ARRIVE)
"""Acts that may be the one button: the first of them that is there."""
STATES = ("issued", "in_transit_held", "in_transit", "arrived")
"""Places of a trip that have words of their own here; others are called as everywhere."""
LABELS, CHECKS = "gate.labels", "gate.checks"
STAGE_ORDER = (Stage.IN_TRANSIT, Stage.ARRIVED, Stage.ISSUED)
GATE_S = 6 * 3_600
"""How long a trip that has arrived stays before those that are to begin."""
_IN_BRACKETS = re.compile(rf"\s*[（(]{CODE.pattern}[)）]")
_TYPES = {"number": "number", "time": "datetime-local", "day": "date"}


class TripGoods(Struct, frozen=True, kw_only=True):
    """One waste on the truck."""

    name: str
    code: str
    mass_g: int


class TripField(Struct, frozen=True, kw_only=True):
    """A field of a form: how it is shown, and what it is likely to be."""

    path: str
    label: str
    type: str
    """``text``, ``mass``, ``choice``, ``labels``, ``checks``, ``division``, ``party``, or what the form says."""
    input: str
    """Type of the ``input`` element."""
    values: tuple[tuple[str, str], ...]
    hint: str
    wanted: tuple[str, ...]
    """Of checks: those that this load asks for."""
    needed: bool
    when: str
    most: int


class TripSigner(Struct, frozen=True, kw_only=True):
    """Who signs an act, in the order of ``by``; ``parties`` are those who may, none where anybody may."""

    role: str
    parties: tuple[tuple[str, str], ...]
    is_you: bool


class TripAct(Struct, frozen=True, kw_only=True):
    """An act that may be signed at a place of the trip."""

    kind: str
    key: str
    """Short: ``depart``."""
    text: str
    fields: tuple[TripField, ...]
    signers: tuple[TripSigner, ...]
    alone: bool
    blockers: tuple[ProblemError, ...]
    known: Mapping[str, Any]
    pending: tuple[str, ...]

    @property
    def is_together(self) -> bool:
        """Whether somebody else signs too."""
        return any(not signer.is_you for signer in self.signers)


class TripStage(Struct, frozen=True, kw_only=True):
    """A place of the trip with its acts, the one for the button first."""

    key: str
    text: str
    main: TripAct | None
    others: tuple[TripAct, ...]
    leads: Mapping[str, str]

    @property
    def acts(self) -> tuple[TripAct, ...]:
        """All of them."""
        return (*(() if self.main is None else (self.main,)), *self.others)


class DriverTrip(Struct, frozen=True, kw_only=True):
    """The page of one trip."""

    id: str
    chain: str
    number: str
    plate: str
    goods: tuple[TripGoods, ...]
    origin: str
    destination: str
    generator: str
    receiver: str
    planned_at: str
    stages: tuple[TripStage, ...]
    places: tuple[tuple[str, str], ...]
    """Divisions of the way, with their names."""
    parties: tuple[tuple[str, str], ...]
    """Who may take the load over, of those that the manifest names: its other carriers first."""
    data: Mapping[str, Any]
    """What the page's own module goes by, as JSON."""

    @property
    def now(self) -> TripStage:
        """The place where the log says that it stands."""
        return self.stages[0]


class TripItem(Struct, frozen=True, kw_only=True):
    """Another trip, as it is listed."""

    id: str
    number: str
    stage: str
    plate: str
    declared_g: int
    receiver: str
    planned_at: str


def place_key(place: ComingPlaceAnswer) -> str:
    """``in_transit_held`` where the party has the load, else the stage."""
    return f"{place.stage}_held" if place.holds else place.stage


def trip_of(answer: ManifestAnswer, coming: ManifestComing, device: str) -> DriverTrip:
    """The page; ``device`` is the key by which it is asked."""
    names = answer.names
    stages = tuple(_stage(stage, names) for stage in coming.stages)
    legs = [leg for leg in answer.legs if leg.ended_at is None] or list(answer.legs)
    plate = legs[-1].vehicle.plate if legs else ""
    chain = f"manifest/{answer.manifest.id}"
    parties = dict.fromkeys((*answer.manifest.carriers, answer.manifest.receiver, answer.manifest.generator))
    divisions = dict.fromkeys((answer.origin.division, answer.destination.division))
    data = {
        "found": coming.found, "device": device, "uscc": coming.party, "size": coming.size, "chain": chain, "id": answer.manifest.id,
        "number": _number(answer.manifest), "plate": plate, "head": {"seq": coming.seq - 1, "hash": coming.prev},
        "names": dict(names), "labels": [msgspec.to_builtins(run) for run in coming.labels],
        "stages": [_stage_data(stage) for stage in stages],
    }  # fmt: skip
    return DriverTrip(
        id=answer.manifest.id,
        chain=chain,
        number=_number(answer.manifest),
        plate=plate,
        goods=tuple(
            TripGoods(name=line.name, code=line.code, mass_g=parse_mass(line.loaded_t or line.declared_t)) for line in answer.lines
        ),
        origin=place_of(answer.origin.division, answer.origin.address, names),
        destination=place_of(answer.destination.division, answer.destination.address, names),
        generator=_named(answer.manifest.generator, names),
        receiver=_named(answer.manifest.receiver, names),
        planned_at=answer.times.get("planned", ""),
        stages=stages,
        places=tuple((division, names.get(division, division)) for division in divisions),
        parties=tuple((uscc, _named(uscc, names)) for uscc in parties if uscc != coming.party),
        data=data,
    )


def own_trips(found: Sequence[ManifestView], uscc: str, now_s: int) -> tuple[ManifestView, ...]:
    """Trips of a party for its drivers: those on the road, those that have just arrived (whoever stands at the gate still shows them), then
    those that it may begin, the one first whose time is nearest.
    """

    def place(view: ManifestView) -> tuple[int, int]:
        state = view.state
        planned_s = view.issued_s if state.planned_s is None else state.planned_s
        return (STAGE_ORDER.index(state.stage), abs(planned_s - now_s))

    def counts(view: ManifestView) -> bool:
        state = view.state
        arrived_s = state.times.arrived_s or 0
        if state.stage is Stage.ARRIVED and now_s - arrived_s > GATE_S:
            return False
        return uscc in view.carriers or (uscc == state.generator and state.stage is Stage.ISSUED)

    return tuple(sorted(filter(counts, found), key=place))


def items_of(views: Sequence[ManifestView], listed: Manifests) -> tuple[TripItem, ...]:
    """The same as they are listed."""
    return tuple(
        TripItem(
            id=one.id,
            number=_number(one),
            stage=one.stage_text,
            plate=view.state.legs[-1].vehicle.plate if view.state.legs else "",
            declared_g=parse_mass(one.declared_t),
            receiver=_named(one.receiver, listed.names),
            planned_at="" if view.state.planned_s is None else format_at(view.state.planned_s),
        )
        for view, one in zip(views, listed.manifests, strict=True)
    )


def _stage(stage: ComingStageAnswer, names: Mapping[str, str]) -> TripStage:
    acts = {act.kind: _act(act, stage.hints.get(act.kind, {}), names) for act in stage.acts}
    main = next((acts[kind] for kind in MAIN if kind in acts), None)
    return TripStage(
        key=place_key(stage),
        text=stage.text,
        main=main,
        others=tuple(act for act in acts.values() if act is not main),
        leads={kind: place_key(place) for kind, place in stage.leads.items()},
    )


def _act(act: PossibleActAnswer, hints: Mapping[str, Any], names: Mapping[str, str]) -> TripAct:
    return TripAct(
        kind=act.kind,
        key=act.kind.removeprefix("manifest.").partition("/")[0],
        text=act.text.partition("（")[0],
        fields=tuple(_field(field, hints) for field in act.fields),
        signers=tuple(
            TripSigner(role=one.role_text, parties=tuple((uscc, _named(uscc, names)) for uscc in one.parties), is_you=one.is_you)
            for one in act.signers
        ),
        alone=act.alone,
        blockers=act.blockers,
        known=act.known,
        pending=act.pending,
    )


def _field(field: AskedField, hints: Mapping[str, Any]) -> TripField:
    hint = hints.get(field.path, "")
    kind = {LABELS: "labels", CHECKS: "checks"}.get(field.path, field.type)
    return TripField(
        path=field.path,
        label=field.label.partition("：")[0].partition(":")[0],
        type=kind,
        input=_TYPES.get(field.type, "text"),
        values=tuple((value.value, value.text) for value in field.values),
        hint=hint if isinstance(hint, str) else "",
        wanted=tuple(hint) if isinstance(hint, (list, tuple)) else (),
        needed=not field.when,
        when=_IN_BRACKETS.sub("", field.when),
        most=field.most or 0,
    )


def _stage_data(stage: TripStage) -> dict[str, Any]:
    return {
        "key": stage.key,
        "leads": dict(stage.leads),
        "acts": {
            act.kind: {
                "text": act.text,
                "known": act.known,
                "blocked": bool(act.blockers),
                "alone": act.alone,
                "signers": [{"parties": [uscc for uscc, _ in one.parties], "you": one.is_you, "role": one.role} for one in act.signers],
            }
            for act in stage.acts
        },
    }


def _number(item: ManifestItem) -> str:
    """The national number, else the end of its own name."""
    return item.number or f"…{item.id[-8:]}"


def _named(uscc: str, names: Mapping[str, str]) -> str:
    return names.get(uscc, uscc)


def place_of(division: str, address: str | None, names: Mapping[str, str]) -> str:
    """A division and an address, which says (a part of) the division again or does not."""
    name, address = names.get(division, division), address or ""
    said = next((at for at in range(len(name)) if address.startswith(name[at:])), len(name))  # 四川省｜成都市龙泉驿区｜示范大道
    return f"{name[:said]}{' ' if said and name[:said].isascii() else ''}{address}"
