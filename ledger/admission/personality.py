"""A personality: what a package above the log teaches it about its kinds of statement.

A kind is one value with everything about it: its name for people, the form of its body, who signs, what it reads, the rules that judge it
and their texts, how it changes the state, in which column of a monthly statement it is booked. Rules see the statement, the facts and the
moment, nothing else: no clock, no database, no network. The sequencer and the auditor run the same functions (design §3).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from hashlib import sha256
from types import ModuleType
from typing import Any, Literal, TypeVar

from msgspec import Struct, field

from ledger.model import Admission, Facts, Findings, Moment, Seen, Statement
from signing.refusal import Rule

T = TypeVar("T")
RuleT = TypeVar("RuleT")


class Window(Enum):
    """Which ``at`` a kind accepts (formats §6)."""

    __hash__ = object.__hash__  # each is itself, and the hash of an enumeration is worked out in Python

    NONE = "none"  # ``log.found`` only.
    DAY = "day"  # [admission.at - 24 h, + 5 min].
    MONTH = "month"  # [admission.at - 30 d, + 5 min].
    CUSTODY = "custody"  # A fact: any past ``at``, never later than admission.at + 5 min; tagged LATE beyond 2 h.


class Reads(Struct, frozen=True, gc=False, kw_only=True):
    """What a kind needs beside its own chain, ``log/main`` and the signers' party chains (these are always read)."""

    chains: tuple[str, ...] = ()  # Listed in ``admission.facts`` where they have entries.
    accounts: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    """Full keys (``number:20265101000123``) of indexes that ``evolve`` keeps; functions of earlier entries, so never listed."""


class Role(Struct, frozen=True, gc=False):
    """One place of ``by``: who may hold it. ``foreign``: no authority covers the party or place, so any may act (tag FOREIGN)."""

    name: str
    holders: tuple[str, ...]
    foreign: bool = False


class Judged(Struct, frozen=True, gc=False):
    """What a rule sees. ``state`` is the chain's, before the statement; ``None`` where it has none."""

    statement: Statement
    facts: Facts
    moment: Moment
    state: Any
    kind: Kind  # The kind as the ruleset in force has it.


class Changes(Struct, frozen=True, gc=False, kw_only=True):
    """What an entry changes beside its chain's head and its account rows: the chain's own state, and registers by full key."""

    state: Any = None
    registers: Mapping[str, Any] = field(default_factory=dict)


ReadsFn = Callable[[Statement, Facts], Reads]
"""Called with the own chain, ``log/main`` and the signers loaded; called again once what it named is loaded, until it names
nothing new (two rounds at most in practice), so it may follow a reference found in a chain it named."""
SignersFn = Callable[[Statement, Facts], Sequence[Role]]
"""The roles of a statement in the order of ``by``; none where the chain does not tell yet, which the gate then says."""
JudgeFn = Callable[[Judged, Findings], None]
"""A rule: puts what it finds into the findings, and never raises over anything a user could send."""
DayBelow = Callable[[int], str]
"""Day (Asia/Shanghai) on which the last entry below a size was admitted; of sizes that the log has reached."""
PastFn = Callable[[Statement, DayBelow, Findings], None]
"""Puts what a body says wrongly of the past of the log into the findings."""
EvolveFn = Callable[[Statement, Admission, Facts], Changes]
Books = Literal["decided", "reserved", "settled", "corrected", "released", "outside"]
"""Column of a monthly statement in which the account rows of an act are booked; ``corrected``: what a correction moved;
``outside``: grams that no manifest of this log carried."""


