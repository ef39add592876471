"""``liandan evidence``, and attachments beside an export: brought, fetched, compared; what is missing is said and fails nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger.evidence.shelf import FileDirectory
from liandan.cli import main
from liandan.demo.cast import CAST, SICHUAN
from signing.keys import write_key
from tests.ledger.evidence.files import bring, desk, digest_of, named, pdf, shelved
from tests.stories.stage import Stage, stage

GENERATOR, RECEIVER, STRANGER = (CAST.firm(name).uscc for name in ("jinchuan", "jiangjin", "lvyan"))
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this module keeps everything."""
    return tmp_path_factory.mktemp("stage")


@pytest.fixture(scope="module")
async def on_stage(shared_database_url: str, directory: Path) -> AsyncIterator[Stage]:
    """One server for all."""
    async with stage(shared_database_url, directory) as built:
        yield built


@pytest.fixture
def liandan(on_stage: Stage, shared_database_url: str, directory: Path, tmp_path: Path) -> Run:
    """A command of a party at its own desk, or of this installation; exit code and output."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("of a test")
    passphrase.chmod(0o600)
    env = {"LIANDAN_DATA_DIR": str(directory), "LIANDAN_DATABASE_URL": shared_database_url}

    async def ran(*words: object, by: str = "") -> tuple[int, str]:
        options: list[str] = []
        if by:
            key = tmp_path / f"{by}.pem"
            if not key.exists():
                write_key(key, on_stage.scribe.keyring.key(by), b"of a test")
            options = ["--url", on_stage.poster.url, "--key", str(key), "--passphrase-file", str(passphrase)]
        done = await asyncio.to_thread(CliRunner(env=env).invoke, main, [*map(str, words), *options])
        # The server runs in this process and writes its log into what the runner takes for the command's output.
        return done.exit_code, "".join(line for line in done.output.splitlines(keepends=True) if " [info " not in line)

    return ran


async def test_a_file_is_put_and_got_by_its_hash(liandan: Run, tmp_path: Path) -> None:
    raw, path = pdf("磅单"), tmp_path / "磅单.pdf"
    path.write_bytes(raw)
    code, told = await liandan("evidence", "put", path, "--json", by=GENERATOR)
    assert (code, json.loads(told)) == (0, [named(raw)])
    assert await liandan("evidence", "get", digest_of(raw), "--out", tmp_path / "got.pdf", by=GENERATOR) == (0, f"{tmp_path / 'got.pdf'}\n")
    assert (tmp_path / "got.pdf").read_bytes() == raw
    code, told = await liandan("evidence", "get", digest_of(raw), "--out", tmp_path / "got.pdf", by=GENERATOR)
    assert (code, "已存在" in told) == (2, True), "nothing is written over"
    code, told = await liandan("evidence", "get", digest_of(raw), "--out", tmp_path / "stolen.pdf", by=STRANGER)
    assert (code, "EVIDENCE_UNKNOWN" in told) == (1, True)
    assert not (tmp_path / "stolen.pdf").exists()
    code, told = await liandan("evidence", "put", path, "--type", "image/jpeg", by=GENERATOR)
    assert (code, "EVIDENCE_TYPE" in told) == (1, True)


async def test_an_export_has_its_attachments_beside_it_and_the_audit_compares_them(
    liandan: Run, on_stage: Stage, directory: Path, tmp_path: Path
) -> None:
    kept, lacking = pdf("kept", 5000), pdf("never brought")
    trip = on_stage.trip("batteries_out", "exported", "10-12 08:30", "1.2").do("issue", set={"files": [named(kept), named(lacking)]})
    await on_stage.play([trip])
    async with desk(on_stage, GENERATOR) as client:
        await bring(client, kept)
        await bring(client, pdf("unnamed, of the store alone"))
    for source, files in ((), tmp_path / "own"), ((SICHUAN.uscc,), tmp_path / "far"):
        out = tmp_path / f"export {files.name}"
        code, told = await liandan("export", out, "--with-evidence", files, by=source[0] if source else "")
        assert (code, told.count("缺附件")) == (0, 1), told
        assert digest_of(lacking) in told
        assert shelved(files) == {FileDirectory(Path()).place(digest_of(kept)).as_posix()}
        code, told = await liandan("audit", out, "--with-evidence", files, "--jobs", 1, "--json")
        found = json.loads(told)
        assert (code, found["count"]) == (0, 0), "what is missing fails nothing"
        assert found["attachments"] | {"unnamed": 0} == {
            "named": 2, "here": 1, "missing": [digest_of(lacking)], "damaged": [], "unnamed": 0,
        }  # fmt: skip
    place = FileDirectory(files).place(digest_of(kept))
    place.write_bytes(kept.replace(b"kept", b"KEPT"))
    code, told = await liandan("audit", out, "--with-evidence", files, "--jobs", 1)
    assert (code, "EVIDENCE_DAMAGED" in told, digest_of(kept) in told) == (1, True, True)
    code, told = await liandan("audit", "--with-evidence", files)
    assert code == 2


async def test_an_installation_verifies_its_own_store(liandan: Run, on_stage: Stage, directory: Path) -> None:
    good, damaged, lost, half = pdf("good"), pdf("damaged"), pdf("lost"), pdf("whole, and unsaid when the server died")
    async with desk(on_stage, RECEIVER) as client:
        for raw in (good, damaged, lost, half):
            assert (await bring(client, raw)).status_code == 201
        shelf = FileDirectory(directory / "evidence")
        assert (await liandan("evidence", "verify"))[0] == 0
        shelf.place(damaged := digest_of(damaged)).write_bytes(b"rotten")
        shelf.place(lost := digest_of(lost)).unlink()
        code, told = await liandan("evidence", "verify", "--json")
        found = json.loads(told)
        assert (code, found["files"]["damaged"], found["lost"]) == (1, [damaged], [lost])
        again = [await bring(client, raw) for raw in (pdf("damaged"), pdf("lost"))]
        assert [answer.status_code for answer in again] == [200, 200]
        assert (await liandan("evidence", "verify"))[0] == 0, "whoever has a file mends it"
        assert (await client.get(f"/v1/evidence/{damaged}")).content == pdf("damaged")
