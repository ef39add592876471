"""``/desk/search``: manifests by what stands on them; ``/desk/search/suggest``: what a text may become, as it is typed.

Every filter stands in the address, so the address is the saved view. A page goes on by a cursor, never by a number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect
from msgspec.structs import replace

from ledger.fields import normal
from ledger.reading import Page
from liandan.desk.search.words import WORDS
from liandan.desk.shell.frame import TheVisit, fragment, page
from liandan.desk.shell.language import sayer
from manifests.answers import Manifests
from manifests.model import Stage
from manifests.road.asked import read_asked
from manifests.road.contradicting import CONTRADICTIONS
from manifests.search import Search
from manifests.service import day_begins, list_manifests
from manifests.suggesting.service import suggest
from reports.tables import columns
from reports.tables.routes import Pages, answer_file
from signing.refusal import refuse
from whitelist.service import with_names

PAGE = 50
TYPED_MAX = 200
FILTERS = ("firm", "plate", "number", "waybill_no", "provincial_number", "ticket", "site")
"""Filters that a suggestion becomes."""
ONLY: Mapping[str, Mapping[str, Any]] = {
    "open": {"is_open": True}, "in_transit": {"stage": Stage.IN_TRANSIT.value}, "overdue": {"overdue": True},
    "against": {"alerts": tuple(CONTRADICTIONS)}, "held": {"held": True}, "contested": {"contested": True}, "incident": {"incident": True},
}  # fmt: skip
"""What ``only=`` narrows to."""
ASKED = (*FILTERS, "only", "issued_from", "issued_to")
STYLES, SCRIPTS = ("road/road.css",), ("search/search.js",)
TheCursor = Annotated[str | None, QueryParameter(name="cursor", max_length=400)]
Typed = Annotated[str | None, QueryParameter(name="q", max_length=TYPED_MAX)]


def search_for(asked: Mapping[str, str]) -> Search:
    """The search that an address asks for; Refusal QUERY_FORM for a filter that is none."""
    found = Search(
        since=day_begins("issued_from", asked.get("issued_from")), until=day_begins("issued_to", asked.get("issued_to"), following=True)
    )
    for name in FILTERS:
        if (value := asked.get(name)) is not None:
            if not value.isprintable() or not normal(value):
                raise refuse("QUERY_FORM", field=name, found=ascii(value[:60]))
            written = value if name in ("firm", "provincial_number", "site") else normal(value)
            found = replace(found, **{"party" if name == "firm" else name: written})
    if (only := asked.get("only")) is not None:
        if only not in ONLY:
            raise refuse("QUERY_FORM", field="only", found=only, expected=", ".join(ONLY))
        found = replace(found, **ONLY[only])
    return found


def asked_in(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The filters of an address; what is empty, as a form sends it, is none. Refusal QUERY_FORM for one that is too long."""
    found = {name: value for name in ASKED if (value := request.query_params.get(name, "").strip())}
    if long := next((name for name, value in found.items() if len(value) > TYPED_MAX), None):
        raise refuse("QUERY_FORM", field=long, found=ascii(found[long][:60]))
    return found


@get("/desk/search", include_in_schema=False)
async def get_search(request: Request[Any, Any, Any], visit: TheVisit, q: Typed = None, cursor: TheCursor = None) -> Response[Any]:
    """A page of manifests, and what the text that was typed may mean."""
    asked, text = asked_in(request), (q or "").strip()
    if text:
        meant = read_asked(text)
        if (name := {"plate": "plate", "number": "number", "firm": "firm", "site": "site"}.get(meant.what)) is not None:
            return Redirect(f"/desk/search?{urlencode({**asked, name: meant.value})}", status_code=303)
        if meant.what in ("manifest", "label"):
            return Redirect(f"/road?{urlencode({'q': text})}", status_code=303)
    found = None if text else await list_manifests(visit.log, visit.who, search_for(asked), Page(cursor, PAGE), visit.lang, visit.now_s)
    values: dict[str, Any] = {
        "asked": asked, "q": text, "found": None if found is None else await with_names(visit.log, found, visit.lang),
        "suggestions": await suggest(visit.log, visit.who, text) if text else None, "next": None, "filters": FILTERS, "only": tuple(ONLY),
        "is_first": cursor is None, "first": urlencode(asked), "sw": sayer(WORDS, visit.lang), "names": {},
        "without": {name: urlencode({key: value for key, value in asked.items() if key != name}) for name in asked},
    }  # fmt: skip
    if found is not None and found.next is not None:
        values["next"] = urlencode({**asked, "cursor": found.next})
    if "firm" in asked:
        party = await visit.service.party(asked["firm"])
        values["names"] = {} if party is None else {party.uscc: party.name}
    return page(visit, "search/index.html", words=WORDS, title=visit.say(WORDS["title"]), head=SCRIPTS, styles=STYLES, **values)


@get(["/desk/search.xlsx", "/desk/search.csv"], include_in_schema=False)
async def get_search_file(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """All that a search finds, as a file."""
    search = search_for(asked_in(request))

    async def found(cursor: str | None, limit: int) -> Manifests:
        return await with_names(
            visit.log, await list_manifests(visit.log, visit.who, search, Page(cursor, limit), visit.lang, visit.now_s), visit.lang
        )

    kind = visit.path.rpartition(".")[2]
    return await answer_file(request, Pages(found, columns.MANIFESTS, {}), columns.MANIFESTS, kind, english=visit.lang == "en")


@get("/desk/search/suggest", include_in_schema=False)
async def get_suggestions(
    visit: TheVisit, q: Typed = None, to: Annotated[str, QueryParameter(name="to", max_length=10)] = "search"
) -> Response[str]:
    """What has been typed may become; ``to=road`` leads to the inspector's page."""
    found = await suggest(visit.log, visit.who, q or "")
    return fragment(visit, "search/_suggestions.html", words=WORDS, found=found, to=to, sw=sayer(WORDS, visit.lang))


HANDLERS = (get_search, get_search_file, get_suggestions)
