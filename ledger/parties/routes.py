"""A party's registers over HTTP: its sites, for whoever fills a form, and a carrier's crew, for itself and the authorities."""

from typing import Any

from litestar import Request, Router, get

from ledger.describing import READ_REFUSALS, Cursor, InUscc
from ledger.parties.service import CrewPage, SitePage, crew_of, sites_of
from ledger.query import refuse_unknown_query
from ledger.reading import Page
from ledger.routes import Limit, TheCaller, say_size
from ledger.service import Service
from signing.refusal import refuse


@get("/v1/parties/{uscc:str}/sites", responses=READ_REFUSALS)
async def get_sites(request: Request[Any, Any, Any], caller: TheCaller, uscc: InUscc, cursor: Cursor = None, limit: Limit = 50) -> SitePage:
    """Sites of a party (``party.site``), closed ones with their day. Open to every registered party."""
    service: Service = request.app.state.service
    return await sites_of(service.log, uscc, Page(cursor, limit))


@get("/v1/parties/{uscc:str}/crew", responses=READ_REFUSALS)
async def get_crew(request: Request[Any, Any, Any], caller: TheCaller, uscc: InUscc, cursor: Cursor = None, limit: Limit = 50) -> CrewPage:
    """Crew of a carrier (``crew.register``): id, role, last day of the qualification, whether retired. For the carrier and the authorities."""
    if not caller.reads_all and caller.uscc != uscc:
        raise refuse("NOT_FOUND", field="uscc", found=uscc)
    service: Service = request.app.state.service
    return await crew_of(service.log, uscc, Page(cursor, limit))


ROUTER = Router("/", route_handlers=[get_sites, get_crew], before_request=refuse_unknown_query, after_request=say_size, tags=["log"])
