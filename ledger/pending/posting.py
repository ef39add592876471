"""Posting what all have signed, and forgetting what is over: the work behind the relay, done by the request that brings the last signature or,
where that died, by the worker of any server of the installation.

A row is ``complete`` before anything is posted, so that no crash loses it, and posting is idempotent by the statement's hash, so that two who do
it make one entry: the first to note it tells the signers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from ledger import store as log_store
from ledger.admission.budgets import OverBudget
from ledger.admission.sequencer import Busy
from ledger.answers import Posted, Waiting
from ledger.batch import NotAdmitted
from ledger.pending import store
from ledger.pending.model import Outlook, PendingRow, Told
from ledger.pending.outlook import Awaited, look, partial_of
from ledger.publishing.crashpoints import crash_point
from ledger.reading import Snapshot, snapshot
from ledger.service import Service
from ledger.store import AWAY, Conn
from signing.envelope import freeze

log = structlog.get_logger("ledger.pending")

TAKEN_AT_ONCE = 32  # Complete statements that a worker takes at a time.
LOOK_S = 1.0
"""Between two looks of the worker for complete ones that nobody posts."""
SWEEP_EVERY = 60
"""Looks between two sweeps."""


class Posting:
    """Posts the complete statements of one log."""

    def __init__(self, service: Service, tell: store.Tell = store.tell_nobody) -> None:
        """``tell`` passes on what becomes of them, within the transaction that makes it so."""
        self.service, self._log, self._tell = service, service.log, tell

    async def run(self) -> None:
        """Until cancelled."""
        looks = 0
        while True:
            try:
                if looks % SWEEP_EVERY == 0:
                    await self.sweep()
                while await self.settle_due() == TAKEN_AT_ONCE:
                    pass
            except (*AWAY, TimeoutError) as error:
                log.warning("pending_waits", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001  # what one statement breaks must not end the work of others; it may quote what was signed
                log.error("pending_failed", error=type(error).__name__)
            looks += 1
            await asyncio.sleep(LOOK_S)

    async def settle_due(self) -> int:
        """Post what is complete and nobody is posting; how many were looked at. Raises store.AWAY."""
        async with self._log.pool.acquire() as conn:
            rows = await store.take_complete(conn, TAKEN_AT_ONCE)
        for row in rows:
            try:
                await self.submit(row, None, 0.0)
            except (NotAdmitted, Busy):  # noted in its row, or to be tried again
                continue
        return len(rows)

    async def sweep(self) -> int:
        """Forget what is over, and settle what came into the log by another way; how many were forgotten."""
        present_s = await self.service.now()
        async with self._log.pool.acquire() as conn:
            for name in await store.list_unsettled(conn, TAKEN_AT_ONCE):
                await self._settle(conn, name, present_s)
            return await store.forget(conn, present_s)

    async def submit(self, row: PendingRow, now_s: int | None, wait_s: float) -> Posted | Waiting | None:
        """Post a complete statement and note what came of it; raises NotAdmitted, once it is noted, and Busy. None for one that waits for an
        earlier act of its chain: it is not shown to the log before."""
        present_s = await self.service.now(max(row.changed_s, now_s or 0))  # a real log has a clock of its own
        claimed_s = present_s if self._log.simulated else None
        async with snapshot(self._log) as now:
            outlook = await self.outlook(now, row, present_s)
        if outlook.waits_for_another:
            return None
        try:
            answer = await self.service.post(freeze(row.envelope), now_s=claimed_s, wait_s=wait_s)
        except NotAdmitted as refused:
            if not isinstance(refused.refusal, OverBudget):
                await self._note_refused(row, refused, present_s)
            raise
        crash_point("pending.before_settle")
        async with self._log.pool.acquire() as conn:
            await self._settle(conn, row.statement, present_s)
        return answer

    async def outlook(self, now: Snapshot, row: PendingRow, present_s: int) -> Outlook:
        """What the log would say of a row at this moment."""
        if row.state == "entered":
            links = await log_store.fetch_links(now.workspace.conn, [(row.chain, row.seq)])
            return Outlook(entered=links[row.chain, row.seq].idx)
        seen = Awaited(partial_of(row.envelope, self._log.kinds), row.size, row.foreseen)
        [outlook] = await look(now.workspace, self._log.kinds, [seen], now.size, present_s)
        return outlook

    async def say(self, conn: Conn, row: PendingRow, event: str, whose: str, present_s: int, to: Sequence[str] | None = None) -> None:
        """Tell the others; of what nobody in particular brought about, everybody."""
        parties = tuple(uscc for uscc in (row.signers if to is None else to) if uscc != whose)
        await self._tell(conn, [Told(row=row, event=event, parties=parties, at_s=present_s)])

    async def _settle(self, conn: Conn, name: str, present_s: int) -> None:
        async with conn.transaction():
            if (row := await store.settle(conn, name)) is not None:
                await self.say(conn, row, "completed", "", present_s)

    async def _note_refused(self, row: PendingRow, refused: NotAdmitted, present_s: int) -> None:
        async with self._log.pool.acquire() as conn, conn.transaction():
            current = await store.fetch(conn, row.statement, is_locked=True)
            if current is None or current.state != "complete":
                return
            await store.change(conn, row.statement, state="refused", codes=refused.refusal.codes, changed_s=present_s)
            await self.say(conn, row, "refused", "", present_s)
