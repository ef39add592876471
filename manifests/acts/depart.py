"""起运: the loading gate and the first leg (Order 23 Art. 10(3), 11(1)(2), 13: 不相符的，应当不予装载).

The departure is the second of the two gates that judge beforehand: is the transfer still lawful (``manifests.gate``), do label, vehicle and
papers fit? What disagrees beyond that is a fact and only said. Of a backfill the trip is over: form, signers, times, province and weighing
are all that is left to judge. Source: kinds §6.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads, Role
from ledger.fields import DivisionCode, Mass, items, label, with_code, words
from ledger.labels import words_of
from ledger.mass import parse_mass
from ledger.model import Facts, Findings, Statement, kept_for_last
from ledger.times import day_of, format_at
from manifests import gate, labels, returns, settlement, vehicles
from manifests.act import LONG_S, TOLERANCE_S, Entered, at_stage, is_long_ago, judge_lines_once, time_does_not_run_back, trunk_act
from manifests.carriage import Carriage, LicenceRef, Seals, crew_keys, judge_crew, leg_of
from manifests.machine import Act
from manifests.mass import limits_of, weight_level
from manifests.model import Capacity, ManifestState, Stage
from manifests.recorded import leg_recorded
from manifests.tickets import Tickets, Weighed, judge_tickets, judge_weighed, ticket_keys, tickets_drawn
from signing.refusal import texts
from whitelist import telling
from whitelist.divisions import judge_division, same_place
from whitelist.fields import LineNumber, Place
from whitelist.telling import minute
from whitelist.transfer import BodyPart, LineMass

GateCheck = Annotated[
    Literal["carrier", "vehicle", "crew", "labels", "packaging", "intact", "weatherproof", "leakproof"],
    with_code("LOAD_CHECKS"),
    words({
        "carrier": "承运人资质", "vehicle": "车辆", "crew": "驾押人员", "labels": "识别标志与联单一致",
        "packaging": "包装", "intact": "未破损", "weatherproof": "防雨防渗", "leakproof": "防泄漏",
    }),
]  # fmt: skip
ALWAYS = ("carrier", "vehicle", "crew", "labels")
"""What Art. 13 has verified at every loading: permits of carrier, vehicle and crew, and the labels."""
EXEMPT = ("weatherproof", "leakproof")
"""Conditions of exempt transport: 防雨、防渗漏、防遗撒 (豁免管理清单 [READ])."""
BATTERIES = "900-052-31"
"""废铅蓄电池: exempt transport only of what is not broken (未破损)."""


class LoadedLine(BodyPart, frozen=True, kw_only=True):
    """Weight of one line at loading (Art. 10(3))."""

    line: Annotated[LineNumber, label("行号", "line, from 0")]
    mass_t: Annotated[LineMass, label("移出量（吨）", "mass loaded, t")]
    gross_t: Annotated[Mass | None, label("毛重（吨）", "gross, t")] = None
    tare_t: Annotated[Mass | None, label("皮重（吨）", "tare, t")] = None


_Label = Annotated[
    str,
    label(
        "数字识别码：18 位单位代码、8 位废物代码、8 位日期、3 位序号",
        "18 characters of the unit, 8 of the waste code, 8 of the day, 3 of the serial; another form is admitted with an alert (LABEL_FORM)",
    ),
]


class Gate(BodyPart, frozen=True, kw_only=True):
    """Loading gate (装载核实, Art. 13): labels scanned, checks attested by the signers."""

    labels: Annotated[tuple[_Label, ...], items(0, labels.LABELS_MAX), label("数字识别码", "labels of 37 characters")]
    checks: Annotated[tuple[GateCheck, ...], items(0, 8, once=True), label("装载核实", "checks")]


class Depart(Carriage, frozen=True, kw_only=True):
    """Part 2 of the form, first leg (``manifest.depart/1``). ``at`` is the time of departure (实际起运时间)."""

    place: Annotated[Place, label("运输起点", "place")]
    via: Annotated[tuple[DivisionCode, ...], items(0, 16), label("经由地", "via")] = ()
    gate: Annotated[Gate, label("装载", "loading gate")]
    loaded: Annotated[tuple[LoadedLine, ...], items(0, 16), label("移出量", "loaded")] = ()
    """Every line once, or nothing where the load is weighed only at its destination."""
    tickets: Tickets = ()
    licence: LicenceRef | None = None
    seals: Seals = ()


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """Consignor and first carrier; or a carrier named at issue, alone, since nobody may load in a stranger's name.

    A consignor that is named as carrier drives its own waste: one party, both roles.
    """
    state: ManifestState = facts.state(statement.chain)
    if _is_carrier_alone(statement, state):
        return (Role(Capacity.CARRIER.value, (carrier_of(statement),)),)
    drives_itself = statement.by == (state.consignor,) and statement.principal is None and state.consignor in state.carriers
    carriers = statement.by if drives_itself else statement.by[1:2] or state.carriers
    return (Role(Capacity.CONSIGNOR.value, (state.consignor,)), Role(Capacity.CARRIER.value, carriers))


def _is_carrier_alone(statement: Statement, state: ManifestState) -> bool:
    first = statement.principal or statement.by[0]
    return len(statement.by) == 1 and first in state.carriers and first != state.consignor


def carrier_of(statement: Statement) -> str:
    """Who takes the load: the second signer, or the one party that holds the act."""
    return statement.by[1] if len(statement.by) > 1 else statement.principal or statement.by[0]


def loaders_are_said(judged: Judged, out: Findings) -> None:
    """LOAD_UNILATERAL when the consignor has not signed; CARRIER_CHANGED when another carrier than named takes the load (R-34)."""
    statement: Statement = judged.statement
    if _is_carrier_alone(statement, judged.state):
        out.tag("LOAD_UNILATERAL")
        out.alert("L", "LOAD_UNILATERAL")
    else:
        vehicles.note_new_carrier(judged, carrier_of(statement), out)


def reads(statement: Statement, state: ManifestState, facts: Facts) -> Reads:
    """The accounts it adds to, and the registers of the site, of truck, labels, waybill, place and tickets, of what it returns."""
    own = (
        *settlement.site_keys(state),
        *returns.keys_of(state, departs=True),
        *ticket_keys(_holder(statement, state), statement.body.tickets),
    )
    return Reads(accounts=tuple(state.drawn), registers=(*own, *named(statement), *vehicles.place_keys(statement, state)))


def named(statement: Statement) -> tuple[str, ...]:
    """Registers of truck, labels, waybill and crew."""
    body: Depart = statement.body
    waybill = () if body.waybill_no is None else (vehicles.waybill_key(carrier_of(statement), body.waybill_no),)
    crew = crew_keys(statement, carrier_of(statement))
    return (*vehicles.truck_keys((body.vehicle,)), *labels.label_keys(body.gate.labels), *waybill, *crew)


def _holder(statement: Statement, state: ManifestState) -> str:
    """Of the first role."""
    return carrier_of(statement) if _is_carrier_alone(statement, state) else state.consignor


def moment_is_lawful(judged: Judged, out: Findings) -> None:
    """TIME_ORDER for a backfill that leaves after its paper was completed; BACKFILL_REQUIRED for an older fact that is none."""
    state, at_s = judged.state, judged.statement.at_s
    if not state.is_backfill:
        if is_long_ago(judged):
            earliest_s = judged.moment.at_s - LONG_S
            own = {"at": minute(at_s), "earliest": minute(earliest_s)}
            out.refuse("BACKFILL_REQUIRED", "at", judged.statement.at, f"≥ {format_at(earliest_s)}", "OLD", **own)
        return
    if state.paper_completed_s is not None and at_s > state.paper_completed_s + TOLERANCE_S:
        own = {"at": minute(at_s), "completed": minute(state.paper_completed_s)}
        out.refuse("TIME_ORDER", "at", judged.statement.at, f"≤ {format_at(state.paper_completed_s)}", "PAPER", **own)
    if state.paper_departed_s is not None and day_of(at_s) != day_of(state.paper_departed_s):
        out.alert("M", "BACKFILL_DIFFERS")


def departs_from_the_origin(judged: Judged, out: Findings) -> None:
    """ORIGIN_PROVINCE in another province than the origin's, on which number, decision and list hang (case L1); else ALERT M WRONG_ORIGIN."""
    place, origin = judged.statement.body.place, judged.state.origin
    vehicles.judge_place(judged, out, place, judged.statement.at_s)
    for position, division in enumerate(judged.statement.body.via):
        judge_division(out, f"body.via.{position}", division, judged.facts.data("divisions"), day_of(judged.statement.at_s))
    if place.division[:2] != origin.division[:2]:
        places = {"asked": telling.place(judged.facts, place.division), "origin": telling.place(judged.facts, origin.division)}
        out.refuse("ORIGIN_PROVINCE", "body.place.division", place.division, origin.division[:2], "OTHER", **places)
    elif not judged.state.is_backfill and not same_place(judged.facts, place.division, origin.division):
        places = {"asked": telling.place(judged.facts, place.division), "origin": telling.place(judged.facts, origin.division)}
        out.alert("M", "WRONG_ORIGIN", "OTHER", **places)


