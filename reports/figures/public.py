"""Aggregates without firms, open to anybody (公开): what of the figures may be told, cell by cell (:mod:`reports.figures.hiding`).

Not told, because two of it would give what may not be told: limits and what is taken of them at the end of a month (their difference is the
month's flow), tonnes of decisions by route (their sum over wastes stands with the quotas), the longest and the latest decision (they are one), and
of free capacity tonnes: yearly scales are public record, what is free of them is told in three steps.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import median

from msgspec import Struct

from ledger.mass import format_mass, parse_mass
from ledger.times import day_of
from reports.figures.gathered import FigureSource, alert_counts, capacities, decided, refusal_counts
from reports.figures.hiding import FIRMS_MIN, REST, FigureCell, told
from reports.figures.model import FiguresAsked
from reports.reconciliation.gathered.gathering import Gathering
from whitelist.approval import ApprovalState
from whitelist.quota import q2_account

STEPS = ((500, "ample"), (200, "fair"), (0, "short"))
"""‰ of the scale that are free, from which on it is called so."""


class PublicQuota(Struct, frozen=True, kw_only=True):
    """Tonnes decided on lists and moved under decisions in a month, by category of waste; ``*`` other categories together."""

    month: str
    way: str
    category: str
    decided_t: str
    moved_t: str
    generators: int
    receivers: int


class PublicApproval(Struct, frozen=True, kw_only=True):
    """How many decisions a month brought, and the median of the days that they took."""

    month: str
    way: str
    route: str
    decisions: int
    days_median: float
    workdays_median: float
    generators: int


class PublicCount(Struct, frozen=True, kw_only=True):
    """How often something was refused for a reason, or an alert raised, in a month."""

    month: str
    way: str
    what: str
    """``statement``, ``decision``, ``receipt``; of alerts their level."""
    code: str
    count: int
    firms: int


class PublicCapacity(Struct, frozen=True, kw_only=True):
    """Sites of a province by class of permit: their yearly scale, and how much of it is free at the end of the last month that is over."""

    month: str
    province: str
    permit_class: str
    sites: int
    scale_t: str
    free: str
    """``ample`` from half, ``fair`` from a fifth, ``short`` below."""


class PublicFigures(Struct, frozen=True, kw_only=True):
    """Everything that anybody may have of a period and a pair of provinces. Nobody's firm is in it."""

    period: str
    pair: tuple[str, str]
    months: tuple[str, ...]
    """Those of the period that are over in the log, which alone are told."""
    origin: str
    size: int
    at: str
    """Admission of the last entry."""
    is_demo: bool
    firms_min: int
    """A cell of fewer firms is put together with others, or not told."""
    held_back: tuple[str, ...]
    """Tables of which something is not told at all."""
    quotas: tuple[PublicQuota, ...]
    approvals: tuple[PublicApproval, ...]
    refusals: tuple[PublicCount, ...]
    capacity: tuple[PublicCapacity, ...]
    alerts: tuple[PublicCount, ...]


class _Public:
    """Groups of cells, table by table; what is held back is remembered."""

    def __init__(self) -> None:
        self.held_back: dict[str, None] = {}

    def told(self, table: str, groups: dict[tuple[str, str], list[FigureCell]]) -> Iterator[tuple[str, str, FigureCell]]:
        """Month, way and each cell that is told."""
        for month, way in sorted(groups):
            cells, is_held_back = told(groups[month, way])
            if is_held_back:
                self.held_back[table] = None
            yield from ((month, way, cell) for cell in cells)


def draw_public(gathering: Gathering, asked: FiguresAsked) -> PublicFigures:
    """The aggregates of the months that are over."""
    source, public, log = FigureSource(gathering, asked), _Public(), gathering.log()
    source.months = tuple(month for month in source.months if month < gathering.to.month)
    tables = {
        "quotas": tuple(_quotas(source, public)),
        "approvals": tuple(_approvals(source, public)),
        "refusals": tuple(_refusals(source, public)),
        "capacity": tuple(_capacity(source, public)),
        "alerts": tuple(_alerts(source, public)),
    }
    return PublicFigures(
        period=asked.period,
        pair=asked.pair,
        months=source.months,
        origin=log.origin,
        size=gathering.to.size,
        at=gathering.to.at,
        is_demo=log.clock != "real",
        firms_min=FIRMS_MIN,
        held_back=tuple(public.held_back),
        **tables,  # type: ignore[arg-type]  # each is of its own rows
    )


def _cells(parts: Iterable[tuple[str, dict[str, int], dict[str, tuple[str, int]]]]) -> list[FigureCell]:
    """Cells of (key, amounts, shares as side: (firm, part)), those of one key together."""
    amounts: dict[str, Counter[str]] = {}
    shares: dict[str, dict[str, Counter[str]]] = {}
    for key, amount, sides in parts:
        amounts.setdefault(key, Counter()).update(amount)
        for side, (firm, part) in sides.items():
            shares.setdefault(key, {}).setdefault(side, Counter())[firm] += abs(part)
    return [FigureCell(key, amounts[key], shares.get(key, {})) for key in amounts]


def _firms(cell: FigureCell, *sides: str) -> int:
    return len({firm for side in sides for firm, part in cell.shares.get(side, {}).items() if part})


