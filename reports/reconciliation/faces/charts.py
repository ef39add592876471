"""The charts of a statement, each beside the table of its figures: flows, quotas, deviations by weight, ages of what is under way."""

from collections.abc import Sequence
from typing import TypeVar

from reports.paper.bars import AMBER, LIGHT, TAKEN, BarChart, ChartBar, draw_bars, figure
from reports.paper.grid import Column, fitting_size, mass, section, table, table_height
from reports.paper.sheet import ACCENT, ALARM, Paint, Sheet
from reports.paper.tongue import say
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.wording import as_it_ends, percent, plural, share_of
from reports.reconciliation.model import AccountMonth, MonthlyStatement
from reports.reconciliation.month.breakdown import AgeBand, DeviationBand, PlaceFlow, ages, deviations, flows
from reports.words import layer_name, province

WIDTH = 330.0
FLOWS_MAX, ACCOUNTS_MAX = 10, 10
"""Bars that are looked at on paper, two charts on a page; the workbook has all."""
FLOWS = ("流向：移出地市（区县）→ 接受地市（区县）", "Flows between cities and districts")
QUOTAS = ("额度使用：占上限的比例", "Quotas: share of the limit that is taken")
WEIGHTS = ("重量差异：到场量与移出量之差占移出量", "Weights: what came more or less, of what was sent")
AGES = ("期末在途、未起运的历时", "Ages of what is in transit or waits, closing")
Item = TypeVar("Item")


def draw_charts(sheet: Sheet, statement: MonthlyStatement) -> None:
    """Those that have something to show."""
    _flows(sheet, statement)
    _quotas(sheet, statement)
    _weights(sheet, statement)
    _ages(sheet, statement)


def _beside(
    sheet: Sheet, title: tuple[str, str], chart: BarChart, columns: Sequence[Column[Item]], items: Sequence[Item], note: str = ""
) -> None:
    """The table at the left, the chart at the right of it, both on one page."""
    section(sheet, *title)
    left = sheet.margin + sheet.room - WIDTH
    sheet.inset = WIDTH + 12
    size = fitting_size(sheet, columns, items)
    height = max(chart.height, table_height(sheet, columns, items, size) + (14.0 if note else 0.0))
    sheet.inset = 0.0
    sheet.need(height)  # which draws the heading, as wide as the page
    sheet.inset, top = WIDTH + 12, sheet.y
    draw_bars(sheet, chart, left, top, WIDTH)
    table(sheet, columns, items, size=size)
    if note:
        sheet.y += 2
        sheet.paragraph(note, Paint(6.8))
    sheet.inset = 0.0
    sheet.y = max(sheet.y, top + chart.height)


def place_name(statement: MonthlyStatement, division: str) -> str:
    """A city or district without its province, which the statement names."""
    return statement.place(division).removeprefix(province(division[:2])) or province(division[:2])


def _flows(sheet: Sheet, statement: MonthlyStatement) -> None:
    found = flows(statement)
    if not found:
        return

    def way(flow: PlaceFlow) -> str:
        return f"{place_name(statement, flow.origin)} → {place_name(statement, flow.destination)}"

    columns: tuple[Column[PlaceFlow], ...] = (
        Column("流向", "From, to", 2.6, way),
        Column("行", "Lines", 0.6, lambda flow: str(flow.lines), "right"),
        mass("移出（吨）", "Departed, t", 1.2, lambda flow: flow.departed_g),
        mass("接受（吨）", "Accepted, t", 1.2, lambda flow: flow.accepted_g),
        mass("拒收（吨）", "Refused, t", 1.0, lambda flow: flow.refused_g, lambda flow: flow.refused_g > 0),
    )
    shown = found[:FLOWS_MAX]
    bars = tuple(ChartBar(way(flow), ((flow.departed_g, ACCENT),), figure(flow.departed_g)) for flow in shown)
    chart = BarChart(title=say("本月移出量（吨）", "Departed in the month, t"), bars=bars, head_share=0.42)
    cut = found[FLOWS_MAX:]
    rest = figure(sum(flow.departed_g for flow in cut))
    zh, en = (
        f"另有 {len(cut)} 条流向，移出 {rest} 吨，见 XLSX 和 JSON。",
        f"{plural(len(cut), 'more flow')}, {rest} t departed, in the XLSX and JSON.",
    )
    _beside(sheet, FLOWS, chart, columns, shown, say(zh, en) if cut else "")


