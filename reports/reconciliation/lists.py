"""The lists of waste lines behind page 1: M4, M5, M7 and all lines of the month."""

from reports.paper.grid import Column, mass, section, table
from reports.paper.sheet import Sheet
from reports.reconciliation.model import LineRow, MonthlyStatement
from reports.words import LEVELS, STAGES, when

Columns = tuple[Column[LineRow], ...]


def line_lists(sheet: Sheet, statement: MonthlyStatement) -> None:
    """Every list that has rows."""
    name, end_s = statement.name, statement.period.end_s
    who: Columns = (
        Column("联单编号-行", "Number-line", 1.35, lambda row: f"{row.number or '无编号'}-{row.line}"),
        Column("废物名称", "Waste", 1.5, lambda row: row.name),
        Column("废物代码", "Code", 0.95, lambda row: row.code, "center"),
        Column("移出人", "Generator", 2.1, lambda row: name(row.generator)),
        Column("接受人", "Receiver", 2.1, lambda row: name(row.receiver)),
    )
    carrier: Column[LineRow] = Column("承运人", "Carrier", 2.1, lambda row: name(row.carrier))
    days: Column[LineRow] = Column("天数", "Days", 0.5, lambda row: str(row.age_days(end_s)), "center")
    for title, sub, rows, columns in (
        ("M4　重量差异（本月接受）", "Weight differences", statement.differing, _WEIGHED),
        ("M5　期末在途", "In transit at the end of the month", statement.in_flight, (carrier, _DECLARED, _DEPARTED, days)),
        ("M5　期末已开具未起运", "Issued, not departed at the end of the month", statement.waiting, (_DECLARED, _ISSUED, days)),
        ("M7　跨期（起运月与接受月不同）", "Cut-off", statement.cut_off, (_DECLARED, _DEPARTED, _RECEIVED)),
        ("M12　无起运记录即接受", "Received without a departure", statement.without_departure, (_DECLARED, _DEPARTED, _RECEIVED)),
        ("联单明细", "All lines of the month", statement.rows, _ALL),
    ):
        if rows:
            section(sheet, f"{title}　{len(rows)} 行", sub)
            table(sheet, (*who, *columns), rows, size=6.8)


def _when(at_s: int | None) -> str:
    """Month, day, hour and minute."""
    return when(at_s)[5:16]


_DECLARED: Column[LineRow] = mass("移出量", "Declared", 1.0, lambda row: row.declared_g)
_ISSUED: Column[LineRow] = Column("开具时间", "Issued", 1.0, lambda row: _when(row.issued_s), "center")
_DEPARTED: Column[LineRow] = Column("起运时间", "Departed", 1.0, lambda row: _when(row.departed_s), "center")
_RECEIVED: Column[LineRow] = Column("接受确认时间", "Received", 1.0, lambda row: _when(row.received_s), "center")
_WEIGHED: Columns = (
    mass("申报移出", "Declared", 1.0, lambda row: row.declared_g),
    mass("称重移出", "Sent", 1.0, lambda row: row.sent_g),
    mass("接受＋拒收", "Received", 1.0, lambda row: row.came_g),
    mass("磅差", "Difference", 0.95, lambda row: row.difference_g),
    Column("级别", "Level", 0.7, lambda row: LEVELS.get(row.level, "允差内"), "center", lambda row: bool(row.level)),
)
_ALL: Columns = (
    mass("移出量", "Declared", 0.95, lambda row: row.declared_g),
    mass("接受量", "Accepted", 0.95, lambda row: row.accepted_g),
    mass("拒收量", "Refused", 0.9, lambda row: row.refused_g),
    Column("起运", "Departed", 0.85, lambda row: _when(row.departed_s), "center"),
    Column("接受确认", "Received", 0.85, lambda row: _when(row.received_s), "center"),
    Column("状态", "Stage", 0.85, lambda row: STAGES.get(row.stage, row.stage), "center"),
)
