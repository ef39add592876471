"""SQL of the names of parties, which follow the feed with the other projections."""

from collections.abc import Iterable

from msgspec import Struct

from ledger.parties.names import Named, folded, grams, wanted_grams
from ledger.store import Conn

SCAN_MAX, STEP_MAX = 10_000, 1_000
"""Names that one page looks at, and that are looked at in one step."""
COUNT_MAX = 200
"""How far a pair is counted to choose the rarest."""


class PartyRow(Struct, frozen=True):
    """A party as it is listed; ``idx`` is the newest entry about its name or its end."""

    uscc: str
    name: str
    closed_on: str
    idx: int


async def note_names(conn: Conn, named: Iterable[Named]) -> None:
    """Write what entries say of parties, in the order of the log."""
    for one in named:
        before = await conn.fetchval("SELECT folded FROM party_name WHERE uscc = $1", one.uscc)
        await conn.execute(
            """
            INSERT INTO party_name (uscc, name, folded, closed_on, idx) VALUES ($1, coalesce($2, ''), coalesce($3, ''), coalesce($4, ''), $5)
                ON CONFLICT (uscc) DO UPDATE
               SET name = coalesce($2, party_name.name), folded = coalesce($3, party_name.folded),
                   closed_on = coalesce($4, party_name.closed_on), idx = $5
            """,
            *(one.uscc, one.name, None if one.name is None else folded(one.name), one.closed_on, one.index),
        )
        if one.name is None:
            continue
        old, new = grams(before or ""), grams(folded(one.name))
        await conn.execute("DELETE FROM party_gram WHERE uscc = $1 AND gram = ANY($2::text[])", one.uscc, sorted(old - new))
        into = "INSERT INTO party_gram (gram, uscc) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING"
        await conn.execute(into, one.uscc, sorted(new))


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
