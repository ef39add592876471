"""Pending statements over HTTP: bring, look at, withdraw, decline. Open to those named in ``by`` alone, each with a token of its own.

The shell puts ``relay`` and the language in place. Nothing of a pending statement is in the log, in the feed or in a log line of the server.
"""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter

from ledger.describing import READ_REFUSALS, USCC_PATTERN, AnswerSpec, Cursor, InHash, asks, in_query, refusals, takes
from ledger.pending.answers import PendingAnswer, PendingPage
from ledger.pending.service import Declining, Relay
from ledger.posted import StatementEnvelope
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import NEW, SIGNED, WAIT_S, Lang, Limit, caller_of, claimed_now, wait_s

DECLINE_BODY_MAX = 4096
OFFER = takes(
    StatementEnvelope,
    said="A statement with the signatures that there are, one or more, each of another of by. Read as it comes: strict JSON, no packing.",
    headers=("Prefer", "Liandan-Now"),
)
OFFERED: dict[int, ResponseSpec] = {
    **refusals(401, 403, 409, 422),
    200: AnswerSpec(PendingAnswer, description="In the log before: with the receipt of its entry"),
    201: AnswerSpec(PendingAnswer, description="All have signed, and it has become an entry"),
    202: AnswerSpec(PendingAnswer, description="Kept, and no entry: it waits for signatures, or for the log"),
}
As = Annotated[
    str | None, in_query(USCC_PATTERN, "只列替该单位（for）签署的 / those that you sign for this party", "91510100MA00XX0A0X", "as")
]
Unsigned = Annotated[
    bool | None,
    QueryParameter(
        description="只列尚待贵单位签署的（true）或已签署的（false） / those that you have still to sign, or have signed",
        schema_extra={"examples": [True]},
    ),
]


def _relay(request: Request[Any, Any, Any]) -> Relay:
    found: Relay = request.app.state.relay
    return found


@post("/v1/pending", status_code=202, opt=OFFER, responses=OFFERED)
async def post_pending(request: Request[Any, Any, Any], lang: Lang) -> Response[PendingAnswer]:
    """Bring a statement that lacks signatures, or add yours to one that is there: it is shown to those named in ``by`` and to nobody else, and
    becomes an entry when the last has signed. It is forgotten when its window ends."""
    caller = caller_of(request, "post")
    answer = await _relay(request).offer(
        caller, await request.body(), lang, now_s=claimed_now(request.headers), wait_s=wait_s(request.headers, WAIT_S)
    )
    if answer.state != "entered":
        return Response(answer, status_code=202)
    if answer.is_new:
        request.scope[SIGNED] = NEW  # type: ignore[literal-required]  # ASGI allows own keys
    return Response(answer, status_code=201 if answer.is_new else 200)


@get("/v1/pending", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def list_pending(
    request: Request[Any, Any, Any],
    lang: Lang,
    as_party: As = None,
    unsigned: Unsigned = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PendingPage:
    """What waits for the signature of your party and what it has signed, oldest first, without the envelopes. ``unsigned=true`` is what waits
    for you; a key for some kinds sees these alone."""
    caller = caller_of(request, "read")
    return await _relay(request).list_for(caller, as_party, unsigned, Page(cursor, limit), lang, now_s=claimed_now(request.headers))


@get("/v1/pending/{statement:str}", opt=asks("Prefer", "Liandan-Now"), responses=READ_REFUSALS)
async def get_pending(request: Request[Any, Any, Any], lang: Lang, statement: InHash) -> PendingAnswer:
    """One of them, with its envelope as far as it is signed: check the bytes, sign them, bring them back. What became of it is told here until its
    window ends."""
    caller = caller_of(request, "read")
    return await _relay(request).read(caller, statement, lang, now_s=claimed_now(request.headers), wait_s=wait_s(request.headers, WAIT_S))


@delete("/v1/pending/{statement:str}/signature", opt=asks("Liandan-Now"), responses=refusals(401, 403, 404, 409))
async def withdraw_signature(request: Request[Any, Any, Any], statement: InHash) -> None:
    """Take your signature back before the last has signed. What the others have fetched meanwhile they may still hold."""
    await _relay(request).withdraw(caller_of(request, "post"), statement, now_s=claimed_now(request.headers))


DECLINING = takes(Declining, said="Why you will not sign.", headers=("Liandan-Now",))


@post(
    "/v1/pending/{statement:str}/decline",
    status_code=200,
    opt=DECLINING,
    request_max_body_size=DECLINE_BODY_MAX,
    responses=refusals(401, 403, 404, 409, 422),
)
async def decline_pending(request: Request[Any, Any, Any], lang: Lang, statement: InHash) -> PendingAnswer:
    """Say that you will not sign, and why: the others read it here until the window ends."""
    caller = caller_of(request, "post")
    return await _relay(request).decline(caller, statement, await request.body(), lang, now_s=claimed_now(request.headers))


HANDLERS = [post_pending, list_pending, get_pending, withdraw_signature, decline_pending]
ROUTER = Router("/", route_handlers=HANDLERS, before_request=refuse_unknown_query, tags=["pending"])
