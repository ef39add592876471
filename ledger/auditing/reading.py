"""The part of the audit that needs no order: 256 entries are read strictly, hashed, and their signatures verified, in any process.

The keys come with the task: a cheap look at the bytes names the keyids, and the sequential pass knows who registered them so far. Keys
that the same 256 entries bring are taken from them. A signature that finds no key here is left to the sequential pass. Whether a key
may sign at its index is always decided there; here it is mathematics only, and a keyid is the hash of its key.

Workers are forked: they inherit the table of kinds, which no wire could carry. They run nothing but readers of bytes.
"""

import gc
import multiprocessing
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from ledger.admission.admit import keys_brought, verify_signatures
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.report import Finding, of_entry
from ledger.directory import KeyRecord
from ledger.model import Admission, Statement
from ledger.tree.merkle import Edge, leaf_hash
from signing.envelope import Envelope
from signing.refusal import Refusal

AHEAD = 3  # tasks under way per worker: enough to hide the way there and back, few enough to know nearly all keys
NICE = 5  # how far workers stand back: everybody waits for the sequential pass, so where cores are few it goes first
ORPHAN_S = 1.0  # how often a worker looks whether its audit still lives
_READER: "Reader | None" = None
_KEYID = re.compile(rb'"keyid":"([0-9a-f]{64})"')


class Task(Struct, frozen=True, gc=False):
    """Consecutive entries from ``start`` on, and the keys known so far that they are signed with."""

    start: int
    entries: tuple[bytes, ...]
    keys: dict[str, tuple[str, bytes]]  # (suite, SPKI) by keyid


class _Wire(Struct, frozen=True, gc=False, array_like=True):
    """An entry on its way between processes, and findings of its signatures. The body travels encoded: only its kind knows its type."""

    findings: tuple[Finding, ...] = ()
    is_verified: bool = False
    read: tuple[Statement, msgspec.Raw, Envelope, Admission] | None = None


_WireBundle = tuple[bytes, bytes, tuple[_Wire, ...]]  # leaves, node, entries


class CheckedEntry(Struct, frozen=True, gc=False):
    """An entry after the parallel part: ``entry`` is None when it cannot be read; ``is_verified`` when all its keys were at hand."""

    entry: Entry | None
    findings: tuple[Finding, ...]
    is_verified: bool


class BundleRead(Struct, frozen=True, gc=False):
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
        """What was read as bytes, which travel faster than objects."""
        return self._encode((found.leaves, found.node, tuple(map(self._wired, found.judged))))

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


def _unpacker(kinds: Kinds) -> Callable[[bytes, Task], BundleRead]:
    """Turns a worker's answer to a task into entries again."""
    decode = Decoder(_WireBundle).decode
    bodies: dict[str, Decoder[Any]] = {name: Decoder(kind.body) for name, kind in kinds.by_name.items()}

    def judged(wire: _Wire, raw: bytes) -> CheckedEntry:
        if wire.read is None:
            return CheckedEntry(None, wire.findings, False)
        bare, body, envelope, admission = wire.read
        statement = replace(bare, body=bodies[bare.kind].decode(body))
        entry = Entry(index=admission.index, raw=raw, envelope=envelope, statement=statement, admission=admission)
        return CheckedEntry(entry, wire.findings, wire.is_verified)

    def unpack(answer: bytes, task: Task) -> BundleRead:
        leaves, node, entries = decode(answer)
        return BundleRead(leaves, node, tuple(map(judged, entries, task.entries)))

    return unpack


def _settle(kinds: Kinds, auditor: int) -> None:
    global _READER  # noqa: PLW0603  # one per worker process, set once when it starts
    _READER = Reader(kinds)
    os.nice(NICE)
    # What was inherited stays; a task's own objects hold no cycles worth looking for after every few hundred.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    threading.Thread(target=_end_with, args=(auditor,), daemon=True).start()


def _end_with(auditor: int) -> None:
    """Nobody else would end the workers of an audit that is killed: forked siblings keep each other's pipes open."""
    while os.getppid() == auditor:
        time.sleep(ORPHAN_S)
    os._exit(1)


def _work(task: Task) -> bytes:
    assert _READER is not None, "the worker was not started by a crew"
    return _READER.pack(_READER.read(task))


def answers(tasks: Iterable[Task], kinds: Kinds, workers: int) -> Iterator[tuple[Task, BundleRead]]:
    """Every task with its answer, in order; a bounded number is drawn and under way. ``workers`` 1 reads in this process."""
    if workers <= 1:
        reader = Reader(kinds)
        yield from ((task, reader.read(task)) for task in tasks)
        return
    unpack, pending = _unpacker(kinds), deque[tuple[Task, Future[bytes]]]()

    def oldest() -> tuple[Task, BundleRead]:
        task, answer = pending.popleft()
        return task, unpack(answer.result(), task)

    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _settle, (kinds, os.getpid())) as crew:
        for task in tasks:
            pending.append((task, crew.submit(_work, task)))
            if len(pending) >= AHEAD * workers:
                yield oldest()
        while pending:
            yield oldest()
