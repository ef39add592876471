"""The page of a month: ``/desk/months`` for firms, ``/province/months`` for authorities and the operator; one page, for what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.response import Redirect
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from ledger.labels import words_of
from ledger.reading import Page
from liandan.desk.month.acting import ProposedAct, comment_on, confirm, dispute, manifest_of, settle
from liandan.desk.month.figures import figures_of
from liandan.desk.month.reading import (
    DrawnMonth,
    ItemSides,
    MonthAsked,
    is_drawn,
    month_shown,
    read_sides,
    read_standing,
    read_statement,
    ways_for,
)
from liandan.desk.month.told import label_in
from liandan.desk.month.words import WORDS
from liandan.desk.names import Named, names_for
from liandan.desk.shell.frame import TheVisit, Visit, fragment, page
from reports.drawing import Drawer
from reports.figures import words as figure_words
from reports.items.answers import OpenItem
from reports.items.model import Outcome
from reports.items.service import ItemsWanted
from reports.items.words import STATUSES
from reports.paper.tongue import speaking
from reports.periods.answers import PeriodAnswer
from reports.periods.planning import PeriodWay
from reports.routes import TheDrawer
from whitelist.period import month_at, preceding_month

FIRM, OFFICE = "/desk/months", "/province/months"
ITEMS_MAX = 30


class SaidRemark(Struct, frozen=True, kw_only=True):
    """A word of a thread, or its end."""

    by: tuple[str, ...]
    at: str
    text: str
    files: int = 0
    is_end: bool = False
    outcome: str = ""
    amount_t: str = ""


class ShownItem(Struct, frozen=True, kw_only=True):
    """An open item with what was said and what can be signed."""

    item: OpenItem
    manifest: str
    said: tuple[SaidRemark, ...]
    comment: dict[str, Any] | None
    settle: dict[str, Any] | None


class ShownPeriod(Struct, frozen=True, kw_only=True):
    """A month of a direction with what can be signed."""

    answer: PeriodAnswer
    way: str
    confirm: dict[str, Any] | None
    dispute: dict[str, Any] | None


@get([FIRM, OFFICE], include_in_schema=False)
async def get_months(
    visit: TheVisit,
    drawer: TheDrawer,
) -> Response[Any]:
    """One month: fine or not, what is open, how it was closed, its figures. A statement that has to be drawn first comes after the page."""
    query = visit.request.query_params
    asked = await _whose(visit, _asked(visit, query))
    standing = await read_standing(visit.log, visit.who, asked, visit.lang, visit.now_s)
    path, here = _here(visit, asked)
    is_ready = "whole" in query or await is_drawn(visit.log, drawer, visit.who, asked)
    with speaking(visit.lang):
        ways = [("-".join(one), figure_words.way("-".join(one))) for one in standing.ways]
        periods = [_period(one, visit) for one in standing.periods]
        whose = figure_words.way("-".join(asked.way)) if asked.way else visit.name
    drawn = await _drawn(visit, drawer, asked) if is_ready else {"told": None}
    speakers = [one for period in standing.periods for one in (*period.missing, *(word.by for word in period.said))]
    return page(
        visit,
        "month/month.html",
        words=WORDS,
        title=visit.say(WORDS["title"]).format(month=asked.month),
        head=("island/form.js",),
        styles=("css/charts.css", "css/month.css"),
        **{
            "whose": whose,
            "months": standing.months,
            "ways": ways,
            "is_office": visit.who.role == "authority",
            "part": f"{path}/statement?{urlencode({**here, **({'cursor': query['cursor']} if query.get('cursor') else {})})}",
            "periods": periods,
            "downloads": tuple(_downloads(asked, visit)),
            "named": await names_for(visit.log, visit.lang, speakers),
            **_common(visit, asked),
            **drawn,
        },
    )


@get([f"{FIRM}/statement", f"{OFFICE}/statement"], include_in_schema=False)
async def get_statement(
    visit: TheVisit,
    drawer: TheDrawer,
) -> Response[Any]:
    """The statement's part of the page, for htmx; with ``whole`` the page, for who has no scripts."""
    query = visit.request.query_params
    asked = await _whose(visit, _asked(visit, query))
    if "whole" in query:
        path, here = _here(visit, asked)
        return Redirect(f"{path}?{urlencode({**here, 'whole': '1'})}", status_code=303)
    return fragment(visit, "month/_statement.html", words=WORDS, **_common(visit, asked), **await _drawn(visit, drawer, asked))


def _asked(visit: Visit, query: Mapping[str, str]) -> MonthAsked:
    status, source = query.get("status", ""), query.get("source", "")
    wanted = ItemsWanted(
        status=status if status in STATUSES else "",
        source=source if source in ("log", "books") else "",
        overdue=query.get("overdue") == "true",
    )
    page = Page(query.get("cursor") or None, ITEMS_MAX)
    return MonthAsked(month=query.get("month") or _usual(visit.now_s), way=_way(query.get("way")), items=wanted, page=page)


async def _whose(visit: Visit, asked: MonthAsked) -> MonthAsked:
    """The operator has no statement of its own: it sees a direction, the first where it asks for none."""
    if asked.way is not None or visit.who.role != "operator" or (state := await visit.log.state()) is None:
        return asked
    return replace(asked, way=next(iter(ways_for(visit.who, state)), None))


