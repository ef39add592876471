"""Books of a real log's firms, spoiled by a seed, matched, and judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from random import Random

from msgspec.structs import replace

from bench.books.faults import LINE_KINDS, Fault, FaultKind, spoil
from bench.books.judging import Judged, judge, judge_stock
from bench.books.real import RealMonth, book_of, kept_book, loads_of
from reports.books.model import BookKind, BookLine
from reports.matching.compared import compare
from reports.matching.stock import stock_findings

SHARE = 6
"""Lines of a book for each fault in it: a book in which most is wrong tells nothing."""


def campaign(months: Sequence[RealMonth], seed: int, faults: int = 200) -> Judged:
    """So many faults, in turn of every kind, over the books of these firms again and again."""
    dice, found = Random(f"books {seed}"), Judged.nothing()
    kinds, left = cycle(LINE_KINDS), faults
    for real in _again_and_again(months, dice):
        if left <= 0:
            break
        kind: BookKind = dice.choice(("platform", "b5" if real.side == "out" else "enterprise"))
        clean = kept_book(real, kind, dice)
        book, made = spoil(clean, list(islice(kinds, min(left, max(1, len(clean) // SHARE)))), dice, loads_of(real))
        lines = [kept.line for kept in book]
        [compared] = compare(real.holder, real.period, [(book_of(real, kind, len(lines)), lines)], real.manifests, real.names).books
        found.add(judge(book, made, compared))
        found.add(_stock(real, clean_lines=[kept.line for kept in clean], dice=dice) if dice.random() < 0.5 else Judged.nothing())
        left = faults - found.made.total()
    return found


def _again_and_again(months: Sequence[RealMonth], dice: Random) -> Iterator[RealMonth]:
    while True:
        yield from dice.sample(list(months), len(months))


def _stock(real: RealMonth, clean_lines: Sequence[BookLine], dice: Random) -> Judged:
    """Monthly reports of two months that carry over, but for one mass of one code."""
    codes = sorted({line.code for line in clean_lines})
    wrong, kind = dice.choice(codes), dice.choice(("stock_identity", "stock_carried"))
    before, now = list[BookLine](), list[BookLine]()
    for row, code in enumerate(codes, 4):
        out_g = sum(line.mass_g for line in clean_lines if line.code == code)
        opening_g, used_g = dice.randrange(10_000) * 1000, dice.randrange(5_000) * 1000
        made_g = out_g + used_g + dice.randrange(5_000) * 1000
        terms = {"opening": opening_g, "made": made_g, "used": used_g, "out": out_g, "closing": opening_g + made_g - used_g - out_g}
        before.append(_report(real, row, code, "closing", opening_g))
        if code == wrong and kind == "stock_identity":
            terms["closing"] += dice.choice((-1, 1, 1_000, 90_000))
        if code == wrong and kind == "stock_carried":
            before[-1] = replace(before[-1], mass_g=opening_g + dice.choice((1, 1_000, 90_000)))
        now += [_report(real, row, code, term, mass_g) for term, mass_g in terms.items()]
    fault: FaultKind = kind  # type: ignore[assignment]  # one of the two
    return judge_stock([Fault(kind=fault, code=wrong)], stock_findings({"c1": now}, before, "last"))


def _report(real: RealMonth, row: int, code: str, term: str, mass_g: int) -> BookLine:
    is_stock = term in ("opening", "closing")
    side, said = ("stock", term) if is_stock else (term, "")
    return BookLine(holder=real.holder, book="", sheet="月报", row=row, side=side, term=said, code=code, mass_g=mass_g)  # type: ignore[arg-type]
