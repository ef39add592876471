"""运抵: the load is at its destination (R-55; Order 23 Art. 11(4) [READ])."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.model import Statement
from manifests.act import TIMES, Body, at_stage, ended, trunk_act
from manifests.model import Act, ManifestState, Stage
from manifests.vehicles import place_is_named, reads_arrival, trips
from signing.refusal import texts
from whitelist.divisions import same_place
from whitelist.fields import Place


class Arrive(Body, frozen=True, kw_only=True):
    """运抵 (Art. 11(4); ``manifest.arrive/1``). ``at`` is the time of arrival (实际到达时间)."""

    place: Place


def delivered_to_the_receiver(judged: Judged, out: Findings) -> None:
    """R-55: the load arrives in the division of the receiver's site that the manifest names."""
    body: Arrive = judged.statement.body
    if not same_place(judged.facts, body.place.division, judged.state.destination.division):
        out.refuse("WRONG_RECEIVER", "body.place.division", body.place.division, judged.state.destination.division)


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    return at_stage(replace(state, legs=ended(state.legs, statement.at_s)), Stage.ARRIVED, arrived_s=statement.at_s)


ARRIVE = trunk_act(
    Act.ARRIVE,
    zh="运抵",
    en="arrive",
    body=Arrive,
    reads=reads_arrival,
    reads_doc="The open trips of the vehicle.",
    rules=(*TIMES, place_is_named, delivered_to_the_receiver),
    registers=trips,
    advance=_advance,
    books=None,
    effect=("运输结束，等待接受人确认。", "The trip ends; the receiver is to confirm."),
    texts=texts("""
WRONG_RECEIVER | R-55 | carrier | Order 23 Art. 11(4) [READ]
运抵地不是联单载明的接受人所在地。 || 将废物运至联单载明的接受人；不能送达的，立即通知移出人和主管部门。
The load arrived elsewhere than at the receiver named on the manifest. || Deliver to the receiver named on the manifest; if that is impossible, tell the generator and the authority at once.
"""),
)
