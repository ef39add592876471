"""接受确认, part 3 of the form: R-17 at receipt, R-60 to R-64, and the weighing (Order 23 Art. 12, 18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Judged, Reads
from ledger.findings import Findings
from ledger.mass import read_mass
from ledger.model import Level, Statement
from ledger.times import day_of, format_at, parse_at
from manifests import settlement
from manifests.act import TIMES, TOLERANCE_S, Body, at_stage, judge_grams, judge_text, judge_time, trunk_act
from manifests.mass import Received, difference_level, judge_weighing
from manifests.model import Act, LineState, ManifestState, Stage
from signing.refusal import Refusal, texts
from whitelist.permit import permit_at
from whitelist.workdays import workdays_of

Opinion = Literal["accept", "partly", "reject"]
Difference = Literal["name", "quantity", "property", "form", "packing"]
WeighingMethod = Literal["weighbridge", "scale", "flow_meter", "volume", "estimate"]
CONFIRM_WORKDAYS = 5
"""五个工作日内确认 (Art. 18.1)."""
OVERDUE_HIGH_WORKDAYS = 10
BACKFILL_WORKDAYS = 10
"""十个工作日内补录 (Art. 20.2)."""
COUNT_DAYS_MAX = 40
"""No 40 days hold fewer than 11 working days, so counting further tells nothing new."""


class ReceivedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Part 3 of the form for one line."""

    line: int
    differences: tuple[Difference, ...] = ()
    """Which of 名称、数量、特性、形态、包装方式 differ from the manifest (Art. 18.2)."""
    opinion: Opinion
    """接受人处理意见."""
    accepted_t: str
    """接受量."""
    refused_t: str | None = None
    """Absent for ``accept`` (nothing) and for ``reject`` (everything that was sent)."""
    method: str | None = None
    """拟利用处置方式; needed for whatever is accepted."""
    reason: str | None = None
    """Why it was refused, wholly or in part."""
    major_difference: bool = False
    """是否存在重大差异."""
    major_difference_note: str | None = None
    """重大差异简述."""


class Weighing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the receiver measured: gross, tare, net of the vehicle."""

    method: WeighingMethod = "weighbridge"
    scale: str | None = None
    gross_t: str | None = None
    tare_t: str | None = None
    net_t: str | None = None


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A report or notice that was given: when, and under which reference."""

    at: str
    ref: str | None = None


class Receive(Body, frozen=True, kw_only=True):
    """Part 3 of the form, filled by the receiver (``manifest.receive/1``). Its admission is the confirmation of Art. 18.1."""

    accepted_at: str
    """接受之日, with time."""
    lines: tuple[ReceivedLine, ...]
    weighing: Weighing
    reported_to_authority: Report | None = None
    """Report to 接受地生态环境主管部门; needed with any difference."""
    notified_generator: Report | None = None
    """Notice to the generator; needed with any difference."""


def reads(statement: Statement, facts: Facts) -> Reads:
    """The permit, the decision, and the accounts that are settled."""
    state: ManifestState | None = facts.state(statement.chain)
    if state is None:
        return Reads()
    return Reads(chains=settlement.account_chains(state), accounts=tuple(state.drawn), registers=tuple(settlement.account_registers(state)))


def acceptance_lies_between(judged: Judged, out: Findings) -> None:
    """到达 ≤ 接受 ≤ 确认: ``accepted_at`` lies between the arrival and the confirmation."""
    body: Receive = judged.statement.body
    accepted_s = judge_time(out, "body.accepted_at", body.accepted_at)
    if accepted_s is None:
        return
    arrived_s = judged.state.times.arrived_s
    assert arrived_s is not None, "the machine lets nobody receive before the arrival"
    if not arrived_s - TOLERANCE_S <= accepted_s <= judged.statement.at_s + TOLERANCE_S:
        expected = f"{format_at(arrived_s)} … {judged.statement.at}"
        out.refuse("TIME_ORDER", "body.accepted_at", body.accepted_at, expected)


