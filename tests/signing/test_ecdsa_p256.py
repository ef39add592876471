"""Suite ecdsa-p256-sha256: one signature has one form."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.keys import PrivateKey
from signing.refusal import Refusal
from signing.suite import load_key, verify
from signing.suites.ecdsa_p256 import SPKI_PREFIX
from tests.sample import sample
from tests.signing.vectors import load

NAME = "ecdsa-p256-sha256"
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY = PrivateKey.from_seed(NAME, b"\x02" * 32)
ACCEPTED = "3681af82a0872277c993f7842b26cca99b95681321982eed28b5f5d8d3ccca31"
"""SHA-256 of the accepted Wycheproof numbers, joined by commas."""


def code_of(spki: bytes, message: bytes, signature: bytes) -> str:
    try:
        verify(NAME, spki, message, signature)
    except Refusal as refusal:
        return refusal.codes[0]
    return "accepted"


def test_wycheproof_is_judged_as_published_but_for_the_70_valid_signatures_with_high_s() -> None:
    accepted, folded, number = [], [], 0
    for group in load("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json")["testGroups"]:
        spki = bytes.fromhex(group["publicKeyDer"])
        for case in group["tests"]:
            number += 1
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            code = code_of(spki, message, signature)
            if code == "accepted":
                assert case["result"] == "valid", case["tcId"]
                accepted.append(case["tcId"])
            elif case["result"] == "valid":
                s = int.from_bytes(signature[32:])
                assert s > N // 2, case["tcId"]
                assert code == "SIGNATURE_FORM"
                assert code_of(spki, message, signature[:32] + (N - s).to_bytes(32)) == "accepted", "the client folds"
                folded.append(case["tcId"])
    assert (number, len(accepted), len(folded)) == (262, 103, 70)
    assert sha256(",".join(map(str, accepted)).encode()).hexdigest() == ACCEPTED


def test_rfc_6979_a_2_5_is_signed_to_the_byte_and_folded() -> None:
    scalar = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    key = PrivateKey(NAME, ec.derive_private_key(scalar, ec.SECP256R1()))
    r, high = (
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        (0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8),
    )
    assert key.sign(b"sample").hex() == r + f"{N - high:064x}"
    assert key.sign(b"test").hex() == (
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
        + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
    )


@settings(max_examples=sample(60), deadline=None)
@given(st.binary(max_size=80))
def test_every_signature_we_make_has_its_s_in_the_lower_half_and_verifies(message: bytes) -> None:
    signature = KEY.sign(message)
    assert 0 < int.from_bytes(signature[32:]) <= (N - 1) // 2
    verify(NAME, KEY.spki, message, signature)


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 1), (1, 0), (N, 1), (1, N), (2**256 - 1, 1), (1, 2**256 - 1), (1, (N + 1) // 2)],
    ids=["r=0", "s=0", "r=n", "s=n", "r max", "s max", "first s of the upper half"],
)
def test_r_and_s_out_of_range_are_refused_by_form(r: int, s: int) -> None:
    assert code_of(KEY.spki, b"act", r.to_bytes(32) + s.to_bytes(32)) == "SIGNATURE_FORM"


def test_the_last_s_of_the_lower_half_has_the_right_form() -> None:
    assert code_of(KEY.spki, b"act", (1).to_bytes(32) + ((N - 1) // 2).to_bytes(32)) == "SIGNATURE_WRONG"


def test_a_der_signature_is_refused_by_form() -> None:
    assert code_of(KEY.spki, b"act", bytes.fromhex("3006020101020101")) == "SIGNATURE_FORM"


def encodings() -> dict[str, bytes]:
    public = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    hybrid = bytes([6 + (point[64] & 1)]) + point[1:]
    other = ec.derive_private_key(7, ec.SECP384R1()).public_key()
    k1 = ec.derive_private_key(7, ec.SECP256K1()).public_key()
    return {
        "compressed": SPKI_PREFIX[:1]
        + b"\x39"
        + SPKI_PREFIX[2:-4]
        + b"\x03\x22\x00"
        + public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        "hybrid": SPKI_PREFIX + hybrid,
        "point alone": point,
        "another curve": other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "a curve of the same size": k1.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "trailing byte": SPKI_PREFIX + point + b"\x00",
        "off the curve": SPKI_PREFIX + point[:-1] + bytes([point[-1] ^ 1]),
        "coordinates not reduced": SPKI_PREFIX + b"\x04" + b"\xff" * 64,
        "infinity": SPKI_PREFIX + b"\x00" * 65,
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "long form length": b"\x30\x81\x59" + SPKI_PREFIX[2:] + point,
        "empty": b"",
    }


@pytest.mark.parametrize("name", encodings())
def test_every_other_encoding_of_a_key_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        load_key(NAME, encodings()[name])
    assert refusal.value.codes == ["KEY_INVALID"]
