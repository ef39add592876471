"""Refused loads that come home, go elsewhere, or wait at the gate."""

from __future__ import annotations

from tests.vectors.corpus import bodies
from tests.vectors.corpus.people import CARRIER, GENERATOR, RECEIVER_51
from tests.vectors.corpus.permissions import BATTERY_PLANT_51
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip


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