def receipt_covers_every_line(judged: Judged, out: Findings) -> None:
    """Every line of the manifest is answered exactly once."""
    body: Receive = judged.statement.body
    numbers = [line.line for line in body.lines]
    if sorted(numbers) != list(range(len(judged.state.lines))):
        out.refuse("LINES_ONCE", "body.lines", ", ".join(map(str, numbers[:20])), f"0 … {len(judged.state.lines) - 1}")


def weighing_adds_up(judged: Judged, out: Findings) -> None:
    """Masses of the weighing are masses, and gross - tare = net."""
    weighing = judged.statement.body.weighing
    if weighing.net_t is not None:
        judge_grams(out, "body.weighing.net_t", weighing.net_t)
    judge_weighing(out, "body.weighing", weighing.gross_t, weighing.tare_t, weighing.net_t)
    if weighing.scale is not None:
        judge_text(out, "body.weighing.scale", weighing.scale)


def opinion_fits_the_mass(judged: Judged, out: Findings) -> None:
    """R-63: 拒收 ⇔ 接受量 = 0; 部分接受 ⇔ something accepted and something refused, with a reason; 接受 ⇔ nothing refused."""
    body: Receive = judged.statement.body
    for position, line in enumerate(body.lines):
        field = f"body.lines.{position}"
        accepted_g = judge_grams(out, f"{field}.accepted_t", line.accepted_t)
        refused_g = None if line.refused_t is None else judge_grams(out, f"{field}.refused_t", line.refused_t)
        if accepted_g is not None:
            _judge_opinion(out, field, line, accepted_g, refused_g)


def _judge_opinion(out: Findings, field: str, line: ReceivedLine, accepted_g: int, refused_g: int | None) -> None:
    if line.opinion == "reject":
        fits, expected = accepted_g == 0 and refused_g != 0, "reject: accepted_t 0"
    elif line.opinion == "partly":
        fits, expected = accepted_g > 0 and bool(refused_g), "partly: accepted_t > 0, refused_t > 0"
    else:
        fits, expected = accepted_g > 0 and not refused_g, "accept: accepted_t > 0, refused_t 0"
    if not fits:
        out.refuse("OPINION_QTY", f"{field}.opinion", f"{line.opinion} {line.accepted_t} / {line.refused_t or '-'}", expected)
    if line.opinion != "accept":
        judge_text(out, f"{field}.reason", line.reason or "")
    if line.major_difference:
        judge_text(out, f"{field}.major_difference_note", line.major_difference_note or "")
        if not line.differences:
            out.refuse("MISSING", f"{field}.differences", "", "name quantity property form packing")


def method_is_the_manifests(judged: Judged, out: Findings) -> None:
    """R-64: what is accepted is treated by the method of the manifest; another one needs a new decision (Art. 28(2))."""
    body: Receive = judged.statement.body
    for position, line in enumerate(body.lines):
        known = _line(judged.state, line)
        if known is None or (line.opinion == "reject" and line.method is None):
            continue
        if line.method != known.method:
            out.refuse("METHOD_CHANGED", f"body.lines.{position}.method", line.method or "", known.method)


def differences_are_reported(judged: Judged, out: Findings) -> None:
    """R-61: with any of the five differences the generator was told and the authority at the destination has the report."""
    body: Receive = judged.statement.body
    if not discrepancies(body, judged.state):
        return
    for name, report in (("reported_to_authority", body.reported_to_authority), ("notified_generator", body.notified_generator)):
        _judge_report(judged, out, f"body.{name}", report)


def _judge_report(judged: Judged, out: Findings, field: str, report: Report | None) -> None:
    if report is None:
        out.refuse("DISCREPANCY_UNREPORTED", field, "", "{at, ref}")
        return
    at_s = judge_time(out, f"{field}.at", report.at)
    if at_s is not None and at_s > judged.statement.at_s + 300:
        out.refuse("TIME_ORDER", f"{field}.at", report.at, f"≤ {judged.statement.at}")


