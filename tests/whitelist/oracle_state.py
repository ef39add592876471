"""What the oracle remembers of admitted statements: parties, permits, lists, approvals, manifests, accounts (kinds.md §1.5, §1.6)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .oracle_data import Data, day_of, grams

Body = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """One act as the world is fed with it; `principal` is the field `for` of the envelope."""

    kind: str
    chain: str
    by: tuple[str, ...]
    principal: str | None
    at: datetime
    admitted_at: datetime
    body: Body

    @property
    def today(self) -> date:
        """The Shanghai day of admission.at."""
        return day_of(self.admitted_at)

    @property
    def owner(self) -> str:
        """The second segment of the chain: the party it belongs to."""
        return self.chain.split("/")[1]

    @property
    def first(self) -> str:
        """Who stands for the first role: the principal, else the first signer."""
        return self.principal or self.by[0]


@dataclass
class Findings:
    """What a judgement collects. `frame` and `form` stop it; `body` are codes of the body alone, `state` those that need the world.

    Who signs is judged beside the rules, all reasons at once, so a wrong or closed signer stands in `state`.
    """

    frame: set[str] = field(default_factory=set)
    form: set[str] = field(default_factory=set)
    body: set[str] = field(default_factory=set)
    state: set[str] = field(default_factory=set)
    alerts: set[tuple[str, str]] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    moves: dict[str, int] = field(default_factory=dict)
    route: str | None = None

    def move(self, account: str, mass_g: int) -> None:
        """Add grams to an account (taken over by `World.admit` where the statement is admitted)."""
        self.moves[account] = self.moves.get(account, 0) + mass_g


@dataclass
class Permit:
    """A permit's present body, its root, its statuses [(admission.at, status)] and usage {month: (grams, said by an authority)}."""

    chain: str
    holder: str
    body: Body
    root: str
    history: list[tuple[datetime, str]] = field(default_factory=list)
    usage: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def status(self, moment: datetime) -> str:
        """ACTIVE before the first change, else that of the last with admission.at ≤ moment (§1.1)."""
        return next((status for at, status in reversed(self.history) if at <= moment), "ACTIVE")

    @property
    def now(self) -> str:
        """The status that the last entry left."""
        return self.history[-1][1] if self.history else "ACTIVE"


@dataclass
class Scale:
    """The register `q3:<root>` (§1.6): year, base of it, base of the year before, grams reserved now."""

    year: int
    base_g: int = 0
    prior_base_g: int = 0
    reserved_g: int = 0


@dataclass
class WasteList:
    """A yearly list: its announcement, rows in order, whether it is in force, and what befell it since.

    `stops` = [(admission.at, row, status)]; `first`, `last` {row: day}; `quotas` [(from, row, grams)] and `extras` [(row, grams, approval)]
    in the order in which they came in force; `pending` {seq of the act: what waits for the other side}.
    """

    chain: str
    body: Body
    rows: list[Body] = field(default_factory=list)
    pages: int = 0
    in_force: bool = False
    proposer: str = ""
    is_removed: bool = False
    stops: list[tuple[datetime, int, str]] = field(default_factory=list)
    first: dict[int, date] = field(default_factory=dict)
    last: dict[int, date] = field(default_factory=dict)
    quotas: list[tuple[date, int, int]] = field(default_factory=list)
    extras: list[tuple[int, int, str | None]] = field(default_factory=list)
    pending: dict[int, Body] = field(default_factory=dict)

    def status(self, row: int, moment: datetime | None = None) -> str:
        """ACTIVE, SUSPENDED or REMOVED: by the last change with admission.at ≤ moment (absent: by the last)."""
        found = (how for at, number, how in reversed(self.stops) if number == row and (moment is None or at <= moment))
        return next(found, "ACTIVE")

    def quota_g(self, row: int, day: date) -> int:
        """The row's quota on a day: of the quotas that have begun that which came in force last (decision 205)."""
        begun = [mass_g for since, number, mass_g in self.quotas if number == row and since <= day]
        return begun[-1] if begun else grams(self.rows[row]["quota_t"])

    def limit_g(self, row: int, day: date, holds: dict[str, int]) -> int:
        """R-36: quota, extras for anybody, and of an extra for one application what that application fills (§15)."""
        named: dict[str, int] = {}
        total = self.quota_g(row, day)
        for number, mass_g, approval in self.extras:
            if number == row and approval is None:
                total += mass_g
            elif number == row and approval is not None:
                named[approval] = named.get(approval, 0) + mass_g
        return total + sum(min(mass_g, holds.get(approval, 0)) for approval, mass_g in named.items())

    @property
    def year(self) -> int:
        """YYYY of its name."""
        return int(self.chain.split("/")[1].split("-")[0])

    @property
    def sides(self) -> tuple[str, str]:
        """(from, to); from 00 is every other province."""
        parts = self.chain.split("/")[1].split("-")
        return parts[1], parts[2]


