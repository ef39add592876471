"""What every act has that brings a load onto a vehicle: vehicle, waybill, crew, permits; and how legs follow each other (Art. 11, 17)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.chain import ULID, USCC
from ledger.fields import ShortText, form, items, label, later
from ledger.kinds.crew import CrewId, CrewRecord, CrewRole, crew_key
from ledger.labels import words_of
from ledger.model import Findings, Statement
from ledger.times import day_of
from manifests.act import Entered, FiledBody, ended, named_legs
from manifests.model import Leg, LegPart, ManifestState, Vehicle
from manifests.recorded import leg_recorded
from manifests.vehicles import carried_g, judge_trips, judge_waybill, papers_travel, trip_keys, trips, waybill_key, waybill_written
from signing.phrase import Phrase, Word
from signing.refusal import texts
from whitelist.transfer import BodyPart


class CrewMember(BodyPart, frozen=True, kw_only=True):
    """One of 驾驶人员、押运人员、装卸管理人员, by the id under which the carrier registered them (R-26)."""

    crew: CrewId
    role: CrewRole


Crew = Annotated[tuple[CrewMember, ...], items(0, 8), label("人员", "crew")]
Seals = Annotated[tuple[ShortText, ...], items(0, 16), label("封签", "seals")]
LicenceRef = Annotated[
    str,
    form(f"^licence/{USCC}/{ULID}$", "FIELD_TYPE", Phrase("licence/<承运人代码>/<存证标识>", "licence/<carrier>/<ULID>")),
    later(),
    label("道路运输许可", "licence"),
]
VehicleRef = Annotated[
    str,
    form(f"^vehicle/{USCC}/{ULID}$", "FIELD_TYPE", Phrase("vehicle/<承运人代码>/<存证标识>", "vehicle/<carrier>/<ULID>")),
    later(),
    label("车辆档案", "vehicle permit"),
]


class Carriage(FiledBody, frozen=True, kw_only=True):
    """The vehicle that takes a load, with its papers and people."""

    vehicle: Annotated[Vehicle, label("运输工具", "vehicle")]
    waybill_no: Annotated[ShortText | None, label("危险货物运单号", "dangerous-goods waybill")] = None
    crew: Crew = ()
    vehicle_permit: VehicleRef | None = None


def carriage_keys(statement: Statement, state: ManifestState, carrier: tuple[str, ...]) -> tuple[str, ...]:
    """Registers of the open trips of the trucks concerned, and of what travelled under the waybill's number."""
    number: str | None = statement.body.waybill_no
    waybills = () if number is None else tuple(waybill_key(known, number) for known in carrier)
    return (*trip_keys(statement, state), *waybills, *(key for known in carrier for key in crew_keys(statement, known)))


def crew_keys(statement: Statement, carrier: str) -> tuple[str, ...]:
    """Registers of the people whom an act names."""
    crew: tuple[CrewMember, ...] = statement.body.crew
    return tuple([crew_key(carrier, member.crew) for member in crew])


def judge_crew(judged: Judged, out: Findings, carrier: str) -> None:
    """R-26 ALERT H CREW, person by person: no id of the carrier's, of another role, retired, or not qualified on the day of the act.

    That day is the one of ``at``: the driver drives then, wherever the phone finds a network.
    """
    crew: tuple[CrewMember, ...] = judged.statement.body.crew
    if not crew or judged.state.is_backfill:
        return
    day = day_of(judged.statement.at_s)
    for member in crew:
        known: CrewRecord | None = judged.facts.get(crew_key(carrier, member.crew))
        what: Word
        if known is None:
            what = ("没有登记", "is not registered")
        elif known.retired:
            what = ("已停用", "is retired")
        elif known.valid_to is not None and known.valid_to < day:
            what = (f"的资格已于 {known.valid_to} 到期", f"was qualified until {known.valid_to}")
        elif known.role != member.role:
            roles = words_of(CrewRole)
            what = (
                f"登记为{roles[known.role]}，这里填写的是{roles[member.role]}",
                f"is registered as {known.role}, named here as {member.role}",
            )
        else:
            continue
        out.alert("H", "CREW", "PERSON", carrier=carrier, crew=member.crew, what=what)


def judge_carriage(judged: Judged, out: Findings, carrier: str, waybill_no: str | None) -> None:
    """What is said of a load that changes hands or vehicles on its way: it moves already, so nothing of this is refused."""
    state: ManifestState = judged.state
    legs = [state.legs[number] for number in named_legs(judged.statement, state)]
    judge_trips(judged, out, carrier, sum(carried_g(state, leg) for leg in legs))
    judge_waybill(judged, out, carrier, judged.statement.body.waybill_no)
    judge_crew(judged, out, carrier)
    papers_travel(judged, out, waybill_no)


def leg_of(statement: Statement, carrier: str, waybill_no: str | None = None, reason: str | None = None) -> Leg:
    """The leg that begins with an act; ``waybill_no`` where the act names none."""
    body = statement.body
    number: str = body.waybill_no or waybill_no or ""
    return Leg(carrier=carrier, vehicle=body.vehicle, waybill_no=number, place=body.place, begun_s=statement.at_s, reason=reason)


def carriage_registers(entered: Entered) -> Mapping[str, Any]:
    """Trucks and waybill after a leg began."""
    words = leg_recorded(entered.statement.chain, len(entered.before.legs), entered.statement.body)
    return {**trips(entered), **waybill_written(entered), **words}


def parts_of(state: ManifestState, legs: Iterable[int]) -> tuple[LegPart, ...]:
    """What legs carry together, by line; empty for the whole load."""
    carried: dict[int, int] = {}
    for number in legs:
        if not state.legs[number].parts:
            return ()
        for part in state.legs[number].parts:
            carried[part.line] = carried.get(part.line, 0) + part.mass_g
    return tuple(LegPart(line, mass_g) for line, mass_g in sorted(carried.items()))


def succeeded(state: ManifestState, statement: Statement, leg: Leg) -> ManifestState:
    """The manifest after a leg took over what the named legs carried."""
    numbers = named_legs(statement, state)
    return replace(state, legs=(*ended(state.legs, numbers, statement.at_s), replace(leg, parts=parts_of(state, numbers))))


TEXTS = texts("""
CREW | R-26 | carrier | Order 23 Art. 13(1) [READ]; alert [DESIGN]
人员未登记、已停用、岗位不符或资格到期。 || 不影响入账，主管部门会看到。由承运人登记人员（crew.register），并只派有资格的人员。
A member of the crew is not registered, retired, of another role, or no longer qualified. || It is entered all the same, and the authorities see it. The carrier registers its crew (crew.register) and sends qualified people.

CREW:PERSON
{carrier}的人员 {crew} {what}。 || 不影响入账，主管部门会看到。编号填错的，由承运人更正；没有登记或资格已换证的，由承运人登记（crew.register）。
Crew id {crew} of {carrier} {what}. || It is entered all the same, and the authorities see it. If the id is wrong, the carrier corrects it; if it is new or was renewed, the carrier registers it (crew.register).
""")
