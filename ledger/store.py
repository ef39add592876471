"""The log's SQL: one statement per function, connection first. A transaction is opened by the caller (sequencer, service)."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import compress, repeat
from operator import is_not, not_
from typing import Any, TypeAlias

import asyncpg
from asyncpg import Connection, Record
from asyncpg.pool import PoolConnectionProxy
from msgspec import Struct
from msgspec.structs import astuple

from ledger.caller import WITHIN
from ledger.kinds.refusal_pages import RefusalItem
from ledger.packing import columns, joined, packed
from ledger.times import format_at, parse_at

Conn: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"  # A connection, or one lent by a pool.

PROJECTION = "manifests"  # What follows the published entries: views of manifests, and the feed's index.
AWAY = (
    *(asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.CannotConnectNowError),
    *(asyncpg.InterfaceError, OSError),
)
"""What is raised while the database stops, is gone or starts: nobody's fault, to be tried again. asyncpg knows no common class for it."""
UNKEPT = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""What is raised for a text with NUL in it, which PostgreSQL cannot hold or look for: of whoever asks, never of the server."""


class LogHead(Struct, frozen=True, gc=False):
    """The right edge of the log: size, root, compact range and the ``admission.at`` of the last entry in Unix seconds."""

    size: int
    root: bytes
    edge: bytes
    at_s: int


class LinkRow(Struct, frozen=True, gc=False):
    """Which statement holds (chain, seq), and where."""

    chain: str
    seq: int
    hash: str
    idx: int


class EntryRow(Struct, frozen=True, gc=False):
    """One stored entry."""

    idx: int
    leaf: bytes
    entry: bytes


async def lock_head(conn: Conn) -> LogHead | None:
    """The head, locked until commit: this row lock is what serialises all sequencers. ``None`` before the first entry."""
    row = await conn.fetchrow("SELECT size, root, edge, at_s FROM log_head FOR UPDATE")
    return None if row is None else LogHead(*row)


async def fetch_head(conn: Conn) -> LogHead | None:
    """The head as last committed; takes no lock."""
    row = await conn.fetchrow("SELECT size, root, edge, at_s FROM log_head")
    return None if row is None else LogHead(*row)


async def insert_head(conn: Conn, head: LogHead) -> bool:
    """The first head; False if another process was first."""
    sql = "INSERT INTO log_head (size, root, edge, at_s) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    return await conn.execute(sql, *astuple(head)) == "INSERT 0 1"


async def fetch_facts(conn: Conn, keys: Sequence[str]) -> dict[str, bytes]:
    """Stored values of the overlay; keys without a value are left out."""
    rows = await conn.fetch("SELECT key, value FROM fact WHERE key = ANY($1::text[])", keys)
    return {row["key"]: row["value"] for row in rows}


MARK_BYTES = 112
"""Of the head of a chain: its sequence number, hash and index stand within them."""
_MARKED = """
    SELECT size, root, edge, at_s, key, is_known, value
      FROM log_head LEFT JOIN (
           SELECT key, substr(value, 1, $3) = mark AS is_known, CASE WHEN substr(value, 1, $3) = mark THEN NULL ELSE value END AS value
             FROM unnest($1::text[], $2::bytea[]) AS wanted (key, mark) JOIN fact USING (key)
           ) AS found ON true