@dataclass
class Approval:
    """An application with what became of it; `granted` = {line: {"mass_g", "ends_on", "line"}}, `stops` [(admission.at, line, status)].

    `accepted_on` is the day from which the terms of the authorities run; None while a notice waits for the generator.
    """

    chain: str
    body: Body
    stage: str
    applied_on: date
    consulted_on: date | None = None
    reply: Body | None = None
    replied_on: date | None = None
    route: str | None = None
    decided_on: date | None = None
    decided_at: datetime | None = None
    granted: dict[int, Body] = field(default_factory=dict)
    accepted_on: date | None = None
    is_noticed: bool = False
    conditions: list[Body] = field(default_factory=list)
    stops: list[tuple[datetime, int, str]] = field(default_factory=list)

    def status(self, line: int, moment: datetime | None = None) -> str:
        """ACTIVE, SUSPENDED or REVOKED of a granted line."""
        found = (how for at, number, how in reversed(self.stops) if number == line and (moment is None or at <= moment))
        return next(found, "ACTIVE")


@dataclass
class Emergency:
    """A declared emergency: its body, receivers that joined too, {province: admission.at of its join}, grams that count."""

    chain: str
    body: Body
    declared_at: datetime
    receivers: list[Body]
    joins: dict[str, datetime] = field(default_factory=dict)
    closed_at: datetime | None = None
    used_g: int = 0


@dataclass
class Manifest:
    """An issue, its stage (issued, voided, in_transit, received), what it holds, {account: grams}, and counts on its plan, (chain, site)."""

    chain: str
    body: Body
    issued_at: datetime
    stage: str
    holds: dict[str, int]
    plan: tuple[str, str] | None = None
    planned: dict[tuple[str, str, int], int] = field(default_factory=dict)


@dataclass
class State:
    """All of it; plans by (chain, site) as {numbers, lines}, `planned` grams by (chain, site, line). Q1 entries are [(approval, line, grams granted, last day)] per account name."""

    data: Data
    operator: str
    authorities: dict[str, list[str]]
    parties: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    sites: dict[tuple[str, str], Body] = field(default_factory=dict)
    permits: dict[str, Permit] = field(default_factory=dict)
    lists: dict[str, WasteList] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    plans: dict[tuple[str, str], Body] = field(default_factory=dict)
    planned: dict[tuple[str, str, int], int] = field(default_factory=dict)
    refused: dict[tuple[str, str], list[date]] = field(default_factory=dict)
    numbers: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    held: dict[str, list[tuple[str, int, int, date | None]]] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    emergencies: dict[str, Emergency] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)

    def covering(self, division: str) -> list[str]:
        """The authorities whose region covers a division (or USCC characters 3–8)."""
        return [uscc for uscc, regions in self.authorities.items() if any(division.startswith(region) for region in regions)]

    def newest_of_line(self, permit: Permit) -> Permit:
        """The permit granted last in a line of renewals."""
        return [other for other in self.permits.values() if other.root == permit.root][-1]

    def scale(self, root: str, year: int) -> Scale:
        """The Q3 register as an act of `year` finds it: the roll of §1.6 done, nothing stored."""
        old = self.scales.get(root)
        if old is None:
            return Scale(year)
        if old.year >= year:
            return Scale(old.year, old.base_g, old.prior_base_g, old.reserved_g)
        base = self.accounts.get(f"Q3 {root}", 0) - old.reserved_g
        return Scale(year, base, old.base_g if old.year == year - 1 else base, old.reserved_g)

    def site_open(self, party: str, site: object, division: str) -> bool:
        """Whether `site` is an open site of the party in that division."""
        body = self.sites.get((party, str(site)))
        return body is not None and "closed_on" not in body and self.data.same_division(body["division"], division)

    def place(self, found: Findings, party: str, place: Body, day: date) -> None:
        """Division and site of a place of `party`."""
        self.division(found, place["division"], day)
        if "site" in place and not self.site_open(party, place["site"], place["division"]):
            found.state.add("SITE_UNKNOWN")

    def division(self, found: Findings, code: str, day: date) -> None:
        """`DIVISION` refused, or ALERT M `DIVISION_RETIRED`."""
        state = self.data.division_state(code, day)
        if state == "wrong":
            found.state.add("DIVISION")
        elif state == "retired":
            found.alerts.add(("M", "DIVISION_RETIRED"))

    def late(self, found: Findings, start: date, field_name: str, day: date) -> None:
        """R-42: ALERT M `AUTH_LATE` after the term; its tag where the term needs a provisional calendar."""
        due, provisional = self.data.due(start, self.data.thresholds[field_name])
        if day > due:
            found.alerts.add(("M", "AUTH_LATE"))
        if provisional:
            found.tags.add("PROVISIONAL_CALENDAR")
