"""Entering and leaving: a signed challenge becomes a cookie that carries the bearer token (``POST /v1/tokens``), and back.

The challenge is built, shown and signed by the browser's own module (``static/island/enter.js``); its audience is the address that the browser
shows, so a site that stands between cannot use it. Leaving ends the token and the cookie and keeps the keys: ``Clear-Site-Data`` never names
``storage``.
"""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from ledger.routes import claimed_now
from liandan.access import STALE, TOKEN
from liandan.desk.shell.addresses import ENTER, HOME, local_next
from liandan.desk.shell.cookies import Cookies
from liandan.desk.shell.frame import EnterFirst, TheGuest, page
from liandan.desk.shell.sign_ins import sign_ins
from liandan.desk.shell.visits import faces_for
from liandan.desk.shell.words import WORDS
from liandan.identity import CHALLENGE_MAX, Identity

CLEARED = {"Clear-Site-Data": '"cache", "cookies"', "Cache-Control": "no-store"}
ELSEWHERE = ("cross-site", "same-site")
"""A link of somebody else's makes this device forget nothing."""
Left = Annotated[str | None, QueryParameter(pattern="^(one|all)$")]
Next = Annotated[str | None, QueryParameter(name="next", max_length=500)]


def enter_first(request: Request[Any, Any, Any], error: EnterFirst) -> Response[Any]:
    """The way in, and back to where somebody wanted to go; htmx is told to go there as a whole."""
    path, query = str(request.scope["path"]), request.scope["query_string"].decode("latin-1")
    here = path + (f"?{query}" if query else "")
    if request.headers.get("hx-request") == "true":
        # The part that asked knows no page to come back to; the page that shows it does.
        return Response(b"", status_code=401, headers={"HX-Redirect": ENTER, "Cache-Control": "no-store"})
    return Redirect(f"{ENTER}?next={quote(here, safe='/')}", status_code=303, headers={"Cache-Control": "no-store"})


@get(ENTER, include_in_schema=False)
async def get_enter(request: Request[Any, Any, Any], guest: TheGuest, next_: Next = None, left: Left = None) -> Response[Any]:
    """The way in. Who has a session already is led on."""
    wanted = local_next(next_, "")
    if guest.caller is not None and left is None:
        return Redirect(wanted or guest.faces[0].home, status_code=303, headers={"Cache-Control": "no-store"})
    said = {"": None, "one": "left", "all": "left_all"}.get(left or "")
    if said is None and request.scope.get(STALE):
        said = "enter_ended"
    offered = sign_ins(request, guest.log)
    answer = page(
        guest, "shell/enter.html", words=WORDS, title=guest.say(WORDS["enter"]), trusted_types=True,
        head=("island/enter.js", *(("shell/demo.js",) if offered else ())), styles=("css/island.css",),
        wanted=wanted, said=said, origin=guest.service.origin, offered=offered,
        forgets=left is not None and guest.caller is None and request.headers.get("sec-fetch-site") not in ELSEWHERE,
    )  # fmt: skip
    if request.scope.get(STALE):
        answer.set_cookie(_cookies(request).ended())
    return answer


@post(ENTER, status_code=200, include_in_schema=False, request_max_body_size=CHALLENGE_MAX)
async def post_enter(request: Request[Any, Any, Any], next_: Next = None) -> Response[dict[str, str]]:
    """A signed challenge (the envelope of ``POST /v1/tokens``) becomes a cookie; the answer says where to go."""
    identity: Identity = request.app.state.identity
    token = await identity.login(await request.body(), claimed_now(request.headers))
    faces = await faces_for(request.app.state.service.log, await identity.caller(token.token))
    answer = Response({"next": local_next(next_, "") or faces[0].home}, headers={"Cache-Control": "no-store"})
    answer.set_cookie(_cookies(request).granted(token.token))
    return answer


@post("/leave", include_in_schema=False)
async def post_leave(request: Request[Any, Any, Any]) -> Response[Any]:
    """End this session, or with ``everywhere=1`` every session of the same key."""
    identity: Identity = request.app.state.identity
    form = await request.form()
    is_everywhere = form.get("everywhere") == "1"
    if (token := request.scope.get(TOKEN)) is not None:
        await identity.revoke(str(token))
        if is_everywhere and request.scope.get("user") is not None:
            await identity.revoke_all(request.user.keyid)
    answer: Response[Any] = Redirect(f"{ENTER}?left={'all' if is_everywhere else 'one'}", status_code=303, headers=CLEARED)
    answer.set_cookie(_cookies(request).ended())
    return answer


@post("/desk/language", include_in_schema=False)
async def post_language(request: Request[Any, Any, Any]) -> Response[Any]:
    """Remember a language, and go back."""
    form = await request.form()
    back = Redirect(local_next(str(form.get("next") or ""), HOME), status_code=303, headers={"Cache-Control": "no-store"})
    back.set_cookie(_cookies(request).spoken("en" if form.get("lang") == "en" else "zh"))
    return back


def _cookies(request: Request[Any, Any, Any]) -> Cookies:
    identity: Identity = request.app.state.identity
    return identity.cookies
