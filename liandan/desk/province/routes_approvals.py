"""Applications: those that wait, those that were decided, one whole with what an office may do about it; and firms that ask to be registered."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from ledger.reading import snapshot
from liandan.desk.forms.service import find_parties
from liandan.desk.province.approvals import is_unanswered, read_application, read_applications
from liandan.desk.province.drawing import draw, form_of, forms_of, office_of, say
from liandan.desk.province.offering import Office, offer
from liandan.desk.province.registering import ComparedPrint, RegistrationView, compare, read_registration
from liandan.desk.province.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, fragment
from signing.uscc import misspelt
from whitelist.registries import Wanted

ORDER = ("grant", "agree", "accept", "consult", "disagree", "refuse", "notice", "suspend", "resume", "revoke")
"""What stands first of the acts that are open."""
FIRST = frozenset({"grant", "agree", "accept", "consult", "resume"})
"""What stands open; whatever stops or refuses something is asked for first."""


@get("/province/approvals", include_in_schema=False)
async def get_approvals(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """审批: applications and decisions by group."""
    office, query = office_of(visit), request.query_params
    typed = str(query.get("generator", "")).strip()[:60]
    generator = typed.upper() if typed and not misspelt(typed.upper()) else ""
    if typed and not generator:  # a name: the first firm that is called so
        generator = next((one.value for one in await find_parties(visit.service, typed)), "")
    wanted = Wanted(generator=generator or None)
    found = await read_applications(visit.log, office, str(query.get("group", "open")), wanted, query.get("cursor"), visit.lang)
    return draw(
        visit,
        "approvals.html",
        say(visit, "approvals"),
        found=found,
        generator=generator or typed,
        is_unknown=bool(typed and not generator),
    )


@get("/province/approvals/{generator:str}/{ulid:str}", include_in_schema=False)
async def get_approval(visit: TheVisit, generator: FromPath[str], ulid: FromPath[str]) -> Response[str]:
    """One application or decision."""
    found = await read_application(visit.log, office_of(visit), f"approval/{generator}/{ulid}", visit.lang)
    names = {"lines": [say(visit, "line_of", n=n + 1, what=one) for n, one in enumerate(found.line_names)]}
    forms = forms_of(visit, found.acts.values(), f"/province/approvals/{generator}/{ulid}", names)
    order = [key for key in ORDER if key in forms and not forms[key].blockers]
    first = order[0] if order and order[0] in FIRST and not found.waits_for else ""
    blocked = [key for key in ORDER if key in forms and forms[key].blockers]
    name = found.view.names.get(found.view.approval.generator, found.view.approval.generator)
    return draw(
        visit,
        "approval.html",
        say(visit, "application_of", name=name),
        found=found,
        forms=forms,
        order=order,
        first=first,
        blocked=blocked,
        is_unanswered=is_unanswered(found),
    )


@get("/province/registrations/{registration:str}", include_in_schema=False)
async def get_registration(request: Request[Any, Any, Any], visit: TheVisit, registration: FromPath[str]) -> Response[str]:
    """A firm that asks to be registered."""
    found = await _read(request, visit, registration)
    read_out = str(request.query_params.get("fingerprint", ""))[:64]
    compared = compare(found, read_out) if read_out else None
    form = await _form(visit, compared)
    return draw(visit, "registration.html", found.shown.name, found=found, read_out=read_out, compared=compared, form=form)


@get("/province/registrations/{registration:str}/compared", include_in_schema=False)
async def get_compared(request: Request[Any, Any, Any], visit: TheVisit, registration: FromPath[str]) -> Response[str]:
    """Whether the fingerprint that was read out is one of its keys', and if so the form that registers it."""
    compared = compare(await _read(request, visit, registration), str(request.query_params.get("fingerprint", ""))[:64])
    return fragment(visit, "province/_compared.html", words=WORDS, compared=compared, form=await _form(visit, compared))


async def _read(request: Request[Any, Any, Any], visit: Visit, registration: str) -> RegistrationView:
    return await read_registration(visit.log, request.app.state.registrations, office_of(visit), registration)


async def _form(visit: Visit, compared: ComparedPrint | None) -> Any:
    if compared is None or compared.act is None:
        return None
    async with snapshot(visit.log) as now:
        offered = await offer(now, visit.log.kinds, Office(visit.who.uscc, max(visit.now_s, now.at_s)), [compared.act], visit.lang)
    return form_of(visit, next(iter(offered), None), "/province")


@post("/province/registrations/{registration:str}/refuse", status_code=200, include_in_schema=False)
async def post_refuse(request: Request[Any, Any, Any], visit: TheVisit, registration: FromPath[str]) -> Redirect:
    """Not registered, with a reason that the firm reads."""
    typed = await request.form()
    raw = msgspec.json.encode({"reason": str(typed.get("reason", "")).strip()})
    await request.app.state.registrations.refuse(office_of(visit), registration, raw, now_s=None)
    return Redirect("/province", status_code=303)


HANDLERS: tuple[ControllerRouterHandler, ...] = (get_approvals, get_approval, get_registration, get_compared, post_refuse)
