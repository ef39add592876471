"""What befalls decisions and emergencies in the oracle's worlds, and bodies of issues on emergencies and pilot lists."""

from collections.abc import Iterator
from datetime import date, timedelta

from .oracle import World
from .oracle_approvals import UNDECIDED
from .oracle_data import grams, tonnes
from .oracle_pilot import WASTE
from .oracle_scene import CHONGQING, GENERATORS, RECEIVERS, SICHUAN, WASTES, Body, Maker, Step, authority_of, scope
from .oracle_state import Approval, Emergency, Permit


class UrgentPaths:
    """Makes the steps and the bodies' grounds."""

    def __init__(self, make: Maker, world: World) -> None:
        self.make, self.world = make, world

    def decision(self) -> Iterator[Step]:
        """Accept, notice, withdraw of what waits; suspend, resume, revoke of what was decided, by line or whole."""
        make, rng = self.make, self.make.rng
        apps = list(self.world.state.approvals.values())
        if not apps:
            return
        kind = rng.choices(("accept", "notice", "withdraw", "suspend", "resume", "revoke"), (20, 14, 5, 24, 30, 7))[0]
        early = kind in ("accept", "notice", "withdraw")
        fitting = [a for a in apps if (a.stage in UNDECIDED[:3] if early else a.granted)]
        if kind == "resume":
            fitting = [a for a in apps if any(a.status(n) == "SUSPENDED" for n in a.granted)] or fitting
        app = rng.choice(fitting[-10:] if fitting and rng.random() < 0.93 else apps)
        signer = authority_of(app.body["origin"]["division"]) if kind != "withdraw" else app.chain.split("/")[1]
        if rng.random() < 0.04:
            signer = rng.choice((SICHUAN, CHONGQING))
        yield make.step(f"approval.{kind}", app.chain, (signer,), self._body(app, kind, early=early))
        if kind == "notice" and app.stage == "noticed" and rng.random() < 0.6:
            make.tick()
            yield make.step("approval.apply", app.chain, (app.chain.split("/")[1],), app.body, "completed")

    def _body(self, app: Approval, kind: str, *, early: bool) -> Body:
        rng = self.make.rng
        if early:
            return {"accept": {"no": "示例受理号"}, "notice": {"deficiencies": ["缺少合同"]}, "withdraw": {"reason": "计划变更"}}[kind]
        body: Body = {"reason": "核查情况"}
        if rng.random() < 0.6:
            numbers = sorted(app.granted) or [0]
            body["lines"] = rng.sample(numbers, rng.randint(1, len(numbers))) if rng.random() < 0.92 else [numbers[0], 63]
        return body

    def emergency(self) -> Iterator[Step]:
        """Declare, join, close."""
        rng = self.make.rng
        known = list(self.world.state.emergencies.values())
        kind = rng.choices(("declare", "join", "close"), (40, 40, 12))[0] if known else "declare"
        if kind == "declare":
            yield self._declare()
            return
        picked = rng.choice(known[-4:])
        owner = picked.chain.split("/")[1]
        other = CHONGQING if owner == SICHUAN else SICHUAN
        if kind == "close":
            body: Body = {"closed_on": self.make.day(rng.choice((0, 0, -1, 1)), self.make.today), "summary": "处置完毕"}
            yield self.make.step("emergency.close", picked.chain, (owner if rng.random() < 0.93 else other,), body)
            return
        body = self.make.letter()
        if rng.random() < 0.6:
            body["receivers"] = [self._receiver(rng.choice((other, other, other, owner)))]
        yield self.make.step("emergency.join", picked.chain, (other if rng.random() < 0.93 else owner,), body)

    def _receiver(self, authority: str) -> Body:
        side = "51" if authority == SICHUAN else "50"
        permits = [p for p in self.world.state.permits.values() if p.body["division"][:2] == side]
        permit = self.make.rng.choice(permits)
        holder = permit.holder if self.make.rng.random() < 0.95 else RECEIVERS["500109"]
        return {"receiver": holder, "permit": permit.chain}

    def _declare(self) -> Step:
        make, rng = self.make, self.make.rng
        authority = rng.choice((SICHUAN, SICHUAN, CHONGQING))
        place = rng.choice(("510112", "511702") if authority == SICHUAN else ("500116", "500115"))
        happened = make.now - timedelta(hours=rng.choice((1, 30, 200)))
        first = happened.date() + timedelta(days=rng.choice((0, 0, 0, 1)))
        sides = [authority, CHONGQING if authority == SICHUAN else SICHUAN]
        body: Body = {
            "name": "示例泄漏事件",
            "happened_at": happened.isoformat(),
            "place": {"division": place, "address": "示范路厂区（虚构）"},
            "plan_no": "示例预案",
            "plan_authority": "示例区人民政府",
            "generators": rng.sample(list(GENERATORS.values())[:4], rng.randint(2, 4)),
            "wastes": [scope(w, rng.choice(("INCLUDE", "ALL"))) for w in rng.sample(WASTES, 5)],
            "receivers": [self._receiver(rng.choice(sides)) for _ in range(rng.choice((2, 4, 6)))],
            "ceiling_t": rng.choice(("5", "20", "300")),
            "valid_from": first.isoformat(),
            "valid_to": (first + timedelta(days=rng.choice((1, 3, 30, 88)))).isoformat(),
        }
        bent: dict[str, Body] = {
            "place elsewhere": {"place": {"division": "500115" if authority == SICHUAN else "510112", "address": "他处"}},
            "too long": {"valid_to": (first + timedelta(days=120)).isoformat()},
            "before it happened": {"valid_from": (happened.date() - timedelta(days=1)).isoformat()},
            "long ago": {"happened_at": (make.now - timedelta(days=20)).isoformat()},
            "no generators": {"generators": []},
            "unknown permit": {"receivers": [{"receiver": RECEIVERS["500117"], "permit": make.name("permit", RECEIVERS["500117"])}]},
            "ceiling form": {"ceiling_t": "0"},
        }
        note = rng.choice(sorted(bent)) if rng.random() < 0.2 else ""
        return make.step("emergency.declare", make.name("emergency", authority), (authority,), body | bent.get(note, {}), note)

    def urgent(self) -> Emergency | None:
        """An emergency to issue on, mostly one of today."""
        known = list(self.world.state.emergencies.values())
        today = self.make.today.isoformat()
        live = [e for e in known if e.closed_at is None and e.body["valid_from"] <= today <= e.body["valid_to"]]
        if self.make.rng.random() < 0.15:
            live = known
        return self.make.rng.choice(live) if live else None

    def of_emergency(self, known: Emergency) -> tuple[str, Permit]:
        """Who sends to whom: named ones mostly of the place's province."""
        rng, side = self.make.rng, known.body["place"]["division"][:2]
        near = [g for g in known.body["generators"] if g[2:4] == side]
        generator = rng.choice(near if near and rng.random() < 0.93 else list(GENERATORS.values())[:4])
        permits = self.world.state.permits
        named = [permits[r["permit"]] for r in known.receivers if permits[r["permit"]].now == "ACTIVE"]
        if rng.random() < 0.5:
            named = [p for p in named if p.body["division"][:2] != side] or named
        return generator, rng.choice(named if named and rng.random() < 0.95 else list(permits.values()))

    def bound(self, known: Emergency, body: Body) -> None:
        """Fill the ceiling to the gram, or a gram beyond, now and then."""
        left = grams(known.body["ceiling_t"]) - known.used_g + self.make.rng.choice((0, 0, 1))
        if left > 0 and self.make.rng.random() < 0.25 and len(body["lines"]) == 1:
            body["lines"][0]["mass_t"] = tonnes(left)

    def pilot_row(self) -> tuple[Body, Body] | None:
        """({list, row}, the row) of a pilot list of lead batteries."""
        rows = [
            ({"list": k.chain, "row": n}, row)
            for k in self.world.state.lists.values()
            if k.body["kind"] == "pilot" or self.make.rng.random() < 0.03
            for n, row in enumerate(k.rows)
            if WASTE in row["waste"].get("codes", ())
        ]
        return self.make.rng.choice(rows) if rows else None


def last_day(known: Emergency) -> date:
    """The last day of an emergency."""
    return date.fromisoformat(known.body["valid_to"])
