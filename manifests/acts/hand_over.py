"""交接: the load changes hands between two carriers (R-54; Order 23 Art. 17 [READ])."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.model import Statement
from manifests.act import TIMES, Body, ended, is_blank, note_new_carrier, trunk_act
from manifests.model import Act, Leg, ManifestState, Vehicle
from manifests.vehicles import judge_place, legs_stay_countable, reads_change, trips, vehicle_is_named, vehicle_makes_one_trip
from signing.refusal import texts
from whitelist.fields import Place


class HandOver(Body, frozen=True, kw_only=True):
    """交接 between two carriers (Art. 17; ``manifest.hand_over/1``)."""

    vehicle: Vehicle
    waybill_no: str = ""
    place: Place | None = None


def new_carrier_is_said(judged: Judged, out: Findings) -> None:
    """R-34 for the carrier that takes the load."""
    note_new_carrier(judged, judged.statement.by[-1], out)


def hand_over_is_complete(judged: Judged, out: Findings) -> None:
    """R-54: 交接的时间和地点 are fixed by both carriers, and the next one has its own waybill. The time is ``at``."""
    body: HandOver = judged.statement.body
    if body.place is None or is_blank(body.place.address):
        out.refuse("HANDOVER", "body.place", "", "交接地点")
    else:
        judge_place(judged, out, body.place)
    if is_blank(body.waybill_no):
        out.refuse("HANDOVER", "body.waybill_no", "", "危险货物运单号")


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: HandOver = statement.body
    assert body.place is not None, "R-54 refuses a hand-over without place"
    leg = Leg(
        carrier=statement.by[-1],
        vehicle=body.vehicle,
        waybill_no=body.waybill_no,
        place=body.place,
        begun_s=statement.at_s,
    )
    return replace(state, legs=(*ended(state.legs, statement.at_s), leg))


HAND_OVER = trunk_act(
    Act.HAND_OVER,
    zh="承运人交接",
    en="hand over",
    body=HandOver,
    reads=reads_change,
    reads_doc="The open trips of both vehicles.",
    rules=(*TIMES, new_carrier_is_said, hand_over_is_complete, vehicle_is_named, legs_stay_countable, vehicle_makes_one_trip),
    registers=trips,
    advance=_advance,
    books=None,
    effect=("前一段运输结束，后一承运人的运输开始。", "The leg ends, the next carrier's begins."),
    texts=texts("""
HANDOVER | R-54 | carrier | Order 23 Art. 17 [READ]
联运交接缺少交接地点或后一承运人的运单号。 || 由前后两个承运人共同确定交接的时间和地点，并填写危险货物运单号。
The hand-over lacks its place or the next carrier's waybill. || Let both carriers fix time and place of the hand-over, and give the waybill's number.
"""),
)
