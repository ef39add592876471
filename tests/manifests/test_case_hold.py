"""case.hold and case.release: a stop of kinds §1.3 by an authority of either side or of where the load is, judged by the moment of the event."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.times import format_at
from manifests import acts
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    ORIGIN,
    OTHER_TRUCK,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    a_departure,
    codes,
)
from tests.workbench import AUTHORITY_50, AUTHORITY_51

HOLD, RELEASE = "case.hold/1", "case.release/1"
CASE = f"case/{GENERATOR}/{MANIFEST.rpartition('/')[2]}/01K90000000000000000000001"
OTHER_CASE = CASE[:-1] + "2"
DAY_S = 86_400


def trunk(log: Driver) -> acts.Trunk:
    hashes = log.state().acts
    return acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])


def a_hold(log: Driver, **changes: Any) -> acts.CaseHold:
    return replace(acts.CaseHold(trunk=trunk(log), reason="车辆泄漏待查（虚构）"), **changes)


def held(log: Driver, by: str = AUTHORITY_51, *, chain: str = CASE, **changes: Any) -> Driver:
    log.post(HOLD, (by,), a_hold(log, **changes), chain=chain)
    log.wait(minutes=1)
    return log


def release(log: Driver, by: str = AUTHORITY_51, chain: str = CASE) -> Any:
    return log.post(RELEASE, (by,), acts.CaseRelease(reason="查无问题（虚构）"), chain=chain)


def a_transshipment() -> acts.Transship:
    return acts.Transship(vehicle=OTHER_TRUCK, reason="爆胎", place=ORIGIN, waybill_no="W-9")


def test_a_held_load_does_not_depart_and_goes_on_when_it_is_released() -> None:
    log = Driver()
    log.issue()
    held(log)
    assert log.reasons("manifest.depart/1", (GENERATOR, CARRIER), a_departure()) == [("HELD", "at")]
    release(log)
    assert codes(log.depart()) == set()


def test_under_way_only_what_moves_the_waste_stops_and_the_rest_is_said() -> None:
    log = held(Driver().to_in_transit())
    assert log.refused("manifest.transship/1", (CARRIER,), a_transshipment()) == ["HELD"]
    assert codes(log.post("manifest.stop/1", (CARRIER,), acts.Stop(place=ORIGIN, reason="配合检查（虚构）"))) == {"HELD"}
    handed = acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="W-8", place=ORIGIN)
    assert codes(log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), handed)) == {"HELD", "CARRIER_CHANGED"}
    assert codes(log.arrive((SECOND_CARRIER,))) == {"HELD"}
    assert codes(log.receive()) == {"HELD"}
    assert log.refused("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="5.6"),))) == [
        "HELD"
    ]


def test_it_ends_with_its_until_and_without_one_after_the_term() -> None:
    log = Driver()
    log.issue()
    held(log, until=format_at(log.at_s + 3600))
    log.at_s += 3600 - 60 - 1
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure()) == ["HELD"]
    log.at_s += 1
    log.depart()
    log = held(Driver().to_in_transit())
    log.at_s += 30 * DAY_S - 61
    assert log.refused("manifest.transship/1", (CARRIER,), a_transshipment()) == ["HELD"]
    log.at_s += 1
    assert "HELD" not in codes(log.post("manifest.transship/1", (CARRIER,), a_transshipment()))


def test_an_act_from_before_the_hold_that_comes_later_passes_and_says_so() -> None:
    log = Driver()
    log.issue()
    log.wait(minutes=30)
    left = format_at(log.at_s - 60)
    held(log)
    assert codes(log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=left)) == {"H:OVERTOOK"}


def test_it_counts_from_the_second_of_its_admission() -> None:
    log = Driver()
    log.issue()
    now = format_at(log.at_s)
    held(log)
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=now) == ["HELD"]


def test_what_took_place_under_a_hold_stays_refused_after_its_release() -> None:
    log = Driver()
    log.issue()
    held(log)
    during = format_at(log.at_s)
    log.wait(minutes=5)
    release(log)
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=during) == ["HELD"]
    log.wait(minutes=1)
    assert codes(log.depart()) == set()


def test_both_sides_hold_and_one_release_leaves_the_others_hold() -> None:
    log = Driver()
    log.issue()
    held(held(log), AUTHORITY_50, chain=OTHER_CASE)
    release(log)
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure()) == ["HELD"]
    release(log, AUTHORITY_50, OTHER_CASE)
    log.wait(minutes=1)
    log.depart()


@pytest.mark.parametrize("stranger", [GENERATOR, CARRIER, RECEIVER, STRANGER])
def test_no_firm_holds_a_load(stranger: str) -> None:
    log = Driver()
    log.issue()
    assert log.refused(HOLD, (stranger,), a_hold(log), chain=CASE) == ["SIGNER_ROLE"]


def test_only_who_holds_releases() -> None:
    log = Driver()
    log.issue()
    held(log)
    for other in (AUTHORITY_50, GENERATOR):
        assert log.refused(RELEASE, (other,), acts.CaseRelease(reason="放行"), chain=CASE) == ["SIGNER_ROLE"]


def test_a_hold_is_released_once_and_one_that_has_lapsed_never() -> None:
    log = Driver()
    log.issue()
    held(log)
    release(log)
    assert log.refused(RELEASE, (AUTHORITY_51,), acts.CaseRelease(reason="放行"), chain=CASE) == ["CASE_STATE"]
    held(log, chain=OTHER_CASE, until=format_at(log.at_s + 60))
    assert log.refused(RELEASE, (AUTHORITY_51,), acts.CaseRelease(reason="放行"), chain=OTHER_CASE) == ["CASE_STATE"]


def test_until_lies_ahead_and_not_beyond_twice_the_term() -> None:
    log = Driver()
    log.issue()
    for until_s in (log.at_s, log.at_s - 60, log.at_s + 60 * DAY_S + 1):
        assert log.reasons(HOLD, (AUTHORITY_51,), a_hold(log, until=format_at(until_s)), chain=CASE) == [("DATE_ORDER", "body.until")]
    log.post(HOLD, (AUTHORITY_51,), a_hold(log, until=format_at(log.at_s + 60 * DAY_S)), chain=CASE)


def test_what_has_ended_is_not_held() -> None:
    log = Driver()
    log.issue()
    log.void()
    assert log.refused(HOLD, (AUTHORITY_51,), a_hold(log), chain=CASE) == ["TRUNK_STAGE"]


def test_a_case_is_about_one_matter() -> None:
    log = Driver()
    log.issue()
    log.post("case.number/1", (GENERATOR,), acts.CaseNumber(trunk=trunk(log), provincial_number="川1"), chain=CASE)
    assert log.refused(RELEASE, (AUTHORITY_51,), acts.CaseRelease(reason="放行"), chain=CASE) == ["CASE_DONE"]


def test_the_view_shows_the_hold_and_its_release() -> None:
    from manifests.view import fold

    log = held(Driver().to_in_transit())
    release(log)
    view = None
    for entry in log.entries:
        view = fold(view, entry)
    assert view is not None
    [hold] = view.state.holds
    assert (hold.case, hold.by, hold.reason) == (CASE, AUTHORITY_51, "车辆泄漏待查（虚构）")
    assert hold.released_s == hold.since_s + 60
    assert log.state().holds == ()


def test_a_load_that_goes_another_way_is_held_where_it_stands() -> None:
    """A province on the way: its authority may hold what the newest act says stands there."""
    log = Driver()
    log.to_in_transit()
    assert log.state().last_division == ORIGIN.division
    log.arrive()
    assert log.state().last_division == DESTINATION.division
