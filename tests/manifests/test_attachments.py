"""附件: which acts of a manifest take files, and that the others refuse them by name (kinds §5 to §7)."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.admission.form import read_body
from ledger.fields import File
from ledger.times import DAY_S, format_at, parse_admission_at
from liandan.wiring import RULES
from manifests.acts import PERSONALITY, CaseReport
from manifests.attachments import attachments
from signing.refusal import Refusal
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, NUMBER, ORIGIN, Driver, backfilled
from tests.manifests.test_case_gap import viewed
from tests.manifests.test_case_hold import trunk
from tests.whitelist.test_thresholds import parse
from whitelist.workdays import Workdays

TAKING = {f"manifest.{act}/1" for act in ("issue", "depart", "hand_over", "transship", "arrive", "receive", "dispose", "verify")}
TAKING |= {"case.hold/1", "case.close_with_gap/1", "case.report/1"}
TAKING |= {"case.amend_propose/1", "incident.report/1", "incident.unmanifested/1"}
FILE = {"sha256": "cd" * 32, "size": 1, "media_type": "application/pdf", "name": "照片.pdf"}
CASE = f"case/{GENERATOR}/{MANIFEST.rpartition('/')[2]}/01K9000000000000000000CASE"


@pytest.mark.parametrize("kind", PERSONALITY.kinds, ids=lambda kind: kind.name)
def test_an_act_takes_files_where_kinds_md_lists_them(kind: Any) -> None:
    with pytest.raises(Refusal) as refused:
        read_body({"files": [FILE, FILE]}, kind.body)
    places = {reason.field: reason.code for reason in refused.value.reasons}
    assert places["body.files"] == ("LIST_LENGTH" if kind.name in TAKING else "FIELD_UNKNOWN"), "twice the same hash, where files are known"


def test_void_stop_and_number_refuse_files_and_say_where() -> None:
    where = [("FIELD_UNKNOWN", "body.files")]
    log = Driver()
    log.issue()
    assert log.reasons("manifest.void/1", (GENERATOR,), {"reason": "车辆故障", "files": [FILE]}) == where
    trunk = {"seq": 0, "hash": log.state().acts[0]}
    assert log.reasons("case.number/1", (GENERATOR,), {"trunk": trunk, "number": NUMBER, "files": []}, chain=CASE) == where
    log.depart()
    place = {"division": ORIGIN.division, "address": ORIGIN.address}
    assert log.reasons("manifest.stop/1", (CARRIER,), {"place": place, "reason": "休息", "files": [FILE]}) == where


def test_an_issue_carries_its_files() -> None:
    log = Driver()
    log.wait(days=1)
    paper = backfilled("2026-11-05T08:00:00+08:00", "2026-11-05T16:00:00+08:00")
    entry = log.issue(files=(paper["paper"].scan,), **paper)
    assert entry.statement.body.files == (paper["paper"].scan,)


def test_a_report_hands_in_another_file_for_those_that_its_signer_owed() -> None:
    """‡ ``ATTACHMENT_MISSING`` by the view, the store, the calendars and the as-of time; ``case.report`` about attachment ends it for its signer."""

    def file(digest: str) -> File:
        return File(sha256=digest * 32, size=1, media_type="application/pdf", name="照片.pdf")

    log = Driver()
    issued = log.issue(files=(file("cd"),))
    log.depart()
    log.arrive(files=(file("ee"),))
    body = CaseReport(trunk=trunk(log), about="attachment", given_at=format_at(log.at_s), files=(file("ff"),))
    report = log.post("case.report/1", (GENERATOR,), body, chain=CASE)
    calendar, limits = Workdays(lambda year: None), parse()

    def late(here: dict[str, int], days: int) -> list[str]:
        found = attachments(viewed(log), here, parse_admission_at(issued.admission.at) + days * DAY_S, calendar, limits, RULES, "zh")
        assert [one.handed_in for one in found] == [report.admission.index, None, None]
        assert all((one.alert is not None) == one.overdue for one in found)
        return [one.sha256[:2] for one in found if one.alert is not None and one.alert.code == "ATTACHMENT_MISSING"]

    assert late({}, 1) == []
    assert late({}, 20) == ["ee", "ff"], "what the carrier owes, and the file that was handed in; not the lost one"
    assert late({"ee" * 32: 1}, 20) == ["ff"]
    assert late({"ee" * 32: 1, "ff" * 32: 7}, 20) == []
