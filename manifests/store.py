"""SQL of the manifests' projection, which follows the feed: views to read, views to write, and how far it has come.

Entries are applied in the order of the log, each exactly once; the transaction of whoever reads is its own.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.parties.names import named_in
from ledger.parties.store import note_names
from ledger.store import PROJECTION, Conn, insert_readers, list_feed
from ledger.times import to_datetime
from manifests.readers import begun_with, readers_of
from manifests.search import ANY, Changed, Cursor, Search
from manifests.view import DECODE, ManifestView, columns, concerns, fold

PAGE_MAX = 500
"""Manifests of one page: some 2 MB of views."""
SCAN_MAX, STEP_MAX = 10_000, 1_000
"""Manifests that one page looks at, and that are looked at in one step."""
COUNT_MAX, FEW = 200, 50
"""How far a group is counted to choose the smallest, and what is small enough."""
EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


class FeedGap(LookupError):
    """Entries were offered beyond the next position: the caller must fetch those between and offer them first."""


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


class FoundViews(Struct, frozen=True):
    """A page of manifests; ``next`` is the place to go on from, ``None`` when there is nothing behind."""

    views: list[ManifestView]
    next: Cursor | Changed | None


SIZE_OF_GROUP = """
    SELECT count(*) FROM (
        SELECT FROM manifest_term
         WHERE term = ANY($1::text[]) AND (issued_at, chain) < ($2, $3) AND issued_at >= $4 LIMIT $5
    ) AS counted
"""
"""How much a group holds between two moments, counted no further than it matters."""
WALK = """
    SELECT DISTINCT found.issued_at, found.chain
      FROM unnest($1::text[]) AS wanted (term)
     CROSS JOIN LATERAL (
           SELECT issued_at, chain FROM manifest_term
            WHERE manifest_term.term = wanted.term AND (issued_at, chain) < ($2, $3) AND issued_at >= $4
            ORDER BY issued_at DESC, chain DESC LIMIT $5
           ) AS found
     ORDER BY found.issued_at DESC, found.chain DESC LIMIT $5
"""
"""The next places of a group, newest issue first: each term is walked in its index from the place on."""
CHANGES = "SELECT updated_idx AS idx FROM manifest_view WHERE updated_idx > $1 ORDER BY updated_idx LIMIT $2"
"""What has changed, oldest change first."""


async def search_views(conn: Conn, search: Search, *, after: Cursor | Changed | None = None, limit: int = 50) -> FoundViews:
    """A page of manifests, newest issue first, or by ``updated_since`` in the order of their newest entry; ``after`` is ``next`` of the page
    before. Short, with a ``next``, when it has looked at SCAN_MAX manifests of which too few were wanted."""
    assert 1 <= limit <= PAGE_MAX, "routes bound the page"
    if search.updated_since is not None:
        return await _changed_views(conn, search, after if isinstance(after, Changed) else None, limit)
    groups, place = search.groups(), after if isinstance(after, Cursor) else None
    before = (
        (search.until or LATEST, "") if place is None else min((to_datetime(place.issued_s), place.chain), (search.until or LATEST, ""))
    )
    since, scanned, found = search.since or EARLIEST, 0, list[ManifestView]()
    walked = groups[0] if len(groups) == 1 else await _smallest(conn, groups, before, since)
    beside = [group for group in groups if group is not walked]
    while scanned < SCAN_MAX:
        count = limit + 1 - len(found) if not beside else min(STEP_MAX, max(2 * scanned, limit + 1))
        keys = [tuple(row) for row in await conn.fetch(WALK, walked, *before, since, count)]
        views = await _views_with(conn, "chain = ANY($1::text[])", [chain for _, chain in keys], beside)
        found += sorted(views, key=lambda view: (view.issued_s, view.chain), reverse=True)
        if len(found) > limit:
            return FoundViews(found[:limit], Cursor(found[limit - 1].issued_s, found[limit - 1].chain))
        if len(keys) < count:
            return FoundViews(found, None)
        before, scanned = keys[-1], scanned + len(keys)
    return FoundViews(found, Cursor(int(before[0].timestamp()), before[1]))


async def _smallest(conn: Conn, groups: Sequence[list[str]], before: tuple[datetime, str], since: datetime) -> list[str]:
    """The group that holds least; the first that holds next to nothing, without looking at the others."""
    sizes: list[int] = []
    for group in groups:
        sizes.append(await conn.fetchval(SIZE_OF_GROUP, group, *before, since, COUNT_MAX))
        if sizes[-1] <= FEW:
            break
    return groups[sizes.index(min(sizes))]


async def _changed_views(conn: Conn, search: Search, after: Changed | None, limit: int) -> FoundViews:
    """By the newest entry. A party's changes are found in its feed: the newest entry about a manifest that it may read is there."""
    assert search.updated_since is not None, "the caller asks for changes"
    place, scanned, found = max(search.updated_since - 1, -1 if after is None else after.idx), 0, list[ManifestView]()
    narrow = replace(search, updated_since=None)
    beside = [group for group in narrow.groups() if group != [ANY]]
    keys = [] if search.visible_to is None else [search.visible_to, *(f"manifest:{region}" for region in search.granted)]
    since, until = (None if at is None else at.timestamp() for at in (search.since, search.until))
    while scanned < SCAN_MAX:
        count = min(STEP_MAX, max(2 * scanned, 2 * limit))
        if keys:
            indices = await list_feed(conn, keys, after=place, end=2**53, limit=count)
        else:
            indices = [row["idx"] for row in await conn.fetch(CHANGES, place, count)]
        views = await _views_with(conn, "updated_idx = ANY($1::bigint[])", indices, beside)
        inside = [view for view in views if (since is None or view.issued_s >= since) and (until is None or view.issued_s < until)]
        found += sorted(inside, key=lambda view: view.updated_idx)
        if len(found) > limit:
            return FoundViews(found[:limit], Changed(found[limit - 1].updated_idx))
        if len(indices) < count:
            return FoundViews(found, None)
        place, scanned = indices[-1], scanned + len(indices)
    return FoundViews(found, Changed(place))


