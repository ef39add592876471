"""A personality: what a package above the log teaches it about its kinds of statement.

Each kind brings three pure functions. ``reads`` names what the decision needs; ``decide`` admits or refuses, with all reasons at once;
``evolve`` gives the state after the entry. They see only the statement, the facts and the moment: no clock, no database, no network.
The sequencer and the auditor run the same functions (design §3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, field

from ledger.admission.facts import Facts
from ledger.model import Admission, Alert, Moment, Seen, Statement, Tag
from signing.refusal import Reason, Rule


class Window(Enum):
    """Which ``at`` a kind accepts (formats §6)."""

    NONE = "none"
    """``log.found`` only."""
    DAY = "day"
    """[admission.at - 24 h, + 5 min]."""
    MONTH = "month"
    """[admission.at - 30 d, + 5 min]."""
    CUSTODY = "custody"
    """A fact: any past ``at``, never later than admission.at + 5 min; tagged LATE beyond 2 h."""


class Reads(Struct, frozen=True, kw_only=True):
    """What a kind needs beside its own chain, ``log/main`` and the signers' party chains (these are always read)."""

    chains: tuple[str, ...] = ()
    """Listed in ``admission.facts`` where they have entries."""
    accounts: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    """Full keys (``number:20265101000123``) of indexes that ``evolve`` keeps; functions of earlier entries, so never listed."""


class Admitted(Struct, frozen=True, kw_only=True):
    """A statement may enter. ``accounts`` are changes in grams by account name, merged per account; zero changes are dropped."""

    route: str | None = None
    tags: tuple[Tag, ...] = ()
    alerts: tuple[Alert, ...] = ()
    accounts: Mapping[str, int] = field(default_factory=dict)


class Refused(Struct, frozen=True):
    """A statement may not enter: all reasons, in order of report."""

    reasons: tuple[Reason, ...]


class Changes(Struct, frozen=True, kw_only=True):
    """What an entry changes beside its chain's head and its account rows: the chain's own state, and registers by full key."""

    state: Any = None
    registers: Mapping[str, Any] = field(default_factory=dict)


ReadsFn = Callable[[Statement, Facts], Reads]
"""Called with the own chain, ``log/main`` and the signers loaded; called again once what it named is loaded, until it names
nothing new (two rounds at most in practice), so it may follow a reference found in a chain it named."""
DecideFn = Callable[[Statement, Facts, Moment], Admitted | Refused]
EvolveFn = Callable[[Statement, Admission, Facts], Changes]


def no_roots(statement: Statement) -> tuple[Seen, ...]:
    """For kinds whose body claims no root."""
    return ()


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of statement, e.g. ``manifest.issue/1``."""

    name: str
    body: type
    """A frozen msgspec Struct with ``forbid_unknown_fields=True``: the schema of the act."""
    chain_type: str
    """First segment of the chains it lies on."""
    roles: tuple[str, ...]
    """Who signs, in order, as printed in docs/formats."""
    window: Window
    reads: ReadsFn
    reads_doc: str
    """One English sentence for docs/formats."""
    decide: DecideFn
    evolve: EvolveFn
    opens: bool = False
    """May stand at seq 0 of its chain."""
    roots: Callable[[Statement], tuple[Seen, ...]] = no_roots
    """Checkpoints that the body claims; admission compares them with the log like ``seen``."""
    routed: bool = False
    """The admission carries a route (approval.decide, manifest.issue)."""


class Personality(Struct, frozen=True, kw_only=True):
    """The kinds of one package, the types of its states and registers, its data sets and its rule texts."""

    name: str
    kinds: tuple[Kind, ...]
    states: Mapping[str, type]
    """State Struct by chain type, or by whole chain name where one chain of a type differs (``log/refusals``)."""
    chains: Mapping[str, str] = field(default_factory=dict)
    """Regular expression of the whole chain name by chain type."""
    registers: Mapping[str, Any] = field(default_factory=dict)
    """Value type by register name (the part before the colon)."""
    data: Mapping[str, Callable[[bytes], Any]] = field(default_factory=dict)
    """Parser by data set name; a name ending in ``-`` is a prefix (``workdays-`` serves ``workdays-2026``)."""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """Texts of every refusal, alert and tag code the package can give."""


def no_reads(statement: Statement, facts: Facts) -> Reads:
    """For kinds that need only what is always read."""
    return Reads()
