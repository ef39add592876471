"""Reading the log for whoever stands beside a truck: one subject, everything about it as of one moment, contradictions first.

A party sees of it what it takes part in, authorities everything, as everywhere (manifests.search.scoped). Counts of the last days come from the
newest LAST_MAX manifests alone, and say so where there are more.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ledger.admission.entry import read_entry
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state
from ledger.fields import normal
from ledger.kinds.site import Site, site_key
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language
from ledger.reading import Page, Snapshot, read_cursor, write_cursor
from ledger.store import fetch_entries_at, fetch_facts, fetch_facts_within
from ledger.times import DAY_S, format_at, parse_at, to_datetime
from manifests import answers, store
from manifests.deadlines import FILE, duties, late_since
from manifests.labels import read_label
from manifests.model import FINISHED, Stage
from manifests.road.answers import LastDays, LateLoad, RoadAnswer, RoadSite, RoadSubject
from manifests.road.asked import RoadAsked
from manifests.road.contradicting import CONTRADICTIONS, standing
from manifests.road.store import OtherSides
from manifests.road.telling import contradiction_answer, late_load, left_load, moving_load, together, worn
from manifests.search import Cursor, Search, scoped
from manifests.service import projection, returning_of
from manifests.vehicles import trip_name
from manifests.view import ManifestView
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.service import present_of
from whitelist.terms import Present

LISTED_MAX = 20
"""Of what moves, is late or contradicts itself."""
LAST_DAYS, LAST_MAX = 30, 500
SITES_MAX = 60
_DIFFERENCES = frozenset({"WEIGHT", "LOAD_WEIGHT"})
_TRANSSHIP = "manifest.transship"
_ISSUED_BEFORE_S = 45 * DAY_S
"""How long before its departure a load may have been issued to be counted: longer than any plan of a trip."""


async def look_up(log: Log, caller: Caller, asked: RoadAsked, page: Page, language: Language, claimed_s: int | None = None) -> RoadAnswer:
    """Everything about what was asked; Refusal NOT_FOUND for a subject that no manifest of the reader names, CURSOR_… for a wrong page."""
    now_s = await log.now(claimed_s)
    async with projection(log) as now:
        look = _Look(log, now, caller, asked, now_s, language)
        return await look.answer(page, await present_of(log, now, claimed_s))


def search_of(asked: RoadAsked) -> Search | None:
    """The search that finds what is asked about; ``None`` for a text that is no subject yet. A label is found by its batch."""
    match asked.what:
        case "all":
            return Search()
        case "plate":
            return Search(plate=asked.value)
        case "waybill":
            return Search(waybill_no=asked.value)
        case "number":
            return Search(number=asked.value)
        case "firm":
            return Search(party=asked.value)
        case "site":
            return Search(site=asked.value)
        case "label":
            label = read_label(asked.value)
            return None if label is None else Search(batch=label.batch)
    return None


class _Look:
    """One question on one snapshot."""

    def __init__(self, log: Log, now: Snapshot, caller: Caller, asked: RoadAsked, now_s: int, language: Language) -> None:
        self._log, self._now, self._caller, self._asked = log, now, caller, asked
        self._now_s, self._language, self._conn = now_s, language, now.workspace.conn

    async def answer(self, page: Page, present: Present | None) -> RoadAnswer:
        wanted = search_of(self._asked)
        search = None if wanted is None else scoped(wanted, self._caller)
        few = await self._few(search)
        if few is None:
            assert search is not None, "what is no search has few"
            moving, late = await self._found(replace(search, stage=Stage.IN_TRANSIT.value)), await self._late_of(search, present)
            against = await self._found(replace(search, alerts=tuple(CONTRADICTIONS)))
            last, history, following = await self._pages(search, page)
        else:
            moving, last, history, following = [view for view in few if view.state.stage is Stage.IN_TRANSIT], few, few, None
            late, against = [view for view in few if view.state.stage not in FINISHED], [view for view in few if standing(view)]
        subject = await self._subject()
        if not history and page.cursor is None and not subject.party and subject.what != "all":
            raise refuse(
                "NOT_FOUND",
                field="q",
                found=self._asked.text,
                expected=Phrase("账本中您有权查看的联单上的车牌、编号、单位、场所或者标签", "what stands on a manifest that you may see"),
            )
        left = list[ManifestView]()
        if self._asked.what == "plate":
            left = [view for view in moving if not any(self._asked.value in worn(leg) for leg in view.state.open_legs)]
            moving = [view for view in moving if view not in left]
        pairs = [(view, flag) for view in against for flag in standing(view)]
        sides = OtherSides(self._conn, self._log.kinds)
        told = [one for view, flag in pairs[:LISTED_MAX] if (one := await sides.fetch_both(view, flag))]
        late_loads = await self._late(late, present)
        return RoadAnswer(
            size=self._now.size, at=format_at(self._now_s), subject=subject,
            moving=tuple(moving_load(view, self._language) for view in moving[:LISTED_MAX]), moving_more=len(moving) + len(left) > LISTED_MAX,
            left=tuple(left_load(view, self._asked.value, self._language) for view in left[:LISTED_MAX]),
            late=tuple(late_loads[:LISTED_MAX]), late_more=len(late_loads) > LISTED_MAX,
            contradictions=together([contradiction_answer(one, self._caller, self._log.kinds.rules, self._language) for one in told]),
            contradictions_more=len(pairs) > LISTED_MAX or len(against) > LISTED_MAX,
            last=self._last(last), manifests=tuple(answers.item_of(view, self._language) for view in history), next=following,
        )  # fmt: skip

    async def _pages(self, search: Search, page: Page) -> tuple[list[ManifestView], list[ManifestView], str | None]:
        """Manifests of the last days, a page of all of them, and its cursor; of everything there is no history."""
        if self._asked.what == "all":
            return [], [], None
        since = to_datetime(self._now_s - LAST_DAYS * DAY_S - _ISSUED_BEFORE_S)
        last = (await store.search_views(self._conn, replace(search, since=since), limit=LAST_MAX)).views
        found = await store.search_views(self._conn, search, after=read_cursor(page.cursor, Cursor, search), limit=page.limit)
        return last, found.views, None if found.next is None else write_cursor(found.next, search)

    async def _found(self, search: Search) -> list[ManifestView]:
        return (await store.search_views(self._conn, search, limit=LISTED_MAX + 1)).views

    async def _few(self, search: Search | None) -> list[ManifestView] | None:
        """The manifests of a subject that has few: a manifest by its name, those that loaded one label; ``None`` where they are searched for."""
        asked = self._asked
        if asked.what == "manifest":
            view = await store.fetch_view(self._conn, f"manifest/{asked.value}")
            return [view] if view is not None and answers.may_read(self._caller, view) else []
        if asked.what in ("ulid", "text"):
            named = await store.find_views(self._conn, asked.value) if asked.what == "ulid" else []
            return [view for view in named if answers.may_read(self._caller, view)]
        if asked.what != "label":
            return None
        assert search is not None, "a label has a batch"
        batch = (await store.search_views(self._conn, search, limit=LAST_MAX)).views
        loads = {record.index: view for view in batch for record in view.records if record.kind.startswith("manifest.depart/")}
        rows = await fetch_entries_at(self._conn, sorted(loads))
        acts = [read_entry(row.entry, self._log.kinds) for row in rows]
        return [loads[act.index] for act in reversed(acts) if asked.value in map(normal, act.statement.body.gate.labels)]

    async def _late_of(self, search: Search, present: Present | None) -> list[ManifestView]:
        """Open manifests on which a term may be over; what is said of them is counted by the calendars afterwards."""
        if present is None:
            return []
        return await store.search_late(self._conn, replace(search, overdue=True), late_since(present), limit=2 * LISTED_MAX + 1)

    async def _late(self, views: Sequence[ManifestView], present: Present | None) -> list[LateLoad]:
        if present is None or not views:
            return []
        await self._now.workspace.load([chain_key(LOG_MAIN)])
        returning, state = await returning_of(self._now, views), log_state(self._now.workspace.facts)
        due = [(view, duties(view, present, state, returning.get(view.chain, ()))) for view in views]
        overdue = [(view, [one for one in found if one.overdue and one.kind != FILE]) for view, found in due]
        return [late_load(view, found, self._language) for view, found in overdue if found]

    def _last(self, views: Sequence[ManifestView]) -> LastDays:
        since_s, asked = self._now_s - LAST_DAYS * DAY_S, self._asked
        trips, differences, transships = set[str](), 0, 0
        for view in views:
            legs = [leg for leg in view.state.legs if leg.begun_s >= since_s]
            if asked.what == "plate":
                legs = [leg for leg in legs if asked.value in worn(leg)]
            trips.update([trip_name(view.chain, view.state)] if legs else [])
            recent = {record.index: record for record in view.records if parse_at(record.admitted_at) >= since_s}
            differences += len({flag.index for flag in view.flags if flag.code in _DIFFERENCES and flag.index in recent})
            transships += sum(record.kind.startswith(_TRANSSHIP) for record in recent.values())
        return LastDays(days=LAST_DAYS, trips=len(trips), differences=differences, transships=transships, is_whole=len(views) < LAST_MAX)

    async def _subject(self) -> RoadSubject:
        """What is asked about as it is shown; a firm that is registered has its sites, for whoever may read them."""
        asked = self._asked
        party, _, name = asked.value.partition("/")
        if asked.what == "firm" and await fetch_facts(self._conn, [f"chain:party/{party}"]):
            is_whole = self._caller.reads_all or party in self._caller.parties
            raws = await fetch_facts_within(self._conn, site_key(party, ""), SITES_MAX) if is_whole else {}
            sites = tuple(self._site(key, raw) for key, raw in raws.items())
            return RoadSubject(what="firm", value=asked.value, shown=party, party=party, sites=sites)
        if asked.what == "site":
            raws = await fetch_facts(self._conn, [site_key(party, name)]) if self._caller.reads_all or party in self._caller.parties else {}
            sites = tuple(self._site(key, raw) for key, raw in raws.items())
            return RoadSubject(what="site", value=asked.value, shown=name, party=party if sites else "", sites=sites)
        if asked.what == "label" and (label := read_label(asked.value)) is not None:
            return RoadSubject(what="label", value=asked.value, shown=asked.value, code=label.code, day=label.day)
        return RoadSubject(what=asked.what, value=asked.value, shown=asked.text if asked.what in ("plate", "waybill") else asked.value)

    def _site(self, key: str, raw: bytes) -> RoadSite:
        site: Site = self._log.kinds.decode(key, raw)
        return RoadSite(
            site=key.rpartition(" ")[2], name=site.name, division=site.division, address=site.address, closed_on=site.closed_on or ""
        )
