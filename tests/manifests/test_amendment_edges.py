"""What a correction must not do: answer an odd path with a fault, count one party's word for two, block on a closed party, carry grams twice."""

from __future__ import annotations

import pytest

from ledger.model import chain_key
from manifests import acts
from tests.manifests.amending import (
    CONSENT,
    MISTYPED,
    PROPOSE,
    a_change,
    a_proposal,
    case,
    consent,
    not_consented,
    not_proposed,
    propose,
    received,
    trunk,
)
from tests.manifests.driver import (
    ALL_CHECKS,
    BACK,
    CARRIER,
    DESTINATION,
    GENERATOR,
    OTHER_TRUCK,
    Q3,
    RECEIVER,
    STRANGER,
    Driver,
    a_departure,
    codes,
    labels,
    rejected,
)
from tests.manifests.test_case_hands import closed, delegated
from tests.manifests.test_case_hold import CASE as HOLD_CASE
from tests.manifests.test_case_hold import HOLD, a_hold
from tests.manifests.test_lots import ONWARD, collected, issue, lot
from tests.manifests.test_returns import redirect, refused, with_stranger
from tests.workbench import AUTHORITY_50, AUTHORITY_51

ODD_PATHS = ("origin.foo", "legs.foo", "legs.foo.via", "loaded.foo", "times.foo_at", "lines", "legs.0.vehicle.foo", "received.x.y")
ACCEPTED_AFTER_ALL = (("received.0.opinion", '"reject"', '"accept"'), ("received.0.accepted_t", '"0"', '"5.6"'))


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_path_that_is_none_is_refused_whoever_asks(path: str) -> None:
    """Registers are read before a rule sees the path: a stranger's odd path is a refusal, never a fault of the server."""
    log = received("5.6")
    assert "AMEND_PATH" in not_proposed(log, GENERATOR, (path, "", '"x"'))
    assert "AMEND_PATH" in not_proposed(log, STRANGER, (path, '"x"', ""))


def test_who_lets_a_delegate_propose_is_no_others_hand_either() -> None:
    """The receiver's delegate proposes for it; the receiver, the generator's delegate, does not agree in its name (kinds §1.7)."""
    log = received()
    delegated(log, RECEIVER, STRANGER, "case.amend_propose")
    delegated(log, GENERATOR, RECEIVER, "case.amend_consent")
    log.post(PROPOSE, (STRANGER,), a_proposal(log, MISTYPED), chain=case(), principal=RECEIVER)
    body = acts.AmendConsent(trunk=trunk(log))
    assert log.refused(CONSENT, (RECEIVER,), body, chain=case(), principal=GENERATOR) == ["CASE_ROLE"]
    consent(log, GENERATOR)


def test_a_successor_who_proposes_has_agreed_for_whom_it_succeeds() -> None:
    """A closed party never blocks (kinds §1.2): its own consent is not waited for, and nobody could give it."""
    log = received()
    closed(log, RECEIVER, STRANGER)
    propose(log, STRANGER, MISTYPED)
    assert "AMENDED" not in codes(consent(log, GENERATOR))
    assert "AMENDED" in codes(consent(log, AUTHORITY_50))
    assert log.used_g(Q3) == 2_000_000


def test_an_authority_that_proposes_for_a_closed_firm_waits_for_the_other_firm_alone() -> None:
    log = received()
    closed(log, RECEIVER)
    assert "H:SIGNED_FOR_CLOSED" in codes(propose(log, AUTHORITY_50, MISTYPED))
    assert "AMENDED" in codes(consent(log, GENERATOR))


def test_the_delegate_of_an_authority_speaks_for_the_silent_firm_as_the_authority_does() -> None:
    log = received()
    propose(log, RECEIVER, MISTYPED)
    consent(log, AUTHORITY_50)
    log.wait(days=20)
    delegated(log, AUTHORITY_51, STRANGER, "case.amend_consent")
    assert {"AMENDED", "H:CONSENT_BY_AUTHORITY", "ON_BEHALF"} <= codes(consent(log, STRANGER, principal=AUTHORITY_51))


def fixed(log: Driver, chain: str, by: str, *changes: tuple[str, str, str]) -> list[str]:
    """Codes with which a correction of another manifest is refused."""
    hashes = log.state(chain).acts
    named = acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])
    body = acts.AmendPropose(trunk=named, changes=tuple(a_change(*change) for change in changes), reason="误填（虚构）")
    return log.refused(PROPOSE, (by,), body, chain=f"{chain.replace('manifest/', 'case/')}/01K90000000000000000000F01")


