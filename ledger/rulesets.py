"""Rulesets that this code can run. A ruleset fixes behaviour by version; old ones stay for ever, a bug fix is a new one (formats §5)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from ledger.findings import Findings

if TYPE_CHECKING:
    from ledger.kinds.founding import Adopted


class Ruleset(Struct, frozen=True):
    """A version of the rules. Its file lies under ``data/`` of an export like every adopted file."""

    name: str
    version: str
    unicode: str

    @property
    def file(self) -> bytes:
        """The adopted bytes: what the version promises to whoever reads it later."""
        return f'{{"name":"{self.name}","version":"{self.version}","unicode":"{self.unicode}"}}\n'.encode()

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, hex."""
        return sha256(self.file).hexdigest()


CURRENT = "liandan-2026.1"
RULESETS = {ruleset.version: ruleset for ruleset in (Ruleset("liandan", CURRENT, "14.0.0"),)}


def judge_ruleset(out: Findings, adopted: Adopted, field: str) -> None:
    """A log adopts only rules that this code can run."""
    if adopted.version not in RULESETS:
        out.refuse("RULESET_UNKNOWN", f"{field}.version", adopted.version, ", ".join(RULESETS))
