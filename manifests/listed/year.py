"""A list's year, row by row, from the manifests that went on decisions given on its rows. Pure; grams.

Counted is what a receipt took over on a day of the list's year (接受之日), corrections in force included. Of it is disposed what got a fate until the
year was over, on its day (``done_on``), else on that of the act that told of it; the rest is stock, but for what was closed with a gap.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ledger.times import day_of, parse_at, year_of_day
from manifests.acts.dispose import Dispose
from manifests.listed.decided import DecidedRows, rows_of
from manifests.machine import Act
from manifests.view import ManifestView


class RowYear(Struct):
    """One row, as of the end of the year, or of today where it is not over."""

    loads: int = 0
    received_g: int = 0
    disposed_g: int = 0
    lost_g: int = 0
    """Of what was received: closed with a gap."""
    under_way_g: int = 0
    """Issued, neither received nor voided."""
    other_year_g: int = 0
    """Received in another year: a load of December that came in January."""

    @property
    def stock_g(self) -> int:
        """Received and not disposed of."""
        return self.received_g - self.disposed_g - self.lost_g


def late_disposals(view: ManifestView, until: str) -> bool:
    """Whether an act after a day told of fates without a day of their own: then the acts themselves have to be read."""
    undated = any(fate.done_on is None for fate in view.state.fates)
    told = (record.at for record in view.records if record.kind == Act.DISPOSE.kind)
    return undated and any(day_of(parse_at(at)) > until for at in told)


def fate_days(view: ManifestView, bodies: Sequence[tuple[str, Dispose]]) -> list[str]:
    """The day of each fate of a manifest, in order of record; ``bodies``: its disposals with the days on which they were done."""
    told = [day for day, body in bodies for _ in body.fates]
    return [fate.done_on or day for fate, day in zip(view.state.fates, [*told, *[""] * len(view.state.fates)], strict=False)]


def add(rows: Mapping[int, RowYear], decided: DecidedRows, until: str, view: ManifestView, days: Sequence[str]) -> None:
    """Add a manifest to the rows of a list; ``until`` the last day that counts, ``days`` those of its fates (empty: before ``until``)."""
    state, accepted_s = view.state, view.state.times.accepted_s
    done = Counter[int]()
    for fate, day in zip(state.fates, days or [""] * len(state.fates), strict=True):
        if day <= until:
            done[fate.line] += fate.mass_g
    ended = state.times.voided_s is not None or state.times.closed_gap_s is not None
    for number, (line, of_row) in enumerate(zip(state.lines, rows_of(state, decided), strict=True)):
        if of_row is None:
            continue
        row = rows[of_row]
        if accepted_s is None:
            row.under_way_g += 0 if ended else line.sent_g
            continue
        accepted_g = line.accepted_g or 0
        if year_of_day(day_of(accepted_s)) != year_of_day(until) or day_of(accepted_s) > until:
            row.other_year_g += accepted_g
            continue
        disposed_g = min(done[number], accepted_g)
        row.loads += 1
        row.received_g += accepted_g
        row.disposed_g += disposed_g
        if state.times.closed_gap_s is not None and day_of(state.times.closed_gap_s) <= until:
            row.lost_g += accepted_g - disposed_g


def total(rows: Iterable[RowYear]) -> RowYear:
    """All rows together."""
    found = RowYear()
    for row in rows:
        for name in RowYear.__struct_fields__:
            setattr(found, name, getattr(found, name) + getattr(row, name))
    return found
