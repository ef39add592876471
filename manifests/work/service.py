"""Reading what waits for a party: clocks and pending statements in the order in which they are due, counted anew for the page.

The index may name too much (a return has left, a file has come, a consent was given by another), so each item is held against what is due by the
view itself. A page that has looked at SCAN_MAX rows is short and has a ``next``.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, LogState, PartyState, log_state, party_chain
from ledger.log import Log
from ledger.model import chain_key
from ledger.pending import store as pending
from ledger.pending.model import PendingRow
from ledger.pending.outlook import kinds_of
from ledger.problem import Language
from ledger.reading import Page, Snapshot, read_cursor, write_cursor
from ledger.registrations.deciding import decider_of
from ledger.registrations.store import count_waiting
from ledger.searching.clocks import ClockRow
from ledger.searching.store import walk_clocks
from ledger.times import format_at
from manifests import store
from manifests.accounts.answers import quota_alert
from manifests.accounts.service import standing_quotas
from manifests.deadlines import FILE, duties
from manifests.present import PresentAlert, alerts_of
from manifests.service import projection, returning_of
from manifests.view import ManifestView
from manifests.work.answers import (
    WorkItem,
    WorkPage,
    chains_of,
    duty_item,
    of_application,
    of_emergency,
    of_incident,
    of_item,
    of_list,
    of_manifest,
    of_period,
    signature_item,
)
from manifests.work.order import (
    SIGNATURE,
    TELLABLE,
    TellPlace,
    WorkPlace,
    place_of,
    place_of_signature,
    signatures_behind,
    stretches,
    terms_for,
    told_now,
)
from signing.refusal import refuse
from whitelist import registry_deadlines
from whitelist.emergency import EmergencyState
from whitelist.incident import IncidentState
from whitelist.item import ItemState
from whitelist.listing import ListState
from whitelist.period import PeriodState
from whitelist.registry_deadlines import RegistryState
from whitelist.service import present_of
from whitelist.terms import Duty, Present

REGISTERS = "party.register"
QUOTAS_MAX = 20
"""Alerts about quotas that stand on a first page."""
SCAN_MAX, STEP_MAX = 10_000, 1_000
"""Rows that one page looks at, and of one term and holder in one step."""


class WorkAsked(Struct, frozen=True, gc=False, kw_only=True):
    """Whose work is asked for, and which of it; what is empty does not narrow."""

    party: str
    what: str | None = None
    overdue: bool = False
    kinds: tuple[str, ...] = ()
    """Without version: what the caller's key signs, or what was delegated to the caller."""
    delegate: str = ""
    """Who asks for a party that has delegated to him."""
    signer: str = ""
    """Whose signatures are asked for: the caller's own alone; empty where he is another."""


_Found = tuple[WorkPlace, ClockRow | PendingRow]


async def read_work(
    log: Log,
    caller: Caller,
    as_: str | None,
    what: str | None,
    overdue: bool,
    page: Page,
    language: Language,
    claimed_s: int | None,
    least: int = 0,
) -> WorkPage:
    """What waits for the caller's party, or for ``as_``: any party for authorities and the operator, for others one that has delegated to
    them, and of that what was delegated. Refusal DELEGATION_MISSING. A key for some kinds sees these alone."""
    question = (caller.uscc, as_, what, overdue)
    after = read_cursor(page.cursor, WorkPlace, question)
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s)
        asked = await _asked(log, now, caller, as_ or caller.uscc, what, overdue, claimed_s)
        now_s = await log.now(claimed_s) if present is None else present.now_s
        asking = await _registrations(now, asked, caller, now_s)
        if present is None:
            return WorkPage(size=now.size, at=format_at(now_s), party=asked.party, items=(), registrations=asking, next=None)
        items, place = await _Work(log.kinds, now, present, asked, language).page(after, page.limit)
        state = log_state(now.workspace.facts)
    is_whole = after is None and what is None and not overdue and not asked.delegate
    nearly = (
        [one for one in (await standing_quotas(log, present.now_s, least, waits=False)).quotas if one.concerns(asked.party, state)]
        if is_whole
        else []
    )
    quotas = tuple(quota_alert(one, log.kinds, language) for one in nearly[:QUOTAS_MAX])
    following = None if place is None else write_cursor(place, question)
    return WorkPage(
        size=now.size,
        at=format_at(present.now_s),
        party=asked.party,
        items=tuple(items),
        registrations=asking,
        next=following,
        quotas=quotas,
        quotas_total=len(nearly),
    )


