"""The audit's result on one page of A4: what was audited, what was recomputed, the verdict, and the first findings."""

from collections.abc import Sequence

from ledger.auditing.report import AuditReport, Finding
from reports.kinds import all_kinds
from reports.paper.fonts import BOLD, REGULAR
from reports.paper.furniture import footer, watermark
from reports.paper.grid import Cell, head, label, row, row_height, section, value
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

    def furniture(page: Sheet, number: int, total: int) -> None:
        if report.clock == "simulated":
            watermark(page)
        footer(page, _NOTICE, f"{report.origin}　{report.size:,} 条", number, total)

    return sheet.to_pdf(f"账本审计报告 {report.origin}", report.root, furniture)


def _masthead(sheet: Sheet) -> None:
    sheet.text(sheet.margin, sheet.top + 18, "账本审计报告", Paint(20, BOLD, INK))
    sheet.text(sheet.margin, sheet.top + 32, "Audit of the evidence log · liandan", Paint(7.5, REGULAR, GREY))
    sheet.rule(sheet.margin, sheet.top + 40, sheet.room, color=ACCENT, line=1.2)
    sheet.y = sheet.top + 50


def _verdict(sheet: Sheet, report: AuditReport) -> None:
    good = report.is_clean
    text = "未发现问题" if good else f"发现 {report.count} 个问题"
    sub = "Nothing was found." if good else f"{report.count} findings."
    row(sheet, [Cell(text=text, sub=sub, size=16, face=BOLD, color=ACCENT if good else ALARM, align="center", fill=SHADE)], least=44)


def _subject(sheet: Sheet, report: AuditReport) -> None:
    section(sheet, "审计对象", "Subject")
    for name, sub, text in (
        ("账本", "origin", report.origin),
        ("创始声明哈希", "found", report.found),
        ("条目数", "size", f"{report.size:,}"),
        ("根哈希", "root", report.root),
        ("时钟", "clock", {"real": "真实时间", "simulated": "模拟时钟（演示）"}.get(report.clock, "")),
    ):
        row(sheet, [label(name, sub, 1), value(text, 4)])


def _work(sheet: Sheet, report: AuditReport) -> None:
    section(sheet, "重算内容", "What was recomputed")
    for name, sub, text in (
        ("条目、哈希、裁决", "entries, hashes, decisions", f"{report.entries:,} 条，其中 {report.since:,} 条在此前的审计中已裁决"),
        ("单位签名", "party signatures", f"{report.signatures:,} 个"),
        ("存档检查点", "archived checkpoints", f"{report.checkpoints:,} 个，见证联署 {report.cosignatures:,} 个"),
        ("未达见证策略要求", "below quorum", f"{report.below_quorum:,} 个检查点"),
        *([("数据库派生数据", "derived rows", f"{report.derived:,} 行（位置、状态、账本头、联单视图）")] if report.derived else []),
        ("时间区间", "time brackets", _BRACKETS.get(report.brackets, "未核对")),
        *(
            [("见证最长延迟", "longest wait", f"{report.waited_s:,} 秒（条目 {report.waited_index:,}）")]
            if report.brackets == "checked"
            else []
        ),
    ):
        row(sheet, [label(name, sub, 1), value(text, 4)])


def _findings(sheet: Sheet, report: AuditReport) -> None:
    section(sheet, "发现的问题", "Findings")
    row(sheet, [head("代码", "code", 1.5), head("位置", "where", 2), head("说明、发现与应有", "what was found, what was expected", 3.5)])
    shown = 0
    rest = 16.0
    for finding in report.findings:
        cells = _cells(finding)
        if sheet.left_over < row_height(cells, sheet.room) + rest:
            break
        row(sheet, cells)
        shown += 1
    if shown < report.count:
        text = f"以上为前 {shown} 项，共 {report.count} 项；其余见 JSON 结果。 First {shown} of {report.count}; see the JSON result."
        sheet.text(sheet.margin, sheet.y + 11, text, Paint(7, REGULAR, GREY))


def _cells(finding: Finding) -> Sequence[Cell]:
    rule = all_kinds().rules.get(finding.code)
    index = "" if finding.index is None else f"第 {finding.index} 条"
    where = "\n".join(_cut(part) for part in (index, finding.chain, finding.field) if part)
    told = [
        "" if rule is None else rule.zh,
        f"发现：{_cut(finding.found)}" if finding.found else "",
        f"应为：{_cut(finding.expected)}" if finding.expected else "",
    ]
    return [
        value(finding.code, 1.5, size=6.8),
        value(where, 2, size=6.8),
        value("\n".join(part for part in told if part), 3.5, size=6.8),
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
