"""What every page of an office shares: who may see it, its styles and scripts, offered acts as forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litestar import Response

from ledger.caller import Caller
from ledger.times import day_of
from liandan.desk.forms.model import ActForm, FormOption
from liandan.desk.province.forms import office_form
from liandan.desk.province.offering import OfferedAct
from liandan.desk.province.standing import grams
from liandan.desk.province.words import WORDS
from liandan.desk.shell.frame import Visit, page
from signing.refusal import refuse

HEAD = ("island/form.js", "forms/rows.js", "province/confirmed.js")
STYLES = ("css/forms.css", "css/island.css", "css/province.css")


def office_of(visit: Visit) -> Caller:
    """The office that asks; Refusal NOT_FOUND for anybody else: the page is none of theirs."""
    if visit.who.role != "authority":
        raise refuse("NOT_FOUND", field="path", found=visit.path)
    return visit.who


def say(visit: Visit, key: str, **values: object) -> str:
    """A text of this room, for titles."""
    return WORDS[key][0 if visit.lang == "zh" else 1].format(**values)


def draw(visit: Visit, template: str, title: str, **values: Any) -> Response[str]:
    """A page of the room."""
    return page(visit, f"province/{template}", words=WORDS, title=title, head=HEAD, styles=STYLES, g=grams, **values)


def form_of(
    visit: Visit,
    offered: OfferedAct | None,
    next_page: str,
    offers: Mapping[str, Sequence[FormOption]] | None = None,
    row_names: Mapping[str, Sequence[str]] | None = None,
) -> ActForm | None:
    """An offered act as a form; without one nothing."""
    return None if offered is None else office_form(offered, visit.who.uscc, day_of(visit.now_s), visit.lang, next_page, offers, row_names)


def forms_of(
    visit: Visit, offered: Iterable[OfferedAct], next_page: str, row_names: Mapping[str, Sequence[str]] | None = None
) -> dict[str, ActForm]:
    """Offered acts as forms, by their keys."""
    return {one.key: office_form(one, visit.who.uscc, day_of(visit.now_s), visit.lang, next_page, None, row_names) for one in offered}
