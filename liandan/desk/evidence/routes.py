"""The page of evidence over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from liandan.desk.evidence.service import read_evidence
from liandan.desk.evidence.words import WORDS
from liandan.desk.shell.frame import TheVisit, page

Before = Annotated[int | None, QueryParameter(ge=0, le=2**53)]


@get("/desk/evidence", include_in_schema=False)
async def get_evidence_page(visit: TheVisit, before: Before = None) -> Response[str]:
    """What the caller's party can prove."""
    shown = await read_evidence(visit.log, visit.who, visit.lang, before)
    return page(
        visit, "evidence/evidence.html", words=WORDS, title=visit.say(WORDS["title"]), head=("island/evidence.js",),
        styles=("css/island.css", "css/keys.css"), shown=shown,
    )  # fmt: skip


HANDLERS = (get_evidence_page,)
