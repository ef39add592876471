"""Every refusal is named once, whatever killed, rival or slow processes leave behind; receipts say what the log was (formats §8)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from asyncpg import Pool, Record

from ledger import store
from ledger.admission.refusals import _append, pages, publish_refusals
from ledger.admission.statement import ClaimedAct
from ledger.auditing.audit import audit
from ledger.kinds.refusal_pages import LogRefusals, RefusalItem
from ledger.log import Log, LoggedEntry, TurnedDown
from ledger.refusal_receipts import RefusalReceipts
from signing.envelope import PAYLOAD_REFUSAL, freeze, parse_envelope
from signing.possession import register
from tests.ledger.log_server import envelopes, running
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, START, Workbench, key_of, uscc

PARTY = uscc("510112", 10)
HOUR_S = 3600
EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    return bench


def row(number: int, hour: int = 8) -> RefusalItem:
    """A refusal at that hour of the first day, as another process has written it."""
    at = f"2026-10-01T{hour:02}:30:00+08:00"
    return RefusalItem(statement=f"{hour:02}{number:062x}", by=(PARTY,), kind="key.add/1", codes=("STATEMENT_STALE",), size=1, at=at)


async def refuse(log: Log, *rows: RefusalItem) -> None:
    async with log.pool.acquire() as conn:
        for one in rows:
            await store.insert_refusals(conn, [(one, b"receipt")])


async def named(log: Log) -> list[LogRefusals]:
    """The pages in the log, which must be one history with everything else."""
    size = (await log.head()).size  # type: ignore[union-attr]  # the log is founded
    assert await log.publisher.wait_for(size, 20) is not None
    assert audit(log.publisher.files.read, log.kinds).findings == []
    return [entry.statement.body for entry in await log.chain_entries("log/refusals")]


def places(found: list[LogRefusals]) -> list[tuple[str, int, int]]:
    return [(page.hour, page.page, page.of) for page in found]


async def unnamed(pool: Pool[Record]) -> int:
    async with pool.acquire() as conn:
        return int(await conn.fetchval("SELECT count(*) FROM refusal WHERE page IS NULL"))


async def test_a_page_whose_mark_was_lost_is_not_written_again(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Killed between the admission of a page and its mark: the log knows what it has named."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
        await refuse(log, row(1), row(2))
        assert await publish_refusals(log, START + HOUR_S) == 2
        async with pool.acquire() as conn:
            await conn.execute("UPDATE refusal SET page = NULL")
        assert await publish_refusals(log, START + HOUR_S) == 0
        assert await unnamed(pool) == 0
        await refuse(log, row(3, 9))
        assert await publish_refusals(log, START + 2 * HOUR_S) == 1
        assert places(await named(log)) == [("2026-10-01T08", 0, 1), ("2026-10-01T09", 0, 1)]


async def test_an_hour_that_was_named_in_part_is_finished(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    rows = [row(number) for number in range(250)]
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
        await refuse(log, *rows)
        wanted = list(pages("2026-10-01T08", rows))
        assert len(wanted) > 2
        assert await _append(log, wanted[0], START + HOUR_S)
        await refuse(log, *(row(number) for number in range(250, 500)))  # written late: more than fits the promised number of pages
        assert await publish_refusals(log, START + HOUR_S) > 0
        found = await named(log)
        assert places(found) == places(wanted)
        left = 500 - sum(len(page.items) for page in found)
        assert await unnamed(pool) == left > 0
        assert await publish_refusals(log, START + 2 * HOUR_S) == left
        items = [item.statement for page in await named(log) for item in page.items]
        assert sorted(items) == sorted(f"08{number:062x}" for number in range(500))


async def test_a_refusal_written_after_its_hour_was_named_stands_in_the_next(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Its process was paused between the receipt and the row."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
        await refuse(log, row(1))
        assert await publish_refusals(log, START + HOUR_S) == 1
        await refuse(log, row(2), row(3, 9), row(4, 12))
        assert await publish_refusals(log, START + HOUR_S) == 0
        assert await publish_refusals(log, START + 6 * HOUR_S) == 3
        found = await named(log)
        assert places(found) == [(f"2026-10-01T{hour}", 0, 1) for hour in ("08", "09", "12")]
        assert [len(page.items) for page in found] == [1, 2, 1]


async def test_a_clock_that_clients_set_leaves_no_page_late(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Hours may pass between two requests; a page stands in the log at the end of its hour, or at once when the log is already later."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
        await refuse(log, row(0), row(1, hour=9))
        assert await publish_refusals(log, START + 7 * HOUR_S) == 2
        pages = await log.chain_entries("log/refusals")
        assert [page.admission.at for page in pages] == ["2026-10-01T09:00:00+08:00", "2026-10-01T10:00:00+08:00"]
        await refuse(log, row(2, hour=9))
        assert await publish_refusals(log, START + 7 * HOUR_S) == 1
        assert (await log.chain_entries("log/refusals"))[-1].admission.at == "2026-10-01T11:00:00+08:00"


async def test_an_hour_of_any_number_of_refusals_is_named_whole(pool: Pool[Record]) -> None:
    """``of`` counts all pages of an hour, so all its rows are read at once."""
    count = 20_100
    async with pool.acquire() as conn:
        await conn.execute(
            """
            INSERT INTO refusal (hour, statement, signers, kind, codes, size, at, receipt)
            SELECT '2026-10-01T08', lpad(n::text, 64, '0'), ARRAY[$1], 'key.add/1', ARRAY['STATEMENT_STALE'], 1,
                   '2026-10-01T08:30:00+08:00', ''
              FROM generate_series(1, $2::int) AS n
            """,
            PARTY,
            count,
        )
        rows = await store.list_open_refusals(conn, to_hour="2026-10-01T08")
    found = list(pages("2026-10-01T08", rows))
    assert sum(len(page.items) for page in found) == count
    assert {page.of for page in found} == {len(found)}


async def test_of_many_processes_one_names_the_refusals(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """A rival's page would be refused, and that refusal would have to be named in the next hour, for ever."""
    async with running(pool, tmp_path, bench.kinds) as log, running(pool, tmp_path, bench.kinds) as other:
        await log.append(envelopes(bench), now_s=START)
        await refuse(log, *(row(number) for number in range(300)))
        counts = await asyncio.gather(*(publish_refusals(one, START + HOUR_S) for one in (log, other, log, other)))
        assert sorted(counts) == [0, 0, 0, 300]
        assert await unnamed(pool) == 0
        assert len(await named(log)) > 1


