"""Manifests of every type and route, to every stage; numbers, labels, waybills and weights in good and in doubtful order."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.parties import PHONE
from tests.vectors.corpus.people import (
    CARRIER,
    EXEMPT_USER,
    GENERATOR,
    GENERATOR_44,
    GENERATOR_50,
    GONE,
    OPERATOR,
    RECEIVER,
    RECEIVER_51,
    SICHUAN,
    TAKING,
    Person,
    chain,
)
from tests.vectors.corpus.permissions import BATTERY_PLANT_51, CONSULTED, EXEMPT, EXEMPT_SITE, LEATHER, LISTED, PERMIT, PERMIT_51
from tests.vectors.corpus.scene import Scene

SITE_50 = {"division": "500157", "address": "重庆市两江新区虚构路4号"}
SITE_44 = {"division": "440113", "address": "广州市番禺区虚构路2号"}


class Trip:
    """One manifest; every method adds an act."""

    def __init__(self, scene: Scene, number: int, owner: Person = GENERATOR, receiver: Person = RECEIVER) -> None:
        self.scene, self.owner, self.receiver, self.number = scene, owner, receiver, number
        self.chain = chain("manifest", owner, number)

    def issue(
        self, mass_t: str = "5.6", *by: Any, line: dict[str, Any] | None = None, principal: Person | None = None, **more: Any
    ) -> Trip:
        """开具 of one line; without ``approval`` inside a province."""
        permit = {RECEIVER: PERMIT, RECEIVER_51: PERMIT_51, EXEMPT_USER: EXEMPT}.get(self.receiver, "")
        named = {"carriers": [CARRIER.uscc, TAKING.uscc], **more}
        body = bodies.issue(self.receiver.uscc, permit, [bodies.line(mass_t, **(line or {}))], **named)
        self.scene.post("manifest.issue", self.chain, body, *(by or (self.owner,)), principal=principal)
        return self

    def across(self, mass_t: str = "5.6", approval: str = CONSULTED, **more: Any) -> Trip:
        """From Sichuan to Chongqing."""
        return self.issue(mass_t, **{"line": {"decision_line": 0}, "approval": approval, **more})

    def inside(self, mass_t: str = "5.6", *by: Any, **more: Any) -> Trip:
        """Within Sichuan."""
        return self.issue(mass_t, *by, destination=BATTERY_PLANT_51, **more)

    def back(self, refused: Trip, mass_t: str, **more: Any) -> Trip:
        """退回 of what was refused of another, from the plant to the site it left."""
        named = {"returns": {"manifest": refused.chain, "how": "back", "lines": [0]}, "permit": None, "plan": None, "contract": None}
        return self.issue(mass_t, origin=bodies.PLANT, destination=bodies.SITE, **named, **more)

    def on(self, refused: Trip, mass_t: str, **more: Any) -> Trip:
        """改送 of what was refused of another, to the plant in Mianyang."""
        named = {"returns": {"manifest": refused.chain, "how": "redirect", "lines": [0]}, "plan": None, "contract": None}
        return self.issue(mass_t, origin=bodies.PLANT, destination=BATTERY_PLANT_51, **named, **more)

    def depart(self, loaded_t: str = "5.58", *by: Any, at: str = "", **more: Any) -> Trip:
        """起运 with labels and waybill of its own."""
        marked = bodies.labels(self.owner.uscc, first=1 + 8 * (self.number % 100))
        loaded = {"line": 0, "mass_t": loaded_t, **more.pop("scales", {})}
        vehicle = {**bodies.TRUCK, "plate": f"渝A{self.number:05}"}
        body = bodies.depart(marked, loaded, **{"vehicle": vehicle, "waybill_no": f"W-{self.number}", **more})
        self.scene.post("manifest.depart", self.chain, body, *(by or (self.owner, CARRIER)), at=at)
        return self

    def act(self, name: str, body: dict[str, Any], *by: Any, at: str = "", principal: Person | None = None) -> Trip:
        """Any other act."""
        self.scene.post(f"manifest.{name}", self.chain, body, *by, at=at, principal=principal)
        return self

    def arrive(self, place: dict[str, Any] = bodies.PLANT, by: Person = CARRIER, **more: Any) -> Trip:
        """运抵."""
        return self.act("arrive", {"place": place, **more}, by)

    def receive(self, *lines: dict[str, Any], at: str = "", **more: Any) -> Trip:
        """接受确认, a minute ago."""
        return self.act("receive", bodies.receive(at or self.scene.clock(minutes=1), list(lines), **more), self.receiver, at=at)

    def dispose(self, *masses: str) -> Trip:
        """One act a mass."""
        for mass in masses:
            self.act("dispose", {"fates": [{"line": 0, "method": "R4", "mass_t": mass}]}, self.receiver)
        return self

    def verify(self) -> Trip:
        """核实."""
        return self.act("verify", {"note": "已核实（虚构）", "files": [bodies.file("核实.pdf")]}, self.owner)

    def case(self, last: int, by: Person, **body: Any) -> Trip:
        """A number from beside; ``trunk`` is the newest act if nothing else is said."""
        name = self.chain.replace("manifest/", "case/") + f"/01KB2Z8Q6V{last:016}"
        self.scene.post("case.number", name, {"trunk": self.scene.head(self.chain), **body}, by)
        return self

    def wait(self, moment: str) -> str:
        """The present moment, and on to a later one."""
        now = self.scene.clock()
        self.scene.go_to(moment)
        return now


def carried(trip: Trip, refused: Trip, place: dict[str, Any], loaded_t: str = "5.58") -> Trip:
    """A return or redirect leaves the gate with the labels of the load that was refused."""
    first = 1 + 8 * (refused.number % 100)
    return trip.depart(
        loaded_t, place=place, gate={"labels": bodies.labels(refused.owner.uscc, first=first), "checks": list(bodies.CHECKS)}
    )


def whole_life(scene: Scene) -> None:
    """From issue to verification across the border, with two carriers, a stop, two parts, weights, differences, numbers."""
    trip = Trip(scene, 301).across(number="20265101000001", provincial_number="川危联〔2026〕301（虚构）", trip_id="trip-1")
    told = {"reported_to_authority": {"at": scene.clock(), "ref": "报告（虚构）1号"}, "notified_generator": {"at": scene.clock()}}
    tickets = [bodies.ticket("17.580000", "12.000000", "5.580000", no="P-1")]
    trip.depart(tickets=tickets, seals=["S-1"], via=["500107"], files=[bodies.file("装车.jpg")])
    trip.act("stop", {"place": bodies.PORT, "reason": "司机休息（虚构）"}, CARRIER)
    handed = {"vehicle": bodies.OTHER_TRUCK, "waybill_no": "W-2", "place": bodies.PORT, "seals": ["S-2"]}
    trip.act("hand_over", handed, CARRIER, TAKING)
    part = {"vehicle": bodies.THIRD_TRUCK, "reason": "车辆故障", "place": bodies.PORT, "waybill_no": "W-3"}
    trip.act("transship", part | {"part": [{"line": 0, "mass_t": "2.000000"}]}, TAKING)
    trip.arrive(by=TAKING, leg=1, track=bodies.file("轨迹.gpx")).arrive(by=TAKING)
    differing = bodies.received("5.570000", differences=["quantity"], note="短少 10 kg（虚构）")
    weighing = {"method": "weighbridge", "tickets": [bodies.ticket("17.570000", "12.000000", "5.570000", no="R-1")]}
    trip.receive(differing, weighing=weighing, **told)
    trip.dispose("5.000000", "0.570000").verify()


def stages(scene: Scene) -> None:
    """One manifest left at each stage on the way."""
    Trip(scene, 302).across()
    Trip(scene, 303).across().act("void", {"reason": "车辆故障，改日转移"}, GENERATOR)
    Trip(scene, 304).across().depart()
    Trip(scene, 305).across(approval=LISTED).depart().arrive()
    Trip(scene, 306).across().depart().arrive().receive(bodies.received("5.58"))
    partly = bodies.received("5", "partly", refused_t="0.58", reason_code="property", reason="成分不符（虚构）", found={"name": "废电池"})
    told = {"notified_generator": {"at": scene.clock()}, "reported_to_authority": {"at": scene.clock()}}
    Trip(scene, 307).across().depart().arrive().receive(partly | {"differences": ["property"]}, **told).dispose("3")
    rejected = bodies.received("0", "reject", reason_code="label", reason="标签不符（虚构）", differences=["property"])
    Trip(scene, 308).across().depart().arrive().receive(rejected, **told)
    trip = Trip(scene, 309).across().depart().arrive().receive(rejected, **told)
    with scene.beside():  # what was refused has left before the manifest is closed
        carried(Trip(scene, 341, receiver=GENERATOR).back(trip, "5.58"), trip, bodies.PLANT)
    trip.verify()
    Trip(scene, 310).across().depart().arrive().receive(bodies.received("5.58")).dispose("5.58")


def doubts(scene: Scene) -> None:
    """Admitted with a tag or an alert: declined, without departure, alone and late, with what is another's, too heavy, numbered twice."""
    declined = bodies.received("0", "reject", reason_code="no_capacity", reason="无接收能力（虚构）")
    Trip(scene, 311).across().receive(declined)
    Trip(scene, 312).across().receive(bodies.received("5.6"))
    trip = Trip(scene, 313).across()
    moment = trip.wait("2026-11-02T14:00:05")
    trip.depart("5.9", CARRIER, at=moment).receive(bodies.received("5.85"))
    again = {"labels": bodies.labels(GENERATOR.uscc, first=1 + 8 * 4), "checks": list(bodies.CHECKS)}
    Trip(scene, 314).across().depart(gate=again, waybill_no="ｗ 304")
    same_plate = {**bodies.TRUCK, "plate": "渝Ａ·00304"}
    Trip(scene, 329).across(carriers=[CARRIER.uscc]).depart("5.58", GENERATOR, TAKING, vehicle=same_plate, place=bodies.PORT_51)
    weighed = {"method": "weighbridge", "tickets": [bodies.ticket("15.000000", "12.000000", "3.000000", no="R-330")]}
    Trip(scene, 330).across("60").depart("60").arrive(bodies.PORT).receive(bodies.received("60"), weighing=weighed)
    Trip(scene, 315).across(number="20265101000002").act("void", {"reason": "改期"}, GENERATOR)
    Trip(scene, 316).across(number="20265101000002")
    Trip(scene, 317, GONE, RECEIVER_51).inside("3", number="20265101000007")
    Trip(scene, 318).across().case(352, SICHUAN, number="20265101000007", provincial_number="川危联318")
    trip = Trip(scene, 319).across()
    known = scene.head(trip.chain)
    trip.depart().case(353, GENERATOR, trunk=known, number="20265101000003")


