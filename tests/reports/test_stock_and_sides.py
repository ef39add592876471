"""M1 within a firm's books, M2 and M3 in sum, and what a line of a book or a manifest becomes when it is compared."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from msgspec.structs import replace

from reports.books.model import Book, BookLine
from reports.items.model import KEY_PATTERN
from reports.items.open import check_of, of_books
from reports.matching.compared import ComparedMonth, compare
from reports.matching.sides import name_key, partners
from reports.matching.stock import StockFinding, stock_findings
from reports.matching.words import explained
from reports.reconciliation.line import period_of
from signing.phrase import Phrase
from tests.reports.month import october
from tests.reports.story import GENERATOR, NAMES, RECEIVER, Story, trunk

CODE = "900-052-31"
OCTOBER = period_of("2026-10")


def line(row: int, side: Any, mass_t: float, term: Any = "", **more: Any) -> BookLine:
    said = {"holder": GENERATOR, "book": "", "sheet": "月报", "code": CODE, **more}
    return BookLine(row=row, side=side, term=term, mass_g=round(mass_t * 1_000_000), **said)


def report(opening: float, made: float, used: float, out: float, closing: float) -> list[BookLine]:
    stock = [line(5, "stock", opening, "opening"), line(5, "stock", closing, "closing")]
    return [*stock, line(5, "made", made), line(5, "used", used), line(5, "out", out, partner=RECEIVER)]


def wrong(found: tuple[StockFinding, ...]) -> list[tuple[str, int]]:
    return [(one.check, one.difference_g) for one in found if one.difference_g]


def test_the_stock_identity_holds_to_the_gram_or_both_operands_are_told() -> None:
    good = report(1, 10, 2, 5, 4)
    assert wrong(stock_findings({"c1": good})) == []
    [found] = stock_findings({"c1": report(1, 10, 2, 5, 4.000001)})
    assert (found.left_g, found.right_g, found.difference_g) == (4_000_000, 4_000_001, -1)
    assert found.terms_g == (("stock opening", 1_000_000), ("made", 10_000_000), ("used", -2_000_000), ("out", -5_000_000))
    assert wrong(stock_findings({"c1": good}, report(0, 1, 0, 0, 1), "2026-09")) == []
    assert wrong(stock_findings({"c1": good}, report(0, 1, 0, 0.5, 0.5), "2026-09")) == [("carried", -500_000)]
    assert wrong(stock_findings({"c1": good}, [line(5, "stock", 3, "closing", code="900-249-08")], "2026-09")) == [
        ("carried", -1_000_000),
        ("carried", 3_000_000),
    ], "a code that the report of this month lacks was not carried over either"


def test_tables_are_held_against_the_report() -> None:
    tables: dict[Any, list[BookLine]] = {
        "c1": report(1, 10, 2, 5, 4),
        "b1": [line(4, "made", 6), line(5, "made", 4)],
        "b2": [line(4, "stock", 8, "entered")],
        "b3": [line(4, "stock", 5, "left")],
        "b4": [line(4, "used", 2)],
        "b5": [line(4, "out", 5)],
    }
    assert wrong(stock_findings(tables)) == []
    alone = {kind: lines for kind, lines in tables.items() if kind != "c1"}
    assert wrong(stock_findings(alone)) == []
    assert wrong(stock_findings({**alone, "b5": [line(4, "out", 4)]})) == [("flows", 1_000_000)]
    del alone["b4"]
    assert wrong(stock_findings(alone)) == [("flows", 2_000_000)], "two tonnes were made and are nowhere"
    assert wrong(stock_findings({**alone, "c1": tables["c1"]})) == [], "they were used, and no book of that is here"
    tables |= {"b1": [line(4, "made", 6)], "b3": [line(4, "stock", 6, "left")], "b4": [], "b5": [line(4, "out", 5, code="900-249-08")]}
    assert wrong(stock_findings(tables)) == [
        ("flows", 4_000_000),
        ("made", -4_000_000),
        ("moved", -1_000_000),
        ("out", -5_000_000),
        ("used", -2_000_000),
        ("flows", -5_000_000),
        ("out", 5_000_000),
    ]


@cache
def story() -> Story:
    return october()


def compared(lines: list[BookLine], kind: Any = "b5", holder: str = GENERATOR) -> ComparedMonth:
    states = [(trunk(serial), story().bench.facts.state(trunk(serial))) for serial in range(1, 12) if serial != 2]
    book = Book(
        id="01K9000000000000000000BKAA", holder=holder, kind=kind, month="2026-10", file="a.xlsx", sha256="0" * 64, lines_hash="0" * 64,
        lines=len(lines), put_at_s=0, put_by=holder,
    )  # fmt: skip
    return compare(holder, OCTOBER, [(book, lines)], states, NAMES)


def test_a_book_of_what_left_is_of_departures_and_one_of_what_came_of_receipts() -> None:
    [out] = compared([]).books
    assert {outcome.kind for outcome in out.outcomes} == {"only_logged"}
    departed = {outcome.logged[0].id for outcome in out.outcomes}
    assert departed == {f"{trunk(serial)} 0" for serial in (3, 4, 5, 6, 7, 9, 10)}, "1 left in September, 8 was voided, 11 waits"
    assert [(one.check, one.code, one.logged, one.booked_g) for one in out.sums] == [("M2", "384-004-31", 3, 0), ("M2", CODE, 4, 0)]
    came = line(3, "in", 3.2, holder=RECEIVER, day="2026-10-14", partner_name="成都锦川蓄能回收有限公司(虚构)")
    [into] = compared([came], "enterprise", RECEIVER).books
    found = {tuple(line.id for line in outcome.logged): outcome for outcome in into.outcomes}
    assert found[f"{trunk(7)} 0",].kind == "matched", "what was accepted, without what was refused; the name in other brackets"
    assert found[f"{trunk(1)} 0",].kind == "only_logged"
    assert (f"{trunk(9)} 0",) not in found, "received in November"


def test_a_monthly_report_is_compared_by_partner_and_code() -> None:
    reported = [line(5, "out", 4 * 5.6, partner=RECEIVER), line(6, "out", 3 * 5.6, code="384-004-31", partner=RECEIVER)]
    [book] = compared(reported, "c1").books
    assert [(outcome.kind, outcome.logged_g, outcome.booked_g) for outcome in book.outcomes] == [
        ("matched", 16_800_000, 16_800_000),
        ("matched", 22_400_000, 22_400_000),
    ]
    [book] = compared([reported[0], replace(reported[1], mass_g=16_000_000)], "c1").books
    assert [(outcome.kind, outcome.difference_g) for outcome in book.outcomes] == [("differs", -800_000), ("matched", 0)]


def test_tickets_find_their_truck_by_plate_and_time() -> None:
    ticket = line(3, "weighing", 5.58, holder=RECEIVER, sheet="磅单", code="", day="2026-10-02", time="14:40:00", plate="川A·F0001")
    [book] = compared([ticket], "tickets", RECEIVER).books
    found = {outcome.logged[0].id: outcome for outcome in book.outcomes if outcome.logged}
    assert (found[trunk(1)].kind, found[trunk(3)].kind) == ("matched", "only_logged")
    assert "plate" not in found[trunk(1)].agreed, "the plate stands for the partner there"
    assert "time" in found[trunk(1)].agreed


def test_names_are_compared_without_their_dress_and_a_shared_one_stands_for_nobody() -> None:
    assert name_key("重庆 江津再生铅有限公司（虚构）") == name_key("重庆江津再生铅有限公司(虚构)")
    assert partners({"a": "甲（一）", "b": "甲(一)", "c": "乙"}) == {"乙": "c"}


def test_every_outcome_is_told_in_both_languages() -> None:
    lines = [line(3, "out", 5.5, day="2026-10-05", partner=RECEIVER), line(4, "out", 1, day="2026-10-20", partner_name="别处")]
    for outcome in compared([*lines, lines[0]]).books[0].outcomes:
        told = explained(outcome)
        assert isinstance(told, Phrase)
        assert told.zh
        assert told.en


def test_items_of_books_have_keys_of_their_own_whatever_the_sender() -> None:
    """Two systems of one firm tell the same load wrongly: two items, whose keys are in the form of kinds §9."""
    lines = [
        line(3, "out", 5.5, day="2026-10-05", partner=RECEIVER),
        line(4, "out", 1, day="2026-10-20"),
        line(5, "out", 1, day="2026-10-20"),
    ]
    whole = compared(lines, "platform")
    [book] = whole.books
    other = replace(book, book=replace(book.book, sender="甲", id="01K9000000000000000000BKAB"))
    found = list(of_books(replace(whole, books=(other, book)), "2026-11-15"))
    keys = [item.key for item in found]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(KEY_PATTERN, key) for key in keys)
    assert {key.partition(" ")[0] for key in keys} == {"M2-PLAT", "M2-PLAT2"}
    assert {check_of(replace(other, book=replace(other.book, kind="b5")), 2)} == {"M2-B5-2"}
    again = list(of_books(replace(whole, books=(book, other)), "2026-11-15"))
    assert sorted(keys) == sorted(item.key for item in again), "the order of readings does not matter"
