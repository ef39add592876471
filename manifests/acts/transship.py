"""换装: the load, or a part of it, changes to another vehicle of the same carrier (design §6 [DESIGN])."""

from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads
from ledger.fields import MassAboveZero, Text, items, label
from ledger.mass import parse_mass
from ledger.model import Facts, Findings, Statement
from manifests.act import TIMES, LegNumber, carriers_of, leg_is_open, line_is_known, named_legs, trunk_act
from manifests.carriage import Carriage, carriage_keys, carriage_registers, judge_carriage, leg_of, parts_of, succeeded
from manifests.machine import Act
from manifests.model import LegPart, ManifestState
from manifests.vehicles import legs_stay_countable, place_exists, vehicle_fits_the_mode
from signing.refusal import texts
from whitelist.fields import LineNumber, Place
from whitelist.transfer import BodyPart


class MovedLine(BodyPart, frozen=True, kw_only=True):
    """Grams of one line that change the vehicle."""

    line: Annotated[LineNumber, label("行号", "line, from 0")]
    mass_t: Annotated[MassAboveZero, label("分装量（吨）", "mass, t")]


class Transship(Carriage, frozen=True, kw_only=True):
    """换装: another vehicle of the same carrier (``manifest.transship/1``). ``waybill_no`` only when the waybill changed too."""

    reason: Annotated[Text, label("换装原因", "reason")]
    place: Annotated[Place, label("换装地点", "place")]
    part: Annotated[tuple[MovedLine, ...], items(0, 16), label("分装", "part")] = ()
    """Empty: the whole load of the leg. Otherwise what goes on in the new vehicle while the rest stays in the old one."""
    leg: LegNumber | None = None


def reads(statement: Statement, state: ManifestState, facts: Facts) -> Reads:
    """Trucks under way and the one that takes the load, and the waybill of its carrier."""
    return Reads(registers=carriage_keys(statement, state, carriers_of(state, named_legs(statement, state))))


def part_is_split_off_once(judged: Judged, out: Findings) -> None:
    """LINES_ONCE, LINE_UNKNOWN; TRANSSHIP_PART for a third part; ALERT M PART_EXCEEDS for more of a line than the leg carries."""
    body, state = judged.statement.body, judged.state
    if not body.part:
        return
    if len(state.open_legs) > 1:
        under_way = "; ".join(f"{number} = {state.legs[number].vehicle.plate}" for number in state.under_way)
        out.refuse("TRANSSHIP_PART", "body.part", len(state.open_legs), "1", "SPLIT", open=under_way)
    numbers = [moved.line for moved in body.part]
    if len(set(numbers)) != len(numbers):
        twice = ", ".join(sorted({str(number) for number in numbers if numbers.count(number) > 1}))
        out.refuse("LINES_ONCE", "body.part", ", ".join(map(str, numbers)), "", "TWICE", faults=twice, where="body.part")
    carried = _carried(state, named_legs(judged.statement, state))
    for position, moved in enumerate(body.part):
        if line_is_known(judged, out, f"body.part.{position}", moved.line) and parse_mass(moved.mass_t) > carried.get(moved.line, 0):
            out.alert("M", "PART_EXCEEDS")


def load_changes_the_vehicle(judged: Judged, out: Findings) -> None:
    """R-24, R-51, R-53 for the new vehicle; the waybill goes on where no new one is named."""
    statement, state = judged.statement, judged.state
    for carrier in carriers_of(state, numbers := named_legs(statement, state)):
        judge_carriage(judged, out, carrier, statement.body.waybill_no or state.legs[numbers[0]].waybill_no or None)


def _carried(state: ManifestState, legs: tuple[int, ...]) -> dict[int, int]:
    parts = {part.line: part.mass_g for part in parts_of(state, legs)}
    return parts or {number: line.sent_g for number, line in enumerate(state.lines)}


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Transship = statement.body
    numbers = named_legs(statement, state)
    before = state.legs[numbers[0]]
    leg = leg_of(statement, before.carrier, before.waybill_no, body.reason)
    if not body.part:
        return succeeded(state, statement, leg)
    moved = {part.line: parse_mass(part.mass_t) for part in body.part}
    rest = {line: max(0, mass_g - moved.get(line, 0)) for line, mass_g in _carried(state, numbers).items()}
    old = replace(before, parts=tuple(LegPart(line, mass_g) for line, mass_g in sorted(rest.items())))
    new = replace(leg, parts=tuple(LegPart(line, mass_g) for line, mass_g in sorted(moved.items())))
    return replace(state, legs=(*state.legs[: numbers[0]], old, *state.legs[numbers[0] + 1 :], new))


TRANSSHIP = trunk_act(
    Act.TRANSSHIP,
    zh="换装",
    en="transship",
    body=Transship,
    reads=reads,
    reads_doc="The open trips of the trucks concerned, and what travelled under the waybill's number.",
    rules=(leg_is_open, *TIMES, part_is_split_off_once, place_exists, vehicle_fits_the_mode, legs_stay_countable, load_changes_the_vehicle),
    registers=carriage_registers,
    advance=_advance,
    books=None,
    effect=("新的运输段开始；部分换装时原车继续。", "A new leg begins; with part the old one goes on."),
    texts=texts("""
TRANSSHIP_PART | - | carrier | design §6 [DESIGN]
货物已经分装，不能再次分装。 || 先将一部分全部换装或运抵，再分装另一部分。
The load is split already and is not split again. || Let one part arrive, or change its vehicle as a whole, before another part is made.

TRANSSHIP_PART:SPLIT
货物已经分在两车上（{open}），不能再分。 || 先让其中一车运抵，或者用 body.leg 指明一段并全部换装（不填 body.part）。
The load travels on two vehicles already ({open}) and is not split again. || Let one of them arrive first, or name one in body.leg and change its vehicle as a whole (without body.part).

PART_EXCEEDS | - | carrier | [DESIGN]
分装量大于该运输段所载的该项数量。 || 不影响入账，主管部门会看到。核对分装量。
More of a line is said to change the vehicle than the leg carries. || It is entered all the same, and the authorities see it. Check the part.
"""),
)
