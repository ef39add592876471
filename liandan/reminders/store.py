"""SQL of reminders and mails: one statement per function, connection first.

Whoever makes digests and sends is the worker that leads (liandan.webhooks.worker); routes change reminders beside it. Rows say it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from ledger.store import Conn
from liandan.reminders.model import ENDED_DAYS, UNCONFIRMED_DAYS, Mail, MailKind, Reminder

LOCKS = 0x6C69616F  # ``liao``: of parties, beside those of pending statements.
_REMINDERS = f"SELECT {', '.join(Reminder.__struct_fields__)} FROM reminder"  # noqa: S608  # names of the code
_MAILS = f"SELECT {', '.join(Mail.__struct_fields__)} FROM mail"  # noqa: S608


async def lock_party(conn: Conn, uscc: str) -> int:
    """Number of a party's reminders that have not ended, counted one request after the other until commit."""
    await conn.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", LOCKS, uscc)
    return int(await conn.fetchval("SELECT count(*) FROM reminder WHERE uscc = $1 AND state <> 'ended'", uscc))


async def spend(conn: Conn, payer: str) -> int:
    """Count a mail that nobody has asked for on somebody's budget of today; how many it makes."""
    sql = """
        INSERT INTO mail_budget (payer, day, many) VALUES ($1, current_date, 1)
            ON CONFLICT (payer, day) DO UPDATE SET many = mail_budget.many + 1
        RETURNING many
    """
    return int(await conn.fetchval(sql, payer))


async def bar(conn: Conn, payer: str, days: int) -> None:
    """Note somebody who is to be asked nothing for some days; the row goes with the budgets of other days."""
    sql = "INSERT INTO mail_budget (payer, day, many) VALUES ($1, current_date + $2::int, 1) ON CONFLICT DO NOTHING"
    await conn.execute(sql, payer, days)


async def is_barred(conn: Conn, payer: str) -> bool:
    """Whether somebody is to be asked nothing now."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM mail_budget WHERE payer = $1 AND day >= current_date)", payer))


async def insert(conn: Conn, reminder: Reminder) -> None:
    """A new reminder."""
    names = Reminder.__struct_fields__
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    await conn.execute(f"INSERT INTO reminder ({', '.join(names)}) VALUES ({places})", *(getattr(reminder, name) for name in names))  # noqa: S608


async def list_of(conn: Conn, uscc: str) -> list[Reminder]:
    """A party's reminders, oldest first."""
    return [Reminder(**dict(row)) for row in await conn.fetch(f"{_REMINDERS} WHERE uscc = $1 ORDER BY created_at, id", uscc)]


async def fetch(conn: Conn, name: str, *, uscc: str | None = None, is_locked: bool = False) -> Reminder | None:
    """A reminder by its id, of a party if one is named; ``is_locked`` until commit."""
    lock = "FOR UPDATE" if is_locked else ""
    row = await conn.fetchrow(f"{_REMINDERS} WHERE id = $1 AND ($2::text IS NULL OR uscc = $2) {lock}", name, uscc)
    return None if row is None else Reminder(**dict(row))


async def fetch_by_token(conn: Conn, token: str, *, is_locked: bool = False) -> Reminder | None:
    """The reminder whose mails hold this token."""
    row = await conn.fetchrow(f"{_REMINDERS} WHERE token = $1 {'FOR UPDATE' if is_locked else ''}", token)
    return None if row is None else Reminder(**dict(row))


async def change(conn: Conn, name: str, **values: Any) -> None:
    """Set columns of a reminder; names come from the code."""
    sets = ", ".join(f"{column} = ${number}" for number, column in enumerate(values, 2))
    await conn.execute(f"UPDATE reminder SET {sets}, changed_at = now() WHERE id = $1", name, *values.values())  # noqa: S608


async def end(conn: Conn, name: str, why: str) -> None:
    """Erase the address and every mail about it; that it has ended, and why, stays for a while."""
    await conn.execute("DELETE FROM mail WHERE reminder = $1", name)
    await change(conn, name, state="ended", why=why, why_found="", address="")


async def delete(conn: Conn, name: str) -> None:
    """A reminder with its mails."""
    await conn.execute("DELETE FROM reminder WHERE id = $1", name)


# ---------------------------------------------------------------------- digests


async def list_unseen(conn: Conn, day: date, limit: int) -> list[str]:
    """Active reminders that were not seen to for a day of the log, those of one party together."""
    rows = await conn.fetch(
        "SELECT id FROM reminder WHERE state = 'active' AND coalesce(looked_on, '-infinity') < $1 ORDER BY uscc, id LIMIT $2", day, limit
    )
    return [row["id"] for row in rows]


class NewMail(Struct, frozen=True, kw_only=True):
    """A mail to be queued."""

    reminder: str
    kind: MailKind
    day: date | None = None
    message_id: str
    subject: str
    body: str

    def __repr__(self) -> str:
        """Not its text."""
        return f"NewMail({self.kind!r})"


async def queue(conn: Conn, mail: NewMail) -> None:
    """Let a mail wait, in place of those of its kind that wait: who was down for days is told once."""
    await conn.execute(
        """
        UPDATE mail SET state = 'dead', said = 'MAIL_REPLACED', found = '', last_at = now(), subject = '', body = ''
         WHERE reminder = $1 AND kind = $2 AND state = 'pending'
        """,
        *(mail.reminder, mail.kind),
    )
    values = [getattr(mail, name) for name in NewMail.__struct_fields__]
    await conn.execute(
        "INSERT INTO mail (reminder, kind, day, message_id, subject, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", *values
    )


