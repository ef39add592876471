"""SQL of webhooks: one statement per function, connection first.

Whoever queues, sends and notes outcomes is the one worker that leads (liandan/webhooks/worker.py); routes change webhooks beside it. Rows say
it all: a worker that dies leaves nothing behind but notices that are still to be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from asyncpg import Record
from msgspec import Struct

from ledger.store import Conn
from liandan.webhooks.model import LOGGED_MAX, PING, Attempt, Delivery, DeliveryState, Notice, Webhook, ping_subject

LEADER = 0x6C69616E64776562
"""Advisory lock of the worker that sends: ``liandweb``."""


class New(Struct, frozen=True):
    """A notice to be queued."""

    idx: int | None
    kind: str
    subject: str
    body: bytes


def _webhook(row: Record) -> Webhook:
    return Webhook(**{**dict(row), "kinds": tuple(row["kinds"])})


_WEBHOOKS = f"SELECT {', '.join(Webhook.__struct_fields__)} FROM webhook"  # noqa: S608  # names of the code
_DELIVERIES = f"SELECT {', '.join(Delivery.__struct_fields__)} FROM webhook_delivery"  # noqa: S608


async def lock_party(conn: Conn, uscc: str) -> int:
    """Number of a party's webhooks, counted one request after the other until commit."""
    await conn.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", LEADER >> 33, uscc)
    return int(await conn.fetchval("SELECT count(*) FROM webhook WHERE uscc = $1", uscc))


async def insert(conn: Conn, hook: Webhook) -> None:
    """A new webhook."""
    names = Webhook.__struct_fields__
    values = [list(value) if isinstance(value := getattr(hook, name), tuple) else value for name in names]
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    await conn.execute(f"INSERT INTO webhook ({', '.join(names)}) VALUES ({places})", *values)  # noqa: S608  # names of the code


async def list_of(conn: Conn, uscc: str) -> list[Webhook]:
    """A party's webhooks, oldest first."""
    return [_webhook(row) for row in await conn.fetch(f"{_WEBHOOKS} WHERE uscc = $1 ORDER BY created_at, id", uscc)]


async def fetch(conn: Conn, name: str, *, uscc: str | None = None, is_locked: bool = False) -> Webhook | None:
    """A webhook by its id, of a party if one is named; ``is_locked`` until commit."""
    lock = "FOR UPDATE" if is_locked else ""
    row = await conn.fetchrow(f"{_WEBHOOKS} WHERE id = $1 AND ($2::text IS NULL OR uscc = $2) {lock}", name, uscc)
    return None if row is None else _webhook(row)


async def list_active(conn: Conn, parties: Sequence[str]) -> list[Webhook]:
    """Active webhooks of some parties, which are not deleted before commit."""
    rows = await conn.fetch(f"{_WEBHOOKS} WHERE uscc = ANY($1::text[]) AND state = 'active' ORDER BY id FOR KEY SHARE", list(parties))
    return [_webhook(row) for row in rows]


async def change(conn: Conn, name: str, **values: Any) -> None:
    """Set columns of a webhook; names come from the code."""
    sets = ", ".join(f"{column} = ${number}" for number, column in enumerate(values, 2))
    await conn.execute(f"UPDATE webhook SET {sets} WHERE id = $1", name, *values.values())  # noqa: S608


async def delete(conn: Conn, name: str) -> None:
    """A webhook with its notices."""
    await conn.execute("DELETE FROM webhook WHERE id = $1", name)


# ---------------------------------------------------------------------- queueing