def weight_is_near_declared(judged: Judged, out: Findings) -> None:
    """R-62: ALERT WEIGHT, M above the tolerance and H above 5 %."""
    for received in received_lines(judged.statement.body, judged.state):
        level = _level(judged.state.lines[received.line], received)
        if level is not None:
            out.alert(level, "WEIGHT")


def permit_is_valid_at_receipt(judged: Judged, out: Findings) -> None:
    """R-17: the receipt is a fact; ALERT H PERMIT_DATE when the permit has run out, PERMIT_STATUS when it is suspended or revoked."""
    permit = permit_at(judged.facts, judged.state.permit)
    accepted_s = _seconds(judged.statement.body.accepted_at)
    if permit is None or accepted_s is None:
        return
    if permit.history.at(accepted_s) != "ACTIVE":
        out.alert("H", "PERMIT_STATUS")
    if not permit.is_valid_on(day_of(accepted_s)):
        out.alert("H", "PERMIT_DATE")


def receipt_is_in_time(judged: Judged, out: Findings) -> None:
    """R-60: confirmed within 5 working days of 接受之日; ALERT M RECEIPT_OVERDUE from day 6, H from day 10.

    R-70 takes its place on a backfill: recorded within 10 working days of the completed transfer, else ALERT M BACKFILL_LATE.
    """
    accepted_s = _seconds(judged.statement.body.accepted_at)
    if accepted_s is None:
        return
    accepted_on = date.fromisoformat(day_of(accepted_s))
    admitted_on = date.fromisoformat(day_of(judged.moment.at_s))
    count = workdays_of(judged.facts).between(accepted_on, min(admitted_on, accepted_on + timedelta(days=COUNT_DAYS_MAX)))
    if count.workdays <= (BACKFILL_WORKDAYS if judged.state.is_backfill else CONFIRM_WORKDAYS):
        return
    if judged.state.is_backfill:
        out.alert("M", "BACKFILL_LATE")
    else:
        out.alert("H" if count.workdays >= OVERDUE_HIGH_WORKDAYS else "M", "RECEIPT_OVERDUE")
    for flag in count.flags:
        out.tag(flag)


def received_lines(body: Receive, state: ManifestState) -> tuple[Received, ...]:
    """Grams by line as far as they can be read; a rejected line without ``refused_t`` refused everything that was sent."""
    found: list[Received] = []
    for line in body.lines:
        known = _line(state, line)
        accepted_g = read_mass(line.accepted_t)
        if known is None or accepted_g is None:
            continue
        unweighed_g = known.sent_g if line.opinion == "reject" else 0
        refused_g = unweighed_g if line.refused_t is None else read_mass(line.refused_t)
        if refused_g is not None:
            found.append(Received(line.line, accepted_g, refused_g))
    return tuple(found)


