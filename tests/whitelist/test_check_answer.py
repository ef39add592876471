"""What the check answers beside its reasons: what an issue would draw, and what is left."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from ledger.directory import party_chain
from signing.refusal import Refusal
from tests.whitelist.acts import INTRA, grant, line, listed, transfer
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, ulid
from tests.whitelist.test_check_permission import T, ask, use
from whitelist import check
from whitelist.dry_run import read_checks
from whitelist.quota import q1_account, q2_account, q3_account, q3_key


def test_an_answer_says_what_it_draws_and_what_is_left() -> None:
    log = listed()
    use(log, q2_account(APPROVAL, 0), 2_890 * T)
    use(log, q3_account(PERMIT), 61_000 * T)
    answer = ask(log, line(), line(mass_t="0.4"))
    assert answer.draws == {q2_account(APPROVAL, 0): 6 * T, q3_account(PERMIT): 6 * T}
    assert answer.left_g == {q2_account(APPROVAL, 0): 110 * T, q1_account(LIST, 0): 57_000 * T, q3_account(PERMIT): -1_000 * T}


def test_inside_a_province_only_the_scale_is_drawn() -> None:
    answer = ask(listed(), **INTRA)
    assert (answer.route, answer.draws, answer.listings) == ("INTRA", {q3_account(PERMIT): 5_600_000}, (None,))


def test_what_is_read_is_named_to_the_last_account() -> None:
    """The renewal of the permit too: until when a plan may lie is its term."""
    log, renewed = listed(), f"permit/{RECEIVER}/{ulid(9)}"
    log.post("permit.grant/1", renewed, grant(renews=PERMIT), CHONGQING)
    asked = replace(transfer(line(), line(decision_line=7)), carriers=(OTHER_RECEIVER,))
    log.ask(asked)
    wanted = check.reads(asked, asked.generator, log.now, log.facts)
    assert sorted(set(wanted.chains)) == sorted([party_chain(OTHER_RECEIVER), f"plan/{GENERATOR}/2026", PERMIT, renewed, APPROVAL, LIST])
    assert wanted.accounts == (q3_account(PERMIT), q2_account(APPROVAL, 0), q1_account(LIST, 0))
    assert q3_key(PERMIT) in wanted.registers
    assert check.listed(asked, asked.generator, log.now, log.facts) == list(wanted.chains)


def test_what_is_read_of_a_transfer_that_names_nothing() -> None:
    log = listed()
    asked = transfer(permit=None, approval=None, plan=None)
    log.ask(asked)
    assert (
        check.listed(asked, asked.generator, log.now, log.facts)
        == list(check.reads(asked, asked.generator, log.now, log.facts).chains)
        == []
    )
    unknown = transfer(permit=f"permit/{RECEIVER}/{ulid(9)}", approval=None, plan=None)
    log.ask(unknown)
    assert check.listed(unknown, unknown.generator, log.now, log.facts) == [unknown.permit]


@pytest.mark.parametrize(
    ("text", "code"),
    [("联系人 13800138000", "PERSONAL_DATA"), ("先围堵\u0378后中和", "UNASSIGNED_CHARACTER"), ("e\u0301", "NOT_NFC")],
)
def test_a_text_that_no_statement_may_have_is_asked_about_in_vain(text: str, code: str) -> None:
    """At the door it is refused before any rule is asked, so the check does not say that it would be admitted; the others are answered."""
    good = msgspec.json.decode(msgspec.json.encode(transfer()))
    bad = {**good, "emergency_measures": text}
    first, second = read_checks(msgspec.json.encode({"transfers": [bad, good]})).transfers
    assert isinstance(first, Refusal)
    assert [(one.code, one.field) for one in first.reasons] == [(code, "body.emergency_measures")]
    assert "13800138000" not in str([one.found for one in first.reasons])
    assert second == transfer()
