"""Incidents over HTTP: search, and one with its entries (kinds §9). For the reporter, parties of the manifests that it names, authorities, and
readers whom an authority lets read about incidents of the place.
"""

from typing import Annotated

from litestar import Router, get

from ledger.chain import ULID, USCC
from ledger.describing import READ_REFUSALS, Cursor, InReporter, InUlid, Uscc, in_query
from ledger.labels import words_of
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, Since, TheCaller, TheLog, say_size
from manifests.incidents import service
from manifests.incidents.acts.report import IncidentKind
from manifests.incidents.answers import IncidentAnswer, Incidents
from whitelist.incident import UNMANIFESTED
from whitelist.registries import Wanted
from whitelist.service import with_names

What = Annotated[str | None, in_query(f"^({'|'.join((*words_of(IncidentKind), UNMANIFESTED))})$", "事件 / what happened", "leak", "kind")]
StageOfIncident = Annotated[str | None, in_query("^(open|closed)$", "是否了结 / whether it is closed", "open", "stage")]
OfManifest = Annotated[
    str | None,
    in_query(f"^{USCC}/{ULID}$", "涉及该联单的 / that name this manifest", "915101120000FX029E/01K9000000000000000000MAN1", "manifest"),
]
InRegion = Annotated[
    str | None, in_query("^[0-9]{2}([0-9]{2}){0,2}$", "地点的区划代码前 2、4 或 6 位 / first digits of a division", "5101", "region")
]


@get("/v1/incidents", responses=READ_REFUSALS)
async def get_incidents(
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    reporter: Uscc = None,
    kind: What = None,
    stage: StageOfIncident = None,
    manifest: OfManifest = None,
    region: InRegion = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Incidents:
    """Incidents (突发事件) and arrivals without a manifest: all for authorities, for a party those that concern it."""
    wanted = Wanted(reporter=reporter, kind=kind, stage=stage, manifest=manifest, region=region, updated_since=updated_since)
    return await with_names(log, await service.list_incidents(log, caller, wanted, Page(cursor, limit), lang), lang)


@get("/v1/incidents/{reporter:str}/{ulid:str}", responses=READ_REFUSALS)
async def get_incident(log: TheLog, caller: TheCaller, lang: Lang, reporter: InReporter, ulid: InUlid) -> IncidentAnswer:
    """One incident with its entries, for whom it concerns."""
    return await with_names(log, await service.read_incident(log, caller, f"incident/{reporter}/{ulid}", lang), lang)


ROUTER = Router(
    "",
    route_handlers=[get_incidents, get_incident],
    before_request=refuse_unknown_query,
    after_request=say_size,
    tags=["incidents"],
)
