"""The statement on paper, A4 landscape: page 1 says whether the month is fine and everything that matters, the pages behind it list it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.mass import format_mass
from reports.paper.fonts import BOLD, BOLD_LEAST, REGULAR, width, wrap
from reports.paper.grid import Cell, Column, fitting_size, row, section, table, tonnes
from reports.paper.sheet import A4, ACCENT, ALARM, GREY, INK, RULE, SHADE, Paint, Sheet
from reports.paper.tongue import clauses, listed, say, spoken
from reports.reconciliation.faces.chart import AROUND, ROW, WIDTH, charted, draw_chart, height_of
from reports.reconciliation.faces.item_lists import draw_own
from reports.reconciliation.faces.lists import draw_lists, equation_columns, equation_rows, title_of
from reports.reconciliation.faces.sources import draw_rules, draw_sources
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.finding import MonthFinding
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.judged.open_items import open_items
from reports.reconciliation.judged.verdict import both_sentences, is_fine, provisional_mark
from reports.reconciliation.judged.wording import as_it_ends, finding_level, oldest, plural, table_word
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import EmergencyMonth, MonthlyStatement

LAYOUT = 4
"""Version of what is printed and where. What a paper of another layout is about is proved by the hash of the JSON that it bears."""
TITLE = ("危险废物跨省转移月度对账单", "Monthly reconciliation of interprovincial hazardous-waste transfers")
_OF_FIRM = ("危险废物转移企业对账单", "Monthly statement of a firm's hazardous-waste transfers")
_OF_OFFICE = ("危险废物转移辖区对账单", "Monthly reconciliation of a region's hazardous-waste transfers")
_TO_FIRM = (
    "本对账单由账本数据计算得出，供贵单位核对；不替代法定统计与申报。",
    "Computed from the log for you to go through; it takes no statutory report's place.",
)
_NOTICE = (
    "本对账单由账本数据计算得出，供两地主管部门核对；不替代法定统计与申报。",
    "Computed from the log for the authorities of both provinces; it takes no statutory report's place.",
)
_CODES_MAX, _CODES_IN_CHART = 8, 5
_SIZE = 10.5


class _Told(Struct, frozen=True):
    """A month, what of it is out of order in the language that is being printed, and the sentence by language."""

    statement: MonthlyStatement
    found: Sequence[MonthFinding]
    said: Mapping[str, str]


def to_pdf(statement: MonthlyStatement) -> bytes:
    """The bytes of the document, in the language that is being spoken."""
    month = _Told(statement, findings(statement), both_sentences(statement))
    shown = _codes_shown(month)
    behind = _sheet()
    if statement.has_begun:
        draw_lists(behind, statement, is_equation_cut=shown < len(statement.mirror))
    behind.need(0)
    sheet = _front(month, shown, {})
    if behind.headings:  # drawn again, now that it is known on which page each table stands
        before = len(sheet.pages)
        sheet = _front(month, shown, {title: page + before for title, page in behind.headings.items()})
        sheet.append(behind)
    draw_rules(sheet, statement)
    draw_sources(sheet, statement, LAYOUT)
    left = "　".join((statement.direction, statement.period.month, say(f"检查点 {statement.size}", f"checkpoint {statement.size}")))
    zh, en = (f"{name} {statement.period.month} {statement.direction}" for name in ("月度对账单", "Monthly reconciliation"))
    banner = provisional_mark(statement)
    return sheet.to_pdf(
        say(zh, en),
        statement.stem,
        notice=say(*(_TO_FIRM if statement.scope.party else _NOTICE)),
        left=left,
        is_demo=statement.is_demo,
        banner=banner,
    )


def _sheet() -> Sheet:
    return Sheet((A4[1], A4[0]), margin=40, top=38, bottom=48)


def _codes_shown(month: _Told) -> int:
    """How many codes page 1 has room for beside what is out of order; where it has none, as many as page 2 may show."""
    most = min(len(month.statement.mirror), _CODES_MAX)
    return next((count for count in range(most, 0, -1) if len(_front(month, count, {}).pages) == 1), most)


def _front(month: _Told, shown: int, pages: Mapping[str, int]) -> Sheet:
    """Page 1, with so many codes; ``pages`` by the headings of the tables behind."""
    sheet, statement = _sheet(), month.statement
    _masthead(sheet, statement)
    _verdict(sheet, month)
    if statement.has_begun:
        if statement.scope.party:
            draw_own(sheet, statement)
        _items(sheet, statement, month.found, pages)
        _equation(sheet, statement)
        if statement.mirror:
            _codes(sheet, statement, shown)
    sheet.need(0)
    return sheet


def _masthead(sheet: Sheet, statement: MonthlyStatement) -> None:
    left, right = sheet.margin, sheet.margin + sheet.room
    title = _OF_FIRM if statement.scope.party else _OF_OFFICE if statement.scope.authority else TITLE
    sheet.text(left, sheet.top + 18, say(*title), Paint(20 if spoken() == "zh" else 15, BOLD, INK))
    sheet.text(left, sheet.top + 32, f"{say(*title[::-1])} · liandan", Paint(7.5, REGULAR, GREY))
    year, month = statement.period.month.split("-")
    sheet.text(right, sheet.top + 14, say(f"{year} 年 {int(month)} 月", statement.period.month), Paint(15, BOLD, ACCENT, "right"))
    whose = statement.scope.party or statement.scope.authority
    sheet.text(right, sheet.top + 31, f"{statement.direction}　{whose}".rstrip(), Paint(9 if whose else 11, REGULAR, INK, "right"))
    sheet.rule(left, sheet.top + 40, sheet.room, color=ACCENT, line=1.2)
    sheet.y = sheet.top + 47


def _verdict(sheet: Sheet, month: _Told) -> None:
    """The sentence in a frame, in the document's language; in the other one, small, under it."""
    is_good = is_fine(month.statement, month.found) and not month.statement.is_provisional
    color, other = ACCENT if is_good else ALARM, month.said["en" if spoken() == "zh" else "zh"]
    lines, small = wrap(month.said[spoken()], _SIZE, sheet.room - 26), wrap(other, 6.8, sheet.room - 26)
    height = 15 * len(lines) + 9 * len(small) + 10
    sheet.box(sheet.margin, sheet.y, sheet.room, height, stroke=color, line=1.0)
    sheet.box(sheet.margin, sheet.y, 5, height, fill=color, stroke=None)
    y = sheet.y + 15
    for line in lines:
        sheet.text(sheet.margin + 15, y, line, Paint(_SIZE, BOLD, color))
        y += 15
    for line in small:
        sheet.text(sheet.margin + 15, y - 3, line, Paint(6.8, REGULAR, GREY))
        y += 9
    sheet.y += height + 3