"""


async def fetch_marked(conn: Conn, marks: Sequence[tuple[str, bytes]]) -> tuple[LogHead | None, dict[str, bytes | None]]:
    """The head and stored values of one moment, by keys with the first bytes that are known of each: ``None`` for a value that begins so. Keys
    without a value are left out."""
    rows = await conn.fetch(_MARKED, [key for key, _ in marks], [mark for _, mark in marks], MARK_BYTES)
    if not rows:
        return None, {}
    return LogHead(*rows[0][:4]), {row["key"]: None if row["is_known"] else row["value"] for row in rows if row["key"] is not None}


async def fetch_facts_within(conn: Conn, start: str, limit: int) -> dict[str, bytes]:
    """Stored values whose keys begin so, the first by key, in the C order that ``fact`` is kept in; ``start`` ends with a blank."""
    assert start.endswith(" "), "the key behind all that begin with a blank ends with an exclamation mark"
    sql = "SELECT key, value FROM fact WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"
    return {row["key"]: row["value"] for row in await conn.fetch(sql, start, f"{start[:-1]}!", limit)}


async def search_facts(conn: Conn, register: str, parts: Sequence[bytes], limit: int) -> dict[str, bytes]:
    """Stored values of a small register in which one of these parts stands as it is written (UTF-8), the first by key. It reads the whole register."""
    stands = "EXISTS (SELECT FROM unnest($3::bytea[]) AS part WHERE position(part IN value) > 0)"
    sql = f"SELECT key, value FROM fact WHERE key >= $1 AND key < $2 AND {stands} ORDER BY key LIMIT $4"  # noqa: S608  # fixed text and $n
    return {row["key"]: row["value"] for row in await conn.fetch(sql, f"{register}:", f"{register};", parts, limit)}


_LINKS = "SELECT chain, seq, encode(hash, 'hex') AS hash, idx FROM link"


async def fetch_links(conn: Conn, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], LinkRow]:
    """Who holds these (chain, seq) places; free ones are left out."""
    rows = await conn.fetch(
        f"{_LINKS} JOIN unnest($1::text[], $2::bigint[]) AS place (chain, seq) USING (chain, seq)",
        *([chain for chain, _ in places], [seq for _, seq in places]),
    )
    return {(row["chain"], row["seq"]): LinkRow(*row) for row in rows}


async def list_links(conn: Conn, chain: str) -> list[LinkRow]:
    """Links of one chain in order, all of them: documents are signed by what is read here, and the last act may undo the others."""
    rows = await conn.fetch(f"{_LINKS} WHERE chain = $1 ORDER BY seq", chain)
    return [LinkRow(*row) for row in rows]


async def count_links(conn: Conn, *, start: int, end: int) -> int:
    """Number of links of entries with start <= idx < end."""
    return int(await conn.fetchval("SELECT count(*) FROM link WHERE idx >= $1 AND idx < $2", start, end))


async def stream_links(conn: Conn) -> AsyncIterator[LinkRow]:
    """All links, in no order; inside a transaction."""
    async for row in conn.cursor(_LINKS, prefetch=2000):
        yield LinkRow(*row)


async def list_stray_entries(conn: Conn, size: int, *, limit: int = 100) -> list[int]:
    """Indices of entries that the head does not count."""
    rows = await conn.fetch("SELECT idx FROM entry WHERE idx < 0 OR idx >= $1 ORDER BY idx LIMIT $2", size, limit)
    return [row["idx"] for row in rows]


async def stream_facts(conn: Conn) -> AsyncIterator[tuple[str, bytes]]:
    """All facts, in no order; inside a transaction."""
    async for row in conn.cursor("SELECT key, value FROM fact", prefetch=2000):
        yield row["key"], row["value"]


async def insert_entries(conn: Conn, entries: Iterable[EntryRow], links: Iterable[LinkRow]) -> None:
    """COPY new entries and links; a taken place raises UniqueViolationError and nothing is written."""
    await conn.copy_records_to_table("entry", records=[(e.idx, e.leaf, e.entry) for e in entries], columns=("idx", "leaf", "entry"))
    rows = [(link.chain, link.seq, bytes.fromhex(link.hash), link.idx) for link in links]
    await conn.copy_records_to_table("link", records=rows, columns=("chain", "seq", "hash", "idx"))


_STANDS = """
         size = $1 AND root = $2 AND edge = $3 AND at_s = $4
           AND NOT EXISTS (
               SELECT FROM unnest(string_to_array($5, E'\n'), string_to_array($6, E'\n')::int[], string_to_array($7, E'\n')::int[])
                           AS known (key, ends, size)
                WHERE (SELECT fact.value FROM fact WHERE fact.key = known.key)
                      IS DISTINCT FROM substring($8::bytea FROM ends - size + 1 FOR size)
           )
           AND NOT EXISTS (SELECT FROM fact WHERE key = ANY (string_to_array($9, E'\n')))
