"""Reminders over HTTP: for the party with a token as its webhooks are, for whoever reads the mails with the token of the mail."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.openapi import ResponseSpec

from ledger.describing import HTML, READ_REFUSALS, AnswerSpec, in_path, in_query, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.routes import Lang, caller_of
from liandan.pages.layout import SENT
from liandan.reminders.answers import ReminderAnswer, ReminderList, reminder_answer
from liandan.reminders.page import PageWanted, lost_page, reminder_page
from liandan.reminders.service import PAGE, ReminderChanges, ReminderCode, Reminders, ReminderWanted
from liandan.webhooks.routes import BODY_MAX, CHANGING
from liandan.webhooks.service import read_body
from signing.refusal import Refusal

InReminder = Annotated[str, in_path("^[0-9a-f]{24}$", "提醒编号 / id of a reminder", "5a79aadc071d32b314c19a7e")]
Token = Annotated[str, in_query("^[a-z]{40}$", "邮件中的链接所带 / as the link of the mail has it", "a" * 40)]
TokenRead = Annotated[str, in_query("^[a-z]{1,200}$", "邮件中的链接所带 / as the link of the mail has it", "a" * 40)]
ASKED: dict[int, ResponseSpec] = {**CHANGING, 202: AnswerSpec(ReminderAnswer, description="Waiting to be sent")}
LOST = AnswerSpec(str, media_type=HTML, headers=SENT, description="A page: the link is cut short, or over")
SHOWN: dict[int, ResponseSpec] = {**refusals(404), 200: AnswerSpec(str, media_type=HTML, headers=SENT, description="A page")}


def _reminders(request: Request[Any, Any, Any]) -> Reminders:
    found: Reminders = request.app.state.reminders
    return found


async def _page(request: Request[Any, Any, Any], token: str) -> Response[str]:
    reminder, name = await _reminders(request).shown(token)
    return reminder_page(PageWanted(state=reminder.state, token=token, name=name, uscc=reminder.uscc, address=reminder.address))


@post("/v1/reminders", opt=takes(ReminderWanted), responses=CHANGING)
async def post_reminder(request: Request[Any, Any, Any], lang: Lang) -> ReminderAnswer:
    """Have an address told every day what is due. It is asked by mail at once, and told of nothing until whoever reads it has agreed."""
    reminder = await _reminders(request).make(caller_of(request, "post"), read_body(await request.body(), ReminderWanted))
    return reminder_answer(reminder, lang)


@get("/v1/reminders", responses=READ_REFUSALS)
async def list_reminders(request: Request[Any, Any, Any], lang: Lang) -> ReminderList:
    """The mail reminders of the caller's party."""
    return ReminderList(reminders=tuple(reminder_answer(one, lang) for one in await _reminders(request).all_of(caller_of(request, "read"))))


@get("/v1/reminders/{reminder:str}", responses=READ_REFUSALS)
async def get_reminder(request: Request[Any, Any, Any], lang: Lang, reminder: InReminder) -> ReminderAnswer:
    """One reminder, with what became of its newest mails."""
    found, mails = await _reminders(request).read(caller_of(request, "read"), reminder)
    return reminder_answer(found, lang, mails)


@patch("/v1/reminders/{reminder:str}", opt=takes(ReminderChanges), responses=CHANGING)
async def patch_reminder(request: Request[Any, Any, Any], lang: Lang, reminder: InReminder) -> ReminderAnswer:
    """Change language, days ahead or note, pause it, or set it going again."""
    changes = read_body(await request.body(), ReminderChanges)
    return reminder_answer(await _reminders(request).change(caller_of(request, "post"), reminder, changes), lang)


@delete("/v1/reminders/{reminder:str}", responses=CHANGING)
async def delete_reminder(request: Request[Any, Any, Any], reminder: InReminder) -> None:
    """End a reminder and erase its address."""
    await _reminders(request).end(caller_of(request, "post"), reminder)


@post("/v1/reminders/{reminder:str}/confirm", status_code=200, opt=takes(ReminderCode), responses=CHANGING)
async def post_reminder_confirm(request: Request[Any, Any, Any], lang: Lang, reminder: InReminder) -> ReminderAnswer:
    """Confirm with the code that was mailed; whoever reads the mail may do it on its page instead."""
    code = read_body(await request.body(), ReminderCode).code
    return reminder_answer(await _reminders(request).confirm(caller_of(request, "post"), reminder, code), lang)


@post("/v1/reminders/{reminder:str}/test", status_code=202, responses=ASKED)
async def post_reminder_test(request: Request[Any, Any, Any], lang: Lang, reminder: InReminder) -> ReminderAnswer:
    """Send a test mail; to an address that has not agreed, the mail that asks once more."""
    found, mails = await _reminders(request).test(caller_of(request, "post"), reminder)
    return reminder_answer(found, lang, mails)


@get(PAGE, media_type=HTML, responses={**SHOWN, 404: LOST})
async def get_reminder_page(request: Request[Any, Any, Any], token: TokenRead) -> Response[str]:
    """The page that mails lead to. Looking at it changes nothing: programs follow links of mails before people do. Whoever follows half a link
    is a person with a browser: he is told on a page, too."""
    try:
        return await _page(request, token)
    except Refusal as refusal:
        if refusal.codes != ["NOT_FOUND"]:
            raise
        return lost_page()


@post(f"{PAGE}/confirm", status_code=200, media_type=HTML, responses=SHOWN)
async def post_reminder_page_confirm(request: Request[Any, Any, Any], token: Token) -> Response[str]:
    """Whoever reads the mails agrees to them."""
    await _reminders(request).agree(token)
    return await _page(request, token)


@post(PAGE, status_code=200, media_type=HTML, responses=SHOWN)
async def post_reminder_page(request: Request[Any, Any, Any], token: Token) -> Response[str]:
    """Whoever reads the mails wants no more of them: by the page, or by one click of the mail program (RFC 8058)."""
    await _reminders(request).leave(token)
    return await _page(request, token)


OF_PARTY = [post_reminder, list_reminders, get_reminder, patch_reminder, delete_reminder, post_reminder_confirm, post_reminder_test]
OF_READER = [get_reminder_page, post_reminder_page_confirm, post_reminder_page]
ROUTER = Router(
    "/", route_handlers=[*OF_PARTY, *OF_READER], before_request=refuse_unknown_query, request_max_body_size=BODY_MAX, tags=["reminders"]
)
