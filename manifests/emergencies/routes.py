"""Emergencies over HTTP: search, one with its entries, who carries what where of its loads and of an incident's, and drafts of their holds.

For authorities, the operator, the firms that an emergency names, and readers whom an authority lets read about incidents of its places.
"""

from typing import Annotated, Any

from litestar import Request, Router, get, post

from ledger.describing import READ_REFUSALS, USCC_PATTERN, Cursor, InReporter, InUlid, Uscc, asks, in_path, in_query, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, Since, TheCaller, TheLog, claimed_now, say_size
from manifests.emergencies import service
from manifests.emergencies.answers import Emergencies, EmergencyAnswer
from manifests.emergencies.drafts import Drafts, DraftsAsked
from manifests.emergencies.joint import JointView
from manifests.incidents.routes import InRegion, StageOfIncident
from whitelist.registries import Wanted
from whitelist.routes import Code
from whitelist.service import with_names

InAuthority = Annotated[str, in_path(USCC_PATTERN, "启动的主管部门 / USCC of the declaring authority", "915100000000FX051A")]
SignedFor = Annotated[
    str | None, in_query(USCC_PATTERN, "代哪个主管部门签署 / for which authority it is signed", "915100000000FX051A", "as")
]
_DRAFTS = takes(DraftsAsked, said="Whether loads are to be held or released, and why.", headers=("Liandan-Now",))
_DRAFT_REFUSALS = refusals(401, 403, 404, 422)


@get("/v1/emergencies", responses=READ_REFUSALS)
async def get_emergencies(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    authority: Uscc = None,
    party: Uscc = None,
    code: Code = None,
    stage: StageOfIncident = None,
    region: InRegion = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Emergencies:
    """Emergencies (应急转移), by the authority that declared them, a generator or receiver (``party``), a waste code, a region, open or closed."""
    wanted = Wanted(authority=authority, party=party, code=code, stage=stage, region=region, updated_since=updated_since)
    return await with_names(log, await service.list_emergencies(log, caller, wanted, Page(cursor, limit), lang), lang)


@get("/v1/emergencies/{authority:str}/{ulid:str}", responses=READ_REFUSALS)
async def get_emergency(log: TheLog, caller: TheCaller, lang: Lang, authority: InAuthority, ulid: InUlid) -> EmergencyAnswer:
    """One emergency: what was declared, who has joined and who is waited for, how much of its ceiling is used, with its entries."""
    return await with_names(log, await service.read_emergency(log, caller, f"emergency/{authority}/{ulid}", lang), lang)


@get("/v1/emergencies/{authority:str}/{ulid:str}/loads", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_emergency_loads(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, authority: InAuthority, ulid: InUlid
) -> JointView:
    """Who carries what where right now: the manifests that move on the emergency, vehicles under way, places. The same for both provinces."""
    found = await service.read_joint(log, caller, f"emergency/{authority}/{ulid}", lang, claimed_now(request.headers))
    return await with_names(log, found, lang)


@get("/v1/incidents/{reporter:str}/{ulid:str}/loads", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_incident_loads(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, reporter: InReporter, ulid: InUlid
) -> JointView:
    """The same of the manifests that an incident names."""
    found = await service.read_joint(log, caller, f"incident/{reporter}/{ulid}", lang, claimed_now(request.headers))
    return await with_names(log, found, lang)


@post("/v1/emergencies/{authority:str}/{ulid:str}/drafts", status_code=200, opt=_DRAFTS, responses=_DRAFT_REFUSALS)
async def post_emergency_drafts(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    authority: InAuthority,
    ulid: InUlid,
    as_party: SignedFor = None,
) -> Drafts:
    """Prepare the hold (暂扣) or release of every open load of the emergency: one statement a manifest, to be signed and posted as a batch.

    Nothing is written. Each is judged now as it would be when it came; what would be refused is told with its reasons and not prepared.
    """
    chain, now_s = f"emergency/{authority}/{ulid}", claimed_now(request.headers)
    found = await service.draft_statements(log, caller, chain, await request.body(), as_party, lang, now_s)
    return await with_names(log, found, lang)


@post("/v1/incidents/{reporter:str}/{ulid:str}/drafts", status_code=200, opt=_DRAFTS, responses=_DRAFT_REFUSALS)
async def post_incident_drafts(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    reporter: InReporter,
    ulid: InUlid,
    as_party: SignedFor = None,
) -> Drafts:
    """The same of the manifests that an incident names."""
    chain, now_s = f"incident/{reporter}/{ulid}", claimed_now(request.headers)
    found = await service.draft_statements(log, caller, chain, await request.body(), as_party, lang, now_s)
    return await with_names(log, found, lang)


ROUTER = Router(
    "",
    route_handlers=[
        get_emergencies,
        get_emergency,
        get_emergency_loads,
        get_incident_loads,
        post_emergency_drafts,
        post_incident_drafts,
    ],
    before_request=refuse_unknown_query,
    after_request=say_size,
    tags=["incidents"],
)
