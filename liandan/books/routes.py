"""Books over HTTP: a file posted is kept or told cell by cell, books and their lines are read, versions dropped; mappings of senders."""

from typing import Annotated, Any

from litestar import Request, Router, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation

from ledger.describing import ANYTHING, READ_REFUSALS, USCC_PATTERN, in_path, in_query, refusals, takes
from ledger.query import refuse_unknown_query
from ledger.routes import Lang, Limit, TheCaller, TheLog, caller_of, claimed_now
from liandan.books import service
from liandan.books.answers import BookLines, BookPage, BooksTaken, DroppedBook, MappingAnswer, MappingPage
from liandan.books.mapping import FILE_MAX as MAPPING_MAX
from liandan.books.service import BookAsked
from liandan.connection import in_time
from liandan.intake.bounded import BoundedReader
from liandan.intake.routes import Called
from liandan.intake.sniffing import FILE_MAX
from reports.books.store import BookSearch

TheBookReader = SkipValidation[NamedDependency[BoundedReader]]
_MONTH = "^20[0-9]{2}-(0[1-9]|1[0-2])$"
Month = Annotated[str | None, in_query(_MONTH, "月份；不写的由文件得出 / month; taken from the file where absent", "2026-11")]
Holder = Annotated[str | None, in_query(USCC_PATTERN, "谁的台账，默认登录的单位 / whose book; yours where absent", "91510100MA00XX0A0X")]
SENDER_PATTERN = "^[^\\u0000-\\u001f\\u007f/\\\\]{1,64}$"
Sender = Annotated[
    str | None, in_query(SENDER_PATTERN, "按哪个来源的对照文件读；不写的按 HJ 1259 各表 / mapping by which it is read", "示例平台")
]
OfSender = Annotated[str, in_query(SENDER_PATTERN, "来源 / sender", "示例平台")]
Keep = Annotated[str, in_query("^(true|false)$", "true 存入；false 只说读出什么 / keep it, or only say what it says", "false")]
Kind = Annotated[str | None, in_query("^(b1|b2|b3|b4|b5|c1|platform|enterprise|tickets)$", "哪种台账 / kind of book", "b5")]
InBook = Annotated[str, in_path("^[0-7][0-9A-HJKMNP-TV-Z]{25}$", "台账编号 / id of a book", "01K6QG5R00MANN0FEST0000001")]
Before = Annotated[
    str | None,
    in_query("^[0-7][0-9A-HJKMNP-TV-Z]{25}$", "上一页答复的 next / `next` of the page before", "01K6QG5R00MANN0FEST0000001", name="cursor"),
]
After = Annotated[int, QueryParameter(ge=-1, le=10**6, description="从哪一行以后 / behind which line")]
LinesLimit = Annotated[int, QueryParameter(ge=1, le=service.LINES_PAGE, description="每页至多 / at most so many on a page")]
BOOK_BODY = takes(said=f"The file itself, at most {FILE_MAX:,} bytes: xlsx, xls, et or csv; no form, no packing.", media_type=ANYTHING)
MAPPING_BODY = takes(said=f"The mapping, TOML or JSON, at most {MAPPING_MAX:,} bytes (docs/books.md).", media_type=ANYTHING)


@post(
    "/v1/books", status_code=200, opt=BOOK_BODY | {"asks": ("Liandan-Now",)}, request_max_body_size=FILE_MAX,
    responses=refusals(401, 403, 404, 413, 422, 503),
)  # fmt: skip
async def post_book(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, reader: TheBookReader, name: Called = "-", month: Month = None,
    holder: Holder = None, sender: Sender = None, keep: Keep = "true",
) -> BooksTaken:  # fmt: skip
    """Bring a book: it is kept whole, or everything that is wrong is told by sheet, row and column and nothing is kept. A newer version replaces the one before."""
    caller_of(request, "post")
    with reader.place(caller.uscc):
        asked = BookAsked(
            name=name, raw=await in_time(request.body()), holder=holder or caller.uscc, month=month or "", sender=sender or "", keep=keep == "true",
            language="en" if lang == "en" else "zh",
        )  # fmt: skip
        return await service.put_book(log, reader, caller, asked, claimed_now(request.headers))


@get("/v1/books", responses=READ_REFUSALS)
async def list_books(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, holder: Holder = None, month: Month = None, kind: Kind = None,
    before: Before = None, limit: Limit = 50,
) -> BookPage:  # fmt: skip
    """Books, newest first: one's own, an authority those of its region, earlier versions with what replaced them."""
    wanted = BookSearch(holder=holder or "", month=month or "", kind=kind or "", before=before or "", limit=limit)
    return await service.list_books(log, caller, wanted, "en" if lang == "en" else "zh")


@get("/v1/books/{book:str}", responses=READ_REFUSALS)
async def get_book(
    request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang, book: InBook, after: After = -1, limit: LinesLimit = 200
) -> BookLines:
    """A book and a page of its lines, each with the place where it stands in the file."""
    return await service.show_book(log, caller, book, after, limit, "en" if lang == "en" else "zh")


@delete("/v1/books/{book:str}", status_code=200, responses=refusals(401, 403, 404))
async def delete_book(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, book: InBook) -> DroppedBook:
    """Drop a version of a book with its lines; the version before it is in force again."""
    caller_of(request, "post")
    return await service.drop_book(log, caller, book)


@post(
    "/v1/book-mappings", status_code=200, opt=MAPPING_BODY | {"asks": ("Liandan-Now",)}, request_max_body_size=MAPPING_MAX,
    responses=refusals(401, 403, 413, 422),
)  # fmt: skip
async def post_mapping(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang) -> MappingAnswer:
    """Save how one sender's exports are to be read; it takes the place of that sender's earlier one."""
    caller_of(request, "post")
    return await service.put_mapping(log, caller, await request.body(), claimed_now(request.headers))


@get("/v1/book-mappings", responses=READ_REFUSALS)
async def list_book_mappings(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, lang: Lang) -> MappingPage:
    """The mappings of the caller's party."""
    return await service.list_mappings(log, caller)


@delete("/v1/book-mappings", responses=refusals(401, 403, 404))
async def delete_mapping(request: Request[Any, Any, Any], log: TheLog, caller: TheCaller, sender: OfSender) -> None:
    """Forget a sender's mapping; books that were read by it stay."""
    caller_of(request, "post")
    await service.drop_mapping(log, caller, sender)


def router(reader: BoundedReader | None = None) -> Router:
    """The routes; ``reader`` is shared with the intake, so that a server process reads so few files at a time."""
    shared = BoundedReader() if reader is None else reader
    return Router(
        "/",
        route_handlers=[post_book, list_books, get_book, delete_book, post_mapping, list_book_mappings, delete_mapping],
        dependencies={"reader": Provide(lambda: shared, sync_to_thread=False)},
        before_request=refuse_unknown_query,
        tags=["books"],
    )
