"""The export that audits are measured on is one that an audit finds nothing in, whatever its size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import export as made
from bench.audit import StructureReplay, with_one_bad_entry
from ledger.auditing.audit import Options, audit
from ledger.auditing.report import AuditReport
from ledger.tree.tiles import Read
from liandan.export import archived_in, reader_of
from liandan.wiring import KINDS

MANIFESTS, ENTRIES = 40, 129 + 6 * 40


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three steps of publication, lives in two groups: every edge of the writer is passed."""
    path = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "PUBLISHED", 150)
        patch.setattr(made, "UNDER_WAY", 25)
        assert made.write_export(MANIFESTS, path) == ENTRIES
    return path


def audited(directory: Path, replace_read: Callable[[Read], Read] = lambda read: read, options: Options | None = None) -> AuditReport:
    return audit(replace_read(reader_of(directory)), KINDS, archived=iter(archived_in(directory)), options=options)


def test_a_made_export_is_clean_and_holds_nothing_else(directory: Path) -> None:
    listed = [path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()]
    report = audited(directory, options=Options(listed=listed))
    assert (report.findings, report.entries, report.checkpoints) == ([], ENTRIES, 3)


@pytest.mark.parametrize("replay", [None, StructureReplay])
def test_the_bad_entry_is_named_with_and_without_decisions(directory: Path, replay: type[StructureReplay] | None) -> None:
    options = Options() if replay is None else Options(replay=replay)
    assert audited(directory, options=options).is_clean
    read, index = with_one_bad_entry(reader_of(directory))
    found = audited(directory, lambda _: read, options).findings
    assert index in {finding.index for finding in found}
    assert {finding.code for finding in found} >= {"LEAF_DIFFERS", "ROOT_DIFFERS"}
