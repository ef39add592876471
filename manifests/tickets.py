"""Weighing tickets (磅单): what a scale can have said, what they sum up to, and what of each is left for other loads (cases E1, R-09).

A ticket with a number may serve all manifests of one trip; one without is of its act alone. The grams of an act fill its tickets in their
order, each up to what its net has left; the rest goes to the last one (kinds §1.5).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.fields import At, File, Mass, ShortText, Text, items, label, normal
from ledger.mass import parse_mass, tonnes
from ledger.model import Facts, Findings
from manifests.mass import difference_level, limits_of
from signing.refusal import texts
from whitelist.transfer import BodyPart


class Ticket(BodyPart, frozen=True, kw_only=True):
    """磅单: one weighing of a vehicle."""

    no: Annotated[ShortText | None, label("磅单编号", "ticket")] = None
    scale: Annotated[Text | None, label("计量器具", "scale")] = None
    at: Annotated[At | None, label("计量时间", "weighed at")] = None
    gross_t: Annotated[Mass, label("毛重（吨）", "gross, t")]
    tare_t: Annotated[Mass, label("皮重（吨）", "tare, t")]
    net_t: Annotated[Mass, label("净重（吨）", "net, t")]
    file: Annotated[File | None, label("磅单影像", "image of the ticket")] = None


Tickets = Annotated[tuple[Ticket, ...], items(0, 8), label("磅单", "tickets")]


class TicketUse(Struct, frozen=True, gc=False, kw_only=True):
    """Register ``ticket:<holder of the first role> <N(no)>``."""

    net_g: int
    """What the ticket said first: a weighing does not change afterwards."""
    trip: str
    """Name of the trip that used it last."""
    drawn_g: int


class Weighed(Struct, frozen=True, gc=False):
    """What an act says that it weighed: its tickets and its own grams, ``None`` where it names no lines."""

    holder: str
    """Of the first role: whose tickets they are."""
    tickets: tuple[Ticket, ...]
    grams: int | None
    trip: str


def ticket_key(holder: str, number: str) -> str:
    """Key of the register of a ticket."""
    return f"ticket:{holder} {normal(number)}"


def ticket_keys(holder: str, tickets: Sequence[Ticket]) -> tuple[str, ...]:
    """Registers of the tickets that have a number."""
    return tuple(dict.fromkeys(ticket_key(holder, ticket.no) for ticket in tickets if ticket.no is not None))


def judge_weighed(out: Findings, field: str, gross_t: str | None, tare_t: str | None, net_t: str) -> None:
    """WEIGHING_SUM refused for what no scale says: tare above gross, net above gross - tare; ALERT M for less (扣重).

    Of a gross alone the tare is at least nothing, so the net is at most the gross; a tare alone contradicts no net.
    """
    if gross_t is None:
        return
    gross_g, tare_g, net_g = parse_mass(gross_t), parse_mass(tare_t or "0"), parse_mass(net_t)
    if tare_g + net_g == gross_g:
        return
    own = {"gross": gross_t, "tare": tare_t or "0", "net": net_t, "where": field}
    if tare_g > gross_g:
        out.refuse("WEIGHING_SUM", field, f"{gross_t} - {tare_t}, {net_t}", "tare ≤ gross", "TARE", **own)
    elif net_g > gross_g - tare_g:
        most = tonnes(gross_g - tare_g)
        out.refuse("WEIGHING_SUM", field, f"{gross_t} - {tare_t or '?'}, {net_t}", f"≤ {most}", "NET", most=most, **own)
    elif tare_t is not None and net_g < gross_g - tare_g:
        out.alert("M", "WEIGHING_SUM", "LESS", less=tonnes(gross_g - tare_g - net_g), **own)


def judge_tickets(judged: Judged, out: Findings, name: str, weighed: Weighed) -> None:
    """Each ticket for itself; their nets against the grams of the act; what was drawn on them before."""
    for position, ticket in enumerate(weighed.tickets):
        judge_weighed(out, f"{name}.{position}", ticket.gross_t, ticket.tare_t, ticket.net_t)
    if not weighed.tickets:
        return
    limits = limits_of(judged.facts)
    if weighed.grams is not None:
        # What a shared ticket holds beyond the grams of the act is of others.
        is_shared, nets = judged.state.trip_id is not None, [(ticket.no, parse_mass(ticket.net_t)) for ticket in weighed.tickets]
        own_g = sum(net_g for number, net_g in nets if number is None or not is_shared)
        expected_g = min(max(weighed.grams, own_g), sum(net_g for _, net_g in nets))
        level = difference_level(limits, limits.weighing_floor_g, limits.weighing_permille, expected_g, weighed.grams)
        if level is not None:
            out.alert(level, "WEIGHING_SUM", "LINES", stated=tonnes(weighed.grams), tickets=tonnes(expected_g))
    for key, use in tickets_drawn(weighed, judged.facts).items():
        before: TicketUse | None = judged.facts.get(key)
        if before is not None and before.trip != weighed.trip:
            out.alert("M", "TICKET_REUSED", "OTHER", ticket=key.partition(" ")[2], trip=before.trip)
        if use.drawn_g * 1000 > use.net_g * (1000 + limits.ticket_permille):
            own = {"ticket": key.partition(" ")[2], "net": tonnes(use.net_g), "drawn": tonnes(use.drawn_g)}
            out.alert("H", "TICKET_OVERDRAWN", "OVER", **own)


def tickets_drawn(weighed: Weighed, facts: Facts) -> Mapping[str, TicketUse]:
    """Registers of the tickets after the act: its grams fill them in their order, the last one takes what is left."""
    uses: dict[str, TicketUse] = {}
    rest_g = weighed.grams or 0
    for position, ticket in enumerate(weighed.tickets):
        net_g = parse_mass(ticket.net_t)
        key = None if ticket.no is None else ticket_key(weighed.holder, ticket.no)
        known: TicketUse | None = None if key is None else uses.get(key) or facts.get(key)
        first_g, drawn_g = (net_g, 0) if known is None else (known.net_g, known.drawn_g)
        grams = rest_g if position == len(weighed.tickets) - 1 else min(rest_g, max(0, first_g - drawn_g))
        rest_g -= grams
        if key is not None:
            uses[key] = TicketUse(net_g=first_g, trip=weighed.trip, drawn_g=drawn_g + grams)
    return uses


TEXTS = texts("""
WEIGHING_SUM | R-09 | sender | Order 23 Art. 10(3) [READ]; check, tolerance [DESIGN]
同一行为中的重量相互矛盾：皮重大于毛重、净重大于毛重减皮重，或填报量与磅单净重不符。 || 核对磅单后重新填写；扣重的，在备注中说明。
Weights of one act contradict each other: tare above gross, net above gross minus tare, or masses that are not the net of the tickets. || Check the tickets and fill in again; explain a deduction in a note.

