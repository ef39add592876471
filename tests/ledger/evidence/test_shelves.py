"""Where files lie: a directory and a bucket over HTTP keep the same promises; what arrives leaves nothing behind."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from ledger.evidence.bucket import Bucket, BucketAccess, read_keys
from ledger.evidence.shelf import Arrivals, FileDirectory, Shelf, ShelfAway
from ledger.evidence.sniffing import FAMILIES, family_of, lie_in, served_as, suffix_of
from signing.refusal import Refusal
from tests.ledger.evidence.files import bring, code_of, desk, digest_of, pdf, shelved
from tests.ledger.evidence.test_evidence import GENERATOR
from tests.stories.stage import stage

KEYS = "[default]\naws_access_key_id = AKIATEST\naws_secret_access_key = secret/of+tests\n"


@pytest.fixture(scope="module")
def service() -> Iterator[ThreadedMotoServer]:
    """An object store that speaks as S3 does, on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def endpoint(service: ThreadedMotoServer) -> str:
    """Its address, with a bucket made."""
    host, port = service.get_host_and_port()
    address = f"http://{host}:{port}"
    assert httpx.put(f"{address}/attachments").status_code == 200
    return address


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of the bucket."""
    path = tmp_path_factory.mktemp("keys") / "credentials"
    path.write_text(KEYS)
    return path


@pytest.fixture(params=["directory", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, endpoint: str, key_file: Path) -> Shelf:
    """Each of the two."""
    if request.param == "directory":
        return FileDirectory(tmp_path / "evidence")
    return Bucket(BucketAccess(bucket="attachments", prefix=tmp_path.name, endpoint=endpoint, region="us-east-1", key_file=key_file))


async def put(shelf: Shelf, tmp_path: Path, raw: bytes) -> str:
    path, file = Arrivals(tmp_path / "evidence").open()
    with file:
        file.write(raw)
        file.flush()
        await shelf.put(digest_of(raw), path)
    path.unlink(missing_ok=True)
    return digest_of(raw)


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_what_is_put_is_there_whole_and_in_parts(shelf: Shelf, tmp_path: Path) -> None:
    raw = os.urandom(9_000_000)  # more than one part of an upload
    digest = await put(shelf, tmp_path, raw)
    assert await shelf.size(digest) == len(raw)
    assert await whole(shelf.read(digest, 0, len(raw))) == raw
    assert await whole(shelf.read(digest, 8_999_990, 9_000_000)) == raw[-10:]
    assert await put(shelf, tmp_path, raw) == digest, "again is no harm"
    small = await put(shelf, tmp_path, b"small")
    assert {name async for name in shelf.names()} == {digest, small}
    await shelf.drop(digest)
    await shelf.drop(digest)
    assert await shelf.size(digest) is None
    with pytest.raises(FileNotFoundError):
        await whole(shelf.read(digest, 0, 1))
    assert {name async for name in shelf.names()} == {small}


async def test_a_bucket_that_is_away_is_said_to_be(tmp_path: Path, endpoint: str, key_file: Path) -> None:
    for bucket, address in (("nobody-s", endpoint), ("attachments", "http://127.0.0.1:9")):
        elsewhere = Bucket(BucketAccess(bucket=bucket, prefix="", endpoint=address, region="us-east-1", key_file=key_file))
        with pytest.raises(ShelfAway):
            await put(elsewhere, tmp_path, b"lost")
        with pytest.raises(ShelfAway):
            assert not {name async for name in elsewhere.names()}


async def test_a_directory_that_cannot_be_written_is_away(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file, where a directory should be")
    with pytest.raises(OSError, match="evidence"):
        Arrivals(tmp_path / "evidence").open()
    with pytest.raises(ShelfAway, match="ENOTDIR"):
        await FileDirectory(tmp_path / "evidence").put(digest_of(b"x"), tmp_path / "nothing")


def test_keys_that_cannot_be_read_are_told_without_them(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    for wrong in ("", "aws_access_key_id = AKIATEST", KEYS.replace("aws_secret_access_key", "aws_secret"), "[default\n"):
        path.write_text(wrong)
        with pytest.raises(Refusal) as caught:
            read_keys(path)
        assert "SETTING_VALUE" in caught.value.codes
        assert "AKIATEST" not in repr(caught.value.reasons)


async def test_a_server_on_a_bucket_keeps_nothing_while_it_is_away(
    database_url: str, tmp_path: Path, service: ThreadedMotoServer, endpoint: str, key_file: Path
) -> None:
    """Files over HTTP, into the bucket and out of it; then its service is gone: 503, nothing noted, nothing left on the disk."""
    where = {"evidence_bucket": "attachments/whole", "evidence_bucket_endpoint": endpoint, "evidence_bucket_key_file": key_file}
    async with stage(database_url, tmp_path, **where) as built, desk(built, GENERATOR) as client, httpx.AsyncClient() as elsewhere:
        raw, later = pdf("into the bucket", 100_000), pdf("later")
        assert (await bring(client, raw)).status_code == 201
        assert (await client.get(f"/v1/evidence/{digest_of(raw)}")).content == raw
        part = await client.get(f"/v1/evidence/{digest_of(raw)}", headers={"Range": "bytes=5-9"})
        assert part.content == raw[5:10]
        await elsewhere.post(f"{endpoint}/moto-api/reset")  # the bucket is gone
        answer = await bring(client, later)
        assert (code_of(answer), int(answer.headers["retry-after"]) > 0) == ("503 EVIDENCE_STORE", True)
        assert not shelved(tmp_path / "evidence")
        assert (await elsewhere.put(f"{endpoint}/attachments")).status_code == 200
        assert (await client.get(f"/v1/evidence/{digest_of(later)}")).json()["code"] == "EVIDENCE_UNKNOWN"
        assert (await client.get(f"/v1/evidence/{digest_of(raw)}")).json()["code"] == "EVIDENCE_ABSENT"
        assert [(await bring(client, each)).status_code for each in (later, raw)] == [201, 200]
        assert (await client.get(f"/v1/evidence/{digest_of(raw)}")).content == raw, "who has it brings it again"


def test_what_a_crash_left_arriving_is_swept_and_what_others_write_is_not(tmp_path: Path) -> None:
    arrivals = Arrivals(tmp_path)
    mine, file = arrivals.open()
    code = "import sys, os, pathlib; from ledger.evidence.shelf import Arrivals; p, f = Arrivals(pathlib.Path(sys.argv[1])).open(); f.write(b'x' * 9); f.flush(); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    assert len(shelved(tmp_path)) == 2
    assert arrivals.sweep() == 1
    assert shelved(tmp_path) == {f"arriving/{mine.name}"}
    fcntl.flock(file, fcntl.LOCK_UN)
    file.close()
    assert arrivals.sweep() == 1


@pytest.mark.parametrize(
    ("head", "family"),
    [
        (b"%PDF-1.4\n", "pdf"), (b"\n\n%PDF-1.7", "pdf"), (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"), (b"\x89PNG\r\n\x1a\n\x00", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"), (b"\x00\x00\x00\x18ftypheic\x00", "heif"), (b"\x00\x00\x00\x18ftypmp42", "mp4"),
        (b"PK\x03\x04\x14\x00", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"BM\x36\x00\x0c\x00\x00\x00\x00\x00", "bmp"),
        (b"MZ\x90\x00\x03", "program"), (b"MZ,\xe5\x87\x80\xe9\x87\x8d\n", "text"), (b"\x7fELF\x02", "program"), (b"a,b\n1,2\n", "text"),
        ("磅单".encode("gb18030"), "text"), ("磅单".encode("utf-16"), "text"), (b"\x00\x01\x02", "binary"), (b"", "text"),
    ],
)  # fmt: skip
def test_first_bytes_tell_the_family(head: bytes, family: str) -> None:
    assert family_of(head) == family


def test_a_type_lies_where_the_bytes_are_of_another_family() -> None:
    assert lie_in("application/pdf", b"%PDF-1.7") is None
    assert lie_in("application/octet-stream", b"\xff\xd8\xff") is None, "it says nothing"
    assert lie_in("application/x-weighbridge", b"\x00\x01\x02") is None, "nobody here knows it"
    assert lie_in("application/x-weighbridge", b"%PDF-1.7") is not None
    assert lie_in("text/csv", b"PK\x03\x04") is not None
    assert lie_in("image/jpeg", b"<html>") is not None
    assert served_as("text/html", b"<script>") == "text/plain", "never as a page"
    assert served_as("image/svg+xml", b"<svg>") == "text/plain"
    assert served_as("application/x-weighbridge", b"\x00\x01") == "application/octet-stream"
    assert {suffix_of(kind) for kind, family in FAMILIES.items() if family == "zip"} == {
        "zip",
        "docx",
        "xlsx",
        "pptx",
        "odt",
        "ods",
        "ofd",
        "kmz",
    }
