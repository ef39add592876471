"""Two collectors and a generator send, refuse, return, regroup, void and treat at random, over real admission: no gram is lost, none comes twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.mass import format_mass
from manifests import acts
from manifests.model import ManifestState, Stage
from manifests.planned import counted_g
from manifests.returned import free_g, tally
from manifests.tracing import Graph
from signing.refusal import Refusal
from tests.manifests.bodies import a_return
from tests.manifests.driver import (
    DESTINATION,
    GENERATOR,
    ORIGIN,
    RECEIVER,
    STRANGER,
    Driver,
    a_line,
    accepted,
    an_issue,
    partly,
    permit,
    rejected,
)
from whitelist.fields import Lot, Place, Return

SMELTER = Place(division="500157", address="重庆市两江新区某路9号（虚构）", site="S1")
PERMITS = {firm: f"permit/{firm}/01K9000000000000000000WAYS" for firm in (RECEIVER, STRANGER)}
PLACES = {GENERATOR: replace(ORIGIN, division="500157", site="S1"), RECEIVER: DESTINATION, STRANGER: SMELTER}
"""All in Chongqing, so that no decision is needed and only grams count."""


class Yard:
    """A log on which anything may be tried; what is refused leaves it as it was."""

    def __init__(self, seed: int) -> None:
        self.dice, self.log, self.chains = Random(seed), Driver(), list[str]()
        for firm, chain in PERMITS.items():
            self.log.lay(chain, replace(permit(), division=PLACES[firm].division, root=chain, no=firm))
        for firm in (GENERATOR, STRANGER):
            self.log.lay_site(firm, "S1", "500157")
        self.log.lay_plan("1000")

    def draw(self, *choices: Any) -> Any:
        """One of them."""
        return self.dice.choice(choices)

    def grams(self, about: int) -> str:
        """A mass of about so many grams, in tonnes."""
        return format_mass(
            self.draw(max(1, about), self.dice.randint(1, max(1, about)), self.dice.randint(1, max(1, about)), max(1, about) + 1)
        )

    def states(self) -> dict[str, ManifestState]:
        """Every manifest."""
        return {chain: self.log.state(chain) for chain in self.chains}

    def post(self, kind: str, by: str, body: Any, chain: str) -> bool:
        """Whether it was admitted."""
        try:
            self.log.post(kind, (by,), body, chain=chain)
        except Refusal:
            return False
        return True

    def begin(self, owner: str, body: acts.Issue) -> None:
        """开具, on a chain of its own."""
        chain = f"manifest/{owner}/01K9{len(self.chains):022d}"
        if self.post("manifest.issue/1", owner, body, chain):
            self.chains.append(chain)

    def fitting(self, fits: Callable[[ManifestState], bool]) -> list[str]:
        """Manifests with which something is likely to be admitted; once in five times any."""
        return [chain for chain, state in self.states().items() if fits(state)] * self.draw(0, 1, 1, 1, 1) or self.chains

    def step(self) -> None:
        """Something that somebody might do."""
        what = self.draw(
            "send",
            "send",
            "regroup",
            "regroup",
            "regroup",
            "receive",
            "receive",
            "receive",
            "treat",
            "treat",
            "void",
            "send_back",
            "send_back",
        )
        if what == "send":
            self.begin(GENERATOR, self.issue(GENERATOR, self.draw(RECEIVER, STRANGER), self.grams(1_000), ()))
        elif what == "regroup":
            owner = self.draw(RECEIVER, STRANGER)
            known = self.fitting(lambda state: state.receiver == owner and state.lines[0].stock_g > 0)
            named = [self.draw(*known) for _ in range(self.draw(1, 2, 3))] if known else []
            lots = tuple(Lot(manifest=name, line=0, mass_t=self.grams(self.log.state(name).lines[0].stock_g)) for name in named)
            other = STRANGER if owner == RECEIVER else RECEIVER
            self.begin(owner, self.issue(owner, other, self.grams(1_500), lots))
        elif self.chains:
            getattr(self, what)(self.draw(*self.fitting(_FIT[what])))

    def issue(self, owner: str, receiver: str, mass_t: str, lots: tuple[Lot, ...]) -> acts.Issue:
        """A load inside Chongqing."""
        way = {
            "receiver": receiver,
            "permit": PERMITS[receiver],
            "approval": None,
            "origin": PLACES[owner],
            "destination": PLACES[receiver],
        }
        return an_issue(**way, lines=(a_line(mass_t=mass_t, decision_line=None, plan_line=0, lots=lots or None),))

    def receive(self, chain: str) -> None:
        """Taken whole, in part or not at all, whatever was declared; nobody recorded the trip."""
        state = self.log.state(chain)
        some, rest = self.grams(state.lines[0].declared_g), self.grams(300)
        line = self.draw(
            accepted(0, some), accepted(0, some), accepted(0, some), partly(0, some, rest), rejected(0, refused_t=some), rejected(0)
        )
        self.post("manifest.receive/1", state.receiver, self.log.a_receipt(line), chain)

    def treat(self, chain: str) -> None:
        """Some of the stock, or sent on by whatever manifest."""
        state = self.log.state(chain)
        uses = self.log.value(f"lots:{chain} 0")
        onward = self.draw(None, self.draw(*self.chains), *([] if uses is None else [use.manifest for use in uses.uses] * 3))
        fate = acts.DisposedLine(line=0, method="R4", mass_t=self.grams(state.lines[0].stock_g), onward=onward)
        self.post("manifest.dispose/1", state.receiver, acts.Dispose(fates=(fate,)), chain)

    def void(self, chain: str) -> None:
        """Before it departs."""
        self.post("manifest.void/1", self.log.state(chain).generator, acts.Void(reason="改期"), chain)

    def send_back(self, chain: str) -> None:
        """What was refused goes home or to the other firm, if it may."""
        state, how = self.log.state(chain), self.draw("back", "redirect")
        other = STRANGER if state.receiver == RECEIVER else RECEIVER
        named = {"returns": Return(manifest=chain, how=how, lines=(0,)), "origin": PLACES[state.receiver]}
        if how == "redirect":
            named |= {"receiver": other, "permit": PERMITS[other], "destination": PLACES[other]}
        else:
            named |= {"receiver": state.generator, "destination": replace(ORIGIN, division=state.home)}
        self.begin(state.generator, a_return(chain, self.grams(state.lines[0].refused_g or 1), **named))


_FIT: Mapping[str, Callable[[ManifestState], bool]] = {
    "receive": lambda state: state.stage is Stage.ISSUED,
    "treat": lambda state: state.lines[0].stock_g > 0,
    "void": lambda state: state.stage is Stage.ISSUED,
    "send_back": lambda state: bool(state.lines[0].refused_g),
}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_no_gram_is_lost_and_none_comes_twice(seed: int) -> None:
    yard = Yard(seed)
    for _ in range(60):
        yard.step()
    states = yard.states()
    went: Counter[tuple[str, int]] = Counter()
    for state in states.values():
        never = state.stage is Stage.VOIDED or state.is_declined
        for lot in () if never else state.lines[0].lots:
            went[lot.manifest, lot.line] += lot.mass_g
    for chain, state in states.items():
        line, uses = state.lines[0], yard.log.value(f"lots:{chain} 0")
        assert (0 if uses is None else uses.total_g) == went[chain, 0]
        assert went[chain, 0] + line.treated_g <= (line.accepted_g or 0)
        returned = tally(one for one in states.values() if one.returns is not None and one.returns.manifest == chain)
        cases = yard.log.value(f"manifest-cases:{chain}")
        assert returned == (() if cases is None else cases.returned)
        assert min(free_g(state, returned)) >= 0
    planned = sum((Counter(counted_g(state)) for state in states.values()), Counter[str]())
    assert yard.log.planned_g() == planned.total(), "what is booked on the plan is what its manifests count"
    graph = Graph(states)
    told = Counter({node: 0 for chain in states for node in graph.nodes(chain)})
    for chain in states:
        for flow in graph.flows((chain, 0)):
            told[flow.node] += flow.mass_g
        assert told[chain, 0] == sum(mass_g for end, mass_g in graph.ends((chain, 0)) if end.how != "onward")
        alone = Graph(states, first=(chain,))
        own = sum(flow.mass_g for node in alone.reached(chain) for flow in alone.flows(node) if flow.origin == (chain, 0))
        assert own == sum(mass_g for _, mass_g in alone.ends((chain, 0))), "every gram of it ended somewhere, once"