WEIGHING_SUM:TARE
皮重 {tare} 吨大于毛重 {gross} 吨，不可能。 || 对照磅单改正 {where} 的毛重和皮重（是否填反了）。
The tare, {tare} t, is above the gross, {gross} t. || Correct both in {where} from the ticket; perhaps they were exchanged.

WEIGHING_SUM:NET
净重 {net} 吨大于毛重减皮重（{gross} − {tare} = {most} 吨），不可能。 || 对照磅单改正 {where}：净重不超过 {most} 吨。
The net, {net} t, is above gross minus tare ({gross} − {tare} = {most} t). || Correct {where} from the ticket: the net is at most {most} t.

WEIGHING_SUM:LESS
净重 {net} 吨比毛重减皮重（{gross} − {tare}）少 {less} 吨。 || 不影响入账。属于扣重的，在备注中说明；填错的，由填报单位更正。
The net, {net} t, is {less} t below gross minus tare ({gross} − {tare}). || It is entered all the same. Explain a deduction in a note; a mistake is corrected by whoever made it.

WEIGHING_SUM:LINES
各行合计 {stated} 吨，与磅单净重 {tickets} 吨不符，超出允许误差。 || 不影响入账，主管部门会看到。核对磅单净重和各行数量。
The lines sum up to {stated} t, the tickets to {tickets} t: more than the tolerance. || It is entered all the same, and the authorities see it. Compare the tickets with the lines.

TICKET_REUSED | R-09 | sender | [DESIGN]
磅单已用于另一车次。 || 核对磅单编号；每一车次分别计量，同车收运的使用同一车次标识。
The ticket was used for another trip. || Check its number; every trip is weighed for itself, a collection round shares one trip id.

TICKET_REUSED:OTHER
磅单 {ticket} 已用于另一车次（{trip}）。 || 不影响入账。核对磅单编号；每一车次分别过磅，同车收运的在开具时填写同一 trip_id。
Ticket {ticket} was used for another trip ({trip}). || It is entered all the same. Check its number; every trip is weighed for itself, loads of one round are issued with one trip_id.

TICKET_OVERDRAWN | R-09 | sender | [DESIGN]
引用同一磅单的数量之和大于净重。 || 核对磅单净重和各联单的数量。
What was stated on one ticket is more than its net. || Compare the net with the masses of all manifests that use the ticket.

TICKET_OVERDRAWN:OVER
磅单 {ticket} 净重 {net} 吨，引用它的联单合计已达 {drawn} 吨。 || 不影响入账，主管部门会看到。核对磅单净重和各联单的数量。
Ticket {ticket} has a net of {net} t; the manifests that use it come to {drawn} t. || It is entered all the same, and the authorities see it. Compare the net with the masses of these manifests.
""")
