"""What the database itself says about its guards, and what a cut has moved aside: read by operators, never by the log."""

from __future__ import annotations

from asyncpg import Connection, Record
from msgspec import Struct

EVENT_TRIGGERS = ("guard_ledger_alter", "guard_ledger_drop")
ROLES = ("liandan_owner", "liandan_reader", "liandan_writer")
TABLES = ("entry", "link")


class Guards(Struct, frozen=True, kw_only=True):
    """What is missing of the guards (migration 0004); nothing missing is good."""

    event_triggers_missing: tuple[str, ...]
    """Also those that are disabled. A managed server without a superuser has none."""
    roles_missing: tuple[str, ...]
    triggers_off: tuple[str, ...]
    """Tables, partitions among them, that have no trigger firing ALWAYS."""

    @property
    def are_complete(self) -> bool:
        """Nothing is missing."""
        return not (self.event_triggers_missing or self.roles_missing or self.triggers_off)


async def fetch_guards(conn: Connection[Record]) -> Guards:
    """Compare the catalogue with what the migrations put there."""
    events = await conn.fetch("SELECT evtname FROM pg_event_trigger WHERE evtname = ANY($1) AND evtenabled = 'A'", list(EVENT_TRIGGERS))
    roles = await conn.fetch("SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", list(ROLES))
    bare = await conn.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        " AND (c.relname = ANY($1) OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent IN ('entry'::regclass, 'link'::regclass)))"
        " AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'A')"
        " ORDER BY c.relname",
        list(TABLES),
    )
    return Guards(
        event_triggers_missing=tuple(sorted(set(EVENT_TRIGGERS) - {row["evtname"] for row in events})),
        roles_missing=tuple(sorted(set(ROLES) - {row["rolname"] for row in roles})),
        triggers_off=tuple(row["relname"] for row in bare),
    )


async def list_quarantined(conn: Connection[Record], cut_to: int) -> list[tuple[int, bytes]]:
    """Indices and entry bytes that a cut to this size has moved aside, in order; with the owner's rights."""
    async with conn.transaction(readonly=True):
        await conn.execute("SET LOCAL ROLE liandan_owner")
        rows = await conn.fetch("SELECT idx, entry FROM quarantine WHERE cut_to = $1 ORDER BY idx", cut_to)
    return [(row["idx"], bytes(row["entry"])) for row in rows]