def transfer_is_still_lawful(judged: Judged, out: Findings) -> None:
    """R-17, R-32, R-33, R-37, R-40, R-41 at the moment of departure."""
    if not judged.state.is_backfill:
        gate.judge(judged, out, added_g(judged.statement.body, judged.state))


def papers_are_there(judged: Judged, out: Findings) -> None:
    """R-51 NO_MANIFEST: nothing departs without 危险货物运单; MISSING: nor without 营运证件 (Art. 11(2))."""
    body: Depart = judged.statement.body
    if not vehicles.needs_papers(judged.state):
        return
    if body.waybill_no is None:
        out.refuse("NO_MANIFEST", "body.waybill_no", "", "", "WAYBILL")
    if body.vehicle.licence_no is None:
        what = (f"车辆 {body.vehicle.plate} 的营运证件号", f"the operating licence of {body.vehicle.plate}")
        how = ("（道路运输证号，由承运人提供）", "; the carrier has it")
        out.refuse("MISSING", "body.vehicle.licence_no", "", "", "CARRIER", what=what, where="body.vehicle.licence_no", how=how)


def wanted_checks(state: ManifestState) -> tuple[str, ...]:
    """The four checks of Art. 13, and the conditions of exempt transport; none of a trip that is over."""
    if state.is_backfill:
        return ()
    exempt = [line for line in state.lines if line.transport_exempt]
    return (*ALWAYS, *(EXEMPT if exempt else ()), *(("intact",) if any(line.code == BATTERIES for line in exempt) else ()))


