"""HTTP of the reports. The shell provides ``log``, ``press``, ``drawer`` and ``caller``; refusals become problems there."""

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from ledger.describing import (
    JSON,
    PDF,
    USCC_PATTERN,
    XLSX,
    AnswerSpec,
    InGenerator,
    InName,
    InUlid,
    Uscc,
    asks,
    file,
    in_path,
    in_query,
    refusals,
)
from ledger.evidence.ranges import is_same
from ledger.query import refuse_unknown_query
from ledger.routes import HEAD_ONLY, TheCaller, TheLog
from reports import papers, service, statement_service
from reports.attestation import RecordQuestion
from reports.drawing import Drawer, StatementAsked
from reports.paper.tongue import Tongue
from reports.press import Press
from reports.reconcile import SUFFIXES
from reports.waiting import still_waits

REFUSALS = refusals(401, 403, 404, 409, 422)
PAPER, BUNDLE = {**REFUSALS, **file(PDF, said="The paper, its evidence attached")}, {**REFUSALS, **file(JSON, said="The bundle")}
STATEMENT = {
    **REFUSALS,
    **file(JSON, PDF, XLSX, said="The statement", headers=("Cache-Control", "Content-Disposition", "ETag")),
    304: AnswerSpec(None, description="The copy at hand is this statement"),
}
TheDrawer = SkipValidation[NamedDependency[Drawer]]
ThePress = SkipValidation[NamedDependency[Press]]
InLanguage = Annotated[Tongue, QueryParameter(name="lang", description="语言 / language of the document")]
Number = Annotated[str | None, in_query("^[0-9]{14}$", "国家联单编号 / national number", "20265101000123")]
Code = Annotated[str | None, in_query("^[0-9]{3}-[0-9]{3}-[0-9]{2}$", "废物代码 / waste code", "900-052-31")]
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
FirstDay = Annotated[str | None, in_query(_DAY, "起始日 / first day", "2026-10-01", "from")]
LastDay = Annotated[str | None, in_query(_DAY, "截止日，含 / last day, included", "2026-10-31", "to")]
OfSize = Annotated[
    int,
    QueryParameter(
        ge=0, description="按结账时的规模编制，只限该方向 / as the month was closed, at this size", schema_extra={"examples": [1204]}
    ),
]
OfParty = Annotated[str | None, in_query(USCC_PATTERN, "单位，编制其对账单 / party whose own statement it is (USCC)", "915101120000FX029E")]
OfAuthority = Annotated[
    str | None, in_query(USCC_PATTERN, "主管部门，编制其辖区的对账单 / authority whose regions it is of (USCC)", "11510000MB0000001X")
]
InList = Annotated[str, in_path("^20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}$", "白名单 / list, as in list/<name>", "2026-51-50-a")]
InMonth = Annotated[str, in_path("^[0-9]{4}-[0-9]{2}([.](pdf|xlsx|json))?$", "月份与格式 / month, and the form wanted", "2026-10.pdf")]
FromProvince = Annotated[
    str, QueryParameter(name="from", description="移出省级代码 / from", schema_extra={"maxLength": 2, "examples": ["51"]})
]
ToProvince = Annotated[str, QueryParameter(name="to", description="接受省级代码 / to", schema_extra={"maxLength": 2, "examples": ["50"]})]
_MANIFEST_FILES = {
    "certificate": ("certificate-{}.pdf", PDF, "转移证明"), "transit": ("transit-{}.pdf", PDF, "在途凭证"),
    "bundle": ("liandan-bundle-{}.json", JSON, "证据包"),
}  # fmt: skip
_MEDIA = {"pdf": PDF, "xlsx": XLSX, "json": JSON}


def _file(content: bytes, name: str, media: str, said: str = "") -> Response[bytes]:
    """A file under a name; ``said`` is the name that people read, for browsers that know ``filename*`` (RFC 6266 §4.3)."""
    wide = f"; filename*=UTF-8''{quote(said)}" if said else ""
    headers = {"Content-Disposition": f'inline; filename="{name}"{wide}', "Cache-Control": "private, no-store"}
    return Response(content, media_type=media, headers=headers)


