"""Proof of possession binds log, party, suite and key."""

from __future__ import annotations

import msgspec
import pytest

from signing import b64
from signing.envelope import PAYLOAD_STATEMENT, pae
from signing.keys import PrivateKey
from signing.possession import KeyRegistration, check_registration, possession_message, register
from signing.refusal import Refusal
from signing.suite import SUITES
from signing.suites.ed25519 import SPKI_PREFIX

FOUND = "ab" * 32
PARTY = "915101120000FX029E"
KEY = PrivateKey.from_seed("ed25519", b"\x07" * 32)
GOOD = register(KEY, FOUND, PARTY)


def refused(registration: KeyRegistration, x: str = FOUND, uscc: str = PARTY) -> tuple[list[str], str]:
    with pytest.raises(Refusal) as refusal:
        check_registration(registration, x, uscc, field="body.keys.0")
    return refusal.value.codes, refusal.value.reasons[0].field


def test_the_message_is_the_pae_of_formats_5() -> None:
    body = f"{FOUND}\n{PARTY}\ned25519\n{b64.encode(KEY.spki)}".encode()
    expected = b"DSSEv1 37 application/vnd.liandan.possession.v1 %d " % len(body) + body
    assert possession_message(FOUND, PARTY, "ed25519", KEY.spki) == expected


@pytest.mark.parametrize("name", SUITES)
def test_a_registration_holds_and_gives_the_key(name: str) -> None:
    key = PrivateKey.from_seed(name, b"\x08" * 32)
    assert check_registration(register(key, FOUND, PARTY), FOUND, PARTY) == key.spki


def test_the_wire_form_reads_back_and_takes_no_other_field() -> None:
    raw = msgspec.json.encode(GOOD)
    assert list(msgspec.json.decode(raw)) == ["suite", "spki", "pop"]
    assert msgspec.json.decode(raw, type=KeyRegistration) == GOOD
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw[:-1] + b',"note":"x"}', type=KeyRegistration)


def test_a_proof_for_another_log_does_not_hold() -> None:
    assert refused(GOOD, x="cd" * 32) == (["POSSESSION_WRONG"], "body.keys.0.pop")


def test_a_proof_for_another_party_does_not_hold() -> None:
    assert refused(GOOD, uscc="915001160000FX0107") == (["POSSESSION_WRONG"], "body.keys.0.pop")


def test_a_proof_by_another_key_does_not_hold() -> None:
    other = PrivateKey.from_seed("ed25519", b"\x09" * 32)
    stolen = KeyRegistration("ed25519", b64.encode(other.spki), GOOD.pop)
    assert refused(stolen) == (["POSSESSION_WRONG"], "body.keys.0.pop")


def test_a_signature_over_a_statement_is_no_proof() -> None:
    body = f"{FOUND}\n{PARTY}\ned25519\n{b64.encode(KEY.spki)}".encode()
    pop = b64.encode(KEY.sign(pae(PAYLOAD_STATEMENT, body)))
    assert refused(KeyRegistration("ed25519", GOOD.spki, pop)) == (["POSSESSION_WRONG"], "body.keys.0.pop")


def test_the_suite_must_be_known_and_fit_the_key() -> None:
    assert refused(KeyRegistration("rsa", GOOD.spki, GOOD.pop)) == (["SUITE_UNKNOWN"], "body.keys.0.suite")
    assert refused(KeyRegistration("ecdsa-p256-sha256", GOOD.spki, GOOD.pop)) == (["KEY_INVALID"], "body.keys.0.spki")


def test_a_key_of_small_order_is_refused_although_its_proof_would_verify_elsewhere() -> None:
    weak = b64.encode(SPKI_PREFIX + b"\x01" + bytes(31))
    pop = b64.encode(b"\x01" + bytes(63))
    assert refused(KeyRegistration("ed25519", weak, pop)) == (["KEY_INVALID"], "body.keys.0.spki")


def test_base64_and_length_are_checked() -> None:
    assert refused(KeyRegistration("ed25519", GOOD.spki.rstrip("="), GOOD.pop)) == (["BASE64"], "body.keys.0.spki")
    assert refused(KeyRegistration("ed25519", GOOD.spki, GOOD.pop + "\n")) == (["BASE64"], "body.keys.0.pop")
    assert refused(KeyRegistration("ed25519", GOOD.spki, "")) == (["SIGNATURE_FORM"], "body.keys.0.pop")
