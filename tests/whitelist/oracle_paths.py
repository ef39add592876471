"""What happens between issues in the oracle's worlds: applications and decisions, permits that change, custody acts, parties."""

import copy
from collections.abc import Iterator
from datetime import date, timedelta

from .oracle import World
from .oracle_approvals import UNDECIDED, row_holds, row_limit
from .oracle_bodies import ZERO_FILE
from .oracle_data import grams, moment_of, months_later, tonnes
from .oracle_lists import row_of
from .oracle_permits import covers
from .oracle_scene import CARRIERS, GENERATORS, RETIRED, WASTES, Body, Maker, Step, Waste, authority_of, grant_body, scope
from .oracle_state import Approval, Manifest, Permit

CHECKS = ["carrier", "vehicle", "crew", "labels", "packaging", "intact", "weatherproof", "leakproof"]


class Paths:
    """Makes the steps; reads the world to know what is possible."""

    def __init__(self, make: Maker, world: World) -> None:
        self.make, self.world = make, world

    def waste(self, code: str) -> Waste:
        """The scene's waste of that code, the first for others."""
        return next((w for w in WASTES if w.code == code), WASTES[0])

    def takes(self, permit: Permit) -> list[tuple[Waste, str]]:
        """The wastes and methods that a permit names; something wrong where it names none."""
        pairs = [(w, m) for w in WASTES for i in permit.body["items"] if covers(i, w.code) for m in i["methods"]]
        return pairs or [(WASTES[0], "R4")]

    def approval(self) -> Iterator[Step]:
        """A new application, or one more act on an open one."""
        rng, state = self.make.rng, self.world.state
        waiting = [a for a in state.approvals.values() if a.stage in UNDECIDED]
        if len(waiting) < 3 or rng.random() < 0.3:
            yield self._apply()
            return
        app = rng.choice(waiting)
        listed = all("listing" in line for line in app.body["lines"])
        if app.stage in ("applied", "accepted") and rng.random() < (0.15 if listed else 0.75):
            yield self.make.step("approval.consult", app.chain, (self._origin(app),), self.make.letter())
        elif app.stage == "consulted" and rng.random() < 0.8:
            yield self._reply(app)
        else:
            yield self._decide(app)
        if rng.random() < 0.04:
            closed = [a for a in state.approvals.values() if a.stage in ("approved", "refused")]
            if closed:
                yield self._decide(rng.choice(closed))

    def _origin(self, app: Approval) -> str:
        return authority_of(app.body["origin"]["division"])

    def _apply(self) -> Step:
        make, rng, state = self.make, self.make.rng, self.world.state
        generator = rng.choice(list(GENERATORS.values())[:4])
        rows = [(k.chain, n, r) for k in state.lists.values() for n, r in enumerate(k.rows)]
        far = [p for p in state.permits.values() if p.body["division"][:2] != generator[2:4]]
        permit: Permit = rng.choice(far)
        listed = [(name, n, r) for name, n, r in rows if r["receiver"][2:4] != generator[2:4]]
        by_list = bool(listed) and rng.random() < 0.65
        if by_list:
            permit = state.permits[rng.choice(listed)[2]["permit"]]
        lines = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            waste, method = rng.choice(self.takes(permit))
            fitting = [(name, n, r) for name, n, r in listed if r["permit"] == permit.chain]
            line: Body = {}
            if by_list and fitting and rng.random() < 0.93:
                name, number, row = rng.choice(fitting)
                waste, method = self.waste(row["waste"]["codes"][0]), row["methods"][0]
                line["listing"] = {"list": name, "row": number}
            line |= {"name": waste.name, "code": waste.code, "category": waste.category, "hazards": list(waste.hazards), "method": method}
            line["mass_t"] = rng.choice(("0.5", "3", "20", "49.5", "60", "61", "200", tonnes(rng.randint(1, 90_000_000))))
            if waste.code.startswith("900-000-"):
                line["identification"] = "示例鉴别报告"
            lines.append(line)
        origin = "500115" if generator == GENERATORS["510112"] and rng.random() < 0.03 else generator[2:8]
        body: Body = {
            "receiver": permit.holder,
            "permit": permit.chain,
            "origin": {"division": origin, "address": "示范路厂区（虚构）"},
            "applied_to": min(make.day(rng.choice((2, 20, 60, 200, 366)), make.today), f"{make.today.year + 1}-12-31"),
            "lines": lines,
        }
        return make.step("approval.apply", make.name("approval", generator), (generator,), body, self._bend_apply(body))

    def _bend_apply(self, body: Body) -> str:
        """One mutation in four."""
        rng = self.make.rng
        line = rng.choice(body["lines"])
        permits = self.world.state.permits
        bent: dict[str, tuple[Body, Body]] = {
            "permit": (body, {"permit": rng.choice(list(permits))}),
            "permit unknown": (body, {"permit": self.make.name("permit", body["receiver"])}),
            "code": (line, {"code": "900-777-49", "category": "HW49", "hazards": ["T"]}),
            "retired": (line, {"code": RETIRED[0], "category": "HW21", "hazards": ["T"]}),
            "category": (line, {"category": "HW49"}),
            "hazards": (line, {"hazards": ["I", "R"]}),
            "method": (line, {"method": "D16"}),
            "mass": (line, {"mass_t": "0.0000001"}),
            "origin": (body, {"origin": {**body["origin"], "division": "510999"}}),
            "dates": (body, {"applied_from": self.make.day(400, self.make.today)}),
            "listing form": (line, {"listing": {"list": "list/2026-51-50-BAD", "row": 0}}),
            "listing unknown": (line, {"listing": {"list": "list/2026-51-50-none", "row": 0}}),
            "listing of another": (
                line,
                {"listing": {"list": f"list/{self.make.start.year}-51-50-mutual", "row": rng.choice((0, 1, 6, 99))}},
            ),
            "carriers": (body, {"carriers": [CARRIERS[0]] * 2}),
        }
        if rng.random() < 0.75:
            return ""
        note = rng.choice(sorted(bent))
        bent[note][0].update(bent[note][1])
        return note

    def _reply(self, app: Approval) -> Step:
        make, rng = self.make, self.make.rng
        agree = rng.random() < 0.8
        body: Body = {**make.letter(), "agree": agree} | ({} if agree else {"reason": "设施检修"})
        if agree and rng.random() < 0.4:
            line = app.body["lines"][0]
            body["lines"] = [{"line": 0, "mass_t": tonnes(grams(line["mass_t"]) // rng.choice((1, 2)) or 1)}]
        if agree and rng.random() < 0.2:
            body["conditions"] = rng.choice(({"complete_within_days": rng.choice((1, 10, 30))}, {"use_only": True}, {"pre_notice_days": 3}))
        permit = self.world.state.permits[app.body["permit"]]
        return make.step("approval.reply", app.chain, (authority_of(permit.body["division"]),), body)

    def _decide(self, app: Approval) -> Step:
        make, rng, state = self.make, self.make.rng, self.world.state
        if app.stage != "agreed" and rng.random() < (0.25 if app.stage == "consulted" else 0.06):
            outcome = "no_reply" if rng.random() < 0.6 else "not_qualified"
            body: Body = {"approve": False, "no": "示例决定", "outcome": outcome, "reason": "不予批准"}
            return make.step("approval.decide", app.chain, (self._origin(app),), body, outcome)
        permit = state.permits[app.body["permit"]]
        decided = make.today - timedelta(days=rng.choice((0, 0, 0, 1, 5))) if rng.random() < 0.3 else make.today
        limits = [months_later(decided, 12).isoformat(), app.body["applied_to"], permit.body["valid_to"]]
        replies = (app.reply or {}).get("conditions", {}).get("complete_within_days")
        if replies:
            limits.append(make.day(replies, decided))
        for line in app.body["lines"]:
            pair = row_of(state, line.get("listing"))
            if pair and app.stage in UNDECIDED[:4]:
                limits.append(pair[0].body["effective_to"])
                within = pair[1].get("conditions", {}).get("complete_within_days")
                limits += [make.day(within, decided)] if within else []
        last = min(limits)
        asked = {limit["line"]: limit["mass_t"] for limit in (app.reply or {}).get("lines", [])}
        body = {
            "approve": True,
            "no": "示例决定",
            "valid_to": last,
            "lines": [{"line": n, "mass_t": asked.get(n, x["mass_t"])} for n, x in enumerate(app.body["lines"])],
        }
        if decided != make.today:
            body["decided_on"] = decided.isoformat()
        return make.step("approval.decide", app.chain, (self._origin(app),), body, self._bend_decide(app, body, last))

    def _bend_decide(self, app: Approval, body: Body, last: str) -> str:
        rng, day = self.make.rng, date.fromisoformat(last)
        lines = body["lines"]
        bent: dict[str, Body] = {
            "a day longer": {"valid_to": (day + timedelta(days=1)).isoformat()},
            "to the application's end": {"valid_to": app.body["applied_to"]},
            "within days": {"conditions": {"complete_within_days": rng.choice((1, 30))}},
            "use only": {"conditions": {"use_only": True}},
            "before": {"conditions": {"pre_notice_days": 2}},
            "today": {"valid_to": self.make.today.isoformat()},
            "line ends earlier": {"lines": [{**lines[0], "valid_to": (day - timedelta(days=1)).isoformat()}, *lines[1:]]},
            "line ends later": {"lines": [{**lines[0], "valid_to": (day + timedelta(days=1)).isoformat()}, *lines[1:]]},
            "more": {"lines": [{**lines[0], "mass_t": tonnes(grams(lines[0]["mass_t"]) + 1)}, *lines[1:]]},
            "as asked": {"lines": [{"line": n, "mass_t": x["mass_t"]} for n, x in enumerate(app.body["lines"])]},
            "less": {"lines": [{**lines[0], "mass_t": tonnes(max(1, grams(lines[0]["mass_t"]) // 3))}]},
            "twice": {"lines": [*lines, lines[0]]},
            "no such line": {"lines": [*lines, {"line": 63, "mass_t": "1"}]},
            "tomorrow": {"decided_on": self.make.day(1, self.make.today)},
            "long ago": {"decided_on": self.make.day(-40, self.make.today)},
            "form": {"lines": [{**lines[0], "mass_t": "0"}]},
            "one left": {"lines": lines[:1], **self._rest(app)},
        }
        if rng.random() < 0.55:
            return ""
        note = rng.choice(sorted(bent))
        body.update(bent[note])
        return note

    def _rest(self, app: Approval) -> Body:
        """The first line alone with exactly what its row still has, or a gram more."""
        state, line = self.world.state, app.body["lines"][0]
        pair = row_of(state, line.get("listing"))
        if pair is None:
            return {}
        account = f"Q1 {line['listing']['list']} {line['listing']['row']}"
        holds = row_holds(state, account, self.make.today)
        filled = {**holds, app.chain: 10**15}
        rest = row_limit(state, account, self.make.today, filled) - sum(holds.values()) + self.make.rng.choice((0, 1))
        return {"lines": [{"line": 0, "mass_t": tonnes(rest)}]} if rest > 0 else {}

    def permit(self) -> Iterator[Step]:
        """Suspend, resume, revoke, amend, usage, renewal, a second permit; sometimes what is not allowed."""
        make, rng = self.make, self.make.rng
        permit = rng.choice(list(self.world.state.permits.values()))
        authority = authority_of(permit.holder[2:8])
        act = rng.choices(("suspend", "resume", "revoke", "amend", "usage", "renew"), (14, 26, 2, 12, 26, 20))[0]
        if act == "resume":
            stopped = [p for p in self.world.state.permits.values() if p.now == "SUSPENDED"]
            permit = rng.choice(stopped) if stopped else permit
            authority = authority_of(permit.holder[2:8])
        if act in ("suspend", "resume", "revoke"):
            yield make.step(f"permit.{act}", permit.chain, (authority,), {"reason": "检查情况"})
        elif act == "amend":
            yield make.step("permit.amend", permit.chain, (authority,), {"reason": "变更", **self._change(permit)})
        elif act == "usage":
            own = rng.random() < 0.5
            month = rng.choice((make.today, make.today.replace(day=1) - timedelta(days=1), make.today.replace(day=1) - timedelta(days=40)))
            body = {"month": month.isoformat()[:7], "received_t": rng.choice(("0", "10", "50", "99.999999")), "source": "示例台账"}
            yield make.step("permit.usage", permit.chain, (permit.holder if own else authority,), body)
        else:
            yield self._renew(permit, authority)

    def _change(self, permit: Permit) -> Body:
        rng, body = self.make.rng, permit.body
        far = "510106" if body["division"].startswith("50") else "500117"
        return rng.choice(
            (
                {"no": "示例证新"},
                {"scale_t": tonnes(grams(body["scale_t"]) * rng.choice((9, 11)) // 10)},
                {"valid_to": self.make.day(rng.choice((0, 5, 300)), self.make.today)},
                {"items": [{**scope(w), "methods": list(w.methods)} for w in WASTES[:3]]},
                {"division": far},
                {"basis": {"edition": 2021, "item": 32, "plan_no": "示例方案"}},
                {"items": [{"category": "HW21", "scope": "INCLUDE", "codes": RETIRED[:1], "methods": ["R5"]}]},
                {},
            )
        )

    def _renew(self, permit: Permit, authority: str) -> Step:
        """A renewal; bent: of an old one, another class, basis missing, items out of form, other basis; or a permit beside it."""
        make, rng = self.make, self.make.rng
        valid = (make.day(rng.choice((-30, 0, 1)), make.today), make.day(rng.choice((300, 800)), make.today))
        body = grant_body(permit.body["division"], copy.deepcopy(permit.body["items"]), grams(permit.body["scale_t"]), valid)
        body |= {"class": permit.body["class"], "renews": permit.chain}
        if "basis" in permit.body:
            body["basis"] = copy.deepcopy(permit.body["basis"])
        bent: dict[str, Body] = {
            "no basis": {"class": "exempt_use"},
            "basis of the other edition": {"class": "exempt_use", "basis": {"edition": 2021, "item": 20, "plan_no": "示例方案"}},
            "items": {"items": []},
            "collection": {"class": "collection"},
            "dates": {"valid_to": make.day(-40, make.today)},
            "division": {"division": "500105"},
            "far": {"division": "510603" if permit.body["division"].startswith("50") else "500117"},
            "method": {"items": [{**permit.body["items"][0], "methods": ["R11"]}]},
            "site": {"site": "none"},
        }
        note = ""
        if rng.random() < 0.45:
            note = rng.choice(sorted(bent))
            body |= bent[note]
        if rng.random() < 0.3:
            del body["renews"]
        return make.step("permit.grant", make.name("permit", permit.holder), (authority,), body, note)

    def custody(self) -> Iterator[Step]:
        """Void, depart or receive one of the open manifests; receipts may fall into the year before."""
        rng = self.make.rng
        open_ones = [m for m in self.world.state.manifests.values() if m.stage in ("issued", "in_transit")]
        if not open_ones:
            return
        manifest = rng.choice(open_ones[-8:])
        generator = manifest.chain.split("/")[1]
        act = rng.choices(("void", "depart", "receive"), (25, 35, 40))[0]
        if act == "void" and manifest.stage == "issued":
            yield self.make.step("manifest.void", manifest.chain, (generator,), {"reason": "计划变更"})
        elif act == "depart" and manifest.stage == "issued":
            yield from self._depart(manifest, generator)
        else:
            yield self._receive(manifest)

    def _depart(self, manifest: Manifest, generator: str) -> Iterator[Step]:
        make, rng, body = self.make, self.make.rng, manifest.body
        carriers = [c for c in body.get("carriers", []) if c in CARRIERS[:2]]
        if not carriers or body.get("mode", "road") == "pipeline":
            return
        paper = body.get("paper")
        at = moment_of(paper["departed_at"]) if paper else make.now
        if not paper and rng.random() < 0.4:  # left before it was entered, and perhaps before a stop
            at = max(manifest.issued_at, make.now - timedelta(hours=rng.choice((1, 20, 90))))
        consignor = generator if body["consignor"] == "generator" else body["receiver"]
        day = at.date().isoformat().replace("-", "") if at else ""
        codes = {x["code"] for x in body["lines"] if x["packing"] in ("bag", "drum", "box")}
        make.serial += 1
        loaded = [{"line": n, "mass_t": tonnes(grams(x["mass_t"]) + rng.choice((0, 0, 0, 1, 20_000)))} for n, x in enumerate(body["lines"])]
        act = {
            "vehicle": {"kind": "truck", "plate": f"川A{make.serial:05d}", "licence_no": "示例运输证"},
            "waybill_no": f"YD{make.serial}",
            "place": body["origin"],
            "gate": {
                "labels": [f"{generator}{code.replace('-', '')}{day}{make.serial % 999:03d}" for code in sorted(codes)],
                "checks": CHECKS,
            },
            "loaded": loaded,
        }
        yield make.step("manifest.depart", manifest.chain, (consignor, carriers[0]), act, at=at)

    def _receive(self, manifest: Manifest) -> Step:
        make, rng = self.make, self.make.rng
        turn = make.now.replace(month=1, day=1, hour=0, minute=0, second=0) - timedelta(seconds=1)
        early = turn if manifest.issued_at < turn and make.now - turn < timedelta(days=10) and rng.random() < 0.6 else make.now
        lines: list[Body] = []
        for number, line in enumerate(manifest.body["lines"]):
            sent = grams(line["mass_t"])
            part: Body = {"line": number, "opinion": "accept", "accepted_t": tonnes(max(1, sent + rng.choice((0, 0, -1, 5_000))))}
            if rng.random() < 0.12:
                part |= {"opinion": "reject", "accepted_t": "0", "refused_t": line["mass_t"], "reason_code": "quantity", "reason": "不符"}
            lines.append(part)
        if manifest.stage == "issued" and all(part["opinion"] == "reject" for part in lines):
            for part in lines:
                del part["refused_t"]
        body = {"accepted_at": early.isoformat(), "lines": lines, "weighing": {"method": "weighbridge"}, "files": [ZERO_FILE]}
        return make.step("manifest.receive", manifest.chain, (manifest.body["receiver"],), body)

    def party(self) -> Iterator[Step]:
        """A generator closes, issues nothing, and opens again."""
        make, rng, state = self.make, self.make.rng, self.world.state
        generator = rng.choice(list(GENERATORS.values())[:3])
        authority = authority_of(generator[2:8])
        if generator in state.closed:
            yield make.step("party.amend", f"party/{generator}", (authority,), {"reopen": True, "reason": "恢复"})
            return
        yield make.step("party.amend", f"party/{generator}", (authority,), {"closed_on": make.today.isoformat(), "reason": "注销"})
        made = [m for m in state.manifests.values() if m.chain.split("/")[1] == generator and "paper" not in m.body]
        if made:
            yield make.step("manifest.issue", make.name("manifest", generator), (generator,), copy.deepcopy(made[-1].body), "closed party")
        yield make.step("party.amend", f"party/{generator}", (authority,), {"reopen": True, "reason": "恢复"})
