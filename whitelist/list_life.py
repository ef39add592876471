"""What befalls a list after it is in force: stops and their ends, amendments, consents beyond a quota, reports; and what waits for the other side.

Rows are never renumbered and never forgotten: what is suspended, ended or removed stays, and says since when. So a decision of June is judged in
October by what held in June. Source: 2020 mechanism 4 to 6 [READ S6]; kinds §1.1, §1.3, §4, §15.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

RowStatus = Literal["ACTIVE", "SUSPENDED", "REMOVED"]


class ListChange(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A suspension, a resumption or a removal, of one row or of all that there were."""

    index: int  # Entry that put it in force.
    at_s: int  # Unix seconds of its admission.
    status: RowStatus  # What holds from then on.
    row: int | None = None  # None: every row of that time.
    by: str  # USCC of the authority that wanted it.
    confirmed_by: str = ""  # USCC of the other side's, where the act waited for it.
    reason: str
    letter_no: str


class QuotaChange(Struct, frozen=True, gc=False):
    """A row's quota from a day on, in grams, and the entry that put it in force."""

    from_day: str
    quota_g: int
    index: int


class ExtraConsent(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """超额同意: grams beyond the quota of a row, of one application or of anybody."""

    grams: int
    approval: str = ""
    index: int
    by: str
    letter_no: str


class RowLife(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What amendments and consents did to one row."""

    added: int = 0  # Entry that put it in force, of a row that came by an amendment; 0 for a row of the list as it was countersigned.
    first_day: str = ""  # Its own first day, where it came by an amendment.
    last_day: str = ""  # The last day on which decisions are given on it, where an amendment ended it.
    end_reason: str = ""
    quotas: tuple[QuotaChange, ...] = ()  # In the order in which they were put in force.
    extras: tuple[ExtraConsent, ...] = ()

    def quota_g(self, listed_g: int, day: str) -> int:
        """The quota on a day, grams: the newest word that has begun by then, else as it was listed."""
        return next((change.quota_g for change in reversed(self.quotas) if change.from_day <= day), listed_g)

    def extra_g(self, approval: str = "") -> int:
        """Grams consented to beyond the quota: of one application, or of nobody in particular."""
        return sum(extra.grams for extra in self.extras if extra.approval == approval)

    @property
    def named(self) -> tuple[str, ...]:
        """The applications for which alone something was consented to."""
        return tuple(dict.fromkeys(extra.approval for extra in self.extras if extra.approval))


UNTOUCHED = RowLife()
"""The life of a row to which nothing has happened."""


class RowEnd(Struct, frozen=True, gc=False):
    """A row that an amendment ends, with the last day on which decisions are given on it."""

    row: int
    on: str
    reason: str


class ListReport(Struct, frozen=True, gc=False):
    """年度通报: that one side has sent its report, and when."""

    index: int
    at_s: int
    by: str


def status_of(changes: Iterable[ListChange], row: int, added: int, at_s: int) -> RowStatus:
    """The status of a row at a moment (Unix seconds): the last change of the row or of the whole list that was admitted by then; what is removed
    stays removed. ``added``: the entry by which the row came; what befell the list before does not touch it."""
    found: RowStatus = "ACTIVE"
    for change in touching(changes, row, added):
        if change.at_s > at_s or found == "REMOVED":
            break
        found = change.status
    return found


def touching(changes: Iterable[ListChange], row: int, added: int) -> Iterator[ListChange]:
    """The changes of a row, in order of admission."""
    return (change for change in changes if change.row in (None, row) and change.index > added)