def checks_are_attested(judged: Judged, out: Findings) -> None:
    """LOAD_CHECKS: the signers attest the checks that the loading asks for."""
    checks: tuple[str, ...] = judged.statement.body.gate.checks
    left_out = [check for check in wanted_checks(judged.state) if check not in checks]
    if left_out:
        zh = words_of(GateCheck)
        missing = ("、".join(f"{zh[check]}（{check}）" for check in left_out), ", ".join(left_out))
        out.refuse("LOAD_CHECKS", "body.gate.checks", ", ".join(checks), ", ".join(left_out), "MISSING", missing=missing)


def labels_match(judged: Judged, out: Findings) -> None:
    """LABEL_FORM, LOAD_LABEL refused; LABEL_COUNT, LABEL_USED said."""
    scanned = judged.statement.body.gate.labels
    labels.judge_label_form(out, scanned)
    if not judged.state.is_backfill:
        labels.judge_labels_match(judged, out, scanned)
        labels.note_label_counts(judged, out, scanned)
        labels.note_labels_used(judged, out, scanned)


def load_is_weighed(judged: Judged, out: Findings) -> None:
    """LINES_ONCE; WEIGHING_SUM for what no scale can say, and for loaded masses that are not those of the tickets; LOAD_WEIGHT."""
    body, state = judged.statement.body, judged.state
    for position, line in enumerate(body.loaded):
        judge_weighed(out, f"body.loaded.{position}", line.gross_t, line.tare_t, line.mass_t)
    judge_tickets(judged, out, "body.tickets", _weighed(judged.statement, state))
    if not body.loaded or not judge_lines_once(judged, out, "body.loaded", [line.line for line in body.loaded]):
        return
    limits = limits_of(judged.facts)
    for loaded in body.loaded:
        declared = state.lines[loaded.line]
        level = weight_level(limits, declared.form, declared.declared_g, parse_mass(loaded.mass_t))
        if level is not None:
            out.alert(level, "LOAD_WEIGHT")