def kinds(scene: Scene) -> None:
    """Every type: inside a province, from a province that is not here, in a pipe, of the past; by a phone, by a delegate."""
    Trip(scene, 321, receiver=RECEIVER_51).inside("5.6", GENERATOR.with_key(PHONE)).depart("5.6", GENERATOR.with_key(PHONE), CARRIER)
    Trip(scene, 322, receiver=RECEIVER_51).inside("5.6", EXEMPT_USER, principal=GENERATOR)
    decision = {
        "no": "粤环准〔2026〕1号（虚构）",
        "authority": "广东省生态环境厅（虚构）",
        "decided_on": "2026-10-20",
        "valid_to": "2026-12-31",
    }
    decision["file"] = bodies.file("决定.pdf")
    foreign = {"type": "in_transfer", "decision": decision, "origin": SITE_44, "plan": None}
    Trip(scene, 323, GENERATOR_44).issue("4", **foreign).depart("4", place=SITE_44).arrive().receive(bodies.received("4"))
    pipe = {"type": "pipeline", "mode": "pipeline", "origin": SITE_50}
    meters = {"out_no": "M-1", "in_no": "M-2", "period_from": "2026-11-01", "period_to": "2026-11-02"}
    bulk = {"form": "L", "packing": "none", "packs": 0, "pieces": None}
    trip = Trip(scene, 324, GENERATOR_50).issue("2", line=bulk, meters=meters, **pipe)
    tube = {"vehicle": {"kind": "pipeline", "plate": "管线1号"}, "waybill_no": None, "place": SITE_50}
    trip.depart("2", gate={"labels": [], "checks": list(bodies.CHECKS)}, **tube).arrive()
    rows = [{"day": "2026-11-02", "line": 0, "out_t": "2", "in_t": "1.99"}]
    trip.receive(bodies.received("1.99"), weighing={"method": "flow_meter"}, meter_rows=rows)
    leather = {"name": "含铬皮革废碎料", "code": LEATHER, "category": "HW21", "hazards": ["T"], "components": "三价铬", "packing": "bag"}
    leather |= {"packs": 4, "method": "R15", "dg": None, "dg_none": "不属于危险货物（虚构）"}
    Trip(scene, 320, receiver=EXEMPT_USER).issue("1", line=leather, destination=EXEMPT_SITE)
    loose = {"exemptions": [{"edition": 2025, "item": 18, "ref": "整车防渗漏（虚构）"}], "dg": None}
    trip = Trip(scene, 328).across(line={"decision_line": 0, **loose})
    checks = [*bodies.CHECKS, "intact", "leakproof", "weatherproof"]
    plain = {"kind": "truck", "plate": "渝D00328"}
    trip.depart(gate={"labels": bodies.labels(GENERATOR.uscc, first=225), "checks": checks}, vehicle=plain, waybill_no=None)
    scene.go_to("2026-11-05T09:00:05")
    departed, completed = "2026-11-03T09:00:00+08:00", "2026-11-04T16:00:00+08:00"
    paper = {"no": "纸质1号（虚构）", "reason": "系统故障（虚构）", "departed_at": departed, "completed_at": completed}
    paper["scan"] = bodies.file("纸质联单.pdf")
    for number, kind in ((325, "backfill_ordinary"), (326, "backfill_special"), (327, "backfill_border")):
        trip = Trip(scene, number).across(type=kind, paper=paper).depart(at=departed)
        if kind == "backfill_ordinary":
            trip.act("arrive", {"place": bodies.PLANT}, CARRIER, at="2026-11-04T15:00:00+08:00")
            trip.receive(bodies.received("5.58"), at="2026-11-04T15:30:00+08:00")


