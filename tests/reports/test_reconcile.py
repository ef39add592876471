"""The monthly statement: what belongs to a month, what it adds up to, and that anybody gets the same."""

from __future__ import annotations

from base64 import b64encode
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission.entry import read_entry
from ledger.admission.kind_table import DataSets
from ledger.mass import parse_mass
from ledger.times import parse_at
from ledger.tree.tiles import TileReader
from manifests import acts
from reports.reconcile import check_direction, check_month, to_bytes
from reports.reconciliation.line import period_of
from reports.reconciliation.model import MirrorEquation, MonthlyStatement
from signing.refusal import Refusal
from tests.reports.month import LINES, SLAG, any_story, drawn, october, reconcile, trip
from tests.reports.story import BATTERY, CARRIERS, DESTINATION, GENERATOR, RECEIVER, Story, trunk


def t(text: str) -> int:
    """Grams."""
    return parse_mass(text)


def serials(rows: object) -> list[int]:
    """Serial numbers of the manifests in a list of rows."""
    return [int(row.manifest[-6:]) for row in rows]  # type: ignore[attr-defined]  # rows of a statement


def test_the_mirror_equation_holds_by_code_and_in_total() -> None:
    statement = drawn(october())
    by_code = {mirror.code: mirror for mirror in statement.mirror}
    assert by_code[BATTERY] == MirrorEquation(
        code=BATTERY,
        opening_g=t("5.6"),
        departed_g=t("22.4"),
        accepted_g=t("19.98"),
        refused_g=t("2.38"),
        difference_g=t("0.04"),
        closing_g=t("5.6"),
        voided_g=t("5.6"),
    )
    assert by_code[SLAG.code] == MirrorEquation(
        code=SLAG.code,
        departed_g=t("16.8"),
        accepted_g=t("11.096"),
        difference_g=t("0.104"),
        closing_g=t("5.6"),
        waiting_g=t("5.6"),
    )
    assert statement.total.departed_g == t("39.2")
    assert statement.is_balanced


def test_each_list_holds_what_it_is_about() -> None:
    statement = drawn(october())
    assert serials(statement.departed) == [3, 4, 5, 6, 7, 10, 9]
    assert serials(statement.received) == [1, 3, 4, 5, 6, 7]
    assert serials(statement.differing) == [1, 3, 5, 7]
    assert serials(statement.in_flight) == [10, 9]
    assert serials(statement.waiting) == [11]
    assert serials(statement.cut_off) == [1, 9]
    assert statement.duplicates == ()


def test_the_closing_of_a_month_is_the_opening_of_the_next() -> None:
    closing = drawn(october()).total.closing_g
    assert drawn(october(), "2026-11").total.opening_g == closing == t("11.2")
    assert drawn(october(), "2026-09").total.closing_g == drawn(october()).total.opening_g


def test_a_late_receipt_changes_a_past_month_and_the_statement_says_at_which_size() -> None:
    whole = drawn(october(), "2026-11")
    early = drawn(october(), "2026-11", size=whole.size - 1)
    assert (early.size, whole.size) == (whole.size - 1, whole.size)
    assert serials(early.in_flight) == [10, 9]
    assert serials(whole.in_flight) == [10]
    assert early.root != whole.root


def test_the_other_direction_is_empty_and_balanced() -> None:
    statement = drawn(october(), direction=("50", "51"))
    assert (statement.rows, statement.mirror, statement.accounts) == ((), (), ())
    assert statement.is_balanced
    assert to_bytes(statement, "pdf").startswith(b"%PDF")


