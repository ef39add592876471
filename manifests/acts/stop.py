"""停留: the load stands still on its way (Order 23 Art. 11(3) [READ]; act [DESIGN])."""

from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads
from ledger.fields import At, Text, label
from ledger.model import Findings
from manifests.act import STOPS_MAX, TIMES, Body, LegNumber, leg_is_open, trunk_act
from manifests.machine import Act
from manifests.vehicles import place_exists, place_keys
from whitelist.fields import Place


class Stop(Body, frozen=True, kw_only=True):
    """停留 (``manifest.stop/1``); ``at`` is when it began."""

    place: Annotated[Place, label("停留地点", "place")]
    reason: Annotated[Text, label("停留原因", "reason")]
    until: Annotated[At | None, label("停留至", "until")] = None
    leg: LegNumber | None = None


def stops_stay_countable(judged: Judged, out: Findings) -> None:
    """TRUNK_FULL: a trip has at most STOPS_MAX stops."""
    if judged.state.stops >= STOPS_MAX:
        out.refuse("TRUNK_FULL", "chain", judged.state.stops, f"≤ {STOPS_MAX}", "STOPS", count=str(judged.state.stops), most=str(STOPS_MAX))


STOP = trunk_act(
    Act.STOP,
    zh="停留",
    en="stop",
    body=Stop,
    reads=lambda statement, state, facts: Reads(registers=place_keys(statement, state)),
    rules=(leg_is_open, *TIMES, place_exists, stops_stay_countable),
    advance=lambda state, statement: replace(state, stops=state.stops + 1),
    books=None,
    effect=("停留记入联单的经过。", "The stop stands in the history."),
)
