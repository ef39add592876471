"""/province/approvals (审批): applications with whose turn it is and the working days left; one whole with the acts that are open on it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.mass import parse_mass
from ledger.model import Facts, account_key
from ledger.problem import Language
from ledger.reading import Page, snapshot
from ledger.times import day_of
from liandan.desk.forms.showing import Shown, shown
from liandan.desk.province.acts import application_acts
from liandan.desk.province.offering import OfferedAct, Office, offer
from liandan.desk.province.standing import direction
from whitelist.acts.decide import latest_valid_to
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, Approvals, PermitAnswer, approval_answer
from whitelist.approval import OPEN_STAGES, ApprovalState
from whitelist.approval_view import ApprovalClockAnswer, ApprovalView
from whitelist.clocks import ApprovalClock, running
from whitelist.quota import q2_account
from whitelist.registries import RegistryRow, Wanted
from whitelist.service import list_lists, list_permits, present_of, read_approval, registry_part, scan_registry, with_names
from whitelist.terms import Present

PAGE_ROWS, PERMITS_MAX = 50, 200
GROUPS: dict[str, tuple[str, ...]] = {
    "open": OPEN_STAGES,
    "granted": ("approved", "suspended"),
    "ended": ("refused", "withdrawn", "revoked"),
}
"""What the tabs of the page show, by stage."""


class ApplicationRow(Struct, frozen=True, kw_only=True):
    """An application or decision among others."""

    approval: ApprovalAnswer
    direction: str
    applied_g: int
    left_g: int
    """Of a decision: not drawn by manifests."""
    clock: ApprovalClock | None
    """The most urgent one that runs."""
    is_ours: bool
    """Whether it is this office's side that acts."""

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.approval.approval.removeprefix("approval/")


class ApplicationsView(Struct, frozen=True, kw_only=True):
    """A page of one group."""

    size: int
    group: str
    rows: tuple[ApplicationRow, ...]
    next: str | None
    names: dict[str, str]


async def read_applications(
    log: Log, caller: Caller, group: str, wanted: Wanted, cursor: str | None, language: Language, claimed_s: int | None = None
) -> ApplicationsView:
    """Applications of a group, those that wait sorted by who is late and what is due first within the page."""
    stages = GROUPS.get(group, OPEN_STAGES)
    parts = [registry_part(wanted, "approval", caller)]
    parts = [type(part)(part.prefix, [[f"stage:{stage}" for stage in stages], *part.groups]) for part in parts]

    def select(chain: str, state: ApprovalState) -> Iterable[int]:
        return wanted.approvals(caller, chain, state) if state.stage in stages else ()

    def accounts(row: RegistryRow, _: Facts) -> list[str]:
        return [account_key(q2_account(row.chain, number)) for number in range(len(row.state.lines))]

    page = Page(cursor, PAGE_ROWS)
    found = await scan_registry(log, wanted, parts, select, page, accounts)
    async with snapshot(log) as now:
        present = await present_of(log, now, claimed_s)
    state = await log.state()
    founder = None if state is None else state.founder(caller.uscc)
    regions = () if founder is None else tuple(founder.regions)
    rows = [_row(one, found.facts, present, regions, language) for one in found.rows]
    if group == "open":
        rows.sort(key=lambda row: (row.clock is None, 0 if row.clock is None or row.clock.left_wd is None else row.clock.left_wd))
    told = await with_names(log, Approvals(size=found.size, approvals=tuple(row.approval for row in rows), next=None), language)
    return ApplicationsView(
        size=found.size, group=group if group in GROUPS else "open", rows=tuple(rows), next=found.next, names=told.names
    )


