"""期限: what is due on a manifest, by whom, until when and on which article; a pure function of view, returns, adopted data and as-of time.

Two steps. :func:`clocks` says which terms run, since when and for whom, from entries alone: the projection keeps it as an index (it stays right
when another calendar is adopted). :func:`duties` counts them with the calendars and thresholds of a moment and leaves out what has been done
by other manifests or files. That a day has passed changes nothing by itself, it only shows (formats §6). Terms of applications stand in
``whitelist.registry_deadlines``; alerts about the present, made of all of them, in ``manifests.present``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ledger.directory import LogState
from ledger.times import day_of, parse_admission_at
from manifests.consent import consents, missing
from manifests.correction import Correction
from manifests.machine import MOVES, Act
from manifests.model import FINISHED, Capacity, ManifestState, Stage
from manifests.returned import Returned, free_g, has_left, kept_g, stands, tally
from manifests.sides import DESTINATION, ORIGIN, division_of, is_place, named, place_of
from signing.citation import OURS
from signing.refusal import texts
from whitelist.terms import Clock, Duty, Present, Term, duty_of, register, rows_of

if TYPE_CHECKING:  # a view has its clocks
    from manifests.view import ManifestView

FILE = "evidence"
"""Stands for a kind where no statement is due but a file: ``POST /v1/evidence``, or a ``case.report`` with another."""
_PAPER_KINDS = ("manifest.depart", "manifest.arrive", "manifest.receive")
TERMS = register(
    Term("depart", ("manifest.depart",), "", "Order 23 Art. 11", "按计划起运", "depart as planned"),
    Term("stale_issue", ("manifest.depart",), "stale_issue_d", OURS, "开具后起运", "depart after the issue", "L", "STALE_ISSUE"),
    Term("backfill", _PAPER_KINDS, "backfill_wd", "Order 23 Art. 20.2", "补录", "back-fill", "M", "BACKFILL_LATE"),
    Term("trip", ("manifest.arrive",), "trip_h", "Order 23 Art. 11(4)", "运抵", "arrive", "M", "TRIP_TIME"),
    Term("receipt", ("manifest.receive",), "receipt_wd", "Order 23 Art. 18.1", "确认接受", "confirm the receipt", "M", "RECEIPT_OVERDUE"),
    Term("storage", ("manifest.dispose",), "storage_d", "Code Art. 535", "利用处置", "use or dispose", "H", "STORAGE_1Y"),
    Term(
        "follow_up", ("manifest.verify",), "follow_up_d", "Order 23 Art. 10(5)", "核实利用处置", "verify use or disposal", "L", "FOLLOW_UP"
    ),
    Term("return", ("manifest.issue",), "return_wd", OURS, "开具退回或改送联单", "return or redirect what was refused", "H", "RETURN_OPEN"),
    Term("return_leaves", ("manifest.depart",), "return_wd", OURS, "退回、改送起运", "departure of the return", "H", "RETURN_OPEN"),
    Term("discrepancy", ("case.report",), "", "Order 23 Art. 18.2", "报告差异", "report the difference", "H", "DISCREPANCY_UNREPORTED"),
    Term("number", ("case.number",), "number_wd", "Order 23 Art. 15", "补填联单编号", "fill in the number", "L", "NUMBER_MISSING"),
    Term("consent", ("case.amend_consent",), "amend_d", OURS, "同意更正", "consent to a correction", lapses=True),
    Term("stand_in", ("case.amend_consent",), "amend_d", OURS, "代逾期未表态的单位同意更正", "consent for a silent firm", lapses=True),
    Term("hold_until", ("case.release",), "", "行政强制法 Art. 25", "解除暂扣", "release the hold", lapses=True),
    Term("hold", ("case.release",), "hold_d", "行政强制法 Art. 25", "解除暂扣", "release the hold", lapses=True),
    Term("contest", ("case.release",), None, OURS, "了结争议", "settle the contest", "H", "CONTESTED"),
    Term(
        "regularise",
        ("case.report",),
        "regularise_wd",
        OURS,
        "补办应急转移手续",
        "regularise the emergency transfer",
        "L",
        "EMERGENCY_OPEN",
    ),
    Term("attachment", (FILE,), "attachment_wd", OURS, "补交附件", "bring the attachment", "L", "ATTACHMENT_MISSING"),
)
"""Every term of a manifest; where no article is named it is a rule of this log (kinds §12)."""


def clocks(view: ManifestView, log: LogState | None = None) -> tuple[Clock, ...]:
    """Terms that run on a manifest, the trunk's first: from its own entries, without calendar, store or other manifests.

    Without the directory (``log``) it may name too much, never too little, of what :func:`duties` gives.
    """
    return (*_of_trunk(view), *_of_returns(view.state), *_of_emergency(view.state), *_of_cases(view, log), *_of_files(view))


def clock_rows(view: ManifestView) -> tuple[str, ...]:
    """The clocks of a manifest as rows of the index, sorted. For anybody those stand that may come to be overdue while it is open."""
    is_open, found = view.state.stage not in FINISHED, set[str]()
    for clock in clocks(view):
        term = TERMS[clock.term]
        for_anybody = is_open and term.length is not None and not term.lapses and not clock.file
        found.update(rows_of(clock, lambda holder: division_of(holder, view.state), for_anybody=for_anybody))
    return tuple(sorted(found))


def late_since(present: Present) -> list[tuple[str, int]]:
    """Of each term that may come to be overdue, the moment before which it must have begun to be so now."""
    counted = (
        term for term in TERMS.values() if term.length is not None and not term.lapses and term.name not in ("attachment", "return_leaves")
    )
    return [(term.name, present.begins(term, present.today)) for term in counted]


def duties(
    view: ManifestView, present: Present, log: LogState, returning: Sequence[ManifestView] = (), here: Collection[str] = ()
) -> tuple[Duty, ...]:
    """What is due, the trunk's act first. Voiding is open while issued but nobody's duty.

    ``returning``: the manifests that return or redirect what was refused of this one. It is not closed before all of that has departed.
    ``here``: SHA-256 of its attachments that the store has.
    """
    state, returned = view.state, tally(one.state for one in returning)
    running = [clock for clock in clocks(view, log) if _runs(clock, state, present, returned, here)]
    if state.stage not in FINISHED and state.times.accepted_s is not None:
        running += [_leaving(state.times.accepted_s, one) for one in returning if stands(one.state) and not has_left(one.state)]
    return tuple(duty_on(clock, state, present, log) for clock in running)


def _runs(clock: Clock, state: ManifestState, present: Present, returned: Returned, here: Collection[str]) -> bool:
    """Whether nothing but its own act stops it: no other manifest, no file that came, no end of its own."""
    match clock.term:
        case "follow_up":
            return not any(kept_g(state, returned))
        case "return":
            return any(free_g(state, returned))
        case "attachment":
            return clock.file not in here
        case "consent":
            return present.now_s <= present.ends_s(TERMS[clock.term], clock.since_s)
        case "stand_in":
            silent = present.workdays.between(date.fromisoformat(day_of(clock.since_s)), present.today).workdays
            return silent > present.limits.amend_escalate_wd and present.now_s <= present.ends_s(TERMS[clock.term], clock.since_s)
        case "hold" | "hold_until":
            return present.now_s < present.ends_s(TERMS[clock.term], clock.since_s)
    return True


def duty_on(clock: Clock, state: ManifestState, present: Present, log: LogState) -> Duty:
    """What a term that runs on a manifest asks for."""
    return duty_of(clock, TERMS[clock.term], present, lambda holder: named(holder, state, log))


# --- which terms run ----------------------------------------------------------------------------------------------------------------------


_EXPECTED = {
    Stage.ISSUED: Act.DEPART, Stage.IN_TRANSIT: Act.ARRIVE, Stage.ARRIVED: Act.RECEIVE, Stage.ACCEPTED: Act.DISPOSE,
    Stage.PARTLY_ACCEPTED: Act.DISPOSE, Stage.REJECTED: Act.VERIFY, Stage.DISPOSED: Act.VERIFY,
}  # fmt: skip
"""The act that brings a manifest on; the others (void, hand_over, transship, stop) happen when they happen, and a receipt before the arrival."""
_PAPER = frozenset({Act.DEPART, Act.ARRIVE, Act.RECEIVE})
"""Acts that a back-fill writes down after the transfer, all within one term."""


def _of_trunk(view: ManifestView) -> Iterator[Clock]:
    state = view.state
    if (act := _EXPECTED.get(state.stage)) is not None:
        term, since_s = _term_of(state, act)
        roles = tuple((role.value, _holders(role, state)) for role in MOVES[state.stage, act].roles)
        yield Clock(term=term, kind=act.kind, since_s=since_s, roles=roles)
    for flag in view.flags:
        if flag.code == "DISCREPANCY_UNREPORTED" and flag.ended is None:
            since_s = next(parse_admission_at(record.admitted_at) for record in view.records if record.index == flag.index)
            yield Clock(term="discrepancy", kind="case.report/1", since_s=since_s, roles=(("receiver", (state.receiver,)),))
            return


def _term_of(state: ManifestState, act: Act) -> tuple[str, int]:
    """The term of the act that is next, and the moment from which it counts."""
    times = state.times
    if act in _PAPER and state.is_backfill and state.paper_completed_s is not None:
        return "backfill", state.paper_completed_s
    match act:
        case Act.DEPART if state.planned_s is not None:
            return "depart", state.planned_s
        case Act.DEPART:
            return "stale_issue", times.issued_s
        case Act.ARRIVE:
            return "trip", times.departed_s or times.latest_s
        case Act.RECEIVE:
            # 接受之日 is not known before the receipt; it cannot lie before the arrival, so this is the earliest due day.
            return "receipt", times.arrived_s or times.latest_s
        case Act.DISPOSE:
            return "storage", times.accepted_s or times.latest_s
        case _:
            return "follow_up", times.received_s or times.latest_s


def _holders(role: Capacity, state: ManifestState) -> tuple[str, ...]:
    if role is Capacity.CARRIER:
        return tuple(dict.fromkeys(leg.carrier for leg in state.open_legs)) or state.carriers
    return state.holder_of(role)


def _of_returns(state: ManifestState) -> Iterator[Clock]:
    accepted_s = state.times.accepted_s
    if state.stage not in FINISHED and accepted_s is not None and any(line.refused_g for line in state.lines):
        yield Clock(term="return", kind=Act.ISSUE.kind, since_s=accepted_s, roles=(("generator", (state.generator,)),))


def _leaving(accepted_s: int, view: ManifestView) -> Clock:
    """What was refused is to be on its way: the return's own departure, by the term of the manifest that waits for it."""
    roles = tuple((role.value, _holders(role, view.state)) for role in MOVES[Stage.ISSUED, Act.DEPART].roles)
    return Clock(term="return_leaves", kind=Act.DEPART.kind, since_s=accepted_s, roles=roles, manifest=view.chain)


