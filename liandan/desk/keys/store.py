"""SQL of boxes: one statement per function, connection first. A box is over when its time is, whether it is swept yet or not."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from ledger.store import Conn

_COLUMNS = "name, party, offer, answer, done, extract(epoch FROM expires_at)::bigint AS ends_s"


class BoxRow(Struct, frozen=True):
    """A box with what is in it."""

    name: str
    party: str
    offer: bytes
    answer: bytes | None
    done: bytes | None
    ends_s: int


async def sweep(conn: Conn) -> None:
    """Forget what is over."""
    await conn.execute("DELETE FROM desk_box WHERE expires_at < now()")


async def hold(conn: Conn, party: str) -> None:
    """One at a time for a party, until the transaction ends: what is counted stays so until something is added."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('liandan desk box ' || $1, 0))", party)


async def count_of(conn: Conn, party: str) -> int:
    """Boxes of a party that are open."""
    return int(await conn.fetchval("SELECT count(*) FROM desk_box WHERE party = $1 AND expires_at >= now()", party))


async def insert(conn: Conn, name: str, party: str, offer: bytes, life: timedelta) -> bool:
    """A new box; False where there is one of that name."""
    sql = "INSERT INTO desk_box (name, party, offer, expires_at) VALUES ($1, $2, $3, now() + $4::interval) ON CONFLICT DO NOTHING"
    return await conn.execute(sql, name, party, offer, life) == "INSERT 0 1"


async def fetch(conn: Conn, name: str) -> BoxRow | None:
    """One that is open."""
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM desk_box WHERE name = $1 AND expires_at >= now()", name)  # noqa: S608  # names of the code
    return None if row is None else BoxRow(**row)


async def put_answer(conn: Conn, name: str, answer: bytes) -> bool:
    """The device's answer, once."""
    sql = "UPDATE desk_box SET answer = $2 WHERE name = $1 AND answer IS NULL AND expires_at >= now()"
    return await conn.execute(sql, name, answer) == "UPDATE 1"


async def put_done(conn: Conn, name: str, party: str, done: bytes) -> bool:
    """What the firm says when the key is registered, or will not be; once."""
    sql = "UPDATE desk_box SET done = $3 WHERE name = $1 AND party = $2 AND answer IS NOT NULL AND done IS NULL AND expires_at >= now()"
    return await conn.execute(sql, name, party, done) == "UPDATE 1"


async def list_newest(conn: Conn, party: str, before: int, limit: int) -> list[int]:
    """Indices below ``before`` of the newest entries that a party takes part in, newest first, by the feed's index."""
    rows = await conn.fetch("SELECT idx FROM feed_reader WHERE reader = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3", party, before, limit)
    return [row["idx"] for row in rows]
