"""Entries over HTTP with what proves them: the history of a manifest, and of an incident."""

from base64 import b64encode

from msgspec import Struct, field

from ledger.admission.entry import Entry
from ledger.answers import ChangedParty, filled
from ledger.model import AccountRow
from ledger.tree.merkle import leaf_hash


class RecordAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An entry about the manifest, with what proves it; ``at`` is claimed, ``hash`` that of the statement."""

    index: int
    kind: str
    chain: str
    seq: int
    by: tuple[str, ...]
    at: str
    hash: str
    admitted_at: str
    ruleset: str
    facts: tuple[tuple[str, int], ...]
    """What the decision read: chains and the index of their newest entry."""
    route: str | None
    tags: tuple[tuple[str | int, ...], ...]
    alerts: tuple[tuple[str, str], ...]
    accounts: tuple[AccountRow, ...]
    leaf: str
    """Merkle leaf hash, hex."""
    entry: str
    """The exact entry bytes, base64."""
    called: dict[str, str] = field(default_factory=dict)
    """How its signers were called then, those that are called otherwise now."""


class ManifestHistory(Struct, frozen=True, gc=False, kw_only=True):
    """Every entry about a manifest, trunk and cases, and those of other chains that name it (incidents, settlements of its number), in the order of the log."""

    size: int
    id: str
    entries: tuple[RecordAnswer, ...]
    names: dict[str, str] = field(default_factory=dict)
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def record_answer(entry: Entry) -> RecordAnswer:
    """An entry with everything needed to check it."""
    admission = entry.admission
    proof = {"leaf": leaf_hash(entry.raw).hex(), "entry": b64encode(entry.raw).decode("ascii")}
    return filled(RecordAnswer, entry, entry.statement, admission, admission.decision, admitted_at=admission.at, **proof)
