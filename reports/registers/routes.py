"""Registers over HTTP: ``/v1/registers/c1/2026-10.xlsx``, ``/v1/registers/receiver/2026.pdf?party=…``."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter

from ledger.describing import JSON, PDF, XLSX, Uscc, file, in_path, refusals
from ledger.query import refuse_unknown_query
from ledger.routes import HEAD_ONLY, TheCaller, TheLog
from reports.paper.tongue import Tongue
from reports.registers import service
from reports.registers.model import RegisterAsked, RegisterName, check_asked
from reports.routes import TheDrawer
from reports.waiting import still_waits

_MEDIA = {"json": JSON, "xlsx": XLSX, "pdf": PDF}
InRegister = Annotated[
    RegisterName,
    in_path("^(c1|generator|carrier|receiver)$", "登记册：HJ 1259 表 C.1、移出人、承运人、接受人 / which register", "receiver"),
]
InPeriod = Annotated[
    str,
    in_path("^[0-9]{4}(-[0-9]{2})?([.](json|xlsx|pdf))?$", "年度或月份，以及格式 / year or month, and the form wanted", "2026-10.xlsx"),
]
WithBooks = Annotated[
    bool, QueryParameter(name="books", description="C.1：以单位交来的台账补填 / fill C.1 from the firm's books, false: the log alone")
]
InLanguage = Annotated[Tongue, QueryParameter(name="lang", description="语言 / language of the document")]
_ANSWERS = {**refusals(400, 401, 403, 422), **file(JSON, XLSX, PDF, said="The register")}


@get("/v1/registers/{register:str}/{name:str}", summary="登记册与 C.1 报表 / registers and C.1", responses=_ANSWERS)
async def get_register(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    drawer: TheDrawer,
    register: InRegister,
    name: InPeriod,
    party: Uscc = None,
    tongue: InLanguage = "zh",
    books: WithBooks = True,  # a query
) -> Response[bytes]:
    """``YYYY`` or ``YYYY-MM`` for JSON (both languages), ``.xlsx``, and but for C.1 ``.pdf`` (sums): what a firm sent, carried or received, or HJ 1259
    C.1. A firm's own where no ``party`` is named; those of the firms of its region for an authority. ``books=false`` leaves out of C.1 what the firm's own books say, so that an export gives the same."""
    period, _, suffix = name.partition(".") if name.endswith(tuple(_MEDIA)) else (name, "", "json")
    asked = RegisterAsked(register, period, party or caller.uscc, suffix, "zh" if suffix == "json" else tongue)
    check_asked(asked)
    await service.check_reader(log, caller, asked.party)
    if HEAD_ONLY in request.scope:  # nobody reads it: nothing is drawn
        return Response(b"", media_type=_MEDIA[suffix], headers={"Cache-Control": "private, no-store"})
    drawing = asyncio.create_task(service.register_of(log, drawer, asked, with_books=books))
    if not await still_waits(request.receive, drawing):
        return Response(b"", status_code=499)  # to nobody
    called, content = await drawing
    disposition = "inline" if suffix != "xlsx" else "attachment"
    headers = {"Content-Disposition": f'{disposition}; filename="{called}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=_MEDIA[suffix], headers=headers)


ROUTER = Router("/", route_handlers=[get_register], before_request=refuse_unknown_query, tags=["reports"])
