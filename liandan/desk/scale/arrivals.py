"""今日来车: trucks that come to a receiver today: at the gate, late, on the road, planned. One truck with several manifests of a trip is one row. Pure.

When a truck will be here nobody signs, so none is shown: a row says since when it stands where it stands. Late is what the terms of the log call
late (R-57), or what was planned for a day that is over.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, TypeVar

from msgspec import Struct

from ledger.chain import ULID, USCC
from ledger.directory import LogState
from ledger.fields import normal
from ledger.times import day_of
from liandan.desk.scale.weighing import LoadLine, lines_of
from manifests.deadlines import duties
from manifests.model import Leg, ManifestState, Stage
from manifests.view import ManifestView
from reports.claim import BEGINNING
from whitelist.terms import Duty, Present

T = TypeVar("T")
Where = Literal["gate", "late", "road", "planned"]
ORDER: tuple[Where, ...] = ("gate", "late", "road", "planned")
"""What stands before what."""


class ComingLoad(Struct, frozen=True, kw_only=True):
    """A manifest on a truck."""

    id: str
    """``<generator>/<ULID>``."""
    number: str | None
    generator: str
    lines: tuple[LoadLine, ...]
    is_held: bool
    """暂扣 stands against it."""
    is_return: bool
    """What was refused of the reader's own comes home."""

    @property
    def name(self) -> str:
        """As it is called: the national number, else the ULID."""
        return self.number or self.id.rpartition("/")[2]

    @property
    def sent_g(self) -> int:
        """Grams of it as they were sent."""
        return sum(line.sent_g for line in self.lines)


class ComingTruck(Struct, frozen=True, kw_only=True):
    """A truck and what is on it."""

    key: str
    """The trip, or the one manifest."""
    plates: tuple[str, ...]
    """Of the vehicle now, and its trailer; before the departure none."""
    carriers: tuple[str, ...]
    where: Where
    since: Literal["arrived", "departed", "planned"]
    since_s: int
    """Of that."""
    days_late: int
    """Whole days beyond the term, 0 where it is not late."""
    place: str
    """Division of the newest act that names a place, on the way; else empty."""
    due_on: str | None
    """Until when it is to be confirmed (R-60), of one at the gate."""
    workdays_left: int | None
    loads: tuple[ComingLoad, ...]

    @property
    def lines(self) -> tuple[LoadLine, ...]:
        """Everything on it."""
        return tuple(line for load in self.loads for line in load.lines)

    @property
    def sent_g(self) -> int:
        """Grams on it as they were sent."""
        return sum(line.sent_g for line in self.lines)

    @property
    def wastes(self) -> tuple[str, ...]:
        """What is on it, each name once."""
        return tuple(dict.fromkeys(line.name for line in self.lines))

    @property
    def generators(self) -> tuple[str, ...]:
        """Whose it is."""
        return tuple(dict.fromkeys(load.generator for load in self.loads))


def trucks(views: Iterable[ManifestView], present: Present, log: LogState) -> tuple[ComingTruck, ...]:
    """Those that are to be received: at the gate first, then the late ones, those on the road, and what is planned for today or should have left."""
    by_trip = dict[str, list[ManifestView]]()
    for view in views:
        if view.state.stage in (Stage.ARRIVED, Stage.IN_TRANSIT) or _is_planned(view.state, present):
            by_trip.setdefault(view.state.trip_id or _id(view), []).append(view)
    found = [_truck(key, sorted(loads, key=lambda view: view.chain), present, log) for key, loads in by_trip.items()]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.where), -one.days_late, one.since_s, one.key)))


def _is_planned(state: ManifestState, present: Present) -> bool:
    return state.stage is Stage.ISSUED and state.planned_s is not None and day_of(state.planned_s) <= present.today.isoformat()


def _id(view: ManifestView) -> str:
    return view.chain.removeprefix("manifest/")


