"""What the database itself says about its guards, and what a cut has moved aside: read by operators, never by the log."""

from __future__ import annotations

from asyncpg import Connection, Record
from msgspec import Struct

EVENT_TRIGGERS = ("guard_ledger_alter", "guard_ledger_drop")
ROLES = ("liandan_owner", "liandan_reader", "liandan_writer")
TABLES = ("entry", "link", "quarantine")
FUNCTIONS = {
    "public.refuse_change": "79986d2ea8f9d73630e392d444fa129a0eb1ff6357b81cbc1f1e689606a9f443",
    "public.keep_quarantine": "9090be2bc7d321a95c0b3a9f2261ff13b63a6d66695032dc6ade80f61990af83",
    "liandan_guard.ledger_ddl": "4560e8835036d036bfab2a2fea0e54daa74201d15d847db3cbd1b701360b0ee5",
}
"""SHA-256 of their sources as the newest migrations made them (0004, 0007): whoever may replace a function has its triggers do nothing."""
LEAF_CHECK = r"CHECK ((leaf = sha256(('\x00'::bytea || entry))))"


class Guards(Struct, frozen=True, kw_only=True):
    """What is missing of the guards (migration 0004); nothing missing is good."""

    event_triggers_missing: tuple[str, ...]
    """Also those that are disabled. A managed server without a superuser has none."""
    roles_missing: tuple[str, ...]
    triggers_off: tuple[str, ...]
    """Tables, partitions among them, that lack a trigger firing ALWAYS against UPDATE, DELETE or TRUNCATE."""
    replaced: tuple[str, ...]
    """Functions of the guards that are not as the migrations made them, and tables without the CHECK on their leaf hash."""

    @property
    def are_complete(self) -> bool:
        """Nothing is missing."""
        return not (self.event_triggers_missing or self.roles_missing or self.triggers_off or self.replaced)


async def fetch_guards(conn: Connection[Record]) -> Guards:
    """Compare the catalogue with what the migrations put there."""
    events = await conn.fetch("SELECT evtname FROM pg_event_trigger WHERE evtname = ANY($1) AND evtenabled = 'A'", list(EVENT_TRIGGERS))
    roles = await conn.fetch("SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", list(ROLES))
    bare = await conn.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        " AND (c.relname = ANY($1) OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent IN ('entry'::regclass, 'link'::regclass)))"
        # tgtype: 8 DELETE, 16 UPDATE, 32 TRUNCATE. The rows of a partitioned table lie in its partitions, and so do the triggers for rows.
        " AND (SELECT coalesce(bit_or(t.tgtype::int), 0) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal"
        "      AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = ''"
        "      AND t.tgfoid = to_regproc(CASE c.relname WHEN 'quarantine' THEN 'keep_quarantine' ELSE 'refuse_change' END))"
        "     & 56 <> CASE c.relkind WHEN 'p' THEN 32 ELSE 56 END"
        " ORDER BY c.relname",
        list(TABLES),
    )
    sources = await conn.fetch(
        "SELECT n.nspname || '.' || p.proname AS name, encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') AS digest"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.oid = ANY(ARRAY(SELECT to_regproc(name)::oid FROM unnest($1::text[]) AS name))",
        list(FUNCTIONS),
    )
    found = {row["name"]: row["digest"] for row in sources}
    unchecked = await conn.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')"
        " AND (c.oid = 'entry'::regclass OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'entry'::regclass))"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conname = 'entry_leaf' AND k.convalidated"
        "                 AND pg_get_constraintdef(k.oid) = $1) ORDER BY 1",
        LEAF_CHECK,
    )
    return Guards(
        event_triggers_missing=tuple(sorted(set(EVENT_TRIGGERS) - {row["evtname"] for row in events})),
        roles_missing=tuple(sorted(set(ROLES) - {row["rolname"] for row in roles})),
        triggers_off=tuple(row["relname"] for row in bare),
        replaced=(*sorted(name for name in FUNCTIONS if found.get(name) != FUNCTIONS[name]), *(row["relname"] for row in unchecked)),
    )


async def list_quarantined(conn: Connection[Record], cut_to: int) -> list[tuple[int, bytes]]:
    """Indices and entry bytes that a cut to this size has moved aside, in order; with the owner's rights."""
    async with conn.transaction(readonly=True):
        await conn.execute("SET LOCAL ROLE liandan_owner")
        rows = await conn.fetch("SELECT idx, entry FROM quarantine WHERE cut_to = $1 ORDER BY idx", cut_to)
    return [(row["idx"], bytes(row["entry"])) for row in rows]
