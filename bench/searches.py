"""What a page of the feed and of every search costs among 10^4 and 10^5 manifests and approvals: 8 KB blocks that PostgreSQL touched, and milliseconds.

Blocks do not depend on how busy the machine is. Beside them stand those of the plain way, one index a column and a filter over the newest,
as it was before manifests were found by terms. Rows are multiplied from one real manifest; who has how many of them is the bench's choice:
400 generators, 20 receivers, 40 carriers, one carrier with five loads, 200 loads under way, one in 2,000 rejected.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg

from bench import registries
from bench.append import append, running_log
from bench.figures import Figure
from bench.load import Load
from ledger import store
from ledger.parties.names import grams
from ledger.parties.store import search_parties
from liandan.postgres import temporary_directory
from manifests.projection import follow
from manifests.search import Search
from manifests.store import search_views

SIZES = (10_000, 100_000)
CALLS = 20
CARRIER, RARE, RECEIVER, CODE = "C00000000000000001", "C0000000000000RARE", "R00000000000000001", "900-052-31"
FILL = """
    INSERT INTO manifest_view
    SELECT 'manifest/G' || lpad((n % 400)::text, 17, '0') || '/' || lpad(n::text, 26, '0'), 'G', lpad(n::text, 26, '0'), NULL, stage, '51', '50',
           'R', ARRAY[carrier], codes, issued_at + n * interval '1 s', 1000 + 7 * n + 6, view, regions,
           ARRAY['any', 'stage:' || stage, 'generator:G' || lpad((n % 400)::text, 17, '0'), 'receiver:' || receiver, 'carrier:' || carrier,
                 'code:900-052-31', 'from:51', 'to:50', 'way:51-50', 'plate:川A' || (n % 5000),
                 'party:' || receiver, 'party:' || receiver || ' ' || stage, 'party:' || carrier, 'party:' || carrier || ' ' || stage]
      FROM (SELECT n, view, regions, codes, issued_at, 'R' || lpad((n % 20)::text, 17, '0') AS receiver,
                   CASE WHEN n % ($1::int / 5) = 7 THEN 'C0000000000000RARE' ELSE 'C' || lpad((n % 40)::text, 17, '0') END AS carrier,
                   CASE WHEN n > $1 - 200 THEN 'in_transit' WHEN n % 2000 = 3 THEN 'rejected' ELSE 'closed' END AS stage
              FROM (SELECT * FROM manifest_view WHERE generator <> 'G' LIMIT 1) AS one, generate_series(1, $1) AS n) AS made
"""
FEED = """
    INSERT INTO feed_reader
    SELECT substr(term, 7), updated_idx - back FROM manifest_view, unnest(terms) AS term, generate_series(0, 6) AS back
     WHERE term LIKE 'party:%' AND term NOT LIKE '% %' AND generator = 'G' ON CONFLICT DO NOTHING
