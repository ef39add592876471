"""Dry runs, and registries of permits, lists, approvals, plans and quotas in pages. Every answer is of one moment and says its log size."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.sequencer import Busy
from ledger.answers import changed_party
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state, party_chain
from ledger.log import Log
from ledger.model import Facts, account_key, chain_key
from ledger.parties.store import fetch_changed
from ledger.past import PAST_MAX, PastTooLong, PastWanted, past_at, size_at
from ledger.problem import Language
from ledger.reading import Page, Position, Snapshot, read_cursor, snapshot, write_cursor
from ledger.times import day_of, parse_at
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist import answers
from whitelist.alternatives import APPROVALS_MAX, LISTS_MAX, PERMITS_MAX, PossibleChains, WasteSource
from whitelist.answers import Approvals, Listings, Lists, Permits, Quotas
from whitelist.approval import ApprovalState, approval_at
from whitelist.approval_view import APPLY_KIND, ApprovalView, approval_view
from whitelist.balance import balance_registers, row_keys
from whitelist.check_answers import AskedTransfer, CheckAnswers
from whitelist.dry_run import DryRunState, Question, answer_checks, asked_at_s, check_caller, parties_of, read_checks, wanted_keys
from whitelist.fields import APPROVAL
from whitelist.list_answers import list_answer, listing_answer, row_status
from whitelist.listing import EVERYWHERE, ListState
from whitelist.names import codes_in, names_of
from whitelist.plan_answers import Plans, plan_answer, plan_keys
from whitelist.quota import q2_account
from whitelist.registries import RegistryRow, Select, Wanted
from whitelist.registry_terms import code_group
from whitelist.rules.number import NumberHolders, number_key
from whitelist.seeking import AlternativeSearch, named_in, search_for
from whitelist.store import Part, find_chains, rows_behind
from whitelist.terms import Present
from whitelist.thresholds import thresholds_of
from whitelist.workdays import workdays_of

T = TypeVar("T", bound=Struct)
AT_ONCE, BESIDE_MAX, OF_ONE, BUSY_S = 20, 8, 2, 5
"""Lines of transfers that are judged while other requests wait; requests of more that are held beside them, of which one is judged at a time, and
that one caller may have there; and when to come again."""
BESIDE, HELD = asyncio.Lock(), list[str]()
"""Whose turn it is among the large ones of this process, and who waits: each line may be wrong in several ways, and telling a thousand transfers
of sixteen lines everything takes half a minute."""


async def dry_run(log: Log, caller: Caller, raw: bytes, language: Language, claimed_s: int | None = None) -> CheckAnswers:
    """Answer ``POST /v1/checks`` without writing anything; ``claimed_s`` is a simulated log's present. Raises Refusal and Busy."""
    asked = read_checks(raw)
    check_caller(caller, asked.transfers)
    of_now = asked.terms.as_of is None and asked.terms.as_of_time is None
    ground = await _present(log, asked, claimed_s) if of_now else await _past(log, asked)
    search = None
    if asked.terms.alternatives:
        search = search_for(asked.transfers, caller, ground.facts)
        if of_now:
            search = await _find_named(log, search)
            ground = await _present(log, asked, claimed_s, search)
        else:
            search = named_in(ground.facts, search)
    if sum(len(one.lines) for one in asked.transfers if isinstance(one, AskedTransfer)) <= AT_ONCE >= len(asked.transfers):
        return answer_checks(asked, ground, log.kinds, language, caller, search)
    if len(HELD) >= BESIDE_MAX or HELD.count(caller.uscc) >= OF_ONE:
        raise Busy("other large checks are being answered", BUSY_S)
    HELD.append(caller.uscc)
    try:
        async with BESIDE:
            return await asyncio.to_thread(answer_checks, asked, ground, log.kinds, language, caller, search)  # some 0.2 ms a transfer
    finally:
        HELD.remove(caller.uscc)


