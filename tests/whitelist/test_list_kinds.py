"""Lists: propose, rows, countersign (kinds §4); rows are judged as a whole (E7 of the cases)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.whitelist.acts import BATTERY, add_list, countersign, propose, row, with_permit
from tests.whitelist.driver import CHONGQING, LIST, PERMIT, RECEIVER, SICHUAN, Log, ulid
from tests.whitelist.listing_bench import DECEMBER, LEAD, WIDE, lead, page, post, proposed, sealed
from whitelist.acts.list_rows import ListRows
from whitelist.fields import Scope
from whitelist.listing import Conditions, ListRow, rows_hash

# who, when, what


def test_a_list_is_in_force_once_the_other_side_signs_its_rows() -> None:
    log = proposed(rows=3, pages=2, suspension_stops="depart", conditions=Conditions(pre_notice_days=3))
    assert post(log, "rows", page(0, lead(LEAD[0]), lead(LEAD[1], quota_t="1"))) == []
    assert log.state(LIST).status == "PROPOSED"
    assert post(log, "rows", page(1, lead(LEAD[2], quota_t="2", conditions=Conditions(use_only=True)))) == []
    assert post(log, "countersign", sealed(log), CHONGQING) == []
    state = log.state(LIST)
    assert (state.status, state.suspension_stops, state.kind, state.proposer) == ("ACTIVE", "depart", "mutual", SICHUAN)
    assert [one.quota_g for one in state.rows] == [60_000_000_000, 1_000_000, 2_000_000]
    assert (state.conditions.pre_notice_days, state.rows[2].conditions.use_only, state.rows[0].root) == (3, True, PERMIT)


def test_each_side_signs_its_own_part() -> None:
    log = with_permit(DECEMBER)
    assert post(log, "propose", propose(), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    post(log, "propose", propose())
    assert post(log, "rows", page(0, row()), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    post(log, "rows", page(0, row()))
    assert post(log, "countersign", sealed(log), SICHUAN) == [("SIGNER_ROLE", "by.0")]


def test_an_authority_of_both_sides_does_not_countersign_its_own_proposal() -> None:
    log = with_permit(DECEMBER)
    log.only_authority(CHONGQING, ("50", "51"))
    assert post(log, "propose", propose(), CHONGQING) == []
    assert post(log, "rows", page(0, row()), CHONGQING) == []
    assert post(log, "countersign", sealed(log), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    assert log.state(LIST).status == "PROPOSED"


def test_the_direction_turns_the_sides_round() -> None:
    log = with_permit(DECEMBER)
    add_list(log, chain="list/2026-50-51-cy", sides=(CHONGQING, SICHUAN))
    assert log.state("list/2026-50-51-cy").status == "ACTIVE"


def test_a_province_without_an_authority_in_the_log_has_no_list() -> None:
    assert post(Log(), "propose", propose(), SICHUAN, "list/2026-34-50-ah") == [("SIGNER_ROLE", "by.0")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"letter_no": ""}, ("MISSING", "body.letter_no")),
        ({"letter_date": "2025-12-29"}, ("DATE_ORDER", "body.letter_date")),
        ({"letter_date": "12-20"}, ("DATE_FORM", "body.letter_date")),
        ({"effective_from": "2025-12-31"}, ("WL_YEAR", "body.effective_from")),
        ({"effective_to": "2027-01-01"}, ("WL_YEAR", "body.effective_to")),
        ({"effective_from": "2026-07-01", "effective_to": "2026-06-30"}, ("DATE_ORDER", "body.effective_to")),
        ({"kind": "both"}, ("FIELD_TYPE", "body.kind")),
        ({"suspension_stops": "all"}, ("FIELD_TYPE", "body.suspension_stops")),
        ({"rows": 0}, ("LIST_SIZE", "body.rows")),
        ({"pages": 0}, ("LIST_SIZE", "body.pages")),
        ({"pages": 2}, ("LIST_SIZE", "body.pages")),
        ({"rows": 2001}, ("LIST_SIZE", "body.rows")),
        ({"conditions": Conditions(pre_notice_days=61)}, ("FIELD_TYPE", "body.conditions.pre_notice_days")),
        ({"conditions": Conditions(complete_within_days=0)}, ("FIELD_TYPE", "body.conditions.complete_within_days")),
        ({"conditions": Conditions(use_only=False)}, ("FIELD_TYPE", "body.conditions.use_only")),
        ({"conditions": Conditions(transit=("56",))}, ("FIELD_TYPE", "body.conditions.transit.0")),
        ({"conditions": Conditions(transit=("51",) * 9)}, ("LIST_LENGTH", "body.conditions.transit")),
        ({"conditions": Conditions(note=" ")}, ("MISSING", "body.conditions.note")),
    ],
)
def test_a_malformed_proposal_is_refused_with_its_field(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(Log(DECEMBER), "propose", propose(**changes)) == [reason]


def test_a_letter_of_today_and_2000_rows_pass() -> None:
    assert post(Log(DECEMBER), "propose", propose(letter_date="2025-12-28", rows=2000, pages=2000)) == []


def test_a_list_leads_from_one_province_to_another() -> None:
    assert post(Log(DECEMBER), "propose", propose(), SICHUAN, "list/2026-51-51-cy") == [("SAME_PROVINCE", "chain")]


def test_a_list_is_proposed_once() -> None:
    log = proposed()
    assert post(log, "propose", propose()) == [("CHAIN_NOT_OPEN", "seq")]


# unilateral and pilot lists, and lists for every other province

OPEN = "list/2026-00-50-open"


def test_a_unilateral_list_is_the_receiving_sides_word_and_in_force_with_its_last_page() -> None:
    log = with_permit(DECEMBER, items=WIDE)
    assert post(log, "propose", propose(kind="unilateral", rows=2, pages=2), SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "propose", propose(kind="unilateral", rows=2, pages=2), CHONGQING) == []
    assert post(log, "rows", page(0, lead(LEAD[0])), SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "rows", page(0, lead(LEAD[0])), CHONGQING) == []
    assert post(log, "countersign", sealed(log), SICHUAN) == [("SIGNER_ROLE", "by.0"), ("LIST_INCOMPLETE", "kind")]
    assert log.state(LIST).status == "PROPOSED"
    assert post(log, "rows", page(1, lead(LEAD[1])), CHONGQING) == []
    assert log.state(LIST).status == "ACTIVE"
    assert post(log, "countersign", sealed(log), SICHUAN) == [("LIST_STAGE", "kind")]


def test_a_list_for_every_other_province_has_no_side_that_could_agree() -> None:
    assert post(Log(DECEMBER), "propose", propose(), CHONGQING, OPEN) == [("SIGNER_ROLE", "by.0"), ("WL_DIRECTION", "chain")]
    log = with_permit(DECEMBER)
    assert post(log, "propose", propose(kind="unilateral"), CHONGQING, OPEN) == []
    assert post(log, "rows", page(0, row()), CHONGQING, OPEN) == []
    state = log.state(OPEN)
    assert (state.status, state.leads(("51", "50")), state.leads(("34", "50")), state.leads(("50", "51"))) == ("ACTIVE", True, True, False)


@pytest.mark.parametrize(("proposer", "consenter"), [(SICHUAN, CHONGQING), (CHONGQING, SICHUAN)])
def test_a_pilot_list_is_proposed_by_any_authority_and_countersigned_by_the_other_hand(proposer: str, consenter: str) -> None:
    log = with_permit(DECEMBER)
    assert post(log, "propose", propose(kind="pilot"), proposer) == []
    assert post(log, "rows", page(0, row()), consenter) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "rows", page(0, row()), proposer) == []
    assert post(log, "countersign", sealed(log), proposer) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "countersign", sealed(log), consenter) == []
    assert (log.state(LIST).status, log.state(LIST).serves_decisions) == ("ACTIVE", False)


def test_a_pilot_list_that_nobody_could_countersign_is_in_force_at_once() -> None:
    log = with_permit(DECEMBER)
    log.only_authority(CHONGQING)
    assert post(log, "propose", propose(kind="pilot"), CHONGQING) == []
    assert post(log, "rows", page(0, row()), CHONGQING) == []
    assert log.state(LIST).status == "ACTIVE"


# pages


def test_pages_come_in_order_and_hold_what_was_announced() -> None:
    log = proposed(rows=3, pages=2)
    one, two, three, four = (lead(code) for code in LEAD)
    assert post(log, "rows", page(1, one)) == [("LIST_PAGE", "body.page")]
    assert post(log, "rows", page(0, one, two, three, four)) == [("LIST_SIZE", "body.rows")]
    assert post(log, "rows", page(0, one, two, three)) == [("LIST_SIZE", "body.rows")], "nothing would be left for the last page"
    assert post(log, "rows", ListRows(page=0, rows=())) == [("LIST_SIZE", "body.rows")]
    assert post(log, "rows", page(0, one)) == []
    assert post(log, "rows", page(0, two)) == [("LIST_PAGE", "body.page"), ("LIST_SIZE", "body.rows")]
    assert post(log, "countersign", sealed(log), CHONGQING) == [("LIST_INCOMPLETE", "kind")]
    assert post(log, "rows", page(1, two)) == [("LIST_SIZE", "body.rows")], "the last page makes the rows full"
    assert post(log, "rows", page(1, two, three)) == []
    assert post(log, "rows", page(2, four)) == [("LIST_STAGE", "kind")]
    countersign(log)


def test_the_countersignature_is_for_exactly_these_rows() -> None:
    log = proposed()
    post(log, "rows", page(0, row()))
    assert post(log, "countersign", sealed(log, rows_hash="0" * 64), CHONGQING) == [("LIST_DIGEST", "body.rows_hash")]
    assert post(log, "countersign", sealed(log, rows_hash="x"), CHONGQING) == [("FIELD_TYPE", "body.rows_hash")]
    assert post(log, "countersign", sealed(log, letter_no=""), CHONGQING) == [("MISSING", "body.letter_no")]
    assert post(log, "countersign", sealed(log, letter_date="2025-12-29"), CHONGQING) == [("DATE_ORDER", "body.letter_date")]
    countersign(log)
    assert post(log, "countersign", sealed(log), CHONGQING) == [("LIST_STAGE", "kind")]
    assert post(log, "rows", page(1, lead(LEAD[0]))) == [("LIST_STAGE", "kind")]


# the digest


def a_row(**changes: Any) -> ListRow:
    body = ListRow(
        receiver=RECEIVER,
        permit=f"permit/{RECEIVER}/{ulid(1)}",
        root=f"permit/{RECEIVER}/{ulid(1)}",
        waste=Scope(category="HW31", scope="INCLUDE", codes=(BATTERY, "900-025-31")),
        methods=("R4", "R5"),
        quota_g=60_000_000_000,
    )
    return replace(body, **changes)


def test_the_digest_is_what_its_documentation_says() -> None:
    begin = f"{RECEIVER}\tpermit/{RECEIVER}/{ulid(1)}\tHW31\tINCLUDE\t900-052-31,900-025-31\tR4,R5\t60000.000000\t"
    terms = Conditions(pre_notice_days=0, complete_within_days=90, use_only=True, transit=("52", "42"), note="备注（虚构）")
    for row_, end in ((a_row(), "\t\t\t\t\n"), (a_row(conditions=terms), "0\t90\t1\t52,42\t备注（虚构）\n")):
        assert rows_hash([row_]) == sha256(f"liandan/list-rows/v1\n{begin}{end}".encode()).hexdigest()


@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.sampled_from(["HW31", "HW49"]), st.booleans(), st.none() | st.integers(0, 60)),
        min_size=1,
        max_size=4,
    )
)
def test_any_change_of_a_row_changes_the_digest(cells: list[tuple[int, str, bool, int | None]]) -> None:
    rows = [
        a_row(
            waste=Scope(category=hw, scope="ALL"),
            methods=("R4",) if r4 else ("D10",),
            quota_g=grams,
            conditions=None if days is None else Conditions(pre_notice_days=days),
        )
        for grams, hw, r4, days in cells
    ]
    other = [*rows[:-1], replace(rows[-1], quota_g=rows[-1].quota_g + 1)]
    asked = [*rows[:-1], replace(rows[-1], conditions=Conditions(pre_notice_days=60, use_only=True))]
    assert len({rows_hash(rows), rows_hash(other), rows_hash(asked), rows_hash([*rows, rows[0]]), rows_hash(rows[:-1])}) == 5
