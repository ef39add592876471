"""The job that names refusals in the log: pages for each closed clock hour, admitted by the end of the next (formats §8)."""

from __future__ import annotations

import structlog

from ledger import store
from ledger.chain import genesis_prev
from ledger.draft import Draft
from ledger.log import Admitted, Log
from ledger.receipts import pages
from ledger.times import format_at
from signing.envelope import freeze

log = structlog.get_logger("ledger.refusals")

CHAIN = "log/refusals"


async def publish_refusals(ledger: Log, now_s: int) -> int:
    """Append the pages of all hours before the hour of ``now_s``; returns how many refusals were named. Cheap when there are none."""
    async with ledger.pool.acquire() as conn:
        rows = await store.list_open_refusals(conn, before_hour=format_at(now_s)[:13])
    state, head = await ledger.state(), await ledger.chain_head(CHAIN)
    if not rows or state is None:
        return 0
    seq, prev = (0, genesis_prev(state.found, CHAIN)) if head is None else (head.seq + 1, head.hash)
    named = 0
    for page in pages([row for _, row in rows]):
        draft = Draft(kind="log.refusals/1", chain=CHAIN, seq=seq, prev=prev, by=(state.operator,), at=format_at(now_s), body=page)
        [answer] = await ledger.append([freeze(draft.sign([ledger.operator_key]))], now_s=now_s)
        if not isinstance(answer, Admitted):
            log.error("page_refused", codes=answer.refusal.codes)
            break
        async with ledger.pool.acquire() as conn:
            await store.mark_refusals(conn, [row_id for row_id, _ in rows[named : named + len(page.items)]], page=answer.entry.index)
        named += len(page.items)
        seq, prev = seq + 1, answer.entry.statement.hash
    return named
