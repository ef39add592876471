"""Figures over HTTP: ``/v1/figures/2026-10.xlsx?from=51&to=50`` for authorities, ``/v1/public/figures/…`` for anybody, without a token."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter

from ledger.describing import CSV, JSON, XLSX, file, in_path, refusals
from ledger.query import refuse_unknown_query
from ledger.routes import HEAD_ONLY, TheCaller, TheLog
from reports.drawing import File
from reports.figures import service
from reports.figures.model import FiguresAsked, TableName
from reports.routes import FromProvince, InLanguage, TheDrawer, ToProvince
from reports.waiting import still_waits

_MEDIA = {"json": JSON, "csv": CSV, "xlsx": XLSX}
InPeriod = Annotated[
    str,
    in_path("^[0-9]{4}(-[0-9]{2})?([.](json|csv|xlsx))?$", "年度或月份，以及格式 / year or month, and the form wanted", "2026-10.xlsx"),
]
InTable = Annotated[
    TableName,
    QueryParameter(name="table", description="CSV 的一张表 / the table of a CSV file", schema_extra={"examples": ["quotas"]}),
]
_WITH_FIRMS = {**refusals(401, 403, 404, 422), **file(JSON, CSV, XLSX, said="The figures")}
_PUBLIC = {**refusals(404, 422), **file(JSON, CSV, XLSX, said="The figures that anybody may have")}


def _asked(name: str, pair: tuple[str, str], table: TableName, tongue: Any, *, is_public: bool) -> FiguresAsked:
    period, _, suffix = name.partition(".") if name.endswith(tuple(_MEDIA)) else (name, "", "json")
    return FiguresAsked(period, pair, suffix, table if suffix == "csv" else None, is_public, tongue)


async def _answered(request: Request[Any, Any, Any], asked: FiguresAsked, work: Coroutine[Any, Any, File]) -> Response[bytes]:
    drawing = asyncio.create_task(work)
    if not await still_waits(request.receive, drawing):
        return Response(b"", status_code=499)  # to nobody
    name, content = await drawing
    disposition = "inline" if asked.suffix == "json" else "attachment"
    kept = f"public, max-age={int(service.KEPT_S)}" if asked.is_public else "private, no-store"
    headers = {"Content-Disposition": f'{disposition}; filename="{name}"', "Cache-Control": kept}
    return Response(content, media_type=_MEDIA[asked.suffix], headers=headers)


@get("/v1/figures/{name:str}", summary="统计 / figures", responses=_WITH_FIRMS)
async def get_figures(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    drawer: TheDrawer,
    name: InPeriod,
    from_province: FromProvince = "",
    to_province: ToProvince = "",
    table: InTable = "quotas",
    tongue: InLanguage = "zh",
) -> Response[bytes]:
    """Use of quotas, days of approvals, refusals by reason, free capacity, alerts by firm, of a year or month and both ways between two provinces:
    ``YYYY`` or ``YYYY-MM`` for JSON, ``.xlsx`` all tables, ``.csv`` one. For authorities and the operator."""
    asked = _asked(name, (from_province, to_province), table, tongue, is_public=False)
    service.check_reader(caller)
    service.check_figures(asked)
    if HEAD_ONLY in request.scope:  # nobody reads it: nothing is drawn
        return Response(b"", media_type=_MEDIA[asked.suffix], headers={"Cache-Control": "private, no-store"})
    return await _answered(request, asked, service.figures_of(log, drawer, asked))


@get("/v1/public/figures/{name:str}", summary="公开统计 / public figures", responses=_PUBLIC)
async def get_public_figures(
    request: Request[Any, Any, Any],
    log: TheLog,
    drawer: TheDrawer,
    name: InPeriod,
    from_province: FromProvince = "",
    to_province: ToProvince = "",
    table: InTable = "quotas",
    tongue: InLanguage = "zh",
) -> Response[bytes]:
    """The same without firms, open to anybody: months that are over, cells of three firms at least, no totals (docs/figures.md)."""
    asked = _asked(name, (from_province, to_province), table, tongue, is_public=True)
    service.check_figures(asked)
    if HEAD_ONLY in request.scope:
        return Response(b"", media_type=_MEDIA[asked.suffix])
    return await _answered(request, asked, service.public_figures(log, drawer, asked))


ROUTER = Router("/", route_handlers=[get_figures, get_public_figures], before_request=refuse_unknown_query, tags=["reports"])
