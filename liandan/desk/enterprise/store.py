"""SQL of drafts and templates: one statement a function, connection first; every one names the party whose it is."""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.store import Conn
from liandan.desk.enterprise.draft import KeptDraft, SortOfDraft

_COLUMNS = "id, party, sort, title, body, planned, origin, changed_s, changed_by"


def _draft(row: Any) -> KeptDraft:
    return KeptDraft(**{**dict(row), "body": msgspec.json.decode(row["body"])})


async def list_drafts(conn: Conn, party: str, sort: SortOfDraft, limit: int) -> list[KeptDraft]:
    """Of a party, those with a planned time first, in its order; templates by their titles."""
    order = "title, id" if sort == "template" else "planned = '', planned, id"
    sql = f"SELECT {_COLUMNS} FROM desk_draft WHERE party = $1 AND sort = $2 ORDER BY {order} LIMIT $3"  # noqa: S608  # names of the code
    return [_draft(row) for row in await conn.fetch(sql, party, sort, limit)]


async def hold(conn: Conn, party: str) -> None:
    """One at a time for a party, until the transaction ends: what is counted stays so until something is added."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('liandan desk draft ' || $1, 0))", party)


async def count_drafts(conn: Conn, party: str, sort: SortOfDraft) -> int:
    """How many a party has."""
    return int(await conn.fetchval("SELECT count(*) FROM desk_draft WHERE party = $1 AND sort = $2", party, sort))


async def fetch_draft(conn: Conn, party: str, name: str) -> KeptDraft | None:
    """One of a party's."""
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM desk_draft WHERE party = $1 AND id = $2", party, name)  # noqa: S608
    return None if row is None else _draft(row)


async def put_draft(conn: Conn, draft: KeptDraft) -> None:
    """A new one, or its new state."""
    sql = f"""
        INSERT INTO desk_draft ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE SET title = $4, body = $5, planned = $6, changed_s = $8, changed_by = $9 WHERE desk_draft.party = $2
    """  # noqa: S608  # names of the code
    body = msgspec.json.encode(draft.body).decode()
    await conn.execute(
        sql, draft.id, draft.party, draft.sort, draft.title, body, draft.planned, draft.origin, draft.changed_s, draft.changed_by
    )


async def delete_draft(conn: Conn, party: str, name: str) -> None:
    """One that was signed or dropped."""
    await conn.execute("DELETE FROM desk_draft WHERE party = $1 AND id = $2", party, name)
