"""Webhooks over HTTP. Reading needs a token that reads, changing one that posts; a webhook of somebody else does not exist."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter

from ledger.describing import READ_REFUSALS, AnswerSpec, in_path, in_query, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.routes import Lang, Limit, caller_of
from liandan.webhooks.answers import DeliveryAnswer, DeliveryList, Jwks, WebhookAnswer, WebhookList, delivery_answer, webhook_answer
from liandan.webhooks.keys import DIRECTORY, DIRECTORY_TYPE
from liandan.webhooks.service import ReplayWanted, WebhookChanges, Webhooks, WebhookWanted, read_body

BODY_MAX = 16_384
CHANGING = refusals(401, 403, 404, 409, 422)
InWebhook = Annotated[str, in_path("^[0-9a-f]{24}$", "回调编号 / id of a webhook", "5a79aadc071d32b314c19a7e")]
InDelivery = Annotated[int, in_path("^[0-9]{1,18}$", "通知编号 / id of a delivery", "812")]
PINGED: dict[int, ResponseSpec] = {**CHANGING, 202: AnswerSpec(DeliveryAnswer, description="Waiting to be sent")}
KEYS: dict[int, ResponseSpec] = {200: AnswerSpec(Jwks, media_type=DIRECTORY_TYPE, description="JWK set", headers=("Cache-Control",))}
StateFilter = Annotated[
    str | None, in_query("^(pending|delivered|dead)$", "只列这种状态的 / only those in this state", "dead", name="state")
]
Before = Annotated[int | None, QueryParameter(ge=0, le=2**53, description="上一页答复的 next / `next` of the page before")]


def _webhooks(request: Request[Any, Any, Any]) -> Webhooks:
    found: Webhooks = request.app.state.webhooks
    return found


@post("/v1/webhooks", opt=takes(WebhookWanted), responses=CHANGING)
async def post_webhook(request: Request[Any, Any, Any], lang: Lang) -> WebhookAnswer:
    """Be told of new entries at an address. It is pinged at once, and told of nothing until a ping was answered with its challenge."""
    hook = await _webhooks(request).make(caller_of(request, "post"), read_body(await request.body(), WebhookWanted))
    return webhook_answer(hook, lang)


@get("/v1/webhooks", responses=READ_REFUSALS)
async def list_webhooks(request: Request[Any, Any, Any], lang: Lang) -> WebhookList:
    """The webhooks of the caller's party."""
    return WebhookList(webhooks=tuple(webhook_answer(hook, lang) for hook in await _webhooks(request).all_of(caller_of(request, "read"))))


@get("/v1/webhooks/{webhook:str}", responses=READ_REFUSALS)
async def get_webhook(request: Request[Any, Any, Any], lang: Lang, webhook: InWebhook) -> WebhookAnswer:
    """One webhook, with how many notices wait, were delivered and were given up."""
    hook, counts = await _webhooks(request).read(caller_of(request, "read"), webhook)
    return webhook_answer(hook, lang, counts)


@patch("/v1/webhooks/{webhook:str}", opt=takes(WebhookChanges), responses=CHANGING)
async def patch_webhook(request: Request[Any, Any, Any], lang: Lang, webhook: InWebhook) -> WebhookAnswer:
    """Change address, kinds or note, pause it, or set it going again. Another address has to be confirmed anew."""
    changes = read_body(await request.body(), WebhookChanges)
    return webhook_answer(await _webhooks(request).change(caller_of(request, "post"), webhook, changes), lang)


@delete("/v1/webhooks/{webhook:str}", responses=CHANGING)
async def delete_webhook(request: Request[Any, Any, Any], webhook: InWebhook) -> None:
    """End a webhook and forget its delivery log."""
    await _webhooks(request).end(caller_of(request, "post"), webhook)


@post("/v1/webhooks/{webhook:str}/ping", status_code=202, responses=PINGED)
async def post_ping(request: Request[Any, Any, Any], lang: Lang, webhook: InWebhook) -> DeliveryAnswer:
    """Send a test notice; what becomes of it is in the delivery log."""
    return delivery_answer(await _webhooks(request).ping(caller_of(request, "post"), webhook), lang)


@post("/v1/webhooks/{webhook:str}/replay", status_code=200, opt=takes(ReplayWanted), responses=CHANGING)
async def post_replay(request: Request[Any, Any, Any], lang: Lang, webhook: InWebhook) -> WebhookAnswer:
    """Be told again of everything from an index on, in the same order."""
    wanted = read_body(await request.body(), ReplayWanted)
    return webhook_answer(await _webhooks(request).replay(caller_of(request, "post"), webhook, wanted), lang)


@get("/v1/webhooks/{webhook:str}/deliveries", responses=READ_REFUSALS)
async def list_deliveries(
    request: Request[Any, Any, Any],
    lang: Lang,
    webhook: InWebhook,
    in_state: StateFilter = None,
    before: Before = None,
    limit: Limit = 50,
) -> DeliveryList:
    """The delivery log of the last 7 days, newest first; ``state=dead`` is what was given up."""
    found = await _webhooks(request).deliveries(caller_of(request, "read"), webhook, state=in_state, before=before, limit=limit)
    return DeliveryList(deliveries=tuple(delivery_answer(d, lang) for d in found), next=found[-1].id if len(found) == limit else None)


@post("/v1/webhooks/{webhook:str}/deliveries/{delivery:int}/resend", status_code=202, responses=PINGED)
async def post_resend(request: Request[Any, Any, Any], lang: Lang, webhook: InWebhook, delivery: InDelivery) -> DeliveryAnswer:
    """Send a notice again that was given up."""
    return delivery_answer(await _webhooks(request).resend(caller_of(request, "post"), webhook, delivery), lang)


@get(DIRECTORY, media_type=DIRECTORY_TYPE, responses=KEYS)
async def get_webhook_keys(request: Request[Any, Any, Any]) -> Response[Jwks]:
    """The public keys that notices are signed with (RFC 9421), by ``kid``; open to everybody."""
    keys = tuple(key.jwk for key in _webhooks(request).keys.all())
    return Response(Jwks(keys=keys), media_type=DIRECTORY_TYPE, headers={"Cache-Control": "public, max-age=3600"})


HANDLERS = [
    *(post_webhook, list_webhooks, get_webhook, patch_webhook, delete_webhook, post_ping, post_replay, list_deliveries, post_resend),
    get_webhook_keys,
]
ROUTER = Router("/", route_handlers=HANDLERS, before_request=refuse_unknown_query, request_max_body_size=BODY_MAX, tags=["webhooks"])
