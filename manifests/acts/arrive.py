"""运抵: a leg is at its end (R-55; Order 23 Art. 11(4) [READ])."""

from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads
from ledger.fields import File, label
from ledger.model import Findings, Statement
from manifests.act import TIMES, FiledBody, LegNumber, at_stage, ended, leg_is_open, named_legs, trunk_act
from manifests.machine import Act
from manifests.model import ManifestState, Stage
from manifests.vehicles import judge_destination, place_exists, trip_keys, trips
from whitelist.fields import Place


class Arrive(FiledBody, frozen=True, kw_only=True):
    """运抵 (``manifest.arrive/1``). ``at`` is the time of arrival (实际到达时间)."""

    place: Annotated[Place, label("运输终点", "place")]
    leg: LegNumber | None = None
    track: Annotated[File | None, label("运输轨迹", "track")] = None


def delivered_to_the_receiver(judged: Judged, out: Findings) -> None:
    """R-55: the load arrives in the division of the receiver's site that the manifest names; where it did not, that is a fact."""
    judge_destination(judged, out, judged.statement.body.place)


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    after = replace(state, legs=ended(state.legs, named_legs(statement, state), statement.at_s))
    return after if after.open_legs else at_stage(after, Stage.ARRIVED, arrived_s=statement.at_s)


ARRIVE = trunk_act(
    Act.ARRIVE,
    zh="运抵",
    en="arrive",
    body=Arrive,
    reads=lambda statement, state, facts: Reads(registers=trip_keys(statement, state)),
    reads_doc="The open trips of the trucks under way.",
    rules=(leg_is_open, *TIMES, place_exists, delivered_to_the_receiver),
    registers=trips,
    advance=_advance,
    books=None,
    effect=(
        "所指的运输段结束；没有在途的运输段时，联单为已运抵，等待接受人确认。",
        "The named leg ends, or all that are open; with none open the load has arrived and the receiver is to confirm.",
    ),
)
