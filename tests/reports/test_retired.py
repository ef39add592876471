"""Keys of papers and codes that were retired: said where evidence at hand knows it, and that nothing can know it where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from liandan.cli import main
from reports.anchor import make_anchor
from reports.claimed import verify_claim
from reports.verify import verify_file
from tests.reports.claims import told


def run(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and reports of the command."""
    answer = CliRunner().invoke(main, ["verify", *map(str, arguments), "--found", told().found, "--json"])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exc_info
    return answer.exit_code, json.loads(answer.output)


def notes(report: dict[str, Any]) -> list[str]:
    """Codes of its notes."""
    return [one["code"] for one in report["notes"]]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    (path := tmp_path / "a.pdf").write_bytes(told().pdf)
    return path


def test_a_paper_alone_cannot_know_and_newer_evidence_beside_it_tells(paper: Path) -> None:
    code, [alone] = run(paper)
    assert (code, notes(alone)[-1]) == (0, "NOTE_ISSUER_LATER")
    assert len(alone["signers"]) == 2
    (newer := paper.with_name("b.json")).write_bytes(told().after)
    for arguments in ((paper, newer), (newer, paper), (paper.parent,), (paper, "--bundle", newer)):
        code, reports = run(*arguments)
        [found] = [report for report in reports if report["form"] == "certificate"]
        assert (code, found["paper"], notes(found)[:2]) == (4, "unchecked", ["NOTE_ISSUER_RETIRED", "NOTE_ISSUER_RETIRED"])
        assert Path(found["canonical"]).read_bytes() != told().pdf, "the page to read is written, without the signature"
        for page in paper.parent.glob("*.核对页.pdf"):
            page.unlink()


def test_of_papers_only_the_key_of_papers_counts(paper: Path) -> None:
    """The code on it may be by a key that is gone; the signature covers the whole file."""
    report = verify_file(paper, anchor=make_anchor(told().found, bundle=told().after_claim))
    assert (report.verdict, report.paper, report.notes[0].code) == ("good", "signature", "NOTE_ISSUER_RETIRED")


def test_a_retired_key_of_another_log_is_another_key(paper: Path) -> None:
    theirs = tuple(replace(one, found="0" * 64) for one in make_anchor(told().found, bundle=told().after).retired)
    assert len(theirs) == 2
    assert verify_file(paper, anchor=replace(make_anchor(told().found), retired=theirs)).verdict == "good"


def test_a_claim_by_command(paper: Path) -> None:
    own, claim = told(), told().signed.address("log.example/liandan-test")
    code, [_, report] = run(paper, "--claim", claim)
    assert (code, report["form"], notes(report)) == (0, "claim", ["NOTE_ISSUER_LATER", "NOTE_CLAIM", "NOTE_DEMO"])
    (newer := paper.with_name("b.json")).write_bytes(own.after)
    code, [_, report] = run(newer, "--claim", claim)
    assert (code, report["signatures"], notes(report)[0]) == (1, 0, "NOTE_ISSUER_RETIRED")
    code, [report] = run("--claim", claim)
    assert (code, notes(report)) == (1, ["NOTE_CLAIM_KEY"]), "a claim alone proves nothing, and cannot know"
    answer = CliRunner().invoke(main, ["verify", str(paper), "--claim", claim, "--found", own.found])
    assert "二维码声明" in answer.output
    assert CliRunner().invoke(main, ["verify"]).exit_code == 2


@pytest.mark.parametrize("as_of", ["2026-01-01T00:00", "2036-01-01T00:00"])
def test_since_when_a_key_is_not_trusted(as_of: str) -> None:
    """A claim that says it is of before the retirement cannot be believed; one of after it counts as unsigned."""
    own = told()
    anchor = make_anchor(own.found, bundle=own.after_claim)
    early = verify_claim(own.with_line(4, as_of), anchor)
    assert early.verdict == "other"
    late = verify_claim(own.with_line(10, f"{own.retired_at + 1} 3dbc68f504d2"), anchor)
    assert [one.code for one in late.findings] == ["CLAIM_ISSUER"]
