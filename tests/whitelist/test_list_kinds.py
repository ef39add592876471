from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.whitelist.acts import BATTERY, add_list, countersign, propose, row
from tests.whitelist.driver import CHONGQING, LIST, OTHER_RECEIVER, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.listing import ListCountersign, ListRows
from whitelist.listing import ListRow, rows_hash
from whitelist.scope import Scope


def post(log: Log, kind: str, body: Any, by: str = SICHUAN, chain: str = LIST) -> list[tuple[str, str]]:
    try:
        log.post(f"list.{kind}/1", chain, body, by)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []


def sealed(log: Log, **changes: Any) -> ListCountersign:
    body = ListCountersign(rows_hash=rows_hash(log.state(LIST).rows), letter_no="渝环函〔2025〕800号", letter_date="2025-12-25")
    return replace(body, **changes)


def test_a_list_is_in_force_once_the_other_side_signs_its_rows() -> None:
    log = Log("2025-12-28 09:00")
    assert post(log, "propose", propose(rows=3, pages=2)) == []
    assert post(log, "rows", ListRows(page=0, rows=(row(), row(quota_t="1")))) == []
    assert log.state(LIST).status == "PROPOSED"
    assert post(log, "rows", ListRows(page=1, rows=(row(quota_t="2"),))) == []
    assert post(log, "countersign", sealed(log), CHONGQING) == []
    state = log.state(LIST)
    assert (state.status, state.suspension_stops, state.kind) == ("ACTIVE", "issue", "mutual")
    assert [one.quota_g for one in state.rows] == [60_000_000_000, 1_000_000, 2_000_000]


def test_each_side_signs_its_own_part() -> None:
    log = Log("2025-12-28 09:00")
    assert post(log, "propose", propose(), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    post(log, "propose", propose())
    assert post(log, "rows", ListRows(page=0, rows=(row(),)), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    post(log, "rows", ListRows(page=0, rows=(row(),)))
    assert post(log, "countersign", sealed(log), SICHUAN) == [("SIGNER_ROLE", "by.0")]


def test_the_direction_turns_the_sides_round() -> None:
    log = Log("2025-12-28 09:00")
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
        ({"rows": 0}, ("LIST_SIZE", "body.rows")),
        ({"pages": 2}, ("LIST_SIZE", "body.rows")),
        ({"rows": 2001}, ("LIST_SIZE", "body.rows")),
    ],
)
def test_a_malformed_proposal_is_refused_with_its_field(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(Log("2025-12-28 09:00"), "propose", propose(**changes)) == [reason]


def test_a_letter_of_today_and_2000_rows_pass() -> None:
    assert post(Log("2025-12-28 09:00"), "propose", propose(letter_date="2025-12-28", rows=2000, pages=2000)) == []


def test_a_list_leads_from_one_province_to_another() -> None:
    assert post(Log("2025-12-28 09:00"), "propose", propose(), SICHUAN, "list/2026-51-51-cy") == [("SAME_PROVINCE", "chain")]


def test_a_list_is_proposed_once() -> None:
    log = Log("2025-12-28 09:00")
    post(log, "propose", propose())
    assert post(log, "propose", propose()) == [("CHAIN_NOT_OPEN", "seq")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receiver": "915001160000FX0108"}, [("USCC", "receiver"), ("PERMIT_HOLDER", "permit")]),
        ({"receiver": OTHER_RECEIVER}, [("PERMIT_HOLDER", "permit")]),
        ({"permit": "permit/x"}, [("PERMIT_HOLDER", "permit")]),
        ({"waste": Scope(category="HW00", scope="ALL")}, [("SCOPE_FORM", "waste.category")]),
        ({"waste": Scope(category="HW31", scope="INCLUDE")}, [("SCOPE_FORM", "waste.codes")]),
        ({"methods": ("R4", "R4")}, [("METHOD", "methods.1")]),
        ({"quota_t": "0"}, [("QTY", "quota_t")]),
    ],
)
def test_a_malformed_row_is_refused_with_its_field(changes: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    log = Log("2025-12-28 09:00")
    post(log, "propose", propose(rows=2))
    assert post(log, "rows", ListRows(page=0, rows=(row(), row(**changes)))) == [(code, f"body.rows.1.{field}") for code, field in reason]


def test_pages_come_in_order_and_hold_what_was_announced() -> None:
    log = Log("2025-12-28 09:00")
    post(log, "propose", propose(rows=2, pages=2))
    assert post(log, "rows", ListRows(page=1, rows=(row(),))) == [("LIST_PAGE", "body.page")]
    assert post(log, "rows", ListRows(page=0, rows=(row(), row(), row()))) == [("LIST_SIZE", "body.rows")]
    assert post(log, "rows", ListRows(page=0, rows=())) == [("LIST_SIZE", "body.rows")]
    assert post(log, "rows", ListRows(page=0, rows=(row(),))) == []
    assert post(log, "rows", ListRows(page=0, rows=(row(),))) == [("LIST_PAGE", "body.page")]
    assert post(log, "countersign", sealed(log), CHONGQING) == [("LIST_INCOMPLETE", "kind")]
    assert post(log, "rows", ListRows(page=1, rows=(row(),))) == []
    assert post(log, "rows", ListRows(page=2, rows=(row(),))) == [("LIST_PAGE", "body.page")]
    countersign(log)


def test_the_countersignature_is_for_exactly_these_rows() -> None:
    log = Log("2025-12-28 09:00")
    post(log, "propose", propose())
    post(log, "rows", ListRows(page=0, rows=(row(),)))
    assert post(log, "countersign", sealed(log, rows_hash="0" * 64), CHONGQING) == [("LIST_DIGEST", "body.rows_hash")]
    assert post(log, "countersign", sealed(log, letter_no=""), CHONGQING) == [("MISSING", "body.letter_no")]
    countersign(log)
    assert post(log, "countersign", sealed(log), CHONGQING) == [("LIST_STAGE", "kind")]
    assert post(log, "rows", ListRows(page=1, rows=(row(),))) == [("LIST_STAGE", "kind")]


def test_the_digest_is_what_its_documentation_says() -> None:
    from hashlib import sha256

    one = ListRow(
        receiver=RECEIVER,
        permit=f"permit/{RECEIVER}/{ulid(1)}",
        waste=Scope(category="HW31", scope="INCLUDE", codes=(BATTERY, "900-025-31")),
        methods=("R4", "R5"),
        quota_g=60_000_000_000,
    )
    text = f"liandan/list-rows/v1\n{RECEIVER}\tpermit/{RECEIVER}/{ulid(1)}\tHW31\tINCLUDE\t900-052-31,900-025-31\tR4,R5\t60000.000000\n"
    assert rows_hash([one]) == sha256(text.encode()).hexdigest()


@given(st.lists(st.tuples(st.integers(1, 10**12), st.sampled_from(["HW31", "HW49"]), st.booleans()), min_size=1, max_size=4))
def test_any_change_of_a_row_changes_the_digest(cells: list[tuple[int, str, bool]]) -> None:
    rows = [
        ListRow(receiver=RECEIVER, permit="p", waste=Scope(category=hw, scope="ALL"), methods=("R4",) if r4 else ("D10",), quota_g=grams)
        for grams, hw, r4 in cells
    ]
    other = [*rows[:-1], replace(rows[-1], quota_g=rows[-1].quota_g + 1)]
    assert len({rows_hash(rows), rows_hash(other), rows_hash([*rows, rows[0]]), rows_hash(rows[:-1])}) == 4
