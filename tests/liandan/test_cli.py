"""The command line as people use it: a log is founded, served, exported and audited by commands alone."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from ledger.bundle import open_bundle
from liandan.cli import COMMANDS, main
from liandan.database import schema_revision
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from tests.house.source import ROOT
from tests.reports.story import ordinary
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR

PLAN = {
    "operator": {"uscc": OPERATOR, "name": "运营中心（虚构）"},
    "authorities": [
        {"uscc": AUTHORITY_51, "name": "甲省生态环境厅（虚构）", "regions": ["51"]},
        {"uscc": AUTHORITY_50, "name": "乙市生态环境局（虚构）", "regions": ["50"]},
    ],
    "witness_policy": ["quorum none"],
    "clock": "real",
}


ALONE = ("--without-witnesses", "quorum none")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_in_chinese_and_english_what_it_does(name: str) -> None:
    answer = CliRunner().invoke(main, [name, "--help"])
    assert answer.exit_code == 0
    assert any("\u4e00" <= character <= "\u9fff" for character in answer.output)


def test_verify_needs_no_web_framework_and_no_database() -> None:
    code = "import sys; from liandan.cli import main; main.get_command(None, 'verify'); import liandan.client; print('litestar' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_verify_says_in_chinese_what_a_file_is_and_what_to_do(tmp_path: Path) -> None:
    raw, found = asyncio.run(ordinary().bundle(123)), ordinary().bench.found
    good, bad, changed = (tmp_path / name for name in ("good.pdf", "bad.json", "changed.pdf"))
    good.write_bytes(render_certificate(open_bundle(raw, all_kinds()), raw))
    bad.write_bytes(raw.replace(b'"index":16', b'"index":17'))
    changed.write_bytes(good.read_bytes() + b"\n")

    def verify(*arguments: str | Path) -> tuple[int, str]:
        answer = CliRunner().invoke(main, ["verify", *map(str, arguments)])
        return answer.exit_code, answer.output.replace("\n", "")

    code, text = verify(good, bad, "--found", found)
    assert code == 1
    assert "good.pdf: 有效 / good  危险废物转移证明  20265101000123  已办结" in text
    assert "核验条目 16 条、签名 19 个；纸面与证据重印的逐字节相同" in text
    assert "bad.json: 无效 / NOT good  证据包" in text
    assert "发现 BUNDLE_FORM 证据包的格式不对。" in text
    assert "→ 不要采信本文件；向出具方索取原始文件。" in text
    for copied in (found, found.upper(), f"{found[:32]}\n {found[32:]}"):
        assert verify(good, "--found", copied)[0] == 0
    for pins_nothing in ("", "0" * 63, found + "0", "log.example"):
        code, text = verify(good, "--found", pins_nothing)
        assert (code, "64 位" in text) == (2, True), pins_nothing
    code, text = verify(good)
    assert (code, "good.pdf: 自洽，未与任何已知账本核对" in text, "NOTE_NOT_PINNED" in text) == (1, True, True)
    assert verify(good, "--unpinned")[0] == 0
    code, text = verify(good, changed, "--found", found)
    assert (code, "changed.pdf: 证据有效，纸面未核对" in text, str(tmp_path / "changed.pdf.核对页.pdf") in text) == (4, True, True)
    assert (tmp_path / "changed.pdf.核对页.pdf").read_bytes() == good.read_bytes()
    assert verify(good, changed, bad, "--found", found)[0] == 1, "1 outranks 4"
    assert verify(changed)[0] == 1, "no pin outranks it too"
    assert verify(changed, "--unpinned")[0] == 4


def test_exit_codes_tell_findings_usage_and_unavailability_apart(tmp_path: Path) -> None:
    env = {"LIANDAN_DATA_DIR": str(tmp_path)}
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.pdf").write_bytes(b"no certificate")
    runner = CliRunner(env=env)
    assert runner.invoke(main, ["audit", str(tmp_path / "empty")]).exit_code == 1
    assert runner.invoke(main, ["verify", str(tmp_path / "file.pdf")]).exit_code == 1
    assert runner.invoke(main, ["audit", str(tmp_path / "nowhere")]).exit_code == 2
    assert runner.invoke(main, ["serve"], env={**env, "LIANDAN_PROT": "1"}).exit_code == 2
    assert runner.invoke(main, ["log", "status", "--url", "http://127.0.0.1:9"]).exit_code == 3


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path, passphrase = tmp_path / "key.pem", tmp_path / "passphrase"
    arguments = ["key", "new", str(path), "--passphrase-file", str(passphrase)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert (path.stat().st_mode & 0o777, passphrase.stat().st_mode & 0o777) == (0o600, 0o600)
    before = path.read_bytes()
    assert CliRunner().invoke(main, arguments).exit_code == 2
    assert path.read_bytes() == before


async def test_a_log_is_founded_served_exported_and_audited_by_commands(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {"LIANDAN_DATA_DIR": str(tmp_path / "data"), "LIANDAN_DATABASE_URL": database_url, "LIANDAN_PORT": str(port)}
    secret = ["--passphrase-file", str(tmp_path / "passphrase")]

    async def do(*arguments: str | Path) -> Result:
        answer = await asyncio.to_thread(CliRunner(env=env).invoke, main, [str(argument) for argument in arguments])
        assert answer.exit_code == 0, answer.output
        return answer

    await do("key", "new", "--log", "log.example/cli")
    for name in ("a51", "a50"):
        await do("key", "new", tmp_path / f"{name}.pem", *secret)
    told = await do("key", "registration", tmp_path / "a50.pem", "--uscc", AUTHORITY_50, "--for", "log.example/cli", *secret)
    PLAN["authorities"][1]["key"] = json.loads(told.stdout)  # type: ignore[index]  # a plain dict of JSON
    (tmp_path / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    found, at_hand = tmp_path / "found.json", f"{AUTHORITY_51}={tmp_path / 'a51.pem'}"
    told = await do("log", "found", tmp_path / "plan.json", "--key", at_hand, "--out", found, "--json", *secret, *ALONE)
    assert json.loads(told.stdout)["yet_to_sign"] == [AUTHORITY_50]
    before = found.read_bytes()
    declined = await asyncio.to_thread(
        CliRunner(env=env).invoke, main, ["statement", "cosign", str(found), "--key", str(tmp_path / "a50.pem"), "--json"], input="n\n"
    )
    assert (declined.exit_code, json.loads(declined.stdout)["is_signed"], found.read_bytes()) == (1, False, before)
    assert "log.found/1" in declined.stderr, "what is to be signed is shown, also with --json"
    told = await do("statement", "cosign", found, "--key", tmp_path / "a50.pem", "--yes", "--json", *secret)
    assert json.loads(told.stdout)["is_signed"]
    told = await do("migrate", "--json")
    assert json.loads(told.stdout) == {"revision": schema_revision(), "restored": [], "differing": []}
    with (tmp_path / "out").open("wb") as out:
        server = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "liandan", "serve"], cwd=ROOT, env={**os.environ, **env}, stdout=out, stderr=out
        )
        try:
            await listening(port)
            await do("statement", "post", found)
            url = ("--url", f"http://127.0.0.1:{port}", "--key", tmp_path / "a51.pem")
            assert json.loads((await do("log", "status", "--json", *url[:2])).stdout)["size"] == 1
            await do("export", tmp_path / "served", *url, *secret)
        finally:
            server.terminate()
            assert await asyncio.to_thread(server.wait) == 0
    await do("export", tmp_path / "own")
    served = {path.relative_to(tmp_path / "served"): path.read_bytes() for path in (tmp_path / "served").rglob("*") if path.is_file()}
    own = {path.relative_to(tmp_path / "own"): path.read_bytes() for path in (tmp_path / "own").rglob("*") if path.is_file()}
    assert served == own
    assert json.loads((await do("audit", tmp_path / "own", "--json")).stdout)["count"] == 0
    assert json.loads((await do("audit", "--json")).stdout)["entries"] == 1
    await do("reconcile", "2026-10", "--from", tmp_path / "own", "--out", tmp_path / "reports")
    assert len(list((tmp_path / "reports").iterdir())) == 6
    await do("reconcile", "2026-10", "--from", tmp_path / "own", "--authority", AUTHORITY_50, "--out", tmp_path / "office")
    assert {path.name for path in (tmp_path / "office").iterdir()} == {
        f"reconciliation-2026-10-{AUTHORITY_50}.{suffix}" for suffix in ("pdf", "xlsx", "json")
    }
    await do("reconcile", "2026-10", "--from", tmp_path / "own", "--out", tmp_path / "both", "--lang", "both")
    assert len(list((tmp_path / "both").iterdir())) == 10, "the JSON is of both languages"
    for name, way in (("kept", ()), ("again", ()), ("proved", ("--from-genesis",))):
        await do("reconcile", "2026-10", *way, "--out", tmp_path / name)
        for path in (tmp_path / "reports").iterdir():
            assert (tmp_path / name / path.name).read_bytes() == path.read_bytes(), f"{name}: the same from this machine's own log"
    assert (tmp_path / "data" / "statements" / "gathered.sqlite3").is_file()
    for name, more in (("rows", []), ("rows", []), ("audited", ["--from", tmp_path / "own"])):
        await do("export", "--parquet", tmp_path / name, *more)
    assert (tmp_path / "rows" / "contents.json").read_bytes() == (tmp_path / "audited" / "contents.json").read_bytes()
    assert len(list((tmp_path / "data" / "statements").glob("parquet-*.sqlite3"))) == 1


async def listening(port: int) -> None:
    """Wait until the server answers."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(600):
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise AssertionError("the server did not come up")


