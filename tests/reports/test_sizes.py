"""A statement at any size that the log has had: from its first entry, from what was kept, from an export of more; the same bytes."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.tree.checkpoint import Checkpoint
from liandan.cli import main
from reports.kinds import all_kinds
from reports.reconcile import SUFFIXES, check_month, finish, to_bytes
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import KeptIn, with_gathering
from reports.reconciliation.month.fold import Fold
from signing.refusal import Refusal
from tests.reports.month import drawn, october
from tests.reports.test_keeping import look_at

WAY = ("51", "50")


def at_size(files: dict[str, bytes], size: int, kept: KeptIn | None, told: list[str] | None = None) -> tuple[bytes, int]:
    """The JSON of October at a size, and how many entries had to be gathered for it."""
    begun: list[int] = []

    def work(gathering: Gathering, checkpoint: Checkpoint) -> bytes:
        assert checkpoint.size == size
        return to_bytes(finish(Fold(check_month("2026-10"), gathering), WAY, b64encode(checkpoint.root).decode()), "json")

    said = [] if told is None else told
    progress = lambda done, of: begun.append(of)  # noqa: E731
    found = with_gathering(files.get, partial(look_at, files), all_kinds(), work, kept, progress, said.append, size=size)
    return found, len(begun)


def test_at_a_size_it_is_the_statement_of_so_many_entries(tmp_path: Path) -> None:
    files, whole = october().bench.export(), len(october().bench.entries)
    kept = KeptIn(tmp_path / "gathered", bytes(32))
    sizes = sorted(random.Random(1).sample(range(whole // 2, whole), 3))
    for size in (*sizes, whole):
        assert at_size(files, size, kept)[0] == at_size(files, size, None)[0] == to_bytes(drawn(october(), size=size), "json")


def test_what_was_kept_beyond_the_size_stays_as_it_is(tmp_path: Path) -> None:
    files, whole = october().bench.export(), len(october().bench.entries)
    kept, told = KeptIn(tmp_path / "gathered", bytes(32)), list[str]()
    at_size(files, whole, kept)
    before = kept.path.read_bytes()
    assert at_size(files, whole - 20, kept, told)[0] == to_bytes(drawn(october(), size=whole - 20), "json")
    assert (kept.path.read_bytes(), told) == (before, [])
    assert at_size(files, whole, kept)[1] == 0, "nothing was gathered again"


@pytest.mark.parametrize("size", [-1, 10_000])
def test_a_size_that_the_log_never_had_is_refused(size: int) -> None:
    with pytest.raises(Refusal) as caught:
        at_size(october().bench.export(), size, None)
    assert caught.value.codes == ["SIZE_BEYOND"]


def test_the_command_draws_an_export_at_a_size(tmp_path: Path) -> None:
    export, size = tmp_path / "export", len(october().bench.entries) - 20
    for name, content in october().bench.export().items():
        (export / name).parent.mkdir(parents=True, exist_ok=True)
        (export / name).write_bytes(content)
    arguments = ["reconcile", "2026-10", "--json", "--from", str(export), "--out", str(tmp_path), "--direction", "51-50", "--size"]
    answer = CliRunner().invoke(main, [*arguments, str(size)])
    assert answer.exit_code == 0, answer.output
    expected = drawn(october(), size=size)
    told = json.loads(answer.stdout)
    assert (told["size"], told["root"]) == (size, expected.root)
    for suffix in SUFFIXES:
        assert (tmp_path / f"{expected.stem}.{suffix}").read_bytes() == to_bytes(expected, suffix)
    beyond = CliRunner().invoke(main, [*arguments, "10000"])
    assert beyond.exit_code == 2
    assert "SIZE_BEYOND" in beyond.output
