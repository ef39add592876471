"""Quota accounts: reserved by the issue, settled by the receipt, released by void and rejection; a receipt may overdraw, an issue never."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.mass import parse_mass
from ledger.times import format_at, parse_at
from manifests import acts
from tests.manifests.driver import (
    APPROVAL,
    GENERATOR,
    ORIGIN,
    PERMIT,
    Q2,
    Q3,
    Driver,
    a_line,
    accepted,
    an_issue,
    approval,
    codes,
    labels_of,
    partly,
    permit,
    rejected,
    reported,
)
from whitelist.quota import SiteYear, q3_key

ISSUE = "manifest.issue/1"
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"


def test_a_receipt_settles_to_the_accepted_mass() -> None:
    log = Driver().to_arrived()
    entry = log.receive(accepted(0, "5.548"))
    assert [(row.account, row.before_g, row.after_g) for row in entry.admission.decision.accounts] == [
        (Q2, 5_600_000, 5_548_000),
        (Q3, 5_600_000, 5_548_000),
    ]
    assert log.state().drawn == {Q2: 5_548_000, Q3: 5_548_000}
    assert [chain for chain, _ in entry.admission.facts] == [APPROVAL, PERMIT]


def test_an_exact_receipt_leaves_the_accounts_alone() -> None:
    log = Driver().to_arrived()
    assert log.receive(accepted(0, "5.6")).admission.decision.accounts == ()


def test_a_rejection_gives_everything_back() -> None:
    log = Driver().to_arrived()
    log.receive(rejected(0))
    assert (log.used_g(Q2), log.used_g(Q3)) == (0, 0)
    assert log.state().drawn == {Q2: 0, Q3: 0}


def test_lines_settle_on_their_own_decision_lines() -> None:
    log = Driver(line_count=2).to_arrived(lines=(a_line(), a_line(decision_line=1, mass_t="2"), a_line(decision_line=1, mass_t="1")))
    log.receive(accepted(0, "5.55"), partly(1, "1.5", "0.5"), rejected(2))
    assert log.state().drawn == {Q2: 5_550_000, f"Q2 {APPROVAL} 1": 1_500_000, Q3: 7_050_000}
    assert log.used_g(f"Q2 {APPROVAL} 1") == 1_500_000


def test_a_transfer_inside_a_province_draws_the_permit_only() -> None:
    log = Driver()
    log.lay(PERMIT, replace(permit(), division="510116"))
    home = replace(ORIGIN, division="510116")
    entry = log.issue(approval=None, destination=home, lines=(a_line(decision_line=None),))
    assert entry.admission.decision.route == "INTRA"
    assert log.state().drawn == {Q3: 5_600_000}
    log.depart()
    log.arrive(place=home)
    log.receive(accepted(0, "5.548"))
    assert log.used_g(Q3) == 5_548_000


@pytest.mark.parametrize(("mass_t", "expected"), [("5.65", set()), ("5.650001", {"H:QUOTA_OVERDRAWN"})])
def test_a_receipt_beyond_the_decision_is_flagged_at_the_gram(mass_t: str, expected: set[str]) -> None:
    log = Driver(decided_t="5.65").to_arrived()
    assert codes(log.receive(accepted(0, mass_t))) == expected
    assert log.used_g(Q2) == parse_mass(mass_t)


def test_an_overdrawn_decision_takes_no_new_issue() -> None:
    log = Driver(decided_t="5.65").to_arrived()
    log.receive(accepted(0, "5.66"))
    assert log.refused(ISSUE, (GENERATOR,), an_issue(lines=(a_line(mass_t="0.000001"),)), chain=SECOND) == ["APPROVAL_QUOTA"]


@pytest.mark.parametrize(("mass_t", "expected"), [("12", {"H:WEIGHT"}), ("12.000001", {"H:WEIGHT", "H:QUOTA_OVERDRAWN"})])
def test_a_receipt_beyond_120_percent_of_the_permit_is_flagged(mass_t: str, expected: set[str]) -> None:
    log = Driver(scale_t="10").to_arrived(lines=(a_line(mass_t="10"),))
    assert codes(log.receive(accepted(0, mass_t), **reported(format_at(log.at_s)))) == expected


def test_a_receipt_of_less_is_no_overdraft_even_on_an_overdrawn_account() -> None:
    log = Driver().to_arrived()
    log.lay(APPROVAL, approval("1"))  # the decision was cut while the load was under way
    assert codes(log.receive(accepted(0, "5.59"))) == set()


def test_grams_reserved_last_year_count_in_the_year_that_accepts_them() -> None:
    log = Driver(at_s=parse_at("2026-12-31T20:00:00+08:00")).to_in_transit()
    log.at_s = parse_at("2027-01-01T10:00:00+08:00")
    log.arrive()
    entry = log.receive(accepted(0, "5.65"))
    assert codes(entry) == set()
    assert log.used_g(Q3) == 5_650_000
    assert log.value(f"q3:{PERMIT}") == SiteYear(permits=(PERMIT,), year=2027), "all of it counts against 2027"


@pytest.mark.parametrize(("mass_t", "is_overdrawn"), [("12", False), ("12.000001", True)])
def test_what_was_accepted_last_year_is_new_in_that_year(mass_t: str, is_overdrawn: bool) -> None:
    """Reserved in this year until now, so that nothing of it counts in the year of its acceptance yet: the whole load does, to the gram."""
    log = Driver(scale_t="10", at_s=parse_at("2026-12-31T08:00:00+08:00")).to_arrived(lines=(a_line(mass_t="10"),))
    accepted_at, log.at_s = format_at(log.at_s), parse_at("2027-01-01T10:00:00+08:00")
    entry = log.receive(accepted(0, mass_t), accepted_at=accepted_at, **reported(accepted_at))
    assert ("H:QUOTA_OVERDRAWN" in codes(entry)) is is_overdrawn


@pytest.mark.parametrize("limits", [{"decided_t": "12"}, {"scale_t": "10"}])
def test_one_gram_beyond_what_the_issue_took_is_flagged(limits: dict[str, str]) -> None:
    """On the account of the decision and on that of the site, whose limit (120 %) the issue reached exactly."""
    log = Driver(**limits).to_arrived(lines=(a_line(mass_t="12"),))
    assert codes(log.receive(accepted(0, "12.000001"))) == {"H:QUOTA_OVERDRAWN"}


def test_a_void_in_the_new_year_returns_to_the_old_one() -> None:
    log = Driver(at_s=parse_at("2026-12-31T20:00:00+08:00"))
    log.issue()
    log.at_s = parse_at("2027-01-01T10:00:00+08:00")
    log.void()
    assert log.used_g(Q3) == 0
    assert log.value(f"q3:{PERMIT}") == SiteYear(permits=(PERMIT,), year=2027)


@pytest.mark.parametrize(
    ("loaded_t", "accepted_t", "base_g"), [("5.6", "5.548", 5_548_000), ("5.65", "5.65", 5_650_000), (None, "5.6", 5_600_000)]
)
def test_a_site_divides_its_year_from_issue_to_receipt(loaded_t: str | None, accepted_t: str, base_g: int) -> None:
    """R-20: reserved as declared, then as loaded, then nothing more. Accepted on 31 December and entered in January it is of the year before."""
    log = Driver(at_s=parse_at("2026-12-31T08:30:00+08:00"))
    log.lay(PERMIT, replace(permit(), valid_to="2027-12-31"))
    log.issue(lines=(a_line(mass_t="5.6"),))
    reserved = [log.value(q3_key(PERMIT)).reserved_g]
    loaded = () if loaded_t is None else (acts.LoadedLine(line=0, mass_t=loaded_t),)
    log.depart(loaded=loaded, gate=labels_of("20261231"))
    reserved.append(log.value(q3_key(PERMIT)).reserved_g)
    log.wait(hours=4)
    log.arrive()
    accepted_at = format_at(log.at_s)
    log.wait(days=1)
    log.receive(accepted(0, accepted_t), accepted_at=accepted_at)
    assert reserved == [5_600_000, 5_600_000 if loaded_t is None else max(5_600_000, parse_mass(loaded_t))]
    register: SiteYear = log.value(q3_key(PERMIT))
    assert (register.year, register.reserved_g, register.base_g - register.prior_base_g) == (2027, 0, base_g)