async def _present(log: Log, asked: Question, claimed_s: int | None, search: AlternativeSearch | None = None) -> DryRunState:
    """The committed facts that the transfers read."""
    now_s = log.clock(claimed_s)

    def wanted(facts: Facts) -> list[str]:
        at_s = asked_at_s(asked, now_s)
        return [chain_key(LOG_MAIN), *wanted_keys(asked.transfers, at_s, facts), *(() if search is None else search.keys(at_s, facts))]

    async with log.pool.acquire() as conn:
        found = await log.kept.read(conn, wanted)
        while found.head.at_s > now_s:  # no entry could come before the last one
            now_s = found.head.at_s
            found = await log.kept.read(conn, wanted)
    return DryRunState(facts=found.facts, size=found.head.size, last_s=found.head.at_s, now_s=now_s)


async def _find_named(log: Log, search: AlternativeSearch) -> AlternativeSearch:
    """The chains in which alternatives may stand, by the index of the registries."""
    found: dict[WasteSource, PossibleChains] = {}
    async with log.pool.acquire() as conn:
        for source in search.sources:
            code = code_group(source.code)
            lists = await find_chains(conn, "list/", [[f"from:{source.home}", f"from:{EVERYWHERE}"], code], LISTS_MAX)
            permits = await find_chains(conn, "permit/", [code], PERMITS_MAX)
            approvals: tuple[str, ...] = ()
            if source.with_decisions:
                groups = [[f"code:{source.code}"], ["stage:approved"]]
                approvals = await find_chains(conn, f"approval/{source.generator}/", groups, APPROVALS_MAX)
            found[source] = PossibleChains(lists, permits, approvals)
    return AlternativeSearch(search.sources, found)


async def _past(log: Log, asked: Question) -> DryRunState:
    """What the transfers read as the first entries left it; Refusal AS_OF_SIZE, AS_OF_TIME or AS_OF_LARGE."""
    head, terms = await log.head(), asked.terms
    present = 0 if head is None else head.size
    if terms.as_of_time is not None:
        size = await size_at(log, parse_at(terms.as_of_time, "body.as_of_time"), present)
        if not size:
            raise refuse("AS_OF_BEFORE", field="body.as_of_time", found=terms.as_of_time)
    else:
        size = terms.as_of or 0
    if not 1 <= size <= present:
        raise refuse("AS_OF_SIZE", field="body.as_of", found=size, expected=Phrase(f"1 至 {present} 的整数", f"1 to {present}"))
    try:
        past = await past_at(log, size, await _past_wanted(log, asked))
    except PastTooLong:
        raise refuse("AS_OF_LARGE", field="body.as_of", found=size, expected=f"≤ {PAST_MAX}") from None
    return DryRunState(facts=past.facts, size=size, last_s=past.at_s, now_s=past.at_s)


async def _past_wanted(log: Log, asked: Question) -> PastWanted | None:
    """The entries that can have moved what these transfers read; ``None`` for all: alternatives and emergencies count loads of anybody."""
    transfers = [transfer for transfer in asked.transfers if isinstance(transfer, AskedTransfer)]
    if asked.terms.alternatives or any(transfer.emergency is not None for transfer in transfers):
        return None
    parties = sorted({party for transfer in transfers for party in (*parties_of(transfer), *transfer.carriers)})
    numbers = sorted({transfer.number for transfer in transfers if transfer.number is not None})
    async with snapshot(log) as now:
        await now.workspace.load(map(number_key, numbers))
        registers: list[NumberHolders | None] = [now.workspace.facts.get(number_key(number)) for number in numbers]
    holders = [holder.manifest for register in registers if register is not None for holder in register.holders]
    holders += [manifest for transfer in transfers for manifest in transfer.carried_on]
    shared = ("log/", "permit/", "list/", "approval/", "emergency/")
    own = [*(f"party/{party}" for party in parties), *(f"plan/{party}/" for party in parties), *(f"number/{number}" for number in numbers)]
    named = [name for manifest in holders for name in (manifest, f"case/{manifest.removeprefix('manifest/')}/")]
    return PastWanted((*shared, *own, *dict.fromkeys(named)), tuple(parties))


