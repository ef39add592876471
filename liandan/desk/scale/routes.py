"""The pages of the scale. What they show is read by ``reading`` and told by ``shown``; what is signed is signed in the browser."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from msgspec.structs import replace

from ledger.describing import InGenerator, InUlid
from ledger.problem import ProblemError
from ledger.reading import Page
from ledger.times import day_of, format_at
from liandan.desk.names import named, names_for
from liandan.desk.scale.arrivals import ComingTruck, scanned
from liandan.desk.scale.due import due_days, summary
from liandan.desk.scale.reading import (
    ReadArrivals,
    drawn_on,
    read_arrivals,
    read_correctable,
    read_received,
    read_stock,
    receipt_blockers,
)
from liandan.desk.scale.received import ReceivedLoad, as_json, days_of, named_received
from liandan.desk.scale.receiving import slip_number
from liandan.desk.scale.shown import ShownWeighing, Typed, choices, find, typed_of, weighing
from liandan.desk.scale.stock import sums
from liandan.desk.scale.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, fragment, page
from manifests.work.answers import WorkItem, WorkPage
from manifests.work.service import read_work
from whitelist.service import with_names

SCRIPTS = ("island/form.js", "scale/scale.js", "scale/load.js")
STYLES = ("css/island.css", "css/scale.css")
DUE_MAX, STOCK_SHOWN, KNOWN_MAX, SHOWN_MAX = 200, 200, 5, 100


@get("/scale/", include_in_schema=False)
async def get_scale(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """今日来车: who comes, and beside the list the truck that was scanned or chosen."""
    typed = typed_of(request.query_params)
    arrivals = await _arrivals(visit, typed)
    days = due_days((await _due(visit, Page(None, DUE_MAX))).items, day_of(visit.now_s))
    received = await read_received(visit.log, visit.who, visit.now_s)
    done = request.query_params.get("done", "")
    counts = {name: sum(one.where == where for one in arrivals.trucks) for name, where in (("here", "gate"), ("late", "late"))}
    return page(
        visit,
        "scale/arrivals.html",
        words=WORDS,
        title=visit.say(WORDS["arrivals"]),
        head=SCRIPTS,
        styles=STYLES,
        counts={"expected": len(arrivals.trucks), **counts},
        due=summary(days),
        today=next((one for one in days_of(received.loads) if one.day == day_of(visit.now_s)), None),
        done=next((load for load in received.loads if load.id == done), None),
        is_more=arrivals.is_more or len(arrivals.trucks) > SHOWN_MAX,
        trucks=arrivals.trucks[:SHOWN_MAX],
        **await _values(visit, arrivals, typed),
    )


@get("/scale/truck", include_in_schema=False)
async def get_truck(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """One truck, for htmx: as scanned, typed or chosen."""
    typed = typed_of(request.query_params)
    return fragment(visit, "scale/_truck.html", words=WORDS, **await _values(visit, await _arrivals(visit, typed), typed))


@get("/scale/verdict", include_in_schema=False)
async def get_verdict(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """What the scale says, for htmx, with what can be signed."""
    typed = typed_of(request.query_params)
    return fragment(visit, "scale/_verdict.html", words=WORDS, **await _values(visit, await _arrivals(visit, typed), typed))


@get("/scale/due", include_in_schema=False)
async def get_due(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """待确认, by day."""
    cursor = request.query_params.get("cursor")
    found = await _due(visit, Page(cursor, DUE_MAX))
    arrivals = await read_arrivals(visit.log, visit.who, visit.now_s)
    return page(
        visit,
        "scale/due.html",
        words=WORDS,
        title=visit.say(WORDS["due"]),
        head=("island/form.js",),
        styles=STYLES,
        days=due_days(found.items if cursor else (*found.items, *await _reports_due(visit)), day_of(visit.now_s)),
        trucks={load.id: truck for truck in arrivals.trucks for load in truck.loads},
        loads={load.id: load for truck in arrivals.trucks for load in truck.loads},
        next=found.next,
        named=named(found.names, visit.lang),
    )


@get("/scale/stock", include_in_schema=False)
async def get_stock(visit: TheVisit) -> Response[Any]:
    """待利用处置, what has to be gone first before the rest."""
    found = await read_stock(visit.log, visit.who, visit.now_s)
    return page(
        visit,
        "scale/stock.html",
        words=WORDS,
        title=visit.say(WORDS["stock"]),
        styles=STYLES,
        loads=found.loads[:STOCK_SHOWN],
        sums=sums(found.loads),
        is_more=found.is_more or len(found.loads) > STOCK_SHOWN,
        named=await names_for(visit.log, visit.lang, (load.generator for load in found.loads[:STOCK_SHOWN])),
    )


@get("/scale/received", include_in_schema=False)
async def get_received(visit: TheVisit) -> Response[Any]:
    """已收: what was weighed on the last days, for whoever takes over, and for whoever has to put a figure right."""
    found = await read_received(visit.log, visit.who, visit.now_s)
    return page(
        visit,
        "scale/received.html",
        words=WORDS,
        title=visit.say(WORDS["received"]),
        head=("island/form.js",),
        styles=STYLES,
        days=days_of(found.loads),
        today=day_of(visit.now_s),
        is_more=found.is_more,
        named=await names_for(visit.log, visit.lang, (load.generator for load in found.loads)),
    )


@get("/scale/correct/{generator:str}/{ulid:str}", include_in_schema=False)
async def get_correct(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[Any]:
    """A weight that was typed wrong."""
    found = await read_correctable(visit.log, visit.who, generator, ulid)
    return page(
        visit,
        "scale/correct.html",
        words=WORDS,
        title=visit.say(WORDS["correct"]),
        head=("island/form.js", "scale/load.js"),
        styles=STYLES,
        found=found,
        as_json=as_json,
        named=await names_for(visit.log, visit.lang, (found.load.generator, *found.asked)),
    )


async def _arrivals(visit: Visit, typed: Typed) -> ReadArrivals:
    return await read_arrivals(visit.log, visit.who, visit.now_s, typed.truck or scanned(typed.said))


async def _due(visit: Visit, wanted: Page) -> WorkPage:
    found = await read_work(visit.log, visit.who, None, "confirmation", False, wanted, visit.lang, visit.now_s)
    return await with_names(visit.log, found, visit.lang)


async def _reports_due(visit: Visit) -> tuple[WorkItem, ...]:
    """Differences that are to be reported, which have days of their own and are as much the gate's as confirmations are."""
    found = await read_work(visit.log, visit.who, None, "act", False, Page(None, DUE_MAX), visit.lang, visit.now_s)
    return tuple(one for one in (await with_names(visit.log, found, visit.lang)).items if one.term == "discrepancy")


