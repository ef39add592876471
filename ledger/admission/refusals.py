"""The job that names refusals in the log: pages for each closed clock hour, admitted by the end of the next (formats §8).

The log itself says how far it is: the newest page on ``log/refusals``. Whatever a killed process, a rival or a late row leaves behind,
the next run goes on from there:

* a page that was admitted and not marked: its rows are marked first;
* an hour that stands there in part: its remaining pages keep the number that the first one promised;
* a row of an hour whose pages are complete (its process was paused while it wrote): it stands first in the pages of the following hour.
"""

from collections.abc import Iterator, Sequence

import msgspec
import structlog

from ledger import store
from ledger.admission.statement import Draft
from ledger.chain import genesis_prev
from ledger.kinds.refusal_pages import LogRefusals, RefusalItem, RefusalsState
from ledger.log import Log, LoggedEntry
from ledger.times import format_at, hour_end
from signing.envelope import freeze

log = structlog.get_logger("ledger.admission.refusals")

CHAIN = "log/refusals"
PAGE_BYTES = 20_000
"""Bytes of the items of a page: with the rest of the statement they stay below its 24 KiB, however many codes a refusal has."""


async def publish_refusals(ledger: Log, now_s: int) -> int:
    """Append the pages of all hours before the hour of ``now_s``; returns how many refusals were named. Cheap when there are none. One
    process of many does it at a time, so that no rival's page is refused, which would itself have to be named."""
    async with ledger.pool.acquire() as conn:
        if await store.first_open_hour(conn) is None:
            return 0
        async with store.naming_refusals(conn) as is_ours:
            return await _name_all(ledger, now_s) if is_ours else 0


async def _name_all(ledger: Log, now_s: int) -> int:
    named = 0
    await _mark_newest(ledger)
    while due := await _due(ledger, format_at(now_s)[:13]):
        for page in due:
            if not await _append(ledger, page, now_s):
                return named
            named += len(page.items)
    return named


async def _due(ledger: Log, before: str) -> list[LogRefusals]:
    """The pages that come next: the rest of an hour that was begun, or all of the next hour before ``before``."""
    head = await ledger.chain_head(CHAIN)
    last: RefusalsState | None = None if head is None else head.state
    async with ledger.pool.acquire() as conn:
        first = await store.first_open_hour(conn)
        if first is None:
            return []
        begun = last is not None and last.page + 1 < last.of
        hour = first if last is None or (first > last.hour and not begun) else last.hour if begun else format_at(hour_end(last.hour))[:13]
        if hour >= before:
            return []
        rows = await store.list_open_refusals(conn, to_hour=hour)
    return list(pages(hour, rows, last if begun else None))


async def _append(ledger: Log, page: LogRefusals, now_s: int) -> bool:
    state, head = await ledger.state(), await ledger.chain_head(CHAIN)
    if state is None or state.closed:  # nothing follows log.close
        return False
    seq, prev = (0, genesis_prev(state.found, CHAIN)) if head is None else (head.seq + 1, head.hash)
    if ledger.simulated:  # hours may pass between two requests: the operator's clock stands at the end of the page's hour
        now_s = await ledger.now(min(now_s, hour_end(page.hour)))
    draft = Draft(kind="log.refusals/1", chain=CHAIN, seq=seq, prev=prev, by=(state.operator,), at=format_at(now_s), body=page)
    [answer] = await ledger.append([freeze(draft.sign([ledger.operator_key]))], now_s=now_s)
    if not isinstance(answer, LoggedEntry):
        log.error("page_refused", hour=page.hour, page=page.page, codes=answer.refusal.codes)
        return False
    await _mark(ledger, page, answer.entry.index)
    return True


async def _mark_newest(ledger: Log) -> None:
    """Whoever was killed between the admission of a page and its mark has left the newest one unmarked, and no other."""
    head = await ledger.chain_head(CHAIN)
    if head is not None:
        await _mark(ledger, (await ledger.entry_at(head.idx)).statement.body, head.idx)


async def _mark(ledger: Log, page: LogRefusals, index: int) -> None:
    async with ledger.pool.acquire() as conn:
        await store.mark_refusals(conn, page.items, page=index)


def pages(hour: str, items: Sequence[RefusalItem], begun: RefusalsState | None = None) -> Iterator[LogRefusals]:
    """Pages of an hour from refusals sorted by time; of an hour that was ``begun``, as many as its first page has promised."""
    cut = list(_cut(items))
    done, of = (0, len(cut)) if begun is None else (begun.page + 1, begun.of)
    for page, part in enumerate(cut[: of - done], done):
        yield LogRefusals(hour=hour, page=page, of=of, items=tuple(part))


def _cut(items: Sequence[RefusalItem]) -> Iterator[list[RefusalItem]]:
    """Items in their order, as many to a part as fit a page."""
    part: list[RefusalItem] = []
    room = PAGE_BYTES
    for item in items:
        size = len(msgspec.json.encode(item)) + 1
        if size > room and part:
            yield part
            part, room = [], PAGE_BYTES
        part.append(item)
        room -= size
    yield part
