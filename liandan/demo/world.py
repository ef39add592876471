"""Names of everything in the story's log, and its running numbers: a pure function of the seed and of the order in which they are asked."""

from collections import Counter
from hashlib import sha256
from typing import Any

from ledger.ulid import ulid
from liandan.demo import calendar
from liandan.demo.calendar import DAY, at
from liandan.demo.cast import CAST, Cast, Flow


class World:
    """Chains of permits, decisions and loads by the story's names; labels, waybills and numbers by counters."""

    def __init__(self, seed: int | str, cast: Cast = CAST, *, lists: str = "cy", first_number: int = 100_001) -> None:
        """Several casts may share a log: ``lists`` is the last part of the names of its lists, ``first_number`` the first of its numbers."""
        self._seed, self.cast = seed, cast
        self.lists = {way: f"list/2026-{way}-{lists}" for way in cast.lists}
        self._counted: Counter[str] = Counter()
        self._first_number = first_number
        self.loads: dict[str, str] = {}
        """Chains of manifests, as trips begin."""
        self.numbers: dict[str, str] = {}
        """National numbers of manifests."""
        granted = [(name, cast.firm(name).uscc, self.ulid(calendar.PERMITTED, permit.no)) for name, permit in cast.permits.items()]
        self.permits = {name: f"permit/{uscc}/{ulid}" for name, uscc, ulid in granted}
        applied = [(name, cast.firm(flow.generator).uscc, self.ulid(applied_s(flow), name)) for name, flow in cast.flows.items()]
        self.approvals = {name: f"approval/{uscc}/{ulid}" for name, uscc, ulid in applied}

    def permit_of(self, flow: Flow) -> str:
        """The chain of the permit that a flow goes by."""
        return str(self.named("permit", flow.permit or flow.receiver))

    def ulid(self, at_s: int, what: str) -> str:
        """A ULID of a moment (its first 10 characters) and a name (the other 16)."""
        tail = int.from_bytes(sha256(f"{self._seed}/{what}".encode()).digest()[:10], "big")
        return ulid(at_s * 1000, tail)

    def count(self, name: str) -> int:
        """1, 2, 3 … per name."""
        self._counted[name] += 1
        return self._counted[name]

    def number(self, load: str, origin: str) -> str:
        """The next 14-digit number that the state system gives at an origin, ``2026 PP CC NNNNNN``, kept for a load."""
        place = f"50{'02' if origin[2:4] == '02' else '01'}" if origin[:2] == "50" else origin[:4]
        return self.numbers.setdefault(load, f"2026{place}{self._first_number - 1 + self.count(f'number {place}'):06d}")

    def owner(self, name: str) -> str:
        """The key owner ``USCC.phone`` that the story calls ``shuan.phone``."""
        firm, dot, device = name.partition(".")
        return f"{self.cast.firm(firm).uscc}{dot}{device}"

    def chain(self, text: str) -> str:
        """A chain with the names in it filled in: ``party/$shuan``, ``$permit:suining``."""
        parts = text.split("/")
        return "/".join(str(self.named(*part[1:].split(":", 1))) if part.startswith("$") else part for part in parts)

    def named(self, sort: str, name: str = "") -> Any:
        """What ``$sort:name`` stands for; ``$firm`` is its USCC. A permit that nobody knows yet (``suining.renewed``) gets its chain here."""
        known: dict[str, dict[str, str]] = {"approval": self.approvals, "list": self.lists, "load": self.loads, "number": self.numbers}
        match sort:
            case "permit":
                holder = self.cast.firm(name.partition(".")[0]).uscc
                return self.permits.setdefault(name, f"permit/{holder}/{self.ulid(calendar.PERMITTED, name)}")
            case "emergency":
                declared_by, _, event = name.partition(".")
                return f"emergency/{self.cast.firm(declared_by).uscc}/{self.ulid(calendar.FIRST_DAY, event)}"
            case "data":
                return sha256(self.cast.data[name]).hexdigest()
            case "place":
                return self.cast.places.get(name) or self.cast.firm(name).place
        return known[sort][name] if sort in known else self.cast.firm(sort).uscc


def applied_s(flow: Flow) -> int:
    """When the generator applied."""
    return at(flow.applied) if flow.applied else calendar.APPLIED


def decided_s(flow: Flow) -> int:
    """When it was decided: by letter later than on a listing."""
    by_letter = flow.letter or flow.row is None
    return applied_s(flow) + DAY if flow.applied else calendar.DECIDED_BY_LETTER if by_letter else calendar.DECIDED
