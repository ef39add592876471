"""The sandbox of the demonstration: what it lays out can be used as its page says. (The counterpart plays in test_walk.)"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from liandan.cli import main
from liandan.demo.cast import CAST
from liandan.demo.founding import Keyring
from liandan.demo.sandbox import NEWCOMER, PASSPHRASE, lay_out, page
from signing.keys import read_key
from signing.uscc import check_character

GIVEN = {
    "url": "http://127.0.0.1:8551", "origin": "demo.liandan.example/2026", "found": "ab" * 32, "vkey": "demo+0+AA\n", "uscc": NEWCOMER.uscc,
    "name": NEWCOMER.name, "receiver": "r", "permit": "p", "list": "l", "row": 0, "now": "2026-10-31T18:00:00+08:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("demo") / "sandbox"
    lay_out(found, GIVEN, Keyring(7))
    return found


def test_every_key_opens_with_the_passphrase_and_is_the_partys(desk: Path) -> None:
    parties = {one["uscc"]: one for one in json.loads((desk / "parties.json").read_bytes())}
    assert parties.keys() == {firm.uscc for firm in CAST.firms}
    for firm in CAST.firms[:3]:
        key = read_key(desk / parties[firm.uscc]["key"], PASSPHRASE.encode())
        assert key.keyid == parties[firm.uscc]["keyid"] == Keyring(7).key(firm.uscc).keyid
    assert (desk / "passphrase").read_text() == f"{PASSPHRASE}\n"
    assert {path.stat().st_mode & 0o777 for path in desk.rglob("*") if path.is_file()} == {0o600}


def test_the_newcomer_is_nobody_of_the_story() -> None:
    assert NEWCOMER.uscc not in {firm.uscc for firm in CAST.firms}
    assert check_character(NEWCOMER.uscc[:-1]) == NEWCOMER.uscc[-1]
    assert "（虚构）" in NEWCOMER.name


def test_every_command_of_the_page_is_one_with_these_options() -> None:
    lines = [shlex.split(line) for line in re.findall(r"(?m)^liandan .*$", page(GIVEN))]
    assert len(lines) >= 3
    for _, *words in lines:
        command: Any = main
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_the_page_says_where_the_command_is() -> None:
    [export] = re.findall(r"(?m)^export PATH=.*$", page(GIVEN))
    [said] = [word for word in shlex.split(export, comments=True) if word.startswith("PATH=")]
    assert (Path(said.removeprefix("PATH=").split(":")[0]) / "liandan").is_file()


def test_every_program_of_the_page_can_be_read() -> None:
    [program] = re.findall(r"(?s)```python\n(.*?)```", page(GIVEN))
    compile(program, "page", "exec")