def discrepancies(body: Receive, state: ManifestState) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Per line with a difference, which of the five keys differ: those stated, and ``quantity`` where the weights say so (R-62)."""
    by_line = {line.line: set(line.differences) for line in body.lines}
    for received in received_lines(body, state):
        if _level(state.lines[received.line], received) is not None:
            by_line[received.line].add("quantity")
    return tuple((number, tuple(sorted(keys))) for number, keys in sorted(by_line.items()) if keys)


def _level(line: LineState, received: Received) -> Level | None:
    return difference_level(line.form, line.declared_g, received.received_g)


def _line(state: ManifestState, line: ReceivedLine) -> LineState | None:
    return state.lines[line.line] if 0 <= line.line < len(state.lines) else None


def _seconds(text: str) -> int | None:
    """A time that rules/times.py has judged already, or ``None``."""
    try:
        return parse_at(text)
    except Refusal:
        return None


def _settle(judged: Judged, out: Findings) -> None:
    """The accounts hold what was accepted, which is nothing for a rejected line."""
    state: ManifestState = judged.state
    accepted = {received.line: received.accepted_g for received in received_lines(judged.statement.body, state)}
    out.accounts = settlement.settle(state, [accepted[number] for number in range(len(state.lines))])
    settlement.note_overdraft(state, out.accounts, judged.facts, judged.moment, out)


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Receive = statement.body
    opinions = {line.line: line.opinion for line in body.lines}
    by_line = {received.line: received for received in received_lines(body, state)}
    lines = tuple(
        replace(line, accepted_g=by_line[n].accepted_g, refused_g=by_line[n].refused_g, opinion=opinions[n])
        for n, line in enumerate(state.lines)
    )
    found = replace(state, lines=lines, discrepancies=discrepancies(body, state))
    return at_stage(found, _outcome(lines), accepted_s=parse_at(body.accepted_at), received_s=statement.at_s)


def _outcome(lines: Iterable[LineState]) -> Stage:
    """All accepted, all rejected, or anything between."""
    opinions = {line.opinion for line in lines}
    if opinions == {"accept"}:
        return Stage.ACCEPTED
    return Stage.REJECTED if opinions == {"reject"} else Stage.PARTLY_ACCEPTED


RECEIVE = trunk_act(
    Act.RECEIVE,
    zh="接受确认",
    en="receive",
    body=Receive,
    reads=reads,
    reads_doc="The receiver's permit, the decision if there is one, and the accounts on which the manifest holds grams.",
    rules=(
        *TIMES,
        acceptance_lies_between,
        receipt_covers_every_line,
        weighing_adds_up,
        opinion_fits_the_mass,
        method_is_the_manifests,
        differences_are_reported,
        weight_is_near_declared,
        permit_is_valid_at_receipt,
        receipt_is_in_time,
    ),
    settle=_settle,
    advance=_advance,
    books="settled",
    effect=(
        "接受量记入联单，额度按接受量结算，后续期限开始计算。",
        "What was accepted stands in the manifest and settles the quotas; the clocks of what follows start.",
    ),
    texts=texts("""
RECEIPT_OVERDUE | R-60 | nobody | Order 23 Art. 18.1 [READ]; levels M from day 6, H from day 10 [DESIGN]
接受人未在接受之日起五个工作日内确认。 || 及时确认；逾期原因由接受人说明。
The receiver did not confirm within five working days of taking the waste over. || Confirm in time; let the receiver explain the delay.

DISCREPANCY_UNREPORTED | R-61 | receiver | Order 23 Art. 18.2 [READ]
名称、数量、特性、形态或包装方式与联单不符，但未告知移出人或未报告接受地生态环境主管部门。 || 先告知移出人并报告接受地生态环境主管部门，填写两者的时间后再确认；决定接受的也要报告。
The waste differs from the manifest, but the generator was not told or the authority at the destination has no report. || Tell the generator and report to the authority first, then confirm with both times; acceptance does not waive the report.

WEIGHT | R-62 | nobody | law §6.2: max(0.06 t, 1 %, liquids and semi-solids 3 %), H above 5 % [DESIGN]
称重结果与移出量的差异超过允许误差。 || 复核两端称重；差异视为数量不符，应当告知并报告。
The weight differs from the declared mass by more than the tolerance. || Check both weighings; such a difference counts as a difference of quantity and is reported.

OPINION_QTY | R-63 | receiver | Order 23 Art. 12(2) [READ]; equivalences [DESIGN]
处理意见与接受量不一致。 || 拒收的接受量为 0；部分接受的接受量、拒收量均大于 0；接受的拒收量为 0。
The opinion does not fit the accepted mass. || Rejected: nothing accepted. Partly: something accepted and something refused. Accepted: nothing refused.

"""),
)
