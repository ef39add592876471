"""A past year under a draft: what changes, what does not, and that both provinces get the same bytes."""

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

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from liandan.cli import main
from reports.paper.tongue import speaking
from reports.whatif.draft import read_draft
from reports.whatif.page import to_html
from reports.whatif.result import WhatIf
from reports.whatif.text import lines, to_json
from reports.whatif.workbook import to_xlsx
from reports.whatif.writing import write
from signing.refusal import Refusal
from tests.house.source import ROOT
from tests.reports.trial import CODE, LISTED, PERMITS, RECEIVERS, TrialYear, draft, row, year
from tests.workbench import AUTHORITY_50

NOTICE = {"pre_notice_days": 3}
B = row("B", "60", conditions=NOTICE)


def tried(rows: list[dict[str, Any]], **propose: Any) -> WhatIf:
    """The shared year under these rows."""
    return year().trial(draft(rows, **propose))


def stopped(result: WhatIf) -> set[str]:
    """Manifests that it stops."""
    return {trip.manifest for trip in result.trips if trip.outcome == "stopped"}


def spared(result: WhatIf) -> set[str]:
    """Decisions that it has listed."""
    return {one.tried.chain for one in result.changed if one.tried.outcome in ("faster", "freed")}


@pytest.mark.parametrize("rows", [LISTED, LISTED[::-1]], ids=["as it was", "in another order"])
def test_the_list_that_was_in_force_changes_nothing(rows: list[dict[str, Any]]) -> None:
    result = tried(rows, kind="mutual")
    assert result.changes_nothing
    assert result.all.trips == result.manifests == 26
    assert result.decisions == {"same": 5}, "four on the list, one beyond it; those to C are none of its business"
    for one in result.rows:
        assert one.changes == ("same",)
        assert one.before == one.after
    assert "没有任何决定或联单会不同" in "\n".join(lines(result))


def test_a_wider_list_spares_letters_and_says_how_many_days() -> None:
    result = tried([row("A", "200"), B, row("C", "100")])
    assert {(one.tried.outcome, one.tried.receiver, one.saved_wd) for one in result.changed} == {
        ("faster", RECEIVERS["A"], 12), ("faster", RECEIVERS["C"], 10), ("freed", RECEIVERS["C"], 0),
    }  # fmt: skip
    assert (result.saved_wd, result.extra_wd, result.all.faster, result.all.stopped) == (22, 0, 8, 0)
    assert (result.listed.workdays, result.listed.of, result.lettered.workdays, result.lettered.of) == (2, 4, 12, 2)
    assert [one.after.freed_g for one in result.rows] == [95_000_000, 0, 65_000_000]


def test_what_the_log_listed_comes_first_in_a_quota() -> None:
    result = tried([row("A", "184"), B])
    assert not result.changed, "95 t beside 90 t that were listed do not fit into 184 t, though 134 t were free when they came"


def test_a_smaller_quota_stops_what_no_longer_fits_and_says_when_it_was_full() -> None:
    result = tried([row("A", "60"), B])
    first = result.rows[0]
    assert (first.after.full_on, first.after.over_on, first.after.unmet_g) == ("2026-03-06", "2026-03-06", 30_000_000)
    assert first.before.full_on == ""
    assert [(trip.cause, trip.codes, trip.at) for trip in result.trips] == [("quota", ("APPROVAL_QUOTA",), "issue")] * 2
    assert {one.tried.outcome for one in result.changed} == {"slower"}
    assert result.in_time == 2, "the letter would have come in March, the trips left in the summer"


@pytest.mark.parametrize(
    ("rows", "cause", "code"),
    [
        ([row("A", "100")], "row_missing", "APPROVAL_LINE"),
        ([row("A", "100"), {**B, "methods": ["R5"]}], "row_missing", "APPROVAL_LINE"),
        ([row("A", "100"), {**B, "conditions": {**NOTICE, "complete_within_days": 30}}], "complete_within", "APPROVAL_EXPIRED"),
    ],
    ids=["no row", "another method", "time to complete"],
)
def test_why_a_trip_is_stopped(rows: list[dict[str, Any]], cause: str, code: str) -> None:
    result = tried(rows)
    found = [trip for trip in result.trips if trip.outcome == "stopped"]
    assert found
    assert {(trip.cause, trip.codes, trip.receiver) for trip in found} == {(cause, (code,), RECEIVERS["B"])}
    assert result.stopped[cause].stopped == len(found) == result.all.stopped


