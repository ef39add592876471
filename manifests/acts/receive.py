"""接受确认, part 3 of the form: what came, what the receiver takes, by which method (R-17 to R-19, R-60 to R-64; Order 23 Art. 12, 18).

The waste is at the gate, so the receipt is a fact at every stage before it: only what cannot be is refused. A receipt of nothing before the
departure declines the manifest. Source: kinds §6.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads
from ledger.fields import At, items, label
from ledger.labels import words_of
from ledger.mass import parse_mass
from ledger.model import Facts, Findings, Level, Statement, kept_for_last
from ledger.times import format_at, parse_at, year_of
from manifests import gate, lots, returns, settlement
from manifests.act import TIMES, TOLERANCE_S, Entered, FiledBody, at_stage, ended, judge_lines_once, trunk_act
from manifests.correction import stage_of
from manifests.machine import Act
from manifests.mass import Received, limits_of, weight_level
from manifests.model import LineState, ManifestState, Stage
from manifests.receipt import MeterRow, Opinion, ReceivedLine, Report, Weighing, judge_meters, note_lateness
from manifests.recorded import Recorded, receipt_key
from manifests.tickets import Weighed, judge_tickets, ticket_keys, tickets_drawn
from manifests.vehicles import judge_destination, judge_place, trip_keys, trip_name, trips
from signing.refusal import texts
from whitelist.fields import Place
from whitelist.telling import minute, nth


class Receive(FiledBody, frozen=True, kw_only=True):
    """Part 3 of the form, filled by the receiver (``manifest.receive/1``). Its admission is the confirmation of Art. 18.1."""

    accepted_at: Annotated[At, label("接受之日", "accepted at")]
    place: Annotated[Place | None, label("接受地点", "place")] = None
    """Absent: the destination."""
    lines: Annotated[tuple[ReceivedLine, ...], items(1, 16, "LINES_ONCE"), label("接受情况", "lines")]
    weighing: Annotated[Weighing, label("计量", "weighing")]
    meter_rows: Annotated[tuple[MeterRow, ...], items(0, 200), label("每日计量", "daily meter rows")] = ()
    reported_to_authority: Annotated[Report | None, label("报告接受地主管部门", "report to the authority")] = None
    notified_generator: Annotated[Report | None, label("告知移出人", "notice to the generator")] = None


def reads(statement: Statement, state: ManifestState, facts: Facts) -> Reads:
    """The accounts that are settled, the trucks that are set free, the tickets."""
    refuses = any(line.opinion != "accept" for line in statement.body.lines)
    own = (
        *trip_keys(statement, state),
        *returns.refusal_keys(state, refuses=refuses),
        *(lots.keys_of(state) if is_declined(statement.body, state) else ()),
        *ticket_keys(state.receiver, statement.body.weighing.tickets),
    )
    return Reads(accounts=tuple(state.drawn), registers=(*settlement.site_keys(state), *own))


def every_line_is_answered(judged: Judged, out: Findings) -> None:
    """LINES_ONCE: each line of the manifest exactly once."""
    judge_lines_once(judged, out, "body.lines", [line.line for line in judged.statement.body.lines])


def acceptance_is_possible(judged: Judged, out: Findings) -> None:
    """TIME_ORDER: nobody accepts after having signed, nor before the manifest was issued, unless it was on paper first (R-56)."""
    body: Receive = judged.statement.body
    accepted_s, times = parse_at(body.accepted_at), judged.state.times
    if accepted_s > judged.statement.at_s + TOLERANCE_S:
        own = {"accepted": minute(accepted_s), "at": minute(judged.statement.at_s)}
        out.refuse("TIME_ORDER", "body.accepted_at", body.accepted_at, f"≤ {format_at(judged.statement.at_s)}", "TO_COME", **own)
    elif not judged.state.is_backfill and accepted_s < times.issued_s - TOLERANCE_S:
        own = {"accepted": minute(accepted_s), "issued": minute(times.issued_s)}
        out.refuse("TIME_ORDER", "body.accepted_at", body.accepted_at, f"≥ {format_at(times.issued_s)}", "NOT_ISSUED", **own)
    begun_s = times.arrived_s or times.departed_s
    if begun_s is not None and accepted_s < begun_s - TOLERANCE_S:
        out.alert("M", "TIME_ORDER")


def opinion_fits_the_mass(judged: Judged, out: Findings) -> None:
    """R-63 OPINION_QTY: 拒收: nothing accepted; 部分接受: something accepted and something refused; 接受: nothing refused. MISSING: why not."""
    body: Receive = judged.statement.body
    for position, line in enumerate(body.lines):
        field = f"body.lines.{position}"
        accepted, refused = parse_mass(line.accepted_t) > 0, line.refused_t is not None and parse_mass(line.refused_t) > 0
        fitting, expected = _FITTING[line.opinion]
        if (accepted, refused) not in fitting:
            own = {"line": nth(line.line), "accepted": line.accepted_t, "refused": line.refused_t or "-", "where": field}
            said = {"opinion": (words_of(Opinion)[line.opinion], line.opinion), "rule": _MEANS[line.opinion]}
            found = f"{line.opinion} {line.accepted_t} / {line.refused_t or '-'}"
            out.refuse("OPINION_QTY", f"{field}.opinion", found, expected, "MASSES", **own, **said)
        for name in ("reason_code", "reason") if line.opinion != "accept" else ():
            if getattr(line, name) is None:
                what = {"reason_code": ("拒收原因", "why it was refused (a code)"), "reason": ("拒收理由", "why it was refused, in words")}
                how = (
                    ("，例如 quantity、label、contaminated、other", ", e.g. quantity, label, contaminated, other")
                    if name == "reason_code"
                    else ""
                )
                out.refuse("MISSING", f"{field}.{name}", "", "", "WHAT", what=what[name], where=f"{field}.{name}", how=how)


_MEANS: Mapping[str, tuple[str, str]] = {
    "accept": ("接受：接受量大于 0，拒收量不填或为 0", "accept: something accepted, nothing refused"),
    "partly": ("部分接受：接受量和拒收量都大于 0", "partly: something accepted and something refused"),
    "reject": ("拒收：接受量为 0", "reject: nothing accepted"),
}
_FITTING = {
    "accept": ({(True, False)}, "accepted_t > 0, refused_t 0"),
    "partly": ({(True, True)}, "accepted_t > 0, refused_t > 0"),
    "reject": ({(False, False), (False, True)}, "accepted_t 0"),
}
"""Per opinion: whether something was accepted, whether something was said to be refused; and that in words."""


def is_declined(body: Receive, state: ManifestState) -> bool:
    """Whether the receiver declines a manifest that never departed: every line rejected, and nothing came."""
    return state.stage is Stage.ISSUED and all(
        line.opinion == "reject" and (line.refused_t is None or parse_mass(line.refused_t) == 0) for line in body.lines
    )


def declining_is_said(judged: Judged, out: Findings) -> None:
    """Tag DECLINED; the rules below are about what came, and nothing did."""
    if is_declined(judged.statement.body, judged.state):
        out.tag("DECLINED")


def place_is_the_receivers(judged: Judged, out: Findings) -> None:
    """R-55 WRONG_RECEIVER, PROVINCE_CHANGED where it was taken over elsewhere."""
    body: Receive = judged.statement.body
    if body.place is not None:
        judge_place(judged, out, body.place, parse_at(body.accepted_at))
    if body.place is not None and not is_declined(body, judged.state):
        judge_destination(judged, out, body.place)


def tickets_add_up(judged: Judged, out: Findings) -> None:
    """WEIGHING_SUM, TICKET_REUSED, TICKET_OVERDRAWN (case E1)."""
    if not is_declined(judged.statement.body, judged.state):
        judge_tickets(judged, out, "body.weighing.tickets", _weighed(judged.statement, judged.state))


def weight_is_near_what_was_sent(judged: Judged, out: Findings) -> None:
    """R-62 WEIGHT: what came against what was sent."""
    for _, level in _weight_levels(judged):
        out.alert(level, "WEIGHT")


def _weight_levels(judged: Judged) -> list[tuple[Received, Level]]:
    """Lines whose weight differs beyond the tolerance."""
    limits = limits_of(judged.facts)
    body, state = judged.statement.body, judged.state
    found = () if is_declined(body, state) else received_lines(body, state)
    sent = ((line, state.lines[line.line]) for line in found)
    levels = ((line, weight_level(limits, was.form, was.sent_g, line.received_g)) for line, was in sent)
    return [(line, level) for line, level in levels if level is not None]


def way_is_recorded(judged: Judged, out: Findings) -> None:
    """NO_DEPARTURE, APPROVAL_LAPSED: nobody recorded how it came; NO_ARRIVAL: a leg is open, grave where a part of the load may be on it."""
    state: ManifestState = judged.state
    if is_declined(judged.statement.body, state):
        return
    if state.stage is Stage.ISSUED:
        out.tag("NO_DEPARTURE")
        out.alert("H", "NO_DEPARTURE")
        gate.judge_lapse(judged, out)
    elif state.open_legs:
        out.tag("NO_ARRIVAL")
        is_short = any(line.received_g < state.lines[line.line].sent_g for line, _ in _weight_levels(judged))
        if is_short or any(leg.parts for leg in state.legs):
            out.alert("H", "NO_ARRIVAL")


def method_is_the_manifests(judged: Judged, out: Findings) -> None:
    """R-64 METHOD_CHANGED: what is accepted is treated by the method of the manifest; another one needs a new decision (Art. 28(2))."""
    if any(method != line.method for line, method in _accepted_lines(judged.statement.body, judged.state)):
        out.alert("H", "METHOD_CHANGED")


def permit_covers_what_was_accepted(judged: Judged, out: Findings) -> None:
    """R-17 to R-19 at 接受之日."""
    gate.judge_receipt(judged, out, _accepted_lines(judged.statement.body, judged.state))


def receipt_is_in_time(judged: Judged, out: Findings) -> None:
    """R-60, of a backfill R-70."""
    if not is_declined(judged.statement.body, judged.state):
        note_lateness(judged, out, parse_at(judged.statement.body.accepted_at))


def meters_agree(judged: Judged, out: Findings) -> None:
    """R-71 METER_DIFF."""
    body: Receive = judged.statement.body
    if body.meter_rows:
        judge_meters(judged, out, body.meter_rows, received_lines(body, judged.state))


def _known_lines(body: Receive, state: ManifestState) -> list[ReceivedLine]:
    """Lines that the manifest has; others are refused, and there is nothing to compare them with."""
    return [line for line in body.lines if line.line < len(state.lines)]


@kept_for_last
def _accepted_lines(body: Receive, state: ManifestState) -> list[tuple[LineState, str]]:
    """Lines of which something was accepted, each with the method it is to be treated by."""
    accepted = [line for line in _known_lines(body, state) if parse_mass(line.accepted_t) > 0]
    return [(state.lines[line.line], line.method or state.lines[line.line].method) for line in accepted]


def differences_are_reported(judged: Judged, out: Findings) -> None:
    """R-61 DISCREPANCY_UNREPORTED: with any difference the generator was told and the authority at the destination has the report.

    A report of after the receipt has not been given yet.
    """
    body: Receive = judged.statement.body
    if is_declined(body, judged.state) or not ("WEIGHT" in out.alerts or discrepancies(body)):
        return
    latest_s = judged.statement.at_s + TOLERANCE_S
    if any(report is None or parse_at(report.at) > latest_s for report in (body.reported_to_authority, body.notified_generator)):
        out.alert("H", "DISCREPANCY_UNREPORTED")


@kept_for_last
def received_lines(body: Receive, state: ManifestState) -> tuple[Received, ...]:
    """Grams by line; a rejected line without ``refused_t`` refused everything that was sent, a declined one nothing."""
    declines = is_declined(body, state)
    found: list[Received] = []
    for line in _known_lines(body, state):
        sent_g = state.lines[line.line].sent_g if line.opinion == "reject" and not declines else 0
        refused_g = sent_g if line.refused_t is None else parse_mass(line.refused_t)
        found.append(Received(line.line, parse_mass(line.accepted_t), refused_g))
    return tuple(found)


def discrepancies(body: Receive) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Per line with a stated difference, which of the five keys differ. What the scales say beyond that is judged by thresholds (R-62)."""
    return tuple(sorted((line.line, tuple(sorted(line.differences))) for line in body.lines if line.differences))


