"""A database administrator edits what decisions are made from; nothing of it is signed, and a cut brings the log back whole.

Each attack edits another kind of row, with the guards away, while the log runs: the sequencer believes the database and admits what it
should not. The publisher decides again from its own memory and freezes the log. Then ``log.cut``: everything promised is still there
byte for byte, every honest statement of the tail comes again, and both audits are clean.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from asyncpg import Connection, Pool, Record
from msgspec import Struct
from msgspec.structs import replace

from bench.campaign import KEYRING, findings, lives, log_in_process, make_publisher, publish_all, small_load
from bench.load import FROM, OPERATOR, TO, Load
from ledger.admission.kind_table import DataSets
from ledger.log import Answer, Log, LoggedEntry, TurnedDown
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.repair import cut
from ledger.tree.merkle import Edge, leaf_hash
from liandan.wiring import KINDS
from tests.ledger.log_server import unguarded

LATER_S = 60


class Scene(Struct):
    """A log with one manifest under way; the honest statements that come next; what the attack needs to remember."""

    log: Log
    conn: Connection[Record]
    load: Load
    chain: str
    issued: bytes
    """The fact of the manifest's chain after its issue."""
    depart: dict[str, object]
    """Body of its depart."""
    honest: list[bytes]


Attack = Callable[[Scene], Awaitable[list[bytes]]]
"""Edits rows; gives forged statements that only pass because of it."""


def forged_depart(scene: Scene, head: tuple[int, str]) -> bytes:
    """The same manifest leaves a second time, after ``head`` (next seq, prev); signed by colluding parties."""
    lane, kept = scene.load.lanes[0], scene.load._heads
    scene.load._heads = {**kept, scene.chain: head}
    raw = scene.load.post("manifest.depart/1", scene.chain, (lane.generator, lane.carrier), {**scene.depart, "waybill_no": "YD9999999999"})
    scene.load._heads = kept
    return raw


async def edit_quota(scene: Scene) -> list[bytes]:
    """The accounts of decision and permit say that nothing was used yet."""
    for row in await scene.conn.fetch("SELECT key, value FROM fact WHERE key LIKE 'account:%'"):
        account = KINDS.decode(row["key"], row["value"])
        await scene.conn.execute("UPDATE fact SET value = $2 WHERE key = $1", row["key"], KINDS.encode(replace(account, used_g=0)))
    return []


async def edit_state(scene: Scene) -> list[bytes]:
    """The manifest's state says that it has not left yet."""
    key = f"chain:{scene.chain}"
    now = KINDS.decode(key, await scene.conn.fetchval("SELECT value FROM fact WHERE key = $1", key))
    then = KINDS.decode(key, scene.issued)
    await scene.conn.execute("UPDATE fact SET value = $2 WHERE key = $1", key, KINDS.encode(replace(now, state=then.state)))
    return [forged_depart(scene, (now.seq + 1, now.hash))]


async def edit_link(scene: Scene) -> list[bytes]:
    """The place of a published statement is made free, and the head of its chain put back before it."""
    async with unguarded(scene.conn) as conn:
        await conn.execute("DELETE FROM link WHERE chain = $1 AND seq = 1", scene.chain)
    await scene.conn.execute("UPDATE fact SET value = $2 WHERE key = $1", f"chain:{scene.chain}", scene.issued)
    then = KINDS.decode(f"chain:{scene.chain}", scene.issued)
    return [forged_depart(scene, (then.seq + 1, then.hash))]


async def prepare(log: Log, conn: Connection[Record], load: Load) -> Scene:
    """Publish a setup, an issue and its depart."""
    await publish_all(log, list(load.setup()), load.now_s)
    first, second = lives(load, 2)
    chain = str(json.loads(b64decode(json.loads(first[0])["payload"]))["chain"])
    await publish_all(log, first[:1], load.now_s)
    issued = await conn.fetchval("SELECT value FROM fact WHERE key = $1", f"chain:{chain}")
    depart = json.loads(b64decode(json.loads(first[1])["payload"]))["body"]
    await publish_all(log, first[1:2], load.now_s)
    return Scene(log, conn, load, chain, issued, depart, [*first[2:], *second])


def all_admitted(answers: list[Answer]) -> None:
    for answer in answers:
        assert isinstance(answer, LoggedEntry), answer.refusal


async def entries(pool: Pool[Record], size: int) -> list[bytes]:
    return [bytes(row["entry"]) for row in await pool.fetch("SELECT entry FROM entry WHERE idx < $1 ORDER BY idx", size)]


