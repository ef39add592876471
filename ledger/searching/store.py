"""Views that are found by terms: a table for each, one row a term and subject, in the order of listing within a term. And chains that are found
by the clocks that run on them, in one table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.searching.clocks import FILE_TERM, ClockRow, Stretch
from ledger.searching.terms import Groups
from ledger.store import Conn

COUNT_MAX, FEW = 200, 50
"""How far a group is counted to choose the smallest, and what is small enough."""


class TermIndex:
    """One table of terms. Its view has the columns of the place, ``chain`` among them, and ``terms text[]``; a place says where a subject
    stands in the order of listing. Ranges are half open, ``low <= place < high``; the bound where a walk begins is a whole place, the one
    where it ends a value of the first column."""

    def __init__(self, table: str, view: str, place: Mapping[str, str], *, is_descending: bool) -> None:
        """Names of the tables, and the columns of a place with their types: fixed text of ours, the only that is put into statements."""
        count, first, columns = len(place), next(iter(place)), ", ".join(place)
        begins, ends = ("<", ">=") if is_descending else (">=", "<")
        within = f"({columns}) {begins} ({', '.join(f'${number + 2}' for number in range(count))}) AND {first} {ends} ${count + 2}"
        order = ", ".join(f"{column} DESC" if is_descending else column for column in place)
        rows = ", ".join(f"${number + 1}::{kind}[]" for number, kind in enumerate(("text", *place.values())))
        each = f"""
            FROM unnest($1::text[]) AS wanted (wanted_term)
           CROSS JOIN LATERAL (
                 SELECT {columns} FROM {table} WHERE term = wanted_term AND {within} ORDER BY {order} LIMIT ${count + 3}
                 ) AS found
        """  # noqa: S608
        # In order, so that each term is walked in its index from the place on, even where the planner takes it to be everywhere.
        self.size_of_group = f"SELECT count(*) {each}"
        """How much a group holds in a range, each term counted no further than it matters."""
        self.walk_group = f"SELECT DISTINCT {columns} {each} ORDER BY {order} LIMIT ${count + 3}"
        """The next places of a group."""
        self._delete = f"DELETE FROM {table} WHERE (term, {columns}) IN (SELECT * FROM unnest({rows}))"  # noqa: S608
        self._insert = f"INSERT INTO {table} (term, {columns}) SELECT * FROM unnest({rows}) ON CONFLICT DO NOTHING"  # noqa: S608
        self._wrong = f"""
            SELECT DISTINCT chain
              FROM (SELECT unnest(terms) AS term, {columns}, true AS named FROM {view}) AS of_view
              FULL JOIN (SELECT term, {columns}, true AS held FROM {table}) AS of_index USING (term, {columns})
             WHERE named IS NULL OR held IS NULL ORDER BY chain LIMIT $1
        """  # noqa: S608

    async def smallest(self, conn: Conn, groups: Groups, begin: Sequence[object], end: object) -> list[str]:
        """The group that holds least; the first that holds next to nothing, without looking at the others."""
        if len(groups) == 1:
            return groups[0]
        sizes: list[int] = []
        for group in groups:
            sizes.append(await conn.fetchval(self.size_of_group, group, *begin, end, COUNT_MAX))
            if sizes[-1] <= FEW:
                break
        return groups[sizes.index(min(sizes))]

    async def walk(self, conn: Conn, group: list[str], begin: Sequence[object], end: object, count: int) -> list[tuple[Any, ...]]:
        """The first ``count`` places of a group in a range, in the order of listing."""
        return [tuple(row) for row in await conn.fetch(self.walk_group, group, *begin, end, count)]

    async def rewrite(self, conn: Conn, changed: Iterable[tuple[Sequence[object], Iterable[str], Iterable[str]]]) -> None:
        """Of each place, the terms that it had before and has now: those gone are taken out, those new put in."""
        gone: list[tuple[object, ...]] = []
        new: list[tuple[object, ...]] = []
        for place, before, now in changed:
            gone += [(term, *place) for term in sorted({*before}.difference(now))]
            new += [(term, *place) for term in sorted({*now}.difference(before))]
        for sql, rows in ((self._delete, gone), (self._insert, new)):
            if rows:
                await conn.execute(sql, *map(list, zip(*rows, strict=True)))

    async def list_wrong(self, conn: Conn, *, limit: int = 100) -> list[str]:
        """Chains whose rows in the table are not those that their view names, for the audit."""
        return [row["chain"] for row in await conn.fetch(self._wrong, limit)]


def having(groups: Groups, first: int) -> str:
    """Condition that a view has a term of each group, to follow others; the groups are arguments from ``$first`` on."""
    return "".join(f" AND terms && ${number}::text[]" for number in range(first, first + len(groups)))


# --- clocks ---------------------------------------------------------------------------------------------------------------------------------

_PARTS = "split_part(row, ' ', 1) AS who, split_part(row, ' ', 2) AS term, split_part(row, ' ', 3)::bigint AS since_s"
WALK = """
    SELECT found.*,
           CASE WHEN found.term = $7 THEN EXISTS (
               SELECT FROM evidence_upload JOIN evidence_file USING (sha256)
                WHERE sha256 = decode(split_part(found.item, ',', 1), 'hex') AND uscc = ANY(string_to_array(found.item, ','))
                  AND stored_at IS NOT NULL)
           ELSE false END AS is_over
      FROM unnest($1::text[]) AS holder (name)
     CROSS JOIN unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[]) AS wanted (term, since_s, chain, item, before_s)
     CROSS JOIN LATERAL (
           SELECT who, term, since_s, chain, item FROM clock
            WHERE who = holder.name AND term = wanted.term AND (since_s, chain, item) > (wanted.since_s, wanted.chain, wanted.item)
              AND since_s < wanted.before_s
            ORDER BY since_s, chain, item LIMIT $8
           ) AS found
