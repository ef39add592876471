"""Reading manifests: search, one manifest, its open acts, its entries. Everything comes from the projection and says how far it has come.

A party sees the manifests it takes part in; any other is answered as if it did not exist.
"""

import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta

from msgspec.structs import replace

from ledger.caller import Caller, reads
from ledger.chain import ULID, USCC
from ledger.directory import LOG_MAIN, log_state
from ledger.evidence.store import list_here
from ledger.fields import normal
from ledger.log import Log
from ledger.model import Head, chain_key
from ledger.problem import Language, Remedy
from ledger.reading import Page, Snapshot, read_cursor, snapshot, write_cursor
from ledger.store import Conn, fetch_facts, projected
from ledger.times import SHANGHAI, format_at, read_day
from manifests import answers, store, telling
from manifests.action_answers import ManifestActions, duty_answer
from manifests.attachments import AttachmentAnswer, attachments, digests_and_signers
from manifests.case import ManifestCases, cases_key
from manifests.correction_answers import CorrectionAnswer, correction_answers
from manifests.deadlines import FILE, duties, late_since
from manifests.fates import ManifestFates, ManifestOrigins, fates_of, id_of, origins_of
from manifests.history_answers import ManifestHistory, record_answer
from manifests.listed.decided import DecidedRows, decided_rows, registers_of, rows_of
from manifests.mass import limits_of
from manifests.matter_answers import contest_answers, gap_answer, held_until_s, hold_answers
from manifests.model import Stage
from manifests.plan_book import PlanBook, movements
from manifests.possible.answers import ManifestComing
from manifests.possible.service import owed_act, read_possible
from manifests.possible.service import read_coming as coming
from manifests.remedy import WHEN, contest_of, too_late
from manifests.search import Changed, Cursor, Search, scoped
from manifests.store import PAGE_MAX
from manifests.view import ManifestView
from signing.phrase import Phrase, Word, word_in
from signing.refusal import refuse
from whitelist.plan import PlanState
from whitelist.plan_answers import plan_answer, plan_keys
from whitelist.registries import visible_plans
from whitelist.service import present_of
from whitelist.terms import Present
from whitelist.thresholds import Thresholds
from whitelist.transfer import NUMBER
from whitelist.workdays import workdays_of

_MANIFEST = re.compile(rf"manifest/{USCC}/{ULID}")
_ULID = re.compile(ULID)
TRACED_MAX, DEPTH_MAX = 2_000, 64
"""Manifests of one answer about grams, and steps from one to the next."""


async def describe_manifests(conn: Conn, chains: Sequence[str], parties: Sequence[str]) -> dict[str, Word]:
    """Manifests by chain as people know them, by day, plate, receiver and stage, for texts that name them; those that one of ``parties`` takes
    part in, for of others nobody is told."""
    views = await store.fetch_views(conn, chains)
    return {chain: _told(view) for chain, view in views.items() if not set(view.parties).isdisjoint(parties)}


async def remedy_of(log: Log, envelope: bytes, codes: Collection[str], now_s: int) -> tuple[Remedy, Word] | None:
    """What may be brought in the place of an act that came too late for its trunk, and when that is right (manifests.remedy)."""
    if (act := too_late(envelope, codes, now_s)) is None:
        return None
    async with log.pool.acquire() as conn:
        keys = (chain_key(act.chain), cases_key(act.chain))
        found = {key: log.kinds.decode(key, raw) for key, raw in (await fetch_facts(conn, keys)).items()}
    remedy = contest_of(act, found.get(keys[0]), found.get(keys[1]) or ManifestCases(), codes)
    return None if remedy is None else (remedy, WHEN)


def _told(view: ManifestView) -> Word:
    day, state = format_at(view.issued_s)[:10], view.state
    truck = "".join(leg.vehicle.plate for leg in state.legs[-1:])
    stage = telling.stage(state.stage)
    return (
        "、".join(filter(None, (f"{day} 开具", f"送往{state.receiver}", truck, word_in(stage, "zh")))),
        ", ".join(filter(None, (f"load of {day} to {state.receiver}", truck, word_in(stage, "en")))),
    )


@asynccontextmanager
async def projection(log: Log) -> AsyncIterator[Snapshot]:
    """One snapshot for views and position, so that no answer claims more than it shows: its size is that of the projection."""
    async with snapshot(log) as now:
        yield replace(now, size=await projected(now.workspace.conn))


