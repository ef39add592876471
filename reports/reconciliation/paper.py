"""The statement on paper, A4 landscape: page 1 says everything that matters, the pages behind it list what it is made of."""

from collections.abc import Sequence

from ledger.admission.personality import Books
from ledger.mass import format_mass
from reports.paper.fonts import BOLD, REGULAR
from reports.paper.grid import Cell, Column, label, mass, row, section, table, value
from reports.paper.sheet import A4, ACCENT, ALARM, GREY, INK, RULE, SHADE, Paint, Sheet
from reports.reconciliation.lists import line_lists
from reports.reconciliation.model import AccountMonth, Duplicate, LineRow, MirrorEquation, MonthlyStatement
from reports.reconciliation.text import tolerance_text
from reports.words import COLUMNS, moment

_NOTICE = "本对账单由账本数据计算得出，供两地主管部门核对；不替代法定统计与申报。"
_CODES_ON_PAGE_1 = 8
_CODES_NAMED = 6
_CODES_IN_CHART = 6
_CHART_LEAST = 96.0
_UNDER_WAY, _TAKEN = "#94B8AE", "#3B7EA1"
_GRAMS = 1.05
"""Share of a column of masses among those of an account."""
_MIRROR: tuple[Column[MirrorEquation], ...] = (
    Column("废物代码", "Code", 1.2, lambda mirror: mirror.code or "合计", "center"),
    mass("期初在途", "Opening", 1.25, lambda mirror: mirror.opening_g),
    mass("本月移出", "Departed", 1.25, lambda mirror: mirror.departed_g),
    mass("本月接受", "Accepted", 1.25, lambda mirror: mirror.accepted_g),
    mass("本月拒收", "Refused", 1.2, lambda mirror: mirror.refused_g),
    mass("磅差", "Difference", 1.15, lambda mirror: mirror.difference_g),
    mass("期末在途", "Closing", 1.25, lambda mirror: mirror.closing_g),
    mass("差额", "Unequal", 1.0, lambda mirror: mirror.unequal_g, lambda mirror: mirror.unequal_g != 0),
)
_DUPLICATES: tuple[Column[Duplicate], ...] = (
    Column("国家联单编号", "Number", 1, lambda found: found.number, size=7),
    Column("联单", "Manifests", 4, lambda found: "\n".join(found.manifests), size=6.5),
)


def _moved(column: Books) -> Column[AccountMonth]:
    return mass(*COLUMNS[column], _GRAMS, lambda account: account.moved_g[column])


_ACCOUNTS: tuple[Column[AccountMonth], ...] = (
    Column("层次", "Layer", 0.45, lambda account: account.layer, "center"),
    Column("账户", "Account", 3.0, lambda account: account.label),
    mass("期初累计", "Opening", _GRAMS, lambda account: account.opening_g),
    *map(_moved, COLUMNS),
    mass("期末累计", "Closing", _GRAMS, lambda account: account.closing_g),
    mass("其中本年", "This year", _GRAMS, lambda account: account.year_g),
    mass("其中预占", "Of it held", _GRAMS, lambda account: account.held_g),
    mass("上限", "Limit", _GRAMS, lambda account: account.limit_g),
    mass("余额", "Left", _GRAMS, lambda account: account.left_g, lambda account: (account.left_g or 0) < 0),
)


def to_pdf(statement: MonthlyStatement) -> bytes:
    """The bytes of the document."""
    sheet = Sheet((A4[1], A4[0]), margin=40, top=38, bottom=48)
    _masthead(sheet, statement)
    _equation(sheet, statement)
    _codes(sheet, statement)
    _indicators(sheet, statement)
    _sources(sheet, statement)
    if statement.rows or statement.duplicates or statement.accounts:
        sheet.new_page()
        _lists(sheet, statement)
    left = f"{statement.direction}　{statement.period.month}　检查点 {statement.size}"
    title = f"月度对账单 {statement.period.month} {statement.direction}"
    return sheet.to_pdf(title, statement.stem, notice=_NOTICE, left=left, is_demo=statement.is_demo)


def _masthead(sheet: Sheet, statement: MonthlyStatement) -> None:
    left, right = sheet.margin, sheet.margin + sheet.room
    sheet.text(left, sheet.top + 18, "危险废物跨省转移月度对账单", Paint(20, BOLD, INK))
    subtitle = "Monthly reconciliation of interprovincial hazardous-waste transfers · liandan"
    sheet.text(left, sheet.top + 32, subtitle, Paint(7.5, REGULAR, GREY))
    year, month = statement.period.month.split("-")
    sheet.text(right, sheet.top + 14, f"{year} 年 {int(month)} 月", Paint(15, BOLD, ACCENT, "right"))
    sheet.text(right, sheet.top + 31, statement.direction, Paint(11, REGULAR, INK, "right"))
    sheet.rule(left, sheet.top + 40, sheet.room, color=ACCENT, line=1.2)
    sheet.y = sheet.top + 44


