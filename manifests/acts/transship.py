"""换装: the load, or a part of it, changes to another vehicle of the same carrier (design §6 [DESIGN])."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.mass import parse_mass
from ledger.model import Statement
from manifests.act import TIMES, Body, ended, judge_grams, judge_text, trunk_act
from manifests.model import Act, Leg, ManifestState, Part, Vehicle
from manifests.vehicles import legs_stay_countable, place_is_named, reads_change, trips, vehicle_is_named, vehicle_makes_one_trip
from signing.refusal import texts
from whitelist.fields import Place


class MovedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grams of one line that change the vehicle."""

    line: int
    mass_t: str


class Transship(Body, frozen=True, kw_only=True):
    """换装: another vehicle of the same carrier (``manifest.transship/1``)."""

    vehicle: Vehicle
    reason: str
    place: Place
    waybill_no: str | None = None
    """Only when the waybill changed too."""
    part: tuple[MovedLine, ...] = ()
    """Empty: the whole load. Otherwise what goes on in the new vehicle while the rest stays in the old one."""


def transshipment_moves_what_is_there(judged: Judged, out: Findings) -> None:
    """A reason; for a partial one each line at most once and no more grams than were sent; the load is split at most once at a time."""
    body: Transship = judged.statement.body
    judge_text(out, "body.reason", body.reason)
    if not body.part:
        return
    if len(judged.state.open_legs) > 1:
        out.refuse("TRANSSHIP_PART", "body.part", "", "先合并或全部换装 / the load is split already")
    numbers = [moved.line for moved in body.part]
    if len(set(numbers)) != len(numbers):
        out.refuse("LINES_ONCE", "body.part", ", ".join(map(str, numbers)), "each line once")
    rest_g = sum(line.sent_g for line in judged.state.lines)
    for position, moved in enumerate(body.part):
        field = f"body.part.{position}"
        if not 0 <= moved.line < len(judged.state.lines):
            out.refuse("LINE_UNKNOWN", f"{field}.line", moved.line, f"0 … {len(judged.state.lines) - 1}")
            continue
        mass_g = judge_grams(out, f"{field}.mass_t", moved.mass_t, positive=True)
        if mass_g is not None:
            rest_g -= mass_g
            if mass_g > judged.state.lines[moved.line].sent_g:
                out.refuse("TRANSSHIP_PART", f"{field}.mass_t", moved.mass_t, f"≤ {judged.state.lines[moved.line].sent_g} g")
    if rest_g == 0:
        out.refuse("TRANSSHIP_PART", "body.part", "", "全部换装时省略 part / leave part out for the whole load")


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Transship = statement.body
    before = state.legs[-1]
    parts = tuple(Part(moved.line, parse_mass(moved.mass_t)) for moved in body.part)
    leg = Leg(
        carrier=before.carrier,
        vehicle=body.vehicle,
        waybill_no=body.waybill_no or before.waybill_no,
        place=body.place,
        begun_s=statement.at_s,
        parts=parts,
        reason=body.reason,
    )
    legs = state.legs if parts else ended(state.legs, statement.at_s)
    return replace(state, legs=(*legs, leg))


TRANSSHIP = trunk_act(
    Act.TRANSSHIP,
    zh="换装",
    en="transship",
    body=Transship,
    reads=reads_change,
    reads_doc="The open trips of both vehicles.",
    rules=(
        *TIMES,
        transshipment_moves_what_is_there,
        vehicle_is_named,
        place_is_named,
        legs_stay_countable,
        vehicle_makes_one_trip,
    ),
    registers=trips,
    advance=_advance,
    books=None,
    effect=("新的一段运输开始；部分换装时原车继续。", "A new leg begins; with part the old one goes on."),
    texts=texts("""
TRANSSHIP_PART | - | carrier | design §6 [DESIGN]
换装的数量与在途数量不符。 || 部分换装须少于在途总量；全部换装时省略 part；已分装的不能再次分装。
The part that changes the vehicle does not fit the load. || A part is less than the load; leave part out for the whole; a split load is not split again.
"""),
)
