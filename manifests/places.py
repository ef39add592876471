"""Places of a trip: do they exist on the day, and do they lie where the manifest says (R-55; Order 23 Art. 11(2)(4) [READ])."""

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.model import Statement
from ledger.times import day_of
from manifests.model import ManifestState
from signing.refusal import texts
from whitelist.divisions import same_place
from whitelist.fields import Place
from whitelist.rules import place as places


def owner_of(statement: Statement, state: ManifestState) -> str:
    """Whose place an act names: the generator's where it departs, the receiver's where it arrives, on the way that of who gives the load."""
    act = statement.kind.partition("/")[0]
    if act == "manifest.depart":
        return state.generator
    return state.receiver if act in ("manifest.arrive", "manifest.receive") else statement.principal or statement.by[0]


def place_keys(statement: Statement, state: ManifestState) -> tuple[str, ...]:
    """Registers of the site that an act names, if it names one."""
    place: Place | None = statement.body.place
    return () if place is None else places.place_registers(place, owner_of(statement, state))


def judge_place(judged: Judged, out: Findings, place: Place, event_s: int) -> None:
    """DIVISION, SITE_UNKNOWN, ALERT M DIVISION_RETIRED on the day of the event."""
    owner = owner_of(judged.statement, judged.state)
    places.judge_place(out, judged.facts, "body.place", place, day_of(event_s), owner)


def place_exists(judged: Judged, out: Findings) -> None:
    """The place of an act, on the day of its admission (kinds §1.1)."""
    judge_place(judged, out, judged.statement.body.place, judged.moment.at_s)


def judge_destination(judged: Judged, out: Findings, place: Place) -> None:
    """ALERT H WRONG_RECEIVER in another division than the receiver's, PROVINCE_CHANGED in another province than the manifest's."""
    destination: Place = judged.state.destination
    if not same_place(judged.facts, place.division, destination.division):
        out.alert("H", "WRONG_RECEIVER")
    if place.division[:2] != destination.division[:2]:
        out.alert("H", "PROVINCE_CHANGED")


TEXTS = texts("""
WRONG_RECEIVER | R-55 | carrier | Order 23 Art. 11(4) [READ]
到达或接受地不是联单载明的接受人所在地。 || 将废物运至联单载明的接受人；不能送达的，立即通知移出人和主管部门。
The load is elsewhere than at the receiver named on the manifest. || Deliver to the receiver named on the manifest; if that is impossible, tell the generator and the authority at once.

PROVINCE_CHANGED | R-55 | carrier | Order 23 Art. 11(4), 21 [READ]; alert [DESIGN]
到达或接受地与联单载明的接受地不在同一省。 || 立即通知移出人和两地主管部门；未经批准不得转移至其他省。
The load is in another province than the manifest's destination. || Tell the generator and both authorities at once; without a decision nothing goes to another province.
""")
