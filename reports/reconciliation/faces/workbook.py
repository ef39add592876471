"""The statement as an Excel workbook: one sheet per question, all rows of it, masses as numbers and times as times, never a formula."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from ledger.times import SHANGHAI
from reports.paper.tongue import say
from reports.reconciliation.faces.sheets import CHART_ROWS, CHART_TITLES, CHARTS, TABLES, Head
from reports.reconciliation.faces.text import tolerances_text
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.finding import MonthFinding
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.judged.verdict import sentence
from reports.reconciliation.judged.wording import as_it_ends, finding_level, part_name, table_word
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import EQUATION, MonthlyStatement
from reports.tables.columns import Value, tonnes_of
from reports.tables.workbook import SHEET_ROWS, Share, Workbook
from reports.words import COLUMNS, OPINIONS, layer_name, level_name, province, stage_name, when, word

_T, _TIME, _PARTY, _USCC = 16, 20, 32, 22
_MIRROR: tuple[Head, ...] = (
    ("废物代码", "Code", 14), ("废物名称", "Waste", 24), ("期初在途", "In transit, opening", _T), ("往月调整", "Adjusted", _T), ("本月移出", "Departed", _T),
    ("本月接受", "Accepted", _T), ("本月拒收", "Refused", _T), ("磅差（移出−接受−拒收）", "Difference", 20),
    ("期末在途", "In transit, closing", _T), ("等式差额（应为 0）", "Unequal (to be 0)", _T), ("期末已开具未起运", "Not departed, closing", 18),
    ("本月作废", "Voided", _T), ("谢绝接受", "Declined", _T),
)  # fmt: skip
_WHO: tuple[Head, ...] = (
    ("国家联单编号", "National number", 18), ("行", "Line", 5), ("废物代码", "Code", 13), ("废物名称", "Waste", 24),
    ("移出人", "Generator", _PARTY), ("移出人代码", "Generator (USCC)", _USCC), ("接受人", "Receiver", _PARTY), ("接受人代码", "Receiver (USCC)", _USCC),
)  # fmt: skip
_IDENTITY: Head = ("存证标识", "Identity", 30)
_DECLARED: Head = ("移出量（申报）", "Declared, t", _T)
_ISSUED: Head = ("开具时间", "Issued", _TIME)
_DEPARTED: Head = ("起运时间", "Departed", _TIME)
_RECEIVED: Head = ("接受确认时间", "Received", _TIME)
_CARRIER: tuple[Head, ...] = (("末程承运人", "Last carrier", _PARTY), ("承运人代码", "Carrier (USCC)", _USCC))
_LINES: tuple[Head, ...] = (
    *_WHO, *_CARRIER, ("移出地", "Origin", 24), ("移出地区划", "Origin (code)", 10), ("接受地", "Destination", 24),
    ("接受地区划", "Destination (code)", 10), ("状态", "Stage", 12), _DECLARED, ("装载称重", "Weighed, t", _T), ("接受量", "Accepted, t", _T),
    ("拒收量", "Refused, t", _T), ("磅差", "Difference, t", 14), ("处理意见", "Opinion", 10), _ISSUED, _DEPARTED, _RECEIVED,
    ("作废时间", "Voided", _TIME), ("谢绝时间", "Declined", _TIME), ("应急转移", "Emergency", 30), ("补办时间", "Regularised", _TIME), _IDENTITY,
)  # fmt: skip
_DIFFERENCES: tuple[Head, ...] = (
    *_WHO, _DECLARED, ("移出量（称重，未称为申报）", "Sent (weighed, else declared), t", 18), ("到场量（接受+拒收）", "Came (accepted + refused), t", 18),
    ("磅差", "Difference, t", 14), ("偏差", "Deviation", 10), ("超差级别", "Level", 12), _IDENTITY,
)  # fmt: skip
_OVERDUE: Head = ("超期", "Overdue", 8)
_IN_FLIGHT: tuple[Head, ...] = (*_WHO, *_CARRIER, _DECLARED, _DEPARTED, ("在途天数", "Days", 10), _OVERDUE, _IDENTITY)
_WAITING: tuple[Head, ...] = (*_WHO, _DECLARED, _ISSUED, ("天数", "Days", 10), _OVERDUE, _IDENTITY)
_DUPLICATES: tuple[Head, ...] = (
    ("国家联单编号", "National number", 20), ("移出人", "Generator", _PARTY), ("移出人代码", "Generator (USCC)", _USCC), ("持有该编号的联单", "Manifest", 60),
)  # fmt: skip
_CUT_OFF: tuple[Head, ...] = (*_WHO, _DECLARED, _DEPARTED, _RECEIVED, ("运输小时", "Hours", 10), _OVERDUE, _IDENTITY)
_NO_DEPARTURE: tuple[Head, ...] = (*_WHO, _DECLARED, _RECEIVED, _IDENTITY)
_ACCOUNTS: tuple[Head, ...] = (
    ("层次", "Layer", 12), ("账户", "Account", 60), ("期初累计", "Opening", _T), *((*words, _T) for words in COLUMNS.values()),
    ("期末累计", "Closing", _T), ("其中本年（许可规模）", "This year (yearly scale)", _T), ("其中预占未结", "Of it held", _T), ("其中已用", "Of it used", _T),
    ("上限", "Limit", _T), ("余额", "Left", _T), ("提示级别", "Level", 12), ("账户标识", "Identity", 60),
)  # fmt: skip
_EMERGENCIES: tuple[Head, ...] = (
    ("应急转移", "Emergency", 40), ("处置方案文号", "Plan", 32), ("联单", "Manifests", 10), ("移出量（申报）", "Declared, t", _T), ("接受量", "Accepted, t", _T),
    ("尚未补办", "Not regularised", 10), ("总量上限", "Ceiling, t", _T), ("已计入上限", "Counted, t", _T), _IDENTITY,
)  # fmt: skip
SHEETS: dict[str, tuple[str, str]] = {
    "open_items": ("未符项", "Open items"),
    "adjustments": ("往月调整", "Adjustments"),
    "adjusted_later": ("结账后变更", "Changed since the close"),
    "mirror": ("镜像等式 M12", "M12 Mirror equation"),
    "parts": ("分项等式 M12", "M12 Equation by part"),
    "m1_stocks": ("贮存 M1 M11", "M1 M11 Stocks"),
    "m2_m3_sums": ("单位合计 M2 M3", "M2 M3 Sums by party"),
    "m4_differences": ("重量差异 M4", "M4 Weight"),
    "m5_in_flight": ("在途 M5", "M5 In transit"),
    "m5_waiting": ("未起运 M5", "M5 Not departed"),
    "m6_duplicates": ("编号重复 M6", "M6 Duplicate numbers"),
    "m6_series": ("编号序列 M6", "M6 Series"),
    "m7_cut_off": ("跨期 M7", "M7 Cut-off"),
    "m8_plans": ("管理计划 M8", "M8 Plans"),
    "m9_accounts": ("额度 M9", "M9 Quotas"),
    "m10_permits": ("许可证 M10", "M10 Permits"),
    "m12_without_departure": ("无起运记录 M12", "M12 Without departure"),
    "lines": ("联单行", "All lines"),
    "flows": ("流向", "Flows"),
    "deviations": ("偏差分布", "Deviations"),
    "ages": ("历时分布", "Ages"),
    "rules": ("对账规则", "Rules"),
}
"""Sheets behind the first, by the name of the table in the JSON, in their order."""
_TERMS = EQUATION.replace("opening_g", "opening_g adjusted_g")
_WRAPPED = frozenset({"open_items", "rules"})
"""Whose texts take several lines."""


def to_xlsx(statement: MonthlyStatement, *, sheet_rows: int = SHEET_ROWS) -> bytes:
    """The bytes of the workbook; a sheet of more than ``sheet_rows`` goes on on the next."""
    out = io.BytesIO()
    drawn = datetime.fromtimestamp(statement.drawn_s, UTC).replace(tzinfo=None)
    mark, found = say("未完结", "provisional") if statement.is_provisional else "", findings(statement)
    book = Workbook(out, _title(statement), created=drawn, mark=mark, sheet_rows=sheet_rows)
    book.sheet(
        *_named(statement, ("说明", "Summary"), (("项目", "Item", 16), ("内容", "Content", 110))), _cover(statement, found), wrapped=True
    )
    book.sheet(
        *_named(
            statement,
            ("须处理事项", "Findings"),
            (
                ("级别", "Level", 12),
                ("事项", "What", 56),
                ("数量", "Count", 8),
                ("吨", "t", _T),
                ("最重者", "Gravest", 90),
                ("表", "Table", 8),
                ("工作表", "Sheet", 24),
            ),
        ),
        (
            (
                finding_level(one.level),
                one.text,
                one.count,
                tonnes_of(one.mass_g),
                one.worst,
                table_word(one.table),
                say(*SHEETS[one.table]),
            )
            for one in found
        ),
        wrapped=True,
    )
    book.board(say("图表", "Charts"))
    for table, title in SHEETS.items():
        heads, rows = TABLES.get(table) or _TABLES[table]
        book.sheet(*_named(statement, title, heads), rows(statement), wrapped=table in _WRAPPED)
        if table in CHARTS:
            names, columns, stacked = CHARTS[table]
            book.chart(say(*as_it_ends(statement, *CHART_TITLES[table])), names, columns, CHART_ROWS, stacked=stacked)
    if statement.emergencies:
        book.sheet(*_named(statement, ("应急转移", "Emergencies"), _EMERGENCIES), _emergencies(statement))
    book.close()
    return out.getvalue()


def _named(statement: MonthlyStatement, title: tuple[str, str], heads: Sequence[Head]) -> tuple[str, list[tuple[str, int]]]:
    return say(*title), [(say(*as_it_ends(statement, zh, en)), wide) for zh, en, wide in heads]


def _moment(at_s: int | None) -> datetime | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, SHANGHAI).replace(tzinfo=None)


def _values(of: object, names: str) -> Iterator[Value]:
    """Fields by name: grams ``…_g`` in tonnes, moments ``…_s`` as times of Beijing."""
    return ((tonnes_of if name.endswith("_g") else _moment)(getattr(of, name)) for name in names.split())


def _who(row: LineRow, statement: MonthlyStatement) -> tuple[Value, ...]:
    generator, receiver = statement.name(row.generator), statement.name(row.receiver)
    return row.number, row.line, row.code, row.name, generator, row.generator, receiver, row.receiver


def _carrier(row: LineRow, statement: MonthlyStatement) -> tuple[Value, ...]:
    return statement.name(row.carrier), row.carrier


def _overdue(is_overdue: bool) -> str:  # a word for a truth
    return say("是", "yes") if is_overdue else ""


def _title(statement: MonthlyStatement) -> str:
    way = statement.direction.replace(" ", "")
    name = "危险废物转移企业对账单" if statement.scope.party else "危险废物跨省转移月度对账单"
    name = "危险废物转移辖区对账单" if statement.scope.authority else name
    return say(
        f"{way} {name} {statement.period.month}",
        f"Monthly reconciliation {statement.period.month}, {statement.direction}",
    )


def _cover(statement: MonthlyStatement, found: Sequence[MonthFinding]) -> list[tuple[str, str]]:
    period, source, target = statement.period, statement.from_province, statement.to_province
    demo = say("演示 / DEMO：时间为模拟时间，不具证据效力", "DEMO: its clock is simulated, this is no evidence")
    equal = say("平", "equal") if statement.is_balanced else say("不平，见“镜像等式”页", "not equal, see the sheet of the equation")
    told = (
        ("对账单", "Statement", _title(statement)),
        ("结论", "Verdict", sentence(statement, found)),
        ("是否完结", "Provisional", _provisional(statement)),
        (
            "性质",
            "Nature",
            demo if statement.is_demo else say("由账本计算得出，双方可各自复算", "Computed from the log; anybody can compute it again"),
        ),
        (
            "对账月",
            "Month",
            say(
                f"{when(period.start_s)} 至 {when(period.end_s)}（不含），北京时间",
                f"{when(period.start_s)} to {when(period.end_s)} (not included), Beijing time",
            ),
        ),
        ("方向", "Direction", f"{source} {province(source)} → {target} {province(target)}")
        if source
        else ("所属", "Whose", f"{statement.direction} {statement.scope.party or statement.scope.authority}"),
        ("账本", "Log", statement.origin),
        ("创始声明哈希", "Founding hash", statement.found),
        ("检查点规模", "Checkpoint size", str(statement.size)),
        ("检查点根哈希", "Root hash", statement.root),
        ("末条入账时间", "Last entry", when(statement.drawn_s)),
        ("镜像等式", "Mirror equation", equal),
        (
            "归月规则",
            "What counts when",
            say("见“对账规则”页。请在同一检查点规模下比对。", "See the sheet of rules. Compare at one checkpoint."),
        ),
        ("期初依据", "Opens with", _opened(statement)),
        ("超差标准", "Tolerances", tolerances_text(statement)),
        ("单位", "Unit", say("吨，六位小数；时间为北京时间", "tonnes, six decimals; times of Beijing")),
    )
    return [(say(zh, en), text) for zh, en, text in told]


def _opened(statement: MonthlyStatement) -> str:
    """The closes that the month opens with."""
    closes = [f"{base.direction[0]}→{base.direction[1]} {base.month}，{base.size}，{base.json}" for base in statement.bases]
    zh, en = "上月尚未结账，期初按现在的状况", "last month is not closed; opening is what stands now"
    return say("；".join(closes) or zh, "; ".join(closes) or en)


def _provisional(statement: MonthlyStatement) -> str:
    seen = when(statement.drawn_s)
    if not statement.is_provisional:
        return say("已完结：账本的末条入账在本月之后", "The month is over in the log")
    return say(
        f"未完结：账本末条入账 {seen}，本月尚未结束，期末各数截至该时",
        f"Provisional: the log's last entry is of {seen}; closing figures are as of then",
    )


def _equation(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for mirror in (*statement.mirror, statement.total):
        named = (mirror.code, statement.codes.get(mirror.code, "")) if mirror.code else (say("合计", "Total"), "")
        yield (*named, *_values(mirror, _TERMS))


def _parts(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    """Of an authority's statement by direction, of a party's by what it was."""
    for part in statement.parts:
        for mirror in (*part.mirror, part.total):
            named = (mirror.code, statement.codes.get(mirror.code, "")) if mirror.code else (say("合计", "Total"), "")
            yield (part_name(part), *named, *_values(mirror, _TERMS))


def _differences(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    within = say("允差内", "within") if statement.tolerances else say("未分级", "not graded")
    for row in gravity.differences(statement).rows:
        level = level_name(row.level) if row.level else within
        grams = _values(row, "declared_g sent_g came_g difference_g")
        yield (*_who(row, statement), *grams, Share(Decimal(row.deviation).scaleb(-4)), level, row.chain)


def _in_flight(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for row in gravity.in_transit(statement).rows:
        age, late = row.age_days(statement.as_of_s), _overdue(gravity.is_overdue(statement, row))
        yield (*_who(row, statement), *_carrier(row, statement), *_values(row, "declared_g departed_s"), age, late, row.chain)


def _waiting(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for row in gravity.not_departed(statement).rows:
        age, late = row.age_days(statement.as_of_s), _overdue(gravity.is_stale(statement, row))
        yield (*_who(row, statement), *_values(row, "declared_g issued_s"), age, late, row.chain)


def _duplicates(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for found in statement.duplicates:
        for trunk in found.manifests:
            generator = trunk.split("/")[1]
            yield found.number, statement.name(generator), generator, trunk


def _cut_off(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for row in gravity.cut_off(statement).rows:
        late = _overdue(gravity.is_long(statement, row))
        yield (*_who(row, statement), *_values(row, "declared_g departed_s received_s"), row.trip_s // 3600, late, row.chain)


def _without_departure(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for row in statement.without_departure:
        yield (*_who(row, statement), *_values(row, "declared_g received_s"), row.chain)


def _accounts(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for found in gravity.accounts(statement).rows:
        level = gravity.account_level(found, statement)
        moved = map(tonnes_of, found.moved_g.values())
        rest = _values(found, "closing_g year_g held_g used_g limit_g left_g")
        yield (
            layer_name(found.layer),
            found.label,
            tonnes_of(found.opening_g),
            *moved,
            *rest,
            level_name(level) if level else "",
            found.account,
        )


def _emergencies(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for found in statement.emergencies:
        counts = (found.manifests, *_values(found, "declared_g accepted_g"), found.unregularised, *_values(found, "ceiling_g counted_g"))
        yield (found.name, found.plan_no, *counts, found.emergency)


def _lines(statement: MonthlyStatement) -> Iterator[tuple[Value, ...]]:
    for row in statement.rows:
        places = (statement.place(row.origin), row.origin, statement.place(row.destination), row.destination)
        grams, times = "declared_g loaded_g accepted_g refused_g difference_g", "issued_s departed_s received_s voided_s declined_s"
        said = word(row.opinion, OPINIONS)
        yield (
            *_who(row, statement), *_carrier(row, statement), *places, stage_name(row.stage), *_values(row, grams), said, *_values(row, times),
            row.emergency, _moment(row.regularised_s), row.chain,
        )  # fmt: skip


_TABLES: dict[str, tuple[tuple[Head, ...], Callable[[MonthlyStatement], Iterable[Sequence[Value]]]]] = {
    "mirror": (_MIRROR, _equation),
    "parts": ((("分项", "Part", 28), *_MIRROR), _parts),
    "m4_differences": (_DIFFERENCES, _differences),
    "m5_in_flight": (_IN_FLIGHT, _in_flight),
    "m5_waiting": (_WAITING, _waiting),
    "m6_duplicates": (_DUPLICATES, _duplicates),
    "m7_cut_off": (_CUT_OFF, _cut_off),
    "m9_accounts": (_ACCOUNTS, _accounts),
    "m12_without_departure": (_NO_DEPARTURE, _without_departure),
    "lines": (_LINES, _lines),
}
