"""``/m/<generator>/<ulid>``: one page for everybody who may read it, its paper, and personal data on demand."""

from __future__ import annotations

from litestar import Response, get

from ledger.describing import InGenerator, InHash, InUlid
from liandan.desk.enterprise.manifest.service import read_personal, read_whole
from liandan.desk.enterprise.routes import HEAD, STYLES
from liandan.desk.enterprise.words import WORDS
from liandan.desk.shell.frame import TheVisit, fragment, page


@get("/m/{generator:str}/{ulid:str}", include_in_schema=False)
async def get_manifest(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[str]:
    """Where it is, who must act by when, what happened, what may be done."""
    whole = await read_whole(visit.log, visit.who, generator, ulid, visit.lang, None)
    number = whole.page.answer.manifest.number
    title = f"{WORDS['m_title'][visit.lang == 'en']} {number or ulid[-8:]}"
    return page(
        visit, "enterprise/manifest.html", words=WORDS, title=title, styles=STYLES, head=(*HEAD, "enterprise/manifest.js"), whole=whole, m=whole.page,
        is_own=generator == visit.who.uscc,
    )  # fmt: skip


@get("/m/{generator:str}/{ulid:str}/paper", include_in_schema=False)
async def get_paper(visit: TheVisit, generator: InGenerator, ulid: InUlid) -> Response[str]:
    """The form as printed: its three parts, from what was signed."""
    whole = await read_whole(visit.log, visit.who, generator, ulid, visit.lang, None)
    return page(
        visit, "enterprise/paper.html", words=WORDS, title=WORDS["paper_title"][visit.lang == "en"], styles=STYLES, head=("shell/print.js",),
        m=whole.page, address=f"/m/{generator}/{ulid}",
    )  # fmt: skip


@get("/m/{generator:str}/{ulid:str}/personal/{statement:str}", include_in_schema=False)
async def get_personal(visit: TheVisit, generator: InGenerator, ulid: InUlid, statement: InHash) -> Response[str]:
    """Personal data that one statement committed to; each reading is recorded."""
    found = await read_personal(visit.service, visit.who, generator, ulid, statement)
    return fragment(visit, "enterprise/_personal.html", words=WORDS, openings=found)


HANDLERS = (get_manifest, get_paper, get_personal)
