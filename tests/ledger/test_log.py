"""Sequencer and publisher on PostgreSQL: what is answered is in the log, is published, and audits clean."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from asyncpg import Connection, Pool, Record
from msgspec.structs import replace

from ledger import store
from ledger.admission import intake
from ledger.admission.intake import ASKING_MAX, Intake
from ledger.admission.personality import CURRENT, RULESETS
from ledger.admission.refusals import publish_refusals
from ledger.admission.sequencer import Busy
from ledger.auditing.audit import audit
from ledger.auditing.database_audit import audit_database
from ledger.log import LoggedEntry, TurnedDown
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import StagedFiles
from ledger.publishing.freeze import Mismatch
from ledger.times import format_at
from ledger.tree.merkle import leaf_hash, verify_inclusion
from signing.envelope import PAYLOAD_REFUSAL, freeze, parse_envelope
from signing.possession import register
from tests.ledger.log_server import envelopes, make_publisher, running, unguarded
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, START, Workbench, key_of, uscc

NOW = START + 3600
PARTIES = [uscc("510112", serial) for serial in range(10, 40)]


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    for party in PARTIES:
        bench.register(party)
    return bench


async def test_admitted_statements_are_published_with_proofs(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        answers = await log.append(envelopes(bench), now_s=NOW)
        assert all(isinstance(answer, LoggedEntry) and answer.is_new for answer in answers)
        published = await log.publisher.wait_for(len(answers), 5)
        assert published is not None
        for answer in answers:
            assert isinstance(answer, LoggedEntry)
            proof = log.publisher.inclusion(answer.entry.index, published.size)
            verify_inclusion(answer.entry.index, published.size, leaf_hash(answer.entry.raw), proof, published.root)
        files = log.publisher.files
        report = audit(files.read, bench.kinds, archived=iter(files.archived_sizes()))
        assert report.findings == []
        assert report.entries == len(answers)


async def test_requests_that_come_at_once_ask_for_a_key_once(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a start nothing is cached, and all clients come again at the same moment."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
    asked: list[list[str]] = []
    fetch = store.fetch_facts

    async def noting(conn: store.Conn, keys: Sequence[str]) -> dict[str, bytes]:
        asked.append(list(keys))
        return await fetch(conn, keys)

    monkeypatch.setattr(store, "fetch_facts", noting)
    reading = Intake(pool, bench.kinds, lambda _: True)
    taken = await asyncio.gather(*(reading.take([raw]) for raw in envelopes(bench)[1:] * 4))
    assert all(item.signed is not None for [item] in taken)
    asking = [keys for keys in asked if any(key.startswith("key:") for key in keys)]
    assert len(asking) <= ASKING_MAX * len({key for keys in asking for key in keys}), "the same keys again and again"


async def test_keys_that_are_put_out_of_the_cache_meanwhile_still_verify(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for party in PARTIES[:8]:
        bench.post("key.add/1", f"party/{party}", (party,), {"key": register(key_of(party, 1), bench.found, party)})
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
    monkeypatch.setattr(intake, "KEY_CACHE_MAX", 0)
    monkeypatch.setattr(intake, "TURN_S", 0.0)
    reading = Intake(pool, bench.kinds, lambda _: True)
    verifying = asyncio.create_task(reading.take(envelopes(bench)[-8:]))
    while not reading._keys:  # noqa: ASYNC110  # a turn, not a time
        await asyncio.sleep(0)
    await reading.take(envelopes(bench)[1:2])
    assert [item.refusal for item in await verifying] == [None] * 8


async def test_a_resubmission_is_answered_with_the_first_entry(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        first = await log.append(envelopes(bench), now_s=NOW)
        again = await log.append(envelopes(bench), now_s=NOW)
        for before, after in zip(first, again, strict=True):
            assert isinstance(before, LoggedEntry)
            assert isinstance(after, LoggedEntry)
            assert not after.is_new
            assert after.entry.raw == before.entry.raw
        head = await log.head()
        assert head is not None
        assert head.size == len(first)


async def test_the_time_of_the_log_never_goes_back(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Whatever the clock of one process does."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        [answer] = await log.append(envelopes(bench)[5:6], now_s=NOW - 600)
    assert isinstance(answer, LoggedEntry)
    assert answer.entry.admission.at == format_at(NOW)


async def test_one_bad_statement_does_not_harm_the_rest_of_a_batch(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    posted = envelopes(bench)
    posted.insert(3, b"{not json")
    posted.insert(9, posted[8].replace(b'"sig":"', b'"sig":"AAAA'))
    async with running(pool, tmp_path, bench.kinds) as log:
        answers = await log.append(posted, now_s=NOW)
    turned = {position for position, answer in enumerate(answers) if isinstance(answer, TurnedDown)}
    assert turned == {3, 9}


async def test_of_competing_statements_exactly_one_wins(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    party = PARTIES[0]
    async with running(pool, tmp_path / "a", bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        rivals = []
        for serial in range(12):
            body = {"key": register(key_of(party, serial + 1), bench.found, party)}
            rivals.append(freeze(bench.draft("key.add/1", f"party/{party}", (party,), body).sign([key_of(party)])))
        answers = [found for part in await asyncio.gather(*(log.append([raw], now_s=NOW) for raw in rivals)) for found in part]
    winners = [answer for answer in answers if isinstance(answer, LoggedEntry)]
    assert len(winners) == 1
    codes = {code for answer in answers if isinstance(answer, TurnedDown) for code in answer.refusal.codes}
    assert codes == {"CHAIN_CONFLICT"}


async def test_a_refused_statement_gets_a_receipt_and_is_named_in_the_log(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    posted = envelopes(bench)
    party = PARTIES[0]
    stale = bench.draft(
        "key.add/1", f"party/{party}", (party,), {"key": register(key_of(party, 1), bench.found, party)}, at="2026-09-01T00:00:00+08:00"
    )
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted, now_s=NOW)
        [answer] = await log.append([freeze(stale.sign([key_of(party)]))], now_s=NOW)
        assert isinstance(answer, TurnedDown)
        assert answer.refusal.codes == ["STATEMENT_STALE"]
        assert answer.receipt is not None
        assert b"STATEMENT_STALE" in parse_envelope(answer.receipt, payload_type=PAYLOAD_REFUSAL).body
        assert await publish_refusals(log, NOW) == 0
        assert await publish_refusals(log, NOW + 3600) == 1
        assert await publish_refusals(log, NOW + 3600) == 0
        [page] = await log.chain_entries("log/refusals")
        assert page.statement.body.items[0].statement == answer.statement


async def test_a_restart_goes_on_where_publication_stopped(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted[:20], now_s=NOW)
        assert await log.publisher.wait_for(20, 5)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted[20:], now_s=NOW)
        assert await log.publisher.wait_for(len(posted), 5)
        assert audit(log.publisher.files.read, bench.kinds).findings == []


@pytest.mark.breaks_the_log("an administrator changes the head")
async def test_a_changed_head_is_not_signed(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 5)
    async with pool.acquire() as conn:
        await conn.execute("UPDATE log_head SET root = sha256('x'), size = size")
        publisher = make_publisher(pool, tmp_path, bench.kinds)
        publisher.recover()
        with pytest.raises(Mismatch, match="another root"):
            await publisher.step()


@pytest.mark.breaks_the_log("an administrator changes entries")
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("UPDATE entry SET leaf = sha256('x') WHERE idx = 3", "entry 3: "),
        ("DELETE FROM entry WHERE idx = 2", "there are 4"),
        ("DELETE FROM entry WHERE idx = 4", "there are 4"),
    ],
)
async def test_a_changed_leaf_or_a_missing_row_is_not_signed(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench, edit: str, said: str
) -> None:
    async with running(pool, tmp_path / "published", bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 5)
    async with unguarded(database) as conn:
        for row in await conn.fetch("SELECT conname FROM pg_constraint WHERE conrelid = 'entry'::regclass AND contype = 'c'"):
            await conn.execute(f'ALTER TABLE entry DROP CONSTRAINT "{row["conname"]}"')
        await conn.execute(edit)
    publisher = make_publisher(pool, tmp_path / "to publish", bench.kinds)
    publisher.files.put_data([RULESETS[CURRENT].file])
    publisher.recover()
    with pytest.raises(Mismatch, match=said):
        await publisher.step()
    assert publisher.files.read("checkpoint") is None


@pytest.mark.parametrize(("before", "said"), [(0, "do not give the promised root"), (5, "does not extend size 5")])
async def test_tiles_that_do_not_give_the_promised_root_are_not_signed(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch, before: int, said: str
) -> None:
    """What is on disk is read again before it is signed: a disk, or a hand, that changed a tile is found."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:before], now_s=NOW)
        assert not before or await log.publisher.wait_for(before, 5) is not None
        unpack = log.publisher.files.unpack

        def damaged(bundle: StagedFiles) -> None:
            unpack(bundle)
            path = next(path for path, _ in bundle.files if path.startswith("tile/0/"))
            raw = log.publisher.files.read(path)
            assert raw is not None
            log.publisher.files.write(path, raw[:-1] + bytes([raw[-1] ^ 1]))

        monkeypatch.setattr(log.publisher.files, "unpack", damaged)
        await log.append(envelopes(bench)[before:], now_s=NOW)
        assert await log.publisher.wait_for(before + 1, 5) is None
        assert said in str(log.publisher.mismatch)
        assert (0 if log.publisher.published is None else log.publisher.published.size) == before


