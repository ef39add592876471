"""``liandan intake`` at a desk without a network: what it says, what it writes, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from liandan.cli import main
from tests.liandan.intake.ugly import UGLY
from tests.liandan.intake.workbooks import HEADS, ROWS, row, terms, workbook


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two lists and a workbook in which much is wrong."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "名单.xlsx").write_bytes(workbook(terms())[1])
    (tmp_path / "新名单.xlsx").write_bytes(workbook(terms(), rows=(row(1, **{"年度额度（吨）": 6200}), row(3)))[1])
    (tmp_path / "坏.xls").write_bytes(UGLY["an XLS with a hidden row"].file[1])
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["intake", *words])


def told(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def test_a_list_becomes_bodies_and_the_commands_that_sign_them(desk: Path) -> None:
    done = run("名单.xlsx", "--offline", "--bodies", "声明")
    assert done.exit_code == 0, done.stderr
    assert "liandan list propose list/2027-51-50-a --from 声明/001-list.propose.json" in done.stdout
    assert json.loads((desk / "声明" / "002-list.rows.json").read_bytes())["rows"][1]["receiver"] == ROWS[1][1]
    assert run("名单.xlsx", "--offline", "--bodies", "声明").exit_code == 2, "nothing is written over"


def test_what_is_wrong_is_told_by_cell_and_what_to_do(desk: Path) -> None:
    done = run("坏.xls", "--offline")
    assert done.exit_code == 1
    assert "坏.xls 白名单!2：INTAKE_HIDDEN 这一行是隐藏的" in done.stderr
    assert "→ 取消隐藏或筛选" in done.stderr
    found = told("坏.xls", "--offline")
    assert [(one["cell"], one["code"]) for one in found["findings"]] == [("白名单!2", "INTAKE_HIDDEN")]
    assert found["statements"] == []


def test_two_files_are_compared_in_words_and_as_a_workbook(desk: Path) -> None:
    done = run("新名单.xlsx", "--against", "名单.xlsx", "--difference", "差异.xlsx", "--offline")
    assert done.exit_code == 0, done.stderr
    assert "差异 / difference: 新增 1 家，减少 1 家，900-052-31 额度 +5000 吨，共新增 1 行、减少 1 行、更改 1 行" in done.stdout
    assert "额度 +5000 吨（1200 → 6200）" in done.stdout
    page = openpyxl.load_workbook(desk / "差异.xlsx")["逐行"]
    assert [[cell.value for cell in line][:8] for line in page.iter_rows(min_row=2)] == [
        ["更改", ROWS[0][0], ROWS[0][1], "HW31（仅 900-052-31）", "R4", 1200, 6200, 5000],
        ["新增", row(3)[0], row(3)[1], "HW31（仅 900-052-31）", "R4", None, 1200, 1200],
        ["减少", ROWS[1][0], ROWS[1][1], "HW31（仅 900-052-31）", "R4", 1200, None, -1200],
    ]


def test_files_that_call_permits_by_number_are_compared_all_the_same(desk: Path) -> None:
    heads = [*HEADS[:2], "经营许可证编号", *HEADS[3:]]
    for name, value in (("旧.xlsx", 1200), ("新.xlsx", 1000)):
        rows = [[*ROWS[0][:2], "渝环危〔2024〕1号" if value > 1000 else "渝环危(2024)1号", *ROWS[0][3:6], value]]
        (desk / name).write_bytes(workbook(heads=heads, rows=rows)[1])
    assert told("新.xlsx", "--against", "旧.xlsx", "--offline")["difference"]["zh"].startswith("900-052-31 额度 -200 吨")
    assert [one["code"] for one in told("新.xlsx", "--offline")["findings"]] == ["INTAKE_PERMIT"], "a statement needs the log's own permit"


def test_a_file_brought_twice_is_recognised(desk: Path) -> None:
    (desk / "又.xlsx").write_bytes((desk / "名单.xlsx").read_bytes())
    found = told("名单.xlsx", "又.xlsx", "--offline")
    assert [(one["file"], one["code"]) for one in found["findings"]] == [("又.xlsx", "INTAKE_FILE")]
    assert "逐字节相同" in found["findings"][0]["message"]
    (desk / "别.csv").write_bytes(UGLY["CSV as GBK"].file[1])
    (desk / "单.xlsx").write_bytes(workbook()[1])
    found = told("单.xlsx", "别.csv", "--offline")
    assert [(one["file"], one["code"]) for one in found["findings"]] == [("别.csv", "INTAKE_FILE")]
    assert "内容相同" in found["findings"][0]["message"]


def test_terms_that_stand_in_no_file_are_given(desk: Path) -> None:
    (desk / "行.xlsx").write_bytes(workbook()[1])
    assert told("行.xlsx", "--offline")["statements"][0]["chain"] == ""
    lacking = told("行.xlsx", "--term", "year=2027", "--offline")["findings"]
    assert {one["column"] for one in lacking} >= {"移出省", "函号", "函件日期"}
    given = {
        "year": "2027", "from": "51", "to": "50", "name": "a", "kind": "mutual", "effective_from": "2027-01-01", "effective_to": "2027-12-31",
        "letter_no": "川环函〔2026〕9号", "letter_date": "2026-11-20",
    }  # fmt: skip
    found = told("行.xlsx", *(word for name, value in given.items() for word in ("--term", f"{name}={value}")), "--offline")
    assert found["findings"] == []
    assert found["statements"][0]["chain"] == "list/2027-51-50-a"
    bad = told("行.xlsx", *(word for name, value in (given | {"kind": "x"}).items() for word in ("--term", f"{name}={value}")), "--offline")
    assert bad["findings"] != []


def test_wrong_usage(desk: Path) -> None:
    assert run().exit_code == 2
    assert run("名单.xlsx", "--against", "没有.xlsx", "--offline").exit_code == 2
    assert run("名单.xlsx", "--against", "list/2027-51-50-a", "--offline").exit_code == 2
    assert run("名单.xlsx", "--term", "x", "--offline").exit_code == 2
    assert run("--template", "名单.xlsx").exit_code == 2
    assert run("--template", "模板.xlsx", "--as", "openings").exit_code == 0
