"""The last pages of a statement: by which rules it was counted, and what it was drawn from, enough to compute it again."""

from hashlib import sha256

from reports.paper.fonts import REGULAR, width, wrap
from reports.paper.grid import label, row, row_height, section, value
from reports.paper.sheet import ACCENT, GREY, INK, Paint, Sheet
from reports.paper.tongue import say
from reports.reconciliation.faces.text import to_json, tolerances_text
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.rules import RULES
from reports.words import when

_SIZE, _LEADING, _APART = 6.8, 9.2, 3.2


def draw_rules(sheet: Sheet, statement: MonthlyStatement) -> None:
    """Every rule of counting, numbered, in two columns; of a month in which nothing was counted none."""
    if not statement.rows and not statement.adjustments:
        return
    section(sheet, "对账规则", "Rules by which it was counted")
    wide = (sheet.room - 16) / 2
    laid = [(f"{place}.", wrap(say(rule.zh, rule.en), _SIZE, wide - 18)) for place, rule in enumerate(RULES, 1)]
    heights = [_LEADING * len(lines) + _APART for _, lines in laid]
    half, left = sum(heights) / 2, 0
    while sum(heights[: left + 1]) <= half:
        left += 1
    sheet.need(max(sum(heights[:left]), sum(heights[left:])))
    top = sheet.y
    for x, part in ((sheet.margin, laid[:left]), (sheet.margin + wide + 16, laid[left:])):
        y = top
        for number, lines in part:
            sheet.text(x + 13 - width(number, _SIZE), y + _LEADING - 2, number, Paint(_SIZE, REGULAR, ACCENT))
            for line in lines:
                y += _LEADING
                sheet.text(x + 18, y - 2, line, Paint(_SIZE, REGULAR, INK))
            y += _APART
    sheet.y = top + max(sum(heights[:left]), sum(heights[left:]))


def draw_sources(sheet: Sheet, statement: MonthlyStatement, layout: int) -> None:
    """What it was drawn from: enough to compute it again; and what it does not say."""
    section(sheet, "数据来源与复算", "Drawn from, and how to compute it again")
    digest = sha256(to_json(statement)).hexdigest()
    versions = "\n".join(found.version for found in statement.tolerances)
    found = say(f"{statement.origin}　创始声明 {statement.found}", f"{statement.origin}, founding statement {statement.found}")
    drawn = say(f"{statement.root}　末条入账 {when(statement.drawn_s)}", f"{statement.root}, last entry {when(statement.drawn_s)}")
    whose = f" --party {statement.scope.party}" if statement.scope.party else ""
    whose = f" --authority {statement.scope.authority}" if statement.scope.authority else whose
    command = f"liandan reconcile {statement.period.month}{whose} --size {statement.size} --from"
    left_out = say(
        f"名称、额度上限和期限取检查点处的值。误差限（无法定数值，为本账本采用的数据）：{tolerances_text(statement)}。"
        "单位自己的台账不在账本上：与台账的比对（M2、M3 的另一边）另行列出。",
        "Names, limits of quotas and terms are those at the checkpoint. "
        f"Tolerances, which no law fixes and this log has adopted: {tolerances_text(statement)}. "
        "Firms' own registers are not on the log: what they say beside M2 and M3 is told elsewhere.",
    )
    again = say(
        f"各表所有的行见 XLSX 和 JSON；JSON 的 SHA-256：{digest}。以 {command} 导出目录 复算，所得 JSON、XLSX、PDF 应逐字节相同。",
        f"The XLSX and the JSON have all rows; SHA-256 of the JSON: {digest}. {command} EXPORT makes the same JSON, XLSX and PDF to the byte.",
    )
    rows = (
        (label("账本", "Log", 0.8), value(found, 5.4, size=7), label("检查点规模", "Size", 0.8), value(str(statement.size), 1.0)),
        (label("根哈希", "Root", 0.8), value(drawn, 5.4, size=7), label("差异标准", "Tolerance", 0.8), value(versions, 1.0)),
        (label("口径", "Values", 0.8), value(left_out, 7.2, size=6.8)),
        (label("复算", "Again", 0.8), value(again, 5.4, size=6.8), label("版式", "Layout", 0.8), value(str(layout), 1.0)),
    )
    sheet.need(sum(row_height(cells, sheet.room) for cells in rows))
    for cells in rows:
        row(sheet, cells)
    if sheet.undrawable:
        named = "、".join(f"U+{ord(char):04X}" for char in sheet.undrawable)
        sheet.y += 4
        zh = f"注：下列字符本件字体无字形，正文以〔U+码位〕代替，原文见 JSON 和 XLSX：{named}。"
        sheet.paragraph(
            say(zh, f"Note: no font here has these characters, printed as 〔U+…〕; the JSON and XLSX have them: {named}."),
            Paint(7, color=GREY),
        )
