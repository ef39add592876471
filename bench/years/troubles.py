"""What goes wrong with loads: weights, refusals and returns, loads that never leave or come, what the log hears late."""

from __future__ import annotations

from msgspec.structs import replace

from bench.years.ground import decision
from bench.years.table import of_listed, of_solid, trouble
from bench.years.trip import HOUR, MINUTE, Life, YearTrip
from ledger.mass import format_mass
from ledger.times import DAY_S, day_of, format_at

_UPSET = {"reason_code": "packing", "reason": "外壳破损（虚构）"}


# --- weights -----------------------------------------------------------------------------------------------------------------------


def _came(trip: YearTrip, permille: int) -> None:
    trip.net_g = trip.mass_g * permille // 1000


@trouble("R-62", "M:WEIGHT", fits=of_solid)
def somewhat_less(trip: YearTrip) -> Life:
    """3 % less came than was sent, told and reported."""
    trip.mass_g = max(trip.mass_g, 4 * 10**6)
    _came(trip, 970)
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive(is_reported=True)
    yield from trip.end()


@trouble("R-61, R-62", "H:WEIGHT", "H:DISCREPANCY_UNREPORTED")
def much_less(trip: YearTrip) -> Life:
    """A tenth is missing, and nobody was told."""
    _came(trip, 880)
    yield from trip.leave()
    yield from trip.come()


@trouble("R-62", "H:WEIGHT")
def much_more(trip: YearTrip) -> Life:
    """An eighth more came than was weighed in."""
    _came(trip, 1125)
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive(is_reported=True)
    yield from trip.end()


@trouble("R-62", "H:LOAD_WEIGHT")
def loaded_less(trip: YearTrip) -> Life:
    """A fifth less is loaded than was declared."""
    yield trip.issue()
    trip.net_g = trip.mass_g * 4 // 5
    yield trip.depart(loaded=[{"line": 0, "mass_t": format_mass(trip.net_g)}])
    yield from trip.come()


@trouble("§6.2", "M:WEIGHING_SUM")
def ticket_says_otherwise(trip: YearTrip) -> Life:
    """The ticket of the loading has a deduction."""
    yield trip.issue()
    ticket = {"no": f"BD{trip.number}", "gross_t": "45", "tare_t": "15", "net_t": format_mass(trip.mass_g - 200_000)}
    yield trip.depart(tickets=[ticket])
    yield from trip.come()


# --- what the receiver does not take -------------------------------------------------------------------------------------------------


def _home(trip: YearTrip, mass_g: int) -> Life:
    """退回: the refused grams on a manifest of their own."""
    back, trip.chain = trip.chain, trip.manifest(1)
    trip.until_morning(2)
    first, trip.plate = trip.site.firm.place, ""
    line = trip.line(mass_t=format_mass(mass_g), decision_line=None, plan_line=None, packs=1)
    home = trip.route.generator.place
    yield trip.issue(
        lines=[line], receiver=trip.generator, permit=None, approval=None, plan=None, contract=None, number=None, origin=first, destination=home,
        returns={"manifest": back, "how": "back", "lines": [0]},
    )  # fmt: skip
    gate = {"labels": _labels(trip, 1), "checks": ["carrier", "vehicle", "crew", "labels"]}
    yield trip.depart(place=first, loaded=[{"line": 0, "mass_t": format_mass(mass_g)}], gate=gate)
    yield trip.arrive(place=home)
    taker, trip.net_g = trip.site, mass_g
    receipt = trip.receive(accepted_t=format_mass(mass_g))
    yield trip.act("manifest.receive", (trip.generator,), receipt.body)
    trip.chain, trip.site = back, taker


def _labels(trip: YearTrip, count: int) -> list[str]:
    return [] if trip.route.waste.packing == "tank" else trip.world.labels(trip.generator, trip.route.waste.code, trip.now_s, count)


@trouble("R-63, R-65", "L:RETURN_TRIP")
def refused_and_returned(trip: YearTrip) -> Life:
    """All of it is refused and goes home."""
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive(opinion="reject", accepted_t="0", is_reported=True, **_UPSET)
    yield from _home(trip, trip.mass_g)
    trip.until_morning(1)
    yield trip.verify()


