"""Cutting the log: back to what was promised, nothing promised lost (design §5, formats §5).

After a freeze, everything above the size in the checkpoint store was never published. ``plan`` says what a cut would do and gives the
tail file that ``log.cut`` pins; when operator and all authorities have signed that statement, ``apply`` moves the tail to quarantine and
puts the derived rows back to the publisher's own memory of that size. The statement is then appended like any other, and after it the
untouched envelopes of the tail: they keep their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

from asyncpg import Connection, Record
from msgspec import Struct

from ledger import store
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.kinds.cut import LogCut, write_tail
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import LogFiles
from ledger.publishing.freeze import Mismatch
from ledger.times import parse_admission_at
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.tiles import TileReader
from signing.envelope import freeze
from signing.refusal import Refusal, refuse


class CutPlan(Struct, frozen=True, kw_only=True):
    """What a cut would do. ``body`` is the act to be signed on ``log/main``, whose seq and prev continue as of its size."""

    body: LogCut
    tail: bytes  # the tail file; it goes to ``data/`` before ``log.cut`` is appended
    envelopes: tuple[bytes, ...]  # untouched envelopes of the tail, in order, without those on ``log/`` chains
    unreadable: tuple[int, ...]  # indices whose rows no longer hold what was written; only their senders can bring them again
    missing: tuple[store.LinkRow, ...] = ()  # places of published entries that somebody has taken out of ``link``; they are put back
    seq: int
    prev: str


async def plan(conn: Connection[Record], checkpoints: CheckpointStore, files: LogFiles, kinds: Kinds) -> CutPlan:
    """Look at the tail without touching it; Mismatch if the published files do not give the promised root, Refusal CUT_NOTHING without one."""
    promise = checkpoints.read()
    size = 0 if promise is None else promise.size
    if promise is None or size == 0 or checkpoints.shadow_size()[0] != size:
        raise Mismatch("nothing is published yet, or the publisher's memory is not at the promised size: start the server once")
    root = TileReader(size, files.read).root()
    if root != promise.root:
        raise Mismatch(f"the published files of size {size} do not give the promised root: restore them from an export first")
    head = await store.fetch_head(conn)
    rows = await store.list_entries(conn, start=size, end=max(size, 0 if head is None else head.size))
    if not rows:
        raise refuse("CUT_NOTHING", field="size", found=size, expected=f"> {size}")
    entries, unreadable = _sort_out(rows, kinds)
    tail = write_tail((entry.statement.hash, parse_admission_at(entry.admission.at)) for entry in entries)
    raw = checkpoints.shadow_value("chain:log/main")
    assert raw is not None, "a published log is founded"
    main = kinds.decode("chain:log/main", raw)
    return CutPlan(
        body=LogCut(size, b64encode(root).decode(), sha256(tail).hexdigest()),
        tail=tail,
        envelopes=tuple(freeze(entry.envelope) for entry in entries if entry.statement.chain_type != "log"),
        unreadable=unreadable,
        missing=await _missing(conn, files, kinds, size),
        seq=main.seq + 1,
        prev=main.hash,
    )


async def _missing(conn: store.Conn, files: LogFiles, kinds: Kinds, size: int) -> tuple[store.LinkRow, ...]:
    """Looked for only when rows are missing: it reads every published entry."""
    if await store.count_links(conn, start=0, end=size) == size:
        return ()
    missing: list[store.LinkRow] = []
    for raw in TileReader(size, files.read).entries(0, size):
        entry = read_entry(raw, kinds)
        place = (entry.statement.chain, entry.statement.seq)
        held = (await store.fetch_links(conn, [place])).get(place)
        if held is None or held.idx >= size:
            missing.append(store.LinkRow(*place, entry.statement.hash, entry.index))
    return tuple(missing)


def _sort_out(rows: list[store.EntryRow], kinds: Kinds) -> tuple[list[Entry], tuple[int, ...]]:
    entries: list[Entry] = []
    for row in rows:
        with suppress(Refusal):
            entry = read_entry(row.entry, kinds)
            if leaf_hash(row.entry) == row.leaf and entry.index == row.idx:
                entries.append(entry)
    return entries, tuple(sorted({row.idx for row in rows} - {entry.index for entry in entries}))


async def replace_derived(conn: store.Conn, edge: Edge, facts: Sequence[tuple[str, bytes]], at_s: int) -> None:
    """Facts and head as of a promised size, from the publisher's memory of it; inside a transaction that holds the lock on the head."""
    await conn.execute("TRUNCATE fact")
    await conn.copy_records_to_table("fact", records=facts, columns=("key", "value"))
    await conn.execute("DELETE FROM log_head")
    await store.insert_head(conn, store.LogHead(edge.size, edge.root(), edge.to_bytes(), at_s))


async def apply(conn: Connection[Record], checkpoints: CheckpointStore, files: LogFiles, found: CutPlan) -> None:
    """Cut, in one transaction, with the rights of ``liandan_owner``; no server may run meanwhile (the lock on the head would make it wait).

    A crash before COMMIT has done nothing; after it, the tail lies in quarantine and the log stands at the promised size.
    """
    size = found.body.size
    edge = TileReader(size, files.read).edge()
    files.put_data([found.tail])
    _, at_s = checkpoints.shadow_size()
    async with conn.transaction():
        await conn.execute("SET LOCAL ROLE liandan_owner")
        await conn.execute("SELECT set_config('liandan.cut_to', $1, true)", str(size))
        await store.lock_head(conn)
        await conn.execute("INSERT INTO quarantine (cut_to, idx, entry) SELECT $1, idx, entry FROM entry WHERE idx >= $1", size)
        await conn.execute("DELETE FROM entry WHERE idx >= $1", size)
        await conn.execute("DELETE FROM link WHERE idx >= $1", size)
        await store.insert_entries(conn, (), found.missing)
        await replace_derived(conn, edge, checkpoints.shadow(), at_s)
    checkpoints.thaw()
