"""What commands on a stopped log share: its database, checkpoint store and files, with nobody else at work."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from asyncpg import Connection, Record

from ledger.directory import LOG_MAIN, LogState
from ledger.publishing.checkpoint_store import CheckpointStore, Leadership
from ledger.publishing.files import LogFiles
from liandan.database import connect
from liandan.server import database_url
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.refusal import refuse


@asynccontextmanager
async def open_offline(settings: Settings) -> AsyncIterator[tuple[Connection[Record], CheckpointStore, LogFiles]]:
    """Database with the rights of its own account, checkpoint store, files."""
    async with database_url(settings) as dsn:
        connection = await connect(dsn)
        try:
            with contextlib.closing(CheckpointStore(settings.checkpoint_path)) as checkpoints:
                yield connection, checkpoints, LogFiles(settings.log_path)
        finally:
            await connection.close()


@contextlib.contextmanager
def alone(checkpoints: CheckpointStore, code: str) -> Iterator[None]:
    """No publisher runs meanwhile; Refusal ``code`` if one does."""
    leadership = Leadership(checkpoints.path)
    if not leadership.acquire():
        raise refuse(code, found=checkpoints.path, expected="no server of this log running")
    try:
        yield
    finally:
        leadership.release()


def remembered_log(checkpoints: CheckpointStore) -> LogState:
    """The log as the publisher remembers it: the database is what is in doubt."""
    raw = checkpoints.shadow_value(f"chain:{LOG_MAIN}")
    assert raw is not None, "a published log is founded"
    state = KINDS.decode(f"chain:{LOG_MAIN}", raw).state
    assert isinstance(state, LogState)
    return state
