"""``liandan witness`` as authorities run it: made, started, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest
from click.testing import CliRunner

from ledger.tree.note import parse_vkey
from ledger.witnessing.wire import AddCheckpoint, encode_request, log_id
from liandan.cli.witness import witness
from tests.ledger.witnessing.bench import LOG_KEYS, ORIGIN, Tree

COMMAND = [sys.executable, "-c", "from liandan.cli import main; main()", "witness"]
START_S = 30.0


def run(*arguments):
    """A finished command, in this process."""
    return CliRunner().invoke(witness, list(map(str, arguments)))


@pytest.fixture
def home(tmp_path):
    """A witness's directory with both keys, and a list of logs."""
    made = run("init", tmp_path / "w", "--name", "witness.example/sichuan", "--ml-dsa", "--json")
    assert made.exit_code == 0, made.output
    vkeys = json.loads(made.stdout)["vkeys"]
    assert [parse_vkey(vkey).type for vkey in vkeys] == [4, 6]
    (tmp_path / "log.vkey").write_text(f"{LOG_KEYS[0]}\n")
    return tmp_path


class Process:
    """A running ``witness serve``."""

    def __init__(self, home, port):
        command = [*COMMAND, "serve", str(home / "w"), "--logs", str(home / "log.vkey"), "--port", str(port), "--prefix", "/witness"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}/witness"
        self.http = httpx.Client(trust_env=False)
        ends = time.monotonic() + START_S
        while time.monotonic() < ends and self.process.poll() is None:
            try:
                self.http.get(f"{self.url}/status")
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the witness did not start")

    def add(self, body):
        return self.http.post(f"{self.url}/add-checkpoint", content=body)

    def end(self, number=signal.SIGKILL):
        self.http.close()
        os.kill(self.process.pid, number)
        return self.process.wait(timeout=20)


def free_port():
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_killed_witness_remembers_what_it_cosigned(home):
    tree, fork, port = Tree().grow(9), Tree("fork").grow(9), free_port()
    first = Process(home, port)
    assert first.add(tree.request(0, 5)).text.count("\n") == 2
    first.end()
    second = Process(home, port)
    try:
        assert (second.add(tree.request(0)).status_code, second.add(tree.request(0)).text) == (409, "5\n")
        assert second.add(encode_request(AddCheckpoint(5, fork.prove(5), fork.note()))).status_code == 422
        shown = second.http.get(f"{second.url}/{log_id(ORIGIN)}/checkpoint")
        assert shown.text.split("\n")[1] == "5"
        assert second.add(tree.request(5)).status_code == 200
        status = run("status", second.url)
        assert (status.exit_code, "已联署 / cosigned 9，落后 / lag 0" in status.stdout) == (0, True)
        assert json.loads(run("status", second.url, "--json").stdout)["logs"][0]["cosigned"] == 9
    finally:
        second.end(signal.SIGTERM)
    assert run("status", second.url).exit_code == 3


def test_what_is_missing_is_said_with_its_code(home):
    assert run("vkey", home / "w").stdout.count("\n") == 2
    for arguments, code in (
        (("vkey", home), "WITNESS_KEYS"),
        (("init", home / "w", "--name", "again"), "KEY_FILE_EXISTS"),
        (("serve", home / "w", "--logs", home / "log.vkey", "--mirror", home / "m"), "WITNESS_LOGS"),
    ):
        ended = run(*arguments)
        assert (ended.exit_code, code in ended.output) == (2, True), ended.output
    assert "--tofu" in run("serve", home / "w").output


def test_key_files_are_for_their_owner_only(home):
    assert {path.stat().st_mode & 0o777 for path in (home / "w").iterdir() if path.name != "name"} == {0o600}
