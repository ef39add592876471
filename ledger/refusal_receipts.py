"""Receipts for what was refused: the operator's signed word for it, kept to be named in the log (formats §8).

A crowd that is refused is refused together: whoever comes while receipts are being written waits for the next writing, so that hundreds of them
cost one look at the head and one commit, not each its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from time import time

import structlog
from asyncpg import Pool, Record
from msgspec import Struct

from ledger import store
from ledger.admission.kind_table import Kinds
from ledger.admission.statement import ClaimedAct
from ledger.kinds.refusal_pages import RefusalItem
from ledger.times import format_at
from signing.envelope import PAYLOAD_REFUSAL, freeze, seal
from signing.keys import PrivateKey

log = structlog.get_logger("ledger.refusal_receipts")

CODES_MAX = 12
TOGETHER_MAX = 256
"""Receipts of one writing."""
Given = tuple[bytes | None, bool]
"""A receipt, and whether it is the first for this; ``None`` while the operator's key here is not valid: its word would be worth nothing."""


class _Wanted(Struct, frozen=True):
    act: ClaimedAct
    codes: Sequence[str]
    claimed_s: int | None
    given: asyncio.Future[Given]


class RefusalReceipts:
    """Of one log in one process."""

    def __init__(self, pool: Pool[Record], kinds: Kinds, key: PrivateKey, *, simulated: Callable[[], bool]) -> None:
        """``key`` is the operator's; the time of a simulated log is the claimed one."""
        self._pool, self._kinds, self.key, self._simulated = pool, kinds, key, simulated
        self._wanted: list[_Wanted] = []
        self._writing: asyncio.Task[None] | None = None

    async def give(self, act: ClaimedAct, codes: Sequence[str], claimed_s: int | None) -> Given:
        """The receipt for a validly signed act that was refused for these codes. Raises what the database raises."""
        wanted = _Wanted(act, codes, claimed_s, asyncio.get_running_loop().create_future())
        self._wanted.append(wanted)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await wanted.given

    async def _write(self) -> None:
        while self._wanted:
            group, self._wanted = self._wanted[:TOGETHER_MAX], self._wanted[TOGETHER_MAX:]
            try:
                given = await self._made(group)
            except BaseException as error:
                for wanted in group:
                    if not wanted.given.done():  # whoever asked may have gone
                        wanted.given.set_exception(error)
                if not isinstance(error, Exception):
                    raise
                continue
            for wanted, one in zip(group, given, strict=True):
                if not wanted.given.done():
                    wanted.given.set_result(one)

    async def _made(self, group: Sequence[_Wanted]) -> list[Given]:
        name = f"key:{self.key.keyid}"
        async with self._pool.acquire() as conn:
            head, raw = await store.fetch_head(conn), (await store.fetch_facts(conn, [name])).get(name)
            size = 0 if head is None else head.size
            if raw is None or not self._kinds.decode(name, raw).is_valid_at(size):
                log.error("operator_key_not_valid", keyid=self.key.keyid, size=size)
                return [(None, False)] * len(group)
            before_s = 0 if head is None else head.at_s
            made = [make_receipt(one.act, one.codes, size, self._now(one, before_s), self.key) for one in group]
            new = await store.insert_refusals(conn, made)
        return [(receipt, is_new) for (_, receipt), is_new in zip(made, new, strict=True)]

    def _now(self, wanted: _Wanted, before_s: int) -> int:
        """The log's present, never before its last entry where it is simulated."""
        return max(wanted.claimed_s or 0, before_s) if self._simulated() else int(time())


def make_receipt(act: ClaimedAct, codes: Sequence[str], size: int, at_s: int, key: PrivateKey) -> tuple[RefusalItem, bytes]:
    """What is kept of a validly signed act that was turned down, and its receipt, signed by a key of the operator. ``size`` is the log's
    size when it was refused."""
    item = RefusalItem(act.statement, act.by, act.kind, tuple(codes[:CODES_MAX]), size, format_at(at_s))
    body = {"statement": item.statement, "codes": item.codes, "size": size, "at": item.at}
    return item, freeze(seal(PAYLOAD_REFUSAL, json.dumps(body, separators=(",", ":")).encode(), [key]))
