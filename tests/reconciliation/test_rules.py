"""Every rule of counting at its boundary: one story each, told in the last seconds of a month and the first of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.fields import File
from ledger.times import format_at, parse_at
from manifests import acts
from manifests.model import Vehicle
from reports.periods.acts.close import PeriodCloseBody
from reports.reconcile import to_bytes
from reports.reconciliation.gathered.filing import bookings
from reports.reconciliation.line import LineRow, period_of
from reports.reconciliation.rules import RULES
from signing.refusal import Refusal
from tests.reconciliation.history import close_month
from tests.reconciliation.telling import G, corrected, issued, of_party, receipt, started, told, total
from tests.reports.month import LINES, drawn, send_home, trip
from tests.reports.story import CARRIERS, DESTINATION, GENERATOR, ORIGIN, PORT, RECEIVER, Story, trunk, waste
from tests.reports.test_corrected import newest
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist.fields import Lot
from whitelist.period import period_chain
from whitelist.transfer import PaperManifest

CASE = trunk(1).replace("manifest/", "case/") + "/01K9000000000000000000"


# --- which month -----------------------------------------------------------------------------------------------------------------


def test_the_last_second_of_a_month_admitted_after_midnight_is_of_the_old_month() -> None:
    for claimed, october in (("2026-10-31T23:59:59+08:00", 5.6), ("2026-11-01T00:00:00+08:00", 0)):
        story = started()
        issued(story)
        story.at("2026-11-01T00:00:30+08:00")
        story.depart(1, at=claimed)
        assert total(story, "2026-10").get("departed", 0) == october
        assert total(story, "2026-11").get("departed", 0) == 5.6 - october
        assert total(story, "2026-11").get("opening", 0) == october
        assert drawn(story, "2026-11").is_balanced


@pytest.mark.parametrize(("month", "last"), [("2028-02", "2028-02-29"), ("2027-02", "2027-02-28"), ("2026-12", "2026-12-31")])
def test_months_end_with_their_last_day_leap_years_too(month: str, last: str) -> None:
    period, following = period_of(month), period_of("2028-03" if month == "2028-02" else "2027-03" if month == "2027-02" else "2027-01")
    assert period.end_s == following.start_s == parse_at(f"{last}T23:59:59+08:00") + 1
    row = a_row(departed_s=period.end_s - 1, received_s=period.end_s)
    assert row.is_under_way_at(period.end_s), "received in the first second of the next month"
    assert [(term, period.holds(at)) for term, at, _ in bookings(row)][1:3] == [("departed_g", True), ("accepted_g", False)]


def a_row(**changes: Any) -> LineRow:
    row = LineRow(
        manifest="0" * 26, number="", line=1, name="", code=LINES[0].code, generator=GENERATOR, receiver=RECEIVER, carrier="", origin="510112",
        destination="500116", stage="received", declared_g=G, loaded_g=None, accepted_g=G, refused_g=0, opinion="accept", level="", issued_s=0,
        departed_s=None, received_s=None, voided_s=None, declined_s=None,
    )  # fmt: skip
    return replace(row, **changes)


def test_new_years_day_opens_with_what_the_old_year_left() -> None:
    story = started("2026-12-31T10:00:00+08:00")
    issued(story)
    story.depart(1)
    story.at("2027-01-01T00:00:00+08:00")
    close_month(story, "2026-12", size=len(story.bench.entries))
    receipt(story, 1, "2027-01-01T00:00:00+08:00")
    assert close_month(story, "2026-12")
    assert (total(story, "2026-12"), total(story, "2027-01")) == ({"departed": 5.6, "closing": 5.6}, {"opening": 5.6, "accepted": 5.6})


# --- closes ----------------------------------------------------------------------------------------------------------------------


def closed_october() -> Story:
    """1 is on the road at the end of October; the month is closed on 2 November."""
    story = started("2026-10-30T08:00:00+08:00")
    issued(story)
    story.depart(1)
    issued(story, 2)
    story.at("2026-11-02T08:00:00+08:00")
    issued(story, 3)
    assert close_month(story, "2026-10")
    return story


def test_a_late_departure_is_an_adjustment_that_both_months_name() -> None:
    story = closed_october()
    size = len(story.bench.entries) - 1
    before = to_bytes(drawn(story, "2026-10", size=size), "json")
    story.depart(2, at="2026-10-31T12:00:00+08:00")
    assert told(story, "2026-11") == [("2026-10", "2026-11", "manifest.depart", 1, 5.6)]
    assert total(story, "2026-11") == {"opening": 5.6, "adjusted_departed": 5.6, "closing": 11.2, "waiting": 5.6}
    november, october = drawn(story, "2026-11"), drawn(story, "2026-10")
    assert (november.adjusts, november.is_balanced, october.is_balanced) == (("2026-10",), True, True)
    assert [(base.month, base.size) for base in november.bases] == [("2026-10", size)]
    assert [(one.month, one.told_in) for one in october.adjusted_later] == [("2026-10", "2026-11")]
    assert to_bytes(drawn(story, "2026-10", size=size), "json") == before, "closed, it stays what it is"


def test_what_comes_after_two_closes_is_told_by_the_month_after_both() -> None:
    story = closed_october()
    story.at("2026-12-01T08:00:00+08:00")
    issued(story, 4)
    assert close_month(story, "2026-11")
    story.bench.post("manifest.void/1", trunk(2), (GENERATOR,), acts.Void(reason="车辆故障"))
    assert drawn(story, "2026-12").adjustments == (), "a void is of the month in which it is said"
    receipt(story, 1, "2026-11-20T08:00:00+08:00", "5.5")
    assert told(story, "2026-12") == [("2026-11", "2026-12", "manifest.receive", 1, -5.6)]
    assert [one.told_in for one in drawn(story, "2026-11").adjusted_later] == ["2026-12"]
    assert drawn(story, "2026-10").adjusted_later == ()
    assert total(story, "2026-12")["opening"] == 5.6


def test_a_close_drawn_before_the_month_was_over_in_the_log_does_not_enter() -> None:
    """At the boundary: the last entry below the size came at 23:59:30 of the 31st, or at midnight."""
    story = started("2026-10-30T08:00:00+08:00")
    issued(story)
    story.at("2026-10-31T23:59:30+08:00")
    story.depart(1)
    size = len(story.bench.entries)
    story.at("2026-11-01T00:00:00+08:00")
    issued(story, 2)
    early = drawn(story, "2026-10", size=size)
    assert early.is_provisional
    chain, body = period_chain("2026-10", "51", "50"), PeriodCloseBody(size=size, root=early.root, json="0" * 64)
    with pytest.raises(Refusal) as caught:
        story.bench.post("period.close/1", chain, (OPERATOR,), body)
    [reason] = caught.value.reasons
    assert (reason.code, reason.field, reason.cause) == ("PERIOD_MONTH", "body.size", "EARLY")
    assert (reason.places["day"], reason.places["begins"]) == ("2026-10-31", "2026-11-01")
    assert close_month(story, "2026-10", size=size + 1)
    assert [base.size for base in drawn(story, "2026-11").bases] == [size + 1]


def test_a_correction_of_a_closed_month_is_told_by_the_difference() -> None:
    story = started("2026-10-30T08:00:00+08:00")
    trip(story, 1, 0, "5.5")
    story.at("2026-11-02T08:00:00+08:00")
    issued(story, 3)
    assert close_month(story, "2026-10")
    corrected(story, 1, '"5.5"', '"5.4"')
    [one] = drawn(story, "2026-11").adjustments
    assert (one.kind, one.accepted_g, one.difference_g, one.net_g) == ("case.amend_consent/1", -100_000, 100_000, 0)
    assert (total(story, "2026-10")["accepted"], total(story, "2026-10", size=one.index)["accepted"]) == (5.4, 5.5)
    [stock] = drawn(story, "2026-11").stocks
    assert (stock.opening_g, stock.adjusted_g, stock.closing_g) == (5_500_000, -100_000, 5_400_000)


def test_a_paper_manifest_is_of_the_months_on_the_paper_and_an_adjustment_after_the_close() -> None:
    story = closed_october()
    scan = File(sha256="ab" * 32, name="scan.pdf", media_type="application/pdf", size=4)
    paper = PaperManifest(
        reason="系统停用（虚构）", departed_at="2026-10-31T20:00:00+08:00", completed_at="2026-11-01T03:00:00+08:00", scan=scan
    )
    story.issue(9, [waste()], type="backfill_ordinary", paper=paper, planned_at="2026-10-31T20:00:00+08:00")
    story.depart(9, at="2026-10-31T20:00:00+08:00")
    receipt(story, 9, "2026-11-01T03:00:00+08:00")
    assert told(story, "2026-11") == [("2026-10", "2026-11", "manifest.depart", 1, 5.6)]
    assert total(story, "2026-11")["accepted"] == 5.6
    assert drawn(story, "2026-11").is_balanced
    [issue] = [one for one in drawn(story, "2026-11").sums if one.role == "generator"]
    assert issue.issued_g == 11_200_000, "3 and 9: written down in November"


# --- ways that a load can go otherwise -------------------------------------------------------------------------------------------


def lost(stage: str) -> Story:
    story = started("2026-10-30T08:00:00+08:00")
    issued(story)
    if stage != "issued":
        story.depart(1)
    if stage == "received":
        story.wait(hours=5)
        story.receive(1)
    story.at("2026-11-03T08:00:00+08:00")
    missing = acts.MissingLine(line=0, mass_t="5.6", cause="stolen")
    body = acts.CaseCloseWithGap(trunk=newest(story), gaps=(missing,), finding="已立案（虚构）")
    story.bench.post("case.close_with_gap/1", CASE + "GAP1", (AUTHORITY_50, AUTHORITY_51), body)
    return story


@pytest.mark.parametrize(
    ("stage", "november", "gap_g"),
    [
        ("issued", {"voided": 5.6}, 0),
        ("departed", {"opening": 5.6, "difference": 5.6}, 0),
        ("received", {}, 5_600_000),
    ],
)
def test_what_was_given_up_ends_on_the_day_of_the_close_with_gap(stage: str, november: dict[str, float], gap_g: int) -> None:
    story = lost(stage)
    assert total(story, "2026-11") == november
    assert sum(stock.gap_g for stock in drawn(story, "2026-11").stocks) == gap_g
    assert sum(stock.closing_g for stock in drawn(story, "2026-11").stocks) == 0
    assert drawn(story, "2026-11").is_balanced


def test_a_receipt_without_a_departure_keeps_the_equation_from_holding() -> None:
    story = started("2026-10-31T10:00:00+08:00")
    issued(story)
    receipt(story, 1, "2026-10-31T10:00:30+08:00")
    assert not drawn(story, "2026-10").is_balanced
    assert drawn(story, "2026-10").total.unequal_g == -5_600_000


def test_what_was_refused_goes_home_on_a_manifest_of_its_own_and_into_nobodys_stock() -> None:
    story = started("2026-10-14T08:30:00+08:00")
    trip(story, 7, 0, "3.2", refused_t="2.4")
    send_home(story, 7, 0, "2.4")
    assert total(story, "2026-10") == {"departed": 5.6, "accepted": 3.2, "refused": 2.4}
    back = drawn(story, direction=("50", "51"))
    assert (back.total.departed_g, back.total.accepted_g, back.stocks) == (2_400_000, 2_400_000, ())
    assert [(stock.holder, stock.closing_g) for stock in drawn(story).stocks] == [(RECEIVER, 3_200_000)]


def test_a_declined_or_voided_load_stands_outside_the_equation_in_the_month_of_that_act() -> None:
    story = started("2026-10-31T10:00:00+08:00")
    issued(story)
    issued(story, 2)
    story.at("2026-11-01T08:00:00+08:00")
    story.bench.post("manifest.void/1", trunk(2), (GENERATOR,), acts.Void(reason="车辆故障"))
    line = acts.ReceivedLine(line=0, opinion="reject", accepted_t="0", reason_code="packing", reason="外壳破损")
    story.receive(1, [line], weighing=acts.Weighing(method="weighbridge"))
    assert (total(story, "2026-10"), total(story, "2026-11")) == ({"waiting": 11.2}, {"voided": 5.6, "declined": 5.6})


def test_whoever_carried_a_leg_is_a_carrier_and_the_mass_counts_once() -> None:
    """Handed over after the close: a new carrier of October opens November with nothing, and is told what he carries."""
    story = closed_october()
    body = acts.HandOver(vehicle=Vehicle(kind="ship", plate="川渝001", licence_no="510000000001"), waybill_no="WB1", place=PORT)
    story.bench.post("manifest.hand_over/1", trunk(1), CARRIERS[:2], body)
    for carrier, opening_g, adjusted_g in ((CARRIERS[0], 5_600_000, 0), (CARRIERS[1], 0, 5_600_000)):
        statement = of_party(story, "2026-11", carrier)
        [part] = statement.parts
        assert (part.role, part.total.opening_g, part.total.adjusted_g, part.total.closing_g) == (
            "carrier",
            opening_g,
            adjusted_g,
            5_600_000,
        )
        assert statement.is_balanced
    assert total(story, "2026-11")["closing"] == 5.6
    assert drawn(story, "2026-11").adjustments == (), "of the direction nothing has changed"


def test_regrouped_grams_leave_the_stock_by_the_disposal_that_says_so() -> None:
    story = started("2026-10-14T08:30:00+08:00")
    trip(story, 2, 0, "5.6")
    onward = trunk(600).replace(GENERATOR, RECEIVER)
    line = waste("5.6", decision_line=None, lots=(Lot(manifest=trunk(2), line=0, mass_t="5.6"),))
    story.issue(600, [line], generator=RECEIVER, approval=None, number=None, origin=DESTINATION)
    assert [stock.closing_g for stock in drawn(story).stocks] == [5_600_000], "lots move nothing"
    fate = acts.DisposedLine(line=0, method="R4", mass_t="5.6", onward=onward)
    story.bench.post("manifest.dispose/1", trunk(2), (RECEIVER,), acts.Dispose(fates=(fate,)))
    [stock] = drawn(story).stocks
    assert (stock.accepted_g, stock.sent_g, stock.treated_g, stock.closing_g) == (5_600_000, 5_600_000, 0, 0)


def test_a_closed_party_keeps_its_lines_and_its_stock() -> None:
    story = started("2026-10-14T08:30:00+08:00")
    trip(story, 1, 0, "5.5")
    trip(story, 2, 0, stop="depart")
    story.bench.post("party.amend/1", f"party/{RECEIVER}", (AUTHORITY_50,), {"reason": "注销（虚构）", "closed_on": "2026-10-14"})
    story.at("2026-11-02T08:00:00+08:00")
    issued_by_authority = drawn(story, "2026-10")
    assert [stock.holder for stock in issued_by_authority.stocks] == [RECEIVER]
    assert issued_by_authority.total.closing_g == 5_600_000


@pytest.mark.parametrize(
    ("done_on", "month"), [(None, "2026-11"), ("2026-10-31", "2026-10"), ("2026-01-01", "2026-10"), ("2026-12-24", "2026-11")]
)
def test_a_disposal_counts_on_its_own_day_between_receipt_and_telling(done_on: str | None, month: str) -> None:
    story = started("2026-10-30T08:30:00+08:00")
    trip(story, 1, 0, "5.6")
    story.at("2026-11-01T00:00:00+08:00")
    fate = acts.DisposedLine(line=0, method="R4", mass_t="1.6", done_on=done_on)
    story.bench.post("manifest.dispose/1", trunk(1), (RECEIVER,), acts.Dispose(fates=(fate,)))
    treated = {one: [stock.treated_g for stock in drawn(story, one).stocks] for one in ("2026-10", "2026-11")}
    assert treated[month] == [1_600_000]
    assert sum(sum(found) for found in treated.values()) == 1_600_000
    assert drawn(story, "2026-11").is_balanced


@pytest.mark.parametrize(("days", "level"), [(304, ""), (305, "M"), (365, "M"), (366, "H")])
def test_stock_ages_first_in_first_out_to_the_day(days: int, level: str) -> None:
    story = started("2026-02-10T08:30:00+08:00")
    trip(story, 1, 0, "5.6")
    received = parse_at("2026-02-10T14:31:00+08:00")
    trip(story, 2, 0, "5.6")
    fate = acts.DisposedLine(line=0, method="R4", mass_t="1.6")
    story.bench.post("manifest.dispose/1", trunk(2), (RECEIVER,), acts.Dispose(fates=(fate,)))
    story.at(format_at(received + days * 86_400))
    story.issuer()  # any entry moves the log's clock
    month = format_at(story.bench.at_s)[:7]
    [stock] = drawn(story, month).stocks
    assert (stock.oldest, stock.level, stock.closing_g) == ("2026-02-10", level, 9_600_000)
    assert (stock.aging_g, stock.old_g) == (9_600_000 if level else 0, 9_600_000 if level == "H" else 0)


def test_gaps_and_steps_backward_of_numbers_are_told_by_series() -> None:
    story = started("2026-10-14T08:30:00+08:00")
    for serial in (5, 9, 7):
        issued(story, serial)
    story.issue(6, [waste()], generator=GENERATOR, origin=ORIGIN, number="20265101000006")
    story.bench.post("manifest.void/1", trunk(6), (GENERATOR,), acts.Void(reason="车辆故障"))
    story.at("2026-11-14T08:30:00+08:00")
    issued(story, 8)
    [series] = drawn(story).series
    assert of_party(story, "2026-10", GENERATOR).series == ()
    assert (series.series, series.held, series.missing, series.backward) == ("20265101", 4, 0, ("20265101000007", "20265101000006"))
    [november] = drawn(story, "2026-11").series
    assert (november.held, november.missing, november.gaps) == (1, 0, ())
    issued(story, 12)
    [november] = drawn(story, "2026-11").series
    assert (november.missing, november.gaps) == (2, (("20265101000010", "20265101000011"),)), "9 is of October"


@pytest.mark.parametrize(("day", "levels"), [("2027-04-30", []), ("2027-05-01", ["L"]), ("2027-05-31", ["M"]), ("2027-07-01", [])])
def test_permits_that_end_are_told_sixty_and_thirty_days_before(day: str, levels: list[str]) -> None:
    """The permit of the stories ends on 2027-06-30."""
    story = started("2026-10-30T08:30:00+08:00")
    trip(story, 1, 0, stop="depart")
    story.at(f"{day}T08:30:00+08:00")
    story.issuer()  # any entry moves the log's clock
    assert [end.level for end in drawn(story, day[:7]).ending] == levels


TESTED: dict[str, Callable[..., None]] = {
    "month": test_the_last_second_of_a_month_admitted_after_midnight_is_of_the_old_month,
    "opening": test_new_years_day_opens_with_what_the_old_year_left,
    "adjustment": test_a_late_departure_is_an_adjustment_that_both_months_name,
    "late": test_what_comes_after_two_closes_is_told_by_the_month_after_both,
    "backfill": test_a_paper_manifest_is_of_the_months_on_the_paper_and_an_adjustment_after_the_close,
    "correction": test_a_correction_of_a_closed_month_is_told_by_the_difference,
    "return": test_what_was_refused_goes_home_on_a_manifest_of_its_own_and_into_nobodys_stock,
    "gap": test_what_was_given_up_ends_on_the_day_of_the_close_with_gap,
    "void": test_a_declined_or_voided_load_stands_outside_the_equation_in_the_month_of_that_act,
    "no_departure": test_a_receipt_without_a_departure_keeps_the_equation_from_holding,
    "regrouping": test_regrouped_grams_leave_the_stock_by_the_disposal_that_says_so,
    "transship": test_whoever_carried_a_leg_is_a_carrier_and_the_mass_counts_once,
    "closed_party": test_a_closed_party_keeps_its_lines_and_its_stock,
    "stock": test_a_disposal_counts_on_its_own_day_between_receipt_and_telling,
    "age": test_stock_ages_first_in_first_out_to_the_day,
    "numbers": test_gaps_and_steps_backward_of_numbers_are_told_by_series,
    "permit": test_permits_that_end_are_told_sixty_and_thirty_days_before,
}
ELSEWHERE = {
    "go_live": "tests/reports/test_figures",
    "weight": "tests/reports/test_weight_level, test_weight_alerts",
    "plan": "tests/reconciliation/test_plans",
    "scope": "tests/reconciliation/test_histories",
}


def test_every_rule_is_held() -> None:
    assert {rule.code for rule in RULES} == TESTED.keys() | ELSEWHERE.keys()
    assert all(rule.zh and rule.en for rule in RULES)