"""
"""The head is this one, and facts are what they are believed to be."""
_APPEND = f"""
    WITH moved AS (
        UPDATE log_head SET size = $10, root = $11, edge = $12, at_s = $13
         WHERE {_STANDS}
        RETURNING true
    ), new_entries AS (
        INSERT INTO entry (idx, leaf, entry)
        SELECT $1 + place - 1, substring($14::bytea FROM 32 * place::int - 31 FOR 32), substring($17::bytea FROM ends - size + 1 FOR size)
          FROM moved, unnest(string_to_array($15, E'\n')::int[], string_to_array($16, E'\n')::int[])
               WITH ORDINALITY AS added (ends, size, place)
    ), new_links AS (
        INSERT INTO link (chain, seq, hash, idx)
        SELECT chain, seq::bigint, decode(hash, 'hex'), $1 + place - 1
          FROM moved, unnest(string_to_array($18, E'\n'), string_to_array($19, E'\n'), string_to_array($20, E'\n'))
               WITH ORDINALITY AS added (chain, seq, hash, place)
    ), new_facts AS (
        INSERT INTO fact (key, value)
        SELECT key, substring($24::bytea FROM ends - size + 1 FOR size)
          FROM moved, unnest(string_to_array($21, E'\n'), string_to_array($22, E'\n')::int[], string_to_array($23, E'\n')::int[])
               AS added (key, ends, size)
        ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value
    )
    SELECT count(*) FROM moved
"""  # noqa: S608  # both are ours
"""Texts are sent joined, byte strings too with where each ends and its size, and what can be counted is not sent, since the driver asks two
abstract classes of each element of an array. Planned anew whenever the
log has doubled: a plan of the day when ``fact`` was one page would read all of it for every known fact."""


async def append(
    conn: Conn,
    before: LogHead,
    after: LogHead,
    entries: Sequence[EntryRow],
    links: Sequence[LinkRow],
    facts: Sequence[tuple[str, bytes]],
    known: Sequence[tuple[str, bytes | None]] = (),
) -> bool:
    """Entries, the link of each, changed facts (one row per key) and the head after them: in one statement, all or nothing. False, and
    nothing is written, unless the head is still ``before`` and the facts ``known`` are what they are believed to be (``None``: not there).
    A rival that holds the head is waited for and then found to have moved it. A taken place raises UniqueViolationError."""
    assert [row.idx for row in links] == [row.idx for row in entries], "a link of each entry, in their order"
    changed, written = columns(facts)
    moved: int = await conn.fetchval(
        _APPEND + f"-- at 2^{before.size.bit_length()}",
        *(*_believed(before, known), *astuple(after)),
        *(b"".join([row.leaf for row in entries]), *packed([row.entry for row in entries])),
        *(joined([row.chain for row in links]), joined([str(row.seq) for row in links]), joined([row.hash for row in links])),
        *(joined(changed), *packed(written)),
    )
    return moved == 1


async def stands(conn: Conn, head: LogHead, known: Sequence[tuple[str, bytes | None]]) -> bool:
    """Whether the head is this one, and the facts ``known`` are what they are believed to be (``None``: not there)."""
    sql = f"SELECT EXISTS (SELECT FROM log_head WHERE {_STANDS}) -- at 2^{head.size.bit_length()}"  # noqa: S608  # ours
    return bool(await conn.fetchval(sql, *_believed(head, known)))


def _believed(head: LogHead, known: Sequence[tuple[str, bytes | None]]) -> Sequence[Any]:
    """What ``_STANDS`` compares."""
    keys, values = columns(known)
    there = list(map(is_not, values, repeat(None)))
    is_there = (joined(list(compress(keys, there))), *packed(list(compress(values, there))))
    return (*astuple(head), *is_there, joined(list(compress(keys, map(not_, there)))))


async def list_entries(conn: Conn, *, start: int, end: int) -> list[EntryRow]:
    """Entries with start <= idx < end, in order."""
    rows = await conn.fetch("SELECT idx, leaf, entry FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx", start, end)
    return [EntryRow(*row) for row in rows]


async def list_leaves(conn: Conn, *, start: int, end: int) -> list[bytes]:
    """Leaf hashes of entries with start <= idx < end, in order and of one moment."""
    rows = await conn.fetch("SELECT leaf FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx", start, end)
    return [row["leaf"] for row in rows]


async def stream_entries(conn: Conn, *, start: int, end: int, page: int = 2000) -> AsyncIterator[EntryRow]:
    """The same, page by page, for readers of the whole log."""
    while start < end:
        rows = await list_entries(conn, start=start, end=min(end, start + page))
        if not rows:
            return
        for row in rows:
            yield row
        start = rows[-1].idx + 1


_INDICES = """
    SELECT idx FROM unnest($1::text[]) AS wanted (begins)
     CROSS JOIN LATERAL (SELECT substr(key, 7) AS name FROM fact WHERE key >= begins AND key < begins || '~' ORDER BY key LIMIT $3) AS held
     CROSS JOIN LATERAL (SELECT idx FROM link WHERE chain = held.name COLLATE "default" AND idx < $2 ORDER BY seq LIMIT $3) AS found
     ORDER BY idx LIMIT $3
