"""今日 and 待我签署: thin handlers; what they show is put together by ``today`` and ``signing`` from what the services say."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Redirect

from ledger.describing import InHash
from ledger.reading import Page
from ledger.routes import caller_of
from liandan.desk.enterprise.service import names_in, numbers_of, read_today
from liandan.desk.enterprise.signing import SigningGround, signing_view, trunk_of
from liandan.desk.enterprise.today import today_view
from liandan.desk.enterprise.words import WORDS
from liandan.desk.shell.frame import TheVisit, page
from liandan.desk.shell.posted import typed_in

STYLES = ("css/forms.css", "css/island.css", "css/enterprise.css")
HEAD = ("island/form.js", "forms/rows.js")
SIGN_MAX = 50


@get("/desk", include_in_schema=False)
async def get_today(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """What can go today, what stops the rest, what waits, what is left."""
    ground = await read_today(visit.log, request.app.state.relay, visit.who, visit.lang, None)
    return page(
        visit,
        "enterprise/today.html",
        words=WORDS,
        title=WORDS["today_title"][visit.lang == "en"],
        styles=STYLES,
        head=HEAD,
        day=today_view(ground),
    )


@get("/desk/sign", include_in_schema=False)
async def get_sign(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """What waits for signatures: the visitor's, and others'."""
    relay = request.app.state.relay
    found = await relay.list_for(visit.who, None, None, Page(None, SIGN_MAX), visit.lang, now_s=None)
    ground = SigningGround(
        own=visit.who.uscc, pending=found.pending, names=await names_in(visit.log, found, visit.lang), kinds=visit.log.kinds,
        numbers=await numbers_of(visit.log, [trunk for one in found.pending if (trunk := trunk_of(one))]),
    )  # fmt: skip
    return page(
        visit, "enterprise/sign.html", words=WORDS, title=WORDS["sign_title"][visit.lang == "en"], styles=STYLES,
        head=(*HEAD, "enterprise/cosign.js"), sign=signing_view(ground),
    )  # fmt: skip


@post("/desk/sign/{statement:str}/decline", include_in_schema=False)
async def post_decline(request: Request[Any, Any, Any], visit: TheVisit, statement: InHash) -> Redirect:
    """Say that one will not sign, and why."""
    raw = msgspec.json.encode({"reason": typed_in(await request.form(), "reason")})
    await request.app.state.relay.decline(caller_of(request, "post"), statement, raw, visit.lang, now_s=None)
    return Redirect("/desk/sign", status_code=303)


@post("/desk/sign/{statement:str}/withdraw", include_in_schema=False)
async def post_withdraw(request: Request[Any, Any, Any], visit: TheVisit, statement: InHash) -> Redirect:
    """Take one's signature back."""
    await request.app.state.relay.withdraw(caller_of(request, "post"), statement, now_s=None)
    return Redirect("/desk/sign", status_code=303)


HANDLERS = (get_today, get_sign, post_decline, post_withdraw)
