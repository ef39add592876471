"""第三部分, filled by the receiver: what arrived, what was taken and what was not."""

from collections.abc import Iterator, Sequence

from ledger.labels import words_of
from ledger.mass import format_mass, parse_mass
from ledger.times import format_at
from reports.certificate.facts import CertificateFacts, CertifiedLine
from reports.certificate.fields import OF_RECEIVED_LINE, print_field, sentence
from reports.certificate.form import KEY, VAL, pair, place_text
from reports.certificate.tickets import ticket_text
from reports.paper.fonts import BOLD
from reports.paper.grid import Cell, head, label, row, row_height, section, table, value
from reports.paper.sheet import ALARM, INK, Sheet
from reports.words import moment
from whitelist.permit import PermitClass

_KEPT = 240.0
"""Height of totals and remarks that stay with the last row of their table; sixteen long remarks flow on."""


def part_three(sheet: Sheet, facts: CertificateFacts) -> None:
    """第三部分: what the receiver found and took."""
    receiver, state, body = facts.party(facts.state.receiver), facts.state, facts.receive
    section(sheet, "第三部分　危险废物接受信息（由接受人填写）", "Part 3 · Receiver", keep=120)
    row(sheet, (*pair("单位名称", "Receiver", receiver.name, face=BOLD), *pair("统一社会信用代码", "USCC", receiver.uscc)))
    row(sheet, (*pair("接收资格", "Permit", _permit(facts)), *pair("接受地址", "Destination", place_text(body.place or state.destination))))
    confirmed = "" if state.times.received_s is None else moment(format_at(state.times.received_s))
    row(sheet, (*pair("接受时间", "Accepted at", moment(body.accepted_at)), *pair("确认时间", "Confirmed at", confirmed)))
    row(sheet, (*pair("计量", "Weighing", _weighing(facts)), *pair("差异报告与告知", "Reports given", _reports(facts))))
    heads = (
        head("序号", "No.", 0.5),
        head("废物名称 / 代码", "Waste", 2.15),
        head("是否存在\n重大差异", "Major diff.", 0.95),
        head("不符项", "Differs in", 1.05),
        head("接受人\n处理意见", "Opinion", 0.95),
        head("拟利用\n处置方式", "Method", 0.85),
        head("接受量（吨）", "Accepted, t", 1.25),
        head("拒收量（吨）", "Refused, t", 1.2),
        head("磅差（吨）", "Difference, t", 1.15),
        head("已利用处置（吨）", "Disposed, t", 1.35),
    )
    under = [*_totals(facts), *_remarks(facts)]
    # Rows that lean on the table never begin a page: its last row goes with them.
    keep = min(sum(row_height(cells, sheet.room) for cells in under), _KEPT)
    table(sheet, heads, [_got(number, line, facts) for number, line in enumerate(facts.lines, 1)], keep=keep)
    for cells in under:
        row(sheet, cells)
    if body.meter_rows:
        _meters(sheet, facts)


def _permit(facts: CertificateFacts) -> str:
    """The permit by its class: a unit under an exemption has no 经营许可证."""
    permit = facts.permit
    return "" if permit is None else f"{words_of(PermitClass)[permit.permit_class]}\n{permit.no}（有效期至 {permit.valid_to}）"


def _remarks(facts: CertificateFacts) -> Iterator[Sequence[Cell]]:
    """What the receiver says of single lines."""
    for number, line in enumerate(facts.lines, 1):
        remark = sentence(line.got, *OF_RECEIVED_LINE)
        if remark:
            yield label(f"第 {number} 行说明", "Remark", KEY), Cell(text=remark, share=KEY + 2 * VAL, color=ALARM, size=7.5)


def _got(number: int, line: CertifiedLine, facts: CertificateFacts) -> tuple[Cell, ...]:
    state, got = line.state, line.got
    accepted, refused = state.accepted_g or 0, state.refused_g or 0
    alarmed = ALARM if got.opinion != "accept" else INK
    difference = "" if facts.state.is_declined else format_mass(state.declared_g - accepted - refused)
    return (
        value(str(number), 0.5, align="center", size=7.5),
        value(f"{line.issued.name}\n{line.issued.code}", 2.15, size=7.5),
        Cell(
            text="是" if got.major_difference else "否", share=0.95, align="center", size=7.5, color=ALARM if got.major_difference else INK
        ),
        value(print_field(got, "differences").text, 1.05, align="center", size=7.5),
        Cell(text=print_field(got, "opinion").text, share=0.95, align="center", size=7.5, color=alarmed),
        value(got.method or (line.issued.method if accepted else ""), 0.85, align="center", size=7.5),
        value(format_mass(accepted), 1.25, align="right", size=7.5),
        value(format_mass(refused), 1.2, align="right", size=7.5),
        value(difference, 1.15, align="right", size=7.5),
        value(format_mass(state.disposed_g), 1.35, align="right", size=7.5),
    )


def _totals(facts: CertificateFacts) -> Iterator[Sequence[Cell]]:
    if len(facts.lines) < 2:
        return
    states = [line.state for line in facts.lines]
    accepted, refused = sum(s.accepted_g or 0 for s in states), sum(s.refused_g or 0 for s in states)
    sums = (
        (accepted, 1.25),
        (refused, 1.2),
        (None if facts.state.is_declined else sum(s.declared_g for s in states) - accepted - refused, 1.15),
        (sum(s.disposed_g for s in states), 1.35),
    )
    cells = [Cell(text="合计", share=6.45, align="right", face=BOLD, size=7.5)]
    yield [*cells, *(value("" if mass is None else format_mass(mass), share, face=BOLD, align="right", size=7.5) for mass, share in sums)]


def _weighing(facts: CertificateFacts) -> str:
    found = facts.receive.weighing
    return "\n".join((print_field(found, "method").text, *map(ticket_text, found.tickets)))


def _reports(facts: CertificateFacts) -> str:
    told = ((name, getattr(facts.receive, name)) for name in ("reported_to_authority", "notified_generator"))
    given = [(print_field(facts.receive, name).zh, report) for name, report in told if report is not None]
    return "\n".join(f"{name}：{moment(report.at)} {report.ref or ''}".strip() for name, report in given)


def _meters(sheet: Sheet, facts: CertificateFacts) -> None:
    """每日计量 of a pipeline (R-71)."""
    heads = (
        head("日期", "Day", 1.2),
        head("行", "Line", 0.5),
        head("移出端计量（吨）", "At the origin, t", 1.5),
        head("接受端计量（吨）", "At the destination, t", 1.5),
    )
    rows = [
        (
            value(found.day, 1.2, align="center", size=7.5),
            value(str(found.line + 1), 0.5, align="center", size=7.5),
            value(format_mass(parse_mass(found.out_t)), 1.5, align="right", size=7.5),
            value(format_mass(parse_mass(found.in_t)), 1.5, align="right", size=7.5),
        )
        for found in facts.receive.meter_rows
    ]
    table(sheet, heads, rows)
