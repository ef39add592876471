"""What goes wrong with firms and what they stand on: suspensions, closings, emergencies, waste without a manifest. On routes kept for it."""

from __future__ import annotations

from msgspec.structs import replace

from bench.years.ground import decision, registration
from bench.years.table import of_reserved, trouble
from bench.years.trip import HOUR, MINUTE, Life, YearTrip
from ledger.mass import format_mass
from ledger.times import DAY_S, day_of, format_at


def _refused_meanwhile(trip: YearTrip, *codes: str) -> Life:
    """Another issue is refused."""
    trip.wait(30 * MINUTE)
    yield trip.act("manifest.issue", (trip.generator,), trip.issue_body(number=None), trip.manifest(1), refused=codes)


@trouble("R-37, §7.8 (b)", "WL_SUSPENDED", "H:WL_SUSPENDED", fits=of_reserved)
def row_suspended(trip: YearTrip) -> Life:
    """The row is suspended while a truck is loaded, and put in force again after two days."""
    chain = trip.world.list_of(trip.route.direction, day_of(trip.now_s)[:4])

    def letter(days: int) -> dict[str, object]:
        return {
            "row": trip.site.row,
            "reason": "设施检修（虚构）",
            "letter_no": f"环函{trip.number}-{days}号（虚构）",
            "letter_date": day_of(trip.now_s),
        }

    yield trip.issue()
    trip.wait(10 * MINUTE)
    yield trip.act("list.suspend", (trip.taker,), letter(0), chain)
    yield from _refused_meanwhile(trip, "WL_SUSPENDED")
    yield trip.depart()
    yield trip.arrive()
    yield trip.receive()
    trip.now_s += 3 * HOUR
    resumed = yield trip.act("list.resume", (trip.taker,), letter(2), chain)
    trip.wait(HOUR)
    confirm = {"act": resumed, "letter_no": f"环函{trip.number}-3号（虚构）", "letter_date": day_of(trip.now_s)}
    yield trip.act("list.confirm", (trip.sender,), confirm, chain)
    yield from trip.end()


@trouble("R-17", "PERMIT_STATUS", "H:PERMIT_STATUS", fits=of_reserved)
def permit_suspended(trip: YearTrip) -> Life:
    """The receiver's permit is suspended while the load is on its way."""
    yield from trip.leave()
    trip.wait(HOUR)
    yield trip.act("permit.suspend", (trip.taker,), {"reason": "超标排放（虚构）"}, trip.site.permit)
    yield from _refused_meanwhile(trip, "PERMIT_STATUS")
    yield trip.arrive()
    yield trip.receive()
    trip.now_s += 3 * HOUR  # before the next morning, when half a year may be decided (ground)
    yield trip.act("permit.resume", (trip.taker,), {"reason": "整改完毕（虚构）"}, trip.site.permit)
    yield from trip.end()


@trouble("A28", "APPROVAL_STATUS", fits=of_reserved)
def decision_suspended(trip: YearTrip) -> Life:
    """The decision is suspended before the truck leaves: it waits until the afternoon."""
    yield trip.issue()
    trip.wait(10 * MINUTE)
    yield trip.act("approval.suspend", (trip.sender,), {"reason": "核实中（虚构）"}, trip.approval)
    departure = trip.depart()
    yield trip.act("manifest.depart", departure.by, departure.body, refused=("APPROVAL_STATUS",))
    trip.wait(HOUR)
    yield trip.act("approval.resume", (trip.sender,), {"reason": "已核实（虚构）"}, trip.approval)
    trip.wait(30 * MINUTE)
    yield trip.act("manifest.depart", departure.by, departure.body)
    yield from trip.come()


def _newcomer(trip: YearTrip) -> Life:
    """A generator more in the same place, with a decision of its own for two loads."""
    world, known = trip.world, trip.route.generator
    firm = world.cast.firm(known.province)
    trip.route = replace(trip.route, generator=firm, number=4095 - trip.number % 1000 * 2)
    trip.generator, trip.approval = firm.uscc, f"approval/{firm.uscc}/{world.ulid(trip.now_s, trip.number)}"
    trip.chain = trip.manifest(0)
    yield trip.act("party.register", (trip.sender,), registration(world, firm.uscc, firm.name), f"party/{firm.uscc}")
    ends = f"{day_of(trip.now_s)[:4]}-12-31"
    yield from decision(world, trip.route, trip.approval, trip.now_s, ends, 2 * trip.mass_g + 10**6)
    trip.wait(30 * MINUTE)


@trouble("§7.9, kinds §1.2", "ON_BEHALF", fits=of_reserved)
def closed_and_succeeded(trip: YearTrip) -> Life:
    """The generator is merged into another firm while its load is on the road."""
    heir = trip.generator
    yield from _newcomer(trip)
    yield from trip.leave()
    trip.wait(HOUR)
    closed = {"successor": heir, "closed_on": day_of(trip.now_s), "reason": "吸收合并（虚构）"}
    yield trip.act("party.amend", (trip.sender,), closed, f"party/{trip.generator}")
    yield trip.arrive()
    yield trip.receive()
    yield trip.dispose()
    trip.until_morning(1)
    yield trip.act("manifest.verify", (heir,), {})


