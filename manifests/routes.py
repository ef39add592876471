"""Manifests over HTTP: search, state, open acts, entries, and the machine (design §8). The shell provides ``log``, ``caller``, ``lang``.

A manifest's address is its own identity, ``/v1/manifests/<generator>/<ULID>``. The national number is a field of it: looking one up leads
there (303), or to a choice while several stand under it (300).
"""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter
from msgspec.structs import replace

from ledger.answers import called_at
from ledger.chain import ULID, USCC
from ledger.describing import READ_REFUSALS, USCC_PATTERN, AnswerSpec, Cursor, InGenerator, InName, InUlid, Uscc, asks, in_path, in_query
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, TheCaller, TheLog, claimed_now, say_size
from manifests import service
from manifests.action_answers import ManifestActions
from manifests.answers import ManifestAnswer, ManifestChoice, Manifests
from manifests.fates import ManifestFates, ManifestOrigins
from manifests.history_answers import ManifestHistory
from manifests.machine_answers import Machine, machine_answer
from manifests.model import Stage
from manifests.plan_book import PlanBook
from manifests.search import Search
from manifests.work.routes import get_work
from whitelist.plan import plan_chain
from whitelist.routes import Code, FromProvince, ToProvince
from whitelist.service import with_names

STAGES = "|".join(stage.value for stage in Stage if stage is not Stage.NONE)
StageFilter = Annotated[str | None, in_query(f"^({STAGES})$", "联单阶段 / stage of the manifest", "in_transit", "stage")]
Number = Annotated[str | None, in_query("^[0-9]{14}$", "国家联单编号 / national number", "20265101000123", "number")]
Day = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
IssuedFrom = Annotated[str | None, in_query(Day, "签发起始日（北京时间） / first day of issue", "2026-10-01", "issued_from")]
Plate = Annotated[
    str | None,
    in_query("^.{1,60}$", "运输工具或挂车牌号，任何写法 / plate of a vehicle or trailer, however it is written", "川A·F1234", "plate"),
]
Waybill = Annotated[
    str | None,
    in_query("^.{1,60}$", "危险货物运单号，任何写法 / dangerous-goods waybill, however it is written", "YD2026-1001", "waybill_no"),
]
ProvincialNumber = Annotated[
    str | None, in_query("^.{1,200}$", "省内编号，原样 / provincial number, as it was given", "川危转20261001", "provincial_number")
]
TripId = Annotated[str | None, in_query("^.{1,40}$", "同一车次（一车多单） / trip that several manifests share", "T20261001-1", "trip_id")]
AlertCode = Annotated[
    str | None,
    in_query("^[A-Z][A-Z0-9_]{1,39}$", "有该代码提示且尚未了结的 / with an alert of this code that nothing has settled", "CREW", "alert"),
]
Tag = Annotated[
    str | None,
    in_query(
        "^[A-Z][A-Z0-9_]{1,39}$",
        "有行为带该标记的：LATE 补报（离线）、ON_BEHALF 代签、AMENDED 更正 / with an act so tagged: LATE (offline), ON_BEHALF, AMENDED",
        "LATE",
        "tag",
    ),
]
Returns = Annotated[
    str | None,
    in_query(
        f"^{USCC}/{ULID}$",
        "退回、改送该联单拒收废物的 / what returns or redirects the refused waste of this manifest",
        "915101120000FX029E/01K9000000000000000000MAN1",
        "returns",
    ),
]
UpdatedSince = Annotated[
    int | None,
    QueryParameter(
        name="updated_since",
        ge=0,
        le=2**53,
        description="有序位 N 及以后条目的 / what has entries from index N on: give the size of your last answer",
        schema_extra={"examples": [812]},
    ),
]
Held = Annotated[str | None, in_query("^true$", "现在被暂扣的 / held now by an authority: true", "true", "held")]
Named = Annotated[str | None, in_query("^true$", "涉及未了结突发事件的 / named by an incident that is open: true", "true", "incident")]
Contested = Annotated[str | None, in_query("^true$", "有未了结争议的 / with a contest that nobody has settled: true", "true", "contested")]
As = Annotated[
    str | None, in_query(USCC_PATTERN, "为哪个单位（默认本单位） / for which party; yours if absent", "91510100MA00XX0A0X", "as")
]
Overdue = Annotated[
    str | None,
    in_query(
        "^true$",
        "有行为逾期未办的（未办结联单；补交附件除外） / open, with an act that somebody should have done before today: true",
        "true",
        "overdue",
    ),
]
IssuedTo = Annotated[str | None, in_query(Day, "签发截止日，含 / last day of issue, included", "2026-10-31", "issued_to")]


