"""SQL of what is read of the manifests' projection: views, by chain, by name and by what is searched for. It is written in
manifests.projection; the transaction of whoever reads is its own.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import region_keys
from ledger.model import RowDamaged
from ledger.searching.store import TermIndex, having, running_since, runs_since
from ledger.searching.terms import ANY, Groups
from ledger.store import Conn, list_feed
from ledger.times import to_datetime
from manifests.search import Changed, Cursor, Search
from manifests.view import DECODE, ManifestView

PAGE_MAX = 500
"""Manifests of one page: some 2 MB of views."""
SCAN_MAX, STEP_MAX = 10_000, 1_000
"""Manifests that one page looks at, and that are looked at in one step."""
KEPT = 2_000
"""Views that stay decoded, some 20 MB: a page that is read anew, and the next reader's, has nearly all in common with the one before."""
EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@lru_cache(KEPT)
def _decoded(raw: bytes) -> ManifestView:
    return DECODE(raw)


def read_view(raw: bytes, chain: str) -> ManifestView:
    """A view as it is kept; RowDamaged for one that cannot be read."""
    try:
        return _decoded(raw)
    except msgspec.DecodeError as error:
        raise RowDamaged(f"manifest_view:{chain}") from error


async def fetch_view(conn: Conn, chain: str) -> ManifestView | None:
    """The view of one manifest by its chain."""
    raw: bytes | None = await conn.fetchval("SELECT view FROM manifest_view WHERE chain = $1", chain)
    return None if raw is None else read_view(raw, chain)


async def fetch_views(conn: Conn, chains: Sequence[str]) -> dict[str, ManifestView]:
    """Views by chain; chains without one are left out."""
    rows = await conn.fetch("SELECT chain, view FROM manifest_view WHERE chain = ANY($1::text[])", chains)
    return {row["chain"]: read_view(row["view"], row["chain"]) for row in rows}


async def find_views(conn: Conn, name: str, *, limit: int = 10) -> list[ManifestView]:
    """Manifests that a ULID or a national number names, oldest first; more than one while a number is disputed."""
    rows = await conn.fetch(
        "SELECT chain, view FROM manifest_view WHERE ulid = $1 OR number = $1 ORDER BY issued_at, chain LIMIT $2", name, limit
    )
    return [read_view(row["view"], row["chain"]) for row in rows]


class FoundViews(Struct, frozen=True, gc=False):
    """A page of manifests; ``next`` is the place to go on from, ``None`` when there is nothing behind."""

    views: list[ManifestView]
    next: Cursor | Changed | None


INDEX = TermIndex("manifest_term", "manifest_view", {"issued_at": "timestamptz", "chain": "text"}, is_descending=True)
CHANGES = "SELECT updated_idx AS idx FROM manifest_view WHERE updated_idx > $1 ORDER BY updated_idx LIMIT $2"
"""What has changed, oldest change first."""


Late = Sequence[tuple[str, int]]
"""Of each term that counts, the moment before which it must have begun (manifests.deadlines.late_since); none: nothing is asked of terms."""


async def search_views(
    conn: Conn, search: Search, *, after: Cursor | Changed | None = None, limit: int = 50, late: Late = ()
) -> FoundViews:
    """A page of manifests, newest issue first, or by ``updated_since`` in the order of their newest entry; ``after`` is ``next`` of the page
    before. Short, with a ``next``, when it has looked at SCAN_MAX manifests of which too few were wanted. ``late`` goes with ``overdue``."""
    assert 1 <= limit <= PAGE_MAX, "routes bound the page"
    if search.updated_since is not None:
        return await _changed_views(conn, search, after if isinstance(after, Changed) else None, limit, late)
    groups, place = search.groups(), after if isinstance(after, Cursor) else None
    before = (
        (search.until or LATEST, "") if place is None else min((to_datetime(place.issued_s), place.chain), (search.until or LATEST, ""))
    )
    since, scanned, found = search.since or EARLIEST, 0, list[ManifestView]()
    if late and len(few := await running_since(conn, late, SCAN_MAX)) <= SCAN_MAX:
        return _page(await _newest(conn, few, groups, late, before, since, limit + 1), limit)
    walked = await INDEX.smallest(conn, groups, before, since)
    beside = [group for group in groups if group is not walked]
    while scanned < SCAN_MAX:
        count = limit + 1 - len(found) if not beside else min(STEP_MAX, max(2 * scanned, limit + 1))
        keys = await INDEX.walk(conn, walked, before, since, count)
        views = await _views_with(conn, "chain = ANY($1::text[])", [chain for _, chain in keys], beside, late)
        found += sorted(views, key=lambda view: (view.issued_s, view.chain), reverse=True)
        if len(found) > limit or len(keys) < count:
            return _page(found, limit)
        before, scanned = keys[-1], scanned + len(keys)
    return FoundViews(found, Cursor(int(before[0].timestamp()), before[1]))


