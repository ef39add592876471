"""The three parts of the form (危险废物转移联单), as the evidence fills them. Labels: law §2, law-addenda §2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.mass import format_mass, parse_mass
from ledger.times import format_at
from manifests.acts import LoadedLine, Ticket
from reports.certificate.facts import CertificateFacts, CertifiedLine
from reports.paper.fonts import BOLD
from reports.paper.grid import Cell, head, label, row, row_height, section, table, value
from reports.paper.sheet import ALARM, Sheet
from reports.words import CHECKS, CONSIGNORS, DIFFERENCES, FORMS, MODES, OPINIONS, PACKINGS, VEHICLES, WEIGHINGS, moment, personal

KEY, VAL = 1.05, 2.6
_KEPT = 240.0
"""Height of totals and remarks that stay with the last row of their table; sixteen long remarks flow on."""


def pair(zh: str, en: str, text: str, *, share: float = VAL, face: str = "NotoSansSC") -> tuple[Cell, Cell]:
    """A label and its value."""
    return label(zh, en, KEY), value(text, share, face=face)


def wide(sheet: Sheet, zh: str, en: str, text: str) -> None:
    """One label and a value across the page."""
    row(sheet, pair(zh, en, text, share=KEY + 2 * VAL))


def part_one(sheet: Sheet, facts: CertificateFacts) -> None:
    """第一部分: what leaves, from whom."""
    issue, state = facts.issue, facts.state
    generator = facts.party(state.generator)
    section(sheet, "第一部分　危险废物移出信息（由移出人填写）", "Part 1 · Generator", keep=120)
    row(sheet, (*pair("单位名称", "Generator", generator.name, face=BOLD), *pair("统一社会信用代码", "USCC", generator.uscc)))
    consignor = f"{CONSIGNORS.get(issue.consignor, issue.consignor)}：{facts.party(state.consignor).name}"
    row(sheet, (*pair("移出地址", "Origin", _place(issue.origin.division, issue.origin.address)), *pair("托运人", "Consignor", consignor)))
    planned = moment(issue.planned_at) if issue.planned_at else ""
    receiver = facts.party(state.receiver)
    row(sheet, (*pair("拟接受单位", "Receiver named", receiver.name), *pair("计划转移时间", "Planned at", planned)))
    wide(sheet, "突发环境事件\n防范措施", "Emergency measures", issue.emergency_measures or "见各行补充")
    mode = MODES.get(issue.mode, issue.mode)
    row(sheet, (*pair("运输方式", "Mode", mode), *pair("废物名录版本", "Catalogue edition", facts.edition and f"{facts.edition} 年版")))
    wide(sheet, "拟承运人", "Carriers named", "　→　".join(facts.party(carrier).name for carrier in issue.carriers))
    if facts.personal:
        text = f"经办人、联系方式等个人信息以加盐承诺值入账，本件不予显示：{'、'.join(map(personal, facts.personal))}"
        wide(sheet, "个人信息", "Personal data", text)
    heads = (
        head("序号", "No.", 0.5),
        head("废物名称", "Waste", 2.1),
        head("废物类别/代码", "Code", 1.35),
        head("危险\n特性", "Hazard", 0.75),
        head("形态", "Form", 0.65),
        head("有害成分", "Components", 1.15),
        head("包装方式×数量", "Packing", 1.0),
        head("危险货物\n编号/类别", "UN / class", 0.95),
        head("移出量（吨）", "Declared, t", 1.25),
        head("装载称重（吨）", "Loaded, t", 1.25),
    )
    table(sheet, heads, [_sent(number, line) for number, line in enumerate(facts.lines, 1)])
    if len(facts.lines) > 1:
        loaded = [line.state.loaded_g for line in facts.lines]
        total = "" if None in loaded else format_mass(sum(mass or 0 for mass in loaded))
        declared = format_mass(sum(line.state.declared_g for line in facts.lines))
        row(
            sheet,
            (
                Cell(text="合计", share=8.45, align="right", face=BOLD, size=7.5),
                value(declared, 1.25, face=BOLD, align="right", size=7.5),
                value(total, 1.25, face=BOLD, align="right", size=7.5),
            ),
        )
    wide(sheet, "各行补充", "Further, by line", _by_line([_further(line) for line in facts.lines]))


def _by_line(texts: Sequence[str]) -> str:
    """One text per waste line, the lines of the same text together: 第 1、2、4 行：…"""
    numbers: dict[str, list[str]] = {}
    for number, text in enumerate(texts, 1):
        numbers.setdefault(text, []).append(str(number))
    return "\n".join(f"第 {'、'.join(found)} 行：{text}" for text, found in numbers.items())


def _further(line: CertifiedLine) -> str:
    """What the generator declared of a line beyond the columns."""
    issued = line.issued
    parts = (
        f"拟利用处置方式 {issued.method}",
        f"件数 {issued.pieces.count} {issued.pieces.unit}" if issued.pieces else "",
        f"危险货物包装类别 {line.packing_group}" if line.packing_group else "",
        f"鉴别报告 {issued.identification}" if issued.identification else "",
        f"非危险货物：{issued.dg_none}" if issued.dg_none else "",
        *(f"适用豁免管理清单（{claim.edition} 年版）第 {claim.item} 项" for claim in issued.exemptions),
        f"禁忌与应急措施：{issued.precautions}" if issued.precautions else "",
    )
    return "；".join(part for part in parts if part)


def _sent(number: int, line: CertifiedLine) -> tuple[Cell, ...]:
    issued, state = line.issued, line.state
    return (
        value(str(number), 0.5, align="center", size=7.5),
        value(issued.name, 2.1, size=7.5),
        value(f"{issued.category}\n{issued.code}", 1.35, align="center", size=7.5),
        value("，".join(issued.hazards), 0.75, align="center", size=7.5),
        value(FORMS.get(issued.form, issued.form), 0.65, align="center", size=7.5),
        value(issued.components or "", 1.15, size=7.5),
        value(f"{PACKINGS.get(issued.packing, issued.packing)}×{issued.packs}", 1.0, align="center", size=7.5),
        value("\n".join(part for part in (f"UN{line.un_no}" if line.un_no else "", line.dg_class) if part), 0.95, align="center", size=7.5),
        value(format_mass(state.declared_g), 1.25, align="right", size=7.5),
        value("" if state.loaded_g is None else format_mass(state.loaded_g), 1.25, align="right", size=7.5),
    )


def part_two(sheet: Sheet, facts: CertificateFacts) -> None:
    """第二部分: every leg of the trip."""
    section(sheet, "第二部分　危险废物运输信息（由承运人填写）", "Part 2 · Carriers, one row per leg", keep=90)
    heads = (
        head("运输\n顺序", "Leg", 0.5),
        head("承运人 / 统一社会信用代码", "Carrier", 2.3),
        head("运输工具 / 牌号", "Vehicle", 1.25),
        head("危险货物运单号", "Waybill", 1.5),
        head("起点 / 实际起运时间", "From, at", 2.2),
        head("终点 / 实际到达时间", "To, at", 2.2),
    )
    legs = facts.state.legs
    rows = []
    for number, leg in enumerate(legs, 1):
        after = legs[number].place if number < len(legs) else facts.state.destination
        vehicle = f"{VEHICLES.get(leg.vehicle.kind, leg.vehicle.kind)}\n{leg.vehicle.plate}"
        trailer = f"\n挂车 {leg.vehicle.trailer}" if leg.vehicle.trailer else ""
        ended = "" if leg.ended_s is None else moment(format_at(leg.ended_s))
        reason = f"\n换装原因：{leg.reason}" if leg.reason else ""
        rows.append(
            (
                value(str(number), 0.5, align="center", size=7.5),
                value(facts.party(leg.carrier).both, 2.3, size=7.5),
                value(vehicle + trailer, 1.25, align="center", size=7.5),
                value(leg.waybill_no, 1.5, align="center", size=7.5),
                value(f"{leg.place.address}\n{moment(format_at(leg.begun_s))}{reason}", 2.2, size=7.5),
                value(f"{after.address}\n{ended}", 2.2, size=7.5),
            )
        )
    table(sheet, heads, rows)
    if facts.issue.trip_id:
        wide(sheet, "同车趟次", "Trip", facts.issue.trip_id)
    if any(line.gross_t or line.tare_t for line in facts.loaded):
        weighed = sorted(facts.loaded, key=lambda line: line.line)
        wide(sheet, "装载称重", "Weighed at loading", "\n".join(f"第 {line.line + 1} 行：{_loading(line)}" for line in weighed))
    gate = facts.gate
    if gate is not None:
        attested = "、".join(CHECKS.get(check, check) for check in gate.checks)
        wide(sheet, "装载核实", "Loading gate", f"核对数字识别码 {len(gate.labels)} 枚；承诺已核实：{attested or '—'}")


def _loading(loaded: LoadedLine) -> str:
    """What the scale showed for one line."""
    masses = (("毛", loaded.gross_t), ("皮", loaded.tare_t), ("净", loaded.mass_t))
    return " ".join(f"{name} {format_mass(parse_mass(mass))}" for name, mass in masses if mass is not None) + " 吨"


def part_three(sheet: Sheet, facts: CertificateFacts) -> None:
    """第三部分: what the receiver found and took."""
    receiver, state, body = facts.party(facts.state.receiver), facts.state, facts.receive
    section(sheet, "第三部分　危险废物接受信息（由接受人填写）", "Part 3 · Receiver", keep=120)
    row(sheet, (*pair("单位名称", "Receiver", receiver.name, face=BOLD), *pair("统一社会信用代码", "USCC", receiver.uscc)))
    permit = "" if facts.permit is None else f"{facts.permit.no}（有效期至 {facts.permit.valid_to}）"
    destination = _place(state.destination.division, state.destination.address)
    row(sheet, (*pair("经营许可证编号", "Permit", permit), *pair("接受地址", "Destination", destination)))
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
    table(sheet, heads, [_got(number, line) for number, line in enumerate(facts.lines, 1)], keep=keep)
    for cells in under:
        row(sheet, cells)


def _remarks(facts: CertificateFacts) -> Iterator[Sequence[Cell]]:
    """What the receiver says of single lines."""
    for number, line in enumerate(facts.lines, 1):
        remark = "；".join(part for part in (line.note and f"差异简述：{line.note}", line.reason and f"拒收原因：{line.reason}") if part)
        if remark:
            yield label(f"第 {number} 行说明", "Remark", KEY), Cell(text=remark, share=KEY + 2 * VAL, color=ALARM, size=7.5)


def _got(number: int, line: CertifiedLine) -> tuple[Cell, ...]:
    state = line.state
    accepted, refused = state.accepted_g or 0, state.refused_g or 0
    alarmed = ALARM if state.opinion != "accept" else "#1A1A1A"
    return (
        value(str(number), 0.5, align="center", size=7.5),
        value(f"{line.issued.name}\n{line.issued.code}", 2.15, size=7.5),
        Cell(text="是" if line.major else "否", share=0.95, align="center", size=7.5, color=ALARM if line.major else "#1A1A1A"),
        value("、".join(DIFFERENCES[name] for name in line.differences), 1.05, align="center", size=7.5),
        Cell(text=OPINIONS.get(state.opinion or "", "—"), share=0.95, align="center", size=7.5, color=alarmed),
        value(line.method, 0.85, align="center", size=7.5),
        value(format_mass(accepted), 1.25, align="right", size=7.5),
        value(format_mass(refused), 1.2, align="right", size=7.5),
        value(format_mass(state.declared_g - accepted - refused), 1.15, align="right", size=7.5),
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
        (sum(s.declared_g for s in states) - accepted - refused, 1.15),
        (sum(s.disposed_g for s in states), 1.35),
    )
    cells = [Cell(text="合计", share=6.45, align="right", face=BOLD, size=7.5)]
    yield [*cells, *(value(format_mass(mass), share, face=BOLD, align="right", size=7.5) for mass, share in sums)]


def _weighing(facts: CertificateFacts) -> str:
    found = facts.receive.weighing
    return "\n".join((WEIGHINGS[found.method], *map(_ticket, found.tickets)))


def _ticket(ticket: Ticket) -> str:
    masses = (("毛", ticket.gross_t), ("皮", ticket.tare_t), ("净", ticket.net_t))
    written = " ".join(f"{name} {format_mass(parse_mass(mass))}" for name, mass in masses)
    return "　".join(part for part in (ticket.no or "", ticket.scale or "", f"{written} 吨") if part)


def _reports(facts: CertificateFacts) -> str:
    given = (("报告接受地主管部门", facts.receive.reported_to_authority), ("告知移出人", facts.receive.notified_generator))
    return "\n".join(f"{name}：{moment(report.at)} {report.ref or ''}".strip() for name, report in given if report is not None)


def _place(division: str, address: str) -> str:
    return f"{address}（{division}）"