def test_accounts_add_up_and_say_what_is_held() -> None:
    for account in drawn(october()).accounts:
        moved = sum(account.moved_g.values())
        assert account.opening_g + moved == account.closing_g
        assert account.used_g + account.held_g == account.closing_g
    accounts = {(account.layer, account.account[-1]): account for account in drawn(october()).accounts}
    batteries = accounts["Q2", "0"]
    assert batteries.opening_g == t("5.6"), "the load under way at the turn of the month is reserved, not settled"
    assert batteries.moved_g["reserved"] == t("28")
    assert batteries.moved_g["released"] == -t("5.6")
    assert batteries.held_g == t("5.6"), "serial 9"
    assert batteries.limit_g == t("3000")
    assert batteries.left_g == t("3000") - batteries.closing_g
    assert accounts["Q1", "0"].closing_g == t("6000")
    assert accounts["Q2", "1"].held_g == t("11.2"), "serials 10 and 11"


def test_lines_of_accounts_are_counted_from_one_in_words() -> None:
    labels = {account.account.partition(" ")[0] + account.account[-1]: account.label for account in drawn(october()).accounts}
    assert "第 1 行" in labels["Q10"]
    assert "第 1 行" in labels["Q20"]
    assert "第 2 行" in labels["Q21"]


def test_a_number_on_two_manifests_is_listed_until_one_is_voided() -> None:
    story = Story(LINES)
    story.at("2026-10-05T08:00:00+08:00")
    story.decide_for(CARRIERS[1], "3000")
    story.issue(1)
    story.issue(1, generator=CARRIERS[1])
    (duplicate,) = drawn(story).duplicates
    rival = trunk(1).replace(GENERATOR, CARRIERS[1])
    assert duplicate.number == "20265101000001"
    assert duplicate.manifests == tuple(sorted((trunk(1), rival)))
    story.bench.post("manifest.void/1", rival, (CARRIERS[1],), acts.Void(reason="编号误填"))
    assert drawn(story).duplicates == ()


def test_a_receipt_without_departure_breaks_the_equation_and_is_named() -> None:
    story = Story(LINES)
    trip(story, 1, 0, stop="issue")
    story.wait(hours=4)
    story.receive(1)
    statement = drawn(story)
    assert not statement.is_balanced
    assert statement.total.unequal_g == -t("5.6")
    assert serials(statement.without_departure) == [1]
    text = to_bytes(statement, "json").decode()
    assert '"alerts":[["H","MIRROR_UNEQUAL"' in text
    assert '"m12_without_departure":[{' in text


def test_the_month_turns_at_midnight_in_shanghai() -> None:
    period = period_of("2026-10")
    assert period.holds(parse_at("2026-10-01T00:00:00+08:00"))
    assert not period.holds(parse_at("2026-09-30T23:59:59+08:00"))
    assert period.holds(parse_at("2026-10-31T15:59:59+00:00"))
    assert not period.holds(parse_at("2026-10-31T16:00:00+00:00"))
    assert period_of("2026-12").end_s == period_of("2027-01").start_s


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "202610", "2026-00", "1991-12", "", "2026-10 "])
def test_a_month_out_of_form_is_refused(month: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_month(month)
    assert caught.value.codes == ["MONTH_FORM"]


@pytest.mark.parametrize("direction", [("51", "51"), ("5", "50"), ("51", "500000"), ("", ""), ("91", "50")])
def test_a_direction_out_of_form_is_refused(direction: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as caught:
        check_direction(*direction)
    assert caught.value.codes == ["DIRECTION_FORM"]


@pytest.mark.parametrize("suffix", ["json", "xlsx", "pdf"])
def test_both_provinces_get_the_same_bytes(suffix: str) -> None:
    """One reads the entries it holds in memory, the other the bundles of an export."""
    story = october()
    files, size = story.bench.export(), len(story.bench.entries)
    reader = TileReader(size, files.get)
    exported = [read_entry(raw, story.bench.kinds) for raw in reader.entries(0, size)]
    again = reconcile(exported, "2026-10", ("51", "50"), b64encode(reader.root()).decode(), DataSets(story.bench.kinds, files.get))
    assert to_bytes(again, suffix) == to_bytes(drawn(story), suffix)


def check_balance(statement: MonthlyStatement) -> None:
    """What holds for every statement of every log."""
    assert statement.is_balanced
    assert statement.total.opening_g == sum(mirror.opening_g for mirror in statement.mirror)
    for row in statement.received:
        assert row.declared_g == (row.accepted_g or 0) + (row.refused_g or 0) + row.difference_g
    for account in statement.accounts:
        assert account.used_g + account.held_g == account.closing_g


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32))
def test_any_story_balances_in_every_month(seed: int) -> None:
    story = any_story(seed)
    months = ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12"]
    whole = [drawn(story, month) for month in months]
    home = [drawn(story, month, direction=("50", "51")) for month in months]  # refused waste goes the other way
    for statement in (*whole, *home):
        check_balance(statement)
    assert [account for statement in home for account in statement.accounts] == [], "and draws on no quota"
    statements = [statement for statement in whole if statement.has_begun]
    assert all(statement.is_provisional and statement.rows == () for statement in whole if not statement.has_begun)
    for before, after in pairwise(statements):
        assert before.total.closing_g == after.total.opening_g
    declared = sum(t("5.6") for row in {row.manifest for statement in statements for row in statement.departed})
    assert declared == sum(statement.total.departed_g for statement in statements)