async def search_late(conn: Conn, search: Search, late: Late, *, limit: int) -> list[ManifestView]:
    """Some of what is late, newest issue first: all of it where that is no more than ``limit``, else of what has been late longest."""
    longest = await running_since(conn, late, STEP_MAX)
    found = await _newest(conn, longest, search.groups(), late, (LATEST, ""), EARLIEST, limit)
    if len(longest) <= STEP_MAX or len(found) == limit:
        return found
    return (await search_views(conn, search, limit=limit, late=late)).views


def _page(found: list[ManifestView], limit: int) -> FoundViews:
    """The first of what was found, and the place behind them where there is more."""
    return FoundViews(found[:limit], Cursor(found[limit - 1].issued_s, found[limit - 1].chain) if len(found) > limit else None)


async def _newest(
    conn: Conn, chains: Sequence[str], groups: Groups, late: Late, before: tuple[datetime, str], since: datetime, count: int
) -> list[ManifestView]:
    """Of some chains the views that have a term of each group and a clock that is late, newest issue first."""
    further, values = _beside(groups, late, 6)
    sql = f"""
        SELECT chain, view FROM manifest_view WHERE chain = ANY($1::text[]) AND (issued_at, chain) < ($2, $3) AND issued_at >= $4{further}
         ORDER BY issued_at DESC, chain DESC LIMIT $5
    """  # noqa: S608 -- only fixed text and $n stand in it; every value is an argument
    return [read_view(row["view"], row["chain"]) for row in await conn.fetch(sql, chains, *before, since, count, *values)]


def _beside(groups: Groups, late: Late, first: int) -> tuple[str, list[object]]:
    """What else a view must meet: the condition, and its arguments from ``$first`` on."""
    wanted = [group for group in groups if group != [ANY]]
    if not late:
        return having(wanted, first), list(wanted)
    clocks = [[term for term, _ in late], [moment for _, moment in late]]
    return having(wanted, first) + runs_since(first + len(wanted)), [*wanted, *clocks]


async def _changed_views(conn: Conn, search: Search, after: Changed | None, limit: int, late: Late) -> FoundViews:
    """By the newest entry. A party's changes are found in its feed: the newest entry about a manifest that it may read is there."""
    assert search.updated_since is not None, "the caller asks for changes"
    place, scanned, found = max(search.updated_since - 1, -1 if after is None else after.idx), 0, list[ManifestView]()
    narrow = replace(search, updated_since=None)
    beside = [group for group in narrow.groups() if group != [ANY]]
    keys = [] if search.visible_to is None else [search.visible_to, *region_keys(("manifest", region) for region in search.granted)]
    since, until = (None if at is None else at.timestamp() for at in (search.since, search.until))
    while scanned < SCAN_MAX:
        count = min(STEP_MAX, max(2 * scanned, 2 * limit))
        if keys:
            indices = await list_feed(conn, keys, after=place, end=2**53, limit=count)
        else:
            indices = [row["idx"] for row in await conn.fetch(CHANGES, place, count)]
        views = await _views_with(conn, "updated_idx = ANY($1::bigint[])", indices, beside, late)
        inside = [view for view in views if (since is None or view.issued_s >= since) and (until is None or view.issued_s < until)]
        found += sorted(inside, key=lambda view: view.updated_idx)
        if len(found) > limit:
            last = found[limit - 1].updated_idx  # an entry that names several manifests is the newest of all of them: none is left behind
            return FoundViews([view for view in found if view.updated_idx <= last], Changed(last))
        if len(indices) < count:
            return FoundViews(found, None)
        place, scanned = indices[-1], scanned + len(indices)
    return FoundViews(found, Changed(place))


async def _views_with(conn: Conn, which: str, keys: Sequence[object], groups: Groups, late: Late) -> list[ManifestView]:
    """Views by a key that has an index, of those that have a term of each group and a clock that is late; in no order."""
    # Only fixed text and $n stand in the statement; every value is an argument.
    further, values = _beside(groups, late, 2)
    rows = await conn.fetch(f"SELECT chain, view FROM manifest_view WHERE {which}{further}", keys, *values) if keys else []  # noqa: S608
    return [read_view(row["view"], row["chain"]) for row in rows]