def test_days_of_the_list_and_its_kind_are_the_drafts_too() -> None:
    ended = tried(LISTED, effective_to="2026-07-31")
    assert ended.head == ("effective_to",)
    assert {trip.cause for trip in ended.trips} == {"complete_within"}
    assert all(trip.day > "2026-07-31" for trip in ended.trips)
    pilot = tried(LISTED, kind="pilot")
    assert {one.tried.cause for one in pilot.changed} == {"not_in_force"}, "a pilot list serves no decision"


def test_a_notice_is_an_alert_and_told_apart() -> None:
    more = tried([row("A", "100", conditions=NOTICE), B])
    assert {(trip.outcome, trip.receiver) for trip in more.trips} == {("noticed", RECEIVERS["A"])}
    less = tried([row("A", "100"), row("B", "60")])
    assert {(trip.outcome, trip.receiver) for trip in less.trips} == {("relieved", RECEIVERS["B"])}
    assert (more.all.stopped, less.all.stopped) == (0, 0)


def test_a_draft_of_next_year_is_tried_on_the_last_year_of_the_log() -> None:
    rows, name = [row("A", "60"), B], "list/2027-51-50-cy"
    next_year = year().trial(draft(rows, name, effective_from="2027-01-01", effective_to="2027-12-31"))
    assert next_year.list == "list/2026-51-50-cy"
    assert [one.tried for one in next_year.changed] == [one.tried for one in tried(rows).changed]


def test_a_list_that_the_log_lacks_is_tried_alone() -> None:
    result = year().trial(draft([row("C", "100")], "list/2026-51-50-neu"))
    assert not result.is_new, "the only list of the direction is the one it is an edit of"
    other_way = year().trial(draft([row("C", "100")], "list/2026-00-50-cy", kind="unilateral"))
    assert other_way.is_new
    assert {one.tried.outcome for one in other_way.changed} == {"faster", "freed"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "NOT_JSON"),
        (json.dumps({"list": "cy", "rows": LISTED}).encode(), "DRAFT_FORM"),
        (json.dumps({"list": "list/2026-51-50-cy", "rows": []}).encode(), "LIST_SIZE"),
        (json.dumps({"list": "list/2026-51-50-cy", "rows": [LISTED[0], LISTED[0]]}).encode(), "ROW_TWICE"),
        (json.dumps({"list": "list/2026-51-50-cy", "rows": [{**LISTED[0], "quota_t": "1e3"}]}).encode(), "QTY"),
        (json.dumps({"list": "list/2026-51-50-cy", "rows": [{**LISTED[0], "waste": {"category": "HW31", "scope": "ALL", "codes": [CODE]}}]}).encode(), "SCOPE_FORM"),
    ],
)  # fmt: skip
def test_a_draft_that_is_none_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_draft(raw)
    assert code in refused.value.codes


def test_a_year_that_the_log_does_not_have_is_refused() -> None:
    for asked in (2024, 2027):
        with pytest.raises(Refusal) as refused:
            year().trial(draft(LISTED), asked)
        assert refused.value.codes == ["WHATIF_YEAR"]


def test_entries_that_are_not_the_checkpoints_are_refused() -> None:
    files = dict(year().files())
    name = next(path for path in files if path.startswith("tile/entries/"))
    files[name] = files[name].replace(b"2026-10-12", b"2026-10-11")
    from reports.whatif.laboratory import try_out

    with pytest.raises(Refusal) as refused:
        try_out(files.get, year().bench.kinds, draft(LISTED))
    assert refused.value.codes == ["TILE_FORM"]


