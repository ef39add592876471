"""``/desk/new`` and ``/desk/draft/<ulid>``: where a manifest begins, live judgement while it is filled in, spreadsheets."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from ledger.describing import XLSX, InUlid
from ledger.routes import caller_of
from liandan.desk.enterprise.draft import KeptDraft
from liandan.desk.enterprise.new import service
from liandan.desk.enterprise.new.drafting import draft_view, judged_view
from liandan.desk.enterprise.routes import HEAD, STYLES
from liandan.desk.enterprise.service import approvals_of, check_draft, names_in, without_signed
from liandan.desk.enterprise.today import decisions_left
from liandan.desk.enterprise.words import WORDS
from liandan.desk.forms.chains import chains_offered
from liandan.desk.forms.reading import read_form
from liandan.desk.shell.frame import TheVisit, Visit, fragment, page
from liandan.desk.shell.posted import SentFile, typed_in
from liandan.intake.bounded import BoundedReader
from liandan.intake.sniffing import FILE_MAX
from manifests.service import projection
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.service import present_of


def _title(visit: Visit, key: str) -> str:
    return WORDS[key][visit.lang == "en"]


@get("/desk/new", include_in_schema=False)
async def get_new(visit: TheVisit) -> Response[str]:
    """Routes, templates and decisions to begin from; spreadsheets."""
    sources = await service.read_sources(visit.log, visit.who)
    names = await names_in(visit.log, sources, visit.lang)
    return page(
        visit, "enterprise/new.html", words=WORDS, title=_title(visit, "new_title"), styles=STYLES, head=HEAD, sources=sources, names=names,
        left=decisions_left(sources.approvals, visit.who.uscc),
    )  # fmt: skip


@post("/desk/new", include_in_schema=False)
async def post_new(request: Request[Any, Any, Any], visit: TheVisit) -> Redirect:
    """A new draft from what was chosen."""
    form = await request.form()
    draft = await service.begin_draft(visit.service, caller_of(request, "post"), typed_in(form, "source") + typed_in(form, "name"))
    return Redirect(f"/desk/draft/{draft.id}", status_code=303)


@get("/desk/new/plan.xlsx", include_in_schema=False)
async def get_plan_workbook(visit: TheVisit) -> Response[bytes]:
    """The empty workbook of planned loads."""
    assert visit.who.uscc, "for those who have entered"
    headers = {"Content-Disposition": 'attachment; filename="plan.xlsx"', "Cache-Control": "private, no-store"}
    return Response(service.plan_workbook(), media_type=XLSX, headers=headers)


@post("/desk/new/sheet", include_in_schema=False, request_max_body_size=FILE_MAX + 65_536)
async def post_sheet(request: Request[Any, Any, Any], visit: TheVisit) -> Response[str]:
    """A spreadsheet as drafts, or what is wrong with it."""
    caller = caller_of(request, "post")
    reader: BoundedReader = request.app.state.reader
    with reader.place(caller.uscc):
        upload = (await request.form()).get("file")
        if not isinstance(upload, SentFile):
            raise refuse("QUERY_FORM", field="file", expected=Phrase("一个表格文件", "a spreadsheet"))
        taken = await service.take_sheet(visit.service, reader, caller, upload.filename[:200], upload.raw, visit.lang)
    return page(visit, "enterprise/sheet.html", words=WORDS, title=_title(visit, "sheet_title"), styles=STYLES, taken=taken)


@get("/desk/draft/{name:str}", include_in_schema=False)
async def get_draft(visit: TheVisit, name: InUlid) -> Response[str] | Redirect:
    """A draft to fill in and sign; one that was signed is its manifest."""
    draft = await service.read_draft(visit.log, visit.who, name)
    if draft.sort == "draft" and not await without_signed(visit.log, [draft]):
        return Redirect(f"/m/{draft.party}/{draft.id}", status_code=303)
    names = await names_in(visit.log, draft, visit.lang)
    issue = visit.log.kinds.by_name["manifest.issue/1"].body
    view = draft_view(draft, visit.log.kinds, names, visit.lang, await chains_offered(visit.log, visit.who, issue, visit.lang))
    judged = await _judged(visit, draft)
    left = decisions_left(await approvals_of(visit.log, visit.who), visit.who.uscc)
    return page(
        visit, "enterprise/draft.html", words=WORDS, title=_title(visit, "draft_title"), styles=STYLES, head=HEAD, draft=view, judged=judged,
        names=names, left=[one for one in left if one.approval == view.approval and one.code == view.code],
    )  # fmt: skip


async def _judged(visit: Visit, draft: KeptDraft) -> Any:
    answer, others = await check_draft(visit.log, visit.who, draft, visit.lang, None)
    async with projection(visit.log) as now:
        present = await present_of(visit.log, now, None)
    return judged_view(draft, answer, others, visit.log.kinds, None if present is None else present.limits)


@post("/desk/draft/{name:str}/check", include_in_schema=False, status_code=200)
async def post_check(request: Request[Any, Any, Any], visit: TheVisit, name: InUlid) -> Response[str]:
    """Keep what is typed, and say whether it could be issued now."""
    caller = caller_of(request, "post")
    draft = await service.read_draft(visit.log, caller, name)
    typed = [(key, str(value)) for key, value in (await request.form()).multi_items() if isinstance(value, str)]
    body = read_form(visit.log.kinds.by_name["manifest.issue/1"].body, draft.body, typed)
    draft = await service.change_draft(visit.log, caller, draft, body)
    return fragment(visit, "enterprise/_judged.html", words=WORDS, judged=await _judged(visit, draft))


@post("/desk/draft/{name:str}/decision", include_in_schema=False)
async def post_decision(request: Request[Any, Any, Any], visit: TheVisit, name: InUlid) -> Redirect:
    """The same load on another decision."""
    form = await request.form()
    number = typed_in(form, "line")
    draft = await service.move_draft(
        visit.log,
        caller_of(request, "post"),
        name,
        typed_in(form, "approval"),
        int(number) if number.isdecimal() and len(number) < 5 else -1,
    )
    return Redirect(f"/desk/draft/{draft.id}", status_code=303)


@post("/desk/draft/{name:str}/drop", include_in_schema=False)
async def post_drop(request: Request[Any, Any, Any], visit: TheVisit, name: InUlid) -> Redirect:
    """A draft or template that nobody needs."""
    await service.drop_draft(visit.log, caller_of(request, "post"), name)
    return Redirect("/desk", status_code=303)


@post("/desk/draft/{name:str}/template", include_in_schema=False)
async def post_template(request: Request[Any, Any, Any], visit: TheVisit, name: InUlid) -> Redirect:
    """Keep the route of a draft for later."""
    caller = caller_of(request, "post")
    draft = await service.read_draft(visit.log, caller, name)
    await service.keep_template(visit.log, caller, draft, typed_in(await request.form(), "title"))
    return Redirect("/desk/new", status_code=303)


HANDLERS = (get_new, post_new, get_plan_workbook, post_sheet, get_draft, post_check, post_decision, post_drop, post_template)