def _equation(sheet: Sheet, statement: MonthlyStatement) -> None:
    """The mirror equation as six boxes with its signs."""
    section(sheet, "镜像等式（移出地与接受地互相解释，单位：吨）", "Mirror equation, t")
    total = statement.total
    parts = (
        ("期初在途", "in transit, opening", total.opening_g, ""),
        ("本月移出", "departed", total.departed_g, "＋"),
        ("本月接受", "accepted", total.accepted_g, "＝"),
        ("本月拒收", "refused", total.refused_g, "＋"),
        ("磅差", "difference", total.difference_g, "＋"),
        ("期末在途", "in transit, closing", total.closing_g, "＋"),
    )
    gap, high = 17.0, 46.0
    wide = (sheet.room - gap * (len(parts) - 1)) / len(parts)
    sheet.need(high)  # which draws the heading: what stands under it is placed by hand
    x, y = sheet.margin, sheet.y
    for zh, en, grams, sign in parts:
        if sign:
            sheet.text(x + gap / 2, y + high / 2 + 5, sign, Paint(13, BOLD, ACCENT, "center"))
            x += gap
        sheet.box(x, y, wide, high, fill=SHADE, stroke=RULE)
        sheet.text(x + wide / 2, y + 12, f"{zh}　{en}", Paint(6.8, REGULAR, GREY, "center"))
        sheet.text(x + wide / 2, y + 33, format_mass(grams), Paint(12.5, BOLD, INK, "center"))
        x += wide
    sheet.y = y + high + 5
    if statement.is_balanced:
        verdict, color = "等式两边相等，差额 0.000000 吨；按废物代码逐一成立。", ACCENT
    else:
        codes = [mirror.code for mirror in statement.mirror if mirror.unequal_g]
        named = "、".join(codes[:_CODES_NAMED]) + (f" 等 {len(codes)} 个代码" if len(codes) > _CODES_NAMED else "")
        rows = len(statement.without_departure)
        why = f"；其中 {rows} 行无起运记录即接受（M12）" if rows else ""
        verdict, color = f"高级提示 MIRROR_UNEQUAL：等式不平，差额 {format_mass(total.unequal_g)} 吨，涉及 {named}{why}。", ALARM
    sheet.paragraph(verdict, Paint(10, BOLD, color))
    outside = (
        f"等式之外：期末已开具未起运 {format_mass(total.waiting_g)} 吨；本月作废 {format_mass(total.voided_g)} 吨；"
        f"接受人谢绝 {format_mass(total.declined_g)} 吨。"
    )
    sheet.paragraph(outside, Paint(8, REGULAR, GREY))


def _codes(sheet: Sheet, statement: MonthlyStatement) -> None:
    """The equation by code on the left, the chart on the right; what does not fit follows on a page of its own."""
    section(sheet, "按废物代码", "By waste code")
    shown = statement.mirror[:_CODES_ON_PAGE_1]
    sheet.need(_CHART_LEAST)
    top, chart_width = sheet.y, 205.0
    sheet.inset = chart_width + 14
    table(sheet, _MIRROR, shown, sums=statement.total if shown else None, size=7.2)
    if not shown:
        row(sheet, (value("本月无转移", 9.55, align="center"),))
    sheet.inset = 0.0
    if len(statement.mirror) > len(shown):
        sheet.y += 2
        sheet.paragraph(f"其余 {len(statement.mirror) - len(shown)} 个代码见后页，合计含全部代码。", Paint(6.8, color=GREY))
    height = max(sheet.y - top, _CHART_LEAST)
    _chart(sheet, statement, sheet.margin + sheet.room - chart_width, top, chart_width, height)
    sheet.y = top + height


def _chart(sheet: Sheet, statement: MonthlyStatement, x: float, y: float, wide: float, high: float) -> None:
    """What was to be explained (opening and departed) against how it is explained, in tonnes: the codes with most mass, two bars each."""
    sheet.box(x, y, wide, high, stroke=RULE)
    sheet.text(x + 8, y + 12, "移出与去向对照（吨）", Paint(7.5, REGULAR, INK))
    codes = sorted(statement.mirror, key=lambda mirror: (-_explained(mirror), mirror.code))[:_CODES_IN_CHART]
    most = max((_explained(mirror) for mirror in codes), default=0)
    if not most:
        sheet.text(x + wide / 2, y + high / 2 + 4, "本月无转移", Paint(8, REGULAR, GREY, "center"))
        return
    step = (high - 34) / len(codes)
    thick, room = min(9.0, step * 0.36), wide - 62
    for place, mirror in enumerate(codes):
        middle = y + 19 + place * step + step / 2
        left = ((mirror.opening_g, _UNDER_WAY), (mirror.departed_g, ACCENT))
        right = ((mirror.accepted_g, _TAKEN), (mirror.refused_g, ALARM), (mirror.closing_g, _UNDER_WAY))
        sheet.text(x + 8, middle + 2.5, mirror.code, Paint(6.5, REGULAR, INK))
        for top, parts in ((middle - thick, left), (middle + 0.8, right)):
            at = x + 54
            for grams, color in parts:
                length = room * grams / most
                if length > 0:
                    sheet.box(at, top, length, thick, fill=color, stroke=None)
                at += length
    for number, (name, color) in enumerate((("在途", _UNDER_WAY), ("本月移出", ACCENT), ("接受", _TAKEN), ("拒收", ALARM))):
        at = x + 8 + 46 * number
        sheet.box(at, y + high - 13, 5, 5, fill=color, stroke=None)
        sheet.text(at + 7, y + high - 8, name, Paint(6, REGULAR, GREY))


