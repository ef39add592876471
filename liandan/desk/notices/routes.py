"""The page of notices: what stands out, and mail reminders and webhooks to be added, tried, paused and ended. Everything is done by the services of
``/v1/reminders`` and ``/v1/webhooks``; a form becomes the body that they read."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from ledger.routes import caller_of
from liandan.desk.notices.reading import read_notices
from liandan.desk.notices.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, page
from liandan.reminders.routes import InReminder
from liandan.reminders.service import ReminderChanges, ReminderCode, Reminders, ReminderWanted
from liandan.webhooks.routes import InWebhook
from liandan.webhooks.service import WebhookChanges, Webhooks, WebhookWanted, read_body

PAGE = "/desk/notices"
FORM_MAX = 16_384
T = TypeVar("T", bound=msgspec.Struct)
DONE = ("added", "hooked", "tested", "changed", "deleted", "confirmed")


@get(PAGE, include_in_schema=False)
async def get_notices(visit: TheVisit) -> Response[Any]:
    """What stands out, and where it is told."""
    reminders = _reminders(visit)
    found = await read_notices(visit.log, visit.who, reminders, _webhooks(visit), visit.lang, visit.now_s)
    return page(
        visit,
        "notices/notices.html",
        words=WORDS,
        title=visit.say(WORDS["notices"]),
        styles=("css/notices.css",),
        found=found,
        sends=reminders.sends,
        done=done if (done := visit.request.query_params.get("done", "")) in DONE else "",
    )


@post(f"{PAGE}/mail", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_mail(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """Another address; it is asked by mail at once."""
    form = await request.form()
    wanted = _read(ReminderWanted, form, "address", "language", "note", ahead_wd=_whole(form.get("ahead_wd")))
    await _reminders(visit).make(caller_of(request, "post"), wanted)
    return _back("added", "mail")


@post(PAGE + "/mail/{reminder:str}/confirm", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_mail_confirm(request: Request[Any, Any, Any], visit: TheVisit, reminder: InReminder) -> Response[Any]:
    """With the code of the mail, by whoever has read it."""
    code = _read(ReminderCode, await request.form(), "code").code
    await _reminders(visit).confirm(caller_of(request, "post"), reminder, code)
    return _back("confirmed", "mail")


@post(PAGE + "/mail/{reminder:str}/test", include_in_schema=False)
async def post_mail_test(request: Request[Any, Any, Any], visit: TheVisit, reminder: InReminder) -> Response[Any]:
    """A test, or the mail that asks once more."""
    await _reminders(visit).test(caller_of(request, "post"), reminder)
    return _back("tested", "mail")


@post(PAGE + "/mail/{reminder:str}/state", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_mail_state(request: Request[Any, Any, Any], visit: TheVisit, reminder: InReminder) -> Response[Any]:
    """Pause it, or set it going again."""
    await _reminders(visit).change(caller_of(request, "post"), reminder, _read(ReminderChanges, await request.form(), "state"))
    return _back("changed", "mail")


@post(PAGE + "/mail/{reminder:str}/delete", include_in_schema=False)
async def post_mail_delete(request: Request[Any, Any, Any], visit: TheVisit, reminder: InReminder) -> Response[Any]:
    """End it, and erase the address."""
    await _reminders(visit).end(caller_of(request, "post"), reminder)
    return _back("deleted", "mail")


@post(f"{PAGE}/hooks", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_hook(request: Request[Any, Any, Any], visit: TheVisit) -> Response[Any]:
    """Another webhook; it is pinged at once."""
    form = await request.form()
    await _webhooks(visit).make(caller_of(request, "post"), _read(WebhookWanted, form, "url", "note", kinds=form.getall("kinds", [])))
    return _back("hooked", "hooks")


@post(PAGE + "/hooks/{webhook:str}/test", include_in_schema=False)
async def post_hook_test(request: Request[Any, Any, Any], visit: TheVisit, webhook: InWebhook) -> Response[Any]:
    """A notice that there is nothing to tell."""
    await _webhooks(visit).ping(caller_of(request, "post"), webhook)
    return _back("tested", "hooks")


@post(PAGE + "/hooks/{webhook:str}/state", include_in_schema=False, request_max_body_size=FORM_MAX)
async def post_hook_state(request: Request[Any, Any, Any], visit: TheVisit, webhook: InWebhook) -> Response[Any]:
    """Pause it, or set it going again."""
    await _webhooks(visit).change(caller_of(request, "post"), webhook, _read(WebhookChanges, await request.form(), "state"))
    return _back("changed", "hooks")


@post(PAGE + "/hooks/{webhook:str}/delete", include_in_schema=False)
async def post_hook_delete(request: Request[Any, Any, Any], visit: TheVisit, webhook: InWebhook) -> Response[Any]:
    """End it, and forget its delivery log."""
    await _webhooks(visit).end(caller_of(request, "post"), webhook)
    return _back("deleted", "hooks")


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


def _back(done: str, part: str) -> Response[Any]:
    return Redirect(f"{PAGE}?done={done}#{part}", status_code=303, headers={"Cache-Control": "no-store"})


ROUTES = (
    get_notices,
    post_mail,
    post_mail_confirm,
    post_mail_test,
    post_mail_state,
    post_mail_delete,
    post_hook,
    post_hook_test,
    post_hook_state,
    post_hook_delete,
)
"""Handlers of this room."""
