"""第三部分, filled by the receiver: what arrived, what was taken and what was not."""

from collections.abc import Iterator, Sequence

from ledger.labels import words_of
from ledger.mass import parse_mass
from manifests.acts import MeterRow
from reports.certificate.facts import CertificateFacts, CertifiedLine
from reports.certificate.fields import OF_RECEIVED_LINE, print_field, sentence
from reports.certificate.form import KEY, NAMED, VAL, pair, place_text, ticket_text
from reports.paper.grid import Cell, Column, label, mass, row, row_height, section, table, total
from reports.paper.sheet import ALARM, Sheet
from reports.paper.tongue import named, say
from reports.words import moment, when, word
from whitelist.permit import PermitClass

_KEPT = 240.0
"""Height of totals and remarks that stay with the last row of their table; sixteen long remarks flow on."""


def part_three(sheet: Sheet, facts: CertificateFacts) -> None:
    """第三部分: what the receiver found and took."""
    state, body = facts.state, facts.receive
    section(sheet, "第三部分　危险废物接受信息（由接受人填写）", "Part 3 · Receiver: what arrived")
    row(
        sheet,
        (*pair("单位名称", "Receiver", facts.name(state.receiver), size=NAMED), *pair("统一社会信用代码", "Credit code", state.receiver)),
    )
    row(sheet, (*pair("接收资格", "Permit", _permit(facts)), *pair("接受地址", "Destination", place_text(body.place or state.destination))))
    confirmed = when(state.times.received_s)
    row(sheet, (*pair("接受时间", "Accepted at", moment(body.accepted_at)), *pair("确认时间", "Confirmed at", confirmed)))
    row(sheet, (*pair("计量", "Weighing", _weighing(facts)), *pair("差异报告与告知", "Reports given", _reports(facts))))
    under = [*([total(_GOT, facts.lines)] if len(facts.lines) > 1 else []), *_remarks(facts)]
    # Rows that lean on the table never begin a page: its last row goes with them.
    keep = min(sum(row_height(cells, sheet.room) for cells in under), _KEPT)
    table(sheet, _GOT, facts.lines, keep=keep)
    for cells in under:
        row(sheet, cells)
    if body.meter_rows:
        table(sheet, _METERED, body.meter_rows)


def _permit(facts: CertificateFacts) -> str:
    """The permit by its class: a unit under an exemption has no 经营许可证."""
    permit = facts.permit
    if permit is None:
        return ""
    term = say(f"，有效期至 {permit.valid_to}", f", valid to {permit.valid_to}")
    return f"{word(permit.permit_class, words_of(PermitClass))}{term}\n{permit.no}"


def _remarks(facts: CertificateFacts) -> Iterator[Sequence[Cell]]:
    """What the receiver says of single lines."""
    for line in facts.lines:
        remark = sentence(line.got, *OF_RECEIVED_LINE)
        if remark:
            yield (
                label(f"第 {line.number} 行说明", f"Remark, line {line.number}", KEY),
                Cell(text=remark, share=KEY + 2 * VAL, color=ALARM, size=7.5),
            )


def _major(line: CertifiedLine) -> str:
    return say("是", "yes") if line.got.major_difference else say("否", "no")


def _opinion(line: CertifiedLine) -> str:
    return print_field(line.got, "opinion").text


def _method(line: CertifiedLine) -> str:
    return line.got.method or (line.issued.method if line.state.accepted_g else "")


_GOT: tuple[Column[CertifiedLine], ...] = (
    Column("序号", "No.", 0.5, lambda line: str(line.number), "center"),
    Column("废物名称 / 代码", "Waste", 2.15, lambda line: f"{line.issued.name}\n{line.issued.code}"),
    Column("是否存在\n重大差异", "Major diff.", 0.95, _major, "center", lambda line: bool(line.got.major_difference)),
    Column("不符项", "Differs in", 1.05, lambda line: print_field(line.got, "differences").text, "center"),
    Column("接受人\n处理意见", "Opinion", 0.95, _opinion, "center", lambda line: line.got.opinion != "accept"),
    Column("拟利用\n处置方式", "Method", 0.85, _method, "center"),
    mass("接受量（吨）", "Accepted, t", 1.25, lambda line: line.state.accepted_g or 0),
    mass("拒收量（吨）", "Refused, t", 1.2, lambda line: line.state.refused_g or 0),
    mass("磅差（吨）", "Difference, t", 1.15, lambda line: line.difference_g),
    mass("已利用处置（吨）", "Disposed, t", 1.35, lambda line: line.state.disposed_g),
)
_METERED: tuple[Column[MeterRow], ...] = (
    Column("日期", "Day", 1.2, lambda found: found.day, "center"),
    Column("行", "Line", 0.5, lambda found: str(found.line + 1), "center"),
    mass("移出端计量（吨）", "At the origin, t", 1.5, lambda found: parse_mass(found.out_t)),
    mass("接受端计量（吨）", "At the destination, t", 1.5, lambda found: parse_mass(found.in_t)),
)
"""每日计量 of a pipeline (R-71)."""


def _weighing(facts: CertificateFacts) -> str:
    found = facts.receive.weighing
    return "\n".join((print_field(found, "method").text, *map(ticket_text, found.tickets)))


def _reports(facts: CertificateFacts) -> str:
    told = ((name, getattr(facts.receive, name)) for name in ("reported_to_authority", "notified_generator"))
    given = [(print_field(facts.receive, name), report) for name, report in told if report is not None]
    return "\n".join(named(field.zh, field.en, f"{moment(report.at)} {report.ref or ''}").strip() for field, report in given)
