"""What the oracle says of a month: sums over the loads of ``oracle_loads``, from law §6.1, R-93 and the rules of counting of
docs/reconciliation.md. It replays everything for every question and remembers nothing, so it is slow and short.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.reconciliation.oracle_loads import Load, Oracle, before, first_of, moment, month_of

FLOWS = ("departed", "accepted", "refused", "difference")

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