async def list_manifests(
    log: Log, caller: Caller, search: Search, page: Page, language: Language, claimed_s: int | None = None
) -> answers.Manifests:
    """Manifests that the caller may see, newest issue first, or as they have changed; whether one is held is a matter of the moment."""
    place: type[Cursor | Changed] = Cursor if search.updated_since is None else Changed
    after = read_cursor(page.cursor, place, search)
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s) if search.overdue else None
        late = () if present is None else late_since(present)
        if search.overdue and present is None:
            return answers.Manifests(size=now.size, manifests=(), next=None)
        decided = await _decided(now, search)
        wanted = replace(search, approvals=tuple(dict.fromkeys(approval for approval, _ in decided)))
        found = await store.search_views(now.workspace.conn, scoped(wanted, caller), after=after, limit=page.limit, late=late)
        views = found.views
        if search.list is not None:  # a decision may have lines on other rows, or on none
            views = [view for view in views if any(row is not None for row in rows_of(view.state, decided))]
        if present is not None and views:
            returning, state = await returning_of(now, views), log_state(now.workspace.facts)
            views = [view for view in views if any(duty.overdue for duty in duties(view, present, state, returning.get(view.chain, ())))]
        if search.held and views:
            limits, now_s = await _limits(now), await log.now(claimed_s)
            views = [view for view in views if held_until_s(view.state, limits) > now_s]
    following = None if found.next is None else write_cursor(found.next, search)
    return answers.Manifests(size=now.size, manifests=tuple(answers.item_of(view, language) for view in views), next=following)


async def _decided(now: Snapshot, search: Search) -> DecidedRows:
    """Decisions on the list that is asked for, or on its row."""
    if search.list is None:
        return {}
    chain, _, row = search.list.partition(" ")
    number, facts = int(row) if row else None, now.workspace.facts
    await now.workspace.load([chain_key(chain)])
    await now.workspace.load(registers_of(facts, chain, number))
    return decided_rows(facts, chain, number)


async def returning_of(now: Snapshot, views: Iterable[ManifestView]) -> dict[str, list[ManifestView]]:
    """Returns and redirects of some manifests, by the manifest whose refused waste they carry."""
    refused = [f"returns:{id_of(view.chain)}" for view in views if any(line.refused_g for line in view.state.lines)]
    found: dict[str, list[ManifestView]] = {}
    for one in (await store.find_with_terms(now.workspace.conn, refused, limit=TRACED_MAX)).values() if refused else ():
        if one.state.returns is not None:
            found.setdefault(one.state.returns.manifest, []).append(one)
    return found


async def _limits(now: Snapshot) -> Thresholds:
    await now.workspace.load([chain_key(LOG_MAIN)])
    return limits_of(now.workspace.facts)


async def find_named(log: Log, caller: Caller, name: str, language: Language) -> answers.ManifestChoice:
    """Manifests under a national number or a ULID, voided ones only if there is no other; NOT_FOUND when the caller may see none."""
    async with projection(log) as now:
        views = await _named(now, caller, name)
    if not views:
        raise refuse(
            "NOT_FOUND",
            field="manifest",
            found=name,
            expected=Phrase("14 位联单编号、存证标识，或 <移出人代码>/<存证标识>", "14 digits, a ULID, or <generator>/<ULID>"),
        )
    standing = [view for view in views if view.state.stage is not Stage.VOIDED] or views
    return answers.ManifestChoice(size=now.size, name=name, manifests=tuple(answers.item_of(view, language) for view in standing))


async def _named(now: Snapshot, caller: Caller, name: str) -> list[ManifestView]:
    """By number newest first: a number that was voided many times must not hide the manifest that holds it."""
    conn = now.workspace.conn
    if NUMBER.fullmatch(name):
        return await store.list_views(conn, scoped(Search(number=name), caller), limit=PAGE_MAX)
    if not _ULID.fullmatch(name):
        return []
    return [view for view in await store.find_views(conn, name) if answers.may_read(caller, view)]


async def read_manifest(
    log: Log, caller: Caller, generator: str, ulid: str, language: Language, claimed_s: int | None = None
) -> answers.ManifestAnswer:
    """One manifest as it stands; Refusal NOT_FOUND."""
    async with projection(log) as now:
        view = await _view(now, caller, generator, ulid)
        returning = await _returning(now, view)
        corrections: tuple[CorrectionAnswer, ...] = ()
        if view.corrections:  # as few manifests have
            await now.workspace.load([chain_key(LOG_MAIN)])
            facts, now_s = now.workspace.facts, await log.now(None)
            corrections = correction_answers(view, log_state(facts), limits_of(facts), now_s, language)
        files = await _attachments(log, now, view, claimed_s, language)
        state = view.state
        holds = hold_answers(state, await _limits(now), await log.now(claimed_s)) if state.holds else ()
    answer = answers.manifest_answer(view, now.size, log.kinds.rules, language, returning, corrections, files)
    return replace(answer, holds=holds, gap=gap_answer(state, language), contests=contest_answers(state))


