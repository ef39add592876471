"""A Hypothesis machine over table, cases, corrections and returns: real admission on one side, the independent model on the other.

Nothing illegal is admitted, nothing legal is refused, and what is refused is refused for a reason that the model knows. After every step the state, the
accounts and the grams are the model's; at the end the view that readers fold is the state, and every load is brought to an end, by authorities
where anything is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from ledger.times import format_at
from manifests import acts
from manifests.acts import FieldChange
from manifests.case import NO_CASES, cases_key, in_force
from manifests.model import FINISHED, ManifestState
from manifests.view import ManifestView, concerns, fold
from signing.refusal import Refusal
from tests.manifests import law_cases
from tests.manifests.bodies import a_return
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    Q2,
    Q3,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    a_line,
    an_issue,
)
from tests.manifests.independent import Contested, Hold, Load, Proposal
from tests.manifests.independent_corrections import LawBooks
from tests.manifests.law_acts import MASSES, T, TrunkActs, tonnes
from tests.workbench import AUTHORITY_50, AUTHORITY_51

LOADS = tuple(f"manifest/{GENERATOR}/01K900000000000000000000M{n}" for n in range(2))
RETURNS = tuple(f"manifest/{GENERATOR}/01K900000000000000000000B{n}" for n in range(3))
FIRMS = (GENERATOR, RECEIVER, CARRIER, SECOND_CARRIER, STRANGER)
EVERYBODY = (*FIRMS, AUTHORITY_50, AUTHORITY_51)
DECIDED_T, DAYS = "30", 45
WAITS = [{"minutes": 4}, {"hours": 2}, {"hours": 2}, {"hours": 8}, {"days": 1}, {"days": 12}, {"days": 31}]
VERBS = ["void", "depart", "hand_over", "transship", "stop", "arrive", "receive", "dispose", "verify"]
STEPS = [name for name, weight in {
    "next_act": 16, "any_act": 2, "time_goes_by": 4, "issue": 1, "issue_return": 2, "hold": 1, "release": 1, "gap": 1, "propose": 8, "consent": 3, "turn_down": 1, "give_number": 2, "report": 1, "contest": 1,
}.items() for _ in range(weight)]  # fmt: skip


def as_text(path: str, value: Any) -> str:
    """The compact JSON of a value; nothing for None."""
    if path.startswith("times."):
        return json.dumps(format_at(value))
    return "" if value is None else json.dumps(tonnes(value) if path.endswith("_t") else value)


class Law(TrunkActs, RuleBasedStateMachine):
    """Two loads on one decision of 30 t, and returns of what was refused."""

    @initialize(seed=st.integers(0, 2**32))
    def found(self, seed: int) -> None:
        self.dice = Random(seed)
        self.log = Driver(decided_t=DECIDED_T)
        self.books = LawBooks(int(DECIDED_T) * T, FIRMS, (AUTHORITY_51, AUTHORITY_50))
        self.cases = 0
        self.evidence: list[tuple[str, Contested]] = []
        self.last_s = self.log.at_s + DAYS * 86_400
        load = Load(GENERATOR, RECEIVER, 5_600_000, carriers=(CARRIER,))
        self._issue(LOADS[0], load, GENERATOR, an_issue(trip_id=LOADS[0][-2:]))

    @rule()
    def step(self) -> None:
        """One of them by its weight. What is drawn comes from a seed: Hypothesis would try the small and the same first, and lives would not go on."""
        getattr(self, self.draw(STEPS))()

    # -- time

    def time_goes_by(self) -> None:
        """Not beyond the term of the decision."""
        wait = self.draw(WAITS)
        before = self.log.at_s
        self.log.wait(**wait)
        self.log.at_s = self.log.at_s if self.log.at_s < self.last_s else before

    # -- the trunk

    def issue(self) -> None:
        new = [chain for chain in LOADS if chain not in self.books.loads]
        chain, mass = self.draw(LOADS if self.rarely() else new or LOADS), self.draw(MASSES)
        by = self.draw([GENERATOR] * 6 + [RECEIVER])
        load = Load(GENERATOR, RECEIVER, mass, carriers=(CARRIER,))
        body = an_issue(lines=(a_line(mass_t=tonnes(mass)),), trip_id=chain[-2:])
        self._issue(chain, load, by, body)

    def issue_return(self) -> None:
        new = [chain for chain in RETURNS if chain not in self.books.loads]
        chain, mass = self.draw(RETURNS if self.rarely() else new or RETURNS), self.draw(MASSES)
        refusing = [name for name, one in self.books.loads.items() if one.refused and not one.returns]
        if not refusing and not self.rarely():
            return
        there = self.draw(refusing or list(LOADS))
        free = self.books.loads[there].refused - self.books.taken(there) if refusing else 0
        mass = self.draw([mass, max(1, free), max(1, free)])
        load = Load(GENERATOR, GENERATOR, mass, returns=there, carriers=(CARRIER,))
        self._issue(chain, load, GENERATOR, a_return(there, tonnes(mass), trip_id=chain[-2:]))

    def _issue(self, chain: str, load: Load, by: str, body: acts.Issue) -> None:
        must, may = self.books.issue(chain, load, (by,), self.log.at_s)
        if self.post("manifest.issue/1", (by,), body, chain, must, may):
            self.books.did_issue(chain, load, self.log.at_s)

    def draw_chain(self) -> str:
        open_ones = [chain for chain, load in self.books.loads.items() if load.stage not in FINISHED]
        return self.draw(open_ones * 3 + list(self.books.loads))

    def any_act(self) -> None:
        self.act(self.draw_chain(), self.draw(VERBS))

    def next_act(self) -> None:
        """One that the table knows at this stage."""
        chain = self.draw_chain()
        kept = self.books.loads[chain].refused - self.books.taken(chain, gone=True)
        if kept > 0 and self.books.loads[chain].stage in ("rejected", "disposed") and not self.rarely():
            return self.issue_return()
        ways = {
            "issued": ["depart"] * 4 + ["receive", "void"],
            "in_transit": ["arrive", "receive", "receive", "hand_over", "transship", "stop"],
            "arrived": ["receive"],
            "accepted": ["dispose"],
            "partly_accepted": ["dispose"],
            "rejected": ["verify"],
            "disposed": ["verify"],
        }
        if verbs := ways.get(self.books.loads[chain].stage):
            self.act(chain, self.draw(verbs))

    def act(self, chain: str, verb: str) -> None:
        load = self.books.loads.get(chain) or Load(GENERATOR, RECEIVER, T)
        at_s = self.log.at_s - (self.draw([0, 0, 0, 0, 0, 200, 4000]) if verb not in ("void", "verify") else 0)
        by, body, more = getattr(self, f"_{verb}")(chain, load, at_s)
        if self.rarely():
            by = (self.draw([party for party in EVERYBODY if party != by[0]]), *by[1:])
            by = tuple(dict.fromkeys(by))
        must = self.books.act(chain, verb, by, at_s, more)
        if chain in self.books.loads:
            self.evidence.append((chain, law_cases.signed(self, chain, verb, by, body, format_at(at_s))))
        if self.post(f"manifest.{verb}/1", by, body, chain, must, at=format_at(at_s)):
            self.books.did(chain, verb, by, at_s, more)
            self.books.loads[chain].hashes.append(self.evidence[-1][1].hash)

    # -- cases

    def case(self, chain: str) -> str:
        self.cases += 1
        return f"{chain.replace('manifest', 'case', 1)}/01K9{self.cases:022d}"

    def trunk(self, chain: str) -> acts.Trunk:
        hashes = self.log.state(chain).acts
        return acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])

    def give_number(self) -> None:
        law_cases.give_number(self, EVERYBODY)

    def report(self) -> None:
        law_cases.report(self, EVERYBODY)

    def contest(self) -> None:
        if self.evidence:
            law_cases.contest(self, EVERYBODY)

    def hold(self) -> None:
        chain = self.draw_chain()
        by = self.draw([AUTHORITY_50, AUTHORITY_51] * 3 + [GENERATOR])
        hours = self.draw([None, 1, 1, 30])
        case, until = self.case(chain), self.log.at_s + (30 * 24 if hours is None else hours) * 3600
        body = acts.CaseHold(trunk=self.trunk(chain), reason="待查（虚构）", until=None if hours is None else format_at(until))
        if self.post("case.hold/1", (by,), body, case, self.books.hold(chain, by)):
            self.books.loads[chain].holds.append(Hold(case, by, self.log.at_s, until))

    def release(self) -> None:
        known = [(chain, hold) for chain, load in self.books.loads.items() for hold in load.holds]
        if not known:
            return
        (chain, hold), wrong = self.draw(known), self.rarely()
        by = (AUTHORITY_50 if hold.by == AUTHORITY_51 else AUTHORITY_51) if wrong else hold.by
        must = self.books.release(chain, hold.case, by, self.log.at_s)
        if self.post("case.release/1", (by,), acts.CaseRelease(reason="放行（虚构）"), hold.case, must):
            hold.until = self.log.at_s

    def gap(self) -> None:
        chain, wrong = self.draw_chain(), self.draw(["", "", "", "", "signers", "mass"])
        by = self.books.authorities(self.books.loads[chain])[:: 1 if wrong == "signers" else -1]
        mass = max(1, self.books.unaccounted(chain)) + (wrong == "mass")
        self.close(chain, by, mass)

    def close(self, chain: str, by: tuple[str, ...], mass: int) -> bool:
        missing = acts.MissingLine(line=0, mass_t=tonnes(mass), cause="unknown")
        body = acts.CaseCloseWithGap(trunk=self.trunk(chain), gaps=(missing,), finding="查无下落（虚构）")
        if not self.post("case.close_with_gap/1", by, body, self.case(chain), self.books.gap(chain, by, mass)):
            return False
        self.books.did_gap(chain)
        return True

    def propose(self) -> None:
        chain = self.draw_chain()
        load = self.books.loads[chain]
        fitting = [paths for paths in law_cases.TOGETHER if all(self._stands(load, path) for path in paths)]
        paths = self.draw(law_cases.TOGETHER if self.rarely() else fitting)
        changes = {path: self.draw(self.values(path)) for path in paths}
        was = dict[str, Any]()
        for path in paths:
            try:
                was[path] = self.books.value(load, path)
            except KeyError:
                was[path] = T if path.endswith("_t") else self.log.at_s if path.startswith("times.") else "accept"
        changes = {path: value for path, value in changes.items() if value != was[path]}
        if not changes:
            return
        if self.rarely() and "insurance_no" not in changes:
            first = next(iter(changes))
            was[first] = 7 * T if first.endswith("_t") else self.log.at_s - 7 if first.startswith("times.") else "partly"
        by = self.draw(EVERYBODY if self.rarely() else sorted(self.books.proposers(load, changes)) or EVERYBODY)
        told = tuple(FieldChange(path=path, was=as_text(path, was[path]), now=as_text(path, now)) for path, now in changes.items())
        must = self.books.propose(chain, by, changes, was, self.log.at_s)
        case, body = self.case(chain), acts.AmendPropose(trunk=self.trunk(chain), changes=told, reason="误填（虚构）")
        proposal = Proposal(case, by, self.log.at_s, changes, {path: was[path] for path in changes})
        if not must and not self.books.missing(load, proposal):
            must |= self.books._room(load, self.books.corrected(load, changes))
        if self.post("case.amend_propose/1", (by,), body, case, must):
            load.proposals.append(proposal)
            self.said(self.books.did_consent(chain, proposal, None))
            self._agree(chain, proposal)

    def _agree(self, chain: str, proposal: Proposal) -> None:
        """Half of the time everybody agrees at once, in some order: else few corrections would ever be in force."""
        load = self.books.loads[chain]
        while not proposal.ended and (asked := sorted(self.books.missing(load, proposal))) and self.draw([True, True, True, False]):
            if not self._consents(chain, proposal, self.draw(asked)):
                return

    def _stands(self, load: Load, path: str) -> bool:
        try:
            self.books.value(load, path)
        except KeyError:
            return False
        return True

    def values(self, path: str) -> Sequence[Any]:
        match path:
            case "received.0.opinion":
                return ["accept", "partly", "reject"]
            case "received.0.reason_code":
                return [None, "packing", "packing", "label"]
            case "received.0.refused_t":
                return [None, None, *MASSES]
            case "received.0.accepted_t":
                return [0, 0, *MASSES]
            case "insurance_no":
                return [None, "A", "B"]
            case "number":
                return [None, *law_cases.NUMBERS]
            case "times.departed_at" | "times.arrived_at" | "times.accepted_at":
                return [self.log.at_s - minutes * 60 for minutes in (0, 3, 60, 240, 1000, 5000)]
        return MASSES

    def consent(self) -> None:
        known, ready = [(chain, one) for chain, load in self.books.loads.items() for one in load.proposals], not self.rarely()
        if not known:
            return
        waiting = [one for one in known if not one[1].ended]
        chain, proposal = self.draw(waiting if waiting and ready else known)
        asked = sorted(self.books.missing(self.books.loads[chain], proposal))
        self._consents(chain, proposal, self.draw(asked if asked and ready else EVERYBODY))

    def _consents(self, chain: str, proposal: Proposal, by: str) -> bool:
        must, may = self.books.consent(chain, proposal.case, by, self.log.at_s)
        body = acts.AmendConsent(trunk=self.trunk(chain))
        if not self.post("case.amend_consent/1", (by,), body, proposal.case, must, may):
            return False
        self.said(self.books.did_consent(chain, proposal, by))
        return True

    def said(self, is_in_force: bool) -> None:
        tags = {tag[0] for tag in self.log.entries[-1].admission.decision.tags}
        assert ("AMENDED" in tags) == is_in_force, f"in force: {is_in_force}"

    def turn_down(self) -> None:
        known = [(chain, one) for chain, load in self.books.loads.items() for one in load.proposals]
        if not known:
            return
        chain, proposal = self.draw(known)
        asked = self.books.missing(self.books.loads[chain], proposal) | {proposal.by}
        by = self.draw(sorted(asked))
        over = proposal.ended or self.log.at_s > proposal.at + 30 * 86_400
        if self.post(
            "case.amend_refuse/1", (by,), acts.AmendRefuse(reason="不同意（虚构）"), proposal.case, {"AMEND_STATE"} if over else set()
        ):
            proposal.ended = True

    # -- the verdict

    def post(self, kind: str, by: tuple[str, ...], body: Any, chain: str, must: set[str], may: set[str] | None = None, **more: Any) -> bool:
        """Whether it was admitted; the model's word holds."""
        try:
            self.log.post(kind, by, body, chain=chain, **more)
        except Refusal as refusal:
            found = set(refusal.codes)
            assert must or may, f"a legal {kind} was refused: {found}"
            assert found <= must | (may or set()), f"{kind} refused for {found}, not for {must} {may}"
            return False
        assert not must, f"{kind} was admitted, against {must}"
        return True

    @invariant()
    def books_and_log_say_the_same(self) -> None:
        if not hasattr(self, "log"):
            return
        for chain, load in self.books.loads.items():
            state = self.standing(chain)
            line = state.lines[0]
            assert str(state.stage) == load.stage, f"{chain}: {state.stage}, told {load.stage}"
            assert (line.declared_g, line.loaded_g) == (load.declared, load.loaded)
            assert (line.accepted_g or 0, line.refused_g or 0) == (load.accepted, load.refused)
            assert [fate.mass_g for fate in state.fates] == load.fates
            assert line.stock_g == load.stock or load.returns, "accepted is what has a fate and what is left"
            assert self.books.taken(chain) <= load.refused
            assert sum(leg.open for leg in load.legs) == len(state.open_legs)
        moved = Counter[str]()
        for entry in self.log.entries:
            moved.update({row.account: row.after_g - row.before_g for row in entry.admission.decision.accounts})
        held = sum(load.held for load in self.books.loads.values())
        assert moved[Q2] == self.log.used_g(Q2) == self.books.q2 == held
        assert moved[Q3] == self.log.used_g(Q3) == held, "nobody else draws on the permit"

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        self.everything_ends()
        self.replay_is_what_stands()
        self.books_and_log_say_the_same()

    def everything_ends(self) -> None:
        """Where grams are missing by an act of both authorities, returns first; where none is, by the generator's verification, or that of
        the authority of its region where it is closed and nobody succeeds it."""
        self.log.wait(minutes=10)
        verifier = GENERATOR
        if self.draw([True, False]):
            verifier, known = AUTHORITY_51, self.log.value(f"chain:party/{GENERATOR}")
            self.log.lay(f"party/{GENERATOR}", replace(known.state, closed_on="2026-11-01"))
        for chain in (*RETURNS, *LOADS):
            if (load := self.books.loads.get(chain)) is None or load.stage in FINISHED:
                continue
            if missing := self.books.unaccounted(chain):
                ends = self.close(chain, self.books.authorities(load)[::-1], missing)
            else:
                must = self.books.act(chain, "verify", (GENERATOR,), self.log.at_s, {})
                if ends := self.post("manifest.verify/1", (verifier,), acts.Verify(), chain, must):
                    self.books.did(chain, "verify", (GENERATOR,), self.log.at_s, {})
            assert ends, f"{chain} stays {load.stage} for ever"
            assert load.stage in FINISHED

    def replay_is_what_stands(self) -> None:
        """The views that readers fold from the entries alone."""
        views = dict[str, ManifestView]()
        for entry in self.log.entries:
            if (chain := concerns(entry)) is not None:
                views[chain] = fold(views.get(chain), entry)
        for chain in self.books.loads:
            found, told = views[chain].state, self.standing(chain, own=True)
            assert replace(found, holds=()) == replace(told, holds=())
            ends = [[(hold.case, hold.by, hold.since_s, hold.released_s) for hold in one.holds] for one in (found, told)]
            assert ends[0] == ends[1], "but for the term of a hold, which adopted data tell"

    def standing(self, chain: str, *, own: bool = False) -> ManifestState:
        """The manifest in force."""
        cases = self.log.value(cases_key(chain))
        return in_force(self.log.own_state(chain) if own else self.log.state(chain), NO_CASES if cases is None else cases)
