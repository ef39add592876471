"""Signatures and keys of suite sm2-sm3 that every reader must judge alike: good ones, and each form that must be refused."""

from __future__ import annotations

from collections.abc import Iterator

from asn1crypto.algos import DSASignature

from signing.keys import PrivateKey
from signing.suites import sm2_sm3
from signing.suites.sm2_sm3 import SPKI_PREFIX

NAME = "sm2-sm3"
P, N, G = sm2_sm3._P, sm2_sm3._N, sm2_sm3._G
KEY = PrivateKey.from_seed(NAME, b"\x02" * 32)


def raw_of(der: bytes) -> bytes:
    """r‖s of a DER signature."""
    told = DSASignature.load(der)
    return b"".join(told[part].native.to_bytes(32) for part in ("r", "s"))


def malleations(signature: bytes) -> Iterator[tuple[str, bytes, str]]:
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])

    def of(first: int, second: int) -> bytes:
        return (first % 2**256).to_bytes(32) + (second % 2**256).to_bytes(32)

    yield "r + n", of(r + N, s), "SIGNATURE_FORM" if r + N < 2**256 else "SIGNATURE_WRONG"
    yield "s + n", of(r, s + N), "SIGNATURE_FORM" if s + N < 2**256 else "SIGNATURE_WRONG"
    yield "-s", of(r, N - s), "SIGNATURE_WRONG"
    yield "-r", of(N - r, s), "SIGNATURE_WRONG"
    yield "both", of(N - r, N - s), "SIGNATURE_WRONG"
    yield "-t - s", of(r, (-r - s) % N), "SIGNATURE_WRONG"
    yield "changed round", of(s, r), "SIGNATURE_WRONG"
    for name, one in (("zero", 0), ("n", N), ("p", P), ("most", 2**256 - 1)):
        yield f"r {name}", of(one, s), "SIGNATURE_FORM"
        yield f"s {name}", of(r, one), "SIGNATURE_FORM"
    yield "r + s = n", of(r, N - r), "SIGNATURE_FORM"
    yield "DER", DSASignature.from_p1363(signature).dump(), "SIGNATURE_FORM"
    yield "trailing", signature + b"\0", "SIGNATURE_FORM"
    yield "short", signature[:63], "SIGNATURE_FORM"


def bad_keys() -> dict[str, bytes]:
    good = KEY.spki
    x, y = int.from_bytes(good[27:59]), int.from_bytes(good[59:])
    p256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
    return {
        "off the curve": good[:-1] + bytes([good[-1] ^ 1]),
        "x of p and more": good[:27] + ((x + P) % 2**256).to_bytes(32) + good[59:],
        "y of p": good[:59] + P.to_bytes(32),
        "coordinates exchanged": good[:27] + y.to_bytes(32) + x.to_bytes(32),
        "zero": good[:27] + bytes(64),
        "infinity": SPKI_PREFIX + b"\x00" * 65,
        "compressed": bytes.fromhex("3039301306072a8648ce3d020106082a811ccf5501822d032200") + bytes([2 + y % 2]) + x.to_bytes(32),
        "hybrid": SPKI_PREFIX + bytes([6 + y % 2]) + good[27:],
        "P-256": p256 + good[26:],
        "trailing byte": good + b"\0",
        "point alone": good[26:],
        "long form length": b"\x30\x81\x59" + good[2:],
        "empty": b"",
    }


def judged() -> Iterator[tuple[bytes, bytes, bytes]]:
    """SubjectPublicKeyInfo, message, signature."""
    for length in (0, 1, 20, 21, 22, 23, 54, 55, 56, 64, 500):  # around the blocks of SM3, with the 32 bytes that come before
        yield KEY.spki, bytes(length), KEY.sign(bytes(length))
    for scalar in (1, 2, 3, N - 3, N - 2):
        near = PrivateKey(NAME, sm2_sm3._key(scalar))
        yield near.spki, b"act", near.sign(b"act")
    for number in range(3):
        signature = KEY.sign(b"%d" % number)
        for _, changed, _ in malleations(signature):
            yield KEY.spki, b"%d" % number, changed
        yield KEY.spki, b"other", signature
    for bad in bad_keys().values():
        yield bad, b"act", KEY.sign(b"act")
    opposite = SPKI_PREFIX + b"\x04" + G[0].to_bytes(32) + (P - G[1]).to_bytes(32)
    yield opposite, b"act", KEY.sign(b"act")
