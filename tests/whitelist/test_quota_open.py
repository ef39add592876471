"""``quota.open``: what was used before the log was, on each of the three kinds of account, once and by two hands (kinds §9)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.directory import LOG_MAIN, Authority
from ledger.model import chain_key
from tests.whitelist.acts import add_list, application, applied, decision, grant, propose, row
from tests.whitelist.driver import (
    APPROVAL,
    CHONGQING,
    GENERATOR,
    LIST,
    OTHER_RECEIVER,
    PERMIT,
    RECEIVER,
    SICHUAN,
    Log,
    Refusing,
    ulid,
)
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.acts.list_propose import ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.acts.permit import PermitGrant
from whitelist.acts.quota_open import QuotaOpen
from whitelist.fields import PermitItem
from whitelist.quota import opened_key, q1_account, q2_account, q3_account, q3_used_g

T = 1_000_000
BOTH = (SICHUAN, CHONGQING)
RENEWED = f"permit/{RECEIVER}/{ulid(21)}"
THIRD_ONE = "915200000000FX0615"  # stands for the authority of a third province


def opening(**changes: Any) -> QuotaOpen:
    body = QuotaOpen(item=0, used_t="100", as_of_on="2026-01-31", source="2026年1月台账（虚构）")
    return replace(body, **changes)


def post(log: Log, chain: str, by: Any = BOTH, **changes: Any) -> list[str]:
    try:
        log.post("quota.open/1", chain, opening(**changes), by)
    except Refusing as refused:
        return refused.codes
    return []


def rows_of(*rows: Row, permit: PermitGrant | None = None) -> Log:
    """A permit, and a list of some rows in force."""
    log = Log()
    log.post("permit.grant/1", PERMIT, permit or grant(), CHONGQING)
    add_list(log, *rows)
    return log


@pytest.fixture
def log() -> Log:
    """A permit, a list in force and a decision on it."""
    found = rows_of(row())
    found.post("approval.apply/1", APPROVAL, application(applied(), applied()), GENERATOR)
    found.post("approval.decide/1", APPROVAL, decision(), SICHUAN)
    return found


@pytest.mark.parametrize(
    ("chain", "account", "changes", "by"),
    [
        (LIST, q1_account(LIST, 0), {}, BOTH),
        (APPROVAL, q2_account(APPROVAL, 0), {}, BOTH),
        (PERMIT, q3_account(PERMIT), {"item": None}, (CHONGQING, SICHUAN)),
    ],
    ids=["list", "approval", "permit"],
)
def test_it_adds_grams_once_and_by_two_hands(log: Log, chain: str, account: str, changes: dict[str, Any], by: tuple[str, str]) -> None:
    before, state = log.used(account), log.state(chain)
    admitted = log.post("quota.open/1", chain, opening(**changes), by)
    assert [(one.account, one.after_g - one.before_g) for one in admitted.decision.accounts] == [(account, 100 * T)]
    assert (log.used(account) - before, log.state(chain), admitted.decision.alerts) == (100 * T, state, ())
    assert log.facts.get(opened_key(account)) == admitted.index
    assert post(log, chain, by, **changes) == ["QUOTA_OPENED"]


@pytest.mark.parametrize("by", [SICHUAN, CHONGQING, (CHONGQING, SICHUAN), (SICHUAN, GENERATOR)])
@pytest.mark.parametrize("chain", [LIST, APPROVAL])
def test_neither_side_alone_gives_or_takes_quota(log: Log, chain: str, by: Any) -> None:
    assert set(post(log, chain, by)) <= {"SIGNER_ROLE", "SIGNER_MISSING"} != set()
    assert post(log, chain) == []


@pytest.mark.parametrize("by", [CHONGQING, (SICHUAN, CHONGQING), (CHONGQING, RECEIVER), (RECEIVER, SICHUAN)])
def test_a_permit_is_opened_by_the_holders_authority_and_another(log: Log, by: Any) -> None:
    assert set(post(log, PERMIT, by, item=None)) <= {"SIGNER_ROLE", "SIGNER_MISSING"} != set()
    assert post(log, PERMIT, (CHONGQING, SICHUAN), item=None) == []


def third(log: Log) -> None:
    """One more province on the log."""
    head = log.facts.values[chain_key(LOG_MAIN)]
    authorities = (*head.state.authorities, Authority(THIRD_ONE, "贵州（虚构）", ("52",)))
    log.facts.values[chain_key(LOG_MAIN)] = replace(head, state=replace(head.state, authorities=authorities))


@pytest.mark.parametrize(
    ("chain", "by", "codes", "tags"),
    [
        ("list/2026-00-50-all", (SICHUAN, CHONGQING), [], ()),
        ("list/2026-00-50-all", (THIRD_ONE, CHONGQING), [], ()),
        ("list/2026-00-50-all", (CHONGQING,), ["SIGNER_ROLE", "SIGNER_MISSING"], ()),
        ("list/2026-53-50-far", (THIRD_ONE, CHONGQING), [], (("FOREIGN",),)),
    ],
    ids=["every other province", "a third", "alone", "a province without an authority"],
)
def test_who_speaks_for_a_side_without_an_authority(chain: str, by: Any, codes: list[str], tags: Any) -> None:
    log = Log()
    third(log)
    log.post("permit.grant/1", PERMIT, grant(), CHONGQING)
    terms: ListPropose = propose(kind="unilateral")
    log.post("list.propose/1", chain, terms, CHONGQING)
    log.post("list.rows/1", chain, ListRows(page=0, rows=(row(),)), CHONGQING)
    if codes:
        assert post(log, chain, by) == codes
    else:
        assert log.post("quota.open/1", chain, opening(), by).decision.tags == tags


@pytest.mark.parametrize(
    ("chain", "changes", "code"),
    [
        (LIST, {"item": 1}, "ROW_UNKNOWN"),
        (LIST, {"item": None}, "MISSING"),
        (APPROVAL, {"item": 1}, "APPROVAL_LINE"),
        (APPROVAL, {"item": 64}, "APPROVAL_LINE"),
        (APPROVAL, {"item": None}, "MISSING"),
        (PERMIT, {"item": 0}, "FIELD_TYPE"),
        (LIST, {"as_of_on": "2026-02-03"}, "DATE_ORDER"),
        (LIST, {"as_of_on": "2026-02-30"}, "DATE_FORM"),
        (LIST, {"used_t": "1,000"}, "QTY"),
        (LIST, {"used_t": "-1"}, "QTY"),
        (LIST, {"source": " "}, "MISSING"),
    ],
)
def test_what_is_refused(log: Log, chain: str, changes: dict[str, Any], code: str) -> None:
    assert post(log, chain, (CHONGQING, SICHUAN) if chain == PERMIT else BOTH, **changes) == [code]


def test_a_pilot_list_has_no_account_to_open() -> None:
    log = Log()
    log.post("permit.grant/1", PERMIT, grant(), CHONGQING)
    log.post("list.propose/1", LIST, propose(kind="pilot"), SICHUAN)
    log.post("list.rows/1", LIST, ListRows(page=0, rows=(row(),)), SICHUAN)
    assert post(log, LIST) == ["ROW_UNKNOWN"]


def test_a_line_of_an_application_has_no_account_yet(log: Log) -> None:
    other = f"approval/{GENERATOR}/{ulid(9)}"
    log.post("approval.apply/1", other, application(applied()), GENERATOR)
    assert post(log, other) == ["APPROVAL_LINE"]


def test_nothing_used_is_a_figure_too(log: Log) -> None:
    admitted = log.post("quota.open/1", LIST, opening(used_t="0"), BOTH)
    assert admitted.decision.accounts == ()
    assert post(log, LIST, used_t="5") == ["QUOTA_OPENED"]


@pytest.mark.parametrize(("used_t", "alerts"), [("57000", ()), ("57000.000001", (("H", "QUOTA_OVERDRAWN"),))])
def test_a_row_that_was_overdrawn_is_said_and_serves_nothing_new(log: Log, used_t: str, alerts: Any) -> None:
    """The decision of the fixture holds 3,000 t of 60,000."""
    assert log.post("quota.open/1", LIST, opening(used_t=used_t), BOTH).decision.alerts == alerts
    other = f"approval/{GENERATOR}/{ulid(9)}"
    log.post("approval.apply/1", other, application(applied()), GENERATOR)
    with pytest.raises(Refusing, match="WL_QUOTA"):
        log.post("approval.decide/1", other, decision(), SICHUAN)


def test_what_was_consented_to_for_one_application_is_not_the_rows(log: Log) -> None:
    """60,000 t, of which 3,000 t are held, and 1 t more for an application that takes nothing (kinds §15, R-36)."""
    letter = {"letter_no": "n", "letter_date": "2026-01-31"}
    consent = ListExceedConsent(
        row=0, extra_t="1", approval=f"approval/{GENERATOR}/{ulid(9)}", asked_no="n", asked_date="2026-01-31", **letter
    )
    log.post("list.exceed_consent/1", LIST, consent, CHONGQING)
    assert log.post("quota.open/1", LIST, opening(used_t="57000.000001"), BOTH).decision.alerts == (("H", "QUOTA_OVERDRAWN"),)


@pytest.mark.parametrize(("used_t", "alerts"), [("3000", ()), ("3000.000001", (("H", "QUOTA_OVERDRAWN"),))])
def test_a_decision_line_that_was_overdrawn(log: Log, used_t: str, alerts: Any) -> None:
    assert log.post("quota.open/1", APPROVAL, opening(used_t=used_t), BOTH).decision.alerts == alerts


@pytest.mark.parametrize(
    ("used_t", "as_of_on", "alerts"),
    [
        ("60000", "2026-01-31", ()),
        ("60000.000001", "2026-01-31", (("M", "PERMIT_SCALE"),)),
        ("72000.000001", "2026-01-31", (("M", "PERMIT_SCALE"), ("H", "QUOTA_OVERDRAWN"))),
        ("72000.000001", "2025-12-31", (("M", "PERMIT_SCALE"), ("H", "QUOTA_OVERDRAWN"))),
        ("72000.000001", "2024-12-31", ()),
    ],
)
def test_r20_of_a_site_that_had_taken_more_than_its_scale(log: Log, used_t: str, as_of_on: str, alerts: Any) -> None:
    body = opening(item=None, used_t=used_t, as_of_on=as_of_on)
    assert log.post("quota.open/1", PERMIT, body, (CHONGQING, SICHUAN)).decision.alerts == alerts


def test_the_use_of_a_site_belongs_to_the_year_of_its_day(log: Log) -> None:
    def used(year: int, of_year: int) -> int:
        return q3_used_g(log.facts, PERMIT, year, of_year)

    log.post("quota.open/1", PERMIT, opening(item=None, as_of_on="2025-12-31"), (CHONGQING, SICHUAN))
    assert (used(2026, 2026), used(2026, 2025), used(2027, 2026)) == (0, 100 * T, 0)


def test_permits_of_one_line_have_one_account_and_one_opening(log: Log) -> None:
    log.post("permit.grant/1", RENEWED, grant(renews=PERMIT), CHONGQING)
    assert post(log, RENEWED, (CHONGQING, SICHUAN), item=None) == []
    assert log.used(q3_account(PERMIT)) == 100 * T
    assert post(log, PERMIT, (CHONGQING, SICHUAN), item=None) == ["QUOTA_OPENED"]


def test_rows_and_lines_are_opened_one_by_one() -> None:
    wide = grant(items=(PermitItem(category="HW31", scope="ALL", methods=("R4", "R5")),))
    log = rows_of(row(), row(methods=("R5",)), permit=wide)
    assert post(log, LIST, item=0) == []
    assert post(log, LIST, item=1) == []
    assert post(log, LIST, item=1) == ["QUOTA_OPENED"]
    assert [log.used(q1_account(LIST, number)) for number in (0, 1)] == [100 * T] * 2


def test_it_opens_no_chain(log: Log) -> None:
    with pytest.raises(AssertionError, match="cannot open"):
        log.post("quota.open/1", f"permit/{OTHER_RECEIVER}/{ulid(30)}", opening(item=None), (CHONGQING, SICHUAN))
