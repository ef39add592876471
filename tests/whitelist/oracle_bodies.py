"""Bodies of manifest.issue for the oracle's worlds: valid ones by route, and mutations that bend them at every rule (kinds.md §5)."""

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta

from .oracle import World
from .oracle_data import SHANGHAI, day_of, grams, moment_of, tonnes
from .oracle_scene import CARRIERS, GENERATORS, RETIRED, SICHUAN, WASTES, Body, Maker, Waste
from .oracle_state import Approval, Permit

ZERO_FILE = {"sha256": "0" * 64, "size": 1000, "media_type": "image/png", "name": "scan.png"}


OUTSIDE = {"no": "外省决定", "authority": "外省主管部门", "decided_on": "2024-06-01", "valid_to": "2027-12-31"}
"""A decision of a province without authority on this log."""


def waste_line(make: Maker, waste: Waste, method: str, mass_g: int, name: str | None = None) -> Body:
    """A line that holds by itself, of a waste of the scene."""
    line: Body = {
        "name": name or waste.name,
        "code": waste.code,
        "category": waste.category,
        "hazards": list(waste.hazards),
        "components": "示例成分",
        "form": waste.form,
        "packing": waste.packing,
        "packs": make.rng.randint(1, 4),
        "mass_t": tonnes(mass_g),
        "method": method,
        "dg_none": "不属于危险货物",
    }
    if waste.code.startswith("900-000-"):
        line["identification"] = "示例鉴别报告"
    if make.rng.random() < 0.4:
        del line["dg_none"]
        line["dg"] = {"un_no": "3077", "dg_class": "9", "packing_group": "III"}
    return line


