"""What came of the story: counted from the exported evidence, entry by entry, not from anything the server says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.auditing.audit import AuditReport
from ledger.mass import format_mass, parse_mass
from ledger.model import Statement
from liandan.demo.cast import CAST
from liandan.demo.play import Event, Played
from liandan.demo.world import World
from liandan.wiring import RULES
from manifests.mass import balance
from manifests.model import Stage
from manifests.naming import Reports, noted
from manifests.view import ManifestView, concerns, fold
from whitelist.quota import q1_account, q2_account, q3_account

NOTICE = "演示 / DEMO：时钟为模拟时钟，单位均为虚构，本目录内容不具有任何法律效力。"


class Books:
    """Folds an audited log into manifests, accounts and flags: give :meth:`watch` to the audit."""

    def __init__(self) -> None:
        self.views: dict[str, ManifestView] = {}
        self._reports = Reports()
        self.used_g: dict[str, int] = {}
        self.tags: Counter[str] = Counter()
        self.alerts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.reports: list[Statement] = []
        """Reports on the years of lists."""

    def watch(self, entry: Entry) -> None:
        """Take one entry into the books."""
        trunk = concerns(entry)
        if trunk is not None:
            self.views[trunk] = fold(self.views.get(trunk), entry)
        for named in self._reports.named_by(entry):
            self.views[named] = noted(self.views[named], entry)
        decision = entry.admission.decision
        self.used_g.update((row.account, row.after_g) for row in decision.accounts)
        self.tags.update(tag[0] for tag in decision.tags)
        self.alerts.update(f"{level} {code}" for level, code in decision.alerts)
        self.kinds[entry.statement.kind] += 1
        if entry.statement.kind == "list.report/1":
            self.reports.append(entry.statement)


class Balance(Struct, frozen=True, kw_only=True):
    """A quota account at the end: tonnes it may hold, holds, and has left."""

    account: str
    holder: str
    limit_t: str
    used_t: str
    left_t: str


class Direction(Struct, frozen=True, kw_only=True):
    """One waste one way: manifests and tonnes, where the grams are."""

    direction: str
    code: str
    name: str
    manifests: int
    mass_t: dict[str, str]


class Witnessed(Struct, frozen=True, kw_only=True):
    """What a witness holds at the end: its own copy of the log, fetched and checked entry by entry."""

    witness: str
    authority: str
    size: int
    agrees: bool
    """Whether its tiles and entries are those of the export, byte for byte, under the same root."""
    findings: int
    """Of an audit of the mirror alone."""


class Exchanged(Struct, frozen=True, kw_only=True):
    """A row of a report on a list's year, as its authority signed it: tonnes."""

    list: str
    by: str
    holder: str
    received_t: str
    disposed_t: str
    stock_t: str


class MonthClosed(Struct, frozen=True, kw_only=True):
    """A direction of the month, closed by the job and confirmed by both authorities after their own computation."""

    period: str
    way: str
    index: int
    """Entry of the close."""
    size: int
    """Entries of the log at which the statement is drawn."""
    json: str
    """SHA-256 of the statement's JSON, as it was signed."""


class RefusedCount(Struct, frozen=True, kw_only=True):
    """What was refused: the case in words, the act, the codes with their texts, how many statements."""

    case: str
    kind: str
    why: dict[str, str]
    statements: int


class Summary(Struct, kw_only=True):
    """``summary.json``. Masses are decimal tonnes. With the same seed states, refusals, flags, masses and balances are the same. ``root``
    is not: receipts are stamped, and which of the racing loads won is a matter of microseconds.
    """

    notice: str = NOTICE
    month: str
    seed: int
    origin: str
    found: str
    size: int
    root: str
    clock: str
    attempted: int
    """Manifests that were to be issued."""
    refused_at_issue: int
    states: dict[str, int]
    """Manifests by stage at the end of the month."""
    routes: dict[str, int]
    refused_statements: int
    refusals: dict[str, int]
    """By code; a statement refused for several reasons counts at each."""
    refused: tuple[RefusedCount, ...]
    """What was refused and why, in the order of the story."""
    events: tuple[Event, ...]
    """What befell lists and emergencies."""
    exchanged: tuple[Exchanged, ...]
    """The reports on the lists' year, which the log had filled in."""
    race: dict[str, int]
    alerts: dict[str, int]
    tags: dict[str, int]
    entries: dict[str, int]
    """Entries by kind."""
    directions: tuple[Direction, ...]
    balances: tuple[Balance, ...]
    certificates: int
    statements: tuple[str, ...]
    """Files of the monthly statements."""
    months: tuple[MonthClosed, ...] = ()
    """The closes of the month, which both authorities have confirmed."""
    audit: dict[str, int | bool]
    witnesses: tuple[Witnessed, ...] = ()
    """Witnesses stamp real time, whatever the log simulates."""
    data_dir: str
    seconds: dict[str, float]
    """How long each phase took."""


