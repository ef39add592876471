"""Emergencies in pages, one whole, the joint view of its loads or of an incident's, and drafts of holds and releases for all of them."""

import secrets
from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from ledger.admission.admit import Submission, base_keys, foresee
from ledger.admission.content import check_content, withheld
from ledger.admission.entry import read_entry
from ledger.admission.form import body_reasons, read_body
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state, party_chain, party_name
from ledger.labels import labels
from ledger.log import Log
from ledger.model import Facts, Moment, chain_key
from ledger.problem import Language, ProblemError, problem_errors
from ledger.reading import Page, Snapshot, snapshot
from ledger.store import fetch_entries_at
from ledger.store import fetch_head as fetch_log_head
from ledger.times import day_of, format_at
from ledger.ulid import ulid
from manifests import store
from manifests.answers import may_read
from manifests.case import cases_key, manifest_at
from manifests.emergencies.answers import Emergencies, EmergencyAnswer, EmergencyItem, emergency_answer, emergency_item
from manifests.emergencies.drafts import (
    BlockedDraft,
    Drafts,
    DraftsAsked,
    DraftSigner,
    DraftStatement,
    Drawn,
    draft_answer,
    draw,
    held_cases,
)
from manifests.emergencies.joint import JointView, StopNow, joint_view, newest_stop
from manifests.mass import limits_of
from manifests.model import FINISHED
from manifests.search import Search, scoped
from manifests.service import projection
from manifests.view import ManifestView
from signing.envelope import PAYLOAD_STATEMENT, Envelope
from signing.payload import Flawed, parse
from signing.refusal import Reason, Refusal
from whitelist.emergency import EMERGENCY, ceiling_used_g, emergency_key
from whitelist.incident import IncidentState
from whitelist.registries import RegistryRow, Wanted
from whitelist.service import registry_part, registry_row, scan_registry
from whitelist.thresholds import thresholds_of

LOADS_MAX = store.PAGE_MAX
"""Loads of one joint view."""
ASKED_MAX = 128 * 1024
"""Bytes of a request for drafts: 500 names of manifests, and some words."""
_NO_ENVELOPE = Envelope(PAYLOAD_STATEMENT, b"", ())


class Touched(Struct, frozen=True):
    """The loads of an incident or an emergency that a reader may see, newest issue first, and whether these are all."""

    views: Sequence[ManifestView]
    is_whole: bool


async def list_emergencies(log: Log, caller: Caller, wanted: Wanted, page: Page, language: Language) -> Emergencies:
    """Emergencies that concern the caller."""
    found = await scan_registry(log, wanted, [registry_part(wanted, "emergency", caller)], partial(wanted.emergencies, caller), page)
    async with snapshot(log) as now:
        items = await _items(now, found.rows, language)
    return Emergencies(size=found.size, emergencies=items, next=found.next)


async def read_emergency(log: Log, caller: Caller, chain: str, language: Language) -> EmergencyAnswer:
    """One emergency with its entries; Refusal NOT_FOUND, also where it concerns the caller not."""
    async with snapshot(log) as now:
        row = await _row(now, caller, chain)
        (item,) = await _items(now, [row], language)
        size = now.size
    entries = [entry for entry in await log.chain_entries(chain) if entry.index <= row.head.idx]
    return emergency_answer(item, entries, size)


async def read_joint(log: Log, caller: Caller, chain: str, language: Language, claimed_s: int | None) -> JointView:
    """Who carries what where, of an emergency or an incident; Refusal NOT_FOUND."""
    now_s = await log.now(claimed_s)
    async with projection(log) as now:
        touched = await _touched(now, caller, chain)
        stops = await _stops(log, now, touched.views)
        await now.workspace.load([chain_key(LOG_MAIN)])
        limits = limits_of(now.workspace.facts)
        return joint_view(chain, touched.views, stops, limits, (now.size, now_s), language, is_whole=touched.is_whole)


async def draft_statements(
    log: Log, caller: Caller, chain: str, raw: bytes, party: str | None, language: Language, claimed_s: int | None
) -> Drafts:
    """Holds or releases of the loads of an emergency or an incident, for the caller to sign, or in the name of ``party``."""
    asked = read_asked(raw)
    signer = DraftSigner(caller.uscc, None if party in (None, caller.uscc) else party, await log.now(claimed_s))
    async with projection(log) as now:
        touched = await _touched(now, caller, chain)
        wanted = [view.chain for view in touched.views if view.state.stage not in FINISHED]
        if asked.manifests:
            wanted = [chain for chain in wanted if chain in asked.manifests]
        drawn, idle = await _draw(now, asked, wanted, signer)
        ready, blocked = await _judged(log, now, drawn, signer, language)
    return Drafts(
        size=now.size,
        at=format_at(signer.at_s),
        about=chain,
        act=asked.act,
        drafts=tuple(ready),
        blocked=tuple(blocked),
        passed_over=tuple(view.chain.removeprefix("manifest/") for view in touched.views if view.chain not in wanted or view.chain in idle),
        is_whole=touched.is_whole,
    )