async def _views_with(conn: Conn, which: str, keys: Sequence[object], groups: Sequence[list[str]]) -> list[ManifestView]:
    """Views by a key that has an index, of those that have a term of each group; in no order."""
    conditions = [which, *(f"terms && ${number}::text[]" for number in range(2, len(groups) + 2))]
    # Only fixed text and $n stand in the statement; every value is an argument.
    rows = await conn.fetch(f"SELECT view FROM manifest_view WHERE {' AND '.join(conditions)}", keys, *groups) if keys else []  # noqa: S608
    return [DECODE(row["view"]) for row in rows]


async def list_views(conn: Conn, search: Search, *, limit: int = 50) -> list[ManifestView]:
    """The first manifests that are wanted, however many have to be looked at: whoever asks must not be told that there is none."""
    found, place = list[ManifestView](), None
    while True:
        page = await search_views(conn, search, after=place, limit=limit - len(found))
        found, place = found + page.views, page.next
        if place is None or len(found) == limit:
            return found


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
            first = firsts.get(entry.statement.chain)
            readers += [(key, entry.index) for key in readers_of(entry, view, None if first is None else begun_with(first))]
        await upsert_views(conn, changed.values(), known)
        await insert_readers(conn, readers)
        await note_names(conn, (named for entry in fresh for named in named_in(entry)))
        await conn.execute("UPDATE projection_position SET idx = $2 WHERE name = $1", PROJECTION, at + len(fresh))
        return at + len(fresh)


async def upsert_views(conn: Conn, views: Collection[ManifestView], known: Mapping[str, ManifestView] = MappingProxyType({})) -> None:
    """Write views, new or changed, and the terms that they have and the ones ``known`` before had not, or no longer have."""
    rows = [columns(view) for view in views]
    await conn.executemany(
        """
        INSERT INTO manifest_view
               (chain, generator, ulid, number, stage, from_province, to_province, receiver, carriers, regions, codes, terms, issued_at,
                updated_idx, view)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (chain) DO UPDATE
           SET number = EXCLUDED.number, stage = EXCLUDED.stage, carriers = EXCLUDED.carriers, regions = EXCLUDED.regions,
               terms = EXCLUDED.terms, updated_idx = EXCLUDED.updated_idx, view = EXCLUDED.view
        """,
        [tuple(row.values()) for row in rows],
    )
    gone: list[tuple[str, datetime, str]] = []
    new: list[tuple[str, datetime, str]] = []
    for view in views:
        before, now = set[str](known[view.chain].terms if view.chain in known else ()), set(view.terms)
        gone += [(term, to_datetime(view.issued_s), view.chain) for term in sorted(before - now)]
        new += [(term, to_datetime(view.issued_s), view.chain) for term in sorted(now - before)]
    if gone:
        sql = (
            "DELETE FROM manifest_term WHERE (term, issued_at, chain) IN (SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[]))"
        )
        await conn.execute(sql, *map(list, zip(*gone, strict=True)))
    if new:
        into = "INSERT INTO manifest_term SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[]) ON CONFLICT DO NOTHING"
        await conn.execute(into, *map(list, zip(*new, strict=True)))


async def stream_rows(conn: Conn) -> AsyncIterator[dict[str, Any]]:
    """Every row as it stands, for the audit; inside a transaction."""
    async for row in conn.cursor("SELECT * FROM manifest_view", prefetch=500):
        yield dict(row)


async def stream_readers(conn: Conn) -> AsyncIterator[tuple[int, list[str]]]:
    """The feed's index, by entry: index and keys, for the audit; inside a transaction."""
    async for row in conn.cursor("SELECT idx, array_agg(reader) AS keys FROM feed_reader GROUP BY idx ORDER BY idx", prefetch=500):
        yield row["idx"], row["keys"]


async def list_wrong_terms(conn: Conn, *, limit: int = 100) -> list[str]:
    """Chains of manifests whose rows in ``manifest_term`` are not those that their view names, for the audit."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT chain
          FROM (SELECT unnest(terms) AS term, issued_at, chain, true AS named FROM manifest_view) AS of_view
          FULL JOIN (SELECT term, issued_at, chain, true AS held FROM manifest_term) AS of_index USING (term, issued_at, chain)
         WHERE named IS NULL OR held IS NULL ORDER BY chain LIMIT $1
        """,
        limit,
    )
    return [row["chain"] for row in rows]
