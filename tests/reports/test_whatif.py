"""A past year under a draft: what changes, what does not, and that both provinces get the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.whatif.draft import read_draft
from reports.whatif.laboratory import try_out
from reports.whatif.result import WhatIf
from reports.whatif.text import lines, to_json
from signing.refusal import Refusal
from tests.reports.trial import CODE, LISTED, PERMITS, RECEIVERS, TrialYear, draft, row, year
from tests.sample import sample
from tests.workbench import AUTHORITY_50, uscc

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
    assert {trip.cause for trip in ended.trips} == {"term"}
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
    files, others = dict(year().files()), in_turn(("40", False), ("50", False)).files()
    name = next(path for path in files if path.startswith("tile/entries/"))
    for forged in ({**files, name: files[name].replace(b"2026-10-12", b"2026-10-11")}, {**others, "checkpoint": _of_size(others, files)}):
        with pytest.raises(Refusal) as refused:
            try_out(forged.get, year().bench.kinds, lambda look: draft(LISTED))
        assert refused.value.codes == ["TILE_FORM"]


def _of_size(others: dict[str, bytes], files: dict[str, bytes]) -> bytes:
    """A checkpoint of the log, of as many entries as the others are, over other entries."""
    size = int(others["checkpoint"].splitlines()[1])
    log = TrialYear()
    while len(log.bench.entries) < size:
        log.bench.at_s += 60
        log.bench.register(uscc("510100", 900 + len(log.bench.entries)))
    assert log.bench.export()["log.vkey"] == files["log.vkey"]
    return log.bench.export()["checkpoint"]


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


# --- for any draft ---------------------------------------------------------------------------------------------------------------

QUOTAS = st.integers(min_value=1, max_value=220).map(str)


@settings(max_examples=sample(15))
@given(first=QUOTAS, more=QUOTAS, second=QUOTAS)
def test_more_quota_never_stops_what_less_let_go(first: str, more: str, second: str) -> None:
    low, high = sorted((first, more), key=int)
    less, greater = (tried([row("A", quota), {**B, "quota_t": second}]) for quota in (low, high))
    assert stopped(greater) <= stopped(less)


@settings(max_examples=sample(15))
@given(quotas=st.tuples(QUOTAS, QUOTAS, QUOTAS), kept=st.sets(st.sampled_from("ABC"), min_size=1))
def test_a_row_less_frees_nothing(quotas: tuple[str, str, str], kept: set[str]) -> None:
    rows = dict(zip("ABC", (row(name, quota) for name, quota in zip("ABC", quotas, strict=True)), strict=True))
    whole, part = tried(list(rows.values())), tried([rows[name] for name in sorted(kept)])
    assert stopped(part) >= stopped(whole)
    assert spared(part) <= spared(whole)


def in_turn(*masses_t: tuple[str, bool]) -> TrialYear:
    """Decisions to A one after the other, each with whether it went by letter."""
    log = TrialYear()
    for number, (mass_t, by_letter) in enumerate(masses_t):
        log.at(f"2026-{3 + number:02d}-02")
        log.decide("510112", "A", mass_t, listing=0, agrees=True if by_letter else None)
    return log


def test_what_the_log_listed_later_comes_before_a_letter_that_was_earlier() -> None:
    log = in_turn(("120", True), ("70", False))
    assert log.trial(draft([row("A", "189"), B])).changes_nothing
    assert [one.tried.day for one in log.trial(draft([row("A", "190"), B])).changed] == ["2026-03-06"]


def test_of_two_letters_that_fit_one_by_one_the_first_is_spared() -> None:
    log = in_turn(("120", True), ("110", True))
    result = log.trial(draft([row("A", "229"), B]))
    assert [one.tried.day for one in result.changed] == ["2026-03-06"]
    assert (result.rows[0].after.freed_g, result.rows[0].after.full_on) == (120_000_000, "")
    full = log.trial(draft([row("A", "230"), B]))
    assert (full.decisions, full.rows[0].after.full_on) == ({"faster": 2}, "2026-04-06")


def test_a_letter_that_the_list_could_have_spared_as_it_was_is_nobodys_gain() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    log.decide("510112", "A", "30", agrees=True)
    assert log.trial(draft([row("A", "500"), B])).changes_nothing, "30 t fitted, and nobody asked for them on the list"


def test_lines_of_one_decision_are_told_apart() -> None:
    log = TrialYear()
    log.at("2026-03-02")
    decision = log.decide("510112", "A", "60", listing=0, more_t=("40",))
    log.at("2026-04-01")
    for line in (0, 1, 1):
        log.trip(decision, "A", "14", line=line)
    assert log.trial(draft(LISTED)).changes_nothing
    result = log.trial(draft([row("A", "80"), B]))
    assert [[(line.fits_g, line.cause) for line in one.tried.lines] for one in result.changed] == [
        [(60_000_000, None), (20_000_000, "quota")]
    ]
    assert [(trip.cause, trip.lines) for trip in result.trips] == [("quota", ((CODE, 14_000_000),))], (
        "20 of the 40 t of line 1 carry one load"
    )
    by_letter = TrialYear()
    by_letter.at("2026-03-02")
    by_letter.decide("510112", "A", "80", listing=0, more_t=("40",), agrees=True)
    assert by_letter.trial(draft([row("A", "119"), B])).changes_nothing, "one decision has one route"
    assert by_letter.trial(draft([row("A", "120"), B])).decisions == {"faster": 1}
