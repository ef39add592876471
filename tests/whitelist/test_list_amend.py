"""list.amend and list.exceed_consent (kinds §4, §15; R-36): what both sides change, from which day it counts, and how much then fits."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.whitelist.acts import application, applied, decision, listed, transfer
from tests.whitelist.acts import post as post_approval
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_GENERATOR, PERMIT, SICHUAN, Log, ulid
from tests.whitelist.listing_bench import LEAD, lead, post
from tests.whitelist.test_list_status import LETTER, act, confirm, in_force, suspend
from whitelist.acts.decide import DecidedLine
from whitelist.acts.list_amend import EndedRow, ListAmend, RowQuota
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.approval import ListingRef
from whitelist.listing import rows_hash

NOW = "2026-06-10 09:00"


def in_june(**changes: Any) -> Log:
    """A list of three rows in force since December, on 10 June."""
    log = in_force(**changes)
    log.at(NOW)
    return log


def amend(log: Log, by: str = SICHUAN, **changes: Any) -> list[tuple[str, str]]:
    body = ListAmend(**{"effective_from": "2026-06-01", **LETTER, **changes})
    return post(log, "amend", body, by)


def ended(row: int, on: str = "2026-06-30") -> EndedRow:
    return EndedRow(row=row, on=on, reason="企业停产（虚构）")


def consent(log: Log, extra_t: str, row: int = 0, by: str = CHONGQING, **changes: Any) -> list[tuple[str, str]]:
    body = ListExceedConsent(row=row, extra_t=extra_t, asked_no="川环函〔2026〕40号", asked_date="2025-12-19", **LETTER)
    return post(log, "exceed_consent", replace(body, **changes), by)


def test_nothing_is_amended_before_the_other_side_confirms() -> None:
    log = in_june()
    added = (lead(LEAD[3], quota_t="50"),)
    assert amend(log, add=added, end=(ended(1),), quota=(RowQuota(row=0, quota_t="70000"),)) == []
    state = log.state(LIST)
    assert (len(state.rows), state.quota_g(0, "2026-06-10"), state.last_day(1)) == (3, 60_000_000_000, "2026-12-31")
    log.at("2026-06-15 09:00")
    assert confirm(log) == []
    state = log.state(LIST)
    assert [row.waste.codes for row in state.rows] == [(code,) for code in LEAD]
    assert [state.quota_g(0, f"2026-06-{day}") for day in ("14", "15")] == [60_000_000_000, 70_000_000_000]
    assert (state.first_day(3), state.last_day(1), state.rows[0].quota_g) == ("2026-06-15", "2026-06-30", 60_000_000_000)
    assert (state.status, state.rows_announced, state.life.pending) == ("ACTIVE", 3, ())


def test_an_amendment_counts_from_its_own_day_where_that_is_later() -> None:
    log = in_june()
    amend(log, effective_from="2026-07-01", add=(lead(LEAD[3]),), end=(ended(0, "2026-05-31"),), quota=(RowQuota(row=1, quota_t="1"),))
    confirm(log)
    state = log.state(LIST)
    assert (state.first_day(3), state.last_day(0)) == ("2026-07-01", "2026-06-30")
    assert [state.quota_g(1, day) for day in ("2026-06-30", "2026-07-01")] == [60_000_000_000, 1_000_000]


def test_a_newer_amendment_of_the_same_side_takes_the_place_of_the_older() -> None:
    log = in_june()
    amend(log, quota=(RowQuota(row=0, quota_t="1"),))
    amend(log, quota=(RowQuota(row=0, quota_t="2"),))
    amend(log, CHONGQING, quota=(RowQuota(row=0, quota_t="3"),))
    assert [one.quota for one in log.state(LIST).life.pending] == [((0, 2_000_000),), ((0, 3_000_000),)]
    assert confirm(log, 1, CHONGQING) == [("LIST_ACT", "body.act")]
    assert confirm(log, 1, SICHUAN) == []
    assert confirm(log, 0, CHONGQING) == []
    assert log.state(LIST).quota_g(0, "2026-06-10") == 2_000_000  # the newest word that is in force


def test_two_amendments_of_both_sides_never_list_a_row_twice() -> None:
    log = in_june()
    amend(log, add=(lead(LEAD[3]),))
    amend(log, CHONGQING, add=(lead(LEAD[3], quota_t="1"),))
    confirm(log, 0, CHONGQING)
    assert confirm(log, 0, SICHUAN) == [("LIST_ACT", "body.act")]
    assert len(log.state(LIST).rows) == 4


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ("MISSING", "body")),
        ({"effective_from": "2027-01-01", "end": (ended(0),)}, ("WL_YEAR", "body.effective_from")),
        ({"end": (ended(3),)}, ("ROW_UNKNOWN", "body.end.0.row")),
        ({"quota": (RowQuota(row=9, quota_t="1"),)}, ("ROW_UNKNOWN", "body.quota.0.row")),
        ({"end": (ended(0), ended(0))}, ("ROW_TWICE", "body.end.1.row")),
        ({"add": (lead(LEAD[0]),)}, ("ROW_TWICE", "body.add.0")),
        ({"add": (lead(LEAD[3]), lead(LEAD[3]))}, ("ROW_TWICE", "body.add.1")),
        ({"add": (lead(LEAD[3], permit=PERMIT[:-1] + "9"),)}, ("PERMIT_UNKNOWN", "body.add.0.permit")),
        ({"add": (lead(LEAD[3], methods=("R9",)),)}, ("ROW_PERMIT", "body.add.0.waste")),
        ({"add": (lead(LEAD[3]),), "rows_hash": "0" * 64}, ("LIST_DIGEST", "body.rows_hash")),
        ({"quota": (RowQuota(row=0, quota_t="1"),), "letter_date": "2026-06-11"}, ("DATE_ORDER", "body.letter_date")),
    ],
)
def test_what_is_wrong_with_an_amendment(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert reason in amend(in_june(), **changes)


def test_an_ended_row_is_nobodys_twin_and_its_successor_counts_on() -> None:
    log = in_june()
    added = (lead(LEAD[0], quota_t="5"),)
    assert amend(log, end=(ended(0),), add=added, rows_hash=rows_hash(row.listed(PERMIT) for row in added)) == []
    assert confirm(log) == []
    assert log.state(LIST).rows[3].quota_g == 5_000_000
    assert amend(log, add=(lead(LEAD[0]),)) == [("ROW_TWICE", "body.add.0")]  # the new one is


def test_a_row_that_came_later_is_not_touched_by_what_befell_the_list_before() -> None:
    log = in_june()
    post(log, "suspend", suspend())
    amend(log, add=(lead(LEAD[3]),))
    confirm(log)
    state = log.state(LIST)
    assert [state.status_at(number, log.now) for number in range(4)] == ["SUSPENDED"] * 3 + ["ACTIVE"]
    post(log, "resume", act())
    confirm(log)
    assert {log.state(LIST).status_at(number, log.now) for number in range(4)} == {"ACTIVE"}


# what it does to decisions


def asked(number: int, mass_t: str, log: Log, row: int = 0, by: str = GENERATOR) -> str:
    """An application for so many tonnes on a row."""
    chain = f"approval/{by}/{ulid(number)}"
    line = applied(mass_t=mass_t, listing=ListingRef(list=LIST, row=row))
    assert post_approval(log, "apply", application(line), by, chain) == []
    return chain


def decide(log: Log, chain: str, mass_t: str) -> list[str]:
    body = decision(lines=(DecidedLine(line=0, mass_t=mass_t),))
    return [code for code, _ in post_approval(log, "decide", body, SICHUAN, chain)]


def small(quota_t: str = "100") -> Log:
    """The example's list with a row of a small quota, in June."""
    log = listed()
    log.at("2026-06-10 09:00")
    assert amend(log, quota=(RowQuota(row=0, quota_t=quota_t),), effective_from="2026-06-10") == []
    confirm(log)
    return log