async def test_a_closed_log_names_nothing_more(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    bench.post("log.close/1", "log/main", EVERYONE, {"successor_origin": "log.example/next"})
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
        await refuse(log, row(1))
        assert await publish_refusals(log, START + HOUR_S) == 0
        assert await unnamed(pool) == 1


def stale(bench: Workbench) -> bytes:
    body = {"key": register(key_of(PARTY, 1), bench.found, PARTY)}
    return freeze(bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body, at="2026-09-01T00:00:00+08:00").sign([key_of(PARTY)]))


async def test_a_receipt_names_the_size_of_the_log_also_in_a_process_that_has_appended_nothing(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
    short = bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), {"no": "key"}).sign([key_of(PARTY)])  # never reaches the sequencer
    async with running(pool, tmp_path, bench.kinds) as log:
        [answer] = await log.append([freeze(short)], now_s=START)
        assert isinstance(answer, TurnedDown)
        assert answer.receipt is not None
        body = json.loads(parse_envelope(answer.receipt, payload_type=PAYLOAD_REFUSAL).body)
        assert body["size"] == len(bench.entries)


async def test_an_operators_key_that_was_revoked_signs_no_receipt(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """A receipt is signed by a key of the operator that is valid at its size; another would convince nobody."""
    refused = stale(bench)
    old = key_of(OPERATOR)
    bench.post(
        "key.rotate/1", f"party/{OPERATOR}", (OPERATOR,), {"old": old.keyid, "key": register(key_of(OPERATOR, 1), bench.found, OPERATOR)}
    )
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START)
        [without] = await log.append([refused], now_s=START)
        log.receipts.key = key_of(OPERATOR, 1)
        [receipt] = await log.append([refused], now_s=START)
        assert isinstance(without, TurnedDown)
        assert isinstance(receipt, TurnedDown)
        assert (without.receipt, receipt.receipt is None) == (None, False)


async def test_a_new_authority_signs_in_the_request_that_admits_it(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Keys are valid by index, in one batch too."""
    new, party = uscc("520000", 52), uscc("520100", 53)
    body = {"uscc": new, "name": "丙省（虚构）", "regions": ["52"], "keys": [register(key_of(new), bench.found, new)]}
    bench.post("authority.admit/1", "log/main", EVERYONE, body)
    bench.register(party, authority=new)
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted[:-2], now_s=START)
        assert all(isinstance(answer, LoggedEntry) for answer in await log.append(posted[-2:], now_s=START))


async def test_a_crowd_that_is_refused_costs_one_writing_and_each_learns_whether_it_was_new(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All ask at once, two of them the same: one commit at most for what came while the first was written."""
    written: list[int] = []
    insert = store.insert_refusals

    async def counted(conn: store.Conn, made: Sequence[tuple[RefusalItem, bytes]]) -> list[bool]:
        written.append(len(made))
        return await insert(conn, made)

    monkeypatch.setattr(store, "insert_refusals", counted)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append([freeze(bench.entries[0].envelope)], now_s=START)
        receipts = RefusalReceipts(pool, log.kinds, log.operator_key, simulated=lambda: True)
        acts = [ClaimedAct((PARTY,), "key.add/1", f"{n:064x}") for n in (0, 1, 2, 3, 3)]
        given = await asyncio.gather(*(receipts.give(act, ["CHAIN_CONFLICT"], START) for act in acts))
        assert [is_new for _, is_new in given] == [True, True, True, True, False]
        assert written == [5]
        assert not (await receipts.give(acts[0], ["CHAIN_CONFLICT"], START))[1], "known since the first time"
