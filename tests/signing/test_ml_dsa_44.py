"""Suite ml-dsa-44 against Wycheproof: as published, but only the empty context is ours."""

from __future__ import annotations

from collections import Counter

from signing.keys import PrivateKey
from signing.refusal import Refusal
from signing.suite import verify
from signing.suites.ml_dsa_44 import SPKI_PREFIX
from tests.signing.vectors import load


def test_all_180_wycheproof_cases_are_judged_as_published_except_two_with_a_context() -> None:
    verdicts: Counter[tuple[str, bool, str]] = Counter()
    for group in load("wycheproof/mldsa_44_verify_test.json")["testGroups"]:
        spki = SPKI_PREFIX + bytes.fromhex(group["publicKey"])
        for case in group["tests"]:
            try:
                verify("ml-dsa-44", spki, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
                code = "accepted"
            except Refusal as refusal:
                code = refusal.codes[0]
            verdicts[case["result"], bool(case.get("ctx")), code] += 1
    assert verdicts == {
        ("valid", False, "accepted"): 75,
        ("valid", True, "SIGNATURE_WRONG"): 2,
        ("invalid", False, "SIGNATURE_WRONG"): 91,
        ("invalid", True, "SIGNATURE_WRONG"): 5,
        ("invalid", False, "SIGNATURE_FORM"): 3,
        ("invalid", False, "KEY_INVALID"): 4,
    }
    assert verdicts.total() == 180


def test_two_signatures_of_the_same_bytes_differ_and_both_verify() -> None:
    key = PrivateKey.from_seed("ml-dsa-44", b"\x03" * 32)
    one, two = key.sign(b"act"), key.sign(b"act")
    assert one != two
    verify("ml-dsa-44", key.spki, b"act", one)
    verify("ml-dsa-44", key.spki, b"act", two)