@kept_for_last
def _weighed(statement: Statement, state: ManifestState) -> Weighed:
    body: Depart = statement.body
    grams = sum(parse_mass(line.mass_t) for line in body.loaded) if body.loaded else None
    return Weighed(_holder(statement, state), body.tickets, grams, vehicles.trip_name(statement.chain, state))


def vehicle_is_free(judged: Judged, out: Findings) -> None:
    """R-53, R-24, R-26: the truck is on no other trip and carries no more than it may; its waybill is of this trip; its crew is qualified."""
    statement, state = judged.statement, judged.state
    carrier = carrier_of(statement)
    loaded = {line.line: parse_mass(line.mass_t) for line in statement.body.loaded}
    grams = sum(loaded.get(number, line.declared_g) for number, line in enumerate(state.lines))
    vehicles.judge_first_trip(judged, out, carrier, grams)
    vehicles.judge_waybill(judged, out, carrier, statement.body.waybill_no)
    judge_crew(judged, out, carrier)


def added_g(body: Depart, state: ManifestState) -> tuple[int, ...]:
    """Grams by line that were weighed at loading beyond the declared: they are reserved like these. Tickets alone name no line."""
    if not body.loaded:
        return (0,) * len(state.lines)
    loaded = {line.line: parse_mass(line.mass_t) for line in body.loaded}
    return tuple(max(0, loaded.get(number, 0) - line.declared_g) for number, line in enumerate(state.lines))


def _add(judged: Judged, out: Findings) -> None:
    out.accounts = settlement.added(judged.state, added_g(judged.statement.body, judged.state))


def _registers(entered: Entered) -> Mapping[str, Any]:
    statement, before, facts = entered.statement, entered.before, entered.facts
    return {
        **returns.gone(facts, entered.after),
        **vehicles.trips(entered),
        **labels.labels_written(entered),
        **vehicles.waybill_written(entered),
        **tickets_drawn(_weighed(statement, before), facts),
        **settlement.site_reserved(entered, sum(added_g(statement.body, before))),
        **leg_recorded(statement.chain, 0, statement.body),
    }


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Depart = statement.body
    loaded = {line.line: parse_mass(line.mass_t) for line in body.loaded}
    lines = tuple(replace(line, loaded_g=loaded.get(number)) for number, line in enumerate(state.lines)) if loaded else state.lines
    legs = (leg_of(statement, carrier_of(statement)),)
    order = tuple([line.line for line in body.loaded])
    named = () if order == tuple(range(len(order))) else order
    return at_stage(replace(state, lines=lines, legs=legs, loaded_order=named), Stage.IN_TRANSIT, departed_s=statement.at_s)


