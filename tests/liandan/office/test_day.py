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
from tests.softtoken import soft_token, wants_token

PAGE = (ROOT / "docs" / "office.md").read_text(encoding="utf-8")
PEOPLE = ("运营中心", "四川", "重庆", "成都企业")
MANIFEST = "915101120000DY001B/01KB8H6T000000000000000003"
PLANT = "915001160000DY0024"
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

    @property
    def url(self) -> str:
        """Of the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def receipts(self) -> Path:
        """Where everybody's receipts are kept, as nobody said otherwise."""
        return self.folder / "share" / "liandan" / "receipts" / self.found[:16]

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


@pytest.fixture(scope="module")
def day(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Day, dict[str, str]]]:
    """The whole page, command by command, and what each said by who typed its first words; the server runs on."""
    folder = tmp_path_factory.mktemp("day")
    day, said = Day(folder, shared_database_url), dict[str, str]()
    for name, content in files(PAGE).items():
        (folder / name).write_text(content, encoding="utf-8")
    before, after = split(commands_of(PAGE, PEOPLE))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for typed in before:
            day.do(typed)
        with day.serving():
            for typed in after:
                told = day.do(typed)
                said[" ".join([typed.who, *typed.words[:3], *(["(1)"] if typed.code else [])])] = told
                if typed.words[:2] == ["statement", "post"]:
                    day.found = json.loads(day.run("运营中心", "log", "status", "--json", "--url", day.url).stdout)["found"]
                elif typed.words[:3] == ["log", "data", "adopt"]:
                    day.statement = re.search("[0-9a-f]{64}", told.rpartition("agree")[2])[0]  # type: ignore[index]  # it is printed
            yield day, said


def test_the_day_of_the_page_from_an_empty_log_to_a_suspension(day: tuple[Day, dict[str, str]]) -> None:
    today, said = day
    countersigned = said["重庆 list countersign"]
    assert "0  重庆津江再生铅（虚构）  HW31（仅 900-052-31）" in countersigned
    assert "list/2026-51-50-cy（2026 年 四川省→重庆市）" in countersigned
    assert f"→ liandan approval decide {APPROVAL}" in said["四川 work"]
    assert "批准 60.000000，已用 0.000000，余 / left 60.000000 吨" in said[f"成都企业 approval show {APPROVAL}"]
    for told in ("✓ 可以开具", "余 / left 60.000000 − 本次 / this 12.500000 = 47.500000 吨"):
        assert told in said["成都企业 check --from load.json"]
    for told in ("✗ 不能开具", "APPROVAL_QUOTA", "liandan approval apply", "20.000000"):
        assert told in said["成都企业 check --from load.json (1)"]
    assert "批准决定  四川省生态环境厅（虚构）  60.000000 → 60.000000 吨" in said["四川 quota show list/2026-51-50-cy"]
    assert "对白名单申请作出决定  四川省生态环境厅（虚构）  2026-11-30 起" in said[f"成都企业 approval show {APPROVAL}"]
    assert "liandan manifest" in said["成都企业 manifest actions 915101120000DY001B/01KB8H6T000000000000000003"]
    assert "已入账，第 10 条" in said["重庆 list suspend 2026-51-50-cy"]
    row = "list/2026-51-50-cy 第 0 行 / row 0: 重庆津江再生铅（虚构）  HW31（仅 900-052-31）  5000.000000 吨"
    assert all(row in said[signed] for signed in ("重庆 list suspend 2026-51-50-cy", "四川 list confirm 2026-51-50-cy"))
    assert "所确认的 / confirmed: 恢复白名单，第 0 行" in said["四川 list confirm 2026-51-50-cy"]
    assert "第 0 项 / line 0: 废铅蓄电池  900-052-31  申请 60.000000 吨" in said[f"四川 approval decide {APPROVAL}"]
    assert "余 / left 4940.000000  已暂停" in said["四川 list show list/2026-51-50-cy"]
    assert "恢复白名单，第 0 行  重庆市生态环境局（虚构）  渝环函〔2026〕80号" in said["四川 list confirm 2026-51-50-cy"]
    assert re.search(
        "所确认的声明.*恢复白名单 / list resumption.*声明哈希 statement hash: [0-9a-f]{64}.*将签署的确认",
        said["四川 list confirm 2026-51-50-cy"],
        re.DOTALL,
    )
    assert f"→ liandan statement cosign agree {today.statement}" in said["重庆 work"]
    assert "agree" not in said["四川 statement cosign list"]
    assert "未签 / not signed: 11500000000000000D" in said["四川 statement cosign agree"]
    assert "入账 / entry 13" in said["重庆 statement cosign agree"]
    assert len(list(today.receipts.glob("*.tlog-proof"))) >= 13, "every receipt but that of the founding"


