"""The whitelist over HTTP: dry runs and registries (design §8). The shell provides ``log``, ``caller`` and ``lang`` of each request.

Every registered party may read permits, lists and listings; approvals and their quotas only those concerned (whitelist.registries).
"""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import QueryParameter

from ledger.reading import Page
from ledger.routes import READ_REFUSALS, Cursor, Lang, Limit, TheCaller, TheLog, Uscc, claimed_now, refusals, refuse_unknown_query
from whitelist import service
from whitelist.answers import Approvals, CheckAnswers, Checks, Listings, Lists, Permits, Quotas
from whitelist.dry_run import BODY_MAX
from whitelist.registries import Wanted

Code = Annotated[str | None, QueryParameter(pattern="^[0-9]{3}-[0-9]{3}-[0-9]{2}$", description="废物代码, e.g. 900-052-31")]
FromProvince = Annotated[str | None, QueryParameter(name="from", pattern="^[0-9]{2}$", description="Province of origin, e.g. 51")]
ToProvince = Annotated[str | None, QueryParameter(name="to", pattern="^[0-9]{2}$", description="Province of destination, e.g. 50")]
InList = Annotated[str | None, QueryParameter(name="list", pattern="^list/20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}$")]
StageFilter = Annotated[str | None, QueryParameter(name="stage", pattern="^(applied|consulted|agreed|disagreed|approved|refused)$")]
QuotaFilter = Annotated[str | None, QueryParameter(name="quota", pattern="^Q[123]$")]
Year = Annotated[int | None, QueryParameter(ge=2000, le=2099)]


@dataclass
class TakesChecks(Operation):
    """Documents the raw body of a dry run; it is read by our strict parser, never by the framework."""

    def __post_init__(self) -> None:
        found = msgspec.json.schema(Checks)
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=_schema(found, found["$defs"]))}, required=True)


_KEYWORDS = ("type", "description", "required", "enum", "title")


def _schema(node: dict[str, Any], defs: dict[str, Any]) -> Schema:
    """A JSON Schema that msgspec made, as the framework writes schemas; definitions in place, and no null: optional fields are absent."""
    if "$ref" in node:
        return _schema(defs[node["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in node:
        return _schema(next(option for option in node["anyOf"] if option != {"type": "null"}), defs)
    schema = Schema(**{key: node[key] for key in _KEYWORDS if key in node})
    if "properties" in node:
        schema.properties = {name: _schema(child, defs) for name, child in node["properties"].items()}
        schema.additional_properties = node.get("additionalProperties", True)
    if "items" in node:
        schema.items = _schema(node["items"], defs)
    return schema


@post(
    "/v1/checks",
    status_code=200,
    operation_class=TakesChecks,
    request_max_body_size=BODY_MAX,
    responses=refusals(400, 401, 403, 413, 422, 429, 503),
)
async def post_checks(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang) -> CheckAnswers:
    """Ask whether transfers could be issued now, or as of an earlier log size; nothing is written.

    A party asks about transfers that it sends or receives, authorities about any. Each is judged by itself.
    """
    return await service.dry_run(log, caller, await request.body(), lang, claimed_now(request))


@get("/v1/permits", responses=READ_REFUSALS)
async def get_permits(
    log: TheLog, caller: TheCaller, receiver: Uscc = None, code: Code = None, cursor: Cursor = None, limit: Limit = 50
) -> Permits:
    """Permits (经营许可证): by receiver, or those that cover a code. Open to every registered party."""
    return await service.list_permits(log, Wanted(receiver=receiver, code=code), Page(cursor, limit))


@get("/v1/lists", responses=READ_REFUSALS)
async def get_lists(
    log: TheLog,
    caller: TheCaller,
    year: Year = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Lists:
    """Lists (白名单) of one year or direction, without their rows. Open to every registered party."""
    wanted = Wanted(year=year, from_province=from_province, to_province=to_province)
    return await service.list_lists(log, wanted, Page(cursor, limit))


@get("/v1/listings", responses=READ_REFUSALS)
async def get_listings(
    log: TheLog,
    caller: TheCaller,
    in_list: InList = None,
    year: Year = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    receiver: Uscc = None,
    code: Code = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listings:
    """Rows of lists with their quota Q1, used and left. Open to every registered party."""
    wanted = Wanted(list=in_list, year=year, from_province=from_province, to_province=to_province, receiver=receiver, code=code)
    return await service.list_listings(log, wanted, Page(cursor, limit))


@get("/v1/approvals", responses=READ_REFUSALS)
async def get_approvals(
    log: TheLog,
    caller: TheCaller,
    generator: Uscc = None,
    receiver: Uscc = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    code: Code = None,
    stage: StageFilter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Approvals:
    """Applications and decisions (跨省转移批准) with what is left of each line; a party sees those it sends or receives on."""
    wanted = Wanted(generator=generator, receiver=receiver, from_province=from_province, to_province=to_province, code=code, stage=stage)
    return await service.list_approvals(log, caller, wanted, Page(cursor, limit))


@get("/v1/quotas", responses=READ_REFUSALS)
async def get_quotas(
    log: TheLog,
    caller: TheCaller,
    quota: QuotaFilter = None,
    generator: Uscc = None,
    receiver: Uscc = None,
    code: Code = None,
    year: Year = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Quotas:
    """Accounts Q1 (listings), Q2 (decision lines that concern the caller), Q3 (permits): limit, used, left; also those never touched."""
    wanted = Wanted(quota=quota, generator=generator, receiver=receiver, code=code, year=year)
    return await service.list_quotas(log, caller, wanted, Page(cursor, limit))


ROUTER = Router(
    "",
    route_handlers=[post_checks, get_permits, get_lists, get_listings, get_approvals, get_quotas],
    before_request=refuse_unknown_query,
    tags=["whitelist"],
)
