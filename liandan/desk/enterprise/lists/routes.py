"""``/desk/manifests`` and ``/desk/decisions``. The address of a search is its saved view: filters stand in it, pages follow by cursor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get

from ledger.fields import normal
from ledger.reading import PAGE_MAX, Page
from ledger.times import day_of
from liandan.desk.enterprise.lists.view import decisions_view, listed
from liandan.desk.enterprise.routes import STYLES
from liandan.desk.enterprise.service import names_in
from liandan.desk.enterprise.words import WORDS
from liandan.desk.shell.frame import TheVisit, fragment, page
from manifests import service as manifests
from manifests.model import STAGES
from manifests.search import Search, scoped
from manifests.store import fetch_views, search_views
from whitelist import service as registries
from whitelist.registries import Wanted
from whitelist.service import with_names

ROWS = 50
LOADS_MAX, NEAR_MAX = 200, 8
"""Newest loads that are looked at for a plate of which a part was typed, and plates that are told."""
TEXTS = ("number", "stage", "code", "plate", "role", "issued_from", "issued_to")
FLAGS = ("overdue", "held", "contested")


@get("/desk/manifests", include_in_schema=False)
async def get_manifests(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """Manifests by what they are looked for, newest issue first; with ``cursor`` the rows behind it."""
    asked = {name: str(request.query_params.get(name, "")).strip()[:60] for name in TEXTS}
    asked |= {name: "true" for name in FLAGS if request.query_params.get(name) == "true"}
    asked = {name: value for name, value in asked.items() if value}
    cursor = request.query_params.get("cursor")
    found = await manifests.list_manifests(visit.log, visit.who, search_of(asked, visit.who.uscc), Page(cursor, ROWS), visit.lang, None)
    found = await with_names(visit.log, found, visit.lang)
    more = None if found.next is None else f"/desk/manifests?{urlencode({**asked, 'cursor': found.next})}"
    async with manifests.projection(visit.log) as now:
        views = await fetch_views(now.workspace.conn, [f"manifest/{one.id}" for one in found.manifests])
    shown: dict[str, Any] = {"rows": listed(found, views), "more": more}
    if visit.is_htmx and cursor is not None:
        return fragment(visit, "enterprise/_manifest_rows.html", words=WORDS, **shown)
    near = await _plates_like(visit, asked["plate"]) if "plate" in asked and not found.manifests else ()
    year = day_of(visit.now_s)[:4]
    stages = [(code, zh if visit.lang == "zh" else code.replace("_", " ")) for code, zh in STAGES.items() if code != "none"]
    return page(
        visit, "enterprise/manifests.html", words=WORDS, title=WORDS["list_title"][visit.lang == "en"], styles=STYLES, asked=asked, stages=stages,
        register_year=year, near=[(plate, urlencode({**asked, "plate": plate})) for plate in near], **shown,
    )  # fmt: skip


async def _plates_like(visit: TheVisit, typed: str) -> tuple[str, ...]:
    """Plates of the firm's newest loads that hold what was typed: people know a truck by its last digits."""
    sought = normal(typed)
    async with manifests.projection(visit.log) as now:
        found = await search_views(now.workspace.conn, scoped(Search(), visit.who), limit=LOADS_MAX)
    plates = {leg.vehicle.plate for view in found.views for leg in view.state.legs}
    return tuple(sorted(plate for plate in plates if sought in normal(plate)))[:NEAR_MAX]


def search_of(asked: dict[str, str], own: str) -> Search:
    """The search of an address; Refusal QUERY_FORM for a day or a plate that is none."""
    role = asked.get("role", "")
    return Search(
        number=asked.get("number"),
        stage=asked.get("stage"),
        code=asked.get("code"),
        plate=manifests.normal_text("plate", asked.get("plate"), "川AF1234"),
        since=manifests.day_begins("issued_from", asked.get("issued_from")),
        until=manifests.day_begins("issued_to", asked.get("issued_to"), following=True),
        generator=own if role == "generator" else None,
        receiver=own if role == "receiver" else None,
        carrier=own if role == "carrier" else None,
        overdue="overdue" in asked,
        held="held" in asked,
        contested="contested" in asked,
    )


@get("/desk/decisions", include_in_schema=False)
async def get_decisions(visit: TheVisit) -> Response[str]:
    """Decisions with what is left, applications with whose turn it is, yearly scales."""
    own = visit.who.uscc
    pages = [
        await registries.list_approvals(visit.log, visit.who, wanted, Page(None, PAGE_MAX))
        for wanted in (Wanted(generator=own), Wanted(receiver=own))
    ]
    approvals = tuple(one for found in pages for one in found.approvals)
    quotas = (await registries.list_quotas(visit.log, visit.who, Wanted(quota="Q3", receiver=own), Page(None, PAGE_MAX))).quotas
    names = await names_in(visit.log, pages[0], visit.lang) | await names_in(visit.log, pages[1], visit.lang)
    return page(
        visit, "enterprise/decisions.html", words=WORDS, title=WORDS["dec_title"][visit.lang == "en"], styles=STYLES,
        found=decisions_view(approvals, quotas, own, names), own=own,
    )  # fmt: skip


HANDLERS = (get_manifests, get_decisions)
