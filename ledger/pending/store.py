"""SQL of pending statements: one statement per function, connection first. One row is one statement and its whole state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from asyncpg import Record

from ledger.pending.model import OPEN, PendingRow, Told
from ledger.store import Conn

LOCKS = 0x6C69616E  # ``lian``: of budgets, by party.
LEASE_S = 10
"""For so long one process alone tries to post a complete statement; then whoever comes first may."""
GRACE_S = 3600
"""How long a complete statement is kept beyond its end: it is on its way, and the log will say what becomes of it."""
_NAMES = PendingRow.__struct_fields__
_ROWS = "SELECT encode(statement, 'hex') AS statement, " + ", ".join(name for name in _NAMES if name != "statement") + " FROM pending"  # noqa: S608  # names of the code

Tell = Callable[[Conn, Sequence[Told]], Awaitable[None]]
"""Passes on what becomes of pending statements, in the transaction that makes it so."""


async def tell_nobody(conn: Conn, told: Sequence[Told]) -> None:
    """Where nobody listens."""


def _row(record: Record) -> PendingRow:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
    return PendingRow(**values)


async def fetch(conn: Conn, statement: str, *, is_locked: bool = False) -> PendingRow | None:
    """One of them by its statement hash; ``is_locked`` until commit."""
    lock = " FOR UPDATE" if is_locked else ""
    found = await conn.fetchrow(f"{_ROWS} WHERE statement = $1{lock}", bytes.fromhex(statement))
    return None if found is None else _row(found)


async def insert(conn: Conn, row: PendingRow) -> bool:
    """A new one; False where it is there already, brought by whoever was quicker."""
    values: list[Any] = [bytes.fromhex(row.statement), *(getattr(row, name) for name in _NAMES if name != "statement")]
    columns = ("statement", *(name for name in _NAMES if name != "statement"))
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    sql = f"INSERT INTO pending ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608  # names of the code
    return await conn.execute(sql, *values) == "INSERT 0 1"


async def change(conn: Conn, statement: str, **values: Any) -> None:
    """Set columns; names come from the code."""
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    await conn.execute(f"UPDATE pending SET {sets} WHERE statement = $1", bytes.fromhex(statement), *values.values())  # noqa: S608


async def settle(conn: Conn, statement: str) -> PendingRow | None:
    """Note that it is an entry, once, and let go of its bytes, which the log has; the row as it was for whoever is first, else None."""
    row = await fetch(conn, statement, is_locked=True)
    if row is None or row.state == "entered":
        return None
    empty: dict[str, Any] = {"payload": b"", "sigs": [b""] * len(row.signers), "reason": "", "told_by": "", "codes": []}
    await change(conn, statement, state="entered", **empty)
    return row


async def delete(conn: Conn, statement: str) -> None:
    """Forget one."""
    await conn.execute("DELETE FROM pending WHERE statement = $1", bytes.fromhex(statement))


async def forget(conn: Conn, now_s: int) -> int:
    """Forget those whose window has ended; how many."""
    ended = await conn.execute(
        "DELETE FROM pending WHERE ends_s < $1 AND (state <> 'complete' OR ends_s < $1 - $2::bigint)", now_s, GRACE_S
    )
    return int(ended.rpartition(" ")[2])


async def count_of(conn: Conn, opener: str) -> int:
    """How many a party has brought that are still open, counted one request after the other until commit."""
    await conn.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", LOCKS, opener)
    return int(await conn.fetchval("SELECT count(*) FROM pending WHERE opener = $1 AND state = ANY($2::text[])", opener, list(OPEN)))


LISTED = f"""
    {_ROWS}
     WHERE signers @> ARRAY[$1::text] AND state = ANY($2::text[]) AND ends_s >= $3
       AND ($4::text IS NULL OR principal = $4)
       AND ($5::text[] IS NULL OR kind = ANY($5))
       AND ($6::boolean IS NULL OR $6 = (keyids[array_position(signers, $1::text)] = ''))
       AND (taken_s, encode(statement, 'hex')) > ($7::bigint, $8::text)
     ORDER BY taken_s, encode(statement, 'hex') LIMIT $9
