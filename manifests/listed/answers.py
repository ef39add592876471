"""A list's year over HTTP: figures by row, and the report filled in, for whoever signs it to look at, add to, and sign."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from ledger.answers import ChangedParty
from ledger.mass import format_mass
from manifests.listed.year import RowYear, total
from whitelist.listing import ListState

ROWS_A_BODY = 150
"""Rows that one prefilled report names: with letter and environment they fit a body of 24 KiB."""


class YearFigures(Struct, frozen=True, gc=False, kw_only=True):
    """A list's year in tonnes, of a row or of all that are shown."""

    loads: int
    """Lines of manifests received."""
    received_t: str
    disposed_t: str
    stock_t: str
    lost_t: str
    """Of what was received: closed with a gap."""
    under_way_t: str
    """Issued, neither received nor voided."""
    other_year_t: str
    """Received in another year than the list's: a load of December that came in January."""


class ListYearRow(YearFigures, frozen=True, kw_only=True):
    """One row in the list's year."""

    row: int
    receiver: str


class ReportBodyRow(Struct, frozen=True, gc=False, kw_only=True):
    """A row of ``list.report``, filled in."""

    row: int
    received_t: str
    disposed_t: str
    stock_t: str


class PreparedReport(Struct, frozen=True, gc=False, kw_only=True):
    """A body of ``list.report/1`` but for letter and environment, which the log does not know."""

    rows: tuple[ReportBodyRow, ...]


class ListYear(Struct, frozen=True, gc=False, kw_only=True):
    """What moved on the rows of a list until ``until``, a day: the last of its year, or today while it is not over."""

    size: int
    list: str
    year: int
    until: str
    is_over: bool
    total: YearFigures
    rows: tuple[ListYearRow, ...]
    bodies: tuple[PreparedReport, ...]
    """One after another, where a list has more rows than fit one body; rows on which nothing was received are left out."""
    missing: tuple[str, ...]
    """Authorities whose side has not reported; one of a side is enough."""
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def list_year(
    size: int, chain: str, state: ListState, rows: Mapping[int, RowYear], until: str, today: str, missing: tuple[str, ...]
) -> ListYear:
    """The answer; ``rows`` are those that the caller may see."""
    told = [_body_row(number, row) for number, row in rows.items() if row.received_g]
    told = told or [_body_row(number, row) for number, row in list(rows.items())[:1]]  # a body names one row at least
    return ListYear(
        size=size,
        list=chain,
        year=state.year,
        until=until,
        is_over=today > f"{state.year}-12-31",
        total=YearFigures(**_figures(total(rows.values()))),
        rows=tuple(ListYearRow(row=number, receiver=state.rows[number].receiver, **_figures(row)) for number, row in rows.items()),
        bodies=tuple(PreparedReport(rows=tuple(told[start : start + ROWS_A_BODY])) for start in range(0, len(told), ROWS_A_BODY)),
        missing=missing,
    )


def _figures(row: RowYear) -> dict[str, Any]:
    grams = {
        "received_t": row.received_g,
        "disposed_t": row.disposed_g,
        "stock_t": row.stock_g,
        "lost_t": row.lost_g,
        "under_way_t": row.under_way_g,
        "other_year_t": row.other_year_g,
    }
    return {"loads": row.loads, **{name: format_mass(mass_g) for name, mass_g in grams.items()}}


def _body_row(number: int, row: RowYear) -> ReportBodyRow:
    figures = _figures(row)
    return ReportBodyRow(row=number, **{name: figures[name] for name in ("received_t", "disposed_t", "stock_t")})
