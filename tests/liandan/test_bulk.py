"""Bulk admission: what a request of whole lives asks of the database does not grow with their number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest
from asyncpg import Pool, Record

from bench.load import Load
from ledger import store
from ledger.log import LoggedEntry
from liandan.wiring import KINDS
from tests.ledger.log_server import running
from whitelist.adopted import data_files


async def test_many_lives_in_one_request_ask_as_often_as_two(pool: Pool[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A departure's truck and waybill are asked for with all others, also while its manifest is still to be issued."""
    load, asked, fetch = Load(), list[int](), store.fetch_facts

    async def noting(conn: store.Conn, keys: Sequence[str]) -> dict[str, bytes]:
        asked.append(len(keys))
        return await fetch(conn, keys)

    monkeypatch.setattr(store, "fetch_facts", noting)
    rounds = []
    async with running(pool, tmp_path, KINDS, {file.name: file.path.read_bytes() for file in data_files()}) as log:
        for lives in (range(16), range(16, 18), range(18, 34)):  # the first life of each lane brings what the later ones share
            raws = [*(() if lives.start else load.setup()), *chain.from_iterable(map(load.manifest, lives))]
            asked.clear()
            assert all(isinstance(answer, LoggedEntry) for answer in await log.append(raws, now_s=load.now_s))
            rounds.append(len(asked))
    assert rounds[2] == rounds[1], asked
