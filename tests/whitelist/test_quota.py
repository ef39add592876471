"""Q1, Q2 and Q3 under any sequence of acts: nothing is admitted beyond a quota, and a year's use is exactly that year's issues."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from ledger.mass import format_mass
from ledger.times import day_of, year_of
from tests.sample import sample
from tests.whitelist.acts import add_list, agree, application, applied, decision, grant, line, row, transfer
from tests.whitelist.driver import CHONGQING, GENERATOR, LIST, PERMIT, SICHUAN, Log, Refusing, ulid
from whitelist.acts.decide import DecidedLine
from whitelist.approval import ListingRef
from whitelist.quota import q1_account, q2_account, q3_account, q3_used_g

T = 1_000_000
SCALE = 25 * T
QUOTAS = (40 * T, 70 * T)
METHODS = ("R4", "R5")
"""Of the two listings: rows of one permit share no method."""
ITEMS = (replace(grant().items[0], methods=METHODS),)
MASS = st.integers(1, 40 * T)
PARTS = st.lists(st.tuples(st.integers(1, 105), st.integers(0, 2)), min_size=1, max_size=3)
DAY_S = 86_400


class Quotas(RuleBasedStateMachine):
    """Random applications, decisions by both routes, issues, settlements, voids, and time."""

    @initialize()
    def found(self) -> None:
        self.log = Log("2026-10-01 09:00")
        self.log.post("permit.grant/1", PERMIT, grant(scale_t=format_mass(SCALE), valid_to="2029-12-31", items=ITEMS), CHONGQING)
        rows = tuple(row(quota_t=format_mass(quota), methods=(method,)) for quota, method in zip(QUOTAS, METHODS, strict=True))
        add_list(self.log, *rows)
        self.applications = 0
        self.approvals: list[str] = []
        self.open: list[dict[str, int]] = []
        self.accepted: dict[int, int] = {}
        """Grams by the year in which they were accepted."""

    @rule(
        masses=st.lists(st.tuples(MASS, st.sampled_from([0, 1, None])), min_size=1, max_size=3),
        letter=st.booleans(),
        days=st.sampled_from([2, 20, 366]),
    )
    def decide(self, masses: list[tuple[int, int | None]], letter: bool, days: int) -> None:
        chain = f"approval/{GENERATOR}/{ulid(self.applications)}"
        lines = [
            applied(
                mass_t=format_mass(grams),
                method=METHODS[listed or 0],
                listing=None if listed is None else ListingRef(list=LIST, row=listed),
            )
            for grams, listed in masses
        ]
        last = "2028-12-31"
        self.log.post("approval.apply/1", chain, application(*lines, applied_to=last), GENERATOR)
        if letter:
            agree(self.log, chain=chain)
        term = min(last, f"{self.year + 1}-01-01", day_of(self.log.now + days * DAY_S))
        ends = [day_of(self.log.now + days // 4 * DAY_S), None, term]
        granted = [DecidedLine(line=n, mass_t=one.mass_t, valid_to=ends[n]) for n, one in enumerate(lines)]
        body = decision(valid_to=term, lines=tuple(replace(one, valid_to=one.valid_to and min(one.valid_to, term)) for one in granted))
        try:
            self.log.post("approval.decide/1", chain, body, SICHUAN)
            codes: set[str] = set()
        except Refusing as refused:
            codes = set(refused.codes)
        assert codes <= (set() if letter else {"WL_QUOTA", "WL_TERM", "NO_CONSENT"})
        self.applications += 1
        if not codes:
            self.approvals.append(chain)
            if self.log.state(chain).route == "LISTED":
                self.settle_listings({line.listing.row for line in self.log.state(chain).lines if line.listing is not None})

    def settle_listings(self, numbers: set[int]) -> None:
        """A listing that was just decided on holds, decision by decision, the whole mass or what its manifests hold."""
        today = day_of(self.log.now)
        for number in numbers:
            held = 0
            for chain in self.approvals:
                state = self.log.state(chain)
                for place, one in enumerate(state.lines):
                    if one.listing is not None and one.listing.row == number:
                        held += one.mass_g if today <= one.valid_to else self.log.used(q2_account(chain, place))
            assert self.log.used(q1_account(LIST, number)) == held

    @property
    def year(self) -> int:
        return year_of(self.log.now)

    @property
    def used_g(self) -> int:
        """Accepted this year, and reserved whenever."""
        return self.accepted.get(self.year, 0) + sum(draws[q3_account(PERMIT)] for draws in self.open)

    @precondition(lambda self: self.approvals)
    @rule(pick=st.integers(0, 1_000), trips=st.lists(PARTS, min_size=1, max_size=5))
    def issue(self, pick: int, trips: list[list[tuple[int, int]]]) -> None:
        """Trips of some percent of a decision line each; lines may repeat."""
        for parts in trips:
            self.issue_one(pick, parts)

    def issue_one(self, pick: int, parts: list[tuple[int, int]]) -> None:
        chain = self.approvals[pick % len(self.approvals)]
        granted = self.log.state(chain).lines
        loads = [(max(1, granted[number % len(granted)].mass_g * percent // 100), number % len(granted)) for percent, number in parts]
        before = self.used_g
        lines = [line(mass_t=format_mass(grams), decision_line=number, method=granted[number].method) for grams, number in loads]
        answer = self.log.issue(transfer(*lines, approval=chain, number=None))
        if answer.reasons:
            return
        total = sum(grams for grams, _ in loads)
        assert answer.draws[q3_account(PERMIT)] == total
        assert (before + total) * 10 <= SCALE * 12
        assert (("M", "PERMIT_SCALE") in answer.alerts) == (before + total > SCALE)
        for number, one in enumerate(self.log.state(chain).lines):
            drawn = answer.draws.get(q2_account(chain, number), 0)
            assert drawn == sum(grams for grams, at in loads if at == number)
            assert drawn == 0 or self.log.used(q2_account(chain, number)) <= one.mass_g
        self.open.append(answer.draws)

    @precondition(lambda self: self.open)
    @rule(pick=st.integers(0, 1_000), percent=st.integers(0, 130), late=st.booleans())
    def settle(self, pick: int, percent: int, late: bool) -> None:
        """Accepted this year, or entered late for the last one; 0 % is a void."""
        draws = self.open.pop(pick % len(self.open))
        year = self.year - late
        kept = draws[q3_account(PERMIT)] * percent // 100
        self.log.book({account: grams * percent // 100 - grams for account, grams in draws.items()}, ((year, kept),))
        self.accepted[year] = self.accepted.get(year, 0) + kept

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.log.now += days * DAY_S

    @invariant()
    def decisions_never_exceed_a_listing(self) -> None:
        for number, quota in enumerate(QUOTAS):
            assert 0 <= self.log.used(q1_account(LIST, number)) <= quota

    @invariant()
    def a_years_use_is_what_was_accepted_in_it_and_what_is_reserved(self) -> None:
        if q3_account(PERMIT) in (account for draws in self.open for account in draws):
            assert q3_used_g(self.log.facts, PERMIT, self.year) == self.used_g


Quotas.TestCase.settings = settings(max_examples=sample(100), stateful_step_count=40, deadline=None, derandomize=True)
TestQuotas = Quotas.TestCase