def summarize(seed: int, month: str, world: World, played: Played, books: Books, report: AuditReport) -> Summary:
    """The summary without the files, which are counted by whoever wrote them."""
    views, told = books.views.values(), Counter(played.turned)
    refused = tuple(
        RefusedCount(case=one.title, kind=one.kind, why={code: RULES[code].zh for code in one.codes}, statements=count)
        for one, count in told.items()
    )
    found = {"clean": report.is_clean, "findings": report.count, "entries": report.entries, "checkpoints": report.checkpoints}
    return Summary(
        month=month, seed=seed, origin=report.origin, found=report.found, size=report.size, root=report.root, clock=report.clock,
        attempted=len(views) + played.refused_issues, refused_at_issue=played.refused_issues,
        states=_counted(Counter(view.state.stage.value for view in views)), routes=_counted(Counter(view.state.route for view in views)),
        refused_statements=len(played.turned), refusals=_counted(played.refused), refused=refused,
        events=tuple(played.events), exchanged=tuple(_exchanged(world, books.reports)),
        race=dict(zip(("clients", "admitted"), played.race, strict=True)), alerts=_counted(books.alerts), tags=_counted(books.tags),
        entries=_counted(books.kinds), directions=_directions(books.views), balances=tuple(_balances(world, books.used_g)),
        certificates=0, statements=(), audit=found, data_dir="", seconds={},
    )  # fmt: skip


def _counted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))


def _directions(views: Mapping[str, ManifestView]) -> tuple[Direction, ...]:
    """Every waste each way, with its mass balance; what was voided or declined never moved and does not count."""
    grouped: defaultdict[tuple[str, str, str], list[ManifestView]] = defaultdict(list)
    for state, view in ((view.state, view) for view in views.values()):
        if state.stage is not Stage.VOIDED and not state.is_declined:
            way = f"{state.origin.division[:2]}→{state.destination.division[:2]}"
            grouped[way, state.lines[0].code, state.lines[0].name].append(view)
    found = []
    for (way, code, name), moved in sorted(grouped.items()):
        mass_t = {part: format_mass(grams) for part, grams in balance(line for view in moved for line in view.state.lines).items()}
        found.append(Direction(direction=way, code=code, name=name, manifests=len(moved), mass_t=mass_t))
    return tuple(found)


def _exchanged(world: World, reports: Iterable[Statement]) -> Iterator[Exchanged]:
    ways, names = {chain: way for way, chain in world.lists.items()}, {firm.uscc: firm.name for firm in CAST.firms}
    for statement in reports:
        holders = [CAST.firm(receiver).name for receiver, _ in CAST.rows(ways[statement.chain])]
        for row in statement.body.rows:
            masses = {"received_t": row.received_t, "disposed_t": row.disposed_t or "", "stock_t": row.stock_t or ""}
            yield Exchanged(list=statement.chain, by=names[statement.by[0]], holder=holders[row.row], **masses)


def _balances(world: World, used_g: Mapping[str, int]) -> Iterator[Balance]:
    """The three quotas: Q1 of every listing, Q2 of every decision, Q3 of every permit."""
    rows = [(way, number, *row) for way in CAST.lists for number, row in enumerate(CAST.rows(way))]
    limits = [(q1_account(world.lists[way], number), receiver, quota_t) for way, number, receiver, quota_t in rows]
    limits += [(q2_account(world.approvals[name], 0), flow.generator, flow.t) for name, flow in CAST.flows.items() if flow.agree]
    limits += [(q3_account(world.permits[name]), name, permit.t) for name, permit in CAST.permits.items()]
    for account, holder, limit_t in limits:
        limit_g, used = parse_mass(limit_t), used_g.get(account, 0)
        masses = {"limit_t": format_mass(limit_g), "used_t": format_mass(used), "left_t": format_mass(limit_g - used)}
        yield Balance(account=account, holder=CAST.firm(holder).name, **masses)
