"""Which entries an excerpt's bundle holds: the chain itself with what it was given on, and for each account the entry that moved it last.

An account knows that entry, and each of its rows the one before (formats §4), so the newest one below a checkpoint is found without a search.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from ledger import store
from ledger.admission.entry import Entry
from ledger.bundle import make_bundle
from ledger.caller import Caller
from ledger.directory import LOG_MAIN
from ledger.kinds.issuer import LOG_ISSUERS
from ledger.log import Log
from ledger.model import account_key, chain_key
from reports.evidence import Chain, collect, lists_of, parties_of, permits_of
from signing.refusal import refuse
from whitelist.approval import ApprovalState
from whitelist.listing import ListState
from whitelist.quota import q1_account, q2_account
from whitelist.registries import Wanted

MovedBy = Callable[[str], Awaitable[str | None]]
"""From an account to the chain of the entry that moved it last; ``None`` where nothing did, or the reader may not have it."""


async def collect_log(chain: Chain, entries: Iterable[Entry], named: Iterable[str]) -> list[Entry]:
    """The entries with the log's own chains and the parties behind all of them, each once, by index."""
    found = [*entries, *await chain(LOG_MAIN), *await chain(LOG_ISSUERS)]
    found += await parties_of(chain, found, set(named))
    return [entry for _, entry in sorted({entry.index: entry for entry in found}.items())]


async def collect_decision(chain: Chain, name: str) -> list[Entry]:
    """A decision, the permits and the lists it was given on; empty where there is none."""
    entries = await chain(name)
    for permit in dict.fromkeys(body.permit for entry in entries if hasattr(body := entry.statement.body, "permit")):
        entries += await permits_of(chain, permit)
    for listed in lists_of(entries):
        entries += await chain(listed)
    return entries


async def collect_approval(chain: Chain, name: str, state: ApprovalState, moved_by: MovedBy) -> list[Entry]:
    """For an approval excerpt: the decision, and the manifests that moved its lines last."""
    entries = await collect_decision(chain, name)
    trunks = [await moved_by(q2_account(name, number)) for number in range(len(state.lines))]
    for trunk in dict.fromkeys(filter(None, trunks)):
        entries += await collect(chain, trunk, ())
    return await collect_log(chain, entries, {name.split("/")[1], state.receiver})


async def collect_list(chain: Chain, name: str, state: ListState, receiver: str | None, moved_by: MovedBy) -> list[Entry]:
    """For a list excerpt: the list, the permits of the rows that are printed, and the decisions that moved these rows last."""
    entries, named = await chain(name), set[str]()
    for number, row in enumerate(state.rows):
        if receiver in (None, row.receiver):
            named.add(row.receiver)
            entries += await permits_of(chain, row.permit)
            decision = await moved_by(q1_account(name, number))
            entries += [] if decision is None else await collect_decision(chain, decision)
    return await collect_log(chain, entries, named)


async def gather_approval(log: Log, caller: Caller, name: str) -> bytes:
    """The bundle of a decision as of the newest published checkpoint; Refusal EXCERPT_UNKNOWN (none, or none the caller may read)."""
    state = await _state(log, name)
    if not isinstance(state, ApprovalState) or not Wanted().approvals(caller, name, state):
        raise refuse("EXCERPT_UNKNOWN", field="id", found=name)
    return await _gather(log, name, lambda chain, moved_by: collect_approval(chain, name, state, moved_by))


async def gather_list(log: Log, caller: Caller, name: str, receiver: str | None) -> bytes:
    """The bundle of a list likewise, open to every registered party; what is committed of a row is told by decisions the caller may read."""
    state = await _state(log, name)
    if not isinstance(state, ListState) or not any(receiver in (None, row.receiver) for row in state.rows):
        raise refuse("EXCERPT_UNKNOWN", field="id, receiver", found=f"{name} {receiver or ''}".strip())

    async def readable(decision: str | None) -> str | None:
        found = None if decision is None else await _state(log, decision)
        return decision if decision and isinstance(found, ApprovalState) and Wanted().approvals(caller, decision, found) else None

    async def collected(chain: Chain, moved_by: MovedBy) -> list[Entry]:
        async def seen(account: str) -> str | None:
            return await readable(await moved_by(account))

        return await collect_list(chain, name, state, receiver, seen)

    return await _gather(log, name, collected)


async def gather_log(log: Log, named: str = "") -> tuple[bytes, int, str]:
    """(bundle of the log's own chains and of a party, size, admission of the last entry below it): what an attestation carries."""
    published = await asyncio.to_thread(log.publisher.archive_now)

    async def chain(name: str) -> list[Entry]:
        return [entry for entry in await log.chain_entries(name) if entry.index < published.size]

    entries = await collect_log(chain, (), filter(None, (named,)))
    last = await log.entry_at(published.size - 1)
    raw = await asyncio.to_thread(
        make_bundle, published.note, LOG_MAIN, entries, lambda index: log.publisher.inclusion(index, published.size)
    )
    return raw, published.size, last.admission.at


async def _state(log: Log, name: str) -> object:
    """The state of a chain as it is committed."""
    async with log.pool.acquire() as conn:
        raw = (await store.fetch_facts(conn, [chain_key(name)])).get(chain_key(name))
    return None if raw is None else log.kinds.decode(chain_key(name), raw).state


async def _gather(log: Log, name: str, collected: Callable[[Chain, MovedBy], Awaitable[list[Entry]]]) -> bytes:
    published = await asyncio.to_thread(log.publisher.archive_now)

    async def chain(wanted: str) -> list[Entry]:
        return [entry for entry in await log.chain_entries(wanted) if entry.index < published.size]

    async def moved_by(account: str) -> str | None:
        async with log.pool.acquire() as conn:
            raw = (await store.fetch_facts(conn, [account_key(account)])).get(account_key(account))
        index = None if raw is None else log.kinds.decode(account_key(account), raw).idx
        while index is not None:
            entry = await log.entry_at(index)
            if index < published.size:
                return entry.statement.chain
            index = next((row.prev_index for row in entry.admission.decision.accounts if row.account == account), None)
        return None

    entries = await collected(chain, moved_by)
    if not any(entry.statement.chain == name for entry in entries):
        raise refuse("EXCERPT_UNKNOWN", field="id", found=name)
    return await asyncio.to_thread(make_bundle, published.note, name, entries, lambda index: log.publisher.inclusion(index, published.size))