async def list_permits(log: Log, wanted: Wanted, page: Page) -> Permits:
    """Permits, by receiver and code."""
    found = await scan_registry(log, wanted, [registry_part(wanted, "permit")], wanted.permits, page)
    return Permits(size=found.size, permits=tuple(map(answers.permit_answer, found.rows)), next=found.next)


async def list_lists(log: Log, wanted: Wanted, page: Page) -> Lists:
    """Lists, by year and direction."""
    now_s = await log.now()
    found = await scan_registry(log, wanted, [registry_part(wanted, "list")], wanted.lists, page, lambda *_: [chain_key(LOG_MAIN)])
    lists = tuple(list_answer(row, log_state(found.facts), now_s) for row in found.rows)
    return Lists(size=found.size, lists=lists, next=found.next)


async def list_listings(log: Log, wanted: Wanted, page: Page) -> Listings:
    """Rows of lists with what decisions committed on them."""

    def keys(row: RegistryRow, facts: Facts) -> Iterable[str]:
        return row_keys(facts, row.account, day_of(now_s))

    def select(chain: str, state: ListState) -> Iterable[int]:
        numbers = wanted.listings(chain, state)
        return numbers if wanted.status is None else (one for one in numbers if row_status(state, one, now_s) == wanted.status)

    now_s = await log.now()
    found = await scan_registry(log, wanted, [registry_part(wanted, "list")], select, page, keys)
    listings = tuple(listing_answer(row, found.facts, now_s) for row in found.rows)
    return Listings(size=found.size, listings=listings, next=found.next)


async def list_approvals(log: Log, caller: Caller, wanted: Wanted, page: Page) -> Approvals:
    """Approvals that concern the caller, with what manifests drew on each line."""

    def accounts(row: RegistryRow, _: Facts) -> list[str]:
        return [account_key(q2_account(row.chain, number)) for number in range(len(row.state.lines))]

    found = await scan_registry(log, wanted, [registry_part(wanted, "approval", caller)], partial(wanted.approvals, caller), page, accounts)
    approvals = tuple(answers.approval_answer(row, found.facts) for row in found.rows)
    return Approvals(size=found.size, approvals=approvals, next=found.next)


async def present_of(log: Log, now: Snapshot, claimed_s: int | None) -> Present | None:
    """The log's present with the adopted calendars and thresholds; ``None`` where none were adopted, and nothing is open."""
    await now.workspace.load([chain_key(LOG_MAIN)])
    facts = now.workspace.facts
    limits = thresholds_of(facts)
    return None if limits is None else Present(await log.now(claimed_s), workdays_of(facts), limits)


async def read_approval(log: Log, caller: Caller, chain: str, language: Language, claimed_s: int | None) -> ApprovalView:
    """One application or decision whole; Refusal NOT_FOUND, also where it concerns the caller not."""
    async with snapshot(log) as now:
        facts = now.workspace.facts
        await now.workspace.load([chain_key(chain)] if APPROVAL.fullmatch(chain) else [])
        head = facts.head(chain) if facts.holds(chain_key(chain)) else None
        state: ApprovalState | None = None if head is None else head.state
        present = await present_of(log, now, claimed_s)
        if head is None or state is None or present is None or not any(True for _ in Wanted().approvals(caller, chain, state)):
            raise refuse("NOT_FOUND", field="approval", found=chain.partition("/")[2])
        await now.workspace.load([account_key(q2_account(chain, number)) for number in range(len(state.lines))])
        entries = [entry for entry in await log.chain_entries(chain) if entry.index <= head.idx]
        replaced = next((one.statement.body.replaces for one in reversed(entries) if one.statement.kind == APPLY_KIND), None)
        if replaced is not None:
            await now.workspace.load([chain_key(replaced)])
            old = approval_at(facts, replaced)
            await now.workspace.load([] if old is None else [chain_key(old.permit)])
    return approval_view(RegistryRow(chain, 0, head), entries, now.size, facts, present, replaced, log.kinds, language)