Plan = Annotated[
    str | None,
    in_query(
        f"^{USCC}/20[0-9]{{2}}$",
        "计入该移出人该年管理计划的 / what counts on the management plan of this generator and year",
        "915101120000FX029E/2026",
        "plan",
    ),
]
OnEmergency = Annotated[
    str | None,
    in_query(
        f"^{USCC}/{ULID}$",
        "凭该应急转移开具的 / what moves on this emergency",
        "915100000000FX051A/01K9000000000000000000EMR1",
        "emergency",
    ),
]
InApproval = Annotated[
    str | None,
    in_query(
        f"^approval/{USCC}/{ULID}$",
        "凭该批准转移的 / what goes on this decision",
        "approval/915101120000FX029E/01KB2Z8Q6V0000000000000021",
        "approval",
    ),
]
InList = Annotated[
    str | None,
    in_query(
        "^list/20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}( [0-9]{1,4})?$",
        "凭该名单（或者其中一行）上的批准转移的 / what goes on decisions given on this list, or on a row of it",
        "list/2026-51-50-a 0",
        "list",
    ),
]
InYear = Annotated[str, in_path("^20[0-9]{2}$", "管理计划年度 / year of the plan", "2026")]


@get("/v1/manifests", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_manifests(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    number: Number = None,
    generator: Uscc = None,
    receiver: Uscc = None,
    carrier: Uscc = None,
    stage: StageFilter = None,
    code: Code = None,
    from_province: FromProvince = None,
    to_province: ToProvince = None,
    issued_from: IssuedFrom = None,
    issued_to: IssuedTo = None,
    plate: Plate = None,
    waybill_no: Waybill = None,
    provincial_number: ProvincialNumber = None,
    trip_id: TripId = None,
    alert: AlertCode = None,
    tag: Tag = None,
    returns: Returns = None,
    plan: Plan = None,
    emergency: OnEmergency = None,
    approval: InApproval = None,
    in_list: InList = None,
    held: Held = None,
    contested: Contested = None,
    overdue: Overdue = None,
    incident: Named = None,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Manifests:
    """Search manifests, newest issue first: all for authorities, for a party those it takes part in.

    With ``updated_since`` in the order of the newest entry about each, oldest first: what has changed while you page comes at the end.
    A page may be short and still have a ``next``.
    """
    search = Search(
        number=number,
        generator=generator,
        receiver=receiver,
        carrier=carrier,
        stage=stage,
        code=code,
        from_province=from_province,
        to_province=to_province,
        since=service.day_begins("issued_from", issued_from),
        until=service.day_begins("issued_to", issued_to, following=True),
        plate=service.normal_text("plate", plate, "川AF1234"),
        waybill_no=service.normal_text("waybill_no", waybill_no, "YD20261001"),
        provincial_number=provincial_number,
        trip_id=trip_id,
        alert=alert,
        tag=tag,
        held=held is not None,
        contested=contested is not None,
        overdue=overdue is not None,
        incident=incident is not None,
        returns=returns,
        plan=plan,
        emergency=emergency,
        approval=approval,
        list=in_list,
        updated_since=updated_since,
    )
    return await with_names(
        log, await service.list_manifests(log, caller, search, Page(cursor, limit), lang, claimed_now(request.headers)), lang
    )


@get("/v1/manifests/machine")
async def get_machine(lang: Lang) -> Machine:
    """The machine of the manifest: which act may follow which, who signs it, what it writes. Open to everybody."""
    return machine_answer(lang)


@get(
    "/v1/manifests/{name:str}",
    status_code=303,
    responses={
        **READ_REFUSALS,
        300: AnswerSpec(ManifestChoice, description="Several manifests stand under the name"),
        303: AnswerSpec(ManifestChoice, description="The one manifest of that name", headers=("Location",)),
    },
)
async def get_by_name(log: TheLog, caller: TheCaller, lang: Lang, name: InName) -> Response[ManifestChoice]:
    """Look up a national 14-digit number or a ULID: 303 to its manifest, or 300 with the choice."""
    found = await with_names(log, await service.find_named(log, caller, name, lang), lang)
    if len(found.manifests) > 1:
        return Response(found, status_code=300)
    return Response(found, status_code=303, headers={"Location": f"/v1/manifests/{found.manifests[0].id}"})


@get("/v1/manifests/{generator:str}/{ulid:str}", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_manifest(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, generator: InGenerator, ulid: InUlid
) -> ManifestAnswer:
    """One manifest as it stands, and which of its attachments are in the store."""
    found = await with_names(log, await service.read_manifest(log, caller, generator, ulid, lang, claimed_now(request.headers)), lang)
    return replace(found, called=called_at(found.changed, found.issue_index))


@get("/v1/manifests/{generator:str}/{ulid:str}/actions", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_actions(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    generator: InGenerator,
    ulid: InUlid,
    as_party: As = None,
) -> ManifestActions:
    """Who must do what next, by when; what one party may do, which fields it gives, what blocks it and who lifts that.

    The party is the caller, or the one ``as``: for authorities and the operator any, for others one that they sign for.
    """
    found = await service.read_actions(log, caller, generator, ulid, lang, claimed_now(request.headers), as_party)
    return await with_names(log, found, lang)


@get("/v1/manifests/{generator:str}/{ulid:str}/history", responses=READ_REFUSALS)
async def get_history(log: TheLog, caller: TheCaller, lang: Lang, generator: InGenerator, ulid: InUlid) -> ManifestHistory:
    """Every entry about the manifest, trunk and cases, with its exact bytes, and how its signers were called then."""
    found = await with_names(log, await service.read_history(log, caller, generator, ulid), lang)
    then = [{uscc: name for uscc, name in called_at(found.changed, one.index).items() if uscc in one.by} for one in found.entries]
    return replace(found, entries=tuple(replace(one, called=called) for one, called in zip(found.entries, then, strict=True)))


@get("/v1/manifests/{generator:str}/{ulid:str}/fates", responses=READ_REFUSALS)
async def get_fates(log: TheLog, caller: TheCaller, lang: Lang, generator: InGenerator, ulid: InUlid) -> ManifestFates:
    """Where each gram of the manifest ended, through collectors, returns and redirects, with the acts that say so.

    For its generator and receiver, authorities, and readers they let in. Grams that were poured together have their share of each end.
    """
    return await with_names(log, await service.read_fates(log, caller, f"manifest/{generator}/{ulid}", lang), lang)


@get("/v1/manifests/{generator:str}/{ulid:str}/origins", responses=READ_REFUSALS)
async def get_origins(log: TheLog, caller: TheCaller, lang: Lang, generator: InGenerator, ulid: InUlid) -> ManifestOrigins:
    """From which first generators' manifests each gram of this one came. For whom the fates are."""
    return await with_names(log, await service.read_origins(log, caller, f"manifest/{generator}/{ulid}"), lang)


@get("/v1/plans/{generator:str}/{year:str}", responses=READ_REFUSALS)
async def get_plan(
    log: TheLog, caller: TheCaller, lang: Lang, generator: InGenerator, year: InYear, cursor: Cursor = None, limit: Limit = 50
) -> PlanBook:
    """One management plan (管理计划), and the manifests that count on its lines, newest issue first: their grams sum up to ``used_t``.

    For its generator, the authorities, and whoever a line names as receiver, of that line alone. A page has so many manifests.
    """
    return await with_names(log, await service.read_plan(log, caller, plan_chain(generator, int(year)), Page(cursor, limit)), lang)


ROUTER = Router(
    "",
    route_handlers=[
        get_manifests,
        get_work,
        get_machine,
        get_by_name,
        get_manifest,
        get_actions,
        get_history,
        get_fates,
        get_origins,
        get_plan,
    ],
    before_request=refuse_unknown_query,
    after_request=say_size,
    tags=["manifests"],
)
