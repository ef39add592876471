"""SQL of the names of parties, which follow the feed with the other projections."""

from collections.abc import AsyncIterator, Iterable, Sequence

from ledger.parties.model import NameRows, PartyRow
from ledger.parties.names import Named, folded, grams, wanted_grams
from ledger.store import Conn

SCAN_MAX, STEP_MAX = 10_000, 1_000
"""Names that one page looks at, and that are looked at in one step."""
COUNT_MAX = 200
"""How far a pair is counted to choose the rarest."""


async def stream_names(conn: Conn) -> AsyncIterator[NameRows]:
    """Everything, for the audit; inside a transaction."""
    sql = """
        SELECT uscc, name, closed_on, idx, folded, coalesce(held.grams, '{}') AS grams FROM party_name
          FULL JOIN (SELECT uscc, array_agg(gram) AS grams FROM party_gram GROUP BY uscc) AS held USING (uscc)
    """
    async for uscc, name, closed_on, idx, folded_name, held in conn.cursor(sql, prefetch=500):
        yield NameRows(uscc, None if name is None else PartyRow(uscc, name, closed_on, idx), folded_name or "", held)


async def note_names(conn: Conn, named: Iterable[Named]) -> None:
    """Write what entries say of parties, in the order of the log; the transaction is the caller's."""
    said = list(named)
    known = "SELECT uscc, name, folded, closed_on FROM party_name WHERE uscc = ANY($1::text[])"
    before = {row["uscc"]: row for row in await conn.fetch(known, list({one.uscc for one in said}))}
    after = {uscc: Named(uscc, -1, row["name"], row["closed_on"]) for uscc, row in before.items()}
    for one in said:
        old = after.get(one.uscc, one)
        name, closed_on = (earlier if now is None else now for now, earlier in ((one.name, old.name), (one.closed_on, old.closed_on)))
        after[one.uscc] = Named(one.uscc, one.index, name, closed_on)
    rows, gone, new = list[tuple[str, str, str, str, int]](), list[tuple[str, str]](), list[tuple[str, str]]()
    for one in after.values():
        name = folded(one.name or "")
        rows.append((one.uscc, one.name or "", name, one.closed_on or "", one.index))
        had, has = grams(before[one.uscc]["folded"] if one.uscc in before else ""), grams(name)
        gone += [(gram, one.uscc) for gram in had - has]
        new += [(gram, one.uscc) for gram in has - had]
    await conn.execute(
        """
        INSERT INTO party_name (uscc, name, folded, closed_on, idx)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
            ON CONFLICT (uscc) DO UPDATE
           SET name = EXCLUDED.name, folded = EXCLUDED.folded, closed_on = EXCLUDED.closed_on, idx = EXCLUDED.idx
        """,
        *map(list, zip(*rows, strict=True)),
    )
    if gone:
        lost = "DELETE FROM party_gram WHERE (gram, uscc) IN (SELECT * FROM unnest($1::text[], $2::text[]))"
        await conn.execute(lost, *map(list, zip(*gone, strict=True)))
    if new:
        into = "INSERT INTO party_gram (gram, uscc) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING"
        await conn.execute(into, *map(list, zip(*new, strict=True)))


async def fetch_parties(conn: Conn, codes: Sequence[str]) -> list[PartyRow]:
    """Parties by code, as far as the projection knows them, in the order of their codes."""
    rows = await conn.fetch("SELECT uscc, name, closed_on, idx FROM party_name WHERE uscc = ANY($1::text[]) ORDER BY uscc", list(codes))
    return [PartyRow(*row) for row in rows]


async def names_of(conn: Conn, codes: list[str]) -> dict[str, str]:
    """Names of parties by code, as far as the projection knows them."""
    rows = await conn.fetch("SELECT uscc, name FROM party_name WHERE uscc = ANY($1::text[]) AND name <> ''", codes)
    return {row["uscc"]: row["name"] for row in rows}


async def list_registers(conn: Conn, prefix: str, after: str, limit: int) -> list[tuple[str, bytes]]:
    """Registers whose keys are a prefix that ends with a blank and an id, by id: (id, value). ``fact.key`` is COLLATE "C"."""
    within = "SELECT key, value FROM fact WHERE key > $1 AND key < $2 ORDER BY key LIMIT $3"
    rows = await conn.fetch(within, prefix + after, prefix[:-1] + chr(ord(" ") + 1), limit)
    return [(row["key"].removeprefix(prefix), row["value"]) for row in rows]


LISTED = "SELECT uscc, name, closed_on, idx FROM party_name WHERE uscc > $1 AND idx >= $2 ORDER BY uscc LIMIT $3"
"""By code."""
WITH_GRAM = "SELECT uscc FROM party_gram WHERE gram = $1 AND uscc > $2 ORDER BY uscc LIMIT $3"
"""The next parties with a pair of characters in their names."""


async def search_parties(conn: Conn, part: str, *, since: int, after: str, limit: int) -> tuple[list[PartyRow], str | None]:
    """Parties with a part in their names (in normal form; empty: all), by code, and the code to go on from, if any."""
    if not part:
        rows = await conn.fetch(LISTED, after, since, limit + 1)
        found = [PartyRow(*row) for row in rows]
        return found[:limit], found[limit - 1].uscc if len(found) > limit else None
    gram, found, scanned = await _rarest(conn, wanted_grams(part)), list[PartyRow](), 0
    while scanned < SCAN_MAX:
        step = min(STEP_MAX, max(2 * scanned, limit + 1))
        codes = [row["uscc"] for row in await conn.fetch(WITH_GRAM, gram, after, step)]
        rows = await conn.fetch(
            "SELECT uscc, name, closed_on, idx FROM party_name"
            " WHERE uscc = ANY($1::text[]) AND position($2 IN folded) > 0 AND idx >= $3 ORDER BY uscc",
            *(codes, part, since),
        )
        found += [PartyRow(*row) for row in rows]
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
