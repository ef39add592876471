"""Attachments over HTTP: taken in by their hash, given to those who may read an entry that names them, to nobody else."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
import structlog

from ledger.auditing.audit import Options
from ledger.caller import Caller
from ledger.evidence.arriving import read_claims
from ledger.evidence.service import Evidence, KeepingRules
from ledger.evidence.shelf import Arrivals, FileDirectory
from ledger.evidence.store import LEAST_BYTES
from ledger.log import Log
from ledger.publishing.files import LogFiles
from liandan.database import open_pool
from liandan.demo.cast import CAST, CHONGQING, OPERATOR, SICHUAN
from liandan.installation import audit_own
from liandan.wiring import KINDS
from signing.refusal import Refusal
from tests.ledger.evidence.files import PDF, bring, code_of, desk, digest_of, headers_of, named, pdf, shelved
from tests.stories.stage import Stage

GENERATOR, RECEIVER, CARRIER, STRANGER, TAKER = (CAST.firm(name).uscc for name in ("jinchuan", "jiangjin", "shuan", "lvyan", "changhang"))


async def reached(stage: Stage, uscc: str, raw: bytes) -> str:
    """What somebody gets who asks for a file: 200, or status and code."""
    async with desk(stage, uscc) as client:
        answer = await client.get(f"/v1/evidence/{digest_of(raw)}", params={"min_size": await size_of(client)})
    if answer.status_code != 200:
        return code_of(answer)
    assert answer.content == raw
    return "200"


async def size_of(client: httpx.AsyncClient) -> int:
    return int((await client.get("/v1/log")).json()["committed"])


async def test_a_file_comes_and_goes_as_the_same_bytes(firm: httpx.AsyncClient, directory: Path) -> None:
    raw = pdf("one", 700_000)
    first, again = await bring(firm, raw), await bring(firm, raw)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == f"/v1/evidence/{digest_of(raw)}"
    assert first.json() | {"unnamed_until": ""} == {
        "sha256": digest_of(raw), "size": len(raw), "media_type": PDF, "is_new": True, "unnamed_until": "",
    }  # fmt: skip
    got = await firm.get(first.headers["location"])
    assert got.content == raw
    assert got.headers["content-disposition"] == f'attachment; filename="{digest_of(raw)}.pdf"'
    assert "sandbox" in got.headers["content-security-policy"]
    assert (got.headers["x-content-type-options"], got.headers["content-type"]) == ("nosniff", PDF)
    assert got.headers["repr-digest"] == headers_of(raw)["Content-Digest"]
    head = await firm.head(first.headers["location"])
    assert (head.content, head.headers["content-length"]) == (b"", str(len(raw)))
    kept = directory / "evidence" / digest_of(raw)[:2] / digest_of(raw)[2:4] / digest_of(raw)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not shelved(directory / "evidence" / "arriving")


async def test_parts_of_a_file_are_given(firm: httpx.AsyncClient) -> None:
    raw = pdf("parts", 1000)
    place = (await bring(firm, raw)).headers["location"]
    for asked, part, said in [
        ("bytes=0-99", raw[:100], "bytes 0-99/1000"),
        ("bytes=900-", raw[900:], "bytes 900-999/1000"),
        ("bytes=-10", raw[-10:], "bytes 990-999/1000"),
        ("bytes=990-4000", raw[990:], "bytes 990-999/1000"),
        ("bytes=-4000", raw, "bytes 0-999/1000"),
    ]:
        got = await firm.get(place, headers={"Range": asked})
        assert (got.status_code, got.content, got.headers["content-range"]) == (206, part, said)
    for ignored in ("bytes=0-1,4-5", "bytes=9-3", "lines=1-2", "bytes=-", "bytes=a-b"):
        assert (await firm.get(place, headers={"Range": ignored})).status_code == 200
    for beyond in ("bytes=1000-", "bytes=5000-6000", "bytes=-0"):
        assert code_of(await firm.get(place, headers={"Range": beyond})) == "416 EVIDENCE_RANGE"
    etag = (await firm.head(place)).headers["etag"]
    assert (await firm.get(place, headers={"If-None-Match": etag})).status_code == 304
    assert (await firm.get(place, headers={"Range": "bytes=0-9", "If-Range": etag})).status_code == 206
    assert (await firm.get(place, headers={"Range": "bytes=0-9", "If-Range": '"another"'})).status_code == 200


async def test_who_may_read_a_file_that_nobody_names(on_stage: Stage, firm: httpx.AsyncClient) -> None:
    raw = pdf("unnamed")
    await bring(firm, raw)
    assert await reached(on_stage, GENERATOR, raw) == "200"
    for other in (RECEIVER, STRANGER, SICHUAN.uscc, OPERATOR.uscc):
        assert await reached(on_stage, other, raw) == "404 EVIDENCE_UNKNOWN"
    async with httpx.AsyncClient(base_url=on_stage.poster.url) as nobody:
        assert code_of(await nobody.get(f"/v1/evidence/{digest_of(raw)}")) == "401 TOKEN_MISSING"
        assert code_of(await nobody.post("/v1/evidence", content=raw, headers=headers_of(raw))) == "401 TOKEN_MISSING"
    for strange in ("a" * 64, "A" * 64, "..%2f..%2fkeys.pem", "0"):
        assert (await firm.get(f"/v1/evidence/{strange}")).status_code == 404


async def test_a_file_is_for_those_who_may_read_an_entry_that_names_it(on_stage: Stage, firm: httpx.AsyncClient) -> None:
    """From the entry on, and for a carrier from its taking the load over; before its bytes are there, readers are told that they lack."""
    raw = pdf("named")
    trip = on_stage.trip("batteries_out", "named", "10-12 08:30", "1.2").do("issue", set={"files": [named(raw)]})
    trip.do("depart 1h")
    await on_stage.play([trip])
    assert await reached(on_stage, RECEIVER, raw) == "404 EVIDENCE_ABSENT"
    assert await reached(on_stage, STRANGER, raw) == "404 EVIDENCE_UNKNOWN"
    await bring(firm, raw)
    for reader in (GENERATOR, RECEIVER, CARRIER, SICHUAN.uscc, CHONGQING.uscc):
        assert await reached(on_stage, reader, raw) == "200"
    for other in (STRANGER, TAKER, OPERATOR.uscc):
        assert await reached(on_stage, other, raw) == "404 EVIDENCE_UNKNOWN"
    del trip.acts[:]
    place = {"division": "510112", "address": "成渝高速内江服务区"}
    trip.do("hand_over 1h", to="changhang", set={"place": place})
    await on_stage.play([trip])
    assert await reached(on_stage, TAKER, raw) == "200"


async def test_a_hash_alone_opens_nothing(on_stage: Stage) -> None:
    """Somebody copies the hash of another's file into a manifest of his own: none of its parties has the bytes, so none gets them."""
    raw = pdf("secret contract")
    async with desk(on_stage, RECEIVER) as other:
        await bring(other, raw)
    trip = on_stage.trip("lamps_out", "thief", "10-13 08:30", "1.0").do("issue", set={"files": [named(raw)]})
    assert RECEIVER not in (trip.generator.uscc, trip.receiver.uscc)
    await on_stage.play([trip])
    assert await reached(on_stage, trip.generator.uscc, raw) == "404 EVIDENCE_ABSENT"


