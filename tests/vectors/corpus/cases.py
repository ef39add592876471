"""Cases beside a manifest: holds, a close with a gap, a contest that is settled, a thread of reports."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.parties import HANDLER
from tests.vectors.corpus.people import CARRIER, CHONGQING, GENERATOR, RECEIVER, SICHUAN, TAKING, Person
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip
from tests.vectors.forger import v1, writer


def case(trip: Trip, kind: str, last: int, *by: Person, trunk: bool = True, **body: Any) -> None:
    """A statement of a case of a trip."""
    name = trip.chain.replace("manifest/", "case/") + f"/01KB2Z8Q6V{last:016}"
    trip.scene.post(f"case.{kind}", name, ({"trunk": trip.scene.head(trip.chain)} if trunk else {}) | body, *by)


def holds(scene: Scene) -> None:
    """Held by the one side and by the other, with and without an end, with a file; overtaken by a departure and by a change of truck."""
    scene.go_to("2026-11-10T09:00:05")
    trip = Trip(scene, 381).across().depart()
    before = scene.clock(seconds=5)
    found = {"basis": "固废法（虚构）", "until": "2026-11-12T09:00:00+08:00", "files": [bodies.file("检查笔录.pdf")], **HANDLER}
    case(trip, "hold", 361, CHONGQING, reason="例行检查（虚构）", **found)
    trip.act("stop", {"place": bodies.PORT, "reason": "接受检查（虚构）"}, CARRIER)
    handed = {"vehicle": {**bodies.TRUCK, "plate": "渝E00381"}, "waybill_no": "W-381-2", "place": bodies.PORT}
    trip.act("hand_over", handed, CARRIER, TAKING, at=scene.clock(seconds=5))
    moved = {"vehicle": {**bodies.TRUCK, "plate": "渝E00382"}, "waybill_no": "W-381-3", "place": bodies.PORT, "reason": "故障（虚构）"}
    trip.act("transship", moved, TAKING, at=before)
    case(trip, "release", 361, CHONGQING, trunk=False, reason="查无问题（虚构）", **HANDLER)
    trip.arrive(by=TAKING).receive(bodies.received("5.58"))
    waiting = Trip(scene, 382).across()
    left = scene.clock(seconds=5)
    case(waiting, "hold", 362, SICHUAN, reason="来源存疑（虚构）")
    waiting.depart(at=left)


def gaps(scene: Scene) -> None:
    """Stolen on the road; leaked after a receipt in part; never departed."""
    lost = [{"line": 0, "mass_t": "5.58", "cause": "stolen"}]
    told = {"finding": "车辆被盗，公安机关已立案（虚构）", "files": [bodies.file("立案告知书.pdf")], **HANDLER}
    stolen = Trip(scene, 383).across(number="20265101000383").depart()
    case(stolen, "close_with_gap", 363, CHONGQING, SICHUAN, gaps=lost, **told)
    partly = bodies.received("5", "partly", refused_t="0.58", reason_code="property", reason="成分不符（虚构）", differences=["property"])
    leaked = Trip(scene, 384).across().depart().arrive().receive(partly).dispose("3.5")
    found = [{"line": 0, "mass_t": "1.5", "cause": "leaked"}, {"line": 0, "mass_t": "0.58", "cause": "unknown"}]
    case(leaked, "close_with_gap", 364, CHONGQING, SICHUAN, gaps=found, finding="贮存场所泄漏（虚构）")
    never = [{"line": 0, "mass_t": "5.6", "cause": "never_departed"}]
    case(Trip(scene, 385).across(), "close_with_gap", 365, CHONGQING, SICHUAN, gaps=never, finding="移出人已停产（虚构）")


def contests(scene: Scene) -> None:
    """An arrival that was signed offline and overtaken by the receipt: contested by its carrier, settled by an authority."""
    trip = Trip(scene, 386).across().depart()
    seq, prev = scene.log.next_link(trip.chain)
    arrived = writer.Act("manifest.arrive/1", trip.chain, {"place": bodies.PLANT}, (CARRIER.signer,), scene.clock(seconds=5))
    frozen = v1.compact(v1.envelope(writer.body_bytes(arrived, seq, prev), [CARRIER.key]))
    trip.receive(bodies.received("5.58"))
    found = {"envelope": v1.b64(frozen), "codes": ["ACT_NOT_OPEN"], "reason": "无网络，事后才提交（虚构）", **HANDLER}
    case(trip, "contest", 366, CARRIER, **found)
    case(trip, "release", 366, SICHUAN, trunk=False, reason="核实无误，无需更正（虚构）")


def reports(scene: Scene) -> None:
    """A difference that is reported late, and what the others say to it."""
    differing = bodies.received("5", differences=["quantity"])
    trip = Trip(scene, 387).across().depart().arrive().receive(differing)
    told = {"about": "discrepancy", "given_at": scene.clock(minutes=3), "to": [GENERATOR.uscc, CHONGQING.uscc], "ref": "报告（虚构）7号"}
    case(trip, "report", 367, RECEIVER, **told, text="短少 0.58 吨（虚构）", line=0, **HANDLER)
    case(trip, "report", 367, GENERATOR, trunk=False, about="other", given_at=scene.clock(), text="已核对磅单（虚构）")
    track = {"about": "track", "given_at": scene.clock(), "files": [bodies.file("轨迹.gpx")]}
    case(trip, "report", 368, CARRIER, **track)
    case(trip, "report", 369, GENERATOR, about="generator_confirms", given_at=scene.clock())
