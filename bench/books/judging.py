"""Whether matching found what is wrong, and nothing else. The truth is known by construction; nothing here asks the matcher's own words for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

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
    truth = {kept.line.row: kept.truth for kept in book}
    explained = set[int]()
    for fault in faults:
        found.made[fault.kind] += 1
        outcome = _outcome_of(fault, by_log, by_row, truth)
        if outcome is not None and _is_told(fault, outcome):
            found.found[fault.kind] += 1
            found.tied[fault.kind] += outcome.kind == "ambiguous"
            explained.add(id(outcome))
        else:
            others = [one for one in compared.outcomes if {line.id for line in one.logged} & set(fault.logged) and one is not outcome]
            found.missed.append(f"{fault}: {outcome}; its lines of the log: {others}")
    for outcome in compared.outcomes:
        if id(outcome) not in explained and not _is_clean(outcome, compared, truth):
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


def _outcome_of(
    fault: Fault, by_log: dict[str, MatchOutcome], by_row: dict[int, MatchOutcome], truth: dict[int, tuple[str, ...]]
) -> MatchOutcome | None:
    if fault.kind == "missing_line":
        return by_log.get(fault.logged[0])
    assert fault.row is not None, "it stands somewhere"
    rows = [row for row, logs in truth.items() if logs == fault.logged] if fault.kind == "twice" else [fault.row]
    outcomes = [by_row[row] for row in rows]
    return next((one for one in outcomes if one.kind in ("twice", "ambiguous")), None) if fault.kind == "twice" else outcomes[0]


def _is_told(fault: Fault, outcome: MatchOutcome) -> bool:
    """Both operands are the true ones, and what differs is what was changed."""
    logged = {line.id for line in outcome.logged}
    if outcome.kind == "ambiguous":
        return set(fault.logged) <= logged
    match fault.kind:
        case "missing_line":
            return outcome.kind == "only_logged"
        case "extra_line":
            return outcome.kind == "only_booked"
        case "twice":
            return bool(outcome.again)
        case "summed_trips":
            return outcome.how == "sum" and logged == set(fault.logged)
    told = [one for one in outcome.differed if one.term == fault.term and one.logged != one.booked]
    return outcome.kind == "differs" and logged == set(fault.logged) and len(told) == 1


def _is_clean(outcome: MatchOutcome, compared: ComparedBook, truth: dict[int, tuple[str, ...]]) -> bool:
    """It agrees, and with the line of which it was written."""
    rows = [compared.lines[line.id].row for line in outcome.booked]
    return outcome.kind == "matched" and {one for row in rows for one in truth[row]} == {line.id for line in outcome.logged}


def table(found: Judged) -> Iterator[str]:
    """A line for each kind, and the sum."""
    for kind, made in sorted(found.made.items()):
        yield f"{kind:16} {made:5} made {found.found[kind]:5} found {found.tied[kind]:4} in a tie"
    yield f"{'all':16} {found.made.total():5} made {found.found.total():5} found, {found.invented} invented: recall {found.recall:.4f}, precision {found.precision:.4f}"