async def test_naming_its_owner_opens_a_file_as_little(on_stage: Stage) -> None:
    """A firm names another's file in a manifest to that very firm, who signed nothing of the kind."""
    raw = pdf("secret ledger")
    async with desk(on_stage, RECEIVER) as other:
        await bring(other, raw)
    trip = on_stage.trip("batteries_out", "thief2", "10-13 09:30", "1.0").do("issue", set={"files": [named(raw)]})
    assert trip.receiver.uscc == RECEIVER
    await on_stage.play([trip])
    for reader in (GENERATOR, CHONGQING.uscc):
        assert await reached(on_stage, reader, raw) == "404 EVIDENCE_ABSENT"
    assert await reached(on_stage, RECEIVER, raw) == "200"


async def test_what_is_wrong_with_an_upload_is_said_and_leaves_nothing(firm: httpx.AsyncClient, directory: Path) -> None:
    before, raw = shelved(directory / "evidence"), pdf("wrong")
    good = headers_of(raw)

    async def refused(content: bytes, headers: dict[str, str], query: str = "") -> str:
        return code_of(await firm.post(f"/v1/evidence{query}", content=content, headers=headers))

    assert await refused(pdf("other"), good) == "422 EVIDENCE_HASH"
    assert await refused(raw, good, "?size=199") == "422 EVIDENCE_SIZE"
    assert await refused(b"", headers_of(b"")) == "422 EVIDENCE_SIZE"
    assert await refused(raw, good, "?size=50000001") == "400 QUERY_FORM"
    assert await refused(raw, good | {"Content-Type": "image/jpeg"}) == "422 EVIDENCE_TYPE"
    text = "车牌,净重\n川A·F1234,5.6\n".encode()
    assert await refused(text, headers_of(text)) == "422 EVIDENCE_TYPE"
    assert await refused(raw, good | {"Content-Type": "multipart/form-data; boundary=x"}) == "400 EVIDENCE_MEDIA_TYPE"
    assert await refused(raw, good | {"Content-Type": "PDF"}) == "400 EVIDENCE_MEDIA_TYPE"
    assert await refused(raw, {"Content-Type": PDF}) == "400 EVIDENCE_DIGEST"
    assert await refused(raw, good | {"Content-Digest": "sha-256=:AAAA:"}) == "400 EVIDENCE_DIGEST"
    assert await refused(raw, good | {"Content-Encoding": "gzip"}) == "415 BODY_ENCODING"
    assert shelved(directory / "evidence") == before


