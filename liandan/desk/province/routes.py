"""Pages of an office: the inbox, lists, rows and their suspension. Applications, events and tools have their own modules; all are gathered here."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from msgspec.structs import replace

from liandan.desk.forms.chains import permit_options
from liandan.desk.forms.model import ActForm, FormOption
from liandan.desk.province.alerts import read_alerts
from liandan.desk.province.drawing import draw, form_of, forms_of, office_of, say
from liandan.desk.province.granted import read_granted
from liandan.desk.province.inbox import Inbox, read_inbox, regions_of
from liandan.desk.province.lists import ListPage, WaitingAct, read_list, read_lists, read_row, row_words_of
from liandan.desk.province.routes_approvals import HANDLERS as APPROVALS
from liandan.desk.province.routes_events import HANDLERS as EVENTS
from liandan.desk.province.routes_tools import HANDLERS as TOOLS
from liandan.desk.province.standing import list_name
from liandan.desk.province.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, fragment
from liandan.intake.service import difference_of_lists
from liandan.list_words import conditions_words
from manifests.listed.service import read_stop_effect
from signing.refusal import refuse
from whitelist.service import with_names

CONFIRMS_MAX, ALL_MAX = 3, 200
"""Lists of which the inbox shows what is to be confirmed, and items when all are asked for."""


class WaitingShown(Struct, frozen=True):
    """An act that waits for us, with its list and the form that confirms it."""

    waiting: WaitingAct
    page: ListPage
    form: ActForm | None


@get("/province", include_in_schema=False)
async def get_inbox(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """待办: what waits for us and for the other side, quotas, alerts, firms that ask to be registered."""
    if visit.who.role == "party" and visit.who.grants:
        return draw(visit, "granted.html", say(visit, "granted"), rows=await read_granted(visit.log, visit.who, visit.lang))
    office = office_of(visit)
    limit = ALL_MAX if request.query_params.get("all") == "true" else 50
    inbox = await read_inbox(visit.log, office, request.app.state.registrations, visit.lang, None, limit)
    return draw(visit, "inbox.html", say(visit, "inbox"), inbox=inbox, confirms=await _confirms(visit, inbox))


@get("/province/alerts", include_in_schema=False)
async def get_alerts(visit: TheVisit, before: Annotated[int, QueryParameter(ge=0, le=2**53)]) -> Response[str]:
    """Alerts before an entry, and from where to look further back: a part of the inbox."""
    office, state = office_of(visit), await visit.log.state()
    regions = () if state is None else regions_of(state, office.uscc)
    found = await read_alerts(visit.log, regions, visit.lang, before)
    return fragment(visit, "province/_alerts.html", words=WORDS, found=found, begun=True)


async def _confirms(visit: Visit, inbox: Inbox) -> list[WaitingShown]:
    """What of lists waits for our confirmation, whole: it is compared and signed where it is seen."""
    chains = dict.fromkeys(one.item.list for one in inbox.mine.items if one.item.kind == "list.confirm/1")
    found = list[WaitingShown]()
    for chain in list(chains)[:CONFIRMS_MAX]:
        listed = await read_list(visit.log, visit.who, chain, None, visit.lang)
        found += [WaitingShown(one, listed, form_of(visit, one.confirm, "/province")) for one in listed.waiting if one.confirm is not None]
    return found


@get("/province/lists", include_in_schema=False)
async def get_lists(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """白名单: lists of a year."""
    office = office_of(visit)
    asked = str(request.query_params.get("year", ""))
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    found = await read_lists(visit.log, office, year, request.query_params.get("cursor"), visit.lang)
    return draw(visit, "lists.html", say(visit, "lists"), found=found)


@get("/province/lists/{name:str}", include_in_schema=False)
async def get_list(request: Request[Any, Any, Any], visit: TheVisit, name: FromPath[str]) -> Response[str]:
    """One list: rows, versions, what waits."""
    found = await read_list(visit.log, office_of(visit), f"list/{name}", request.query_params.get("cursor"), visit.lang)
    here = f"/province/lists/{found.slug}"
    forms = forms_of(visit, [one for key, one in found.acts.items() if key not in ("suspend", "amend") and not _is_idle(one)], here)
    waiting = [WaitingShown(one, found, form_of(visit, one.confirm, here)) for one in found.waiting]
    shown = [{"waiting": one.waiting, "form": one.form, "title": one.waiting.title, "anchor": one.waiting.anchor} for one in waiting]
    return draw(
        visit,
        "list.html",
        f"{found.direction} {found.answer.year}",
        found=found,
        forms=forms,
        waiting=shown,
        can={key: key in found.acts and not _is_idle(found.acts[key]) for key in ("amend", "suspend")},
        conditions=conditions_words(found.answer.conditions, visit.lang),
        list_named={one: list_name(one, visit.lang) for one in found.others},
    )


def _is_idle(offered: Any) -> bool:
    """Whether the list stands already as the act would have it."""
    return any(one.code == "ROW_STATE" for one in offered.blockers)


@get("/province/lists/{name:str}/difference", include_in_schema=False)
async def get_difference(request: Request[Any, Any, Any], visit: TheVisit, name: FromPath[str]) -> Response[str]:
    """This list against another, in words."""
    office_of(visit)
    before, after = str(request.query_params.get("before", "")), f"list/{name}"
    found = await difference_of_lists(visit.log, before, after, None)
    return fragment(visit, "province/_difference.html", words=WORDS, found=found, before=before, after=after)


@get("/province/lists/{name:str}/amend", include_in_schema=False)
async def get_amend(visit: TheVisit, name: FromPath[str]) -> Response[str]:
    """A change of a list in force, typed."""
    found = await read_list(visit.log, office_of(visit), f"list/{name}", None, visit.lang)
    offered = found.acts.get("amend")
    if offered is None:
        raise refuse("NOT_FOUND", field="list", found=name[:100])
    rows = tuple(FormOption(value=str(row), text=text) for row, text in (await row_words_of(visit.log, found.list, visit.lang)).items())
    offers = {"quota.*.row": rows, "end.*.row": rows, "add.*.permit": await permit_options(visit.log, visit.lang)}
    form = form_of(visit, replace(offered, blockers=()), f"/province/lists/{found.slug}", offers)
    assert form is not None, "it is offered"
    form = replace(form, parts=(*form.parts, *form.more), more=())  # rows are what this page is for: nothing is folded away
    return draw(visit, "amend.html", say(visit, "amend_title", name=list_name(found.list, visit.lang)), form=form, slug=found.slug)


@get("/province/lists/{name:str}/suspend", include_in_schema=False)
async def get_suspend_list(visit: TheVisit, name: FromPath[str]) -> Response[str]:
    """Every row of a list stops: what that does, before anybody signs."""
    found = await read_list(visit.log, office_of(visit), f"list/{name}", None, visit.lang)
    return await _suspend(visit, found.list, None, found.acts.get("suspend"), say(visit, "suspend_all"))


@get("/province/lists/{name:str}/{row:int}", include_in_schema=False)
async def get_row(visit: TheVisit, name: FromPath[str], row: FromPath[int]) -> Response[str]:
    """One row: how it stands, what befell it, what may be done."""
    found = await read_row(visit.log, office_of(visit), f"list/{name}", row, visit.lang)
    forms = forms_of(visit, found.acts.values(), f"/province/lists/{name}/{row}")
    title = say(visit, "row_head", direction=found.row.direction, n=row + 1)
    return draw(visit, "row.html", title, found=found, forms=forms, slug=name)


@get("/province/lists/{name:str}/{row:int}/suspend", include_in_schema=False)
async def get_suspend_row(visit: TheVisit, name: FromPath[str], row: FromPath[int]) -> Response[str]:
    """A row stops: what that does, before anybody signs."""
    found = await read_row(visit.log, office_of(visit), f"list/{name}", row, visit.lang)
    what = f"{say(visit, 'row_head', direction=found.row.direction, n=row + 1)}　{found.row.name}"
    return await _suspend(visit, found.list, row, found.acts.get("suspend"), what)


async def _suspend(visit: Visit, chain: str, row: int | None, offered: Any, what: str) -> Response[str]:
    effect = await with_names(visit.log, await read_stop_effect(visit.log, visit.who, chain, row, None), visit.lang)
    slug = chain.removeprefix("list/")
    form = form_of(visit, offered, f"/province/lists/{slug}") if effect.rows else None
    return draw(visit, "suspend.html", say(visit, "suspend_title", what=what), effect=effect, form=form, named=list_name(chain, visit.lang))


HANDLERS: tuple[ControllerRouterHandler, ...] = (
    get_inbox, get_alerts, get_lists, get_list, get_difference, get_amend, get_suspend_list, get_row, get_suspend_row, *APPROVALS, *EVENTS, *TOOLS,
)  # fmt: skip
