"""Refusals as people see them: a card in words on a page, or the card alone where htmx asks; JSON for programs, as everywhere.

The same problem is behind all three (liandan.problems). Colours: red what was refused, amber what only has to wait, blue what concerns the log.
"""

from collections.abc import Mapping
from typing import Any

from litestar.types import Scope

from ledger.problem import Language, Problem
from liandan.desk.shell.addresses import is_desk
from liandan.desk.shell.cookies import header
from liandan.desk.shell.frame import HTML, PART, WHOLE, Visit, render, said_language
from liandan.desk.shell.language import Words
from liandan.desk.shell.policy import packed, page_headers

LOG_ITSELF = frozenset({"LOG_FROZEN", "LOG_CLOSED", "INTERNAL", "INTERNAL_POISON", "ISSUER_KEY", "ISSUER_LAPSED", "ROW_DAMAGED"})
VISIT = "liandan_visit"
"""Where a request keeps its visit, once it is known, so that a refusal stands on the page that it belongs to."""


def tone_of(problem: Problem) -> str:
    """``blue`` for the log itself, ``amber`` for what passes by waiting, ``red`` for what was refused."""
    if problem.code in LOG_ITSELF:
        return "blue"
    return "amber" if problem.status in (202, 429, 503) else "red"


def wants_page(scope: Scope) -> bool:
    """Whether a refusal is to be shown: on the desk, to a browser; a script that asks for JSON gets its problem."""
    if not is_desk(str(scope["path"])):
        return False
    accepted = header(scope, b"accept")
    return header(scope, b"hx-request") == "true" or "text/html" in accepted


def problem_page(scope: Scope, problem: Problem, lang: Language) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a refusal as a page or a part of one."""
    visit: Visit | None = scope.get(VISIT)  # type: ignore[assignment]  # ASGI allows own keys
    is_part = header(scope, b"hx-request") == "true"
    template = "shell/problem_part.html" if is_part else "shell/problem.html"
    values: Mapping[str, Any] = {
        "frame": PART if is_part else WHOLE, "visit": visit, "problem": problem, "tone": tone_of(problem), "title": problem.title, "head": (),
        "styles": (), "with_htmx": False,
    }  # fmt: skip
    nothing: Words = {}
    html = render(lang, visit.year if visit is not None else 0, template, nothing, values)
    headers = {**page_headers(), "Content-Type": HTML, "Content-Language": said_language(lang)}
    return packed(scope, html, headers), headers
