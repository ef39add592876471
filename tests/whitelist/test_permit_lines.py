"""Renewals share root and yearly account of their line (L4 of the cases); use outside the ledger counts in the year of its month (kinds §3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.whitelist.acts import grant
from tests.whitelist.driver import CHONGQING, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_status import PermitChange
from whitelist.acts.permit_usage import PermitUsage
from whitelist.fields import PermitItem
from whitelist.quota import SiteYear, newest_permit, q3_account, q3_key, q3_used_g

T = 1_000_000
RENEWED, THIRD, OTHERS = f"permit/{RECEIVER}/{ulid(21)}", f"permit/{RECEIVER}/{ulid(22)}", f"permit/{OTHER_RECEIVER}/{ulid(23)}"

COLLECTED = (PermitItem(category="HW31", scope="ALL", methods=("S",)),)


def post(log: Log, chain: str, body: Any, kind: str = "grant", by: str = CHONGQING, **more: Any) -> list[str]:
    try:
        log.post(f"permit.{kind}/1", chain, body, by, **more)
    except Refusing as refused:
        return refused.codes
    return []


def granted(now: str = "2026-02-02 09:00", **changes: Any) -> Log:
    log = Log(now)
    assert post(log, PERMIT, grant(**changes)) == []
    return log


# renewals


def test_a_renewal_inherits_root_and_account_and_is_the_newest_of_its_line() -> None:
    log = granted()
    assert log.post("permit.grant/1", RENEWED, grant(renews=PERMIT), CHONGQING).decision.alerts == ()
    assert log.post("permit.grant/1", THIRD, grant(renews=RENEWED), CHONGQING).decision.alerts == ()
    assert [log.state(chain).root for chain in (PERMIT, RENEWED, THIRD)] == [PERMIT] * 3
    assert log.facts.values[q3_key(PERMIT)].permits == (PERMIT, RENEWED, THIRD)
    assert newest_permit(log.facts, PERMIT) == THIRD


def test_only_the_last_permit_of_a_line_is_renewed() -> None:
    log = granted()
    post(log, RENEWED, grant(renews=PERMIT))
    assert post(log, THIRD, grant(renews=PERMIT)) == ["RENEWS"]
    assert post(log, THIRD, grant(renews=RENEWED)) == []


@pytest.mark.parametrize(
    ("chain", "changes"),
    [
        (RENEWED, {"renews": f"permit/{RECEIVER}/{ulid(99)}"}),
        (OTHERS, {"renews": PERMIT}),
        (RENEWED, {"renews": PERMIT, "division": "500115"}),
        (RENEWED, {"renews": PERMIT, "permit_class": "collection", "items": COLLECTED}),
    ],
    ids=["unknown", "another's", "another division", "another class"],
)
def test_a_renewal_is_of_the_same_holder_division_and_class(chain: str, changes: dict[str, Any]) -> None:
    assert post(granted(), chain, grant(**changes)) == ["RENEWS"]


def test_what_was_revoked_is_applied_for_anew() -> None:
    log = granted()
    post(log, PERMIT, PermitChange(reason="吊销"), "revoke")
    assert post(log, RENEWED, grant(renews=PERMIT)) == ["RENEWS"]
    anew = log.post("permit.grant/1", RENEWED, grant(), CHONGQING)
    assert anew.decision.alerts == (("M", "PERMIT_SECOND"),)
    assert log.state(RENEWED).root == RENEWED


def test_a_suspended_permit_may_be_renewed() -> None:
    log = granted()
    post(log, PERMIT, PermitChange(reason="整治"), "suspend")
    assert post(log, RENEWED, grant(renews=PERMIT)) == []


def test_a_division_that_was_withdrawn_is_its_successor_in_a_renewal() -> None:
    log = granted(division="500112")
    assert post(log, RENEWED, grant(renews=PERMIT, division="500157")) == []


@pytest.mark.parametrize(
    ("changes", "alerts"),
    [
        ({}, (("M", "PERMIT_SECOND"),)),
        ({"division": "500115"}, ()),
        ({"permit_class": "collection", "items": COLLECTED}, ()),
    ],
    ids=["same facility and class", "elsewhere", "another class"],
)
def test_a_second_permit_of_a_facility_is_said(changes: dict[str, Any], alerts: tuple[Any, ...]) -> None:
    assert granted().post("permit.grant/1", RENEWED, grant(**changes), CHONGQING).decision.alerts == alerts


def test_a_facility_that_moved_is_looked_for_where_it_is_now() -> None:
    log = granted()
    post(log, PERMIT, PermitAmend(reason="迁址", division="500115"), "amend")
    assert log.post("permit.grant/1", RENEWED, grant(), CHONGQING).decision.alerts == ()
    assert log.post("permit.grant/1", THIRD, grant(division="500115"), CHONGQING).decision.alerts == (("M", "PERMIT_SECOND"),)


# use outside the ledger


def usage(month: str = "2026-01", received_t: str = "30", **changes: Any) -> PermitUsage:
    return PermitUsage(month=month, received_t=received_t, source="2026年1月经营记录簿")


def used(log: Log, year: int, of_year: int | None = None) -> int:
    return q3_used_g(log.facts, PERMIT, year, of_year)


def test_a_month_counts_in_q3_and_a_later_report_moves_the_difference() -> None:
    log = granted()
    first = log.post("permit.usage/1", PERMIT, usage(), CHONGQING)
    assert (first.decision.tags, log.used(q3_account(PERMIT))) == ((), 30 * T)
    second = log.post("permit.usage/1", PERMIT, usage(received_t="12.5"), CHONGQING)
    assert [(row.before_g, row.after_g) for row in second.decision.accounts] == [(30 * T, 12_500_000)]
    assert used(log, 2026) == 12_500_000


def test_use_of_a_renewal_counts_at_the_root() -> None:
    log = granted()
    post(log, RENEWED, grant(renews=PERMIT))
    post(log, RENEWED, usage(), "usage")
    assert log.used(q3_account(PERMIT)) == 30 * T


def test_a_month_of_an_earlier_year_is_that_years() -> None:
    log = granted(valid_to="2030-12-31")
    for month, received_t in (("2026-01", "1"), ("2025-12", "20"), ("2024-12", "300")):
        assert post(log, PERMIT, usage(month, received_t), "usage") == []
    assert (used(log, 2026), used(log, 2026, 2025), used(log, 2026, 2024)) == (1 * T, 20 * T, 0)
    log.at("2027-03-01 09:00")
    assert post(log, PERMIT, usage("2026-12", "4"), "usage") == []
    assert (used(log, 2027), used(log, 2027, 2026)) == (0, 5 * T)
    assert log.used(q3_account(PERMIT)) == 325 * T


@pytest.mark.parametrize(
    ("month", "codes"), [("2026-01", []), ("2026-02", ["USAGE_MONTH"]), ("2026-03", ["USAGE_MONTH"]), ("2026-13", ["DATE_FORM"])]
)
def test_a_month_is_stated_when_it_is_over(month: str, codes: list[str]) -> None:
    log = granted("2026-02-28 23:59")
    assert post(log, PERMIT, usage(month), "usage") == codes
    log.at("2026-03-01 00:00")
    assert post(log, PERMIT, usage("2026-02"), "usage") == []


def test_the_receiver_states_its_own_use_and_may_only_raise_it() -> None:
    log = granted()
    stated = log.post("permit.usage/1", PERMIT, usage(), RECEIVER)
    assert stated.decision.tags == (("SELF_STATED",),)
    assert post(log, PERMIT, usage(received_t="29.999999"), "usage", RECEIVER) == ["USAGE_MONTH"]
    assert post(log, PERMIT, usage(received_t="31"), "usage", RECEIVER) == []
    assert post(log, PERMIT, usage(received_t="5"), "usage") == [], "its authority lowers"
    assert post(log, PERMIT, usage(received_t="40"), "usage", RECEIVER) == ["USAGE_MONTH"], "and has the last word"
    assert used(log, 2026) == 5 * T


def test_nobody_else_states_use() -> None:
    assert post(granted(), PERMIT, usage(), "usage", SICHUAN) == ["SIGNER_ROLE"]
    assert post(granted(), PERMIT, usage(), "usage", OTHER_RECEIVER) == ["SIGNER_ROLE"]


@pytest.mark.parametrize(
    ("received_t", "month", "alerts"),
    [
        ("100", "2026-01", ()),
        ("100.000001", "2026-01", (("M", "PERMIT_SCALE"),)),
        ("100.000001", "2025-06", (("M", "PERMIT_SCALE"),)),
        ("500", "2024-06", ()),
    ],
)
def test_r20_use_above_the_scale_is_said_and_never_refused(received_t: str, month: str, alerts: tuple[Any, ...]) -> None:
    log = granted(scale_t="100")
    assert log.post("permit.usage/1", PERMIT, usage(month, received_t), CHONGQING).decision.alerts == alerts


def test_a_line_enters_the_register_of_its_site_with_its_first_permit() -> None:
    assert granted().facts.values[q3_key(PERMIT)] == SiteYear(permits=(PERMIT,), year=2026)
