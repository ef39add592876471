"""``/road``: one field, and what stands on the log about what was asked; ``/road/proof``: what proves one entry; ``/road/checklist``: the 23 points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import PathParameter, QueryParameter

from ledger.describing import PDF, InGenerator, InUlid, InUscc
from ledger.fields import normal
from ledger.kinds.access import TOPICS
from ledger.problem import mark
from ledger.reading import Page
from ledger.times import day_of
from liandan.desk.names import names_for
from liandan.desk.road.articles import article_in
from liandan.desk.road.words import WORDS
from liandan.desk.search.words import WORDS as SEARCH
from liandan.desk.shell.frame import TheVisit, Visit, fragment, page
from liandan.desk.shell.language import sayer
from manifests.road.asked import EVERYTHING, RoadAsked, What, read_asked
from manifests.road.service import LISTED_MAX, look_up
from manifests.service import read_history, read_manifest
from manifests.suggesting.answers import Suggestions
from manifests.suggesting.service import suggest, suggest_near
from reports.claim import Claim, parse_claim
from reports.dossier.model import DossierAsked
from reports.dossier.service import checklist_of, checklist_of_manifest, may_have, scoped, topics_missing
from reports.dossier.single import NAME as INSPECTION
from reports.papers import manifest_paper
from reports.routes import TheDrawer, ThePress
from signing.refusal import Refusal, refuse
from whitelist.service import with_names

PAGE = 20
RECEIPT_WAIT_S = 5.0
TheQuery = Annotated[str | None, QueryParameter(name="q", max_length=2_000)]
TheCursor = Annotated[str | None, QueryParameter(name="cursor", max_length=400)]
TheDay = Annotated[str | None, QueryParameter(max_length=10)]
InIndex = Annotated[int, PathParameter(ge=0, le=2**53)]
STYLES = ("road/road.css",)
SCRIPTS = ("search/search.js", "shell/print.js")
CHECKING = ("road/checklist.js", "shell/print.js")
TERMS: Mapping[str, What] = {"plate": "plate", "number": "number", "waybill_no": "waybill"}
"""Suggested terms that can be asked about, and as what."""
LISTED: Mapping[What, str] = {"plate": "plate", "waybill": "waybill_no", "firm": "firm", "site": "site"}
"""What has a search of its own, and by which filter."""


def unwrapped(text: str) -> tuple[str, Claim | None]:
    """The number in the code of a paper, and what else it says; any other text as it is."""
    if "#" not in text and "." not in text:
        return text, None
    try:
        claim = parse_claim(text.strip()).claim
    except Refusal:
        return text, None
    return claim.number, claim


def only_one(found: Suggestions) -> RoadAsked | None:
    """What a text can only mean: the one firm, site, plate, number or waybill that it leads to, or the plate that it is to the letter."""
    asked = [RoadAsked("firm", firm.uscc, firm.name) for firm in found.firms]
    asked += [RoadAsked("site", site.value, site.name) for site in found.sites]
    asked += [RoadAsked(TERMS[term.sort], term.value, term.shown) for term in found.terms if term.sort in TERMS]
    if len(asked) == len(found.firms) + len(found.sites) + len(found.terms) == 1:
        return asked[0]
    written = normal(found.text)
    return next((one for one in asked if one.what in ("plate", "waybill") and one.value == written), None)


async def meaning(visit: Visit, text: str) -> tuple[RoadAsked | None, Suggestions | None]:
    """What a field asks about: a subject, or what it may become."""
    asked = read_asked(text)
    if asked.what != "text":
        return asked, None
    found = await suggest(visit.log, visit.who, text)
    return only_one(found), found


async def coming_near(visit: Visit, text: str) -> Suggestions:
    """What a text may become, or, where it becomes nothing, what is a slip away from it."""
    found = await suggest(visit.log, visit.who, text)
    return await suggest_near(visit.log, visit.who, text) if found.is_empty else found


@get("/road", include_in_schema=False)
async def get_road(visit: TheVisit, q: TheQuery = None, cursor: TheCursor = None) -> Response[str]:
    """The inspector's page: what was asked, or everything that moves and contradicts itself."""
    text, claim = unwrapped(q or "")
    asked, found = (EVERYTHING, None) if not text.strip() else await meaning(visit, text)
    values: dict[str, Any] = {
        "q": (q or "").strip(),
        "claim": claim,
        "most": LISTED_MAX,
        "answer": None,
        "history": None,
        "suggestions": found,
        "sw": sayer(SEARCH, visit.lang),
        "may_have": False,
        "is_missed": False,
        "regions": await _regions(visit),
    }
    if asked is not None:
        try:
            answer = await look_up(visit.log, visit.who, asked, Page(cursor, PAGE), visit.lang, visit.now_s)
        except Refusal as refusal:
            if "NOT_FOUND" not in refusal.codes:
                raise
            values |= {"suggestions": await coming_near(visit, text[:60]), "is_missed": True}
        else:
            values["listed_as"] = urlencode({LISTED[asked.what]: asked.value}) if asked.what in LISTED else ""
            values["answer"] = await with_names(visit.log, answer, visit.lang)
            values["may_have"] = asked.what == "firm" and may_have(visit.who, asked.value)
            values["missing"] = _topics(visit, topics_missing(visit.who, asked.value)) if asked.what == "firm" else ""
            if asked.what in ("manifest", "ulid", "number") and len(answer.manifests) == 1:
                values |= await _whole(visit, answer.manifests[0].id)
    elif found is not None and found.is_empty:
        values |= {"suggestions": await suggest_near(visit.log, visit.who, text[:60]), "is_missed": True}
    today = day_of(visit.now_s)
    title = visit.say(WORDS["title"])
    return page(
        visit, "road/index.html", words=WORDS, title=title, head=SCRIPTS, styles=STYLES, today=today, january=f"{today[:4]}-01-01", **values
    )