"""
PLAIN_INDICES = (
    "CREATE INDEX plain_newest ON manifest_view (issued_at DESC, chain DESC)",
    "CREATE INDEX plain_carriers ON manifest_view USING gin (carriers)",
)
PLAIN = {
    "carrier": ("carriers @> ARRAY[$1::text]", CARRIER),
    "rare stage": ("stage = $1", "rejected"),
}
SEARCHES = {
    "newest": Search(),
    "carrier": Search(carrier=CARRIER),
    "rare carrier": Search(carrier=RARE),
    "rare stage": Search(stage="rejected"),
    "a receiver's open loads": Search(visible_to=RECEIVER, stage="in_transit"),
    "a receiver's, by code": Search(visible_to=RECEIVER, code=CODE),
    "carrier and receiver": Search(carrier=CARRIER, receiver=RECEIVER),
    "plate": Search(plate="川A77"),
}


def measure(manifests: int) -> Iterator[Figure]:
    """Pages of 50 at two sizes; ``manifests`` is not asked for."""
    with temporary_directory() as name:
        yield from asyncio.run(_run(Path(name)))


async def _run(directory: Path) -> list[Figure]:
    load, figures = Load(), list[Figure]()
    blocks: dict[tuple[str, int], float] = {}
    async with running_log(load, directory, publisher="task") as log:
        answers = [*load.setup(), *load.manifest(0)]
        await append(log, answers, load.now_s)
        entries = await log.entries_at(list(range(len(answers))))
        async with log.pool.acquire() as conn:
            await follow(conn, entries)
            await conn.execute("RESET ROLE")
            for size in SIZES:
                await _fill(conn, size)
                for name, (cost, rows, ms) in (await _costs(conn, size)).items():
                    blocks[name, size] = cost
                    figures.append(Figure(name=f"{name}, {size} of each", value=cost, unit="blocks", note=f"{rows} rows, {ms:.2f} ms"))
    for name in dict.fromkeys(name for name, _ in blocks):
        few, many = (blocks[name, size] for size in SIZES)
        figures.append(Figure(name=f"{name}, 10^5 against 10^4", value=many / max(few, 1), unit="times the blocks"))
    return figures


async def _fill(conn: asyncpg.Connection, size: int) -> None:
    for table in ("manifest_term", "feed_reader", "party_gram", "party_name"):
        await conn.execute(f"TRUNCATE {table}")
    await conn.execute("DELETE FROM manifest_view WHERE generator = 'G'")
    for index in ("plain_newest", "plain_carriers"):
        await conn.execute(f"DROP INDEX IF EXISTS {index}")
    await conn.execute(FILL, size, timeout=600)
    await conn.execute(
        "INSERT INTO manifest_term SELECT unnest(terms), issued_at, chain FROM manifest_view ON CONFLICT DO NOTHING", timeout=600
    )
    await conn.execute(FEED, timeout=600)
    names = [(f"92{number:016d}", f"第{number}号危险废物处置有限公司") for number in range(size // 10)]
    await conn.executemany("INSERT INTO party_name VALUES ($1, $2, $2, '', 100)", names, timeout=600)
    await conn.executemany(
        "INSERT INTO party_gram VALUES ($1, $2)", [(gram, code) for code, name in names for gram in grams(name)], timeout=600
    )
    await registries.fill(conn, size)
    await conn.execute("VACUUM ANALYZE", timeout=600)  # as the server does by itself a minute after much was added


async def _costs(conn: asyncpg.Connection, size: int) -> dict[str, tuple[float, int, float]]:
    """Blocks, rows and milliseconds of one page, by what is asked."""
    end, found = 1000 + 7 * size, dict[str, tuple[float, int, float]]()

    def searched(search: Search) -> Callable[[], Awaitable[int]]:
        async def run() -> int:
            return len((await search_views(conn, search, limit=50)).views)

        return run

    async def feed() -> int:
        return len(await store.list_feed(conn, [RECEIVER], after=end // 2, end=end, limit=256))

    async def quiet_feed() -> int:
        return len(await store.list_feed(conn, [RARE], after=-1, end=end, limit=256))

    async def changes() -> int:
        return len((await search_views(conn, Search(visible_to=RECEIVER, updated_since=end - 500), limit=50)).views)

    async def named() -> int:
        return len((await search_parties(conn, "号危险废物", since=0, after="", limit=50))[0])

    asked = {name: searched(search) for name, search in SEARCHES.items()}
    asked |= {"feed of a receiver": feed, "feed of a quiet carrier": quiet_feed, "a receiver's changes": changes, "parties by name": named}
    for name, ask in asked.items():
        found[name] = await _cost(conn, ask)
    of_registries = registries.asked(conn, size)
    for name, ask in of_registries.items():
        found[name] = await _cost(conn, ask)
    with registries.plain():
        for name in ("approvals of a receiver with five", "approvals of a rare stage"):
            found[f"{name}, the plain way"] = await _cost(conn, of_registries[name])
    for index in PLAIN_INDICES:
        await conn.execute(index, timeout=600)
    await conn.execute("ANALYZE manifest_view")
    for name, (condition, value) in PLAIN.items():
        sql = f"SELECT view FROM manifest_view WHERE {condition} ORDER BY issued_at DESC, chain DESC LIMIT 50"

        async def plain(sql: str = sql, value: str = value) -> int:
            return len(await conn.fetch(sql, value))

        found[f"{name}, the plain way"] = await _cost(conn, plain)
    return found


async def _cost(conn: asyncpg.Connection, ask: Callable[[], Awaitable[int]]) -> tuple[float, int, float]:
    rows = await ask()
    before, begun = await _touched(conn), time.perf_counter()
    for _ in range(CALLS):
        await ask()
    ms = (time.perf_counter() - begun) / CALLS * 1000
    return (await _touched(conn) - before) / CALLS, rows, ms


async def _touched(conn: asyncpg.Connection) -> int:
    await conn.execute("SELECT pg_stat_force_next_flush()")
    return int(
        await conn.fetchval(
            "SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read + coalesce(toast_blks_hit + toast_blks_read, 0))"
            " FROM pg_statio_user_tables"
        )
    )
