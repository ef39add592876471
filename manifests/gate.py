"""Is the transfer still lawful when it departs, was it when it arrived: permit, decision and lists at the moment of the event.

The departure is judged by ``at``: one that is recorded late is judged by when the load left (kinds §1.1). A receipt is a fact, so what was
not lawful then is said and not refused.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import UNSET

from ledger.admission.personality import Judged
from ledger.mass import format_mass, tonnes
from ledger.model import Facts, Findings, chain_key, kept_for_last
from ledger.times import day_of, parse_at
from manifests import settlement
from manifests.mass import limits_of
from manifests.model import LineState, ManifestState
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.approval import ApprovalState, DecisionLine, ListingRef, approval_at
from whitelist.emergency import emergency_at
from whitelist.listing import ListState, list_at, pre_notice_days
from whitelist.permit import PermitState, permit_at
from whitelist.quota import newest_permit, q3_key
from whitelist.rules.emergency import judge_departure
from whitelist.rules.listing import judge_departure_day, judge_stop
from whitelist.rules.permit import judge_permit_standing
from whitelist.rules.standing import judge_line_standing


def listed(state: ManifestState, facts: Facts) -> tuple[str, ...]:
    """The permit and the newest of its line, the decision and its lists."""
    chains = [state.permit] if state.permit else []
    root = settlement.root_of(state)
    if root is not None and facts.holds(q3_key(root)):
        chains.append(newest_permit(facts, root))
    if state.approval is not None:
        chains.append(state.approval)
        if facts.holds(chain_key(state.approval)):
            chains += [line.listing.list for line in _decision(state, facts)[1] if line.listing is not None]
    if state.pilot is not None:
        chains.append(state.pilot[0])
    return tuple(chains)


def listed_at_departure(state: ManifestState, facts: Facts) -> tuple[str, ...]:
    """Those, and the emergency on which it moves."""
    return listed(state, facts) if state.emergency is None else (*listed(state, facts), state.emergency.chain)


_Decision = tuple[ApprovalState | None, list[DecisionLine]]
_Rows = list[tuple[ListingRef, ListState]]


def _decision(state: ManifestState, facts: Facts) -> _Decision:
    """The decision of the manifest, and its lines, each once."""
    approval = None if state.approval is None else approval_at(facts, state.approval)
    return approval, [] if approval is None else _decided_lines(state, approval)


@kept_for_last
def _decided_lines(state: ManifestState, approval: ApprovalState) -> list[DecisionLine]:
    numbers = dict.fromkeys([line.decision_line for line in state.lines])
    return [line for number in numbers if (line := approval.line(number)) is not None]


def judge(judged: Judged, out: Findings, more_g: Sequence[int]) -> None:
    """R-17, R-32, R-33, R-40, R-41 at the moment of departure; ``more_g`` are grams by line that this departure adds."""
    decision, day = _decision(judged.state, judged.facts), day_of(judged.statement.at_s)
    _judge_permit(judged, out, day)
    rows = _listings(judged, decision[1])
    _judge_terms(judged, out, decision, day, rows)
    _judge_stops(judged, out, rows)
    if decision[0] is not None:
        _judge_standing(judged, out, decision[0], decision[1])
        _judge_quota(judged, out, decision[0], more_g)
    _judge_notice(judged, out, decision[1], day)
    if judged.state.emergency is not None:
        _judge_emergency(judged, out, judged.state.emergency.chain)


def _judge_standing(judged: Judged, out: Findings, approval: ApprovalState, lines: Iterable[DecisionLine]) -> None:
    """R-37 APPROVAL_STATUS: the lines of the decision stand; ALERT H OVERTOOK where a stop was entered after the departure (kinds §1.3)."""
    at_s = judged.statement.at_s
    for line in lines:
        if line.stops is not UNSET:  # as hardly ever
            judge_line_standing(out, judged.facts, "at", approval, line, at_s)
            if line.history.overtook(at_s):
                out.alert("H", "OVERTOOK")


def _judge_permit(judged: Judged, out: Findings, day: str) -> None:
    """R-17 PERMIT_STATUS, PERMIT_DATE: the permit or what renewed it; ALERT H OVERTOOK where a stop was entered after the departure."""
    at_s = judged.statement.at_s
    permit = permit_on(judged, at_s)
    if permit is not None:
        if not permit.stands(day, at_s):
            judge_permit_standing(out, judged.facts, "at", permit, day, at_s)
        if permit.history.overtook(at_s):
            out.alert("H", "OVERTOOK")


def permit_on(judged: Judged, at_s: int) -> PermitState | None:
    """By which permit a moment is judged: one of the permit named and the newest of its line that stands, else the one of that day."""
    state, day = judged.state, day_of(at_s)
    named, root = permit_at(judged.facts, state.permit), settlement.root_of(state)
    if named is not None and named.stands(day, at_s):
        return named
    newest = None if root is None else permit_at(judged.facts, newest_permit(judged.facts, root))
    if newest is not None and newest.stands(day, at_s):
        return newest
    known = [permit for permit in (named, newest) if permit is not None]
    return next((permit for permit in reversed(known) if permit.is_valid_on(day)), known[0] if known else None)


_ON_PAPER = ("（本账本之外的批准）", "(of another province)")


def _judge_terms(judged: Judged, out: Findings, decision: _Decision, day: str, rows: _Rows) -> None:
    """R-32 APPROVAL_EXPIRED of the line, APPROVAL_EARLY; R-40 WL_YEAR, WL_TERM of its list."""
    state, (approval, lines) = judged.state, decision
    begun_on = state.decided_on if approval is None else approval.decided_on
    last_days = [state.decided_to] if approval is None else [line.valid_to for line in lines]
    if begun_on is not None and day < begun_on:
        no: Word = _ON_PAPER if approval is None else approval.no
        out.refuse("APPROVAL_EARLY", "at", day, f"≥ {begun_on}", "DECISION", no=no, day=day, first=begun_on)
    over = [last for last in last_days if last is not None and day > last]
    if over:
        no = _ON_PAPER if approval is None else approval.no
        authority = telling.authority(judged.facts, state.origin.division)
        out.refuse("APPROVAL_EXPIRED", "at", day, f"≤ {min(over)}", "DEPARTURE", no=no, day=day, until=min(over), authority=authority)
    begun = {(ref.list, listed.first_day(ref.row)): (ref, listed) for ref, listed in rows}
    for ref, listed in begun.values():  # several rows of one list say the same once
        judge_departure_day(out, "at", ref, listed, day)


def _listings(judged: Judged, lines: Iterable[DecisionLine]) -> _Rows:
    """The rows that the decision's lines were given on, or that of the pilot list, each once, with their lists."""
    refs = {(line.listing.list, line.listing.row): line.listing for line in lines if line.listing is not None}
    if (pilot := judged.state.pilot) is not None:
        refs[pilot] = ListingRef(list=pilot[0], row=pilot[1])
    return [(ref, listed) for ref in refs.values() if (listed := list_at(judged.facts, ref.list)) is not None]