def crews(scene: Scene) -> None:
    """People of a carrier, and departures with them: qualified; retired, under another role, unknown (CREW)."""
    own, who = f"party/{CARRIER.uscc}", {"commit": {"driver.name": "5e" * 32, "driver.certificate": "5f" * 32}}
    for body in (
        {"crew": "D001", "role": "driver", "valid_to": "2027-12-31"},
        {"crew": "E001", "role": "escort"},
        {"crew": "L001", "role": "loader"},
        {"crew": "D002", "role": "driver", "valid_to": "2026-11-30"},
        {"crew": "D003", "role": "driver"},
    ):
        scene.post("crew.register", own, body | who, CARRIER)
    scene.post("crew.retire", own, {"crew": "D003", "reason": "离职（虚构）"}, CARRIER)
    crew = [{"crew": name, "role": role} for name, role in (("D001", "driver"), ("E001", "escort"), ("L001", "loader"))]
    Trip(scene, 397, receiver=RECEIVER_51).inside().depart(crew=crew)
    for number, name, role in ((398, "D003", "driver"), (399, "E001", "driver"), (400, "D009", "driver")):
        Trip(scene, number, receiver=RECEIVER_51).inside().depart(crew=[{"crew": name, "role": role}])


PLAN = f"plan/{GENERATOR.uscc}/2026"
PLANNED = {
    "name": "废铅蓄电池",
    "code": bodies.CODE,
    "category": "HW31",
    "hazards": ["T", "C"],
    "form": "S",
    "mass_t": "20",
    "method": "R4",
}
PLANNED |= {"receiver_type": "permit"}


