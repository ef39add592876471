"""What the story is made of: acts to be posted, in slots, and the scribe that turns them into signed envelopes.

The scribe is the parties' own software: it knows ``found``, the head of every chain it has written to, and the keys. It asks the server
for nothing (formats §2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.draft import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.times import format_at
from liandan.demo.calendar import slot_end
from liandan.demo.keys import Keyring
from signing.envelope import Envelope

Way = Literal["batch", "single", "race"]
"""How acts travel: many in one request, one by one, or all at once from as many clients."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Act(Struct, frozen=True, kw_only=True):
    """One statement to come. ``body`` may be a function of the scribe where it needs ``found`` or a hash of the log."""

    kind: str
    chain: str
    by: tuple[str, ...]
    body: object
    at_s: int
    post_s: int | None = None
    """When it reaches the server; ``None``: at the end of its slot."""
    expect: tuple[str, ...] = ()
    """Codes with which it must be refused; empty: it must be admitted. A racing act may be refused with them."""
    way: Way = "batch"
    only_if_admitted: bool = False
    """A later act of a racer: there is nothing to do where its chain never began."""

    @property
    def posted_s(self) -> int:
        """The log's time when it is posted."""
        return slot_end(self.at_s) if self.post_s is None else self.post_s


class Slot(Struct, frozen=True):
    """Acts that are posted together, the same way at the same time, in order."""

    now_s: int
    way: Way
    acts: tuple[Act, ...]


def slots(acts: Iterable[Act]) -> list[Slot]:
    """Acts in the order of posting; within one moment in the order in which they happened, a chain's acts as they were written."""
    ordered = sorted(acts, key=lambda act: (act.posted_s, act.at_s))
    return [Slot(now_s, way, tuple(group)) for (now_s, way), group in groupby(ordered, key=lambda act: (act.posted_s, act.way))]


class Names:
    """Identities of chains: ULIDs that follow from the seed and from what they name."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def ulid(self, at_s: int, what: str) -> str:
        """A ULID of a moment (its first 10 characters) and a name (the other 16)."""
        tail = int.from_bytes(sha256(f"{self._seed}/{what}".encode()).digest()[:10], "big")
        number = at_s * 1000 << 80 | tail
        return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


class Scribe:
    """Writes and signs statements for all parties of the story, and remembers where their chains end."""

    def __init__(self, keyring: Keyring, found: str) -> None:
        """``found`` is the statement hash of ``log.found``: what everybody pins."""
        self.keyring, self.found = keyring, found
        self._hashes: dict[str, list[str]] = {}

    def hash_at(self, chain: str, seq: int) -> str:
        """Statement hash of an act written before."""
        return self._hashes[chain][seq]

    def knows(self, chain: str) -> bool:
        """Whether anything was admitted on a chain."""
        return bool(self._hashes.get(chain))

    def trunk(self, chain: str) -> tuple[int, str]:
        """Seq and hash of the newest act of a chain."""
        hashes = self._hashes[chain]
        return len(hashes) - 1, hashes[-1]

    def write(self, act: Act) -> Envelope:
        """The signed envelope. The chain goes on from it unless it must be refused, or races: then :meth:`keep` decides."""
        hashes = self._hashes.setdefault(act.chain, [])
        body = act.body(self) if callable(act.body) else act.body
        draft = Draft(
            kind=act.kind,
            chain=act.chain,
            seq=len(hashes),
            prev=hashes[-1] if hashes else genesis_prev(self.found, act.chain),
            by=act.by,
            at=format_at(act.at_s),
            body=body,
        )
        envelope = draft.sign(self.keyring.keys(act.by))
        if act.way != "race" and not act.expect:
            hashes.append(hash_of(envelope))
        return envelope

    def keep(self, act: Act, envelope: Envelope) -> None:
        """A racing act was admitted: its chain begins."""
        self._hashes[act.chain].append(hash_of(envelope))


BodyLater = Callable[[Scribe], object]


def singly(acts: Iterable[Act]) -> list[Act]:
    """The same acts, posted one by one."""
    return [replace(act, way="single") for act in acts]