"""
"""``~`` lies behind every character of a chain's name, and ``fact`` is kept in C order. Limits within, so that the indices are walked."""


async def list_indices(conn: Conn, begins: Sequence[str], *, end: int, limit: int) -> list[int]:
    """Indices before ``end`` of entries of the chains whose heads' keys begin in these ways, the first ``limit`` in order."""
    return [row["idx"] for row in await conn.fetch(_INDICES, begins, end, limit)]


async def fetch_entries_at(conn: Conn, indices: Sequence[int]) -> list[EntryRow]:
    """Entries at given positions, in order of position."""
    rows = await conn.fetch("SELECT idx, leaf, entry FROM entry WHERE idx = ANY($1::bigint[]) ORDER BY idx", indices)
    return [EntryRow(*row) for row in rows]


async def projected(conn: Conn) -> int:
    """Entries that the projections have applied: the size that views, searches and a party's feed reflect."""
    found: int | None = await conn.fetchval("SELECT idx FROM projection_position WHERE name = $1", PROJECTION)
    return found or 0


FEED_PAGE = """
    SELECT DISTINCT found.idx
      FROM unnest($1::text[]) AS wanted (reader)
     CROSS JOIN LATERAL (
           SELECT idx FROM feed_reader
            WHERE feed_reader.reader = wanted.reader AND idx > $2 AND idx < $3 ORDER BY idx LIMIT $4
           ) AS found
     ORDER BY found.idx LIMIT $4
"""
"""Each key gives at most a page, from its place in the index on: what lies behind it is not looked at, however much it is."""


FEED_KEYS = """
    WITH RECURSIVE held (region, reader) AS (
        SELECT region, (SELECT min(reader) FROM feed_reader WHERE reader >= region AND reader < region || ':')
          FROM unnest($1::text[]) AS region
     UNION ALL
        SELECT region, (SELECT min(reader) FROM feed_reader WHERE reader > held.reader AND reader < region || ':')
          FROM held WHERE reader IS NOT NULL
    )
    SELECT reader FROM held WHERE reader IS NOT NULL
"""
"""Keys that begin in a way, from one to the next in the index: as many steps as there are keys, a few hundred for the counties of a province,
however many entries each has. Behind the beginning stand digits, and the colon is what follows them."""


async def feed_keys(conn: Conn, keys: Sequence[str]) -> list[str]:
    """Keys of the feed's index for those that are asked for (ledger.caller.wanted_keys)."""
    regions = [key.removesuffix(WITHIN) for key in keys if key.endswith(WITHIN)]
    found = [row["reader"] for row in await conn.fetch(FEED_KEYS, regions)] if regions else []
    return [*(key for key in keys if not key.endswith(WITHIN)), *found]


