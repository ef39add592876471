"""The table of signature suites, and the one way to verify a signature.

The algorithm always comes from the key's registration, never from the signature or its envelope. A suite is one module in
``signing/suites/`` and one line here. Source: formats §1.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from signing.refusal import refuse
from signing.suites import ecdsa_p256, ed25519, ml_dsa_44

Verifier = Callable[[bytes, bytes], None]
"""``(message, signature) -> None``; raises Refusal SIGNATURE_FORM or SIGNATURE_WRONG. Safe to share between threads."""

CACHED_KEYS = 8192
"""Loaded keys kept in memory; a log has a few thousand active ones, an ML-DSA key takes the most, some tens of kilobytes."""


class Suite(Protocol):
    """What a suite module offers. Seeds are 32 bytes; keys travel as DER SubjectPublicKeyInfo in exactly one encoding."""

    NAME: str
    SIGNATURE_BYTES: int

    def verifier(self, spki: bytes) -> Verifier:
        """Load a public key; raises Refusal KEY_INVALID for every encoding but ours and for keys that prove nothing."""

    def generate(self) -> PrivateKeyTypes:
        """A new random private key."""

    def from_seed(self, seed: bytes) -> PrivateKeyTypes:
        """The private key of a seed, the same for ever: for demonstration, tests and published vectors."""

    def holds(self, private: PrivateKeyTypes) -> bool:
        """Whether a private key read from a file belongs to this suite."""

    def signer(self, private: PrivateKeyTypes) -> Callable[[bytes], bytes]:
        """``message -> signature`` in the form that ``verifier`` accepts."""


SUITES: Mapping[str, Suite] = {"ed25519": ed25519, "ecdsa-p256-sha256": ecdsa_p256, "ml-dsa-44": ml_dsa_44}


def suite(name: str) -> Suite:
    """The suite of that name; raises Refusal SUITE_UNKNOWN."""
    try:
        return SUITES[name]
    except KeyError:
        raise refuse("SUITE_UNKNOWN", field="suite", found=name, expected=", ".join(SUITES)) from None


@lru_cache(maxsize=CACHED_KEYS)
def load_key(suite_name: str, spki: bytes) -> Verifier:
    """A loaded public key, from the cache where possible; raises Refusal SUITE_UNKNOWN or KEY_INVALID (refusals are not cached)."""
    return suite(suite_name).verifier(spki)


def verify(suite_name: str, spki: bytes, message: bytes, signature: bytes) -> None:
    """Return if ``signature`` is a signature over ``message`` by the key; raise Refusal otherwise.

    SUITE_UNKNOWN, KEY_INVALID, SIGNATURE_FORM (length, range, upper half) or SIGNATURE_WRONG.
    """
    load_key(suite_name, spki)(message, signature)
