"""/province (待办): what waits for us and what for the other side, quotas by row, the newest alerts, firms that ask to be registered.

Working days, levels and sums are those of the services; here stands what a page shows of them, and which page answers an item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Literal

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LogState
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language
from ledger.reading import Page, snapshot
from ledger.registrations.answers import RegistrationToDecide
from ledger.registrations.service import Registrations
from ledger.times import day_at
from liandan.desk.province.alerts import AlertPage, read_alerts
from liandan.desk.province.standing import QuotaRow, list_name, quota_rows, side_name
from liandan.desk.shell.formats import tonnes
from manifests.work.answers import WorkItem, WorkPage
from manifests.work.service import read_work
from signing.refusal import Refusal
from whitelist.approval import ApprovalState
from whitelist.emergency import EmergencyState
from whitelist.service import with_names

OURS_MAX, THEIRS_MAX, REGISTRATIONS_MAX = 50, 20, 8
"""Items of one's own and of each other office, and firms that the page shows."""
SOON_WD = 3
"""Working days from which an item is soon due."""
Urgency = Literal["late", "soon", "later", "undated"]


class InboxItem(Struct, frozen=True, kw_only=True):
    """One thing that waits, as a row of the page."""

    item: WorkItem
    title: str
    """What is asked: the term's own words, of a signature the act."""
    urgency: Urgency
    has_lapsed: bool
    """Its day has passed and nobody has acted: silence is no consent."""
    left_wd: int | None
    address: str
    """Page that answers it."""
    names: tuple[str, ...]
    """Of the firms that it is about."""
    about: str
    """Wastes, rows, months: what it is about, without the firms."""
    due_on: str
    """Empty where no day is set."""
    has_begun: bool
    """Whether the day from which it counts has come."""


class OfficeWork(Struct, frozen=True, kw_only=True):
    """What waits for one office."""

    uscc: str
    name: str
    side: str
    """What people call it: 四川."""
    items: tuple[InboxItem, ...]
    has_more: bool


class Inbox(Struct, frozen=True, kw_only=True):
    """The page, of a log of ``size`` entries at ``at``."""

    size: int
    at: str
    mine: OfficeWork
    others: tuple[OfficeWork, ...]
    quotas: tuple[QuotaRow, ...]
    full: int
    """Rows of which 95 % or more are committed."""
    alerts: AlertPage
    registrations: tuple[RegistrationToDecide, ...]
    registrations_waiting: int

    @property
    def soonest_wd(self) -> int | None:
        """Working days that the most urgent item of our own has left, below 0 where it is late."""
        left = [one.left_wd for one in self.mine.items if one.left_wd is not None]
        return min(left, default=None)


async def read_inbox(
    log: Log, caller: Caller, registrations: Registrations | None, language: Language, claimed_s: int | None = None, limit: int = OURS_MAX
) -> Inbox:
    """Everything that the page shows; for an authority."""
    state = await log.state()
    assert state is not None, "there is an authority, so the log is founded"
    own = await with_names(log, await read_work(log, caller, None, None, False, Page(None, limit), language, claimed_s), language)
    regions = regions_of(state, caller.uscc)
    others = list[OfficeWork]()
    told = await read_told(log, own.items, language)
    for authority in state.authorities:
        if authority.uscc != caller.uscc:
            page = await read_work(log, caller, authority.uscc, None, False, Page(None, THEIRS_MAX), language, claimed_s)
            side = side_name(authority.regions, language)
            told |= await read_told(log, page.items, language)
            found = office_work((authority.uscc, authority.name, side), await with_names(log, page, language), regions, told, language)
            others += [found] if found.items or len(state.authorities) == 2 else []  # the other side, where there is one
    quotas = await quota_rows(log, regions, language, claimed_s)
    waiting: tuple[RegistrationToDecide, ...] = ()
    if registrations is not None and own.registrations:
        with suppress(Refusal):  # a key for other kinds sees none
            waiting = (await registrations.list_for(caller, Page(None, REGISTRATIONS_MAX), now_s=claimed_s)).registrations
    return Inbox(
        size=own.size,
        at=own.at,
        mine=office_work((caller.uscc, _name(state, caller.uscc), side_name(regions, language)), own, None, told, language),
        others=tuple(others),
        quotas=quotas,
        full=sum(row.level in ("full", "near") for row in quotas),
        alerts=await read_alerts(log, regions, language),
        registrations=waiting,
        registrations_waiting=own.registrations,
    )


def office_work(
    office: tuple[str, str, str],
    page: WorkPage,
    regions: Sequence[str] | None = None,
    told: Mapping[str, str] | None = None,
    language: Language = "zh",
) -> OfficeWork:
    """What waits for an office (code, name, side); with ``regions`` only what touches one of these: another office's matters with third provinces are
    not ours. ``told``: what the chains are that items are on."""
    items = tuple(inbox_item(one, page, told or {}, language) for one in page.items if regions is None or touches(one, regions))
    uscc, name, side = office
    return OfficeWork(uscc=uscc, name=name, side=side, items=items, has_more=page.next is not None)