@trouble("§7.9, kinds §1.2", "BY_AUTHORITY", "H:SIGNED_FOR_CLOSED", "PARTY_CLOSED", fits=of_reserved)
def closed_without_heir(trip: YearTrip) -> Life:
    """The generator is closed; nothing new is issued, and the authority verifies in its place."""
    yield from _newcomer(trip)
    yield from trip.leave()
    trip.wait(HOUR)
    yield trip.act("party.amend", (trip.sender,), {"closed_on": day_of(trip.now_s), "reason": "注销（虚构）"}, f"party/{trip.generator}")
    yield from _refused_meanwhile(trip, "PARTY_CLOSED")
    yield trip.arrive()
    yield trip.receive()
    yield trip.dispose()
    trip.until_morning(1)
    yield trip.act("manifest.verify", (trip.sender,), {})


@trouble("kinds §2", fits=of_reserved)
def renamed_on_the_way(trip: YearTrip) -> Life:
    """The receiver has another name when the load arrives."""
    yield from trip.leave()
    trip.wait(HOUR)
    name = f"{trip.site.firm.city}{trip.number}号厂（虚构）"
    yield trip.act("party.amend", (trip.taker,), {"name": name, "reason": "更名（虚构）"}, f"party/{trip.site.firm.uscc}")
    yield from trip.come()


@trouble("R-39, §6.3", fits=of_reserved)
def emergency(trip: YearTrip) -> Life:
    """A leak is carried off at once; both provinces join, and it is regularised after a week."""
    chain, happened_s = f"emergency/{trip.sender}/{trip.world.ulid(trip.now_s, trip.number)}", trip.now_s - HOUR
    letter = {"letter_no": f"环急函{trip.number}号（虚构）", "letter_date": day_of(trip.now_s)}
    declared = {
        "name": f"事件{trip.number}（虚构）", "happened_at": format_at(happened_s), "place": trip.route.generator.place, "plan_no": f"应{trip.number}号（虚构）",
        "plan_authority": "某县人民政府（虚构）", "generators": [trip.generator], "wastes": [trip.route.waste.scope],
        "receivers": [{"receiver": trip.site.firm.uscc, "permit": trip.site.permit}], "ceiling_t": format_mass(2 * trip.mass_g),
        "valid_from": day_of(trip.now_s), "valid_to": day_of(trip.now_s + 30 * DAY_S),
    }  # fmt: skip
    yield trip.act("emergency.declare", (trip.sender,), declared, chain)
    yield trip.act("emergency.join", (trip.taker,), letter, chain)
    trip.wait(20 * MINUTE)
    line = trip.line(decision_line=None, plan_line=None)
    yield trip.issue(type="emergency", emergency=chain, approval=None, plan=None, number=None, lines=[line])
    yield trip.depart()
    yield trip.arrive()
    yield trip.receive()
    trip.until_morning(7)
    report = {"trunk": trip.world.trunk(trip.chain), "about": "regularised", "given_at": format_at(trip.now_s), "text": "已补办（虚构）"}
    yield trip.act("case.report", (trip.sender,), report, trip.case())
    yield from trip.end()
    trip.until_morning(1)
    yield trip.act("emergency.close", (trip.sender,), {"closed_on": day_of(trip.now_s), "summary": "全部运离（虚构）"}, chain)


@trouble("§6.2", "H:UNMANIFESTED", fits=of_reserved)
def without_a_manifest(trip: YearTrip) -> Life:
    """Waste stands at the gate of which nobody told the log."""
    chain = f"incident/{trip.site.firm.uscc}/{trip.world.ulid(trip.now_s, trip.number)}"
    waste = trip.route.waste
    line = {"name": waste.name, "code": waste.code, "form": waste.form, "packing": waste.packing, "mass_t": "0.8"}
    told = {
        "arrived_at": format_at(trip.now_s - HOUR),
        "place": trip.site.firm.place,
        "sender": trip.generator,
        "lines": [line],
        "kept": "stored",
    }
    yield trip.act("incident.unmanifested", (trip.site.firm.uscc,), told, chain)
    trip.until_morning(3)
    yield trip.act("incident.close", (trip.taker,), {"closed_on": day_of(trip.now_s), "finding": "责令改正（虚构）"}, chain)


@trouble("R-15", "M:PLAN_OVER", fits=of_reserved)
def beyond_the_plan(trip: YearTrip) -> Life:
    """More goes than was planned for the year; the plan is changed."""
    plan = f"plan/{trip.generator}/{day_of(trip.now_s)[:4]}"
    yield trip.act("plan.amend", (trip.generator,), {"reason": "减产（虚构）", "set": [{"line": 0, "mass_t": "0.1"}]}, plan)
    trip.wait(10 * MINUTE)
    yield trip.issue()
    trip.wait(10 * MINUTE)
    yield trip.act("plan.amend", (trip.generator,), {"reason": "增产（虚构）", "set": [{"line": 0, "mass_t": "9000"}]}, plan)
    yield trip.depart()
    yield from trip.come()
