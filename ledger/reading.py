"""Reading answers: a page of what is asked for, and a snapshot on which everything is of one moment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from ledger import store
from ledger.admission.workspace import Workspace
from ledger.log import Log

PAGE_MAX = 200


class Page(Struct, frozen=True):
    """Which page of a registry."""

    cursor: str | None
    limit: int


class Snapshot(Struct, frozen=True):
    """The committed log at one moment. ``at_s`` is the admission of its last entry, Unix seconds."""

    workspace: Workspace
    size: int
    at_s: int


@asynccontextmanager
async def snapshot(log: Log) -> AsyncIterator[Snapshot]:
    """A workspace on which everything is of one moment, however many queries fill it."""
    async with log.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        head = await store.fetch_head(conn)
        workspace = Workspace(conn, log.kinds, log.data)
        yield Snapshot(workspace, 0, 0) if head is None else Snapshot(workspace, head.size, head.at_s)
