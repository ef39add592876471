"""M1: the stock identity (贮存量勾稽) of a firm's books, by code. Tolerance 0, as law §6.1 has it.

Within C.1: 上月底剩余 + 产生（或接受） − 自行利用处置 − 委外 = 本月底剩余. Between months: this month's opening is last month's closing. Between tables: B.1 is
what C.1 says was made, B.4 what it says was used, B.5 what went out, B.2 less B.3 what the stock has grown by. Without C.1: what was made or left
the stock went into it, was used or sent out, B.1 + B.3 = B.2 + B.4 + B.5 (B.4 and B.5 name batches of either).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from reports.books.model import BookKind, BookLine

StockCheck = Literal["identity", "carried", "made", "used", "out", "moved", "flows"]
"""月报勾稽, 上月结转, B.1 与 C.1 产生量, B.4 与 C.1 自行利用处置量, B.5 与 C.1 委外量, B.2 减 B.3 与 C.1 贮存增减, B.1 加 B.3 与 B.2、B.4、B.5 之和."""


class StockFinding(Struct, frozen=True, kw_only=True):
    """One stock check of one code: both operands in grams, equal or not."""

    check: StockCheck
    code: str
    left_g: int
    right_g: int
    left: str
    """Where the left operand comes from: a kind of book, ``c1`` of this month or ``c1 <month>`` of the one before."""
    right: str
    terms_g: tuple[tuple[str, int], ...] = ()
    """Of ``identity``: what the left operand is made of, in order."""

    @property
    def difference_g(self) -> int:
        """Left less right; 0 where it holds."""
        return self.left_g - self.right_g


class _Sums(Struct):
    """Grams of one book by code and what was told."""

    told: defaultdict[str, dict[str, int]]

    @classmethod
    def of(cls, lines: Iterable[BookLine]) -> _Sums:
        found = defaultdict[str, dict[str, int]](dict)
        for line in lines:
            what = f"{line.side} {line.term}".rstrip()
            found[line.code][what] = found[line.code].get(what, 0) + line.mass_g
        return cls(found)

    def g(self, code: str, what: str) -> int:
        """0 where nothing is told."""
        return self.told.get(code, {}).get(what, 0)


_FLOWING: tuple[BookKind, ...] = ("b1", "b2", "b3", "b5")
OPENING, CLOSING, ENTERED, LEFT = (f"stock {term}" for term in ("opening", "closing", "entered", "left"))


def stock_findings(
    books: Mapping[BookKind, Iterable[BookLine]], before: Iterable[BookLine] = (), last_month: str = ""
) -> tuple[StockFinding, ...]:
    """Every check that the books of one firm and month allow, by code; ``before`` is C.1 of ``last_month``."""
    sums = {kind: _Sums.of(lines) for kind, lines in books.items()}
    earlier = _Sums.of(before)
    found = list[StockFinding]()
    if (report := sums.get("c1")) is not None:
        found += _within(report)
        found += _carried(report, earlier, last_month)
        found += _between(sums, report)
    found += _flows(sums)
    return tuple(sorted(found, key=lambda one: (one.code, one.check)))


def _within(report: _Sums) -> Iterator[StockFinding]:
    for code, told in report.told.items():
        if not {OPENING, CLOSING} & told.keys():
            continue  # no stock is told of it
        signs = {OPENING: 1, "made": 1, "in": 1, "used": -1, "out": -1}
        terms = tuple((what, sign * told.get(what, 0)) for what, sign in signs.items() if what in told)
        closing_g = told.get(CLOSING, 0)
        left_g = sum(grams for _, grams in terms)
        yield StockFinding(check="identity", code=code, left_g=left_g, right_g=closing_g, left="c1", right="c1", terms_g=terms)


def _carried(report: _Sums, earlier: _Sums, last_month: str) -> Iterator[StockFinding]:
    stocked = {code for code, told in earlier.told.items() if CLOSING in told} if last_month else set[str]()
    now = {code for code, told in report.told.items() if OPENING in told} if stocked else set[str]()
    for code in stocked | now:
        left_g, right_g = earlier.g(code, CLOSING), report.g(code, OPENING)
        if left_g or right_g:
            yield StockFinding(check="carried", code=code, left_g=left_g, right_g=right_g, left=f"c1 {last_month}", right="c1")


def _flows(sums: Mapping[BookKind, _Sums]) -> Iterator[StockFinding]:
    """Where the tables are there; a firm that treats nothing itself keeps no B.4, unless its report says that it does."""
    report = sums.get("c1")
    used = sums.get("b4") or (_Sums.of(()) if report is None or not any("used" in told for told in report.told.values()) else None)
    if used is None or any(kind not in sums for kind in _FLOWING):
        return
    made, into, out_of, sent = (sums[kind] for kind in _FLOWING)
    for code in {code for one in (made, into, out_of, used, sent) for code in one.told}:
        terms = (
            ("made", made.g(code, "made")), (LEFT, out_of.g(code, LEFT)), (ENTERED, -into.g(code, ENTERED)),
            ("used", -used.g(code, "used")), ("out", -sent.g(code, "out")),
        )  # fmt: skip
        came_g, went_g = sum(grams for _, grams in terms if grams > 0), -sum(grams for _, grams in terms if grams < 0)
        yield StockFinding(check="flows", code=code, left_g=came_g, right_g=went_g, left="b1+b3", right="b2+b4+b5", terms_g=terms)


def _between(sums: Mapping[BookKind, _Sums], report: _Sums) -> Iterator[StockFinding]:
    tables: tuple[tuple[StockCheck, BookKind, str], ...] = (("made", "b1", "made"), ("used", "b4", "used"), ("out", "b5", "out"))
    for check, kind, what in tables:
        if (table := sums.get(kind)) is not None:
            for code in {code for one in (table, report) for code, told in one.told.items() if what in told}:
                left_g, right_g = table.g(code, what), report.g(code, what)
                yield StockFinding(check=check, code=code, left_g=left_g, right_g=right_g, left=kind, right="c1")
    into, out_of = sums.get("b2"), sums.get("b3")
    if into is not None and out_of is not None:
        codes = {code for one, what in ((into, ENTERED), (out_of, LEFT)) for code, told in one.told.items() if what in told}
        for code in codes | {code for code, told in report.told.items() if {OPENING, CLOSING} & told.keys()}:
            grown_g = report.g(code, CLOSING) - report.g(code, OPENING)
            moved_g = into.g(code, ENTERED) - out_of.g(code, LEFT)
            yield StockFinding(check="moved", code=code, left_g=moved_g, right_g=grown_g, left="b2-b3", right="c1")
