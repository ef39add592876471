"""The whitelist over HTTP: dry runs and registries (design §8). The shell provides ``log``, ``caller`` and ``lang`` of each request.

Every registered party may read permits, lists and listings; approvals and their quotas, and plans, only those concerned (whitelist.registries).
"""

from typing import Annotated, Any, get_args

from litestar import Request, Router, get, post
from litestar.params import QueryParameter

from ledger.describing import READ_REFUSALS, Cursor, InGenerator, InUlid, Uscc, asks, in_query, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, Since, TheCaller, TheLog, claimed_now, say_size
from whitelist import service
from whitelist.answers import Approvals, Listings, Lists, Permits, Quotas
from whitelist.approval import Stage
from whitelist.approval_view import ApprovalView
from whitelist.check_answers import CheckAnswers, Checks
from whitelist.dry_run import BODY_MAX
from whitelist.plan_answers import Plans
from whitelist.registries import Wanted

Code = Annotated[str | None, in_query("^[0-9]{3}-[0-9]{3}-[0-9]{2}$", "废物代码 / waste code of the catalogue", "900-052-31")]
FromProvince = Annotated[str | None, in_query("^[0-9]{2}$", "移出省级代码 / province of origin", "51", "from")]
ToProvince = Annotated[str | None, in_query("^[0-9]{2}$", "接受省级代码 / province of destination", "50", "to")]
ListStatusFilter = Annotated[str | None, in_query("^(PROPOSED|ACTIVE|REMOVED)$", "名单状态 / status of the list", "ACTIVE", "status")]
RowStatusFilter = Annotated[
    str | None, in_query("^(PROPOSED|ACTIVE|SUSPENDED|REMOVED|ENDED)$", "行的状态 / status of the row", "SUSPENDED", "status")
]
PendingFilter = Annotated[str | None, in_query("^true$", "有待确认的 / something waits for a confirmation", "true")]
InList = Annotated[str | None, in_query("^list/20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}$", "白名单 / list", "list/2026-51-50-a", "list")]
_STAGES = "|".join(get_args(Stage))
StageFilter = Annotated[str | None, in_query(f"^({_STAGES})$", "审批阶段 / stage of the approval", "approved", "stage")]
QuotaFilter = Annotated[str | None, in_query("^Q[123]$", "额度种类 / kind of account", "Q2", "quota")]
Year = Annotated[int | None, QueryParameter(ge=2000, le=2099, description="年度 / year", schema_extra={"examples": [2026]})]


@post(
    "/v1/checks",
    status_code=200,
    opt=takes(Checks, said="1 to 1,000 transfers, each as manifest.issue/1 would state it.", headers=("Liandan-Now",)),
    request_max_body_size=BODY_MAX,
    responses=refusals(401, 403, 404, 422, 503),
)
async def post_checks(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang) -> CheckAnswers:
    """Ask whether transfers could be issued now, or as of an earlier log size; nothing is written.

    A party asks about transfers that it sends or receives, authorities about any. They are judged in their order, each that may go counts for
    those behind it; or each ``alone``.
    """
    return await service.dry_run(log, caller, await request.body(), lang, claimed_now(request.headers))


@get("/v1/permits", responses=READ_REFUSALS)
async def get_permits(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    receiver: Uscc = None,
    code: Code = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Permits:
    """Permits (经营许可证): by receiver, or those that cover a code. Open to every registered party."""
    return await service.with_names(
        log, await service.list_permits(log, Wanted(updated_since=updated_since, receiver=receiver, code=code), Page(cursor, limit)), lang
    )


@get("/v1/lists", responses=READ_REFUSALS)
async def get_lists(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    year: Year = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    status: ListStatusFilter = None,
    pending: PendingFilter = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Lists:
    """Lists (白名单) of one year or direction, without their rows: what was suspended or removed, since when and by whom, what waits for whose
    confirmation, who has not reported. Open to every registered party."""
    wanted = Wanted(
        updated_since=updated_since,
        year=year,
        from_province=from_province,
        to_province=to_province,
        status=status,
        pending=bool(pending),
    )
    return await service.with_names(log, await service.list_lists(log, wanted, Page(cursor, limit)), lang)


@get("/v1/listings", responses=READ_REFUSALS)
async def get_listings(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    in_list: InList = None,
    year: Year = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    receiver: Uscc = None,
    code: Code = None,
    status: RowStatusFilter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listings:
    """Rows of lists as they stand today: quota Q1, used and left, what changed it; stops with day and reason. Open to every registered party."""
    wanted = Wanted(
        list=in_list,
        year=year,
        from_province=from_province,
        to_province=to_province,
        receiver=receiver,
        code=code,
        status=status,
    )
    return await service.with_names(log, await service.list_listings(log, wanted, Page(cursor, limit)), lang)


@get("/v1/approvals", responses=READ_REFUSALS)
async def get_approvals(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    generator: Uscc = None,
    receiver: Uscc = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    code: Code = None,
    stage: StageFilter = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Approvals:
    """Applications and decisions (跨省转移批准) with what is left of each line; a party sees those it sends or receives on."""
    wanted = Wanted(
        updated_since=updated_since,
        generator=generator,
        receiver=receiver,
        from_province=from_province,
        to_province=to_province,
        code=code,
        stage=stage,
    )
    return await service.with_names(log, await service.list_approvals(log, caller, wanted, Page(cursor, limit)), lang)


@get("/v1/approvals/{generator:str}/{ulid:str}", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_approval(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, generator: InGenerator, ulid: InUlid
) -> ApprovalView:
    """One application or decision (跨省转移批准): whose turn and until when, who was late, letters, conditions in force, entries, what is left."""
    chain, claimed_s = f"approval/{generator}/{ulid}", claimed_now(request.headers)
    return await service.with_names(log, await service.read_approval(log, caller, chain, lang, claimed_s), lang)


@get("/v1/plans", responses=READ_REFUSALS)
async def get_plans(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    generator: Uscc = None,
    year: Year = None,
    receiver: Uscc = None,
    code: Code = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Plans:
    """Management plans (管理计划) with what was moved out on each line: a generator's own, of others the lines that name the caller as receiver."""
    wanted = Wanted(updated_since=updated_since, generator=generator, year=year, receiver=receiver, code=code)
    return await service.with_names(log, await service.list_plans(log, caller, wanted, Page(cursor, limit)), lang)


@get("/v1/quotas", responses=READ_REFUSALS)
async def get_quotas(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
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
    return await service.with_names(log, await service.list_quotas(log, caller, wanted, Page(cursor, limit)), lang)


ROUTER = Router(
    "",
    route_handlers=[post_checks, get_permits, get_lists, get_listings, get_approvals, get_approval, get_plans, get_quotas],
    before_request=refuse_unknown_query,
    after_request=say_size,
    tags=["whitelist"],
)
