"""Putting back what a migrated database should have and has not: guards, constraints, indexes, owners, rights.

Migrations run once each, so what somebody takes away afterwards no migration brings back. ``liandan migrate`` compares the catalogue with the
one that the migrations make, does again what can be done without touching a row, and names what is left: columns and tables are not
guessed at, and what was added is nobody's to take away here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from liandan.catalogue import SNAPSHOT, catalogue

if TYPE_CHECKING:
    from asyncpg import Connection, Record

EVENTS = {"guard_ledger_drop": "ON sql_drop", "guard_ledger_alter": "ON ddl_command_end WHEN TAG IN ('ALTER TABLE')"}
_AGAIN = re.compile(
    r"\s*(GRANT|REVOKE|ALTER (TABLE|FUNCTION) \S+ OWNER|CREATE (OR REPLACE )?FUNCTION|DO \$\$\s+DECLARE name text).*", re.DOTALL
)
"""Statements of migrations that may be done again: rights, owners, functions, the roles."""
_PARTITIONED = re.compile(r"(table|column|constraint|index|trigger|grant) entry(_[0-9]+)?(_pkey)?\b.*")
_ROLES = "liandan_writer, liandan_reader, PUBLIC"


class Repaired(Struct, frozen=True):
    """Lines of the catalogue: put back, and still other than the migrations make them."""

    restored: tuple[str, ...]
    differing: tuple[str, ...]


async def repair(conn: Connection[Record], migrations: Callable[[], Sequence[str]]) -> Repaired:
    """Put back what is missing, in one transaction with the rights of a superuser or of whoever migrated; asyncpg's error where the server
    refuses, and then nothing is changed. ``migrations`` gives the statements of all migrations in their order.
    """
    wanted = await _wanted(conn)
    before = set((await catalogue(conn)).splitlines())
    missing = wanted - before
    if not missing and not await _beyond(conn, before - wanted):
        return Repaired((), ())
    async with conn.transaction():
        may = await conn.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if may:
            await _events(conn, "DISABLE")
        ours = sorted(line.split(" ")[1] for line in wanted if line.startswith("table "))
        held = await conn.fetch("SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass('public.' || name) IS NOT NULL", ours)
        await conn.execute(f"REVOKE ALL ON {', '.join(row['name'] for row in held)} FROM {_ROLES}")
        for statement in _again(migrations()):
            await conn.execute(statement)
        for line in sorted(missing):
            for statement in _made_again(line):
                await conn.execute(statement)
        if may:
            await _events(conn, "ENABLE ALWAYS")
    after = set((await catalogue(conn)).splitlines())
    left = await _beyond(conn, after ^ await _wanted(conn))
    return Repaired(tuple(sorted((missing & after) | (before - wanted - after))), tuple(sorted(left)))


async def _wanted(conn: Connection[Record]) -> set[str]:
    """What the migrations make; without a superuser there are no event triggers (0004)."""
    lines = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    may = await conn.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return {line for line in lines if may or not line.startswith("event trigger ")} - await _elsewhere(conn, set(lines))


async def _elsewhere(conn: Connection[Record], lines: set[str]) -> set[str]:
    """Lines of tables that an operator has partitioned (docs/partition.sql): liandan.database.fetch_guards looks at those."""
    is_parted = await conn.fetchval("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('public.entry')")
    return {line for line in lines if is_parted and _PARTITIONED.fullmatch(line)}


async def _beyond(conn: Connection[Record], lines: set[str]) -> set[str]:
    """What is other than it should be. Extensions and whatever else an operator keeps in the database are his own."""
    own = {line for line in lines if not line.startswith(("extension ", "role "))}
    return own - await _elsewhere(conn, own)


def _again(statements: Sequence[str]) -> list[str]:
    """What they did about rights, owners, functions and roles."""
    found = [statement for statement in statements if _AGAIN.fullmatch(statement)]
    return [re.sub(r"^(\s*)CREATE FUNCTION", r"\1CREATE OR REPLACE FUNCTION", statement) for statement in found]


def _made_again(line: str) -> list[str]:
    """Statements that make a line of the catalogue true again; none for what is not put back here."""
    sort, _, rest = line.partition(" ")
    name, _, what = rest.partition(" ")
    table, _, part = name.partition(".")
    if sort == "constraint":
        return [f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {part}", f"ALTER TABLE {table} ADD CONSTRAINT {part} {what}"]
    if sort == "index" and not name.endswith(("_pkey", "_key")):  # an index of a constraint comes with it
        return [f"DROP INDEX IF EXISTS {name}", what]
    if sort == "trigger":
        made, _, state = what.rpartition(" enabled ")
        again = made.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1)
        return [again, *([f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {part}"] if state == "A" else [])]
    return []


async def _events(conn: Connection[Record], state: str) -> None:
    """Take the event triggers out of the way, or make them where they are missing and turn them on."""
    for name, when in EVENTS.items():
        held = await conn.fetchval("SELECT evtfoid::regproc::text FROM pg_event_trigger WHERE evtname = $1", name)
        if state != "DISABLE" and held != "liandan_guard.ledger_ddl":
            await conn.execute(f"DROP EVENT TRIGGER IF EXISTS {name}")
            await conn.execute(f"CREATE EVENT TRIGGER {name} {when} EXECUTE FUNCTION liandan_guard.ledger_ddl()")
            held = name
        if held is not None:
            await conn.execute(f"ALTER EVENT TRIGGER {name} {state}")
