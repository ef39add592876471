"""How months stand, over HTTP: ``GET /v1/periods``."""

from typing import Annotated, Any

from litestar import Request, Router, get

from ledger.describing import READ_REFUSALS, asks, in_query
from ledger.query import refuse_unknown_query
from ledger.routes import Lang, TheCaller, TheLog, claimed_now, say_size
from reports.periods import service
from reports.periods.answers import Periods
from whitelist.service import with_names

OfMonth = Annotated[str | None, in_query("^20[0-9]{2}-(0[1-9]|1[0-2])$", "月份 / month", "2026-10", "month")]
FromSide = Annotated[str | None, in_query("^[1-8][0-9]$", "移出省份 / province of origin", "51", "from")]
ToSide = Annotated[str | None, in_query("^[1-8][0-9]$", "接受省份 / province of destination", "50", "to")]


@get("/v1/periods", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_periods(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    month: OfMonth = None,
    from_side: FromSide = None,
    to_side: ToSide = None,
) -> Periods:
    """How months stand (月结): closed at which size and with which hashes, confirmed or disputed by whom, what is missing until when; the newest 24
    months, or one. Every registered party sees them; the reason of a dispute only authorities and the operator.
    """
    found = await service.list_periods(log, caller, month, (from_side, to_side), lang, claimed_now(request.headers))
    return await with_names(log, found, lang)


ROUTER = Router("", route_handlers=[get_periods], before_request=refuse_unknown_query, after_request=say_size, tags=["reports"])
