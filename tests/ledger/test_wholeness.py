"""What the look after every test sees, and that it sees nothing where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from asyncpg import Connection, Pool, Record

from tests.ledger.log_server import envelopes, running, unguarded
from tests.wholeness import broken, published_in
from tests.workbench import START, Workbench, uscc

CHANGES = {
    "UPDATE log_head SET root = sha256('x')": "the head says",
    "UPDATE link SET seq = 7 WHERE idx = 2": "chains with a gap",
    "DELETE FROM fact WHERE key LIKE 'chain:party/%'": "heads without a chain",
    "INSERT INTO feed_reader VALUES ('x', 99)": "entries that are not there",
    "INSERT INTO manifest_term VALUES ('any', now(), 'manifest/x')": "terms that their view has not",
    "INSERT INTO party_gram VALUES ('公司', 'nobody')": "parts of names of nobody",
}


@pytest.mark.breaks_the_log("each way in turn")
async def test_each_way_to_break_a_log_is_seen(pool: Pool[Record], database: Connection[Record], database_url: str, tmp_path: Path) -> None:
    bench = Workbench()
    for serial in range(3):
        bench.register(uscc("510112", serial))
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START + 3600)
        assert await log.publisher.wait_for(4, 10)
    assert await broken(database_url, published_in(tmp_path)) == []
    bundle = tmp_path / "entries/tile/entries/000.p/4"
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    [found] = await broken(database_url, published_in(tmp_path))
    assert "bundle 0 of entries" in found
    bundle.write_bytes(whole)
    async with unguarded(database):
        for change, expected in CHANGES.items():
            await database.execute(change)
            assert expected in "; ".join(await broken(database_url, published_in(tmp_path))), change
