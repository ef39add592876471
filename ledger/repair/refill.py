"""Filling up a restored database: every entry that was promised is put back byte for byte (design §5).

A database that an older backup was restored into, or whose published rows somebody has edited, is brought to the size in the checkpoint
store. The source (an export, a witness's mirror, the published files) is believed in nothing: :func:`check_source` hashes every entry and
must come to the promised root before a row is touched, and what is read again for writing must give the same roots once more.

:func:`restore` is one transaction per part and :func:`conclude` the last one. A crash between them leaves a database whose head is still
behind the promise, which no server starts on; run again, everything that is in place already stays. What lies above the promised size
was never promised and is not touched: that is the business of ledger/repair/cut.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from ledger import store
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.kinds.refusal_pages import LogRefusals
from ledger.repair.cut import replace_derived
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.tiles import Read, TileReader
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

PART = 1024  # entries in one transaction
REPLACED = 0  # ``quarantine.cut_to`` of rows that were replaced: no cut goes back to size 0, so that none brings them back
_LOWEST = -(2**63)

Progress = Callable[[int, int], None]


class Restored(Struct, frozen=True, kw_only=True):
    """What was put back."""

    added: int = 0  # entries that were missing
    replaced: tuple[int, ...] = ()  # indices of entries that were not as published; what stood there lies in ``quarantine``
    links: int = 0  # places in ``link`` that were missing, or held something else

    def __add__(self, other: Restored) -> Restored:
        """Both together."""
        return Restored(added=self.added + other.added, replaced=self.replaced + other.replaced, links=self.links + other.links)


def check_source(size: int, root: bytes, read: Read, progress: Progress, *, part: int = PART) -> list[Edge]:
    """Hash every entry of a source; the edges of the tree after each part. Refuses REFILL_SOURCE unless it gives the promised root."""
    edges: list[Edge] = []
    for _, edge in _parts(size, read, part):
        edges.append(edge)
        progress(edge.size, size)
    if edges[-1].root() != root:
        raise refuse("REFILL_SOURCE", field=f"root of size {size}", found=edges[-1].root().hex(), expected=root.hex())
    return edges


def checked_parts(edges: Sequence[Edge], read: Read, *, part: int = PART) -> Iterator[tuple[list[bytes], Edge]]:
    """The entries of a checked source, part by part, with the edge after each; refuses REFILL_SOURCE if the source has changed since."""
    size = edges[-1].size
    for wanted, (raws, edge) in zip(edges, _parts(size, read, part), strict=True):
        if edge != wanted:
            raise refuse(
                "REFILL_SOURCE",
                field=f"entries to {edge.size}",
                found=Phrase("读取时有变动", "changed while it was read"),
                expected=wanted.root().hex(),
            )
        yield raws, edge


def _parts(size: int, read: Read, part: int) -> Iterator[tuple[list[bytes], Edge]]:
    reader, edge = TileReader(size, read), Edge()
    for start in range(0, size, part):
        try:
            raws = list(reader.entries(start, min(start + part, size)))
        except Refusal as refusal:  # missing, cut short, or not what the tile beside it says
            [reason] = refusal.reasons
            raise refuse("REFILL_SOURCE", field=reason.field, found=reason.found, expected=reason.expected) from refusal
        edge = edge.append_many(map(leaf_hash, raws))
        yield raws, edge


async def restore(conn: store.Conn, kinds: Kinds, raws: Sequence[bytes], start: int) -> Restored:
    """Put the entries from ``start`` on and their places back, in one transaction, with the rights of ``liandan_owner``."""
    entries = [read_entry(raw, kinds) for raw in raws]
    async with conn.transaction():
        await conn.execute("SET LOCAL ROLE liandan_owner")
        await store.lock_head(conn)
        done = await _restore_rows(conn, entries, start)
        for entry in entries:
            await _mark_named(conn, entry)
    return done


async def _restore_rows(conn: store.Conn, entries: Sequence[Entry], start: int) -> Restored:
    rows = {entry.index: store.EntryRow(entry.index, leaf_hash(entry.raw), entry.raw) for entry in entries}
    links_due = (store.LinkRow(e.statement.chain, e.statement.seq, e.statement.hash, e.index) for e in entries)
    places = {(link.chain, link.seq): link for link in links_due}
    held = {row.idx: row for row in await store.list_entries(conn, start=start, end=start + len(entries))}
    links = await store.fetch_links(conn, list(places))
    wrong = sorted(idx for idx, row in held.items() if row != rows[idx])
    taken = [link for place, link in links.items() if link != places[place]]
    if wrong or taken:
        await _may_delete_from(conn, min(chain(wrong, (link.idx for link in taken))))
        kept = "INSERT INTO quarantine (cut_to, idx, entry) SELECT $1, idx, entry FROM entry WHERE idx = ANY($2)"
        await conn.execute(kept, REPLACED, wrong)
        await conn.execute("DELETE FROM entry WHERE idx = ANY($1)", wrong)
        await _delete_links(conn, taken)
    missing = [row for idx, row in rows.items() if held.get(idx) != row]
    unlinked = [link for place, link in places.items() if links.get(place) != link]
    await store.insert_entries(conn, missing, unlinked)
    return Restored(added=len(missing) - len(wrong), replaced=tuple(wrong), links=len(unlinked))


async def _may_delete_from(conn: store.Conn, idx: int) -> None:
    """What the guards want to be told before the owner's role may delete (migration 0004); ends with the transaction."""
    await conn.execute("SELECT set_config('liandan.cut_to', $1, true)", str(idx))


