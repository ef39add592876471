"""An independent oracle of monthly statements: plain Python over bodies and tags of entries, written from kinds §6–§9, law §6.1, R-93 and the rules of
counting of docs/reconciliation.md. It replays everything for every question and remembers nothing, so it is slow and short.

It takes from the product the parsed bodies alone: no state, no ``evolve``, nothing of ``reports``.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))
FLOWS = ("departed", "accepted", "refused", "difference")
OUTSIDE = ("issued", "voided", "declined")


def grams(text: str) -> int:
    found = Decimal(text) * 1_000_000
    assert found == int(found)
    return int(found)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def month_of(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m")


def first_of(month: str) -> datetime:
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=SHANGHAI).astimezone(UTC)


def before(month: str) -> str:
    return month_of(first_of(month) - timedelta(days=1))


@dataclass
class Line:
    code: str
    declared: int
    form: str
    plan_line: int | None
    loaded: int | None = None
    accepted: int | None = None
    refused: int | None = None
    opinion: str = ""

    @property
    def sent(self) -> int:
        return self.declared if self.loaded is None else self.loaded


@dataclass
class Fate:
    line: int
    mass: int
    onward: str | None
    done_on: str | None
    told: datetime


@dataclass
class Load:
    """A manifest, as acts and corrections have left it."""

    chain: str
    generator: str
    receiver: str
    way: tuple[str, str]
    lines: list[Line]
    issued: datetime
    has_permit: bool
    plan: tuple[str, str] | None
    number: str
    carriers: list[str] = field(default_factory=list)
    departed: datetime | None = None
    received: datetime | None = None
    voided: datetime | None = None
    declined: datetime | None = None
    gap: datetime | None = None
    order: list[int] = field(default_factory=list)
    loaded_order: list[int] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)

    def booked(self) -> Iterator[tuple[int, str, datetime, int]]:
        """Line, term, when, grams."""
        for number, line in enumerate(self.lines, 1):
            yield number, "issued", self.issued, line.declared
            if self.departed is not None:
                yield number, "departed", self.departed, line.declared
            if (came := self.came) is not None:
                accepted, refused = (0, 0) if self.received is None else (line.accepted or 0, line.refused or 0)
                yield number, "accepted", came, accepted
                yield number, "refused", came, refused
                yield number, "difference", came, line.declared - accepted - refused
            if (voided := self.gone) is not None:
                yield number, "voided", voided, line.declared
            if self.declined is not None:
                yield number, "declined", self.declined, line.declared

    @property
    def came(self) -> datetime | None:
        """When it ended on the road: received, never before it departed; or given up on it."""
        if self.received is not None:
            return max(self.received, self.departed or self.received)
        return self.gap if self.departed is not None and self.declined is None else None

    @property
    def gone(self) -> datetime | None:
        """When it ended before it left: voided, or given up."""
        return (
            self.gap if self.gap is not None and self.departed is None and self.received is None and self.declined is None else self.voided
        )

    def is_under_way(self, at: datetime) -> bool:
        return self.departed is not None and self.departed < at and (self.came is None or self.came >= at)

    def is_waiting(self, at: datetime) -> bool:
        return self.issued < at and all(gone is None or gone >= at for gone in (self.departed, self.came, self.gone, self.declined))

    def stock(self) -> Iterator[tuple[str, str, str, int]]:
        """Code, day, term, grams of the receiver's stock."""
        if self.received is None or not self.has_permit:
            return
        day = self.came.astimezone(SHANGHAI).date().isoformat()  # type: ignore[union-attr]  # it was received
        left = [line.accepted or 0 for line in self.lines]
        for line in self.lines:
            yield line.code, day, "accepted", line.accepted or 0
        for fate in self.fates:
            told = fate.told.astimezone(SHANGHAI).date().isoformat()
            left[fate.line] -= fate.mass
            when = max(day, min(fate.done_on or told, told))
            yield self.lines[fate.line].code, when, "treated" if fate.onward is None else "sent", fate.mass
        if self.gap is not None:
            for line, mass in zip(self.lines, left, strict=True):
                yield line.code, max(day, self.gap.astimezone(SHANGHAI).date().isoformat()), "gap", mass

    def on_plan(self) -> Iterator[tuple[int, int]]:
        """Line of the plan and grams that count on it."""
        for line in self.lines:
            if self.plan is not None and line.plan_line is not None:
                if self.received is not None or self.declined is not None:
                    yield line.plan_line, line.accepted or 0
                else:
                    yield line.plan_line, 0 if self.voided or self.gap else max(line.declared, line.loaded or 0)