async def read_actions(
    log: Log, caller: Caller, generator: str, ulid: str, language: Language, claimed_s: int | None = None, party: str | None = None
) -> ManifestActions:
    """Who must do what next, by the adopted calendars and the log's present, and what the caller, or the ``party`` that is asked for, may do;
    ``claimed_s`` is a simulated log's."""
    now_s = await log.now(claimed_s)
    async with projection(log) as now:
        view = await _view(now, caller, generator, ulid)
        returning = await _returning(now, view)
        await now.workspace.load([chain_key(LOG_MAIN)])
        files = await _attachments(log, now, view, now_s, language)
        facts = now.workspace.facts
        found = duties(view, Present(now_s, workdays_of(facts), limits_of(facts)), log_state(facts), returning)
        part = await read_possible(now, log.kinds, caller, party, view, map(owed_act, found), now_s, language)
    return ManifestActions(
        size=now.size,
        at=format_at(now_s),
        id=f"{generator}/{ulid}",
        stage=view.state.stage.value,
        actions=tuple(duty_answer(duty, language, part.blockers.get(owed_act(duty), ())) for duty in found if duty.kind != FILE),
        party=part.party,
        possible=part.acts,
        pending=part.pending,
        attachments=tuple(file for file in files if file.due_on is not None),
    )


async def read_coming(
    log: Log, caller: Caller, generator: str, ulid: str, language: Language, claimed_s: int | None = None
) -> ManifestComing:
    """The caller's trip from here on, prepared for a device that goes on without a network; Refusal NOT_FOUND."""
    now_s = await log.now(claimed_s)
    async with projection(log) as now:
        view = await _view(now, caller, generator, ulid)
        await now.workspace.load([chain_key(LOG_MAIN)])
        part = await read_possible(now, log.kinds, caller, None, view, (), now_s, language)
        return await coming(now, log.kinds, caller.uscc, view, part, now_s, language)


async def read_plan(log: Log, caller: Caller, chain: str, page: Page) -> PlanBook:
    """A plan, as far as the caller may see it, and a page of the manifests that count on it; Refusal NOT_FOUND."""
    search = scoped(Search(plan=chain.removeprefix("plan/")), caller)
    after = read_cursor(page.cursor, Cursor, search)
    async with projection(log) as now:
        await now.workspace.load([chain_key(chain)])
        head: Head[PlanState] | None = now.workspace.facts.head(chain)
        if head is None or head.state is None or not visible_plans(caller, chain, head.state):
            raise refuse("NOT_FOUND", field="plan", found=chain, expected=Phrase("本单位有权查看的管理计划", "a plan that you may see"))
        await now.workspace.load(plan_keys(caller, chain, head.state))
        found = await store.search_views(now.workspace.conn, search, after=after, limit=page.limit)
        plan = plan_answer(caller, chain, head, now.workspace.facts)
    following = None if found.next is None else write_cursor(found.next, search)
    return PlanBook(size=now.size, plan=plan, movements=movements(plan, found.views), next=following)


async def read_history(log: Log, caller: Caller, generator: str, ulid: str) -> ManifestHistory:
    """Every entry about a manifest, in the order of the log."""
    async with projection(log) as now:
        view = await _view(now, caller, generator, ulid)
    entries = await log.entries_at(sorted([*(record.index for record in view.records), *view.state.beside]))
    return ManifestHistory(size=now.size, id=f"{generator}/{ulid}", entries=tuple(map(record_answer, entries)))


async def _attachments(
    log: Log, now: Snapshot, view: ManifestView, claimed_s: int | None, language: Language
) -> tuple[AttachmentAnswer, ...]:
    """Its attachments and which of them are in the store; of a manifest without any nothing is asked."""
    if not view.files:
        return ()
    await now.workspace.load([chain_key(LOG_MAIN)])
    here = await list_here(now.workspace.conn, digests_and_signers(view))
    facts, now_s = now.workspace.facts, await log.now(claimed_s)
    return attachments(view, here, now_s, workdays_of(facts), limits_of(facts), log.kinds.rules, language)


async def _returning(now: Snapshot, view: ManifestView) -> list[ManifestView]:
    """Returns and redirects of a manifest, oldest first; whoever may read it may know of them."""
    if not any(line.refused_g for line in view.state.lines):
        return []
    return (await store.list_views(now.workspace.conn, Search(returns=view.chain.removeprefix("manifest/")), limit=PAGE_MAX))[::-1]


