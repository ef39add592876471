"""E6: a month that is not over in the log is marked on every page, in JSON, on every sheet and in the name; nothing is told of a day to come."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import date

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from ledger.times import parse_at
from manifests import acts
from reports.excerpt.listing import render_list
from reports.paper.tongue import TONGUES, Tongue
from reports.reconcile import SUFFIXES, file_name, to_bytes
from reports.reconciliation.model import MonthlyStatement
from tests.reports.month import LINES, drawn, october, trip
from tests.reports.papers import approval_bundle, list_bundle, opened, paper
from tests.reports.story import GENERATOR, Story, trunk


def as_of(day: str, month: str = "2026-10") -> MonthlyStatement:
    """October's statement at the last entry before a day."""
    until = parse_at(f"{day}T00:00:00+08:00")
    size = sum(parse_at(entry.admission.at) < until for entry in october().bench.entries)
    return drawn(october(), month, size=size)


MIDDLE = as_of("2026-10-15")


def pages(statement: MonthlyStatement, tongue: Tongue = "zh") -> list[str]:
    """Texts of the pages without line ends."""
    reader = pypdf.PdfReader(io.BytesIO(to_bytes(statement, "pdf", tongue)))
    return [page.extract_text().replace("\n", "") for page in reader.pages]


@pytest.mark.parametrize(
    ("tongue", "mark"), [("zh", "未完结：账本末条入账 2026-10-14"), ("en", "PROVISIONAL: the log's last entry is of 2026-10-14")]
)
def test_every_page_is_marked(tongue: Tongue, mark: str) -> None:
    found = pages(MIDDLE, tongue)
    assert len(found) > 1
    assert all(mark in page for page in found)
    assert not any(word in page for page in pages(drawn(october()), tongue) for word in ("未完结", "PROVISIONAL"))


def test_every_sheet_and_the_json_are_marked() -> None:
    for tongue, mark in zip(TONGUES, ("（未完结）", " (provisional)"), strict=True):
        names = CalamineWorkbook.from_filelike(io.BytesIO(to_bytes(MIDDLE, "xlsx", tongue))).sheet_names
        assert len(names) == 25
        assert all(name.endswith(mark) for name in names)
    parsed = json.loads(to_bytes(MIDDLE, "json"))
    assert (parsed["provisional"], parsed["as_of"]) == (True, MIDDLE.drawn_at)
    assert parsed["verdict"]["zh"].startswith("未完结，截至 2026-10-14")
    assert parsed["verdict"]["en"].startswith("Provisional, as of 2026-10-14")
    assert json.loads(to_bytes(drawn(october()), "json"))["provisional"] is False


def test_it_is_called_so_that_nobody_takes_it_for_the_whole_month() -> None:
    assert {file_name(MIDDLE, suffix) for suffix in SUFFIXES} == {
        f"reconciliation-2026-10-51-50-provisional.{suffix}" for suffix in SUFFIXES
    }
    assert file_name(MIDDLE, "pdf", "en") == "reconciliation-2026-10-51-50-provisional.en.pdf"
    assert file_name(drawn(october()), "xlsx", "en") == "reconciliation-2026-10-51-50.en.xlsx"
    assert file_name(drawn(october()), "json", "en") == "reconciliation-2026-10-51-50.json", "it is of both languages"


@pytest.mark.parametrize("tongue", TONGUES)
def test_what_is_open_is_told_as_of_the_last_entry(tongue: Tongue) -> None:
    """Not at the end of the month, which has not come: neither the count nor the age."""
    statement = as_of("2026-10-29")
    first, *rest = pages(statement, tongue)
    assert {"zh": "截至10-28在途", "en": "as of 10-28"}[tongue] in first
    figures, rules, _ = "".join((first, *rest)).partition({"zh": "对账规则", "en": "Rules by which it was counted"}[tongue])
    assert rules, "which speak of months in general"
    assert {"zh": "期末", "en": "closing"}[tongue] not in figures
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_bytes(statement, "xlsx", tongue)))
    heads = [str(head) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[:1] for head in row]
    assert not [head for head in heads if "期末" in head or "closing" in head.lower()]
    [line] = json.loads(to_bytes(statement, "json"))["m5_waiting"]
    assert line["age_days"] == 0


def test_the_month_is_over_with_the_first_entry_of_the_next() -> None:
    story = Story(LINES)
    story.at("2026-10-31T22:00:00+08:00")
    trip(story, 1, 0, stop="issue")
    assert drawn(story).is_provisional
    story.at("2026-11-01T00:00:00+08:00")
    trip(story, 2, 0, stop="issue")
    statement = drawn(story)
    assert not statement.is_provisional
    assert [row.age_days(statement.as_of_s) for row in statement.waiting] == [0]


def test_of_a_month_that_has_not_begun_nothing_is_told() -> None:
    statement = drawn(october(), "2026-12")
    assert (statement.rows, statement.mirror, statement.accounts, statement.duplicates) == ((), (), (), ())
    [page] = pages(statement)
    assert "该月在账本中尚未开始，无可核对" in page
    assert "在途" not in page.partition("数据来源")[0].replace("月度对账单", ""), "no count of what is under way on a day that has not come"
    parsed = json.loads(to_bytes(statement, "json"))
    assert (parsed["provisional"], parsed["verdict"]["fine"]) == (True, False)
    assert date.fromisoformat(parsed["as_of"][:10]) < date.fromisoformat(parsed["period"]["start"][:10])


def test_a_load_claimed_a_little_ahead_has_no_negative_age() -> None:
    """Claimed times may lie five minutes ahead of the admission (formats §6)."""
    story = Story(LINES)
    story.at("2026-10-10T08:00:00+08:00")
    story.issue(1, LINES[:1])
    story.depart(1, at="2026-10-10T08:04:00+08:00")
    statement = drawn(story)
    assert [row.age_days(statement.as_of_s) for row in statement.in_flight] == [0]
    assert statement.is_balanced


@pytest.mark.parametrize(
    ("day", "state"),
    [("2025-12-30", "已联署，未到有效期"), ("2026-01-01", "已生效"), ("2026-12-31", "已生效"), ("2027-01-01", "有效期已满")],
)
def test_a_list_is_in_force_on_its_days_alone(day: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of a list is told as of the last entry attached, not of any day that its reader may think of."""
    monkeypatch.setattr("reports.excerpt.listing.parse_at", lambda _: parse_at(f"{day}T12:00:00+08:00"))
    raw = asyncio.run(list_bundle(october()))
    text = pypdf.PdfReader(io.BytesIO(render_list(opened(raw), raw))).pages[0].extract_text()
    assert f"状态：{state}" in text
    assert ("不得据此起运" in text or "方可据此起运" in text) == (state != "已生效")


def test_a_decision_whose_last_day_has_passed_says_so() -> None:
    story = Story(LINES)
    story.at("2026-10-05T08:00:00+08:00")
    trip(story, 1, 0, stop="issue")
    assert "有效期已满" not in _excerpt(story)
    story.at("2027-01-02T08:00:00+08:00")
    story.bench.post("manifest.void/1", trunk(1), (GENERATOR,), acts.Void(reason="过期未起运"))
    assert "有效期已满：2026-12-31 之后不得据此起运" in _excerpt(story)


def _excerpt(story: Story) -> str:
    raw = asyncio.run(approval_bundle(story))
    return pypdf.PdfReader(io.BytesIO(paper("approval", raw))).pages[0].extract_text()
