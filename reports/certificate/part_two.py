"""第二部分, filled by the carriers: every leg of the trip, what was loaded and weighed, and where the load stood still."""

from collections.abc import Iterator

from ledger.mass import format_mass, parse_mass
from ledger.times import format_at
from manifests.acts import Depart, HandOver, LoadedLine, Stop, Transship
from manifests.model import Leg, Vehicle
from reports.certificate.facts import CertificateFacts
from reports.certificate.fields import OF_CARRIAGE, print_field, sentence, stated_fields
from reports.certificate.form import place_text, wide, wide_field
from reports.certificate.tickets import ticket_text
from reports.paper.grid import Cell, head, row, section, table, value
from reports.paper.sheet import Sheet
from reports.words import moment

_HEADS = (
    head("运输\n顺序", "Leg", 0.5),
    head("承运人 / 统一社会信用代码", "Carrier", 2.1),
    head("运输工具 / 牌号\n营运证件号", "Vehicle, licence", 1.5),
    head("危险货物运单号", "Waybill", 1.75),
    head("起点 / 实际起运时间", "From, at", 2.05),
    head("终点 / 实际到达时间", "To, at", 2.05),
)


def part_two(sheet: Sheet, facts: CertificateFacts) -> None:
    """第二部分: every leg of the trip."""
    section(sheet, "第二部分　危险废物运输信息（由承运人填写）", "Part 2 · Carriers, one row per leg", keep=90)
    if facts.state.legs:
        table(sheet, _HEADS, [_leg(number, leg, facts) for number, leg in enumerate(facts.state.legs, 1)])
    else:
        told = "谢绝接受：废物未起运。" if facts.state.is_declined else "本账本没有起运记录。"
        row(sheet, (value(told, 1.0),))
    for field in stated_fields(facts.issue, "trip_id"):
        wide_field(sheet, field)
    carried = "\n".join(f"第 {number} 段：{text}" for number, text in enumerate(map(_carried, facts.moves), 1) if text)
    if carried:
        wide(sheet, "运输补充", "Further, by leg", carried)
    _loading(sheet, facts)
    stops = "\n".join(_stop(at_s, stop) for at_s, stop in facts.stops)
    if stops:
        wide(sheet, "停留", "Stops", stops)


def _leg(number: int, leg: Leg, facts: CertificateFacts) -> tuple[Cell, ...]:
    ended = "" if leg.ended_s is None else moment(format_at(leg.ended_s))
    after = None if leg.ended_s is None else facts.ends.get(leg.ended_s, facts.state.destination)
    reason = f"\n换装原因：{leg.reason}" if leg.reason else ""
    return (
        value(str(number), 0.5, align="center", size=7.5),
        value(facts.party(leg.carrier).both, 2.1, size=7.5),
        value("\n".join(_vehicle(leg.vehicle)), 1.5, align="center", size=7.5),
        value(leg.waybill_no, 1.75, align="center", size=7.5),
        value(f"{leg.place.address}\n{moment(format_at(leg.begun_s))}{reason}", 2.05, size=7.5),
        value("" if after is None else f"{after.address}\n{ended}", 2.05, size=7.5),
    )


def _vehicle(vehicle: Vehicle) -> Iterator[str]:
    yield print_field(vehicle, "kind").text
    yield vehicle.plate
    yield from ([f"证 {vehicle.licence_no}"] if vehicle.licence_no else [])
    yield from ([f"挂车 {vehicle.trailer}"] if vehicle.trailer else [])
    yield from ([f"挂车证 {vehicle.trailer_licence_no}"] if vehicle.trailer_licence_no else [])


def _carried(move: Depart | HandOver | Transship) -> str:
    """What an act that begins a leg says beyond the columns."""
    crew = "、".join(f"{member.crew} {print_field(member, 'role').text}" for member in move.crew)
    paths = [path for path in OF_CARRIAGE if hasattr(move, path)]
    return "；".join(part for part in (sentence(move, *paths), f"人员：{crew}" if crew else "") if part)


def _loading(sheet: Sheet, facts: CertificateFacts) -> None:
    """What was weighed and checked before the departure."""
    if facts.depart is None:
        return
    lines = sorted(facts.depart.loaded, key=lambda line: line.line)
    is_told = any(line.gross_t or line.tare_t for line in lines)  # the net alone stands in part 1 already
    weighed = [f"第 {line.line + 1} 行：{_scale(line)}" for line in lines] if is_told else []
    weighed += [f"磅单 {ticket_text(ticket)}" for ticket in facts.depart.tickets]
    if weighed:
        wide(sheet, "装载称重", "Weighed at loading", "\n".join(weighed))
    gate = facts.depart.gate
    attested = print_field(gate, "checks").text
    wide(sheet, "装载核实", "Loading gate", f"核对数字识别码 {len(gate.labels)} 枚；承诺已核实：{attested or '—'}")


def _scale(loaded: LoadedLine) -> str:
    """What the scale showed for one line."""
    masses = (("毛", loaded.gross_t), ("皮", loaded.tare_t), ("净", loaded.mass_t))
    return " ".join(f"{name} {format_mass(parse_mass(mass))}" for name, mass in masses if mass is not None) + " 吨"


def _stop(at_s: int, stop: Stop) -> str:
    until = f"，至 {moment(stop.until)}" if stop.until else ""
    return f"{moment(format_at(at_s))}{until}　{place_text(stop.place)}：{stop.reason}"
