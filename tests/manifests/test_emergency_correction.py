"""A corrected receipt on an emergency: what it counts now, and what is said where that is beyond the ceiling (kinds §8, §9)."""

from __future__ import annotations

from tests.manifests.amending import consent, propose
from tests.manifests.driver import GENERATOR, RECEIVER, accepted, codes
from tests.manifests.emergencies import counted_g, issue, joined, why
from tests.manifests.test_emergency import T, manifest
from tests.workbench import AUTHORITY_50


def test_a_receipt_that_is_corrected_beyond_the_ceiling_is_a_fact_and_said() -> None:
    """10 t issued, 1 t received, 9 t issued on the rest, and then it was 10 t after all: 19 t of 10 (the ceiling lets nothing more go)."""
    log = joined()
    issue(log, "10")
    log.receive(accepted(0, "1"))  # never recorded as departed: a fact all the same
    issue(log, "9", chain=manifest(2))
    assert counted_g(log) == 10 * T
    more = ("received.0.accepted_t", '"1"', '"10"')
    propose(log, RECEIVER, more)
    consent(log, GENERATOR)
    assert "H:QUOTA_OVERDRAWN" in codes(consent(log, AUTHORITY_50))
    assert counted_g(log) == 19 * T
    assert why(log, "1", chain=manifest(3))[0][0] == "EMERGENCY_CEILING"
