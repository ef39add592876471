"""The files of a trial: the same bytes in both provinces, the page, the workbook, the command."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from reports.paper.tongue import speaking
from reports.whatif.page import to_html
from reports.whatif.result import WhatIf
from reports.whatif.text import lines
from reports.whatif.workbook import to_xlsx
from reports.whatif.writing import write
from tests.reports.trial import RECEIVERS, TrialYear, draft, row, year

B = row("B", "60", conditions={"pre_notice_days": 3})


def tried(rows: list[dict[str, Any]], **propose: Any) -> WhatIf:
    """The shared year under these rows."""
    return year().trial(draft(rows, **propose))


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