async def list_feed(conn: Conn, keys: Sequence[str], *, after: int, end: int, limit: int) -> list[int]:
    """Indices behind ``after`` and before ``end`` that the feed's index holds for any of the keys asked for, the first ``limit`` in order."""
    rows = await conn.fetch(FEED_PAGE, await feed_keys(conn, keys), after, end, limit)
    return [row["idx"] for row in rows]


async def analyze(conn: Conn) -> None:
    """Let the planner know the tables after much was added at once; it would know by itself a minute later (migration 0009)."""
    await conn.execute("SELECT liandan_guard.analyze_ledger()")


async def insert_refusals(conn: Conn, made: Sequence[tuple[RefusalItem, bytes]]) -> list[bool]:
    """Remember refusals with their receipts; the same statement refused for the same codes stands once: of each whether it is new."""
    rows = await conn.fetchmany(
        """
        INSERT INTO refusal (hour, statement, signers, kind, codes, size, at, receipt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (statement, codes) DO NOTHING RETURNING statement, codes
        """,
        [(format_at(parse_at(item.at))[:13], *astuple(item), receipt) for item, receipt in made],
    )
    new, told = {(row["statement"], tuple(row["codes"])) for row in rows}, list[bool]()
    for item, _ in made:
        told.append((item.statement, item.codes) in new)
        new.discard((item.statement, item.codes))  # a second one beside it is not new
    return told


async def first_open_hour(conn: Conn) -> str | None:
    """The earliest hour with a refusal that no page names yet."""
    found: str | None = await conn.fetchval("SELECT hour FROM refusal WHERE page IS NULL ORDER BY hour, id LIMIT 1")
    return found


async def list_open_refusals(conn: Conn, *, to_hour: str) -> list[RefusalItem]:
    """All refusals up to the end of an hour that no page names yet, by time."""
    rows = await conn.fetch(f"{_REFUSALS} FROM refusal WHERE page IS NULL AND hour <= $1 ORDER BY at, id", to_hour)
    return [_refusal(*row) for row in rows]


_REFUSALS = "SELECT statement, signers, kind, codes, size, at"


def _refusal(statement: str, by: Sequence[str], kind: str, codes: Sequence[str], size: int, at: str) -> RefusalItem:
    return RefusalItem(statement, tuple(by), kind, tuple(codes), size, at)


async def mark_refusals(conn: Conn, items: Sequence[RefusalItem], *, page: int) -> None:
    """Note the index of the ``log.refusals`` entry that names these refusals, by statement and codes."""
    await conn.execute(
        """
        UPDATE refusal SET page = $1
          FROM unnest($2::text[], $3::text[]) AS named (statement, codes)
         WHERE refusal.page IS NULL AND refusal.statement = named.statement AND array_to_string(refusal.codes, ' ') = named.codes
        """,
        *(page, [item.statement for item in items], [" ".join(item.codes) for item in items]),
    )


@asynccontextmanager
async def naming_refusals(conn: Conn) -> AsyncIterator[bool]:
    """Whether the work of naming refusals is ours, unless another process is at it. Saves rivals' pages; correctness rests on the chain."""
    async with conn.transaction():  # gives it back however it ends, and so does a connection that ends
        taken: bool = await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtext('liandan log.refusals'))")
        yield taken


async def list_refusals(conn: Conn, *, signer: str | None, before_id: int | None, limit: int) -> list[tuple[int, RefusalItem, bytes]]:
    """Newest refusals first, with their receipts; optionally of one signer."""
    # Two statements: one that holds for both would be planned for neither.
    whose = "$1::text IS NULL" if signer is None else "signers @> ARRAY[$1::text]"
    rows = await conn.fetch(
        f"{_REFUSALS}, id, receipt FROM refusal WHERE {whose} AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        *(signer, before_id, limit),
    )
    return [(row_id, _refusal(*item), receipt) for *item, row_id, receipt in rows]