@trouble("R-63, R-65", "L:RETURN_TRIP")
def partly_accepted(trip: YearTrip) -> Life:
    """A fifth is refused and goes home; the rest is treated."""
    refused_g = trip.mass_g // 5
    trip.net_g = trip.mass_g
    yield from trip.leave()
    yield trip.arrive()
    taken_t = format_mass(trip.mass_g - refused_g)
    yield trip.receive(opinion="partly", accepted_t=taken_t, refused_t=format_mass(refused_g), is_reported=True, **_UPSET)
    yield trip.dispose()
    yield from _home(trip, refused_g)
    yield trip.verify()


@trouble("R-65", "M:ORIGIN_ELSEWHERE", fits=of_listed)
def refused_and_redirected(trip: YearTrip) -> Life:
    """What one receiver refuses, another one in its province takes, on a decision of its own."""
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive(opinion="reject", accepted_t="0", is_reported=True, **_UPSET)
    refused, first, trip.chain, trip.plate = trip.chain, trip.site, trip.manifest(1), ""
    assert trip.route.then is not None, "it fits"
    trip.site = trip.route.then
    trip.until_morning(1)
    approval = f"approval/{trip.generator}/{trip.world.ulid(trip.now_s, trip.number)}"
    ends = f"{day_of(trip.now_s)[:4]}-12-31"
    yield from decision(trip.world, replace(trip.route, site=trip.site), approval, trip.now_s, ends, trip.mass_g)
    line = trip.line(plan_line=None)
    yield trip.issue(
        lines=[line],
        approval=approval,
        plan=None,
        contract=None,
        number=None,
        origin=first.firm.place,
        returns={"manifest": refused, "how": "redirect", "lines": [0]},
    )
    yield trip.depart(place=first.firm.place)
    yield from trip.come()
    trip.chain = refused
    trip.until_morning(1)
    yield trip.verify()


@trouble("§1.4, R-63", "DECLINED")
def declined(trip: YearTrip) -> Life:
    """The receiver says no before the truck leaves."""
    yield trip.issue()
    yield trip.receive(opinion="reject", accepted_t="0", reason_code="no_capacity", reason="停炉检修（虚构）")
    yield trip.verify()


# --- what never leaves, or never comes ----------------------------------------------------------------------------------------------


@trouble("R-59")
def voided_and_issued_anew(trip: YearTrip) -> Life:
    """A typing error: void, and once more."""
    yield trip.issue()
    trip.wait(20 * MINUTE)
    yield trip.act("manifest.void", (trip.generator,), {"reason": "填写有误（虚构）"})
    trip.chain = trip.manifest(1)
    yield from trip.leave()
    yield from trip.come()


@trouble("R-59", "VOID_LATE")
def voided_too_late(trip: YearTrip) -> Life:
    """The truck has gone."""
    yield from trip.leave()
    trip.wait(HOUR)
    yield trip.act("manifest.void", (trip.generator,), {"reason": "改期（虚构）"}, refused=("VOID_LATE",))
    yield from trip.come()


@trouble("M5")
def never_departed(trip: YearTrip) -> Life:
    """Issued, and voided after two months."""
    yield trip.issue()
    trip.until_morning(60)
    yield trip.act("manifest.void", (trip.generator,), {"reason": "未起运（虚构）"})


@trouble("M5, §7.8", "H:CLOSED_GAP")
def stolen(trip: YearTrip) -> Life:
    """It never comes; both authorities close it with a gap after six weeks."""
    yield from trip.leave()
    trip.wait(3 * HOUR)
    happened = format_at(trip.now_s)
    told = {"incident": "stolen", "happened_at": happened, "place": trip.route.generator.place, "text": "车辆被盗（虚构）", "manifests": [trip.chain],
            "informed": [{"name": "公安机关（虚构）", "at": happened}]}  # fmt: skip
    theft = f"incident/{trip.carrier}/{trip.world.ulid(trip.now_s, trip.number)}"
    trip.wait(HOUR)
    yield trip.act("incident.report", (trip.carrier,), told, theft)
    trip.until_morning(42)
    gaps = [{"line": 0, "mass_t": format_mass(trip.mass_g), "cause": "stolen"}]
    body = {"trunk": trip.world.trunk(trip.chain), "gaps": gaps, "finding": "已立案（虚构）"}
    yield trip.act("case.close_with_gap", (trip.taker, trip.sender), body, trip.case())
    trip.wait(HOUR)
    yield trip.act("incident.close", (trip.sender,), {"closed_on": day_of(trip.now_s), "finding": "已立案（虚构）"}, theft)


