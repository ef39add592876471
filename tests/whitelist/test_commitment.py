"""Q1 after a decision has expired: what was not used comes back, what is used stays, gram by gram (design §7)."""

from __future__ import annotations

import pytest

from ledger.admission.personality import Reads
from ledger.mass import format_mass
from tests.whitelist.acts import add_list, application, applied, decision, line, row, transfer, with_permit
from tests.whitelist.driver import GENERATOR, LIST, SICHUAN, Log, Refusing, ulid
from whitelist.acts.decide import DecidedLine
from whitelist.approval import ListingRef
from whitelist.quota import Commitment, commitments, q1_account, q1_key, q2_account, q3_account

T = 1_000_000
Q1 = q1_account(LIST, 0)
FIRST, SECOND, THIRD = (f"approval/{GENERATOR}/{ulid(number)}" for number in (11, 12, 13))


def on_a_listing(quota_t: str = "100") -> Log:
    log = with_permit()
    add_list(log, row(quota_t=quota_t))
    return log


def decide(log: Log, chain: str, mass_t: str, valid_to: str) -> None:
    log.post("approval.apply/1", chain, application(applied(mass_t=mass_t, listing=ListingRef(list=LIST, row=0))), GENERATOR)
    log.post("approval.decide/1", chain, decision(valid_to=valid_to, lines=(DecidedLine(line=0, mass_t=mass_t),)), SICHUAN)


def refusal(log: Log, chain: str, mass_t: str) -> list[str]:
    with pytest.raises(Refusing) as refused:
        decide(log, chain, mass_t, "2026-12-31")
    return refused.value.codes


def issue(log: Log, chain: str, mass_t: str) -> dict[str, int]:
    answer = log.issue(transfer(line(mass_t=mass_t), approval=chain, number=None))
    assert answer.reasons == ()
    return answer.draws


def test_a_decision_holds_its_whole_mass_through_its_last_day() -> None:
    log = on_a_listing()
    decide(log, FIRST, "80", "2026-06-30")
    log.at("2026-06-30 23:59")
    assert refusal(log, SECOND, "20.000001") == ["WL_QUOTA"]


def test_what_was_not_used_serves_the_next_decision_to_the_gram() -> None:
    log = on_a_listing()
    decide(log, FIRST, "80", "2026-06-30")
    issue(log, FIRST, "30")
    log.at("2026-07-01 00:00")
    assert log.used(Q1) == 80 * T, "time changes nothing by itself"
    assert refusal(log, SECOND, "70.000001") == ["WL_QUOTA"]
    decide(log, THIRD, "70", "2026-12-31")
    assert log.used(Q1) == 100 * T
    assert commitments(log.facts, Q1).open == (
        Commitment(decision=FIRST, line=0, held_g=30 * T, ends_on="2026-06-30"),
        Commitment(decision=THIRD, line=0, held_g=70 * T, ends_on="2026-12-31"),
    )


def test_a_decision_that_used_nothing_holds_nothing_any_more() -> None:
    log = on_a_listing()
    decide(log, FIRST, "100", "2026-06-30")
    log.at("2026-07-01 09:00")
    decide(log, SECOND, "100", "2026-12-31")
    assert log.used(Q1) == 100 * T
    assert [(one.decision, one.held_g) for one in commitments(log.facts, Q1).open] == [(FIRST, 0), (SECOND, 100 * T)]


def test_a_line_that_ends_before_its_decision_gives_back_from_its_own_last_day() -> None:
    log = on_a_listing()
    log.post("approval.apply/1", FIRST, application(applied(mass_t="80", listing=ListingRef(list=LIST, row=0))), GENERATOR)
    granted = (DecidedLine(line=0, mass_t="80", valid_to="2026-03-31"),)
    log.post("approval.decide/1", FIRST, decision(valid_to="2026-12-31", lines=granted), SICHUAN)
    log.at("2026-03-31 23:59")
    assert refusal(log, SECOND, "20.000001") == ["WL_QUOTA"]
    log.at("2026-04-01 00:00")
    decide(log, THIRD, "100", "2026-12-31")


def test_a_back_fill_on_a_decision_that_is_over_is_held_again() -> None:
    """Nothing was used when the next decision settled it; then a trip before its end is entered."""
    log = on_a_listing()
    decide(log, FIRST, "50", "2026-06-30")
    log.at("2026-07-01 09:00")
    decide(log, SECOND, "10", "2026-12-31")
    assert log.used(Q1) == 10 * T
    log.load(Reads(accounts=(q2_account(FIRST, 0),)))
    log.book({q2_account(FIRST, 0): 20 * T})
    decide(log, THIRD, "10", "2026-12-31")
    assert log.used(Q1) == 40 * T


def test_loads_that_settle_after_the_expiry_are_followed() -> None:
    """30 t under way at the expiry: 5 t come back with a void, then the receipt of the rest takes 0.2 t more than was declared."""
    log = on_a_listing()
    decide(log, FIRST, "80", "2026-06-30")
    small, large = issue(log, FIRST, "5"), issue(log, FIRST, "25")
    log.at("2026-07-01 09:00")
    decide(log, SECOND, "10", "2026-12-31")
    assert log.used(Q1) == 40 * T
    log.book({account: -grams for account, grams in small.items()})
    log.book(dict.fromkeys(large, 200000))
    decide(log, THIRD, "10", "2026-12-31")
    assert log.used(Q1) == 45_200_000
    assert log.used(q2_account(FIRST, 0)) == 25_200_000


def test_a_decision_by_letter_leaves_the_register_alone() -> None:
    log = on_a_listing()
    decide(log, FIRST, "80", "2026-06-30")
    assert q1_key(Q1) in log.facts.values
    assert q3_account("x") not in log.facts.values
    before = commitments(log.facts, Q1)
    assert refusal(log, SECOND, "90") == ["WL_QUOTA"]
    assert commitments(log.facts, Q1) == before
    assert format_mass(log.used(Q1)) == "80.000000"