async def test_a_file_that_is_too_large_is_refused_before_it_comes_or_while_it_does(firm: httpx.AsyncClient, directory: Path) -> None:
    before = shelved(directory / "evidence")

    async def pieces(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield bytes(1 << 20)

    assert 48 << 20 > 50_000_000
    unsaid = await firm.post("/v1/evidence", content=pieces(48), headers=headers_of(b""))
    assert code_of(unsaid) == "413 EVIDENCE_TOO_LARGE"
    said = await firm.post("/v1/evidence", content=pieces(48), headers=headers_of(b"") | {"Content-Length": str(48 << 20)})
    assert code_of(said) == "413 EVIDENCE_TOO_LARGE"
    assert shelved(directory / "evidence") == before


async def test_names_of_files_are_in_no_log_line(on_stage: Stage, firm: httpx.AsyncClient) -> None:
    raw = pdf("quiet")
    with structlog.testing.capture_logs() as lines:
        trip = on_stage.trip("batteries_out", "quiet", "10-14 08:30", "1.1").do("issue", set={"files": [named(raw, "张三身份证.pdf")]})
        await on_stage.play([trip])
        await bring(firm, raw)
        assert await reached(on_stage, RECEIVER, raw) == "200"
    assert "张三" not in repr(lines)
    assert [line["reader"] for line in lines if line["event"] == "evidence_read"] == [RECEIVER]


async def test_many_bring_the_same_file_at_once(firm: httpx.AsyncClient, on_stage: Stage, directory: Path) -> None:
    raw = secrets.token_bytes(300_000)
    async with desk(on_stage, RECEIVER) as other:
        every = [bring(client, raw, "application/octet-stream") for client in (firm, other) for _ in range(4)]
        answers = await asyncio.gather(*every)
    assert sorted(answer.status_code for answer in answers) == [200] * 6 + [201] * 2
    assert {answer.json()["media_type"] for answer in answers} == {"application/octet-stream"}
    assert (await firm.get(f"/v1/evidence/{digest_of(raw)}")).content == raw
    assert not shelved(directory / "evidence" / "arriving")


async def test_a_party_has_so_many_places_at_once_and_others_theirs(firm: httpx.AsyncClient, on_stage: Stage, directory: Path) -> None:
    raw = pdf("slow")
    gate = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield raw[:10]
        await gate.wait()
        yield raw[10:]

    waiting = [asyncio.create_task(firm.post("/v1/evidence", content=slowly(), headers=headers_of(raw))) for _ in range(8)]
    async with asyncio.timeout(60):
        while len(shelved(directory / "evidence" / "arriving")) < 8:  # noqa: ASYNC110 -- files of another task
            await asyncio.sleep(0.01)
    assert code_of(await bring(firm, pdf("ninth"))) == "503 BUSY"
    async with desk(on_stage, RECEIVER) as other:
        assert (await bring(other, pdf("ninth"))).status_code == 201
    gate.set()
    assert sorted(answer.status_code for answer in await asyncio.gather(*waiting)) == [200] * 7 + [201]
    assert (await bring(firm, pdf("ninth"))).status_code in (200, 201)


@pytest.fixture
async def evidence(shared_database_url: str, directory: Path) -> AsyncIterator[Evidence]:
    """The same store past HTTP."""
    async with await open_pool(shared_database_url, min_size=1, max_size=4) as pool:
        rules = KeepingRules(unnamed_days=30, party_bytes=10_000_000)
        yield Evidence(
            cast("Log", SimpleNamespace(pool=pool)), FileDirectory(directory / "evidence"), Arrivals(directory / "evidence"), rules
        )


async def brought(evidence: Evidence, uscc: str, raw: bytes) -> str:
    """Bring a file past HTTP: ``kept``, or the code of its refusal."""

    async def body() -> AsyncIterator[bytes]:
        yield raw

    claims = read_claims(headers_of(raw)["Content-Digest"], PDF, None, None)
    try:
        await evidence.take(Caller(uscc, "party", "00" * 32), claims, body())
    except Refusal as refusal:
        return refusal.codes[0]
    return "kept"


async def test_a_party_has_a_budget_of_what_nothing_names(on_stage: Stage, evidence: Evidence) -> None:
    raw, second = pdf("first", 6 * LEAST_BYTES), pdf("second", 5 * LEAST_BYTES)
    trip = on_stage.trip("boards_out", "budget", "10-15 08:30", "1.1").do("issue", set={"files": [named(raw)]})
    party = trip.generator.uscc
    evidence._rules = KeepingRules(unnamed_days=30, party_bytes=10 * LEAST_BYTES)
    assert [await brought(evidence, party, each) for each in (raw, second, raw)] == ["kept", "EVIDENCE_BUDGET", "kept"]
    every = await asyncio.gather(*(brought(evidence, party, pdf(f"at once {number}")) for number in range(6)))
    assert sorted(every) == ["EVIDENCE_BUDGET"] * 2 + ["kept"] * 4, "the smallest count as 64 KB, and four of them fit beside six"
    await on_stage.play([trip])
    assert await reached(on_stage, party, raw) == "200"
    assert await brought(evidence, party, second) == "kept", "what an entry names is spent no more"


async def test_what_nothing_names_goes_in_time_and_what_is_named_stays(on_stage: Stage, evidence: Evidence, directory: Path) -> None:
    kept, fresh, old = pdf("kept, named"), pdf("fresh"), pdf("old")
    trip = on_stage.trip("batteries_out", "swept", "10-15 08:30", "1.1").do("issue", set={"files": [named(kept)]})
    await on_stage.play([trip])
    assert [await brought(evidence, GENERATOR, each) for each in (kept, old)] == ["kept", "kept"]
    assert await brought(evidence, STRANGER, kept) == "kept", "who is no party of the entry has it like any file that nothing names"
    pool = evidence._log.pool
    await pool.execute("UPDATE evidence_upload SET brought_at = now() - interval '31 days' WHERE sha256 = ANY($1)", [
        bytes.fromhex(digest_of(each)) for each in (kept, old)
    ])  # fmt: skip
    assert await brought(evidence, GENERATOR, fresh) == "kept"
    async with pool.acquire() as conn, conn.transaction():
        at = await conn.fetchval("SELECT idx FROM projection_position")
    await pool.execute("UPDATE projection_position SET idx = 0")
    assert await evidence.sweep() == 0, "references that are being made again name nothing yet"
    await pool.execute("UPDATE projection_position SET idx = $1", at)
    assert await evidence.sweep() == 1
    assert await reached(on_stage, GENERATOR, kept) == await reached(on_stage, GENERATOR, fresh) == "200"
    assert await reached(on_stage, GENERATOR, old) == "404 EVIDENCE_UNKNOWN"
    assert digest_of(old) not in " ".join(shelved(directory / "evidence"))
    parties = await pool.fetch("SELECT uscc FROM evidence_upload WHERE sha256 = $1", bytes.fromhex(digest_of(kept)))
    assert [row["uscc"] for row in parties] == [GENERATOR]
    assert await brought(evidence, GENERATOR, old) == "kept", "and may come again"


async def test_the_audit_of_an_installation_holds_the_references(on_stage: Stage, evidence: Evidence, directory: Path) -> None:
    pool, files = evidence._log.pool, LogFiles(directory / "log", directory / "entries")
    assert (await audit_own(pool, files, KINDS, lambda done, total: None, Options(workers=1))).findings == []
    await pool.execute("UPDATE evidence_reference SET parties = parties || $1::text WHERE reader = $2", STRANGER, GENERATOR)
    report = await audit_own(pool, files, KINDS, lambda done, total: None, Options(workers=1))
    assert {finding.code for finding in report.findings} == {"VIEW_DIFFERS"}
    assert "evidence_reference" in report.findings[0].field


async def test_a_manifest_says_which_files_are_there_and_which_are_late(on_stage: Stage) -> None:
    """‡ ``ATTACHMENT_MISSING``: five working days after 15 October are over on the 22nd; bringing the file ends it, and no entry has it."""
    raw, other = pdf("late"), pdf("there")
    trip = on_stage.trip("lamps_out", "late", "10-15 08:30", "1.0")
    trip.do("issue", set={"files": [named(raw, "合同.pdf"), named(other) | {"size": 9}]})
    await on_stage.play([trip])

    async def told(client: httpx.AsyncClient, day: str, view: str = "") -> list[dict[str, Any]]:
        now = {"Liandan-Now": f"2026-10-{day}T12:00:00+08:00"}
        size = {"min_size": await size_of(client)}
        answer = await client.get(f"/v1/manifests/{trip.chain.removeprefix('manifest/')}{view}", headers=now, params=size)
        found: list[dict[str, Any]] = answer.json()["attachments"]
        return found

    async with desk(on_stage, trip.generator.uscc) as client:
        await bring(client, other)
        first, second = await told(client, "22")
        assert (first["name"], first["here"], first["due_on"], first["overdue"], first["alert"]) == (
            "合同.pdf",
            False,
            "2026-10-22",
            False,
            None,
        )
        assert (second["here"], second["due_on"], second["owed_by"]) == (True, None, [trip.generator.uscc])
        assert (second["size"], second["size_here"]) == (9, len(other)), "what the statement says wrongly shows"
        assert [(file["sha256"], file["alert"]["code"], file["alert"]["level"]) for file in await told(client, "23", "/actions")] == [
            (digest_of(raw), "ATTACHMENT_MISSING", "L")
        ]
        async with desk(on_stage, STRANGER) as stranger:
            await bring(stranger, raw)
        assert not (await told(client, "23"))[0]["here"], "brought by nobody of the manifest"
        await bring(client, raw)
        assert (await told(client, "23"))[0] == first | {"here": True, "size_here": len(raw), "due_on": None}
        assert await told(client, "23", "/actions") == []


async def test_a_file_that_was_cut_off_on_the_shelf_ends_its_download_and_nothing_else(
    firm: httpx.AsyncClient, directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The length was promised, so the connection ends: nobody takes the part for the whole. Bringing it again mends it."""
    raw = pdf("cut off", 600_000)
    place = (await bring(firm, raw)).headers["location"]
    with FileDirectory(directory / "evidence").place(digest_of(raw)).open("r+b") as file:
        file.truncate(300_000)
    with pytest.raises(httpx.RemoteProtocolError):
        await firm.get(place)
    assert (await firm.head(place)).status_code == 200
    assert (await bring(firm, raw)).status_code == 200
    assert (await firm.get(place)).content == raw
    assert "Traceback" not in capfd.readouterr().err