@pytest.mark.breaks_the_log("the head is set back")
async def test_a_database_behind_the_checkpoint_store_is_refused(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 5)
    async with pool.acquire() as conn:
        await conn.execute("UPDATE log_head SET size = 4")
    publisher = make_publisher(pool, tmp_path, bench.kinds)
    publisher.recover()
    with pytest.raises(Mismatch, match="restored backup"):
        await publisher.step()


async def test_an_authority_signs_for_its_own_region_only(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    party = uscc("500116", 77)
    body = {"name": "越权登记（虚构）", "keys": [register(key_of(party), bench.found, party)]}
    draft = bench.draft("party.register/1", f"party/{party}", (AUTHORITY_51,), body)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        [answer] = await log.append([freeze(draft.sign([key_of(AUTHORITY_51)]))], now_s=NOW)
    assert isinstance(answer, TurnedDown)
    assert answer.refusal.codes == ["SIGNER_ROLE"]


@pytest.mark.breaks_the_log("an administrator changes everything")
async def test_edits_of_a_live_database_are_found(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench
) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        assert await log.publisher.wait_for(len(bench.entries), 5)
    files = make_publisher(pool, tmp_path, bench.kinds).files
    assert (await audit_database(pool, files, bench.kinds)).findings == []
    party = f"chain:party/{PARTIES[0]}"
    async with unguarded(database) as conn:
        await conn.execute(
            "UPDATE fact SET value = (SELECT value FROM fact WHERE key = $2) WHERE key = $1", party, f"chain:party/{PARTIES[1]}"
        )
        await conn.execute("UPDATE link SET hash = sha256('x') WHERE idx = 5")
        await conn.execute("ALTER TABLE entry DROP CONSTRAINT entry_leaf")
        await conn.execute("UPDATE entry SET entry = set_byte(entry, 700, (get_byte(entry, 700) + 1) % 256) WHERE idx = 7")
    found = {(finding.code, finding.index, finding.chain) for finding in (await audit_database(pool, files, bench.kinds)).findings}
    assert {code for code, _, _ in found} >= {"FACT_DIFFERS", "LINK_DIFFERS", "LEAF_DIFFERS"}
    assert any(code == "LEAF_DIFFERS" and index == 7 for code, index, _ in found)
    assert any(code == "FACT_DIFFERS" and chain == party for code, _, chain in found)
    assert any(code == "LINK_DIFFERS" and index == 5 for code, index, _ in found)


async def test_an_edit_of_derived_rows_is_caught_before_it_is_signed(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """A revoked key is made valid again in the database: the sequencer believes it, the publisher's own memory does not."""
    party = PARTIES[0]
    bench.post("key.add/1", f"party/{party}", (party,), {"key": register(key_of(party, 1), bench.found, party)})
    bench.post("key.revoke/1", f"party/{party}", (party,), {"keyid": key_of(party).keyid, "reason": "停用"}, keys=[key_of(party, 1)])
    forged = bench.draft("key.add/1", f"party/{party}", (party,), {"key": register(key_of(party, 2), bench.found, party)})
    key = f"key:{key_of(party).keyid}"
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        assert await log.publisher.wait_for(len(bench.entries), 5)
        async with pool.acquire() as conn:
            valid = bench.kinds.encode(replace(bench.facts.get(key), revoked=None))
            await conn.execute("UPDATE fact SET value = $2 WHERE key = $1", key, valid)
        [answer] = await log.append([freeze(forged.sign([key_of(party)]))], now_s=NOW)
        assert isinstance(answer, LoggedEntry)
        assert await log.publisher.wait_for(answer.entry.index + 1, 3) is None
        assert "KEY_NOT_VALID" in str(log.publisher.mismatch)
        with pytest.raises(Busy, match="frozen"):
            await log.append(envelopes(bench)[:1], now_s=NOW)
        assert log.publisher.published is not None
        assert log.publisher.published.size == len(bench.entries)


async def test_the_publishers_memory_is_rebuilt_from_the_published_files(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted[:20], now_s=NOW)
        assert await log.publisher.wait_for(20, 5)
    CheckpointStore(tmp_path / "checkpoints.sqlite").forget_shadow()
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(posted[20:], now_s=NOW)
        assert await log.publisher.wait_for(len(posted), 5)


async def test_a_file_that_is_not_here_is_not_adopted(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Otherwise the log could never be exported whole, nor audited."""
    everyone = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        for digest, code in (("0" * 64, "DATA_MISSING"), ("../checkpoint", "FIELD_TYPE")):
            draft = bench.draft("data.adopt/1", "log/main", everyone, {"name": "x", "version": "1", "sha256": digest})
            [answer] = await log.append([freeze(draft.sign([key_of(party) for party in everyone]))], now_s=NOW)
            assert isinstance(answer, TurnedDown)
            assert answer.refusal.codes == [code]