@kept_for_last
def _weighed(statement: Statement, state: ManifestState) -> Weighed:
    body: Receive = statement.body
    grams = sum(received.received_g for received in received_lines(body, state))
    return Weighed(state.receiver, body.weighing.tickets, grams, trip_name(statement.chain, state))


def _settle(judged: Judged, out: Findings) -> None:
    """The accounts hold what was accepted, which is nothing for a rejected line."""
    body, state = judged.statement.body, judged.state
    accepted = {received.line: received.accepted_g for received in received_lines(body, state)}
    kept_g = [accepted[number] for number in range(len(state.lines))]
    out.accounts = settlement.settle(state, kept_g)
    settlement.note_overdraft(judged, out, parse_at(body.accepted_at), kept_g)


def _registers(entered: Entered) -> Mapping[str, Any]:
    before, body = entered.before, entered.statement.body
    kept_g = sum(line.accepted_g or 0 for line in entered.after.lines)
    return {
        **returns.received(entered, declined=is_declined(body, before)),
        **(lots.given_back(entered.facts, entered.statement.chain, before) if is_declined(body, before) else {}),
        **trips(entered),
        **({} if is_declined(body, before) else tickets_drawn(_weighed(entered.statement, before), entered.facts)),
        **settlement.site_settled(entered, (year_of(parse_at(body.accepted_at)), kept_g)),
        receipt_key(entered.statement.chain): Recorded(received=body.lines),
    }


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Receive = statement.body
    opinions = {line.line: line.opinion for line in body.lines}
    by_line = {received.line: received for received in received_lines(body, state)}
    lines = tuple(
        [
            replace(line, accepted_g=by_line[n].accepted_g, refused_g=by_line[n].refused_g, opinion=opinions[n])
            for n, line in enumerate(state.lines)
        ]
    )
    legs = ended(state.legs, state.under_way, statement.at_s)
    order = tuple([line.line for line in body.lines])
    named, last = () if order == tuple(range(len(order))) else order, state.destination.division
    found = replace(state, lines=lines, received_order=named, discrepancies=discrepancies(body), legs=legs, last_division=last)
    return at_stage(
        found, _outcome(state, {line.opinion for line in body.lines}), accepted_s=parse_at(body.accepted_at), received_s=statement.at_s
    )