async def find_with_terms(conn: Conn, terms: Sequence[str], *, limit: int) -> dict[str, ManifestView]:
    """Views by chain of the manifests that are found under one of these terms; at most ``limit``."""
    rows = await conn.fetch("SELECT DISTINCT chain FROM manifest_term WHERE term = ANY($1::text[]) ORDER BY chain LIMIT $2", terms, limit)
    return await fetch_views(conn, [row["chain"] for row in rows])


async def terms_in_use(conn: Conn, terms: Sequence[str]) -> set[str]:
    """Those of some terms under which there is a manifest."""
    sql = "SELECT wanted FROM unnest($1::text[]) AS wanted WHERE EXISTS (SELECT FROM manifest_term WHERE term = wanted)"
    return {row["wanted"] for row in await conn.fetch(sql, terms)}


BEGINNING = """
    WITH RECURSIVE found (term) AS (
        (SELECT term FROM manifest_term WHERE term >= $1 AND term > $2 AND term < $3 ORDER BY term LIMIT 1)
         UNION ALL
        SELECT (SELECT later.term FROM manifest_term AS later WHERE later.term > found.term AND later.term < $3 ORDER BY later.term LIMIT 1)
          FROM found WHERE found.term IS NOT NULL
    )
    SELECT term FROM found WHERE term IS NOT NULL LIMIT $4
"""
"""The next different terms that begin alike, from one to the next in the index: a plate costs a look, however many manifests it has."""
AMONG = """
    SELECT wanted.term FROM unnest($1::text[]) WITH ORDINALITY AS wanted (term, place)
     WHERE EXISTS (SELECT FROM (SELECT chain FROM manifest_term WHERE term = wanted.term ORDER BY issued_at DESC, chain DESC LIMIT $3) AS held
                     JOIN manifest_view USING (chain) WHERE terms && $2::text[])
     ORDER BY place
"""
"""Of some terms those of which one of the newest manifests has one of a group."""
BEGUN_MAX, NEWEST_MAX = 400, 200
"""Terms that are looked at, and manifests of each, where a reader sees only some of them."""


async def terms_among(conn: Conn, terms: Sequence[str], among: Sequence[str] | None) -> list[str]:
    """Of some terms, in their order, those under which there is a manifest that has one of the terms ``among`` (``None``: any)."""
    used = await terms_in_use(conn, terms) if among is None else set[str]()
    return [one for one in terms if one in used] if among is None else await _among(conn, terms, among)


async def _among(conn: Conn, terms: Sequence[str], among: Sequence[str]) -> list[str]:
    return [row["term"] for row in await conn.fetch(AMONG, terms, list(among), NEWEST_MAX)]


async def list_beginning(conn: Conn, name: str, beginning: str, among: Sequence[str] | None, *, limit: int) -> list[str]:
    """Values of terms ``<name>:<value>`` that begin alike, in order, of manifests that have one of the terms ``among`` (``None``: of all)."""
    start = f"{name}:{beginning}"
    end, after, found = start + chr(0x10FFFF), "", list[str]()
    for _ in range(1 if among is None else BEGUN_MAX // limit):
        terms = [row["term"] for row in await conn.fetch(BEGINNING, start, after, end, limit)]
        seen = terms if among is None or not terms else await _among(conn, terms, among)
        found += [term.partition(":")[2] for term in seen]
        if len(terms) < limit or len(found) >= limit:
            break
        after = terms[-1]
    return found[:limit]


async def list_views(conn: Conn, search: Search, *, limit: int = 50) -> list[ManifestView]:
    """The first manifests that are wanted, however many have to be looked at: whoever asks must not be told that there is none."""
    found, place = list[ManifestView](), None
    while True:
        page = await search_views(conn, search, after=place, limit=limit - len(found))
        found, place = found + page.views, page.next
        if place is None or len(found) == limit:
            return found


async def stream_rows(conn: Conn) -> AsyncIterator[dict[str, Any]]:
    """Every row as it stands, for the audit; inside a transaction."""
    async for row in conn.cursor("SELECT * FROM manifest_view", prefetch=500):
        yield dict(row)


async def stream_readers(conn: Conn) -> AsyncIterator[tuple[int, list[str]]]:
    """The feed's index, by entry: index and keys, for the audit; inside a transaction."""
    async for row in conn.cursor("SELECT idx, array_agg(reader) AS keys FROM feed_reader GROUP BY idx ORDER BY idx", prefetch=500):
        yield row["idx"], row["keys"]