async def cut_and_go_on(pool: Pool[Record], conn: Connection[Record], directory: Path, load: Load, size: int) -> None:
    """Cut to the promised size, write ``log.cut``, bring back the tail; everything promised is still there and both audits are clean."""
    promised = await entries(pool, size)
    checkpoints = CheckpointStore(directory / "checkpoints.sqlite3")
    files = make_publisher(pool, directory).files
    found = await cut.plan(conn, checkpoints, files, KINDS)
    assert found.body.size == size
    await cut.apply(conn, checkpoints, files, found)
    act = load.post("log.cut/1", "log/main", (OPERATOR, FROM, TO), found.body)
    async with log_in_process(pool, directory) as log:
        await publish_all(log, [act], load.now_s + LATER_S)
        back = await log.append(found.envelopes, now_s=load.now_s + LATER_S)
        turned = [answer for answer in back if isinstance(answer, TurnedDown)]
        assert all(answer.statement is None or answer.refusal.codes for answer in turned)
        honest = [answer.entry for answer in back if isinstance(answer, LoggedEntry)]
        assert all(("RECUT",) in entry.admission.decision.tags for entry in honest)
        assert len(turned) + len(honest) == len(found.envelopes)
        assert len(turned) <= 1, "only the forged statement stays out"
        assert len(honest) >= 6
        assert await log.publisher.wait_for(size + 1 + len(honest), 10) is not None
    assert (await entries(pool, size)) == promised
    assert await findings(pool, files) == []


@pytest.mark.parametrize("attack", [edit_quota, edit_state, edit_link], ids=["quota", "state", "link"])
async def test_an_edited_row_is_caught_before_anything_is_signed(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, attack: Attack
) -> None:
    load = small_load(1)
    async with log_in_process(pool, tmp_path) as log:
        scene = await prepare(log, database, load)
        assert log.publisher.published is not None
        size = log.publisher.published.size
        forged = await attack(scene)
        fresh = scene.honest if not forged else scene.honest[4:]  # after a forged act the rest of its manifest has no place
        all_admitted(await log.append([*forged, *fresh], now_s=load.now_s))
        assert await log.publisher.wait_for(size + 1, 3) is None
        assert log.publisher.mismatch is not None
        assert log.publisher.published.size == size
    await cut_and_go_on(pool, database, tmp_path, load, size)


@pytest.mark.breaks_the_log("an administrator changes an entry")
async def test_an_edited_entry_that_is_not_published_yet_is_never_signed(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path
) -> None:
    """With leaf and head made to fit: the edited decision is still not what the log decides."""
    load = small_load(1)
    async with log_in_process(pool, tmp_path) as log:
        scene = await prepare(log, database, load)
        assert log.publisher.published is not None
        size = log.publisher.published.size
    await append_only(pool, tmp_path, scene.honest, load.now_s)
    row = await database.fetchrow("SELECT idx, entry FROM entry WHERE idx >= $1 AND position('after_g'::bytea IN entry) > 0 LIMIT 1", size)
    assert row is not None
    edited = bytes(row["entry"]).replace(b'"after_g":', b'"after_g":1', 1)
    async with unguarded(database) as conn:
        await conn.execute("UPDATE entry SET entry = $2, leaf = $3 WHERE idx = $1", row["idx"], edited, leaf_hash(edited))
    edge = Edge().append_many(leaf_hash(raw) for raw in await entries(pool, 10**6))
    await database.execute("UPDATE log_head SET root = $1, edge = $2", edge.root(), edge.to_bytes())
    async with log_in_process(pool, tmp_path) as log:
        assert await log.publisher.wait_for(size + 1, 3) is None
        assert "admission.decision.accounts" in str(log.publisher.mismatch)
        assert log.publisher.published is None or log.publisher.published.size == size
    await cut_and_go_on(pool, database, tmp_path, load, size)


async def append_only(pool: Pool[Record], directory: Path, raws: list[bytes], now_s: int) -> None:
    """Commit statements while nobody publishes."""
    publisher = make_publisher(pool, directory)
    publisher.start()
    log = Log(pool, KINDS, DataSets(KINDS, publisher.files.read), publisher, KEYRING.operator, simulated=True)
    sequencing = asyncio.create_task(log.sequencer.run())
    all_admitted(await log.append(raws, now_s=now_s))
    sequencing.cancel()
    await asyncio.gather(sequencing, return_exceptions=True)
    publisher.close()
