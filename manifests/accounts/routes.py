"""Quota accounts with their movements over HTTP. Which accounts there are says ``GET /v1/quotas``, whose ``account`` is the name asked for here."""

from typing import Annotated, Any

from litestar import Request, Router, get

from ledger.chain import ULID, USCC
from ledger.describing import READ_REFUSALS, Cursor, asks, in_query
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, TheCaller, TheLog, claimed_now, say_size
from manifests.accounts import service
from manifests.accounts.answers import AccountMovements, QuotaAlerts
from whitelist.routes import QuotaFilter, Year
from whitelist.service import with_names

_NAME = (
    f"Q1 list/20[0-9]{{2}}(-[0-9]{{2}}){{2}}-[a-z0-9]{{1,16}} [0-9]{{1,4}}|Q2 approval/{USCC}/{ULID} [0-9]{{1,2}}|Q3 permit/{USCC}/{ULID}"
)
InAccount = Annotated[
    str,
    in_query(
        f"^({_NAME})$", "账户：名单行 Q1、批准决定行 Q2、许可证 Q3 / account, as /v1/quotas names it", "Q1 list/2026-51-50-1 0", "account"
    ),
]


def least_of(request: Request[Any, Any, Any]) -> int:
    """``min_size`` of a request, which has been waited for (ledger.routes.read_by)."""
    return int(request.query_params.get("min_size") or 0)


@get("/v1/movements", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_movements(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    account: InAccount,
    year: Year = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AccountMovements:
    """One quota account (额度账户) as it stands, with every movement, newest first: who moved what when, and what was left.

    Of a permit any of its line of renewals names the account; ``year`` is the year of its figures, and of the movements shown of any account.
    """
    found = await service.read_movements(log, caller, account, year, Page(cursor, limit), lang, claimed_now(request.headers))
    return await with_names(log, found, lang)


@get("/v1/quota-alerts", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_quota_alerts(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, quota: QuotaFilter = None, limit: Limit = 50
) -> QuotaAlerts:
    """Quotas that are 80, 95 or 100 % used (QUOTA_LEFT), or beyond: a firm's own, of an authority those of its regions. The gravest first."""
    found = await service.list_alerts(log, caller, quota, limit, lang, claimed_now(request.headers), least_of(request))
    return await with_names(log, found, lang)


ROUTER = Router(
    "",
    route_handlers=[get_movements, get_quota_alerts],
    before_request=refuse_unknown_query,
    after_request=say_size,
    tags=["whitelist"],
)