def _topics(visit: Visit, topics: Iterable[str]) -> str:
    """Topics of grants in words."""
    return ("、" if visit.lang == "zh" else ", ").join(TOPICS[one] if visit.lang == "zh" else one for one in topics)


async def _regions(visit: Visit) -> str:
    """Regions whose manifests a reader may see whom an authority lets read; empty for everybody else."""
    codes = dict.fromkeys(region.ljust(6, "0") for grant in visit.who.grants if "manifest" in grant.topics for region in grant.regions)
    return (await names_for(visit.log, visit.lang, (), codes))(codes) if codes else ""


async def _whole(visit: Visit, name: str) -> dict[str, Any]:
    """Every act of one manifest."""
    history = await read_history(visit.log, visit.who, *name.split("/"))
    codes = {code for one in history.entries for _, code in one.alerts}
    return {
        "history": await with_names(visit.log, history, visit.lang),
        "kinds": _kinds(visit, {one.kind for one in history.entries}),
        "told": {code: mark(code, visit.log.kinds.rules, visit.lang).message.rstrip("。.") for code in codes},
    }


def _kinds(visit: Visit, names: set[str]) -> dict[str, str]:
    """Kinds of entries in words."""
    known = visit.log.kinds.by_name
    return {name: visit.say((known[name].zh, known[name].en)) for name in names if name in known}


@get("/road/proof/{generator:str}/{ulid:str}/{index:int}", include_in_schema=False)
async def get_proof(visit: TheVisit, generator: InGenerator, ulid: InUlid, index: InIndex) -> Response[str]:
    """What proves one entry of a manifest: its leaf, the way up to the checkpoint, the checkpoint."""
    record, receipt = await _proof(visit, generator, ulid, index)
    names = {party: found.name for party in record.by if (found := await visit.service.party(party)) is not None}
    manifest = await read_manifest(visit.log, visit.who, generator, ulid, visit.lang, visit.now_s)
    return page(
        visit, "road/proof.html", words=WORDS, title=visit.say(WORDS["proof_title"]).format(index=index), styles=STYLES, record=record,
        receipt=receipt, manifest=manifest.manifest, kind=_kinds(visit, {record.kind}).get(record.kind, record.kind), names=names,
    )  # fmt: skip