def masses(make: Maker, world: World, permit: Permit, room_g: int | None) -> int:
    """A mass: small, or just at a bound of Q2 (`room_g` left) or Q3 (100 %, 120 %), or one gram above it."""
    rng, root = make.rng, permit.root
    used = world.state.accounts.get(f"Q3 {root}", 0) - world.state.scale(root, make.today.year).base_g
    scale_g = grams(permit.body["scale_t"])
    bounds = [scale_g - used, scale_g * 12 // 10 - used] + ([room_g] * 8 if room_g is not None else [])
    if rng.random() < (0.12 if room_g is None else 0.25):
        bound = rng.choice(bounds) + rng.choice((0, 0, 1))
        if 0 < bound <= 100_000 * 1_000_000:
            return bound
    small = rng.randint(1, 9_000_000)
    return min(small, room_g) if room_g and rng.random() < 0.9 else small


def issue_body(make: Maker, generator: str, permit: Permit, lines: list[Body], origin: str) -> Body:
    """A valid frame around lines: from `origin` to the permit's place."""
    rng, year = make.rng, make.today.year
    body: Body = {
        "receiver": permit.holder,
        "permit": permit.chain,
        "origin": {"division": origin, "address": "示范路厂区（虚构）"},
        "destination": {"division": permit.body["division"], "address": "示范路设施区（虚构）"},
        "consignor": rng.choice(("generator", "generator", "receiver")),
        "carriers": [rng.choice(CARRIERS[:2])],
        "plan": {"filing_no": "示例备案甲"},
        "contract": {"no": "示例合同乙", "valid_to": f"{year + 1}-06-30"},
        "emergency_measures": "泄漏时围挡收集，报告主管部门。",
        "lines": lines,
    }
    if rng.random() < 0.5:
        city = "50" + rng.choice(("00", "01", "02")) if origin.startswith("50") else origin[:4]
        body["number"] = f"{year}{city}{rng.randint(0, 40 if rng.random() < 0.4 else 999_999):06d}"
    if rng.random() < 0.3:
        body["pre_notice"] = {"given_at": (make.now - timedelta(days=rng.choice((0, 1, 2, 5)))).isoformat()}
    if rng.random() < 0.2:
        body["planned_at"] = make.now.isoformat()
    return body


def backfill(make: Maker, body: Body, approval: Approval | None, last: date) -> None:
    """Make the issue a back-fill: departed some days ago, on a boundary day, in the year before, or on the last day of what is over."""
    rng = make.rng
    back = timedelta(minutes=rng.choice((30, 300, 3_000, 8_000, 16_000, 22_000, 40_000)))
    departed = make.now - back
    turn = datetime(make.today.year, 1, 1, 0, 0, tzinfo=SHANGHAI)
    if rng.random() < 0.35 and make.now - turn < timedelta(days=60):
        departed = turn - rng.choice((timedelta(seconds=1), timedelta(0), timedelta(days=2), timedelta(days=40)))
    if approval and approval.decided_on and rng.random() < 0.75:
        decided = datetime(approval.decided_on.year, approval.decided_on.month, approval.decided_on.day, tzinfo=SHANGHAI)
        departed = max(departed, decided) if rng.random() < 0.8 else decided - timedelta(seconds=rng.choice((0, 1)))
    if last < make.today and rng.random() < 0.8:
        over = datetime(last.year, last.month, last.day, tzinfo=SHANGHAI) + timedelta(days=1)
        departed = over - timedelta(seconds=rng.choice((0, 1, 1, 40_000)))
    departed = min(departed, make.now)
    completed = min(departed + timedelta(minutes=rng.choice((0, 90, 2_000))), make.now)
    body["type"] = "backfill_" + rng.choice(("ordinary", "ordinary", "special", "border"))
    body["paper"] = {
        "reason": "系统故障",
        "departed_at": departed.isoformat(),
        "completed_at": completed.isoformat(),
        "scan": ZERO_FILE,
    }
    if "number" in body and rng.random() < 0.7:
        body["number"] = str(departed.year) + body["number"][4:]


def of_lines(approval: Approval) -> list[int]:
    """The numbers of a decision's granted lines."""
    return sorted(approval.granted)


def event_day(make: Maker, body: Body) -> date:
    """The day that the terms of this issue are judged by."""
    paper = body.get("paper")
    departed = moment_of(paper["departed_at"]) if paper else None
    return day_of(departed) if departed else make.today


Mutation = Callable[[Maker, World, Body], None]


def _line(make: Maker, body: Body) -> Body:
    picked: Body = make.rng.choice(body["lines"])
    return picked


def _set(path: str, *values: object) -> Mutation:
    """Set `path` (`lines.x` means a line picked by chance) to one of the values; None removes it."""

    def mutate(make: Maker, world: World, body: Body) -> None:
        *parents, last = path.split(".")
        target = body
        for part in parents:
            target = _line(make, body) if part == "lines" else target.setdefault(part, {})
        value = make.rng.choice(values)
        if value is None:
            target.pop(last, None)
        else:
            target[last] = copy.deepcopy(value)

    return mutate


def _other_permit(make: Maker, world: World, body: Body) -> None:
    body["permit"] = make.rng.choice(list(world.state.permits))


def _other_receiver(make: Maker, world: World, body: Body) -> None:
    permit = world.state.permits[make.rng.choice(list(world.state.permits))]
    body["receiver"] = permit.holder
    body["permit"] = permit.chain
    body["destination"] = {**body["destination"], "division": permit.body["division"]}


def _other_approval(make: Maker, world: World, body: Body) -> None:
    if world.state.approvals and "approval" in body:
        body["approval"] = make.rng.choice(list(world.state.approvals))


def _unknown(make: Maker, world: World, body: Body) -> None:
    if "approval" in body and make.rng.random() < 0.5:
        body["approval"] = make.name(*body["approval"].split("/")[:2])
    else:
        body["permit"] = make.name("permit", *body["permit"].split("/")[1:2])


def _taken_number(make: Maker, world: World, body: Body) -> None:
    if world.state.numbers:
        body["number"] = make.rng.choice(list(world.state.numbers))


def _other_waste(make: Maker, world: World, body: Body) -> None:
    waste, line = make.rng.choice(WASTES), _line(make, body)
    line.update(code=waste.code, category=waste.category, hazards=list(waste.hazards))


def _odd_code(make: Maker, world: World, body: Body) -> None:
    code, line = make.rng.choice((*RETIRED, "321-035-48", "900-777-49", "900-000-18", "900-000-31")), _line(make, body)
    line.update(code=code, category="HW" + code[-2:], hazards=["T"])


def _exemption(make: Maker, world: World, body: Body) -> None:
    """Claims that hold and claims that do not, by edition, code, words, hazards."""
    rng, line = make.rng, _line(make, body)
    fitting = {"900-052-31": 18, "772-002-18": 12, "900-249-08": 8, "900-300-34": 20, "900-352-35": 21, "193-002-21": 16}
    edition = 2021 if event_day(make, body) < date(2025, 1, 1) else 2025
    item = fitting.get(line.get("code", ""), 25) if rng.random() < 0.7 else rng.choice((1, 2, 12, 18, 20, 22, 24, 25, 26, 27, 31, 32, 33))
    claim: Body = {"edition": edition if rng.random() < 0.85 else rng.choice((2021, 2025)), "item": item}
    if rng.random() < 0.5:
        claim["ref"] = "示例方案文号"
    line["exemptions"] = [claim]
    if rng.random() < 0.5:
        line.pop("dg", None)
        line.pop("dg_none", None)


def _precautions(make: Maker, world: World, body: Body) -> None:
    body.pop("emergency_measures", None)
    for line in body["lines"]:
        if make.rng.random() < 0.8:
            line["precautions"] = "远离火源"


def _paper_order(make: Maker, world: World, body: Body) -> None:
    if "paper" in body:
        paper = body["paper"]
        paper["departed_at"], paper["completed_at"] = paper["completed_at"], paper["departed_at"]
        if make.rng.random() < 0.5:
            paper["completed_at"] = (make.now + timedelta(hours=1)).isoformat()


def _planned(make: Maker, world: World, body: Body) -> None:
    """planned_at on the last day of decision line or permit line, its last second, or the first of the day after."""
    permit = world.state.permits.get(body["permit"])
    last = [world.state.newest_of_line(permit).body["valid_to"]] if permit else ["2099-12-31"]
    approval = world.state.approvals.get(body.get("approval", ""))
    if approval:
        last += [granted["ends_on"].isoformat() for granted in approval.granted.values()]
    day = date.fromisoformat(make.rng.choice(last))
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    body["planned_at"] = (midnight - timedelta(seconds=make.rng.choice((0, 1)))).isoformat()


def _nearby(make: Maker, world: World, body: Body) -> None:
    """Another county of the same province, without a number that would tell."""
    body["origin"] = {**body["origin"], "division": "510113" if body["origin"]["division"].startswith("51") else "500118"}
    body.pop("number", None)


def _contract(make: Maker, world: World, body: Body) -> None:
    day = event_day(make, body) - timedelta(days=make.rng.choice((0, 1)))
    body["contract"] = {"no": "示例合同丙", "valid_to": day.isoformat()}


def _dg_both(make: Maker, world: World, body: Body) -> None:
    _line(make, body).update(dg={"un_no": "3077", "dg_class": "9"}, dg_none="说明")


def _no_dg(make: Maker, world: World, body: Body) -> None:
    line = _line(make, body)
    line.pop("dg", None)
    line.pop("dg_none", None)


def _number_of_another(make: Maker, world: World, body: Body) -> None:
    """A number that another generator of the province holds, with the origin it tells."""
    known = [(n, world.state.manifests[held[-1][1]].body) for n, held in world.state.numbers.items()]
    near = [(n, b["origin"]) for n, b in known if b["origin"]["division"][:2] == body["origin"]["division"][:2]]
    if near:
        body["number"], place = make.rng.choice(near)
        body["origin"] = {**body["origin"], "division": place["division"]}


def old_book(make: Maker, body: Body) -> None:
    """A code or hazards that no edition has: before 2025 an alert, from then on refused."""
    line = _line(make, body)
    code = {"HW21": "336-100-21", "HW49": "900-777-49"}.get(line["category"])
    line["hazards"] = ["T"] if code else ["R", "I"]
    line["code"] = code or line["code"]


def _far_number(make: Maker, world: World, body: Body) -> None:
    city = make.rng.choice(("5101", "5117", "5000", "5001", "5003", "5201"))
    body["number"] = f"{make.today.year}{city}{make.rng.randint(0, 999_999):06d}"


def _many_hazards(make: Maker, world: World, body: Body) -> None:
    line = _line(make, body)
    own = line["hazards"]
    line["hazards"] = make.rng.choice((own * 2, own[::-1], ["T"], ["C"], ["T", "C"], ["I"], ["T", "C", "I", "R"], ["In", "T"]))[:8]


def _later_field(make: Maker, world: World, body: Body) -> None:
    """A field whose rules come later, in good form."""
    name = make.rng.choice(("emergency", "pilot", "type"))
    if name == "emergency":
        body[name] = make.name("emergency", SICHUAN)
    elif name == "pilot":
        body[name] = {"list": "list/2026-00-50-pilot", "row": 0}
    else:
        body |= {"type": "emergency", "emergency": make.name("emergency", SICHUAN)}


def _twin_line(make: Maker, world: World, body: Body) -> None:
    if len(body["lines"]) < 16:
        body["lines"].append(copy.deepcopy(_line(make, body)))


def _decision_line(make: Maker, world: World, body: Body) -> None:
    _line(make, body)["decision_line"] = make.rng.choice((0, 1, 2, 63))


def _same_carrier(make: Maker, world: World, body: Body) -> None:
    body["carriers"] = make.rng.choice(([CARRIERS[0]] * 2, [CARRIERS[2]], [CARRIERS[1], CARRIERS[2]]))


PLAIN: list[tuple[str, Mutation]] = [
    ("permit of another", _other_permit),
    ("receiver of another", _other_receiver),
    ("approval of another", _other_approval),
    ("unknown chain", _unknown),
    ("taken number", _taken_number),
    ("number elsewhere", _far_number),
    ("number of another", _number_of_another),
    ("number of another ", _number_of_another),
    ("other waste", _other_waste),
    ("odd code", _odd_code),
    ("exemption", _exemption),
    *[("exemption", _exemption)] * 3,
    ("precautions", _precautions),
    ("paper order", _paper_order),
    ("planned", _planned),
    ("origin nearby", _nearby),
    ("contract", _contract),
    ("no contract", _set("contract", None)),
    ("dg both", _dg_both),
    ("no dg", _no_dg),
    ("hazards", _many_hazards),
    ("hazards ", _many_hazards),
    ("twin line", _twin_line),
    ("decision line", _decision_line),
    ("no decision line", _set("lines.decision_line", None)),
    ("carriers", _same_carrier),
    ("no approval", _set("approval", None)),
    ("category", _set("lines.category", "HW31", "HW49", "HW18")),
    ("method", _set("lines.method", "D10", "R4", "C1", "S", "D16", "R9", "C2")),
    ("purpose", _set("lines.purpose", "use", "dispose", "store")),
    ("name", _set("lines.name", "另一种废物", "废铅蓄电池")),
    ("identification", _set("lines.identification", None, "示例鉴别报告")),
    ("bag", _set("lines.packing", "bag", "none", "tank")),
    ("packs", _set("lines.packs", 0, 1)),
    ("form", _set("lines.form", "L", "S", "G")),
    ("mass", _set("lines.mass_t", "0.000001", "49", "49.000001", "120", "120.000001", "99999.999999")),
    ("origin", _set("origin.division", "510112", "500117", "511702", "500157", "500112", "510999", "520103")),
    ("destination", _set("destination.division", "500157", "500112", "500105", "500117", "510106", "500999")),
    ("origin site", _set("origin.site", "cq-1", "home", "old", "none", None)),
    ("destination site", _set("destination.site", "kiln", "cq-1")),
    ("number", _set("number", None)),
    ("plan", _set("plan", None)),
    ("pipeline", _set("mode", "pipeline", "water", "rail")),
    ("type", _set("type", "in_transfer", "pipeline", "backfill_ordinary", "normal")),
    ("no paper", _set("paper", None)),
    (
        "decision off log",
        _set("decision", OUTSIDE),
    ),
]
"""Bent at a rule; a body may stay valid (that is wanted: the boundary belongs to both sides)."""

FORM: list[tuple[str, Mutation]] = [
    ("sea", _set("mode", "sea", "air")),
    ("consignor", _set("consignor", "carrier", None)),
    ("mass form", _set("lines.mass_t", "0", "1.1234567", "01", "-1", "100000.000001", "1,5", None)),
    ("method form", _set("lines.method", "R10", "r4", None)),
    ("code form", _set("lines.code", "90005231", "９００-052-31", None)),
    ("uscc", _set("receiver", GENERATORS["510112"][:17] + "!", "915001170000FX0000", None)),
    ("name blank", _set("lines.name", "\u3164", "  ", None)),
    ("name long", _set("lines.name", "长" * 201)),
    ("measures long", _set("emergency_measures", "长" * 2001)),
    ("planned form", _set("planned_at", "2026-02-30T08:00:00+08:00", "2026-12-01T08:00:00Z", "2026-12-01")),
    ("contract form", _set("contract.valid_to", "2026-02-29", "20261231", "2026-13-01")),
    ("number form", _set("number", "2026510100012", "20269901000123", "2026510100012A")),
    ("division form", _set("origin.division", "5101", "91510112")),
    ("trip", _set("trip_id", "a b", "示例")),
    ("packing form", _set("lines.packing", "crate", None)),
    ("later field", _later_field),
    ("later field ", _later_field),
    ("no lines", _set("lines", [])),
    ("dg form", _set("lines.dg", {"un_no": "30", "dg_class": "9"}, {"un_no": "3077", "dg_class": "10"})),
    ("packs form", _set("lines.packs", "1", -1)),
]
"""Out of form: each gives its own code and stops the rest."""


def bend(make: Maker, world: World, body: Body) -> str:
    """Apply 0–3 mutations to a body in place; says which."""
    rng = make.rng
    count = rng.choices((0, 1, 2, 3), (46, 34, 14, 6))[0]
    notes = []
    for _ in range(count):
        name, mutate = rng.choice(FORM if rng.random() < 0.12 else PLAIN)
        if body["lines"]:
            mutate(make, world, body)
            notes.append(name.strip())
    return ", ".join(notes)
