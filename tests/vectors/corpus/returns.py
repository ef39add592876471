"""Refused loads that come home, go elsewhere, or wait at the gate; lots of a collector that go on together."""

from __future__ import annotations

from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import CARRIER, CHONGQING, COLLECTOR, GENERATOR, RECEIVER, RECEIVER_51, chain
from tests.vectors.corpus.permissions import BATTERY_PLANT_51
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip

FURNACE = chain("permit", COLLECTOR, 110)
FURNACE_SITE = {"division": "500107", "address": "重庆市九龙坡区虚构路7号"}


def homecoming(scene: Scene) -> None:
    """Of the loads that other scenes saw refused: one is home, one at another plant, two of a third are on their way after a void."""
    home = Trip(scene, 341, receiver=GENERATOR).arrive(bodies.SITE)
    home.receive(bodies.received("5.58")).verify()
    Trip(scene, 342, receiver=RECEIVER_51).arrive(BATTERY_PLANT_51, CARRIER).receive(bodies.received("0.58")).dispose("0.58").verify()
    rejected = Trip(scene, 308)
    Trip(scene, 343, receiver=GENERATOR).back(rejected, "5.58").act("void", {"reason": "改为分两车退回（虚构）"}, GENERATOR)
    for number, mass_t in ((344, "3"), (345, "2.58")):
        trip = Trip(scene, number, receiver=GENERATOR).back(rejected, mass_t)
        trip.depart(mass_t, place=bodies.PLANT)
    rejected.verify()


def regrouping(scene: Scene) -> None:
    """Two loads of a plant go on to another one; what is sent on is a fate, the rest is treated where it is."""
    scene.post("permit.grant", FURNACE, bodies.permit(no="CQ5001070002（虚构）", **FURNACE_SITE), CHONGQING)
    first, second = Trip(scene, 306), Trip(scene, 312)
    lots = [{"manifest": first.chain, "line": 0, "mass_t": "5.58"}, {"manifest": second.chain, "line": 0, "mass_t": "2"}]
    onward = {"permit": FURNACE, "origin": bodies.PLANT, "destination": FURNACE_SITE, "line": {"lots": lots}}
    Trip(scene, 346, RECEIVER, COLLECTOR).issue("7.58", **onward).act("void", {"reason": "改期（虚构）"}, RECEIVER)
    trip = Trip(scene, 347, RECEIVER, COLLECTOR).issue("7.5", **onward)
    trip.depart("7.5", RECEIVER, CARRIER, place=bodies.PLANT).arrive(FURNACE_SITE).receive(bodies.received("7.48"))
    trip.act("dispose", {"fates": [{"line": 0, "method": "R4", "mass_t": "7.48"}]}, COLLECTOR).verify()
    for source, mass_t in ((first, "5.58"), (second, "2")):
        fate = {"line": 0, "method": "R4", "mass_t": mass_t, "onward": trip.chain}
        source.act("dispose", {"fates": [fate]}, RECEIVER)
    first.verify()
    second.dispose("3.6").verify()
