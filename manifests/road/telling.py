"""How views and duties become what is told on the road; masses are tonne strings, times are ``+08:00``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ledger.answers import filled
from ledger.caller import Caller
from ledger.fields import normal
from ledger.mass import format_mass
from ledger.problem import Language, mark
from ledger.times import format_at, parse_at
from manifests.action_answers import duty_answer
from manifests.answers import item_of, kind_text, may_read, said
from manifests.fates import id_of
from manifests.model import STAGES, Leg, ManifestState
from manifests.road.answers import ContradictionAnswer, LateLoad, LeftLoad, MovingLoad, RoadLeg, SaidAnswer
from manifests.road.contradicting import Said, TwoEntries
from manifests.telling import ACTS
from manifests.vehicles import carried_g
from manifests.view import ManifestView
from signing.refusal import Rule
from whitelist.terms import Duty

_WEIGHTS = frozenset({"WEIGHT", "LOAD_WEIGHT", "DISCREPANCY_UNREPORTED", "METER_DIFF"})


def moving_load(view: ManifestView, language: Language) -> MovingLoad:
    """A manifest under way."""
    state = view.state
    wastes = tuple(dict.fromkeys(line.name for line in state.lines))
    return MovingLoad(manifest=item_of(view, language), wastes=wastes, legs=tuple(_leg(state, leg) for leg in state.open_legs))


def left_load(view: ManifestView, plate: str, language: Language) -> LeftLoad:
    """A manifest that went on to another vehicle; ``plate`` in normal form is of one that it was on."""
    state = view.state
    ended = max((leg.ended_s for leg in state.legs if plate in worn(leg) and leg.ended_s is not None), default=0)
    return LeftLoad(manifest=item_of(view, language), left_at=format_at(ended), legs=tuple(_leg(state, leg) for leg in state.open_legs))


def worn(leg: Leg) -> tuple[str, ...]:
    """Plates of a vehicle and its trailer, in normal form."""
    return tuple(normal(plate) for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate)


def _leg(state: ManifestState, leg: Leg) -> RoadLeg:
    return filled(
        RoadLeg, leg, plate=leg.vehicle.plate, trailer=leg.vehicle.trailer or "", division=leg.place.division, begun_at=format_at(leg.begun_s),
        ended_at=None if leg.ended_s is None else format_at(leg.ended_s), mass_t=format_mass(carried_g(state, leg)),
    )  # fmt: skip


def late_load(view: ManifestView, found: Sequence[Duty], language: Language) -> LateLoad:
    """A manifest with what is overdue on it."""
    return LateLoad(manifest=item_of(view, language), duties=tuple(duty_answer(duty, language) for duty in found))


def contradiction_answer(one: TwoEntries, caller: Caller, rules: Mapping[str, Rule], language: Language) -> ContradictionAnswer:
    """Both sides of a contradiction; the second is kept from a reader who may not see its manifest."""
    weights: dict[str, str | None] = {"loaded_t": None, "received_t": None, "difference_t": None}
    lines = one.first.view.state.lines
    if one.flag.code in _WEIGHTS and all(line.accepted_g is not None for line in lines):
        sent_g, got_g = sum(line.sent_g for line in lines), sum((line.accepted_g or 0) + (line.refused_g or 0) for line in lines)
        weights = {"loaded_t": format_mass(sent_g), "received_t": format_mass(got_g), "difference_t": format_mass(got_g - sent_g)}
    is_hidden = one.second is not None and not may_read(caller, one.second.view)
    return ContradictionAnswer(
        alerts=(mark(one.flag.code, rules, language, one.flag.level),), about=one.about, first=_said(one.first, language),
        second=None if one.second is None or is_hidden else _said(one.second, language), second_is_hidden=is_hidden, **weights,
    )  # fmt: skip


def together(found: Sequence[ContradictionAnswer]) -> tuple[ContradictionAnswer, ...]:
    """The same, where what several alerts say of the same two entries stands once."""
    pairs: dict[tuple[int, int, str], ContradictionAnswer] = {}
    for one in found:
        place = (one.first.index, -1 if one.second is None else one.second.index, one.about)
        both = (*(pairs[place].alerts if place in pairs else ()), *one.alerts)
        pairs[place] = replace(pairs.get(place, one), alerts=tuple(sorted(both, key=lambda alert: "HML".find(alert.level))))
    return tuple(pairs.values())


def _said(one: Said, language: Language) -> SaidAnswer:
    view, record = one.view, one.record
    at_s = parse_at(record.at)
    plates = [leg.vehicle.plate for leg in view.state.legs if leg.begun_s <= at_s]
    kind = record.kind.partition("/")[0]
    known = next((words for act, words in ACTS.items() if kind == f"manifest.{act}"), None)
    text = kind_text(record.kind, language) if known is None else known[language == "en"]
    return SaidAnswer(
        id=id_of(view.chain), number=view.state.number, index=record.index, kind=kind, text=text, by=record.by,
        at=record.at, plate=plates[-1] if plates else "", stage_text=said(view.state.stage, STAGES, language),
    )  # fmt: skip