# ---------------------------------------------------------------------- sending


class MailInHand(Struct, frozen=True):
    """A mail that is sent now, and to whom."""

    mail: Mail
    address: str
    token: str
    language: str

    def __repr__(self) -> str:
        """Only which."""
        return f"MailInHand({self.mail!r})"


async def take_due(conn: Conn, wait: timedelta) -> MailInHand | None:
    """The mail that has waited longest, its attempt counted and the next one put off by ``wait`` before this one begins: whoever dies with it
    leaves nothing to clear up. Digests and tests only to active reminders.
    """
    row = await conn.fetchrow(
        f"""
        WITH due AS (
            SELECT mail.id FROM mail JOIN reminder ON reminder.id = mail.reminder
             WHERE mail.state = 'pending' AND mail.next_at <= now()
               AND reminder.state = CASE WHEN mail.kind = 'confirm' THEN 'unconfirmed' ELSE 'active' END
             ORDER BY mail.next_at, mail.id LIMIT 1 FOR UPDATE OF mail SKIP LOCKED)
        UPDATE mail SET attempts = attempts + 1, last_at = now(), next_at = now() + $1::interval
          FROM due, reminder WHERE mail.id = due.id AND reminder.id = mail.reminder
        RETURNING {", ".join(f"mail.{name}" for name in Mail.__struct_fields__)},
                  reminder.address, reminder.token, reminder.language
        """,  # noqa: S608
        wait,
    )
    if row is None:
        return None
    values = dict(row)
    address, token, language = (values.pop(name) for name in ("address", "token", "language"))
    return MailInHand(Mail(**values), address, token, language)


async def note(conn: Conn, number: int, state: str, said: str, found: str, wait: timedelta) -> None:
    """Note what an attempt came to; of a mail that will not be sent again the text goes."""
    await conn.execute(
        """
        UPDATE mail SET state = $2, said = $3, found = $4, next_at = now() + $5::interval,
               subject = CASE WHEN $2 = 'pending' THEN subject ELSE '' END, body = CASE WHEN $2 = 'pending' THEN body ELSE '' END
         WHERE id = $1 AND state = 'pending'
        """,
        *(number, state, said, found, wait),
    )


async def drop_waiting(conn: Conn, name: str) -> None:
    """Take back what waits for a reminder."""
    await conn.execute("DELETE FROM mail WHERE reminder = $1 AND state = 'pending'", name)


async def forget(conn: Conn, keep: timedelta) -> None:
    """Forget mails of long ago, addresses that nobody confirmed, reminders that ended, budgets of other days."""
    await conn.execute("DELETE FROM mail WHERE state <> 'pending' AND last_at < now() - $1::interval", keep)
    await conn.execute(
        "DELETE FROM reminder WHERE state = 'unconfirmed' AND created_at < now() - make_interval(days => $1)"
        " OR state = 'ended' AND changed_at < now() - make_interval(days => $2)",
        *(UNCONFIRMED_DAYS, ENDED_DAYS),
    )
    await conn.execute("DELETE FROM mail_budget WHERE day < current_date - 1")


# ---------------------------------------------------------------------- what came of it


async def list_mails(conn: Conn, name: str, limit: int) -> list[Mail]:
    """The newest mails of a reminder."""
    return [Mail(**dict(row)) for row in await conn.fetch(f"{_MAILS} WHERE reminder = $1 ORDER BY id DESC LIMIT $2", name, limit)]


async def count_all(conn: Conn) -> tuple[int, int, int, int]:
    """Of all mails as far as they are kept: sent, attempts that failed, given up, waiting."""
    row = await conn.fetchrow(
        """
        SELECT count(*) FILTER (WHERE state = 'sent'), coalesce(sum(attempts) - count(*) FILTER (WHERE state = 'sent'), 0)::bigint,
               count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state = 'pending') FROM mail
        """
    )
    return (0, 0, 0, 0) if row is None else (row[0], row[1], row[2], row[3])


# ---------------------------------------------------------------------- webhooks


async def list_telling(conn: Conn, filters: Sequence[str]) -> list[str]:
    """Active webhooks that ask by name to be told what is due. That something has become late is no act of anybody: who takes everything of the
    log has not asked for it."""
    rows = await conn.fetch("SELECT id FROM webhook WHERE state = 'active' AND kinds && $1::text[] ORDER BY id", list(filters))
    return [row["id"] for row in rows]


async def tell_once(conn: Conn, webhook: str, events: Sequence[str]) -> set[str]:
    """Those of the events that a webhook was never told of, now noted as told; those it was are seen again."""
    rows = await conn.fetch(
        """
        INSERT INTO due_told (webhook, event) SELECT $1, unnest($2::text[])
            ON CONFLICT (webhook, event) DO NOTHING
        RETURNING event
        """,
        *(webhook, list(events)),
    )
    return {row["event"] for row in rows}


async def forget_told(conn: Conn, keep: timedelta) -> None:
    """Forget what was told so long ago that it is over; what is not is told once more by then."""
    await conn.execute("DELETE FROM due_told WHERE told_at < now() - $1::interval", keep)