def _of_emergency(state: ManifestState) -> Iterator[Clock]:
    """What has moved on an emergency is regularised afterwards (R-39), however far the manifest has come meanwhile."""
    times = state.times
    moved_s = state.paper_departed_s or times.departed_s or (None if state.is_declined else times.accepted_s)
    if state.emergency is not None and state.regularised_s is None and moved_s is not None and state.stage is not Stage.VOIDED:
        yield Clock(term="regularise", kind="case.report/1", since_s=moved_s, roles=(("origin's authority", (ORIGIN,)),))


def _of_cases(view: ManifestView, log: LogState | None) -> Iterator[Clock]:
    state, is_open = view.state, view.state.stage not in FINISHED
    for hold in state.holds:
        if is_open and hold.released_s is None:
            term, since_s = ("hold", hold.since_s) if hold.until_s is None else ("hold_until", hold.until_s)
            yield Clock(term=term, kind="case.release/1", since_s=since_s, roles=(("authority that holds", (hold.by,)),), case=hold.case)
    if is_open and state.number is None:
        roles = (("generator or origin's authority", (state.generator,)),)
        yield Clock(term="number", kind="case.number/1", since_s=view.issued_s, roles=roles)
    for one in view.corrections:
        if not one.ended:
            yield from _of_correction(one, state, log)
    for contest in state.contests:
        if contest.released_s is None:
            sides = (("authority of either side", (ORIGIN, DESTINATION)),)
            yield Clock(
                term="contest", kind="case.release/1", since_s=contest.since_s, roles=sides, case=contest.case, without=contest.hands
            )