def _row(row: RegistryRow, facts: Facts, present: Present | None, regions: tuple[str, ...], language: Language) -> ApplicationRow:
    state: ApprovalState = row.state
    answer = approval_answer(row, facts)
    clocks = [] if present is None else [clock for clock in running(state, present) if clock.name != "no_reply"]
    clock = min(clocks, key=lambda one: (one.left_wd is None, one.left_wd or 0), default=None)
    side = {"origin": state.origin, "destination": state.destination}.get("" if clock is None else clock.whose, "")
    return ApplicationRow(
        approval=answer,
        direction=direction(*state.direction, language),
        applied_g=sum(line.applied_g for line in state.lines),
        left_g=sum(parse_mass(line.left_t) for line in answer.lines if line.decided_t.strip("0.") and not line.left_t.startswith("-")),
        clock=clock,
        is_ours=bool(side) and any(side.startswith(region) for region in regions),
    )


class ApplicationPage(Struct, frozen=True, kw_only=True):
    """One application or decision whole."""

    view: ApprovalView
    direction: str
    lines: tuple[ApprovalLineAnswer, ...]
    clock: ApprovalClockAnswer | None
    waits_for: tuple[str, ...]
    """Names of the offices or firms whose turn it is, where it is not ours."""
    permit: PermitAnswer | None
    listed_to: str
    """Last day of the lists that its lines name; empty where they name none."""
    whole: tuple[Shown, ...]
    """The application as it was signed."""
    acts: dict[str, OfferedAct]

    @property
    def line_names(self) -> tuple[str, ...]:
        """What each line is about."""
        return tuple(f"{line.name}　{line.code}" for line in self.lines)

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.view.approval.approval.removeprefix("approval/")


async def read_application(log: Log, caller: Caller, chain: str, language: Language, claimed_s: int | None = None) -> ApplicationPage:
    """One with the acts that are open and this office's; Refusal NOT_FOUND."""
    view = await with_names(log, await read_approval(log, caller, chain, language, claimed_s), language)
    now_s, own = await log.now(claimed_s), view.approval
    listed_to = "" if own.stage == "agreed" else await _listed_to(log, own)
    permits = (await list_permits(log, Wanted(receiver=own.receiver), Page(None, PERMITS_MAX))).permits
    permit = next((one for one in permits if one.permit == own.permit), None)
    bounds = [listed_to, latest_valid_to(day_of(now_s), own.applied_to, own.applied_to if permit is None else permit.valid_to, ())]
    async with snapshot(log) as now:
        office = Office(caller.uscc, max(now_s, now.at_s))
        latest = min((one for one in bounds if one), default="")
        acts = await offer(now, log.kinds, office, application_acts(own, day_of(now_s), latest), language)
    runs = [clock for clock in view.clocks if not clock.ended_on and clock.name != "no_reply"]
    clock = min(runs, key=lambda one: (one.workdays_left is None, one.workdays_left or 0), default=None)
    return ApplicationPage(
        view=view,
        direction=direction(own.origin[:2], own.destination[:2], language),
        lines=own.lines,
        clock=clock,
        waits_for=() if clock is None or caller.uscc in clock.parties else tuple(view.names.get(one, one) for one in clock.parties),
        permit=permit,
        listed_to=listed_to,
        whole=await _whole(log, view, language),
        acts={one.key: one for one in acts},
    )


def is_unanswered(found: ApplicationPage) -> bool:
    """Whether nothing but the other side's letter is missing for all of it: that is said by whose turn it is."""
    grant = found.acts.get("grant")
    return grant is not None and {one.code for one in grant.blockers} == {"NO_CONSENT"} and all(one.listing is None for one in found.lines)


async def _listed_to(log: Log, own: ApprovalAnswer) -> str:
    """Until when the lists of its lines are in force."""
    found = list[str]()
    for chain in dict.fromkeys(line.listing.list for line in own.lines if line.listing is not None):
        lists = (await list_lists(log, Wanted(list=chain, year=int(chain.removeprefix("list/")[:4])), Page(None, 1))).lists
        found += [one.effective_to for one in lists if one.list == chain]
    return min(found, default="")


async def _whole(log: Log, view: ApprovalView, language: Language) -> tuple[Shown, ...]:
    """What the generator has signed, in words."""
    [entry] = await log.entries_at(range(view.history[0].index, view.history[0].index + 1))
    body = msgspec.json.decode(msgspec.json.encode(entry.statement.body))
    return shown(log.kinds.by_name[entry.statement.kind].body, body, view.names, language)
