"""A register's sums on paper, A4 landscape: how much there was, by code, by partner and by month; the workbook has every line."""

from collections.abc import Callable, Sequence

from reports.paper.fonts import BOLD, REGULAR
from reports.paper.grid import Column, fitting_size, label, mass, row, section, table, value
from reports.paper.sheet import A4, ACCENT, ALARM, GREY, INK, Paint, Sheet
from reports.paper.tongue import say, spoken
from reports.registers.model import TITLES, FirmRegister, FirmStock, FirmSum
from reports.registers.text import notes, title_of

LISTED_MAX = 60
"""Partners or codes of one table on paper; the workbook has all."""
_NOTICE = (
    "本登记册由账本数据计算得出，不替代法定台账与申报。",
    "Computed from the log; it takes no statutory ledger's or report's place.",
)
_Sums = Sequence[FirmSum]


def to_pdf(found: FirmRegister) -> bytes:
    """The bytes of the document, in the language that is being spoken."""
    sheet = Sheet((A4[1], A4[0]), margin=40, top=38, bottom=48)
    _masthead(sheet, found)
    _part(sheet, found, ("合计", "Total"), (found.total,), lambda one: found.period.month)
    _part(sheet, found, ("按废物代码", "By waste code"), found.by_code, lambda one: f"{one.key} {found.codes.get(one.key, '')}".rstrip())
    partner = ("按接受人", "By receiver") if found.asked.register == "generator" else ("按移出人", "By generator")
    _part(sheet, found, partner, found.by_partner, lambda one: f"{found.names.get(one.key, one.key)}\n{one.key}")
    if len(found.by_month) > 1:
        _part(
            sheet,
            found,
            ("按月（无记录的月份从略）", "By month, those with nothing left out"),
            [one for one in found.by_month if one.lines],
            lambda one: one.key,
        )
    if found.asked.register == "receiver":
        _stock(sheet, found)
    _sources(sheet, found)
    left = "　".join(
        (title_of(found.asked), found.name, found.period.month, say(f"检查点 {found.log.size}", f"checkpoint {found.log.size}"))
    )
    banner = "" if found.log.is_over else say("未完结", "PROVISIONAL")
    whole = f"{title_of(found.asked)} {found.name} {found.period.month}"
    return sheet.to_pdf(whole, found.asked.stem, notice=say(*_NOTICE), left=left, is_demo=found.log.is_demo, banner=banner)


def _masthead(sheet: Sheet, found: FirmRegister) -> None:
    left, right = sheet.margin, sheet.margin + sheet.room
    zh, en = TITLES[found.asked.register]
    year, _, month = found.period.month.partition("-")
    sheet.text(left, sheet.top + 18, say(zh, en), Paint(20 if spoken() == "zh" else 17, BOLD, INK))
    sheet.text(left, sheet.top + 32, f"{say(en, zh)} · liandan", Paint(7.5, REGULAR, GREY))
    when = say(f"{year} 年" + (f" {int(month)} 月" if month else "度"), found.period.month)
    sheet.text(right, sheet.top + 14, when, Paint(15, BOLD, ACCENT, "right"))
    sheet.text(right, sheet.top + 31, f"{found.name}　{found.asked.party}", Paint(9, REGULAR, INK, "right"))
    sheet.rule(left, sheet.top + 40, sheet.room, color=ACCENT, line=1.2)
    sheet.y = sheet.top + 47
    if not found.log.is_over:
        sheet.paragraph(
            say("期间在账本中尚未完结，数字为暂计。", "The period is not over in the log: figures are provisional."),
            Paint(8.5, REGULAR, ALARM),
        )


def _part(sheet: Sheet, found: FirmRegister, title: tuple[str, str], rows: _Sums, key: Callable[[FirmSum], str]) -> None:
    shown = sorted(rows, key=lambda one: (-(one.departed_g or one.carried_g), one.key))[:LISTED_MAX] if len(rows) > LISTED_MAX else rows
    section(sheet, *title)
    if not rows:
        row(sheet, (value(say("本期没有。", "None in the period."), 1.0),))
        return
    columns = _columns(found, key)
    table(sheet, columns, shown, size=fitting_size(sheet, columns, shown))
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        text = say(f"另有 {more} 行较小的，见 XLSX 和 JSON。", f"{more} smaller ones are in the XLSX and JSON.")
        sheet.paragraph(text, Paint(6.8, color=GREY))


