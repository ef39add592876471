"""An account as it stands, with a page of its movements, and which accounts are nearly used: each of one moment of the committed log.

No entry carries what is nearly used and nothing is kept: every account that was ever moved is held against its limit, by the facts of one moment.
That takes some tenths of a second where there are tens of thousands, so an answer serves until the log has grown and twenty times the cost of its
making have gone by: a process spends a twentieth of its time on it at most.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct

from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.caller import Caller, reads
from ledger.directory import LOG_MAIN
from ledger.log import Log
from ledger.mass import format_mass
from ledger.model import Account, Facts, account_key, chain_key
from ledger.problem import Language
from ledger.reading import Page, Snapshot, read_cursor, snapshot, write_cursor
from ledger.store import fetch_facts, fetch_facts_within, projected
from ledger.times import day_of, year_of
from manifests.accounts import store
from manifests.accounts.answers import AccountMovements, QuotaAlerts, alert_of, figures_of, movement, quota_alert, year_bounds
from manifests.accounts.moves import MovePlace
from manifests.accounts.standing import QuotasStanding, alerted, seen_by
from manifests.case import cases_key, manifest_at
from manifests.model import trunk_of
from manifests.store import find_with_terms
from signing.refusal import refuse
from whitelist.approval import ApprovalState
from whitelist.balance import (
    AccountState,
    QuotaBalance,
    account_of,
    balance_accounts,
    balance_registers,
    limit_of,
    line_balance,
    row_balance,
    site_balance,
)
from whitelist.listing import ListState
from whitelist.permit import PermitState
from whitelist.quota import newest_permit, opened_key, q3_key
from whitelist.thresholds import thresholds_of

AT_A_TIME, EVERYTHING = 5_000, 2**31
AT_ONCE_S = 0.05
"""What an answer about all accounts may cost whoever asks; a dearer one is made anew while the one before serves."""
REST = 20
"""How many times its own cost an answer about all accounts serves while the log grows."""
OPEN_MAX = 5_000
"""Loads under way of one generator that are looked at for what a line of its decisions has reserved."""


async def read_movements(
    log: Log, caller: Caller, account: str, year: int | None, page: Page, language: Language, claimed_s: int | None
) -> AccountMovements:
    """An account by its name; Refusal NOT_FOUND, also of a decision that does not concern the caller."""
    question = (account, year)
    place = read_cursor(page.cursor, MovePlace, question)
    now_s = await log.now(claimed_s)
    async with snapshot(log) as now:
        facts, today, this_year = now.workspace.facts, day_of(max(now_s, now.at_s)), year_of(max(now_s, now.at_s))
        chain, state, number = await _named(now, account)
        if state is None or not _may_see(caller, chain, state):
            raise refuse("NOT_FOUND", field="account", found=account)
        account = account_of(chain, state, number)
        await now.workspace.load([chain_key(LOG_MAIN), account_key(account), opened_key(account), *balance_registers(account)])
        await now.workspace.load([account_key(one) for one in balance_accounts(facts, account)])
        if isinstance(state, PermitState):
            chain = newest_permit(facts, state.root)
            await now.workspace.load([chain_key(chain)])
            state = facts.state(chain)
        limit, of_year = limit_of(state, number, today), (year or this_year) if isinstance(state, PermitState) else None
        balance = await _balance(now, log.kinds, account, state, (number, today, this_year, of_year))
        newest: Account | None = facts.get(account_key(account))
        is_whole = _may_follow(caller, chain, state, number)
        begins = newest.idx if newest is not None and place is None else None if place is None else place.idx
        rows = []
        if is_whole and begins is not None:
            rows = await store.list_moves(now.workspace.conn, account, begins, page.limit + 1, *year_bounds(year))
    shown = rows[: page.limit]
    return AccountMovements(
        size=now.size,
        account=account,
        quota=account[:2],
        chain=chain,
        number=None if isinstance(state, PermitState) else number,
        holder=_holder(chain, state, number),
        year=of_year,
        limit_t=format_mass(limit.quota_g),
        extra_t=format_mass(limit.extra_g),
        **figures_of(balance),
        balance_t=format_mass(facts.used_g(account)),
        opened_index=facts.get(opened_key(account)),
        alert=alert_of(account, balance, thresholds_of(facts), log.kinds, language),
        movements=tuple(movement(row, log.kinds, language) for row in shown),
        next=write_cursor(MovePlace(rows[page.limit].idx), question) if len(rows) > page.limit else None,
        is_whole=is_whole,
    )


async def _named(now: Snapshot, account: str) -> tuple[str, AccountState | None, int]:
    """Chain, state and row or line of an account by its name; no state where there is no such account."""
    _, chain, *rest = account.split(" ")
    number = int(rest[0]) if rest else 0
    await now.workspace.load([chain_key(chain)])
    state: AccountState | None = now.workspace.facts.state(chain)
    if isinstance(state, ListState):
        is_there = state.kind != "pilot" and state.row(number) is not None
    elif isinstance(state, ApprovalState):
        is_there = number < len(state.lines) and state.lines[number].mass_g > 0
    else:
        is_there = state is not None
    if isinstance(state, PermitState):
        await now.workspace.load([q3_key(state.root)])
    return chain, state if is_there else None, number


def _places(chain: str, state: AccountState, number: int = 0) -> Iterable[str]:
    owner = chain.split("/")[1]
    if isinstance(state, ListState):
        return (state.from_province, state.to_province, state.rows[number].receiver[2:8])
    if isinstance(state, ApprovalState):
        return (state.origin, state.destination, owner[2:8], state.receiver[2:8])
    return (state.division, owner[2:8])


def _may_see(caller: Caller, chain: str, state: AccountState) -> bool:
    """Lists and permits are everybody's; a decision is its generator's, its receiver's and the authorities' (whitelist.registries)."""
    if not isinstance(state, ApprovalState) or reads(caller, "approval", _places(chain, state)):
        return True
    return not {chain.split("/")[1], state.receiver}.isdisjoint(caller.parties)


def _may_follow(caller: Caller, chain: str, state: AccountState, number: int) -> bool:
    """Movements say who sent what when: to the holder, whose they all are, and to whoever may read the acts that moved it."""
    topic = "approval" if isinstance(state, ListState) else "manifest"
    concerned = {_holder(chain, state, number)} | ({state.receiver} if isinstance(state, ApprovalState) else set())
    return not concerned.isdisjoint(caller.parties) or reads(caller, topic, _places(chain, state, number))


def _holder(chain: str, state: AccountState, number: int) -> str:
    return state.rows[number].receiver if isinstance(state, ListState) else chain.split("/")[1]


async def _balance(
    now: Snapshot, kinds: Kinds, account: str, state: AccountState, about: tuple[int, str, int, int | None]
) -> QuotaBalance | None:
    facts, (number, today, this_year, of_year) = now.workspace.facts, about
    if isinstance(state, ListState):
        return row_balance(facts, account, state, number, today)
    limit = limit_of(state, number, today)
    if isinstance(state, ApprovalState):
        return line_balance(facts, account, limit, await reserved_g(now, account, kinds))
    return site_balance(facts, account, limit, this_year, of_year or this_year)


async def reserved_g(now: Snapshot, account: str, kinds: Kinds) -> int:
    """What is issued and not received on a decision's line.

    Which loads are under way the projection says, and the account's own newest movements where it is behind; what each of them holds stands in
    the log's facts, at the very size of the answer.
    """
    facts, conn = now.workspace.facts, now.workspace.conn
    chain = account.split(" ")[1]
    views = await find_with_terms(conn, [f"party:{chain.split('/')[1]} open"], limit=OPEN_MAX)
    trunks = {view.chain for view in views.values() if view.state.approval == chain}
    newest: Account | None = facts.get(account_key(account))
    if newest is not None and newest.idx >= (behind := await projected(conn)):
        fresh = await store.list_moves(conn, account, newest.idx, OPEN_MAX, since=behind)
        trunks.update(trunk_of(read_entry(row.entry, kinds).statement.chain) for row in fresh)
        trunks.discard(chain)
    await now.workspace.load([key for trunk in sorted(trunks) for key in (chain_key(trunk), cases_key(trunk))])
    return sum(_held_g(facts, trunk, account) for trunk in trunks)


def _held_g(facts: Facts, trunk: str, account: str) -> int:
    state = manifest_at(facts, trunk)
    if state is None or state.times.received_s is not None or state.times.voided_s is not None:
        return 0
    return state.drawn.get(account, 0)


class _Kept(Struct, eq=False):
    """The newest answer of a log, what it cost (seconds), until when it serves, and who makes the next one."""

    lock: asyncio.Lock
    standing: QuotasStanding = QuotasStanding(-1, "")
    cost: float = 0.0
    until: float = 0.0
    task: asyncio.Task[None] | None = None

    def serves(self, size: int, day: str, least: int) -> bool:
        """Whether nothing newer is asked for yet."""
        known = self.standing
        return known.day == day and (known.size == size or (known.size >= least and monotonic() < self.until))


_KEPT: WeakKeyDictionary[Log, _Kept] = WeakKeyDictionary()


async def standing_quotas(log: Log, now_s: int, least: int, *, waits: bool) -> QuotasStanding:
    """Accounts of decisions, lists and permits in force on the day of a moment that raise an alert about the present; of ``least`` entries where
    the caller ``waits`` for it, else where that costs little."""
    head, today = await log.head(), day_of(now_s)
    size = 0 if head is None else head.size
    kept = _KEPT.setdefault(log, _Kept(asyncio.Lock()))
    if kept.serves(size, today, least):
        return kept.standing
    is_late = waits and kept.standing.size < least
    if kept.standing.day == today and kept.cost > AT_ONCE_S and not is_late:  # the one before serves until the next is there
        if kept.task is None or kept.task.done():
            kept.task = asyncio.create_task(_renew(log, kept, (size, least), now_s))
            kept.task.add_done_callback(lambda task: task.cancelled() or task.exception())  # the next request tries again
        return kept.standing
    await _renew(log, kept, (size, least), now_s)
    return kept.standing


async def _renew(log: Log, kept: _Kept, sizes: tuple[int, int], now_s: int) -> None:
    async with kept.lock:
        size, least = sizes
        if not kept.serves(size, day_of(now_s), least):  # or somebody else was at it
            begun = monotonic()
            kept.standing = await _look(log, now_s)
            kept.cost = monotonic() - begun
            kept.until = monotonic() + REST * kept.cost


async def _look(log: Log, now_s: int) -> QuotasStanding:
    async with snapshot(log) as now:
        conn, facts = now.workspace.conn, now.workspace.facts
        await now.workspace.load([chain_key(LOG_MAIN)])
        limits = thresholds_of(facts)
        if limits is None:
            return QuotasStanding(now.size, day_of(now_s))
        raw = dict[str, bytes]()
        for quota in ("Q1", "Q2", "Q3"):
            raw |= await fetch_facts_within(conn, f"account:{quota} ", EVERYTHING)
        accounts = [key.removeprefix("account:") for key in raw]
        keys = [key for account in accounts for key in (chain_key(account.split(" ")[1]), *balance_registers(account))]
        raw |= await _fetch(conn, keys)
        await asyncio.to_thread(_lay, log, facts, raw, keys)
        newest = [chain_key(newest_permit(facts, account[3:])) for account in accounts if account.startswith("Q3")]
        others = [f"account:{one}" for account in accounts for one in balance_accounts(facts, account)]
        wanted = [key for key in (*newest, *others) if not facts.holds(key)]
        await asyncio.to_thread(_lay, log, facts, await _fetch(conn, wanted), wanted)
        found_now = await asyncio.to_thread(lambda: sorted(alerted(facts, accounts, limits, now_s), key=lambda one: one.gravity))
    return QuotasStanding(now.size, day_of(now_s), tuple(found_now))


async def _fetch(conn: Any, keys: Iterable[str]) -> dict[str, bytes]:
    wanted = list(dict.fromkeys(keys))
    found = dict[str, bytes]()
    for start in range(0, len(wanted), AT_A_TIME):
        found |= await fetch_facts(conn, wanted[start : start + AT_A_TIME])
    return found


def _lay(log: Log, facts: Facts, raw: Mapping[str, bytes], keys: Iterable[str]) -> None:
    """Put what was read into the overlay, and that the rest is not there."""
    for key in keys:
        facts.values.setdefault(key, None)
    for key, value in raw.items():
        facts.values[key] = log.kinds.decode(key, value)


async def list_alerts(
    log: Log, caller: Caller, quota: str | None, limit: int, language: Language, claimed_s: int | None, least: int
) -> QuotaAlerts:
    """Accounts that are nearly used, of those that are the caller's matter."""
    now_s = await log.now(claimed_s)
    standing = await standing_quotas(log, now_s, least, waits=True)
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN)])
    found = [one for one in seen_by(standing, caller, now.workspace.facts) if quota in (None, one.account[:2])] if standing.quotas else []
    levels = Counter(one.level for one in found)
    shown = tuple(quota_alert(one, log.kinds, language) for one in found[:limit])
    return QuotaAlerts(size=standing.size, total=len(found), levels={level: levels[level] for level in ("H", "M", "L")}, quotas=shown)
