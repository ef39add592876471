"""``liandan audit`` from the command line: verdicts, kept states, the page, evidence against evidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.bundle import make_bundle
from ledger.tree.merkle import inclusion_proof, leaf_hash, root_of
from ledger.tree.proof import Proof
from liandan.cli.audit import audit_command
from tests.workbench import Workbench, uscc


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    for serial in range(6):
        bench.register(uscc("510112", serial))
    return bench


def write(files: dict[str, bytes], directory: Path) -> Path:
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return directory


def run(*arguments: object) -> Result:
    return CliRunner().invoke(audit_command, [*map(str, arguments), "--jobs", "1"])


def test_an_export_audits_clean_with_a_page_and_json(bench: Workbench, tmp_path: Path) -> None:
    export = write(bench.export(), tmp_path / "export")
    result = run(export, "--json", "--pdf", tmp_path / "report.pdf")
    assert (result.exit_code, json.loads(result.stdout)["count"]) == (0, 0)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_findings_end_with_1_and_are_named(bench: Workbench, tmp_path: Path) -> None:
    export = write({**bench.export(), "extra": b"x"}, tmp_path / "export")
    (export / "tile/9").symlink_to(export / "data")
    result = run(export)
    assert result.exit_code == 1
    assert "FILE_UNEXPECTED extra" in result.output
    assert "FILE_UNEXPECTED tile/9" in result.output


def test_the_next_audit_goes_on_from_the_checkpoint_of_the_last(bench: Workbench, tmp_path: Path) -> None:
    export, state = write(bench.export(), tmp_path / "export"), tmp_path / "state"
    assert run(export, "--state", state).exit_code == 0
    result = run(export, "--since", state / "checkpoint", "--json")
    assert (result.exit_code, json.loads(result.stdout)["since"]) == (0, 7)


def test_since_without_a_state_beside_it_is_refused(bench: Workbench, tmp_path: Path) -> None:
    export = write(bench.export(), tmp_path / "export")
    assert run(export, "--since", export / "checkpoint").exit_code == 2


def evidence(bench: Workbench, directory: Path) -> Path:
    """A bundle, a proof and a checkpoint, under names that say nothing."""
    files = bench.export()
    leaves = [leaf_hash(entry.raw) for entry in bench.entries]

    def inclusion(index: int) -> tuple[bytes, ...]:
        return inclusion_proof(index, len(leaves), lambda level, at: leaves[at] if level == 0 else _node(leaves, level, at))

    bundle = make_bundle(files["checkpoint"], "log/main", bench.entries[:1], inclusion)
    proof = Proof(index=0, hashes=inclusion(0), checkpoint=files["checkpoint"]).to_bytes()
    return write({"a": bundle, "b": proof, "c": files["checkpoint"], "d.txt": b"hello"}, directory)


def _node(leaves: list[bytes], level: int, at: int) -> bytes:
    return root_of(leaves[at << level : (at + 1) << level])


def test_honest_evidence_agrees_with_itself_and_with_the_export(bench: Workbench, tmp_path: Path) -> None:
    export, pile = write(bench.export(), tmp_path / "export"), evidence(bench, tmp_path / "pile")
    for more in ((), ("--against", export)):
        result = run("--gossip", pile, "--json", *more)
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["ignored"] == ["d.txt"]


def test_evidence_of_another_history_is_found(bench: Workbench, tmp_path: Path) -> None:
    other = Workbench()
    for serial in range(20, 26):
        other.register(uscc("510112", serial))
    pile = write({"e": other.export()["checkpoint"]}, evidence(bench, tmp_path / "pile"))
    result = run("--gossip", pile)
    assert result.exit_code == 1
    assert "HISTORY_FORK" in result.output


def test_what_cannot_be_done_is_said_before_the_work(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = write(bench.export(), tmp_path / "export")
    monkeypatch.setenv("LIANDAN_DATA_DIR", str(tmp_path / "nothing"))
    for arguments in (
        (),
        (export, "--pdf", tmp_path / "no" / "report.pdf"),
        (export, "--against", export),
        (export, "--gossip", tmp_path),
        ("--gossip", tmp_path, "--pdf", tmp_path / "report.pdf"),
        (tmp_path / "no",),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
    assert not (tmp_path / "nothing" / "postgres").exists()