DEPART = trunk_act(
    Act.DEPART,
    zh="起运（装载核实）",
    en="depart",
    body=Depart,
    signers=signers,
    reads=reads,
    listed=gate.listed_at_departure,
    named=named,
    reads_doc="The permit and the newest of its line, the decision and its lists, with their accounts; the emergency; truck, labels, waybill, tickets.",
    rules=(
        time_does_not_run_back,
        moment_is_lawful,
        loaders_are_said,
        departs_from_the_origin,
        transfer_is_still_lawful,
        papers_are_there,
        checks_are_attested,
        labels_match,
        load_is_weighed,
        vehicles.vehicle_fits_the_mode,
        vehicles.plate_is_a_plate,
        vehicle_is_free,
    ),
    settle=_add,
    registers=_registers,
    advance=_advance,
    books="reserved",
    effect=(
        "第一段运输开始；装载量记入联单，超过计划量的部分计入额度；标签、运单、车次登记在案。",
        "The first leg begins; what was loaded stands in the manifest, what exceeds the declared is reserved; labels, waybill, trip are registered.",
    ),
    texts=texts("""
LOAD_CHECKS | R-50 | sender | Order 23 Art. 13(3) [READ]
装载前的核实事项不全。 || 逐项核实承运人、运输工具、人员的资质和标签后再装载；运输环节豁免的，还应防雨、防渗漏、防遗撒，废铅蓄电池应未破损。
The checks before loading are not complete. || Verify the permits of carrier, vehicle and crew, and the labels, before loading; exempt transport is weatherproof and leakproof, lead batteries intact.

LOAD_CHECKS:MISSING
装载前的核实事项还差：{missing}。 || 逐项核实后，在 body.gate.checks 补上括号内的代码，重新签署提交；核实不符的，不得装载。
Of the checks before loading these are missing: {missing}. || Verify them, add them to body.gate.checks, sign again and send; what does not hold is not loaded.

LOAD_UNILATERAL | R-66 | generator | design §6 [DESIGN]
装载仅由承运人单方签署，托运人未签署。 || 不影响入账，主管部门会看到。请托运人核对装载信息，如有异议及时提出。
The loading was recorded by the carrier alone, without the consignor. || It is entered all the same, and the authorities see it. Let the consignor check what was loaded and object in time.

LOAD_WEIGHT | R-62 | nobody | tolerance [DESIGN]
装载量与计划量相差超出误差。 || 不影响入账，主管部门会看到。复核称重；超过计划量的部分已计入额度，与批准数量不符的应当重新申请。
What was loaded differs from the declared mass by more than the tolerance. || It is entered all the same, and the authorities see it. Check the weighing; what exceeds the declared mass counts against the quota, and a decision may have to be asked for anew.

ORIGIN_PROVINCE | R-30 | generator | Order 23 Art. 15, 21 [READ]; refusal [DESIGN]
起运地与联单的移出地不在同一省。 || 从联单载明的移出地起运；移出地填写有误的，作废后按实际移出地重新开具，跨省的应先经批准。
The trip begins in another province than the manifest's origin. || Depart from the origin; if it is wrong, void the manifest and issue it anew for the real one; across provinces a decision comes first.

ORIGIN_PROVINCE:OTHER
起运地填写的是{asked}，而联单的移出地是{origin}，不在同一省，不得起运。 || 起运地填错的，改正 body.place.division；确实从{asked}起运的，作废本联单，按实际移出地重新开具（跨省的先取得批准）。
The trip begins in {asked}; the origin of the manifest is {origin}, another province: it may not depart. || If the place is wrong, correct body.place.division; if it really leaves from {asked}, void this manifest and issue it anew for that origin, across provinces with an approval.

WRONG_ORIGIN | - | origin_authority | Order 23 Art. 15, 21 [READ]; alert [DESIGN]
起运地与联单的移出地不在同一行政区。 || 核实实际移出场所；编号、批准和清单均以移出地为准。
The trip began in another division than the manifest's origin. || Check the site that the waste left; number, decision and list hang on the origin.

WRONG_ORIGIN:OTHER
起运地填写的是{asked}，联单的移出地是{origin}。 || 不影响起运。核实实际移出场所：确实不同的，向移出地主管部门说明。
The trip began in {asked}; the origin of the manifest is {origin}. || It departs all the same. Check the site that the waste left; if it is another one, explain it to the origin's authority.

BACKFILL_REQUIRED | R-70 | generator | formats §6 [DESIGN]
起运发生在 15 天以前，而联单不是补录联单。 || 超过 15 天的起运只能记入开具时联单类型为补录的联单；请与主管部门联系。
The departure is older than 15 days and the manifest is not a backfill. || Older departures enter only on a manifest issued as a backfill; speak to the authority.

BACKFILL_REQUIRED:OLD
起运时间填写为 {at}，已超过 15 天（本联单只接受 {earliest} 以后的起运，北京时间）。 || 时间填错的，改正 at；确实早已起运的，作废本联单，以纸质联单为据按补录重新开具（type 填 backfill_ordinary 等），并向主管部门说明。
The departure is of {at}, more than 15 days ago (this manifest takes departures from {earliest} on, Beijing time). || Correct at if it is wrong; if it really left then, void this manifest, issue it as a backfill of the paper manifest (type backfill_ordinary and so on), and explain it to the authority.

BACKFILL_DIFFERS | R-70 | generator | Order 23 Art. 20.2 [READ]; alert [DESIGN]
补录起运日与开具时填写的不同。 || 不影响入账，主管部门会看到。核对纸质联单；填写有误的，通过更正程序办理。
The departure of the backfill is on another day than its issue says. || It is entered all the same, and the authorities see it. Compare the paper manifest; a wrong day is corrected by an amendment.
"""),
)
