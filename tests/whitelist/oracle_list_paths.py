"""What befalls the lists of the oracle's worlds: amendments, stops, confirmations, consents, reports, grams used before the log."""

from collections.abc import Iterator

from .oracle import World
from .oracle_approvals import row_holds, row_limit
from .oracle_data import tonnes
from .oracle_list_life import sides_of
from .oracle_scene import CHONGQING, SICHUAN, WASTES, Body, Maker, Step, row_body
from .oracle_state import WasteList


class ListPaths:
    """Makes the steps; a list that can still be acted on is preferred."""

    def __init__(self, make: Maker, world: World) -> None:
        self.make, self.world = make, world

    def steps(self) -> Iterator[Step]:
        """One act on a list, sometimes with the other side's word at once."""
        rng, lists = self.make.rng, self.world.state.lists
        known = rng.choice(list(lists.values()))
        if rng.random() < 0.9:
            known = rng.choice([k for k in lists.values() if k.in_force and not k.is_removed] or [known])
        if known.pending and rng.random() < 0.45:
            yield self._confirm(known)
            return
        kind = rng.choices(("amend", "suspend", "resume", "remove", "exceed_consent", "report", "confirm"), (30, 20, 26, 3, 14, 2, 5))[0]
        if kind == "confirm":
            yield self._confirm(known)
            return
        body = {**self._letter(), **getattr(self, f"_{kind}")(known)}
        yield self.make.step(f"list.{kind}", known.chain, (self._signer(known, kind),), body)
        if known.pending and rng.random() < 0.5:
            self.make.tick()
            yield self._confirm(known)

    def _letter(self) -> Body:
        letter = self.make.letter()
        if self.make.rng.random() < 0.03:
            letter["letter_date"] = self.make.day(1, self.make.today)
        return letter

    def _signer(self, known: WasteList, kind: str) -> str:
        """One of the two sides, for a consent the to-side; sometimes the wrong one."""
        one, other = sides_of(self.world.state, known)
        fitting = self.world.state.covering(known.sides[1]) if kind == "exceed_consent" else one + other
        return self.make.rng.choice(fitting) if self.make.rng.random() < 0.95 else self.make.rng.choice((SICHUAN, CHONGQING))

    def _number(self, known: WasteList, *statuses: str) -> int:
        """A row, mostly one that stands so."""
        rng = self.make.rng
        fitting = [n for n in range(len(known.rows)) if known.status(n) in statuses]
        if not fitting or rng.random() < 0.08:
            return rng.choice((0, 0, len(known.rows) - 1, len(known.rows)))
        return rng.choice(fitting)

    def _amend(self, known: WasteList) -> Body:
        make, rng = self.make, self.make.rng
        body: Body = {"effective_from": make.day(rng.choice((-3, 0, 0, 0, 1, 7, 40)), make.today)}
        if body["effective_from"][:4] != str(known.year) and rng.random() < 0.8:
            body["effective_from"] = f"{known.year}-0{rng.randint(1, 3)}-01"
        parts = rng.sample(("add", "end", "quota"), rng.choice((1, 1, 1, 2, 3)))
        number = self._number(known, "ACTIVE")
        if "end" in parts:
            body["end"] = [{"row": number, "on": make.day(rng.choice((-20, -1, 0, 1, 5)), make.today), "reason": "条件变化"}]
        if "quota" in parts:
            target = number if "end" in parts and rng.random() < 0.5 else self._number(known, "ACTIVE")
            body["quota"] = [{"row": target, "quota_t": self._quota(known, target)}]
        if "add" in parts:
            body["add"] = [self._row(known, number) for _ in range(rng.choice((1, 1, 2)))]
        if rng.random() < 0.05:
            body.setdefault("end", []).extend([{"row": number, "on": make.day(0, make.today), "reason": "重复"}] * 2)
        return body

    def _quota(self, known: WasteList, number: int) -> str:
        """Just what the row holds, a gram more or less, or any."""
        held = sum(row_holds(self.world.state, f"Q1 {known.chain} {number}", self.make.today).values())
        exact = held + self.make.rng.choice((-1, 0, 1, 20_000_000))
        return tonnes(exact) if exact > 0 and self.make.rng.random() < 0.6 else self.make.rng.choice(("5", "50", "80000", "700"))

    def _row(self, known: WasteList, number: int) -> Body:
        """The row that ends, come again; or another."""
        rng, permits = self.make.rng, list(self.world.state.permits.values())
        old = known.rows[number] if number < len(known.rows) else None
        if old is not None and rng.random() < 0.5:
            return {**old, "quota_t": rng.choice(("40", "900"))}
        fitting = [p for p in permits if p.body["division"][:2] == known.sides[1] and p.now == "ACTIVE" and p.body["class"] == "permit"]
        permit = rng.choice(fitting if fitting and rng.random() < 0.9 else permits)
        waste = rng.choice(WASTES)
        row = row_body(permit.chain, waste, waste.methods[:1], rng.choice((3, 60, 2_000)))
        if rng.random() < 0.3:
            row["conditions"] = rng.choice(({"complete_within_days": 12}, {"use_only": True}, {"pre_notice_days": 2}))
        return row

    def _suspend(self, known: WasteList) -> Body:
        return self._stop(known, 0.06, "ACTIVE")

    def _resume(self, known: WasteList) -> Body:
        return self._stop(known, 0.4, "SUSPENDED")

    def _remove(self, known: WasteList) -> Body:
        return self._stop(known, 0.05, "ACTIVE", "SUSPENDED")

    def _stop(self, known: WasteList, whole: float, *statuses: str) -> Body:
        if self.make.rng.random() < whole:
            return {"reason": "检查情况"}
        return {"row": self._number(known, *statuses), "reason": "检查情况"}

    def _exceed_consent(self, known: WasteList) -> Body:
        make, rng, state = self.make, self.make.rng, self.world.state
        number = self._number(known, "ACTIVE")
        body: Body = {"row": number, "extra_t": rng.choice(("1", "30", "0.000001", "400")), "asked_no": "示例商请函"}
        body["asked_date"] = make.day(rng.choice((-5, 0, 0, 0)), make.today)
        apps = [a.chain for a in state.approvals.values() if any(x.get("listing", {}).get("list") == known.chain for x in a.body["lines"])]
        if apps and rng.random() < 0.7:
            body["approval"] = rng.choice(apps[-6:])
        return body

    def _report(self, known: WasteList) -> Body:
        return {"rows": [{"row": self._number(known, "ACTIVE"), "received_t": "1.5"}], "environment": "管理情况正常"}

    def _confirm(self, known: WasteList) -> Step:
        """Of what waits, mostly by the other side; sometimes of what does not wait."""
        make, rng = self.make, self.make.rng
        seq = rng.choice(list(known.pending)) if known.pending and rng.random() < 0.9 else rng.randint(0, 6)
        one, other = sides_of(self.world.state, known)
        own = known.pending.get(seq, {}).get("by")
        fitting = [uscc for uscc in one + other if uscc != own] or [CHONGQING]
        signer = rng.choice(fitting) if rng.random() < 0.92 else rng.choice((SICHUAN, CHONGQING))
        return make.step("list.confirm", known.chain, (signer,), {**self._letter(), "act": seq})

    def opening(self) -> Iterator[Step]:
        """quota.open of a row, a line or a permit: small, at the limit, or a gram above."""
        make, rng, state = self.make, self.make.rng, self.world.state
        kind = rng.choice(("list", "approval", "permit"))
        chains = {"list": state.lists, "approval": state.approvals, "permit": state.permits}[kind]
        if not chains:
            return
        opened = [c for c in chains if any(f" {c}" in account for account in state.opened)]
        chain = rng.choice(opened if opened and rng.random() < 0.15 else list(chains)[-12:])
        body: Body = {"used_t": rng.choice(("0", "2.5", "30", "100.000001")), "source": "示例台账"}
        body["as_of_on"] = make.day(rng.choice((-1, -1, 0, -40, -400, 1)), make.today)
        by = (SICHUAN, CHONGQING) if kind != "list" or state.lists[chain].sides[1] == "50" else (CHONGQING, SICHUAN)
        if kind == "permit" and state.permits[chain].holder[2:4] == "50":
            by = by[::-1]
        if kind == "approval" and state.approvals[chain].body["origin"]["division"][:2] == "50":
            by = by[::-1]
        if kind == "list":
            body["item"] = self._number(state.lists[chain], "ACTIVE")
            room = row_limit(state, f"Q1 {chain} 0", make.today, {}) if state.lists[chain].rows else 0
            if rng.random() < 0.3 and body["item"] == 0 and room:
                body["used_t"] = tonnes(room + rng.choice((0, 1)))
        elif kind == "approval":
            granted = state.approvals[chain].granted
            body["item"] = rng.choice(list(granted) or [0]) if rng.random() < 0.9 else 63
            if body["item"] in granted and rng.random() < 0.5:
                left = granted[body["item"]]["mass_g"] - state.accounts.get(f"Q2 {chain} {body['item']}", 0)
                body["used_t"] = tonnes(max(0, left // rng.choice((1, 2)) + rng.choice((0, 1))))
        if rng.random() < 0.06:
            by = rng.choice((by[::-1], by[:1]))
        if rng.random() < 0.03:
            body.pop("item", None) if "item" in body else body.update(item=0)
        yield make.step("quota.open", chain, by, body)