@trouble("§7.8", "M:INCIDENT")
def accident(trip: YearTrip) -> Life:
    """A leak on the motorway; the rest arrives."""
    yield from trip.leave()
    trip.wait(HOUR)
    happened = format_at(trip.now_s)
    chain = f"incident/{trip.carrier}/{trip.world.ulid(trip.now_s, trip.number)}"
    told = {"incident": "leak", "happened_at": happened, "place": trip.site.firm.place, "text": "追尾渗漏（虚构）", "manifests": [trip.chain],
            "code": trip.route.waste.code, "mass_t": "0.005", "measures": "围堵（虚构）"}  # fmt: skip
    trip.wait(20 * MINUTE)
    yield trip.act("incident.report", (trip.carrier,), told, chain)
    yield trip.arrive()
    yield trip.receive()
    trip.until_morning(1)
    yield trip.act("incident.close", (trip.taker,), {"closed_on": day_of(trip.now_s), "finding": "无环境影响（虚构）"}, chain)
    yield from trip.end()


@trouble("R-69, R-68")
def never_disposed(trip: YearTrip) -> Life:
    """Stored for more than a year."""
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive()
    trip.until_morning(400)
    yield trip.dispose(days=1)
    yield trip.verify()


# --- what the log hears late ----------------------------------------------------------------------------------------------------------


@trouble("R-60", "M:RECEIPT_OVERDUE")
def confirmed_late(trip: YearTrip) -> Life:
    """Accepted, and confirmed on the eleventh day."""
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive(confirmed_s=11 * DAY_S)
    yield from trip.end()


@trouble("formats §6", "LATE")
def told_late(trip: YearTrip) -> Life:
    """No network for three days."""
    yield from trip.leave()
    yield trip.arrive(late_s=3 * DAY_S)
    yield trip.receive(late_s=3 * DAY_S)
    trip.now_s += 3 * DAY_S
    yield from trip.end()


@trouble("formats §6", "H:LATE_LONG", "LATE")
def told_after_weeks(trip: YearTrip) -> Life:
    """The receipt is entered in the month after it, forty days later."""
    yield from trip.leave()
    yield trip.arrive(late_s=40 * DAY_S)
    yield trip.receive(late_s=40 * DAY_S)
    trip.now_s += 40 * DAY_S
    yield from trip.end()


@trouble("R-60", "H:NO_DEPARTURE", "NO_DEPARTURE")
def without_departure(trip: YearTrip) -> Life:
    """Nobody recorded that it left."""
    yield trip.issue()
    yield trip.receive(wait_s=5 * HOUR)
    yield from trip.end()


def _backfilled(trip: YearTrip, days: int) -> Life:
    departed_s = trip.now_s
    completed_s, told_s = departed_s + 6 * HOUR, departed_s + days * DAY_S
    scan = {"sha256": f"{trip.number:064x}", "size": 480_213, "media_type": "application/pdf", "name": "纸质联单.pdf"}
    paper = {
        "no": f"FX-{trip.number}",
        "reason": "国家系统停机（虚构）",
        "departed_at": format_at(departed_s),
        "completed_at": format_at(completed_s),
        "scan": scan,
    }
    trip.now_s = told_s
    yield trip.issue(type="backfill_ordinary", paper=paper)
    late_s = told_s - departed_s
    for act, after_s in ((trip.depart(), 0), (trip.arrive(), 4 * HOUR)):
        trip.now_s = departed_s + after_s
        yield trip.act(act.kind[:-2], act.by, act.body, late_s=late_s)
    trip.now_s = departed_s + 4 * HOUR
    yield trip.receive(late_s=late_s)
    trip.now_s = told_s
    yield from trip.end()


@trouble("R-70", "BACKFILL", "LATE")
def on_paper(trip: YearTrip) -> Life:
    """Back-filled within ten working days."""
    yield from _backfilled(trip, 6)


@trouble("R-70", "BACKFILL", "M:BACKFILL_LATE")
def on_paper_and_late(trip: YearTrip) -> Life:
    """Back-filled after five weeks."""
    yield from _backfilled(trip, 36)
