"""list.report (R-44): what a year of a list came to, and who has not said so; what waits on lists (whitelist.list_deadlines)."""

from __future__ import annotations

import pytest

from ledger.directory import log_state
from tests.whitelist.acts import propose, with_permit
from tests.whitelist.driver import CHONGQING, LIST, SICHUAN, Log, seconds
from tests.whitelist.listing_bench import DECEMBER, LEAD, WIDE, lead, page, post, sealed
from tests.whitelist.test_list_amend import amend
from tests.whitelist.test_list_status import LETTER, act, confirm, in_force, suspend
from whitelist.acts.list_amend import RowQuota
from whitelist.acts.list_report import ListReportBody, ReportedRow
from whitelist.list_deadlines import duties
from whitelist.terms import Duty, Present
from whitelist.thresholds import thresholds_of
from whitelist.workdays import workdays_of


def told(*rows: int) -> ListReportBody:
    return ListReportBody(rows=tuple(ReportedRow(row=row, received_t="1.5") for row in rows), environment="达标（虚构）", **LETTER)


def due(log: Log) -> list[tuple[str, tuple[str, ...], str | None, bool]]:
    limits = thresholds_of(log.facts)
    assert limits is not None
    present = Present(log.now, workdays_of(log.facts), limits)
    found: tuple[Duty, ...] = duties(log.state(LIST), present, log_state(log.facts))
    return [(duty.kind, duty.parties, duty.due_on, duty.overdue) for duty in found]


def test_each_side_reports_in_january_or_is_late() -> None:
    log = in_force()
    log.at("2026-12-30 09:00")
    assert due(log) == []
    for now, late in (("2026-12-31 00:00", False), ("2027-01-31 23:59", False), ("2027-02-01 00:00", True)):
        log.at(now)
        assert due(log) == [("list.report/1", (SICHUAN, CHONGQING), "2027-01-31", late)]
    assert post(log, "report", told(0, 2), CHONGQING) == []
    assert due(log) == [("list.report/1", (SICHUAN,), "2027-01-31", True)]
    assert post(log, "report", told(0)) == []
    assert due(log) == []
    assert [(one.by, one.at_s) for one in log.state(LIST).life.reports] == [(CHONGQING, log.now), (SICHUAN, log.now)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (told(0, 3), ("ROW_UNKNOWN", "body.rows.1.row")),
        (told(1, 1), ("ROW_TWICE", "body.rows.1.row")),
        (told(), ("LIST_SIZE", "body.rows")),
    ],
)
def test_what_is_wrong_with_a_report(body: ListReportBody, reason: tuple[str, str]) -> None:
    assert post(in_force(), "report", body) == [reason]


def test_a_list_is_reported_on_after_its_removal_too_and_never_before_it_is_in_force() -> None:
    log = in_force()
    post(log, "remove", act())
    confirm(log)
    assert post(log, "report", told(0)) == []
    waiting = with_permit(DECEMBER)
    post(waiting, "propose", propose())
    assert post(waiting, "report", told(0)) == [("LIST_STAGE", "kind")]


def test_a_complete_list_waits_for_the_countersignature_of_the_other_side() -> None:
    log = with_permit(DECEMBER, items=WIDE)
    post(log, "propose", propose())
    assert due(log) == []
    post(log, "rows", page(0, lead(LEAD[0])))
    assert due(log) == [("list.countersign/1", (CHONGQING,), None, False)]
    post(log, "countersign", sealed(log), CHONGQING)
    assert due(log) == []


def test_each_pending_act_waits_for_the_side_that_did_not_sign_it() -> None:
    log = in_force()
    post(log, "suspend", suspend(0))
    post(log, "resume", act(0))
    amend(log, CHONGQING, quota=(RowQuota(row=1, quota_t="5"),))
    assert due(log) == [("list.confirm/1", (CHONGQING,), None, False), ("list.confirm/1", (SICHUAN,), None, False)]
    confirm(log, 0, CHONGQING)
    assert due(log) == [("list.confirm/1", (SICHUAN,), None, False)]
    assert log.now == seconds(DECEMBER)