def _quotas(source: FigureSource, public: _Public) -> Iterator[PublicQuota]:
    groups: dict[tuple[str, str], list[FigureCell]] = {}
    for month in source.months:
        books = source.books(month)
        parts: dict[str, list[tuple[str, dict[str, int], dict[str, tuple[str, int]]]]] = {}
        for chain, state in source.approvals.items():
            generator = chain.split("/")[1]
            for number, line in enumerate(state.lines):
                found = books.get(q2_account(chain, number))
                moved_g = 0 if found is None else sum(found.moved_g.values()) - found.moved_g.get("outside", 0)
                decided_g = line.mass_g if line.listing is not None and _decided_in(state, month) else 0
                sides = {f"{side} {what}": (firm, grams) for what, grams in (("moved", moved_g), ("decided", decided_g))
                         for side, firm in (("generators", generator), ("receivers", state.receiver))}  # fmt: skip
                parts.setdefault("-".join(state.direction), []).append((line.category, {"decided": decided_g, "moved": moved_g}, sides))
        groups |= {(month, way): _cells(found) for way, found in parts.items()}
    for month, way, cell in public.told("quotas", groups):
        yield PublicQuota(
            month=month,
            way=way,
            category=cell.key,
            decided_t=format_mass(cell.amounts["decided"]),
            moved_t=format_mass(cell.amounts["moved"]),
            generators=_firms(cell, "generators moved", "generators decided"),
            receivers=_firms(cell, "receivers moved", "receivers decided"),
        )


def _decided_in(state: ApprovalState, month: str) -> bool:
    return state.decided_s > 0 and day_of(state.decided_s)[:7] == month


def _approvals(source: FigureSource, public: _Public) -> Iterator[PublicApproval]:
    groups: dict[tuple[str, str], list[FigureCell]] = {}
    for (month, way, route), found in decided(source).items():
        firms = Counter(chain.split("/")[1] for chain, _, _ in found)
        receivers = Counter(state.receiver for _, state, _ in found)
        cell = FigureCell(
            route, {"decisions": len(found)}, {"generators": firms, "receivers": receivers}, tuple(time for _, _, time in found)
        )
        groups.setdefault((month, way), []).append(cell)
    for month, way, cell in public.told("approvals", groups):
        yield PublicApproval(
            month=month,
            way=way,
            route=cell.key,
            decisions=cell.amounts["decisions"],
            days_median=float(median(time.days for time in cell.cases)),
            workdays_median=float(median(time.workdays for time in cell.cases)),
            generators=_firms(cell, "generators"),
        )


def _counts(public: _Public, table: str, rows: Iterable[tuple[str, str, str, str, int]]) -> Iterator[PublicCount]:
    """Rows as (month, way, what and code, firm, count)."""
    parts: dict[tuple[str, str], list[tuple[str, dict[str, int], dict[str, tuple[str, int]]]]] = {}
    for month, way, key, firm, count in rows:
        parts.setdefault((month, way), []).append((key, {"count": count}, {"firms": (firm, count)}))
    for month, way, cell in public.told(table, {group: _cells(found) for group, found in parts.items()}):
        what, _, code = (REST, "", REST) if cell.key == REST else cell.key.partition(" ")
        yield PublicCount(month=month, way=way, what=what, code=code, count=cell.amounts["count"], firms=_firms(cell, "firms"))


def _refusals(source: FigureSource, public: _Public) -> Iterator[PublicCount]:
    rows = (
        (row.month, row.way, f"{row.what} {row.reason}", row.firm, row.count)
        for row in refusal_counts(source)
        if _is_firm(source, row.firm)
    )
    yield from _counts(public, "refusals", rows)


def _alerts(source: FigureSource, public: _Public) -> Iterator[PublicCount]:
    rows = (
        (row.month, row.way, f"{row.level} {row.code}", row.firm, row.count) for row in alert_counts(source) if _is_firm(source, row.firm)
    )
    yield from _counts(public, "alerts", rows)


def _is_firm(source: FigureSource, uscc: str) -> bool:
    return bool(uscc) and source.gathering.log().founder(uscc) is None


def _capacity(source: FigureSource, public: _Public) -> Iterator[PublicCapacity]:
    parts: dict[tuple[str, str], list[tuple[str, dict[str, int], dict[str, tuple[str, int]]]]] = {}
    for site in capacities(source):
        scale_g, left_g = parse_mass(site.scale_t), max(parse_mass(site.left_t) if not site.left_t.startswith("-") else 0, 0)
        own = (site.permit_class, {"scale": scale_g, "free": left_g, "sites": 1}, {"receivers": (site.receiver, scale_g)})
        parts.setdefault((site.month, site.division[:2]), []).append(own)
    for month, province, cell in public.told("capacity", {group: _cells(found) for group, found in parts.items()}):
        permille = cell.amounts["free"] * 1000 // cell.amounts["scale"]
        yield PublicCapacity(
            month=month,
            province=province,
            permit_class=cell.key,
            sites=cell.amounts["sites"],
            scale_t=format_mass(cell.amounts["scale"]),
            free=next(word for step, word in STEPS if permille >= step),
        )
