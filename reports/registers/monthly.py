"""HJ 1259-2022 表 C.1 of a firm: what the log knows of it, what the firm's own books say, and which cells are left for the firm. Pure.

The log knows what left (委托外单位) and the stock of what a receiver took over. It does not know what is produced, what a generator uses itself
or has in stock: such a cell is filled from the firm's own books where they were handed in, else left for the firm and named. Nothing is made up.
Appendix C is informative (资料性), and the template of the platform is not known here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.directory import party_name
from ledger.times import day_of, parse_at
from manifests.model import LineState, ManifestState
from manifests.recorded import record_of
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.line import Period
from reports.registers.gathered import FirmSource
from reports.registers.model import DrawnFrom, FirmStock, OwnFigure, RegisterAsked
from whitelist.catalogue import HAZARDS, PREFIX, Catalogue, edition_on

FIRM_FILLS = ("produced_g", "own_method", "own_g", "stock_opening_g", "stock_closing_g")
"""Columns of C.1 that the log cannot know of what a firm produces itself."""


class WasteWords(Struct, frozen=True):
    """How a waste is called in C.1: both names, category, components, form, hazards."""

    internal_name: str
    catalogue_name: str
    category: str
    components: str
    form: str
    hazards: str


class ReportRow(Struct, frozen=True, kw_only=True):
    """A row of C.1. Of a waste with several ways out or several methods the later rows hold only these, ``first`` all else."""

    part: str
    """``produced`` 本单位产生, ``received`` 接收后贮存的."""
    first: bool
    code: str
    words: WasteWords
    produced_g: int | None = None
    own_method: str = ""
    own_g: int | None = None
    province: str = ""
    partner: str = ""
    permit_no: str = ""
    method: str = ""
    sent_g: int | None = None
    stock_opening_g: int | None = None
    stock_closing_g: int | None = None
    refused_g: int = 0
    """Ours: of what left in the period, refused; ``sent_g`` is without it."""
    accepted_g: int = 0
    """Ours: received in the period."""
    lacking: tuple[str, ...] = ()
    """Columns left for the firm to fill."""
    sources: Mapping[str, str] = {}
    """Columns filled from the firm's own books, and where they stand."""


class MonthlyReport(Struct, frozen=True, kw_only=True):
    """C.1 of a firm."""

    asked: RegisterAsked
    period: Period
    log: DrawnFrom
    name: str
    rows: tuple[ReportRow, ...]
    names: Mapping[str, str]
    report_day: int
    classes: tuple[str, ...]
    """管理计划类别 of its open sites."""
    in_transit_g: int
    """Left in or before the period and not received at its end: within ``sent_g`` of its month."""
    manifests: int
    """That departed in the period, returns left out."""


class _Way(Struct, frozen=True):
    """Where a waste goes: a column group of C.1."""

    province: str
    partner: str
    permit_no: str
    method: str


class _Waste(Struct):
    """A waste while it is gathered."""

    words: list[tuple[str, ...]] = []
    ways: Counter[_Way] = field(default_factory=Counter)
    refused_g: int = 0


def draw_report(gathering: Gathering, asked: RegisterAsked, root: str) -> MonthlyReport:
    """The report; ``root`` (base64) is the checkpoint's. Refusals of :func:`check_asked`, REGISTER_TOO_LARGE."""
    source = FirmSource(gathering, asked)
    period, wastes = source.period, defaultdict[tuple[str, str, str], _Waste](_Waste)
    names, manifests, in_transit_g = dict[str, str](), 0, 0
    for trunk, state, _ in source.manifests():
        departed_s, received_s = state.times.departed_s, state.times.received_s
        if state.receiver == asked.party and state.route != "RETURN" and received_s is not None and received_s < period.end_s:
            for line, words in zip(state.lines, _said(source, trunk, state), strict=True):
                wastes["received", line.code, ""].words.append(words)
        if state.generator != asked.party or state.route == "RETURN" or departed_s is None or departed_s >= period.end_s:
            continue
        if received_s is None or received_s >= period.end_s:
            in_transit_g += sum(line.sent_g for line in state.lines) if state.gap is None else 0
        if period.holds(departed_s):
            manifests += 1
            names[state.receiver] = party_name(source.facts, state.receiver)
            _add(source, wastes, trunk, state)
    day = day_of(min(period.end_s - 1, parse_at(gathering.to.at)))
    catalogue: Catalogue | None = edition_on(source.facts, PREFIX, day)
    told = _own_by_waste(asked.own, [(code, name) for part, code, name in wastes if part == "produced"])
    for code, name in told:
        wastes["produced", code, name]  # begun where nothing of it left
    stock = {found.code: found for found in source.stock()}
    for code in stock:
        wastes["received", code, ""]  # begun where nothing of it left
    rows = [
        row
        for (part, code, name), waste in sorted(wastes.items())
        for row in _rows(part, code, name, waste, catalogue, stock.get(code) if part == "received" else None, told.get((code, name), ()))
    ]
    return MonthlyReport(
        asked=asked,
        period=period,
        log=source.drawn_from(root),
        name=party_name(source.facts, asked.party),
        rows=tuple(rows),
        names=names,
        report_day=source.report_day,
        classes=source.classes(),
        in_transit_g=in_transit_g,
        manifests=manifests,
    )


