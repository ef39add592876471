"""Cases beside a manifest: a hold on the road, released; one that ends by itself; what goes on under it, and what had happened before it."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.parties import HANDLER
from tests.vectors.corpus.people import CARRIER, CHONGQING, SICHUAN, TAKING, Person
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip


def case(trip: Trip, kind: str, last: int, by: Person, *, trunk: bool = True, **body: Any) -> None:
    """A statement of a case of a trip."""
    name = trip.chain.replace("manifest/", "case/") + f"/01KB2Z8Q6V{last:016}"
    trip.scene.post(f"case.{kind}", name, ({"trunk": trip.scene.head(trip.chain)} if trunk else {}) | body, by)


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
