"""Dry runs, and registries of permits, lists, approvals and quotas in pages. Every answer is of one moment and says its log size."""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.admission.facts import account_key, chain_key
from ledger.admission.workspace import Workspace
from ledger.caller import Caller
from ledger.cursor import Position, read_cursor, write_cursor
from ledger.directory import LOG_MAIN
from ledger.log import Log
from ledger.mass import format_mass
from ledger.problem import Language
from ledger.reading import PAST_MAX, Page, Snapshot, past_at, snapshot
from ledger.times import year_of
from signing.refusal import refuse
from whitelist import store
from whitelist.answers import (
    Approvals,
    CheckAnswers,
    Listings,
    Lists,
    Permits,
    QuotaAnswer,
    Quotas,
    approval_answer,
    list_answer,
    listing_answer,
    permit_answer,
)
from whitelist.dry_run import DryRunState, Question, answer_checks, check_caller, read_checks, wanted_keys
from whitelist.quota import q1_account, q2_account, q3_account, q3_key, q3_used_g
from whitelist.selection import (
    Wanted,
    approval_prefix,
    granted_lines,
    list_prefix,
    permit_prefix,
    wanted_listings,
    wants_approval,
    wants_list,
    wants_permit,
)
from whitelist.store import RegistryRow, Select


async def dry_run(log: Log, caller: Caller, raw: bytes, language: Language, claimed_s: int | None = None) -> CheckAnswers:
    """Answer ``POST /v1/checks`` without writing anything; ``claimed_s`` is a simulated log's present. Raises Refusal and Busy."""
    asked = read_checks(raw)
    check_caller(caller, asked.transfers)
    ground = await _present(log, asked, claimed_s) if asked.terms.as_of is None else await _past(log, asked.terms.as_of)
    return answer_checks(asked, ground, log.kinds, language)


async def _present(log: Log, asked: Question, claimed_s: int | None) -> DryRunState:
    """The committed facts that the transfers read, in one query per round of references."""
    now_s = await log.now(claimed_s)
    async with snapshot(log) as now:
        workspace = now.workspace
        await workspace.follow(lambda: [chain_key(LOG_MAIN), *wanted_keys(asked.transfers, workspace.facts)])
    return DryRunState(facts=workspace.facts, size=now.size, last_s=now.at_s, now_s=now_s)


async def _past(log: Log, size: int) -> DryRunState:
    """Everything as the first ``size`` entries left it; Refusal AS_OF_SIZE or AS_OF_LARGE."""
    head = await log.head()
    present = 0 if head is None else head.size
    if not 1 <= size <= present:
        raise refuse("AS_OF_SIZE", field="body.as_of", found=size, expected=f"1 to {present}")
    if size > PAST_MAX:
        raise refuse("AS_OF_LARGE", field="body.as_of", found=size, expected=f"≤ {PAST_MAX}")
    past = await past_at(log, size)
    return DryRunState(facts=past.facts, size=size, last_s=past.at_s, now_s=past.at_s)


async def list_permits(log: Log, wanted: Wanted, page: Page) -> Permits:
    """Permits, by receiver and code."""

    def select(chain: str, state: Any) -> Iterable[int]:
        return (0,) if wants_permit(wanted, state) else ()

    async with snapshot(log) as now:
        rows, following = await _scan(log, now, [permit_prefix(wanted)], select, page)
    return Permits(size=now.size, permits=tuple(permit_answer(row.chain, row.head) for row in rows), next=following)


async def list_lists(log: Log, wanted: Wanted, page: Page) -> Lists:
    """Lists, by year and direction."""

    def select(chain: str, state: Any) -> Iterable[int]:
        return (0,) if wants_list(wanted, chain, state) else ()

    async with snapshot(log) as now:
        rows, following = await _scan(log, now, [list_prefix(wanted)], select, page)
    return Lists(size=now.size, lists=tuple(list_answer(row.chain, row.head) for row in rows), next=following)


async def list_listings(log: Log, wanted: Wanted, page: Page) -> Listings:
    """Rows of lists with what decisions committed on them."""

    def select(chain: str, state: Any) -> Iterable[int]:
        return wanted_listings(wanted, chain, state)

    async with snapshot(log) as now:
        rows, following = await _scan(log, now, [list_prefix(wanted)], select, page)
        await now.workspace.load([account_key(q1_account(row.chain, row.number)) for row in rows])
    used = [now.workspace.facts.used_g(q1_account(row.chain, row.number)) for row in rows]
    listings = [
        listing_answer(row.chain, row.number, row.state, row.state.rows[row.number], used_g) for row, used_g in zip(rows, used, strict=True)
    ]
    return Listings(size=now.size, listings=tuple(listings), next=following)


