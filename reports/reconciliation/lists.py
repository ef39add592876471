"""The lists of waste lines behind page 1: M4, M5, M7 and all lines of the month."""

from collections.abc import Callable, Sequence

from ledger.mass import format_mass
from ledger.times import format_at
from reports.paper.grid import Cell, head, section, table, value
from reports.paper.sheet import ALARM, INK, Sheet
from reports.reconciliation.model import LineRow, MonthlyStatement
from reports.reconciliation.text import age_days
from reports.words import LEVELS, STAGES

_SIZE = 6.8
Column = tuple[str, str, float, Callable[[LineRow, MonthlyStatement], Cell]]
"""Head in Chinese and English, share of the width, cell of a row."""


def line_lists(sheet: Sheet, statement: MonthlyStatement) -> None:
    """Every list that has rows."""
    _list(sheet, statement, "M4　重量差异（本月接受）", "Weight differences", statement.differing, (*_WHO, *_DIFFERENCE))
    _list(sheet, statement, "M5　期末在途", "In transit at the end of the month", statement.in_flight, (*_WHO, *_FLIGHT))
    _list(sheet, statement, "M5　期末已开具未起运", "Issued, not departed at the end of the month", statement.waiting, (*_WHO, *_WAITING))
    _list(sheet, statement, "M7　跨期（起运月与接受月不同）", "Cut-off", statement.cut_off, (*_WHO, *_CUT))
    _list(sheet, statement, "M12　无起运记录即接受", "Received without a departure", statement.without_departure, (*_WHO, *_CUT))
    _list(sheet, statement, "联单明细", "All lines of the month", statement.rows, (*_WHO, *_ALL))


def _list(sheet: Sheet, statement: MonthlyStatement, title: str, sub: str, rows: Sequence[LineRow], columns: Sequence[Column]) -> None:
    if not rows:
        return
    section(sheet, f"{title}　{len(rows)} 行", sub, keep=56)
    heads = [head(zh, en, share) for zh, en, share, _ in columns]
    table(sheet, heads, [[cell(row, statement) for *_, cell in columns] for row in rows])


def _text(share: float, of: Callable[[LineRow, MonthlyStatement], str], align: str = "left") -> Callable[[LineRow, MonthlyStatement], Cell]:
    return lambda row, statement: value(of(row, statement), share, align=align, size=_SIZE)


def _mass(share: float, of: Callable[[LineRow], int | None]) -> Callable[[LineRow, MonthlyStatement], Cell]:
    def cell(row: LineRow, statement: MonthlyStatement) -> Cell:
        grams = of(row)
        return value("" if grams is None else format_mass(grams), share, align="right", size=_SIZE)

    return cell


def _when(at_s: int | None) -> str:
    return "" if at_s is None else format_at(at_s)[5:16].replace("T", " ")


def _name(uscc: str, statement: MonthlyStatement) -> str:
    return statement.names.get(uscc, uscc)


def _level(row: LineRow, statement: MonthlyStatement) -> Cell:
    level = row.level
    return Cell(text=LEVELS.get(level, "允差内"), share=0.7, align="center", size=_SIZE, color=ALARM if level else INK)


def _identity(row: LineRow, statement: MonthlyStatement) -> str:
    return f"{row.number or '无编号'}-{row.line}"


_WHO: tuple[Column, ...] = (
    ("联单编号-行", "Number-line", 1.35, _text(1.35, _identity)),
    ("废物名称", "Waste", 1.5, _text(1.5, lambda row, _: row.name)),
    ("废物代码", "Code", 0.95, _text(0.95, lambda row, _: row.code, "center")),
    ("移出人", "Generator", 2.1, _text(2.1, lambda row, statement: _name(row.generator, statement))),
    ("接受人", "Receiver", 2.1, _text(2.1, lambda row, statement: _name(row.receiver, statement))),
)
_DIFFERENCE: tuple[Column, ...] = (
    ("申报移出", "Declared", 1.0, _mass(1.0, lambda row: row.declared_g)),
    ("称重移出", "Sent", 1.0, _mass(1.0, lambda row: row.sent_g)),
    ("接受＋拒收", "Received", 1.0, _mass(1.0, lambda row: (row.accepted_g or 0) + (row.refused_g or 0))),
    ("磅差", "Difference", 0.95, _mass(0.95, lambda row: row.difference_g)),
    ("级别", "Level", 0.7, _level),
)
_FLIGHT: tuple[Column, ...] = (
    ("承运人", "Carrier", 2.1, _text(2.1, lambda row, statement: _name(row.carrier, statement))),
    ("移出量", "Declared", 1.0, _mass(1.0, lambda row: row.declared_g)),
    ("起运时间", "Departed", 1.0, _text(1.0, lambda row, _: _when(row.departed_s), "center")),
    ("天数", "Days", 0.5, _text(0.5, lambda row, statement: str(age_days(row, statement.period.end_s)), "center")),
)
_WAITING: tuple[Column, ...] = (
    ("移出量", "Declared", 1.0, _mass(1.0, lambda row: row.declared_g)),
    ("开具时间", "Issued", 1.0, _text(1.0, lambda row, _: _when(row.issued_s), "center")),
    ("天数", "Days", 0.5, _text(0.5, lambda row, statement: str(age_days(row, statement.period.end_s)), "center")),
)
_CUT: tuple[Column, ...] = (
    ("移出量", "Declared", 1.0, _mass(1.0, lambda row: row.declared_g)),
    ("起运时间", "Departed", 1.0, _text(1.0, lambda row, _: _when(row.departed_s), "center")),
    ("接受确认时间", "Received", 1.0, _text(1.0, lambda row, _: _when(row.received_s), "center")),
)
_ALL: tuple[Column, ...] = (
    ("移出量", "Declared", 0.95, _mass(0.95, lambda row: row.declared_g)),
    ("接受量", "Accepted", 0.95, _mass(0.95, lambda row: row.accepted_g)),
    ("拒收量", "Refused", 0.9, _mass(0.9, lambda row: row.refused_g)),
    ("起运", "Departed", 0.85, _text(0.85, lambda row, _: _when(row.departed_s), "center")),
    ("接受确认", "Received", 0.85, _text(0.85, lambda row, _: _when(row.received_s), "center")),
    ("状态", "Stage", 0.85, _text(0.85, lambda row, _: STAGES.get(row.stage, row.stage), "center")),
)