def _items(sheet: Sheet, statement: MonthlyStatement, found: Sequence[MonthFinding], pages: Mapping[str, int]) -> None:
    """What is out of order, the gravest first: how much, the gravest case, where it is listed; then how much there is of everything."""

    def where(finding: MonthFinding) -> str:
        titles = say(*title_of(statement, finding.table))
        return next((str(page) for title, page in pages.items() if title.startswith(titles)), "1")

    columns: tuple[Column[MonthFinding], ...] = (
        Column("级别", "Level", 0.75, lambda one: finding_level(one.level), "center", lambda one: one.level != "L"),
        Column("事项", "What", 3.1, lambda one: one.text[:1].upper() + one.text[1:]),
        Column("吨", "t", 0.9, lambda one: "" if one.mass_g is None else tonnes(one.mass_g), "right"),
        Column("最重者", "The gravest", 4.9, lambda one: one.worst),
        Column("表", "Table", 0.5, lambda one: table_word(one.table), "center"),
        Column("页", "Page", 0.4, where, "center"),
    )
    is_told = bool(found and open_items(statement))
    section(
        sheet,
        "需要核对的事项" + ("　由谁办、到哪天：见后页“未符项”" if is_told else ""),
        "What needs attention" + ("; whose turn, by when: see Open items" if is_told else ""),
    )
    if found:
        table(sheet, columns, found, size=7.2)
    row(sheet, [Cell(text=_counts(statement), size=7.2, fill=SHADE)])


def _counts(statement: MonthlyStatement) -> str:
    """How much there is of everything, fine or not."""
    manifests = len({(row.generator, row.manifest) for row in statement.departed})
    weights = gravity.differences(statement)
    return clauses(
        say(
            f"本月移出 {manifests} 份联单、{len(statement.departed)} 行", f"Departed {manifests} manifests, {len(statement.departed)} lines"
        ),
        say(f"接受 {len(statement.received)} 行", f"received {len(statement.received)} lines"),
        say(
            f"M4 重量差异 {len(weights.rows)} 行，允差内 {len(weights.within)} 行",
            f"M4 weight differences {len(weights.rows)}, within tolerance {len(weights.within)}",
        ),
        _open_text(statement, statement.in_flight, ("M5 期末在途", "M5 in transit, closing")),
        _open_text(statement, statement.waiting, ("M5 期末未起运", "M5 not departed, closing")),
        say(f"M6 编号重复 {len(statement.duplicates)} 个", f"M6 numbers used twice {len(statement.duplicates)}"),
        say(f"M7 跨期 {len(statement.cut_off)} 行", f"M7 cut-off {len(statement.cut_off)}"),
        say(f"M9 额度 {len(statement.accounts)} 个账户", f"M9 quota accounts {len(statement.accounts)}"),
        say(f"M12b 无起运接受 {len(statement.without_departure)} 行", f"M12b without a departure {len(statement.without_departure)}"),
        *map(_emergency_text, statement.emergencies),
    )


def _emergency_text(found: EmergencyMonth) -> str:
    """How much moves on an emergency, and how much of it waits for its papers."""
    moved, ceiling = tonnes(found.declared_g, weighed=False), tonnes(found.ceiling_g, weighed=False)
    text = say(
        f"应急转移“{found.name}”{found.manifests} 份联单 {moved} 吨，{found.unregularised} 份尚未补办，上限 {ceiling} 吨",
        f"emergency {found.name}: {plural(found.manifests, 'manifest')}, {moved} t, {found.unregularised} not regularised; ceiling {ceiling} t",
    )
    if found.counted_g is None:
        return text
    counted = tonnes(found.counted_g, weighed=False)
    return text + say(f"，已计入 {counted} 吨", f", {counted} t counted")