def test_an_ended_row_serves_no_new_decision_and_the_old_ones_go_on() -> None:
    log = listed()
    log.at("2026-06-10 09:00")
    amend(log, end=(ended(0),))
    confirm(log)
    chain = asked(60, "1", log)
    log.at("2026-06-30 23:59")
    assert decide(log, chain, "1") == []
    chain = asked(61, "1", log)
    log.at("2026-07-01 00:00")
    assert decide(log, chain, "1") == ["WL_TERM"]
    assert log.ask(transfer()).reasons == ()


def test_a_quota_below_use_is_overdrawn_and_nothing_new_fits() -> None:
    log = small("100")  # 3,000 t are committed
    assert decide(log, asked(62, "0.000001", log), "0.000001") == ["WL_QUOTA"]
    assert log.ask(transfer()).reasons == ()  # what was decided goes on
    assert consent(log, "2900") == []
    assert decide(log, asked(63, "0.000001", log), "0.000001") == ["WL_QUOTA"]
    assert consent(log, "10") == []
    assert decide(log, asked(64, "10.000001", log), "10.000001") == ["WL_QUOTA"]
    assert decide(log, asked(65, "10", log), "10") == []


def test_a_row_that_was_added_serves_from_its_own_day() -> None:
    log = listed()
    log.at("2026-06-10 09:00")
    amend(log, effective_from="2026-07-01", add=(replace(lead("900-052-31"), quota_t="30"),), end=(ended(0, "2026-06-30"),))
    confirm(log)
    chain = asked(66, "20", log, row=1)
    assert decide(log, chain, "20") == []  # lawful before it begins, as on a list of next year
    early = log.ask(transfer(approval=chain))
    assert [reason.code for reason in early.reasons] == ["APPROVAL_EARLY"]
    log.at("2026-07-01 09:00")
    assert log.ask(transfer(approval=chain)).reasons == ()


