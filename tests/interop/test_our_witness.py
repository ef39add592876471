"""``liandan witness serve`` cosigns a log that Tessera writes: its own code, unmodified, asks us, checks our line and publishes."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ledger.tree.checkpoint import OpenedCheckpoint, open_checkpoint
from ledger.tree.merkle import inclusion_proof, leaf_hash, verify_inclusion
from ledger.tree.tiles import TileReader
from tests.interop.toolbox import Toolbox
from tests.interop.witnesses import Running, witness_command
from tests.ledger.trust import open_with_policy

LOG = "log.example/tessera"


class TesseraLog:
    """A POSIX log of Tessera's with a witness in its policy."""

    def __init__(self, tools: Toolbox, directory: Path) -> None:
        self._tools, self._directory = tools, directory
        directory.mkdir()
        made = tools.evidence("key", LOG)
        self.vkey: str = made["vkey"]
        (directory / "key").write_text(made["secret"], encoding="utf-8")
        self.storage = directory / "log"

    def use(self, witness: Running, key: int = 0) -> None:
        """Write the policy that its own parser reads: one witness by one of its keys, and it is required."""
        text = f"witness ours {witness.vkeys[key]} {witness.url}\nquorum ours\n"
        (self._directory / "policy").write_text(text, encoding="utf-8")

    def add(self, word: str, count: int, *more: str) -> subprocess.CompletedProcess[str]:
        """Append entries, as the stock command does it; back when they are published."""
        entries = self._directory / word
        entries.mkdir()
        for number in range(count):
            (entries / f"{number:04d}").write_bytes(f"{word} {number}".encode())
        command = ["-storage_dir", self.storage, "-entries", f"{entries}/*", "-private_key", self._directory / "key"]
        command += ["-witness_policy_file", self._directory / "policy", "-witness_timeout", "10s", "-logtostderr", *more]
        return self._tools.run("posix-oneshot", *command)

    def forked(self, directory: Path) -> TesseraLog:
        """The same log from here on, twice."""
        shutil.copytree(self._directory, directory)
        other = object.__new__(TesseraLog)
        other._tools, other._directory, other.vkey, other.storage = self._tools, directory, self.vkey, directory / "log"
        return other

    def open(self, *witnesses: str) -> OpenedCheckpoint:
        """Its published checkpoint, read by us."""
        return open_checkpoint((self.storage / "checkpoint").read_bytes(), [self.vkey], witnesses)

    def read(self, path: str) -> bytes | None:
        """A tile."""
        file = self.storage / path
        return file.read_bytes() if file.is_file() else None


@pytest.fixture
def tessera(tools: Toolbox, tmp_path: Path) -> TesseraLog:
    """A new log."""
    return TesseraLog(tools, tmp_path / "tessera")


@pytest.fixture
def witness(tessera: TesseraLog, tmp_path: Path) -> Iterator[Running]:
    """Our witness, which knows it and stands in its policy."""
    with witness_command(tmp_path, [tessera.vkey]) as running:
        tessera.use(running)
        yield running


def test_tessera_publishes_with_our_cosignature_from_first_use_across_a_tile(tessera: TesseraLog, witness: Running) -> None:
    for word, count, size in (("first", 3, 3), ("second", 253, 256), ("third", 44, 300)):
        answer = tessera.add(word, count)
        assert answer.returncode == 0, answer.stderr
        opened = tessera.open(*witness.vkeys)
        assert opened.checkpoint.size == size
        assert [line.vkey for line in opened.cosignatures] == list(witness.vkeys)
        assert abs(opened.cosignatures[0].timestamp - time.time()) < 60
        open_with_policy((tessera.storage / "checkpoint").read_bytes(), witness.policy(), log_keys=[tessera.vkey])
    assert json.loads(httpx.get(f"{witness.url}/status").content)["logs"][0]["cosigned"] == 300


@pytest.mark.parametrize("key", [0, 1])
def test_tessera_takes_the_line_of_the_key_it_knows_from_a_witness_with_two(tessera: TesseraLog, tmp_path: Path, key: int) -> None:
    """Ed25519 (type 04) or ML-DSA-44 (type 06); we answer with both lines."""
    with witness_command(tmp_path, [tessera.vkey], ml_dsa=True) as witness:
        tessera.use(witness, key)
        answer = tessera.add("entries", 3)
    assert answer.returncode == 0, answer.stderr
    assert [line.vkey for line in tessera.open(*witness.vkeys).cosignatures] == [witness.vkeys[key]]


def test_what_our_witness_shows_is_what_tessera_published(tessera: TesseraLog, witness: Running) -> None:
    tessera.add("entries", 5)
    [status] = json.loads(httpx.get(f"{witness.url}/status").content)["logs"]
    shown = httpx.get(f"{witness.url}/{status['id']}/checkpoint").content
    assert shown == (tessera.storage / "checkpoint").read_bytes()


def test_our_witness_does_not_cosign_the_second_history_of_a_tessera_log(tessera: TesseraLog, witness: Running, tmp_path: Path) -> None:
    """The operator copies his log and goes on twice; with fail-open he publishes the second one, without us."""
    tessera.add("common", 3)
    other = tessera.forked(tmp_path / "fork")
    tessera.add("here", 4)
    answer = other.add("there", 9, "-witness_fail_open")
    assert answer.returncode == 0, answer.stderr
    assert [line.vkey for line in tessera.open(*witness.vkeys).cosignatures] == list(witness.vkeys)
    opened = other.open(*witness.vkeys)
    assert opened.checkpoint.size == 12
    assert opened.cosignatures == ()
    [status] = json.loads(httpx.get(f"{witness.url}/status").content)["logs"]
    assert (status["cosigned"], status["offered"]) == (7, 12)


def test_our_reader_takes_every_entry_of_a_tessera_log_and_proves_it(tessera: TesseraLog, witness: Running) -> None:
    answer = tessera.add("entries", 300)
    assert answer.returncode == 0, answer.stderr
    head = tessera.open(*witness.vkeys).checkpoint
    reader = TileReader(head.size, tessera.read)
    assert reader.root() == head.root
    entries = list(reader.entries(0, head.size))
    assert sorted(entries) == sorted(f"entries {number}".encode() for number in range(300))
    for index in (0, 255, 256, 299):
        proof = inclusion_proof(index, head.size, reader.hash_at)
        verify_inclusion(index, head.size, leaf_hash(entries[index]), proof, head.root)


def test_fsck_accepts_what_tessera_wrote_with_our_line_in_it(tools: Toolbox, tessera: TesseraLog, witness: Running, tmp_path: Path) -> None:
    tessera.add("entries", 300)
    (tmp_path / "vkey").write_text(tessera.vkey, encoding="utf-8")
    url = f"file://{tessera.storage}/"
    answer = tools.run("fsck", "-storage_url", url, "-public_key", tmp_path / "vkey", "-ui=false", "-logtostderr")
    assert "Successfully fsck'd log with size 300" in answer.stderr, answer.stderr
