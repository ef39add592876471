"""Plans in the oracle's worlds: filed, amended, named by issues; sometimes wrongly."""

from collections.abc import Iterator
from datetime import timedelta

from .oracle import World
from .oracle_bodies import event_day
from .oracle_data import tonnes
from .oracle_scene import GENERATORS, RECEIVERS, WASTES, Body, Maker, Step, Waste


def plan_steps(make: Maker, world: World) -> Iterator[Step]:
    """A plan of the unit or a site, of this year or the next; what changes on it; sometimes what is none."""
    rng, state = make.rng, world.state
    generator = rng.choice(list(GENERATORS.values())[:3])
    chain = f"plan/{generator}/{(make.today + timedelta(days=rng.choice((0, 0, 0, 0, 12)))).year}"
    own = [site for owner, site in state.sites if owner == generator]
    site = rng.choice(["", "", *own, *(["nowhere"] if rng.random() < 0.1 else [])])
    body: Body = {"site": site} if site else {}
    plan = state.plans.get((chain, site))
    signer = generator if rng.random() < 0.97 else rng.choice(list(RECEIVERS.values()))
    if plan is None or rng.random() < 0.05:
        filed_on = make.today + timedelta(days=rng.choice((-20, -1, 0, 0, 1)) if rng.random() < 0.2 else -30)
        pairs = [(waste, method) for waste in WASTES for method in waste.methods]
        lines = [_planned(make, waste, method) for waste, method in rng.sample(pairs, rng.randint(max(1, len(pairs) - 2), len(pairs)))]
        body |= {"filing_no": f"备案{rng.randint(1, 9)}", "filed_on": filed_on.isoformat(), "lines": lines}
        yield make.step("plan.file", chain, (signer,), body)
        return
    body["reason"] = "变更"
    if rng.random() < 0.3:
        body["filing_no"] = f"备案{rng.randint(10, 99)}"
    if rng.random() < 0.7:
        lines = rng.sample(range(len(plan["lines"]) + (rng.random() < 0.1)), 1) * (2 if rng.random() < 0.05 else 1)
        used = state.planned.get((chain, site, lines[0]), 0)
        change = {"mass_t": tonnes(max(1, rng.choice((used, used - 1, used + 5_000_000, 500_000_000))))}
        change |= {"receivers": rng.sample(list(RECEIVERS.values()), 5)} if rng.random() < 0.2 else {}
        body["set"] = [{"line": line, **(change if rng.random() < 0.95 else {})} for line in lines]
    if rng.random() < 0.3:
        waste = rng.choice(WASTES)
        body["add"] = [_planned(make, waste, rng.choice(waste.methods))]
    yield make.step("plan.amend", chain, (signer,), body)


def _planned(make: Maker, waste: Waste, method: str) -> Body:
    """A line of a plan: much, or little."""
    rng = make.rng
    line: Body = {
        "name": waste.name,
        "code": waste.code,
        "category": waste.category,
        "hazards": list(waste.hazards),
        "form": waste.form,
    }
    if rng.random() < 0.02:
        line["category"] = "HW01"
    line |= {"mass_t": rng.choice(("500", "20", "3.5")), "method": method, "receiver_type": "permit"}
    return line | ({"receivers": rng.sample(list(RECEIVERS.values()), 5)} if rng.random() < 0.15 else {})


def plan_lines(make: Maker, world: World, generator: str, body: Body) -> None:
    """Lines of the plan that fits, where one is filed of the unit or a site; sometimes another line, number or site, or none."""
    rng, plans = make.rng, world.state.plans
    year = event_day(make, body).year
    sites = [site for chain, site in plans if chain == f"plan/{generator}/{year}"]
    if not sites or "plan" not in body or rng.random() < 0.05:
        return
    site = rng.choice(sites)
    plan = plans[f"plan/{generator}/{year}", site]
    body["plan"] = {"filing_no": rng.choice(plan["numbers"]) if rng.random() < 0.97 else "示例备案外"}
    if site and rng.random() < 0.97:
        body["plan"]["site"] = site
    for line in body["lines"]:
        same = [
            number
            for number, planned in enumerate(plan["lines"])
            if (planned["code"], planned["method"]) == (line["code"], line["method"])
            and body["receiver"] in planned.get("receivers", [body["receiver"]])
        ]
        if same and rng.random() < 0.96:
            line["plan_line"] = rng.choice(same)
        elif rng.random() < 0.8:
            line["plan_line"] = rng.randint(0, len(plan["lines"]))
