"""The desk's router: every room adds its handlers here."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from liandan.desk.driver.routes import HANDLERS as DRIVER
from liandan.desk.enterprise.lists.routes import HANDLERS as CLERK_LISTS
from liandan.desk.enterprise.manifest.routes import HANDLERS as MANIFEST
from liandan.desk.enterprise.new.routes import HANDLERS as NEW
from liandan.desk.enterprise.routes import HANDLERS as CLERK
from liandan.desk.evidence.routes import HANDLERS as EVIDENCE
from liandan.desk.forms.routes import HANDLERS as FORMS
from liandan.desk.keys.routes import HANDLERS as KEYS
from liandan.desk.live.routes import HANDLERS as LIVE
from liandan.desk.month.routes import ROUTES as MONTH
from liandan.desk.notices.routes import ROUTES as NOTICES
from liandan.desk.province.routes import HANDLERS as PROVINCE
from liandan.desk.public.routes import ROUTES as PUBLIC
from liandan.desk.road.routes import HANDLERS as ROAD
from liandan.desk.scale.routes import ROUTES as SCALE
from liandan.desk.search.routes import HANDLERS as SEARCH
from liandan.desk.shell.assets import get_modules, get_static
from liandan.desk.shell.components import get_components
from liandan.desk.shell.frame import EnterFirst
from liandan.desk.shell.policy import post_report
from liandan.desk.shell.posted import PostedRequest
from liandan.desk.shell.session import enter_first, get_enter, post_enter, post_language, post_leave
from liandan.desk.shell.sign_ins import get_sign_ins
from liandan.desk.shell.visits import provide_guest, provide_visit

SHELL: tuple[ControllerRouterHandler, ...] = (
    get_enter, post_enter, get_sign_ins, post_leave, post_language, post_report, get_static, get_modules, get_components,
)  # fmt: skip
ROOMS: tuple[ControllerRouterHandler, ...] = (
    *DRIVER, *FORMS, *CLERK, *NEW, *CLERK_LISTS, *MANIFEST, *PROVINCE, *ROAD, *SEARCH, *LIVE, *KEYS, *SCALE, *MONTH, *PUBLIC, *NOTICES,
    *EVIDENCE,
)  # fmt: skip
"""Handlers of the rooms."""


ROUTER = Router(
    "/",
    route_handlers=[*SHELL, *ROOMS],
    dependencies={"visit": Provide(provide_visit), "guest": Provide(provide_guest)},
    exception_handlers={EnterFirst: enter_first},
    request_class=PostedRequest,
    include_in_schema=False,
)
