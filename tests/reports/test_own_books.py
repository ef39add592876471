"""What a firm's own books say of C.1: from the books in force, of the kind closest to what happened, never of two that say the same."""

from __future__ import annotations

from asyncpg import Pool, Record

from reports.books.model import Book, BookKind, BookLine
from reports.books.store import insert_book
from reports.registers.model import OwnFigure, span_of
from reports.registers.own_books import own_figures
from tests.reports.story import BATTERY, GENERATOR

_BORN = "01KB0000000000000000000{:03d}"


def line(side: str, mass_g: int, row: int, term: str = "", code: str = BATTERY) -> BookLine:
    return BookLine(holder=GENERATOR, book="", sheet="产生", row=row, side=side, term=term, mass_g=mass_g, waste="废铅蓄电池", code=code)  # type: ignore[arg-type]


async def test_figures_come_from_one_book_of_each_kind(pool: Pool[Record]) -> None:
    async with pool.acquire() as conn:
        number = 0

        async def put(kind: BookKind, month: str, lines: list[BookLine], sender: str = "") -> None:
            nonlocal number
            number += 1
            book = Book(
                id=_BORN.format(number), holder=GENERATOR, kind=kind, month=month, file="x.xlsx", sha256=f"{number:064x}", lines_hash=f"{number:064x}",
                lines=len(lines), sender=sender, put_at_s=0, put_by=GENERATOR,
            )  # fmt: skip
            async with conn.transaction():
                await insert_book(conn, book, lines)

        october, year = span_of("2026-10"), span_of("2026")
        assert await own_figures(conn, GENERATOR, october) == ()
        await put("c1", "2026-10", [line("made", 9, 5), line("stock", 4, 5, "opening"), line("stock", 3, 5, "closing")])
        assert [(one.what, one.mass_g) for one in await own_figures(conn, GENERATOR, october)] == [
            ("made", 9),
            ("opening", 4),
            ("closing", 3),
        ]
        await put("b1", "2026-10", [line("made", 5, 3), line("made", 2, 4), line("made", 100, 5, code="")])
        found = {one.what: one for one in await own_figures(conn, GENERATOR, october)}
        assert found["made"] == OwnFigure("made", BATTERY, "废铅蓄电池", 7, "", "B1 2026-10 000000000000 产生!3 … 产生!4 (2)"), (
            "no code, nobody's"
        )
        assert found["closing"].mass_g == 3
        assert await own_figures(conn, GENERATOR, year) == (), "one month of twelve"
        assert await own_figures(conn, GENERATOR, span_of("2026-11")) == ()
        await put("b1", "2026-10", [line("made", 6, 3)], sender="另一系统")
        found = {one.what: one for one in await own_figures(conn, GENERATOR, october)}
        assert (found["made"].mass_g, found["made"].source[:2]) == (9, "C1"), "of two in force that say the same neither is chosen"
