"""A wrong USCC is refused where it is typed, whatever the command (case O8), and the samples of the documentation are run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from liandan.cli import main
from liandan.cli.office.form_options import FIELD
from signing.envelope import PAYLOAD_STATEMENT, freeze, parse_envelope
from signing.keys import PrivateKey, write_key
from signing.uscc import check_uscc, misspelt
from tests.house.source import ROOT, tracked
from tests.liandan.test_cli import ALONE, commands

OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
FIRST_START = OPERATIONS.partition("## 第一次启动")[2].partition("\n## ")[0]
GOOD, WRONG = "11510000000000000H", "115100000000000000"


def typed(tmp_path: Path) -> Iterator[list[str]]:
    """Every way to type a code on the command line."""
    key, secret = str(tmp_path / "key.pem"), ["--passphrase-file", str(tmp_path / "pass")]
    yield ["key", "registration", key, "--uscc", WRONG, "--for", "log.example/x", *secret]
    yield ["key", "issuer", "--use", "pdf", "--for", "0" * 64, "--uscc", WRONG]
    yield ["excerpt", "list/2026-50-51-lead", "--receiver", WRONG]
    yield ["no-record", "--generator", WRONG]
    yield ["reconcile", "2026-10", "--party", WRONG]
    yield ["reconcile", "2026-10", "--authority", WRONG]
    yield ["log", "found", str(tmp_path / "plan.json"), "--key", f"{WRONG}={key}", *secret, "--yes"]
    yield ["log", "found", str(tmp_path / "wrong.json"), *secret]
    yield ["statement", "cosign", str(tmp_path / "wrong-by.json"), "--key", key, "--yes", *secret]
    yield ["statement", "cosign", str(tmp_path / "wrong-body.json"), "--key", key, "--yes", *secret]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key, a good plan, and what was made with a wrong code."""
    monkeypatch.setenv("LIANDAN_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "pass").write_text("pass\n", encoding="utf-8")
    write_key(tmp_path / "key.pem", PrivateKey.generate(), b"pass")
    assert CliRunner().invoke(main, ["key", "new", "--log", "log.example/x"]).exit_code == 0
    plan = {
        "operator": {"uscc": "12510000000000000E", "name": "甲（虚构）"},
        "authorities": [],
        "witness_policy": ["quorum none"],
        "clock": "real",
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (tmp_path / "wrong.json").write_text(json.dumps({**plan, "operator": {"uscc": WRONG, "name": "甲（虚构）"}}), encoding="utf-8")
    for part in ("by", "body"):
        (tmp_path / f"wrong-{part}.json").write_bytes(envelope_with(tmp_path, part))
    return tmp_path


def envelope_with(folder: Path, part: str) -> bytes:
    """A founding, put out by the command itself, with one code changed to a wrong one."""
    found = folder / "found.json"
    found.unlink(missing_ok=True)
    good = {"operator": {"uscc": "12510000000000000E", "name": "甲（虚构）"}, "clock": "real", "witness_policy": ["quorum none"], "authorities": [
        {"uscc": GOOD, "name": "乙（虚构）", "regions": ["51"]}, {"uscc": "11500000000000000D", "name": "丙（虚构）", "regions": ["50"]}]}  # fmt: skip
    (folder / "good.json").write_text(json.dumps(good), encoding="utf-8")
    for number in (51, 50):
        if not (folder / f"{number}.pem").exists():
            write_key(folder / f"{number}.pem", PrivateKey.generate(), b"pass")
    at_hand = ["--key", f"{GOOD}={folder / '51.pem'}", "--key", f"11500000000000000D={folder / '50.pem'}"]
    answer = CliRunner().invoke(
        main, ["log", "found", str(folder / "good.json"), *at_hand, "--out", str(found), "--passphrase-file", str(folder / "pass"), *ALONE]
    )
    assert answer.exit_code == 0, answer.output
    envelope = parse_envelope(found.read_bytes().strip(), payload_type=PAYLOAD_STATEMENT)
    fields = json.loads(envelope.body)
    if part == "by":
        fields["by"] = [WRONG]
    else:
        fields["body"]["authorities"][0]["uscc"] = WRONG
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return freeze(type(envelope)(envelope.payload_type, body, envelope.signatures[:1]))


def test_a_wrong_code_is_refused_where_it_is_typed(scene: Path) -> None:
    for words in typed(scene):
        before = {path: path.read_bytes() for path in scene.glob("*.json")}
        answer = CliRunner().invoke(main, words)
        assert (answer.exit_code, "USCC" in answer.stderr) == (2, True), (words, answer.output)
        assert {path: path.read_bytes() for path in scene.glob("*.json")} == before, words


def test_every_option_that_takes_a_code_checks_it() -> None:
    """So that the next command cannot forget it. An option that is a field of an act has the form of that field (form_options)."""
    named = re.compile(r"uscc|generator|receiver|carrier|party|delegate|reader|authority")
    found = [
        f"{name} {parameter.opts[0]}"
        for name, command in commands(main)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and not str(parameter.name).startswith(FIELD)
        and named.search(parameter.name or "")
        and parameter.type in (click.STRING,)
    ]
    assert found == []


def test_what_is_wrong_with_a_code_is_said() -> None:
    assert misspelt(GOOD) == ""
    for code, part in (
        (GOOD[:-1], "17"),
        (WRONG, "校验码为 H"),
        (GOOD.lower(), "U+0068"),
        ("１１510000000000000H", "U+FF11"),
        (GOOD + " ", "19"),
    ):
        assert part in misspelt(code), code
    answer = CliRunner().invoke(main, ["no-record", "--generator", "11510000000000000O"])
    assert (answer.exit_code, "U+004F" in answer.stderr) == (2, True), answer.stderr


def test_the_samples_of_the_first_start_are_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/operations.md, from the key of the log to the last co-signature. ``serve`` and ``statement post`` of the same block are run with a
    database in ``test_cli.py``; blocks of other pages have placeholders (``<代码>``), and their commands and options are held by
    ``tests/house/test_docs.py``.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIANDAN_DATA_DIR", str(tmp_path / "data"))
    block, plan = re.search(r"```sh\n(.*?)```.*?```json\n(.*?)```", FIRST_START, re.DOTALL).groups()  # type: ignore[union-attr]  # both are there
    lines = [line for line in block.splitlines() if line.startswith("liandan ")]
    assert len(lines) == 7

    def run(line: str) -> None:
        command, _, to = line.partition("#")[0].partition(">")
        said = "quorum none\n" if " log found " in command else "y\n"
        answer = CliRunner().invoke(main, shlex.split(command)[1:], input=said)
        assert answer.exit_code == 0, (line, answer.output)
        if to.strip():
            Path(to.strip()).write_text(answer.stdout, encoding="utf-8")

    for line in lines[:3]:
        run(line)
    for line in lines[1:3]:  # the other authority, on its own machine
        run(line.replace(GOOD, "11500000000000000D").replace("51.", "50."))
    filled = json.loads(plan)
    for number, one in zip((51, 50), filled["authorities"], strict=True):
        one["key"] = json.loads(Path(f"{number}.json").read_text(encoding="utf-8"))
    Path("plan.json").write_text(json.dumps(filled), encoding="utf-8")
    run(lines[3])
    run(lines[4])
    run(lines[4].replace("51.", "50."))
    assert len(parse_envelope(Path("found.json").read_bytes().strip(), payload_type=PAYLOAD_STATEMENT).signatures) == 3


def test_every_code_in_the_samples_of_the_documentation_is_one() -> None:
    pages = [name for name in tracked() if name.endswith(".md") and not name.startswith("tests/")]
    samples = [
        (name, code)
        for name in pages
        for code in re.findall(r"(?:--uscc |\"uscc\": ?\")([0-9A-Z]{15,20})", (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert [(name, code) for name, code in samples if not check_uscc(code)] == []
    assert samples