async def list_approvals(log: Log, caller: Caller, wanted: Wanted, page: Page) -> Approvals:
    """Approvals that concern the caller, with what manifests drew on each line."""

    def select(chain: str, state: Any) -> Iterable[int]:
        return (0,) if wants_approval(wanted, caller, chain, state) else ()

    async with snapshot(log) as now:
        rows, following = await _scan(log, now, [approval_prefix(wanted)], select, page)
        lines = {row.chain: granted_lines(row.state) for row in rows}
        await now.workspace.load([account_key(q2_account(chain, number)) for chain, numbers in lines.items() for number in numbers])
    facts = now.workspace.facts
    approvals = tuple(
        approval_answer(row.chain, row.head, {number: facts.used_g(q2_account(row.chain, number)) for number in lines[row.chain]})
        for row in rows
    )
    return Approvals(size=now.size, approvals=approvals, next=following)


async def list_quotas(log: Log, caller: Caller, wanted: Wanted, page: Page) -> Quotas:
    """Every quota that exists, touched or not: Q2 of decisions that concern the caller, Q1 of listings, Q3 of permits."""
    year = year_of(await log.now())

    def select(chain: str, state: Any) -> Iterable[int]:
        if chain.startswith("approval/"):
            return granted_lines(state, wanted.code) if wants_approval(wanted, caller, chain, state) else ()
        if chain.startswith("list/"):
            return wanted_listings(wanted, chain, state)
        return (0,) if wants_permit(wanted, state) else ()

    async with snapshot(log) as now:
        rows, following = await _scan(log, now, _quota_prefixes(wanted), select, page)
        await now.workspace.load([key for row in rows for key in _account_keys(row)])
    return Quotas(size=now.size, quotas=tuple(_quota(row, now.workspace, year) for row in rows), next=following)


def _quota_prefixes(wanted: Wanted) -> list[str]:
    """Ascending. A generator has no part in Q1 and Q3, so its filter leaves decisions only."""
    prefixes = {"Q2": approval_prefix(wanted), "Q1": list_prefix(wanted), "Q3": permit_prefix(wanted)}
    kept = ("Q2",) if wanted.generator is not None else ("Q2", "Q1", "Q3")
    return [prefixes[quota] for quota in kept if wanted.quota in (None, quota)]


def _account(row: RegistryRow) -> str:
    match row.chain.partition("/")[0]:
        case "approval":
            return q2_account(row.chain, row.number)
        case "list":
            return q1_account(row.chain, row.number)
        case _:
            return q3_account(row.state.root)


def _account_keys(row: RegistryRow) -> tuple[str, ...]:
    key = account_key(_account(row))
    return (key, q3_key(row.state.root)) if row.chain.startswith("permit/") else (key,)


def _quota(row: RegistryRow, workspace: Workspace, year: int) -> QuotaAnswer:
    """Limit and use of one account. ``year`` is the present one, to which the use of a permit's scale belongs."""
    account, state = _account(row), row.state
    quota = account[:2]
    match quota:
        case "Q1":
            listing = state.rows[row.number]
            holder, of_year, limit_g, used_g = listing.receiver, state.year, listing.quota_g, workspace.facts.used_g(account)
        case "Q2":
            holder, of_year, limit_g, used_g = (
                row.chain.split("/")[1],
                None,
                state.lines[row.number].mass_g,
                workspace.facts.used_g(account),
            )
        case _:
            holder, of_year, limit_g, used_g = row.chain.split("/")[1], year, state.scale_g, q3_used_g(workspace.facts, state.root, year)
    touched = workspace.facts.get(account_key(account))
    return QuotaAnswer(
        account=account,
        quota=quota,
        chain=row.chain,
        number=None if quota == "Q3" else row.number,
        holder=holder,
        year=of_year,
        limit_t=format_mass(limit_g),
        used_t=format_mass(used_g),
        left_t=format_mass(limit_g - used_g),
        index=None if touched is None else touched.idx,
    )


async def _scan(log: Log, now: Snapshot, prefixes: Sequence[str], select: Select, page: Page) -> tuple[list[RegistryRow], str | None]:
    after = read_cursor(page.cursor, Position)
    rows, place = await store.scan_rows(now.workspace.conn, log.kinds, prefixes, select, after=after, limit=page.limit)
    return rows, None if place is None else write_cursor(place)
