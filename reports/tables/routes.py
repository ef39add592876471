"""Every search as a file, with the filters of the search itself: a route is made from the search's own handler and its columns.

Pages are asked for as anybody would ask, so that a file never shows what the search does not; each page is of one moment, the file of the time
that it took. CSV is sent while it is made; a workbook is made first, one at a time in a process, since its format has the end at the front.
"""

import asyncio
import inspect
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from litestar import Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from ledger.admission.sequencer import Busy
from ledger.describing import CSV, READ_REFUSALS, SIZE_HEADER, XLSX, file
from ledger.query import refuse_unknown_query
from ledger.reading import PAGE_MAX
from ledger.routes import HEAD_ONLY, get_parties, list_refusals
from manifests.accounts.routes import get_movements
from manifests.routes import get_manifests
from reports.items.routes import get_open_items
from reports.tables import columns
from reports.tables.columns import Table, Value
from reports.tables.workbook import Workbook
from reports.tables.writing import MARK, csv_text, heads_of
from reports.waiting import still_waits, to_its_end
from whitelist.routes import get_approvals, get_listings, get_lists, get_permits, get_plans, get_quotas

ROWS_MAX = 2_000_000
"""Rows of one file. What is cut off is said in its last row."""
CHUNK = 256 * 1024
_ONE_BOOK = asyncio.Lock()
_PAGING = ("cursor", "before", "limit")
SEARCHES: dict[str, tuple[HTTPRouteHandler, Table]] = {
    table.name: (search, table)
    for search, table in (
        (get_manifests, columns.MANIFESTS),
        (get_permits, columns.PERMITS),
        (get_lists, columns.LISTS),
        (get_listings, columns.LISTINGS),
        (get_approvals, columns.APPROVALS),
        (get_plans, columns.PLANS),
        (get_quotas, columns.QUOTAS),
        (get_movements, columns.MOVEMENTS),
        (get_parties, columns.PARTIES),
        (list_refusals, columns.REFUSALS),
        (get_open_items, columns.OPEN_ITEMS),
    )
}
"""What can be had as a file, by the last part of its address."""


class Pages:
    """The rows of one search, page by page, up to ROWS_MAX of them."""

    def __init__(self, search: Any, table: Table, asked: dict[str, Any], rows_max: int = ROWS_MAX) -> None:
        self._search, self._table, self._asked, self._left = search, table, asked, rows_max
        self._place = "before" if "before" in inspect.signature(search).parameters else "cursor"
        self.is_cut = False

    async def first(self) -> Any:
        """The first page: what is refused is refused before anything is sent."""
        return await self._page(None)

    async def rows(self, page: Any) -> AsyncIterator[list[list[Value]]]:
        """The rows of ``page`` and all behind it."""
        while True:
            found = await asyncio.to_thread(self._rows, page)
            self.is_cut = len(found) > self._left or (len(found) == self._left and page.next is not None)
            yield found[: self._left]
            self._left -= len(found)
            if self._left <= 0 or page.next is None:
                return
            page = await self._page(page.next)

    async def _page(self, place: Any) -> Any:
        return await self._search(**self._asked, **{self._place: place}, limit=PAGE_MAX)

    def _rows(self, page: Any) -> list[list[Value]]:
        names, items = getattr(page, "names", {}), msgspec.to_builtins(getattr(page, self._table.field))
        rows = (row for item in items for row in self._table.each(item))
        return [[column.value(row, names) for column in self._table.columns] for row in rows]


def cut_text(rows: int, *, english: bool) -> str:
    """What the last row of a file says whose rows are not all."""
    return f"Cut: only the first {rows} rows; narrow the search." if english else f"已截断：只列出前 {rows} 行，请缩小查询范围。"


async def _as_csv(pages: Pages, page: Any, heads: Sequence[str], rows_max: int, *, english: bool) -> AsyncIterator[bytes]:
    yield MARK.encode() + csv_text([heads])
    async for rows in pages.rows(page):
        yield csv_text(rows)
    if pages.is_cut:
        yield csv_text([[cut_text(rows_max, english=english)]])