def plans(scene: Scene) -> None:
    """A plan of the unit and one of a site; loads on them: beyond it, voided, weighed, received, on another line by a correction."""
    line = {**PLANNED, "internal_name": "废电瓶（虚构）", "receivers": [RECEIVER_51.uscc]}
    filed = {"filing_no": "川危管计〔2026〕001（虚构）", "filed_on": "2026-03-02", "lines": [line, PLANNED | {"method": "R9"}]}
    scene.post("plan.file", PLAN, filed, GENERATOR)
    scene.post("plan.file", PLAN, {**filed, "filing_no": "川危管计〔2026〕002（虚构）", "site": "east"}, GENERATOR)
    changed = {"method": "R4", "receivers": [RECEIVER_51.uscc, RECEIVER.uscc], "mass_t": "6"}
    added = {**PLANNED, "internal_name": "废电瓶（虚构）", "receivers": [RECEIVER.uscc], "mass_t": "0.5"}
    amended = {"reason": "去向变更（虚构）", "filing_no": "川危管计〔2026〕003（虚构）", "set": [{"line": 1, **changed}], "add": [added]}
    scene.post("plan.amend", PLAN, {**amended, "site": "east"}, GENERATOR)
    scene.post("plan.amend", PLAN, {"reason": "更正（虚构）", "set": [{"line": 1, "method": "R4"}]}, GENERATOR)
    on = {"line": {"plan_line": 1}}
    weighed = Trip(scene, 411, receiver=RECEIVER_51).inside(**on).depart("5.61").arrive(BATTERY_PLANT_51)
    weighed.receive(bodies.received("5.6"))
    Trip(scene, 412, receiver=RECEIVER_51).inside("15", **on).act("void", {"reason": "改期（虚构）"}, GENERATOR)
    east = {"plan": {"filing_no": "川危管计〔2026〕002（虚构）", "site": "east"}}
    for number in (413, 414):  # the second is beyond the plan
        Trip(scene, number, receiver=RECEIVER_51).inside(**on, **east).depart()
    scene.post("plan.amend", PLAN, {"reason": "减产（虚构）", "set": [{"line": 1, "mass_t": "5"}], "site": "east"}, GENERATOR)


def end(scene: Scene) -> None:
    """Something erased, refused pages, and the end of the log."""
    first = next(entry for entry in scene.log.decisions if entry.statement.kind == "manifest.depart/1")
    scene.post("pd.erase", "log/erasures", {"statement": first.statement.hash, "field": "driver.name"}, OPERATOR)
    items = [{"statement": "0" * 64, "by": [GENERATOR.uscc], "kind": "manifest.issue/1", "codes": ["NO_APPROVAL"], "size": 9}]
    items[0]["at"] = "2026-11-02T08:40:00+08:00"
    for page in range(2):
        body = {"hour": "2026-11-02T08", "page": page, "of": 2, "items": [items[0] | {"statement": str(page) * 64}]}
        scene.post("log.refusals", "log/refusals", body, OPERATOR)
