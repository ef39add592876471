"""What is due and what stands out now, against a second reckoning that counts day by day."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.directory import log_state
from ledger.searching.clocks import ClockRow
from ledger.times import DAY_S, day_of, parse_at
from manifests import acts
from manifests.deadlines import TERMS, duties, late_since
from manifests.present import PresentAlert, alerts_of, present_alerts
from manifests.work.order import TELLABLE, TellPlace, WorkPlace, place_of, stretches, told_now
from manifests.work.order import TERMS as WORK_TERMS
from tests.manifests.driver import (
    BACK,
    CARRIER,
    GENERATOR,
    LIMITS,
    MANIFEST,
    NUMBER,
    RECEIVER,
    Driver,
    a_return,
    accepted,
    partly,
    rejected,
)
from tests.manifests.test_view import calendar, viewed
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist import registry_deadlines
from whitelist.incident import IncidentState
from whitelist.terms import Clock, Duty, Present, duty_of, rows_of
from whitelist.workdays import Calendar

HELD = f"case/{GENERATOR}/{MANIFEST.rpartition('/')[2]}/01K900000000000000000H0DD1"
CASE = f"case/{GENERATOR}/{MANIFEST.rpartition('/')[2]}/01K9000000000000000000AMD1"


def present(log: Driver, at_s: int | None = None) -> Present:
    return Present(log.at_s if at_s is None else at_s, calendar(log), LIMITS)


def due(log: Driver, *returning: str) -> dict[str, Duty]:
    views = [viewed(log, chain) for chain in returning]
    return {duty.term: duty for duty in duties(viewed(log), present(log), log_state(log.bench.facts), views)}


def alerts(log: Driver, *returning: str) -> list[PresentAlert]:
    views = [viewed(log, chain) for chain in returning]
    return list(present_alerts(viewed(log), present(log), log_state(log.bench.facts), views))


def said(log: Driver) -> set[str]:
    return {f"{alert.phase} {alert.duty.term} {alert.level}:{alert.code}" for alert in alerts(log)}


# --- counting there and back --------------------------------------------------------------------------------------------------------------

LOG = Driver()
DAYS = st.dates(date(2025, 2, 1), date(2027, 12, 1))
COUNTED = [term for term in TERMS.values() if term.length is not None]


def plain_due(term_name: str, since: date) -> date:
    """A term by going through the days one by one."""
    term = TERMS[term_name]
    length = getattr(LIMITS, term.length) if term.length else 0
    if term.length and term.length.endswith("_wd"):
        day, calendars = since, calendar(LOG)
        while length:
            day += timedelta(days=1)
            length -= calendars.calendar(day.year).is_workday(day)
        return day
    return since + timedelta(days=(length // 24 if term.length and term.length.endswith("_h") else length) - term.lapses)


@given(st.sampled_from(COUNTED), DAYS, st.integers(0, 86_399))
def test_a_term_ends_on_the_day_that_one_counts_by_hand(term, since, second) -> None:  # type: ignore[no-untyped-def]
    since_s = parse_at(f"{since}T00:00:00+08:00") + second
    counted = present(LOG).due(term, since_s)
    assert counted is not None
    assert counted.day == plain_due(term.name, since)


@given(st.sampled_from(COUNTED), DAYS)
def test_the_way_back_leads_to_the_first_moment_that_is_due_so_late(term, day) -> None:  # type: ignore[no-untyped-def]
    """So an index by the moment answers what is due before a day, under whatever calendar is in force."""
    now = present(LOG)
    first_s = now.begins(term, day)
    before, then = now.due(term, first_s - 1), now.due(term, first_s)
    assert before is not None
    assert then is not None
    assert before.day < day <= then.day


@given(DAYS, DAYS)
def test_working_days_left_are_counted_by_hand(today, day) -> None:  # type: ignore[no-untyped-def]
    calendars = calendar(LOG)
    span = (min(today, day) + timedelta(days=n) for n in range(1, abs((day - today).days) + 1))
    worked = sum(calendars.calendar(one.year).is_workday(one) for one in span)
    now = Present(parse_at(f"{today}T12:00:00+08:00"), calendars, LIMITS)
    assert now.left(day) == (worked if day >= today else -worked)


# --- every term of a life ------------------------------------------------------------------------------------------------------------------


def test_the_life_of_a_load_with_its_articles() -> None:
    log = Driver()
    log.issue(number=NUMBER)
    assert due(log)["stale_issue"].due_on == "2026-12-05"
    log.depart()
    assert (due(log)["trip"].article, due(log)["trip"].due_on) == ("Order 23 Art. 11(4)", "2026-11-08")
    log.arrive()
    assert (due(log)["receipt"].article, due(log)["receipt"].workdays_left) == ("Order 23 Art. 18.1", 5)
    log.receive()
    assert (due(log)["storage"].article, due(log)["storage"].due_on) == ("Code Art. 535", "2027-11-05")
    log.dispose((0, "R4", "5.6"))
    assert (due(log)["follow_up"].article, due(log)["follow_up"].parties) == ("Order 23 Art. 10(5)", (GENERATOR,))
    log.verify()
    assert due(log) == {}


def test_a_receipt_is_late_then_gravely_late() -> None:
    log = Driver().to_arrived(number=NUMBER)  # Thursday 2026-11-05
    log.at_s = parse_at("2026-11-09T12:00:00+08:00")
    assert said(log) == set()
    log.at_s = parse_at("2026-11-10T12:00:00+08:00")  # two working days to go
    assert said(log) == {"approaching receipt :"}
    log.at_s = parse_at("2026-11-13T12:00:00+08:00")
    assert said(log) == {"overdue receipt M:RECEIPT_OVERDUE"}
    assert due(log)["receipt"].workdays_left == -1
    log.at_s = parse_at("2026-11-19T12:00:00+08:00")
    assert said(log) == {"overdue receipt H:RECEIPT_OVERDUE"}


def test_storage_is_told_from_its_own_day_of_warning() -> None:
    log = Driver().to_arrived(number=NUMBER)
    log.receive()
    received_s = log.at_s
    for days, expected in ((304, set()), (305, {"approaching storage M:STORAGE_1Y"}), (366, {"overdue storage H:STORAGE_1Y"})):
        log.at_s = received_s + days * 86_400
        assert said(log) == expected


def test_a_planned_departure_and_a_stale_issue_are_two_things() -> None:
    log = Driver()
    log.issue(number=NUMBER, planned_at="2026-12-20T09:00:00+08:00")
    log.at_s = parse_at("2026-12-05T23:00:00+08:00")
    assert said(log) == set()
    log.at_s = parse_at("2026-12-06T01:00:00+08:00")
    assert said(log) == {"overdue stale_issue L:STALE_ISSUE"}
    log.at_s = parse_at("2026-12-21T01:00:00+08:00")
    assert said(log) == {"overdue stale_issue L:STALE_ISSUE", "overdue depart :"}


def test_a_missing_number_is_owed_five_working_days_after_the_issue() -> None:
    log = Driver()
    log.issue()
    log.at_s = parse_at("2026-11-13T01:00:00+08:00")
    assert "overdue number L:NUMBER_MISSING" in said(log)


def test_refused_waste_is_to_be_on_its_way_and_its_return_is_waited_for() -> None:
    log = Driver().to_arrived(number=NUMBER)
    log.receive(rejected(0))
    assert {term: duty.due_on for term, duty in due(log).items()} == {"return": "2026-11-09"}
    log.post("manifest.issue/1", (GENERATOR,), a_return(MANIFEST, "5.600000"), chain=BACK)
    waited = due(log, BACK)
    assert {term: (duty.due_on, duty.manifest) for term, duty in waited.items()} == {"return_leaves": ("2026-11-09", BACK)}
    assert set(waited["return_leaves"].parties) == {GENERATOR, CARRIER}
    log.at_s = parse_at("2026-11-10T08:00:00+08:00")
    assert [(alert.code, alert.level) for alert in alerts(log, BACK)] == [("RETURN_OPEN", "H")]


def test_a_difference_that_nobody_reported_is_overdue_the_day_after() -> None:
    log = Driver().to_arrived(number=NUMBER)
    log.receive(accepted(0, "5.6", differences=("form",)))
    assert (due(log)["discrepancy"].parties, due(log)["discrepancy"].overdue) == ((RECEIVER,), False)
    log.wait(hours=24)
    assert "overdue discrepancy H:DISCREPANCY_UNREPORTED" in said(log)


def test_a_hold_is_released_before_it_ends_and_asked_of_nobody_afterwards() -> None:
    log = Driver().to_in_transit(number=NUMBER)
    body = acts.CaseHold(trunk=acts.Trunk(seq=1, hash=log.state().acts[1]), reason="核查标签")
    log.post("case.hold/1", (AUTHORITY_50,), body, chain=HELD)
    assert (due(log)["hold"].parties, due(log)["hold"].due_on, due(log)["hold"].case) == ((AUTHORITY_50,), "2026-12-04", HELD)
    log.wait(hours=30 * 24)
    assert "hold" not in due(log)
    assert not [one for one in said(log) if "hold" in one]


def test_consents_are_asked_before_they_lapse_and_of_authorities_after_silence() -> None:
    log = Driver().to_arrived(number=NUMBER)
    log.receive(partly(0, "5", "0.6"))
    trunk = acts.Trunk(seq=3, hash=log.state().acts[3])
    change = acts.FieldChange(path="received.0.accepted_t", was='"5.000000"', now='"5.600000"')
    other = acts.FieldChange(path="received.0.refused_t", was='"0.600000"', now='"0.000000"')
    opinion = acts.FieldChange(path="received.0.opinion", was='"partly"', now='"accept"')
    body = acts.AmendPropose(trunk=trunk, changes=(change, other, opinion), reason="笔误")
    log.post("case.amend_propose/1", (RECEIVER,), body, chain=CASE)

    def asked() -> set[tuple[str, tuple[str, ...], str | None]]:
        found = duties(viewed(log), present(log), log_state(log.bench.facts))
        return {(duty.term, duty.parties, duty.due_on) for duty in found if duty.case == CASE}

    first = {("consent", (GENERATOR,), "2026-12-04"), ("consent", (AUTHORITY_50,), "2026-12-04")}
    assert asked() == first
    log.at_s = parse_at("2026-11-19T12:00:00+08:00")  # the tenth working day
    assert asked() == first
    log.at_s = parse_at("2026-11-20T12:00:00+08:00")
    assert asked() == first | {("stand_in", (AUTHORITY_51,), "2026-12-04")}
    log.at_s = parse_at("2026-12-07T12:00:00+08:00")
    assert asked() == set()


def test_keys_tell_alerts_apart_and_stay_from_day_to_day() -> None:
    log = Driver().to_arrived()
    seen: dict[str, str] = {}
    for day in range(1, 40):
        log.at_s = parse_at("2026-11-05T12:00:00+08:00") + day * 86_400
        for alert in alerts(log):
            seen.setdefault(alert.key, day_of(log.at_s))
    assert len(seen) == 5  # two approach, two are overdue, and the receipt becomes grave
    assert all(len(key) <= 400 for key in seen)


def test_another_calendar_is_counted_anew() -> None:
    log = Driver().to_arrived(number=NUMBER)
    other = replace(LIMITS, receipt_wd=2)
    [duty] = duties(viewed(log), Present(log.at_s, calendar(log), other), log_state(log.bench.facts))
    assert duty.due_on == "2026-11-09"


def test_the_index_holds_what_is_due_for_everybody_who_may_act() -> None:
    """It may hold more (a return has stopped it, a file has come), never less."""
    log = Driver()
    lives = [
        log.issue,
        log.depart,
        log.arrive,
        lambda: log.receive(partly(0, "5", "0.6", differences=("form",))),
        lambda: log.dispose((0, "R4", "5")),
    ]
    for step in lives:
        log.wait(minutes=30)
        step()
        view = viewed(log)
        rows = {tuple(row.split(" ")[:3]) for row in view.clocks}
        for duty in due(log).values():
            for party in duty.parties:
                since = [int(moment) for who, term, moment in rows if (who, term) == (party, duty.term)]
                assert [day_of(moment) for moment in since] == [duty.since], (duty, rows)
        for term, before_s in late_since(present(log, log.at_s + 400 * 86_400)):
            late = any((who, name) == ("*", term) and int(moment) < before_s for who, name, moment in rows)
            found = duties(view, present(log, log.at_s + 400 * 86_400), log_state(log.bench.facts))
            is_due = any(duty.term == term and duty.overdue for duty in found)
            assert late if is_due else not late or term == "follow_up", term  # which a return that has not left bars


@given(st.sampled_from(TELLABLE), DAYS, st.integers(0, 86_399), st.integers(-40, 500))
def test_a_walk_of_the_index_leaves_out_nothing_that_stands(name, since, second, days) -> None:  # type: ignore[no-untyped-def]
    """Whoever tells alerts reads of each term the clocks that began before a moment (manifests.work.order.told_now)."""
    since_s = parse_at(f"{since}T00:00:00+08:00") + second
    now = Present(since_s + days * DAY_S, calendar(LOG), LIMITS)
    duty = duty_of(Clock(term=name, kind="manifest.depart/1", since_s=since_s, roles=()), WORK_TERMS[name], now, lambda holder: ())
    stretch = told_now(TellPlace(TELLABLE.index(name)), now)
    is_walked = stretch is not None and stretch.since_s <= since_s < stretch.before_s
    stands = [alert.phase for alert in alerts_of(MANIFEST, [duty], now)]
    ends = not WORK_TERMS[name].lapses or now.now_s < now.ends_s(WORK_TERMS[name], since_s)
    if name not in ("stand_in", "no_reply"):  # they ask for something only later than they begin
        assert is_walked or not (stands and ends)
        assert stands or not is_walked, "nor is much read for nothing"


@pytest.mark.parametrize(
    "claimed", ["0001-01-02T00:00:00+08:00", "1969-12-31T23:59:59+08:00", "2026-10-01T08:00:00+08:00", "9999-12-30T00:00:00+08:00"]
)
def test_no_claimed_day_hides_what_is_due_from_who_must_see_to_it(claimed: str) -> None:
    """An incident dated before our time, a departure planned for the year 9999: the index has them where pages lead."""
    happened = IncidentState(what="leak", division="510100", happened_s=parse_at(claimed), reported_s=LOG.at_s)
    leaves = Clock(term="depart", kind="manifest.depart/1", since_s=parse_at(claimed), roles=(("consignor", (GENERATOR,)),))
    now = present(LOG)
    rows = [*registry_deadlines.clock_rows("incident/x", happened), *rows_of(leaves, lambda holder: holder, for_anybody=False)]
    assert {row.split(" ")[1] for row in rows} == {"incident", "depart"}
    for row in rows:
        who, term, since, item = row.split(" ")
        place = place_of(ClockRow(who, term, int(since), "incident/x", item), now)
        assert msgspec.convert(msgspec.to_builtins(place), WorkPlace) == place, "a cursor"
        [stretch] = stretches([term], None, now, overdue=False)
        assert (stretch.since_s, stretch.chain) < (int(since), "incident/x")
        assert int(since) < stretch.before_s


@given(st.dates(date(2025, 6, 1), date(2027, 12, 31)), st.integers(-40, 900))
def test_working_days_between_are_those_of_every_day(first: date, days: int) -> None:
    workdays, last = calendar(LOG), first + timedelta(days=days)
    every = [first + timedelta(days=day) for day in range(1, days + 1)]
    counted = workdays.between(first, last)
    assert counted.workdays == sum(workdays.calendar(day.year).is_workday(day) for day in every)
    assert (counted.day, bool(counted.flags)) == (last, any(workdays.calendar(day.year).provisional for day in every))


def test_a_far_day_is_not_counted_day_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "is_workday", lambda calendar, day: pytest.fail("a load that is planned for the year 9999 costs seconds"))
    assert present(LOG).left(date(9999, 12, 31)) > 2_000_000
