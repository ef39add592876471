"""Pages for everybody, and the one by which a party of a manifest makes a road link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from ledger.describing import InGenerator, InUlid
from ledger.directory import LogState
from liandan.desk.names import names_for
from liandan.desk.public.figures import figures_of, read_figures
from liandan.desk.public.road_links import PAGE, MadeLink, OpenedLink, end_links, make_link, open_link
from liandan.desk.public.words import WORDS
from liandan.desk.shell.frame import TheGuest, TheVisit, Visit, fragment, page
from reports.drawing import Drawer
from reports.figures import service as figures
from reports.figures import words as figure_words
from reports.figures.hiding import FIRMS_MIN
from reports.figures.model import FiguresAsked
from reports.paper.tongue import speaking
from reports.periods.planning import directions_of
from reports.routes import TheDrawer
from signing.refusal import Refusal

STYLES = ("css/charts.css", "css/month.css", "public/public.css")
SUFFIXES = ("xlsx", "csv", "json")
FORM_MAX = 1_024
Pair = tuple[str, str]
YEARS_MAX = 6
"""Years that a page offers; others are had from /v1/public/figures."""


class LinkMade(Struct, frozen=True, kw_only=True):
    """A road link for whoever shows it: its whole address, once."""

    id: str
    address: str
    ends_s: int | None


@get("/public", include_in_schema=False)
async def get_public(guest: TheGuest, drawer: TheDrawer) -> Response[Any]:
    """Is this paper true, as of when, what does it not prove; and the open figures, which come after the page where they have to be drawn."""
    asked_for = guest.request.query_params
    state = await guest.log.state()
    ways, years, asked = _figures_asked(guest, state, asked_for.get("year"), asked_for.get("pair"))
    is_ready = asked is None or "whole" in asked_for or figures.kept_figures(drawer, asked) is not None
    query = {"year": years[0] if asked is None else asked.period, "pair": "" if asked is None else "-".join(asked.pair)}
    with speaking(guest.lang):
        pairs = [("-".join(way), _pair(way)) for way in ways]
    return page(
        guest,
        "public/public.html",
        words=WORDS,
        title=guest.say(WORDS["public"]),
        styles=STYLES,
        firms_min=FIRMS_MIN,
        pin="" if state is None else state.found,
        years=years,
        pairs=pairs,
        **{
            **query,
            "part": f"/public/figures?{urlencode(query)}",
            "is_ready": is_ready,
            **(await _drawn(guest, drawer, asked) if is_ready else {}),
        },
    )


@get("/public/figures", include_in_schema=False)
async def get_public_part(guest: TheGuest, drawer: TheDrawer) -> Response[Any]:
    """The figures' part of the page, for htmx; with ``whole`` the page, for who has no scripts."""
    asked_for = guest.request.query_params
    _, _, asked = _figures_asked(guest, await guest.log.state(), asked_for.get("year"), asked_for.get("pair"))
    if "whole" in asked_for:
        return Redirect(f"/public?{urlencode({**dict(asked_for), 'whole': '1'})}#figures", status_code=303)
    return fragment(guest, "public/_figures.html", words=WORDS, **await _drawn(guest, drawer, asked))


def _pair(way: Pair) -> str:
    """Two provinces, in the language that is being told."""
    return f"{figure_words.place(way[0])} – {figure_words.place(way[1])}"


def _figures_asked(
    guest: Visit, state: LogState | None, year: str | None, pair: str | None
) -> tuple[tuple[Pair, ...], list[str], FiguresAsked | None]:
    """Pairs of provinces, years that are offered, and which figures are asked for; ``None`` before there is a log."""
    ways = () if state is None else tuple(dict.fromkeys((min(way), max(way)) for way in directions_of(state)))
    years = [str(one) for one in range(guest.year, guest.year - YEARS_MAX, -1)]
    chosen = next((way for way in ways if "-".join(way) == pair), ways[0] if ways else None)
    period = year if year is not None and year in years else years[0]
    return ways, years, None if chosen is None or not guest.as_of.size else FiguresAsked(period, chosen, "json", None, is_public=True)