@get("/road/proof/{generator:str}/{ulid:str}/{index:int}/receipt.json", include_in_schema=False)
async def get_receipt(visit: TheVisit, generator: InGenerator, ulid: InUlid, index: InIndex) -> Response[bytes]:
    """The receipt as whoever posted the entry got it."""
    _, receipt = await _proof(visit, generator, ulid, index)
    headers = {
        "Content-Disposition": f'attachment; filename="receipt-{index}.json"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(msgspec.json.encode(receipt), media_type="application/json", headers=headers)


async def _proof(visit: Visit, generator: str, ulid: str, index: int) -> tuple[Any, Any]:
    """The record and its receipt; Refusal NOT_FOUND for an entry that is none of the manifest's, or of no manifest of the reader's."""
    history = await read_history(visit.log, visit.who, generator, ulid)
    record = next((one for one in history.entries if one.index == index), None)
    if record is None:
        raise refuse("NOT_FOUND", field="index", found=index)
    return record, await visit.service.receipt_of(index, RECEIPT_WAIT_S)


@get("/road/checklist/{uscc:str}", include_in_schema=False)
async def get_checklist(visit: TheVisit, uscc: InUscc, first: TheDay = None, last: TheDay = None) -> Response[str]:
    """The page of the 23 points of a firm; they are gathered by the part that it asks for at once."""
    asked = await _asked(visit, uscc, first, last)
    values: dict[str, Any] = {
        "asked": asked,
        "name": await _name(visit, uscc),
        "points": f"/road/checklist/{uscc}/points?first={asked.first}&last={asked.last}",
    }
    return page(
        visit, "road/checklist.html", words=WORDS, title=visit.say(WORDS["check_title"]), styles=STYLES, head=CHECKING, held=None, **values
    )


@get("/road/checklist/{uscc:str}/points", include_in_schema=False)
async def get_points(visit: TheVisit, drawer: TheDrawer, uscc: InUscc, first: TheDay = None, last: TheDay = None) -> Response[str]:
    """The points, answered from the evidence that a dossier would hold."""
    found = await checklist_of(visit.log, drawer, visit.log.kinds, await _asked(visit, uscc, first, last))
    return fragment(visit, "road/_points.html", words=WORDS, found=found, article_in=article_in)


@get("/road/checklist/{generator:str}/{ulid:str}", include_in_schema=False)
async def get_checklist_of(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[str]:
    """The page of the 23 points of one manifest, for whoever may read it."""
    held = (await read_manifest(visit.log, visit.who, generator, ulid, visit.lang, visit.now_s)).manifest
    values: dict[str, Any] = {
        "asked": None,
        "held": held,
        "name": await _name(visit, generator),
        "points": f"/road/checklist/{generator}/{ulid}/points",
    }
    values["may_have"] = may_have(visit.who, generator)
    return page(visit, "road/checklist.html", words=WORDS, title=visit.say(WORDS["check_title"]), styles=STYLES, head=CHECKING, **values)


@get("/road/checklist/{generator:str}/{ulid:str}/points", include_in_schema=False)
async def get_points_of(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[str]:
    """The points, answered from the evidence of one manifest."""
    found = await checklist_of_manifest(visit.log, visit.who, visit.log.kinds, f"{generator}/{ulid}", visit.lang)
    return fragment(visit, "road/_points.html", words=WORDS, found=found, article_in=article_in)


async def _asked(visit: Visit, uscc: str, first: str | None, last: str | None) -> DossierAsked:
    """The dossier of this year until today, where no days are given; Refusal DOSSIER_SCOPE."""
    today = day_of(visit.now_s)
    return scoped(visit.who, DossierAsked(uscc, first or f"{today[:4]}-01-01", last or today, "json", visit.lang))


async def _name(visit: Visit, uscc: str) -> str:
    """The name of a firm, as everybody registered may read it, or its code."""
    party = await visit.service.party(uscc)
    return uscc if party is None else party.name


@get("/road/checklist/{generator:str}/{ulid:str}/dossier.pdf", include_in_schema=False)
async def get_dossier_of(visit: TheVisit, press: ThePress, generator: InGenerator, ulid: InUlid) -> Response[bytes]:
    """The inspection dossier of one manifest, its evidence inside, for whoever may read it."""
    called, content = await manifest_paper(visit.log, press, visit.who, INSPECTION, f"{generator}/{ulid}", visit.lang)
    headers = {"Content-Disposition": f'inline; filename="{INSPECTION}-{called}.pdf"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=PDF, headers=headers)


HANDLERS = (get_road, get_proof, get_receipt, get_checklist, get_points, get_checklist_of, get_points_of, get_dossier_of)
