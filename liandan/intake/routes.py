"""The intake over HTTP: a file posted is answered with what it says, lists as workbooks, differences of two versions. Nothing is stored."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation

from ledger.describing import ANYTHING, READ_REFUSALS, XLSX, file, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.routes import Lang, TheCaller, TheLog, claimed_now
from liandan.connection import in_time
from liandan.intake import service
from liandan.intake.answers import IntakeAnswer
from liandan.intake.bounded import BoundedReader
from liandan.intake.difference import ListDifference
from liandan.intake.service import IntakeAsked
from liandan.intake.sniffing import FILE_MAX
from signing.phrase import Phrase
from signing.refusal import refuse

TheReader = SkipValidation[NamedDependency[BoundedReader]]
LIST_PATTERN = "^list/20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}$"
_EXAMPLE = {"examples": ["list/2026-51-50-a"]}
As = Annotated[
    Literal["list", "permits", "openings"],
    QueryParameter(name="as", description="文件是什么：白名单、许可证、期初用量 / what the file is", schema_extra={"examples": ["list"]}),
]
Called = Annotated[
    str,
    QueryParameter(
        max_length=200,
        pattern="^[^\\u0000-\\u001f\\u007f]+$",
        description="文件名 / name of the file",
        schema_extra={"examples": ["白名单.xlsx"]},
    ),
]
Against = Annotated[
    str | None,
    QueryParameter(
        pattern=LIST_PATTERN, description="与账本中哪份名单比较 / list of the log that it is compared with", schema_extra=_EXAMPLE
    ),
]
Terms = Annotated[
    str | None,
    QueryParameter(
        max_length=4000,
        description="文件里没写的名单要素，JSON 对象 / terms of the list that stand in no file, a JSON object of texts",
        schema_extra={"examples": ['{"letter_no":"川环函〔2026〕9号","letter_date":"2026-11-20"}']},
    ),
]
OfList = Annotated[str, QueryParameter(name="list", pattern=LIST_PATTERN, description="名单 / list", schema_extra=_EXAMPLE)]
Before = Annotated[str, QueryParameter(pattern=LIST_PATTERN, description="原名单 / the earlier list", schema_extra=_EXAMPLE)]
After = Annotated[
    str, QueryParameter(pattern=LIST_PATTERN, description="新名单 / the later list", schema_extra={"examples": ["list/2027-51-50-a"]})
]
NO_STORE = {"Cache-Control": "private, no-store"}
FILE_BODY = takes(said=f"The file itself, at most {FILE_MAX:,} bytes: xlsx, xls, et or csv; no form, no packing.", media_type=ANYTHING)


@post(
    "/v1/intake",
    status_code=200,
    opt=FILE_BODY | {"asks": ("Liandan-Now",)},
    request_max_body_size=FILE_MAX,
    responses=refusals(401, 403, 404, 413, 503),
)
async def post_intake(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    reader: TheReader,
    sort: As = "list",
    name: Called = "-",
    against: Against = None,
    terms: Terms = None,
) -> IntakeAnswer:
    """Read an office's spreadsheet: statements to be signed, or everything that is wrong, cell by cell, every repair shown; nothing is stored."""
    with reader.place(caller.uscc):
        asked = IntakeAsked(
            sort=sort,
            name=name,
            raw=await in_time(request.body()),
            against=against or "",
            given=_given(terms),
            language="en" if lang == "en" else "zh",
        )
        return await service.take_posted(log, reader, caller, asked, claimed_now(request.headers))


def _given(terms: str | None) -> dict[str, str]:
    try:
        return {} if terms is None else msgspec.json.decode(terms, type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError):
        expected = Phrase('JSON 对象，值都是文本，如 {"letter_no":"…"}', 'a JSON object of texts, like {"letter_no":"…"}')
        raise refuse("QUERY_FORM", field="terms", found=terms, expected=expected) from None


@get("/v1/intake/list.xlsx", media_type=XLSX, responses={**READ_REFUSALS, **file(XLSX)})
async def get_list_workbook(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, of_list: OfList
) -> Response[bytes]:
    """A list as it is in force today, as the workbook that the intake reads: what comes back is the same rows. Open to every registered party."""
    content = await service.list_workbook(log, of_list, claimed_now(request.headers))
    return _workbook(content, f"{of_list.removeprefix('list/')}.xlsx")


@get("/v1/intake/difference", responses=READ_REFUSALS)
async def get_difference(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, before: Before, after: After
) -> ListDifference:
    """What is otherwise between two lists, as they are in force today, in words and row by row. Open to every registered party."""
    return await service.difference_of_lists(log, before, after, claimed_now(request.headers))


@get("/v1/intake/difference.xlsx", media_type=XLSX, responses={**READ_REFUSALS, **file(XLSX)})
async def get_difference_workbook(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, before: Before, after: After
) -> Response[bytes]:
    """The same as a workbook."""
    content = await service.difference_workbook(log, before, after, claimed_now(request.headers))
    return _workbook(content, f"{before.removeprefix('list/')}_{after.removeprefix('list/')}.xlsx")


def _workbook(content: bytes, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **NO_STORE}
    return Response(content, media_type=XLSX, headers=headers)


def router(shared: BoundedReader | None = None) -> Router:
    """The routes with the reader of a server process: so few files at a time."""
    reader = BoundedReader() if shared is None else shared
    return Router(
        "/",
        route_handlers=[post_intake, get_list_workbook, get_difference, get_difference_workbook],
        dependencies={"reader": Provide(lambda: reader, sync_to_thread=False)},
        before_request=refuse_unknown_query,
        tags=["intake"],
    )
