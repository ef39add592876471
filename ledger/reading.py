"""Reading answers: a page of what is asked for, and a snapshot on which everything is of one moment.

A page ends with a cursor, opaque to whoever follows it, a position in an order to us. It says where the page ended, never how many came
before it, so rows that are added meanwhile shift and repeat nothing. It grants nothing: every page is filtered for its reader again.
"""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from time import monotonic
from typing import TypeVar

import msgspec
from msgspec import Struct

from ledger import store
from ledger.admission.workspace import Workspace
from ledger.log import Log
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

PAGE_MAX = 200
MARK_BYTES = 6  # Of the question in a cursor: it guards against mistakes, and grants nothing.
CURSOR_MAX = 400  # Characters; the longest chain name of a manifest or an approval takes about 110.
ALL_ROWS = 2**31  # Behind every row of a chain.
POLL_MIN_S, POLL_MAX_S = 0.002, 0.05  # A projection is a few milliseconds behind; another process may be the one that makes it.
PlaceT = TypeVar("PlaceT", bound=Struct)


class Page(Struct, frozen=True):
    """Which page of a registry."""

    cursor: str | None
    limit: int


class Position(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last row that was given: the key of its chain, and its number among the rows of that chain."""

    key: str
    number: int

    def __post_init__(self) -> None:
        """Only what can be a key: the database takes no NUL, and no chain name holds a control character."""
        if not self.key.isprintable() or not 0 <= self.number <= ALL_ROWS:
            raise ValueError("not a place")


def write_cursor(place: Struct, asked: object) -> str:
    """A position in the answer to a question as text for a URL; ``asked`` is the question as the reader put it, in a ``repr`` of its own."""
    return urlsafe_b64encode(_mark(asked) + msgspec.msgpack.encode(place)).decode("ascii").rstrip("=")


def read_cursor(text: str | None, place: type[PlaceT], asked: object) -> PlaceT | None:
    """The inverse of :func:`write_cursor`; ``None`` for no cursor, Refusal CURSOR_FORM for a text that was never one, CURSOR_OTHER for one of
    another question: its place would leave out what stands before it there."""
    if text is None:
        return None
    try:
        if len(text) > CURSOR_MAX:
            raise ValueError("too long")
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        found = msgspec.msgpack.decode(raw[MARK_BYTES:], type=place)
    except (ValueError, msgspec.DecodeError):
        raise refuse("CURSOR_FORM", field="cursor", found=text, expected=Phrase("上一页答复的 next", "next of the page before")) from None
    if raw[:MARK_BYTES] != _mark(asked):
        raise refuse(
            "CURSOR_OTHER",
            field="cursor",
            found=text,
            expected=Phrase("同样筛选条件下上一页的 next", "next of a page with the same filters"),
        )
    return found


def _mark(asked: object) -> bytes:
    return sha256(repr(asked).encode()).digest()[:MARK_BYTES]


async def wait_until_read(log: Log, size: int | None, wait_s: float) -> None:
    """Wait until whatever is read from here on reflects ``size`` entries: the log itself, its views and the feed's index.

    Refusal MIN_SIZE for more than the log has, at once: nothing can be waited for that nobody has posted. Refusal NOT_YET_READ when the
    projections have not come so far within ``wait_s``.
    """
    if size is None or size <= log.projected:
        return
    ends, pause = monotonic() + wait_s, POLL_MIN_S
    committed = await _look(log)
    if size > max(committed, log.projected):
        raise refuse("MIN_SIZE", field="min_size", found=size, expected=Phrase(f"至多 {committed}", f"at most {committed}"))
    if size > log.wanted:
        log.wanted = size
        log.wants.set()
    while size > log.projected:
        left = ends - monotonic()
        if left <= 0:
            raise refuse("NOT_YET_READ", field="min_size", found=log.projected, expected=Phrase(f"至少 {size}", f"at least {size}"))
        await asyncio.sleep(min(left, pause))
        if monotonic() - log.looked_at >= pause:  # one look serves everybody who waits, however many they are
            await _look(log)
        pause = min(2 * pause, POLL_MAX_S)


async def wait_for_published(log: Log, wait_s: float) -> None:
    """Wait until whatever is read from here on reflects what is published now: whoever comes with a receipt in hand sees what it is for. Views
    that have not come so far within ``wait_s`` are read as they are.
    """
    published = log.publisher.published
    with suppress(Refusal):
        await wait_until_read(log, 0 if published is None else published.size, wait_s)


async def _look(log: Log) -> int:
    """Note how far the projections have come; the committed size."""
    log.looked_at = monotonic()
    async with log.pool.acquire() as conn:
        head = await store.fetch_head(conn)
        log.projected = await store.projected(conn)
    return 0 if head is None else head.size


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