def _of_correction(one: Correction, state: ManifestState, log: LogState | None) -> Iterator[Clock]:
    """Consents that it waits for, each on its own, and after their silence the authorities of the firms."""
    given = (one.by, *(consent.party or consent.by for consent in one.consents))
    wanted = missing(consents(one.changes, state, log), given)
    offices = () if log is None else tuple(authority.uscc for authority in log.authorities)
    for asked in wanted:
        roles = (("whose consent is missing", asked.holders),)
        yield Clock(term="consent", kind="case.amend_consent/1", since_s=one.proposed_s, roles=roles, case=one.case)
    firms = [holder for asked in wanted for holder in asked.holders if not is_place(holder) and holder not in offices]
    if firms:
        roles = (("authority of a silent firm", tuple(dict.fromkeys(map(place_of, firms)))),)
        yield Clock(term="stand_in", kind="case.amend_consent/1", since_s=one.proposed_s, roles=roles, case=one.case)


def _of_files(view: ManifestView) -> Iterator[Clock]:
    """Files that were named and for which no other was handed in; which of them the store has is not in the log."""
    for file in view.files:
        if file.handed_in is None:
            record = next(record for record in view.records if record.index == file.index)
            roles = (("who owes the attachment", record.by),)
            yield Clock(
                term="attachment",
                kind=FILE,
                since_s=parse_admission_at(record.admitted_at),
                roles=roles,
                file=file.sha256,
                bringers=file.signers,
            )


