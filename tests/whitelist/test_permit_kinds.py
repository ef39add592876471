"""Permits: grant, amend, suspend, resume, revoke (kinds §3). Renewals and use stand in test_permit_lines."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.kinds.site import Site, site_key
from tests.whitelist.acts import BATTERY, grant
from tests.whitelist.driver import CHONGQING, GENERATOR, PERMIT, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_status import PermitChange
from whitelist.fields import PermitItem
from whitelist.permit import Basis, PermitState, held_permits

FOREIGN = "914306816828384165"


def post(log: Log, kind: str, body: Any, by: str = CHONGQING, **more: Any) -> list[tuple[str, str]]:
    try:
        log.post(f"permit.{kind}/1", PERMIT, body, by, **more)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []


def granted(**changes: Any) -> Log:
    log = Log()
    assert post(log, "grant", grant(**changes)) == []
    return log


def item(**changes: Any) -> PermitItem:
    fields: dict[str, Any] = {"category": "HW31", "scope": "INCLUDE", "codes": (BATTERY,), "methods": ("R4",)} | changes
    return PermitItem(**fields)


def test_a_grant_becomes_the_permits_state() -> None:
    state: PermitState = granted().state(PERMIT)
    assert (state.history.now, state.authority, state.division, state.scale_g) == ("ACTIVE", CHONGQING, "500116", 60_000_000_000)
    assert (state.permit_class, state.root, state.address) == ("permit", PERMIT, "重庆市江津区工业园一路1号（虚构）")
    assert state.items[0].covers(BATTERY)


def test_only_the_authority_of_the_holders_region_grants() -> None:
    assert post(Log(), "grant", grant(), SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(Log(), "grant", grant(), RECEIVER) == [("SIGNER_ROLE", "by.0")]


def test_a_foreign_holder_is_granted_by_either_authority_with_a_tag() -> None:
    chain = f"permit/{FOREIGN}/{ulid(1)}"
    for authority in (SICHUAN, CHONGQING):
        admission = Log().post("permit.grant/1", chain, grant(division="430100"), authority)
        assert admission.decision.tags == (("FOREIGN",),)


def test_the_facility_of_a_foreign_holder_is_its_authoritys_first() -> None:
    chain = f"permit/{FOREIGN}/{ulid(1)}"
    with pytest.raises(Refusing) as refused:
        Log().post("permit.grant/1", chain, grant(), SICHUAN)
    assert refused.value.codes == ["SIGNER_ROLE"]
    log = Log()
    assert log.post("permit.grant/1", chain, grant(), CHONGQING).decision.tags == (("FOREIGN",),)
    with pytest.raises(Refusing):
        log.post("permit.suspend/1", chain, PermitChange(reason="整治"), SICHUAN)


def test_a_delegate_signs_for_an_authority_of_the_region_and_stands_in_its_place() -> None:
    admission = Log().post("permit.grant/1", PERMIT, grant(), SICHUAN, principal=CHONGQING)
    assert admission.decision.alerts == (), "the site is in the principal's region"
    assert post(Log(), "grant", grant(), CHONGQING, principal=SICHUAN) == [("SIGNER_ROLE", "for")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"no": " "}, ("MISSING", "body.no")),
        ({"no": "x" * 201}, ("TEXT_LONG", "body.no")),
        ({"permit_class": "licence"}, ("FIELD_TYPE", "body.class")),
        ({"valid_to": "2022-06-30"}, ("DATE_ORDER", "body.valid_to")),
        ({"valid_from": "2022-7-1"}, ("DATE_FORM", "body.valid_from")),
        ({"valid_from": "2022-02-30"}, ("DATE_FORM", "body.valid_from")),
        ({"division": "500199"}, ("DIVISION", "body.division")),
        ({"division": "5001"}, ("DIVISION", "body.division")),
        ({"address": "ㅤ"}, ("MISSING", "body.address")),
        ({"site": "a b"}, ("SITE_UNKNOWN", "body.site")),
        ({"site": "S-9"}, ("SITE_UNKNOWN", "body.site")),
        ({"items": ()}, ("ITEMS", "body.items")),
        ({"items": (item(),) * 65}, ("ITEMS", "body.items")),
        ({"items": (item(category="HW41"),)}, ("SCOPE_FORM", "body.items.0.category")),
        ({"items": (item(scope="SOME"),)}, ("SCOPE_FORM", "body.items.0.scope")),
        ({"items": (item(codes=()),)}, ("SCOPE_FORM", "body.items.0.codes")),
        ({"items": (item(scope="ALL"),)}, ("SCOPE_FORM", "body.items.0.codes")),
        ({"items": (item(codes=("900-052",)),)}, ("SCOPE_FORM", "body.items.0.codes.0")),
        ({"items": (item(codes=("900-045-49",)),)}, ("SCOPE_FORM", "body.items.0.codes.0")),
        ({"items": (item(codes=(BATTERY, BATTERY)),)}, ("SCOPE_FORM", "body.items.0.codes")),
        ({"items": (item(methods=()),)}, ("METHOD", "body.items.0.methods")),
        ({"items": (item(methods=("R4", "R4")),)}, ("METHOD", "body.items.0.methods")),
        ({"items": (item(methods=("R4", "R10")),)}, ("METHOD", "body.items.0.methods.1")),
        ({"scale_t": "0"}, ("QTY", "body.scale_t")),
        ({"scale_t": "60000吨"}, ("QTY", "body.scale_t")),
        ({"renews": "permit/x"}, ("FIELD_TYPE", "body.renews")),
    ],
)
def test_a_malformed_permit_is_refused_with_its_field(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(Log(), "grant", grant(**changes)) == [reason]


def test_one_day_and_64_items_are_enough() -> None:
    assert post(Log(), "grant", grant(valid_from="2026-06-30", valid_to="2026-06-30", items=(item(),) * 64)) == []


def test_a_permit_is_granted_once() -> None:
    assert post(granted(), "grant", grant()) == [
        ("CHAIN_NOT_OPEN", "seq"),
    ]


def test_a_site_that_is_named_is_the_holders_and_in_that_division() -> None:
    log = Log()
    log.facts.values[site_key(RECEIVER, "S-1")] = Site(name="厂区", division="500116", address="x")
    assert post(log, "grant", grant(site="S-1", division="500115")) == [("SITE_UNKNOWN", "body.site")]
    assert post(log, "grant", grant(site="S-1")) == []


@pytest.mark.parametrize(("methods", "codes"), [(("S",), []), (("S", "R4"), ["METHOD"]), (("R4",), ["METHOD"])])
def test_who_only_collects_may_only_store(methods: tuple[str, ...], codes: list[str]) -> None:
    found = post(Log(), "grant", grant(permit_class="collection", items=(item(methods=methods),)))
    assert [code for code, _ in found] == codes


def test_a_code_that_the_catalogue_of_the_first_day_struck_is_said() -> None:
    """336-100-21 stood in the edition of 2021 and stands no more in that of 2025."""
    struck = (item(), item(category="HW21", codes=("336-100-21",)))
    for valid_from, alerts in (("2024-12-31", ()), ("2025-01-01", (("M", "CODE_RETIRED"),))):
        log = Log()
        body = grant(items=struck, valid_from=valid_from)
        assert log.post("permit.grant/1", PERMIT, body, CHONGQING).decision.alerts == alerts
        assert log.post("permit.amend/1", PERMIT, PermitAmend(reason="更名", no="2"), CHONGQING).decision.alerts == ()
        assert log.post("permit.amend/1", PERMIT, PermitAmend(reason="变更", items=struck), CHONGQING).decision.alerts == alerts


def test_without_the_division_table_no_permit_is_recorded() -> None:
    log = Log()
    log.without_data("divisions")
    assert post(log, "grant", grant()) == [("DATA_NOT_ADOPTED", "body.division")]


def test_a_facility_outside_the_authority_s_region_is_said_aloud() -> None:
    admission = Log().post("permit.grant/1", PERMIT, grant(division="510112"), CHONGQING)
    assert ("H", "PERMIT_SITE_ELSEWHERE") in admission.decision.alerts
    assert Log().post("permit.grant/1", PERMIT, grant(), CHONGQING).decision.alerts == ()


def test_a_withdrawn_division_is_admitted_and_said() -> None:
    admission = Log().post("permit.grant/1", PERMIT, grant(division="500112"), CHONGQING)
    assert ("M", "DIVISION_RETIRED") in admission.decision.alerts


# receivers that need no permit


def exempt(**changes: Any) -> Any:
    """Point-to-point use of lead batteries of one generator, by item 31 of the list of 2025."""
    body = grant(
        permit_class="exempt_use",
        valid_from="2025-01-01",
        items=(item(category="HW31", codes=(BATTERY,), methods=("R4",)),),
        basis=Basis(edition=2025, item=31, plan_no="渝环函〔2025〕1号（虚构）", generator=GENERATOR),
    )
    return replace(body, **changes)


POINT_TO_POINT = Basis(edition=2025, item=31, plan_no="渝环函〔2025〕1号（虚构）", generator=GENERATOR)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"basis": None}, ["EXEMPT_BASIS"]),
        ({"permit_class": "permit"}, ["EXEMPT_BASIS"]),
        ({"basis": replace(POINT_TO_POINT, edition=2021, item=32)}, ["EXEMPT_BASIS"]),
        ({"valid_from": "2024-12-31"}, ["EXEMPT_BASIS"]),
        ({"valid_from": "2024-12-31", "basis": replace(POINT_TO_POINT, edition=2021, item=32)}, []),
        ({"basis": replace(POINT_TO_POINT, item=32)}, ["EXEMPT_BASIS"]),
        ({"basis": replace(POINT_TO_POINT, edition=2016)}, ["EXEMPT_BASIS"]),
        ({"basis": replace(POINT_TO_POINT, plan_no=" ")}, ["MISSING"]),
        ({"basis": replace(POINT_TO_POINT, generator="915101120000FX029X")}, ["USCC"]),
        ({"basis": replace(POINT_TO_POINT, generator=None)}, ["EXEMPT_BASIS"]),
        ({"items": (item(codes=(BATTERY, "384-004-31")),)}, ["EXEMPT_BASIS"]),
        ({"items": (item(scope="ALL", codes=()),)}, ["EXEMPT_BASIS"]),
        ({"items": (item(), item(codes=("384-004-31",)))}, ["EXEMPT_BASIS"]),
        ({"items": (item(methods=("D10",)),)}, ["EXEMPT_BASIS"]),
        ({"items": (item(methods=("S",)),)}, ["EXEMPT_BASIS"]),
    ],
)
def test_r21_the_basis_is_of_the_edition_and_waives_what_the_receiver_may_do(changes: dict[str, Any], codes: list[str]) -> None:
    """Item 31 of 2025 (32 of 2021), 点对点定向利用, waives use alone, for one code of one generator."""
    assert [code for code, _ in post(Log(), "grant", exempt(**changes))] == codes


FLY_ASH = 12


@pytest.mark.parametrize(
    ("waste", "codes"),
    [
        (item(category="HW18", codes=("772-002-18",), methods=("D1",)), []),
        (item(category="HW18", codes=("772-002-18", "772-003-18"), methods=("D1",)), ["EXEMPT_BASIS"]),
        (item(category="HW18", scope="ALL", codes=(), methods=("D1",)), ["EXEMPT_BASIS"]),
        (item(category="HW18", codes=("772-002-18",), methods=("R5",)), ["EXEMPT_BASIS"]),
    ],
)
def test_r21_an_item_of_codes_covers_these_codes_and_its_own_link(waste: PermitItem, codes: list[str]) -> None:
    """Fly ash of household waste incineration (772-002-18): disposal is exempt, item 12 of 2025."""
    body = exempt(items=(waste,), basis=Basis(edition=2025, item=FLY_ASH, plan_no="x"))
    assert [code for code, _ in post(Log(), "grant", body)] == codes


def test_r21_an_amendment_keeps_the_basis_whole() -> None:
    log = Log()
    log.post("permit.grant/1", PERMIT, exempt(), CHONGQING)
    assert post(log, "amend", PermitAmend(reason="变更", items=(item(methods=("D10",)),))) == [("EXEMPT_BASIS", "body.basis.item")]
    assert post(log, "amend", PermitAmend(reason="变更", valid_from="2024-01-01")) == [("EXEMPT_BASIS", "body.basis.item")]
    assert post(log, "amend", PermitAmend(reason="变更", scale_t="5")) == []


# statuses

SUSPEND, RESUME, REVOKE = "suspend", "resume", "revoke"


@pytest.mark.parametrize(
    ("acts", "status"),
    [([SUSPEND], "SUSPENDED"), ([SUSPEND, RESUME], "ACTIVE"), ([REVOKE], "REVOKED"), ([SUSPEND, REVOKE], "REVOKED")],
)
def test_the_status_follows_the_acts_and_keeps_its_history(acts: list[str], status: str) -> None:
    log = granted()
    begun = log.now
    for act in acts:
        log.now += 60
        assert post(log, act, PermitChange(reason="整治")) == []
    history = log.state(PERMIT).history
    assert (history.now, history.at(begun), len(history.changes)) == (status, "ACTIVE", len(acts))


@pytest.mark.parametrize("acts", [[RESUME], [SUSPEND, SUSPEND], [REVOKE, RESUME], [REVOKE, SUSPEND], [REVOKE, REVOKE], [REVOKE, "amend"]])
def test_no_other_order_of_acts_is_admitted(acts: list[str]) -> None:
    log = granted()
    for act in acts[:-1]:
        assert post(log, act, PermitChange(reason="整治")) == []
    last = PermitAmend(reason="变更", scale_t="1") if acts[-1] == "amend" else PermitChange(reason="整治")
    assert post(log, acts[-1], last) == [("PERMIT_TRANSITION", "kind")]


def test_a_change_gives_its_reason_and_is_the_authoritys() -> None:
    log = granted()
    assert post(log, SUSPEND, PermitChange(reason=" ")) == [("MISSING", "body.reason")]
    assert post(log, SUSPEND, PermitChange(reason="整治"), RECEIVER) == [("SIGNER_ROLE", "by.0")]


# amend


def test_an_amendment_replaces_what_it_gives_and_keeps_the_rest() -> None:
    log = granted()
    assert post(log, "amend", PermitAmend(reason="扩建", scale_t="80000", valid_to="2028-06-30", division="500115")) == []
    state = log.state(PERMIT)
    assert (state.scale_g, state.valid_to, state.no, state.division) == (80_000_000_000, "2028-06-30", "CQ5001160001", "500115")
    assert [one.division for one in held_permits(log.facts, RECEIVER).permits] == ["500115"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ("MISSING", "body")),
        ({"no": ""}, ("MISSING", "body.no")),
        ({"valid_to": "2022-06-30"}, ("DATE_ORDER", "body.valid_to")),
        ({"division": "x"}, ("DIVISION", "body.division")),
        ({"division": "500199"}, ("DIVISION", "body.division")),
        ({"division": "510112"}, ("PERMIT_TRANSITION", "body.division")),
        ({"site": "S-9"}, ("SITE_UNKNOWN", "body.site")),
        ({"items": ()}, ("ITEMS", "body.items")),
        ({"scale_t": "-1"}, ("QTY", "body.scale_t")),
        ({"basis": POINT_TO_POINT}, ("EXEMPT_BASIS", "body.basis")),
    ],
)
def test_an_amendment_leaves_a_well_formed_permit(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(granted(), "amend", PermitAmend(reason="变更", **changes)) == [reason]


def test_an_amendment_says_a_place_only_where_it_names_one() -> None:
    log = Log()
    log.post("permit.grant/1", PERMIT, grant(division="510112"), CHONGQING)
    assert log.post("permit.amend/1", PERMIT, PermitAmend(reason="更名", no="2"), CHONGQING).decision.alerts == ()
    moved = log.post("permit.amend/1", PERMIT, PermitAmend(reason="迁址", division="510113"), CHONGQING)
    assert moved.decision.alerts == (("H", "PERMIT_SITE_ELSEWHERE"),)
