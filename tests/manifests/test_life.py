"""Any sequence of acts: no gram is lost, accounts hold exactly what manifests hold, and the machine is never left.

Goal: the invariants of design §6 and §7 over random lives of several manifests on shared quotas. Method: Hypothesis drives real admission,
right and wrong acts mixed; after every step the books are added up again from the states.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.model import chain_key
from ledger.times import format_at
from manifests import acts
from manifests.act import standing_of
from manifests.machine import MOVES, Act, moves_from
from manifests.mass import balance
from manifests.model import FINISHED, ManifestState, Stage
from manifests.vehicles import trip_key
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
from tests.sample import sample
from whitelist.rules.number import NumberHolders

CHAINS = tuple(f"manifest/{GENERATOR}/01K9000000000000000000MAN{n}" for n in range(3))
ACCOUNTS = (f"Q2 {APPROVAL} 0", f"Q2 {APPROVAL} 1", Q3)
GRAMS = st.integers(min_value=1, max_value=12_000_000)
NUMBERS = st.sampled_from([None, "20265101000001", "20265101000002"])


Signed = tuple[tuple[str, ...], object]
"""Signers and body."""


class Lives(RuleBasedStateMachine):
    @initialize()
    def found(self) -> None:
        self.log = Driver(decided_t="20", scale_t="30", line_count=2)
        self.stages: dict[str, Stage] = dict.fromkeys(CHAINS, Stage.NONE)

    def state(self, chain: str) -> ManifestState | None:
        return None if self.stages[chain] is Stage.NONE else self.log.state(chain)

    @rule(data=st.data(), chain=st.sampled_from(CHAINS))
    def go_on(self, data: st.DataObject, chain: str) -> None:
        """An act that the machine expects."""
        open_acts = [act for act, _ in moves_from(self.stages[chain])]
        if open_acts:
            self.perform(data.draw(st.sampled_from(open_acts)), chain, data)

    @rule(data=st.data(), chain=st.sampled_from(CHAINS), act=st.sampled_from(list(Act)))
    def go_anywhere(self, data: st.DataObject, chain: str, act: Act) -> None:
        """Any act at all."""
        self.perform(act, chain, data)

    def perform(self, act: Act, chain: str, data: st.DataObject) -> None:
        by, body = getattr(self, act.value)(data, self.state(chain))
        self.attempt(chain, act, by, body)

    def attempt(self, chain: str, act: Act, by: tuple[str, ...], body: object) -> None:
        """Admit or refuse; either way the machine's table has the last word."""
        before = self.stages[chain]
        found = MOVES.get((before, act))
        refused: list[str] = []
        try:
            self.log.post(f"manifest.{act}/1", by, body, chain=chain)
        except Refusal as refusal:
            refused = refusal.codes
        if refused:
            open_or_new = found is not None or before is Stage.NONE
            assert open_or_new or set(refused) <= {"ACT_NOT_OPEN", "CHAIN_NOT_OPEN", "VOID_LATE", "NO_MANIFEST"}
            return
        assert found is not None, f"{act} was admitted at {before}"
        self.stages[chain] = self.log.state(chain).stage
        assert self.stages[chain] in found.to

    def issue(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        masses = data.draw(st.lists(GRAMS, min_size=1, max_size=3))
        lines = tuple(a_line(mass_t=tonnes(mass_g), decision_line=n % 2) for n, mass_g in enumerate(masses))
        return (GENERATOR,), an_issue(lines=lines, number=data.draw(NUMBERS), trip_id="T")

    def void(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        return (GENERATOR,), acts.Void(reason="改期")

    def depart(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        lines = state.lines if state is not None and data.draw(st.booleans()) else ()
        more_g = data.draw(st.integers(-50_000, 50_000))
        loaded = tuple(acts.LoadedLine(line=n, mass_t=tonnes(max(1, line.declared_g + more_g))) for n, line in enumerate(lines))
        return data.draw(st.sampled_from([(CARRIER,), (GENERATOR, CARRIER)])), a_departure(loaded=loaded)

    def hand_over(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        giving = carrier_of(state)
        taking = SECOND_CARRIER if giving == CARRIER else CARRIER
        return (giving, taking), acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="W", place=ORIGIN)

    def stop(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        return (carrier_of(state),), acts.Stop(place=ORIGIN, reason="夜间停靠")

    def transship(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        part_g = data.draw(st.none() | GRAMS)
        part = () if part_g is None else (acts.MovedLine(line=0, mass_t=tonnes(part_g)),)
        return (carrier_of(state),), acts.Transship(vehicle=OTHER_TRUCK, reason="故障", place=ORIGIN, part=part)

    def arrive(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        return (carrier_of(state),), acts.Arrive(place=DESTINATION)

    def receive(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        lines = tuple(self.answer(data, n) for n in range(1 if state is None else len(state.lines)))
        return (RECEIVER,), self.log.a_receipt(*lines, **reported(format_at(self.log.at_s)))

    def answer(self, data: st.DataObject, line: int) -> acts.ReceivedLine:
        how = data.draw(st.sampled_from("apr"))
        if how == "a":
            return accepted(line, tonnes(data.draw(GRAMS)))
        return rejected(line) if how == "r" else partly(line, tonnes(data.draw(GRAMS)), tonnes(data.draw(GRAMS)))

    def dispose(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        lines = () if state is None else state.lines
        fates = [(n, line.stock_g) for n, line in enumerate(lines) if line.stock_g > 0] or [(0, 1)]
        if data.draw(st.booleans()):
            fates = [(data.draw(st.integers(0, 2)), data.draw(GRAMS))]
        return (RECEIVER,), acts.Dispose(fates=tuple(acts.DisposedLine(line=n, method="R4", mass_t=tonnes(g)) for n, g in fates))

    def verify(self, data: st.DataObject, state: ManifestState | None) -> Signed:
        return (GENERATOR,), acts.Verify()

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
            if state.stage in (Stage.DISPOSED, Stage.CLOSED, Stage.CLOSED_REJECTED):
                assert totals["stock"] == 0

    @invariant()
    def numbers_stand_with_the_newest_that_was_not_voided(self) -> None:
        for number in ("20265101000001", "20265101000002"):
            held = (self.log.value(f"number:{number}") or NumberHolders()).holders
            under = [(chain, state) for chain in CHAINS if (state := self.state(chain)) and state.number == number]
            living = [chain for chain, state in under if state.stage is not Stage.VOIDED]
            assert len(held) == bool(under), "one generator holds a number once"
            assert len(living) <= 1
            if held:
                assert held[0].manifest in (living or [chain for chain, _ in under])
                assert held[0].standing == standing_of(dict(under)[held[0].manifest])

    @invariant()
    def vehicles_are_free_when_nothing_is_under_way(self) -> None:
        under_way = {(chain, trip_key(leg.vehicle)) for chain in CHAINS if (state := self.state(chain)) for leg in state.open_legs}
        registers = [key for key in self.log.stored if key.startswith("trip:")]
        assert {(load.manifest, key) for key in registers for load in self.log.value(key).open} == under_way

    @invariant()
    def an_end_stays_an_end(self) -> None:
        for chain, stage in self.stages.items():
            if stage is not Stage.NONE:
                assert self.log.state(chain).stage is stage
                assert self.log.value(chain_key(chain)).seq == len(self.log.state(chain).acts) - 1
                assert moves_from(stage) or stage in FINISHED

    def states(self) -> list[ManifestState]:
        return [state for chain in CHAINS if (state := self.state(chain)) is not None]


def carrier_of(state: ManifestState | None) -> str:
    """Who has the load, or would have it first."""
    return state.legs[-1].carrier if state is not None and state.legs else CARRIER


def _kept(state: ManifestState) -> list[int]:
    """Grams by line that the manifest ought to hold on its accounts."""
    if state.stage is Stage.VOIDED:
        return [0] * len(state.lines)
    reserved = [max(line.declared_g, line.loaded_g or 0) for line in state.lines]
    return [reserved[n] if line.accepted_g is None else line.accepted_g for n, line in enumerate(state.lines)]


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=sample(80), stateful_step_count=50, deadline=None, derandomize=True)
