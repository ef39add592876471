"""What a road link shows of its one trip: what an officer at the roadside asks, and nothing beside. Pure.

Personal data, contracts, prices, other trips, what was weighed at the receiver's before: not here. A reader learns what stands on the paper that
travels with the load.
"""

from __future__ import annotations

from msgspec import Struct

from ledger.answers import filled
from ledger.problem import Language
from ledger.times import parse_admission_at
from manifests.answers import kind_text, said
from manifests.model import STAGES, Stage
from manifests.view import ManifestView

HOURS = 24
"""A link ends so long after the arrival, or after the end of what never arrived."""


class RoadWaste(Struct, frozen=True, kw_only=True):
    """A waste on the truck."""

    name: str
    code: str
    sent_g: int


class RoadAct(Struct, frozen=True, kw_only=True):
    """What was signed about it: act, signers, when, and which entry it is."""

    text: str
    by: tuple[str, ...]
    at: str
    index: int


class RoadTrip(Struct, frozen=True, kw_only=True):
    """The trip as the log has it."""

    name: str
    """National number, else the ULID."""
    stage: Stage
    stage_text: str
    leg: int
    """Which carrier and vehicle it is on, from 1; 0 before the departure."""
    legs: int
    plates: tuple[str, ...]
    vehicle: str
    waybill_no: str
    generator: str
    receiver: str
    carrier: str
    origin: str
    destination: str
    wastes: tuple[RoadWaste, ...]
    is_held: bool
    incidents: int
    """突发事件 that name it and are open."""
    acts: tuple[RoadAct, ...]
    newest_s: int
    """Admission of the newest entry about it."""
    ends_s: int | None
    """When the link ends; ``None`` while nobody has signed the arrival."""


def ends_s(view: ManifestView) -> int | None:
    """The moment at which links to a manifest end: 24 h after the arrival, of one that never arrived after its receipt, its void or its close."""
    times = view.state.times
    known = (times.arrived_s, times.received_s, times.voided_s, times.closed_gap_s)
    first = next((at_s for at_s in known if at_s is not None), None)
    return None if first is None else first + HOURS * 3600


def trip_of(view: ManifestView, now_s: int, language: Language) -> RoadTrip:
    """The trip."""
    state = view.state
    number = state.under_way[-1] if state.under_way else len(state.legs) - 1
    leg = state.legs[number] if state.legs else None
    trunk = [record for record in view.records if record.chain == view.chain]
    return filled(
        RoadTrip,
        state,
        name=state.number or view.ulid,
        stage_text=said(state.stage, STAGES, language),
        leg=number + 1,
        legs=len(state.legs),
        plates=() if leg is None else tuple(plate for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate),
        vehicle="" if leg is None else leg.vehicle.kind,
        waybill_no="" if leg is None else leg.waybill_no,
        carrier=leg.carrier if leg is not None else next(iter(state.carriers), ""),
        origin=state.origin.division,
        destination=state.destination.division,
        wastes=tuple(RoadWaste(name=line.name, code=line.code, sent_g=line.sent_g) for line in state.lines),
        is_held=any(hold.released_s is None and (hold.until_s is None or hold.until_s > now_s) for hold in state.holds),
        incidents=sum(note.closed is None for note in state.incidents),
        acts=tuple(
            RoadAct(text=kind_text(record.kind, language), by=record.by, at=record.at, index=record.index) for record in reversed(trunk)
        ),
        newest_s=parse_admission_at(view.records[-1].admitted_at),
        ends_s=ends_s(view),
    )
