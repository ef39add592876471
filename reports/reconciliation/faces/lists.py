"""The tables behind page 1, in the order of their numbers: what is out of order in each, the gravest first, and the rest in one line."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from ledger.admission.personality import Books
from ledger.mass import format_mass
from reports.paper.grid import SIZES, Cell, Column, fitting_size, mass, row, row_height, section, table, tonnes
from reports.paper.sheet import SHADE, Sheet
from reports.paper.tongue import clauses, say
from reports.reconciliation.faces.charts import draw_charts
from reports.reconciliation.faces.item_lists import (
    ADJUSTMENTS,
    PERMITS,
    PLANS,
    STOCKS,
    draw_adjustments,
    draw_items,
    draw_permits,
    draw_plans,
    draw_series,
    draw_stocks,
)
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.gravity import Divided
from reports.reconciliation.judged.wording import as_it_ends, days, line_name, oldest, part_name, percent, plural, share_of
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import AccountMonth, Duplicate, MirrorEquation, MirrorPart, MonthlyStatement
from reports.words import COLUMNS, LAYERS, layer_name, level_name, stage_name, when

LISTED_MAX = 300
"""Rows of one table on paper; whoever looks through more takes the workbook."""
DETAILS_MAX = 100
"""All lines of a month are listed on paper where they are no more; else those refused alone."""
HOLDERS_MAX = 20
"""Manifests of one number in its row, which has to fit on a page."""
ACCOUNTS_LISTED = 12
"""Accounts within their limits that are listed nevertheless: few enough to be read at a glance."""
LINES_LISTED = 12
"""Lines on the road, waiting or across months that are in order and are listed nevertheless, above the line that sums them up."""
TITLES: dict[str, tuple[str, str]] = {
    "m4_differences": ("M4　重量差异（本月接受）", "M4 Weight differences"),
    "m5_in_flight": ("M5　期末在途", "M5 In transit, closing"),
    "m5_waiting": ("M5　期末已开具未起运", "M5 Issued, not departed, closing"),
    "m6_duplicates": ("M6　编号重复", "M6 Numbers used more than once"),
    "m7_cut_off": ("M7　跨期（起运月与接受月不同）", "M7 Cut-off: departed and received in different months"),
    "m9_accounts": ("M9　额度使用（按入账时间）", "M9 Quotas, by time of admission"),
    "mirror": ("M12　镜像等式：全部废物代码", "M12 Mirror equation, all codes"),
    "m12_without_departure": ("M12b　无起运记录即接受", "M12b Received without a departure"),
    "lines": ("联单明细", "All lines of the month"),
    "adjustments": ADJUSTMENTS,
    "m1_stocks": STOCKS,
    "m8_plans": PLANS,
    "m10_permits": PERMITS,
}
"""By the name of the table in the JSON."""
_ROWS = ("行", "row")
_GRAMS = 1.0
"""Share of a column of masses among those of an account."""
Lines = tuple[Column[LineRow], ...]
Item = TypeVar("Item")


def draw_lists(sheet: Sheet, statement: MonthlyStatement, *, is_equation_cut: bool) -> None:
    """Every table that has rows; the equation of all codes where page 1 has not the room for it."""
    draw_items(sheet, statement)
    draw_adjustments(sheet, statement)
    draw_charts(sheet, statement)
    who, terms = _who(statement), None if statement.terms is None else statement.terms.limits
    draw_stocks(sheet, statement)
    _weights(sheet, statement, who)
    trip = "" if terms is None else say(f"未超过 {terms.trip_h} 小时", f"on the road for at most {terms.trip_h} hours")
    stale = "" if terms is None else say(f"开具未超过 {terms.stale_issue_d} 天", f"issued at most {terms.stale_issue_d} days ago")
    carrier: Lines = (Column("承运人", "Carrier", 2.1, lambda row: statement.name(row.carrier)),)
    waited: Lines = (
        Column("历时", "Since", 0.8, lambda row: days(row.age_s(statement.as_of_s)), "center", partial(gravity.is_stale, statement)),
    )
    age = (replace(waited[0], alarm=partial(gravity.is_overdue, statement)),)
    lasted: Lines = (Column("运输历时", "Trip", 0.8, lambda row: days(row.trip_s), "center", partial(gravity.is_long, statement)),)
    _open(sheet, statement, "m5_in_flight", gravity.in_transit(statement), (*who, *carrier, _DECLARED, _DEPARTED, *age), trip)
    _open(sheet, statement, "m5_waiting", gravity.not_departed(statement), (*who, _DECLARED, _ISSUED, *waited), stale)
    _duplicates(sheet, statement)
    draw_series(sheet, statement)
    _open(sheet, statement, "m7_cut_off", gravity.cut_off(statement), (*who, _DECLARED, _DEPARTED, _RECEIVED, *lasted), trip)
    draw_plans(sheet, statement)
    _accounts(sheet, statement)
    draw_permits(sheet, statement)
    _parts(sheet, statement)
    if is_equation_cut:
        _head(sheet, statement, "mirror", len(statement.mirror))
        table(sheet, equation_columns(statement), equation_rows(statement), sums=statement.total, size=SIZES[0], least=3)
    rows = tuple(sorted(statement.without_departure, key=lambda row: (-row.declared_g, row.generator, row.manifest, row.line)))
    _open(sheet, statement, "m12_without_departure", Divided(rows, ()), (*who, _DECLARED, _RECEIVED), "")
    _details(sheet, statement, who)


def title_of(statement: MonthlyStatement, table_name: str) -> tuple[str, str]:
    """What a table is called on paper."""
    return as_it_ends(statement, *TITLES[table_name])


def equation_columns(statement: MonthlyStatement) -> tuple[Column[MirrorEquation], ...]:
    """Columns of the mirror equation by code."""
    return (
        Column("废物代码", "Code", 2.3, lambda mirror: statement.waste(mirror.code) if mirror.code else say("合计", "Total")),
        mass("期初在途", "Opening", 1.25, lambda mirror: mirror.opening_g),
        *((mass("往月调整", "Adjusted", 1.15, lambda mirror: mirror.adjusted_g),) if statement.adjustments else ()),
        mass("本月移出", "Departed", 1.25, lambda mirror: mirror.departed_g),
        mass("本月接受", "Accepted", 1.25, lambda mirror: mirror.accepted_g),
        mass("本月拒收", "Refused", 1.2, lambda mirror: mirror.refused_g, lambda mirror: mirror.refused_g != 0),
        mass("磅差", "Difference", 1.15, lambda mirror: mirror.difference_g),
        mass(*as_it_ends(statement, "期末在途", "Closing"), 1.25, lambda mirror: mirror.closing_g),
        mass("差额", "Unequal", 1.15, lambda mirror: mirror.unequal_g, lambda mirror: mirror.unequal_g != 0),
    )


def equation_rows(statement: MonthlyStatement) -> list[MirrorEquation]:
    """Codes whose equation fails first, then those with most to explain."""
    return sorted(statement.mirror, key=lambda mirror: (-abs(mirror.unequal_g), -explained(mirror), mirror.code))


def explained(mirror: MirrorEquation) -> int:
    """Grams of the longer side."""
    return max(mirror.opening_g + mirror.adjusted_g + mirror.departed_g, mirror.accepted_g + mirror.refused_g + mirror.closing_g)


def _head(sheet: Sheet, statement: MonthlyStatement, name: str, count: int, unit: tuple[str, str] = _ROWS) -> None:
    zh, en = title_of(statement, name)
    section(sheet, f"{zh}　{count} {unit[0]}", f"{en}: {plural(count, unit[1])}")


def _listed(sheet: Sheet, columns: Sequence[Column[Item]], divided: Divided[Item], rest: str, *, unit: tuple[str, str] = _ROWS) -> None:
    """What is flagged, LISTED_MAX of it at most, and ``rest`` in a last line."""
    cut = len(divided.flagged) - LISTED_MAX
    zh, en = f"另有 {cut} {unit[0]}同样如此，见 XLSX 和 JSON", f"{plural(cut, f'more {unit[1]}')} of the same kind are in the XLSX and JSON"
    text = clauses(say(zh, en) if cut > 0 else "", rest)
    last = [Cell(text=text, size=7.2, fill=SHADE)]
    if divided.flagged:
        shown = divided.flagged[:LISTED_MAX]
        size = fitting_size(sheet, columns, shown)
        table(sheet, columns, shown, size=size, least=3, keep=row_height(last, sheet.room) if text else 0.0)
    if text:
        row(sheet, last)


def _rest(rows: Sequence[LineRow], said: str, *sums: str, is_all: bool) -> str:
    """``其余 74 行在允差内，移出量合计 …``."""
    if not rows:
        return ""
    count = len(rows)
    head = say(
        f"{'共' if is_all else '其余'} {count} 行",
        f"{'All' if is_all else 'The other'} {count} lines" if count > 1 else f"The {'only' if is_all else 'other'} line",
    )
    weight = say(f"移出量合计 {tonnes(_declared(rows))} 吨", f"declared {tonnes(_declared(rows))} t in all")
    return say(f"{head}{said}，", f"{head} {said}: " if said else f"{head}: ") + clauses(weight, *sums)


def _declared(rows: Sequence[LineRow]) -> int:
    return sum(row.declared_g for row in rows)


def _weights(sheet: Sheet, statement: MonthlyStatement, who: Lines) -> None:
    found = gravity.differences(statement)
    if not found.rows:
        return
    _head(sheet, statement, "m4_differences", len(found.rows))
    lacking = sum(row.difference_g or 0 for row in found.within)
    said = (
        say("在允差内", "within tolerance")
        if statement.tolerances
        else say("未分级（账本未采用允差）", "not graded, no tolerance is adopted")
    )
    off = format_mass(lacking)
    rest = _rest(found.within, said, say(f"磅差合计 {off} 吨", f"difference {off} t in all"), is_all=not found.flagged)
    _listed(sheet, (*who, *_WEIGHED), found, rest)


def _open(sheet: Sheet, statement: MonthlyStatement, name: str, found: Divided[LineRow], columns: Lines, said: str) -> None:
    if found.rows:
        _head(sheet, statement, name, len(found.rows))
        old = oldest(statement, found.within) if name.startswith("m5") else ""
        rest = _rest(found.within, said, old, is_all=not found.flagged)
        is_short = len(found.within) <= LINES_LISTED and len(found.rows) <= LISTED_MAX
        _listed(sheet, columns, Divided(found.rows, ()) if is_short else found, rest)


def _duplicates(sheet: Sheet, statement: MonthlyStatement) -> None:
    if not statement.duplicates:
        return

    def holders(found: Duplicate) -> str:
        shown, more = found.manifests[:HOLDERS_MAX], len(found.manifests) - HOLDERS_MAX
        lines = [f"{statement.name(trunk.split('/')[1])}　{trunk}" for trunk in shown]
        return "\n".join(lines + ([say(f"另有 {more} 份，见 XLSX 和 JSON", f"{more} more are in the XLSX and JSON")] if more > 0 else []))

    columns: tuple[Column[Duplicate], ...] = (
        Column("国家联单编号", "Number", 1, lambda found: found.number),
        Column("份数", "Manifests", 0.4, lambda found: str(len(found.manifests)), "center"),
        Column("持有该编号的联单", "Held by", 4.6, holders),
    )
    _head(sheet, statement, "m6_duplicates", len(statement.duplicates), ("个", "number"))
    found = sorted(statement.duplicates, key=lambda one: (-len(one.manifests), one.number))
    _listed(sheet, columns, Divided(tuple(found), ()), "", unit=("个", "number"))


def _accounts(sheet: Sheet, statement: MonthlyStatement) -> None:
    found = gravity.accounts(statement)
    if not found.rows:
        return
    if len(found.within) <= ACCOUNTS_LISTED:
        found = Divided(found.rows, ())
    _head(sheet, statement, "m9_accounts", len(found.rows), ("个账户", "account"))
    parts = []
    for layer in LAYERS:
        rows = [account for account in found.within if account.layer == layer]
        left = tonnes(sum(account.left_g or 0 for account in rows))
        zh, en = f"{layer_name(layer)} {len(rows)} 个，余额合计 {left} 吨", f"{layer_name(layer).lower()} {len(rows)}, {left} t left in all"
        parts.append(say(zh, en) if rows else "")
    count, all_of = len(found.within), not found.flagged
    head = say(
        f"{'共' if all_of else '其余'} {count} 个账户未达预警：",
        f"{'All' if all_of else 'The other'} {plural(count, 'account')} below the alerts: ",
    )
    _listed(sheet, _account_columns(statement), found, head + clauses(*parts) if count else "", unit=("个账户", "account"))


def _account_columns(statement: MonthlyStatement) -> tuple[Column[AccountMonth], ...]:
    def moved(column: Books) -> Column[AccountMonth]:
        return mass(*COLUMNS[column], _GRAMS, lambda account: account.moved_g[column])

    def level(account: AccountMonth) -> str:
        return gravity.account_level(account, statement)

    return (
        Column("层次", "Layer", 0.85, lambda account: layer_name(account.layer), "center"),
        Column("账户", "Account", 2.5, lambda account: account.label),
        mass("期初累计", "Opening", _GRAMS, lambda account: account.opening_g),
        *map(moved, COLUMNS),
        mass(*as_it_ends(statement, "期末累计", "Closing"), _GRAMS, lambda account: account.closing_g),
        mass("其中本年", "This year", _GRAMS, lambda account: account.year_g),
        mass("其中预占", "Of it held", _GRAMS, lambda account: account.held_g),
        mass("上限", "Limit", _GRAMS, lambda account: account.limit_g),
        mass("余额", "Left", _GRAMS, lambda account: account.left_g, lambda account: (account.left_g or 0) < 0),
        Column("已用", "Used", 0.7, share_of, "right", lambda account: bool(level(account))),
    )


def _parts(sheet: Sheet, statement: MonthlyStatement) -> None:
    """The totals of the parts of a statement of several directions or roles."""
    if len(statement.parts) < 2:
        return
    what = ("身份", "role") if statement.scope.party else ("方向", "direction")
    section(sheet, f"M12　镜像等式：按{what[0]}", f"M12 Mirror equation by {what[1]}")
    _, *terms = equation_columns(statement)
    columns: tuple[Column[MirrorPart], ...] = (
        Column(what[0], what[1].capitalize(), 2.3, part_name),
        *(Column(one.zh, one.en, one.share, _of_total(one.text), one.align, _of_total(one.alarm)) for one in terms),
    )
    table(sheet, columns, statement.parts, size=SIZES[0], least=3)


def _of_total(of: Callable[[MirrorEquation], Any]) -> Callable[[MirrorPart], Any]:
    """What is said of an equation, of the total of a part."""
    return lambda part: of(part.total)


def _details(sheet: Sheet, statement: MonthlyStatement, who: Lines) -> None:
    found = gravity.details(statement)
    if not found.rows:
        return
    if len(found.rows) <= DETAILS_MAX:
        found = Divided(found.rows, ())
    _head(sheet, statement, "lines", len(statement.rows))
    said = say("没有拒收，列于 XLSX 和 JSON", "without refusal are in the XLSX and JSON")
    _listed(sheet, (*who, *_ALL), found, _rest(found.within, said, is_all=not found.flagged))


def _who(statement: MonthlyStatement) -> Lines:
    return (
        Column("联单编号-行", "Number-line", 1.3, line_name),
        Column("废物代码与名称", "Waste", 1.9, lambda row: f"{row.code} {row.name}"),
        Column("移出人", "Generator", 2.2, lambda row: statement.name(row.generator)),
        Column("接受人", "Receiver", 2.2, lambda row: statement.name(row.receiver)),
    )


def _when(of: Callable[[LineRow], int | None]) -> Callable[[LineRow], str]:
    """To the minute."""
    return lambda row: when(of(row))[:16]


_DECLARED: Column[LineRow] = mass("移出量", "Declared", 0.95, lambda row: row.declared_g)
_ISSUED: Column[LineRow] = Column("开具时间", "Issued", 1.25, _when(lambda row: row.issued_s), "center")
_DEPARTED: Column[LineRow] = Column("起运时间", "Departed", 1.25, _when(lambda row: row.departed_s), "center")
_RECEIVED: Column[LineRow] = Column("接受确认时间", "Received", 1.25, _when(lambda row: row.received_s), "center")
_WEIGHED: Lines = (
    mass("申报移出", "Declared", 0.95, lambda row: row.declared_g),
    mass("称重移出", "Sent", 0.95, lambda row: row.sent_g),
    mass("接受＋拒收", "Came", 0.95, lambda row: row.came_g),
    mass("磅差", "Difference", 0.95, lambda row: row.difference_g),
    Column("偏差", "Deviation", 0.8, lambda row: percent(row.deviation), "right", lambda row: bool(row.level)),
    Column("级别", "Level", 0.85, lambda row: level_name(row.level) if row.level else "", "center", lambda row: bool(row.level)),
)
_ALL: Lines = (
    mass("移出量", "Declared", 0.9, lambda row: row.declared_g),
    mass("接受量", "Accepted", 0.9, lambda row: row.accepted_g),
    mass("拒收量", "Refused", 0.85, lambda row: row.refused_g, lambda row: bool(row.refused_g)),
    Column("起运", "Departed", 0.8, lambda row: when(row.departed_s)[5:16], "center"),
    Column("接受确认", "Received", 0.8, lambda row: when(row.received_s)[5:16], "center"),
    Column("状态", "Stage", 0.8, lambda row: stage_name(row.stage), "center"),
)