def _of_manifest(content: bytes, sort: str, called: str, tongue: Tongue = "zh") -> Response[bytes]:
    """A paper or bundle of a manifest under its number, by which people file it; under its ULID while it has none."""
    name, media, zh = _MANIFEST_FILES[sort]
    suffix = name.rpartition(".")[2]
    return _file(content, name.format(called), media, f"{zh}-{called}.{suffix}" if tongue == "zh" else "")


@get("/v1/manifests/{name:str}/certificate.pdf", media_type=PDF, summary="转移证明 / certificate", responses=PAPER)
async def get_certificate(log: TheLog, caller: TheCaller, press: ThePress, name: InName, tongue: InLanguage = "zh") -> Response[bytes]:
    """The certificate of a received manifest, by ULID or national number; its evidence is attached inside."""
    called, content = await papers.manifest_paper(log, press, caller, "certificate", name, tongue)
    return _of_manifest(content, "certificate", called, tongue)


@get("/v1/manifests/{name:str}/transit.pdf", media_type=PDF, summary="在途凭证 / in-transit extract", responses=PAPER)
async def get_transit(log: TheLog, caller: TheCaller, press: ThePress, name: InName, tongue: InLanguage = "zh") -> Response[bytes]:
    """The in-transit extract of a manifest that is not void, from the issue on, by ULID or national number."""
    called, content = await papers.manifest_paper(log, press, caller, "transit", name, tongue)
    return _of_manifest(content, "transit", called, tongue)


@get("/v1/manifests/{name:str}/bundle", summary="证据包 / bundle", responses=BUNDLE)
async def get_bundle(log: TheLog, caller: TheCaller, name: InName) -> Response[bytes]:
    """The self-verifying bundle of a manifest in any state."""
    called, content = await service.bundle_of(log, caller, name)
    return _of_manifest(content, "bundle", called)


@get(
    "/v1/manifests/{generator:str}/{ulid:str}/certificate.pdf",
    media_type=PDF,
    summary="转移证明 / certificate",
    responses=PAPER,
)
async def get_certificate_of(
    log: TheLog, caller: TheCaller, press: ThePress, generator: InGenerator, ulid: InUlid, tongue: InLanguage = "zh"
) -> Response[bytes]:
    """The same by the manifest's identity, which stands for this manifest alone."""
    called, content = await papers.manifest_paper(log, press, caller, "certificate", f"{generator}/{ulid}", tongue)
    return _of_manifest(content, "certificate", called, tongue)


@get(
    "/v1/manifests/{generator:str}/{ulid:str}/transit.pdf",
    media_type=PDF,
    summary="在途凭证 / in-transit extract",
    responses=PAPER,
)
async def get_transit_of(
    log: TheLog, caller: TheCaller, press: ThePress, generator: InGenerator, ulid: InUlid, tongue: InLanguage = "zh"
) -> Response[bytes]:
    """The same by the manifest's identity."""
    called, content = await papers.manifest_paper(log, press, caller, "transit", f"{generator}/{ulid}", tongue)
    return _of_manifest(content, "transit", called, tongue)


@get(
    "/v1/approvals/{generator:str}/{ulid:str}/excerpt.pdf",
    media_type=PDF,
    summary="批准决定摘录 / approval excerpt",
    responses=PAPER,
)
async def get_approval_excerpt(
    log: TheLog, caller: TheCaller, press: ThePress, generator: InGenerator, ulid: InUlid, tongue: InLanguage = "zh"
) -> Response[bytes]:
    """A decision with what is used and left of its lines; for its generator, its receiver, authorities and the operator."""
    content = await papers.approval_paper(log, press, caller, f"approval/{generator}/{ulid}", tongue)
    return _file(content, f"approval-{ulid}.pdf", _MEDIA["pdf"])


@get("/v1/lists/{name:str}/excerpt.pdf", media_type=PDF, summary="白名单摘录 / list excerpt", responses=PAPER)
async def get_list_excerpt(
    log: TheLog, caller: TheCaller, press: ThePress, name: InList, receiver: Uscc = None, tongue: InLanguage = "zh"
) -> Response[bytes]:
    """The rows of a list, of all receivers or one; what is committed of a row, as far as the caller may read the decision that says so."""
    content = await papers.list_paper(log, press, caller, f"list/{name}", receiver, tongue)
    return _file(content, f"list-{name}.pdf", _MEDIA["pdf"])


