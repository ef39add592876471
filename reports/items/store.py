"""SQL of open items: the threads of a month, from the heads of their chains."""

from __future__ import annotations

from ledger.store import Conn

THREADS = "SELECT key, value FROM fact WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"
"""In the C order that ``fact`` is kept in."""


async def list_threads(conn: Conn, month: str, limit: int) -> dict[str, bytes]:
    """Heads of the chains ``item/<month>/…`` as they are stored, by key."""
    first = f"chain:item/{month}/"
    return {row["key"]: row["value"] for row in await conn.fetch(THREADS, first, f"{first[:-1]}0", limit)}  # 0 comes next after the slash
