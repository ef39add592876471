"""Boxes by which a device is enrolled, and the keys of a party with what each has done."""

from __future__ import annotations

from datetime import timedelta

from ledger.admission.entry import Entry
from ledger.caller import Caller
from ledger.log import Log
from liandan.desk.keys import store
from liandan.desk.keys.store import BoxRow
from signing.phrase import Phrase
from signing.refusal import refuse

LIFE = timedelta(minutes=10)
OPEN_MAX = 20
"""Boxes of a party at once."""
LOOKED_AT = 500
"""Newest entries of a party in which its keys are looked for."""
BEYOND = 2**53
"""Above every index."""


class Boxes:
    """The boxes of a log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def open(self, caller: Caller, name: str, offer: bytes) -> BoxRow:
        """A new box of the caller's party, for ten minutes; Refusal BOX_MANY, BOX_TAKEN."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await store.hold(conn, caller.uscc)
            await store.sweep(conn)
            if await store.count_of(conn, caller.uscc) >= OPEN_MAX:
                raise refuse("BOX_MANY", expected=Phrase(f"至多 {OPEN_MAX} 个", f"at most {OPEN_MAX}"))
            if not await store.insert(conn, name, caller.uscc, offer, LIFE):
                raise refuse("BOX_TAKEN")
            found = await store.fetch(conn, name)
        assert found is not None, "it was just made"
        return found

    async def read(self, name: str) -> BoxRow:
        """What is in a box, to whoever knows its name; Refusal BOX_UNKNOWN."""
        async with self._log.pool.acquire() as conn:
            found = await store.fetch(conn, name)
        if found is None:
            raise refuse("BOX_UNKNOWN")
        return found

    async def answer(self, name: str, answer: bytes) -> BoxRow:
        """The device's answer; the first one stays. Refusal BOX_UNKNOWN, BOX_TAKEN."""
        async with self._log.pool.acquire() as conn:
            is_first = await store.put_answer(conn, name, answer)
        found = await self.read(name)
        if not is_first and found.answer != answer:
            raise refuse("BOX_TAKEN")
        return found

    async def finish(self, caller: Caller, name: str, done: bytes) -> BoxRow:
        """What has become of it; Refusal BOX_UNKNOWN where it is no box of the caller's party that was answered."""
        async with self._log.pool.acquire() as conn:
            is_done = await store.put_done(conn, name, caller.uscc, done)
        if not is_done:
            raise refuse("BOX_UNKNOWN")
        return await self.read(name)


async def list_newest(log: Log, uscc: str, *, before: int = BEYOND, limit: int = LOOKED_AT) -> list[Entry]:
    """The newest entries below an index that a party takes part in, newest first, at most ``limit``."""
    async with log.pool.acquire() as conn:
        indices = await store.list_newest(conn, uscc, before, limit)
    return sorted(await log.entries_at(indices), key=lambda entry: -entry.index)
