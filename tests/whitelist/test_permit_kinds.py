from __future__ import annotations

from typing import Any

import pytest

from tests.whitelist.acts import BATTERY, grant
from tests.whitelist.driver import CHONGQING, PERMIT, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_status import PermitChange
from whitelist.scope import PermitItem


def post(log: Log, kind: str, body: Any, by: str = CHONGQING, **more: Any) -> list[tuple[str, str]]:
    try:
        log.post(kind, PERMIT, body, by, **more)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []


def item(**changes: Any) -> PermitItem:
    fields: dict[str, Any] = {"category": "HW31", "scope": "INCLUDE", "codes": (BATTERY,), "methods": ("R4",)} | changes
    return PermitItem(**fields)


def test_a_grant_becomes_the_permits_state() -> None:
    log = Log()
    assert post(log, "permit.grant/1", grant()) == []
    state = log.state(PERMIT)
    assert (state.status, state.authority, state.division, state.scale_g) == ("ACTIVE", CHONGQING, "500116", 60_000_000_000)
    assert state.items[0].covers(BATTERY)


def test_only_the_authority_of_the_holders_region_grants() -> None:
    assert post(Log(), "permit.grant/1", grant(), SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(Log(), "permit.grant/1", grant(), RECEIVER) == [("SIGNER_ROLE", "by.0")]


def test_a_foreign_holder_is_granted_by_either_authority_with_a_tag() -> None:
    chain = f"permit/914306816828384165/{ulid(1)}"
    for authority in (SICHUAN, CHONGQING):
        admission = Log().post("permit.grant/1", chain, grant(division="430100"), authority)
        assert admission.decision.tags == (("FOREIGN",),)


def test_a_delegate_signs_for_an_authority_of_the_region_only() -> None:
    assert post(Log(), "permit.grant/1", grant(), SICHUAN, principal=CHONGQING) == []
    assert post(Log(), "permit.grant/1", grant(), CHONGQING, principal=SICHUAN) == [("SIGNER_ROLE", "for")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"no": " "}, ("MISSING", "body.no")),
        ({"valid_to": "2022-06-30"}, ("DATE_ORDER", "body.valid_to")),
        ({"valid_from": "2022-7-1"}, ("DATE_FORM", "body.valid_from")),
        ({"division": "500199"}, ("DIVISION", "body.division")),
        ({"items": ()}, ("ITEMS", "body.items")),
        ({"items": (item(),) * 65}, ("ITEMS", "body.items")),
        ({"items": (item(category="HW41"),)}, ("SCOPE_FORM", "body.items.0.category")),
        ({"items": (item(codes=()),)}, ("SCOPE_FORM", "body.items.0.codes")),
        ({"items": (item(scope="ALL"),)}, ("SCOPE_FORM", "body.items.0.codes")),
        ({"items": (item(codes=("900-045-49",)),)}, ("SCOPE_FORM", "body.items.0.codes.0")),
        ({"items": (item(codes=(BATTERY, BATTERY)),)}, ("SCOPE_FORM", "body.items.0.codes.1")),
        ({"items": (item(methods=()),)}, ("METHOD", "body.items.0.methods")),
        ({"items": (item(methods=("R4", "R10")),)}, ("METHOD", "body.items.0.methods.1")),
        ({"scale_t": "0"}, ("QTY", "body.scale_t")),
        ({"scale_t": "60000吨"}, ("QTY", "body.scale_t")),
    ],
)
def test_a_malformed_permit_is_refused_with_its_field(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(Log(), "permit.grant/1", grant(**changes)) == [reason]


def test_one_day_and_64_items_are_enough() -> None:
    assert post(Log(), "permit.grant/1", grant(valid_from="2026-06-30", valid_to="2026-06-30", items=(item(),) * 64)) == []


def test_a_permit_is_granted_once() -> None:
    log = Log()
    assert post(log, "permit.grant/1", grant()) == []
    assert post(log, "permit.grant/1", grant()) == [("CHAIN_NOT_OPEN", "seq")]


SUSPEND, RESUME, REVOKE = "permit.suspend/1", "permit.resume/1", "permit.revoke/1"


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ([SUSPEND], "SUSPENDED"),
        ([SUSPEND, RESUME], "ACTIVE"),
        ([REVOKE], "REVOKED"),
        ([SUSPEND, REVOKE], "REVOKED"),
    ],
)
def test_the_status_follows_the_acts(acts: list[str], status: str) -> None:
    log = Log()
    post(log, "permit.grant/1", grant())
    assert [post(log, act, PermitChange(reason="整治")) for act in acts] == [[]] * len(acts)
    assert log.state(PERMIT).status == status


