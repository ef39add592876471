"""交接: the load changes hands between two carriers (R-54; Order 23 Art. 17 [READ])."""

from typing import Annotated

from ledger.admission.personality import Judged, Reads
from ledger.fields import label
from ledger.model import Findings, Statement
from manifests.act import TIMES, LegNumber, leg_is_open, trunk_act
from manifests.carriage import Carriage, LicenceRef, Seals, carriage_keys, carriage_registers, judge_carriage, leg_of, succeeded
from manifests.machine import Act
from manifests.model import ManifestState
from manifests.vehicles import judge_place, legs_stay_countable, note_new_carrier, vehicle_fits_the_mode
from signing.refusal import texts
from whitelist.fields import Place


class HandOver(Carriage, frozen=True, kw_only=True):
    """交接 between two carriers (``manifest.hand_over/1``). The time is ``at``."""

    place: Annotated[Place | None, label("交接地点", "place")] = None
    leg: LegNumber | None = None
    licence: LicenceRef | None = None
    seals: Seals = ()


def place_is_fixed(judged: Judged, out: Findings) -> None:
    """R-54: 交接的时间和地点 are fixed by both carriers."""
    place: Place | None = judged.statement.body.place
    if place is None:
        out.refuse("HANDOVER", "body.place", "", "", "PLACE")
    else:
        judge_place(judged, out, place, judged.moment.at_s)


def load_comes_onto_a_vehicle(judged: Judged, out: Findings) -> None:
    """R-24, R-34, R-51, R-53 for the carrier that takes the load."""
    carrier = judged.statement.by[-1]
    note_new_carrier(judged, carrier, out)
    judge_carriage(judged, out, carrier, judged.statement.body.waybill_no)


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    assert statement.body.place is not None, "R-54 refuses a hand-over without place"
    return succeeded(state, statement, leg_of(statement, statement.by[-1]))


HAND_OVER = trunk_act(
    Act.HAND_OVER,
    zh="承运人交接",
    en="hand over",
    body=HandOver,
    reads=lambda statement, state, facts: Reads(registers=carriage_keys(statement, state, statement.by[-1:])),
    reads_doc="The open trips of the trucks concerned, and what travelled under the waybill's number.",
    rules=(leg_is_open, *TIMES, place_is_fixed, vehicle_fits_the_mode, legs_stay_countable, load_comes_onto_a_vehicle),
    registers=carriage_registers,
    advance=_advance,
    books=None,
    effect=("所指的运输段结束，后一承运人的运输段开始。", "The named leg ends, or all that are open; the next carrier's begins."),
    texts=texts("""
HANDOVER | R-54 | carrier | Order 23 Art. 17 [READ]
联运交接没有交接地点。 || 由前后两个承运人共同确定交接的时间和地点。
The hand-over lacks its place. || Let both carriers fix time and place of the hand-over.

HANDOVER:PLACE
没有填写交接地点。 || 在 body.place 填写交接地点的行政区划代码和地址，例如 {{"division":"510502","address":"…"}}，由前后两个承运人共同签署。
The place of the hand-over is missing. || Give its division and address in body.place, e.g. {{"division":"510502","address":"…"}}; both carriers sign.
"""),
)
