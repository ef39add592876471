"""Q3 of a site against a model that forgets nothing: the use of this year and of the last one is right after any sequence of acts (§1.6)."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger.times import year_of
from tests.sample import sample
from tests.whitelist.driver import PERMIT, Log
from whitelist.quota import SiteYear, q3_account, q3_key, q3_used_g

GRAMS = st.integers(0, 50)
BACK = st.sampled_from([0, 0, 0, 1, 1, 2, 5])
"""Years before the present to which something turns out to belong."""


class Site(RuleBasedStateMachine):
    """Issues, loads beyond the declared, receipts of this year and of earlier ones, voids, corrections, reports of use; years go by."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log("2026-12-01 09:00")
        self.log.load_permit_accounts(PERMIT)
        self.log.facts.put(q3_key(PERMIT), SiteYear(permits=(PERMIT,), year=2026))
        self.reserved: list[int] = []
        self.events: list[tuple[int, int]] = []
        """(year, grams): everything that was accepted or reported, as it stands after its corrections."""

    @property
    def year(self) -> int:
        return year_of(self.log.now)

    def enter(self, reserved_g: int, *settled_g: tuple[int, int]) -> None:
        self.log.book({q3_account(PERMIT): reserved_g + sum(grams for _, grams in settled_g)}, settled_g)

    @rule(grams=GRAMS)
    def issue(self, grams: int) -> None:
        self.enter(grams)
        self.reserved.append(grams)

    @precondition(lambda self: self.reserved)
    @rule(pick=st.integers(0, 99), grams=GRAMS)
    def depart(self, pick: int, grams: int) -> None:
        """What was weighed beyond the declared is reserved like it."""
        self.reserved[pick % len(self.reserved)] += grams
        self.enter(grams)

    @precondition(lambda self: self.reserved)
    @rule(pick=st.integers(0, 99), accepted=GRAMS, back=BACK)
    def receive(self, pick: int, accepted: int, back: int) -> None:
        held = self.reserved.pop(pick % len(self.reserved))
        self.enter(-held, (self.year - back, accepted))
        self.events.append((self.year - back, accepted))

    @precondition(lambda self: self.reserved)
    @rule(pick=st.integers(0, 99))
    def void(self, pick: int) -> None:
        self.enter(-self.reserved.pop(pick % len(self.reserved)))

    @precondition(lambda self: self.events)
    @rule(pick=st.integers(0, 99), now=GRAMS, back=BACK)
    def correct(self, pick: int, now: int, back: int) -> None:
        """An accepted mass is corrected, perhaps into another year: the event as it was goes, the right one comes."""
        of_year, grams = self.events.pop(pick % len(self.events))
        self.enter(0, (of_year, -grams), (self.year - back, now))
        self.events.append((self.year - back, now))

    @rule(grams=GRAMS, back=BACK)
    def report(self, grams: int, back: int) -> None:
        self.enter(0, (self.year - back, grams))
        self.events.append((self.year - back, grams))

    @rule()
    def look(self) -> None:
        """An act that reads the account and moves nothing."""
        self.enter(0)

    @rule(days=st.sampled_from([1, 30, 200, 400, 800]))
    def wait(self, days: int) -> None:
        self.log.now += days * 86_400

    @invariant()
    def both_years_are_what_their_events_say(self) -> None:
        def settled(year: int) -> int:
            return sum(grams for of_year, grams in self.events if of_year == year)

        assert q3_used_g(self.log.facts, PERMIT, self.year) == settled(self.year) + sum(self.reserved) >= 0
        assert q3_used_g(self.log.facts, PERMIT, self.year, self.year - 1) == settled(self.year - 1)
        assert self.log.used(q3_account(PERMIT)) == sum(grams for _, grams in self.events) + sum(self.reserved) >= 0


Site.TestCase.settings = settings(max_examples=sample(150), stateful_step_count=50, deadline=None, derandomize=True)
TestSite = Site.TestCase


def test_120_t_of_31_december_accepted_on_1_january_leave_room_for_none() -> None:
    """L4: what is reserved counts in the year in which it arrives, so the new year does not begin empty."""
    log = Log("2026-12-31 15:00")
    log.load_permit_accounts(PERMIT)
    log.book({q3_account(PERMIT): 120})
    log.at("2027-01-01 09:00")
    assert q3_used_g(log.facts, PERMIT, 2027) == 120
    log.book({q3_account(PERMIT): -5}, ((2027, 115),))
    assert (q3_used_g(log.facts, PERMIT, 2027), q3_used_g(log.facts, PERMIT, 2027, 2026)) == (115, 0)


def test_a_receipt_of_january_for_30_december_is_decembers() -> None:
    log = Log("2026-12-30 15:00")
    log.load_permit_accounts(PERMIT)
    log.book({q3_account(PERMIT): 120})
    log.at("2027-01-05 09:00")
    log.book({q3_account(PERMIT): 0}, ((2026, 120),))
    assert (q3_used_g(log.facts, PERMIT, 2027), q3_used_g(log.facts, PERMIT, 2027, 2026)) == (0, 120)
