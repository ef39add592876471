"""Parameters that routes of every package take: what the shell provides with each request, and the query's usual fields."""

from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.reading import PAGE_MAX
from ledger.times import parse_at

TheLog = SkipValidation[NamedDependency[Log]]
TheCaller = SkipValidation[NamedDependency[Caller]]
Lang = SkipValidation[NamedDependency[Language]]

Uscc = Annotated[str | None, QueryParameter(pattern="^[0-9A-HJ-NPQRTUWXY]{18}$", description="统一社会信用代码")]
Cursor = Annotated[str | None, QueryParameter(description="`next` of the page before")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)]


def claimed_now(request: Request[Any, Any, Any]) -> int | None:
    """``Liandan-Now``, the present of a simulated log; a real one ignores it (formats §6)."""
    claimed = request.headers.get("liandan-now")
    return None if claimed is None else parse_at(claimed, "Liandan-Now")
