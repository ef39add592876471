"""Sheets of the workbook beside those of lines and accounts: open items, adjustments, checks that are sums, the figures of the charts, rules.

Heads in both languages with widths in characters; masses are numbers, days and moments are dates.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from ledger.times import SHANGHAI, parse_at
from reports.paper.bars import AMBER, LIGHT, TAKEN
from reports.paper.sheet import ACCENT, ALARM
from reports.paper.tongue import listed, say
from reports.reconciliation.checks import Adjustment
from reports.reconciliation.faces.charts import age_name, deviation_name
from reports.reconciliation.judged.item_words import level_text, operand_text, owner_text, thread_text, to_do_text, what_text
from reports.reconciliation.judged.open_items import open_items
from reports.reconciliation.judged.wording import finding_level
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.breakdown import ages, deviations, flows
from reports.reconciliation.rules import RULES
from reports.tables.columns import Value, tonnes_of
from reports.words import name_of_act

Head = tuple[str, str, int]
"""Chinese, English, width in characters."""
Rows = Iterable[Sequence[Value]]
_T, _DAY, _TIME, _PARTY, _USCC, _CODE = 16, 12, 20, 32, 22, 13
_ITEMS: tuple[Head, ...] = (
    ("级别", "Level", 12), ("核对", "Check", 8), ("事项", "What", 16), ("对象", "Of what", 40), ("行", "Line", 5), ("废物代码", "Code", _CODE),
    ("废物名称", "Waste", 24), ("一方所载", "One side says", 34), ("另一方所载", "The other side says", 34), ("差额（吨）", "Difference, t", _T),
    ("由谁办", "Whose turn", 40), ("代码", "USCC", _USCC), ("办什么", "What to do", 50), ("期限", "Due", _DAY), ("自", "Since", _TIME), ("进展", "Thread", 12),
    ("未符项标识", "Key", 70),
)  # fmt: skip
_ADJUSTED: tuple[Head, ...] = (
    ("所属月份", "Of month", 10), ("列在月份", "Stands in", 10), ("方向", "Way", 8), ("国家联单编号", "National number", 18), ("行", "Line", 5),
    ("废物代码", "Code", _CODE), ("行为", "Act", 20), ("行为时间", "Done", _TIME), ("入账时间", "Admitted", _TIME), ("条目", "Entry", 10), ("开具", "Issued, t", _T),
    ("移出", "Departed, t", _T), ("接受", "Accepted, t", _T), ("拒收", "Refused, t", _T), ("磅差", "Difference, t", _T), ("作废", "Voided, t", _T),
    ("谢绝", "Declined, t", _T), ("在途净变", "In transit, t", _T), ("存证标识", "Identity", 60),
)  # fmt: skip
_STOCKS: tuple[Head, ...] = (
    ("接受单位", "Receiver", _PARTY), ("代码", "USCC", _USCC), ("废物代码", "Code", _CODE), ("废物名称", "Waste", 24), ("期初", "Opening, t", _T),
    ("往月调整", "Adjusted, t", _T), ("接受", "Accepted, t", _T), ("利用处置", "Treated, t", _T), ("转出", "Sent on, t", _T), ("缺口", "Gap, t", _T),
    ("期末", "Closing, t", _T), ("差额（应为 0）", "Unequal (to be 0), t", _T), ("最早接受", "Oldest receipt", _DAY), ("临近期限", "Near the term, t", _T),
    ("超过期限", "Beyond the term, t", _T),
)  # fmt: skip
_SUMS: tuple[Head, ...] = (
    ("身份", "Role", 10), ("单位", "Party", _PARTY), ("代码", "USCC", _USCC), ("废物代码", "Code", _CODE), ("废物名称", "Waste", 24), ("行", "Lines", 8),
    ("开具", "Issued, t", _T), ("移出", "Departed, t", _T), ("接受", "Accepted, t", _T), ("拒收", "Refused, t", _T), ("作废", "Voided, t", _T),
    ("谢绝", "Declined, t", _T),
)  # fmt: skip
_SERIES: tuple[Head, ...] = (
    ("年份和城市", "Year, city", 12), ("本月编号", "Numbers", 10), ("首号", "First", 18), ("末号", "Last", 18), ("缺号", "Missing", 10),
    ("断号", "Gaps", 60), ("倒号", "Backward", 60),
)  # fmt: skip
_PLANS: tuple[Head, ...] = (
    ("移出人", "Generator", _PARTY), ("代码", "USCC", _USCC), ("年度", "Year", 8), ("计划行", "Line", 8), ("废物代码", "Code", _CODE), ("废物名称", "Waste", 24),
    ("本年计划", "Planned, t", _T), ("本月", "In the month, t", _T), ("本年累计", "In the year, t", _T), ("超出", "Beyond, t", _T),
)  # fmt: skip
_PERMITS: tuple[Head, ...] = (
    ("级别", "Level", 12), ("持证单位", "Holder", _PARTY), ("代码", "USCC", _USCC), ("许可证编号", "Permit", 30), ("有效期至", "Valid to", _DAY),
    ("距对账日（日）", "Days off", 12),
)  # fmt: skip
_FLOWS: tuple[Head, ...] = (
    ("移出地", "From", 28), ("移出地区划", "From (code)", 10), ("接受地", "To", 28), ("接受地区划", "To (code)", 10), ("流向", "Way", 36), ("行", "Lines", 8),
    ("移出", "Departed, t", _T), ("接受", "Accepted, t", _T), ("拒收", "Refused, t", _T),
)  # fmt: skip
_DEVIATIONS: tuple[Head, ...] = (
    ("偏差", "Deviation", 18), ("允差内（行）", "Within, lines", 12), ("中级（行）", "Notable, lines", 12), ("高级（行）", "Grave, lines", 12),
    ("行", "Lines", 8), ("到场－移出（吨）", "Came less sent, t", _T),
)  # fmt: skip
_AGES: tuple[Head, ...] = (
    ("历时", "For", 14), ("在途（行）", "In transit, lines", 12), ("未起运（行）", "Waiting, lines", 12), ("在途（吨）", "In transit, t", _T),
    ("未起运（吨）", "Waiting, t", _T),
)  # fmt: skip
_RULES: tuple[Head, ...] = (("序号", "No.", 6), ("规则", "Rule", 140), ("代码", "Code", 16))
_ROLES = {"generator": ("移出人", "generator"), "carrier": ("承运人", "carrier"), "receiver": ("接受人", "receiver")}


def _moment(at: str) -> datetime:
    return _moment_s(parse_at(at))


def _moment_s(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, SHANGHAI).replace(tzinfo=None)


def _day(text: str) -> Value:
    return date.fromisoformat(text) if text else None


def _t(of: object, names: str) -> Iterator[Decimal | None]:
    """Fields in grams by their names, in tonnes."""
    return (tonnes_of(getattr(of, f"{name}_g")) for name in names.split())


def _items(statement: MonthlyStatement) -> Rows:
    for item in open_items(statement):
        level = level_text(item, statement.drawn_s)
        waste = statement.codes.get(item.waste, "")
        sides = (operand_text(item.left), operand_text(item.right), tonnes_of(item.difference_g))
        turn = (owner_text(statement, item), item.owner, to_do_text(item), _day(item.due_on))
        since = None if item.since_s is None else _moment_s(item.since_s)
        yield (
            level,
            item.check,
            what_text(item),
            item.subject,
            item.line,
            item.waste,
            waste,
            *sides,
            *turn,
            since,
            thread_text(item),
            item.key,
        )


def _adjusted(adjustments: Iterable[Adjustment]) -> Rows:
    for one in adjustments:
        who = (one.month, one.told_in, "-".join(one.direction), one.number, one.line, one.code, name_of_act(one.kind))
        grams = _t(one, "issued departed accepted refused difference voided declined net")
        yield (*who, _moment(one.at), _moment(one.admitted), one.index, *grams, one.manifest)


def _stocks(statement: MonthlyStatement) -> Rows:
    for one in statement.stocks:
        who = (statement.name(one.holder), one.holder, one.code, statement.codes.get(one.code, ""))
        grams = _t(one, "opening adjusted accepted treated sent gap closing unequal")
        yield (*who, *grams, _day(one.oldest), *_t(one, "aging old"))


def _sums(statement: MonthlyStatement) -> Rows:
    for one in statement.sums:
        who = (say(*_ROLES[one.role]), statement.name(one.party), one.party, one.code, statement.codes.get(one.code, ""), one.lines)
        yield (*who, *_t(one, "issued departed accepted refused voided declined"))


def _series(statement: MonthlyStatement) -> Rows:
    for one in statement.series:
        gaps = listed(*(f"{first}–{last}" for first, last in one.gaps))
        yield (one.series, one.held, one.first, one.last, one.missing, gaps, listed(*one.backward))


def _plans(statement: MonthlyStatement) -> Rows:
    for one in statement.plans:
        _, uscc, year = one.plan.split("/")
        yield (statement.name(uscc), uscc, year, one.line, one.code, one.name, *_t(one, "planned month year over"))


def _permits(statement: MonthlyStatement) -> Rows:
    for one in statement.ending:
        yield (finding_level(one.level), statement.name(one.holder), one.holder, one.no, _day(one.valid_to), one.days)


def _flows(statement: MonthlyStatement) -> Rows:
    for one in flows(statement):
        ends = (statement.place(one.origin), one.origin, statement.place(one.destination), one.destination)
        yield (*ends, f"{ends[0]} → {ends[2]}", one.lines, *_t(one, "departed accepted refused"))


def _deviations(statement: MonthlyStatement) -> Rows:
    for one in deviations(statement):
        yield (deviation_name(one), one.within, one.notable, one.grave, one.lines, *_t(one, "difference"))


def _ages(statement: MonthlyStatement) -> Rows:
    for one in ages(statement):
        yield (age_name(one), one.in_transit, one.waiting, *_t(one, "in_transit waiting"))


def _rules(_: MonthlyStatement) -> Rows:
    return ((place, say(rule.zh, rule.en), rule.code) for place, rule in enumerate(RULES, 1))


TABLES: dict[str, tuple[tuple[Head, ...], Callable[[MonthlyStatement], Rows]]] = {
    "open_items": (_ITEMS, _items),
    "adjustments": (_ADJUSTED, lambda statement: _adjusted(statement.adjustments)),
    "adjusted_later": (_ADJUSTED, lambda statement: _adjusted(statement.adjusted_later)),
    "m1_stocks": (_STOCKS, _stocks),
    "m2_m3_sums": (_SUMS, _sums),
    "m6_series": (_SERIES, _series),
    "m8_plans": (_PLANS, _plans),
    "m10_permits": (_PERMITS, _permits),
    "flows": (_FLOWS, _flows),
    "deviations": (_DEVIATIONS, _deviations),
    "ages": (_AGES, _ages),
    "rules": (_RULES, _rules),
}
"""By the name of the table in the JSON."""
CHARTS: dict[str, tuple[int, dict[int, str], bool]] = {
    "flows": (4, {6: ACCENT}, False),
    "m9_accounts": (1, {9: TAKEN, 13: LIGHT}, False),
    "deviations": (0, {1: ACCENT, 2: AMBER, 3: ALARM}, True),
    "ages": (0, {1: TAKEN, 2: LIGHT}, True),
}
"""Of a sheet: the column of the names, those of the bars with their colors, whether they stand upon each other."""
CHART_TITLES = {
    "flows": ("本月移出量（吨）", "Departed in the month, t"),
    "m9_accounts": ("额度：期末累计与上限（吨）", "Quotas: closing and limit, t"),
    "deviations": ("重量偏差：本月接受的行数", "Deviations by weight: lines received"),
    "ages": ("期末在途、未起运的历时（行数）", "Ages, closing: lines in transit or waiting"),
}
CHART_ROWS = 16
"""Bars of one chart."""
