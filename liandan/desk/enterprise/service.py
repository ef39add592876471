"""What the day of a clerk stands on: manifests, drafts judged in one check, signatures that wait, decisions; every answer by the services of ``/v1``."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LOG_MAIN, party_chain, party_name
from ledger.log import Log
from ledger.mass import parse_mass
from ledger.model import chain_key
from ledger.pending.answers import PendingAnswer
from ledger.pending.service import Relay
from ledger.problem import Language, ProblemError
from ledger.reading import PAGE_MAX, Page, Snapshot
from ledger.store import fetch_facts
from ledger.times import day_of
from liandan.desk.enterprise import store
from liandan.desk.enterprise.draft import KeptDraft, asked_of, on_decision
from liandan.desk.enterprise.today import OtherDecision, TodayGround, other_lines
from manifests.model import Stage
from manifests.possible.answers import blocker_answers
from manifests.possible.judging import Asker
from manifests.possible.service import possible_acts, stand_on
from manifests.search import Search, scoped
from manifests.service import projection
from manifests.store import fetch_views, search_views
from manifests.view import ManifestView
from manifests.work.service import read_work
from whitelist import service as registries
from whitelist.answers import ApprovalAnswer
from whitelist.check_answers import CheckAnswer, CheckAnswers
from whitelist.names import codes_in, names_of
from whitelist.registries import Wanted
from whitelist.service import present_of
from whitelist.thresholds import Thresholds

DEPART = "manifest.depart/1"
SHOWN_MAX, DRAFTS_MAX, OTHERS_MAX, PENDING_MAX, WORK_MAX = 30, 60, 4, 20, 12
"""Manifests of a stage, drafts, other decisions for a draft, signatures and duties that stand on the first page."""


class _Loads(Struct, frozen=True):
    """Manifests that matter today, and what blocks the departure of each that is issued."""

    views: tuple[ManifestView, ...]
    departures: dict[str, tuple[ProblemError, ...] | None]
    names: dict[str, str]
    limits: Thresholds | None


async def read_today(log: Log, relay: Relay | None, caller: Caller, language: Language, claimed_s: int | None) -> TodayGround:
    """Everything that the page of today shows."""
    now_s = await log.now(claimed_s)
    async with log.pool.acquire() as conn:
        kept = await store.list_drafts(conn, caller.uscc, "draft", DRAFTS_MAX)
    drafts = await without_signed(log, kept)
    loads = await _loads(log, caller, language, claimed_s)
    approvals = await approvals_of(log, caller)
    answers, others = await judge_drafts(log, caller, drafts, approvals, language, claimed_s)
    pending: tuple[PendingAnswer, ...] = ()
    if relay is not None:
        pending = (await relay.list_for(caller, None, True, Page(None, PENDING_MAX), language, now_s=claimed_s)).pending
    work = (await read_work(log, caller, None, None, False, Page(None, WORK_MAX), language, claimed_s)).items
    named = _Named(approvals=approvals, drafts=tuple(draft.body for draft in drafts), work=work, pending=pending)
    return TodayGround(
        own=caller.uscc,
        now_s=now_s,
        drafts=drafts,
        answers=answers,
        others=others,
        manifests=loads.views,
        departures=loads.departures,
        approvals=approvals,
        pending=pending,
        work=work,
        names=loads.names | await names_in(log, named, language),
        rules=log.kinds.rules,
        limits=loads.limits,
    )


class _Named(Struct, frozen=True):
    """Answers whose codes want names."""

    approvals: object = ()
    drafts: object = ()
    work: object = ()
    pending: object = ()


async def names_in(log: Log, named: Struct, language: Language) -> dict[str, str]:
    """Names of every party and place that answers speak of."""
    codes = codes_in(named)
    async with projection(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN), *(chain_key(party_chain(party)) for party in sorted(codes.parties))])
        if now.workspace.facts.state(LOG_MAIN) is None:
            return {}
        return names_of(codes, now.workspace.facts, language)


async def numbers_of(log: Log, trunks: Sequence[str]) -> dict[str, str]:
    """National numbers of manifests, by chain; those that have one."""
    async with projection(log) as now:
        views = await fetch_views(now.workspace.conn, trunks)
    return {chain: view.state.number for chain, view in views.items() if view.state.number}


async def approvals_of(log: Log, caller: Caller) -> tuple[ApprovalAnswer, ...]:
    """Decisions in force that concern the caller, those that it sends on first."""
    found: list[ApprovalAnswer] = []
    for wanted in (Wanted(generator=caller.uscc, stage="approved"), Wanted(receiver=caller.uscc, stage="approved")):
        found += (await registries.list_approvals(log, caller, wanted, Page(None, PAGE_MAX))).approvals
    return tuple(found)


# ---------------------------------------------------------------------- loads


async def _loads(log: Log, caller: Caller, language: Language, claimed_s: int | None) -> _Loads:
    async with projection(log) as now:
        views: list[ManifestView] = []
        for stage in (Stage.ISSUED, Stage.IN_TRANSIT, Stage.ARRIVED):
            wanted = scoped(Search(stage=stage.value), caller)
            views += (await search_views(now.workspace.conn, wanted, limit=SHOWN_MAX)).views
        present = await present_of(log, now, claimed_s)
        departures = await _departures(log, now, caller, [view for view in views if view.state.stage is Stage.ISSUED], language, claimed_s)
        parties = sorted({party for view in views for party in view.parties})
        await now.workspace.load(chain_key(party_chain(party)) for party in parties)
        known = now.workspace.facts.state(LOG_MAIN) is not None
        names = {party: party_name(now.workspace.facts, party) for party in parties} if known else {}
    return _Loads(tuple(views), departures, names, None if present is None else present.limits)


async def _departures(
    log: Log, now: Snapshot, caller: Caller, views: list[ManifestView], language: Language, claimed_s: int | None
) -> dict[str, tuple[ProblemError, ...] | None]:
    """What blocks the departure of each, by the very rules of admission; ``None`` where it is not the caller's to sign."""
    now_s = await log.now(claimed_s)
    found: dict[str, tuple[ProblemError, ...] | None] = {}
    asker = Asker(caller.uscc, keyid=caller.keyid)
    for view in views:
        ground = await stand_on(now.workspace, view.chain, now_s, view.parties)
        [acts] = await possible_acts(now.workspace, log.kinds, ground, [(asker, frozenset({DEPART}))], now.size)
        one = next(iter(acts), None)
        found[view.chain] = None if one is None else blocker_answers(one, ground.facts, log.kinds, language)
    return found


