"""Corrections (更正): amend_propose, amend_consent, amend_refuse: who may, whose consent they need, which values are taken; kinds §7, §8."""

from __future__ import annotations

import pytest

from ledger.times import day_of, format_at, parse_at
from manifests import acts
from manifests.case import cases_key
from manifests.model import Stage
from signing.refusal import Refusal
from tests.manifests.amending import (
    MISTYPED,
    REFUSE,
    case,
    consent,
    not_consented,
    not_proposed,
    propose,
    received,
    refuse,
    viewed,
)
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    MANIFEST,
    Q2,
    Q3,
    RECEIVER,
    STRANGER,
    codes,
)
from tests.workbench import AUTHORITY_50, AUTHORITY_51


def test_a_mistyped_receipt_is_corrected_by_its_receiver_with_the_other_side_and_its_authority() -> None:
    log = received("200")
    assert (log.used_g(Q2), log.used_g(Q3)) == (200_000_000, 200_000_000)
    assert codes(propose(log, RECEIVER, MISTYPED)) == set()
    assert log.state().lines[0].accepted_g == 200_000_000
    entry = consent(log, GENERATOR)
    assert (codes(entry), entry.admission.decision.accounts) == (set(), ())
    entry = consent(log, AUTHORITY_50)
    assert codes(entry) == {"AMENDED", "M:MASS_AMENDED"}
    assert [(row.account, row.before_g, row.after_g) for row in entry.admission.decision.accounts] == [
        (Q2, 200_000_000, 2_000_000),
        (Q3, 200_000_000, 2_000_000),
    ]
    assert (log.used_g(Q2), log.used_g(Q3)) == (2_000_000, 2_000_000)
    assert (log.state().lines[0].accepted_g, log.state().drawn, log.state().stage) == (
        2_000_000,
        {Q2: 2_000_000, Q3: 2_000_000},
        Stage.ACCEPTED,
    )
    assert log.value(cases_key(MANIFEST)).overlay == {"received.0.accepted_t": '"2.000000"'}
    assert log.value(cases_key(MANIFEST)).proposals == ()
    assert log.refused("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="2.1"),))) == [
        "FATE_EXCEEDS"
    ]
    log.dispose((0, "R4", "2"))
    assert log.state().stage is Stage.DISPOSED
    assert viewed(log).state == log.own_state()


def test_the_last_consent_reads_permit_and_decision() -> None:
    log = received("200")
    assert [chain.partition("/")[0] for chain, _ in propose(log, RECEIVER, MISTYPED).admission.facts] == ["manifest"]
    assert [chain.partition("/")[0] for chain, _ in consent(log, GENERATOR).admission.facts] == ["approval", "manifest", "permit"]


@pytest.mark.parametrize("by", [CARRIER, STRANGER, AUTHORITY_50, AUTHORITY_51])
def test_only_those_of_the_matrix_propose(by: str) -> None:
    assert not_proposed(received(), by, MISTYPED) == ["SIGNER_ROLE"]


def test_nobody_consents_twice_nor_to_his_own_nor_unasked() -> None:
    log = received()
    propose(log, RECEIVER, MISTYPED)
    assert not_consented(log, RECEIVER) == ["CASE_ROLE"]
    for stranger in (CARRIER, STRANGER, AUTHORITY_51):
        assert not_consented(log, stranger) == ["SIGNER_ROLE"]
    consent(log, GENERATOR)
    assert not_consented(log, GENERATOR) == ["SIGNER_ROLE"]


def test_the_generator_may_propose_and_the_receiver_consents() -> None:
    log = received()
    propose(log, GENERATOR, MISTYPED)
    assert not_consented(log, GENERATOR) == ["CASE_ROLE"]
    consent(log, AUTHORITY_50)
    assert codes(consent(log, RECEIVER)) == {"AMENDED", "M:MASS_AMENDED"}


def test_what_is_settled_takes_no_further_word() -> None:
    log = received()
    propose(log, RECEIVER, MISTYPED)
    refuse(log, GENERATOR)
    assert log.value(cases_key(MANIFEST)).proposals == ()
    for settled in (
        not_consented(log, AUTHORITY_50),
        log.refused(REFUSE, (RECEIVER,), acts.AmendRefuse(reason="撤回（虚构）"), chain=case()),
    ):
        assert settled == ["AMEND_STATE"]
    propose(log, RECEIVER, MISTYPED, number=2)
    assert refuse(log, RECEIVER, number=2).statement.seq == 1
    propose(log, RECEIVER, MISTYPED, number=3)
    assert log.refused(REFUSE, (CARRIER,), acts.AmendRefuse(reason="（虚构）"), chain=case(3)) == ["SIGNER_ROLE"]
    consent(log, GENERATOR, number=3)
    consent(log, AUTHORITY_50, number=3)
    assert not_consented(log, AUTHORITY_50, number=3) == ["AMEND_STATE"]