def _judge_stops(judged: Judged, out: Findings, rows: _Rows) -> None:
    """R-37 WL_SUSPENDED, refused where the list stops departures, else said; ALERT H OVERTOOK where such a stop was entered after the departure."""
    at_s = judged.statement.at_s
    for ref, listed in rows:
        judge_stop(out, judged.facts, "at", ref, listed, at_s, "DEPART")
        if listed.suspension_stops == "depart" and listed.overtook(ref.row, at_s):
            out.alert("H", "OVERTOOK")


def _judge_quota(judged: Judged, out: Findings, approval: ApprovalState, more_g: Sequence[int]) -> None:
    """R-33 APPROVAL_QUOTA: a decision of 30 t does not carry 30 trucks of "1 t"."""
    state, facts = judged.state, judged.facts
    permille, added = 1000 + limits_of(facts).overdraft_permille, settlement.added(state, more_g)
    for number in dict.fromkeys([line.decision_line for line in state.lines]):
        account, line = settlement.decision_account(state, number), approval.line(number)
        if account is None or line is None:
            continue
        used_g = facts.used_g(account) + added.get(account, 0)
        if used_g * 1000 > line.mass_g * permille:
            most_g = line.mass_g * permille // 1000
            own = {
                "no": approval.no,
                "line": telling.nth(number),
                "waste": f"{line.name} {line.code}",
                "over": tonnes(used_g - most_g),
                "most": tonnes(most_g),
            }
            this_g = sum(at.declared_g + more for at, more in zip(state.lines, more_g, strict=True) if at.decision_line == number)
            masses = {"limit": tonnes(line.mass_g), "used": tonnes(used_g), "this": tonnes(this_g)}
            authority = telling.authority(facts, state.origin.division)
            found, expected = f"{format_mass(used_g)} t", f"≤ {format_mass(most_g)} t"
            out.refuse("APPROVAL_QUOTA", "body.loaded", found, expected, "LOADED", authority=authority, **own, **masses)


