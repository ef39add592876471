"""A manifest as the gathering files it: its lines, the months that they concern, what it has booked of stocks and plans. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from ledger.times import day_of
from manifests.mass import weight_level
from manifests.model import FateRecord, LineState, ManifestState, Stage
from manifests.planned import lines_counted_g
from reports.reconciliation.line import LineRow, Way
from reports.reconciliation.model import Tolerance

OPEN = "open"
LONG = 24
"""Months under which the lines of one manifest are filed at most; what was open longer is looked at with what is open."""
_NEVER = 2**62


class JudgedBy(Struct, frozen=True):
    """By what a receipt was judged: index of the entry, version and SHA-256 of the thresholds."""

    index: int
    version: str
    sha256: str


class MonthLines(Struct, frozen=True):
    """Lines of a manifest, as they stand."""

    rows: tuple[LineRow, ...]
    judged: JudgedBy | None = None


class StockMove(Struct, frozen=True):
    """Grams that enter or leave what a holder has in stock of a code, on a day: ``accepted``, ``treated``, ``sent`` or ``gap``."""

    way: str
    holder: str
    code: str
    day: str
    term: str
    mass_g: int


class PlanMove(Struct, frozen=True):
    """Grams that count on a line of a plan, by ``plan site line`` and month."""

    line: str
    month: str
    mass_g: int


class FiledManifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a manifest beside its state."""

    number: str | None = None
    held: dict[str, int] = {}
    """Grams by account while it is neither received nor voided: reserved, whether that moves grams or not."""
    direction: Way | None = None
    places: tuple[str, ...] = ()
    judged: JudgedBy | None = None
    earliest_s: int = _NEVER
    """The first moment that any of its bookings ever had."""
    fated: tuple[int, ...] = ()
    """When each of its fates was declared, in order of record."""
    stock: tuple[StockMove, ...] = ()
    plan: tuple[PlanMove, ...] = ()


def months_of(rows: Sequence[LineRow]) -> tuple[str, ...]:
    """The months that lines may concern, from the first thing that happened to the last; ``open`` for those that concern every later one."""
    row, known = rows[0], moments(rows)
    if len(known) == 1 or (row.received_s is None and row.voided_s is None and row.declined_s is None):
        return (OPEN,)
    (year, number), (last_year, last_number) = (map(int, day_of(at).split("-")[:2]) for at in (min(known), max(known)))
    first, last = year * 12 + number - 1, last_year * 12 + last_number - 1
    if last - first >= LONG:
        return (OPEN,)
    return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1))


def moments(rows: Sequence[LineRow]) -> list[int]:
    """When something happened to lines of one manifest: its acts are of all of them."""
    row = rows[0]
    return [at for at in (row.issued_s, row.departed_s, row.received_s, row.voided_s, row.declined_s) if at is not None]


def bookings(row: LineRow) -> Iterator[tuple[str, int, int]]:
    """What a line is booked as: term (``BOOKED``), moment, grams."""
    yield "issued_g", row.issued_s, row.declared_g
    if row.departed_s is not None:
        yield "departed_g", row.departed_s, row.declared_g
    if row.received_s is not None:
        yield "accepted_g", row.received_s, row.accepted_g or 0
        yield "refused_g", row.received_s, row.refused_g or 0
        yield "difference_g", row.received_s, row.difference_g or 0
    if row.voided_s is not None:
        yield "voided_g", row.voided_s, row.declared_g
    if row.declined_s is not None:
        yield "declined_g", row.declined_s, row.declared_g


def booked_before(rows: Sequence[LineRow], moment_s: int) -> list[tuple[object, ...]]:
    """Whatever of lines stands in the figures of months that ended by a moment, so that two of them differ exactly where such a figure does."""
    found: list[tuple[object, ...]] = []
    for row in rows:
        carriers = row.carriers if row.departed_s is not None and row.departed_s < moment_s else ()
        who = (row.line, row.code, row.generator, row.receiver, carriers, row.origin, row.destination)
        found += [(*who, term, day_of(at)[:7], grams) for term, at, grams in bookings(row) if at < moment_s]
    return found