def _open_text(statement: MonthlyStatement, rows: Sequence[LineRow], words: tuple[str, str]) -> str:
    zh, en = as_it_ends(statement, *words)
    return (
        "，".join(filter(None, (f"{zh} {len(rows)} 行", oldest(statement, rows))))
        if spoken() == "zh"
        else listed(f"{en} {len(rows)}", oldest(statement, rows))
    )


def _equation(sheet: Sheet, statement: MonthlyStatement) -> None:
    """The mirror equation as six boxes with its signs."""
    section(
        sheet,
        "M12　镜像等式（吨；磅差＝移出−到场，正数为短少，M4 亦同）",
        "M12 Mirror equation, t; difference, in M4 too: what left − what came, above 0: less came",
    )
    total = statement.total
    parts = (
        ("期初在途", "In transit, opening", total.opening_g, ""),
        *((("往月调整", "Adjusted", total.adjusted_g, "＋"),) if statement.bases else ()),
        ("本月移出", "Departed", total.departed_g, "＋"),
        ("本月接受", "Accepted", total.accepted_g, "＝"),
        ("本月拒收", "Refused", total.refused_g, "＋"),
        ("磅差", "Difference", total.difference_g, "＋"),
        (*as_it_ends(statement, "期末在途", "In transit, closing"), total.closing_g, "＋"),
    )
    gap, high = 17.0, 38.0
    wide = (sheet.room - gap * (len(parts) - 1)) / len(parts)
    sheet.need(high + 16)  # which draws the heading: what stands under it is placed by hand, and a sentence under that
    x, y = sheet.margin, sheet.y
    for zh, en, grams, sign in parts:
        if sign:
            sheet.text(x + gap / 2, y + high / 2 + 5, sign, Paint(13, BOLD, ACCENT, "center"))
            x += gap
        sheet.box(x, y, wide, high, fill=SHADE, stroke=RULE)
        sheet.text(x + wide / 2, y + 11, say(zh, en), Paint(7.2, REGULAR, GREY, "center"))
        text = format_mass(grams)
        size = min(12.5, max(BOLD_LEAST, 12.5 * (wide - 6) / width(text, 12.5)))
        sheet.text(x + wide / 2, y + 28, text, Paint(size, BOLD, INK, "center"))
        x += wide
    sheet.y = y + high + 2
    outside = say(
        f"等式之外：期末已开具未起运 {format_mass(total.waiting_g)} 吨；本月作废 {format_mass(total.voided_g)} 吨；接受人谢绝 {format_mass(total.declined_g)} 吨。",
        f"Outside the equation: not departed, closing {format_mass(total.waiting_g)} t; voided {format_mass(total.voided_g)} t; declined by receivers "
        f"{format_mass(total.declined_g)} t.",
    )
    equal = say("等式两边相等，差额 0.000000 吨。", "Both sides are equal. ")
    unequal = say(f"等式不平，差额 {format_mass(total.unequal_g)} 吨。", f"Not equal: {format_mass(total.unequal_g)} t are unexplained. ")
    color = GREY if statement.is_balanced else ALARM
    sheet.paragraph(
        (equal if statement.is_balanced else unequal) + say(*as_it_ends(statement, outside, outside)), Paint(7.6, REGULAR, color)
    )


def _codes(sheet: Sheet, statement: MonthlyStatement, shown: int) -> None:
    """The equation by code on the left, the chart on the right; what does not fit follows on a page of its own."""
    section(sheet, "镜像等式：按废物代码", "Mirror equation by waste code")
    rows = equation_rows(statement)
    sheet.need(height_of(1))
    in_chart = charted(statement, rows, min(_CODES_IN_CHART, int((sheet.left_over - AROUND) // ROW)))
    top, page = sheet.y, len(sheet.pages)
    sheet.inset = WIDTH + 12 if in_chart else 0.0
    columns = equation_columns(statement)
    size = fitting_size(sheet, columns, (*rows[:shown], statement.total))
    table(sheet, columns, rows[:shown], sums=statement.total, size=size)
    if len(rows) > shown:
        sheet.y += 2
        zh = f"其余 {len(rows) - shown} 个代码见后文“M12　镜像等式：全部废物代码”，合计含全部代码。"
        en = f"{plural(len(rows) - shown, 'more code')}: see “M12 Mirror equation, all codes” behind; the total is of all."
        sheet.paragraph(say(zh, en), Paint(6.8, color=GREY))
    sheet.inset = 0.0
    if in_chart and len(sheet.pages) == page:
        draw_chart(sheet, statement, in_chart, sheet.margin + sheet.room - WIDTH, top, height_of(len(in_chart)))
        sheet.y = max(sheet.y, top + height_of(len(in_chart)))