async def _values(visit: Visit, arrivals: ReadArrivals, typed: Typed) -> dict[str, Any]:
    """Whatever the truck's part of the page needs."""
    found = find(arrivals.trucks, typed)
    truck = found.truck
    if truck is not None:
        typed = replace(typed, truck=truck.key)
    shown = await _weighing(visit, arrivals, truck, typed)
    known = await _received(visit, typed.said) if truck is None and not found.several and typed.said else ()
    return {
        "known": known,
        "names_of": {} if truck is None else {load.id: load.name for load in truck.loads},
        "trouble": shown.trouble,
        "swapped": f"/scale/?{typed.swapped}",
        "address": f"/scale/?{typed.query}{f'&way={typed.way}' if typed.way else ''}" if truck is not None else "/scale/",
        "shown": truck,
        "several": found.several,
        "said": typed.said,
        "chosen": "" if truck is None else truck.key,
        "weights": typed,
        "slip_no": "" if truck is None else slip_number(truck, visit.now_s),
        "judged": arrivals.limits is not None,
        "blockers": () if truck is None else await _blockers(visit, truck),
        "weighed": shown.weighed,
        "problem": None if shown.refusal is None else visit.request.app.state.problem_of(visit.request, shown.refusal),
        "percent": shown.percent,
        "drawn_g": shown.drawn_g,
        "advised": shown.advised,
        "way": shown.way,
        "receipts": shown.receipts,
        "choices": choices(visit.lang),
        "query": typed.query,
        "link": f"/scale/?{typed.query}",
        "after": f"/scale/?{typed.query}&" if truck is not None and len(truck.loads) > 1 else "/scale/?",
        "now_local": format_at(visit.now_s)[:16],
        "named": await names_for(
            visit.log,
            visit.lang,
            (code for one in arrivals.trucks for code in (*one.generators, *one.carriers)),
            (one.place for one in arrivals.trucks),
        ),
    }


async def _received(visit: Visit, said: str) -> tuple[ReceivedLoad, ...]:
    """What was looked for among the trucks that come, and has been received already."""
    found = await read_received(visit.log, visit.who, visit.now_s)
    return named_received(found.loads, scanned(said))[:KNOWN_MAX]


async def _weighing(visit: Visit, arrivals: ReadArrivals, truck: ComingTruck | None, typed: Typed) -> ShownWeighing:
    if truck is None or arrivals.limits is None:
        return ShownWeighing()
    drawn_g = await drawn_on(visit.log, visit.who.uscc, typed.no, truck.key)
    return weighing(truck, typed, arrivals.limits, visit.who.uscc, arrivals.now_s, drawn_g)


async def _blockers(visit: Visit, truck: ComingTruck) -> tuple[ProblemError, ...]:
    """Each once: several manifests of a truck are mostly blocked by the same."""
    found = dict[str, ProblemError]()
    for load in truck.loads:
        for one in await receipt_blockers(visit.log, visit.who, load, visit.lang, visit.now_s):
            found.setdefault(f"{one.code} {one.message}", one)
    return tuple(found.values())


ROUTES = (get_scale, get_truck, get_verdict, get_due, get_stock, get_received, get_correct)
"""Handlers of this room."""
