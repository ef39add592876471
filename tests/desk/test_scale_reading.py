"""A receiver to which more comes than a list by eye holds: what is scanned is found all the same. On a real log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from asyncpg import Pool, Record

from ledger.caller import Caller
from liandan.desk.scale import reading, routes
from liandan.desk.scale.reading import read_arrivals
from liandan.desk.scale.words import WORDS
from tests.desk.roadside import roadside, visitor
from tests.manifests.driver import GENERATOR, MANIFEST, RECEIVER
from tests.manifests.test_road import Roadside
from tests.manifests.test_worked_example import SECOND
from tests.whitelist.web import Web, serving

RECEIVES, SENDS = (Caller(party, "party", "0" * 64) for party in (RECEIVER, GENERATOR))
OLDER, NEWER = (chain.removeprefix("manifest/") for chain in (MANIFEST, SECOND))


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("gate"), Roadside(), []) as web:
        yield web


@pytest.mark.parametrize("wanted", [OLDER, OLDER.rpartition("/")[2], "川AF1234"])
async def test_what_is_scanned_is_found_behind_the_end_of_the_list(web: Web, monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    whole = await read_arrivals(web.log, RECEIVES, None)
    assert ({one.key for one in whole.trucks}, whole.is_more) == ({OLDER, NEWER}, False)
    monkeypatch.setattr(reading, "COMING_MAX", 1)
    for asked, keys in (("", {NEWER}), ("川Z99999", {NEWER}), (wanted, {OLDER, NEWER})):
        found = await read_arrivals(web.log, RECEIVES, None, asked)
        assert {one.key for one in found.trucks} == keys
        assert found.is_more
    assert (await read_arrivals(web.log, SENDS, None, wanted)).trucks == ()


@pytest.mark.parametrize(("most", "is_more"), [(1, True), (2, False)])
async def test_the_page_lists_as_many_as_an_eye_reads_and_says_that_there_are_more(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, is_more: bool
) -> None:
    monkeypatch.setattr(routes, "SHOWN_MAX", most)
    async with roadside(database_url, tmp_path, Roadside()) as url, visitor(url, RECEIVER) as reader:
        shown = (await reader.get("/scale/")).text
    assert shown.count("truck-to") == most
    assert (WORDS["more"][0] in shown) == is_more
