"""The pages of what waits for somebody and of what was changed: open items, adjustments in both directions, stocks, plans, permits, series."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from ledger.mass import format_mass
from ledger.times import parse_at
from reports.paper.grid import Cell, Column, fitting_size, mass, row, section, table
from reports.paper.sheet import SHADE, Paint, Sheet
from reports.paper.tongue import listed, say
from reports.reconciliation.checks import Adjustment, NumberSeries, PermitEnd, PlanMonth, StockMonth
from reports.reconciliation.judged.item_words import both_sides, level_text, owner_text, subject_text, thread_text, to_do_text, what_text
from reports.reconciliation.judged.open_items import StatementItem, open_items, own_items
from reports.reconciliation.judged.wording import as_it_ends, days, finding_level, plural
from reports.reconciliation.model import MonthlyStatement
from reports.words import name_of_act, when

OWN_MAX = 6
"""Rows on page 1."""
WITHIN_MAX = 12
"""Rows that are in order and are listed nevertheless: few enough to be read at a glance."""
LISTED_MAX = 300
"""Rows of one table on paper; whoever looks through more takes the workbook."""
Item = TypeVar("Item")
ITEMS = ("未符项", "Open items")
ADJUSTMENTS = ("对往月的调整", "Adjustments of earlier months")
LATER = ("本月结账后的变更", "What changed of this month since its close")
STOCKS = ("M1　接受单位贮存（含 M11 贮存期限）", "M1 Stocks of receivers, with M11, their age")
PLANS = ("M8　管理计划执行", "M8 Plans and what was moved")
PERMITS = ("M10　许可证到期", "M10 Permits that end")
SERIES = ("M6　编号序列", "M6 Series of numbers")


def item_columns(statement: MonthlyStatement) -> tuple[Column[StatementItem], ...]:
    """Of open items, for whoever has to do something and whoever waits for it."""
    at_s = statement.drawn_s
    return (
        Column("级别", "Level", 0.8, lambda item: level_text(item, at_s), "center", _is_bad),
        Column("核对", "Check", 0.5, lambda item: item.check, "center"),
        Column("事项", "What", 1.4, what_text),
        Column("对象", "Of what", 1.9, lambda item: subject_text(statement, item)),
        Column("两方所载", "What both sides say", 2.2, both_sides),
        Column(
            "差额（吨）", "Difference, t", 0.9, lambda item: "" if item.difference_g is None else format_mass(item.difference_g), "right"
        ),
        Column("由谁办", "Whose turn", 2.1, lambda item: owner_text(statement, item)),
        Column("办什么", "What to do", 2.3, to_do_text),
        Column("期限", "Due", 0.85, lambda item: item.due_on, "center", lambda item: item.is_open and item.is_late(at_s)),
        Column("已历", "For", 0.65, lambda item: "" if item.since_s is None else days(max(statement.as_of_s - item.since_s, 0)), "center"),
        Column("进展", "Thread", 0.7, thread_text, "center"),
    )


def draw_items(sheet: Sheet, statement: MonthlyStatement) -> None:
    """All open items, and what was settled of the month."""
    found = open_items(statement)
    if found:
        _listed(sheet, ITEMS, item_columns(statement), found, ("项", "item"), size=6.4)


def draw_own(sheet: Sheet, statement: MonthlyStatement) -> None:
    """On page 1 of a party's statement: what it has to do, by when; the first to fall due first."""
    found = sorted(own_items(statement), key=lambda item: (item.due_on or "9", item.key))
    section(sheet, "贵单位须办", "What you have to do, and by when")
    columns = {column.en: column for column in item_columns(statement)}
    shown = [columns[name] for name in ("Due", "What to do", "What", "Of what", "What both sides say", "Difference, t", "Level")]
    if found:
        table(sheet, shown, found[:OWN_MAX], size=6.8)
    cut = len(found) - OWN_MAX
    zh, en = f"另有 {cut} 件，见后文“未符项”", f"{cut} more: see “Open items” behind"
    text = say("没有", "nothing") if not found else say(zh, en) if cut > 0 else ""
    if text:
        row(sheet, [Cell(text=text, size=7.2, fill=SHADE)])


