"""The receipt, part 3 of the form: R-17 at receipt, R-60 to R-64, and the weighing (Order 23 Art. 12, 18)."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.findings import Findings
from ledger.mass import read_mass
from ledger.model import Level
from ledger.times import day_of, parse_at
from manifests.acts import Receive, ReceivedLine, Report
from manifests.mass import Received, difference_level
from manifests.model import LineState, ManifestState
from manifests.rules.judged import Judged, judge_grams, judge_text, judge_time
from manifests.rules.load import judge_weighing
from signing.refusal import Refusal
from whitelist.permit import permit_at
from whitelist.workdays import workdays_of

CONFIRM_WORKDAYS = 5
"""五个工作日内确认 (Art. 18.1)."""
OVERDUE_HIGH_WORKDAYS = 10
BACKFILL_WORKDAYS = 10
"""十个工作日内补录 (Art. 20.2)."""
COUNT_DAYS_MAX = 40
"""No 40 days hold fewer than 11 working days, so counting further tells nothing new."""


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
    if permit.status != "ACTIVE":
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
    if count.workdays <= (BACKFILL_WORKDAYS if judged.state.backfill else CONFIRM_WORKDAYS):
        return
    if judged.state.backfill:
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
