"""What the story is made of: acts to be posted, in slots, and the scribe that turns them into signed envelopes.

The scribe is the parties' own software: it knows ``found``, the head of every chain it has written to, and the keys. It asks the server
for nothing (formats §2).
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Literal

from msgspec import Struct, field, to_builtins

from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.times import format_at
from liandan.demo.calendar import slot_end
from liandan.demo.keys import Keyring
from liandan.demo.world import World
from signing.envelope import Envelope

Way = Literal["batch", "single", "race"]
"""How acts travel: many in one request, one by one, or all at once from as many clients."""


class PlannedAct(Struct, frozen=True, kw_only=True):
    """One statement to come. In chain and body, texts that begin with ``$`` name something that :meth:`Scribe.fill` puts there."""

    kind: str
    chain: str
    by: tuple[str, ...]
    principal: str | None = None
    devices: Mapping[str, tuple[str]] = field(default_factory=dict)
    """Which of a signer's keys signs, if not its first: by USCC."""
    body: Any
    at_s: int
    post_s: int | None = None
    """When it reaches the server; ``None``: at the end of its slot."""
    expect: tuple[str, ...] = ()
    """Codes with which it must be refused; empty: it must be admitted. A racing act may be refused with them."""
    way: Way = "batch"
    only_if_admitted: bool = False
    """A later act of a racer: there is nothing to do where its chain never began."""
    title: str = ""
    """What happens, for the summary, where it is worth saying."""

    @property
    def posted_s(self) -> int:
        """The log's time when it is posted."""
        return slot_end(self.at_s) if self.post_s is None else self.post_s


class Slot(Struct, frozen=True):
    """Acts that are posted together, the same way at the same time, in order."""

    now_s: int
    way: Way
    acts: tuple[PlannedAct, ...]


def slots(acts: Iterable[PlannedAct]) -> list[Slot]:
    """Acts in the order of posting; within one moment in the order in which they happened, a chain's acts as they were written."""
    ordered = sorted(acts, key=lambda act: (act.posted_s, act.at_s))
    return [Slot(now_s, way, tuple(group)) for (now_s, way), group in groupby(ordered, key=lambda act: (act.posted_s, act.way))]


class Scribe:
    """Writes and signs statements for all parties of the story, and remembers where their chains end."""

    def __init__(self, keyring: Keyring, found: str, world: World) -> None:
        """``found`` is the statement hash of ``log.found``: what everybody pins, and the first statement of ``log/main``."""
        self.keyring, self.found, self._world = keyring, found, world
        self._hashes: dict[str, list[str]] = {"log/main": [found]}

    def knows(self, chain: str) -> bool:
        """Whether anything was admitted on a chain."""
        return bool(self._hashes.get(chain))

    def fill(self, value: Any) -> Any:
        """The value with everything named in it: ``party/$shuan``, ``$key:shuan.phone``, ``$trunk:<load>``; the rest is the world's to say.

        An object under the name ``$`` is spread out beside the fields around it.
        """
        match value:
            case dict():
                filled = {name: self.fill(inner) for name, inner in value.items()}
                return to_builtins(filled.pop("$", {})) | filled
            case list() | tuple():
                return [self.fill(inner) for inner in value]
            case str() if value.startswith("$"):
                return self._named(*value[1:].split(":", 1))
            case str() if "/$" in value:
                return self._world.chain(value)
        return value

    def _named(self, sort: str, name: str = "") -> Any:
        match sort:
            case "key":
                return self.keyring.registration(self.found, self._world.owner(name))
            case "keyid":
                return self.keyring.key(self._world.owner(name)).keyid
            case "trunk":
                hashes = self._hashes[self._world.named("load", name)]
                return {"seq": len(hashes) - 1, "hash": hashes[-1]}
        return self._world.named(sort, name)

    def write(self, act: PlannedAct) -> Envelope:
        """The signed envelope. The chain goes on from it unless it must be refused, or races: then :meth:`keep` decides."""
        hashes = self._hashes.setdefault(act.chain, [])
        draft = Draft(
            kind=act.kind,
            chain=act.chain,
            seq=len(hashes),
            prev=hashes[-1] if hashes else genesis_prev(self.found, act.chain),
            by=act.by,
            principal=act.principal,
            at=format_at(act.at_s),
            body=self.fill(act.body),
        )
        envelope = draft.sign([self.keyring.key(".".join((uscc, *act.devices.get(uscc, ())))) for uscc in act.by])
        if act.way != "race" and not act.expect:
            hashes.append(hash_of(envelope))
        return envelope

    def keep(self, act: PlannedAct, envelope: Envelope) -> None:
        """A racing act was admitted: its chain begins."""
        self._hashes[act.chain].append(hash_of(envelope))
