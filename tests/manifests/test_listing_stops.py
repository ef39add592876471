"""R-37 at the second gate and at the receipt: what ``list.suspend`` and ``list.remove`` stop, judged at the moment of the event (kinds §1.1, §1.3, §4)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.times import format_at, parse_at
from tests.manifests.driver import APPROVAL, CARRIER, GENERATOR, Driver, a_departure, a_line, approval, codes
from tests.manifests.test_term_rules import DEPART, LIST, a_list
from tests.workbench import AUTHORITY_51
from whitelist.approval import ListingRef
from whitelist.list_life import ListChange, RowStatus
from whitelist.listing import Conditions, ListLife, ListState

BY = (GENERATOR, CARRIER)
NOON = parse_at("2026-11-05T12:00:00+08:00")


def stopped(stops: Any, *changes: tuple[int, RowStatus]) -> ListState:
    """The list with changes of its row: (seconds after noon, status)."""
    own = {"by": AUTHORITY_51, "reason": "超标排放（虚构）", "letter_no": "川环函〔2026〕9号"}
    made = tuple(ListChange(index=n, at_s=NOON + after, status=status, row=0, **own) for n, (after, status) in enumerate(changes, 90))
    return replace(a_list("2026-12-31"), suspension_stops=stops, lived=ListLife(changes=made))


@pytest.fixture
def log() -> Driver:
    """Issued on a listing at half past eight; it is noon."""
    found = Driver()
    lines = tuple(replace(line, listing=ListingRef(list=LIST, row=0)) for line in approval().lines)
    found.lay(APPROVAL, replace(approval(), lines=lines, route="LISTED"))
    found.lay(LIST, a_list("2026-12-31"))
    found.issue()
    found.at_s = NOON
    return found


@pytest.mark.parametrize("status", ["SUSPENDED", "REMOVED"])
def test_a_departure_is_stopped_where_the_list_says_so(log: Driver, status: RowStatus) -> None:
    log.lay(LIST, stopped("depart", (-60, status)))
    assert log.refused(DEPART, BY, a_departure()) == ["WL_SUSPENDED"]


@pytest.mark.parametrize("stops", ["decide", "issue"])
def test_else_it_departs_and_says_so(log: Driver, stops: str) -> None:
    log.lay(LIST, stopped(stops, (-60, "SUSPENDED")))
    assert codes(log.depart()) == {"H:WL_SUSPENDED"}


def test_what_left_before_the_stop_is_entered_and_goes_on(log: Driver) -> None:
    log.lay(LIST, stopped("depart", (0, "SUSPENDED")))
    log.wait(hours=1)
    assert log.refused(DEPART, BY, a_departure(), at=format_at(NOON)) == ["WL_SUSPENDED"]
    assert codes(log.post(DEPART, BY, a_departure(), at=format_at(NOON - 1))) == {"H:OVERTOOK"}
    log.arrive()
    assert codes(log.receive()) == set()


def test_a_stop_that_covers_no_departure_overtakes_none(log: Driver) -> None:
    log.lay(LIST, stopped("issue", (0, "SUSPENDED")))
    log.wait(hours=1)
    assert codes(log.post(DEPART, BY, a_departure(), at=format_at(NOON - 1))) == set()


def test_a_row_that_was_resumed_stops_nothing(log: Driver) -> None:
    log.lay(LIST, stopped("depart", (-600, "SUSPENDED"), (-60, "ACTIVE")))
    assert log.refused(DEPART, BY, a_departure(), at=format_at(NOON - 61)) == ["WL_SUSPENDED"]
    assert codes(log.depart()) == set()


def test_a_load_without_a_departure_says_that_its_row_was_stopped(log: Driver) -> None:
    log.lay(LIST, stopped("issue", (-60, "SUSPENDED")))
    found = codes(log.receive())
    assert {"H:NO_DEPARTURE", "H:APPROVAL_LAPSED"} <= found


# the row of a pilot list, which no decision stands between


PILOT = "list/2026-00-50-pilot"


def pilot_list(*changes: tuple[int, RowStatus], stops: str = "issue", **more: Any) -> ListState:
    return replace(stopped(stops, *changes), kind="pilot", from_province="00", **more)


def on_a_pilot_row(**more: Any) -> Driver:
    """Issued on a row of a pilot list at half past eight; it is noon."""
    log = Driver()
    log.lay(PILOT, pilot_list(**more))
    entry = log.issue(approval=None, pilot=ListingRef(list=PILOT, row=0), lines=(a_line(decision_line=None),))
    assert (entry.admission.decision.route, codes(entry)) == ("PILOT387", {"PLAN_OFF_LOG"})
    assert PILOT in dict(entry.admission.facts)
    log.at_s = NOON
    return log


def test_a_load_of_a_pilot_row_departs_by_its_list() -> None:
    log = on_a_pilot_row()
    entry = log.depart()
    assert (codes(entry), PILOT in dict(entry.admission.facts)) == (set(), True)
    log.arrive()
    assert codes(log.receive()) == set()


def test_its_departure_is_stopped_by_the_list_and_by_its_days() -> None:
    log = on_a_pilot_row()
    log.lay(PILOT, pilot_list((-60, "SUSPENDED"), stops="depart"))
    assert log.refused(DEPART, BY, a_departure()) == ["WL_SUSPENDED"]
    log.lay(PILOT, pilot_list((-60, "SUSPENDED")))
    assert codes(log.depart()) == {"H:WL_SUSPENDED"}
    late = on_a_pilot_row()
    late.lay(PILOT, pilot_list(effective_to="2026-11-04"))
    assert late.refused(DEPART, BY, a_departure()) == ["WL_TERM"]


def test_the_notice_that_a_pilot_list_asks_for_is_looked_at() -> None:
    log = on_a_pilot_row(conditions=Conditions(pre_notice_days=3))
    assert codes(log.depart()) == {"M:PRE_NOTICE"}


def test_a_load_of_a_pilot_row_without_a_departure_says_that_it_was_stopped() -> None:
    log = on_a_pilot_row()
    log.lay(PILOT, pilot_list((-60, "REMOVED")))
    assert "H:APPROVAL_LAPSED" in codes(log.receive())
