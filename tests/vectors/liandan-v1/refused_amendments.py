"""Acts that the log of acts must refuse by the rules of corrections (kinds §7, §8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acting import ULID
from acts_amendments import CORRECTION, MISTYPED, propose
from refused import Case
from refused_acts import Posting, index_of
from story import GENERATOR, clock, signers
from writer import Log

ANOTHER = f"case/{GENERATOR}/{ULID}33/{ULID}59"
MASS = ("received.0.accepted_t", '"56"', '"5.6"')


def amendments(log: Log) -> Iterator[Case]:
    """After the mistyped receipt, and after the first consent."""
    receipt = index_of(log, "case.amend_propose")
    here = Posting(log, "amend", receipt, clock("16:35:30"))
    there = Posting(log, "amend", receipt + 1, clock("16:35:30"))
    seq, digest = 1, log.hashes[receipt - 1]

    def proposed(*changes: tuple[str, str, str], by: str = "receiver", chain: str = ANOTHER, **more: Any) -> Any:
        body = propose(log, *changes[0]) | {"trunk": {"seq": seq, "hash": digest}}
        body["changes"] = [{"path": path, "was": was, "now": now} for path, was, now in changes]
        return "case.amend_propose", chain, body, signers(by), more

    def consented(by: str, chain: str = CORRECTION) -> Any:
        return "case.amend_consent", chain, {"trunk": {"seq": seq, "hash": digest}}, signers(by)

    def turned(by: str) -> Any:
        return "case.amend_refuse", CORRECTION, {"reason": "不同意（虚构）"}, signers(by)

    yield here("a field that is never corrected", "AMEND_PATH", proposed(("receiver", '"x"', '"y"')))
    yield here("a field that is not there", "AMEND_PATH", proposed(("received.1.accepted_t", '"56"', '"5.6"')))
    yield here("a field twice", "AMEND_PATH", proposed(MASS, MASS))
    yield here("another value than stands there", "AMEND_STALE", proposed(("received.0.accepted_t", '"57"', '"5.6"')))
    yield here("a mass as a number", "AMEND_STALE", proposed(("received.0.accepted_t", "56", '"5.6"')))
    yield here("the same value", "AMEND_VALUE", proposed(("received.0.accepted_t", '"56"', '"56.0"')))
    yield here("a value in loose JSON", "AMEND_VALUE", proposed(("received.0.accepted_t", '"56"', ' "5.6"')))
    yield here("a mass that is none", "AMEND_VALUE", proposed(("received.0.accepted_t", '"56"', '"-1"')), rules=True)
    yield here("accepted and nothing", "AMEND_VALUE", proposed(("received.0.accepted_t", '"56"', '"0"')), rules=True)
    yield here("by the carrier", "SIGNER_ROLE", proposed(MASS, by="carrier"))
    yield here("by the authority", "SIGNER_ROLE", proposed(MASS, by="chongqing"))
    yield here("another's words", "SIGNER_ROLE", proposed(("insurance_no", '"保单（虚构）1号"', '"2"')))
    yield there("a field that waits already", "AMEND_STALE", proposed(MASS, by="generator"))
    yield there("consent of the proposer", "CASE_ROLE", consented("receiver"), either="SIGNER_ROLE")
    yield there("consent of the carrier", "SIGNER_ROLE", consented("carrier"))
    yield there("consent of the other authority", "SIGNER_ROLE", consented("sichuan"))
    yield there("consent twice", "SIGNER_ROLE", consented("generator"), consented("generator"))
    yield there("consent to what was refused", "AMEND_STATE", turned("generator"), consented("chongqing"))
    yield there("refused by the carrier", "SIGNER_ROLE", turned("carrier"))
    yield there("refused twice", "AMEND_STATE", turned("generator"), turned("receiver"))
    yield there("a second proposal in one case", "CHAIN_NOT_OPEN", proposed(("received.0.method", '"R4"', '"R9"'), chain=CORRECTION))
    assert MISTYPED.endswith("33"), "the manifest that the cases are about"
