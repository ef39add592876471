"""The job: close every month that is over, in order, until nothing is due; from cron, a timer or the worker, as often as one likes.

It can be killed at any moment. What decides is the log: a chain takes one statement at a place, so however many jobs run, and whatever one of them has
left behind, a month is closed once. A signed statement lies on the shelf before it is posted, and the next run posts the very same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from ledger.admission.statement import read_statement
from ledger.publishing.files import LogFiles
from liandan.client import AsyncLiandan, ReceiptFolder, Trust
from liandan.client.transport import RequestRefused
from liandan.keyring import ServerKeys
from liandan.months.closing import MonthRound, PreparedClose, Step, Told, look, prepare
from liandan.months.shelf import CloseShelf
from liandan.months.standing import MonthStanding
from liandan.settings import Settings
from liandan.statements import kept_statements, own_log_keys
from liandan.wiring import KINDS
from reports.drawing import StatementSource
from reports.periods.planning import MonthDue
from signing.envelope import Envelope, freeze
from signing.phrase import Phrase

OVERTAKEN = frozenset({"CHAIN_CONFLICT", "PREV_MISMATCH", "PERIOD_STATE", "STATEMENT_STALE", "SEEN_MISMATCH"})
"""Answers after which the log is looked at again: somebody else has closed the month meanwhile, or what was signed before is out of its time."""
TRIES = 5
"""Rounds in a row that bring nothing into the log before the job gives up with what the log said."""
AGAIN_S = 0.5


class ClosedMonth(Struct, frozen=True, kw_only=True):
    """A close that this run brought into the log, or found there."""

    chain: str
    index: int
    size: int
    folder: str
    is_new: bool


class MonthsReport(Struct, frozen=True, kw_only=True):
    """What a run came to."""

    closed: tuple[ClosedMonth, ...] = ()
    waiting: tuple[Phrase, ...] = ()
    is_busy: bool = False
    """Another run of this machine is at it."""


class Overtaken(Exception):
    """The chain has grown since it was looked at."""


class MonthJob:
    """Closes the months of one installation."""

    def __init__(self, settings: Settings, keys: ServerKeys, url: str, *, patience_s: float = 60.0) -> None:
        """``url``: of the server that the closes are posted to; ``keys`` with the operator's."""
        self._keys, self._url, self._patience_s = keys, url, patience_s
        self.shelf = CloseShelf(settings.data_dir)
        kept = kept_statements(settings, keys)
        self._source = StatementSource(
            settings.log_path, tuple(own_log_keys(LogFiles(settings.log_path, settings.entries_path), keys)), kept, settings.entries_path
        )

    async def run(
        self,
        *,
        now_s: int | None = None,
        again: Iterable[MonthDue] = (),
        first: str = "",
        progress: Step = lambda done, of: None,
        drawing: Step = lambda done, of: None,
        told: Told = lambda what: None,
    ) -> MonthsReport:
        """Close what is due; the arguments are those of :func:`liandan.months.closing.prepare`. Refused, Unavailable, Dishonest of the client,
        Refusal of the files."""
        with self.shelf.alone() as is_alone:
            if not is_alone:
                return MonthsReport(is_busy=True)
            closed, least, wanted = list[ClosedMonth](), 0, tuple(again)
            tries = 0
            while True:
                looked = await asyncio.to_thread(
                    prepare,
                    self._source,
                    self.shelf,
                    now_s=now_s,
                    again=wanted,
                    first=first,
                    least=least,
                    progress=progress,
                    drawing=drawing,
                    told=told,
                )
                if looked is None or not looked.prepared:
                    return MonthsReport(closed=tuple(closed), waiting=() if looked is None else looked.plan.waiting)
                found = await self._post_all(looked, is_last=tries + 1 >= TRIES)
                tries = 0 if found else tries + 1
                closed += found
                least = max((one.index + 1 for one in closed), default=least)
                wanted = tuple(due for due in wanted if due.chain not in {one.chain for one in closed})
                if not found:
                    await asyncio.sleep(AGAIN_S)

    async def standing(self, month: str, now_s: int | None, progress: Step = lambda done, of: None) -> MonthStanding:
        """How a month stands; see :func:`liandan.months.closing.look`."""
        return await asyncio.to_thread(look, self._source, month, now_s, progress)

    async def _post_all(self, looked: MonthRound, *, is_last: bool) -> list[ClosedMonth]:
        trust = Trust(origin=looked.log.origin, found=looked.log.found, log_keys=looked.log.log_keys)
        folder = ReceiptFolder(self.shelf.receipts)
        client = AsyncLiandan(
            self._url, self._keys.operator, uscc=looked.log.operator, trust=trust, folder=folder, patience_s=self._patience_s
        )
        if looked.log.clock == "simulated":
            client.set_now(looked.now_s)
        found = []
        async with client:
            for prepared in looked.prepared:
                try:
                    found.append(await self._post(client, prepared))
                except RequestRefused as refused:
                    if is_last or (prepared.envelope is None and OVERTAKEN.isdisjoint(refused.codes)):
                        raise  # what lay on the shelf may be of a key that was changed since, or of a stranger: it is drawn and signed anew
                    self.shelf.forget(Path(prepared.folder))
                except Overtaken:
                    self.shelf.forget(Path(prepared.folder))
        return found

    async def _post(self, client: AsyncLiandan, prepared: PreparedClose) -> ClosedMonth:
        envelope = prepared.envelope
        if envelope is None:
            envelope = await self._sign(client, prepared)
        receipt = await client.post(envelope)
        statement, _ = read_statement(envelope, KINDS)
        return ClosedMonth(
            chain=statement.chain, index=receipt.index, size=statement.body.size, folder=prepared.folder, is_new=prepared.envelope is None
        )

    async def _sign(self, client: AsyncLiandan, prepared: PreparedClose) -> Envelope:
        """Signed at the place in the chain that the drawing saw, and laid on the shelf before anybody else sees it."""
        draft = await client.draft("period.close/1", prepared.due.chain, prepared.body)
        if (draft.seq, draft.prev) != (
            prepared.seq,
            prepared.prev,
        ):  # somebody was faster: the log will say so, and nothing is drawn for it
            raise Overtaken
        envelope = client.sign(draft)
        await asyncio.to_thread(self.shelf.keep_envelope, Path(prepared.folder), freeze(envelope))
        return envelope
