"""A real log in memory, and the books that its firms would keep of it without a fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from hashlib import sha256
from random import Random

from msgspec import Struct

from bench.export import admitted
from bench.years.years import Years
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import DataSets
from ledger.admission.personality import CURRENT, RULESETS
from ledger.auditing.disk_map import DiskFacts, DiskMap
from ledger.directory import party_name
from ledger.times import day_of
from liandan.wiring import KINDS
from manifests.case import cases_of, in_force
from manifests.model import ManifestState
from reports.books.model import Book, BookKind, BookLine
from reports.matching.sides import Direction, logged_lines
from reports.reconciliation.line import Period, period_of
from whitelist.adopted import data_files

Manifests = list[tuple[str, ManifestState]]


class RealMonth(Struct, frozen=True, kw_only=True):
    """What one firm did in one month, on one side, with its manifests of the months beside it."""

    holder: str
    side: Direction
    month: str
    manifests: Manifests
    names: Mapping[str, str]

    @property
    def period(self) -> Period:
        """Of the month."""
        return period_of(self.month)


def manifests_of(years: Years) -> tuple[Manifests, dict[str, str]]:
    """Every manifest as it stands at the end, corrections included, and registered names by USCC."""
    data = {f"data/{sha256(raw).hexdigest()}": raw for raw in (RULESETS[CURRENT].file, *(file.path.read_bytes() for file in data_files()))}
    chains = dict[str, None]()
    with closing(DiskMap(None, KINDS.encode, KINDS.decode)) as disk:
        facts = DiskFacts(DataSets(KINDS, data.get), disk)
        for raw in admitted(facts, years.posted()):
            chain = read_entry(raw, KINDS).statement.chain
            if chain.startswith("manifest/"):
                chains[chain] = None
        found = [(chain, in_force(facts.state(chain), cases_of(facts, chain))) for chain in chains]
        names = {party: party_name(facts, party) for _, state in found for party in (state.generator, state.receiver)}
    return found, names


def months_of(manifests: Manifests, names: Mapping[str, str], months: Sequence[str], least: int = 6) -> Iterator[RealMonth]:
    """Every firm and side with ``least`` lines or more in a month."""
    by_firm = defaultdict[tuple[str, Direction], Manifests](list)
    for chain, state in manifests:
        by_firm[state.generator, "out"].append((chain, state))
        by_firm[state.receiver, "in"].append((chain, state))
    for (holder, side), theirs in sorted(by_firm.items()):
        for month in months:
            lines = [line for line in logged_lines(theirs, holder, side, period_of(month)) if line.is_due]
            if len(lines) >= least:
                yield RealMonth(holder=holder, side=side, month=month, manifests=theirs, names=names)


class KeptLine(Struct, kw_only=True):
    """A line of a book on its way, and the lines of the log that it tells of."""

    line: BookLine
    truth: tuple[str, ...]
    """:attr:`SideLine.id` of the log."""


def kept_book(real: RealMonth, kind: BookKind, dice: Random) -> list[KeptLine]:
    """The book without a fault, in the order of days. A platform has numbers and codes of firms, a firm's own book names alone (HJ 1259 has no
    column for the number); what left is written down as it was declared, or as it was weighed at loading."""
    states, found = dict(real.manifests), list[KeptLine]()
    for mine in logged_lines(real.manifests, real.holder, real.side, real.period):
        if not mine.is_due:
            continue
        chain, _, _ = mine.id.partition(" ")
        state, has_numbers = states[chain], kind == "platform"
        happened_s = state.times.departed_s if real.side == "out" else state.times.received_s
        assert happened_s is not None, "it is of the month"
        line = BookLine(
            holder=real.holder,
            book="",
            sheet="委外" if kind == "b5" else "明细",
            row=0,
            side=real.side,
            day=day_of(happened_s),
            manifest_no=state.number if has_numbers else None,
            code=mine.code,
            mass_g=mine.also_g if mine.also_g is not None and dice.random() < 0.5 else mine.mass_g,
            partner=mine.partner if has_numbers else "",
            partner_name=real.names[mine.partner],
            plate=mine.plate if has_numbers else None,
        )
        found.append(KeptLine(line=line, truth=(mine.id,)))
    found.sort(key=lambda kept: (kept.line.day, kept.truth))
    return found


def loads_of(real: RealMonth) -> frozenset[tuple[str, str, str | None, int]]:
    """As what the loads of the log read in a book, those of other months, too: by code or by name of the partner, by each of their masses."""
    lines = logged_lines(real.manifests, real.holder, real.side, real.period)
    return frozenset(
        (partner, line.code, None if line.day is None else date.fromordinal(line.day).isoformat(), mass_g)
        for line in lines
        for partner in (line.partner, real.names[line.partner])
        for mass_g in (line.mass_g, line.also_g or line.mass_g)
    )


def book_of(real: RealMonth, kind: BookKind, lines: int, month: str = "") -> Book:
    """What the store would say of it."""
    name = f"01K9{kind.upper():0>10.10}{real.side.upper():0>4}{(month or real.month).replace('-', '')}00"
    return Book(
        id=name, holder=real.holder, kind=kind, month=month or real.month, file=f"{kind}.xlsx", sha256="0" * 64, lines_hash="0" * 64,
        lines=lines, put_at_s=0, put_by=real.holder,
    )  # fmt: skip
