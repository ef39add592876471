"""Open items over HTTP: ``GET /v1/open-items``, for a firm what concerns it, for an office what touches its regions."""

from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from ledger.describing import USCC_PATTERN, Cursor, asks, in_query, refusals
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, TheCaller, TheLog, claimed_now, say_size
from reports.drawing import Drawer, StatementAsked
from reports.items import service
from reports.items.answers import OpenItems
from reports.items.model import KEY_PATTERN
from reports.items.service import ItemsWanted
from whitelist.service import with_names

TheDrawer = SkipValidation[NamedDependency[Drawer]]
InMonth = Annotated[
    str, QueryParameter(name="month", pattern="^[0-9]{4}-[0-9]{2}$", description="月份 / month", schema_extra={"examples": ["2026-10"]})
]
OfSide = Annotated[str | None, in_query("^[1-8][0-9]$", "移出省份 / province of origin", "51", "from")]
ToSide = Annotated[str | None, in_query("^[1-8][0-9]$", "接受省份 / province of destination", "50", "to")]
OfParty = Annotated[str | None, in_query(USCC_PATTERN, "单位；默认登录的单位 / party; yours where absent", "915101120000FX029E")]
OfOffice = Annotated[str | None, in_query(USCC_PATTERN, "主管部门；默认登录的 / authority; yours where absent", "11510000MB0000001X")]
Owner = Annotated[str | None, in_query(USCC_PATTERN, "由谁处理 / who has to do something", "915101120000FX029E")]
Check = Annotated[str | None, in_query("^M([1-9]|1[0-2])$", "核对项 / check", "M4")]
Status = Annotated[str | None, in_query("^(open|talked|changed|gone|settled)$", "处理情况 / how far it is", "open")]
FromWhere = Annotated[str | None, in_query("^(log|books)$", "log 仅凭账本；books 台账 / of the log alone, or of books", "books")]
Key = Annotated[str | None, in_query(KEY_PATTERN, "未符项 / item", "M4 manifest/915101120000FX029E/01K9000000000000000000MAN1 0")]
Overdue = Annotated[str | None, in_query("^(true|false)$", "true：只列逾期的 / only what is overdue", "true")]


@get("/v1/open-items", opt=asks("Liandan-Now"), responses=refusals(401, 403, 404, 409, 422, 503))
async def get_open_items(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    drawer: TheDrawer,
    month: InMonth,
    from_side: OfSide = None,
    to_side: ToSide = None,
    party: OfParty = None,
    authority: OfOffice = None,
    check: Check = None,
    status: Status = None,
    source: FromWhere = None,
    owner: Owner = None,
    overdue: Overdue = None,
    key: Key = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OpenItems:
    """Open items (未符项) of a month: what does not match in the log (M4 to M12) and between log and books (M1 to M3, line by line), with both
    operands, the difference, who has to do something, the day, and what was said of it. What presses most comes first.
    """
    direction = (from_side or "", to_side or "") if from_side or to_side else None
    asked = StatementAsked(month, direction, "json", party=party or "", authority=authority or "")
    wanted = ItemsWanted(
        check=check or "", status=status or "", source=source or "", owner=owner or "", overdue=overdue == "true", key=key or ""
    )
    found = await service.list_items(log, drawer, caller, asked, wanted, Page(cursor, limit), lang, claimed_now(request.headers))
    return await with_names(log, found, lang)


ROUTER = Router("", route_handlers=[get_open_items], before_request=refuse_unknown_query, after_request=say_size, tags=["reports"])
