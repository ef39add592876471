"""``/act/<kind>?chain=…``: any act that a visitor may sign on a chain, as a page; what it may begin with stands in the query, ``f.<path>=…``."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get

from ledger.describing import in_path
from liandan.desk.forms.model import ActForm
from liandan.desk.forms.reading import read_form
from liandan.desk.forms.service import FormAsked, act_forms, find_parties, kind_named
from liandan.desk.forms.words import WORDS
from liandan.desk.shell.addresses import local_next
from liandan.desk.shell.frame import TheVisit, fragment, page

HEAD = ("island/form.js", "forms/rows.js")
STYLES = ("css/forms.css", "css/island.css")
InKind = Annotated[str, in_path("^[a-z]+[.][a-z_]+$", "声明种类，不带版本 / kind, without version", "approval.apply")]
GIVEN = "f."
"""Begins the name of a query parameter that is laid in a field."""


@get("/act/{kind:str}", include_in_schema=False)
async def get_act(request: Request[Any, Any, Any], visit: TheVisit, kind: InKind) -> Response[str]:
    """The form of an act on a chain; several where there are several things that it could be about."""
    query = request.query_params
    known_kind = kind_named(visit.log, kind)
    given = [(name.removeprefix(GIVEN), value) for name, value in query.multi_items() if name.startswith(GIVEN)]
    asked = FormAsked(
        kind=kind,
        chain=str(query.get("chain", ""))[:200],
        about=str(query.get("case", ""))[:200],
        known=read_form(known_kind.body, {}, given),
        next=local_next(query.get("next"), otherwise=""),
    )
    forms: tuple[ActForm, ...] = await act_forms(visit.log, visit.who, asked, visit.lang, None)
    title = known_kind.zh if visit.lang == "zh" else known_kind.en
    return page(
        visit,
        "forms/act.html",
        words=WORDS,
        title=title,
        head=HEAD,
        styles=STYLES,
        forms=forms,
        chain=asked.chain,
        back=asked.next or "/desk",
    )


@get("/act/options/parties", include_in_schema=False)
async def get_parties(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """Parties whose name or code holds what is typed, as options of a list."""
    text = next((value for value in request.query_params.values() if value), "")
    found = await find_parties(visit.service, str(text)[:60])
    return fragment(visit, "forms/options.html", words=WORDS, options=found)


HANDLERS = (get_act, get_parties)
