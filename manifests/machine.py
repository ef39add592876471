"""The machine of the manifest: one table, (stage, act) → move. Nothing else in the product knows which act may follow which.

Two rules of this file:

1. Everything about the order of acts lives here. Whether an act is *right* (masses, times, labels, quotas, who exactly signs) is judged by
   the rules of manifests/acts, after the move is found.
2. This file knows no statement, no facts, no clock. It can be printed, and it is: docs/manifest-machine.md and ``/v1/manifests/machine``
   are made from the table, so the table must stay a table.

How to read it. A manifest begins with ``issue`` and is *issued*: it may still be voided, because nothing has moved. ``depart`` starts the
trip; from then on the waste is under way whatever anybody signs, and the trunk only records facts: a load changes hands (``hand_over``),
changes its vehicle (``transship``), stands still (``stop``), arrives, one leg after the other. ``receive`` is the one act with four ends:
the receiver accepts everything, a part, or nothing; a return is home, and disposed at once. It is open from the issue on, because waste that stands at the gate is a fact also
where nobody recorded how it came; a receipt of nothing before the departure declines the manifest. What was accepted stays with the
receiver until ``dispose`` has given every gram a fate (so dispose may leave the stage as it is), and the generator's ``verify`` closes the
manifest, after a rejection too: the way back is another manifest.

Where a move has several ends, the outcome of the act decides among exactly these; there are no hidden ends. No act leads out of *voided*,
*closed* or *closed_rejected*, nor out of *closed_gap*, to which a case of both authorities leads from wherever the manifest stands.
Time moves nothing by itself: a deadline that passes raises alerts, never a stage. Source: kinds §10.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from manifests.model import FINISHED, Capacity, Stage


class Act(StrEnum):
    """What a party does on the trunk."""

    __hash__ = str.__hash__

    ISSUE = "issue"
    VOID = "void"
    DEPART = "depart"
    HAND_OVER = "hand_over"
    TRANSSHIP = "transship"
    STOP = "stop"
    ARRIVE = "arrive"
    RECEIVE = "receive"
    DISPOSE = "dispose"
    VERIFY = "verify"

    @property
    def kind(self) -> str:
        """The kind of its statements."""
        return f"manifest.{self}/1"


class Move(Struct, frozen=True):
    """One row: where the act may lead, who signs (in order), from where the duty comes, which fields of the state it writes."""

    to: tuple[Stage, ...]
    roles: tuple[Capacity, ...]
    source: str
    seals: tuple[str, ...]
    """Fields of ManifestState that this act writes, beside ``stage``, ``times``, ``acts``, ``number`` and ``last_division``."""


_TRIP = (Stage.IN_TRANSIT,)
_RECEIVED = (Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED)
_ISSUED = (
    "generator", "receiver", "consignor", "carriers", "origin", "destination", "mode", "route", "permit", "approval",
    "provincial_number", "trip_id", "type", "returns", "paper_departed_s", "paper_completed_s", "decided_on", "decided_to", "planned_s",
    "noticed_s", "lines", "drawn", "reserved_year",
)  # fmt: skip


def _receipt(source: str = "Order 23 Art. 12(1)(2), 18 [READ]") -> Move:
    return Move(_RECEIVED, (Capacity.RECEIVER,), source, ("lines", "drawn", "received_order", "discrepancies", "legs"))


def _disposal(stage: Stage) -> Move:
    return Move((stage, Stage.DISPOSED), (Capacity.RECEIVER,), "Order 23 Art. 12(4) [READ]", ("lines", "disposals", "fates"))


MOVES: Mapping[tuple[Stage, Act], Move] = {
    (Stage.NONE, Act.ISSUE): Move((Stage.ISSUED,), (Capacity.GENERATOR,), "Order 23 Art. 10(4) [READ]", _ISSUED),
    (Stage.ISSUED, Act.VOID): Move((Stage.VOIDED,), (Capacity.GENERATOR,), "platforms' 作废 [READ T5, T6]; R-59 [DESIGN]", ("drawn",)),
    (Stage.ISSUED, Act.DEPART): Move(
        _TRIP, (Capacity.CONSIGNOR, Capacity.CARRIER), "Order 23 Art. 11(1)(2), 13 [READ]", ("legs", "lines", "drawn", "loaded_order")
    ),
    (Stage.ISSUED, Act.RECEIVE): _receipt("Order 23 Art. 12(1)(2) [READ]; declining and arrival without departure [DESIGN]"),
    (Stage.IN_TRANSIT, Act.HAND_OVER): Move(_TRIP, (Capacity.CARRIER, Capacity.TAKING_CARRIER), "Order 23 Art. 17 [READ]", ("legs",)),
    (Stage.IN_TRANSIT, Act.TRANSSHIP): Move(_TRIP, (Capacity.CARRIER,), "design §6 [DESIGN]", ("legs",)),
    (Stage.IN_TRANSIT, Act.STOP): Move(_TRIP, (Capacity.CARRIER,), "Order 23 Art. 11(3) [READ]; act [DESIGN]", ("stops",)),
    (Stage.IN_TRANSIT, Act.ARRIVE): Move((Stage.IN_TRANSIT, Stage.ARRIVED), (Capacity.CARRIER,), "Order 23 Art. 11(4) [READ]", ("legs",)),
    (Stage.IN_TRANSIT, Act.RECEIVE): _receipt(),
    (Stage.ARRIVED, Act.RECEIVE): _receipt(),
    (Stage.ACCEPTED, Act.DISPOSE): _disposal(Stage.ACCEPTED),
    (Stage.PARTLY_ACCEPTED, Act.DISPOSE): _disposal(Stage.PARTLY_ACCEPTED),
    (Stage.REJECTED, Act.VERIFY): Move((Stage.CLOSED_REJECTED,), (Capacity.GENERATOR,), "Order 23 Art. 10(5) [READ]", ()),
    (Stage.DISPOSED, Act.VERIFY): Move((Stage.CLOSED,), (Capacity.GENERATOR,), "Order 23 Art. 10(5) [READ]", ()),
}


BY_CASE: Mapping[str, tuple[tuple[Stage, ...], Stage]] = {
    "close_with_gap": (tuple(stage for stage in Stage if stage is not Stage.NONE and stage not in FINISHED), Stage.CLOSED_GAP),
}
"""What cases beside the trunk do to the stage (kinds §10): from where, to where. They are no moves: no act of the trunk makes them."""


def moves_from(stage: Stage) -> tuple[tuple[Act, Move], ...]:
    """The acts open at a stage, in the order of the table; empty for an end."""
    return tuple((act, found) for (at, act), found in MOVES.items() if at is stage)


def roles_of(act: Act) -> tuple[Capacity, ...]:
    """Who signs an act, in order: the same at every stage where it is open."""
    return next(found.roles for (_, at), found in MOVES.items() if at is act)


def ends() -> tuple[Stage, ...]:
    """Stages that no act leaves, in the order of life."""
    return tuple(stage for stage in Stage if not moves_from(stage))
