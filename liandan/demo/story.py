"""The whole story as a list of slots: a pure function of the seed.

What is worth seeing stands as data in ``story/loads.toml`` (manifests) and ``story/acts.toml`` (everything else); the ordinary month beside
it is drawn by the seed.
"""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from msgspec import Struct, field

from ledger.mass import parse_mass
from liandan.demo import calendar, setup
from liandan.demo.calendar import at
from liandan.demo.cast import CAST, read
from liandan.demo.month import ordinary
from liandan.demo.play import PlannedAct, Slot, Way, slots
from liandan.demo.trip import ManifestStory, Step
from liandan.demo.world import World

MANIFESTS = 300


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A manifest worth seeing: ``zh`` says why. ``steps`` as :meth:`Trip.follow` reads them."""

    zh: str
    flow: str
    at: str
    t: str
    steps: str
    how: dict[str, Step] = {}
    clients: int = 1
    """How many clients do the same at the same moment: a race."""
    truck: str = ""
    """Plate, where two loads share a truck or a ship carries it."""

    def trips(self, world: World, name: str) -> Iterator[ManifestStory]:
        """The manifest, or one for each client."""
        for number in range(self.clients):
            one = f"{name} {number}" if self.clients > 1 else name
            way: Way = "race" if self.clients > 1 else "batch"
            trip = ManifestStory(world, one, self.flow, at(self.at), parse_mass(self.t), plate=self.truck, way=way, title=self.zh)
            yield trip.follow(self.steps, self.how)


class Deed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act that belongs to no manifest."""

    zh: str
    at: str
    kind: str
    chain: str
    by: tuple[str, ...]
    principal: str = field(name="for", default="")
    device: str = ""
    """Which key of the first signer signs."""
    body: dict[str, Any]
    refused: tuple[str, ...] = ()

    def act(self, world: World) -> PlannedAct:
        """The act on its chain."""
        by = tuple(CAST.firm(name).uscc for name in self.by)
        return PlannedAct(
            kind=f"{self.kind}/1",
            chain=world.chain(self.chain),
            by=by,
            principal=CAST.firm(self.principal).uscc if self.principal else None,
            devices={by[0]: (self.device,)} if self.device else {},
            body=self.body,
            at_s=at(self.at),
            expect=self.refused,
            title=self.zh,
        )


class Story(Struct, frozen=True):
    """What will happen. ``slots`` come in the order of time."""

    world: World
    slots: tuple[Slot, ...]

    @property
    def acts(self) -> int:
        """Statements to post."""
        return sum(len(slot.acts) for slot in self.slots)


@cache
def loads() -> dict[str, Load]:
    """The manifests worth seeing, by name."""
    return read("loads", dict[str, Load])


@cache
def deeds() -> tuple[Deed, ...]:
    """What belongs to no manifest, in the order of time."""
    return read("acts", dict[str, tuple[Deed, ...]])["act"]


def tell(seed: int) -> Story:
    """Set-up in September, 300 manifests in October; the same seed tells the same story."""
    world = World(seed)
    acts = [*setup.before_october(world), *setup.later(world)]
    acts += ordinary(world, Random(seed))  # noqa: S311 -- chance for a story, nothing secret
    for name, load in loads().items():
        for trip in load.trips(world, name):
            acts += trip.cut(calendar.END)
    acts += [deed.act(world) for deed in deeds()]
    return Story(world, tuple(slots(acts)))