def test_a_proposal_lapses_and_its_fields_are_free() -> None:
    log = received()
    propose(log, RECEIVER, MISTYPED)
    log.wait(days=30)
    consent(log, GENERATOR)
    log.wait(seconds=1)
    assert not_consented(log, AUTHORITY_50) == ["AMEND_STATE"]
    propose(log, RECEIVER, MISTYPED, number=2)


def test_a_silent_firm_is_spoken_for_by_its_authority_after_ten_working_days_and_an_authority_never() -> None:
    log = received()
    propose(log, RECEIVER, MISTYPED)
    log.wait(days=14)  # 2026-11-05 to 11-19: ten working days
    assert not_consented(log, AUTHORITY_51) == ["SIGNER_ROLE"]
    log.wait(days=1)
    entry = consent(log, AUTHORITY_51)
    assert codes(entry) == {"BY_AUTHORITY", "H:CONSENT_BY_AUTHORITY"}
    assert not_consented(log, AUTHORITY_51) == ["SIGNER_ROLE"]
    assert codes(consent(log, AUTHORITY_50)) == {"AMENDED", "M:MASS_AMENDED"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("received.0.accepted_t", '"199"', '"2"'), ["AMEND_STALE"]),
        (("received.0.accepted_t", "", '"2"'), ["AMEND_STALE"]),
        (("received.0.accepted_t", "200", '"2"'), ["AMEND_STALE"]),
        (("received.0.accepted_t", '"200.000000"', '"2.0"'), []),
        (("received.0.accepted_t", '"200"', '"200.0"'), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', "2"), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', '"-2"'), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', '"100001"'), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', ""), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', "null"), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', ' "2"'), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', '"\\u0032"'), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', '"2","x":1'), ["AMEND_VALUE"]),
        (("received.0.accepted_t", '"200"', '"0"'), ["AMEND_VALUE"]),
        (("received.0.opinion", '"accept"', '"reject"'), ["AMEND_VALUE"]),
        (("received.0.opinion", '"accept"', '"take"'), ["AMEND_VALUE"]),
        (("received.0.refused_t", "", '"3"'), ["AMEND_VALUE"]),
        (("received.0.method", '"R4"', '"R99"'), ["AMEND_VALUE"]),
        (("received.1.accepted_t", '"200"', '"2"'), ["AMEND_PATH"]),
        (("received.0.line", "0", "1"), ["AMEND_PATH"]),
        (("received.0.reason", "", '"x"'), ["AMEND_PATH"]),
        (("receiver", f'"{RECEIVER}"', f'"{STRANGER}"'), ["AMEND_PATH"]),
        (("permit", "", '"x"'), ["AMEND_PATH"]),
        (("lines.0.lots", "", "[]"), ["AMEND_PATH"]),
        (("received.0", "", '"x"'), ["AMEND_PATH"]),
        (("Received.0.accepted_t", '"200"', '"2"'), ["AMEND_PATH"]),
        (("received.00.accepted_t", '"200"', '"2"'), ["AMEND_PATH"]),
        (("fates.0.mass_t", '"200"', '"2"'), ["AMEND_PATH"]),
        (("fates.0.onward", "", '"x"'), ["AMEND_PATH"]),
    ],
)
def test_a_field_its_value_in_force_and_what_it_may_hold(change: tuple[str, str, str], expected: list[str]) -> None:
    log = received()
    if expected:
        assert not_proposed(log, RECEIVER, change) == expected
    else:
        propose(log, RECEIVER, change)


def test_a_field_stands_once_in_a_proposal_and_in_one_that_waits() -> None:
    log = received()
    assert not_proposed(log, RECEIVER, MISTYPED, MISTYPED) == ["AMEND_PATH"]
    propose(log, RECEIVER, MISTYPED)
    assert not_proposed(log, GENERATOR, MISTYPED, number=2) == ["AMEND_STALE"]
    propose(log, RECEIVER, ("received.0.method", '"R4"', '"R9"'), number=2)


def test_the_value_in_force_is_the_corrected_one() -> None:
    log = received()
    propose(log, RECEIVER, MISTYPED)
    consent(log, GENERATOR)
    consent(log, AUTHORITY_50)
    assert not_proposed(log, RECEIVER, MISTYPED, number=2) == ["AMEND_STALE"]
    propose(log, RECEIVER, ("received.0.accepted_t", '"2"', '"3"'), number=2)
    consent(log, GENERATOR, number=2)
    consent(log, AUTHORITY_50, number=2)
    assert (log.used_g(Q2), log.used_g(Q3)) == (3_000_000, 3_000_000)


def test_a_clock_that_runs_ahead_makes_nobody_silent() -> None:
    """Two minutes before midnight of the tenth day, signed as three minutes later: neither admitted without effect nor told otherwise by auditors."""
    log = received()
    propose(log, RECEIVER, MISTYPED)
    log.wait(days=14)
    log.at_s = parse_at(f"{day_of(log.at_s)}T23:58:00+08:00")
    with pytest.raises(Refusal) as caught:
        consent(log, AUTHORITY_51, at=format_at(log.at_s + 180))
    assert [reason.code for reason in caught.value.reasons] == ["SIGNER_ROLE"]
