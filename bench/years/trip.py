"""The life of one load: what its parties sign and when. A life is told act by act and learns the hash of each, so that a later one can name it."""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import Any

from msgspec import Struct

from bench.load import FROM, TO
from bench.years.cast import Route, Site
from bench.years.world import World
from ledger.mass import format_mass, parse_mass
from ledger.times import DAY_S, day_of, format_at

MINUTE, HOUR, KILOGRAM = 60, 3600, 1000
STEP_G, LIGHT_G, HEAVY_G = 20 * KILOGRAM, 400 * KILOGRAM, 30_000 * KILOGRAM
"""Division of a weighbridge; lightest and heaviest load."""
TARE_T = 15
CHECKS = ("carrier", "vehicle", "crew", "labels")
Body = dict[str, Any]


class YearAct(Struct, frozen=True, kw_only=True):
    """A statement: ``at_s`` when it happens, ``post_s`` when the log hears of it at the earliest; ``refused`` the codes that it must be refused for."""

    kind: str
    chain: str
    by: tuple[str, ...]
    body: Body
    at_s: int
    post_s: int
    refused: tuple[str, ...] = ()


Life = Generator[YearAct, str, None]
"""Is told the statement hash of each act."""


class YearTrip:
    """One load on its way. The clock ``now_s`` is moved on by every act."""

    def __init__(self, world: World, route: Route, number: int, issued_s: int, dice: Random) -> None:
        self.world, self.route, self.number, self.now_s, self.dice = world, route, number, issued_s, dice
        mean_g = route.waste.mean_t * 1e6
        mass_g = round(min(max(dice.gauss(mean_g, mean_g / 4), LIGHT_G), HEAVY_G))
        self.mass_g = mass_g - mass_g % STEP_G
        self.net_g = self.mass_g - dice.choice((0, 0, 0, 0, 0, 0, 1, 2, -1)) * STEP_G
        self.site: Site = route.site
        self.generator, self.carrier = route.generator.uscc, route.carrier.uscc
        self.sender = self.authority_of(route.generator.province)
        self.taker = self.authority_of(self.site.firm.province)
        self.approval = world.approval(route, issued_s)
        self.plan_no = f"GL-{route.generator.division}-{day_of(issued_s)[:4]}-{route.number:03d}"
        self.chain = self.manifest(0)
        self.plate = ""
        self.stock_g = 0
        self.cases = 0

    @staticmethod
    def authority_of(province: str) -> str:
        """Of Sichuan or Chongqing."""
        return FROM if province == "51" else TO

    def manifest(self, more: int) -> str:
        """A chain of this life: the first, or one more."""
        return f"manifest/{self.generator}/{self.world.ulid(self.now_s, self.number * 16 + more)}"

    def case(self) -> str:
        """A case more beside the load."""
        self.cases += 1
        return f"{self.chain.replace('manifest', 'case', 1)}/{self.world.ulid(self.now_s, self.number * 16 + 8 + self.cases)}"

    def wait(self, least_s: int, most_s: int = 0) -> None:
        """Time passes."""
        self.now_s += self.dice.randrange(least_s, most_s, MINUTE) if most_s else least_s

    def until_morning(self, days: int) -> None:
        """To the working hours of some day later."""
        self.now_s += days * DAY_S - (self.now_s + 8 * HOUR) % DAY_S + self.dice.randrange(9 * HOUR, 16 * HOUR, MINUTE)

    def act(
        self, kind: str, by: tuple[str, ...], body: Body, chain: str = "", *, late_s: int = 0, refused: tuple[str, ...] = ()
    ) -> YearAct:
        """Something that happens now, told ``late_s`` later."""
        return YearAct(
            kind=f"{kind}/1",
            chain=chain or self.chain,
            by=by,
            body=body,
            at_s=self.now_s,
            post_s=self.now_s + late_s,
            refused=refused,
        )

    # --- the six acts, each as usual but for what is said -----------------------------------------------------------------------

    def line(self, **changes: Any) -> Body:
        """The waste on the form."""
        waste = self.route.waste
        dg = {"dg": {"un_no": waste.un[0], "dg_class": waste.un[1]}} if waste.un else {"dg_none": "未列入危险货物品名表"}
        plan = {"plan_line": 0} if self.world.has_plan(self.route) else {}
        return waste.named | {
            "components": waste.components, "form": waste.form, "packing": waste.packing, "packs": self.packs, "mass_t": format_mass(self.mass_g),
            "method": waste.method, "decision_line": 0,
        } | dg | plan | changes  # fmt: skip

    @property
    def packs(self) -> int:
        """One a tonne, or a tank."""
        return 1 if self.route.waste.packing == "tank" else -(-self.mass_g // parse_mass("1"))

    def issue_body(self, **changes: Any) -> Body:
        """Part 1 of the form; what is None is left out."""
        route = self.route
        return {
            "lines": [self.line()], "receiver": self.site.firm.uscc, "permit": self.site.permit, "approval": self.approval,
            "number": self.world.national_number(route.generator.division, self.now_s), "origin": route.generator.place,
            "destination": self.site.firm.place, "consignor": "generator", "carriers": [self.carrier],
            "emergency_measures": "泄漏时围堵、收集，通知应急联系人。", "plan": {"filing_no": self.plan_no},
            "contract": {"no": f"HT-{route.number:03d}", "valid_to": "2030-12-31"},
        } | changes  # fmt: skip

    def issue(self, **changes: Any) -> YearAct:
        """开具."""
        return self.act("manifest.issue", (self.generator,), self.issue_body(**changes))

    def vehicle(self) -> Body:
        """A truck that is free."""
        self.plate = self.plate or self.world.take_truck(self.carrier)
        return {"kind": "truck", "plate": self.plate, "licence_no": f"营运{self.plate[3:]}"}

    def depart_body(self, **changes: Any) -> Body:
        """Part 2 of the form."""
        labels = (
            [] if self.route.waste.packing == "tank" else self.world.labels(self.generator, self.route.waste.code, self.now_s, self.packs)
        )
        return {
            "vehicle": self.vehicle(), "waybill_no": self.world.waybill(), "gate": {"labels": labels, "checks": list(CHECKS)},
            "loaded": [{"line": 0, "mass_t": format_mass(self.mass_g)}], "place": self.route.generator.place,
        } | changes  # fmt: skip

    def depart(self, *, late_s: int = 0, by: tuple[str, ...] = (), **changes: Any) -> YearAct:
        """起运, within two hours of the issue."""
        self.wait(40 * MINUTE, 90 * MINUTE)
        return self.act("manifest.depart", by or (self.generator, self.carrier), self.depart_body(**changes), late_s=late_s)

    def arrive(self, *, late_s: int = 0, **changes: Any) -> YearAct:
        """运抵."""
        self.wait(150 * MINUTE, 330 * MINUTE)
        return self.act("manifest.arrive", (self.carrier,), {"place": self.site.firm.place} | changes, late_s=late_s)

    def receive(self, *, late_s: int = 0, wait_s: int = 0, confirmed_s: int = 0, is_reported: bool = False, **line: Any) -> YearAct:
        """接受确认: the net mass, or what ``line`` says; confirmed so long after it was accepted. The truck is free then."""
        self.wait(30 * MINUTE, 120 * MINUTE)
        self.now_s += wait_s
        accepted_s = self.now_s
        self.now_s += confirmed_s
        self.world.give_truck(self.carrier, self.plate)
        told = {"line": 0, "opinion": "accept", "accepted_t": format_mass(self.net_g), "method": self.route.waste.method} | line
        self.stock_g = parse_mass(told["accepted_t"])
        tickets = [{"gross_t": format_mass(self.net_g + TARE_T * 10**6), "tare_t": str(TARE_T), "net_t": format_mass(self.net_g)}]
        body: Body = {"accepted_at": format_at(accepted_s), "lines": [told], "weighing": {"method": "weighbridge", "tickets": tickets}}
        if is_reported:
            report = {"at": format_at(accepted_s)}
            body |= {"reported_to_authority": report | {"ref": f"差异报告-{self.number}"}, "notified_generator": report}
        return self.act("manifest.receive", (self.site.firm.uscc,), body, late_s=late_s)

    def dispose(self, *, days: int = 0) -> YearAct:
        """利用处置."""
        self.until_morning(days or self.dice.randrange(1, 8))
        fates = [{"line": 0, "method": self.route.waste.method, "mass_t": format_mass(self.stock_g)}]
        return self.act("manifest.dispose", (self.site.firm.uscc,), {"fates": fates})

    def verify(self) -> YearAct:
        """核实."""
        self.until_morning(self.dice.randrange(1, 5))
        return self.act("manifest.verify", (self.generator,), {})

    # --- ways through them ------------------------------------------------------------------------------------------------------

    def leave(self) -> Life:
        """Issued and gone."""
        yield self.issue()
        yield self.depart()

    def end(self) -> Life:
        """Disposed of and verified."""
        yield self.dispose()
        yield self.verify()

    def come(self) -> Life:
        """Arrived, accepted, and all that follows."""
        yield self.arrive()
        yield self.receive()
        yield from self.end()

    def ordinary(self) -> Life:
        """A load with which nothing is wrong: six acts; now and then the number comes later."""
        if self.dice.random() < 0.06:
            yield self.issue(number=None)
            self.wait(25 * MINUTE)
            yield self.act("case.number", (self.generator,), {"trunk": self.world.trunk(self.chain), "number": self.world.national_number(
                self.route.generator.division, self.now_s)}, self.case())  # fmt: skip
            yield self.depart()
        else:
            yield from self.leave()
        yield from self.come()
