"""Clocks that run on chains, found by who must act and by since when: ``clock``, one row a holder, term and chain.

A row is a text in its view (``manifest_view.clocks``, ``registry_view.clocks``) and columns in the table. What a term is and how long it runs
nobody knows here: a due day is worked out by whoever asks, who gives the moments between which he wants to see each term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ledger.store import Conn

ANYBODY = "*"
"""Holder of a row by which a chain is found whoever must act."""
FILE_TERM = "attachment"
"""The term of files that are owed; its item names the file and who may have brought it."""
_PARTS = "split_part(row, ' ', 1) AS who, split_part(row, ' ', 2) AS term, split_part(row, ' ', 3)::bigint AS since_s"


class ClockRow(Struct, frozen=True, gc=False, order=True):
    """One row; ``item`` tells clocks of one term and chain apart: a case, or a file with everybody who may have brought it, by commas."""

    who: str
    term: str
    since_s: int
    chain: str
    item: str = ""
    is_over: bool = False
    """Of a file: that the store has it."""


class Stretch(Struct, frozen=True, gc=False):
    """Rows of one term that are wanted: behind a place, and before a moment."""

    term: str
    since_s: int
    chain: str = ""
    item: str = ""
    before_s: int = 2**62


def clock_text(who: str, term: str, since_s: int, item: str) -> str:
    """A row as its view has it."""
    return f"{who} {term} {since_s} {item}"


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


async def walk(conn: Conn, holders: Sequence[str], wanted: Sequence[Stretch], count: int) -> list[ClockRow]:
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


async def running_since(conn: Conn, wanted: Sequence[tuple[str, int]], limit: int) -> list[str] | None:
    """Chains on which one of these terms runs since before its moment, in no order; ``None`` where there are more than ``limit``."""
    terms, moments = [term for term, _ in wanted], [moment for _, moment in wanted]
    rows = await conn.fetch(RUNNING, terms, moments, limit + 1)
    return None if len(rows) > limit else [row["chain"] for row in rows]


def runs_since(first: int) -> str:
    """Condition that a view has such a clock, to follow others; terms and moments are arguments ``$first`` and the next."""
    return f"""
        AND EXISTS (SELECT FROM unnest(clocks) AS row JOIN unnest(${first}::text[], ${first + 1}::bigint[]) AS wanted (term, before_s)
                     ON split_part(row, ' ', 2) = wanted.term
                  WHERE split_part(row, ' ', 1) = '*' AND split_part(row, ' ', 3)::bigint < wanted.before_s)
    """


async def rewrite(conn: Conn, changed: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> None:
    """Of each chain, the rows that it had before and has now."""
    gone, new = list[tuple[str, str]](), list[tuple[str, str]]()
    for chain, before, now in changed:
        gone += [(chain, row) for row in sorted({*before}.difference(now))]
        new += [(chain, row) for row in sorted({*now}.difference(before))]
    parts = f"SELECT {_PARTS}, chain, split_part(row, ' ', 4) AS item FROM unnest($1::text[], $2::text[]) AS of_view (chain, row)"  # noqa: S608 -- ours
    delete = f"DELETE FROM clock WHERE (who, term, since_s, chain, item) IN ({parts})"  # noqa: S608 -- ours
    insert = f"INSERT INTO clock (who, term, since_s, chain, item) {parts} ON CONFLICT DO NOTHING"
    for sql, rows in ((delete, gone), (insert, new)):
        if rows:
            await conn.execute(sql, *map(list, zip(*rows, strict=True)))


async def list_wrong(conn: Conn, view: str, prefixes: Sequence[str], *, limit: int = 100) -> list[str]:
    """Chains whose rows are not those that their view names, for the audit; ``prefixes`` are the types of the chains of that view."""
    sql = f"""
        SELECT DISTINCT chain
          FROM (SELECT {_PARTS}, chain, split_part(row, ' ', 4) AS item, true AS named FROM {view}, unnest(clocks) AS row) AS of_view
          FULL JOIN (SELECT who, term, since_s, chain, item, true AS held FROM clock WHERE split_part(chain, '/', 1) = ANY($2)) AS of_index
         USING (who, term, since_s, chain, item)
         WHERE named IS NULL OR held IS NULL ORDER BY chain LIMIT $1
    """  # noqa: S608 -- ours
    return [row["chain"] for row in await conn.fetch(sql, limit, list(prefixes))]
