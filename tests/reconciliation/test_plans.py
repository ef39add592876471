"""M8: what manifests count on a plan, month by month, is in the end what the log counts itself; M9 at the turn of a year with a new list."""

from __future__ import annotations

from msgspec.structs import replace

from manifests import acts
from tests.reconciliation.compare import differences
from tests.reconciliation.history import close_month
from tests.reconciliation.oracle import of_way
from tests.reconciliation.telling import issued, started
from tests.reports.month import LINES, drawn, trip
from tests.reports.story import APPROVAL, DESTINATION, GENERATOR, LIST, ORIGIN, PERMIT, RECEIVER, Story, trunk, waste
from tests.whitelist.test_plan_kinds import PLAN, a_plan
from tests.whitelist.test_plan_kinds import waste as planned
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.apply import Agreement, ApplicationLine, ApprovalApply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.list_propose import ListCountersign, ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.approval import ListingRef
from whitelist.fields import Scope
from whitelist.listing import rows_hash
from whitelist.plan import used_g

NEXT = LIST.replace("2026", "2027")


def with_plan() -> Story:
    """12 t of batteries are planned."""
    story = Story(LINES)
    story.bench.post(
        "plan.file/1", PLAN, (GENERATOR,), a_plan(planned(mass_t="12"), planned(name="铅膏", code=LINES[1].code, mass_t="100"))
    )
    story.at("2026-09-30T22:00:00+08:00")
    return story


def test_what_counts_on_a_plan_sums_up_to_what_the_log_counts() -> None:
    story = with_plan()
    for serial in range(1, 8):
        story.issue(serial, [waste("4", plan_line=0)])
        story.wait(minutes=40)
        if serial == 2:
            story.bench.post("manifest.void/1", trunk(serial), (GENERATOR,), acts.Void(reason="车辆故障"))
        elif serial != 5:
            story.depart(serial, loaded=(acts.LoadedLine(line=0, mass_t="4.1"),))
            story.wait(hours=6)
            if serial != 6:
                story.receive(serial, [acts.ReceivedLine(line=0, opinion="accept", accepted_t="3.9")])
        story.wait(days=12)
    sums = {month: plan for month in ("2026-09", "2026-10", "2026-11", "2026-12") for plan in drawn(story, month).plans if plan.line == 1}
    assert [sums[month].year_g for month in ("2026-09", "2026-10")] == [3_900_000, 7_800_000], "2 was voided"
    assert [sums[month].month_g for month in ("2026-09", "2026-10")] == [3_900_000, 3_900_000]
    assert max(plan.year_g for plan in sums.values()) == used_g(story.bench.facts, PLAN, "", 0)
    assert [plan.level for plan in sums.values()][:2] == ["", ""]
    assert sums["2026-12"].level == "M"
    assert sums["2026-12"].over_g == sums["2026-12"].year_g - 12_000_000
    assert list(differences(drawn(story, "2026-11"), story.bench.entries, [("51", "50")], of_way(("51", "50")))) == []


def test_a_decision_of_december_on_next_years_list_is_booked_when_it_is_decided() -> None:
    """1 January with a new list: its account opens with what December decided on it; the old list's stays as it is."""
    story = started("2026-12-20T10:00:00+08:00")
    codes = tuple(sorted({line.code for line in LINES}))
    row = Row(
        receiver=RECEIVER, permit=PERMIT, waste=Scope(category="HW31", scope="INCLUDE", codes=codes), methods=("R4",), quota_t="50000"
    )
    propose = ListPropose(
        letter_no="川环函〔2026〕900号（虚构）", letter_date="2026-12-19", effective_from="2027-01-01", effective_to="2027-06-30",
        kind="mutual", suspension_stops="issue", rows=1, pages=1,
    )  # fmt: skip
    story.bench.post("list.propose/1", NEXT, (AUTHORITY_51,), propose)
    story.bench.post("list.rows/1", NEXT, (AUTHORITY_51,), ListRows(page=0, rows=(row,)))
    letter = {"letter_no": "渝环函〔2026〕800号（虚构）", "letter_date": "2026-12-19"}
    digest = rows_hash(story.bench.facts.state(NEXT).rows)
    story.bench.post("list.countersign/1", NEXT, (AUTHORITY_50,), ListCountersign(rows_hash=digest, **letter))
    line = LINES[0]
    applied = ApplicationLine(
        name=line.name, code=line.code, category=line.category, hazards=line.hazards, mass_t="300", method="R4",
        listing=ListingRef(list=NEXT, row=0),
    )  # fmt: skip
    chain = APPROVAL[:-4] + "NEXT"
    body = ApprovalApply(
        receiver=RECEIVER, permit=PERMIT, origin=ORIGIN, applied_to="2027-06-30", lines=(applied,), contract=Agreement(no="JC-2027-001（虚构）"),
    )  # fmt: skip
    story.bench.post("approval.apply/1", chain, (GENERATOR,), body)
    story.at("2026-12-31T23:58:00+08:00")
    decide = ApprovalDecide(
        approve=True, no="川环审批〔2026〕9号（虚构）", valid_to="2027-06-30", lines=(DecidedLine(line=0, mass_t="300"),)
    )
    story.bench.post("approval.decide/1", chain, (AUTHORITY_51,), decide)
    story.at("2027-01-01T00:00:00+08:00")
    new = {"approval": chain, "number": "20275101000001"}
    story.issue(1, [replace(waste("5.6"), decision_line=0)], **new)
    assert close_month(story, "2026-12")
    for month, opening_g, decided_g in (("2026-12", 0, 300_000_000), ("2027-01", 300_000_000, 0)):
        [account] = [one for one in drawn(story, month).accounts if one.account == f"Q1 {NEXT} 0"]
        assert (account.opening_g, account.moved_g["decided"], account.closing_g) == (opening_g, decided_g, 300_000_000)
    [reserved] = [one for one in drawn(story, "2027-01").accounts if one.layer == "Q2" and chain in one.account]
    assert (reserved.opening_g, reserved.moved_g["reserved"], reserved.limit_g) == (0, 5_600_000, 300_000_000)
    assert drawn(story, "2027-01").total.waiting_g == 5_600_000


def test_a_month_is_drawn_over_its_own_lines_alone() -> None:
    story = started("2026-10-14T08:30:00+08:00")
    for serial in (1, 2):
        trip(story, serial, 0, "5.6")
    story.at("2026-12-01T08:00:00+08:00")
    issued(story, 3)
    assert [row.line for row in drawn(story, "2026-12").rows] == [1]
    assert drawn(story, "2026-12").stocks[0].opening_g == 11_200_000
    assert DESTINATION.division.startswith("50")
