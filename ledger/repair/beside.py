"""Derived tables made again beside those that stand: temporary ones of the same names, filled by the code that fills the real ones.

A temporary table hides the one that stands from every statement of its session, so whatever reads and writes ``manifest_view`` reads and
writes the new one here, while ``entry`` is read as it stands. What differs is found by one join of each table, in the database: nothing but
the first keys comes to the program.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.store import Conn, LinkRow, LogHead, insert_head

LEDGERS = ("fact", "link", "log_head")
"""What the sequencer writes beside the entries."""
FIRST = 20
"""Differences of one table that are named."""


class Difference(Struct, frozen=True):
    """A row that is not what the entries give: its name, and its columns that differ, or that it is missing, or one too many."""

    key: str
    what: str


class Compared(Struct, frozen=True):
    """One table: how many rows the entries give, how many differ, the first of those by name."""

    table: str
    rows: int
    differing: int
    first: tuple[Difference, ...]


async def make_beside(conn: Conn, tables: Iterable[str]) -> None:
    """Empty temporary tables, as the ones that stand are: columns, keys, indexes and checks, none of their triggers."""
    for table in tables:
        await conn.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL)")


async def note_entries(conn: Conn, kinds: Kinds, entries: Sequence[Entry], facts: Iterable[tuple[str, object]]) -> None:
    """What a range of entries leaves in the ledger's own tables beside ``entry``: the place of each, and the facts that it changed, as they are
    after it."""
    links = (LinkRow(one.statement.chain, one.statement.seq, one.statement.hash, one.index) for one in entries)
    places = [(link.chain, link.seq, bytes.fromhex(link.hash), link.idx) for link in links]
    await conn.copy_records_to_table("link", records=places, columns=("chain", "seq", "hash", "idx"), schema_name="pg_temp")
    rows = [(key, kinds.encode(value)) for key, value in facts]
    sql = """
        INSERT INTO pg_temp.fact (key, value) SELECT * FROM unnest($1::text[], $2::bytea[])
            ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value
    """
    await conn.execute(sql, [key for key, _ in rows], [value for _, value in rows])


async def note_head(conn: Conn, head: LogHead) -> None:
    """The head after all of them."""
    await conn.execute("DELETE FROM pg_temp.log_head")
    await insert_head(conn, head)


async def analyze_beside(conn: Conn, tables: Iterable[str]) -> None:
    """Tell the planner of them: nobody else does of temporary tables."""
    for table in tables:
        await conn.execute(f"ANALYZE pg_temp.{table}")


async def compare(conn: Conn, table: str, *, but: Collection[str] = ()) -> Compared:
    """One table with what stands, row by row; ``but`` are chains of which nothing is said. Inside a snapshot.

    No value of a row is read but its name.
    """
    columns = await _columns(conn, table)
    names = [one.name for one in columns if one.is_key]
    differing = ", ".join(
        f"CASE WHEN new.{one.name} IS DISTINCT FROM old.{one.name} THEN '{one.name}' END" for one in columns if not one.is_key
    )
    differing = f"array_to_string(ARRAY[{differing}]::text[], ', ')"
    what = f"CASE WHEN old IS NOT DISTINCT FROM NULL THEN 'missing' WHEN new IS NOT DISTINCT FROM NULL THEN 'too many' ELSE {differing} END"
    key = " || ' ' || ".join(f"encode({one.name}, 'hex')" if one.kind == "bytea" else f"{one.name}::text" for one in columns if one.is_key)
    passed = "AND NOT chain = ANY($2::text[])" if but else "AND cardinality($2::text[]) = 0"
    # Names of our own tables and columns, the only that are put into the statement; values are arguments.
    sql = f"""
        SELECT {key} AS key, {what} AS what, count(*) OVER () AS differing
          FROM pg_temp.{table} AS new FULL JOIN public.{table} AS old USING ({", ".join(names)})
         WHERE new IS DISTINCT FROM old {passed} ORDER BY key LIMIT $1
    """  # noqa: S608
    found = await conn.fetch(sql, FIRST, list(but))
    rows: int = await conn.fetchval(f"SELECT count(*) FROM pg_temp.{table}")  # noqa: S608 -- ours
    first = tuple(Difference(row["key"], row["what"]) for row in found)
    return Compared(table, rows, found[0]["differing"] if found else 0, first)


async def put_in_place(conn: Conn, table: str) -> None:
    """What stands becomes what the entries give: rows that differ go, and those that are missing come. Inside a transaction."""
    named = " AND ".join(f"new.{one.name} = old.{one.name}" for one in await _columns(conn, table) if one.is_key)
    await conn.execute(
        f"DELETE FROM public.{table} AS old"  # noqa: S608 -- ours
        f" WHERE NOT EXISTS (SELECT FROM pg_temp.{table} AS new WHERE {named} AND new IS NOT DISTINCT FROM old)"
    )
    await conn.execute(
        f"INSERT INTO public.{table} SELECT * FROM pg_temp.{table} AS new"  # noqa: S608 -- ours
        f" WHERE NOT EXISTS (SELECT FROM public.{table} AS old WHERE {named})"
    )


class _Column(Struct, frozen=True):
    name: str
    kind: str
    is_key: bool


async def _columns(conn: Conn, table: str) -> list[_Column]:
    sql = """
        SELECT attname AS name, format_type(atttypid, NULL) AS kind, attnum = ANY (indkey) AS is_key
          FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisprimary
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
    """
    return [_Column(*row) for row in await conn.fetch(sql, f"pg_temp.{table}")]