def test_an_equation_that_does_not_balance_is_an_alert_everywhere() -> None:
    statement = drawn(october())
    wrong = replace(statement.mirror[0], accepted_g=statement.mirror[0].accepted_g + 1)
    broken = replace(statement, mirror=(wrong, *statement.mirror[1:]))
    assert not broken.is_balanced
    assert b'"alerts":[["H","MIRROR_UNEQUAL","384-004-31"]]' in to_bytes(broken, "json")
    assert b'"balanced":false' in to_bytes(broken, "json")


def test_a_receipt_dated_before_its_departure_counts_with_the_departure() -> None:
    """Claimed times may run back by five minutes along the trunk; the equation must not open by it."""
    story = Story(LINES)
    story.at("2026-10-31T20:00:00+08:00")
    story.issue(1, [story.lines[0]])
    story.at("2026-11-01T00:05:00+08:00")
    departed, before = "2026-11-01T00:01:00+08:00", "2026-10-31T23:58:00+08:00"
    story.depart(1, at=departed)
    story.bench.post("manifest.arrive/1", trunk(1), CARRIERS[:1], acts.Arrive(place=DESTINATION), at=before)
    line = acts.ReceivedLine(line=0, opinion="accept", accepted_t="5.6", method="R4")
    body = acts.Receive(accepted_at=before, lines=(line,), weighing=acts.Weighing(method="weighbridge"))
    story.bench.post("manifest.receive/1", trunk(1), (RECEIVER,), body, at=before)
    assert drawn(story).total == MirrorEquation(code="", waiting_g=t("5.6"))
    november = drawn(story, "2026-11")
    assert (november.total.departed_g, november.total.accepted_g, november.is_balanced) == (t("5.6"), t("5.6"), True)


def test_a_voided_manifest_stands_outside_the_equation() -> None:
    story = Story(LINES)
    story.at("2026-10-05T08:00:00+08:00")
    trip(story, 1, 0, stop="void")
    statement = drawn(story)
    assert statement.total == MirrorEquation(code="", voided_g=t("5.6"))
    assert story.bench.facts.state(trunk(1)).stage == "voided"


def test_what_was_declined_before_it_departed_stands_outside_the_equation_too() -> None:
    story = Story()
    story.at("2026-10-14T08:30:00+08:00")
    story.issue(1)
    line = acts.ReceivedLine(line=0, opinion="reject", accepted_t="0", reason_code="no_capacity", reason="停炉检修")
    story.receive(1, [line], weighing=acts.Weighing(method="estimate"))
    statement = drawn(story)
    assert statement.is_balanced
    [mirror] = statement.mirror
    assert (mirror.declined_g, mirror.voided_g, mirror.waiting_g, mirror.refused_g, mirror.difference_g) == (t("5.6"), 0, 0, 0, 0)
    assert {account.held_g for account in statement.accounts} == {0}
    [row] = statement.rows
    assert (row.level, row.received_s, row.stage) == ("", None, "rejected")
