"""The cast of the story, read from ``story/cast.toml``: firms, wastes, permits, lists, and who sends what to whom. All fictitious."""

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from ledger.mass import format_mass, parse_mass
from signing.uscc import check_character
from whitelist.adopted import data_files

STORY = Path(__file__).with_name("story")
T = TypeVar("T")


def read(name: str, form: type[T]) -> T:
    """A file of the story in its form."""
    return msgspec.toml.decode((STORY / f"{name}.toml").read_bytes(), type=form)


class Firm(Struct, frozen=True, array_like=True, dict=True):
    """A party of the story and the place where it works."""

    key: str
    organisation: str
    division: str
    serial: int
    title: str
    address: str

    @cached_property
    def uscc(self) -> str:
        """A valid USCC whose part ``0000FX…`` is given to nobody; ``organisation``: 91 enterprise, 11 authority, 12 institution."""
        body = f"{self.organisation}{self.division}0000FX{self.serial:03d}"
        return body + check_character(body)

    @property
    def name(self) -> str:
        """Its name, which says that it is fictitious."""
        return f"{self.title}（虚构）"

    @property
    def province(self) -> str:
        """``51`` or ``50``."""
        return self.division[:2]

    @property
    def place(self) -> dict[str, Any]:
        """Where it works, as bodies name it."""
        return {"division": self.division, "address": self.address}


class NamedWaste(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A waste as its generators write it on the form."""

    name: str
    code: str
    hazards: tuple[str, ...]
    components: str
    form: str
    packing: str
    method: str

    @property
    def category(self) -> str:
        """``HWnn``."""
        return f"HW{self.code[-2:]}"

    @property
    def named(self) -> dict[str, Any]:
        """What it is, as applications and forms say it."""
        return {"name": self.name, "code": self.code, "category": self.category, "hazards": list(self.hazards)}

    @property
    def scope(self) -> dict[str, Any]:
        """The codes that a permit or a row of a list covers."""
        return {"category": self.category, "scope": "INCLUDE", "codes": [self.code]}


class DemoWaste(NamedWaste, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A waste of the demonstration. ``pack_t``: a pack at most; ``load_t``: lightest and heaviest load of a truck."""

    pack_t: str
    load_t: tuple[str, str]
    step_t: str = "0.02"
    """The division of the scale."""
    un_no: str = ""
    dg_class: str = ""
    piece_t: str = ""
    """A piece (只), where pieces are counted."""
    measures: str

    def packs(self, mass_g: int) -> int:
        """How many packs a load has; bulk goods have one."""
        return 1 if self.packing == "tank" else -(-mass_g // parse_mass(self.pack_t))


class Licence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receiver's permit, or its record as one that needs none (``basis``): one waste, yearly scale, term."""

    waste: str
    t: str
    valid_from: str = "2023-10-21"
    valid_to: str
    no: str
    basis: dict[str, Any] = {}
    collects: bool = False
    """收集经营许可证: the holder only stores what it takes."""


class Amendment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list gets in June, by both sides' consent: rows as those of the list, and other quotas by row, tonnes."""

    add: tuple[tuple[str, str], ...] = ()
    quota: dict[str, str] = {}


class Flow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sends what to whom, under which decision (``t`` decided), and how many ordinary loads a seed draws from which day to which."""

    generator: str = field(name="from")
    receiver: str = field(name="to")
    carrier: str = field(name="by")
    t: str
    permit: str = ""
    """Under another permit of the receiver than its first."""
    waste: str = ""
    """Another waste than that of the receiver's permit."""
    row: int | None = None
    """The listing applied on; ``None``: by letter."""
    letter: bool = False
    """By letter although a listing was applied on: its quota had run out."""
    agree: bool = True
    exceeds: bool = False
    """The receiving side lets the row's quota be exceeded by this application (超额度函告)."""
    valid_to: str = "2026-12-31"
    applied: str = ""
    """When the generator applied, if not in September; decided a day later."""
    loads: int = 0
    first: str = "10-08"
    last: str = "10-30"


class Cast(Struct, frozen=True, dict=True, forbid_unknown_fields=True):
    """Everybody and everything of the story that has a name."""

    firms: tuple[Firm, ...]
    places: dict[str, dict[str, str]]
    """Places beside the firms' own."""
    plates: dict[str, str]
    wastes: dict[str, DemoWaste]
    permits: dict[str, Licence]
    lists: dict[str, tuple[tuple[str, str], ...]]
    amended: dict[str, Amendment]
    flows: dict[str, Flow]
    thresholds: dict[str, int]
    """What the adopted tolerances change."""

    def firm(self, key: str) -> Firm:
        """The firm that the story calls so."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Firm]:
        return {firm.key: firm for firm in self.firms}

    def authority_of(self, key: str) -> Firm:
        """The authority of a firm's province; of a third province, which has none in this log, that of the sending side."""
        return self.firm("chongqing" if self.firm(key).province == "50" else "sichuan")

    def waste_of(self, flow: Flow) -> DemoWaste:
        """What a flow carries: normally the waste of its receiver's permit."""
        return self.wastes[flow.waste or self.permits[flow.receiver].waste]

    @cached_property
    def data(self) -> dict[str, bytes]:
        """Data sets that the log adopts in the course of the story, by name: the shipped thresholds with what is changed."""
        shipped = next(file.path.read_bytes() for file in data_files() if file.name == "thresholds")
        return {"thresholds": msgspec.json.format(msgspec.json.encode(msgspec.json.decode(shipped) | self.thresholds)) + b"\n"}

    def rows(self, way: str) -> list[tuple[str, str]]:
        """Receivers and quotas of a list as they stand from July on, by row; with what it may be exceeded by."""
        amended = self.amended.get(way, Amendment())
        rows = [*self.lists[way], *amended.add]
        extra = Counter[int]()
        for flow in self.flows.values():
            if flow.exceeds and flow.row is not None and way == f"{self.firm(flow.generator).province}-{self.firm(flow.receiver).province}":
                extra[flow.row] += parse_mass(flow.t)
        quotas = [parse_mass(amended.quota.get(str(number), quota_t)) + extra[number] for number, (_, quota_t) in enumerate(rows)]
        return [(receiver, format_mass(grams)) for (receiver, _), grams in zip(rows, quotas, strict=True)]

    @property
    def parties(self) -> list[Firm]:
        """Everybody who is registered as a party; operator and authorities enter with ``log.found``."""
        return [firm for firm in self.firms if firm.key not in ("operator", "sichuan", "chongqing")]


CAST = read("cast", Cast)
OPERATOR, SICHUAN, CHONGQING = map(CAST.firm, ("operator", "sichuan", "chongqing"))
