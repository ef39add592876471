"""Where drafts come from and where they are kept: every one is the party's own, and a signed one is gone by itself, for its manifest has its ULID."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import xlsxwriter
from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.chain import ULID
from ledger.log import Log
from ledger.parties.store import search_parties
from ledger.problem import Language
from ledger.reading import Page
from ledger.service import Service
from liandan.desk.enterprise import store
from liandan.desk.enterprise.draft import (
    BODY_MAX,
    DRAFTS_MAX,
    TEMPLATES_MAX,
    KeptDraft,
    SortOfDraft,
    from_decision,
    on_decision,
    pattern_of,
    planned_of,
)
from liandan.desk.enterprise.new.sheet import (
    CARRIER,
    PLAN,
    RECEIVER,
    TOLD,
    SheetGround,
    compose_plan,
)
from liandan.desk.enterprise.service import approvals_of
from liandan.intake.answers import ToldFinding, ToldNote, ToldRepair, told_findings, told_notes, told_repairs
from liandan.intake.bounded import BoundedReader
from liandan.intake.reading import Tables
from liandan.intake.taking import told_apart
from liandan.intake.template import fill_template
from liandan.ready.model import name_key
from liandan.ulid import new_ulid
from manifests.search import Search, scoped
from manifests.service import projection
from manifests.store import fetch_view, search_views
from manifests.view import ManifestView
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist import service as registries
from whitelist.answers import ApprovalAnswer, PermitAnswer
from whitelist.registries import Wanted

RECENT_MAX, ROUTES_MAX = 60, 8
"""Manifests that are looked at for usual routes, and routes that are shown."""


class UsualRoute(Struct, frozen=True, kw_only=True):
    """A route that the firm has used: the newest manifest of it."""

    manifest: str
    receiver: str
    carrier: str
    waste: str
    code: str
    wastes: int
    approval: str
    grams: int
    times: int


class Sources(Struct, frozen=True, kw_only=True):
    """What a new manifest can begin with."""

    templates: tuple[KeptDraft, ...]
    routes: tuple[UsualRoute, ...]
    approvals: tuple[ApprovalAnswer, ...]


class SheetTaken(Struct, frozen=True, kw_only=True):
    """What came of a spreadsheet: drafts, or what is wrong with it cell by cell."""

    name: str
    drafts: tuple[KeptDraft, ...]
    findings: tuple[ToldFinding, ...]
    repairs: tuple[ToldRepair, ...]
    notes: tuple[ToldNote, ...]
    left_off: int


async def read_sources(log: Log, caller: Caller) -> Sources:
    """Templates of the firm, the routes of its newest manifests, its decisions in force."""
    async with log.pool.acquire() as conn:
        templates = await store.list_drafts(conn, caller.uscc, "template", TEMPLATES_MAX)
    async with projection(log) as now:
        views = (await search_views(now.workspace.conn, scoped(Search(generator=caller.uscc), caller), limit=RECENT_MAX)).views
    approvals = tuple(one for one in await approvals_of(log, caller) if one.generator == caller.uscc)
    return Sources(templates=tuple(templates), routes=usual_routes(views), approvals=approvals)


def usual_routes(views: Sequence[ManifestView]) -> tuple[UsualRoute, ...]:
    """Routes by receiver, decision, wastes and carriers, the newest first; returns and back-fills are no routes."""
    found: dict[object, UsualRoute] = {}
    for view in views:
        state = view.state
        if state.returns is not None or state.type != "normal":
            continue
        carrier = next(iter(view.carriers), "")
        key = (state.receiver, state.approval, tuple(line.code for line in state.lines), carrier)
        if (known := found.get(key)) is not None:
            found[key] = replace(known, times=known.times + 1)
        else:
            found[key] = UsualRoute(
                manifest=view.chain.removeprefix("manifest/"), receiver=state.receiver, carrier=carrier, waste=state.lines[0].name,
                code=state.lines[0].code, wastes=len(state.lines), approval=state.approval or "",
                grams=sum(line.declared_g for line in state.lines), times=1,
            )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: -one.times)[:ROUTES_MAX])


# ---------------------------------------------------------------------- drafts


async def begin_draft(service: Service, caller: Caller, source: str) -> KeptDraft:
    """A new draft from ``template:<id>``, ``manifest:<generator>/<ULID>``, ``decision:<chain> <line>`` or nothing. Refusal NOT_FOUND, DRAFT_MANY."""
    log = service.log
    sort, _, name = source.partition(":")
    body: dict[str, Any] = {"consignor": "generator", "lines": [{}]}
    if sort == "template":
        body = pattern_of((await read_draft(log, caller, name)).body)
    elif sort == "manifest":
        body = pattern_of(await issued_body(log, caller, name))
    elif sort == "decision":
        body = await _of_decision(service, caller, name)
    [draft] = await keep_drafts(log, caller, "draft", [(source, body)])
    return draft


async def issued_body(log: Log, caller: Caller, name: str) -> dict[str, Any]:
    """What one of the firm's own manifests was issued with; Refusal NOT_FOUND."""
    async with projection(log) as now:
        views = (await search_views(now.workspace.conn, scoped(_named(name), caller), limit=2)).views if _is_number(name) else []
        if not views:
            one = await fetch_view(now.workspace.conn, f"manifest/{name}")
            views = [] if one is None else [one]
    view = next((one for one in views if one.state.generator == caller.uscc), None)
    if view is None:
        raise refuse("NOT_FOUND", field="manifest", found=name[:80], expected=Phrase("本单位开具的联单", "a manifest that you issued"))
    entry = await log.entry_at(view.records[0].index)
    body: dict[str, Any] = msgspec.to_builtins(entry.statement.body)
    return body