@get("/v1/no-record.pdf", media_type=PDF, summary="无记录证明 / attestation of no record", responses=PAPER)
async def get_attestation(
    log: TheLog,
    caller: TheCaller,
    press: ThePress,
    number: Number = None,
    generator: Uscc = None,
    code: Code = None,
    first: FirstDay = None,
    last: LastDay = None,
    tongue: InLanguage = "zh",
) -> Response[bytes]:
    """The issuer's signed statement that it found no such manifest; a party may ask about itself as generator alone."""
    question = RecordQuestion(number=number or "", generator=generator or "", code=code or "", first=first or "", last=last or "")
    content = await papers.attestation_paper(log, press, caller, question, tongue)
    return _file(content, "no-record.pdf", _MEDIA["pdf"])


@get("/v1/manifests/{generator:str}/{ulid:str}/bundle", summary="证据包 / bundle", responses=BUNDLE)
async def get_bundle_of(log: TheLog, caller: TheCaller, generator: InGenerator, ulid: InUlid) -> Response[bytes]:
    """The same by the manifest's identity."""
    called, content = await service.bundle_of(log, caller, f"{generator}/{ulid}")
    return _of_manifest(content, "bundle", called)


@get(
    "/v1/reconciliations/{name:str}",
    summary="月度对账单 / monthly statement",
    opt=asks("If-None-Match"),
    responses=STATEMENT,
)
async def get_reconciliation(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    drawer: TheDrawer,
    name: InMonth,
    from_province: FromProvince = "",
    to_province: ToProvince = "",
    party: OfParty = None,
    authority: OfAuthority = None,
    size: OfSize = 0,
    tongue: InLanguage = "zh",
) -> Response[bytes]:
    """``YYYY-MM`` for JSON, or ``YYYY-MM.pdf``, ``.xlsx``, ``.json``: of a direction (``from`` and ``to``), of one ``party``, or of what touches the
    regions of an ``authority``; with ``size`` a direction's as it was closed. A firm has its own and needs to name nothing, an authority what
    lies in its regions. The JSON is of both languages; of a month that is not over in the log the file is called provisional.
    """
    month, _, suffix = name.partition(".") if name.endswith(SUFFIXES) else (name, "", "json")
    language: Tongue = "zh" if suffix == "json" else tongue
    direction = (from_province, to_province) if from_province or to_province else None
    asked = StatementAsked(month, direction, suffix, language, party=party or "", authority=authority or "", size=size)
    asked = await statement_service.check_asked(log, caller, asked)
    headers = {"Cache-Control": "private, no-store"}  # who keeps a copy himself, asks again with its tag
    if HEAD_ONLY in request.scope:  # nobody reads it: nothing is drawn, and what only drawing tells is left out (RFC 9110 §9.3.2)
        return Response(b"", media_type=_MEDIA[suffix], headers=headers)
    held = request.headers.get("if-none-match")
    if (known := statement_service.known_tag(log, drawer, asked)) is not None and is_same(known, held):
        return Response(b"", status_code=304, headers={**headers, "ETag": known})
    drawing = asyncio.create_task(statement_service.statement_of(log, drawer, asked, for_firm=caller.role == "party"))
    if not await still_waits(request.receive, drawing):
        return Response(b"", status_code=499)  # to nobody
    (file_name, content), tag = await drawing
    headers |= {"ETag": tag, "Content-Disposition": f'inline; filename="{file_name}"'}
    if is_same(tag, held):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=_MEDIA[suffix], headers=headers)


router = Router(
    path="/",
    route_handlers=[
        get_certificate,
        get_transit,
        get_bundle,
        get_certificate_of,
        get_transit_of,
        get_bundle_of,
        get_approval_excerpt,
        get_list_excerpt,
        get_attestation,
        get_reconciliation,
    ],
    before_request=refuse_unknown_query,
    tags=["reports"],
)
