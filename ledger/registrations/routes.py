"""Registrations over HTTP: a firm without a key in the log asks, looks, withdraws; the authority of its region lists, reads, refuses.

It confirms by posting ``party.register`` to ``/v1/statements`` like any other statement. The shell puts ``registrations`` in place and says whose
network budget a request spends.
"""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post
from litestar.openapi import ResponseSpec

from ledger.describing import READ_REFUSALS, AnswerSpec, Cursor, asks, in_path, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.registrations.answers import PostedRegistration, RegistrationAnswer, RegistrationPage, RegistrationToDecide
from ledger.registrations.service import RefusingRegistration, Registrations
from ledger.routes import Limit, caller_of, claimed_now
from signing.phrase import Phrase
from signing.refusal import refuse

PAYER = "liandan_payer"
"""Key of a scope: the address, or IPv6 network, whose budgets a request spends."""
CODE_HEADER = "liandan-code"
REQUEST_MAX, REFUSING_MAX = 65_536, 4096
NO_STORE = {"Cache-Control": "no-store"}
ASKING = takes(
    PostedRegistration,
    said="A signed application and the contact that it commits to (docs/registration.md). Read as it comes: strict JSON, no packing.",
    headers=("Liandan-Now",),
)
ASKED: dict[int, ResponseSpec] = {
    **refusals(401, 403, 409, 422),
    200: AnswerSpec(RegistrationAnswer, description="Sent before: what has become of it", headers=("Cache-Control",)),
    202: AnswerSpec(RegistrationAnswer, description="Taken: it waits for the authority of the region", headers=("Cache-Control",)),
}
InRegistration = Annotated[str, in_path("^[0-9a-f]{64}$", "申请编号 / name of the application, 64 hex digits", "7ce6" + "0" * 60)]
SHOWN: dict[int, ResponseSpec] = {
    **READ_REFUSALS,
    200: AnswerSpec(RegistrationToDecide, description="To the firm without what only the authority sees", headers=("Cache-Control",)),
}


def _registrations(request: Request[Any, Any, Any]) -> Registrations:
    found: Registrations = request.app.state.registrations
    return found


def _code(request: Request[Any, Any, Any]) -> str | None:
    return request.headers.get(CODE_HEADER)


@post("/v1/registrations", status_code=202, opt=ASKING, request_max_body_size=REQUEST_MAX, responses=ASKED)
async def post_registration(request: Request[Any, Any, Any]) -> Response[RegistrationAnswer]:
    """Ask to be registered, with no token: an application that is signed by every key in it. The authority of the region sees it; nothing of it is
    in the log until it signs. Sent again, it is answered with what has become of it."""
    payer = str(request.scope.get(PAYER, ""))
    answer, is_new = await _registrations(request).offer(await request.body(), payer, now_s=claimed_now(request.headers))
    return Response(answer, status_code=202 if is_new else 200, headers=NO_STORE)


@get("/v1/registrations", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def list_registrations(request: Request[Any, Any, Any], cursor: Cursor = None, limit: Limit = 50) -> RegistrationPage:
    """What waits for your authority, oldest first, without contacts: who asks, with which fingerprints, whether the firm is registered already and
    how many ask in its name."""
    caller = caller_of(request, "read")
    return await _registrations(request).list_for(caller, Page(cursor, limit), now_s=claimed_now(request.headers))


@get("/v1/registrations/{registration:str}", opt=asks("Liandan-Code", "Liandan-Now"), responses=SHOWN)
async def get_registration(
    request: Request[Any, Any, Any], registration: InRegistration
) -> Response[RegistrationAnswer | RegistrationToDecide]:
    """One of them: for the firm with ``Liandan-Code`` its state; for the authority, with a token, everything that it looks at before it signs. The
    body of ``party.register`` stands in the envelope's payload; whoever signs composes the statement himself."""
    service, now_s = _registrations(request), claimed_now(request.headers)
    if (code := _code(request)) is not None:
        return Response(await service.status(registration, code, now_s=now_s), headers=NO_STORE)
    return Response(await service.read(caller_of(request, "read"), registration, now_s=now_s), headers=NO_STORE)


@delete("/v1/registrations/{registration:str}", opt=asks("Liandan-Code", "Liandan-Now"), responses=refusals(401, 404, 409))
async def withdraw_registration(request: Request[Any, Any, Any], registration: InRegistration) -> None:
    """Take your application back, with its code, before it is decided; the contact is erased."""
    if (code := _code(request)) is None:
        raise refuse("TOKEN_MISSING", field="Liandan-Code", expected=Phrase("申请时的查询码", "the code of the application"))
    await _registrations(request).withdraw(registration, code, now_s=claimed_now(request.headers))


REFUSING = takes(RefusingRegistration, said="Why the firm is not registered; the firm reads it.", headers=("Liandan-Now",))


@post(
    "/v1/registrations/{registration:str}/refuse",
    status_code=200,
    opt=REFUSING,
    request_max_body_size=REFUSING_MAX,
    responses=refusals(401, 403, 404, 409, 422),
)
async def refuse_registration(request: Request[Any, Any, Any], registration: InRegistration) -> RegistrationAnswer:
    """Refuse an application, with a reason; the contact is erased. To confirm one, post ``party.register`` with its key: it ends by itself."""
    caller = caller_of(request, "post")
    return await _registrations(request).refuse(caller, registration, await request.body(), now_s=claimed_now(request.headers))


_HANDLERS = [post_registration, list_registrations, get_registration, withdraw_registration, refuse_registration]
ROUTER = Router("/", route_handlers=_HANDLERS, before_request=refuse_unknown_query, tags=["registrations"])
