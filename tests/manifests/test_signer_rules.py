"""R-66: who signs which act. Carriers sign with their organisation's key."""

from __future__ import annotations

import pytest

from manifests import acts
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    ORIGIN,
    OTHER_TRUCK,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    a_departure,
    an_issue,
    codes,
)

DEPART = "manifest.depart/1"


def issued(**changes: object) -> Driver:
    log = Driver()
    log.issue(**changes)
    return log


def test_only_the_generator_issues() -> None:
    assert Driver().refused("manifest.issue/1", (STRANGER,), an_issue()) == ["SIGNER_ROLE"]


def test_nobody_co_signs_an_issue() -> None:
    assert Driver().refused("manifest.issue/1", (GENERATOR, RECEIVER), an_issue()) == ["SIGNER_EXTRA"]


def test_only_the_generator_voids() -> None:
    assert issued().refused("manifest.void/1", (CARRIER,), acts.Void(reason="改期")) == ["SIGNER_ROLE"]


def test_consignor_and_carrier_sign_the_departure() -> None:
    assert codes(issued().depart((GENERATOR, CARRIER))) == set()


def test_a_consigning_receiver_signs_the_departure() -> None:
    log = issued(consignor="receiver")
    assert log.refused(DEPART, (GENERATOR, CARRIER), a_departure()) == ["SIGNER_ROLE"]
    log.depart((RECEIVER, CARRIER))


def test_a_named_carrier_alone_is_recorded_and_flagged() -> None:
    log = issued()
    assert codes(log.depart((CARRIER,))) == {"LOAD_UNILATERAL", "L:LOAD_UNILATERAL"}
    assert log.state().legs[-1].carrier == CARRIER


def test_a_carrier_that_was_not_named_cannot_load_alone() -> None:
    assert issued().refused(DEPART, (STRANGER,), a_departure()) == ["SIGNER_MISSING", "SIGNER_ROLE"]
    assert issued(carriers=()).refused(DEPART, (CARRIER,), a_departure()) == ["SIGNER_MISSING", "SIGNER_ROLE"]


def test_a_consignor_alone_is_not_a_carrier() -> None:
    assert issued().refused(DEPART, (GENERATOR,), a_departure()) == ["SIGNER_MISSING"]


def test_a_consignor_that_carries_itself_signs_once_for_both_roles() -> None:
    log = issued(carriers=(GENERATOR,))
    assert codes(log.depart((GENERATOR,))) == set()
    assert log.state().legs[-1].carrier == GENERATOR


def test_another_carrier_than_named_is_possible_and_said() -> None:
    assert codes(issued().depart((GENERATOR, SECOND_CARRIER))) == {"CARRIER_CHANGED"}
    assert codes(issued(carriers=()).depart((GENERATOR, SECOND_CARRIER))) == set()


def test_three_signers_are_too_many_for_a_departure() -> None:
    assert issued().refused(DEPART, (GENERATOR, CARRIER, STRANGER), a_departure()) == ["SIGNER_EXTRA"]


def test_a_signature_for_another_party_needs_a_delegation_and_none_is_in_force() -> None:
    log = issued()
    codes_found = log.refused("manifest.void/1", (CARRIER,), acts.Void(reason="改期"), principal=GENERATOR)
    assert codes_found == ["DELEGATION_MISSING"]
    assert log.refused(DEPART, (STRANGER, CARRIER), a_departure(), principal=GENERATOR) == ["DELEGATION_MISSING"]


def test_both_carriers_sign_a_hand_over() -> None:
    log = Driver().to_in_transit()
    body = acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="5105002", place=ORIGIN)
    kind = "manifest.hand_over/1"
    assert log.refused(kind, (CARRIER,), body) == ["SIGNER_MISSING"]
    assert log.refused(kind, (SECOND_CARRIER, CARRIER), body) == ["SIGNER_ROLE"]
    assert codes(log.post(kind, (CARRIER, SECOND_CARRIER), body)) == {"CARRIER_CHANGED"}
    assert log.state().legs[-1].carrier == SECOND_CARRIER


def test_after_a_hand_over_the_taking_carrier_arrives() -> None:
    log = Driver().to_in_transit(carriers=(CARRIER, SECOND_CARRIER))
    body = acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="5105002", place=ORIGIN)
    assert codes(log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), body)) == set()
    arrival = acts.Arrive(place=log.state().destination)
    assert log.refused("manifest.arrive/1", (CARRIER,), arrival) == ["SIGNER_ROLE"]
    log.arrive((SECOND_CARRIER,))


@pytest.mark.parametrize("party", [GENERATOR, CARRIER, STRANGER])
def test_only_the_named_receiver_fills_part_three(party: str) -> None:
    log = Driver().to_arrived()
    assert log.refused("manifest.receive/1", (party,), log.a_receipt()) == ["SIGNER_ROLE"]


def test_only_the_receiver_disposes_and_only_the_generator_verifies() -> None:
    log = Driver().to_arrived()
    log.receive()
    fate = acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="5.6"),))
    assert log.refused("manifest.dispose/1", (GENERATOR,), fate) == ["SIGNER_ROLE"]
    log.post("manifest.dispose/1", (RECEIVER,), fate)
    assert log.refused("manifest.verify/1", (RECEIVER,), acts.Verify()) == ["SIGNER_ROLE"]
    log.verify()