def stock_of(state: ManifestState, way: Way, received_s: int | None, fated: Sequence[int]) -> tuple[StockMove, ...]:
    """What a manifest has booked of its receiver's stock: receipt, disposals and what a close with gap gave up.

    A disposal counts on the day that it names (``done_on``), never before the receipt nor after the act that declares it, else on the day of
    that act. A load that goes home (退回) comes back to whom it belongs and enters nobody's stock.
    """
    if received_s is None or state.is_declined or not state.permit:
        return ()
    first, found = day_of(received_s), Counter[tuple[str, str, str]]()
    for line in state.lines:
        found[line.code, first, "accepted"] += line.accepted_g or 0
    for fate, told_s in zip(state.fates, fated, strict=True):
        day = day_of_fate(fate, told_s, first)
        found[state.lines[fate.line].code, day, "treated" if fate.onward is None else "sent"] += fate.mass_g
    if state.stage is Stage.CLOSED_GAP and state.times.closed_gap_s is not None:
        for line in state.lines:
            found[line.code, max(first, day_of(state.times.closed_gap_s)), "gap"] += line.stock_g
    where = "-".join(way)
    return tuple(StockMove(where, state.receiver, *key, grams) for key, grams in sorted(found.items()) if grams)


def day_of_fate(fate: FateRecord, told_s: int, first: str) -> str:
    """The day on which a disposal counts; ``told_s`` of the act that declares it, ``first`` the day of the receipt."""
    told = day_of(told_s)
    return max(first, min(fate.done_on or told, told))


def plan_of(state: ManifestState) -> tuple[PlanMove, ...]:
    """What a manifest counts on the plan of its generator (R-15), in the month of its issue, of another year in the nearest month of the plan's."""
    if state.plan is None or not state.plan.chain:
        return ()
    year, month = state.plan.chain.rpartition("/")[2], day_of(state.times.issued_s)[:7]
    month = min(max(month, f"{year}-01"), f"{year}-12")
    sums = Counter[int]()
    for _, line, grams in lines_counted_g(state):
        sums[line] += grams
    return tuple(PlanMove(f"{state.plan.chain} {state.plan.site} {line}", month, grams) for line, grams in sorted(sums.items()))


def _level(line: LineState, tolerance: Tolerance | None) -> str:
    if tolerance is None or line.accepted_g is None or line.refused_g is None:
        return ""
    return weight_level(tolerance.limits, line.form, line.sent_g, line.accepted_g + line.refused_g) or ""


def rows_of(trunk: str, state: ManifestState, number: str, tolerance: Tolerance | None) -> tuple[LineRow, ...]:
    """The lines of a manifest in force, as they stand in statements."""
    times = state.times
    received = None if times.received_s is None or state.is_declined else max(times.received_s, times.departed_s or times.received_s)
    voided, is_lost = times.voided_s, False
    if times.closed_gap_s is not None and times.received_s is None:
        # What both authorities gave up ends there: on the road as a load of which nothing came, before it left like a void.
        is_lost = times.departed_s is not None
        received, voided = (times.closed_gap_s, None) if is_lost else (None, times.closed_gap_s)
    is_declined, ulid = state.is_declined, trunk.rpartition("/")[2]
    carriers = tuple(dict.fromkeys([leg.carrier for leg in state.legs]))
    plan = state.plan if state.plan is not None and state.plan.chain else None
    found = []
    for place, line in enumerate(state.lines, 1):
        row = LineRow(
            manifest=ulid,
            number=number,
            line=place,
            name=line.name,
            code=line.code,
            generator=state.generator,
            receiver=state.receiver,
            carrier=state.legs[-1].carrier if state.legs else "",
            carriers=carriers,
            origin=state.origin.division,
            destination=state.destination.division,
            stage=state.stage.value,
            type=state.type,
            declared_g=line.declared_g,
            loaded_g=line.loaded_g,
            accepted_g=0 if is_lost else None if is_declined else line.accepted_g,
            refused_g=0 if is_lost else None if is_declined else line.refused_g,
            opinion=line.opinion or "",
            level="H" if is_lost else "" if is_declined else _level(line, tolerance),
            issued_s=times.issued_s,
            departed_s=times.departed_s,
            received_s=received,
            voided_s=voided,
            declined_s=times.received_s if is_declined else None,
            emergency="" if state.emergency is None else state.emergency.chain,
            regularised_s=None if state.emergency is None else state.regularised_s,
            plan=None if plan is None or line.plan_line is None else (plan.chain, plan.site, line.plan_line),
        )
        found.append(row)
    return tuple(found)