def test_what_comes_after_the_year_moves_no_byte() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    decision = log.decide("510112", "A", "40", listing=0)
    log.at("2026-04-01")
    log.trip(decision, "A", "5")
    log.at("2027-01-04")
    log.bench.post("permit.suspend/1", PERMITS["C"], (AUTHORITY_50,), {"reason": "停产检修"})
    before = to_json(log.trial(draft([row("A", "1"), B]), 2026))
    log.bench.post("permit.resume/1", PERMITS["C"], (AUTHORITY_50,), {"reason": "复产"})
    assert to_json(log.trial(draft([row("A", "1"), B]), 2026)) == before
    assert json.loads(before)["is_over"] is True


# --- what befell the list in the year --------------------------------------------------------------------------------------------


def suspended(stops: str) -> TrialYear:
    """40 t decided on row 0, a trip in June, one issued a day before the row is suspended in July and never gone, perhaps one after; another
    decision, of 10 t on row 1."""
    log = TrialYear(stops)
    log.at("2026-03-02")
    decision = log.decide("510112", "A", "40", listing=0)
    other = log.decide("510502", "B", "10", listing=1)
    log.at("2026-06-10")
    log.trip(decision, "A", "5")
    log.at("2026-07-13")
    log.trip(decision, "A", "6", departs=False)
    log.at("2026-07-14")
    log.list_act("list.suspend", row=0, reason="检查发现贮存超期")
    log.at("2026-07-20")
    if stops == "decide":
        log.trip(decision, "A", "7")
    log.trip(other, "B", "3")
    log.at("2026-12-30")
    log.bench.post("permit.suspend/1", PERMITS["C"], (AUTHORITY_50,), {"reason": "停产检修"})
    return log


@pytest.mark.parametrize("stops", ["decide", "issue", "depart"])
def test_a_suspension_is_followed_and_the_list_as_it_was_changes_nothing(stops: str) -> None:
    assert suspended(stops).trial(draft(LISTED)).changes_nothing


def test_a_stop_that_reaches_further_stops_what_was_issued_since() -> None:
    result = suspended("decide").trial(draft(LISTED, suspension_stops="issue"))
    assert [(trip.outcome, trip.cause, trip.day, trip.codes) for trip in result.trips] == [
        ("stopped", "suspended", "2026-07-20", ("WL_SUSPENDED",))
    ]


def test_a_stop_that_reaches_less_far_lets_go_what_it_held_up_for_good() -> None:
    result = suspended("depart").trial(draft(LISTED, suspension_stops="issue"))
    assert [(trip.outcome, trip.cause, trip.at, trip.lines) for trip in result.trips] == [
        ("freed", "suspended", "end", ((CODE, 6_000_000),))
    ]
    assert (result.all.freed, result.all.freed_g) == (1, 6_000_000)


def test_a_row_that_the_draft_changes_is_stopped_all_the_same() -> None:
    log = suspended("decide")
    log.at("2026-12-31")
    assert log.trial(draft([row("A", "90"), B], suspension_stops="issue")).stopped["suspended"].stopped == 1
    assert log.trial(draft([row("A", "90"), B])).changes_nothing, "90 t are enough, and the stop is what it was"


# --- for any draft ---------------------------------------------------------------------------------------------------------------

QUOTAS = st.integers(min_value=1, max_value=220).map(str)


@settings(max_examples=15)
@given(first=QUOTAS, more=QUOTAS, second=QUOTAS)
def test_more_quota_never_stops_what_less_let_go(first: str, more: str, second: str) -> None:
    low, high = sorted((first, more), key=int)
    less, greater = (tried([row("A", quota), {**B, "quota_t": second}]) for quota in (low, high))
    assert stopped(greater) <= stopped(less)


@settings(max_examples=15)
@given(quotas=st.tuples(QUOTAS, QUOTAS, QUOTAS), kept=st.sets(st.sampled_from("ABC"), min_size=1))
def test_a_row_less_frees_nothing(quotas: tuple[str, str, str], kept: set[str]) -> None:
    rows = dict(zip("ABC", (row(name, quota) for name, quota in zip("ABC", quotas, strict=True)), strict=True))
    whole, part = tried(list(rows.values())), tried([rows[name] for name in sorted(kept)])
    assert stopped(part) >= stopped(whole)
    assert spared(part) <= spared(whole)


# --- bytes -----------------------------------------------------------------------------------------------------------------------


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
