"""The whole demonstration, from an empty directory to the summary, as ``liandan demo`` runs it; certificates of a few manifests only."""

from __future__ import annotations

import io
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import AuditReport, audit
from ledger.mass import parse_mass
from ledger.tree.merkle import leaf_hash, root_of
from ledger.tree.policy import parse_policy_lines
from liandan.demo import calendar
from liandan.demo.cast import CAST
from liandan.demo.run import FORMATS, WAYS, list_completed, run
from liandan.demo.screen import Screen
from liandan.demo.summary import Books, Summary, summarize
from liandan.export import archived_in, reader_of
from liandan.postgres import temporary_directory
from liandan.wiring import KINDS
from manifests.view import ManifestView
from reports.attachment import claims_in
from reports.paper.pades import signature_of
from reports.reconcile import to_bytes
from reports.verify import verify_file
from tests.ledger.trust import open_with_policy
from tests.liandan.demo_desk import played
from tests.reports.month import reconcile

SEED = 4
CERTIFICATES = 6
SEPARATE = (
    "origin",
    "found",
    "size",
    "root",
    "clock",
    "entries",
    "months",
    "exchanged",
    "certificates",
    "statements",
    "audit",
    "witnesses",
    "data_dir",
    "seconds",
)
"""Fields of a summary that a log in memory has not: refusal pages, what a server fills in, witnesses, files, times."""

Run = tuple[Path, Summary, str]
Exported = tuple[tuple[Entry, ...], AuditReport]


@pytest.fixture(scope="module")
async def demo() -> AsyncIterator[Run]:
    """One demonstration: directory, summary, what the terminal showed."""

    def few(views: Iterable[ManifestView]) -> list[ManifestView]:
        return list_completed(views)[:CERTIFICATES]

    console = Console(file=io.StringIO(), record=True, width=120)
    with temporary_directory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr("liandan.demo.run.list_completed", few)
        summary = await run(directory / "out", SEED, screen=Screen(console))
        yield directory / "out", summary, console.export_text()


@pytest.fixture(scope="module")
def exported(demo: Run) -> Exported:
    """Entries of the export, audited."""
    entries: list[Entry] = []
    folder = demo[0] / "export"
    report = audit(reader_of(folder), KINDS, archived=iter(archived_in(folder)), watch=entries.append)
    return tuple(entries), report


async def test_over_http_the_seed_gives_what_it_gives_in_memory(demo: Run) -> None:
    story, desk, told = await played(SEED)
    books = Books()
    for entry in desk.entries:
        books.watch(entry)
    wanted = summarize(SEED, calendar.MONTH, story.world, told, books, AuditReport())
    found = {name: value for name, value in msgspec.structs.asdict(demo[1]).items() if name not in SEPARATE}
    assert found == {name: value for name, value in msgspec.structs.asdict(wanted).items() if name not in SEPARATE}


def test_the_export_audits_clean_and_ends_where_the_summary_says(demo: Run, exported: Exported) -> None:
    out, summary, _ = demo
    report = exported[1]
    assert report.findings == []
    assert (report.size, report.root, report.found, report.clock) == (summary.size, summary.root, summary.found, "simulated")
    assert summary.audit["clean"] is True
    assert msgspec.json.decode((out / "summary.json").read_bytes(), type=Summary) == summary


def test_what_both_sides_exchange_is_what_the_manifests_on_their_lists_say(demo: Run, exported: Exported) -> None:
    """The report is filled in by the server; here its figures are added up from the export."""
    books = Books()
    for entry in exported[0]:
        books.watch(entry)
    received: Counter[str] = Counter()
    for view in books.views.values():
        if view.state.route == "LISTED":
            received[view.state.receiver] += sum(line.accepted_g or 0 for line in view.state.lines)
    names = {firm.name: firm.uscc for firm in CAST.firms}
    exchanged = {names[row.holder]: parse_mass(row.received_t) for row in demo[1].exchanged}
    assert exchanged == {uscc: grams for uscc, grams in received.items() if grams}
    assert len(exchanged) == 9


def test_every_refusal_is_named_in_the_log(demo: Run, exported: Exported) -> None:
    named = [item for entry in exported[0] if entry.statement.kind == "log.refusals/1" for item in entry.statement.body.items]
    assert len(named) == demo[1].refused_statements


def test_certificates_verify_without_network(demo: Run) -> None:
    out, summary, _ = demo
    files = sorted((out / "certificates").glob("*.pdf"))
    assert len(files) == summary.certificates == CERTIFICATES
    for file in files:
        report = verify_file(file, summary.found)
        assert (report.verdict, report.paper, report.number) == ("good", "reprint", file.stem)
        signature = signature_of(file.read_bytes())
        assert signature is not None, "the log tells a key for papers"
        assert claims_in(file.read_bytes()), "and one for codes"
        # The file is of before: it cannot say whether the key of its signature was retired later.
        assert [note.code for note in report.notes] == ["NOTE_HEAD", "NOTE_DEMO", "NOTE_ISSUER_LATER"]


def test_monthly_statements_are_recomputed_byte_for_byte_from_the_export(demo: Run, exported: Exported) -> None:
    (out, summary, _), (entries, _) = demo, exported
    assert len(summary.statements) == 6
    for way in WAYS:
        data = DataSets(KINDS, reader_of(out / "export"))
        [closed] = [one for one in summary.months if one.way == way]
        root = b64encode(root_of(leaf_hash(entry.raw) for entry in entries[: closed.size])).decode()
        statement = reconcile(entries[: closed.size], calendar.MONTH, way.split("-"), root, data)
        assert sha256(to_bytes(statement, "json")).hexdigest() == closed.json, "as it was closed, and both sides confirmed"
        for kind in FORMATS:
            assert (out / f"reconciliation-2026-10-{way}.{kind}").read_bytes() == to_bytes(statement, kind), f"{way} {kind}"


def test_both_witnesses_hold_the_same_log_and_cosigned_every_checkpoint(demo: Run, exported: Exported) -> None:
    out, summary, _ = demo
    assert [(one.size, one.agrees, one.findings) for one in summary.witnesses] == [(summary.size, True, 0)] * 2
    policy = parse_policy_lines(exported[0][0].statement.body.witness_policy)
    files = [out / "export" / "checkpoint", *(out / "export" / "checkpoints").iterdir()]
    keys = (out / "export" / "log.vkey").read_text().splitlines()
    for file in files:
        opened = open_with_policy(file.read_bytes(), policy, log_keys=keys)
        assert sorted(line.vkey for line in opened.cosignatures) == sorted(policy.witness_vkeys), file


def test_the_server_knows_no_key_of_a_party(demo: Run) -> None:
    keys = (demo[0] / "data" / "keys.pem").read_text()
    assert [line for line in keys.splitlines() if line.startswith("Key: ")] == ["Key: log", "Key: operator", "Key: pdf", "Key: claim"]


def test_the_terminal_speaks_chinese_and_says_demo(demo: Run) -> None:
    assert "演示 / DEMO" in demo[2]
    assert "审计通过，无问题" in demo[2]
    assert "推演十月" in demo[2]
    assert demo[2].count("镜像与导出件逐字节一致，审计无问题") == 2
    assert "见证节点盖的是真实时间" in demo[2]
