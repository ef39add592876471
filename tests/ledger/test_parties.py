"""Parties by a part of their names, on PostgreSQL: however the part is written, page by page, and without reading all names."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.parties.names import Named, folded, grams, named_in, wanted_grams
from ledger.parties.store import LISTED, WITH_GRAM, list_succeeded, note_names, search_parties
from liandan.database import connect
from tests.plans import explained
from tests.workbench import AUTHORITY_51, Workbench, uscc

NAMES = ["成都锦川蓄能回收有限公司（虚构）", "重庆江津再生铅有限公司（虚构）", "ＡＢＣ 环保（虚构）", "宜宾再生资源有限公司（虚构）"]
CODES = [uscc("510112", number) for number in range(len(NAMES))]


@pytest.fixture(scope="module")
async def many(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The four, and 6,000 with names of the usual endings."""
    async with connect(shared_database_url) as conn:
        await note_names(conn, [Named(code, index, name) for index, (code, name) in enumerate(zip(CODES, NAMES, strict=True))])
        rows = [(f"92{number:016d}", f"第{number}号危险废物处置有限公司") for number in range(6000)]
        await conn.executemany("INSERT INTO party_name VALUES ($1, $2, $2, '', 100)", rows)
        pairs = [(gram, code) for code, name in rows for gram in grams(name)]
        await conn.executemany("INSERT INTO party_gram VALUES ($1, $2)", pairs)
        await conn.execute("SELECT liandan_guard.analyze_ledger()")
        yield conn


async def found(conn: asyncpg.Connection, part: str, since: int = 0, limit: int = 50) -> list[str]:
    rows, after = list[str](), ""
    while True:
        page, following = await search_parties(conn, folded(part), since=since, after=after, limit=limit)
        rows += [row.name for row in page]
        if following is None:
            return rows
        after = following


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("再生", [1, 3]),
        ("再生铅", [1]),
        ("铅", [1]),
        ("江津再生铅有限公司", [1]),
        ("（虚构）", [0, 1, 2, 3]),
        ("(虚构)", [0, 1, 2, 3]),
        ("abc环保", [2]),
        ("A B C", [2]),
        ("再 生", [1, 3]),
        ("生再", []),
        ("没有", []),
    ],
)
async def test_any_part_finds_however_it_is_written(many: asyncpg.Connection, part: str, expected: list[int]) -> None:
    assert sorted(await found(many, part)) == sorted(NAMES[number] for number in expected)


async def test_what_most_names_have_is_found_whole_page_by_page(many: asyncpg.Connection) -> None:
    assert len(await found(many, "有限公司", limit=700)) == 6003
    assert await found(many, "有限公司", since=4, limit=3000) == [f"第{number}号危险废物处置有限公司" for number in range(6000)]


async def test_no_search_reads_all_names(many: asyncpg.Connection) -> None:
    for sql, arguments in ((WITH_GRAM, ("公司", CODES[0], 50)), (LISTED, ("", 0, 50))):
        plan = await explained(many, sql, *arguments)
        assert not any(node.startswith("Seq Scan") for node in plan.nodes), plan.nodes
        assert 0 < plan.blocks <= 60, plan.nodes


async def test_a_party_that_changes_its_name_is_found_by_each_of_them(database: asyncpg.Connection) -> None:
    await note_names(
        database, [Named(CODES[0], 1, "旧名有限公司"), Named(CODES[0], 5, closed_on="2026-11-01"), Named(CODES[0], 7, "新名厂")]
    )
    assert (await found(database, "旧名"), await found(database, "新名")) == (["新名厂"], ["新名厂"])
    assert await found(database, "公司新") == [], "no part reaches over two names"
    [row], _ = await search_parties(database, "", since=7, after="", limit=5)
    assert (row.closed_on, row.idx, row.names, row.since) == ("2026-11-01", 7, ("旧名有限公司", "新名厂"), (1, 7))
    await note_names(database, [Named(CODES[0], 9, closed_on="")])
    assert (await search_parties(database, "", since=0, after="", limit=5))[0][0].closed_on == ""


async def test_a_range_written_over_changes_nothing(database: asyncpg.Connection) -> None:
    said = [Named(CODES[0], 1, "甲厂"), Named(CODES[0], 5, "乙厂"), Named(CODES[0], 7, closed_on="2026-11-01", successor=CODES[1])]
    await note_names(database, said)
    rows, _ = await search_parties(database, "", since=0, after="", limit=5)
    await note_names(database, said[1:])
    await note_names(database, said)
    assert (await search_parties(database, "", since=0, after="", limit=5))[0] == rows
    assert (rows[0].names, rows[0].successor) == (("甲厂", "乙厂"), CODES[1])
    await note_names(database, [Named(CODES[2], 7, "丙厂"), Named(CODES[2], 8, closed_on="2026-11-02", successor=CODES[0])])
    assert await list_succeeded(database, CODES[1], 4) == sorted([CODES[0], CODES[2]])
    assert (await list_succeeded(database, CODES[1], 1), await list_succeeded(database, CODES[3], 4)) == ([CODES[0]], [])
    await note_names(database, [Named(CODES[0], 8, "乙厂"), Named(CODES[0], 9, "甲厂", closed_on="", successor="")])
    assert await list_succeeded(database, CODES[1], 4) == [], "reopened"
    [row, _], _ = await search_parties(database, "", since=0, after="", limit=5)
    assert (row.names, row.since, row.successor) == (("甲厂", "乙厂", "甲厂"), (1, 5, 9), "")


def test_entries_say_who_is_called_what() -> None:
    bench = Workbench()
    founders = [named for entry in bench.entries for named in named_in(entry)]
    assert AUTHORITY_51 in {named.uscc for named in founders}
    assert [named.name for named in named_in(bench.register(CODES[0], NAMES[0]))] == [NAMES[0]]


@given(st.text("成都重庆再生铅有限公司ABC", min_size=1, max_size=12), st.data())
def test_every_name_has_what_is_wanted_of_each_of_its_parts(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    assert set(wanted_grams(part)) <= grams(name)
