"""A list's year, and what a suspension of its rows would do, over HTTP."""

from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.params import QueryParameter

from ledger.describing import READ_REFUSALS, asks, in_path
from ledger.query import refuse_unknown_query
from ledger.routes import Lang, TheCaller, TheLog, claimed_now, say_size
from manifests.listed import service
from manifests.listed.answers import ListYear
from manifests.listed.stopping import StopEffect
from whitelist.service import with_names

ListName = Annotated[
    str, in_path("^20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}$", "名单：年份-移出省-接受省-名称 / year-from-to-name", "2026-51-50-cy")
]
InRow = Annotated[
    int | None,
    QueryParameter(
        ge=0, le=9999, description="行号，从 0 起；不写为全部各行 / row, from 0; all where absent", schema_extra={"examples": [7]}
    ),
]


@get("/v1/lists/{name:str}/report", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_list_report(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, name: ListName) -> ListYear:
    """What really moved on a list's rows in its year (年度通报): received, used and disposed of, in stock; with ``list.report`` filled in.

    All rows for authorities and the operator; for a receiver its own.
    """
    return await with_names(log, await service.read_list_year(log, caller, f"list/{name}", claimed_now(request.headers)), lang)


@get("/v1/lists/{name:str}/suspension", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_suspension(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, name: ListName, row: InRow = None
) -> StopEffect:
    """What a suspension (暂停) of a row, or of every row in force, would do now, counted at a stated size; nothing is written.

    Decisions and generators that stop, applications that cannot be decided on the list, trucks on the road that go on, what is issued and has not
    left. For authorities and the operator.
    """
    return await with_names(log, await service.read_stop_effect(log, caller, f"list/{name}", row, claimed_now(request.headers)), lang)


ROUTER = Router(
    "",
    route_handlers=[get_list_report, get_suspension],
    before_request=refuse_unknown_query,
    after_request=say_size,
    tags=["whitelist"],
)