@pytest.mark.parametrize(
    "acts", [[RESUME], [SUSPEND, SUSPEND], [REVOKE, RESUME], [REVOKE, SUSPEND], [REVOKE, REVOKE], [REVOKE, "permit.amend/1"]]
)
def test_no_other_order_of_acts_is_admitted(acts: list[str]) -> None:
    log = Log()
    post(log, "permit.grant/1", grant())
    for act in acts[:-1]:
        assert post(log, act, PermitChange(reason="整治")) == []
    last = PermitAmend(reason="变更", scale_t="1") if acts[-1] == "permit.amend/1" else PermitChange(reason="整治")
    assert post(log, acts[-1], last) == [("PERMIT_TRANSITION", "kind")]


def test_a_change_gives_its_reason() -> None:
    log = Log()
    post(log, "permit.grant/1", grant())
    assert post(log, SUSPEND, PermitChange(reason=" ")) == [("MISSING", "body.reason")]


def test_an_amendment_replaces_what_it_gives_and_keeps_the_rest() -> None:
    log = Log()
    post(log, "permit.grant/1", grant())
    assert post(log, "permit.amend/1", PermitAmend(reason="扩建", scale_t="80000", valid_to="2028-06-30")) == []
    state = log.state(PERMIT)
    assert (state.scale_g, state.valid_to, state.no, state.division) == (80_000_000_000, "2028-06-30", "CQ5001160001", "500116")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ("MISSING", "body")),
        ({"no": ""}, ("MISSING", "body.no")),
        ({"valid_to": "2022-06-30"}, ("DATE_ORDER", "body.valid_to")),
        ({"division": "x"}, ("DIVISION", "body.division")),
        ({"items": ()}, ("ITEMS", "body.items")),
        ({"scale_t": "-1"}, ("QTY", "body.scale_t")),
    ],
)
def test_an_amendment_leaves_a_well_formed_permit(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    log = Log()
    post(log, "permit.grant/1", grant())
    assert post(log, "permit.amend/1", PermitAmend(reason="变更", **changes)) == [reason]


def test_without_the_division_table_no_permit_is_recorded() -> None:
    log = Log()
    log.without_data("divisions")
    assert post(log, "permit.grant/1", grant()) == [("DATA_NOT_ADOPTED", "body.division")]


@pytest.mark.parametrize(
    ("day", "division", "alerts"),
    [
        ("2026-01-24", "500112", ()),
        ("2026-01-25", "500112", (("M", "DIVISION_RETIRED"),)),
        ("2026-01-25", "500157", ()),
    ],
)
def test_a_permit_under_a_withdrawn_division_is_alerted(day: str, division: str, alerts: tuple[tuple[str, str], ...]) -> None:
    log = Log(f"{day} 09:00")
    assert log.post("permit.grant/1", PERMIT, grant(division=division), CHONGQING).decision.alerts == alerts


def test_a_facility_outside_the_authority_s_region_is_said_aloud() -> None:
    admission = Log().post("permit.grant/1", PERMIT, grant(division="510112"), CHONGQING)
    assert ("H", "PERMIT_SITE_ELSEWHERE") in admission.decision.alerts
    assert Log().post("permit.grant/1", PERMIT, grant(), CHONGQING).decision.alerts == ()
