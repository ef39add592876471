"""The audit's result on one page of A4: what was audited, what was recomputed, the verdict, and the first findings."""

from ledger.auditing.report import AuditReport, Finding
from reports.kinds import all_kinds
from reports.paper.fonts import BOLD, REGULAR
from reports.paper.grid import Cell, Column, heads, label, row, row_height, section, value
from reports.paper.sheet import ACCENT, ALARM, GREY, INK, SHADE, Paint, Sheet

_NOTICE = "本报告由审计程序依账本字节重算得出；是否为同一账本，请核对创始声明哈希。"
_BRACKETS = {
    "checked": "已核对：各条入账时间与见证方所见相符（允许相差 5 分钟）",
    "simulated": "未核对：演示账本使用模拟时钟",
    "no witnesses": "未核对：检查点没有见证联署",
}
_LONGEST = 78
"""Characters of a found or expected value on paper; the JSON result has all of it."""


def render_audit(report: AuditReport) -> bytes:
    """The one-page PDF of a report; the same report gives the same bytes. Findings that do not fit are counted, never dropped silently."""
    sheet = Sheet()
    _masthead(sheet)
    _verdict(sheet, report)
    _subject(sheet, report)
    _work(sheet, report)
    if report.findings:
        _findings(sheet, report)
    assert len(sheet.pages) == 1, "the report is one page"
    title, left = f"账本审计报告 {report.origin}", f"{report.origin}　{report.size:,} 条"
    return sheet.to_pdf(title, report.root, notice=_NOTICE, left=left, is_demo=report.clock == "simulated")


def _masthead(sheet: Sheet) -> None:
    sheet.text(sheet.margin, sheet.top + 18, "账本审计报告", Paint(20, BOLD, INK))
    sheet.text(sheet.margin, sheet.top + 32, "Audit of the evidence log · liandan", Paint(7.5, REGULAR, GREY))
    sheet.rule(sheet.margin, sheet.top + 40, sheet.room, color=ACCENT, line=1.2)
    sheet.y = sheet.top + 50


def _verdict(sheet: Sheet, report: AuditReport) -> None:
    good = report.is_clean
    text = "未发现问题" if good else f"发现 {report.count} 个问题"
    sub = "Nothing was found." if good else f"{report.count} findings."
    row(sheet, [Cell(text=text, sub=sub, size=16, weight=BOLD, color=ACCENT if good else ALARM, align="center", fill=SHADE)], least=44)


def _subject(sheet: Sheet, report: AuditReport) -> None:
    section(sheet, "审计对象", "Subject")
    clock = {"real": "真实时间", "simulated": "模拟时钟（演示）"}.get(report.clock, "")
    _told(sheet, "账本", "origin", report.origin)
    _told(sheet, "创始声明哈希", "found", report.found)
    _told(sheet, "条目数", "size", f"{report.size:,}")
    _told(sheet, "根哈希", "root", report.root)
    _told(sheet, "时钟", "clock", clock)


def _work(sheet: Sheet, report: AuditReport) -> None:
    section(sheet, "重算内容", "What was recomputed")
    decided = f"{report.entries:,} 条，其中 {report.since:,} 条在此前的审计中已裁决"
    _told(sheet, "条目、哈希、裁决", "entries, hashes, decisions", decided)
    _told(sheet, "单位签名", "party signatures", f"{report.signatures:,} 个")
    _told(sheet, "存档检查点", "archived checkpoints", f"{report.checkpoints:,} 个，见证联署 {report.cosignatures:,} 个")
    _told(sheet, "未达见证策略要求", "below quorum", f"{report.below_quorum:,} 个检查点")
    if report.derived:
        _told(sheet, "数据库派生数据", "derived rows", f"{report.derived:,} 行（位置、状态、账本头、联单视图）")
    _told(sheet, "时间区间", "time brackets", _BRACKETS.get(report.brackets, "未核对"))
    if report.brackets == "checked":
        _told(sheet, "见证最长延迟", "longest wait", f"{report.waited_s:,} 秒（条目 {report.waited_index:,}）")


def _told(sheet: Sheet, zh: str, en: str, text: str) -> None:
    row(sheet, [label(zh, en, 1), value(text, 4)])


def _findings(sheet: Sheet, report: AuditReport) -> None:
    section(sheet, "发现的问题", "Findings")
    row(sheet, heads(_COLUMNS))
    shown = 0
    rest = 16.0
    for finding in report.findings:
        cells = [column.cell(finding, 6.8) for column in _COLUMNS]
        if sheet.left_over < row_height(cells, sheet.room) + rest:
            break
        row(sheet, cells)
        shown += 1
    if shown < report.count:
        text = f"以上为前 {shown} 项，共 {report.count} 项；其余见 JSON 结果。 First {shown} of {report.count}; see the JSON result."
        sheet.text(sheet.margin, sheet.y + 11, text, Paint(7, REGULAR, GREY))


def _where(finding: Finding) -> str:
    index = "" if finding.index is None else f"第 {finding.index} 条"
    return "\n".join(_cut(part) for part in (index, finding.chain, finding.field) if part)


def _what(finding: Finding) -> str:
    rule = all_kinds().rules.get(finding.code)
    found = f"发现：{_cut(finding.found)}" if finding.found else ""
    expected = f"应为：{_cut(finding.expected)}" if finding.expected else ""
    return "\n".join(part for part in ("" if rule is None else rule.zh, found, expected) if part)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


_COLUMNS: tuple[Column[Finding], ...] = (
    Column("代码", "code", 1.5, lambda finding: finding.code),
    Column("位置", "where", 2, _where),
    Column("说明、发现与应有", "what was found, what was expected", 3.5, _what),
)