def inbox_item(item: WorkItem, page: WorkPage, told: Mapping[str, str], language: Language) -> InboxItem:
    """A row of the page."""
    return InboxItem(
        item=item,
        title=_title(item, language),
        urgency=_urgency(item),
        has_lapsed=item.overdue,
        left_wd=item.workdays_left,
        address=address_of(item),
        names=tuple(page.names.get(one, one) for one in item.counterparts),
        about=_about(item, told, language),
        due_on=item.due_on or "",
        has_begun=item.since <= day_at(page.at),
    )


def _urgency(item: WorkItem) -> Urgency:
    if item.overdue:
        return "late"
    if item.workdays_left is None:
        return "undated"
    return "soon" if item.workdays_left <= SOON_WD else "later"


CONFIRMED: Mapping[str, tuple[str, str]] = {
    "list.amend/1": ("确认名单变更", "confirm an amendment"),
    "list.resume/1": ("确认恢复", "confirm a resumption"),
    "list.remove/1": ("确认移出", "confirm a removal"),
}
"""What of a list is confirmed, by the kind that waits."""


def _title(item: WorkItem, language: Language) -> str:
    if item.act_kind in CONFIRMED:
        return CONFIRMED[item.act_kind][language == "en"]
    return item.text if item.statement else item.term_text


def _about(item: WorkItem, told: Mapping[str, str], language: Language) -> str:
    rows = [str(row + 1) for row in item.act_rows]
    numbers = ("第 " + "、".join(rows) + " 行" if language == "zh" else "row " + ", ".join(rows)) if rows else ""
    chain = item.application or (f"emergency/{item.emergency}" if item.emergency else "")
    known = told.get(chain, "")
    wastes = "" if known and item.application else "、".join(item.wastes).replace(" INCLUDE ", " ")
    listed = list_name(item.list, language) if item.list else ""
    parts = (known, wastes, listed, numbers, item.act_reason, _month(item.period), item.number or "")
    return "　".join(filter(None, parts))


async def read_told(log: Log, items: Iterable[WorkItem], language: Language) -> dict[str, str]:
    """What applications ask for, and what emergencies are called: items of one firm are told apart by it."""
    chains = {one.application for one in items if one.application} | {f"emergency/{one.emergency}" for one in items if one.emergency}
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(chain) for chain in sorted(chains)])
        states = {chain: now.workspace.facts.state(chain) for chain in chains}
    found = dict[str, str]()
    for chain, state in states.items():
        if isinstance(state, ApprovalState):
            unit = "吨" if language == "zh" else "t"
            found[chain] = "、".join(f"{line.name} {line.code}　{tonnes(line.applied_g)} {unit}" for line in state.lines)
        elif isinstance(state, EmergencyState):
            found[chain] = state.name
    return found


def _month(period: str) -> str:
    return period.removeprefix("period/").replace("/", " ")


def address_of(item: WorkItem) -> str:
    """The page that answers an item."""
    if item.statement:
        return f"/desk/sign/{item.statement}"
    if item.list:
        return f"/province/lists/{item.list.removeprefix('list/')}" + (f"#a-{item.act[:16]}" if item.act else "")
    if item.application:
        return f"/province/approvals/{item.application.removeprefix('approval/')}"
    if item.period:
        return f"/province/months/{item.period.removeprefix('period/')}"
    if item.item:
        return f"/province/months/{item.item.split('/')[1]}"
    if item.incident:
        return f"/province/incidents/{item.incident}"
    if item.manifest:
        return f"/m/{item.manifest}"
    return f"/province/emergencies/{item.emergency}" if item.emergency else "/province"


def touches(item: WorkItem, regions: Sequence[str]) -> bool:
    """Whether an item is about something of these regions: a list or a month of theirs, a firm registered there."""
    named = item.list or item.period
    if named:
        places = named.split("-")[1:3] if item.list else named.rpartition("/")[2].split("-")
        return any(place in regions or place == "00" for place in places)
    firms = [
        code
        for chain in (item.application, f"/{item.manifest}", f"/{item.incident}", f"/{item.emergency}")
        for code in chain.split("/")[1:2]
    ]
    return any(code[2:].startswith(region) for code in (*item.counterparts, *firms) for region in regions)


def regions_of(state: LogState, uscc: str) -> tuple[str, ...]:
    """Prefixes of the divisions of an authority."""
    founder = state.founder(uscc)
    return () if founder is None else tuple(founder.regions)


def _name(state: LogState, uscc: str) -> str:
    return next((one.name for one in state.authorities if one.uscc == uscc), uscc)
