"""What everybody may fetch of a log: tiles as they are or packed, the policy, and a proof for every entry."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ledger.publishing.files import LogFiles
from ledger.static.routes import accepts_gzip
from ledger.tree.checkpoint import log_vkeys
from ledger.tree.merkle import leaf_hash
from ledger.tree.policy import parse_policy
from ledger.tree.proof import parse_proof
from ledger.tree.tiles import parse_bundle
from liandan.cli.audit import audit_command
from signing.keys import write_key
from tests.ledger.trust import verify_proof
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import AUTHORITY_51, ORIGIN, Workbench, key_of, uscc

BUNDLE = "/tile/entries/000.p/9"


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    for serial in range(8):
        bench.register(uscc("510112", serial))
    return bench


@pytest.fixture
async def client(database_url: str, tmp_path: Path, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    async with http(database_url, tmp_path) as client:
        await post_all(client, bench)
        yield client


def on_disk(directory: Path, path: str) -> bytes:
    """A published file as it lies there."""
    return LogFiles(directory / "log", directory / "entries").place(path.lstrip("/")).read_bytes()


async def raw_of(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """An answer and its bytes as they travelled."""
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


async def test_bundles_are_packed_only_for_who_accepts_it_and_never_on_disk(
    client: httpx.AsyncClient, bench: Workbench, tmp_path: Path
) -> None:
    token = await token_of(client, AUTHORITY_51)
    wanted = on_disk(tmp_path, BUNDLE)
    plain, raw = await raw_of(client, BUNDLE, {**token, "Accept-Encoding": "identity"})
    assert raw == wanted
    packed, smaller = await raw_of(client, BUNDLE, {**token, "Accept-Encoding": "br, gzip;q=0.5"})
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert (gzip.decompress(smaller), len(smaller) < len(raw)) == (wanted, True)
    assert on_disk(tmp_path, BUNDLE) == wanted
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


async def test_hash_tiles_do_not_shrink_and_travel_as_they_are(client: httpx.AsyncClient, tmp_path: Path) -> None:
    answer, raw = await raw_of(client, "/tile/0/000.p/9", {"Accept-Encoding": "gzip"})
    assert (raw, "content-encoding" in answer.headers) == (on_disk(tmp_path, "/tile/0/000.p/9"), False)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_no_shared_cache_keeps_entries(client: httpx.AsyncClient) -> None:
    answer = await client.get(BUNDLE, headers=await token_of(client, AUTHORITY_51))
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("GZIP;q=1.0", True),
        ("br, gzip;q=0.001", True),
        ("*", True),
        ("*;q=0, gzip", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
    ],
)
def test_gzip_is_used_when_the_header_allows_it(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


async def test_anybody_gets_a_proof_that_stock_readers_verify_with_the_policy(client: httpx.AsyncClient, tmp_path: Path) -> None:
    policy = parse_policy((await client.get("/policy")).content)
    assert (policy.log_vkeys, policy.quorum) == (log_vkeys(ORIGIN, [key_of("log")]), "none")
    entries = parse_bundle(on_disk(tmp_path, BUNDLE), 9)
    for index, entry in enumerate(entries):
        answer = await client.get(f"/v1/proofs/{index}")
        assert answer.headers["content-type"].startswith("text/plain")
        opened = verify_proof(parse_proof(answer.content), leaf_hash(entry), policy)
        assert opened.checkpoint.size == 9
    beyond = await client.get("/v1/proofs/9")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "NOT_FOUND")


async def test_a_log_that_is_not_founded_has_no_policy_and_no_proof(database_url: str, tmp_path: Path) -> None:
    async with http(database_url, tmp_path) as client:
        assert [(await client.get(path)).status_code for path in ("/policy", "/v1/proofs/0")] == [404, 404]


async def test_a_server_is_audited_against_either_pin_alone(client: httpx.AsyncClient, bench: Workbench, tmp_path: Path) -> None:
    key, word = tmp_path / "authority.pem", tmp_path / "word"
    word.write_text("a passphrase\n")
    word.chmod(0o600)
    write_key(key, key_of(AUTHORITY_51), b"a passphrase")
    right, wrong = tmp_path / "right.vkey", tmp_path / "wrong.vkey"
    right.write_bytes((await client.get("/log.vkey")).content)
    wrong.write_text(f"{log_vkeys(ORIGIN, [key_of('another')])[0]}\n")
    url, now = str(client.base_url), bench.entries[-1].admission.at

    async def audited(*pins: object) -> tuple[int, str]:
        arguments = [url, "--key", key, "--passphrase-file", word, "--jobs", "1", "--now", now, *pins]
        result = await asyncio.to_thread(CliRunner().invoke, audit_command, list(map(str, arguments)))
        return result.exit_code, result.output

    for pins in (("--found", bench.found), ("--vkey", right), ("--vkey", right, "--found", bench.found)):
        assert (await audited(*pins))[0] == 0, pins
    for pins, code in ((("--found", "0" * 64), "FOUND_DIFFERS"), (("--vkey", wrong), "VKEY_DIFFERS")):
        found = await audited(*pins)
        assert (found[0], code in found[1]) == (1, True), found