async def _as_xlsx(pages: Pages, page: Any, table: Table, heads: Sequence[str], rows_max: int, *, english: bool) -> BinaryIO:
    """The finished workbook, open; of its directory nothing is left, whether or not anybody waits for it."""
    title = table.title[english]
    path = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="liandan-table-")) / f"{table.name}.xlsx"
    try:
        book = await asyncio.to_thread(Workbook, str(path), title, folder=str(path.parent))
        await asyncio.to_thread(book.sheet, title, [(head, column.width) for head, column in zip(heads, table.columns, strict=True)])
        async for rows in pages.rows(page):
            await to_its_end(asyncio.to_thread(book.add, rows))
        if pages.is_cut:
            await asyncio.to_thread(book.add, [[cut_text(rows_max, english=english)]])
        await to_its_end(asyncio.to_thread(book.close))
        return await asyncio.to_thread(path.open, "rb")
    finally:
        await asyncio.to_thread(shutil.rmtree, path.parent)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield


async def _sent(source: BinaryIO) -> AsyncIterator[bytes]:
    with source:
        while chunk := await asyncio.to_thread(source.read, CHUNK):
            yield chunk


async def answer_file(
    request: Request[Any, Any, Any], pages: Pages, table: Table, kind: str, *, english: bool, rows_max: int = ROWS_MAX
) -> Response[Any]:
    """The rows of a search as a file, ``csv`` or ``xlsx``; Busy while another workbook is made."""
    heads = heads_of(table.columns, english=english)
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.{kind}"', "Cache-Control": "private, no-store"}
    if HEAD_ONLY in request.scope:  # nobody reads it: no file is made
        page, body = await pages.first(), _nothing()
    elif kind == "csv":
        page = await pages.first()
        body = _as_csv(pages, page, heads, rows_max, english=english)
    else:
        if _ONE_BOOK.locked():
            raise Busy("another workbook is being made", 5)
        async with _ONE_BOOK:
            page = await pages.first()
            making = asyncio.create_task(_as_xlsx(pages, page, table, heads, rows_max, english=english))
            if not await still_waits(request.receive, making):
                return Response(b"", status_code=499)  # to nobody
            body = _sent(making.result())
    if isinstance(size := getattr(page, "size", None), int):
        headers[SIZE_HEADER] = str(size)
    return Stream(body, media_type=CSV if kind == "csv" else XLSX, headers=headers)


def as_file(search: HTTPRouteHandler, table: Table, kind: str, *, rows_max: int = ROWS_MAX) -> HTTPRouteHandler:
    """The route of one search as a file of one kind: the same filters, no paging."""
    described = inspect.signature(search.fn)
    kept = [one for name, one in described.parameters.items() if name not in _PAGING]
    has = {one.name for one in kept}
    media_type = CSV if kind == "csv" else XLSX

    async def run(**asked: Any) -> Response[Any]:
        given = {name: value for name, value in asked.items() if name in has}
        pages = Pages(search.fn, table, given, rows_max)
        return await answer_file(asked["request"], pages, table, kind, english=asked["lang"] == "en", rows_max=rows_max)

    more = [] if "lang" in has else [inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, annotation=_lang_annotation())]
    more.append(inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request[Any, Any, Any]))
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept if one.name != "request"] + more
    run.__signature__ = described.replace(parameters=parameters, return_annotation=Response[Any])  # type: ignore[attr-defined]  # read by the framework
    run.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": Response[Any]}
    run.__name__ = f"{search.fn.__name__}_{kind}"
    run.__doc__ = f"The same as {kind.upper()}: {' '.join((search.fn.__doc__ or '').split())}"
    address = f"/v1/{table.name}.{kind}"
    return get(address, media_type=media_type, responses={**READ_REFUSALS, **file(media_type)})(run)


def _lang_annotation() -> Any:
    return inspect.signature(get_manifests.fn).parameters["lang"].annotation


TABLES: tuple[HTTPRouteHandler, ...] = tuple(
    as_file(search, table, kind) for search, table in SEARCHES.values() for kind in ("csv", "xlsx")
)
ROUTER = Router("/", route_handlers=list(TABLES), before_request=refuse_unknown_query, tags=["tables"])
