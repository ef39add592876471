"""What the evidence store does: takes a file in, tells what somebody is to it, gives it out, and lets go of what nobody came to name.

Whoever may read an entry that names a file may have the file, if who signed that entry has brought its bytes: a hash alone, copied
from a paper into a statement of one's own, opens nothing, whomever that statement names. What no entry names is for those who brought it. Nobody learns from an answer
whether others hold the same file.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from msgspec import Struct

from ledger import store as ledger_store
from ledger.admission.sequencer import Busy
from ledger.caller import Caller
from ledger.evidence import store
from ledger.evidence.arriving import Claims, Whole, received
from ledger.evidence.model import EvidenceTaken, HeldFile
from ledger.evidence.named import reader_keys
from ledger.evidence.shelf import Arrivals, Shelf, ShelfAway
from ledger.log import Log
from ledger.store import Conn
from ledger.times import format_at
from signing.envelope import is_digest
from signing.phrase import Phrase, counted
from signing.refusal import refuse

log = structlog.get_logger("ledger.evidence")

AT_ONCE, AT_ONCE_OF_PARTY = 32, 8
"""Files arriving in one process: each holds a request open, and the place of a temporary file."""
AGAIN_S = 5
SWEEP_MAX = 500


class KeepingRules(Struct, frozen=True, kw_only=True):
    """How long what no entry names is kept, and how much of it a party may have."""

    unnamed_days: int
    party_bytes: int


class Evidence:
    """The evidence store of one log."""

    def __init__(self, ledger: Log, shelf: Shelf, arrivals: Arrivals, rules: KeepingRules) -> None:
        self._log, self._shelf, self._arrivals, self._rules = ledger, shelf, arrivals, rules
        self._arriving: Counter[str] = Counter()

    async def take(self, caller: Caller, claims: Claims, body: AsyncIterator[bytes]) -> EvidenceTaken:
        """Take a file in. Refusal as :func:`ledger.evidence.arriving.received`, EVIDENCE_BUDGET, EVIDENCE_STORE; Busy."""
        with self._place(caller.uscc), _told():
            await self._check_budget(caller.uscc, claims.size or 1)
            async with received(self._arrivals, claims, body) as whole:
                is_new = await self._keep(caller.uscc, whole)
        log.info("evidence_taken", sha256=whole.digest, size=whole.size, by=caller.uscc, is_new=is_new)
        until = format_at(int(time.time()) + self._rules.unnamed_days * 86_400)
        return EvidenceTaken(sha256=whole.digest, size=whole.size, media_type=whole.media_type, is_new=is_new, unnamed_until=until)

    @contextmanager
    def _place(self, uscc: str) -> Iterator[None]:
        """A place among those whose files arrive; Busy where there is none."""
        if self._arriving.total() >= AT_ONCE or self._arriving[uscc] >= AT_ONCE_OF_PARTY:
            raise Busy("other files are arriving", AGAIN_S)
        self._arriving[uscc] += 1
        try:
            yield
        finally:
            self._arriving[uscc] -= 1
            self._arriving += Counter()  # forgets those who have none

    async def _check_budget(self, uscc: str, size: int) -> None:
        async with self._log.pool.acquire() as conn:
            await self._must_fit(conn, uscc, size)

    async def _must_fit(self, conn: Conn, uscc: str, size: int) -> None:
        held = await store.unnamed_bytes(conn, uscc, timedelta(days=self._rules.unnamed_days))
        most = self._rules.party_bytes
        if held + max(size, store.LEAST_BYTES) > most:
            found = Phrase(f"已有 {held} 字节未被引用，本次 {size} 字节", f"{held} bytes that no entry names, and {size} more")
            raise refuse("EVIDENCE_BUDGET", found=found, expected=counted(most, "字节以内", "bytes at most"))

    async def _keep(self, uscc: str, whole: Whole) -> bool:
        """Put a judged file on the shelf: whether this party brings it for the first time. It is noted before, so that no sweep takes it away
        again in between, and said to be there only afterwards."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await store.lock_party(conn, uscc)
            is_new = not await store.has_brought(conn, whole.digest, uscc)
            if is_new:
                await self._must_fit(conn, uscc, whole.size)
            await store.note_upload(conn, whole.digest, uscc, whole.size, whole.media_type)
        try:
            await self._shelf.put(whole.digest, whole.path)
        except BaseException:
            if is_new:
                async with self._log.pool.acquire() as conn, conn.transaction():
                    await store.forget_upload(conn, whole.digest, uscc)
            raise
        async with self._log.pool.acquire() as conn:
            await store.note_stored(conn, whole.digest)
        return is_new

    async def find(self, caller: Caller, digest: str) -> HeldFile:
        """A file that the caller may have; Refusal EVIDENCE_UNKNOWN, which tells a stranger nothing, EVIDENCE_ABSENT for a reader of an
        entry that names it."""
        if not is_digest(digest):
            raise refuse("EVIDENCE_UNKNOWN", field="sha256", found=digest[:64])
        keys = reader_keys(caller, await self._log.state())
        async with self._log.pool.acquire() as conn:
            standing = await store.fetch_standing(conn, digest, caller.uscc, keys)
        file = standing.file
        if not (standing.is_own or standing.is_named):
            raise refuse("EVIDENCE_UNKNOWN", field="sha256", found=digest)
        if file is None or not file.is_here or not (standing.is_own or standing.is_brought):
            raise refuse("EVIDENCE_ABSENT", field="sha256", found=digest)
        return HeldFile(sha256=digest, size=file.size, media_type=file.media_type)

    async def read(self, caller: Caller, held: HeldFile, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes from ``start`` up to ``end``; Refusal EVIDENCE_STORE, EVIDENCE_ABSENT before the first of them, ShelfAway in between."""
        pieces = self._shelf.read(held.sha256, start, end)
        with _told():
            try:
                first = await anext(pieces)
            except FileNotFoundError:
                log.error("evidence_lost", sha256=held.sha256)
                raise refuse("EVIDENCE_ABSENT", field="sha256", found=held.sha256) from None
        log.info("evidence_read", sha256=held.sha256, reader=caller.uscc, role=caller.role, keyid=caller.keyid, start=start, end=end)

        async def following() -> AsyncIterator[bytes]:
            yield first
            async for piece in pieces:
                yield piece

        return following()

    # ---------------------------------------------------------------------- what nobody came to name

    async def sweep(self) -> int:
        """Remove what a crash left arriving, and files that no entry has come to name in time; how many of these. One process at a time does
        it, and only while the references are made up to the head of the log: before that they say nothing."""
        await asyncio.to_thread(self._arrivals.sweep)
        older, dropped = timedelta(days=self._rules.unnamed_days), 0
        async with self._log.pool.acquire() as conn:
            head = await ledger_store.fetch_head(conn)
            if head is not None and await ledger_store.projected(conn) < head.size:
                return 0
            while found := await self._unnamed(conn, older):
                for upload in found:
                    async with conn.transaction():
                        if await store.drop_upload(conn, upload, older):
                            await self._shelf.drop(upload.digest)
                            dropped += 1
                if len(found) < SWEEP_MAX:
                    break
        if dropped:
            log.info("evidence_dropped", files=dropped)
        return dropped

    async def _unnamed(self, conn: Conn, older: timedelta) -> list[store.Upload]:
        """A page of what may go; nothing where another process is at it."""
        async with conn.transaction():
            return await store.list_unnamed(conn, older, limit=SWEEP_MAX) if await store.try_to_lead(conn) else []


@contextmanager
def _told() -> Iterator[None]:
    """A shelf that is away is a refusal that says so; what is wrong with it is for the operator's log."""
    try:
        yield
    except ShelfAway as away:
        log.error("evidence_store_away", error=str(away))
        raise refuse("EVIDENCE_STORE", expected=Phrase("稍后原样重发", "the same again later")) from away
