"""Rows of a list are judged as a whole: against their permits and against each other (kinds §4; E7 of the cases)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.whitelist.acts import BATTERY, grant, propose, row, with_permit
from tests.whitelist.driver import CHONGQING, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Refusing, ulid
from tests.whitelist.listing_bench import ALL_BUT_LEAD, DECEMBER, LEAD, WIDE, lead, page, post, proposed
from whitelist.acts.permit_status import PermitChange
from whitelist.fields import PermitItem, Scope
from whitelist.listing import Conditions

# rows, one by one


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receiver": "915001160000FX0108"}, [("USCC", "receiver")]),
        ({"receiver": OTHER_RECEIVER}, [("PERMIT_HOLDER", "permit")]),
        ({"permit": "permit/x"}, [("FIELD_TYPE", "permit")]),
        ({"permit": f"permit/{RECEIVER}/{ulid(99)}"}, [("PERMIT_UNKNOWN", "permit")]),
        ({"waste": Scope(category="HW00", scope="ALL")}, [("SCOPE_FORM", "waste.category")]),
        ({"waste": Scope(category="HW31", scope="INCLUDE")}, [("SCOPE_FORM", "waste.codes")]),
        ({"waste": Scope(category="HW31", scope="ALL", codes=(BATTERY,))}, [("SCOPE_FORM", "waste.codes"), ("ROW_TWICE", "")]),
        ({"waste": Scope(category="HW49", scope="ALL", codes=("900-041-49",))}, [("SCOPE_FORM", "waste.codes")]),  # and no ROW_PERMIT
        ({"methods": ("R4", "R4")}, [("METHOD", "methods")]),
        ({"quota_t": "0"}, [("QTY", "quota_t")]),
        ({"conditions": Conditions(pre_notice_days=-1)}, [("FIELD_TYPE", "conditions.pre_notice_days")]),
    ],
)
def test_a_malformed_row_is_refused_with_its_field(changes: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    log = proposed(rows=2)
    found = post(
        log, "rows", page(0, lead(LEAD[0]), row(**{"waste": Scope(category="HW31", scope="INCLUDE", codes=(LEAD[1],)), **changes}))
    )
    assert found == [(code, f"body.rows.1.{field}".rstrip(".")) for code, field in reason]


# rows against their permits


@pytest.mark.parametrize(
    ("items", "waste", "methods", "codes"),
    [
        (WIDE, Scope(category="HW31", scope="ALL"), ("R4", "R5"), []),
        (WIDE, Scope(category="HW31", scope="EXCEPT", codes=(BATTERY,)), ("R4",), []),
        (WIDE, Scope(category="HW31", scope="ALL"), ("R4", "R6"), ["ROW_PERMIT"]),
        (ALL_BUT_LEAD, Scope(category="HW31", scope="EXCEPT", codes=(LEAD[0], BATTERY)), ("R4",), []),
        (ALL_BUT_LEAD, Scope(category="HW31", scope="EXCEPT", codes=(BATTERY,)), ("R4",), ["ROW_PERMIT"]),
        (WIDE, Scope(category="HW49", scope="ALL"), ("R4",), ["ROW_PERMIT"]),
        (grant().items, Scope(category="HW31", scope="INCLUDE", codes=(BATTERY,)), ("R4",), []),
        (grant().items, Scope(category="HW31", scope="INCLUDE", codes=(BATTERY, LEAD[0])), ("R4",), ["ROW_PERMIT"]),
        (grant().items, Scope(category="HW31", scope="ALL"), ("R4",), ["ROW_PERMIT"]),
        (
            (
                PermitItem(category="HW31", scope="EXCEPT", codes=(BATTERY,), methods=("R4",)),
                PermitItem(category="HW31", scope="INCLUDE", codes=(BATTERY,), methods=("R5",)),
            ),
            Scope(category="HW31", scope="ALL"),
            ("R4",),
            ["ROW_PERMIT"],
        ),
        (
            (
                PermitItem(category="HW31", scope="EXCEPT", codes=(BATTERY,), methods=("R4",)),
                PermitItem(category="HW31", scope="INCLUDE", codes=(BATTERY,), methods=("R4", "R5")),
            ),
            Scope(category="HW31", scope="ALL"),
            ("R4",),
            [],
        ),
    ],
)
def test_a_row_lies_within_its_permit(items: tuple[PermitItem, ...], waste: Scope, methods: Any, codes: list[str]) -> None:
    log = with_permit(DECEMBER, items=items)
    post(log, "propose", propose())
    assert [code for code, _ in post(log, "rows", page(0, row(waste=waste, methods=methods)))] == codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"valid_from": "2026-01-01", "valid_to": "2026-12-31"}, []),
        ({"valid_from": "2026-01-02"}, ["ROW_PERMIT"]),
        ({"valid_to": "2026-12-30"}, ["ROW_PERMIT"]),
    ],
)
def test_the_permit_is_good_for_all_days_of_the_list(changes: dict[str, Any], codes: list[str]) -> None:
    log = with_permit(DECEMBER, **changes)
    post(log, "propose", propose())
    assert [code for code, _ in post(log, "rows", page(0, row()))] == codes


def test_a_permit_that_is_stopped_is_not_listed() -> None:
    log = with_permit(DECEMBER)
    post(log, "propose", propose())
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="整治"), CHONGQING)
    assert post(log, "rows", page(0, row())) == [("ROW_PERMIT", "body.rows.0.permit")]


@pytest.mark.parametrize(("quota_t", "alerts"), [("60000", ()), ("60000.000001", (("M", "ROW_SCALE"),))])
def test_a_quota_above_the_scale_is_said(quota_t: str, alerts: tuple[Any, ...]) -> None:
    log = with_permit(DECEMBER)
    post(log, "propose", propose())
    assert log.post("list.rows/1", LIST, page(0, row(quota_t=quota_t)), SICHUAN).decision.alerts == alerts


def test_a_code_that_the_catalogue_struck_is_said() -> None:
    struck = Scope(category="HW21", scope="INCLUDE", codes=("336-100-21",))
    log = with_permit(DECEMBER, items=(PermitItem(category="HW21", scope="ALL", methods=("R4",)),))
    post(log, "propose", propose())
    assert log.post("list.rows/1", LIST, page(0, row(waste=struck)), SICHUAN).decision.alerts == (("M", "CODE_RETIRED"),)


# rows against each other


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        (row(), row(), ["ROW_TWICE"]),
        (lead(LEAD[0], LEAD[1]), lead(LEAD[1], LEAD[2]), ["ROW_TWICE"]),
        (lead(LEAD[0]), lead(LEAD[1]), []),
        (lead(LEAD[0], methods=("R4",)), lead(LEAD[0], methods=("R5",)), []),
        (lead(LEAD[0], methods=("R4", "R5")), lead(LEAD[0], methods=("R5",)), ["ROW_TWICE"]),
        (row(waste=Scope(category="HW31", scope="ALL")), lead(LEAD[0]), ["ROW_TWICE"]),
        (row(waste=Scope(category="HW31", scope="EXCEPT", codes=(LEAD[0],))), lead(LEAD[0]), []),
        (lead(LEAD[0]), row(waste=Scope(category="HW31", scope="EXCEPT", codes=(LEAD[0],))), []),
        (
            row(waste=Scope(category="HW31", scope="EXCEPT", codes=(LEAD[0],))),
            row(waste=Scope(category="HW31", scope="ALL")),
            ["ROW_TWICE"],
        ),
    ],
)
@pytest.mark.parametrize("pages", [1, 2])
def test_no_waste_stands_in_two_rows_of_a_permit_and_method(first: Any, second: Any, codes: list[str], pages: int) -> None:
    """E7: on one page or on two."""
    log = proposed(rows=2, pages=pages)
    if pages == 1:
        found = post(log, "rows", page(0, first, second))
    else:
        assert post(log, "rows", page(0, first)) == []
        found = post(log, "rows", page(1, second))
    assert [code for code, _ in found] == codes


def test_a_renewal_may_stand_in_a_row_of_its_own() -> None:
    """Kinds §4 says "same permit", and the frozen corpus holds such a list (decision 50)."""
    log, renewed = proposed(rows=2), f"permit/{RECEIVER}/{ulid(31)}"
    log.post("permit.grant/1", renewed, grant(items=WIDE, renews=PERMIT), CHONGQING)
    assert post(log, "rows", page(0, lead(LEAD[0]), lead(LEAD[0], permit=renewed))) == []


def test_a_row_twice_says_both_numbers_across_pages() -> None:
    log = proposed(rows=3, pages=2)
    post(log, "rows", page(0, lead(LEAD[0]), lead(LEAD[1])))
    with pytest.raises(Refusing) as refused:
        log.post("list.rows/1", LIST, page(1, lead(LEAD[1])), SICHUAN)
    [reason] = refused.value.reasons
    assert (reason.code, reason.field) == ("ROW_TWICE", "body.rows.0")
    assert "row 2" in str(reason.found)
    assert "row 1" in str(reason.expected)