class Oracle:
    """All loads after some entries."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self.loads: dict[str, Load] = {}
        self.proposed: dict[str, Any] = {}
        for entry in entries:
            self.take(entry)

    def take(self, entry: Any) -> str | None:
        """The manifest that an entry may change."""
        statement, tags = entry.statement, {tag for tag, *_ in map(_named, entry.admission.decision.tags)}
        parts = statement.chain.split("/")
        if parts[0] not in ("manifest", "case"):
            return None
        trunk = f"manifest/{parts[1]}/{parts[2]}"
        kind, body = statement.kind.partition("/")[0], statement.body
        name = "_" + kind.replace(".", "_")
        if hasattr(self, name):
            getattr(self, name)(trunk, statement, body, tags, moment(statement.at), moment(entry.admission.at))
        return trunk

    def _manifest_issue(self, trunk: str, statement: Any, body: Any, tags: set[str], at: datetime, _: datetime) -> None:
        lines = [Line(one.code, grams(one.mass_t), one.form, one.plan_line) for one in body.lines]
        is_home = body.returns is not None and body.returns.how == "back"
        plan = None
        if body.plan is not None and not is_home and "PLAN_OFF_LOG" not in tags:
            day = moment(body.paper.departed_at) if body.paper is not None and body.type.startswith("backfill") else at
            plan = (f"plan/{statement.chain.split('/')[1]}/{month_of(day)[:4]}", body.plan.site or "")
        way = body.origin.division[:2], body.destination.division[:2]
        self.loads[trunk] = Load(trunk, trunk.split("/")[1], body.receiver, way, lines, at, bool(body.permit), plan, body.number or "")

    def _manifest_void(self, trunk: str, _: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        self.loads[trunk].voided = at

    def _manifest_depart(self, trunk: str, statement: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        load = self.loads[trunk]
        load.departed = at
        load.carriers = [*load.carriers, statement.by[-1]]
        for one in body.loaded or ():
            load.lines[one.line].loaded = grams(one.mass_t)
            load.loaded_order.append(one.line)

    def _manifest_hand_over(self, trunk: str, statement: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        load = self.loads[trunk]
        if statement.by[-1] not in load.carriers:
            load.carriers = [*load.carriers, statement.by[-1]]

    def _manifest_receive(self, trunk: str, _: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        load = self.loads[trunk]
        if "DECLINED" in tags:
            load.declined = at
        else:
            load.received = at
        for one in body.lines:
            line = load.lines[one.line]
            line.opinion, line.accepted = one.opinion, grams(one.accepted_t)
            line.refused = grams(one.refused_t) if one.refused_t is not None else line.sent if one.opinion == "reject" else 0
            if "DECLINED" in tags:
                line.accepted = line.refused = 0
            load.order.append(one.line)

    def _manifest_dispose(self, trunk: str, _: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        self.loads[trunk].fates += [Fate(one.line, grams(one.mass_t), one.onward, one.done_on, at) for one in body.fates]

    def _case_close_with_gap(self, trunk: str, _: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        self.loads[trunk].gap = admitted

    def _case_number(self, trunk: str, _: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        self.loads[trunk].number = self.loads[trunk].number or body.number or ""

    def _case_amend_propose(self, trunk: str, statement: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        self.proposed[statement.chain] = body.changes
        if "AMENDED" in tags:
            self._amend(self.loads[trunk], body.changes)

    def _case_amend_consent(self, trunk: str, statement: Any, body: Any, tags: set[str], at: datetime, admitted: datetime) -> None:
        if "AMENDED" in tags:
            self._amend(self.loads[trunk], self.proposed[statement.chain])

    def _amend(self, load: Load, changes: Sequence[Any]) -> None:
        for change in changes:
            part, *rest = change.path.split(".")
            value = json.loads(change.now) if change.now else None
            if part == "lines":
                line = load.lines[int(rest[0])]
                if rest[1] == "mass_t":
                    line.declared = grams(value)
                elif rest[1] in ("code", "form", "plan_line"):
                    setattr(line, rest[1], value)
            elif part == "loaded" and rest[1] == "mass_t":
                load.lines[load.loaded_order[int(rest[0])]].loaded = grams(value)
            elif part == "received":
                line = load.lines[load.order[int(rest[0])]]
                if rest[1] == "accepted_t":
                    line.accepted = grams(value)
                elif rest[1] == "opinion":
                    line.opinion = value
                elif rest[1] == "refused_t":
                    line.refused = grams(value) if value is not None else line.sent if line.opinion == "reject" else 0
            elif part == "fates":
                fate = load.fates[int(rest[0])]
                if rest[1] == "mass_t":
                    fate.mass = grams(value)
                elif rest[1] in ("done_on", "onward"):
                    setattr(fate, rest[1], value)
            elif change.path == "times.departed_at":
                load.departed = moment(value)
            elif change.path == "number":
                load.number = value


def _named(tag: Any) -> Sequence[str]:
    return (tag,) if isinstance(tag, str) else tuple(tag)


Takes = Callable[[Load], bool]


def of_way(way: tuple[str, str]) -> Takes:
    """Lines of a direction."""
    return lambda load: load.way == way


def of_party(party: str, role: str = "") -> Takes:
    """Lines on which a party is something."""
    return lambda load: (
        party
        in (
            *((load.generator,) if role in ("", "generator") else ()),
            *(load.carriers if role in ("", "carrier") else ()),
            *((load.receiver,) if role in ("", "receiver") else ()),
        )
    )


@dataclass
class Month:
    """What the oracle says of a month; by code, then term, in grams."""

    opening: Counter[str] = field(default_factory=Counter)
    closing: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    flows: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    adjusted: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    acts: Counter[tuple[int, str, int, str, str, str]] = field(default_factory=Counter)
    """Grams by (entry, manifest, line, month, code, term) of every adjustment."""
    later: Counter[tuple[int, str, int, str, str]] = field(default_factory=Counter)
    """Grams by (entry, manifest, line, code, term) of what changed of this month since its own close."""
    stock: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    receipts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Grams of a stock by the day on which they came."""
    plans: dict[tuple[str, str, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def close_of(entries: Sequence[Any], month: str, way: tuple[str, str]) -> int | None:
    """The size of the newest close of a month and direction, of one that was over in the log at that size."""
    chain = f"period/{month}/{way[0]}-{way[1]}"
    sizes = [entry.statement.body.size for entry in entries if entry.statement.kind == "period.close/1" and entry.statement.chain == chain]
    end = first_of(next_month(month))
    if not sizes or any(moment(entry.admission.at) < end for entry in entries[sizes[-1] :]):
        return None
    return int(sizes[-1])


def next_month(month: str) -> str:
    return month_of(first_of(month) + timedelta(days=40))


def month_by(entries: Sequence[Any], month: str, ways: Iterable[tuple[str, str]], takes: Takes, holder: str = "") -> Month:
    """The month over these entries, of the lines that ``takes`` takes on these ways; stocks of one holder or of all."""
    found, start, end = Month(), first_of(month), first_of(next_month(month))
    for way in ways:
        _of_way(found, entries, month, way, lambda load, way=way: load.way == way and takes(load), holder, (start, end))  # type: ignore[misc]
    for load in Oracle(entries).loads.values():
        if load.plan is not None:
            counted = min(max(month_of(load.issued), f"{load.plan[0][-4:]}-01"), f"{load.plan[0][-4:]}-12")
            for line, mass in load.on_plan():
                found.plans[*load.plan, line]["year"] += mass if counted <= month else 0
                found.plans[*load.plan, line]["month"] += mass if counted == month else 0
    return found


def _of_way(
    found: Month, entries: Sequence[Any], month: str, way: tuple[str, str], takes: Takes, holder: str, period: tuple[datetime, datetime]
) -> None:
    start, end = period
    now, base = Oracle(entries), close_of(entries, before(month), way)
    opened = now if base is None else Oracle(entries[:base])
    for load in filter(takes, opened.loads.values()):
        for line in load.lines:
            found.opening[line.code] += line.declared if load.is_under_way(start) else 0
    for load in filter(takes, now.loads.values()):
        for number, term, at, mass in load.booked():
            if start <= at < end:
                found.flows[load.lines[number - 1].code][term] += mass
        for line in load.lines:
            found.closing[line.code] += line.declared if load.is_under_way(end) else 0
            found.waiting[line.code] += line.declared if load.is_waiting(end) else 0
    for state, sign in ((opened, 0), (now, 1)):
        for load in filter(of_way(way), state.loads.values()):
            for code, day, term, mass in load.stock() if holder in ("", load.receiver) else ():
                more = mass if term == "accepted" else -mass
                key = load.receiver, code
                if sign == 0:
                    found.stock[key]["opening"] += more if day[:7] < month else 0
                else:
                    found.stock[key]["closing"] += more if day[:7] <= month else 0
                    found.stock[key][term] += mass if day[:7] == month else 0
                    found.receipts[key][day] += mass if term == "accepted" else 0
    if base is not None:
        for key, change in _changes(entries, base, takes):
            if key[3] < month:
                found.acts[key] += change
                found.adjusted[key[4]][key[5]] += change
    own = close_of(entries, month, way)
    if own is not None:
        for (index, chain, number, of, code, term), change in _changes(entries, own, takes):
            if of == month:
                found.later[index, chain, number, code, term] += change


def _changes(entries: Sequence[Any], since: int, takes: Takes) -> Iterator[tuple[tuple[int, str, int, str, str, str], int]]:
    """What each entry from an index on changed of months that had ended when it was admitted."""
    state = Oracle(entries[:since])

    def booked(trunk: str, admitted: datetime) -> Counter[tuple[str, int, str, str, str]]:
        load, sums = state.loads.get(trunk), Counter[tuple[str, int, str, str, str]]()
        if load is not None and takes(load):
            for number, term, at, mass in load.booked():
                if month_of(at) < month_of(admitted):
                    sums[trunk, number, month_of(at), load.lines[number - 1].code, term] += mass
        return sums

    for entry in entries[since:]:
        parts = entry.statement.chain.split("/")
        if parts[0] not in ("manifest", "case"):
            continue
        trunk, admitted = f"manifest/{parts[1]}/{parts[2]}", moment(entry.admission.at)
        was = booked(trunk, admitted)
        state.take(entry)
        sums = booked(trunk, admitted)
        sums.subtract(was)
        for key, change in sums.items():
            if change:
                yield (entry.index, *key), change


def age_of(receipts: dict[str, int], closing: int, day: str, terms_d: tuple[int, int]) -> tuple[int, int]:
    """First in first out: grams of a stock that came at least so many days before a day, and more than so many. ``receipts``: grams by day."""
    left, aging, old = closing, 0, 0
    for came in sorted((one for one in receipts if one <= day), reverse=True):
        taken = min(left, max(receipts[came], 0))
        left -= taken
        age = (date.fromisoformat(day) - date.fromisoformat(came)).days
        aging += taken if age >= terms_d[0] else 0
        old += taken if age > terms_d[1] else 0
    return aging + left, old + left