def no_reads(statement: Statement, facts: Facts) -> Reads:
    """For kinds that need only what is always read."""
    return Reads()


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of statement, e.g. ``manifest.issue/1``: the value that a module of acts exports."""

    name: str
    zh: str  # What it is called, in the words of the law where there are any.
    en: str
    body: type
    """A frozen msgspec Struct with ``forbid_unknown_fields=True``: the schema of the act, labels and codes of its fields included."""
    chain_type: str  # First segment of the chains it lies on.
    also_on: tuple[
        str, ...
    ] = ()  # Further types of chain that it lies on (``quota.open``): the state there is that of the chain's own kinds.
    chain: str = ""  # The one chain it lies on, where others of that type hold other kinds (``log/refusals``).
    roles: tuple[str, ...]  # Who signs, in order, as printed in docs/formats.
    signers: SignersFn
    window: Window
    reads: ReadsFn = no_reads
    listed: Callable[[Statement, Facts], Sequence[str]] | None = None
    """The chains of ``reads`` alone, where a kind has them apart: an auditor, who holds every fact, needs none of the other names."""
    reads_doc: str = "Nothing beside log/main."  # One English sentence for docs/formats.
    gate: JudgeFn | None = None  # Judged before signers and rules: what it refuses makes every further word pointless (``ACT_NOT_OPEN``).
    rules: tuple[JudgeFn, ...]  # In the order in which people want to read their reasons; all of them run.
    asks: tuple[Callable[[Any, Findings], None], ...] = ()
    """Rules that a dry run of the act asks too; where a kind has some, one of its ``rules`` calls them (``whitelist.check``)."""
    evolve: EvolveFn
    books: Books | None  # ``None`` said aloud: the act moves no account.
    effect: tuple[str, str]  # What it brings about, one sentence in Chinese and one in English, for docs/formats/kinds.md.
    texts: tuple[Rule, ...] = ()  # Standing texts of the codes that its own rules give.
    opens: bool = False
    """May stand at seq 0 of its chain; on ``party/`` chains of operator and authorities alone, but for ``party.register``."""
    again: bool = False  # Where it opens: may also come later (kinds §1.8); otherwise it stands at seq 0 only.
    barred_when_closed: bool = False  # A closed party never signs it (issue, apply, depart); what opens a chain, it does not sign anyway.
    roots: Callable[[Statement], tuple[Seen, ...]] | None = None
    """Checkpoints that the body claims; admission compares them with the log like ``seen``."""
    past: PastFn | None = None
    """Asked where those checkpoints stand: what else the body says of the log at their sizes."""
    routed: bool = False  # The admission carries a route (approval.decide, manifest.issue).

    @property
    def chain_types(self) -> tuple[str, ...]:
        """First segments of all chains it lies on."""
        return (self.chain_type, *self.also_on)


CHANGEABLE = frozenset({"signers", "reads", "gate", "rules", "asks", "evolve"})
"""Functions of a kind that a version may change. Its body may not change: another body is another kind, ``/2``."""


class Ruleset(Struct, frozen=True, kw_only=True):
    """A version of the rules: which behaviour it stands for. Old ones stay for ever, a bug fix is a new one (formats §5). Its file lies under
    ``data/`` of an export like every adopted file.

    The first ruleset is what the kinds of all packages say. A later one is a value that names its base and what it changes: functions of
    kinds, kinds that come with it, texts of their codes. The table of kinds puts each version together once (ledger.admission.kind_table),
    and sequencer, publisher, audits and dry runs take a kind from there by the ruleset in force at the index. So a log that has adopted
    another version and one that never did are both judged by one program. ``docs/extending.md`` says how to add one.
    """

    name: str = "liandan"
    version: str
    unicode: str = "14.0.0"
    base: str = ""  # Version that it changes; empty for the first.
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By kind (``manifest.receive/1``) the functions that take the place of the base's, by their names in ``Kind``."""
    adds: tuple[Kind, ...] = ()  # Kinds that come with it; under an earlier version they are unknown.
    texts: tuple[Rule, ...] = ()  # Standing texts of codes that only it gives.

    @property
    def file(self) -> bytes:
        """The adopted bytes: what the version promises to whoever reads it later."""
        base = f',"base":"{self.base}"' if self.base else ""
        return f'{{"name":"{self.name}","version":"{self.version}","unicode":"{self.unicode}"{base}}}\n'.encode()

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, hex."""
        return sha256(self.file).hexdigest()


def instead(rules: tuple[RuleT, ...], old: RuleT, *new: RuleT) -> tuple[RuleT, ...]:
    """Rules in which others stand in the place of one, in its order of report; none of them: it goes."""
    place = rules.index(old)
    return (*rules[:place], *new, *rules[place + 1 :])


class Personality(Struct, frozen=True, kw_only=True):
    """The kinds of one package, the types of its states and registers, its data sets and its rule texts."""

    name: str
    kinds: tuple[Kind, ...]
    states: Mapping[str, type]  # State Struct by chain type, or by whole chain name where one chain of a type differs (``log/refusals``).
    chains: Mapping[str, str] = field(default_factory=dict)  # Regular expression of the whole chain name by chain type.
    registers: Mapping[str, Any] = field(default_factory=dict)  # Value type by register name (the part before the colon).
    data: Mapping[str, Callable[[bytes], Any]] = field(default_factory=dict)
    """Parser by data set name; a name ending in ``-`` is a prefix (``workdays-`` serves ``workdays-2026``)."""
    rulesets: tuple[Ruleset, ...] = ()  # Versions of the rules beyond the first: what they change of the kinds of any package.
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """Texts of every refusal, alert and tag code the package can give, those of its kinds included."""
    follow_ons: str = ""  # Which of its reasons only follow from others (``signing.refusal.following``).


def values_in(package: ModuleType, form: type[T]) -> tuple[T, ...]:
    """The acts of a package, whose writers list them nowhere: every value of a type that the modules of a package export by a name in
    capitals, by module and in the order of writing. A value that several modules name (one uses another's) counts once, for the first of
    them."""
    found: dict[int, T] = {}
    for module in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        for name, value in vars(importlib.import_module(f"{package.__name__}.{module}")).items():
            if isinstance(value, form) and name.isupper():
                found.setdefault(id(value), value)
    return tuple(found.values())


CURRENT = "liandan-2026.1"  # The version that a new log is founded with.
RULESETS = {CURRENT: Ruleset(version=CURRENT)}  # Versions that need nothing but the kinds as the packages declare them.
