"""What names manifests from chains of its own: accidents, waste without a manifest, a number that two firms use."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.parties import HANDLER
from tests.vectors.corpus.people import CARRIER, CHONGQING, GENERATOR, GENERATOR_50, RECEIVER, TAKING, chain
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import SITE_50, Trip

BUREAU = "重庆市两江新区生态环境局（虚构）"
WORDS = ("fire", "traffic", "lost", "stolen", "dumping", "other")


def incidents(scene: Scene) -> None:
    """A leak on the road, told whole and closed; one of each other kind; three arrivals without a manifest, one of which is back-filled."""
    trip = Trip(scene, 388, GENERATOR_50).issue(origin=SITE_50).depart(place=SITE_50)
    informed = [{"name": BUREAU, "at": scene.clock(seconds=5)}]
    told = {
        "code": bodies.CODE,
        "mass_t": "0.02",
        "measures": "围堵、中和（虚构）",
        "informed": informed,
        "files": [bodies.file("现场.pdf")],
    }
    leak = _report(scene, 391, "leak", manifests=[trip.chain], **told, **HANDLER)
    trip.arrive()
    closing = {"closed_on": scene.clock()[:10], "finding": "无环境影响（虚构）", **HANDLER}
    scene.post("incident.close", leak, closing, CHONGQING)
    trip.receive(bodies.received("5.56"))
    for number, word in enumerate(WORDS, 392):
        _report(scene, number, word)
    line = {"name": "废铅蓄电池", "code": bodies.CODE, "form": "S", "packing": "box", "mass_t": "1.2"}
    ticket = {"no": "B-398", "scale": "3 号地磅（虚构）", "at": scene.clock(minutes=6), "gross_t": "16.2", "tare_t": "15", "net_t": "1.2"}
    ticket["file"] = bodies.file("磅单.pdf")
    whole = {"sender": GENERATOR.uscc, "sender_name": "成都锦江电池有限公司（虚构）", "carrier": CARRIER.uscc, "vehicle": bodies.TRUCK}
    whole |= {
        "weighing": {"method": "weighbridge", "tickets": [ticket]},
        "informed": informed,
        "files": [bodies.file("到场.pdf")],
        **HANDLER,
    }
    for number, kept in enumerate(("stored", "refused", "accepted"), 398):
        body = {"arrived_at": scene.clock(minutes=5), "place": bodies.PLANT, "lines": [line], "kept": kept}
        scene.post("incident.unmanifested", chain("incident", RECEIVER, number), body | (whole if kept == "stored" else {}), RECEIVER)
    scene.post("incident.close", chain("incident", RECEIVER, 398), {**closing, "manifest": trip.chain}, CHONGQING)


def _report(scene: Scene, number: int, word: str, **more: Any) -> str:
    name = chain("incident", CARRIER, number)
    body = {"incident": word, "happened_at": scene.clock(minutes=5), "place": bodies.PORT, "text": "经过（虚构）"}
    scene.post("incident.report", name, body | more, CARRIER)
    return name


def numbers(scene: Scene) -> None:
    """Two firms of Chongqing use one number: one keeps it, the other is given its own."""
    number = "20265001000401"
    first = Trip(scene, 401, GENERATOR_50).issue(origin=SITE_50, number=number)
    second = Trip(scene, 402, TAKING).issue(origin=SITE_50, number=number)
    told = {"reason": "国家系统查明（虚构）", **HANDLER}
    scene.post("number.settle", f"number/{number}", {"holder": first.chain, "lose": [second.chain], **told}, CHONGQING)
    second.case(403, TAKING, number="20265001000402")
    second.act("void", {"reason": "改期（虚构）"}, TAKING)