# ---------------------------------------------------------------------- drafts


async def without_signed(log: Log, drafts: Sequence[KeptDraft]) -> list[KeptDraft]:
    """Drafts that were not signed yet; those whose manifest is in the log are deleted."""
    chains = {draft.id: chain_key(f"manifest/{draft.party}/{draft.id}") for draft in drafts}
    async with log.pool.acquire() as conn:
        there = await fetch_facts(conn, list(chains.values()))
        for draft in drafts:
            if chains[draft.id] in there:
                await store.delete_draft(conn, draft.party, draft.id)
    return [draft for draft in drafts if chains[draft.id] not in there]


async def judge_drafts(
    log: Log, caller: Caller, drafts: list[KeptDraft], approvals: tuple[ApprovalAnswer, ...], language: Language, claimed_s: int | None
) -> tuple[tuple[CheckAnswer, ...], dict[str, tuple[OtherDecision, ...]]]:
    """All drafts in one check, in the order in which they are planned; for those that are refused, on which other decisions they would go."""
    if not drafts:
        return (), {}
    answers = (await _check(log, caller, [draft.body for draft in drafts], language, claimed_s, alone=False)).answers
    today, others = day_of(await log.now(claimed_s)), dict[str, tuple[OtherDecision, ...]]()
    asked = [
        (draft, approval, line)
        for draft, answer in zip(drafts, answers, strict=True)
        if not answer.admissible
        for approval, line in other_lines(draft, approvals, today)[:OTHERS_MAX]
    ]
    if not asked:
        return answers, others
    bodies = [on_decision(draft.body, approval.approval, line.line, line.name) for draft, approval, line in asked]
    for (draft, approval, line), answer in zip(
        asked, (await _check(log, caller, bodies, language, claimed_s, alone=True)).answers, strict=True
    ):
        if answer.admissible:
            left = next((one.left_t for one in answer.remaining if one.quota == "Q2"), line.left_t)
            other = OtherDecision(
                approval=approval.approval, no=approval.no, line=line.line, name=line.name, left_g=_grams(left), valid_to=line.valid_to or approval.valid_to
            )  # fmt: skip
            others[draft.id] = (*others.get(draft.id, ()), other)
    return answers, others


async def check_draft(
    log: Log, caller: Caller, draft: KeptDraft, language: Language, claimed_s: int | None
) -> tuple[CheckAnswer, tuple[OtherDecision, ...]]:
    """One draft as if it alone were issued next, and on which other decisions it would go."""
    approvals = await approvals_of(log, caller)
    answers, others = await judge_drafts(log, caller, [draft], approvals, language, claimed_s)
    return answers[0], others.get(draft.id, ())


async def _check(
    log: Log, caller: Caller, bodies: list[dict[str, object]], language: Language, claimed_s: int | None, *, alone: bool
) -> CheckAnswers:
    asked = {"transfers": [asked_of(body, caller.uscc) for body in bodies], "alone": alone}
    return await registries.dry_run(log, caller, msgspec.json.encode(asked), language, claimed_s)


def _grams(text: str) -> int:

    return -parse_mass(text[1:]) if text.startswith("-") else parse_mass(text)
