"""The pages, as one router of the application."""

from litestar import Router

from liandan.pages.docs import docs_index, docs_page
from liandan.pages.home import about, home
from liandan.pages.problem import problem_list, problem_page
from liandan.pages.schema import get_asset
from liandan.verify_page.routes import ROUTES as VERIFY_PAGE

ROUTER = Router("/", route_handlers=[home, about, docs_index, docs_page, problem_list, problem_page, get_asset, *VERIFY_PAGE])