def draw_adjustments(sheet: Sheet, statement: MonthlyStatement) -> None:
    """What later acts changed of earlier months, told here; and of this month since its own close, told in later ones."""
    if statement.adjustments:
        _listed(
            sheet,
            ADJUSTMENTS,
            _adjusted(statement, "所属月份", "Of month", lambda one: one.month),
            statement.adjustments,
            ("笔", "adjustment"),
        )
        closes = listed(*(f"{base.direction[0]}→{base.direction[1]} {base.month}（{base.size}）" for base in statement.bases))
        zh = f"期初为上月结账的期末；方向、月份（结账规模）：{closes}。调整一栏逐笔列明所属月份和行为，计入镜像等式。"
        en = f"Opening is the closing of last month's close: direction, month (size of the close): {closes}. Each adjustment names its month and act."
        sheet.y += 3
        sheet.paragraph(say(zh, en), Paint(7))
    if statement.adjusted_later:
        _listed(
            sheet, LATER, _adjusted(statement, "列在", "Stands in", lambda one: one.told_in), statement.adjusted_later, ("笔", "adjustment")
        )


def _adjusted(statement: MonthlyStatement, zh: str, en: str, month: Callable[[Adjustment], str]) -> tuple[Column[Adjustment], ...]:
    return (
        Column(zh, en, 0.8, month, "center"),
        Column("联单编号-行", "Number-line", 1.5, lambda one: f"{one.number or say('无编号', 'no number')}-{one.line}"),
        Column("废物代码与名称", "Waste", 1.7, lambda one: statement.waste(one.code)),
        Column("行为", "Act", 1.5, lambda one: name_of_act(one.kind)),
        Column("行为时间", "Done", 1.35, lambda one: when_text(one.at), "center"),
        Column("入账时间", "Admitted", 1.35, lambda one: when_text(one.admitted), "center"),
        mass("移出", "Departed", 0.95, lambda one: one.departed_g),
        mass("接受", "Accepted", 0.95, lambda one: one.accepted_g),
        mass("拒收", "Refused", 0.95, lambda one: one.refused_g),
        mass("磅差", "Difference", 0.95, lambda one: one.difference_g),
        mass("在途净变", "In transit", 0.95, lambda one: one.net_g),
    )


def when_text(at: str) -> str:
    """A time as the log writes it, to the minute."""
    return when(parse_at(at))[:16]


def draw_stocks(sheet: Sheet, statement: MonthlyStatement) -> None:
    """M1 with M11, those out of order first."""
    columns: tuple[Column[StockMonth], ...] = (
        Column("接受单位", "Receiver", 2.4, lambda one: statement.name(one.holder)),
        Column("废物代码", "Code", 1.9, lambda one: statement.waste(one.code)),
        mass("期初", "Opening", 1, lambda one: one.opening_g),
        mass("调整", "Adjusted", 0.9, lambda one: one.adjusted_g),
        mass("接受", "Accepted", 1, lambda one: one.accepted_g),
        mass("利用处置", "Treated", 1, lambda one: one.treated_g),
        mass("转出", "Sent on", 0.9, lambda one: one.sent_g),
        mass("缺口", "Gap", 0.9, lambda one: one.gap_g),
        mass(*as_it_ends(statement, "期末", "Closing"), 1, lambda one: one.closing_g),
        mass("差额", "Unequal", 0.9, lambda one: one.unequal_g, lambda one: one.unequal_g != 0),
        Column("最早接受", "Oldest", 0.9, lambda one: one.oldest, "center", lambda one: bool(one.level)),
        mass("超期", "Too old", 0.9, lambda one: one.old_g, lambda one: one.old_g > 0),
    )
    found = sorted(statement.stocks, key=lambda one: (not one.unequal_g, {"H": 0, "M": 1}.get(one.level, 2), one.holder, one.code))
    if found:
        bad = sum(bool(one.unequal_g or one.level) for one in found)
        _listed(
            sheet, STOCKS, columns, found, ("笔", "stock"), flagged=bad, rest=("结存相符且未临期", "add up and are not near their term")
        )


