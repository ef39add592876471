"""What is known beside an export, and what its rows come to: in the log already, ready to be signed, or left with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from ledger.lookalikes import tidied
from liandan.intake.model import SheetFinding, SheetNote, SheetRepair, Spot
from liandan.intake.spelling import folded
from whitelist.answers import ApprovalAnswer, PermitAnswer
from whitelist.fields import Place

FieldSource = Literal["export", "registry", "catalogue", "mapping", "default"]
"""Where a field of a body came from: the export; permits, decisions, parties and sites of the log; the waste catalogue; the sender's mapping file; what
the form itself takes where nothing else is said."""
SOURCE_WORDS: Mapping[FieldSource, tuple[str, str]] = {
    "export": ("导出", "export"), "registry": ("账本登记", "registry"), "catalogue": ("名录", "catalogue"), "mapping": ("对照文件", "mapping file"),
    "default": ("默认", "default"),
}  # fmt: skip


class LoggedManifest(Struct, frozen=True, kw_only=True):
    """A manifest of the log under a number of the export."""

    id: str
    number: str
    generator: str
    receiver: str
    codes: tuple[str, ...]
    declared_g: int


class ReadyGround(Struct, frozen=True, kw_only=True):
    """What the log knows. ``parties``: code by name, present and former; ``places``: the only place of a party that is registered."""

    permits: Sequence[PermitAnswer] = ()
    approvals: Sequence[ApprovalAnswer] = ()
    parties: Mapping[str, str] = {}
    places: Mapping[str, Place] = {}
    manifests: Mapping[str, LoggedManifest] = {}

    def party(self, code: str, name: str) -> str:
        """The code of a party that a row names by code or name; empty where nobody is called so."""
        return code or self.parties.get(name_key(name), "")


def name_key(name: str) -> str:
    """A name for comparison."""
    return tidied(folded(name))


class ReadyStatement(Struct, frozen=True, kw_only=True):
    """A statement to be signed by ``uscc``. ``sources``: where each field came from, by path."""

    kind: str
    chain: str
    uscc: str
    number: str
    body: dict[str, Any]
    rows: tuple[Spot, ...]
    sources: Mapping[str, FieldSource]


class MatchedRows(Struct, frozen=True, kw_only=True):
    """Rows whose manifest is in the log. ``differs``: what the export says otherwise, as (what, export, log)."""

    number: str
    manifest: str
    rows: tuple[Spot, ...]
    differs: tuple[tuple[str, str, str], ...] = ()


class Readiness(Struct, frozen=True, kw_only=True):
    """What an export comes to. Every row is in exactly one of ``matched``, ``ready`` and ``left``; ``findings`` say why those are left."""

    rows: int
    matched: tuple[MatchedRows, ...] = ()
    ready: tuple[ReadyStatement, ...] = ()
    left: tuple[Spot, ...] = ()
    findings: tuple[SheetFinding, ...] = ()
    repairs: tuple[SheetRepair, ...] = ()
    notes: tuple[SheetNote, ...] = ()

    @property
    def done(self) -> int:
        """Rows that need no hand."""
        return self.rows - len(self.left)


class FieldLoss(Struct, frozen=True, kw_only=True):
    """Of one field of the bodies: how often it came from where, and how many rows are left because of it."""

    field: str
    sources: Mapping[str, int]
    left: int
