"""``liandan export --parquet`` and ``liandan totals``: from an export to figures, and what is refused in words."""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from liandan.cli import main
from liandan.cli.totals_words import COLUMNS, TABLES
from reports.parquet.definitions import NAMES
from reports.parquet.engines import SPARK, reachable
from signing.refusal import Refusal
from tests.house.source import ROOT

CORPUS = ROOT / "tests/vectors/liandan-v1/log"


def run(*arguments: object) -> Result:
    """The command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the log of all kinds, made by the command."""
    directory = tmp_path_factory.mktemp("parquet") / "rows"
    made = run("export", "--parquet", directory, "--from", CORPUS)
    assert made.exit_code == 0, made.output
    return directory


def test_totals_are_told_as_a_table_as_json_and_as_csv(rows: Path) -> None:
    table = run("totals", "2026-11", "2026-12", "--parquet", rows)
    assert table.exit_code == 0, table.output
    assert "镜像等式（" in table.stdout
    assert "期初" in table.stdout
    assert "opening_g" not in table.stdout
    assert "2026-12（暂计，未结账）" in table.stdout
    english = run("totals", "2026-12", "--parquet", rows, "--lang", "en").stdout
    assert "Mirror equation:" in english
    assert "2026-12 (provisional, not closed)" in english
    assert not re.search("[一-鿿]", english.replace("list/", "").splitlines()[0])
    assert list(TABLES) == list(NAMES)
    every = json.loads(run("totals", "2026-11", "2026-12", "--parquet", rows, "--json").stdout)
    assert "2026-12" in every["provisional"]
    assert {name for table in every["tables"].values() for row in table for name in row} <= set(COLUMNS)
    found = json.loads(run("totals", "2026-11", "--parquet", rows, "--direction", "51-50", "--json").stdout)
    [equation] = found["tables"]["mirror"]
    assert equation["unequal_g"] == -found["tables"]["m12_no_departure"][0]["declared_g"] != 0
    text = run("totals", "2026-11", "--parquet", rows, "--direction", "51-50", "--table", "mirror", "--csv").stdout
    head, line = text.splitlines()
    assert dict(zip(head.split(","), line.split(","), strict=True)) == {name: str(value) for name, value in equation.items()}


def test_a_check_says_what_it_looked_at(rows: Path) -> None:
    assert "是否出自条目未核对" in run("export", "--parquet", rows, "--check").stdout
    whole = run("export", "--parquet", rows, "--check", "--from", CORPUS, "--json")
    assert (whole.exit_code, json.loads(whole.stdout)["from_entries"]) == (0, True)


def test_what_does_not_fit_together_is_refused_in_words(rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SPARK, raising=False)
    cases = {
        "ENGINE_ADDRESS": ("totals", "2026-11", "--parquet", rows, "--engine", "spark"),
        "TOTALS_TABLE": ("totals", "2026-11", "--parquet", rows, "--csv"),
        "MONTH_FORM": ("totals", "2026-11", "2026-10", "--parquet", rows),
        "DIRECTION_FORM": ("totals", "2026-11", "--parquet", rows, "--direction", "51-51"),
        "PARQUET_DIRECTORY": ("totals", "2026-11", "--parquet", tmp_path),
        "one of both": ("export", tmp_path, "--parquet", rows),
        "go with --parquet": ("export", tmp_path / "x", "--check"),
        "export the log with --url first": ("export", "--parquet", tmp_path / "x", "--url", "http://127.0.0.1:9"),
    }
    for said, arguments in cases.items():
        answer = run(*arguments)
        assert (answer.exit_code, said in answer.output) == (2, True), answer.output


def test_an_engine_that_is_not_there_ends_the_command_and_not_in_a_traceback(rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    answer = run("totals", "2026-11", "--parquet", rows)
    assert (answer.exit_code, "ENGINE_MISSING" in answer.output, "pip install" in answer.output) == (2, True, True)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setenv(SPARK, "sc://127.0.0.1:9")
    answer = run("totals", "2026-11", "--parquet", rows, "--engine", "spark")
    assert (answer.exit_code, "ENGINE_MISSING" in answer.output) == (2, True)


def test_a_month_that_has_not_begun_has_no_totals(rows: Path) -> None:
    assert json.loads(run("totals", "2030-01", "--parquet", rows, "--json").stdout)["tables"] == {}


def test_a_server_of_spark_that_does_not_answer_is_told_at_once() -> None:
    """Its own client would try again for ten minutes."""
    with socket.socket() as closed:  # bound and not listening: nobody else takes the port meanwhile
        closed.bind(("127.0.0.1", 0))
        address = f"sc://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(OSError, match=re.escape(address)), reachable(address):
            pass
    with pytest.raises(Refusal, match="ENGINE_ADDRESS"), reachable("sc://127.0.0.1:x"):
        pass