async def _delete_links(conn: store.Conn, links: Sequence[store.LinkRow]) -> None:
    sql = "DELETE FROM link WHERE (chain, seq) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))"
    await conn.execute(sql, [link.chain for link in links], [link.seq for link in links])


async def _mark_named(conn: store.Conn, entry: Entry) -> None:
    """Refusals of the backup that a page has named since are named: an hour that is closed gets no second set of pages (formats §8)."""
    sql = "UPDATE refusal SET page = $1 WHERE statement = $2 AND codes = $3 AND page IS NULL"
    for item in entry.statement.body.items if isinstance(entry.statement.body, LogRefusals) else ():
        await conn.execute(sql, entry.index, item.statement, list(item.codes))


async def conclude(conn: store.Conn, kinds: Kinds, edge: Edge, facts: Sequence[tuple[str, bytes]], at_s: int) -> tuple[int, int]:
    """The last transaction, once every part is in place: links that no entry has, then facts and head as of the promised size.

    ``facts`` and ``at_s`` are the publisher's memory of that size. Facts and head of a database that goes on above it are left as they
    are. Returns the number of links removed and of entries above the promised size.
    """
    async with conn.transaction():
        await conn.execute("SET LOCAL ROLE liandan_owner")
        head = await store.lock_head(conn)
        removed = await _remove_strays(conn, kinds, edge.size)
        if head is None or head.size <= edge.size:
            await replace_derived(conn, edge, facts, at_s)
        above: int = await conn.fetchval("SELECT count(*) FROM entry WHERE idx >= $1", edge.size)
    return removed, above


async def _remove_strays(conn: store.Conn, kinds: Kinds, size: int) -> int:
    """Every place of a promised entry is in place; a link too many shares its index with one of them, or has one below zero."""
    if await store.count_links(conn, start=_LOWEST, end=size) == size:
        return 0
    rows = await conn.fetch("SELECT idx FROM link WHERE idx < $1 GROUP BY idx HAVING count(*) > 1 OR idx < 0", size)
    shared = [row["idx"] for row in rows]
    statements = [read_entry(row.entry, kinds).statement for row in await store.fetch_entries_at(conn, shared)]
    right = {(statement.chain, statement.seq) for statement in statements}
    found = await conn.fetch("SELECT chain, seq, encode(hash, 'hex') AS hash, idx FROM link WHERE idx = ANY($1)", shared)
    strays = [link for link in (store.LinkRow(*row) for row in found) if (link.chain, link.seq) not in right]
    await _may_delete_from(conn, min(shared))
    await _delete_links(conn, strays)
    return len(strays)
