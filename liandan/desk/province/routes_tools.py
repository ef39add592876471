"""Tools of an office: reading a spreadsheet, trying a draft on the past, what it can check by itself. Files that are posted are kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from ledger.describing import HTML, XLSX
from ledger.times import year_of
from liandan.desk.province.auditing import read_audit
from liandan.desk.province.drawing import draw, form_of, forms_of, office_of, say
from liandan.desk.province.intaking import TERMS, IntakeResult, against_lists, take_file
from liandan.desk.province.lists import row_words_of
from liandan.desk.province.standing import list_name
from liandan.desk.province.trial import DRAFT_MAX, TrialAsked, TrialTold, try_draft
from liandan.desk.province.words import WORDS
from liandan.desk.shell.frame import TheVisit, Visit, fragment
from liandan.desk.shell.posted import SentFile, typed_in
from liandan.intake.bounded import BoundedReader
from liandan.intake.reading import IntakeSort
from liandan.intake.service import IntakeAsked
from liandan.intake.sniffing import FILE_MAX
from liandan.intake.template import template_bytes
from liandan.settings import Settings
from signing.refusal import refuse

BESIDE_MAX = 65_536
"""Bytes of a form beside its file."""
NAME_MAX = 200
SORTS = ("list", "permits", "openings")


@get("/province/intake", include_in_schema=False)
async def get_intake(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """读入表格: choose a file."""
    office_of(visit)
    lists = await against_lists(visit.log, year_of(visit.now_s))
    against = str(request.query_params.get("against", ""))
    return draw(
        visit,
        "intake.html",
        say(visit, "intake_title"),
        lists=lists,
        list_named=_named(visit, lists),
        against=against,
        result=None,
        said="",
    )


@post("/province/intake", status_code=200, include_in_schema=False, request_max_body_size=FILE_MAX + BESIDE_MAX)
async def post_intake(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """What a file says: findings by sheet and row, the difference in words, what is to be signed."""
    office, reader = office_of(visit), cast("BoundedReader", request.app.state.reader)
    with reader.place(office.uscc):
        asked = _asked(await request.form(), visit)
        lists = await against_lists(visit.log, year_of(visit.now_s))
        if asked.against and asked.against not in lists:
            raise refuse("NOT_FOUND", field="list", found=asked.against[:100])
        result = await take_file(visit.log, reader, office, asked, visit.lang) if asked.raw else None
    against, values = asked.against, dict[str, Any](result=None, said="no_file")
    if result is not None:
        forms = list(forms_of(visit, result.statements, "").values())
        values = {
            "result": result,
            "said": "",
            "forms": forms,
            "amend": form_of(visit, result.amend, f"/province/{_list_page(against)}", None, await _ended_rows(visit, result)),
            "against_named": list_name(against, visit.lang) if against else "",
        }
    if visit.is_htmx:
        template = "province/_intake.html" if values["result"] else "province/_said.html"
        return fragment(visit, template, words=WORDS, **values)
    return draw(visit, "intake.html", say(visit, "intake_title"), lists=lists, list_named=_named(visit, lists), against=against, **values)


async def _ended_rows(visit: Visit, result: IntakeResult) -> dict[str, list[str]]:
    """Which rows an amendment ends, in words."""
    ends = () if result.amend is None else result.amend.act.known.get("end", ())
    words = await row_words_of(visit.log, result.against, visit.lang) if ends else {}
    return {"end": [say(visit, "line_of", n=one["row"] + 1, what=words.get(one["row"], "").partition("　")[2]) for one in ends]}


def _named(visit: Visit, lists: Iterable[str]) -> dict[str, str]:
    return {one: list_name(one, visit.lang) for one in lists}


async def _choice(visit: Visit, year: int) -> dict[str, Any]:
    """Lists and years that may be chosen."""
    lists = await against_lists(visit.log, year)
    return {"lists": lists, "list_named": _named(visit, lists), "this_year": year}


def _list_page(chain: str) -> str:
    return f"lists/{chain.removeprefix('list/')}" if chain else ""


def _asked(typed: FormMultiDict, visit: Visit) -> IntakeAsked:
    name, raw = _file(typed.get("file"))
    sort, given = typed_in(typed, "as"), {key: value for key in TERMS if (value := typed_in(typed, key))}
    return IntakeAsked(
        sort=cast("IntakeSort", sort if sort in SORTS else "list"),
        name=name,
        raw=raw,
        against=typed_in(typed, "against"),
        given=given,
        language=visit.lang,
    )


def _file(posted: Any) -> tuple[str, bytes]:
    """Name and bytes of a file that was chosen; no bytes where none was."""
    if not isinstance(posted, SentFile):
        return "-", b""
    name = "".join(character for character in posted.filename if character.isprintable())[:NAME_MAX]
    return name or "-", posted.raw


@get("/province/intake/template.xlsx", include_in_schema=False, media_type=XLSX)
async def get_template(visit: TheVisit) -> Response[bytes]:
    """The empty template of a list."""
    office_of(visit)
    return _download(template_bytes("list"), "template.xlsx", XLSX)


def _download(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """A file to be taken along: a browser never shows it as a page of this origin."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }  # fmt: skip
    return Response(content, media_type=media_type, headers=headers)


