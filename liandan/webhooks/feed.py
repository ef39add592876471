"""From the feed into the queue: what its subscriber may read, wants, and has not been told of yet.

A webhook sees what ``GET /v1/feed`` would give its party at this moment, by its role and its grants. Notices are queued in the transaction that
moves the webhook's position, so that nothing is left out or queued twice, however a worker ends.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from asyncpg import Pool, Record
from msgspec import Struct

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.caller import Caller, wanted_keys
from ledger.directory import LOG_MAIN, Grants, KeyRecord, LogState, PartyState, access_key, party_chain
from ledger.model import chain_key
from ledger.store import Conn, feed_keys, fetch_entries_at, fetch_facts, fetch_head, list_entries, list_feed, projected
from liandan.identity import role_of
from liandan.webhooks import store
from liandan.webhooks.model import QUEUED_MAX, Webhook, event_of
from signing.phrase import Phrase
from signing.refusal import refuse

PAGE = 256


class Source(Struct, frozen=True):
    """Where notices come from."""

    pool: Pool[Record]
    kinds: Kinds
    base_url: str
    """Address of the links in notices."""


async def queue_all(source: Source) -> int:
    """Queue what is new for every active webhook, a page each; how many of them have more to come."""
    async with source.pool.acquire() as conn:
        size = await projected(conn)
        if not await store.is_any_behind(conn, size):
            return 0
        state, now_s = await present(conn, source.kinds)
        founders = [state.operator, *(authority.uscc for authority in state.authorities)]
        hooks = await store.list_behind(conn, size, founders)
    behind = 0
    for name in hooks:
        behind += await _queue(source, name, size, state, now_s)
    return behind


async def present(conn: Conn, kinds: Kinds) -> tuple[LogState, int]:
    """The log's state and its present, Unix seconds."""
    key = chain_key(LOG_MAIN)
    state: LogState = kinds.decode(key, (await fetch_facts(conn, [key]))[key]).state
    head = await fetch_head(conn)
    return state, head.at_s if state.clock == "simulated" and head is not None else int(time.time())


async def _queue(source: Source, name: str, size: int, state: LogState, now_s: int) -> bool:
    """A page for one webhook; whether there is more that fits."""
    async with source.pool.acquire() as conn, conn.transaction():
        hook = await store.fetch(conn, name, is_locked=True)
        if hook is None or hook.state != "active" or hook.next_idx >= size:
            return False
        # First, also where nothing fits: what waits for an address is sent no longer once the key behind it has ended.
        if not await is_entitled(conn, source.kinds, hook, size, now_s):
            return False
        room = min(PAGE, QUEUED_MAX - await store.count_pending(conn, name))
        if room <= 0:
            return False
        caller = await _reader(conn, source.kinds, hook, state, now_s)
        entries, end = await _page(conn, source.kinds, caller, hook.next_idx, size, room)
        wanted = [entry for entry in entries if hook.wants(entry.statement.kind)]
        notices = [
            store.New(entry.index, entry.statement.kind, entry.statement.chain, event_of(entry, state.origin, source.base_url))
            for entry in wanted
        ]
        await store.queue(conn, name, notices)
        await store.change(conn, name, next_idx=end)
        return end < size


async def give_up_ended(conn: Conn, kinds: Kinds, hook: Webhook) -> None:
    """What waits because of a grant is given up once the grant has ended (WEBHOOK_GRANT). What a party takes part in it reads for ever, so
    only who was ever granted something is asked about.
    """
    name = access_key(hook.uscc)
    if name not in await fetch_facts(conn, [name]):
        return
    state, now_s = await present(conn, kinds)
    caller = await _reader(conn, kinds, hook, state, now_s)
    if not caller.reads_all:
        size = await projected(conn)  # before the keys are looked up: an index that is made again has those of what it holds by now
        await store.give_up_beyond(conn, hook.id, await feed_keys(conn, wanted_keys(caller)), size)


async def _page(conn: Conn, kinds: Kinds, caller: Caller, start: int, size: int, limit: int) -> tuple[list[Entry], int]:
    """Entries of the reader's feed from ``start`` on, and the position behind them."""
    if caller.reads_all:
        rows = await list_entries(conn, start=start, end=min(size, start + limit))
    else:
        found = await list_feed(conn, wanted_keys(caller), after=start - 1, end=size, limit=limit)
        rows = await fetch_entries_at(conn, found)
    end = rows[-1].idx + 1 if len(rows) == limit else size
    return [read_entry(row.entry, kinds) for row in rows], end


async def _reader(conn: Conn, kinds: Kinds, hook: Webhook, state: LogState, now_s: int) -> Caller:
    """The webhook's party as the feed would know it."""
    role, name = role_of(state, hook.uscc), access_key(hook.uscc)
    found = await fetch_facts(conn, [name]) if role == "party" else {}
    known: Grants | None = kinds.decode(name, found[name]) if found else None
    return Caller(hook.uscc, role, hook.keyid, ("read",), () if known is None else known.at(now_s))


async def is_entitled(conn: Conn, kinds: Kinds, hook: Webhook, size: int, now_s: int) -> bool:
    """Whether the key that set it up still speaks for its party. If not, the webhook is disabled, unless the key was rotated: then its successor
    takes it over. A revoked key may be a stolen one, and its webhook a leak.
    """
    keyid = await speaking_key(conn, kinds, hook.keyid, hook.uscc, size, now_s)
    if keyid is None:
        await store.change(conn, hook.id, state="disabled", why="WEBHOOK_KEY", why_found=hook.keyid[:16])
        return False
    if keyid != hook.keyid:
        await store.change(conn, hook.id, keyid=keyid)
    return True


async def speaking_key(conn: Conn, kinds: Kinds, keyid: str, uscc: str, size: int, now_s: int) -> str | None:
    """The key itself while it is valid, the one that it was rotated to, or None."""
    record = (await keys_of(conn, kinds, [keyid])).get(keyid)
    if record is not None and record.is_valid_at(size) and record.lasts(now_s):
        return keyid
    if record is not None and record.revoked is not None:
        for found, other in (await keys_of(conn, kinds, await _keyids(conn, kinds, uscc))).items():
            if other.added == record.revoked and other.revoked is None and not other.kinds:
                return found
    return None


async def check_whole_key(conn: Conn, kinds: Kinds, caller: Caller) -> None:
    """A key for some kinds only is on a phone or a weighbridge: it signs these, decides nothing else, and addresses of its party, which may hold
    secrets, are not its business (Refusal KEY_SCOPE)."""
    record = (await keys_of(conn, kinds, [caller.keyid])).get(caller.keyid)
    if record is None or record.kinds:
        raise refuse("KEY_SCOPE", field="Authorization", found=caller.keyid[:16], expected=Phrase("不限种类的密钥", "a key without kinds"))


async def keys_of(conn: Conn, kinds: Kinds, keyids: Sequence[str]) -> Mapping[str, KeyRecord]:
    """Registered keys by keyid."""
    raws = await fetch_facts(conn, [f"key:{keyid}" for keyid in keyids])
    return {name.partition(":")[2]: kinds.decode(name, raw) for name, raw in raws.items()}


async def _keyids(conn: Conn, kinds: Kinds, uscc: str) -> tuple[str, ...]:
    key = chain_key(party_chain(uscc))
    found = await fetch_facts(conn, [key])
    state: PartyState | None = kinds.decode(key, found[key]).state if found else None
    return () if state is None else tuple(state.keys)