@pytest.mark.parametrize("named_first", [True, False])
def test_a_consent_for_one_application_gives_room_to_nobody_else(named_first: bool) -> None:
    """The order of decisions does not matter (kinds §15): 3,000 t stand, the quota is 3,100 t, 50 t are for one application alone."""
    log = small("3100")
    mine, other = asked(67, "80", log), asked(68, "70", log, by=OTHER_GENERATOR)
    assert consent(log, "50", approval=mine) == []
    order = [(mine, "80"), (other, "70")] if named_first else [(other, "70"), (mine, "80")]
    assert [decide(log, chain, mass_t) for chain, mass_t in order] == [[], []]
    assert decide(log, asked(69, "0.000001", log), "0.000001") == ["WL_QUOTA"]
    assert log.used(f"Q1 {LIST} 0") == 3_150_000_000


def test_beyond_both_nothing_fits_in_whatever_order() -> None:
    for named_first in (True, False):
        log = small("3100")
        mine, other = asked(67, "80.000001", log), asked(68, "70", log, by=OTHER_GENERATOR)
        consent(log, "50", approval=mine)
        order = [(mine, "80.000001"), (other, "70")] if named_first else [(other, "70"), (mine, "80.000001")]
        assert [decide(log, chain, mass_t) for chain, mass_t in order] == [[], ["WL_QUOTA"]]


def test_only_the_receiving_side_consents_to_more() -> None:
    log = in_june()
    assert consent(log, "5", by=SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert consent(log, "5", row=3) == [("ROW_UNKNOWN", "body.row")]
    assert consent(log, "5", asked_date="2025-12-21") == [("DATE_ORDER", "body.letter_date")]
    assert consent(log, "0") == [("FIELD_TYPE", "body.extra_t")] or consent(log, "0") == [("QTY", "body.extra_t")]
    assert consent(log, "5", approval=APPROVAL) == []
    assert log.state(LIST).row_life(0).extra_g() == 0
    assert log.state(LIST).row_life(0).extra_g(APPROVAL) == 5_000_000