@wants_token
def test_an_office_whose_key_lies_in_a_token_signs_with_it(day: tuple[Day, dict[str, str]]) -> None:
    """Made there, registered with its proof of possession, and from then on the key of every command."""
    today, _ = day
    token = soft_token()
    uri, pin = token.uri("sichuan"), ("--passphrase-file", str(token.pin_file))

    def do(*words: str) -> str:
        answer = today.run("四川", *words)
        assert answer.exit_code == 0, (words, answer.output)
        return answer.stdout

    do("key", "new", uri, "--suite", "ecdsa-p256-sha256", *pin)
    registered = today.folder / "token.json"
    registered.write_text(do("key", "registration", uri, "--uscc", "11510000000000000H", "--for", today.found, *pin), encoding="utf-8")
    do("key", "add", "--set", f"key={registered}", "--device", "hsm", "--label", "二号令牌", "--yes")
    do("login", today.url, "--key", uri, *pin, "--yes")
    told = json.loads(
        do(
            "access",
            "grant",
            "--reader",
            "915101120000DY001B",
            "--regions",
            "51",
            "--topics",
            "permit",
            "--reason",
            "查阅",
            "--yes",
            "--json",
        )
    )
    entry = json.loads((today.receipts / f"{told['statement']}.entry").read_bytes())
    assert entry["statement"]["signatures"][0]["keyid"] == json.loads(do("key", "show", uri, "--json", *pin))["keyid"]