async def list_plans(log: Log, caller: Caller, wanted: Wanted, page: Page) -> Plans:
    """Management plans that concern the caller, with what manifests moved out on each line."""

    def keys(row: RegistryRow, _: Facts) -> list[str]:
        return plan_keys(caller, row.chain, row.state)

    found = await scan_registry(log, wanted, [registry_part(wanted, "plan", caller)], partial(wanted.plans, caller), page, keys)
    plans = tuple(plan_answer(caller, row.chain, row.head, found.facts) for row in found.rows)
    return Plans(size=found.size, plans=plans, next=found.next)


async def list_quotas(log: Log, caller: Caller, wanted: Wanted, page: Page) -> Quotas:
    """Every quota that exists, touched or not: Q2 of decisions that concern the caller, Q1 of listings, Q3 of permits."""
    now_s = await log.now()
    # Ascending, as chains are read. A generator has no part in Q1 and Q3, so its filter leaves decisions only.
    types = {"Q2": "approval", "Q1": "list", "Q3": "permit"} if wanted.generator is None else {"Q2": "approval"}
    wanted = replace(wanted, granted=True)  # No other application has an account.
    parts = [registry_part(wanted, chain_type, caller) for quota, chain_type in types.items() if wanted.quota in (None, quota)]

    def accounts(row: RegistryRow, facts: Facts) -> Iterable[str]:
        if row.account.startswith("Q1"):
            return row_keys(facts, row.account, day_of(now_s))
        return [account_key(row.account), *balance_registers(row.account)]

    found = await scan_registry(log, wanted, parts, partial(wanted.quotas, caller), page, accounts)
    quotas = tuple(answers.quota_answer(row, found.facts, day_of(now_s)) for row in found.rows)
    return Quotas(size=found.size, quotas=quotas, next=found.next)


async def with_names(log: Log, answer: T, language: Language) -> T:
    """The same answer with the names of its codes, as they are now, and what has become of parties that are not what they were."""
    codes = codes_in(answer)
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN), *(chain_key(party_chain(party)) for party in sorted(codes.parties))])
        rows = await fetch_changed(now.workspace.conn, sorted(codes.parties))
    if now.workspace.facts.state(LOG_MAIN) is None:
        return answer
    changed = {"changed": {row.uscc: changed_party(row) for row in rows}} if "changed" in answer.__struct_fields__ else {}
    return replace(answer, names=names_of(codes, now.workspace.facts, language), **changed)


def registry_part(wanted: Wanted, chain_type: str, caller: Caller | None = None) -> Part:
    """Chains of one type that are asked for; ``caller`` is needed where not everybody may read."""
    return Part(wanted.prefix(chain_type), wanted.groups(chain_type, caller))


class ScannedRegistry(Struct, frozen=True, gc=False):
    """A page of a registry as of ``size`` entries, with the facts that its rows need."""

    size: int
    rows: list[RegistryRow]
    next: str | None
    facts: Facts


async def registry_row(now: Snapshot, chain: str, select: Select) -> RegistryRow:
    """One chain, where ``select`` lets it through; Refusal NOT_FOUND where it does not, or the log has none of the name."""
    await now.workspace.load([chain_key(chain)])
    head = now.workspace.facts.head(chain)
    if head is None or head.state is None or not any(True for _ in select(chain, head.state)):
        field, _, name = chain.partition("/")
        raise refuse("NOT_FOUND", field=field, found=name)
    return RegistryRow(chain, 0, head)


async def scan_registry(
    log: Log,
    wanted: Wanted,
    parts: Sequence[Part],
    select: Select,
    page: Page,
    keys: Callable[[RegistryRow, Facts], Iterable[str]] = lambda *_: (),
) -> ScannedRegistry:
    """One page of the chains that the parts are for, and the facts under the ``keys`` of its rows, asked for until they name nothing new."""
    asked = (tuple(part.prefix for part in parts), wanted)
    after = read_cursor(page.cursor, Position, asked)
    async with snapshot(log) as now:
        rows, place = await rows_behind(now.workspace.conn, log.kinds, parts, select, after, page.limit, wanted.updated_since, now.size)
        await now.workspace.follow(lambda: [key for row in rows for key in keys(row, now.workspace.facts)])
    return ScannedRegistry(now.size, rows, None if place is None else write_cursor(place, asked), now.workspace.facts)
