"""The second gate: what made the transfer lawful still stands at the moment of departure (kinds §1.1, §1.3, §6; cases L1, L3)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.times import format_at, parse_at
from manifests import acts
from manifests.model import Stage
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    ORIGIN,
    PERMIT,
    Q2,
    RECEIVER,
    Driver,
    a_departure,
    a_line,
    accepted,
    an_issue,
    approval,
    backfilled,
    codes,
    permit,
    rejected,
)
from whitelist.approval import ApprovalState
from whitelist.listing import Conditions
from whitelist.permit import Change, History, PermitState, PermitStatus
from whitelist.quota import SiteYear, q3_key
from whitelist.transfer import PaperDecision, PreNotice

DEPART = "manifest.depart/1"
BY = (GENERATOR, CARRIER)
RENEWAL = f"permit/{RECEIVER}/01K900000000000000000PERM2"
NOON = parse_at("2026-11-05T12:00:00+08:00")


def standing(*changes: tuple[int, PermitStatus], **more: Any) -> PermitState:
    """The permit with changes of status: (seconds after noon, status)."""
    history: History[PermitStatus] = History(tuple(Change(n, NOON + after_s, status) for n, (after_s, status) in enumerate(changes)))
    return replace(permit(), history=history, **more)


@pytest.fixture
def log() -> Driver:
    """Issued at half past eight; it is noon."""
    found = Driver()
    found.issue()
    found.at_s = NOON
    return found


def refused(log: Driver, **changes: Any) -> list[str]:
    return log.refused(DEPART, BY, a_departure(), **changes)


# --- R-17 (case L3) --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED"])
def test_nothing_departs_to_a_receiver_whose_permit_does_not_stand(log: Driver, status: PermitStatus) -> None:
    log.lay(PERMIT, standing((-60, status)))
    assert refused(log) == ["PERMIT_STATUS"]


def test_the_permit_is_judged_at_the_moment_of_departure_not_of_its_entry(log: Driver) -> None:
    log.lay(PERMIT, standing((0, "SUSPENDED")))
    log.wait(hours=1)
    assert refused(log, at=format_at(NOON)) == ["PERMIT_STATUS"]
    early = log.post(DEPART, BY, a_departure(), at=format_at(NOON - 1))
    assert codes(early) == {"H:OVERTOOK"}


def test_a_stop_that_has_ended_stops_nothing(log: Driver) -> None:
    log.lay(PERMIT, standing((-600, "SUSPENDED"), (-60, "ACTIVE")))
    assert refused(log, at=format_at(NOON - 61)) == ["PERMIT_STATUS"]
    assert codes(log.depart()) == set()


@pytest.mark.parametrize(("valid_to", "expected"), [("2026-11-05", None), ("2026-11-04", ["PERMIT_DATE"])])
def test_the_permit_is_good_on_the_day_of_departure(log: Driver, valid_to: str, expected: list[str] | None) -> None:
    log.lay(PERMIT, replace(permit(), valid_to=valid_to))
    if expected is None:
        log.depart()
    else:
        assert refused(log) == expected


def renewed(log: Driver, renewal: PermitState) -> None:
    """The permit has a successor of its line."""
    log.lay(RENEWAL, renewal)
    year: SiteYear = log.value(q3_key(PERMIT))
    log.stored[q3_key(PERMIT)] = log.bench.kinds.encode(replace(year, permits=(PERMIT, RENEWAL)))


def test_a_renewed_permit_stands_for_the_one_that_ran_out(log: Driver) -> None:
    log.lay(PERMIT, replace(permit(), valid_to="2026-11-04"))
    renewed(log, replace(permit(), valid_from="2026-11-05", valid_to="2031-11-04"))
    entry = log.depart()
    assert codes(entry) == set()
    assert [chain for chain, _ in entry.admission.facts] == [APPROVAL, PERMIT, RENEWAL]


def test_a_renewal_that_was_revoked_stands_for_nothing(log: Driver) -> None:
    log.lay(PERMIT, replace(permit(), valid_to="2026-11-04"))
    renewed(log, standing((-60, "REVOKED"), valid_from="2026-11-05", valid_to="2031-11-04"))
    assert refused(log) == ["PERMIT_STATUS"]


def test_the_receipt_says_what_the_permit_no_longer_covers() -> None:
    log = Driver().to_arrived()
    item = replace(permit().items[0], codes=("900-044-49",), category="HW49", methods=("R5",))
    log.lay(PERMIT, replace(permit(), items=(item,)))
    assert codes(log.receive()) == {"H:PERMIT_SCOPE", "H:PERMIT_METHOD"}


# --- what departs on a decision line ---------------------------------------------------------------------------------------------


def loaded(mass_t: str) -> tuple[acts.LoadedLine, ...]:
    return (acts.LoadedLine(line=0, mass_t=mass_t),)


@pytest.mark.parametrize(("mass_t", "fits"), [("10.2", True), ("10.200001", False)])
def test_loads_may_exceed_the_decision_by_two_percent(mass_t: str, fits: bool) -> None:
    log = Driver(decided_t="10")
    log.issue(lines=(a_line(mass_t="10"),))
    body = a_departure(loaded=loaded(mass_t))
    if fits:
        log.post(DEPART, BY, body)
        assert log.used_g(Q2) == 10_200_000
    else:
        assert log.refused(DEPART, BY, body) == ["APPROVAL_QUOTA"]


def test_a_decision_of_three_tonnes_does_not_carry_three_trucks_of_one() -> None:
    """Declared 1 t each, loaded 20 t: what was weighed counts, so the second truck stays."""
    log = Driver(decided_t="30")
    chains = [f"manifest/{GENERATOR}/01K9000000000000000000MAN{n}" for n in range(3)]
    for chain in chains:
        log.issue(chain=chain, lines=(a_line(mass_t="1"),))
    log.depart(chain=chains[0], loaded=loaded("20"))
    log.arrive(chain=chains[0])
    assert log.refused(DEPART, BY, a_departure(loaded=loaded("20"), waybill_no="W2"), chain=chains[1]) == ["APPROVAL_QUOTA"]


# --- R-41 ------------------------------------------------------------------------------------------------------------------


def test_each_decision_line_has_its_own_last_day() -> None:
    log = Driver(line_count=2)
    log.issue(lines=(a_line(), a_line(decision_line=1)))
    early, late = (
        replace(line, valid_to=day) for line, day in zip(approval(line_count=2).lines, ("2026-11-04", "2026-12-31"), strict=True)
    )
    log.lay(APPROVAL, replace(approval(), lines=(late, early)))
    assert refused(log) == ["APPROVAL_EXPIRED"]
    log.lay(APPROVAL, replace(approval(), lines=(late, late)))
    log.depart()


def test_nothing_departs_before_the_decision(log: Driver) -> None:
    log.lay(APPROVAL, replace(approval(), decided_on="2026-11-06"))
    assert refused(log) == ["APPROVAL_EARLY"]


@pytest.mark.parametrize(
    ("given_at", "expected"),
    [
        ("2026-11-02T23:59:59+08:00", set()),
        ("2026-11-02T16:30:00+00:00", {"M:PRE_NOTICE"}),  # 3 November in Beijing
        (None, {"M:PRE_NOTICE"}),
    ],
)
def test_notice_is_given_as_many_days_ahead_as_the_decision_asks(given_at: str | None, expected: set[str]) -> None:
    terms = (Conditions(pre_notice_days=3), Conditions(pre_notice_days=1))
    log = Driver()
    log.lay(APPROVAL, replace(approval(), lines=tuple(replace(line, conditions=terms) for line in approval().lines)))
    log.issue(pre_notice=None if given_at is None else PreNotice(given_at=given_at))
    assert codes(log.depart()) == expected


def test_a_decision_of_another_province_ends_at_its_own_day() -> None:
    log = Driver()
    abroad = replace(ORIGIN, division="320500")
    paper = PaperDecision(
        no="苏环危〔2026〕1号（虚构）", authority="某省生态环境厅（虚构）", decided_on="2026-11-01", valid_to="2026-11-05"
    )
    site = {"type": "in_transfer", "approval": None, "decision": paper, "origin": abroad, "plan": None}
    log.lay_site(GENERATOR, "S1", "320500")
    log.issue(**{**site, "origin": replace(abroad, site="S1")}, lines=(a_line(decision_line=None),))
    log.at_s = parse_at("2026-11-06T00:00:00+08:00")
    assert log.refused(DEPART, BY, a_departure(place=abroad)) == ["APPROVAL_EXPIRED"]
    log.at_s = parse_at("2026-11-05T23:59:59+08:00")
    log.depart(place=abroad)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (accepted(0, "5.6"), {"NO_DEPARTURE", "H:NO_DEPARTURE", "H:APPROVAL_LAPSED"}),
        (rejected(0, refused_t="5.6"), {"NO_DEPARTURE", "H:NO_DEPARTURE", "H:APPROVAL_LAPSED"}),  # it stood at the gate all the same
        (rejected(0), {"DECLINED"}),
        (rejected(0, refused_t="0"), {"DECLINED"}),
    ],
)
def test_a_receipt_without_a_departure_says_that_the_decision_was_over(line: acts.ReceivedLine, expected: set[str]) -> None:
    log = Driver()
    log.issue()
    log.lay(APPROVAL, replace(approval(), lines=tuple(replace(line, valid_to="2026-11-04") for line in approval().lines)))
    assert codes(log.receive(line)) == expected


# --- the decision is stopped, line by line: approval.suspend/1, approval.resume/1, approval.revoke/1 (kinds §1.3) ---------------


def stopped(*changes: tuple[int, PermitStatus]) -> ApprovalState:
    """The decision with changes of status of its one line: (seconds after noon, status)."""
    history: History[PermitStatus] = History(tuple(Change(n, NOON + after_s, status) for n, (after_s, status) in enumerate(changes)))
    found = approval()
    return replace(found, lines=(replace(found.lines[0], stops=history),))


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED"])
def test_nothing_departs_under_a_line_that_is_stopped(log: Driver, status: PermitStatus) -> None:
    log.lay(APPROVAL, stopped((0, status)))
    assert refused(log) == ["APPROVAL_STATUS"]
    log.wait(hours=1)
    early = log.post(DEPART, BY, a_departure(), at=format_at(NOON - 1))
    assert codes(early) == {"H:OVERTOOK"}
    log.arrive()
    assert codes(log.receive()) == set(), "what left before goes on"


def test_a_stop_of_the_decision_that_has_ended_stops_nothing(log: Driver) -> None:
    log.lay(APPROVAL, stopped((-600, "SUSPENDED"), (-60, "ACTIVE")))
    assert refused(log, at=format_at(NOON - 61)) == ["APPROVAL_STATUS"]
    assert codes(log.depart()) == set()


@pytest.mark.parametrize(("after_s", "lapsed"), [(-60, {"H:APPROVAL_LAPSED"}), (1, set())])
def test_what_came_without_a_departure_under_a_stop_is_told(log: Driver, after_s: int, lapsed: set[str]) -> None:
    log.lay(APPROVAL, stopped((after_s, "SUSPENDED")))
    found = codes(log.receive(accepted_at=format_at(NOON)))
    assert found == {"NO_DEPARTURE", "H:NO_DEPARTURE", *lapsed}


# --- places and back-fills -------------------------------------------------------------------------------------------------------------


def test_an_origin_next_to_the_receiver_does_not_make_a_trip_from_elsewhere_lawful() -> None:
    """Case L1: a site in Chongqing would need no decision; the trip begins in Sichuan all the same."""
    log = Driver()
    log.lay_site(GENERATOR, "CQ1", "500117")
    near = acts.Place(division="500117", address="重庆市合川区（虚构）", site="CQ1")
    log.issue(origin=near, approval=None, lines=(a_line(decision_line=None),))
    assert log.refused(DEPART, BY, a_departure()) == ["ORIGIN_PROVINCE"]
    assert codes(log.depart(place=near)) == set()


def test_the_place_of_departure_may_name_a_site_of_the_generator(log: Driver) -> None:
    place = replace(ORIGIN, site="S1")
    assert log.refused(DEPART, BY, a_departure(place=place)) == ["SITE_UNKNOWN"]
    log.lay_site(GENERATOR, "S1", ORIGIN.division)
    log.depart(place=place)


DEPARTED, COMPLETED = "2026-11-05T08:00:00+08:00", "2026-11-05T11:00:00+08:00"


@pytest.fixture
def paper() -> Driver:
    """A back-fill, issued at noon of a trip of the morning."""
    log = Driver(at_s=NOON)
    log.issue(**backfilled(DEPARTED, COMPLETED))
    return log


@pytest.mark.parametrize(("at", "expected"), [("2026-11-05T11:05:00+08:00", None), ("2026-11-05T11:05:01+08:00", ["TIME_ORDER"])])
def test_a_trip_after_the_paper_was_completed_is_no_backfill(paper: Driver, at: str, expected: list[str] | None) -> None:
    if expected is None:
        paper.post(DEPART, BY, a_departure(), at=at)
    else:
        assert paper.refused(DEPART, BY, a_departure(), at=at) == expected


def test_another_day_than_the_paper_says_is_flagged(paper: Driver) -> None:
    assert codes(paper.post(DEPART, BY, a_departure(), at="2026-11-04T23:00:00+08:00")) == {"LATE", "M:BACKFILL_DIFFERS"}


def test_of_a_backfill_only_what_can_still_be_judged_is(paper: Driver) -> None:
    """No gate of today: permit, decision, papers, checks and labels of a trip that is over; its province and its scales remain."""
    paper.lay(PERMIT, standing((-60, "REVOKED")))
    paper.lay(APPROVAL, replace(approval(), lines=tuple(replace(line, valid_to="2026-11-04") for line in approval().lines)))
    bare = a_departure(waybill_no=None, vehicle=acts.Vehicle(kind="truck", plate="XYZ"), gate=acts.Gate(labels=(), checks=()))
    elsewhere = replace(bare, place=DESTINATION)
    heavy = replace(bare, tickets=(acts.Ticket(gross_t="1", tare_t="2", net_t="1"),))
    assert paper.refused(DEPART, BY, elsewhere, at=DEPARTED) == ["ORIGIN_PROVINCE"]
    assert paper.refused(DEPART, BY, heavy, at=DEPARTED) == ["WEIGHING_SUM"]
    assert codes(paper.post(DEPART, BY, bare, at=DEPARTED)) == {"LATE"}
    assert not [key for key in paper.stored if key.startswith(("label:", "waybill:", "trip:"))]
    paper.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), at=COMPLETED)
    assert paper.state().stage is Stage.ARRIVED


def test_a_closed_receipt_of_a_backfill_needs_no_decision_of_today(paper: Driver) -> None:
    paper.post(DEPART, BY, a_departure(), at=DEPARTED)
    paper.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), at=COMPLETED)
    assert codes(paper.receive(accepted(0, "5.6"), accepted_at=COMPLETED)) == set()


def test_an_issue_without_thresholds_opens_nothing() -> None:
    """Every rule of a later act that reads a tolerance relies on it."""
    log = Driver()
    dataset = log.bench.facts._dataset
    log.bench.facts._dataset = lambda name, digest: None if name == "thresholds" else dataset(name, digest)
    try:
        assert "DATA_NOT_ADOPTED" in log.refused("manifest.issue/1", (GENERATOR,), an_issue())
    finally:
        log.bench.facts._dataset = dataset
