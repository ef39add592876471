"""The files of a trial: the same bytes in both provinces, the page, the workbook, the command."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from liandan.cli import main
from reports.paper.tongue import speaking
from reports.whatif.page import to_html
from reports.whatif.result import WhatIf
from reports.whatif.text import lines
from reports.whatif.workbook import to_xlsx
from reports.whatif.writing import write
from tests.house.source import ROOT
from tests.reports.trial import RECEIVERS, TrialYear, draft, row, year

B = row("B", "60", conditions={"pre_notice_days": 3})


def tried(rows: list[dict[str, Any]], **propose: Any) -> WhatIf:
    """The shared year under these rows."""
    return year().trial(draft(rows, **propose))


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    directory = written(tmp_path / "export", year().files())
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
            str(directory),
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


def test_the_command_tells_both_languages_and_json(tmp_path: Path) -> None:
    directory = written(tmp_path / "export", year().files())
    (tmp_path / "draft.json").write_text(json.dumps({"list": "list/2026-51-50-cy", "rows": [row("A", "60"), B]}))
    arguments = ["whatif", str(tmp_path / "draft.json"), "--from", str(directory)]
    told = CliRunner().invoke(main, [*arguments, "--lang", "both"])
    assert told.exit_code == 0, told.output
    assert "会被拦下 2 张" in told.output
    assert "2 would have been stopped" in told.output
    found = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert found["result"]["all"]["stopped"] == 2
    (tmp_path / "draft.json").write_text("{}")
    assert CliRunner().invoke(main, arguments).exit_code == 2


def written(directory: Path, files: Mapping[str, bytes]) -> Path:
    """An export on the disk."""
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return directory


def test_files_are_of_the_language_asked_for(tmp_path: Path) -> None:
    result = tried([row("A", "60"), B])
    paths = write(result, tmp_path, ("zh", "en"))
    with speaking("en"):
        assert (tmp_path / "whatif-2026-51-50-cy.en.txt").read_text().splitlines() == lines(result)
    assert len(paths) == len(set(paths))


# --- page and workbook -----------------------------------------------------------------------------------------------------------


def test_the_page_names_nothing_outside_itself_and_escapes_what_others_wrote() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    log.decide("510112", "A", "40", listing=0)
    found = log.trial(draft([row("A", "1"), B]))
    found = replace(found, names={**found.names, RECEIVERS["A"]: "甲<script>alert(1)</script>&\"'厂"})
    page = to_html(found).decode()
    assert "<script" not in page
    assert "甲&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page
    assert not re.search(r"""(?:href|src|action)="(?!data:)|url\(|@import|style="|\bon[a-z]+=""", page)
    assert "default-src 'none'" in page


def test_charts_and_tables_say_the_same_figures() -> None:
    result = tried([row("A", "60", conditions={"complete_within_days": 150}), row("C", "100")])
    page = to_html(result).decode()
    assert page.count('<svg viewBox="0 0 340') == 4 + 3, "months, days, districts, codes; a curve for each row that was used"
    for cause in result.stopped:
        assert sum(month.stopped.get(cause, 0) for month in result.months) == result.stopped[cause].stopped
    assert (
        sum(one.tally.stopped for one in result.places)
        == sum(tally.stopped for tally in result.stopped.values())
        == result.all.stopped
        == 15
    )
    assert "名单没有这一行 8" in page
    with speaking("en"):
        english = to_html(result).decode()
    assert 'lang="en"' in english[:60]
    assert "no such row 8" in english


def test_the_workbook_has_every_row() -> None:
    result = tried([row("A", "60"), row("C", "100")])
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(result)))
    rows = {name.partition("（")[0]: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(rows) == ["说明", "名单各行", "移出区县", "废物代码", "区县与代码", "各月", "不同的决定", "不同的联单"]
    assert len(rows["不同的联单"]) == 1 + len(result.trips)
    assert len(rows["不同的决定"]) == 1 + len(result.changed)
    by_head = dict(zip(*rows["名单各行"][:2], strict=True))
    assert (by_head["草案行"], by_head["当年额度（吨）"], by_head["草案额度（吨）"], by_head["放不下（吨）"]) == (1, 100, 60, 30)
    assert by_head["草案下用完"].isoformat() == "2026-03-06"
    stops = rows["不同的联单"][0].index("结果")
    assert {line[stops] for line in rows["不同的联单"][1:]} == {"会被拦下"}