async def _drawn(guest: Visit, drawer: Drawer, asked: FiguresAsked | None) -> dict[str, Any]:
    """The figures as charts, each with its table."""
    if asked is None:
        return {"drawings": (), "held_back": "", "downloads": (), "of": ""}
    _, raw = await figures.public_figures(guest.log, drawer, asked)
    told = read_figures(raw)
    ends = urlencode({"from": asked.pair[0], "to": asked.pair[1]})
    with speaking(guest.lang):
        of = f"{_pair(asked.pair)}　{asked.period}"
    return {
        "of": of,
        "drawings": figures_of(told, guest.lang, guest.say(WORDS["others"])),
        "held_back": ("、" if guest.lang == "zh" else ", ").join(guest.say(figure_words.TITLES[name]) for name in told.held_back),
        "downloads": [(f"/v1/public/figures/{asked.period}.{suffix}?{ends}", suffix.upper()) for suffix in SUFFIXES],
    }


@get(PAGE, include_in_schema=False)
async def get_road_link(guest: TheGuest) -> Response[Any]:
    """The page that a road link leads to. What opens it is in the fragment; this route never sees it."""
    return page(
        guest,
        "public/road_link.html",
        words=WORDS,
        title=guest.say(WORDS["road"]),
        head=("public/road-link.js",),
        styles=("css/month.css",),
    )


@post(PAGE, status_code=200, include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_road_link(request: Request[Any, Any, Any], guest: TheGuest) -> Response[Any]:
    """The trip behind a capability, as a part of the page. That there is none is an answer too: it says what to do."""
    said = str((await request.form()).get("capability") or "")
    opened: OpenedLink | None = None
    try:
        opened = await open_link(guest.log, said, guest.lang, guest.now_s)
    except Refusal as refusal:
        if refusal.codes != ["NOT_FOUND"]:
            raise
    trip = None if opened is None else opened.trip
    parties = () if trip is None else (trip.generator, trip.receiver, trip.carrier, *(by for act in trip.acts for by in act.by))
    places = () if trip is None else (trip.origin, trip.destination)
    return fragment(
        guest,
        "public/_trip.html",
        words=WORDS,
        trip=trip,
        is_over=opened is not None,
        size=0 if opened is None else opened.size,
        named=await names_for(guest.log, guest.lang, parties, places),
    )


@get("/m/{generator:str}/{ulid:str}/road-link", include_in_schema=False)
async def get_link(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[Any]:
    """Where a road link is made."""
    return _link(visit, f"{generator}/{ulid}")


@post("/m/{generator:str}/{ulid:str}/road-link", status_code=200, include_in_schema=False)
async def post_link(request: Request[Any, Any, Any], visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[Any]:
    """Make one. A script that asks for JSON has address and end: the driver's page shows them without a network too."""
    made = await make_link(visit.log, visit.who, f"{generator}/{ulid}", visit.now_s)
    if "application/json" in request.headers.get("accept", "") and not visit.is_htmx:
        told = None if made is None else _made(visit, made)
        return Response({"link": told}, headers={"Cache-Control": "no-store"})
    return _link(visit, f"{generator}/{ulid}", made, is_over=made is None)


@post("/m/{generator:str}/{ulid:str}/road-link/end", status_code=200, include_in_schema=False)
async def post_link_end(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[Any]:
    """Take all of them back."""
    return _link(visit, f"{generator}/{ulid}", ended=await end_links(visit.log, visit.who, f"{generator}/{ulid}"))


def _made(visit: Visit, made: MadeLink) -> LinkMade:
    """With the address under which this installation is reached, never what a request says of itself."""
    return LinkMade(id=made.id, address=f"{visit.request.app.state.identity.audiences[0]}{made.path}", ends_s=made.ends_s)


def _link(visit: Visit, name: str, made: MadeLink | None = None, *, is_over: bool = False, ended: int | None = None) -> Response[Any]:
    shown: dict[str, Any] = {"id": name, "made": None if made is None else _made(visit, made), "is_over": is_over, "ended": ended}
    if visit.is_htmx:
        return fragment(visit, "public/_link.html", words=WORDS, **shown)
    return page(visit, "public/link.html", words=WORDS, title=visit.say(WORDS["link"]), **shown)


ROUTES = (get_public, get_public_part, get_road_link, post_road_link, get_link, post_link, post_link_end)
"""Handlers of this room."""
