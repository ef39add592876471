"""An independent oracle of monthly statements, its loads: plain Python over bodies and tags of entries, written from kinds §6–§8.

It takes from the product the parsed bodies alone: no state, no ``evolve``, nothing of ``reports``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))


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