def _is_number(name: str) -> bool:
    return name.isdecimal() and len(name) == 14


def _named(name: str) -> Search:
    return Search(number=name)


async def _of_decision(service: Service, caller: Caller, name: str) -> dict[str, Any]:
    chain, _, number = name.rpartition(" ")
    approvals = await approvals_of(service.log, caller)
    approval = next((one for one in approvals if one.approval == chain and one.generator == caller.uscc), None)
    line = None if approval is None else next((one for one in approval.lines if str(one.line) == number), None)
    if approval is None or line is None:
        raise refuse("NOT_FOUND", field="approval", found=name[:120])
    permits = await _permits(service.log, [approval])
    return from_decision(approval, line, permits.get(approval.permit), await _own_site(service, caller))


async def _permits(log: Log, approvals: Sequence[ApprovalAnswer]) -> dict[str, PermitAnswer]:
    """Permits that decisions name, by chain."""
    found: dict[str, PermitAnswer] = {}
    for receiver in dict.fromkeys(one.receiver for one in approvals):
        page = await registries.list_permits(log, Wanted(receiver=receiver), Page(None, 200))
        found |= {one.permit: one for one in page.permits}
    return found


async def _own_site(service: Service, caller: Caller) -> dict[str, Any]:
    """The only site of the firm, where it has exactly one."""
    party = await service.party(caller.uscc)
    sites = [] if party is None else [one for one in party.sites if not one.closed_on]
    return {"division": sites[0].division, "address": sites[0].address, "site": sites[0].site} if len(sites) == 1 else {}


async def keep_drafts(
    log: Log, caller: Caller, sort: SortOfDraft, bodies: Sequence[tuple[str, dict[str, Any]]], title: str = ""
) -> tuple[KeptDraft, ...]:
    """New drafts or templates of (where from, body); all or none. Refusal DRAFT_MANY, BODY_TOO_LARGE."""
    now_s = await log.now(None)
    most = TEMPLATES_MAX if sort == "template" else DRAFTS_MAX
    found = []
    async with log.pool.acquire() as conn, conn.transaction():
        await store.hold(conn, caller.uscc)
        have = await store.count_drafts(conn, caller.uscc, sort)
        if have + len(bodies) > most:
            raise refuse("DRAFT_MANY", field="drafts", found=have + len(bodies), expected=f"≤ {most}")
        for origin, body in bodies:
            draft = KeptDraft(
                id=new_ulid(now_s), party=caller.uscc, sort=sort, title=title[:100], body=body, planned=planned_of(body), origin=origin[:200],
                changed_s=now_s, changed_by=caller.keyid,
            )  # fmt: skip
            await store.put_draft(conn, _bounded(draft))
            found.append(draft)
    return tuple(found)


def _bounded(draft: KeptDraft) -> KeptDraft:
    size = len(msgspec.json.encode(draft.body))
    if size > BODY_MAX:
        raise refuse("BODY_TOO_LARGE", found=size, expected=f"≤ {BODY_MAX}")
    return draft


async def read_draft(log: Log, caller: Caller, name: str) -> KeptDraft:
    """One of the firm's; Refusal NOT_FOUND."""
    async with log.pool.acquire() as conn:
        found = await store.fetch_draft(conn, caller.uscc, name) if re.fullmatch(ULID, name) else None
    if found is None:
        raise refuse("NOT_FOUND", field="draft", found=name[:40])
    return found


