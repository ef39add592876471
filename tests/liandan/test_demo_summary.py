"""The demo's summary is counted from entries; the month's statements are drawn by other code from the same entries. They must agree."""

from __future__ import annotations

import io
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from ledger.auditing.audit import AuditReport
from ledger.mass import format_mass
from ledger.tree.merkle import Edge, leaf_hash
from liandan.demo import calendar
from liandan.demo.play import Played
from liandan.demo.screen import Screen, own_name, show
from liandan.demo.summary import NOTICE, Books, Summary, summarize
from liandan.wiring import RULES
from manifests.model import STAGES, Stage
from tests.liandan.demo_desk import Desk, played
from tests.liandan.test_demo import SEED
from tests.reports.month import reconcile


@pytest.fixture(scope="module")
async def told() -> tuple[Summary, Desk, Played]:
    """The summary of one story."""
    story, desk, played_ = await played(SEED)
    books = Books()
    for entry in desk.entries:
        books.watch(entry)
    return summarize(SEED, calendar.MONTH, story.world, played_, books, AuditReport(size=len(desk.entries))), desk, played_


@pytest.mark.parametrize("way", ["51-50", "50-51"])
def test_summary_and_monthly_statement_name_the_same_tonnes(told: tuple[Summary, Desk, Played], way: str) -> None:
    summary, desk, _ = told
    edge = Edge().append_many(leaf_hash(entry.raw) for entry in desk.entries)
    statement = reconcile(desk.entries, calendar.MONTH, way.split("-"), b64encode(edge.root()).decode(), desk.facts._dataset)
    assert statement.is_balanced
    assert statement.is_demo
    assert not statement.is_provisional, "the story goes on for one act of November"
    rows = {row.code: row for row in summary.directions if row.direction == way.replace("-", "→")}
    assert rows.keys() == {mirror.code for mirror in statement.mirror}
    for mirror in statement.mirror:
        mass_t = rows[mirror.code].mass_t
        assert mass_t["accepted"] == format_mass(mirror.accepted_g)
        assert mass_t["refused"] == format_mass(mirror.refused_g)
        assert mass_t["difference"] == format_mass(mirror.difference_g)
        assert mass_t["under_way"] == format_mass(mirror.closing_g + mirror.waiting_g)
        assert mass_t["declared"] == format_mass(mirror.departed_g + mirror.waiting_g)


def test_balances_of_the_statement_are_those_of_the_summary(told: tuple[Summary, Desk, Played]) -> None:
    summary, desk, _ = told
    left = {balance.account: balance.left_t for balance in summary.balances}
    for way in (("51", "50"), ("50", "51")):
        for account in reconcile(desk.entries, calendar.MONTH, way, "", desk.facts._dataset).accounts:
            assert account.left_g is not None
            assert left[account.account] == format_mass(account.left_g)


def test_the_summary_says_first_that_it_is_a_demonstration(told: tuple[Summary, Desk, Played]) -> None:
    written = msgspec.json.decode(msgspec.json.encode(told[0]))
    assert next(iter(written)) == "notice"
    assert written["notice"] == NOTICE
    assert written["race"] == {"clients": 8, "admitted": 3}
    assert sum(written["states"].values()) + written["refused_at_issue"] == written["attempted"] == 310


def test_every_stage_and_code_has_a_chinese_name_on_the_terminal(told: tuple[Summary, Desk, Played]) -> None:
    assert STAGES.keys() == {stage.value for stage in Stage}
    console = Console(record=True, width=120, file=io.StringIO())
    show(told[0], Path("demo-out"), console)
    text = console.export_text()
    assert "演示 / DEMO" in text
    assert "恰好 3 份获准" in text
    assert RULES["NO_APPROVAL"].zh in text


def test_on_80_columns_nothing_is_cut_off_and_a_command_can_be_copied(
    told: tuple[Summary, Desk, Played], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bin of a checkout/liandan", "demo"])
    console = Console(record=True, width=80, file=io.StringIO())
    out = Path("a/rather long/directory/in which/the results/of this demonstration/are to be found")
    show(told[0], out, console)
    lines = console.export_text().splitlines()
    assert not [line for line in lines if "…" in line]
    assert any(told[0].root in line for line in lines)
    assert f"  'bin of a checkout/liandan' audit '{out}'/export" in lines
    assert f"  'bin of a checkout/liandan' verify '{out}'/certificates/*.pdf --found {told[0].found}" in lines


def test_the_programme_is_called_as_the_shell_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "liandan"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert own_name() == "liandan"
    monkeypatch.setenv("PATH", "/nowhere")
    assert own_name() == str(program)
    monkeypatch.setattr("sys.argv", [str(tmp_path / "__main__.py")])
    assert own_name().endswith(" -m liandan")


def test_phases_are_timed() -> None:
    screen = Screen(Console(quiet=True))
    with screen.progress, screen.phase("story", "推演", 3) as bar:
        bar.step(2, "10-08")
        bar.reach(3, 3)
    assert screen.seconds["story"] >= 0