TEXTS = texts("""
EMERGENCY_OPEN | R-39 | origin_authority | 2018 川渝合作协议 [READ S9]; 豁免清单 2025 [READ H4]; alert [DESIGN]
应急转移尚未补办手续。 || 不影响联单和废物的处置。移出地主管部门核实后补办，以 case.report（about 填 regularised）报告文号。
The emergency transfer has not been regularised. || The manifest goes on. The authority of the origin looks into it, regularises it and reports that with case.report (about: regularised).

STALE_ISSUE | - | generator | kinds §12 [DESIGN]
联单开具后长期未起运。 || 不影响联单，占用的额度一直留着。起运；不再转移的，作废，额度随即退回。
The manifest was issued long ago and has not departed. || It stays as it is and keeps its quota. Depart, or void it if nothing will go: the quota comes back.

TRIP_TIME | R-57 | carrier | Order 23 Art. 11(3) [READ]; alert [DESIGN]
运输时间过长，尚未运抵。 || 查明车辆在哪里；已到的补签运抵，途中停留的补签停留，出了事的按突发事件报告。
The load has been under way for too long. || Find out where the truck is; sign the arrival if it came, the stop if it stands, and report an incident if there was one.

STORAGE_1Y | R-68 | receiver | Code Art. 535 [READ]; Order 23 Art. 12(4) [READ]; levels [DESIGN] | 固废法 Art. 81 [READ]; Order 23 Art. 12(4) [READ]
接受的废物贮存将满一年，或者已满一年。 || 及时利用处置并填写结果；确需延长的，须经主管部门批准。
Waste that was accepted has been stored for nearly a year, or longer. || Use or dispose of it and say so; longer storage needs the authority's leave.

FOLLOW_UP | R-69 | generator | Order 23 Art. 10(5) [READ]; alert [DESIGN]
移出人逾期未核实接受人的利用处置情况。 || 看利用处置结果（/fates），与接受人核对，签署核实。
The generator has not verified in time what became of the waste. || Look at the fates, ask the receiver, sign the verification.

NUMBER_MISSING | R-01 | generator | Order 23 Art. 15 [READ]; alert [DESIGN]
逾期未填国家联单编号。 || 取得国家联单编号后，用 case.number 补填。
The national number of the manifest has not been filled in in time. || Once it is given, fill it in with case.number.
""")