def test_receipts_verify_by_the_pins_of_the_profile(day: tuple[Day, dict[str, str]]) -> None:
    """Nothing is given but the folder: the pins are those of ``liandan login``."""
    today, _ = day
    answer = today.run("四川", "verify", str(today.receipts))
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("permit suspend permit/915001160000DY0024/01KB8H6T000000000000000001 --yes", 2, "body.reason"),
        ("permit suspend permit/915001160000DY0024/01KB8H6T00000000000000000I --reason x --yes", 2, "CHAIN_FORM"),
        ("permit suspend permit/915001160000DY0024/01KB8H6T000000000000000009 --reason x --yes", 1, "CHAIN_NOT_OPEN"),
        ("permit suspend --reason x --yes", 2, "chain"),
        ("permit grant 915001160000DY0024/new --from rows.json --yes", 2, "FIELD_UNKNOWN"),
        ("permit grant 915001160000DY0024/new --from 51.json --yes", 2, "body.no"),
        ("permit grant 915001160000DY0024/new --from 51.pem --yes", 2, "no JSON"),
        ("list suspend 2026-51-50-cy --row 7 --reason x --letter-no 函1 --letter-date 2026-11-30 --yes", 1, "ROW_UNKNOWN"),
        ("list suspend 2026-51-50-cy --set row --reason x --yes", 2, "FIELD=VALUE"),
        ("log close --yes --set", 2, "--set"),
        ("log witness set --witness-policy quorum\u2000none --yes", 2, "quorum none"),
        ("log ruleset adopt --from odd.json --yes", 2, "FIELD_TYPE"),
        ("check --from rows.json --yes", 2, "generator"),
        ("statement cosign agree 123", 2, "64"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_ends_without_a_traceback(words: str, code: int, told: str, day: tuple[Day, dict[str, str]]) -> None:
    today, _ = day
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(today.folder)
        Path("odd.json").write_text('{"version": {"a": 1}, "name": [1], "sha256": null}', encoding="utf-8")
        answer = today.run("重庆", *words.split(" "))
    assert (answer.exit_code, told in answer.output) == (code, True), answer.output
    assert "Traceback" not in answer.output


def test_an_act_on_a_manifest_begins_with_what_the_log_knows(day: tuple[Day, dict[str, str]]) -> None:
    """What only the signer knows is asked for; who signs, in which order, nobody has to know."""
    today, _ = day
    words = ("manifest", "depart", MANIFEST, "--dry-run", "--yes", "--json")
    answer = today.run("成都企业", *words)
    assert answer.exit_code == 2, answer.output
    assert re.findall(r"\[(body\.[a-z.]+) absent", answer.output) == ["body.vehicle.plate", "body.gate"]
    answer = today.run("成都企业", *words, "--set", "vehicle.plate=川E12345", "--set", "gate.labels=", "--set", "gate.checks=")
    assert answer.exit_code == 0, answer.output
    would = json.loads(answer.stdout)
    assert would["by"] == ["915101120000DY001B", "915001050000FX045U"]
    assert would["body"]["vehicle"]["plate"] == "川E12345"
    assert would["body"]["place"]["division"] == "510112"


def test_rows_that_are_shown_otherwise_than_they_are_are_not_countersigned(
    day: tuple[Day, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    today, _ = day
    monkeypatch.chdir(today.folder)
    letter = ("--letter-no", "函1", "--letter-date", "2026-11-30", "--yes")
    terms = ("--effective-from", "2026-11-01", "--effective-to", "2026-12-31", "--kind", "mutual", "--suspension-stops", "issue")
    for words in (
        ("propose", "2026-51-50-zz", *terms, "--rows", "1", "--pages", "1", *letter),
        ("rows", "2026-51-50-zz", "--from", "rows.json", "--yes"),
    ):
        assert today.run("四川", "list", *words).exit_code == 0
    with monkeypatch.context() as patch:
        patch.setattr("liandan.cli.office.suggested.rows_hash", lambda rows: "0" * 64)
        answer = today.run("重庆", "list", "countersign", "2026-51-50-zz", *letter)
    assert (answer.exit_code, "证据不符" in answer.stderr) == (1, True), answer.output
    assert today.run("重庆", "list", "countersign", "2026-51-50-zz", *letter).exit_code == 0


def test_what_several_sign_goes_from_hand_to_hand_as_a_file(day: tuple[Day, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Prepared and signed by the operator, countersigned by both authorities on machines without a network, sent by the last."""
    today, _ = day
    monkeypatch.chdir(today.folder)

    def do(who: str, *words: str) -> str:
        answer = today.run(who, *words)
        assert answer.exit_code == 0, (words, answer.output)
        return answer.stdout

    words = ("log", "ruleset", "adopt", "--version", "liandan-2026.1", "--url", today.url, "--yes", "--out", "adopt.txt")
    assert "liandan statement cosign sign adopt.txt" in do("运营中心", *words)
    for who in ("四川", "重庆"):
        uscc = {"四川": "11510000000000000H", "重庆": "11500000000000000D"}[who]
        assert "采用规则集" in do(who, "statement", "cosign", "sign", "adopt.txt", "--as", uscc, "--yes")
    assert "入账 / entry" in do("重庆", "statement", "cosign", "send", "adopt.txt")


def test_a_receipt_that_the_pinned_witnesses_have_not_seen_says_so(day: tuple[Day, dict[str, str]]) -> None:
    """Whoever pinned a witness is told where its line is missing, though the log itself asks for none."""
    today, _ = day
    vkey = today.run("四川", "witness", "init", str(today.folder / "w"), "--name", "witness.example/w", "--json").stdout
    path = today.folder / "四川" / "profile.json"
    before = path.read_bytes()
    pinned = json.loads(before) | {"witness_policy": [f"witness w {json.loads(vkey)['vkeys'][0]}", "quorum w"]}
    path.write_text(json.dumps(pinned), encoding="utf-8")
    words = ("access", "grant", "--reader", PLANT, "--regions", "51", "--topics", "list", "--reason", "查阅", "--yes", "--json")
    answer = today.run("四川", *words)
    path.write_bytes(before)
    assert answer.exit_code == 0, answer.output
    assert (json.loads(answer.stdout)["is_witnessed"], json.loads(answer.stdout)["witnesses"]) == (False, [])


def test_a_dry_run_signs_nothing_and_says_what_would_be_signed(day: tuple[Day, dict[str, str]]) -> None:
    today, _ = day
    words = ["permit", "revoke", f"permit/{PLANT}/01KB8H6T000000000000000001", "--reason", "停产", "--dry-run", "--json"]
    answer = today.run("重庆", *words)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["is_signed"] is False
    assert "吊销、注销经营许可证" in answer.stderr
    assert "重庆津江再生铅（虚构）" in answer.stderr


def split(typed: list[Typed]) -> tuple[list[Typed], list[Typed]]:
    """Before and after the server starts."""
    at = next(place for place, one in enumerate(typed) if one.words == ["serve"])
    return typed[:at], typed[at + 1 :]
