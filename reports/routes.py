"""HTTP of the reports. The shell provides ``log``, ``press`` and ``caller``; refusals become problems there."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, SkipValidation

from ledger.routes import TheCaller, TheLog, refusals, refuse_unknown_query
from reports import service
from reports.press import Press
from reports.reconcile import SUFFIXES

REFUSALS = refusals(400, 401, 403, 404, 409, 422, 429, 500)
PRINT_REFUSALS = refusals(400, 401, 403, 404, 409, 422, 429, 500, 503)
ThePress = SkipValidation[NamedDependency[Press]]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA = {"pdf": "application/pdf", "xlsx": _XLSX, "json": "application/json"}


def _file(content: bytes, name: str, media: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=media, headers=headers)


@get("/v1/manifests/{name:str}/certificate.pdf", media_type="application/pdf", summary="存证证明 / certificate", responses=PRINT_REFUSALS)
async def get_certificate(log: TheLog, press: ThePress, caller: TheCaller, name: FromPath[str]) -> Response[bytes]:
    """The certificate of a received manifest, by ULID or national number; its evidence is attached inside."""
    ulid, content = await service.certificate_of(log, press, caller, name)
    return _file(content, f"certificate-{ulid}.pdf", _MEDIA["pdf"])


@get("/v1/manifests/{name:str}/bundle", summary="证据包 / bundle", responses=REFUSALS)
async def get_bundle(log: TheLog, caller: TheCaller, name: FromPath[str]) -> Response[bytes]:
    """The self-verifying bundle of a manifest in any state."""
    ulid, content = await service.bundle_of(log, caller, name)
    return _file(content, f"liandan-bundle-{ulid}.json", _MEDIA["json"])


@get(
    "/v1/manifests/{generator:str}/{ulid:str}/certificate.pdf",
    media_type="application/pdf",
    summary="存证证明 / certificate",
    responses=PRINT_REFUSALS,
)
async def get_certificate_of(
    log: TheLog, press: ThePress, caller: TheCaller, generator: FromPath[str], ulid: FromPath[str]
) -> Response[bytes]:
    """The same by the manifest's identity, which stands for this manifest alone."""
    _, content = await service.certificate_of(log, press, caller, f"{generator}/{ulid}")
    return _file(content, f"certificate-{ulid}.pdf", _MEDIA["pdf"])


@get("/v1/manifests/{generator:str}/{ulid:str}/bundle", summary="证据包 / bundle", responses=REFUSALS)
async def get_bundle_of(log: TheLog, caller: TheCaller, generator: FromPath[str], ulid: FromPath[str]) -> Response[bytes]:
    """The same by the manifest's identity."""
    _, content = await service.bundle_of(log, caller, f"{generator}/{ulid}")
    return _file(content, f"liandan-bundle-{ulid}.json", _MEDIA["json"])


@get("/v1/reconciliations/{name:str}", summary="月度对账单 / monthly statement", responses=REFUSALS)
async def get_reconciliation(
    log: TheLog,
    caller: TheCaller,
    name: FromPath[str],
    from_province: Annotated[str, QueryParameter(name="from", description="移出省级代码 / from")] = "",
    to_province: Annotated[str, QueryParameter(name="to", description="接受省级代码 / to")] = "",
) -> Response[bytes]:
    """``YYYY-MM`` for JSON, or ``YYYY-MM.pdf``, ``.xlsx``, ``.json``; for authorities and the operator. Both provinces must be named."""
    month, _, suffix = name.partition(".") if name.endswith(SUFFIXES) else (name, "", "json")
    file, content = await service.statement_of(log, caller, month, (from_province, to_province), suffix)
    return _file(content, file, _MEDIA[suffix])


router = Router(
    path="/",
    route_handlers=[get_certificate, get_bundle, get_certificate_of, get_bundle_of, get_reconciliation],
    before_request=refuse_unknown_query,
    tags=["reports"],
)