async def _registrations(now: Snapshot, asked: WorkAsked, caller: Caller, now_s: int) -> int:
    """Firms that wait for an authority that asks for its own work, with a key that registers them."""
    if caller.role != "authority" or asked.party != caller.uscc or (asked.kinds and REGISTERS not in asked.kinds):
        return 0
    await now.workspace.load([chain_key(LOG_MAIN), f"key:{caller.keyid}"])
    decider = decider_of(now.workspace.facts, caller, now_s)
    return await count_waiting(now.workspace.conn, now_s=now_s, mine=decider.mine, known=decider.known)


async def _asked(log: Log, now: Snapshot, caller: Caller, party: str, what: str | None, overdue: bool, claimed_s: int | None) -> WorkAsked:
    names = tuple(kind.partition("/")[0] for kind in await kinds_of(now.workspace.conn, log.kinds, caller.keyid))
    if party == caller.uscc:
        return WorkAsked(party=party, what=what, overdue=overdue, kinds=names, signer=caller.uscc)
    if caller.reads_all:
        return WorkAsked(party=party, what=what, overdue=overdue, kinds=names)
    await now.workspace.load([chain_key(party_chain(party))])
    state: PartyState | None = now.workspace.facts.state(party_chain(party))
    at_s = await log.now(claimed_s)
    granted = () if state is None else tuple(one for one in state.delegations if one.delegate == caller.uscc)
    kinds = {kind for one in granted if one.until_s is None or at_s <= one.until_s for kind in one.kinds}
    if not kinds:
        raise refuse("DELEGATION_MISSING", field="as", found=party, expected=caller.uscc)
    both = kinds.intersection(names) if names else kinds
    return WorkAsked(party=party, what=what, overdue=overdue, kinds=tuple(sorted(both)) or ("-",), delegate=caller.uscc, signer=caller.uscc)


class StandingAlert(Struct, frozen=True):
    """An alert about the present, with the national number of its manifest, where there is one."""

    alert: PresentAlert
    number: str | None


async def work_of(
    now: Snapshot,
    kinds: Kinds,
    present: Present,
    party: str,
    after: WorkPlace | None,
    limit: int,
    language: Language,
    only: tuple[str, ...] = (),
) -> tuple[list[WorkItem], WorkPlace | None]:
    """What waits for a party, for whoever tells it of it: a page, and where to go on; ``only``: what acts of these kinds, without version, stop."""
    return await _Work(kinds, now, present, WorkAsked(party=party, kinds=only, signer=party), language).page(after, limit)


async def alerts_for(
    now: Snapshot, kinds: Kinds, present: Present, party: str, after: TellPlace, count: int
) -> tuple[list[StandingAlert], TellPlace | None]:
    """Alerts about the present that a party can act on, for whoever tells it of them: a page, and where to go on."""
    return await _Work(kinds, now, present, WorkAsked(party=party, signer=party), "zh").alerts(after, count)