def _here(visit: Visit, asked: MonthAsked) -> tuple[str, dict[str, str]]:
    """The page's own address: path, and what it asks for."""
    wanted = asked.items
    told = {
        "month": asked.month,
        "way": "-".join(asked.way or ()),
        "status": wanted.status,
        "source": wanted.source,
        "overdue": "true" if wanted.overdue else "",
    }
    return OFFICE if visit.who.reads_all else FIRM, {name: text for name, text in told.items() if text}


def _common(visit: Visit, asked: MonthAsked) -> dict[str, Any]:
    """What the page and its statement need alike."""
    path, here = _here(visit, asked)
    is_zh = visit.lang == "zh"
    return {
        "month": asked.month,
        "way": "-".join(asked.way or ()),
        "here": path,
        "again": f"{path}?{urlencode(here)}",
        "wanted": asked.items,
        "statuses": [(key, text[0 if is_zh else 1]) for key, text in STATUSES.items()],
        "outcomes": [(code, zh if is_zh else code.replace("_", " ")) for code, zh in words_of(Outcome).items()],
    }


async def _drawn(visit: Visit, drawer: Drawer, asked: MonthAsked) -> dict[str, Any]:
    """The statement with its items and figures."""
    found = await read_statement(visit.log, drawer, visit.who, asked, visit.lang, visit.now_s)
    sides = await read_sides(visit.log, found.items.items)
    path, here = _here(visit, asked)
    return {
        "told": found.told,
        "items": found.items,
        "shown_items": [_item(one, asked.month, visit, sides[one.key]) for one in found.items.items],
        "next": f"{path}?{urlencode({**here, 'cursor': found.items.next})}#items" if found.items.next else "",
        "drawings": figures_of(found.told, visit.say(WORDS["others"]), visit.lang),
        "named": await _named(visit, found),
    }


def _usual(now_s: int) -> str:
    """The last month that is over: what a reader comes for."""
    return month_shown((preceding_month(month_at(now_s)),), now_s)


def _way(text: str | None) -> PeriodWay | None:
    """``51-50``; what is none of ours is refused by whoever draws it."""
    here, dash, there = (text or "").partition("-")
    return (here, there) if dash else None


def _item(item: OpenItem, month: str, visit: Visit, sides: ItemSides) -> ShownItem:
    """Nobody is offered what admission would turn down for who he is."""
    is_ours = visit.who.role == "authority" or not {*sides.speakers}.isdisjoint(visit.who.parties)
    can_speak = is_ours and item.status != "settled"
    return ShownItem(
        item=replace(item, subject=label_in(item.subject, visit.lang)),
        manifest=manifest_of(item),
        said=tuple(_said(item)),
        comment=_proposal(comment_on(item, month, visit.who)) if can_speak else None,
        settle=_proposal(settle(item, visit.who, sides.both)) if can_speak else None,
    )


def _said(item: OpenItem) -> Iterator[SaidRemark]:
    for thread in item.threads:
        for remark in thread.remarks:
            yield SaidRemark(by=remark.by, at=remark.at, text=remark.text, files=remark.files)
        if (end := thread.settled) is not None:
            yield SaidRemark(by=end.by, at=end.at, text=end.text, is_end=True, outcome=end.outcome_text, amount_t=end.amount_t)


def _proposal(act: ProposedAct | None) -> dict[str, Any] | None:
    return None if act is None else {**to_builtins(act), "by": list(act.by)}


def _period(answer: PeriodAnswer, visit: Visit) -> ShownPeriod:
    return ShownPeriod(
        answer=answer,
        way=figure_words.way(f"{answer.from_province}-{answer.to_province}"),
        confirm=_proposal(confirm(answer, visit.who)),
        dispute=_proposal(dispute(answer, visit.who)),
    )


def _downloads(asked: MonthAsked, visit: Visit) -> Iterator[tuple[str, str]]:
    """Files of the month, and where its registers and books are."""
    ends = {} if asked.way is None else dict(zip(("from", "to"), asked.way, strict=True))
    month = asked.month
    for suffix in ("pdf", "xlsx", "json"):
        told = ends if suffix == "json" else {**ends, "lang": visit.lang}
        yield f"/v1/reconciliations/{month}.{suffix}{'?' if told else ''}{urlencode(told)}", suffix
    yield f"/v1/open-items.xlsx?{urlencode({'month': month, **ends})}", "items_xlsx"
    if visit.who.role == "party":
        for name in ("generator", "carrier", "receiver", "c1"):
            yield f"/v1/registers/{name}/{month}.xlsx?{urlencode({'lang': visit.lang})}", f"register_{name}"
    yield "/docs/books/", "books"
    yield "/docs/months/", "docs_months"


async def _named(visit: Visit, found: DrawnMonth) -> Named:
    """Of whoever has to do something, and whoever has said something."""
    codes = [item.owner for item in found.items.items] + [*found.items.left_off]
    for item in found.items.items:
        codes += [by for remark in _said(item) for by in remark.by]
    return await names_for(visit.log, visit.lang, (code for code in codes if code))


ROUTES = (get_months, get_statement)
"""Handlers of this room."""