def _quotas(sheet: Sheet, statement: MonthlyStatement) -> None:
    limited = [account for account in statement.accounts if account.limit_g]
    found = sorted(limited, key=lambda account: (-gravity.permille(account), account.account))[:ACCOUNTS_MAX]
    if not found:
        return

    def level(account: AccountMonth) -> str:
        return gravity.account_level(account, statement)

    columns: tuple[Column[AccountMonth], ...] = (
        Column("账户", "Account", 3.4, lambda account: f"{layer_name(account.layer)}　{account.label}"),
        mass("已占用（吨）", "Taken, t", 1.25, lambda account: account.taken_g),
        mass("上限（吨）", "Limit, t", 1.25, lambda account: account.limit_g),
        Column("比例", "Share", 0.75, share_of, "right", lambda account: bool(level(account))),
    )
    colors = {"H": ALARM, "M": AMBER}
    bars = tuple(
        ChartBar(account.label.partition("　")[0], ((gravity.permille(account), colors.get(level(account), ACCENT)),), share_of(account))
        for account in found
    )
    ends = () if statement.terms is None else ((statement.terms.limits.quota_alert_permille_2, AMBER), (1000, ALARM))
    chart = BarChart(
        title=say("占上限的比例（虚线：预警、用尽）", "Share of the limit (dashed: alert, used up)"),
        bars=bars,
        ends=ends or ((1000, ALARM),),
        head_share=0.46,
    )
    more = len(limited) - len(found)
    zh, en = f"另有 {more} 个账户比例更低，见 XLSX 和 JSON。", f"{plural(more, 'account')} of lower shares in the XLSX and JSON."
    _beside(sheet, QUOTAS, chart, columns, found, say(zh, en) if more else "")


def _weights(sheet: Sheet, statement: MonthlyStatement) -> None:
    found = deviations(statement)
    if not found:
        return
    columns: tuple[Column[DeviationBand], ...] = (
        Column("偏差", "Deviation", 1.5, deviation_name),
        Column("行", "Lines", 0.7, lambda band: str(band.lines), "right"),
        Column("允差内", "Within", 0.8, lambda band: str(band.within), "right"),
        Column("中级", "Notable", 0.8, lambda band: str(band.notable), "right", lambda band: band.notable > 0),
        Column("高级", "Grave", 0.8, lambda band: str(band.grave), "right", lambda band: band.grave > 0),
        mass("到场－移出（吨）", "Came less sent, t", 1.4, lambda band: band.difference_g),
    )
    bars = tuple(
        ChartBar(deviation_name(band), ((band.within, ACCENT), (band.notable, AMBER), (band.grave, ALARM)), str(band.lines))
        for band in found
    )
    words = ((say("允差内", "within tolerance"), ACCENT), (say("中级", "notable"), AMBER), (say("高级", "grave"), ALARM))
    worst = max((row for row in statement.received), key=lambda row: abs(row.deviation))
    chart = BarChart(title=say("本月接受的行数", "Lines received in the month"), bars=bars, key=words, head_share=0.3)
    zh, en = f"最大偏差 {percent(worst.deviation)}。", f"The largest deviation is {percent(worst.deviation)}."
    _beside(sheet, WEIGHTS, chart, columns, found, say(zh, en))


def deviation_name(band: DeviationBand) -> str:
    """``少 1%–3%``; ``同``."""
    return band_name(band.band, say("少", "less, "), say("多", "more, "), "%")


def band_name(band: str, below: str, above: str, unit: str) -> str:
    """A band in words: of negative ends ``below``, of positive ones ``above``."""
    if band == "0":
        return say("相同", "the same")
    text = band.lstrip("<>").replace("-", "")
    side = below if band.startswith(("<-", "-")) else above
    if band[0] in "<>":
        return f"{side}{say('超过', 'over')} {text}{unit}"
    low, high = sorted(text.split(".."), key=int)
    return f"{side}{low}{unit}–{high}{unit}"


def age_name(band: AgeBand) -> str:
    """``1–3 天``."""
    text = band.band.lstrip("<>").replace("..", "–")
    if band.band[0] == "<":
        return say(f"不足 {text} 天", f"under {text} day")
    return say(f"超过 {text} 天", f"over {text} days") if band.band[0] == ">" else say(f"{text} 天", f"{text} days")


def _ages(sheet: Sheet, statement: MonthlyStatement) -> None:
    found = ages(statement)
    if not found:
        return
    columns: tuple[Column[AgeBand], ...] = (
        Column("历时", "For", 1.3, age_name),
        Column("在途（行）", "In transit", 0.9, lambda band: str(band.in_transit), "right"),
        mass("在途（吨）", "In transit, t", 1.3, lambda band: band.in_transit_g),
        Column("未起运（行）", "Waiting", 0.9, lambda band: str(band.waiting), "right"),
        mass("未起运（吨）", "Waiting, t", 1.3, lambda band: band.waiting_g),
    )
    bars = tuple(
        ChartBar(age_name(band), ((band.in_transit, TAKEN), (band.waiting, LIGHT)), f"{band.in_transit}＋{band.waiting}") for band in found
    )
    words = ((say("在途", "in transit"), TAKEN), (say("未起运", "waiting"), LIGHT))
    chart = BarChart(title=say("行数（在途＋未起运）", "Lines (in transit + waiting)"), bars=bars, key=words, head_share=0.22)
    _beside(sheet, as_it_ends(statement, *AGES), chart, columns, found)