async def change_draft(log: Log, caller: Caller, draft: KeptDraft, body: Mapping[str, Any]) -> KeptDraft:
    """The draft with another body."""
    now_s = await log.now(None)
    changed = replace(draft, body=dict(body), planned=planned_of(body), changed_s=now_s, changed_by=caller.keyid)
    async with log.pool.acquire() as conn:
        await store.put_draft(conn, _bounded(changed))
    return changed


async def move_draft(log: Log, caller: Caller, name: str, approval: str, number: int) -> KeptDraft:
    """A draft on another decision of the firm; Refusal NOT_FOUND."""
    draft = await read_draft(log, caller, name)
    approvals = await approvals_of(log, caller)
    line = next(
        (
            line
            for one in approvals
            if one.approval == approval and one.generator == caller.uscc
            for line in one.lines
            if line.line == number
        ),
        None,
    )
    if line is None:
        raise refuse("NOT_FOUND", field="approval", found=approval[:80])
    return await change_draft(log, caller, draft, on_decision(draft.body, approval, number, line.name))


async def drop_draft(log: Log, caller: Caller, name: str) -> None:
    """One that nobody needs any more; Refusal NOT_FOUND."""
    draft = await read_draft(log, caller, name)
    async with log.pool.acquire() as conn:
        await store.delete_draft(conn, caller.uscc, draft.id)


# ---------------------------------------------------------------------- spreadsheets


async def take_sheet(service: Service, reader: BoundedReader, caller: Caller, name: str, raw: bytes, language: Language) -> SheetTaken:
    """A spreadsheet of planned loads as drafts: all, or what is wrong with it. Refusal DRAFT_MANY; Busy."""
    log = service.log
    read = await reader.read_by("liandan.desk.enterprise.new.child", (name,), name, raw)
    ground = await _sheet_ground(service, caller, read.tables)
    out = read.reading()
    composed = await asyncio.to_thread(compose_plan, read, out, ground)
    told = told_apart(read.files, out)
    drafts: tuple[KeptDraft, ...] = ()
    if composed.bodies and not told.findings:
        drafts = await keep_drafts(log, caller, "draft", [(f"sheet:{name} {cell}", body) for cell, body in composed.bodies])
    return SheetTaken(
        name=name, drafts=drafts, findings=told_findings(told.findings, language), repairs=told_repairs(told.repairs, language),
        notes=told_notes(told.notes, language), left_off=told.left_off,
    )  # fmt: skip


async def _sheet_ground(service: Service, caller: Caller, tables: Tables) -> SheetGround:
    log = service.log
    approvals = tuple(one for one in await approvals_of(log, caller) if one.generator == caller.uscc)
    named = {str(row.cells[head]) for rows in tables.values() for row in rows for head in (RECEIVER, CARRIER) if head in row.cells}
    parties: dict[str, str] = {}
    async with projection(log) as now:
        conn = now.workspace.conn
        for name in sorted(named):
            rows, _ = await search_parties(conn, name_key(name), since=0, after="", limit=20)
            same = {row.uscc for row in rows if name_key(name) in {name_key(one) for one in row.names} and not row.closed_on}
            if len(same) == 1:
                parties[name_key(name)] = same.pop()
        views = (await search_views(conn, scoped(Search(generator=caller.uscc), caller), limit=RECENT_MAX)).views
    patterns: dict[tuple[str, int], Mapping[str, Any]] = {}
    for view in views:
        state = view.state
        if state.approval is None or len(state.lines) != 1 or state.returns is not None or state.type != "normal":
            continue
        key = (state.approval, state.lines[0].decision_line or 0)
        if key not in patterns:
            patterns[key] = msgspec.to_builtins((await log.entry_at(view.records[0].index)).statement.body)
    return SheetGround(
        own=caller.uscc, approvals=approvals, permits=await _permits(log, approvals), patterns=patterns, parties=parties,
        origin=await _own_site(service, caller),
    )  # fmt: skip


def plan_workbook() -> bytes:
    """The empty workbook of planned loads."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill_template(book, (PLAN,), TOLD)
    book.close()
    return out.getvalue()


async def keep_template(log: Log, caller: Caller, draft: KeptDraft, title: str) -> KeptDraft:
    """The route of a draft under a name."""
    [kept] = await keep_drafts(
        log, caller, "template", [(draft.origin, pattern_of(draft.body))], title or str(draft.body.get("receiver", ""))
    )
    return kept
