"""One database, one checkpoint store: the first server registers its store, another one refuses to start (design §5).

Two servers with data directories of their own would both promise from the same database, each remembering only what it signed itself: two
histories under one key as soon as they differ. The row tells a store by its id and by where it lies, because a copied data directory has the
same id. To move it is a deliberate act: ``liandan log move-store``.
"""

from __future__ import annotations

import socket
from pathlib import Path

from asyncpg import Connection, Pool, Record
from msgspec import Struct

from ledger.publishing.checkpoint_store import CheckpointStore
from signing.phrase import Phrase
from signing.refusal import refuse

_SELECT = "SELECT id, path, host FROM checkpoint_store"


class StoreRegistration(Struct, frozen=True):
    """Which checkpoint store a database belongs to, and on which machine it was registered; the machine is told, not compared."""

    id: str
    path: str
    host: str


def own_registration(checkpoints: CheckpointStore) -> StoreRegistration:
    """Of the store of this installation."""
    return StoreRegistration(checkpoints.id, str(Path(checkpoints.path).resolve()), socket.gethostname())


async def register_store(pool: Pool[Record], checkpoints: CheckpointStore) -> None:
    """Register the store if the database knows none; Refusal STORE_OTHER if it knows another one."""
    own = own_registration(checkpoints)
    async with pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO checkpoint_store (id, path, host) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", own.id, own.path, own.host
        )
        known = StoreRegistration(*await conn.fetchrow(_SELECT))  # type: ignore[misc]  # a row is there now, and nobody may delete it
    if (known.id, known.path) != (own.id, own.path):
        raise refuse(
            "STORE_OTHER",
            field="checkpoint_store",
            found=f"{own.path} ({own.id[:8]})",
            expected=f"{known.path} ({known.id[:8]}, {known.host})",
        )


async def move_store(conn: Connection[Record], checkpoints: CheckpointStore, instead_of: str) -> StoreRegistration | None:
    """Register this installation's store instead of the one at the path ``instead_of``; what was registered, if anything. With the owner's
    rights. Refusal STORE_OTHER if another one is registered, STORE_IN_USE while a server is connected.
    """
    own = own_registration(checkpoints)
    async with conn.transaction():
        others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'liandan' AND datname = current_database() AND pid <> pg_backend_pid()"
        if connected := await conn.fetchval(others):
            raise refuse(
                "STORE_IN_USE",
                field="database_url",
                found=Phrase(f"{connected} 个连接", f"{connected} connections"),
                expected=Phrase("全部服务已停止", "all servers stopped"),
            )
        await conn.execute("SET LOCAL ROLE liandan_owner")
        before = await conn.fetchrow(f"{_SELECT} FOR UPDATE")
        if before is not None and before["path"] != instead_of:
            raise refuse(
                "STORE_OTHER", field="--instead-of", found=instead_of, expected=f"{before['path']} ({before['id'][:8]}, {before['host']})"
            )
        await conn.execute("DELETE FROM checkpoint_store")
        await conn.execute("INSERT INTO checkpoint_store (id, path, host) VALUES ($1, $2, $3)", own.id, own.path, own.host)
    return None if before is None else StoreRegistration(*before)