@get("/province/whatif", include_in_schema=False)
async def get_whatif(visit: TheVisit) -> Response[str]:
    """政策试算: choose a draft."""
    office_of(visit)
    year = year_of(visit.now_s)
    return draw(visit, "whatif.html", say(visit, "whatif"), **await _choice(visit, year), told=None, said="")


@post("/province/whatif", status_code=200, include_in_schema=False, request_max_body_size=DRAFT_MAX + BESIDE_MAX)
async def post_whatif(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """What the draft would have made of a past year, in words."""
    told = await _tried(request, visit)
    values: dict[str, Any] = {
        "told": told,
        "said": "" if told else "no_file",
        "list_name": list_name(told.list, visit.lang) if told and told.list else "",
    }
    if visit.is_htmx:
        return fragment(visit, "province/_whatif.html" if told else "province/_said.html", words=WORDS, **values)
    year = year_of(visit.now_s)
    return draw(visit, "whatif.html", say(visit, "whatif"), **await _choice(visit, year), **values)


@post("/province/whatif/{name:str}", status_code=200, include_in_schema=False, request_max_body_size=DRAFT_MAX + BESIDE_MAX)
async def post_whatif_file(request: Request[Any, Any, Any], visit: TheVisit, name: FromPath[str]) -> Response[Any]:
    """The same as the page or the workbook of ``liandan whatif``."""
    suffix = name.rpartition(".")[2]
    told = await _tried(request, visit)
    if told is None or suffix not in told.files:
        year, values = year_of(visit.now_s), {"told": told, "said": "" if told else "no_file", "list_name": ""}
        return draw(visit, "whatif.html", say(visit, "whatif"), **await _choice(visit, year), **values)
    return _download(told.files[suffix], f"{told.stem}.{suffix}", HTML if suffix == "html" else XLSX)


async def _tried(request: Request[Any, Any, Any], visit: Visit) -> TrialTold | None:
    office, reader = office_of(visit), cast("BoundedReader", request.app.state.reader)
    with reader.place(office.uscc):
        return await _tried_posted(request, visit)


async def _tried_posted(request: Request[Any, Any, Any], visit: Visit) -> TrialTold | None:
    typed = await request.form()
    name, raw = _file(typed.get("file"))
    if not raw:
        return None
    stands_for, year = typed_in(typed, "list"), typed_in(typed, "year")
    if "\0" in stands_for:  # no process can be given it
        raise refuse("NOT_FOUND", field="list", found="U+0000")
    asked = TrialAsked(
        name=name,
        raw=raw,
        stands_for=stands_for[:60],
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        language=visit.lang,
    )
    settings: Settings = request.app.state.settings
    return await try_draft(Path(settings.log_path), Path(settings.entries_path), asked)


@get("/province/audit", include_in_schema=False)
async def get_audit(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """审计: what the office checks by itself. The operator reads it too."""
    if visit.who.role == "party":
        raise refuse("NOT_FOUND", field="path", found=visit.path)
    url = str(request.base_url).rstrip("/")
    return draw(visit, "audit.html", say(visit, "audit"), found=await read_audit(visit.log, visit.lang), url=url)


HANDLERS: tuple[ControllerRouterHandler, ...] = (
    get_intake, post_intake, get_template, get_whatif, post_whatif, post_whatif_file, get_audit,
)  # fmt: skip
