"""When reports are due (R-92), as data beside every register: HJ 1259-2022 7.2. Whether a firm has filed with the platform is not known here."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from reports.reconciliation.line import Period


class ReportTerm(Struct, frozen=True):
    """One report that falls due: of what, for whom, by which day (included)."""

    report: str
    """``month`` 月报, ``quarter`` 季报, ``year`` 年报."""
    of: str
    """``YYYY-MM``, ``YYYY-Qn`` or ``YYYY``."""
    due_on: str


FOR: Mapping[str, tuple[str, str]] = {
    "month": ("环境重点监管单位：月度报告", "units under key supervision, monthly"),
    "quarter": ("简化管理单位：季度报告", "units under simplified management, quarterly"),
    "year": ("全部产生危险废物的单位：年度报告", "all units, yearly"),
}
"""Whose report it is; which of them a firm is, its authority has decided and the log does not know."""
SOURCE = "HJ 1259-2022 7.2"
YEARLY = "03-31"


def terms_of(period: Period, report_day: int) -> Sequence[ReportTerm]:
    """The reports about a month (its own, its quarter's, its year's), or about a year and all that lies in it."""
    year, _, month = period.month.partition("-")
    months = [int(month)] if month else list(range(1, 13))
    found = [ReportTerm("month", f"{year}-{number:02d}", _due(int(year), number, report_day)) for number in months]
    quarters = dict.fromkeys((number - 1) // 3 + 1 for number in months)
    found += [ReportTerm("quarter", f"{year}-Q{quarter}", _due(int(year), quarter * 3, report_day)) for quarter in quarters]
    return [*found, ReportTerm("year", year, f"{int(year) + 1}-{YEARLY}")]


def _due(year: int, month: int, day: int) -> str:
    """A day of the following month."""
    return f"{year + month // 12}-{month % 12 + 1:02d}-{day:02d}"
