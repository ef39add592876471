"""Dossiers over HTTP: ``/v1/dossiers/<USCC>?from=2026-01-01&to=2026-10-31``, ``.json`` for the evidence alone."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter

from ledger.describing import JSON, PDF, file, in_path, refusals
from ledger.query import refuse_unknown_query
from ledger.routes import HEAD_ONLY, TheCaller, TheLog
from reports.dossier import service
from reports.dossier.model import DossierAsked, check_dossier
from reports.paper.tongue import Tongue
from reports.routes import FirstDay, LastDay, TheDrawer, ThePress
from reports.waiting import still_waits

_MEDIA = {"pdf": PDF, "json": JSON}
InFirm = Annotated[
    str,
    in_path("^[0-9A-Z]{18}([.](pdf|json))?$", "单位代码与格式 / code of the firm, and the form wanted", "915101120000FX029E.pdf"),
]
InLanguage = Annotated[Tongue, QueryParameter(name="lang", description="语言 / language of the document")]
_ANSWERS = {**refusals(400, 401, 403, 404, 422), **file(PDF, JSON, said="The dossier, its evidence attached; or the evidence")}


@get("/v1/dossiers/{name:str}", summary="检查案卷 / inspection dossier", responses=_ANSWERS)
async def get_dossier(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    drawer: TheDrawer,
    press: ThePress,
    name: InFirm,
    first: FirstDay = None,
    last: LastDay = None,
    tongue: InLanguage = "zh",
) -> Response[bytes]:
    """What the log says of a firm over a period, answered along the 23 points of an inspection: a PDF with its evidence inside, which verifies offline, or
    (``.json``) the evidence alone. For authorities, and for the firm itself."""
    party, _, suffix = name.partition(".") if name.endswith((".pdf", ".json")) else (name, "", "")
    asked = service.scoped(caller, DossierAsked(party, first or "", last or "", suffix or "pdf", tongue))
    check_dossier(asked)
    headers = {"Cache-Control": "private, no-store"}
    if HEAD_ONLY in request.scope:  # nobody reads it: nothing is drawn
        return Response(b"", media_type=_MEDIA[asked.suffix], headers=headers)
    drawing = asyncio.create_task(service.dossier_of(log, drawer, press, asked))
    if not await still_waits(request.receive, drawing):
        return Response(b"", status_code=499)  # to nobody
    called, content = await drawing
    headers["Content-Disposition"] = f'inline; filename="{called}"'
    return Response(content, media_type=_MEDIA[asked.suffix], headers=headers)


ROUTER = Router("/", route_handlers=[get_dossier], before_request=refuse_unknown_query, tags=["reports"])
