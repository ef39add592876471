"""case.report: differences told late, tracks, attachments, comments; it ends the alert that waited for it (kinds §7)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.fields import File
from ledger.times import format_at
from manifests import acts
from manifests.case import CASES_MAX
from manifests.cases.report import REPORTS_MAX
from manifests.model import CaseState
from tests.manifests.driver import CARRIER, GENERATOR, RECEIVER, SECOND_CARRIER, STRANGER, Driver, codes, partly
from tests.manifests.test_case_gap import viewed
from tests.manifests.test_case_hold import CASE, OTHER_CASE, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51

KIND = "case.report/1"
FILE = File(sha256="cd" * 32, size=1, media_type="application/pdf", name="轨迹.pdf")


def a_report(log: Driver, about: str = "other", **changes: Any) -> acts.CaseReport:
    body = acts.CaseReport(trunk=trunk(log), about=about, given_at=format_at(log.at_s), text="情况说明（虚构）")
    return replace(body, **changes)


def differing() -> Driver:
    log = Driver().to_arrived()
    assert "H:DISCREPANCY_UNREPORTED" in codes(log.receive(replace(partly(0, "3", "2.6"), differences=("quantity",))))
    return log


@pytest.mark.parametrize("by", [RECEIVER, AUTHORITY_50])
def test_a_difference_that_is_reported_late_is_unreported_no_longer(by: str) -> None:
    log = differing()
    entry = log.post(KIND, (by,), a_report(log, "discrepancy", to=(GENERATOR, AUTHORITY_50), ref="报告1号（虚构）", line=0), chain=CASE)
    assert codes(entry) == set()
    [flag] = [flag for flag in viewed(log).flags if flag.code == "DISCREPANCY_UNREPORTED"]
    assert flag.ended == entry.admission.index


def test_a_comment_ends_nothing() -> None:
    log = differing()
    log.post(KIND, (GENERATOR,), a_report(log), chain=CASE)
    assert all(flag.ended is None for flag in viewed(log).flags)


@pytest.mark.parametrize(
    ("about", "by", "others"),
    [
        ("discrepancy", RECEIVER, (GENERATOR, CARRIER, AUTHORITY_51)),
        ("generator_confirms", GENERATOR, (RECEIVER, CARRIER, AUTHORITY_51)),
        ("regularised", AUTHORITY_51, (GENERATOR, AUTHORITY_50)),
        ("track", CARRIER, (GENERATOR, RECEIVER, AUTHORITY_50)),
    ],
)
def test_each_matter_is_reported_by_whose_it_is(about: str, by: str, others: tuple[str, ...]) -> None:
    log = differing()
    for other in others:
        assert log.reasons(KIND, (other,), a_report(log, about, files=(FILE,)), chain=CASE) == [("CASE_ROLE", "body.about")]
    assert log.refused(KIND, (STRANGER,), a_report(log, about, files=(FILE,)), chain=CASE) == ["SIGNER_ROLE"]
    log.post(KIND, (by,), a_report(log, about, files=(FILE,)), chain=CASE)


@pytest.mark.parametrize("by", [GENERATOR, RECEIVER, CARRIER, SECOND_CARRIER, AUTHORITY_50, AUTHORITY_51])
def test_whoever_is_concerned_comments_and_nobody_else(by: str) -> None:
    log = differing()
    if by in log.state().carriers or by != SECOND_CARRIER:
        log.post(KIND, (by,), a_report(log), chain=CASE)
    assert log.refused(KIND, (STRANGER,), a_report(log), chain=OTHER_CASE) == ["SIGNER_ROLE"]


def test_a_thread_goes_on_without_naming_the_act_again_and_is_about_reports_alone() -> None:
    log = differing()
    log.post(KIND, (GENERATOR,), a_report(log), chain=CASE)
    log.post(KIND, (RECEIVER,), a_report(log, trunk=None), chain=CASE)
    assert log.value(f"chain:{CASE}").state == CaseState(topic="report", trunk=log.value(f"chain:{CASE}").state.trunk, told=2)
    assert log.reasons(KIND, (RECEIVER,), a_report(log, trunk=None), chain=OTHER_CASE) == [("MISSING", "body.trunk")]
    log.post("case.hold/1", (AUTHORITY_51,), acts.CaseHold(trunk=trunk(log), reason="检查"), chain=OTHER_CASE)
    assert log.refused(KIND, (RECEIVER,), a_report(log, trunk=None), chain=OTHER_CASE) == ["CASE_DONE"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": None}, ("MISSING", "body.text")),
        ({"about": "track", "by": CARRIER}, ("MISSING", "body.files")),
        ({"about": "attachment"}, ("MISSING", "body.files")),
        ({"line": 1}, ("LINE_UNKNOWN", "body.line")),
        ({"given_at": "2099-01-01T00:00:00+08:00"}, ("DATE_ORDER", "body.given_at")),
        ({"to": (GENERATOR, GENERATOR)}, ("LIST_LENGTH", "body.to")),
    ],
)
def test_a_report_says_something(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    log = differing()
    by = changes.pop("by", GENERATOR)
    assert log.reasons(KIND, (by,), a_report(log, **changes), chain=CASE) == [reason]


def test_nobody_fills_a_thread_or_the_cases_of_another() -> None:
    log = differing()
    log.post(KIND, (GENERATOR,), a_report(log), chain=CASE)
    head = log.value(f"chain:{CASE}")
    log.stored[f"chain:{CASE}"] = log.bench.kinds.encode(replace(head, state=replace(head.state, told=REPORTS_MAX)))
    assert log.refused(KIND, (RECEIVER,), a_report(log, trunk=None), chain=CASE) == ["CASES_FULL"]
    cases = log.value(f"manifest-cases:{log.value(f'chain:{CASE}').state.trunk}")
    full = replace(cases, opened=((GENERATOR, CASES_MAX),))
    log.stored[f"manifest-cases:{head.state.trunk}"] = log.bench.kinds.encode(full)
    assert log.refused(KIND, (GENERATOR,), a_report(log), chain=OTHER_CASE) == ["CASES_FULL"]
    log.post(KIND, (RECEIVER,), a_report(log), chain=OTHER_CASE)


def test_what_has_ended_is_still_spoken_of() -> None:
    log = Driver()
    log.issue()
    log.void()
    log.post(KIND, (GENERATOR,), a_report(log), chain=CASE)
