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

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.verification import keys_brought, verify_signatures
from ledger.auditing.replay import Finding
from ledger.auditing.report import of_entry
from ledger.directory import KeyRecord
from ledger.model import AccountRow, Admission, Alert, Decision, Seen, Statement
from ledger.tree.merkle import Edge, leaf_hash
from signing.envelope import Envelope, Signature
from signing.refusal import Refusal

_KEYID = re.compile(rb'"keyid":"([0-9a-f]{64})"')


class Task(Struct, frozen=True):
    """Consecutive entries from ``start`` on, and the keys known so far that they are signed with."""

    start: int
    entries: tuple[bytes, ...]
    keys: dict[str, tuple[str, bytes]]
    """(suite, SPKI) by keyid."""


class _Wire(Struct, frozen=True, array_like=True):
    """An entry on its way between processes: what the sequential pass needs, and findings of its signatures.

    Tags are a union of two tuples, more than a decoder can tell apart; they travel as lists.
    """

    findings: tuple[Finding, ...] = ()
    is_read: bool = False
    is_verified: bool = False
    kind: str = ""
    chain: str = ""
    seq: int = 0
    prev: str = ""
    by: tuple[str, ...] = ()
    principal: str | None = None
    at: str = ""
    at_s: int = 0
    seen: Seen | None = None
    body: msgspec.Raw = msgspec.Raw(b"\xc0")
    hash: str = ""
    payload_type: str = ""
    payload: bytes = b""
    signatures: tuple[tuple[str, bytes], ...] = ()
    index: int = 0
    admitted_at: str = ""
    ruleset: str = ""
    facts: tuple[tuple[str, int], ...] = ()
    route: str | None = None
    tags: tuple[tuple[str | int, ...], ...] = ()
    alerts: tuple[Alert, ...] = ()
    accounts: tuple[AccountRow, ...] = ()


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
    """Reads tasks in a worker process (or in this one). Answers are bytes, which travel faster than objects."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._encode = Encoder().encode

    def read(self, task: Task) -> bytes:
        """Leaf hashes, entries and findings of a task, encoded for :class:`Unpacker`."""
        leaves = [leaf_hash(raw) for raw in task.entries]
        records = {keyid: KeyRecord(uscc="", suite=suite, spki=spki, added=0) for keyid, (suite, spki) in task.keys.items()}
        entries = tuple(self._one(raw, task.start + at, records) for at, raw in enumerate(task.entries))
        return self._encode(_WireBundle(b"".join(leaves), Edge().append_many(leaves).root(), entries))

    def _one(self, raw: bytes, index: int, records: dict[str, KeyRecord]) -> _Wire:
        try:
            entry = read_entry(raw, self._kinds)
        except Refusal as refusal:
            return _Wire(tuple(of_entry(refusal.reasons, index, "")))
        records.update(keys_brought(entry.statement))
        return _wired(entry, self._encode(entry.statement.body), *_verified(entry, index, records))


def _verified(entry: Entry, index: int, records: Mapping[str, KeyRecord]) -> tuple[tuple[Finding, ...], bool]:
    if any(signature.keyid not in records for signature in entry.envelope.signatures):
        return (), False
    try:
        verify_signatures(entry.envelope, entry.statement.by, records.get)
    except Refusal as refusal:
        return tuple(of_entry(refusal.reasons, index, entry.statement.chain, "statement.")), True
    return (), True


def _wired(entry: Entry, body: bytes, findings: tuple[Finding, ...], is_verified: bool) -> _Wire:
    statement, admission, envelope = entry.statement, entry.admission, entry.envelope
    decision = admission.decision
    return _Wire(
        findings,
        True,
        is_verified,
        statement.kind,
        statement.chain,
        statement.seq,
        statement.prev,
        statement.by,
        statement.principal,
        statement.at,
        statement.at_s,
        statement.seen,
        msgspec.Raw(body),
        statement.hash,
        envelope.payload_type,
        envelope.body,
        tuple((signature.keyid, signature.sig) for signature in envelope.signatures),
        admission.index,
        admission.at,
        admission.ruleset,
        admission.facts,
        decision.route,
        decision.tags,
        decision.alerts,
        decision.accounts,
    )


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
        if not wire.is_read:
            return CheckedEntry(None, wire.findings, False)
        signatures = tuple(Signature(keyid, sig) for keyid, sig in wire.signatures)
        statement = Statement(
            kind=wire.kind,
            chain=wire.chain,
            seq=wire.seq,
            prev=wire.prev,
            by=wire.by,
            principal=wire.principal,
            at=wire.at,
            at_s=wire.at_s,
            seen=wire.seen,
            body=self._bodies[wire.kind].decode(wire.body),
            hash=wire.hash,
            keyids=tuple(signature.keyid for signature in signatures),
        )
        tags: Any = wire.tags
        decision = Decision(route=wire.route, tags=tags, alerts=wire.alerts, accounts=wire.accounts)
        admission = Admission(index=wire.index, at=wire.admitted_at, ruleset=wire.ruleset, facts=wire.facts, decision=decision)
        envelope = Envelope(wire.payload_type, wire.payload, signatures)
        entry = Entry(index=wire.index, raw=raw, envelope=envelope, statement=statement, admission=admission)
        return CheckedEntry(entry, wire.findings, wire.is_verified)
