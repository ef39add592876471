"""已收: what a receiver has taken in or refused on the last days, and how a weight that was typed wrong is put right. Pure.

A correction says what stood there and what shall stand there as texts of JSON (``case.amend_propose``, kinds §7); whoever types a weight writes
tonnes, and the page makes the text of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ledger.directory import LogState
from ledger.fields import normal
from ledger.mass import format_mass
from ledger.times import day_of
from liandan.desk.scale.arrivals import that_are_called
from manifests.consent import consents, may_propose
from manifests.correction import line_received
from manifests.model import ManifestState
from manifests.view import ManifestView

KIND = "case.amend_propose/1"
DAYS = 7
"""How far back the page looks."""


class ReceiptLine(Struct, frozen=True, kw_only=True):
    """A line as it was received."""

    number: int
    """Its place in the receipt, from 0: what a correction names."""
    name: str
    code: str
    sent_g: int
    accepted_g: int
    refused_g: int
    is_partly: bool
    """Something of it was refused, so that both masses may be corrected."""


class ReceivedLoad(Struct, frozen=True, kw_only=True):
    """A manifest that was received, in whole, in part or not at all."""

    id: str
    """``<generator>/<ULID>``."""
    trip: str
    """The trip, or the one manifest."""
    number: str | None
    generator: str
    plates: tuple[str, ...]
    received_s: int
    stage: str
    is_correcting: bool
    """A correction of it waits for consents."""
    lines: tuple[ReceiptLine, ...]

    @property
    def name(self) -> str:
        """As it is called: the national number, else the ULID."""
        return self.number or self.id.rpartition("/")[2]

    @property
    def wastes(self) -> tuple[str, ...]:
        """What it was, each name once."""
        return tuple(dict.fromkeys(line.name for line in self.lines))

    @property
    def sent_g(self) -> int:
        """Grams as they were sent."""
        return sum(line.sent_g for line in self.lines)

    @property
    def accepted_g(self) -> int:
        """Grams that were accepted."""
        return sum(line.accepted_g for line in self.lines)

    @property
    def refused_g(self) -> int:
        """Grams that were refused."""
        return sum(line.refused_g for line in self.lines)


class ReceivedDay(Struct, frozen=True, kw_only=True):
    """Everything that was received on a day, the newest first."""

    day: str
    loads: tuple[ReceivedLoad, ...]

    @property
    def accepted_g(self) -> int:
        """Grams that were accepted on it."""
        return sum(load.accepted_g for load in self.loads)

    @property
    def refused_g(self) -> int:
        """Grams that were refused on it."""
        return sum(load.refused_g for load in self.loads)

    @property
    def trucks(self) -> int:
        """Trucks that were weighed: several manifests of a trip are one."""
        return len({load.trip for load in self.loads})


def received_of(view: ManifestView) -> ReceivedLoad:
    """One manifest that was received."""
    state = view.state
    return ReceivedLoad(
        id=view.chain.removeprefix("manifest/"),
        trip=state.trip_id or view.chain,
        number=state.number,
        generator=state.generator,
        plates=tuple(dict.fromkeys(plate for leg in state.legs[-1:] for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate)),
        received_s=state.times.received_s or state.times.latest_s,
        stage=state.stage.value,
        is_correcting=any(not one.ended for one in view.corrections),
        lines=tuple(_line(state, number) for number in range(len(state.lines))),
    )


def _line(state: ManifestState, number: int) -> ReceiptLine:
    line = state.lines[line_received(state, number)]
    return ReceiptLine(
        number=number,
        name=line.name,
        code=line.code,
        sent_g=line.sent_g,
        accepted_g=line.accepted_g or 0,
        refused_g=line.refused_g or 0,
        is_partly=bool(line.accepted_g and line.refused_g),
    )


def days_of(loads: Iterable[ReceivedLoad]) -> tuple[ReceivedDay, ...]:
    """By day, the newest first."""
    found = dict[str, list[ReceivedLoad]]()
    for load in sorted(loads, key=lambda one: (-one.received_s, one.id)):
        found.setdefault(day_of(load.received_s), []).append(load)
    return tuple(ReceivedDay(day=day, loads=tuple(own)) for day, own in found.items())


def named_received(loads: Sequence[ReceivedLoad], said: str) -> tuple[ReceivedLoad, ...]:
    """Those that a normal text names: a plate or a number, or the end of one; the newest first."""
    names = ((load, {normal(name) for name in (*load.plates, load.number or "", load.id.rpartition("/")[2]) if name}) for load in loads)
    return tuple(sorted(that_are_called(names, said), key=lambda one: -one.received_s))


class Correctable(Struct, frozen=True, kw_only=True):
    """A receipt whose masses can be corrected: the proposal without the changes, and what stands there as the log writes it."""

    load: ReceivedLoad
    proposal: dict[str, Any]
    asked: tuple[str, ...]
    """Who has to agree before it counts, beside whoever proposes."""
    is_open: bool
    """Whether the reader may propose it."""


def correctable(view: ManifestView, log: LogState, by: str) -> Correctable:
    """The correction of what a receipt says of masses."""
    load, state = received_of(view), view.state
    path = "received.0.accepted_t"
    known = {"seq": len(state.acts) - 1, "hash": state.acts[-1]}
    asked = consents([(path, "", "")], state, log)
    return Correctable(
        load=load,
        proposal={"kind": KIND, "chain": f"case/{load.id}/<ULID>", "by": [by], "body": {"trunk": known, "changes": []}},
        asked=tuple(dict.fromkeys(one.holders[0] for one in asked if by not in one.holders)),
        is_open=by in may_propose(path, state, log),
    )


def as_json(grams: int) -> str:
    """A mass as a correction names it."""
    return msgspec.json.encode(format_mass(grams)).decode()
