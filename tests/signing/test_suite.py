"""What every suite promises, for each line of the table."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.keys import PrivateKey, keyid
from signing.refusal import Refusal
from signing.suite import SUITES, load_key, suite, verify

KEYS = {name: PrivateKey.from_seed(name, bytes(32)) for name in SUITES}
GOLDEN = {
    "ed25519": "339e2ff917630507b6a423b5ce084e285d1fa65d93b3e27a6195d3bbebc9ae23",
    "ecdsa-p256-sha256": "cc42bf1a399bc48797b4674562c62704569fc33a7769cd2a40a335cbbaf77b08",
    "ml-dsa-44": "7de1bacd9f9f9a3688803d8b12af4e3536fe21768190db594b0d96c99383c548",
    "sm2-sm3": "2f16fc07b30efa001b8e2051cf15eac4f1ff0c546c691f383294362782145faf",
}
"""keyid of the all-zero seed: demonstration keys stay the same for ever."""

every_suite = pytest.mark.parametrize("name", SUITES)


def code_of(name: str, spki: bytes, message: bytes, signature: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        verify(name, spki, message, signature)
    return refusal.value.codes[0]


@every_suite
def test_a_suite_stands_under_its_own_name(name: str) -> None:
    assert name == SUITES[name].name
    assert suite(name) is SUITES[name]


@every_suite
def test_what_a_key_signs_verifies_and_has_the_published_length(name: str) -> None:
    signature = KEYS[name].sign("移出人".encode())
    assert len(signature) == SUITES[name].signature_bytes
    verify(name, KEYS[name].spki, "移出人".encode(), signature)


@every_suite
def test_another_message_is_refused(name: str) -> None:
    assert code_of(name, KEYS[name].spki, b"other", KEYS[name].sign(b"act")) == "SIGNATURE_WRONG"


@every_suite
def test_another_key_is_refused(name: str) -> None:
    other = PrivateKey.from_seed(name, b"\x09" * 32)
    assert code_of(name, other.spki, b"act", KEYS[name].sign(b"act")) == "SIGNATURE_WRONG"


@every_suite
@pytest.mark.parametrize("change", [-1, 1])
def test_another_length_is_refused_by_form(name: str, change: int) -> None:
    signature = KEYS[name].sign(b"act") + b"\x00"
    assert code_of(name, KEYS[name].spki, b"act", signature[: SUITES[name].signature_bytes + change]) == "SIGNATURE_FORM"


@every_suite
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_flipped_bit_of_a_signature_is_accepted(name: str, data: st.DataObject) -> None:
    signature = bytearray(KEYS[name].sign(b"act"))
    bit = data.draw(st.integers(0, len(signature) * 8 - 1))
    signature[bit // 8] ^= 1 << bit % 8
    assert code_of(name, KEYS[name].spki, b"act", bytes(signature)) in {"SIGNATURE_WRONG", "SIGNATURE_FORM"}


@every_suite
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_changed_byte_of_the_key_prefix_and_no_other_length_loads(name: str, data: st.DataObject) -> None:
    spki = KEYS[name].spki
    prefix = len(spki) - {"ed25519": 32, "ecdsa-p256-sha256": 65, "ml-dsa-44": 1312, "sm2-sm3": 65}[name]
    at = data.draw(st.integers(0, prefix - 1))
    changed = spki[:at] + bytes([spki[at] ^ data.draw(st.integers(1, 255))]) + spki[at + 1 :]
    for bad in (changed, spki[:-1], spki + b"\x00"):
        with pytest.raises(Refusal) as refusal:
            load_key(name, bad)
        assert refusal.value.codes == ["KEY_INVALID"]


@pytest.mark.parametrize("name", [name for name in SUITES if name != "sm2-sm3"])
def test_the_spki_is_the_der_that_any_library_writes(name: str) -> None:
    spki = KEYS[name].spki
    assert load_der_public_key(spki).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == spki


@every_suite
def test_a_key_of_another_suite_does_not_load(name: str) -> None:
    for other, key in KEYS.items():
        if other != name:
            assert code_of(name, key.spki, b"act", key.sign(b"act")) == "KEY_INVALID"


@every_suite
def test_a_seed_gives_the_same_key_for_ever(name: str) -> None:
    assert KEYS[name].keyid == keyid(KEYS[name].spki) == GOLDEN[name]


@every_suite
def test_generated_keys_differ(name: str) -> None:
    assert PrivateKey.generate(name).keyid != PrivateKey.generate(name).keyid


@pytest.mark.parametrize("name", ["ed25519", "ecdsa-p256-sha256", "sm2-sm3"])
def test_classical_signatures_are_deterministic(name: str) -> None:
    assert KEYS[name].sign(b"act") == KEYS[name].sign(b"act")


@pytest.mark.parametrize("name", ["", "Ed25519", "rsa", "none", "sm2"])
def test_an_unknown_suite_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        verify(name, b"", b"", b"")
    assert refusal.value.codes == ["SUITE_UNKNOWN"]


def test_a_loaded_key_is_reused() -> None:
    spki = KEYS["ed25519"].spki
    assert load_key("ed25519", spki) is load_key("ed25519", spki)
