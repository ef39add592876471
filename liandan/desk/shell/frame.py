"""Pages and parts of pages: what every room draws with. The contract:

``visit: TheVisit`` is a dependency of every handler of the desk: who asks, in which language, as of when, with which navigation; without a
session the browser is led to ``/enter``. ``guest: TheGuest`` is the same for pages that anybody may see; its ``caller`` may be ``None``. (The
name of the parameter is what counts: ``visit`` or ``guest``.)

``page(visit, "enterprise/today.html", words=WORDS, title="…", **values)`` answers with a whole page, or with its ``main`` block alone when htmx
asks (``HX-Request``); the template extends ``frame`` (``{% extends frame %}``) and fills ``{% block main %}``, if it wants ``{% block aside %}``
(right of the heading) and ``{% block scripts %}``. ``fragment(visit, "enterprise/_rows.html", words=WORDS, **values)`` answers with a part.

In every template: ``w("key", n=3)`` the room's words, ``s("key")`` the shell's, ``lang``, ``visit``, ``ui`` the shared parts
(``templates/parts/*.html``, all in ``/desk/_components``), ``asset("css/base.css")`` the address of a file, ``drawn`` the geometry of charts;
filters ``g`` (tonnes as services say them → grams), ``t`` (grams → tonnes, three decimals), ``t6`` (six), ``diff`` (with its sign), ``n`` (thousands), ``at`` (``11-02 08:31``), ``day``,
``clock``, ``short``. Undefined names are errors. ``head=…`` names scripts (modules of ``static/``) that the page needs, ``styles=…`` its styles.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language
from ledger.service import Service
from ledger.times import year_of
from liandan.desk.shell import drawn, formats
from liandan.desk.shell.as_of import AsOf
from liandan.desk.shell.assets import address
from liandan.desk.shell.faces import Face, Tab, current_tab
from liandan.desk.shell.language import Words, sayer
from liandan.desk.shell.policy import packed, page_headers
from liandan.desk.shell.words import WORDS as SHELL
from signing.phrase import Word, word_in

TEMPLATES = Path(__file__).parents[1] / "templates"
PARTS = ("status", "cards", "problems", "bars", "people")
"""Files of shared parts in ``templates/parts``; each documents its macros by example."""
HTML = "text/html; charset=utf-8"
WHOLE, PART = "shell/base.html", "shell/part.html"


class EnterFirst(Exception):  # no error: the way in
    """Somebody without a session asks for a page that needs one."""


class Visit(Struct, frozen=True, kw_only=True):
    """One request of a person."""

    request: Request[Any, Any, Any]
    service: Service
    lang: Language
    caller: Caller | None
    """Who asks; ``None`` on pages for everybody."""
    name: str
    """Of the caller's party; empty without one."""
    face: Face
    faces: tuple[Face, ...]
    as_of: AsOf
    now_s: int
    """The log's present, Unix seconds; of a simulated log its own."""
    is_simulated: bool
    waiting: Mapping[str, int] = {}
    """How many things wait for this device's party, by path of the tab."""

    @property
    def who(self) -> Caller:
        """Who asks; whoever has no session is led to ``/enter``."""
        if self.caller is None:
            raise EnterFirst
        return self.caller

    @property
    def log(self) -> Log:
        """The log."""
        return self.service.log

    @property
    def path(self) -> str:
        """Path of the page."""
        return str(self.request.scope["path"])

    @property
    def year(self) -> int:
        """The present year in Shanghai: times of it stand without."""
        return year_of(self.now_s)

    @property
    def tab(self) -> Tab | None:
        """The tab that the page is under."""
        return current_tab(self.face, self.path)

    @property
    def is_htmx(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def say(self, said: Word) -> str:
        """What services say in two languages, in the reader's."""
        return word_in(said, self.lang)


TheVisit = SkipValidation[NamedDependency[Visit]]
"""Type of the parameter ``visit``."""
TheGuest = SkipValidation[NamedDependency[Visit]]
"""Type of the parameter ``guest``."""


@cache
def environment() -> Environment:
    """The templates: escaped, strict, without anything that a template could compute rules with."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_compiled(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(formats.filters())
    made.filters |= {"at": _at, "day": _day}
    made.globals |= {"asset": address, "drawn": drawn}
    return made


class _Compiled(FileSystemBytecodeCache):
    """Keeps compiled templates; one that cannot be written is compiled again another time."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled() -> _Compiled | None:
    """Kept as Python keeps compiled modules: beside the sources, by whoever may write there. A page takes up to 0.1 s to be compiled, all of them
    2 s, and the first reader after a start would wait for it."""
    kept = TEMPLATES.parent / "__pycache__"
    if sys.dont_write_bytecode or not os.access(kept, os.R_OK | os.W_OK | os.X_OK):
        return None
    return _Compiled(str(kept))


# A macro that was imported without context knows no year: the whole date stands then.
@pass_context
def _at(context: Context, moment: int | str) -> str:
    return formats.at(moment, context.get("year", 0))


@pass_context
def _day(context: Context, text: str) -> str:
    return formats.day(text, context.get("year", 0))


@cache
def parts(lang: Language, year: int) -> TemplateModule:
    """The shared parts in one language: ``ui`` of the templates. Imports of a template are not its own names, so the files are read as one."""
    source = "".join((TEMPLATES / "parts" / f"{name}.html").read_text(encoding="utf-8") for name in PARTS)
    return environment().from_string(source).make_module({"lang": lang, "year": year, "s": sayer(SHELL, lang)})


def render(lang: Language, year: int, template: str, words: Words, values: Mapping[str, Any]) -> str:
    """A template with what every template has."""
    given = {"lang": lang, "year": year, "w": sayer(words, lang), "s": sayer(SHELL, lang), "ui": parts(lang, year)}
    return environment().get_template(template).render({**given, **values})


def page(
    visit: Visit,
    template: str,
    *,
    words: Words,
    title: str,
    status: int = 200,
    head: Sequence[str] = (),
    styles: Sequence[str] = (),
    trusted_types: bool = False,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response[Any]:
    """A whole page, or its ``main`` block for htmx. ``title`` is text; ``trusted_types`` for pages that have no htmx."""
    frame = PART if visit.is_htmx else WHOLE
    shown = {"visit": visit, "frame": frame, "title": title, "head": head, "styles": styles, "with_htmx": not trusted_types, **values}
    html = render(visit.lang, visit.year, template, words, shown)
    sent = {**page_headers(trusted_types=trusted_types), "Content-Language": said_language(visit.lang), **(headers or {})}
    return Response(packed(cast("Any", visit.request.scope), html, sent), status_code=status, media_type=HTML, headers=sent)


def fragment(
    visit: Visit, template: str, *, words: Words, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> Response[Any]:
    """A part of a page, as htmx asks for it."""
    html = render(visit.lang, visit.year, template, words, {"visit": visit, **values})
    sent = {**page_headers(), **(headers or {})}
    return Response(packed(cast("Any", visit.request.scope), html, sent), status_code=status, media_type=HTML, headers=sent)


def said_language(lang: Language) -> str:
    """``zh-CN`` or ``en``: what ``lang`` of a document says, so that Han glyphs come in their Chinese form."""
    return "zh-CN" if lang == "zh" else "en"