"""


async def walk_clocks(conn: Conn, holders: Sequence[str], wanted: Sequence[Stretch], count: int) -> list[ClockRow]:
    """The first ``count`` rows of each holder and stretch, in the order of their moments within each."""
    columns = [[getattr(one, name) for one in wanted] for name in ("term", "since_s", "chain", "item", "before_s")]
    return [ClockRow(*row) for row in await conn.fetch(WALK, list(holders), *columns, FILE_TERM, count)]


RUNNING = """
    SELECT DISTINCT chain FROM unnest($1::text[], $2::bigint[]) AS wanted (term, before_s)
     CROSS JOIN LATERAL (
           SELECT chain FROM clock WHERE who = '*' AND clock.term = wanted.term AND since_s < wanted.before_s ORDER BY since_s LIMIT $3
           ) AS found
     LIMIT $3
"""


async def running_since(conn: Conn, wanted: Sequence[tuple[str, int]], limit: int) -> list[str]:
    """Chains on which one of these terms runs since before its moment, in no order; where there are more than ``limit``, one more than that, of
    those that have run longest."""
    terms, moments = [term for term, _ in wanted], [moment for _, moment in wanted]
    return [row["chain"] for row in await conn.fetch(RUNNING, terms, moments, limit + 1)]


def runs_since(first: int) -> str:
    """Condition that a view has such a clock, to follow others; terms and moments are arguments ``$first`` and the next."""
    return f"""
        AND EXISTS (SELECT FROM unnest(clocks) AS row JOIN unnest(${first}::text[], ${first + 1}::bigint[]) AS wanted (term, before_s)
                     ON split_part(row, ' ', 2) = wanted.term
                  WHERE split_part(row, ' ', 1) = '*' AND split_part(row, ' ', 3)::bigint < wanted.before_s)
    """


async def rewrite_clocks(conn: Conn, changed: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> None:
    """Of each chain, the rows that it had before and has now."""
    gone, new = list[tuple[str, str]](), list[tuple[str, str]]()
    for chain, before, now in changed:
        gone += [(chain, row) for row in sorted({*before}.difference(now))]
        new += [(chain, row) for row in sorted({*now}.difference(before))]
    parts = f"SELECT {_PARTS}, chain, split_part(row, ' ', 4) AS item FROM unnest($1::text[], $2::text[]) AS of_view (chain, row)"  # noqa: S608 -- ours
    # One by one (LIMIT 1): a plan for many would read the table whole.
    delete = f"""
        DELETE FROM clock WHERE ctid = ANY(ARRAY(
            SELECT found.place FROM ({parts}) AS gone CROSS JOIN LATERAL (
                SELECT ctid AS place FROM clock
                 WHERE who = gone.who AND term = gone.term AND since_s = gone.since_s AND chain = gone.chain AND item = gone.item LIMIT 1
            ) AS found))
    """  # noqa: S608 -- ours
    insert = f"INSERT INTO clock (who, term, since_s, chain, item) {parts} ON CONFLICT DO NOTHING"
    for sql, rows in ((delete, gone), (insert, new)):
        if rows:
            await conn.execute(sql, *map(list, zip(*rows, strict=True)))


async def list_wrong_clocks(conn: Conn, view: str, prefixes: Sequence[str], *, limit: int = 100) -> list[str]:
    """Chains whose rows are not those that their view names, for the audit; ``prefixes`` are the types of the chains of that view."""
    sql = f"""
        SELECT DISTINCT chain
          FROM (SELECT {_PARTS}, chain, split_part(row, ' ', 4) AS item, true AS named FROM {view}, unnest(clocks) AS row) AS of_view
          FULL JOIN (SELECT who, term, since_s, chain, item, true AS held FROM clock WHERE split_part(chain, '/', 1) = ANY($2)) AS of_index
         USING (who, term, since_s, chain, item)
         WHERE named IS NULL OR held IS NULL ORDER BY chain LIMIT $1
    """  # noqa: S608 -- ours
    return [row["chain"] for row in await conn.fetch(sql, limit, list(prefixes))]