def _add(source: FirmSource, wastes: defaultdict[tuple[str, str, str], _Waste], trunk: str, state: ManifestState) -> None:
    """What departed of one manifest, line by line: of lots (来源批次) what was received, the rest the generator's own."""
    for line, words in zip(state.lines, _said(source, trunk, state), strict=True):
        way = _Way(state.destination.division[:2], state.receiver, source.permit_no(state), line.method)
        left_g = line.sent_g - (line.refused_g or 0)
        lots_g = min(left_g, sum(lot.mass_g for lot in line.lots))
        for part, name, mass_g in (("received", "", lots_g), ("produced", words[0], left_g - lots_g)):
            if part == "produced" and line.lots and not mass_g:
                continue
            if part == "received" and not line.lots:
                continue
            waste = wastes[part, line.code, name]
            waste.words.append(words)
            waste.ways[way] += mass_g
            waste.refused_g += _refused_share(line, part)


def _said(source: FirmSource, trunk: str, state: ManifestState) -> list[tuple[str, ...]]:
    """Of each line: what it is called, its components, its form, its hazards in the order of the catalogue's letters; corrected values."""
    issued = record_of(source.facts, trunk)["lines"]
    return [
        (said.get("internal_name") or line.name, said["components"], line.form, *sorted(said["hazards"], key=HAZARDS.index))
        for line, said in zip(state.lines, issued, strict=True)
    ]


def _refused_share(line: LineState, part: str) -> int:
    """Refused grams stand once: with the lots where there are any."""
    return (line.refused_g or 0) if (part == "received") == bool(line.lots) else 0


def _rows(
    part: str,
    code: str,
    name: str,
    waste: _Waste,
    catalogue: Catalogue | None,
    stock: FirmStock | None,
    own: Sequence[OwnFigure],
) -> Iterable[ReportRow]:
    first = ReportRow(part=part, first=True, code=code, words=_words(code, name, waste, catalogue), refused_g=waste.refused_g)
    methods: list[tuple[str, int]] = []
    if part == "received":
        if stock is not None:
            first = replace(first, stock_opening_g=stock.opening_g, stock_closing_g=stock.closing_g, accepted_g=stock.accepted_g)
            methods = list(stock.treated_g.items())
    else:
        first, methods = _with_own(first, own)
    ways = sorted(waste.ways.items(), key=lambda item: (item[0].partner, item[0].permit_no, item[0].method))
    for number in range(max(1, len(methods), len(ways))):
        row = first if number == 0 else ReportRow(part=part, first=False, code=code, words=first.words)
        if number < len(methods):
            method, mass_g = methods[number]
            row = replace(row, own_method=method, own_g=mass_g)
        if number < len(ways):
            way, mass_g = ways[number]
            row = replace(row, province=way.province, partner=way.partner, permit_no=way.permit_no, method=way.method, sent_g=mass_g)
        yield row


def _words(code: str, name: str, waste: _Waste, catalogue: Catalogue | None) -> WasteWords:
    known = None if catalogue is None else catalogue.wastes.get(code)

    def joined(pick: Callable[[tuple[str, ...]], Iterable[str]]) -> str:
        return "、".join(dict.fromkeys(text for one in waste.words for text in pick(one)))

    return WasteWords(
        internal_name=name or joined(lambda one: one[:1]),
        catalogue_name="" if known is None else known.description,
        category=f"HW{code[-2:]}" + ("" if known is None else f" {known.category_name}"),
        components=joined(lambda one: one[1:2]),
        form=joined(lambda one: one[2:3]),
        hazards=joined(lambda one: one[3:]),
    )


def _own_by_waste(own: Iterable[OwnFigure], known: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[OwnFigure, ...]]:
    """Figures by the waste of the log that they are about: of the same name, else the only one of the code; else a waste of its own."""
    found: defaultdict[tuple[str, str], tuple[OwnFigure, ...]] = defaultdict(tuple)
    for figure in own:
        same = [waste for waste in known if waste[0] == figure.code]
        key = figure.code, figure.waste
        found[same[0] if key not in same and len(same) == 1 else key] += (figure,)
    return dict(found)


def _with_own(row: ReportRow, own: Sequence[OwnFigure]) -> tuple[ReportRow, list[tuple[str, int]]]:
    """The row with what the firm's own books say of the waste, and its own use by method; what they do not say is the firm's to fill."""
    figures: dict[str, int] = {}
    sources: dict[str, list[str]] = {}
    methods: Counter[str] = Counter()
    for figure in own:
        column = {"made": "produced_g", "used": "own_g", "opening": "stock_opening_g", "closing": "stock_closing_g"}[figure.what]
        figures[column] = figures.get(column, 0) + figure.mass_g
        sources.setdefault(column, []).append(figure.source)
        if figure.what == "used":
            methods[figure.method] += figure.mass_g
    if methods:
        sources["own_method"] = sources["own_g"]
    told = {name: mass_g for name, mass_g in figures.items() if name != "own_g"}
    found = replace(
        row,
        **told,
        lacking=tuple(column for column in FIRM_FILLS if column not in sources),
        sources={column: "；".join(dict.fromkeys(places)) for column, places in sources.items()},
    )
    return found, sorted(methods.items())