def read_asked(raw: bytes) -> DraftsAsked:
    """The request in the strict JSON of statements; Refusal with all that is wrong with it, by the codes of statements."""
    try:
        fields = parse(raw, limit=ASKED_MAX)
    except Flawed as flawed:
        raise flawed.beside(body_reasons(flawed.value, DraftsAsked)) from None
    asked: DraftsAsked = read_body(fields, DraftsAsked)
    if reasons := check_content(asked):
        raise Refusal(withheld(reasons))
    return asked


async def _draw(now: Snapshot, asked: DraftsAsked, trunks: Sequence[str], signer: DraftSigner) -> tuple[list[Drawn], set[str]]:
    """Statements of all loads, and the loads for which there is none."""
    workspace = now.workspace
    await workspace.load([chain_key(LOG_MAIN), *map(chain_key, trunks), *map(cases_key, trunks)])
    facts = workspace.facts
    await workspace.load([chain_key(case) for case in held_cases(facts, trunks)])
    found, idle = list[Drawn](), set[str]()
    for trunk in trunks:
        state = manifest_at(facts, trunk)
        drawn = (
            []
            if state is None
            else draw(asked, trunk, state, facts, log_state(facts).found, signer, ulid(signer.at_s * 1000, secrets.randbits(80)))
        )
        found += drawn
        if not drawn:
            idle.add(trunk)
    return found, idle


async def _judged(
    log: Log, now: Snapshot, drawn: Sequence[Drawn], signer: DraftSigner, language: Language
) -> tuple[list[DraftStatement], list[BlockedDraft]]:
    """Which of them would be entries now, and what speaks against the others: by the rules that judge them when they come."""
    workspace = now.workspace
    head = await fetch_log_head(workspace.conn)
    moment = Moment(now.size if head is None else head.size, signer.at_s, log_state(workspace.facts).ruleset)
    submissions = [
        Submission(envelope=_NO_ENVELOPE, statement=one.statement, kind=log.kinds.of(one.statement.kind, moment.ruleset)) for one in drawn
    ]
    await workspace.load([key for submission in submissions for key in base_keys(submission)])
    await workspace.preload(submissions)
    ready, blocked = list[DraftStatement](), list[BlockedDraft]()
    for one, submission in zip(drawn, submissions, strict=True):
        await workspace.load_reads(submission)
        reasons = await workspace.decide(partial(foresee, one.statement, submission.kind, workspace.facts, moment))
        if reasons:
            said = _said(reasons, one, log, workspace.facts, language)
            blocked.append(BlockedDraft(manifest=one.manifest.removeprefix("manifest/"), blockers=said))
        else:
            ready.append(draft_answer(one))
    return ready, blocked


def _said(reasons: Sequence[Reason], drawn: Drawn, log: Log, facts: Facts, language: Language) -> tuple[ProblemError, ...]:
    codes = {word for reason in reasons for word in reason.places.values() if isinstance(word, str)}
    names = {code: party_name(facts, code) for code in codes if facts.holds(chain_key(party_chain(code)))}
    body = log.kinds.by_name[drawn.statement.kind].body
    return problem_errors(reasons, log.kinds.rules, language, day_of(drawn.statement.at_s), names, labels(body))


async def _touched(now: Snapshot, caller: Caller, chain: str) -> Touched:
    """The loads of a chain that the caller may read; NOT_FOUND where it concerns the caller not."""
    row = await _row(now, caller, chain)
    conn = now.workspace.conn
    if isinstance(row.state, IncidentState):
        views = await store.fetch_views(conn, row.state.manifests)
        found = sorted((view for view in views.values() if may_read(caller, view)), key=lambda view: (-view.issued_s, view.chain))
        return Touched(found, is_whole=True)
    search = scoped(Search(emergency=chain.removeprefix("emergency/")), caller)
    found = await store.list_views(conn, search, limit=LOADS_MAX)
    return Touched(found, is_whole=len(found) < LOADS_MAX)


async def _stops(log: Log, now: Snapshot, views: Sequence[ManifestView]) -> dict[str, StopNow]:
    """The newest stop of each load under way, from its entry."""
    wanted = {index: view.chain for view in views if (index := newest_stop(view)) is not None}
    rows = await fetch_entries_at(now.workspace.conn, list(wanted)) if wanted else []
    statements = {row.idx: read_entry(row.entry, log.kinds).statement for row in rows}
    return {wanted[index]: StopNow(statement.at, statement.body) for index, statement in statements.items()}


async def _row(now: Snapshot, caller: Caller, chain: str) -> RegistryRow:
    """The chain of an emergency or an incident that concerns the caller; else NOT_FOUND."""
    select = Wanted().emergencies if EMERGENCY.fullmatch(chain) is not None else Wanted().incidents
    return await registry_row(now, chain, partial(select, caller))


async def _items(now: Snapshot, rows: Sequence[RegistryRow], language: Language) -> tuple[EmergencyItem, ...]:
    """Emergencies for the wire, with what counts against their ceilings."""
    await now.workspace.load([chain_key(LOG_MAIN), *(emergency_key(row.chain) for row in rows)])
    facts = now.workspace.facts
    log, limits = log_state(facts), thresholds_of(facts)
    return tuple(emergency_item(row, ceiling_used_g(facts, row.chain), log, limits, language) for row in rows)
