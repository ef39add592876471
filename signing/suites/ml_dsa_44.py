"""Suite ``ml-dsa-44``: 2,420 bytes, pure ML-DSA with an empty context; for evidence that must outlive elliptic curves.

Source: FIPS 204, formats §1.
"""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from signing.suites import Suite, Verifier

SPKI_PREFIX = bytes.fromhex("30820532300b06096086480165030403110382052100")
"""DER of SubjectPublicKeyInfo up to the 1,312 bytes of the key (RFC 9881)."""


def _load(raw: bytes) -> Verifier:
    key = MLDSA44PublicKey.from_public_bytes(raw)
    return lambda message, signature: key.verify(signature, message)


def _signer(private: PrivateKeyTypes) -> Callable[[bytes], bytes]:
    """``message -> signature``, hedged: two signatures of the same bytes differ, both verify."""
    assert isinstance(private, MLDSA44PrivateKey)
    return private.sign


SUITE = Suite(
    name="ml-dsa-44",
    words="ML-DSA-44",
    prefix=SPKI_PREFIX,
    key_bytes=1312,
    key_form="an ML-DSA-44 key",
    signature_bytes=2420,
    load=_load,
    generate=MLDSA44PrivateKey.generate,
    from_seed=MLDSA44PrivateKey.from_seed_bytes,  # FIPS 204 KeyGen_internal
    holds=lambda private: isinstance(private, MLDSA44PrivateKey),
    signer=_signer,
)
