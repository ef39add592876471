"""case.close_with_gap: both authorities close a manifest with what is missing, to the gram; what no receipt settled comes back (kinds §7)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from manifests import acts
from manifests.case import cases_of
from manifests.model import Stage
from manifests.view import ManifestView, fold
from tests.manifests.driver import (
    BACK,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    NUMBER,
    PERMIT,
    RECEIVER,
    Driver,
    a_departure,
    a_return,
    an_issue,
    codes,
    partly,
    rejected,
    reported,
)
from tests.manifests.test_case_hold import CASE, OTHER_CASE, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.quota import q3_account

KIND = "case.close_with_gap/1"
BOTH = (AUTHORITY_50, AUTHORITY_51)


def a_gap(log: Driver, *gaps: tuple[int, str, str], **changes: Any) -> acts.CaseCloseWithGap:
    lines = tuple(acts.MissingLine(line=line, mass_t=mass_t, cause=cause) for line, mass_t, cause in gaps)
    return replace(acts.CaseCloseWithGap(trunk=trunk(log), gaps=lines, finding="经查，车辆被盗（虚构）"), **changes)


def closed(log: Driver, *gaps: tuple[int, str, str], chain: str = CASE) -> Any:
    return log.post(KIND, BOTH, a_gap(log, *gaps), chain=chain)


def viewed(log: Driver) -> ManifestView:
    view = None
    for entry in log.entries:
        view = fold(view, entry)
    assert view is not None
    return view


def test_a_stolen_load_ends_and_everything_that_was_reserved_comes_back() -> None:
    log = Driver().to_in_transit(number=NUMBER)
    held = dict(log.state().drawn)
    assert all(held.values())
    entry = closed(log, (0, "5.6", "stolen"))
    assert codes(entry) == {"H:CLOSED_GAP"}
    assert {row.account: row.before_g - row.after_g for row in entry.admission.decision.accounts} == held
    assert all(log.used_g(account) == 0 for account in held)
    assert [holder.standing for holder in log.value(f"number:{NUMBER}").holders] == ["closed"]
    assert log.refused("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION)) == ["ACT_NOT_OPEN"]
    assert log.refused("manifest.receive/1", (RECEIVER,), log.a_receipt()) == ["ACT_NOT_OPEN"]
    view = viewed(log)
    assert view.state.stage is Stage.CLOSED_GAP
    assert set(view.state.drawn.values()) == {0}
    assert view.state.gap is not None
    assert [(gap.line, gap.mass_g, gap.cause) for gap in view.state.gap.lines] == [(0, 5_600_000, "stolen")]
    assert view.state.open_legs == ()


def test_its_truck_is_free_for_the_next_trip() -> None:
    log = Driver().to_in_transit()
    other = MANIFEST[:-1] + "2"
    log.issue(chain=other)
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure(waybill_no="W-2"), chain=other) == ["VEHICLE_OVERLAP"]
    closed(log, (0, "5.6", "lost"))
    log.wait(minutes=1)
    assert "VEHICLE_OVERLAP" not in str(
        codes(log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(waybill_no="W-2"), chain=other))
    )


def test_after_the_receipt_what_was_accepted_stays_on_the_quotas() -> None:
    log = Driver().to_arrived()
    log.receive(partly(0, "3", "2.6"), **reported(log.submission("manifest.receive/1", (RECEIVER,), log.a_receipt()).statement.at))
    log.dispose((0, "R4", "1"))
    before = log.used_g(q3_account(PERMIT))
    assert log.refused(KIND, BOTH, a_gap(log, (0, "2", "leaked")), chain=CASE) == ["GAP_SUM"]
    entry = closed(log, (0, "2", "leaked"), (0, "2.6", "unknown"))
    assert entry.admission.decision.accounts == ()
    assert log.used_g(q3_account(PERMIT)) == before == 3_000_000
    assert log.value(f"refused:{GENERATOR} {RECEIVER}").loads == ()


def test_a_manifest_that_never_departed_ends_too() -> None:
    log = Driver()
    log.issue()
    assert codes(closed(log, (0, "5.6", "never_departed"))) == {"H:CLOSED_GAP"}
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure()) == ["ACT_NOT_OPEN"]
    assert log.refused("manifest.void/1", (GENERATOR,), acts.Void(reason="改期")) == ["ACT_NOT_OPEN"]


@pytest.mark.parametrize("gaps", [[(0, "5.599999", "lost")], [(0, "5.600001", "lost")], [(0, "2.8", "lost"), (0, "2.800001", "stolen")]])
def test_the_gaps_are_what_is_missing_to_the_gram(gaps: list[tuple[int, str, str]]) -> None:
    log = Driver().to_in_transit()
    assert log.reasons(KIND, BOTH, a_gap(log, *gaps), chain=CASE) == [("GAP_SUM", "body.gaps")]


@pytest.mark.parametrize(("mass_t", "code"), [("5.6000005", "QTY"), ("0", "QTY"), ("-5.6", "QTY")])
def test_half_a_gram_is_no_mass(mass_t: str, code: str) -> None:
    log = Driver().to_in_transit()
    assert log.refused(KIND, BOTH, a_gap(log, (0, mass_t, "lost")), chain=CASE) == [code]


def test_a_line_that_is_not_there() -> None:
    log = Driver().to_in_transit()
    assert log.refused(KIND, BOTH, a_gap(log, (0, "5.6", "lost"), (1, "1", "lost")), chain=CASE) == ["LINE_UNKNOWN"]


def test_where_nothing_is_missing_there_is_no_gap() -> None:
    log = Driver().to_arrived()
    log.receive()
    log.dispose((0, "R4", "5.6"))
    assert log.refused(KIND, BOTH, a_gap(log, (0, "0.000001", "lost")), chain=CASE) == ["GAP_SUM"]


def test_a_refused_load_that_vanished_is_a_gap_and_a_second_gap_is_not() -> None:
    log = Driver().to_arrived()
    log.receive(rejected(0))
    closed(log, (0, "5.6", "lost"))
    assert log.value(f"refused:{GENERATOR} {RECEIVER}").loads == ()
    assert "TRUNK_STAGE" in log.refused(KIND, BOTH, a_gap(log, (0, "5.6", "lost")), chain=OTHER_CASE)
    assert log.refused("case.hold/1", (AUTHORITY_51,), acts.CaseHold(trunk=trunk(log), reason="x"), chain=OTHER_CASE) == ["TRUNK_STAGE"]


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ((AUTHORITY_50,), "SIGNER_MISSING"),
        ((AUTHORITY_51,), "SIGNER_ROLE"),
        ((AUTHORITY_51, AUTHORITY_50), "SIGNER_ROLE"),
        ((RECEIVER, AUTHORITY_51), "SIGNER_ROLE"),
        ((AUTHORITY_50, GENERATOR), "SIGNER_ROLE"),
    ],
)
def test_both_sides_close_it_in_their_order(by: tuple[str, ...], code: str) -> None:
    log = Driver().to_in_transit()
    assert code in log.refused(KIND, by, a_gap(log, (0, "5.6", "lost")), chain=CASE)


def test_a_number_given_afterwards_is_closed_at_once() -> None:
    log = Driver().to_in_transit()
    closed(log, (0, "5.6", "lost"))
    log.post("case.number/1", (GENERATOR,), acts.CaseNumber(trunk=trunk(log), number=NUMBER), chain=OTHER_CASE)
    assert [holder.standing for holder in log.value(f"number:{NUMBER}").holders] == ["closed"]
    assert log.refused("manifest.issue/1", (GENERATOR,), an_issue(number=NUMBER), chain=MANIFEST[:-1] + "3") == ["NO_DUPLICATE"]


def test_the_trunks_own_acts_stay_as_they_were_signed() -> None:
    log = Driver().to_in_transit()
    before = log.state()
    closed(log, (0, "5.6", "lost"))
    assert log.state() == before
    assert cases_of(log.facts_for(log.submission("manifest.void/1", (GENERATOR,), acts.Void(reason="x"))), MANIFEST).gap is not None


def test_a_return_that_has_not_departed_keeps_its_refuser_open() -> None:
    """A void after the gap would leave the refused grams nowhere: no gap, nothing to return, and the receiver who keeps them owes nothing."""
    log = Driver().to_arrived()
    log.receive(partly(0, "5", "0.6"))
    log.post("manifest.issue/1", (GENERATOR,), a_return(mass_t="0.6"), chain=BACK)
    assert log.refused(KIND, BOTH, a_gap(log, (0, "5", "lost")), chain=CASE) == ["TRUNK_STAGE"]
    log.void(chain=BACK)
    assert log.refused(KIND, BOTH, a_gap(log, (0, "5", "lost")), chain=CASE) == ["GAP_SUM"]
    closed(log, (0, "5.6", "lost"))