def _truck(key: str, views: Sequence[ManifestView], present: Present, log: LogState) -> ComingTruck:
    """Several manifests of a trip are where the one is that stands furthest behind: nobody weighs half a truck."""
    asked = [(view, next(iter(duties(view, present, log)), None)) for view in views]
    places = [_where(view.state, duty) for view, duty in asked]
    where = max(places, key=ORDER.index)
    first, duty = asked[places.index(where)]
    legs = first.state.open_legs or first.state.legs[-1:]
    times = first.state.times
    known: dict[Literal["arrived", "departed", "planned"], int | None] = {
        "arrived": times.arrived_s if where == "gate" else None, "departed": times.departed_s if where != "planned" else None,
        "planned": first.state.planned_s or times.issued_s,
    }  # fmt: skip
    since = next(name for name, at_s in known.items() if at_s)
    return ComingTruck(
        key=key,
        plates=tuple(dict.fromkeys(plate for leg in legs for plate in _plates(leg))),
        carriers=tuple(dict.fromkeys([leg.carrier for leg in legs] or first.state.carriers)),
        where=where,
        since=since,
        since_s=known[since] or times.issued_s,
        days_late=_late(duty, present) if where == "late" else 0,
        place=first.state.last_division or "" if where in ("late", "road") else "",
        due_on=duty.due_on if duty is not None and where == "gate" else None,
        workdays_left=duty.workdays_left if duty is not None and where == "gate" else None,
        loads=tuple(_load(view, present) for view in views),
    )


def _where(state: ManifestState, duty: Duty | None) -> Where:
    if state.stage is Stage.ARRIVED:
        return "gate"
    if duty is not None and duty.overdue:
        return "late"
    return "planned" if state.stage is Stage.ISSUED else "road"


def _plates(leg: Leg) -> tuple[str, ...]:
    return tuple(plate for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate)


def _late(duty: Duty | None, present: Present) -> int:
    return 0 if duty is None or duty.due_on is None else (present.today - date.fromisoformat(duty.due_on)).days


def _load(view: ManifestView, present: Present) -> ComingLoad:
    state = view.state
    return ComingLoad(
        id=_id(view),
        number=state.number,
        generator=state.generator,
        lines=lines_of(_id(view), state),
        is_held=any(hold.released_s is None and (hold.until_s is None or hold.until_s > present.now_s) for hold in state.holds),
        is_return=state.route == "RETURN",
    )


def named(found: Sequence[ComingTruck], text: str) -> tuple[ComingTruck, ...]:
    """The trucks that what was scanned or typed names: a plate in any writing or its last digits, a national number or its end, a ULID, the claim of
    a paper, the address of a manifest. Nothing names all of them."""
    return tuple(that_are_called(((one, _names(one)) for one in found), scanned(text)))


def that_are_called(named: Iterable[tuple[T, set[str]]], said: str) -> list[T]:
    """Of things and their names in normal form those that a normal text names: by a whole name, else by the end of one; an empty text none."""
    known = list(named) if said else []
    exact = [one for one, names in known if said in names]
    return exact or [one for one, names in known if len(said) >= ENOUGH and any(name.endswith(said) for name in names)]


ENOUGH = 3
"""Characters at the end of a plate or number that name it."""
_ADDRESS = re.compile(rf"/m/{USCC}/({ULID})(?:[/?#]|$)")


def _names(truck: ComingTruck) -> set[str]:
    loads = [name for load in truck.loads for name in (load.number or "", load.id.rpartition("/")[2], load.id) if name]
    return {normal(name) for name in (*truck.plates, *loads, truck.key)}


def scanned(text: str) -> str:
    """What a code says, in normal form: of the address of a manifest its last part, of a paper's claim its number (reports.claim)."""
    told = text.strip()
    if "#" in told and "/v#" in told:
        told = claimed_number(told.partition("#")[2])
    elif (found := _ADDRESS.search(told)) is not None:
        told = found[1]
    return normal(told)


def claimed_number(fragment: str) -> str:
    """The number that the claim of a paper names, whether its signature holds or not: it only finds a truck; empty where it is no claim."""
    raw = fragment.partition(".")[0]
    try:
        text = urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    except ValueError:
        return ""
    values = text.removeprefix(BEGINNING).decode(errors="replace").split("\n")
    return values[1] if text.startswith(BEGINNING) and len(values) > 1 else ""
