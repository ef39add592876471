"""Emergencies and incidents: what happened, who carries what where, holds of all loads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from ledger.times import day_of, days_after, format_at
from liandan.desk.province.drawing import draw, forms_of, office_of, say
from liandan.desk.province.events import EventPage, prepare_holds, read_event, read_events
from liandan.desk.province.standing import grams
from liandan.desk.province.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, fragment
from signing.refusal import refuse

LASTS_D = 29
"""Days after the first that a declaration is most likely good for."""
ASKED = ("act", "reason", "basis", "until")


@get("/province/emergencies", include_in_schema=False)
async def get_emergencies(visit: TheVisit) -> Response[str]:
    """应急转移和突发事件."""
    found = await read_events(visit.log, office_of(visit), visit.lang)
    return draw(visit, "events.html", say(visit, "emergencies"), found=found, declare=declaring(visit.now_s))


def declaring(now_s: int) -> str:
    """Address of the form of a declaration: it has just happened, and is good for a month."""
    day = day_of(now_s)
    given = {"f.happened_at": format_at(now_s), "f.valid_from": day, "f.valid_to": days_after(day, LASTS_D)}
    return f"/act/emergency.declare?{urlencode({'next': '/province/emergencies', **given})}"


@get("/province/emergencies/{authority:str}/{ulid:str}", include_in_schema=False)
async def get_emergency(visit: TheVisit, authority: FromPath[str], ulid: FromPath[str]) -> Response[str]:
    """One emergency with its loads."""
    found = await read_event(visit.log, office_of(visit), f"emergency/{authority}/{ulid}", visit.lang)
    assert found.emergency is not None, "it was asked for"
    return _event(visit, found, found.emergency.emergency.name, f"/province/emergencies/{found.slug}")


@get("/province/incidents/{reporter:str}/{ulid:str}", include_in_schema=False)
async def get_incident(visit: TheVisit, reporter: FromPath[str], ulid: FromPath[str]) -> Response[str]:
    """One incident with its loads."""
    found = await read_event(visit.log, office_of(visit), f"incident/{reporter}/{ulid}", visit.lang)
    assert found.incident is not None, "it was asked for"
    return _event(visit, found, found.incident.incident.what_text, f"/province/incidents/{found.slug}")


def _event(visit: Visit, found: EventPage, title: str, here: str) -> Response[str]:
    item = None if found.emergency is None else found.emergency.emergency
    masses = {name: 0 if item is None else grams(getattr(item, name.replace("_g", "_t"))) for name in ("ceiling_g", "used_g", "left_g")}
    return draw(visit, "event.html", title, found=found, forms=forms_of(visit, found.acts.values(), here), **masses)


@post("/province/drafts", status_code=200, include_in_schema=False)
async def post_drafts(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """Statements that hold or release all loads of an emergency or an incident, to be signed one by one; nothing is written."""
    typed = await request.form()
    chain = str(typed.get("chain", ""))
    if not chain.startswith(("emergency/", "incident/")):
        raise refuse("NOT_FOUND", field="chain", found=chain[:100])
    asked = {name: str(typed.get(name, "")).strip() for name in ASKED}
    found = await prepare_holds(visit.log, office_of(visit), chain, asked, visit.lang)
    return fragment(visit, "province/_drafts.html", words=WORDS, found=found)


HANDLERS: tuple[ControllerRouterHandler, ...] = (get_emergencies, get_emergency, get_incident, post_drafts)