def _columns(found: FirmRegister, key: Callable[[FirmSum], str]) -> tuple[Column[FirmSum], ...]:
    first: tuple[Column[FirmSum], ...] = (
        Column("项目", "Of", 2.6, key),
        Column("联单", "Manifests", 0.7, lambda one: str(one.manifests), "right"),
        Column("行", "Lines", 0.6, lambda one: str(one.lines), "right"),
    )
    if found.asked.register == "carrier":
        return (
            *first,
            mass("期初在途（吨）", "On the road, opening, t", 1.3, lambda one: one.opening_g),
            mass("运输量（吨）", "Carried, t", 1.3, lambda one: one.carried_g),
            mass("期末在途（吨）", "On the road, closing, t", 1.3, lambda one: one.closing_g),
        )
    return (
        *first,
        mass("期初在途（吨）", "Opening, t", 1.15, lambda one: one.opening_g),
        mass("移出（吨）", "Departed, t", 1.15, lambda one: one.departed_g),
        mass("装载称重（吨）", "As loaded, t", 1.15, lambda one: one.loaded_g),
        mass("接受（吨）", "Accepted, t", 1.15, lambda one: one.accepted_g),
        mass("拒收（吨）", "Refused, t", 1.1, lambda one: one.refused_g, lambda one: one.refused_g != 0),
        mass("磅差（吨）", "Difference, t", 1.05, lambda one: one.difference_g),
        mass("期末在途（吨）", "Closing, t", 1.15, lambda one: one.closing_g),
        mass("作废、谢绝（吨）", "Voided, declined, t", 1.1, lambda one: one.voided_g + one.declined_g),
        mass("另：退回（吨）", "Beside: returned, t", 1.05, lambda one: one.returned_g),
    )


def _stock(sheet: Sheet, found: FirmRegister) -> None:
    columns: tuple[Column[FirmStock], ...] = (
        Column("废物代码", "Code", 2.4, lambda one: f"{one.code} {found.codes.get(one.code, '')}".rstrip()),
        mass("期初贮存（吨）", "Opening, t", 1.2, lambda one: one.opening_g),
        mass("接受（吨）", "Accepted, t", 1.2, lambda one: one.accepted_g),
        Column("方式", "Methods", 0.9, lambda one: say("、", ", ").join(one.treated_g), "center"),
        mass("利用处置（吨）", "Treated, t", 1.2, lambda one: sum(one.treated_g.values())),
        mass("转出（吨）", "Sent on, t", 1.1, lambda one: one.sent_g),
        mass("缺口（吨）", "Gap, t", 1.0, lambda one: one.gap_g, lambda one: one.gap_g != 0),
        mass("期末贮存（吨）", "Closing, t", 1.2, lambda one: one.closing_g, lambda one: one.closing_g < 0),
    )
    section(sheet, "接受后的贮存", "Stock of what was received")
    if found.stock:
        table(sheet, columns, found.stock, size=fitting_size(sheet, columns, found.stock))
    else:
        row(sheet, (value(say("没有。", "None."), 1.0),))


def _sources(sheet: Sheet, found: FirmRegister) -> None:
    section(sheet, "数据来源、期限与复算", "Drawn from, terms, and how to compute it again")
    again = f"liandan register {found.asked.register} {found.period.month} --party {found.asked.party} --from"
    rows = (
        (label("账本", "Log", 0.8), value(say(f"{found.log.origin}　创始声明 {found.log.found}", f"{found.log.origin}, founding statement {found.log.found}"), 7.2, size=7)),
        (label("根哈希", "Root", 0.8), value(found.log.root, 7.2, size=7)),
        (label("规则", "Rules", 0.8), value("\n".join(notes(found)), 7.2, size=6.8)),
        (label("复算", "Again", 0.8), value(say(f"{again} 导出目录　所得 JSON、XLSX、PDF 应逐字节相同；各行见 XLSX 和 JSON。", f"{again} EXPORT makes the same JSON, XLSX and PDF to the byte; every line is in the XLSX and JSON."), 7.2, size=6.8)),
    )  # fmt: skip
    for cells in rows:
        row(sheet, cells)
