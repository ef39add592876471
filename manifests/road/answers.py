"""What is answered to somebody who stands beside a truck: what moves now, what is late, what contradicts itself, what was in the last days."""

from __future__ import annotations

from msgspec import Struct, field

from ledger.answers import ChangedParty
from ledger.problem import Mark
from manifests.action_answers import DutyAnswer
from manifests.answers import ManifestItem


class RoadLeg(Struct, frozen=True, gc=False, kw_only=True):
    """A carrier's run: with which vehicle, from where, since when; ``mass_t`` is on it."""

    carrier: str
    plate: str
    trailer: str
    waybill_no: str
    division: str
    begun_at: str
    ended_at: str | None
    mass_t: str


class MovingLoad(Struct, frozen=True, gc=False, kw_only=True):
    """A manifest under way, and the legs that last."""

    manifest: ManifestItem
    wastes: tuple[str, ...]
    legs: tuple[RoadLeg, ...]


class LeftLoad(Struct, frozen=True, gc=False, kw_only=True):
    """A manifest under way that was on the vehicle that is asked about, and is not any more: until when, and on which legs it is now."""

    manifest: ManifestItem
    left_at: str
    legs: tuple[RoadLeg, ...]


class LateLoad(Struct, frozen=True, gc=False, kw_only=True):
    """A manifest, and the acts on it that somebody should have done before today."""

    manifest: ManifestItem
    duties: tuple[DutyAnswer, ...]


class SaidAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An entry of a manifest that is one side of a contradiction."""

    id: str
    number: str | None
    index: int
    kind: str
    text: str
    by: tuple[str, ...]
    at: str
    plate: str
    """Of the vehicle that it was on then; empty before the departure."""
    stage_text: str


class ContradictionAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Two entries that do not fit each other. ``about`` is what both name: a plate, a label, a waybill, a ticket, a number."""

    alerts: tuple[Mark, ...]
    """What was raised about the two, the gravest first."""
    about: str
    first: SaidAnswer
    """The entry that raised the alert."""
    second: SaidAnswer | None
    """What it contradicts; ``None`` where the act contradicts itself, or the other is not found."""
    second_is_hidden: bool = False
    """The other manifest is none that the reader may see."""
    loaded_t: str | None
    received_t: str | None
    """Of weights that differ: what was sent and what was accepted and refused."""
    difference_t: str | None


class LastDays(Struct, frozen=True, gc=False, kw_only=True):
    """Counts of the last days: trips begun, weights beyond the tolerance, changes of the vehicle. Not ``is_whole`` where there were too many."""

    days: int
    trips: int
    differences: int
    transships: int
    is_whole: bool


class RoadSite(Struct, frozen=True, gc=False, kw_only=True):
    """A site of a firm that is asked about."""

    site: str
    name: str
    division: str
    address: str
    closed_on: str


class RoadSubject(Struct, frozen=True, gc=False, kw_only=True):
    """What is asked about, as it is shown; ``party`` is the firm, or whose site or label it is."""

    what: str
    value: str
    shown: str
    party: str = ""
    sites: tuple[RoadSite, ...] = ()
    code: str = ""
    """Of a label: the waste, and below the day on it."""
    day: str = ""


class RoadAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Everything about one subject as of ``size`` entries. Each list is cut at LISTED_MAX and says by ``…_more`` that it goes on."""

    size: int
    at: str
    subject: RoadSubject
    moving: tuple[MovingLoad, ...]
    moving_more: bool
    left: tuple[LeftLoad, ...]
    """Of a plate alone: what it carried and has handed on, while that is still under way."""
    late: tuple[LateLoad, ...]
    late_more: bool
    contradictions: tuple[ContradictionAnswer, ...]
    contradictions_more: bool
    last: LastDays
    manifests: tuple[ManifestItem, ...]
    """History, newest issue first: a page, ``next`` its cursor."""
    next: str | None
    names: dict[str, str] = field(default_factory=dict)
    changed: dict[str, ChangedParty] = field(default_factory=dict)
