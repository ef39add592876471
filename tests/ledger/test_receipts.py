"""Receipts and resubmissions go to those whose keys signed: nobody can have a refusal written down in another's name (formats §2, §8)."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from asyncpg import Pool, Record

from ledger.admission.refusals import pages
from ledger.kinds.refusal_pages import RefusalItem
from ledger.log import LoggedEntry, TurnedDown
from ledger.refusal_receipts import CODES_MAX
from signing.envelope import PAYLOAD_STATEMENT, Envelope, freeze, seal
from signing.possession import register
from tests.ledger.log_server import envelopes, running
from tests.workbench import AUTHORITY_51, START, Workbench, key_of, uscc

NOW = START + 3600
STATEMENT_MAX = 24 * 1024
VICTIM, ATTACKER, STRANGER = uscc("510112", 10), uscc("510112", 11), uscc("510112", 12)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    bench.register(VICTIM)
    bench.register(ATTACKER)
    return bench


def _revocation(bench: Workbench, by: tuple[str, ...], signer: str) -> bytes:
    body = {"keyid": key_of(VICTIM).keyid, "reason": "测试"}
    return freeze(bench.draft("key.revoke/1", f"party/{VICTIM}", by, body).sign([key_of(signer)]))


async def _refused(pool: Pool[Record], tmp_path: Path, bench: Workbench, *raws: bytes) -> list[TurnedDown]:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        answers = await log.append(raws, now_s=NOW)
        async with pool.acquire() as conn:
            assert await conn.fetchval("SELECT count(*) FROM refusal") == sum(
                isinstance(answer, TurnedDown) and answer.receipt is not None for answer in answers
            )
    assert all(isinstance(answer, TurnedDown) for answer in answers)
    return [answer for answer in answers if isinstance(answer, TurnedDown)]


async def test_a_statement_signed_with_another_partys_key_gets_no_receipt(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    [answer] = await _refused(pool, tmp_path, bench, _revocation(bench, (VICTIM,), ATTACKER))
    assert answer.refusal.codes == ["KEY_OTHER_PARTY"]
    assert answer.receipt is None


async def test_a_key_that_was_only_claimed_in_the_same_request_earns_no_receipt(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    claim = {"name": "冒名（虚构）", "keys": [register(key_of(STRANGER), bench.found, VICTIM)]}
    claimed = freeze(bench.draft("party.register/1", f"party/{VICTIM}", (AUTHORITY_51,), claim).sign([key_of(STRANGER)]))
    answers = await _refused(pool, tmp_path, bench, claimed, _revocation(bench, (VICTIM,), STRANGER))
    assert [answer.receipt for answer in answers] == [None, None]


async def test_what_stands_where_a_signer_belongs_is_never_written_down(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    fields = {"kind": "party.register/1", "by": ["联系电话 13800138000"], "chain": "party/x", "seq": 0, "prev": "", "at": "", "body": {}}
    body = json.dumps(fields, ensure_ascii=False).encode()
    envelope: Envelope = seal(PAYLOAD_STATEMENT, body, [key_of(ATTACKER)])
    [answer] = await _refused(pool, tmp_path, bench, freeze(envelope))
    assert answer.receipt is None


async def test_who_signed_with_a_registered_key_of_its_own_keeps_its_receipt(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    [answer] = await _refused(pool, tmp_path, bench, _revocation(bench, (ATTACKER,), ATTACKER))
    assert answer.refusal.codes == ["SIGNER_ROLE"]
    assert answer.receipt is not None


async def test_only_the_signers_get_the_first_entry_again(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    """Signatures of a resubmission are by any key ever registered for ``by[k]`` (formats §2)."""
    first = bench.entries[1].envelope
    foreign = freeze(seal(PAYLOAD_STATEMENT, first.body, [key_of(ATTACKER)]))
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        [own, other] = await log.append([freeze(first), foreign], now_s=NOW)
    assert isinstance(own, LoggedEntry)
    assert not own.is_new
    assert isinstance(other, TurnedDown)
    assert other.refusal.codes == ["KEY_OTHER_PARTY"]


def _refusal(number: int, codes: int) -> RefusalItem:
    return RefusalItem(
        statement=f"{number:064x}",
        by=tuple(uscc("510112", number) for number in range(8)),
        kind="approval.decide/1",
        codes=tuple(f"CODE_OF_SOME_LENGTH_{number:02}" for number in range(codes)),
        size=number,
        at="2026-10-01T08:00:00+08:00",
    )


@pytest.mark.parametrize("codes", [1, CODES_MAX])
def test_every_page_fits_a_statement_and_no_refusal_is_left_out(codes: int) -> None:
    rows = [_refusal(number, codes) for number in range(200)]
    found = list(pages("2026-10-01T08", rows))
    assert max(len(msgspec.json.encode(page)) for page in found) < STATEMENT_MAX - 1000
    assert [item.statement for page in found for item in page.items] == [row.statement for row in rows]
    assert [(page.page, page.of) for page in found] == [(number, len(found)) for number in range(len(found))]