class _Work:
    """One page of somebody's work, in one snapshot."""

    def __init__(self, kinds: Kinds, now: Snapshot, present: Present, asked: WorkAsked, language: Language) -> None:
        self._conn, self._facts, self._kinds = now.workspace.conn, now.workspace.facts, kinds
        self._now, self._present, self._asked, self._language = now, present, asked, language
        self._state: LogState = log_state(self._facts)
        founder = self._state.founder(asked.party)
        self._holders = [asked.party, *(f"@{region}" for region in (founder.regions if founder is not None else ()))]
        self._terms = terms_for(asked.what, asked.kinds)
        self._applied: dict[str, RegistryState] = {}

    async def page(self, after: WorkPlace | None, limit: int) -> tuple[list[WorkItem], WorkPlace | None]:
        """Items behind a place, and the place to go on from."""
        found, count, scanned = list[tuple[WorkPlace, WorkItem]](), limit + 1, 0
        while True:
            ready, horizon, looked = await self._step(after, count)
            for start in range(0, len(ready), limit + 1):
                found += await self._exact(ready[start : start + limit + 1])
                if len(found) > limit:
                    return [item for _, item in found[:limit]], found[limit - 1][0]
            scanned, after, count = scanned + looked, horizon, min(4 * count, STEP_MAX)
            if horizon is None or scanned >= SCAN_MAX:
                return [item for _, item in found], horizon

    async def _step(self, after: WorkPlace | None, count: int) -> tuple[list[_Found], WorkPlace | None, int]:
        """What comes next, in order, each place once; up to where nothing that comes before can be missing, ``None`` where that is the end."""
        wanted = list(stretches(self._terms, after, self._present, overdue=self._asked.overdue))
        rows = await walk_clocks(self._conn, self._holders, wanted, count) if wanted else []
        lists: dict[tuple[str, str], list[_Found]] = {}
        for row in rows:
            lists.setdefault((row.who, row.term), []).append((place_of(row, self._present), row))
        signatures = await self._signatures(after, count)
        lists["", SIGNATURE] = [(place_of_signature(row.ends_s, row.statement), row) for row in signatures]
        horizon = min((found[-1][0] for found in lists.values() if len(found) == count), default=None)
        ready: dict[WorkPlace, _Found] = {}
        for place, what in (one for found in lists.values() for one in found):
            if (horizon is None or place <= horizon) and (after is None or place > after):
                ready[place] = (place, what)
        return [ready[place] for place in sorted(ready)], horizon, len(rows) + len(signatures)

    async def _signatures(self, after: WorkPlace | None, count: int) -> list[PendingRow]:
        asked = self._asked
        if not asked.signer or asked.what not in (None, SIGNATURE) or asked.overdue:
            return []
        principal = asked.party if asked.delegate else None
        kinds = [kind for kind in self._kinds.by_name if kind.partition("/")[0] in asked.kinds] if asked.kinds else None
        return await pending.list_waiting(
            self._conn,
            asked.signer,
            principal=principal,
            kinds=kinds,
            now_s=self._present.now_s,
            after=signatures_behind(after),
            limit=count,
        )

    async def _exact(self, ready: Sequence[_Found]) -> list[tuple[WorkPlace, WorkItem]]:
        """Of what the index names that which is due, as items."""
        rows = [row for _, row in ready if isinstance(row, ClockRow) and not row.is_over]
        signatures = [row for _, row in ready if isinstance(row, PendingRow)]
        chains = [*dict.fromkeys(row.chain for row in rows), *chains_of(signatures)]
        views = await store.fetch_views(self._conn, [chain for chain in chains if chain.startswith("manifest/")]) if chains else {}
        owed = await self._owed(rows, views)
        found: list[tuple[WorkPlace, WorkItem]] = []
        for place, row in ready:
            if isinstance(row, PendingRow):
                found.append((place, self._signature(row, views)))
            elif row in owed:
                found.append((place, self._due(row, owed[row], views)))
        return found

    async def _owed(self, rows: Sequence[ClockRow], views: dict[str, ManifestView]) -> dict[ClockRow, Duty]:
        """Of the clocks that the index names, what they ask of the party now; without those that ask nothing of it any more."""
        returning = await returning_of(self._now, views.values())
        due: dict[str, tuple[Duty, ...]] = {}
        for chain in dict.fromkeys(row.chain for row in rows if row.chain in views):
            due[chain] = duties(views[chain], self._present, self._state, returning.get(chain, ()))
        self._applied = await self._registered([row.chain for row in rows if not row.chain.startswith("manifest/")])
        due |= {chain: registry_deadlines.duties(chain, state, self._present, self._state) for chain, state in self._applied.items()}
        owed: dict[ClockRow, Duty] = {}
        for row in rows:
            item = row.item.partition(",")[0]
            same = (one for one in due.get(row.chain, ()) if one.term == row.term and (one.case or one.file) == item)
            if (duty := next(filter(self._is_asked, same), None)) is not None:
                owed[row] = duty
        return owed

    async def _registered(self, chains: Sequence[str]) -> dict[str, RegistryState]:
        """Applications, emergencies, incidents and lists by chain, as they are now."""
        await self._now.workspace.load([chain_key(chain) for chain in dict.fromkeys(chains)])
        found: dict[str, RegistryState | None] = {chain: self._facts.state(chain) for chain in chains}
        return {chain: state for chain, state in found.items() if state is not None}

    def _signature(self, row: PendingRow, views: dict[str, ManifestView]) -> WorkItem:
        view = next((views[chain] for chain in chains_of([row]) if chain in views), None)
        return signature_item(row, view, self._asked.party, self._present, self._kinds, self._language)

    def _due(self, row: ClockRow, duty: Duty, views: dict[str, ManifestView]) -> WorkItem:
        """The item of a clock."""
        party, state = self._asked.party, self._applied.get(row.chain)
        if isinstance(state, IncidentState):
            about = of_incident(row.chain, state, self._language)
        elif isinstance(state, ListState):
            about = of_list(row.chain, state, duty, self._language)
        elif isinstance(state, EmergencyState):
            about = of_emergency(row.chain, state, self._language)
        elif isinstance(state, ItemState):
            about = of_item(row.chain, state, party)
        elif isinstance(state, PeriodState):
            about = of_period(row.chain, state, self._state, self._language)
        elif state is not None:
            about = of_application(row.chain, state, party, self._language)
        else:
            about = of_manifest(views[row.chain], party, duty.kind, self._present, self._language)
        about["on_behalf"] = party if self._asked.delegate else ""
        return duty_item(duty, row.chain, self._present, self._kinds, self._language, about)

    async def alerts(self, after: TellPlace, count: int) -> tuple[list[StandingAlert], TellPlace | None]:
        """Alerts about the present that the party can act on, of some ``count`` clocks of one term, and where to go on; ``None`` behind the last."""
        rows: list[ClockRow] = []
        while not rows:
            if after.rank == len(TELLABLE):
                return [], None
            stretch = told_now(after, self._present)
            rows = [] if stretch is None else await walk_clocks(self._conn, self._holders, [stretch], count)
            if not rows:
                after = TellPlace(after.rank + 1)
        ends: dict[str, list[tuple[int, str, str]]] = {}
        for row in rows:
            ends.setdefault(row.who, []).append((row.since_s, row.chain, row.item))
        horizon = min((found[-1] for found in ends.values() if len(found) == count), default=None)
        ready = {(row.since_s, row.chain, row.item): row for row in rows if not row.is_over}
        live = [row for place, row in sorted(ready.items()) if horizon is None or place <= horizon]
        views = await store.fetch_views(self._conn, [row.chain for row in live if row.chain.startswith("manifest/")]) if live else {}
        found = [
            StandingAlert(alert, views[row.chain].state.number if row.chain in views else None)
            for row, duty in (await self._owed(live, views)).items()
            for alert in alerts_of(row.chain, [duty], self._present)
        ]
        return found, TellPlace(after.rank + 1) if horizon is None else TellPlace(after.rank, *horizon)

    def _is_asked(self, duty: Duty) -> bool:
        """Whether it waits for the party; of a delegate whether he may do it: a delegation stands for the first role (kinds §1.7)."""
        asked = self._asked
        if asked.overdue and not duty.overdue:
            return False
        if asked.kinds and (duty.kind == FILE or duty.kind.partition("/")[0] not in asked.kinds):
            return False
        return asked.party in (duty.signers[0][1] if asked.delegate else duty.parties)
