"""R-32 and R-40 at departure: a manifest issued in time departs within its decision and the year of its list, or not at all."""

from __future__ import annotations

from hashlib import sha256

import pytest
from msgspec.structs import replace

from ledger.directory import Cut
from ledger.kinds.cut import write_tail
from ledger.model import Head, chain_key
from ledger.times import format_at, parse_at
from manifests import acts
from manifests.act import LONG_S
from manifests.model import Stage
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    ORIGIN,
    PERMIT,
    Driver,
    a_departure,
    a_line,
    approval,
    codes,
    permit,
)
from whitelist.approval import ListingRef
from whitelist.fields import Scope
from whitelist.listing import ListRow, ListState

DEPART = "manifest.depart/1"
LIST = "list/2026-51-50-cy"
NEW_YEARS_EVE = parse_at("2026-12-31T20:00:00+08:00")


def a_list(effective_to: str) -> ListState:
    """One listing of the worked example's receiver, in force."""
    approved = approval()
    row = ListRow(
        receiver=approved.receiver, permit=PERMIT, root=PERMIT, waste=Scope(category="HW31", scope="ALL"), methods=("R4",), quota_g=10**12
    )
    return ListState(
        year=2026,
        proposer="11510000MB0000000X",
        from_province="51",
        to_province="50",
        kind="mutual",
        suspension_stops="issue",
        letter_no="川环函〔2025〕1号（虚构）",
        letter_date="2025-12-01",
        effective_from="2026-01-01",
        effective_to=effective_to,
        rows_announced=1,
        pages_announced=1,
        pages=1,
        rows=(row,),
        status="ACTIVE",
    )


def issued(at: str, *, valid_to: str, listed_to: str | None = None) -> Driver:
    """A manifest issued at a time under a decision with this last day, on a list with that one."""
    log = Driver(at_s=parse_at(at))
    listing = None if listed_to is None else ListingRef(list=LIST, row=0)
    lines = tuple(replace(line, valid_to=valid_to, listing=listing) for line in approval().lines)
    log.lay(APPROVAL, replace(approval(), valid_to=valid_to, lines=lines, route="APPROVED" if listed_to is None else "LISTED"))
    if listed_to is not None:
        log.lay(LIST, a_list(listed_to))
    log.issue()
    return log


def refused_at(log: Driver, at: str) -> list[str]:
    log.at_s = parse_at(at)
    return log.refused(DEPART, (GENERATOR, CARRIER), a_departure())


def test_the_last_day_of_the_decision_is_still_good_and_the_next_is_not() -> None:
    log = issued("2026-11-10T18:00:00+08:00", valid_to="2026-11-10")
    assert refused_at(log, "2026-11-11T00:00:00+08:00") == ["APPROVAL_EXPIRED"]
    log.at_s = parse_at("2026-11-10T23:59:59+08:00")
    log.depart()
    assert log.state().stage is Stage.IN_TRANSIT


def test_a_list_of_2026_serves_no_departure_in_2027() -> None:
    log = issued("2026-12-31T20:00:00+08:00", valid_to="2027-03-31", listed_to="2026-12-31")
    assert refused_at(log, "2027-01-01T00:10:00+08:00") == ["WL_YEAR"]
    log.at_s = parse_at("2026-12-31T23:50:00+08:00")
    log.depart()


def test_a_list_that_ends_within_the_year_serves_no_later_departure() -> None:
    log = issued("2026-11-10T18:00:00+08:00", valid_to="2026-12-31", listed_to="2026-11-10")
    assert refused_at(log, "2026-11-11T08:00:00+08:00") == ["WL_TERM"]


def test_decision_and_list_are_both_named_when_both_are_over() -> None:
    log = issued("2026-12-31T20:00:00+08:00", valid_to="2026-12-31", listed_to="2026-12-31")
    assert refused_at(log, "2027-01-01T08:00:00+08:00") == ["APPROVAL_EXPIRED", "WL_YEAR"]


def test_a_departure_recorded_late_is_judged_by_when_the_load_left() -> None:
    log = issued("2026-11-10T18:00:00+08:00", valid_to="2026-11-10")
    log.at_s = parse_at("2026-11-12T09:00:00+08:00")
    log.post(DEPART, (GENERATOR, CARRIER), a_departure(), at=format_at(parse_at("2026-11-10T22:00:00+08:00")))
    assert log.state().stage is Stage.IN_TRANSIT


@pytest.mark.parametrize("days", [1, 180])
def test_a_transfer_inside_a_province_has_no_term(days: int) -> None:
    log = Driver(at_s=NEW_YEARS_EVE)
    log.lay(PERMIT, replace(permit(), division="510116"))
    log.issue(approval=None, destination=replace(ORIGIN, division="510116"), lines=(a_line(decision_line=None),))
    log.wait(days=days)
    log.depart()
    assert log.state().stage is Stage.IN_TRANSIT


def test_what_was_cut_and_comes_again_is_as_old_as_it_was() -> None:
    """Formats §5: judged by §6 at its old admission.at, so a departure that was in time then needs no back-fill now."""
    log = Driver()
    log.issue()
    departed_at, chain = format_at(log.at_s), chain_key("log/main")
    departure = log.submission(DEPART, (GENERATOR, CARRIER), a_departure()).statement
    tail = write_tail([(departure.hash, log.at_s + 60)])
    log.bench.data[f"data/{sha256(tail).hexdigest()}"] = tail
    head = log.value(chain)
    state = replace(head.state, cuts=(Cut(sha256(tail).hexdigest(), log.at_s + 60),))
    log.stored[chain] = log.bench.kinds.encode(Head(head.seq, head.hash, head.idx, state))
    log.wait(seconds=LONG_S + 3600)
    assert codes(log.post(DEPART, (GENERATOR, CARRIER), a_departure(), at=departed_at)) == {"RECUT"}
    late = log.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), at=departed_at)
    assert codes(late) == {"LATE", "H:LATE_LONG"}, "an act that was never admitted before"
