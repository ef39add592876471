"""What a sequencer keeps between batches changes no outcome and hides nothing: no append of a rival, no edited row, no other head."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Connection, Pool, QueryCanceledError, Record, UniqueViolationError
from msgspec.structs import replace
from structlog.testing import capture_logs

from ledger import store
from ledger.admission import sequencer
from ledger.admission.admit import Submission
from ledger.admission.fact_cache import KEEP_VALUES, FactCache
from ledger.auditing.database_audit import audit_database
from ledger.log import Answer, Log, LoggedEntry, TurnedDown
from ledger.tree.merkle import Edge, leaf_hash
from signing.envelope import freeze
from signing.possession import register
from tests.ledger.log_server import envelopes, make_publisher, running, unguarded
from tests.workbench import START, Workbench, key_of, uscc

NOW = START + 3600
PARTIES = [uscc("510112", serial) for serial in range(10, 30)]


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    for party in PARTIES:
        bench.register(party)
    return bench


def key_add(bench: Workbench, party: str, generation: int, **changes: object) -> bytes:
    """One of many statements that want the next place on a party's chain."""
    body = {"key": register(key_of(party, generation), bench.found, party)}
    return freeze(bench.draft("key.add/1", f"party/{party}", (party,), body, **changes).sign([key_of(party)]))


def told(answer: Answer) -> tuple[object, ...]:
    """All that an answer says."""
    if isinstance(answer, LoggedEntry):
        return answer.is_new, answer.entry.raw
    return answer.statement, *((reason.code, reason.field, reason.found, reason.expected) for reason in answer.refusal.reasons)


def hostile(bench: Workbench, seed: int) -> list[list[bytes]]:
    """Requests of honest statements in order, mixed with rivals, repetitions, stale and early ones, and what is no statement at all."""
    chance = random.Random(seed)
    found, *registrations = envelopes(bench)
    statements = [found]
    for number, raw in enumerate(registrations):
        party = PARTIES[number]
        odd = [
            key_add(bench, party, 1),
            key_add(bench, party, 2),
            key_add(bench, party, 3, at="2026-09-01T00:00:00+08:00"),
            key_add(bench, party, 4, seq=7),
            key_add(bench, party, 5, prev="0" * 64),
            chance.choice(statements),
            b"{not json",
            raw.replace(b'"sig":"', b'"sig":"AAAA'),
        ]
        statements += [raw, *chance.sample(odd, chance.randrange(4))]
    requests = []
    while statements:
        size = chance.choice((1, 1, 2, 5, 12))
        requests.append(statements[:size])
        statements = statements[size:]
    return requests


async def run(pool: Pool[Record], directory: Path, bench: Workbench, requests: list[list[bytes]]) -> list[list[tuple[object, ...]]]:
    """What a log answers to requests one after the other; it audits clean."""
    async with running(pool, directory, bench.kinds) as log:
        answers = [[told(answer) for answer in await log.append(raws, now_s=NOW)] for raws in requests]
        head = await log.head()
        assert head is not None
        assert await log.publisher.wait_for(head.size, 5) is not None
    assert (await audit_database(pool, make_publisher(pool, directory, bench.kinds).files, bench.kinds)).findings == []
    return answers


