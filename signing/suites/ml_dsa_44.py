"""Suite ``ml-dsa-44``: 2,420 bytes, pure ML-DSA with an empty context; for evidence that must outlive elliptic curves.

Source: FIPS 204, formats §1.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from signing.refusal import refuse

NAME = "ml-dsa-44"
SIGNATURE_BYTES = 2420

SPKI_PREFIX = bytes.fromhex("30820532300b06096086480165030403110382052100")
"""DER of SubjectPublicKeyInfo up to the 1,312 bytes of the key (RFC 9881)."""

_KEY_BYTES = 1312


def verifier(spki: bytes) -> Callable[[bytes, bytes], None]:
    """``(message, signature) -> None`` for one key; raises KEY_INVALID here, SIGNATURE_FORM or SIGNATURE_WRONG there."""
    raw = spki[len(SPKI_PREFIX) :]
    if len(raw) != _KEY_BYTES or not spki.startswith(SPKI_PREFIX):
        raise refuse("KEY_INVALID", found=f"{len(spki)} bytes", expected="DER SubjectPublicKeyInfo of an ML-DSA-44 key, 1334 bytes")
    key = MLDSA44PublicKey.from_public_bytes(raw)

    def verify(message: bytes, signature: bytes) -> None:
        if len(signature) != SIGNATURE_BYTES:
            raise refuse("SIGNATURE_FORM", found=f"{len(signature)} bytes", expected=f"{SIGNATURE_BYTES} bytes")
        try:
            key.verify(signature, message)
        except InvalidSignature:
            raise refuse("SIGNATURE_WRONG", expected="a signature by this key over these bytes") from None

    return verify


def generate() -> MLDSA44PrivateKey:
    """A new random key."""
    return MLDSA44PrivateKey.generate()


def from_seed(seed: bytes) -> MLDSA44PrivateKey:
    """The key of a 32-byte seed (FIPS 204 KeyGen_internal)."""
    return MLDSA44PrivateKey.from_seed_bytes(seed)


def holds(private: PrivateKeyTypes) -> bool:
    """Whether ``private`` is a key of this suite."""
    return isinstance(private, MLDSA44PrivateKey)


def signer(private: PrivateKeyTypes) -> Callable[[bytes], bytes]:
    """``message -> signature``, hedged: two signatures of the same bytes differ, both verify."""
    assert isinstance(private, MLDSA44PrivateKey)
    return private.sign