def _explained(mirror: MirrorEquation) -> int:
    return max(mirror.opening_g + mirror.departed_g, mirror.accepted_g + mirror.refused_g + mirror.closing_g)


def _indicators(sheet: Sheet, statement: MonthlyStatement) -> None:
    """What needs a person: one line of figures, by number of the check."""
    section(sheet, "需要核对的事项", "Open items")
    flagged = [row for row in statement.differing if row.level]
    flying, waiting = (_count_and_age(statement, rows) for rows in (statement.in_flight, statement.waiting))
    manifests = len({(row.generator, row.manifest) for row in statement.departed})
    over = [account for account in statement.accounts if (account.left_g or 0) < 0]
    items = (
        ("本月移出", f"{manifests} 份联单，{len(statement.departed)} 行"),
        ("M4 重量差异", f"{len(statement.differing)} 行，其中超差 {len(flagged)} 行"),
        ("M5 期末在途", flying),
        ("M5 期末未起运", waiting),
        ("M6 编号重复", f"{len(statement.duplicates)} 个"),
        ("M7 跨期", f"{len(statement.cut_off)} 行"),
        ("M9 额度超用", f"{len(over)} 个账户"),
        ("M12 无起运接受", f"{len(statement.without_departure)} 行"),
    )
    row(sheet, [Cell(text=name, sub="", share=1, size=7.2, fill=SHADE, align="center", color="#334155") for name, _ in items])
    row(sheet, [Cell(text=text, share=1, size=8, align="center") for _, text in items])


def _count_and_age(statement: MonthlyStatement, rows: Sequence[LineRow]) -> str:
    """How many lines are open at the end of the month, and the age of the oldest."""
    oldest = max((row.age_days(statement.period.end_s) for row in rows), default=None)
    return "0 行" if oldest is None else f"{len(rows)} 行，最长 {oldest} 天"


def _sources(sheet: Sheet, statement: MonthlyStatement) -> None:
    """What it was drawn from: enough to compute it again."""
    section(sheet, "数据来源与复算", "Drawn from")
    found = f"{statement.origin}　创始声明 {statement.found}"
    row(sheet, (label("账本", "Log", 0.8), value(found, 5.4, size=7), label("检查点规模", "Size", 0.8), value(str(statement.size), 1.0)))
    drawn, versions = f"{statement.root}　末条入账 {moment(statement.drawn_at)}", "\n".join(found.version for found in statement.tolerances)
    row(sheet, (label("根哈希", "Root", 0.8), value(drawn, 5.4, size=7), label("差异标准", "Tolerance", 0.8), value(versions, 1.0)))
    rules = (
        "起运、接受按行为时间（北京时间）归月，额度变动按入账时间归月；移出量按联单申报量。晚入账的行为会改变往月对账单，请在同一检查点规模下比对。"
        f"超差标准（R-62，无法定数值，为本账本采用的数据）：{'；'.join(map(tolerance_text, statement.tolerances)) or '未采用'}。"
        f"复算：liandan reconcile {statement.period.month} --from 导出目录，所得 JSON、XLSX、PDF 应逐字节相同。"
    )
    row(sheet, (label("规则", "Rules", 0.8), value(rules, 7.2, size=6.8)))


def _lists(sheet: Sheet, statement: MonthlyStatement) -> None:
    if len(statement.mirror) > _CODES_ON_PAGE_1:
        section(sheet, "镜像等式：全部废物代码", "Mirror equation, all codes")
        table(sheet, _MIRROR, statement.mirror, sums=statement.total, size=7.2)
    if statement.accounts:
        section(sheet, "M9　额度使用（按入账时间）", "Draw-down of quotas")
        table(sheet, _ACCOUNTS, statement.accounts, size=6.8)
    line_lists(sheet, statement)
    if statement.duplicates:
        section(sheet, "M6　编号重复", "Duplicate numbers")
        table(sheet, _DUPLICATES, statement.duplicates)