def _judge_notice(judged: Judged, out: Findings, lines: Iterable[DecisionLine], day: str) -> None:
    """R-41 ALERT M PRE_NOTICE: the decision asks for so many days between the notice and the departure."""
    conditions = [terms for line in lines for terms in line.conditions]
    if judged.state.pilot is not None:  # no decision holds them
        conditions += [terms for ref, listed in _listings(judged, ()) for terms in listed.conditions_of(ref.row)]
    wanted, noticed_s = pre_notice_days(conditions), judged.state.noticed_s
    if wanted is None:
        return
    if noticed_s is None or (date.fromisoformat(day) - date.fromisoformat(day_of(noticed_s))).days < wanted:
        out.alert("M", "PRE_NOTICE")


def _judge_emergency(judged: Judged, out: Findings, chain: str) -> None:
    """R-39 EMERGENCY_STATE: the emergency that it stands on is open, and joined by the receiver's side where that is another province;
    ALERT H OVERTOOK where its close was entered after the departure."""
    state, emergency = judged.state, emergency_at(judged.facts, chain)
    if emergency is not None:
        division = state.destination.division if state.is_between_provinces else None
        judge_departure(out, judged.facts, emergency, division, judged.statement.at_s)
        if emergency.history.overtook(judged.statement.at_s):
            out.alert("H", "OVERTOOK")


def judge_receipt(judged: Judged, out: Findings, accepted: Iterable[tuple[LineState, str]]) -> None:
    """R-17 to R-19 of what was accepted, at 接受之日: PERMIT_STATUS, PERMIT_DATE, PERMIT_SCOPE, PERMIT_METHOD H."""
    taken = list(accepted)
    if not taken:
        return
    accepted_s = parse_at(judged.statement.body.accepted_at)
    permit = permit_on(judged, accepted_s)
    if permit is not None:
        standing, day = Findings(), day_of(accepted_s)
        if not permit.stands(day, accepted_s):
            judge_permit_standing(standing, judged.facts, "at", permit, day, accepted_s)
        found = [reason.code for reason in standing.reasons]
        found += ["PERMIT_SCOPE" for line, _ in taken if not permit.items_for(line.code)]
        found += ["PERMIT_METHOD" for line, method in taken if not permit.allows(line.code, method)]
        for code in found:
            out.alert("H", code)


def judge_lapse(judged: Judged, out: Findings) -> None:
    """APPROVAL_LAPSED H: nobody recorded the departure of what came, taken or refused, and decision or listing had ended or was stopped at 接受之日."""
    lapsed, accepted_s, decision = Findings(), parse_at(judged.statement.body.accepted_at), _decision(judged.state, judged.facts)
    rows = _listings(judged, decision[1])
    _judge_terms(judged, lapsed, decision, day_of(accepted_s), rows)
    is_stopped = any(listed.status_at(ref.row, accepted_s) != "ACTIVE" for ref, listed in rows)
    is_stopped = is_stopped or any(line.history.at(accepted_s) != "ACTIVE" for line in decision[1])
    if lapsed.reasons or is_stopped:
        out.alert("H", "APPROVAL_LAPSED")


TEXTS = texts("""
OVERTOOK | R-37 | nobody | kinds §1.3 [DESIGN]
行为发生在停止措施之前、入账在其之后。 || 不影响入账，主管部门会看到。主管部门核实行为时间；以后及时入账。
The act took place before a stop and was entered after it. || It is entered all the same, and the authorities see it. Let the authorities check its time; submit acts at once.

PRE_NOTICE | R-41 | generator | law §7.3 [DESIGN]
起运前未按批准决定提前报告。 || 不影响入账，主管部门会看到。按批准决定规定的天数提前报告，并在开具时填写报告时间。
The departure was not reported as many days ahead as the decision asks. || It is entered all the same, and the authorities see it. Report in time, and say when in the issue.

APPROVAL_LAPSED | R-32 | origin_authority | Order 23 Art. 27.2 [READ]; alert [DESIGN]
无起运记录即接受，且批准或名单当时已失效或停止。 || 不影响入账，主管部门会看到。说明实际起运时间并补正；主管部门核查。
The load was received without a recorded departure, when decision or list had ended or was stopped. || It is entered all the same, and the authorities see it. Explain when it departed; the authorities check the trip.
""")
