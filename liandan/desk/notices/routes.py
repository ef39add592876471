"""The page of notices: what stands out, and mail reminders and webhooks to be added, tried, paused and ended. Everything is done by the services of
``/v1/reminders`` and ``/v1/webhooks``; a form becomes the body that they read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect

from ledger.problem import Problem
from ledger.routes import caller_of
from liandan.desk.notices.reading import read_notices
from liandan.desk.notices.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, page
from liandan.reminders.service import ReminderChanges, ReminderCode, Reminders, ReminderWanted
from liandan.webhooks.service import WebhookChanges, Webhooks, WebhookWanted, read_body
from signing.refusal import Refusal, refuse

PAGE = "/desk/notices"
FORM_MAX = 16_384
T = TypeVar("T", bound=msgspec.Struct)
DONE = ("added", "hooked", "tested", "changed", "deleted", "confirmed")
SAID = {"confirm": "confirmed", "test": "tested", "state": "changed", "delete": "deleted"}
"""What the page says of a deed that is done."""
SAID_MAX = 500
InPart = Annotated[str, PathParameter(pattern="^(mail|hooks)$")]
InOrder = Annotated[str, PathParameter(pattern="^[0-9a-f]{24}$")]
InDeed = Annotated[str, PathParameter(pattern=f"^({'|'.join(SAID)})$")]


@get(PAGE, include_in_schema=False)
async def get_notices(visit: TheVisit) -> Response[Any]:
    """What stands out, and where it is told."""
    return await _shown(visit)


@post(f"{PAGE}/mail", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_mail(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """Another address; it is asked by mail at once."""
    form = await request.form()

    async def make() -> None:
        wanted = _read(ReminderWanted, form, "address", "language", "note", ahead_wd=_whole(form.get("ahead_wd")))
        await _reminders(visit).make(caller_of(request, "post"), wanted)

    return await _tried(visit, make, "added", "mail", form)


@post(f"{PAGE}/hooks", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_hook(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """Another webhook; it is pinged at once."""
    form = await request.form()

    async def make() -> None:
        wanted = _read(WebhookWanted, form, "url", "note", kinds=form.getall("kinds", []))
        await _webhooks(visit).make(caller_of(request, "post"), wanted)

    return await _tried(visit, make, "hooked", "hooks", form)


@post(PAGE + "/{part:str}/{order:str}/{deed:str}", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_order(request: Request[Any, Any, Any], visit: TheVisit, part: InPart, order: InOrder, deed: InDeed) -> Response[Any]:
    """What is done with an address or a webhook that is there: tried, paused or set going again, deleted; an address also confirmed, with the code
    of the mail, by whoever has read it."""
    form, caller = await request.form(), caller_of(request, "post")
    mails, hooks = _reminders(visit), _webhooks(visit)

    async def work() -> None:
        match part, deed:
            case "mail", "confirm":
                await mails.confirm(caller, order, _read(ReminderCode, form, "code").code)
            case "mail", "test":
                await mails.test(caller, order)
            case "mail", "state":
                await mails.change(caller, order, _read(ReminderChanges, form, "state"))
            case "mail", "delete":
                await mails.end(caller, order)
            case "hooks", "test":
                await hooks.ping(caller, order)
            case "hooks", "state":
                await hooks.change(caller, order, _read(WebhookChanges, form, "state"))
            case "hooks", "delete":
                await hooks.end(caller, order)
            case _:
                raise refuse("NOT_FOUND", field="deed", found=deed)

    return await _tried(visit, work, SAID[deed], part)


async def _tried(visit: Visit, work: Callable[[], Awaitable[None]], done: str, part: str, form: Any = None) -> Response[Any]:
    """Back to the page; of what was refused the same page says why, with what was typed still in its form."""
    try:
        await work()
    except Refusal as refusal:
        return await _shown(visit, visit.request.app.state.problem_of(visit.request, refusal), part, form)
    return Redirect(f"{PAGE}?done={done}#{part}", status_code=303, headers={"Cache-Control": "no-store"})


async def _shown(visit: Visit, problem: Problem | None = None, part: str = "", form: Any = None) -> Response[Any]:
    reminders = _reminders(visit)
    found = await read_notices(visit.log, visit.who, reminders, _webhooks(visit), visit.lang, visit.now_s)
    told = form or {}
    said = {name: str(told.get(name) or "")[:SAID_MAX] for name in ("address", "language", "ahead_wd", "note", "url")}
    return page(
        visit,
        "notices/notices.html",
        words=WORDS,
        title=visit.say(WORDS["notices"]),
        status=200 if problem is None else problem.status,
        styles=("css/notices.css",),
        found=found,
        sends=reminders.sends,
        done=done if (done := visit.request.query_params.get("done", "")) in DONE else "",
        problem=problem,
        part=part,
        said=said,
        is_typed=form is not None,
        said_kinds=form.getall("kinds", []) if form else (),
    )


def _reminders(visit: Visit) -> Reminders:
    found: Reminders = visit.request.app.state.reminders
    return found


def _webhooks(visit: Visit) -> Webhooks:
    found: Webhooks = visit.request.app.state.webhooks
    return found


def _read(form: type[T], told: Any, *names: str, **more: Any) -> T:
    """A form as the body that the interface reads; Refusal WEBHOOK_FORM with everything that is wrong with it."""
    said = {name: str(told.get(name) or "").strip() for name in names} | {name: value for name, value in more.items() if value is not None}
    found: T = read_body(msgspec.json.encode(said), form)
    return found


def _whole(text: object) -> object:
    """A number where it is one, else as it was typed: the form says what is wrong with it."""
    said = str(text or "").strip()
    return None if not said else int(said) if said.isascii() and said.isdigit() and len(said) < 5 else said


ROUTES = (get_notices, post_mail, post_hook, post_order)
"""Handlers of this room."""
