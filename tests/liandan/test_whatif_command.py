"""``liandan whatif``: an office's spreadsheet or JSON in, a verdict and files out; the same bytes in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from ledger.admission.entry import encode_entry, read_entry
from ledger.admission.personality import CURRENT
from ledger.model import Admission, Decision
from ledger.times import format_at
from liandan.cli import main
from tests.house.source import ROOT
from tests.reports.trial import CODE, GENERATORS, LIST, RECEIVERS, TrialYear, row, year
from tests.workbench import key_of

B = row("B", "60", conditions={"pre_notice_days": 3})
HEADS = ("接受单位统一社会信用代码", "许可证编号", "废物代码", "利用处置方式", "年度额度（吨）", "转移前报告天数")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared year as files."""
    return written(tmp_path_factory.mktemp("whatif") / "export", year().files())


def spreadsheet(path: Path, lines: Sequence[Sequence[object]], terms: Mapping[str, object] | None = None) -> Path:
    """A workbook as an office makes one."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("白名单")
    for number, line in enumerate((HEADS, *lines)):
        sheet.write_row(number, 0, line)
    if terms is not None:
        form = book.add_worksheet("名单")
        for number, (name, value) in enumerate(terms.items()):
            form.write_row(number, 0, (name, value))
    book.close()
    return path


def run(*arguments: object) -> Result:
    """The command in this process."""
    return CliRunner().invoke(main, ["whatif", *map(str, arguments)])


def test_an_offices_spreadsheet_is_a_draft(tmp_path: Path, export: Path) -> None:
    lines = ((RECEIVERS["A"], "CQA（虚构）", "９００-０５２-３１", "R4", 60, ""), (RECEIVERS["B"], "CQB(虚构)", CODE, "R4", "60吨", 3))
    path = spreadsheet(tmp_path / "draft.xlsx", lines)
    answer = run(path, "--from", export, "--out", tmp_path / "out")
    assert answer.exit_code == 0, answer.output
    assert "９００-０５２-３１ → 900-052-31" in answer.output, "every repair is shown"
    (tmp_path / "draft.json").write_text(json.dumps({"list": LIST, "rows": [row("A", "60"), B]}))
    assert run(tmp_path / "draft.json", "--from", export, "--out", tmp_path / "again").exit_code == 0
    name = "whatif-2026-51-50-cy.json"
    assert "900-052-31 额度 -40 吨" in answer.output
    assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_spreadsheet_that_says_which_list_it_is(tmp_path: Path, export: Path) -> None:
    terms = {
        "年度": 2027, "移出省": "四川", "接受省": "重庆", "名单简称": "cy", "名单种类": "双方互认", "生效日": "2027-01-01",
        "失效日": "2027-12-31", "函号": "川环函〔2026〕900号（虚构）", "函件日期": "2026-12-20",
    }  # fmt: skip
    path = spreadsheet(tmp_path / "draft.xlsx", [(RECEIVERS["A"], "CQA（虚构）", CODE, "R4", 100, "")], terms)
    found = json.loads(run(path, "--from", export, "--json").stdout)
    assert (found["result"]["draft"], found["result"]["list"], found["result"]["head"]) == ("list/2027-51-50-cy", LIST, [])
    assert found["result"]["stopped"]["row_missing"]["stopped"] == 8
    assert found["repairs"] != []


def test_a_draft_begins_with_the_list_as_the_year_left_it(tmp_path: Path, export: Path) -> None:
    path = tmp_path / "draft.xlsx"
    assert run(path, "--from", export, "--begin", LIST).exit_code == 0
    found = json.loads(run(path, "--from", export, "--json").stdout)
    assert (found["repairs"], found["result"]["changed"], found["result"]["trips"]) == ([], [], [])
    assert found["result"]["difference"][0] == "两份相同，共 2 行"
    assert [
        run(path, "--from", export, "--begin", LIST).exit_code,
        run(tmp_path / "a.csv", "--from", export, "--begin", LIST).exit_code,
    ] == [2, 2]
    unknown = run(tmp_path / "b.xlsx", "--from", export, "--begin", "list/2026-50-51-cy", "--json")
    assert (unknown.exit_code, (tmp_path / "b.xlsx").exists()) == (2, False)


def test_a_spreadsheet_with_a_fault_is_not_tried(tmp_path: Path, export: Path) -> None:
    path = spreadsheet(tmp_path / "draft.xlsx", [(RECEIVERS["A"], "CQ9", CODE, "R4", 60, "")])
    answer = run(path, "--from", export, "--json")
    assert answer.exit_code == 1
    assert [one["code"] for one in json.loads(answer.stdout)["findings"]] == ["INTAKE_PERMIT"]
    assert run(path, "--from", export).exit_code == 1
    empty = spreadsheet(tmp_path / "empty.xlsx", [])
    assert run(empty, "--from", export).exit_code == 1
    assert run(path, "--from", export, "--list", "cy").exit_code == 2


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path, export: Path) -> None:
    (tmp_path / "draft.json").write_text(json.dumps({"list": "list/2026-51-50-cy", "rows": [row("A", "60"), row("C", "40")]}))
    made: list[Mapping[str, bytes]] = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [
            sys.executable,
            "-m",
            "liandan",
            "whatif",
            str(tmp_path / "draft.json"),
            "--from",
            str(export),
            "--out",
            str(out),
            "--lang",
            "both",
        ]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True, timeout=120)
        made.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert made[0] == made[1]
    assert set(made[0]) == {
        "whatif-2026-51-50-cy.json",
        *(f"whatif-2026-51-50-cy{more}" for more in (".html", ".xlsx", ".txt", ".en.html", ".en.xlsx", ".en.txt")),
    }


def test_the_command_tells_both_languages_and_json(tmp_path: Path, export: Path) -> None:
    (tmp_path / "draft.json").write_text(json.dumps({"list": "list/2026-51-50-cy", "rows": [row("A", "60"), B]}))
    arguments = ["whatif", str(tmp_path / "draft.json"), "--from", str(export)]
    told = CliRunner().invoke(main, [*arguments, "--lang", "both"])
    assert told.exit_code == 0, told.output
    assert "会被拦下 2 张" in told.output
    assert "2 would have been stopped" in told.output
    found = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert found["result"]["all"]["stopped"] == 2
    (tmp_path / "draft.json").write_text("{}")
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_an_export_with_what_no_log_admits_is_told_to_be_audited(tmp_path: Path) -> None:
    log = TrialYear()
    log.at("2026-03-02")
    chain = f"manifest/{GENERATORS['510112']}/01K9{1:022d}"
    envelope = log.bench.draft("manifest.verify/1", chain, (GENERATORS["510112"],), {}).sign([key_of(GENERATORS["510112"])])
    decision = Decision(tags=(), alerts=(), accounts=())
    index = len(log.bench.entries)
    admission = Admission(index=index, at=format_at(log.bench.at_s), ruleset=CURRENT, facts=(), decision=decision)
    log.bench.entries.append(read_entry(encode_entry(envelope, admission), log.bench.kinds))
    (tmp_path / "draft.json").write_text(json.dumps({"list": LIST, "rows": [row("A", "60"), B]}))
    answer = run(tmp_path / "draft.json", "--from", written(tmp_path / "export", log.bench.export()))
    assert answer.exit_code not in (0, 70)
    assert "EXPORT_AUDIT" in answer.output


def written(directory: Path, files: Mapping[str, bytes]) -> Path:
    """An export on the disk."""
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return directory
