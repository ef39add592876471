"""SQL of the names of parties, which follow the feed with the other projections."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from asyncpg import Record

from ledger.parties.model import NameRows, PartyRow
from ledger.parties.names import Named, grams, lines_of, told, wanted_grams
from ledger.store import Conn

SCAN_MAX, STEP_MAX = 10_000, 1_000
"""Names that one page looks at, and that are looked at in one step."""
COUNT_MAX = 200
"""How far a pair is counted to choose the rarest."""


_COLUMNS = "uscc, name, closed_on, idx, names, since, successor"


def _row(record: Record) -> PartyRow:
    found: dict[str, Any] = {}
    for name in PartyRow.__struct_fields__:
        value: Any = record[name]
        found[name] = tuple(value) if isinstance(value, list) else value
    return PartyRow(**found)


async def stream_names(conn: Conn) -> AsyncIterator[NameRows]:
    """Everything, for the audit; inside a transaction."""
    sql = f"""
        SELECT {_COLUMNS}, folded, coalesce(held.grams, '{{}}') AS grams FROM party_name
          FULL JOIN (SELECT uscc, array_agg(gram) AS grams FROM party_gram GROUP BY uscc) AS held USING (uscc)
    """  # noqa: S608  # names of the code
    async for record in conn.cursor(sql, prefetch=500):
        *_, folded_names, held = record
        row = None if record["name"] is None else _row(record)
        yield NameRows(record["uscc"], row, folded_names or "", held)


async def note_names(conn: Conn, named: Iterable[Named]) -> None:
    """Write what entries say of parties, in the order of the log; the transaction is the caller's."""
    said = list(named)
    wanted = list({one.uscc for one in said})
    before = await conn.fetch(f"SELECT {_COLUMNS}, folded FROM party_name WHERE uscc = ANY($1::text[])", wanted)  # noqa: S608  # as above
    folds = {row["uscc"]: row["folded"] for row in before}
    after = {row["uscc"]: _row(row) for row in before}
    for one in said:
        after[one.uscc] = told(after.get(one.uscc) or PartyRow(one.uscc, "", "", one.index), one)
    gone, new = list[tuple[str, str]](), list[tuple[str, str]]()
    for row in after.values():
        had, has = grams(folds.get(row.uscc, "")), grams(lines_of(row.names))
        gone += [(gram, row.uscc) for gram in had - has]
        new += [(gram, row.uscc) for gram in has - had]
    await conn.executemany(
        f"""
        INSERT INTO party_name ({_COLUMNS}, folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (uscc) DO UPDATE
           SET name = EXCLUDED.name, folded = EXCLUDED.folded, closed_on = EXCLUDED.closed_on, idx = EXCLUDED.idx, names = EXCLUDED.names,
               since = EXCLUDED.since, successor = EXCLUDED.successor
        """,  # noqa: S608  # as above
        [
            (row.uscc, row.name, row.closed_on, row.idx, list(row.names), list(row.since), row.successor, lines_of(row.names))
            for row in after.values()
        ],
    )
    if gone:
        lost = "DELETE FROM party_gram WHERE (gram, uscc) IN (SELECT * FROM unnest($1::text[], $2::text[]))"
        await conn.execute(lost, *map(list, zip(*gone, strict=True)))
    if new:
        into = "INSERT INTO party_gram (gram, uscc) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING"
        await conn.execute(into, *map(list, zip(*new, strict=True)))


async def fetch_parties(conn: Conn, codes: Sequence[str]) -> list[PartyRow]:
    """Parties by code, as far as the projection knows them, in the order of their codes."""
    rows = await conn.fetch(f"SELECT {_COLUMNS} FROM party_name WHERE uscc = ANY($1::text[]) ORDER BY uscc", list(codes))  # noqa: S608  # as above
    return [_row(row) for row in rows]


async def fetch_changed(conn: Conn, codes: Sequence[str]) -> list[PartyRow]:
    """Of some parties those that have had another name, or are closed."""
    sql = f"SELECT {_COLUMNS} FROM party_name WHERE uscc = ANY($1::text[]) AND (cardinality(names) > 1 OR closed_on <> '')"  # noqa: S608  # as above
    return [_row(row) for row in await conn.fetch(sql, list(codes))]


async def list_succeeded(conn: Conn, uscc: str, depth: int) -> list[str]:
    """Closed parties whose successor a party is, and whose successors' successor, so many steps back; by code."""
    rows = await conn.fetch(
        """
        WITH RECURSIVE line (uscc, step) AS (
            SELECT uscc, 1 FROM party_name WHERE successor = $1 AND successor <> ''
             UNION SELECT party_name.uscc, step + 1 FROM line JOIN party_name ON successor = line.uscc AND successor <> '' WHERE step < $2
        )
        SELECT DISTINCT uscc FROM line ORDER BY uscc
        """,
        *(uscc, depth),
    )
    return [row["uscc"] for row in rows]


async def names_of(conn: Conn, codes: list[str]) -> dict[str, str]:
    """Names of parties by code, as far as the projection knows them."""
    rows = await conn.fetch("SELECT uscc, name FROM party_name WHERE uscc = ANY($1::text[]) AND name <> ''", codes)
    return {row["uscc"]: row["name"] for row in rows}


LISTED = f"SELECT {_COLUMNS} FROM party_name WHERE uscc > $1 AND idx >= $2 ORDER BY uscc LIMIT $3"  # noqa: S608  # names of the code
"""By code."""
WITH_GRAM = "SELECT uscc FROM party_gram WHERE gram = $1 AND uscc > $2 ORDER BY uscc LIMIT $3"
"""The next parties with a pair of characters in their names."""


async def search_parties(conn: Conn, part: str, *, since: int, after: str, limit: int) -> tuple[list[PartyRow], str | None]:
    """Parties with a part in one of their names (in normal form; empty: all), by code, and the code to go on from, if any."""
    if not part:
        rows = await conn.fetch(LISTED, after, since, limit + 1)
        found = [_row(row) for row in rows]
        return found[:limit], found[limit - 1].uscc if len(found) > limit else None
    gram, found, scanned = await _rarest(conn, wanted_grams(part)), list[PartyRow](), 0
    while scanned < SCAN_MAX:
        step = min(STEP_MAX, max(2 * scanned, limit + 1))
        codes = [row["uscc"] for row in await conn.fetch(WITH_GRAM, gram, after, step)]
        rows = await conn.fetch(
            f"SELECT {_COLUMNS} FROM party_name"  # noqa: S608  # names of the code
            " WHERE uscc = ANY($1::text[]) AND position($2 IN folded) > 0 AND idx >= $3 ORDER BY uscc",
            *(codes, part, since),
        )
        found += [_row(row) for row in rows]
        if len(found) > limit:
            return found[:limit], found[limit - 1].uscc
        if len(codes) < step:
            return found, None
        after, scanned = codes[-1], scanned + len(codes)
    return found, after


async def _rarest(conn: Conn, wanted: Iterable[str]) -> str:
    """The pair that fewest names have, each counted no further than COUNT_MAX: 公司 stands in nearly all."""
    counted = "SELECT count(*) FROM (SELECT FROM party_gram WHERE gram = $1 LIMIT $2) AS counted"
    sizes = {gram: await conn.fetchval(counted, gram, COUNT_MAX) for gram in wanted}
    return min(sizes, key=lambda gram: (sizes[gram], gram))
