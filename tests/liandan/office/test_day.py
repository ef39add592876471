"""A clerk's day with the commands alone (docs/office.md): real processes, real HTTP, typed answers; from an empty log to a suspension."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from liandan.cli import main
from tests.house.source import ROOT
from tests.liandan.office.paper import Typed, commands_of, files, type_into_terminal

PAGE = (ROOT / "docs" / "office.md").read_text(encoding="utf-8")
PEOPLE = ("运营中心", "四川", "重庆", "成都企业")
APPROVAL = "approval/915101120000DY001B/01KB8H6T000000000000000002"
NOW = "2026-11-30T09:00:00+08:00"
"""The day of the page; its log has a simulated clock here, for the page is true in every year."""


class Day:
    """Everybody of the page in one folder, each with a profile of his own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder, self.found, self.statement = folder, "", ""
        self.env = {
            "LIANDAN_DATA_DIR": str(folder / "data"), "LIANDAN_DATABASE_URL": database_url, "LIANDAN_PORT": str(self.port),
            "XDG_DATA_HOME": str(folder / "share"), "LIANDAN_CLIENT_NOW": NOW,
        }  # fmt: skip

    def env_of(self, who: str) -> dict[str, str]:
        """With the profile of a person."""
        return {**self.env, "LIANDAN_PROFILE": str(self.folder / who / "profile.json")}

    def words(self, typed: Typed) -> list[str]:
        """With what is known only now."""
        return [
            word.replace("8551", str(self.port)).replace("$FOUND", self.found).replace("$STATEMENT", self.statement) for word in typed.words
        ]

    def do(self, typed: Typed) -> str:
        """One command; what it said."""
        if typed.answers:
            answers = [(question, text.replace("真实", "模拟")) for question, text in typed.answers]
            code, screen = type_into_terminal(self.words(typed), answers, self.env_of(typed.who), self.folder)
            assert code == 0, (typed.words, screen)
            return screen
        answer = self.run(typed.who, *self.words(typed))
        assert answer.exit_code == typed.code, (typed.words, answer.output)
        if typed.to:
            (self.folder / typed.to).write_text(answer.stdout, encoding="utf-8")
        return answer.stdout

    def run(self, who: str, *words: str) -> Result:
        """In this process, which has everything imported already."""
        return CliRunner(env=self.env_of(who)).invoke(main, list(words))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """``liandan serve`` in a process of its own."""
        with (self.folder / "out").open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "liandan", "serve"], cwd=ROOT, env={**os.environ, **self.env}, stdout=out, stderr=out
            )
            try:
                self._await(server)
                yield
            finally:
                server.terminate()
                server.wait(60)

    def _await(self, server: subprocess.Popen[bytes]) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}") as client:
            for _ in range(600):
                assert server.poll() is None, (self.folder / "out").read_text()
                try:
                    client.get("/readyz")
                except httpx.TransportError:
                    time.sleep(0.05)
                else:
                    return
        raise AssertionError("the server did not come up")


def test_the_day_of_the_page_from_an_empty_log_to_a_suspension(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    day = Day(tmp_path, database_url)
    for name, content in files(PAGE).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    before, after = split(commands_of(PAGE, PEOPLE))
    for typed in before:
        day.do(typed)
    said: dict[str, str] = {}
    url = f"http://127.0.0.1:{day.port}"
    with day.serving():
        for typed in after:
            said[" ".join([typed.who, *typed.words[:3]])] = told = day.do(typed)
            if typed.words[:2] == ["statement", "post"]:
                day.found = json.loads(day.run("运营中心", "log", "status", "--json", "--url", url).stdout)["found"]
            elif typed.words[:3] == ["log", "data", "adopt"]:
                day.statement = re.search("[0-9a-f]{64}", told.rpartition("agree")[2])[0]  # type: ignore[index]  # it is printed
        last = json.loads(day.run("四川", "log", "status", "--json", "--url", url).stdout)
    countersigned = said["重庆 list countersign"]
    assert "0  重庆津江再生铅（虚构）  HW31（仅 900-052-31）" in countersigned
    assert "list/2026-51-50-cy（2026 年 四川省→重庆市）" in countersigned
    assert f"→ liandan approval decide {APPROVAL}" in said["四川 work"]
    assert "批准 60.000000，已用 0.000000，余 / left 60.000000 吨" in said[f"成都企业 approval show {APPROVAL}"]
    checked = said["成都企业 check --from load.json"]
    for told in ("✗ 不能开具", "APPROVAL_EARLY", "liandan manifest issue", "余 / left 60.000000 − 本次 / this 12.500000 = 47.500000 吨"):
        assert told in checked
    assert "已入账，第 9 条" in said["重庆 list suspend 2026-51-50-cy"]
    assert "余 / left 4940.000000" in said["四川 list show list/2026-51-50-cy"]
    assert f"→ liandan statement cosign agree {day.statement}" in said["重庆 work"]
    assert "agree" not in said["四川 statement cosign list"]
    assert "未签 / not signed: 11500000000000000D" in said["四川 statement cosign agree"]
    assert "入账 / entry 10" in said["重庆 statement cosign agree"]
    assert last["size"] == 11
    kept = list((tmp_path / "share" / "liandan" / "receipts" / day.found[:16]).glob("*.tlog-proof"))
    assert len(kept) == 10, "every receipt but that of the founding"


def split(typed: list[Typed]) -> tuple[list[Typed], list[Typed]]:
    """Before and after the server starts."""
    at = next(place for place, one in enumerate(typed) if one.words == ["serve"])
    return typed[:at], typed[at + 1 :]
