"""无联单废物到场: what came to a receiver without a manifest, as the receiver tells it (kinds §9)."""

from __future__ import annotations

from typing import Annotated, Literal

from ledger.admission.personality import Changes, Judged
from ledger.fields import At, Files, MassAboveZero, Text, Uscc, items, label, words
from ledger.mass import parse_mass, tonnes
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at, parse_at
from manifests.incidents.contract import IncidentBody, InformedBy, incident_act
from manifests.mass import difference_level
from manifests.model import Vehicle
from manifests.receipt import Weighing
from manifests.tickets import judge_weighed
from whitelist.fields import Name, Place, WasteCode, WasteForm
from whitelist.incident import UNMANIFESTED, IncidentState
from whitelist.thresholds import thresholds_of
from whitelist.transfer import BodyPart, Packing


class ArrivedLine(BodyPart, frozen=True, kw_only=True):
    """One waste that came."""

    name: Name
    code: Annotated[WasteCode | None, label("废物代码", "waste code")] = None
    form: WasteForm
    packing: Packing | None = None
    mass_t: Annotated[MassAboveZero, label("数量（吨）", "mass, t")]


class IncidentUnmanifested(IncidentBody, frozen=True, kw_only=True):
    """无联单废物到场 (``incident.unmanifested/1``)."""

    arrived_at: Annotated[At, label("到场时间", "arrived at")]
    place: Annotated[Place, label("到场地点", "place")]
    sender: Annotated[Uscc | None, label("送来单位", "sender")] = None
    sender_name: Annotated[Text | None, label("送来单位名称", "name of the sender")] = None
    carrier: Annotated[Uscc | None, label("承运人", "carrier")] = None
    vehicle: Annotated[Vehicle | None, label("车辆", "vehicle")] = None
    lines: Annotated[tuple[ArrivedLine, ...], items(1, 16), label("废物", "wastes")]
    kept: Annotated[
        Literal["stored", "refused", "accepted"],
        label("处理", "what became of it"),
        words({"stored": "暂存", "refused": "拒收", "accepted": "接收"}),
    ]
    weighing: Annotated[Weighing | None, label("计量", "weighing")] = None
    informed: Annotated[tuple[InformedBy, ...], items(0, 8), label("已通报", "informed")] = ()
    files: Files = ()


def it_is_said(judged: Judged, out: Findings) -> None:
    """ALERT H UNMANIFESTED, always: grams accepted so enter a site's scale by ``permit.usage`` alone."""
    out.alert("H", "UNMANIFESTED")


def weights_agree(judged: Judged, out: Findings) -> None:
    """WEIGHING_SUM: refused for what no scale says, an alert where the lines are not the net of the tickets (R-09)."""
    body: IncidentUnmanifested = judged.statement.body
    tickets = () if body.weighing is None else body.weighing.tickets
    for number, ticket in enumerate(tickets):
        judge_weighed(out, f"body.weighing.tickets.{number}", ticket.gross_t, ticket.tare_t, ticket.net_t)
    limits = thresholds_of(judged.facts)
    if not tickets or limits is None:
        return
    stated_g, net_g = (
        sum(parse_mass(one) for one in masses) for masses in ([line.mass_t for line in body.lines], [one.net_t for one in tickets])
    )
    level = difference_level(limits, limits.weighing_floor_g, limits.weighing_permille, net_g, stated_g)
    if level is not None:
        out.alert(level, "WEIGHING_SUM", "LINES", stated=tonnes(stated_g), tickets=tonnes(net_g))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: IncidentUnmanifested = statement.body
    return Changes(
        state=IncidentState(
            what=UNMANIFESTED,
            division=body.place.division,
            happened_s=parse_at(body.arrived_at),
            reported_s=parse_admission_at(admission.at),
            concerned=tuple(dict.fromkeys(party for party in (body.sender, body.carrier) if party is not None)),
        )
    )


UNMANIFESTED_ARRIVAL = incident_act(
    "incident.unmanifested/1",
    zh="无联单废物到场",
    en="arrival without a manifest",
    body=IncidentUnmanifested,
    moment="arrived_at",
    reads_doc="Nothing beside log/main.",
    rules=(it_is_said, weights_agree),
    evolve=_evolve,
    effect=(
        "事件进入账本；接收的数量只能通过 permit.usage 计入年经营规模。",
        "The incident is open; what was accepted enters a site's scale by permit.usage alone.",
    ),
)