async def _view(now: Snapshot, caller: Caller, generator: str, ulid: str) -> ManifestView:
    chain = f"manifest/{generator}/{ulid}"
    view = await store.fetch_view(now.workspace.conn, chain) if _MANIFEST.fullmatch(chain) else None
    if view is None or not answers.may_read(caller, view):
        raise refuse("NOT_FOUND", field="manifest", found=f"{generator}/{ulid}")
    return view


def normal_text(field: str, asked: str | None, example: str) -> str | None:
    """A plate or waybill as registers know it, whatever dots, blanks and widths it is written with; QUERY_FORM for nothing but those."""
    if asked is None:
        return None
    if not (found := normal(asked)) or not found.isprintable():
        raise refuse("QUERY_FORM", field=field, found=ascii(asked), expected=example)
    return found


def day_begins(field: str, day: str | None, *, following: bool = False) -> datetime | None:
    """The first moment of a Shanghai day, or of the ``following`` one; QUERY_FORM for what is no day of this and the next century."""
    if day is None:
        return None
    found = read_day(day)
    if found is None or not 2000 <= found.year <= 2199:
        raise refuse("QUERY_FORM", field=field, found=day, expected="YYYY-MM-DD")
    return datetime.combine(found, time(), SHANGHAI) + timedelta(days=following)


async def read_fates(log: Log, caller: Caller, chain: str, language: Language) -> ManifestFates:
    """Where a manifest's grams ended; Refusal NOT_FOUND, TRACE_LARGE."""
    async with projection(log) as now:
        views = await _gather_onward(now, await _told_view(now, caller, chain))
    return ManifestFates(size=now.size, id=id_of(chain), lines=fates_of(views, chain, language))


async def read_origins(log: Log, caller: Caller, chain: str) -> ManifestOrigins:
    """Where a manifest's grams came from; Refusal NOT_FOUND, TRACE_LARGE."""
    async with projection(log) as now:
        views = await _gather_back(now, await _told_view(now, caller, chain))
    return ManifestOrigins(size=now.size, id=id_of(chain), lines=origins_of(views, chain))


async def _told_view(now: Snapshot, caller: Caller, chain: str) -> ManifestView:
    """A manifest for those whose grams are told: where they went on to is no matter of a carrier."""
    view = await store.fetch_view(now.workspace.conn, chain) if _MANIFEST.fullmatch(chain) else None
    if view is None or not ({view.state.generator, view.state.receiver} & {*caller.parties} or reads(caller, "manifest", view.places)):
        raise refuse("NOT_FOUND", field="manifest", found=id_of(chain))
    return view


async def _gather_onward(now: Snapshot, view: ManifestView) -> dict[str, ManifestView]:
    """A manifest and all to which its grams went on, by chain."""
    found, fresh, depth = {view.chain: view}, [view.chain], 0
    while fresh:
        onward = await _onward(now, fresh)
        fresh, depth = [chain for chain in onward if chain not in found], depth + 1
        found |= onward
        _bound(found, depth)
    return found


async def _gather_back(now: Snapshot, view: ManifestView) -> dict[str, ManifestView]:
    """A manifest and all from which its grams came, and of each of these whatever else went on from it, by chain."""
    found, fresh, depth = {view.chain: view}, [view.chain], 0
    back = dict(found)
    while fresh:
        wanted = dict.fromkeys(source for chain in fresh for _, source in back[chain].state.sources if source not in back)
        sources = await store.fetch_views(now.workspace.conn, list(wanted))
        back |= sources
        found |= sources | await _onward(now, list(sources))
        fresh, depth = list(sources), depth + 1
        _bound(found, depth)
    return found


async def _onward(now: Snapshot, chains: Iterable[str]) -> dict[str, ManifestView]:
    terms = [f"{how}:{id_of(chain)}" for chain in chains for how in ("lot", "returns")]
    return await store.find_with_terms(now.workspace.conn, terms, limit=TRACED_MAX + 1) if terms else {}


def _bound(found: dict[str, ManifestView], depth: int) -> None:
    """Refusal TRACE_LARGE: an answer that leaves grams out would be a wrong one."""
    if len(found) > TRACED_MAX or depth > DEPTH_MAX:
        raise refuse("TRACE_LARGE", field="manifest", found=f"{len(found)} / {depth}", expected=f"≤ {TRACED_MAX} / {DEPTH_MAX}")
