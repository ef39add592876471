"""Any sequence of acts: no gram is lost, accounts hold exactly what manifests hold, and the machine is never left.

Goal: the invariants of design §6 and §7 over random lives of several manifests on shared quotas. Method: Hypothesis drives real admission,
right and wrong acts mixed; after every step the books are added up again from the states.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.facts import chain_key
from ledger.times import format_at
from manifests import acts
from manifests.machine import move, moves_from
from manifests.mass import balance
from manifests.model import Act, ManifestState, Stage
from signing.refusal import Refusal
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    ORIGIN,
    OTHER_TRUCK,
    Q3,
    RECEIVER,
    SECOND_CARRIER,
    Driver,
    a_departure,
    a_line,
    accepted,
    an_issue,
    partly,
    rejected,
    reported,
    tonnes,
)
from whitelist.number import NumberHolders

CHAINS = tuple(f"manifest/{GENERATOR}/01K9000000000000000000MAN{n}" for n in range(4))
ACCOUNTS = (f"Q2 {APPROVAL} 0", f"Q2 {APPROVAL} 1", Q3)
GRAMS = st.integers(min_value=1, max_value=12_000_000)
NUMBERS = st.sampled_from([None, "20265101000001", "20265101000002"])


class Lives(RuleBasedStateMachine):
    @initialize()
    def found(self) -> None:
        self.log = Driver(decided_t="20", scale_t="30", line_count=2)
        self.stages: dict[str, Stage] = dict.fromkeys(CHAINS, Stage.NONE)

    def state(self, chain: str) -> ManifestState | None:
        return None if self.stages[chain] is Stage.NONE else self.log.state(chain)

    def attempt(self, chain: str, act: Act, by: tuple[str, ...], body: object) -> None:
        """Admit or refuse; either way the machine's table has the last word."""
        before = self.stages[chain]
        found = move(before, act)
        refused: list[str] = []
        try:
            self.log.post(f"manifest.{act}/1", by, body, chain=chain)
        except Refusal as refusal:
            refused = refusal.codes
        if refused:
            open_or_new = found is not None or before is Stage.NONE
            assert open_or_new or set(refused) <= {"ACT_NOT_OPEN", "VOID_LATE", "NO_MANIFEST"}
            return
        assert found is not None, f"{act} was admitted at {before}"
        self.stages[chain] = self.log.state(chain).stage
        assert self.stages[chain] in found.to

    @rule(chain=st.sampled_from(CHAINS), masses=st.lists(GRAMS, min_size=1, max_size=3), number=NUMBERS)
    def issue(self, chain: str, masses: list[int], number: str | None) -> None:
        lines = tuple(a_line(mass_t=tonnes(mass_g), decision_line=n % 2) for n, mass_g in enumerate(masses))
        self.attempt(chain, Act.ISSUE, (GENERATOR,), an_issue(lines=lines, number=number, trip_id="T"))

    @rule(chain=st.sampled_from(CHAINS))
    def void(self, chain: str) -> None:
        self.attempt(chain, Act.VOID, (GENERATOR,), acts.Void(reason="改期"))

    @rule(chain=st.sampled_from(CHAINS), alone=st.booleans(), weighed=st.booleans(), more_g=st.integers(-50_000, 50_000))
    def depart(self, chain: str, alone: bool, weighed: bool, more_g: int) -> None:
        state = self.state(chain)
        lines = () if state is None or not weighed else state.lines
        loaded = tuple(acts.LoadedLine(line=n, mass_t=tonnes(max(1, line.declared_g + more_g))) for n, line in enumerate(lines))
        self.attempt(chain, Act.DEPART, (CARRIER,) if alone else (GENERATOR, CARRIER), a_departure(loaded=loaded))

    @rule(chain=st.sampled_from(CHAINS))
    def hand_over(self, chain: str) -> None:
        state = self.state(chain)
        giving = CARRIER if state is None or state.carrier is None else state.carrier
        taking = SECOND_CARRIER if giving == CARRIER else CARRIER
        body = acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="W", place=ORIGIN)
        self.attempt(chain, Act.HAND_OVER, (giving, taking), body)

    @rule(chain=st.sampled_from(CHAINS), part_g=st.none() | GRAMS)
    def transship(self, chain: str, part_g: int | None) -> None:
        state = self.state(chain)
        part = () if part_g is None else (acts.MovedLine(line=0, mass_t=tonnes(part_g)),)
        body = acts.Transship(vehicle=OTHER_TRUCK, reason="故障", place=ORIGIN, part=part)
        self.attempt(chain, Act.TRANSSHIP, ((state and state.carrier) or CARRIER,), body)

    @rule(chain=st.sampled_from(CHAINS))
    def arrive(self, chain: str) -> None:
        state = self.state(chain)
        self.attempt(chain, Act.ARRIVE, ((state and state.carrier) or CARRIER,), acts.Arrive(place=DESTINATION))

    @rule(chain=st.sampled_from(CHAINS), answers=st.lists(st.tuples(st.sampled_from("apr"), GRAMS, GRAMS), min_size=3, max_size=3))
    def receive(self, chain: str, answers: list[tuple[str, int, int]]) -> None:
        state = self.state(chain)
        lines = tuple(
            accepted(n, tonnes(a)) if how == "a" else partly(n, tonnes(a), tonnes(b)) if how == "p" else rejected(n)
            for n, (how, a, b) in enumerate(answers[: 1 if state is None else len(state.lines)])
        )
        body = self.log.a_receipt(*lines, **reported(format_at(self.log.at_s)))
        self.attempt(chain, Act.RECEIVE, (RECEIVER,), body)

    @rule(chain=st.sampled_from(CHAINS), line=st.integers(0, 2), mass_g=GRAMS)
    def dispose(self, chain: str, line: int, mass_g: int) -> None:
        fate = acts.DisposedLine(line=line, method="R4", mass_t=tonnes(mass_g))
        self.attempt(chain, Act.DISPOSE, (RECEIVER,), acts.Dispose(fates=(fate,)))

    @rule(chain=st.sampled_from(CHAINS))
    def dispose_of_the_rest(self, chain: str) -> None:
        state = self.state(chain)
        lines = () if state is None else state.lines
        rest = [(n, line.stock_g) for n, line in enumerate(lines) if line.stock_g > 0] or [(0, 1)]
        fates = tuple(acts.DisposedLine(line=n, method="R4", mass_t=tonnes(mass_g)) for n, mass_g in rest)
        self.attempt(chain, Act.DISPOSE, (RECEIVER,), acts.Dispose(fates=fates))

    @rule(chain=st.sampled_from(CHAINS))
    def verify(self, chain: str) -> None:
        self.attempt(chain, Act.VERIFY, (GENERATOR,), acts.Verify())

    @rule(minutes=st.integers(1, 3 * 24 * 60))
    @precondition(lambda self: self.log.at_s < 1_797_000_000)
    def wait(self, minutes: int) -> None:
        self.log.wait(minutes=minutes)

    @invariant()
    def accounts_hold_what_manifests_hold(self) -> None:
        states = self.states()
        for account in ACCOUNTS:
            assert self.log.used_g(account) == sum(state.drawn.get(account, 0) for state in states)
        for state in states:
            kept_g = sum(_kept(state))
            assert state.drawn[Q3] == kept_g
            assert sum(held for account, held in state.drawn.items() if account != Q3) == kept_g

    @invariant()
    def no_gram_is_lost(self) -> None:
        for state in self.states():
            totals = balance(state.lines)
            assert totals["declared"] == totals["under_way"] + totals["accepted"] + totals["refused"] + totals["difference"]
            assert totals["accepted"] == totals["disposed"] + totals["stock"]
            assert all(line.stock_g >= 0 for line in state.lines)
            if state.stage in (Stage.DISPOSED, Stage.CLOSED):
                assert totals["stock"] == 0

    @invariant()
    def live_numbers_are_held_once(self) -> None:
        live = [(state.number, chain) for chain in CHAINS if (state := self.state(chain)) and state.number and _is_live(state)]
        for number in ("20265101000001", "20265101000002"):
            held = (self.log.value(f"number:{number}") or NumberHolders()).holders
            assert sorted(chain for _, chain in held) == sorted(chain for found, chain in live if found == number)
            assert len(held) <= 1, "one generator holds a number once"

    @invariant()
    def vehicles_are_free_when_nothing_is_under_way(self) -> None:
        under_way = {(chain, leg.vehicle.plate) for chain in CHAINS if (state := self.state(chain)) for leg in state.open_legs}
        registers = {key.removeprefix("trip:") for key in self.log.stored if key.startswith("trip:")}
        known = {(chain, plate) for plate in registers for chain, _ in self.log.value(f"trip:{plate}").open}
        assert known == under_way

    @invariant()
    def an_end_stays_an_end(self) -> None:
        for chain, stage in self.stages.items():
            if stage is not Stage.NONE:
                assert self.log.state(chain).stage is stage
                assert self.log.value(chain_key(chain)).seq == len(self.log.state(chain).acts) - 1
                assert moves_from(stage) or stage in (Stage.VOIDED, Stage.REJECTED, Stage.CLOSED)

    def states(self) -> list[ManifestState]:
        return [state for chain in CHAINS if (state := self.state(chain)) is not None]


def _kept(state: ManifestState) -> list[int]:
    """Grams by line that the manifest ought to hold on its accounts."""
    if state.stage is Stage.VOIDED:
        return [0] * len(state.lines)
    return [line.declared_g if line.accepted_g is None else line.accepted_g for line in state.lines]


def _is_live(state: ManifestState) -> bool:
    return state.stage not in (Stage.VOIDED, Stage.CLOSED)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True)
