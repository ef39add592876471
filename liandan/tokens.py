"""Logging in and out over HTTP."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, delete, post
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from ledger.routes import caller_of, refusals
from liandan.access import bearer
from liandan.identity import Identity, Token

CHALLENGE_MAX = 8192
"""Bytes of a challenge envelope: the largest signature of ours has 2,420."""


@dataclass
class TakesChallenge(Operation):
    """Documents the raw body: a DSSE envelope of the login payload type."""

    def __post_init__(self) -> None:
        schema = Schema(type=OpenAPIType.OBJECT, required=["payloadType", "payload", "signatures"])
        text = "A DSSE envelope of payload type application/vnd.liandan.login.v1+json, see docs/api.md"
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=schema)}, text, required=True)


@post(
    "/v1/tokens",
    operation_class=TakesChallenge,
    request_max_body_size=CHALLENGE_MAX,
    responses=refusals(400, 401, 403, 413, 429, 500),
    tags=["tokens"],
)
async def post_token(request: Request[Any, Any, Any]) -> Token:
    """A login challenge, signed by a registered key, becomes a bearer token of at most 12 hours."""
    identity: Identity = request.app.state.identity
    return await identity.login(await request.body())


@delete("/v1/tokens/current", responses=refusals(401, 429, 500), tags=["tokens"])
async def delete_token(request: Request[Any, Any, Any]) -> None:
    """Revoke the token of this request."""
    caller_of(request, None)
    token = bearer(request.scope)
    assert token is not None, "there is a caller, so there is a token"
    identity: Identity = request.app.state.identity
    await identity.revoke(token)