def _outcome(state: ManifestState, opinions: set[str]) -> Stage:
    """What came home is disposed of at once."""
    return Stage.DISPOSED if state.route == "RETURN" else stage_of(opinions)


RECEIVE = trunk_act(
    Act.RECEIVE,
    zh="接受确认",
    en="receive",
    body=Receive,
    reads=reads,
    listed=gate.listed,
    reads_doc="The receiver's permit and the newest of its line, the decision and its lists, the accounts; trucks under way, tickets.",
    rules=(
        *TIMES,
        every_line_is_answered,
        acceptance_is_possible,
        opinion_fits_the_mass,
        returns.comes_home_whole,
        declining_is_said,
        place_is_the_receivers,
        tickets_add_up,
        weight_is_near_what_was_sent,
        way_is_recorded,
        method_is_the_manifests,
        differences_are_reported,
        permit_covers_what_was_accepted,
        receipt_is_in_time,
        meters_agree,
    ),
    settle=_settle,
    registers=_registers,
    advance=_advance,
    books="settled",
    effect=(
        "接受量记入联单，额度按接受量结算，在途的运输段结束，后续期限开始计算。",
        "What was accepted stands in the manifest and settles the quotas; open legs end, the clocks of what follows start.",
    ),
    texts=texts("""
OPINION_QTY | R-63 | receiver | Order 23 Art. 12(2) [READ]; equivalences [DESIGN]
处理意见与接受量不一致，或没有拒收原因。 || 拒收的接受量为 0；部分接受的接受量、拒收量均大于 0；接受的拒收量为 0；拒收和部分接受的，填写拒收原因和理由。
The opinion does not fit the accepted mass, or does not say why. || Rejected: nothing accepted. Partly: something accepted and something refused. Accepted: nothing refused. Whatever is refused has a reason and its code.

OPINION_QTY:MASSES
第 {line}处理意见是“{opinion}”，接受量 {accepted} 吨、拒收量 {refused} 吨，两者不符（{rule}）。 || 改正 {where} 的处理意见或者数量：全收填 accept，全拒填 reject，只收一部分填 partly 并同时填写接受量和拒收量。
Line {line}: the opinion is {opinion}, with {accepted} t accepted and {refused} t refused; that does not fit ({rule}). || Correct opinion or masses in {where}: accept if everything was accepted, reject if nothing was, partly with both masses.

OPINION_QTY:RETURN
第 {line}是退回本单位的废物，只能接受，不能拒收。 || 把 {where} 改为 accept，接受量填实际运回的数量；不再退回的，在起运前作废本联单。
Line {line} is waste of your own that comes back: it can only be accepted. || Put accept into {where}, with the mass that came; a return that is not wanted is voided before it departs.

DECLINED | R-63 | nobody | [DESIGN]
接受人在起运前拒绝接收，联单所占额度全部退回。 || 移出人另行联系接受人，或者核实后办结。
The receiver declined before the departure; everything that was reserved comes back. || Find another receiver, or verify and close the manifest.

WEIGHT | R-62 | nobody | law §6.2; tolerance [DESIGN]
接受量与移出量相差超出误差。 || 不影响入账，主管部门会看到。复核两端称重；差异视为数量不符，应当告知并报告。
What came differs from what was sent by more than the tolerance. || It is entered all the same, and the authorities see it. Check both weighings; such a difference counts as a difference of quantity and is reported.

NO_DEPARTURE | R-51 | carrier | Order 23 Art. 11(1)(2) [READ]; alert [DESIGN]
没有起运记录即接受。 || 不影响入账，主管部门会看到。由移出人、承运人说明并补正；主管部门核查该车次。
The load was received although nobody recorded its departure. || It is entered all the same, and the authorities see it. Let generator and carrier explain; the authorities check the trip.

NO_ARRIVAL | R-56 | carrier | Order 23 Art. 11(4) [READ]; alert [DESIGN]
仍有运输段未运抵即接受。 || 不影响入账，主管部门会看到。核实货物是否全部到达；曾分装或短少的，查明其余部分的去向。
A leg was still under way at the receipt. || It is entered all the same, and the authorities see it. Check whether everything came; of a load that was split or is short, find the rest.

METHOD_CHANGED | R-64 | origin_authority | Order 23 Art. 28(2) [READ]
利用处置方式与联单、批准决定不一致。 || 不影响入账，主管部门会看到。按批准的方式利用处置；改变方式的，应当重新申请。
The method is not that of the manifest and its decision. || It is entered all the same, and the authorities see it. Treat the waste by the approved method; another one needs a new application.

DISCREPANCY_UNREPORTED | R-61 | receiver | Order 23 Art. 18.2 [READ]
名称、数量、特性、形态或包装方式与联单不符，但未告知移出人或未报告接受地生态环境主管部门。 || 不影响入账，主管部门会看到。立即告知移出人并报告接受地生态环境主管部门；决定接受的也要报告。
The waste differs from the manifest, but the generator was not told or the authority at the destination has no report. || It is entered all the same, and the authorities see it. Tell the generator and report to the authority at once; acceptance does not waive the report.
"""),
)
