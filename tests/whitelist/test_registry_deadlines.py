"""Terms of applications: which authority, until when, on which article; day by day as the acts' own rule says late (R-42)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from ledger.directory import Authority, LogState
from ledger.times import parse_at
from tests.manifests.bodies import LIMITS
from tests.manifests.driver import Driver
from tests.manifests.test_view import calendar
from whitelist.approval import ApprovalState, Course, DecisionLine, ListingRef, Reply
from whitelist.incident import IncidentState
from whitelist.registry_deadlines import duties
from whitelist.terms import Present

AO, AD, OTHER = "11510000MB0000000A", "11500000MB0000000B", "11330000MB0000000C"
LOG = LogState(
    found="0" * 64, origin="x", operator="o", operator_name="o", ruleset="r",
    authorities=(Authority(AO, "川", ("51",)), Authority(AD, "渝", ("50",)), Authority(OTHER, "浙", ("33",))),
)  # fmt: skip
LINE = DecisionLine(name="废铅蓄电池", code="900-052-31", category="HW31", hazards=("T",), method="R4", applied_g=1)
CALENDAR = calendar(Driver())


def application(**changes: object) -> ApprovalState:
    told = {
        "stage": "applied", "receiver": "r", "permit": "p", "root": "p", "origin": "510112", "destination": "500112",
        "applied_on": "2026-11-02", "applied_to": "2027-10-31", "lines": (LINE,), **changes,
    }  # fmt: skip
    return ApprovalState(**told)  # type: ignore[arg-type]


def asked(state: ApprovalState | IncidentState, day: str) -> list[tuple[str, str, tuple[str, ...], str | None, bool]]:
    found = duties("approval/g/x", state, Present(parse_at(f"{day}T12:00:00+08:00"), CALENDAR, LIMITS), LOG)
    return [(duty.term, duty.kind, duty.parties, duty.due_on, duty.overdue) for duty in found]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (application(), ("review", "approval.consult/1", (AO,), "2026-11-09", False)),
        (application(lines=(DecisionLine(**{**{n: getattr(LINE, n) for n in LINE.__struct_fields__}, "listing": ListingRef(list="list/2026-51-50-cy", row=0)}),)),
         ("listed", "approval.decide/1", (AO,), "2026-11-09", False)),
        (application(stage="accepted", went=Course(accepted_on="2026-11-04")), ("review", "approval.consult/1", (AO,), "2026-11-11", False)),
        (application(stage="consulted", consulted_on="2026-11-02"), ("reply", "approval.reply/1", (AD,), "2026-11-16", False)),
        (application(stage="agreed", reply=Reply(letter_no="x", letter_date="2026-11-02", replied_on="2026-11-02", limits_g={})),
         ("decide", "approval.decide/1", (AO,), "2026-11-09", False)),
    ],
)  # fmt: skip
def test_whose_turn_it_is(state: ApprovalState, expected: tuple[object, ...]) -> None:
    assert asked(state, "2026-11-03") == [expected]
    late = date.fromisoformat(str(expected[3])) + timedelta(days=1)
    assert asked(state, late.isoformat())[0][4]


def test_what_was_noticed_waits_for_its_generator_and_for_no_day() -> None:
    state = application(stage="noticed", went=Course(noticed_on="2026-11-04"))
    assert asked(state, "2027-03-01") == [("complete", "approval.apply/1", ("g",), None, False)]
    assert asked(application(stage="withdrawn", went=Course(withdrawn_on="2026-11-04")), "2027-03-01") == []


def test_an_approval_or_a_refusal_asks_for_nothing() -> None:
    assert asked(application(stage="approved"), "2026-12-30") == []
    assert asked(application(stage="refused"), "2026-12-30") == []


def test_an_incident_is_the_matter_of_the_place_until_it_is_closed() -> None:
    state = IncidentState(what="leak", division="500113", happened_s=parse_at("2026-11-02T08:00:00+08:00"), reported_s=0)
    assert asked(state, "2026-12-03") == [("incident", "incident.close/1", (AD,), None, False)]
    assert asked(replace(state, division="110101"), "2026-12-03")[0][2] == (AO, AD, OTHER)
    assert asked(replace(state, closed_on="2026-11-03"), "2026-12-03") == []


def test_want_of_a_reply_is_said_after_its_own_term() -> None:
    state = application(stage="consulted", consulted_on="2026-06-01")
    assert [one[0] for one in asked(state, "2026-08-04")] == ["reply"]
    assert asked(state, "2026-08-05")[1] == ("no_reply", "approval.decide/1", (AO,), "2026-08-04", True)


def test_for_a_province_without_an_authority_that_of_the_origin_replies() -> None:
    state = application(stage="consulted", consulted_on="2026-11-02", destination="110101")
    assert asked(state, "2026-11-03")[0][2] == (AO,)
