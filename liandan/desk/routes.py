"""The desk's router: every room adds its handlers here. Answers are packed and closed to foreign pages; refusals are shown in words."""

import gzip
from typing import Any

from litestar import Request, Response, Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from ledger.static.routes import GZIP_FROM, GZIP_LEVEL, accepts_gzip
from liandan.desk.enterprise.lists.routes import HANDLERS as CLERK_LISTS
from liandan.desk.enterprise.manifest.routes import HANDLERS as MANIFEST
from liandan.desk.enterprise.new.routes import HANDLERS as NEW
from liandan.desk.enterprise.routes import HANDLERS as CLERK
from liandan.desk.forms.routes import HANDLERS as FORMS
from liandan.desk.live.routes import get_live
from liandan.desk.province.routes import HANDLERS as PROVINCE
from liandan.desk.road.routes import HANDLERS as ROAD
from liandan.desk.search.routes import HANDLERS as SEARCH
from liandan.desk.shell.assets import get_modules, get_static
from liandan.desk.shell.components import get_components
from liandan.desk.shell.frame import EnterFirst
from liandan.desk.shell.policy import post_report
from liandan.desk.shell.session import enter_first, get_enter, post_enter, post_language, post_leave
from liandan.desk.shell.visits import provide_guest, provide_visit

SHELL: tuple[ControllerRouterHandler, ...] = (
    get_enter, post_enter, post_leave, post_language, post_report, get_static, get_modules, get_components,
)  # fmt: skip
ROOMS: tuple[ControllerRouterHandler, ...] = (*FORMS, *CLERK, *NEW, *CLERK_LISTS, *MANIFEST, *PROVINCE, *ROAD, *SEARCH, get_live)
"""Handlers of the rooms."""


async def packed(request: Request[Any, Any, Any], response: Response[Any]) -> Response[Any]:
    """Pages go smaller over slow networks; nothing secret stands in them that a length could tell (the token is in the cookie alone)."""
    body = response.content
    if not isinstance(body, str) or len(body) < GZIP_FROM or not accepts_gzip(request.headers.get("accept-encoding", "")):
        return response
    response.content = gzip.compress(body.encode(), GZIP_LEVEL, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    return response


ROUTER = Router(
    "/",
    route_handlers=[*SHELL, *ROOMS],
    dependencies={"visit": Provide(provide_visit), "guest": Provide(provide_guest)},
    exception_handlers={EnterFirst: enter_first},
    include_in_schema=False,
)
