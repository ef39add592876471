"""第二部分, filled by the carriers: every leg of the trip, what was loaded and weighed, and where the load stood still."""

from collections.abc import Iterator

from manifests.acts import Depart, HandOver, Stop, Transship
from manifests.model import Leg, Vehicle
from reports.certificate.facts import CertificateFacts
from reports.certificate.fields import OF_CARRIAGE, print_field, sentence, stated_fields
from reports.certificate.form import place_text, scale_text, ticket_text, wide, wide_fields
from reports.paper.grid import Column, row, section, table, value
from reports.paper.sheet import Sheet
from reports.paper.tongue import clauses, listed, named, say
from reports.words import moment, when


def part_two(sheet: Sheet, facts: CertificateFacts) -> None:
    """第二部分: every leg of the trip."""
    section(sheet, "第二部分　危险废物运输信息（由承运人填写）", "Part 2 · Carriers: one row per leg")
    if facts.state.legs:
        table(sheet, _columns(facts), enumerate(facts.state.legs, 1))
    else:
        declined = say("谢绝接受：废物未起运。", "Declined: the waste never departed.")
        row(sheet, (value(declined if facts.state.is_declined else say("本账本没有起运记录。", "This log has no departure."), 1.0),))
    wide_fields(sheet, stated_fields(facts.issue, "trip_id"))
    carried = "\n".join(
        named(f"第 {number} 段", f"Leg {number}", text) for number, text in enumerate(map(_carried, facts.moves), 1) if text
    )
    if carried:
        wide(sheet, "运输补充", "Further, by leg", carried)
    for depart in [move for move in facts.moves if isinstance(move, Depart)][:1]:
        _loading(sheet, depart)
    if facts.stops:
        wide(sheet, "停留", "Stops", "\n".join(_stop(at_s, stop) for at_s, stop in facts.stops))


def _columns(facts: CertificateFacts) -> tuple[Column[tuple[int, Leg]], ...]:
    """Of the legs, each with its number."""
    return (
        Column("运输\n顺序", "Leg", 0.5, lambda leg: str(leg[0]), "center"),
        Column("承运人 / 统一社会信用代码", "Carrier", 2.1, lambda leg: f"{facts.name(leg[1].carrier)}\n{leg[1].carrier}"),
        Column("运输工具 / 牌号\n营运证件号", "Vehicle, licence", 1.75, lambda leg: "\n".join(_vehicle(leg[1].vehicle)), "center"),
        Column("危险货物运单号", "Waybill", 1.6, lambda leg: leg[1].waybill_no, "center"),
        Column("起点 / 实际起运时间", "From, at", 2.0, lambda leg: _begun(leg[1])),
        Column("终点 / 实际到达时间", "To, at", 2.0, lambda leg: _ended(leg[1], facts)),
    )


def _begun(leg: Leg) -> str:
    reason = f"\n{named('换装原因', 'Changed because', leg.reason)}" if leg.reason else ""
    return f"{leg.place.address}\n{when(leg.begun_s)}{reason}"


def _ended(leg: Leg, facts: CertificateFacts) -> str:
    return "" if leg.ended_s is None else f"{facts.ends.get(leg.ended_s, facts.state.destination).address}\n{when(leg.ended_s)}"


def _vehicle(vehicle: Vehicle) -> Iterator[str]:
    yield print_field(vehicle, "kind").text
    yield vehicle.plate
    papers = (
        (say("证", "licence"), vehicle.licence_no),
        (say("挂车", "trailer"), vehicle.trailer),
        (say("挂车证", "its licence"), vehicle.trailer_licence_no),
    )
    yield from (f"{name} {number}" for name, number in papers if number)


def _carried(move: Depart | HandOver | Transship) -> str:
    """What an act that begins a leg says beyond the columns."""
    crew = listed(*(f"{member.crew} {print_field(member, 'role').text}" for member in move.crew))
    paths = [path for path in OF_CARRIAGE if hasattr(move, path)]
    return clauses(sentence(move, *paths), named("人员", "Crew", crew) if crew else "")


def _loading(sheet: Sheet, depart: Depart) -> None:
    """What was weighed and checked before the departure."""
    lines = sorted(depart.loaded, key=lambda line: line.line)
    is_told = any(line.gross_t or line.tare_t for line in lines)  # the net alone stands in part 1 already
    shown = [(line.line + 1, scale_text(line.gross_t, line.tare_t, line.mass_t)) for line in lines if is_told]
    weighed = [named(f"第 {number} 行", f"Line {number}", text) for number, text in shown]
    weighed += [f"{say('磅单', 'Ticket')} {ticket_text(ticket)}" for ticket in depart.tickets]
    if weighed:
        wide(sheet, "装载称重", "Weighed at loading", "\n".join(weighed))
    attested = print_field(depart.gate, "checks").text
    text = clauses(
        say(f"核对数字识别码 {len(depart.gate.labels)} 枚", f"{len(depart.gate.labels)} labels checked"),
        named("承诺已核实", "attested as checked", attested or "—"),
    )
    wide(sheet, "装载核实", "Loading gate", text)


def _stop(at_s: int, stop: Stop) -> str:
    until = say(f"，至 {moment(stop.until)}", f" to {moment(stop.until)}") if stop.until else ""
    return f"{when(at_s)}{until}　{named(place_text(stop.place), place_text(stop.place), stop.reason)}"
