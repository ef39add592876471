"""SQL of the manifests' projection, which follows the feed: views to read, views to write, and how far it has come.

Entries are applied in the order of the log, each exactly once; the transaction of whoever reads is its own.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.caller import Caller
from ledger.store import PROJECTION, Conn, insert_readers
from ledger.times import to_datetime
from manifests.readers import readers_of
from manifests.view import DECODE, ManifestView, columns, concerns, fold

PAGE_MAX = 500
"""Manifests of one page: some 2 MB of views."""


class FeedGap(LookupError):
    """Entries were offered beyond the next position: the caller must fetch those between and offer them first."""


class Search(Struct, frozen=True, kw_only=True):
    """What to look for; what is ``None`` or empty does not narrow. Times compare with the admission of the issue, ``until`` excluded."""

    visible_to: str | None = None
    """USCC of a party of the manifest: generator, receiver or a carrier."""
    granted: tuple[str, ...] = ()
    """Beside those of ``visible_to``: manifests that touch one of these regions."""
    region: tuple[str, ...] = ()
    """Provinces of an authority: manifests that leave from or lead to one of them."""
    generator: str | None = None
    receiver: str | None = None
    carrier: str | None = None
    number: str | None = None
    stage: str | None = None
    code: str | None = None
    from_province: str | None = None
    to_province: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def scoped(search: Search, caller: Caller) -> Search:
    """The same, of what a reader may see: its own manifests, and those of regions that an authority lets it read about."""
    if caller.reads_all:
        return search
    granted = tuple(region for grant in caller.grants if "manifest" in grant.topics for region in grant.regions)
    return replace(search, visible_to=caller.uscc, granted=granted)


class Cursor(Struct, frozen=True):
    """Where a page ended: the place of its last manifest in the order of listing."""

    issued_s: int
    chain: str

    def __post_init__(self) -> None:
        """A cursor comes back from outside: only what the database can compare with is one."""
        if not (self.chain.isprintable() and 0 <= self.issued_s < 2**36):
            raise ValueError("not a place")


async def fetch_view(conn: Conn, chain: str) -> ManifestView | None:
    """The view of one manifest by its chain."""
    raw: bytes | None = await conn.fetchval("SELECT view FROM manifest_view WHERE chain = $1", chain)
    return None if raw is None else DECODE(raw)


async def fetch_views(conn: Conn, chains: Sequence[str]) -> dict[str, ManifestView]:
    """Views by chain; chains without one are left out."""
    rows = await conn.fetch("SELECT chain, view FROM manifest_view WHERE chain = ANY($1::text[])", chains)
    return {row["chain"]: DECODE(row["view"]) for row in rows}


async def find_views(conn: Conn, name: str, *, limit: int = 10) -> list[ManifestView]:
    """Manifests that a ULID or a national number names, oldest first; more than one while a number is disputed."""
    rows = await conn.fetch("SELECT view FROM manifest_view WHERE ulid = $1 OR number = $1 ORDER BY issued_at, chain LIMIT $2", name, limit)
    return [DECODE(row["view"]) for row in rows]


async def list_views(conn: Conn, search: Search, *, after: Cursor | None = None, limit: int = 50) -> list[ManifestView]:
    """A page of manifests, newest issue first; ``after`` is the cursor of the page before."""
    assert 1 <= limit <= PAGE_MAX, "routes bound the page"
    conditions, arguments = _conditions(search, after)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    # Only fixed text and $n stand in the statement; every value is an argument.
    sql = f"SELECT view FROM manifest_view {where} ORDER BY issued_at DESC, chain DESC LIMIT ${len(arguments) + 1}"  # noqa: S608
    return [DECODE(row["view"]) for row in await conn.fetch(sql, *arguments, limit)]


def _conditions(search: Search, after: Cursor | None) -> tuple[list[str], list[object]]:
    """SQL conditions and their arguments, in the same order."""
    wanted: list[tuple[str, object]] = [
        ("(from_province = ANY(?::text[]) OR to_province = ANY(?::text[]))", list(search.region) or None),
        *((f"{name} = ?", getattr(search, name)) for name in ("generator", "receiver", "number", "stage", "from_province", "to_province")),
        ("carriers @> ARRAY[?::text]", search.carrier),
        ("codes @> ARRAY[?::text]", search.code),
        ("issued_at >= ?", search.since),
        ("issued_at < ?", search.until),
    ]
    conditions: list[str] = []
    arguments: list[object] = []
    if search.visible_to is not None:
        arguments += [search.visible_to, list(search.granted)]
        conditions.append("(generator = $1 OR receiver = $1 OR carriers @> ARRAY[$1::text] OR regions && $2::text[])")
    for condition, value in wanted:
        if value is not None:
            arguments.append(value)
            conditions.append(condition.replace("?", f"${len(arguments)}"))
    if after is not None:
        arguments += [to_datetime(after.issued_s), after.chain]
        conditions.append(f"(issued_at, chain) < (${len(arguments) - 1}, ${len(arguments)})")
    return conditions, arguments


async def follow(conn: Conn, entries: Sequence[Entry], firsts: Mapping[str, Entry] = MappingProxyType({})) -> int:
    """Apply a range of consecutive entries in one transaction; the position afterwards. Raises FeedGap, and then nothing is applied.

    ``firsts`` are the first entries of the chains in the range that :func:`manifests.readers.begun_by` names. Ranges may overlap or come
    twice; what was applied already is passed over. A gap is never jumped.
    """
    async with conn.transaction():
        await conn.execute("INSERT INTO projection_position (name, idx) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING", PROJECTION)
        # Locked until commit, so that two followers never apply one entry twice.
        at: int = await conn.fetchval("SELECT idx FROM projection_position WHERE name = $1 FOR UPDATE", PROJECTION)
        fresh = [entry for entry in entries if entry.index >= at]
        if not fresh:
            return at
        if [entry.index for entry in fresh] != list(range(at, at + len(fresh))):
            raise FeedGap(f"the projection stands at {at}, offered were {fresh[0].index} … {fresh[-1].index}")
        concerned = {chain for entry in fresh if (chain := concerns(entry)) is not None}
        known, changed = await fetch_views(conn, sorted(concerned)), dict[str, ManifestView]()
        readers: list[tuple[str, int]] = []
        for entry in fresh:
            view = None
            if (chain := concerns(entry)) is not None:
                view = changed[chain] = fold(changed.get(chain) or known.get(chain), entry)
            # With the view as it is now: who is named later is not told of what was before (docs/decisions.md).
            readers += [(key, entry.index) for key in readers_of(entry, view, firsts.get(entry.statement.chain))]
        await upsert_views(conn, changed.values())
        await insert_readers(conn, readers)
        await conn.execute("UPDATE projection_position SET idx = $2 WHERE name = $1", PROJECTION, at + len(fresh))
        return at + len(fresh)


async def upsert_views(conn: Conn, views: Iterable[ManifestView]) -> None:
    """Write views, new or changed, in one statement."""
    await conn.executemany(
        """
        INSERT INTO manifest_view
               (chain, generator, ulid, number, stage, from_province, to_province, receiver, carriers, regions, codes, issued_at,
                updated_idx, view)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            ON CONFLICT (chain) DO UPDATE
           SET number = EXCLUDED.number, stage = EXCLUDED.stage, carriers = EXCLUDED.carriers,
               regions = EXCLUDED.regions, updated_idx = EXCLUDED.updated_idx, view = EXCLUDED.view
        """,
        [tuple(columns(view).values()) for view in views],
    )


async def stream_rows(conn: Conn) -> AsyncIterator[dict[str, Any]]:
    """Every row as it stands, for the audit; inside a transaction."""
    async for row in conn.cursor("SELECT * FROM manifest_view", prefetch=500):
        yield dict(row)
