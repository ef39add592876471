"""What befell a list in the year is followed under a draft: stops, amendments, revocations."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_at
from tests.reports.trial import CODE, GENERATORS, LISTED, PERMITS, PILOT, RECEIVERS, TrialYear, draft, row
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.listing import rows_hash

B = row("B", "60", conditions={"pre_notice_days": 3})


def suspended(stops: str) -> TrialYear:
    """40 t decided on row 0, a trip in June, one issued a day before the row is suspended in July and never gone, perhaps one after; another
    decision, of 10 t on row 1."""
    log = TrialYear(stops)
    log.at("2026-03-02")
    decision = log.decide("510112", "A", "40", listing=0)
    other = log.decide("510502", "B", "10", listing=1)
    log.at("2026-06-10")
    log.trip(decision, "A", "5")
    log.at("2026-07-13")
    log.trip(decision, "A", "6", departs=False)
    log.at("2026-07-14")
    log.list_act("list.suspend", row=0, reason="检查发现贮存超期")
    log.at("2026-07-20")
    if stops == "decide":
        log.trip(decision, "A", "7")
    log.trip(other, "B", "3")
    log.at("2026-12-30")
    log.bench.post("permit.suspend/1", PERMITS["C"], (AUTHORITY_50,), {"reason": "停产检修"})
    return log


@pytest.mark.parametrize("stops", ["decide", "issue", "depart"])
def test_a_suspension_is_followed_and_the_list_as_it_was_changes_nothing(stops: str) -> None:
    assert suspended(stops).trial(draft(LISTED)).changes_nothing


def test_a_stop_that_reaches_further_stops_what_was_issued_since() -> None:
    result = suspended("decide").trial(draft(LISTED, suspension_stops="issue"))
    assert [(trip.outcome, trip.cause, trip.day, trip.codes) for trip in result.trips] == [
        ("stopped", "suspended", "2026-07-20", ("WL_SUSPENDED",))
    ]


def test_a_stop_that_reaches_less_far_lets_go_what_it_held_up_for_good() -> None:
    result = suspended("depart").trial(draft(LISTED, suspension_stops="issue"))
    assert [(trip.outcome, trip.cause, trip.at, trip.lines) for trip in result.trips] == [
        ("freed", "suspended", "end", ((CODE, 6_000_000),))
    ]
    assert (result.all.freed, result.all.freed_g) == (1, 6_000_000)


def test_a_row_that_the_draft_changes_is_stopped_all_the_same() -> None:
    log = suspended("decide")
    log.at("2026-12-31")
    assert log.trial(draft([row("A", "90"), B], suspension_stops="issue")).stopped["suspended"].stopped == 1
    assert log.trial(draft([row("A", "90"), B])).changes_nothing, "90 t are enough, and the stop is what it was"


def amended() -> TrialYear:
    """In June both sides raise row 0 to 130 t, end row 1, and add C. Before, 90 t of row 0 are decided, then 35 t more, and 20 t to C."""
    log = TrialYear()
    log.at("2026-03-02")
    first = log.decide("510112", "A", "90", listing=0)
    log.at("2026-04-13")
    log.decide("511702", "C", "15", agrees=True, days=8)
    log.at("2026-06-01")
    more: dict[str, Any] = {"effective_from": "2026-06-02", "add": [row("C", "50")], "quota": [{"row": 0, "quota_t": "130.000000"}]}
    end = [{"row": 1, "on": "2026-06-30", "reason": "设施拆除"}]
    act = log.list_act("list.amend", **more, end=end, rows_hash=rows_hash([r.listed(r.permit) for r in draft([row("C", "50")]).rows]))
    log.list_act("list.confirm", AUTHORITY_50, act=act)
    log.at("2026-07-06")
    second = log.decide("510112", "A", "35", listing=0)
    third = log.decide("511702", "C", "20", listing=2)
    log.at("2026-08-03")
    for decision, name in ((first, "A"), (second, "A"), (third, "C")):
        log.trip(decision, name, "5")
    return log


FINAL = [row("A", "130"), row("C", "50")]
"""The amended list as an office would export it."""


def test_an_amended_list_as_it_was_at_the_end_changes_nothing() -> None:
    result = amended().trial(draft(FINAL))
    assert result.changes_nothing
    assert [one.changes for one in result.rows] == [("same",)] * 3
    assert [(one.quota_before_g, one.quota_after_g) for one in result.rows] == [(130_000_000,) * 2, (60_000_000,) * 2, (50_000_000,) * 2]


def test_what_the_draft_changes_holds_from_the_first_day() -> None:
    log = amended()
    result = log.trial(draft([row("A", "131"), row("C", "51")]))
    assert [one.changes for one in result.rows] == [("quota",), ("same",), ("quota",)]
    assert {(one.tried.outcome, one.tried.day) for one in result.changed} == {("faster", "2026-04-29")}, "C was there in April"
    kept = log.trial(draft([*FINAL, B]))
    assert [one.changes for one in kept.rows] == [("same",), ("kept",), ("same",)]
    assert kept.changes_nothing


def test_an_amendment_that_the_draft_takes_back() -> None:
    result = amended().trial(draft([row("A", "100")]))
    assert [one.changes for one in result.rows] == [("quota",), ("same",), ("gone",)]
    assert {(one.tried.day, one.tried.cause) for one in result.changed} == {("2026-07-08", "quota"), ("2026-07-10", "row_missing")}
    assert {(trip.receiver, trip.cause) for trip in result.trips} == {(RECEIVERS["C"], "row_missing")}, "10 of the 35 t fit, and 5 t went"


def test_a_revoked_decision_gives_back_in_both_worlds() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    first = log.decide("510112", "A", "90", listing=0)
    log.trip(first, "A", "5")
    log.at("2026-05-11")
    log.bench.post("approval.revoke/1", first, (AUTHORITY_51,), {"reason": "接受单位不再具备条件"})
    log.at("2026-05-18")
    second = log.decide("511702", "A", "80", listing=0)
    log.trip(second, "A", "4")
    assert log.trial(draft(LISTED)).changes_nothing
    less = log.trial(draft([row("A", "95"), B]))
    assert less.changes_nothing, "90 t, of which 5 t stay once it is revoked, then 80 t"
    assert less.rows[0].after.committed_g == 85_000_000


def test_what_did_not_fit_is_given_back_too() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    log.decide("510112", "A", "50", listing=0)
    second = log.decide("511702", "A", "40", listing=0)
    log.at("2026-05-11")
    log.bench.post("approval.revoke/1", second, (AUTHORITY_51,), {"reason": "接受单位不再具备条件"})
    log.at("2026-05-18")
    log.decide("511702", "A", "10", listing=0)
    use = log.trial(draft([row("A", "45"), B])).rows[0].after
    assert (use.committed_g, use.peak_g, use.unmet_g) == (60_000_000, 90_000_000, 55_000_000)


def test_a_list_for_use_only_bars_what_is_disposed_of() -> None:
    log = TrialYear(rows=[{**row("A", "100"), "methods": ["R4", "D10"]}], methods=("R4", "D10"))
    log.at("2026-03-02")
    used, burnt = log.decide("510112", "A", "20", listing=0), log.decide("510502", "A", "30", listing=0, method="D10")
    log.at("2026-04-01")
    log.trip(used, "A", "5")
    log.trip(burnt, "A", "6", method="D10")
    same = [{**row("A", "100"), "methods": ["D10", "R4"]}]
    assert log.trial(draft(same)).changes_nothing
    result = log.trial(draft([{**same[0], "conditions": {"use_only": True}}]))
    assert [(one.tried.chain, one.tried.cause) for one in result.changed] == [(burnt, "use_only")]
    assert [(trip.approval, trip.cause) for trip in result.trips] == [(burnt, "use_only")]
    narrower = log.trial(draft([row("A", "100")]))
    assert [(trip.approval, trip.cause) for trip in narrower.trips] == [(burnt, "row_missing")]


def test_more_time_to_complete_lets_go_what_ran_out_of_it() -> None:
    within = {"complete_within_days": 60}
    log = TrialYear(rows=[row("A", "100", conditions=within)])
    log.at("2026-03-02")
    decision = log.decide("510112", "A", "20", listing=0, valid_to="2026-05-03")
    log.at("2026-04-30")
    log.trip(decision, "A", "5")
    log.trip(decision, "A", "6", departs=False)
    log.at("2026-05-06")
    log.bench.post("permit.suspend/1", PERMITS["C"], (AUTHORITY_50,), {"reason": "停产检修"})
    assert log.trial(draft([row("A", "100", conditions=within)])).changes_nothing
    for more in ({"complete_within_days": 90}, {}):
        result = log.trial(draft([row("A", "100", conditions=more)]))
        assert [(trip.outcome, trip.cause, trip.lines) for trip in result.trips] == [("freed", "complete_within", ((CODE, 6_000_000),))]
    less = log.trial(draft([row("A", "100", conditions={"complete_within_days": 30})]))
    assert [(trip.outcome, trip.cause) for trip in less.trips] == [("stopped", "complete_within")] * 2


def test_a_stop_of_the_row_does_not_reach_what_would_only_have_come_sooner() -> None:
    log = TrialYear()
    log.at("2026-03-16")
    decision = log.decide("510112", "A", "150", listing=0, agrees=True, days=9)
    log.at("2026-06-01")
    log.list_act("list.suspend", row=0, reason="检查发现贮存超期")
    log.at("2026-06-10")
    log.trip(decision, "A", "5")
    result = log.trial(draft([row("A", "200"), B]))
    assert ([one.tried.outcome for one in result.changed], result.trips, result.all.faster) == (["faster"], (), 1)


def test_a_load_that_came_without_a_departure_is_none_that_was_held_up() -> None:
    log = suspended("depart")
    held = next(trip.manifest for trip in log.trial(draft(LISTED, suspension_stops="issue")).trips)
    received = {
        "accepted_at": "2026-12-30T10:00:00+08:00", "weighing": {"method": "weighbridge"},
        "lines": [{"line": 0, "opinion": "accept", "accepted_t": "6.000000", "method": "R4"}],
    }  # fmt: skip
    log.bench.at_s = parse_at("2026-12-30T12:00:00+08:00")
    log.bench.post("manifest.receive/1", held, (RECEIVERS["A"],), received)
    assert log.trial(draft(LISTED, suspension_stops="issue")).changes_nothing


def test_a_pilot_list_is_tried_by_its_trips() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    log.pilot([row("A", "50"), row("B", "50")], GENERATORS["510112"], "A", "B")
    kind = {"kind": "pilot"}
    assert log.trial(draft([row("B", "50"), row("A", "50")], PILOT, **kind)).changes_nothing
    result = log.trial(draft([row("A", "50")], PILOT, **kind))
    assert [(trip.receiver, trip.outcome, trip.cause, trip.lines) for trip in result.trips] == [
        (RECEIVERS["B"], "stopped", "row_missing", ((CODE, 5_000_000),))
    ]
    barred = log.trial(draft([row("A", "50"), {**row("B", "50"), "methods": ["R5"]}], PILOT, **kind))
    assert [trip.receiver for trip in barred.trips] == [RECEIVERS["B"]]