def draw_plans(sheet: Sheet, statement: MonthlyStatement) -> None:
    """M8, the fullest first."""
    columns: tuple[Column[PlanMonth], ...] = (
        Column("移出人", "Generator", 2.4, lambda one: statement.name(one.plan.split("/")[1])),
        Column("计划行", "Line", 0.7, lambda one: f"{one.plan.rpartition('/')[2]}-{one.line}", "center"),
        Column("废物", "Waste", 2.2, lambda one: f"{one.code} {one.name}"),
        mass("本年计划", "Planned", 1, lambda one: one.planned_g),
        mass("本月", "Month", 1, lambda one: one.month_g),
        mass("本年累计", "Year", 1, lambda one: one.year_g),
        mass("超出", "Beyond", 1, lambda one: one.over_g, lambda one: one.over_g > 0),
        Column("执行", "Share", 0.7, lambda one: f"{one.year_g * 1000 // max(one.planned_g, 1) / 10:.1f}%", "right"),
    )
    found = sorted(statement.plans, key=lambda one: (-one.over_g, -one.year_g * 1000 // max(one.planned_g, 1), one.plan, one.line))
    if found:
        over = sum(one.over_g > 0 for one in found)
        _listed(sheet, PLANS, columns, found, ("行", "line"), flagged=over, rest=("未超出计划", "are within the plan"))


def draw_permits(sheet: Sheet, statement: MonthlyStatement) -> None:
    """M10, the first to end first."""
    columns: tuple[Column[PermitEnd], ...] = (
        Column("级别", "Level", 0.9, lambda one: finding_level(one.level), "center", lambda one: one.level == "H"),
        Column("持证单位", "Holder", 3, lambda one: statement.name(one.holder)),
        Column("许可证编号", "Permit", 2.4, lambda one: one.no),
        Column("有效期至", "Valid to", 1, lambda one: one.valid_to, "center"),
        Column("距对账日（日）", "Days off", 1, lambda one: str(one.days), "right", lambda one: one.days < 0),
    )
    if statement.ending:
        _listed(sheet, PERMITS, columns, statement.ending, ("份", "permit"))


def draw_series(sheet: Sheet, statement: MonthlyStatement) -> None:
    """M6: the series of numbers that have gaps or steps backward; the others say nothing to look at."""
    columns: tuple[Column[NumberSeries], ...] = (
        Column("年份和城市", "Year, city", 1, lambda one: one.series, "center"),
        Column("本月编号", "Numbers", 0.7, lambda one: str(one.held), "right"),
        Column("首号", "First", 1.2, lambda one: one.first, "center"),
        Column("末号", "Last", 1.2, lambda one: one.last, "center"),
        Column("缺号", "Missing", 0.7, lambda one: str(one.missing), "right"),
        Column("最长的断号", "Longest gaps", 3, lambda one: listed(*(f"{first}–{last}" for first, last in one.gaps[:3]))),
        Column("倒号", "Backward", 0.7, lambda one: str(len(one.backward)), "right"),
    )
    found = [one for one in statement.series if one.missing or one.backward]
    if found:
        _listed(sheet, SERIES, columns, found, ("个序列", "series"))


def _listed(
    sheet: Sheet,
    title: tuple[str, str],
    columns: Sequence[Column[Item]],
    items: Sequence[Item],
    unit: tuple[str, str],
    *,
    size: float = 0.0,
    flagged: int | None = None,
    rest: tuple[str, str] = ("", ""),
) -> None:
    """The heading with the count, the rows, and how many more there are. Of many rows the ``flagged`` first ones alone, and what the ``rest`` is."""
    said = unit[1] if unit[1].endswith("series") else plural(len(items), unit[1]).partition(" ")[2]
    section(sheet, f"{title[0]}　{len(items)} {unit[0]}", f"{title[1]}: {len(items)} {said}")
    shown = items if flagged is None or len(items) - flagged <= WITHIN_MAX else items[:flagged]
    told, cut = len(shown), len(shown) - LISTED_MAX
    shown = shown[:LISTED_MAX]
    if shown:
        table(sheet, columns, shown, size=size or fitting_size(sheet, columns, shown), least=3)
    if cut > 0:
        row(sheet, [Cell(text=say(f"另有 {cut} {unit[0]}，见 XLSX 和 JSON", f"{cut} more are in the XLSX and JSON"), size=7.2, fill=SHADE)])
    if within := len(items) - told:
        zh = f"{'其余' if told else '共'} {within} {unit[0]}{rest[0]}，见 XLSX 和 JSON"
        en = f"{'The other' if told else 'All'} {within} {rest[1]}, in the XLSX and JSON"
        row(sheet, [Cell(text=say(zh, en), size=7.2, fill=SHADE)])


def _is_bad(item: StatementItem) -> bool:
    return item.is_open and item.level in ("H", "M")
