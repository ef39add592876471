"""Documents are drawn on many threads; the fonts are shared by all of them, and the first documents after a start may come all at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from reports.paper import fonts
from reports.paper.sheet import GREY, Paint, Sheet


def _draw(number: int) -> bytes:
    sheet = Sheet()
    for line in range(40):
        sheet.paragraph(f"第 {line} 行：危险废物跨省转移联单 {chr(0x4E00 + 7 * line)}", Paint(6.5, color=GREY))
    return sheet.to_pdf("并行", "test")


def test_documents_drawn_at_once_are_the_same_as_one_after_the_other() -> None:
    alone = _draw(0)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(_draw, range(48))) == {alone}


def test_the_first_documents_of_a_process_may_come_all_at_once() -> None:
    fonts._loaded.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert len({id(found) for found in pool.map(lambda _: fonts.load(), range(8))}) == 1
        assert len(set(pool.map(_draw, range(8)))) == 1