def test_lots_that_a_decline_gave_back_are_not_taken_again_by_a_correction() -> None:
    """They may be on another manifest by now: the same grams would be accepted twice."""
    log = collected()
    issue(log, lot())
    log.post("manifest.receive/1", (STRANGER,), log.a_receipt(rejected(0)), chain=ONWARD)
    assert fixed(log, ONWARD, STRANGER, *ACCEPTED_AFTER_ALL) == ["AMEND_IMPOSSIBLE"]
    came = (("received.0.refused_t", "", '"5.6"'),)  # or that they stand at the gate
    assert fixed(log, ONWARD, STRANGER, *came) == ["AMEND_IMPOSSIBLE"]


def test_refused_grams_that_a_decline_gave_back_are_not_taken_again_by_a_correction() -> None:
    log = with_stranger(refused(rejected(0)))
    log.post("manifest.issue/1", (GENERATOR,), redirect(), chain=BACK)
    log.post("manifest.receive/1", (STRANGER,), log.a_receipt(rejected(0)), chain=BACK)
    log.send_back(chain=f"{BACK[:-4]}BAC2")
    assert fixed(log, BACK, STRANGER, *ACCEPTED_AFTER_ALL) == ["AMEND_IMPOSSIBLE"]


def test_what_becomes_a_rejection_says_how_much_was_refused() -> None:
    """Nothing refused would be nothing to return: who rejects on paper would keep the load and be closed."""
    log = received("5.6")
    changes = (
        ("received.0.opinion", '"accept"', '"reject"'),
        ("received.0.accepted_t", '"5.6"', '"0"'),
        ("received.0.reason_code", "", '"label"'),
    )
    assert not_proposed(log, RECEIVER, *changes) == ["AMEND_VALUE"]
    propose(log, RECEIVER, *changes, ("received.0.refused_t", "", '"5.6"'))


def test_a_hold_is_not_evaded_by_a_correction_of_what_was_disposed_of() -> None:
    """A gram before the hold, the rest by a correction under it: the manifest would be closed, and the hold for nothing."""
    log = received("5.6")
    log.dispose((0, "R4", "0.000001"))
    log.wait(minutes=1)
    all_of_it = ("fates.0.mass_t", '"0.000001"', '"5.6"')
    propose(log, RECEIVER, all_of_it)
    log.post(HOLD, (AUTHORITY_50,), a_hold(log), chain=HOLD_CASE)
    assert not_consented(log, GENERATOR) == ["HELD"]
    log.wait(minutes=1)
    log.post("case.release/1", (AUTHORITY_50,), acts.CaseRelease(reason="放行（虚构）"), chain=HOLD_CASE)
    log.wait(minutes=1)
    assert "AMENDED" in codes(consent(log, GENERATOR))


def test_an_authority_that_signs_for_a_closed_firm_does_not_agree_for_its_neighbour() -> None:
    """Both are in its region; the one is closed, the other has not kept silent long enough to be spoken for (kinds §1.2, §7)."""
    log = collected()
    issue(log, lot())
    gate = acts.Gate(labels=labels(14), checks=ALL_CHECKS)
    log.post("manifest.depart/1", (RECEIVER, CARRIER), a_departure(place=DESTINATION, gate=gate, vehicle=OTHER_TRUCK), chain=ONWARD)
    closed(log, CARRIER)
    hashes = log.state(ONWARD).acts
    named, chain = acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1]), f"{ONWARD.replace('manifest/', 'case/')}/01K90000000000000000000F01"
    body = acts.AmendPropose(trunk=named, changes=(a_change("lines.0.mass_t", '"5.6"', '"5.7"'),), reason="误填（虚构）")
    log.post(PROPOSE, (RECEIVER,), body, chain=chain)
    agreed = acts.AmendConsent(trunk=named)
    assert codes(log.post(CONSENT, (AUTHORITY_51,), agreed, chain=chain)) == {"BY_AUTHORITY", "H:SIGNED_FOR_CLOSED"}
    assert log.value(chain_key(chain)).state.proposal.given == (CARRIER,)
    assert "AMENDED" in codes(log.post(CONSENT, (STRANGER,), agreed, chain=chain))
