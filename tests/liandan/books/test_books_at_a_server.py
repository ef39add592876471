"""A clerk's way at a real server: a book put, seen, replaced and dropped; an export matched, made ready, tried, signed and entered."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from msgspec import Struct

from liandan.books.mapping import read_mapping
from liandan.cli import main
from liandan.server import serving
from signing.envelope import freeze
from signing.keys import write_key
from tests.liandan.books.ugly import book, row
from tests.liandan.ready.exports import MAPPING, export
from tests.liandan.ready.exports import row as load
from tests.liandan.serving import KEYRING, settings_of
from tests.manifests.driver import GENERATOR
from tests.manifests.test_worked_example import Example
from tests.workbench import key_of

NOW, SECRET = "2026-11-05T09:00:00+08:00", b"books"
NUMBER = "川环危转〔2026〕15号（虚构）"


class Desk(Struct):
    """A generator's machine beside a server."""

    url: str
    home: Path

    async def run(self, *words: str | Path, code: int = 0, logged_in: bool = False) -> Any:
        """A command, with its key or after ``liandan login``; what it says as JSON."""
        key = [] if logged_in else ["--key", self.home / "own.pem"]
        given = [*key, "--passphrase-file", self.home / "secret", "--url", self.url, "--now", NOW, "--json"]
        own = CliRunner(env={"LIANDAN_PROFILE": str(self.home / "profile.json") if logged_in else os.devnull})
        done = await asyncio.to_thread(own.invoke, main, ["book", *map(str, words), *map(str, given)])
        assert done.exit_code == code, (done.stdout, done.stderr)
        return json.loads(
            "\n".join(line for line in done.stdout.splitlines() if not line.startswith("20"))
        )  # the server beside us logs, too

    def file(self, name: str, raw: bytes) -> Path:
        """A file on the desk."""
        path = self.home / name
        path.write_bytes(raw)
        return path


@pytest.fixture(scope="module")
async def desk(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The log of the worked example at a server."""
    home = tmp_path_factory.mktemp("desk")
    write_key(home / "own.pem", key_of(GENERATOR), SECRET)
    (home / "secret").write_bytes(SECRET + b"\n")
    async with serving(settings_of(shared_database_url, home / "data"), keyring=KEYRING) as url:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            for entry in Example().entries:
                answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at})
                assert answer.status_code < 300, answer.text
        yield Desk(url, home)


async def test_a_book_is_put_seen_replaced_and_dropped(desk: Desk) -> None:
    path = desk.file("台账.xlsx", book()[1])
    wrong = desk.file("坏.xlsx", book(rows=(row(1), row(2, mass="-")))[1])
    put, again, bad, newer = await desk.run(
        "put", path, path, wrong, desk.file("新.xlsx", book(rows=(row(1),))[1]), "--month", "2026-11", code=1
    )
    first = put["kept"][0]["id"]
    assert ([one["id"] for one in again["known"]], again["kept"]) == ([first], [])
    assert (bad["findings"][0]["cell"], bad["kept"]) == ("委外!K4", [])
    assert [one["id"] for one in await desk.run("list", "--month", "2026-11")] == [newer["kept"][0]["id"], first]
    shown = await desk.run("show", first)
    assert (shown["book"]["replaced_by"], len(shown["lines"])) == (newer["kept"][0]["id"], 2)
    assert (await desk.run("drop", newer["kept"][0]["id"]))["again"] == [first]


async def test_an_export_is_matched_made_ready_tried_signed_and_entered_once(desk: Desk) -> None:
    columns = {**MAPPING.columns, "司机": "decision_no"}
    mapping = msgspec.structs.replace(MAPPING, columns=columns)
    toml = desk.file("平台.json", msgspec.json.encode(mapping))
    assert read_mapping(toml.read_bytes()) == mapping
    raw = export(load(1, 司机=NUMBER), load(2, 司机=NUMBER), load(3, 司机=NUMBER, 接受=""), load(4))
    path, out = desk.file("导出.csv", raw), desk.home / "out"
    found = await desk.run("ready", path, out, "--mapping", toml, "--check", code=1)
    assert {name: found[name] for name in ("rows", "matched", "ready", "left", "refused")} == {
        "rows": 4, "matched": 0, "ready": 2, "left": 2, "refused": {},
    }  # fmt: skip
    left = (out / "left.csv").read_text(encoding="utf-8-sig")
    assert "READY_UNDERWAY" in left
    assert "READY_APPROVAL" in left, "two decisions fit, and the export names none"
    assert (await desk.run("issue", out / "ready.ndjson", "--yes"))["signed"] == 2
    own = CliRunner(env={"LIANDAN_PROFILE": str(desk.home / "profile.json")})
    login = ["login", desk.url, "--key", str(desk.home / "own.pem"), "--passphrase-file", str(desk.home / "secret"), "--yes"]
    assert (await asyncio.to_thread(own.invoke, main, login)).exit_code == 0
    receipts = desk.home / "receipts"
    again = await desk.run("issue", out / "ready.ndjson", "--yes", "--receipts", receipts, logged_in=True)
    assert again["there"] == 2, "with the key of the login"
    again = await desk.run("ready", path, desk.home / "again", "--mapping", toml, code=1)
    assert (again["matched"], again["ready"], again["differing"]) == (2, 0, 0)


async def test_mappings_are_saved_for_a_sender(desk: Desk) -> None:
    path = desk.file("对照.json", msgspec.json.encode(MAPPING))
    assert (await desk.run("mapping", "put", path))["sender"] == MAPPING.sender
    raw = export(load(1), load(2))
    [put] = await desk.run("put", desk.file("十一月.csv", raw), "--sender", MAPPING.sender, code=0)
    assert (put["month"], [one["kind"] for one in put["kept"]]) == ("2026-11", ["platform"])
    assert len((await desk.run("mapping", "list"))["mappings"]) == 1
    await desk.run("mapping", "drop", MAPPING.sender)