async def is_any_behind(conn: Conn, size: int) -> bool:
    """Whether an active webhook has not been looked at for everything below ``size``."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM webhook WHERE state = 'active' AND next_idx < $1)", size))


async def list_behind(conn: Conn, size: int, founders: Sequence[str]) -> list[str]:
    """Those of them for which there may be something: for ``founders``, who read everything, and readers by grant always, for a party if the
    feed's index holds something of its own. So a thousand quiet webhooks cost a look into an index each, and no write.
    """
    rows = await conn.fetch(
        """
        SELECT id FROM webhook
         WHERE state = 'active' AND next_idx < $1
           AND (uscc = ANY ($2::text[])
                OR EXISTS (SELECT FROM feed_reader WHERE reader = uscc AND idx >= next_idx AND idx < $1)
                OR EXISTS (SELECT FROM fact WHERE key = 'access:' || uscc))
        """,
        *(size, list(founders)),
    )
    return [row["id"] for row in rows]


async def count_pending(conn: Conn, name: str) -> int:
    """Notices that wait."""
    return int(await conn.fetchval("SELECT count(*) FROM webhook_delivery WHERE webhook = $1 AND state = 'pending'", name))


async def queue(conn: Conn, name: str, notices: Sequence[New]) -> list[int]:
    """Append notices; their numbers."""
    rows = await conn.fetch(
        """
        INSERT INTO webhook_delivery (webhook, idx, kind, subject, body)
        SELECT $1, added.idx, added.kind, added.subject, added.body
          FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY AS added (idx, kind, subject, body, place)
         ORDER BY added.place
        RETURNING id
        """,
        *(name, [n.idx for n in notices], [n.kind for n in notices], [n.subject for n in notices], [n.body for n in notices]),
    )
    return [row["id"] for row in rows]


async def unqueue(conn: Conn, name: str, *, from_idx: int) -> None:
    """Take back what waits about entries from an index on: the feed brings it again."""
    await conn.execute("DELETE FROM webhook_delivery WHERE webhook = $1 AND state = 'pending' AND idx >= $2", name, from_idx)


# ---------------------------------------------------------------------- sending


async def list_due(conn: Conn) -> list[str]:
    """Webhooks that something may be sent to now."""
    rows = await conn.fetch(
        """
        SELECT id FROM webhook
         WHERE EXISTS (SELECT FROM webhook_delivery AS d
                        WHERE d.webhook = webhook.id AND d.state = 'pending' AND d.next_at <= now()
                          AND (d.kind = $1 OR (webhook.state = 'active' AND coalesce(webhook.next_at, now()) <= now())))
        """,
        PING,
    )
    return [row["id"] for row in rows]


async def list_heads(conn: Conn, hook: Webhook, *, besides: Sequence[str], limit: int) -> list[Notice]:
    """The first waiting notice of each subject that is due and not among those under way, oldest first. Pings always; the others while the
    webhook is active and not left alone for a while.
    """
    rows = await conn.fetch(
        """
        SELECT d.id, d.kind, d.subject, d.body, d.attempts
          FROM (SELECT DISTINCT ON (subject) id, next_at FROM webhook_delivery
                 WHERE webhook = $1 AND state = 'pending' AND subject <> ALL ($2::text[])
                 ORDER BY subject, id) AS head
          JOIN webhook_delivery AS d USING (id)
          JOIN webhook AS w ON w.id = d.webhook
         WHERE head.next_at <= now() AND (d.kind = $4 OR (w.state = 'active' AND coalesce(w.next_at, now()) <= now()))
         ORDER BY d.id LIMIT $3
        """,
        *(hook.id, list(besides), limit, PING),
    )
    return [Notice(*row) for row in rows]


async def give_up_beyond(conn: Conn, name: str, keys: Sequence[str], size: int) -> None:
    """Give up what waits about entries below ``size`` that the feed's index holds under none of the keys. It is made again now and then
    (migration 0014), and of what it does not reach yet it says nothing.
    """
    await conn.execute(
        """
        UPDATE webhook_delivery AS d SET state = 'dead', said = 'WEBHOOK_GRANT', found = '', last_at = now()
         WHERE webhook = $1 AND state = 'pending' AND idx < $3
           AND NOT EXISTS (SELECT FROM feed_reader AS f WHERE f.reader = ANY ($2::text[]) AND f.idx = d.idx)
        """,
        *(name, list(keys), size),
    )


async def hurry(conn: Conn, name: str) -> None:
    """Try at once what waits for its next attempt: its receiver has just shown that it is there."""
    await conn.execute("UPDATE webhook_delivery SET next_at = now() WHERE webhook = $1 AND state = 'pending' AND next_at > now()", name)


class Result(Struct, frozen=True):
    """What became of a notice: its state after the attempt, and when it is tried again."""

    id: int
    outcome: Attempt
    state: DeliveryState
    wait: timedelta


async def note(conn: Conn, results: Sequence[Result]) -> None:
    """Note attempts. A notice that was taken back meanwhile stays away."""
    await conn.execute(
        """
        UPDATE webhook_delivery AS d
           SET state = r.state, attempts = attempts + 1, first_at = coalesce(first_at, now()), last_at = now(), next_at = now() + r.wait,
               status = r.status, said = r.said, found = r.found, took_ms = r.took_ms
          FROM unnest($1::bigint[], $2::text[], $3::interval[], $4::int[], $5::text[], $6::text[], $7::int[])
            AS r (id, state, wait, status, said, found, took_ms)
         WHERE d.id = r.id AND d.state = 'pending'
        """,
        *([r.id for r in results], [r.state for r in results], [r.wait for r in results], [r.outcome.status for r in results]),
        *([r.outcome.said for r in results], [r.outcome.found for r in results], [r.outcome.took_ms for r in results]),
    )


async def first_attempts(conn: Conn, ids: Sequence[int]) -> dict[int, datetime | None]:
    """When notices were first tried."""
    rows = await conn.fetch("SELECT id, first_at FROM webhook_delivery WHERE id = ANY($1::bigint[])", list(ids))
    return {row["id"]: row["first_at"] for row in rows}


async def forget(conn: Conn, *, older: timedelta, most: int = LOGGED_MAX) -> None:
    """Forget what was delivered, and given up, long ago, or lies before the newest ``most`` of its webhook."""
    await conn.execute("DELETE FROM webhook_delivery WHERE state <> 'pending' AND last_at < now() - $1::interval", older)
    await conn.execute(
        """
        DELETE FROM webhook_delivery AS d
         USING webhook AS w
         CROSS JOIN LATERAL (SELECT id FROM webhook_delivery WHERE webhook = w.id ORDER BY id DESC OFFSET $1 LIMIT 1) AS last
         WHERE d.webhook = w.id AND d.id <= last.id AND d.state <> 'pending'
        """,
        most,
    )


# ---------------------------------------------------------------------- the delivery log


async def list_deliveries(conn: Conn, name: str, *, state: str | None, before: int | None, limit: int) -> list[Delivery]:
    """A page of notices, newest first."""
    rows = await conn.fetch(
        f"""
        {_DELIVERIES}
         WHERE webhook = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
        """,
        *(name, state, before, limit),
    )
    return [Delivery(**dict(row)) for row in rows]


async def count_by_state(conn: Conn, name: str) -> dict[str, int]:
    """How many notices wait, are delivered, are given up."""
    rows = await conn.fetch("SELECT state, count(*) AS many FROM webhook_delivery WHERE webhook = $1 GROUP BY state", name)
    return {row["state"]: row["many"] for row in rows}


async def count_all(conn: Conn) -> tuple[int, int, int, int]:
    """Of all webhooks together, as far as the log of deliveries goes back: sent, attempts that failed, given up, waiting."""
    sql = (
        "SELECT count(*) FILTER (WHERE state = 'delivered'), coalesce(sum(attempts) - count(*) FILTER (WHERE state = 'delivered'), 0)::bigint,"
        " count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state = 'pending') FROM webhook_delivery"
    )
    row = await conn.fetchrow(sql)
    return (0, 0, 0, 0) if row is None else (row[0], row[1], row[2], row[3])


async def fetch_delivery(conn: Conn, name: str, number: int) -> Delivery | None:
    """One notice of a webhook."""
    row = await conn.fetchrow(f"{_DELIVERIES} WHERE webhook = $1 AND id = $2", name, number)
    return None if row is None else Delivery(**dict(row))


async def revive(conn: Conn, name: str, number: int) -> None:
    """Let a notice that was given up wait again, tried at once."""
    await conn.execute(
        "UPDATE webhook_delivery SET state = 'pending', attempts = 0, first_at = NULL, next_at = now() WHERE webhook = $1 AND id = $2",
        *(name, number),
    )


async def drop_pings(conn: Conn, name: str) -> None:
    """Take back pings that wait: the next one has another challenge."""
    sql = "DELETE FROM webhook_delivery WHERE webhook = $1 AND subject = $2 AND state = 'pending'"
    await conn.execute(sql, name, ping_subject(name))