"""


async def list_for(
    conn: Conn, uscc: str, *, principal: str | None, kinds: Sequence[str] | None, unsigned: bool | None, now_s: int, after: tuple[int, str],
    limit: int,
) -> list[PendingRow]:  # fmt: skip
    """Those that name a party, in the order in which they came: of a ``principal`` that it signs for, of some ``kinds`` (with version), that it
    has still to sign or has signed."""
    wanted = (uscc, list(OPEN), now_s, principal, None if kinds is None else list(kinds), unsigned, *after, limit)
    return [_row(record) for record in await conn.fetch(LISTED, *wanted)]


ABOUT = f"""
    {_ROWS}
     WHERE signers @> ARRAY[$1::text] AND state = ANY($2::text[]) AND ends_s >= $3
       AND (chain = ANY($4::text[]) OR starts_with(chain, $5))
       AND ($6::text IS NULL OR principal = $6) AND ($7::text[] IS NULL OR kind = ANY($7))
     ORDER BY taken_s, statement LIMIT $8
"""


async def list_about(
    conn: Conn, uscc: str, chains: Sequence[str], prefix: str, *, principal: str | None, kinds: Sequence[str] | None, now_s: int, limit: int
) -> list[PendingRow]:
    """Those that name a party and stand on one of these chains, or on one whose name begins so; oldest first."""
    wanted = (uscc, list(OPEN), now_s, list(chains), prefix, principal, None if kinds is None else list(kinds), limit)
    return [_row(record) for record in await conn.fetch(ABOUT, *wanted)]


WAITING = f"""
    {_ROWS}
     WHERE signers @> ARRAY[$1::text] AND state = 'waiting' AND ends_s >= $2 AND keyids[array_position(signers, $1::text)] = ''
       AND ($3::text IS NULL OR principal = $3)
       AND ($4::text[] IS NULL OR kind = ANY($4))
       AND (ends_s, encode(statement, 'hex')) > ($5::bigint, $6::text)
       AND NOT EXISTS (SELECT FROM link WHERE link.chain = pending.chain AND link.seq = pending.seq)
     ORDER BY ends_s, encode(statement, 'hex') LIMIT $7
"""


async def list_waiting(
    conn: Conn, uscc: str, *, principal: str | None, kinds: Sequence[str] | None, now_s: int, after: tuple[int, str], limit: int
) -> list[PendingRow]:
    """Those that a party has still to sign, whose window ends first coming first; not those whose place another statement has taken."""
    wanted = (uscc, now_s, principal, None if kinds is None else list(kinds), *after, limit)
    return [_row(record) for record in await conn.fetch(WAITING, *wanted)]


async def take_complete(conn: Conn, limit: int) -> list[PendingRow]:
    """Complete ones that nobody is posting, now ours for LEASE_S."""
    taken = await conn.fetch(
        """
        UPDATE pending SET tried_at = now()
         WHERE statement IN (SELECT statement FROM pending
                              WHERE state = 'complete' AND coalesce(tried_at, '-infinity') < now() - make_interval(secs => $1)
                              ORDER BY tried_at NULLS FIRST LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING encode(statement, 'hex') AS statement
        """,
        *(LEASE_S, limit),
    )
    found = [await fetch(conn, row["statement"]) for row in taken]
    return [row for row in found if row is not None]


async def list_unsettled(conn: Conn, limit: int) -> list[str]:
    """Open ones whose statement is in the log by another way: hashes."""
    rows = await conn.fetch(
        """
        SELECT encode(pending.statement, 'hex') AS statement FROM pending JOIN link USING (chain, seq)
         WHERE state = ANY($1::text[]) AND link.hash = pending.statement LIMIT $2
        """,
        *(list(OPEN), limit),
    )
    return [row["statement"] for row in rows]


async def fetch_cases(conn: Conn, prefix: str, limit: int) -> dict[str, bytes]:
    """Stored heads of chains whose names begin so, in the C order that ``fact`` is kept in."""
    start = f"chain:{prefix}"
    rows = await conn.fetch("SELECT key, value FROM fact WHERE key >= $1 AND key < $2 LIMIT $3", start, f"{start[:-1]}0", limit)
    return {row["key"]: row["value"] for row in rows}
