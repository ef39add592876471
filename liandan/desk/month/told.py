"""What the page reads of a monthly statement's JSON (docs/reconciliation.md). It is the statement that is downloaded: the page computes none of it."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct, field

from ledger.mass import parse_mass
from ledger.problem import Language

_ROW = re.compile(r"第 (\d+) 行")


class ToldMatter(Struct, frozen=True, kw_only=True):
    """One sort of what is out of order or noted."""

    code: str
    level: str
    table: str
    count: int
    mass_t: str = ""


class ToldVerdict(Struct, frozen=True, kw_only=True):
    """Whether the month is fine, in one sentence, the gravest first."""

    fine: bool
    zh: str
    en: str
    findings: tuple[ToldMatter, ...] = ()


class ToldMirror(Struct, frozen=True, kw_only=True):
    """The mirror equation of one code, or of all (R-93)."""

    code: str = ""
    opening_t: str
    departed_t: str
    accepted_t: str
    refused_t: str
    difference_t: str
    closing_t: str
    unequal_t: str
    adjusted_departed_t: str = "0"
    adjusted_accepted_t: str = "0"
    adjusted_refused_t: str = "0"
    adjusted_difference_t: str = "0"
    waiting_t: str = "0"

    @property
    def is_equal(self) -> bool:
        """Whether both sides are the same to the gram."""
        return signed_g(self.unequal_t) == 0


class ToldFlow(Struct, frozen=True, kw_only=True, rename={"origin": "from", "destination": "to"}):
    """Between two places."""

    origin: str
    destination: str
    lines: int
    departed_t: str
    accepted_t: str
    refused_t: str


class ToldAge(Struct, frozen=True, kw_only=True):
    """How long loads have been under way or waited at the end."""

    band: str
    in_transit: int
    in_transit_t: str
    waiting: int
    waiting_t: str


class ToldDeviation(Struct, frozen=True, kw_only=True):
    """Lines received, by how much more or less came."""

    band: str
    lines: int
    within: int
    notable: int
    grave: int
    difference_t: str


class ToldAccount(Struct, frozen=True, kw_only=True):
    """A quota over the month."""

    account: str
    label: str
    closing_t: str
    held_t: str
    used_t: str
    year_t: str | None = None
    limit_t: str | None = None
    left_t: str | None = None

    @property
    def taken_t(self) -> str:
        """What counts against the limit."""
        return self.closing_t if self.year_t is None else self.year_t


class ToldLog(Struct, frozen=True, kw_only=True):
    """At which state of which log the statement was drawn."""

    origin: str
    size: int
    root: str
    at: str
    clock: str = "real"


class ToldMonth(Struct, frozen=True, kw_only=True, rename={"origin": "from", "destination": "to"}):
    """The parts of a statement that the page shows."""

    month: str
    origin: str = ""
    destination: str = ""
    provisional: bool
    as_of: str
    verdict: ToldVerdict
    log: ToldLog
    balanced: bool
    mirror: tuple[ToldMirror, ...]
    total: ToldMirror
    flows: tuple[ToldFlow, ...] = ()
    deviations: tuple[ToldDeviation, ...] = ()
    ages: tuple[ToldAge, ...] = ()
    m9_accounts: tuple[ToldAccount, ...] = ()
    parties: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, str] = field(default_factory=dict)


_DECODE = msgspec.json.Decoder(ToldMonth).decode


def read_month(raw: bytes) -> ToldMonth:
    """The statement's JSON as the page wants it."""
    return _DECODE(raw)


def label_in(label: str, language: Language) -> str:
    """What an account is called, which statements say in Chinese: numbers and names stay, the row's number is told in the reader's language."""
    return label if language == "zh" else _ROW.sub(r"row \1", label)


def signed_g(mass_t: str) -> int:
    """Grams of a mass that may be below nothing."""
    return -parse_mass(mass_t[1:]) if mass_t.startswith("-") else parse_mass(mass_t)