@pytest.mark.parametrize("seed", range(4))
async def test_outcomes_are_those_of_a_sequencer_that_keeps_nothing(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    requests = hostile(bench, seed)
    kept = await run(pool, tmp_path / "kept", bench, requests)
    async with unguarded(database) as conn:
        await conn.execute("DELETE FROM entry; DELETE FROM link; DELETE FROM fact; DELETE FROM log_head; DELETE FROM refusal")
    monkeypatch.setattr(FactCache, "serves", property(lambda kept: False, lambda kept, value: None), raising=False)
    assert await run(pool, tmp_path / "not kept", bench, requests) == kept


async def test_most_batches_of_one_process_are_decided_from_what_it_kept(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise everything else here would pass for nothing."""
    locked: list[int] = []
    lock_head = store.lock_head

    async def counted(conn: store.Conn) -> store.LogHead | None:
        locked.append(1)
        return await lock_head(conn)

    monkeypatch.setattr(store, "lock_head", counted)
    refused = [key_add(bench, PARTIES[0], 1, prev="0" * 64), key_add(bench, PARTIES[0], 1, seq=7)]
    posted = [*envelopes(bench)[:2], refused[0], *envelopes(bench)[2:], *refused]
    answers = await run(pool, tmp_path, bench, [*[[raw] for raw in posted], [key_add(bench, PARTIES[0], 1), refused[1]]])
    assert sum(one[0] is True for request in answers for one in request) == len(bench.entries) + 1
    assert len(locked) == 1, "also of what is refused, alone or beside what is new"


async def test_a_crowd_that_is_refused_waits_for_no_other_process(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[int] = []
    lock_head = store.lock_head

    async def counted(conn: store.Conn) -> store.LogHead | None:
        locked.append(1)
        return await lock_head(conn)

    async with running(pool, tmp_path, bench.kinds) as first:
        second = Log(pool, bench.kinds, first.data, first.publisher, first.operator_key, simulated=True)
        task = asyncio.create_task(second.sequencer.run())
        for raw in envelopes(bench):
            await first.append([raw], now_s=NOW)
        monkeypatch.setattr(store, "lock_head", counted)
        crowd = [key_add(bench, party, serial, prev=f"{serial}" * 64) for party in PARTIES[:3] for serial in (1, 2, 3)]
        told = [(await second.append([raw], now_s=NOW))[0] for raw in crowd]
        assert {code for one in told if isinstance(one, TurnedDown) for code in one.refusal.codes} == {"PREV_MISMATCH"}
        assert len(told) == len(crowd)
        assert len(locked) == 1, "the first is judged under the lock; from then on it is known what the crowd meets"
        together = await asyncio.gather(*(second.append([raw], now_s=NOW) for raw in (*crowd[:2], key_add(bench, PARTIES[0], 4))))
        assert [type(one) for [one] in together] == [TurnedDown, TurnedDown, LoggedEntry]
        built = [key_add(bench, PARTIES[1], 5), key_add(bench, PARTIES[1], 6, seq=9)]
        await second.append([crowd[0]], now_s=NOW)
        answers = await second.append(built, now_s=NOW)
        assert [type(one) for one in answers] == [LoggedEntry, TurnedDown], "what came together may build on what came before it"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_two_processes_that_take_turns_never_decide_from_what_the_other_has_changed(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    async with running(pool, tmp_path, bench.kinds) as first:
        second = Log(pool, bench.kinds, first.data, first.publisher, first.operator_key, simulated=True)
        posted = envelopes(bench)
        await first.append(posted[:3], now_s=NOW)
        await first.append(posted[3:4], now_s=NOW)
        task = asyncio.create_task(second.sequencer.run())
        for number, party in enumerate(PARTIES[:3]):
            one, other = key_add(bench, party, 1), key_add(bench, party, 2)
            [won] = await (first, second)[number % 2].append([one], now_s=NOW)
            [lost] = await (second, first)[number % 2].append([other], now_s=NOW)
            assert isinstance(won, LoggedEntry)
            assert isinstance(lost, TurnedDown)
            assert lost.refusal.codes == ["CHAIN_CONFLICT"]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await first.publisher.wait_for(7, 5) is not None


async def test_an_edited_row_that_was_kept_is_believed_like_any_other(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """The publisher finds the edit because the sequencer decides from it; a copy that went on serving would hide it."""
    party = PARTIES[0]
    key = f"key:{key_of(party).keyid}"
    async with running(pool, tmp_path, bench.kinds) as log:
        for raw in envelopes(bench):
            await log.append([raw], now_s=NOW)
        [before] = await log.append([key_add(bench, party, 1)], now_s=NOW)
        assert isinstance(before, LoggedEntry)
        async with pool.acquire() as conn:
            revoked = bench.kinds.encode(replace(bench.facts.get(key), revoked=1))
            await conn.execute("UPDATE fact SET value = $2 WHERE key = $1", key, revoked)
        body = {"key": register(key_of(party, 2), bench.found, party)}
        following = bench.draft("key.add/1", f"party/{party}", (party,), body, seq=2, prev=before.entry.statement.hash)
        [after] = await log.append([freeze(following.sign([key_of(party)]))], now_s=NOW)
    assert isinstance(after, TurnedDown)
    assert after.refusal.codes == ["KEY_NOT_VALID"]


@pytest.mark.breaks_the_log("leaves a fact of no entry")
async def test_nothing_is_appended_unless_head_and_facts_are_what_they_are_believed_to_be(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    await run(pool, tmp_path, bench, [envelopes(bench)])
    entry, fact = b"an entry", ("trip:x", b"y")
    async with pool.acquire() as conn:
        before = await store.fetch_head(conn)
        assert before is not None
        edge = Edge.from_bytes(before.edge).append_many([leaf_hash(entry)])
        after = store.LogHead(edge.size, edge.root(), edge.to_bytes(), before.at_s)
        rows = [store.EntryRow(before.size, leaf_hash(entry), entry)]
        links = [store.LinkRow("case/x", 0, "0" * 64, before.size)]
        [(name, value)] = (await store.fetch_facts(conn, ["chain:log/main"])).items()

        async def tables() -> list[int]:
            return [await conn.fetchval(f"SELECT count(*) FROM {table}") for table in ("entry", "link", "fact")]

        empty = await tables()
        for head in (
            replace(before, size=before.size - 1),
            replace(before, root=bytes(32)),
            replace(before, edge=b""),
            replace(before, at_s=1),
        ):
            assert not await store.append(conn, head, after, rows, links, [fact], [(name, value)])
        for known in ([(name, value + b"x")], [(name, None)], [("trip:x", b"")], [(name, value), ("chain:x", b"")]):
            assert not await store.append(conn, before, after, rows, links, [fact], known)
        taken = [store.LinkRow("log/main", 0, "0" * 64, before.size)]
        with pytest.raises(UniqueViolationError):
            await store.append(conn, before, after, rows, taken, [fact])
        assert await store.fetch_head(conn) == before
        assert await tables() == empty
        assert await store.append(conn, before, after, rows, links, [fact], [(name, value), ("trip:x", None)])
        assert await store.fetch_head(conn) == after
        assert await tables() == [count + 1 for count in empty]


async def test_appending_is_planned_anew_when_the_log_has_doubled(pool: Pool[Record]) -> None:
    """A plan made for a table of one page reads the whole table for every fact that is compared."""
    async with pool.acquire() as conn:
        for size in (4, 5, 7, 8):
            head = store.LogHead(size, bytes(32), b"", 0)
            assert not await store.append(conn, head, head, [], [], [])
        assert await conn.fetchval("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE $1", "%UPDATE log_head%") == 2


def test_what_is_kept_is_bounded_and_begins_anew_after_others() -> None:
    heads = [store.LogHead(size, bytes(32), b"", 0) for size in range(4)]
    kept = FactCache()
    kept.refill(heads[0], heads[1], {"a": 1}, {"a": b"1"})
    assert not kept.serves, "somebody was there before"
    kept.refill(heads[1], heads[2], {"b": 2}, {"b": b"2"})
    assert kept.serves
    assert kept.values == {"a": 1, "b": 2}
    kept.refill(heads[1], heads[3], {"c": 3}, {"c": b"3"})
    assert not kept.serves
    assert kept.values == {"c": 3}
    kept.refill(heads[3], heads[3], {str(number): number for number in range(KEEP_VALUES)}, {})
    assert kept.serves
    assert kept.values == kept.stored == {}
    kept.values.update({str(number): number for number in range(KEEP_VALUES + 1)})
    kept.advance(heads[3], [("d", b"4")])
    assert kept.values == kept.stored == {}


async def test_refused_statements_do_not_make_it_grow(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.admission.fact_cache.KEEP_VALUES", 50)
    strangers = Workbench()
    for serial in range(100):
        strangers.register(uscc("510112", 1000 + serial))
    async with running(pool, tmp_path, bench.kinds) as log:
        for envelope in envelopes(bench):
            await log.append([envelope], now_s=NOW)
        for envelope in envelopes(strangers)[1:]:
            await log.append([envelope], now_s=NOW + 90 * 86_400)  # stale
        assert max(len(log.sequencer._kept.values), len(log.sequencer._kept.stored)) <= 50


async def test_when_the_copy_fails_the_database_decides_and_nobody_is_poison(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        for envelope in posted[:3]:
            await log.append([envelope], now_s=NOW)
        assert log.sequencer._kept.serves

        async def timed_out(*arguments: object) -> bool:
            assert log.sequencer._kept.serves, "only the first try fails"
            raise QueryCanceledError("canceling statement due to statement timeout")

        append = store.append
        monkeypatch.setattr(store, "append", lambda *a: timed_out(*a) if log.sequencer._kept.serves else append(*a))
        outcomes = await log.append([posted[3]], now_s=NOW)
        assert isinstance(outcomes[0], LoggedEntry)


async def test_a_statement_that_breaks_the_program_is_refused_alone_and_its_words_stay_out_of_the_log(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted[:2], now_s=NOW)
        judged, words = sequencer.admit, "139" + "0" * 8

        def breaking(submission: Submission, *known: Any, **more: Any) -> Any:
            if freeze(submission.envelope) == posted[2]:
                raise ValueError(words)
            return judged(submission, *known, **more)

        monkeypatch.setattr(sequencer, "admit", breaking)
        with capture_logs() as lines:
            outcomes = await log.append(posted[2:4], now_s=NOW)
    assert isinstance(outcomes[0], TurnedDown)
    assert outcomes[0].refusal.codes == ["INTERNAL_POISON"]
    assert isinstance(outcomes[1], LoggedEntry)
    assert [line["error"] for line in lines if line["event"] == "poison"] == ["ValueError"]
    assert "13900000000" not in str(lines)
