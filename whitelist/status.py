"""Statuses with their history: what a permit, a listing or a decision was at the moment of an event, and the stops that follow (kinds §1.1, §1.3).

A log learns of things later than they happen: a truck that left at noon is entered at two, and a permit was suspended at one. So every
change of status is kept with its index and the time of its admission, and whoever judges asks for the moment of the event.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

from ledger.model import Admission
from ledger.times import parse_admission_at

StatusT = TypeVar("StatusT", bound=str)


class Change(Struct, Generic[StatusT], frozen=True):
    """One change: the entry that made it, the Unix seconds of its admission, and what holds from then on."""

    index: int
    at_s: int
    status: StatusT


class History(Struct, Generic[StatusT], frozen=True):
    """The changes of one thing, in order of admission; ``ACTIVE`` is what it was before the first."""

    changes: tuple[Change[StatusT], ...] = ()

    @property
    def now(self) -> str:
        """The status at this index."""
        return self.changes[-1].status if self.changes else "ACTIVE"

    def at(self, moment_s: int) -> str:
        """The status at a moment (Unix seconds): that of the last change admitted at or before it."""
        return next((change.status for change in reversed(self.changes) if change.at_s <= moment_s), "ACTIVE")

    def overtook(self, moment_s: int) -> bool:
        """Whether a stop was admitted after the moment of an act that is only entered now: ALERT H OVERTOOK (kinds §1.3)."""
        return any(change.at_s > moment_s and change.status != "ACTIVE" for change in self.changes)

    def after(self, status: StatusT, admission: Admission) -> History[StatusT]:
        """The history with one change more."""
        return History((*self.changes, Change(admission.index, parse_admission_at(admission.at), status)))
