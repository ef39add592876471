"""``/road``: one field, and what stands on the log about what was asked; ``/road/proof``: what proves one entry; ``/road/checklist``: the 23 points."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.params import PathParameter, QueryParameter

from ledger.describing import InGenerator, InUlid, InUscc
from ledger.log import Log
from ledger.reading import Page
from ledger.times import day_of
from liandan.desk.road.words import WORDS
from liandan.desk.search.words import WORDS as SEARCH
from liandan.desk.shell.frame import TheVisit, Visit, fragment, page
from liandan.desk.shell.language import sayer
from manifests.road.asked import EVERYTHING, RoadAsked, read_asked
from manifests.road.service import LISTED_MAX, look_up
from manifests.service import read_history, read_manifest
from manifests.suggesting.answers import Suggestions
from manifests.suggesting.service import suggest
from reports.claim import Claim, parse_claim
from reports.dossier.model import DossierAsked
from reports.dossier.service import checklist_of, scoped
from reports.routes import TheDrawer
from signing.refusal import Refusal, refuse
from whitelist.service import with_names

PAGE = 20
RECEIPT_WAIT_S = 5.0
TheQuery = Annotated[str | None, QueryParameter(name="q", max_length=2_000)]
TheCursor = Annotated[str | None, QueryParameter(name="cursor", max_length=400)]
TheDay = Annotated[str | None, QueryParameter(max_length=10)]
InIndex = Annotated[int, PathParameter(ge=0, le=2**53)]
OfManifest = Annotated[str | None, QueryParameter(name="manifest", max_length=60)]
STYLES = ("road/road.css",)
SCRIPTS = ("search/search.js",)


def unwrapped(text: str) -> tuple[str, Claim | None]:
    """The number in the code of a paper, and what else it says; any other text as it is."""
    if "#" not in text and "." not in text:
        return text, None
    try:
        claim = parse_claim(text.strip()).claim
    except Refusal:
        return text, None
    return claim.number, claim


def only_one(found: Suggestions) -> str | None:
    """What a text can only mean: the one firm, plate or number that it leads to."""
    values = [*(firm.uscc for firm in found.firms), *(term.value for term in found.terms if term.sort in ("plate", "number"))]
    return values[0] if len(values) == 1 and len(found.terms) + len(found.firms) == 1 else None


async def meaning(visit: Visit, text: str) -> tuple[RoadAsked | None, Suggestions | None]:
    """What a field asks about: a subject, or what it may become."""
    asked = read_asked(text)
    if asked.what != "text":
        return asked, None
    found = await suggest(visit.log, visit.who, text)
    only = only_one(found)
    return (None if only is None else read_asked(only)), found


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
    }
    if asked is not None:
        try:
            answer = await look_up(visit.log, visit.who, asked, Page(cursor, PAGE), visit.lang, visit.now_s)
        except Refusal as refusal:
            if "NOT_FOUND" not in refusal.codes:
                raise
            values["suggestions"] = await suggest(visit.log, visit.who, text[:60])
        else:
            values["answer"] = await with_names(visit.log, answer, visit.lang)
            if asked.what in ("manifest", "ulid", "number") and len(answer.manifests) == 1:
                values |= await _whole(visit, answer.manifests[0].id)
    today = day_of(visit.now_s)
    title = visit.say(WORDS["title"])
    return page(
        visit, "road/index.html", words=WORDS, title=title, head=SCRIPTS, styles=STYLES, today=today, january=f"{today[:4]}-01-01", **values
    )


async def _whole(visit: Visit, name: str) -> dict[str, Any]:
    """Every act of one manifest."""
    history = await read_history(visit.log, visit.who, *name.split("/"))
    return {"history": await with_names(visit.log, history, visit.lang), "kinds": _kinds(visit, {one.kind for one in history.entries})}


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
async def get_checklist(
    visit: TheVisit,
    uscc: InUscc,
    first: TheDay = None,
    last: TheDay = None,
    manifest: OfManifest = None,
) -> Response[str]:
    """The page of the 23 points; they are gathered by the part that it asks for at once."""
    asked, manifest = await _asked(visit, uscc, first, last), manifest or ""
    names = await _names(visit.log, visit, uscc)
    title = visit.say(WORDS["check_title"])
    return page(
        visit, "road/checklist.html", words=WORDS, title=title, styles=STYLES, asked=asked, manifest=manifest, name=names.get(uscc, uscc)
    )


@get("/road/checklist/{uscc:str}/points", include_in_schema=False)
async def get_points(
    visit: TheVisit,
    drawer: TheDrawer,
    uscc: InUscc,
    first: TheDay = None,
    last: TheDay = None,
    manifest: OfManifest = None,
) -> Response[str]:
    """The points, answered from the evidence that a dossier would hold."""
    found = await checklist_of(visit.log, drawer, visit.log.kinds, await _asked(visit, uscc, first, last), manifest or "")
    return fragment(visit, "road/_points.html", words=WORDS, found=found)


async def _asked(visit: Visit, uscc: str, first: str | None, last: str | None) -> DossierAsked:
    """The dossier of this year until today, where no days are given; Refusal DOSSIER_SCOPE."""
    today = day_of(visit.now_s)
    return scoped(visit.who, DossierAsked(uscc, first or f"{today[:4]}-01-01", last or today, "json", visit.lang))


async def _names(log: Log, visit: Visit, uscc: str) -> dict[str, str]:
    """The name of a firm, as everybody registered may read it."""
    party = await visit.service.party(uscc)
    return {} if party is None else {uscc: party.name}


HANDLERS = (get_road, get_proof, get_receipt, get_checklist, get_points)
