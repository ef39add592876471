"""Whether matching found what is wrong, and nothing else. The truth is known by construction; nothing here asks the matcher's own words for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bench.books.faults import Fault
from bench.books.real import KeptLine
from reports.matching.compared import ComparedBook
from reports.matching.model import MatchOutcome
from reports.matching.stock import StockFinding


class Judged(Struct):
    """Counts of one or many books."""

    made: Counter[str]
    found: Counter[str]
    """With its term and both operands, or named in a tie."""
    tied: Counter[str]
    """Of those: named in a tie."""
    invented: int = 0
    """Findings of lines with which nothing is wrong."""
    missed: list[str] = []

    @classmethod
    def nothing(cls) -> Judged:
        """Before the first."""
        return cls(Counter(), Counter(), Counter(), 0, [])

    def add(self, other: Judged) -> None:
        """Both."""
        self.made += other.made
        self.found += other.found
        self.tied += other.tied
        self.invented += other.invented
        self.missed = [*self.missed, *other.missed]

    @property
    def recall(self) -> float:
        """Of what was made."""
        return self.found.total() / max(1, self.made.total())

    @property
    def precision(self) -> float:
        """Of what was told."""
        return self.found.total() / max(1, self.found.total() + self.invented)


def judge(book: Sequence[KeptLine], faults: Sequence[Fault], compared: ComparedBook) -> Judged:
    """Hold the outcomes against the truth."""
    found, by_log, by_row = Judged.nothing(), dict[str, MatchOutcome](), dict[int, MatchOutcome]()
    for outcome in compared.outcomes:
        by_log |= {line.id: outcome for line in outcome.logged}
        by_row |= {compared.lines[line.id].row: outcome for line in outcome.booked}
    alike = _alike(book)
    explained = set[int]()
    for fault in faults:
        found.made[fault.kind] += 1
        outcomes = _outcomes_of(fault, by_log, by_row, alike)
        outcome = next((one for one in outcomes if _is_told(fault, one)), None)
        if outcome is not None:
            found.found[fault.kind] += 1
            found.tied[fault.kind] += outcome.kind == "ambiguous"
            explained.add(id(outcome))
        else:
            others = [one for one in compared.outcomes if {line.id for line in one.logged} & set(fault.logged)]
            found.missed.append(f"{fault}: {outcomes}; its lines of the log: {others}")
    for outcome in compared.outcomes:
        if id(outcome) not in explained and not _is_clean(outcome, compared, alike):
            found.invented += 1
            found.missed.append(f"invented: {outcome}")
    return found


def judge_stock(faults: Sequence[Fault], told: Sequence[StockFinding]) -> Judged:
    """M1: what does not hold, and whether it was made so."""
    found = Judged.nothing()
    wrong = {(one.check, one.code) for one in told if one.difference_g}
    for fault in faults:
        found.made[fault.kind] += 1
        key = (fault.kind.removeprefix("stock_"), fault.code)
        found.found[fault.kind] += key in wrong
        wrong.discard(key)  # type: ignore[arg-type]  # a check
    found.invented = len(wrong)
    return found


def _alike(book: Sequence[KeptLine]) -> dict[int, list[KeptLine]]:
    """By row those that read as it does, itself among them: which of them tells of which load, nobody can say who was not there."""
    same = defaultdict[bytes, list[KeptLine]](list)
    text = {kept.line.row: msgspec.json.encode(replace(kept.line, row=0)) for kept in book}
    for kept in book:
        same[text[kept.line.row]].append(kept)
    return {row: same[said] for row, said in text.items()}


def _outcomes_of(
    fault: Fault, by_log: dict[str, MatchOutcome], by_row: dict[int, MatchOutcome], alike: dict[int, list[KeptLine]]
) -> list[MatchOutcome]:
    """Those in which it may be told."""
    if fault.kind == "missing_line":
        return [by_log[fault.logged[0]]]
    assert fault.row is not None, "it stands somewhere"
    return [by_row[kept.line.row] for kept in alike[fault.row]]


def _is_told(fault: Fault, outcome: MatchOutcome) -> bool:
    """Both operands are the true ones, and what differs is what was changed."""
    logged = {line.id for line in outcome.logged}
    if outcome.kind == "ambiguous":
        return bool(outcome.again) if fault.kind == "twice" else set(fault.logged) <= logged
    match fault.kind:
        case "missing_line":
            return outcome.kind == "only_logged"
        case "extra_line":
            return outcome.kind == "only_booked"
        case "twice":
            return outcome.kind == "twice" and bool(outcome.again)
        case "summed_trips":
            return outcome.how == "sum" and logged == set(fault.logged)
    told = [one for one in outcome.differed if one.term == fault.term and one.logged != one.booked]
    return outcome.kind == "differs" and logged == set(fault.logged) and len(told) == 1


def _is_clean(outcome: MatchOutcome, compared: ComparedBook, alike: dict[int, list[KeptLine]]) -> bool:
    """It agrees, and with the lines of which it was written."""
    logged = {line.id for line in outcome.logged}
    truths = [[kept.truth for kept in alike[compared.lines[line.id].row]] for line in outcome.booked]
    return outcome.kind == "matched" and any({one for truth in chosen for one in truth} == logged for chosen in product(*truths))


def table(found: Judged) -> Iterator[str]:
    """A line for each kind, and the sum."""
    for kind, made in sorted(found.made.items()):
        yield f"{kind:16} {made:5} made {found.found[kind]:5} found {found.tied[kind]:4} in a tie"
    yield f"{'all':16} {found.made.total():5} made {found.found.total():5} found, {found.invented} invented: recall {found.recall:.4f}, precision {found.precision:.4f}"
