"""Rulesets: which behaviour a version stands for. Old ones stay for ever, a bug fix is a new one (formats §5).

The first ruleset is what the kinds of all packages say. A later one is a value that names its base and what it changes: functions of
kinds, kinds that come with it, texts of their codes. The table of kinds puts each version together once (ledger.admission.kind_table), and
sequencer, publisher, audits and dry runs take a kind from there by the ruleset in force at the index. So a log that has adopted another
version and one that never did are both judged by one program. ``docs/extending.md`` says how to add one.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from signing.refusal import Rule

if TYPE_CHECKING:
    from ledger.admission.personality import Kind

RuleT = TypeVar("RuleT")

CHANGEABLE = frozenset({"signers", "reads", "gate", "rules", "asks", "evolve"})
"""Functions of a kind that a version may change. Its body may not change: another body is another kind, ``/2``."""


class Ruleset(Struct, frozen=True, kw_only=True):
    """A version of the rules. Its file lies under ``data/`` of an export like every adopted file."""

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


CURRENT = "liandan-2026.1"  # The version that a new log is founded with.
RULESETS = {CURRENT: Ruleset(version=CURRENT)}  # Versions that need nothing but the kinds as the packages declare them.
