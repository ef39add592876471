"""The part of the audit that needs no order: 256 entries are read strictly, hashed, and their signatures verified, in any process.

The keys come with the task: a cheap look at the bytes names the keyids, and the sequential pass knows who registered them so far. Keys
that the same 256 entries bring are taken from them. A signature that finds no key here is left to the sequential pass. Whether a key
may sign at its index is always decided there; here it is mathematics only, and a keyid is the hash of its key.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.verification import keys_brought, verify_signatures
from ledger.auditing.report import Finding, of_entry
from ledger.directory import KeyRecord
from ledger.model import Admission, Statement
from ledger.tree.merkle import Edge, leaf_hash
from signing.envelope import Envelope
from signing.refusal import Refusal

_KEYID = re.compile(rb'"keyid":"([0-9a-f]{64})"')


class Task(Struct, frozen=True):
    """Consecutive entries from ``start`` on, and the keys known so far that they are signed with."""

    start: int
    entries: tuple[bytes, ...]
    keys: dict[str, tuple[str, bytes]]
    """(suite, SPKI) by keyid."""


class _Wire(Struct, frozen=True, array_like=True):
    """An entry on its way between processes, and findings of its signatures. The body travels encoded: only its kind knows its type."""

    findings: tuple[Finding, ...] = ()
    is_verified: bool = False
    read: tuple[Statement, msgspec.Raw, Envelope, Admission] | None = None


class _WireBundle(Struct, frozen=True, array_like=True):
    leaves: bytes
    node: bytes
    entries: tuple[_Wire, ...]


class CheckedEntry(Struct, frozen=True):
    """An entry after the parallel part: ``entry`` is None when it cannot be read; ``is_verified`` when all its keys were at hand."""

    entry: Entry | None
    findings: tuple[Finding, ...]
    is_verified: bool


class BundleRead(Struct, frozen=True):
    """Entries of one task: their leaf hashes, joined, and the root over them."""

    leaves: bytes
    node: bytes
    judged: tuple[CheckedEntry, ...]


def keyids_in(raws: Sequence[bytes]) -> set[str]:
    """Keyids that entries seem to be signed with: a hint for the task, believed by nobody."""
    return {match.decode() for raw in raws for match in _KEYID.findall(raw)}


class Reader:
    """Reads tasks, in a worker process or in this one."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._encode = Encoder().encode

    def read(self, task: Task) -> BundleRead:
        """Leaf hashes, entries and findings of a task."""
        leaves = [leaf_hash(raw) for raw in task.entries]
        records = {keyid: KeyRecord(uscc="", suite=suite, spki=spki, added=0) for keyid, (suite, spki) in task.keys.items()}
        judged = tuple([self._one(raw, task.start + at, records) for at, raw in enumerate(task.entries)])
        return BundleRead(b"".join(leaves), Edge().append_many(leaves).root(), judged)

    def pack(self, found: BundleRead) -> bytes:
        """What was read as bytes for :class:`Unpacker`, which travel faster than objects."""
        return self._encode(_WireBundle(found.leaves, found.node, tuple(map(self._wired, found.judged))))

    def _one(self, raw: bytes, index: int, records: dict[str, KeyRecord]) -> CheckedEntry:
        try:
            entry = read_entry(raw, self._kinds)
        except Refusal as refusal:
            return CheckedEntry(None, tuple(of_entry(refusal, index)), False)
        if entry.statement.chain_type in ("log", "party"):
            records.update(keys_brought(entry.statement))
        return CheckedEntry(entry, *_verified(entry, index, records))

    def _wired(self, found: CheckedEntry) -> _Wire:
        entry = found.entry
        if entry is None:
            return _Wire(found.findings)
        body = msgspec.Raw(self._encode(entry.statement.body))
        return _Wire(found.findings, found.is_verified, (replace(entry.statement, body=None), body, entry.envelope, entry.admission))


def _verified(entry: Entry, index: int, records: Mapping[str, KeyRecord]) -> tuple[tuple[Finding, ...], bool]:
    if any(signature.keyid not in records for signature in entry.envelope.signatures):
        return (), False
    try:
        verify_signatures(entry.envelope, entry.statement.by, records.get)
    except Refusal as refusal:
        return tuple(of_entry(refusal, index, entry.statement.chain, "statement.")), True
    return (), True


class Unpacker:
    """Turns a worker's answer into entries again."""

    def __init__(self, kinds: Kinds) -> None:
        self._bundle = Decoder(_WireBundle)
        self._bodies: dict[str, Decoder[Any]] = {name: Decoder(kind.body) for name, kind in kinds.by_name.items()}

    def unpack(self, answer: bytes, task: Task) -> BundleRead:
        """The entries of the task."""
        bundle = self._bundle.decode(answer)
        judged = tuple(self._judged(wire, raw) for wire, raw in zip(bundle.entries, task.entries, strict=True))
        return BundleRead(bundle.leaves, bundle.node, judged)

    def _judged(self, wire: _Wire, raw: bytes) -> CheckedEntry:
        if wire.read is None:
            return CheckedEntry(None, wire.findings, False)
        bare, body, envelope, admission = wire.read
        statement = replace(bare, body=self._bodies[bare.kind].decode(body))
        entry = Entry(index=admission.index, raw=raw, envelope=envelope, statement=statement, admission=admission)
        return CheckedEntry(entry, wire.findings, wire.is_verified)