def test_json_is_alone_on_standard_output_when_a_passphrase_is_made(tmp_path: Path) -> None:
    arguments = ["key", "new", str(tmp_path / "key.pem"), "--passphrase-file", str(tmp_path / "passphrase"), "--json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["suite"] == "ed25519"
    assert "passphrase made" in result.stderr


def commands(group: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it."""
    if not isinstance(group, click.Group):
        yield " ".join(names), group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        below = group.get_command(context, name)
        assert below is not None
        yield from commands(below, *names, name)


def test_every_command_takes_the_option_json() -> None:
    without = [name for name, found in commands(main) if "--json" not in {option for one in found.params for option in one.opts}]
    assert without == []


def test_a_mistyped_code_is_found_where_it_is_typed(tmp_path: Path) -> None:
    key, secret = str(tmp_path / "key.pem"), ["--passphrase-file", str(tmp_path / "pass")]
    assert CliRunner().invoke(main, ["key", "new", key, *secret]).exit_code == 0
    code = AUTHORITY_50[:-1] + ("0" if AUTHORITY_50[-1] != "0" else "1")
    answer = CliRunner().invoke(main, ["key", "registration", key, "--uscc", code, "--for", "log.example/cli", *secret])
    assert answer.exit_code == 2, answer.output
    assert "USCC" in answer.output


def test_a_path_that_does_not_do_is_told_in_chinese_too(tmp_path: Path) -> None:
    cases = {"所指的文件或目录不存在": tmp_path / "none", "要的是目录，给的是文件": tmp_path / "file"}
    (tmp_path / "file").touch()
    for said, path in cases.items():
        answer = CliRunner().invoke(main, ["totals", "2026-11", "--parquet", str(path)])
        assert (answer.exit_code, said in answer.output) == (2, True), answer.output
