"""Random worlds for the oracle: a deterministic stream of statements per seed, mostly lawful, bent at every rule now and then.

How an adapter uses it:

    stream = Stream(seed, data)                    # data as the product's log has adopted them (oracle_data.Data.parse)
    for step in stream.steps(300):                 # scene first (about 90 steps), then decisions, issues and what lies between
        expected = stream.world.judge(**step.call) # an oracle.Judgement
        answer = post(step)                        # sign, post, read codes / route, alerts, tags, accounts
        compare(expected, answer)                  # when the generator resumes, the world takes the step by its own judgement

* The log is founded by the adapter before `stream.make.now`, clock simulated, with operator, Sichuan (["51"]) and Chongqing (["50"]) under
  the USCCs of oracle_scene (OPERATOR, SICHUAN, CHONGQING) and all data; `Liandan-Now` is `step.admitted_at`, which never falls.
* seq, prev and signatures are the adapter's: the next of the chain, by `step.by` in order. It fills `body["keys"]` of party.register and
  `body["rows_hash"]` of list.countersign (None here). Pages count from `first_page`.
* Where product and oracle part over whether a statement is admitted, the worlds have parted: report, drop the rest of the seed.
* `expected.partial`: compare refusal and account changes alone. Refused statements of the scene ("row twice") are meant.

`answers` yields (step, judgement) for those who need no product.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from .oracle import Judgement, World
from .oracle_bodies import OUTSIDE, backfill, bend, issue_body, masses, of_lines, old_book, waste_line
from .oracle_data import Data, grams
from .oracle_list_paths import ListPaths
from .oracle_paths import Paths
from .oracle_plan_paths import plan_lines, plan_steps
from .oracle_scene import CHONGQING, GENERATORS, OPERATOR, SICHUAN, Body, Maker, Step, lists, permits, register, sites
from .oracle_state import Approval, Emergency, Permit, State
from .oracle_urgent_paths import UrgentPaths, last_day

ACTS = {
    "issue": 50,
    "approval": 28,
    "decision": 9,
    "list": 11,
    "emergency": 3,
    "opening": 2,
    "permit": 7,
    "custody": 13,
    "party": 1,
    "plan": 4,
}
"""Weights of what comes next once the scene stands."""


class Stream:
    """A world and the statements that make it; the same seed, data and era give the same stream."""

    def __init__(self, seed: int, data: Data, *, era: str | None = None, first_page: int = 0) -> None:
        self.make = Maker(seed, data, era, first_page)
        self.world = World(data, operator=OPERATOR, authorities={SICHUAN: ["51"], CHONGQING: ["50"]}, first_page=first_page)
        self.paths = Paths(self.make, self.world)
        self.list_paths = ListPaths(self.make, self.world)
        self.urgent = UrgentPaths(self.make, self.world)

    @property
    def state(self) -> State:
        """What the world knows."""
        return self.world.state

    def answers(self, count: int) -> Iterator[tuple[Step, Judgement]]:
        """The stream with the oracle's own judgement of each step, before the world takes it."""
        for step in self.steps(count):
            yield step, self.world.judge(**step.call)

    def steps(self, count: int) -> Iterator[Step]:
        """The scene, then `count` further statements."""
        for step in self._scene():
            yield step
            self.world.admit(**step.call)
        made = 0
        while made < count:
            for step in self._next():
                yield step
                self.world.admit(**step.call)
                made += 1

    def _scene(self) -> Iterator[Step]:
        yield from register(self.make)
        yield from sites(self.make)
        yield from permits(self.make)
        places: dict[str, str] = {}
        for permit in self.state.permits.values():
            places.setdefault(permit.body["division"], permit.chain)
        yield from lists(self.make, places)

    def _next(self) -> Iterator[Step]:
        self.make.tick()
        kind = self.make.rng.choices(list(ACTS), list(ACTS.values()))[0]
        if kind == "issue":
            yield self._issue()
        elif kind == "approval":
            yield from self.paths.approval()
        elif kind == "decision":
            yield from self.urgent.decision()
        elif kind == "list":
            yield from self.list_paths.steps()
        elif kind == "opening":
            yield from self.list_paths.opening()
        elif kind == "emergency":
            yield from self.urgent.emergency()
        elif kind == "permit":
            yield from self.paths.permit()
        elif kind == "custody":
            yield from self.paths.custody()
        elif kind == "plan":
            yield from plan_steps(self.make, self.world)
        else:
            yield from self.paths.party()

    def _issue(self) -> Step:
        """An issue on a route by chance, bent 0–3 times."""
        rng = self.make.rng
        route = rng.choices(("decided", "inside", "outside", "urgent", "pilot"), (57, 20, 7, 11, 5))[0]
        urgent = self.urgent.urgent() if route == "urgent" else None
        pilot = self.urgent.pilot_row() if route == "pilot" else None
        approved = [a for a in self.state.approvals.values() if a.stage == "approved" or (a.stage != "refused" and rng.random() < 0.05)]
        live = [a for a in approved if self._live(a)]
        if rng.random() < 0.85:
            approved = live
        if route == "decided" and approved:
            generator, body = self._decided(rng.choice(approved))
        elif urgent is not None:
            generator, body = self._emergency(urgent)
        elif pilot is not None:
            generator, body = self._pilot(*pilot)
        elif route == "outside":
            generator, body = self._outside()
        else:
            generator, body = self._inside()
        plan_lines(self.make, self.world, generator, body)
        note = bend(self.make, self.world, body)
        return self.make.step("manifest.issue", self.make.name("manifest", generator), (generator,), body, note)

    def _live(self, approval: Approval) -> bool:
        """Whether something may still be issued on the decision."""
        for number, granted in approval.granted.items():
            drawn = self.state.accounts.get(f"Q2 {approval.chain} {number}", 0)
            if granted["ends_on"] >= self.make.today and drawn < granted["mass_g"]:
                return self._open(self.state.permits[approval.body["permit"]])
        return False

    def _open(self, permit: Permit) -> bool:
        """Whether the permit stands, in its days and below its scale."""
        used = self.state.accounts.get(f"Q3 {permit.root}", 0) - self.state.scale(permit.root, self.make.today.year).base_g
        in_days = permit.body["valid_from"] <= self.make.today.isoformat() <= permit.body["valid_to"]
        return permit.now == "ACTIVE" and in_days and used < grams(permit.body["scale_t"])

    def _permit(self, generator: str, permits: list[Permit]) -> Permit:
        """One of the permits, mostly one that takes what this generator sends."""
        fitting = [p for p in permits if self._open(p) and p.body.get("basis", {}).get("generator") in (None, generator)]
        return self.make.rng.choice(fitting if fitting and self.make.rng.random() < 0.85 else permits)

    def _decided(self, approval: Approval) -> tuple[str, Body]:
        make, rng = self.make, self.make.rng
        permit = self.state.permits[approval.body["permit"]]
        permit = rng.choice([p for p in self.state.permits.values() if p.root == permit.root]) if rng.random() < 0.5 else permit
        numbers = of_lines(approval) or [0]
        lines = []
        picked = rng.sample(numbers, min(len(numbers), rng.choice((1, 1, 1, 2, 3)))) if rng.random() < 0.9 else rng.choices(numbers, k=2)
        for number in picked:
            asked = approval.body["lines"][number]
            granted = approval.granted.get(number, {"mass_g": grams(asked["mass_t"])})
            room = granted["mass_g"] - self.state.accounts.get(f"Q2 {approval.chain} {number}", 0)
            line = waste_line(
                make, self.paths.waste(asked["code"]), asked["method"], masses(make, self.world, permit, max(room, 0)), asked["name"]
            )
            lines.append(line | {"hazards": asked["hazards"], "decision_line": number})
        generator = approval.chain.split("/")[1]
        body = issue_body(make, generator, permit, lines, approval.body["origin"]["division"])
        body["approval"] = approval.chain
        last = min((approval.granted[n]["ends_on"] for n in picked if n in approval.granted), default=make.today)
        if rng.random() < (0.25 if last >= make.today else 0.8):
            backfill(make, body, approval, last)
        return generator, body

    def _inside(self) -> tuple[str, Body]:
        make, rng = self.make, self.make.rng
        generator = rng.choice(list(GENERATORS.values())[:4])
        near = [p for p in self.state.permits.values() if p.body["division"][:2] == generator[2:4]]
        permit = self._permit(generator, near)
        body = issue_body(make, generator, permit, self._taken(permit), generator[2:8])
        last = date.fromisoformat(permit.body["valid_to"])
        if rng.random() < (0.6 if make.era == "2025-01" or last < make.today else 0.3):
            backfill(make, body, None, last)
            if make.era == "2025-01" and rng.random() < 0.4:
                old_book(make, body)
        return generator, body

    def _outside(self) -> tuple[str, Body]:
        make, rng = self.make, self.make.rng
        generator = GENERATORS["520103"]
        permit = self._permit(generator, list(self.state.permits.values()))
        body = issue_body(make, generator, permit, self._taken(permit), "520103")
        days = [make.today + timedelta(days=n) for n in rng.choice(((-9, 9), (0, 0), (1, 9), (-9, -1)))]
        body["type"] = "in_transfer"
        body["decision"] = OUTSIDE | {"decided_on": days[0].isoformat(), "valid_to": days[1].isoformat()}
        if rng.random() < 0.6:
            del body["plan"]
        body.pop("planned_at", None)
        return generator, body

    def _emergency(self, known: Emergency) -> tuple[str, Body]:
        make, rng = self.make, self.make.rng
        generator, permit = self.urgent.of_emergency(known)
        body = issue_body(make, generator, permit, self._taken(permit), generator[2:8])
        body |= {"type": "emergency", "emergency": known.chain}
        self.urgent.bound(known, body)
        if rng.random() < 0.6:
            del body["plan"]
        if rng.random() < 0.3:
            backfill(make, body, None, last_day(known))
            body["type"] = "backfill_emergency"
        return generator, body

    def _pilot(self, pilot: Body, row: Body) -> tuple[str, Body]:
        make, rng = self.make, self.make.rng
        generator = rng.choice(list(GENERATORS.values())[:3])
        permit = self.state.permits[row["permit"]]
        line = waste_line(make, self.paths.waste(row["waste"]["codes"][0]), row["methods"][0], masses(make, self.world, permit, None))
        body = issue_body(make, generator, permit, [line], generator[2:8]) | {"pilot": pilot}
        if rng.random() < 0.25:
            backfill(make, body, None, date.fromisoformat(self.state.lists[pilot["list"]].body["effective_to"]))
        return generator, body

    def _taken(self, permit: Permit) -> list[Body]:
        """Lines that the permit takes."""
        rng = self.make.rng
        pairs = self.paths.takes(permit)
        picked = [rng.choice(pairs) for _ in range(rng.choice((1, 1, 2)))]
        return [waste_line(self.make, waste, method, masses(self.make, self.world, permit, None)) for waste, method in picked]
