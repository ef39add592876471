"""After a freeze, ``log.cut`` brings the log back with nothing promised lost, and the tail's untouched statements come again."""

from __future__ import annotations

from pathlib import Path

import pytest
from asyncpg import Connection, Pool, PostgresError, Record
from msgspec.structs import replace

from ledger.admission.statement import Draft
from ledger.auditing.audit import audit
from ledger.auditing.database_audit import audit_database
from ledger.log import Answer, LoggedEntry, TurnedDown
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.repair import cut
from ledger.times import format_at
from signing.envelope import freeze
from signing.possession import register
from signing.refusal import Refusal
from tests.ledger.log_server import envelopes, make_publisher, running
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, START, Workbench, key_of, uscc

NOW = START + 3600
PARTY = uscc("510112", 700)
OTHERS = [uscc("510112", serial) for serial in range(701, 705)]


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    return bench


def admitted(answers: list[Answer]) -> list[LoggedEntry]:
    for answer in answers:
        assert isinstance(answer, LoggedEntry), answer.refusal
    return [answer for answer in answers if isinstance(answer, LoggedEntry)]


async def freeze_log(pool: Pool[Record], conn: Connection[Record], directory: Path, bench: Workbench) -> int:
    """A revoked key is made valid again in the database; a forged statement and honest ones enter; the publisher freezes.

    Returns the published size.
    """
    bench.post("key.add/1", f"party/{PARTY}", (PARTY,), {"key": register(key_of(PARTY, 1), bench.found, PARTY)})
    bench.post("key.revoke/1", f"party/{PARTY}", (PARTY,), {"keyid": key_of(PARTY).keyid, "reason": "停用"}, keys=[key_of(PARTY, 1)])
    good = len(bench.entries)
    forged = bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), {"key": register(key_of(PARTY, 2), bench.found, PARTY)})
    key = f"key:{key_of(PARTY).keyid}"
    valid = bench.kinds.encode(replace(bench.facts.get(key), revoked=None))
    for other in OTHERS:
        bench.register(other)
    async with running(pool, directory, bench.kinds) as log:
        admitted(await log.append(envelopes(bench)[:good], now_s=NOW))
        assert await log.publisher.wait_for(good, 5)
        await conn.execute("UPDATE fact SET value = $2 WHERE key = $1", key, valid)
        admitted(await log.append([freeze(forged.sign([key_of(PARTY)])), *envelopes(bench)[good:]], now_s=NOW + 60))
        assert await log.publisher.wait_for(good + 1, 2) is None
        assert log.publisher.mismatch is not None
    return good


async def test_a_cut_brings_the_log_back_and_the_untouched_tail_with_it(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench
) -> None:
    good = await freeze_log(pool, database, tmp_path, bench)
    checkpoints = CheckpointStore(tmp_path / "checkpoints.sqlite")
    files = make_publisher(pool, tmp_path, bench.kinds).files
    found = await cut.plan(database, checkpoints, files, bench.kinds)
    assert (found.body.size, len(found.envelopes), found.unreadable) == (good, 1 + len(OTHERS), ())
    await cut.apply(database, checkpoints, files, found)

    everyone = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
    draft = Draft(kind="log.cut/1", chain="log/main", seq=found.seq, prev=found.prev, by=everyone, at=format_at(NOW + 120), body=found.body)
    async with running(pool, tmp_path, bench.kinds) as log:
        [answer] = admitted(await log.append([freeze(draft.sign([key_of(party) for party in everyone]))], now_s=NOW + 120))
        assert answer.entry.index == good
        again = await log.append(found.envelopes, now_s=NOW + 86_400 * 3)
        forged, honest = again[0], admitted(again[1:])
        assert isinstance(forged, TurnedDown)
        assert forged.refusal.codes == ["KEY_NOT_VALID"]
        assert all(("RECUT",) in one.entry.admission.decision.tags for one in honest)
        assert await log.publisher.wait_for(good + 1 + len(OTHERS), 5)
    assert audit(files.read, bench.kinds, archived=iter(files.archived_sizes())).findings == []
    assert (await audit_database(pool, files, bench.kinds)).findings == []
    assert await database.fetchval("SELECT count(*) FROM quarantine") == 1 + len(OTHERS)


async def test_a_statement_that_was_cut_comes_again_for_thirty_days_only(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench
) -> None:
    await freeze_log(pool, database, tmp_path, bench)
    checkpoints = CheckpointStore(tmp_path / "checkpoints.sqlite")
    files = make_publisher(pool, tmp_path, bench.kinds).files
    found = await cut.plan(database, checkpoints, files, bench.kinds)
    await cut.apply(database, checkpoints, files, found)
    everyone = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
    draft = Draft(kind="log.cut/1", chain="log/main", seq=found.seq, prev=found.prev, by=everyone, at=format_at(NOW), body=found.body)
    async with running(pool, tmp_path, bench.kinds) as log:
        admitted(await log.append([freeze(draft.sign([key_of(party) for party in everyone]))], now_s=NOW + 60))
        [late] = await log.append(found.envelopes[1:2], now_s=NOW + 31 * 86_400)
    assert isinstance(late, TurnedDown)
    assert late.refusal.codes == ["STATEMENT_STALE"]


async def test_a_cut_to_another_root_is_refused(bench: Workbench) -> None:
    everyone = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
    body = {"size": len(bench.entries), "root": "A" * 43 + "=", "tail": "0" * 64}
    with pytest.raises(Refusal) as refused:
        bench.post("log.cut/1", "log/main", everyone, body)
    assert refused.value.codes == ["SEEN_MISMATCH"]


async def test_nothing_published_is_ever_cut(pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench) -> None:
    """The owner's role itself deletes only above the size it has declared, and never without declaring one."""
    async with running(pool, tmp_path, bench.kinds) as log:
        admitted(await log.append(envelopes(bench), now_s=NOW))
    await database.execute("SET ROLE liandan_owner")
    with pytest.raises(PostgresError, match="append-only"):
        await database.execute("DELETE FROM entry WHERE idx = 1")
    with pytest.raises(PostgresError, match="append-only"):
        async with database.transaction():
            await database.execute("SET LOCAL liandan.cut_to = 2")
            await database.execute("DELETE FROM entry WHERE idx = 1")
