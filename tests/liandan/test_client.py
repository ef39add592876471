"""The client against a real server: it believes nothing that is not proved, and keeps what proves it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from ledger.admission.personality import CURRENT, RULESETS
from ledger.problem import Problem
from ledger.times import parse_at
from ledger.tree.checkpoint import Checkpoint, sign_checkpoint
from ledger.tree.merkle import leaf_hash, verify_inclusion
from ledger.tree.proof import parse_proof
from liandan.client import AsyncLiandan, Dishonest, Heads, Liandan, Receipt, ReceiptFolder, RequestRefused, Trust, cosign
from signing.envelope import PAYLOAD_REFUSAL, PAYLOAD_STATEMENT, parse_envelope, seal
from signing.possession import register
from tests.liandan.serving import NOW, http, post_all
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, ORIGIN, Workbench, key_of, uscc

PARTY = uscc("510112", 2)
NOW_S = parse_at(NOW)


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, Workbench]]:
    bench = Workbench()
    bench.register(PARTY)
    async with http(database_url, tmp_path / "server") as plain:
        await post_all(plain, bench)
        yield str(plain.base_url).rstrip("/"), bench


def client_of(url: str, party: str, **options: Any) -> AsyncLiandan:
    client = AsyncLiandan(url, key_of(party), uscc=party, **options)
    client.set_now(NOW_S)
    return client


def new_key(bench: Workbench, generation: int) -> dict[str, object]:
    return {"key": register(key_of(PARTY, generation), bench.found, PARTY)}


async def test_a_posted_statement_comes_back_with_a_proof_that_stands_alone(server: tuple[str, Workbench], tmp_path: Path) -> None:
    url, bench = server
    folder = ReceiptFolder(tmp_path / "receipts")
    async with client_of(url, PARTY, folder=folder) as client:
        receipt = await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))
        assert client.checkpoint == receipt.checkpoint
    proof = parse_proof((folder.root / f"{receipt.statement}.tlog-proof").read_bytes())
    entry = (folder.root / f"{receipt.statement}.entry").read_bytes()
    verify_inclusion(proof.index, receipt.checkpoint.size, leaf_hash(entry), proof.hashes, receipt.checkpoint.root)


async def test_posting_twice_gives_the_first_entry(server: tuple[str, Workbench]) -> None:
    url, bench = server
    async with client_of(url, PARTY) as client:
        envelope = client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1)))
        first, again = await client.post(envelope), await client.post(envelope)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.entry == again.entry


async def test_what_was_posted_is_read_at_once(server: tuple[str, Workbench]) -> None:
    """The client asks for the size of its own receipt; a feed that does not have it yet is waited for."""
    url, bench = server
    async with client_of(url, PARTY) as client:
        after = (await client.feed(limit=1000)).next
        for generation in range(1, 6):
            receipt = await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, generation))))
            page = await client.feed(after)
            assert [entry.index for entry in page.entries] == [receipt.index]
            assert (page.size, page.next) == (receipt.index + 1, receipt.index)
            after = page.next
            assert (await client.party(PARTY)).size > receipt.index


async def test_a_chain_written_offline_is_posted_in_one_request(server: tuple[str, Workbench], tmp_path: Path) -> None:
    url, bench = server
    async with client_of(url, PARTY, heads=Heads(tmp_path / "heads.json")) as client:
        await client.resume(f"party/{PARTY}")
        offline = [client.sign(client.draft_offline("key.add/1", f"party/{PARTY}", new_key(bench, n))) for n in (1, 2, 3)]
        receipts = await client.post_batch(offline)
        assert all(isinstance(receipt, Receipt) and receipt.is_new for receipt in receipts)
        assert len({receipt.checkpoint.size for receipt in receipts if isinstance(receipt, Receipt)}) == 1
    assert Heads(tmp_path / "heads.json").next(f"party/{PARTY}", bench.found).seq == 4


async def test_a_refusal_is_kept_with_its_receipt_and_the_chain_goes_back(server: tuple[str, Workbench], tmp_path: Path) -> None:
    url, bench = server
    folder = ReceiptFolder(tmp_path / "receipts")
    async with client_of(url, PARTY, folder=folder) as client:
        draft = await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1), at_s=NOW_S - 90_000)
        with pytest.raises(RequestRefused) as caught:
            await client.post(client.sign(draft))
        assert caught.value.codes == ["STATEMENT_STALE"]
        [kept] = folder.root.glob("*.refusal")
        assert b"STATEMENT_STALE" in parse_envelope(kept.read_bytes(), payload_type=PAYLOAD_REFUSAL).body
        receipt = await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))
    assert receipt.is_new


async def test_a_client_behind_the_log_is_told_the_head_and_goes_on(server: tuple[str, Workbench]) -> None:
    url, bench = server
    async with client_of(url, PARTY) as client, client_of(url, PARTY) as other:
        behind = client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1)))
        await other.post(other.sign(await other.draft("key.add/1", f"party/{PARTY}", new_key(bench, 2))))
        [problem] = await client.post_batch([behind])
        assert isinstance(problem, Problem)
        assert problem.code == "CHAIN_CONFLICT"
        assert problem.head is not None
        assert problem.head.seq == 1
        assert (await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))).is_new


async def test_a_second_signer_signs_the_same_bytes(server: tuple[str, Workbench]) -> None:
    url, bench = server
    by = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
    body = {"name": "notice", "version": "1", "sha256": RULESETS[CURRENT].sha256}
    async with client_of(url, OPERATOR) as client:
        envelope = client.sign(await client.draft("data.adopt/1", "log/main", body, by=by))
        receipt = await client.post(cosign(envelope, key_of(AUTHORITY_51), key_of(AUTHORITY_50)))
    assert receipt.index == len(bench.entries)


async def test_two_roots_for_one_size_are_dishonest(server: tuple[str, Workbench]) -> None:
    url, bench = server
    client = client_of(url, PARTY)
    await client.connect()
    await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))
    assert client.checkpoint is not None
    client._proved = Checkpoint(ORIGIN, client.checkpoint.size, bytes(32))
    with pytest.raises(Dishonest, match="two roots"):
        await client.check_growth()
    client._proved = Checkpoint(ORIGIN, client.checkpoint.size - 1, bytes(32))
    with pytest.raises(Dishonest, match="does not extend"):
        await client.check_growth()
    await client._transport.close()


@pytest.mark.parametrize("lie", ["entry", "index", "inclusion", "checkpoint", "other log"])
async def test_a_receipt_that_does_not_hold_is_not_believed(server: tuple[str, Workbench], lie: str) -> None:
    url, bench = server

    async def answer(request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient() as real:
            true = await real.request(request.method, request.url, content=request.content, headers=request.headers)
        if request.url.path != "/v1/statements":
            return httpx.Response(true.status_code, content=true.content)
        said = true.json()
        if lie == "entry":
            said["entry"] = b64encode(bench.entries[1].raw).decode()
        elif lie == "index":
            said["index"] -= 1
        elif lie == "inclusion":
            said["inclusion"] = [b64encode(bytes(32)).decode(), *said["inclusion"][1:]]
        elif lie == "checkpoint":
            size = int(said["checkpoint"].split("\n")[1])
            said["checkpoint"] = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), key_of("log")).decode()
        else:
            root = said["checkpoint"].split("\n")[2]
            said["checkpoint"] = f"other\n1\n{root}\n\n" + said["checkpoint"].split("\n\n")[1].replace(ORIGIN, "other")
        return httpx.Response(true.status_code, json=said)

    lying = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = client_of(url, PARTY, http=lying)
    await client.connect()
    with pytest.raises(Dishonest):
        await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))
    await lying.aclose()


async def test_a_pinned_log_is_not_exchanged_for_another(server: tuple[str, Workbench]) -> None:
    url, bench = server
    trust = Trust(origin=ORIGIN, found=bench.found, log_keys=(str(_vkey_of_somebody()),))
    client = client_of(url, PARTY, trust=trust)
    await client.connect()
    with pytest.raises(Dishonest):
        await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))
    await client._transport.close()


def _vkey_of_somebody() -> object:
    from ledger.tree.checkpoint import log_vkeys

    return log_vkeys(ORIGIN, [key_of("another log")])[0]


async def test_the_blocking_client_does_the_same(server: tuple[str, Workbench]) -> None:
    import asyncio

    url, bench = server

    def work() -> bool:
        with Liandan(url, key_of(PARTY), uscc=PARTY) as client:
            client.set_now(NOW_S)
            receipt = client.post(client.sign(client.draft("key.add/1", f"party/{PARTY}", new_key(bench, 1))))
            asked = msgspec.json.decode(client.get("/v1/log"))
            few = msgspec.json.decode(client.get("/v1/parties?limit=1"))
            assert (len(few["parties"]), bool(few["next"])) == (1, True), "what the path asks counts beside what the client adds"
            return receipt.is_new and client.party(PARTY).keys[-1].added == receipt.index and asked["size"] > receipt.index

    assert await asyncio.to_thread(work)


def test_the_blocking_client_has_every_method_of_the_other() -> None:
    opening_and_closing = {"connect", "close"}  # `with` does both
    methods = {name for name in vars(AsyncLiandan) if not name.startswith("_")} - opening_and_closing
    assert sorted(methods - set(vars(Liandan))) == []


async def test_a_login_challenge_is_no_statement_and_a_statement_no_login(server: tuple[str, Workbench]) -> None:
    url, _ = server
    async with httpx.AsyncClient(base_url=url) as plain:
        from liandan.client.transport import challenge
        from signing.envelope import freeze

        login = challenge(ORIGIN, url, key_of(PARTY), 2**31, ("read",))
        answer = await plain.post("/v1/statements", content=freeze(login))
        assert answer.json()["code"] == "PAYLOAD_TYPE"
        answer = await plain.post("/v1/tokens", content=freeze(seal(PAYLOAD_STATEMENT, login.body, [key_of(PARTY)])))
        assert answer.json()["code"] == "PAYLOAD_TYPE"
