"""Views that are found by terms: a table for each, one row a term and subject, in the order of listing within a term."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
