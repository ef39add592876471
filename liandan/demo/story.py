"""The whole story as a list of slots: a pure function of the seed."""

from __future__ import annotations

from random import Random

from msgspec import Struct

from liandan.demo import setup, specials
from liandan.demo.month import ordinary
from liandan.demo.plan import Names, Slot, slots
from liandan.demo.specials import Ground
from liandan.demo.trip import Counters
from liandan.demo.world import World

MANIFESTS = 300


class Story(Struct, frozen=True):
    """What will happen. ``slots`` come in the order of time."""

    world: World
    slots: tuple[Slot, ...]

    @property
    def acts(self) -> int:
        """Statements to post."""
        return sum(len(slot.acts) for slot in self.slots)


def tell(seed: int) -> Story:
    """Set-up in September, 300 manifests in October; the same seed tells the same story."""
    names, counters = Names(seed), Counters()
    world = World(names)
    acts = [*setup.before_october(world), *setup.renewed(world)]
    acts += ordinary(world, names, counters, Random(seed))  # noqa: S311 -- chance for a story, nothing secret
    acts += specials.special_acts(Ground(world, names, counters))
    return Story(world, tuple(slots(acts)))
