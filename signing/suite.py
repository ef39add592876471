"""The table of signature suites, and the one way to verify a signature.

The algorithm always comes from the key's registration, never from the signature or its envelope. A suite is one module in
``signing/suites/`` and one line here. Source: formats §1.
"""

from collections.abc import Mapping
from functools import lru_cache

from signing.refusal import refuse
from signing.suites import Suite, Verifier, ecdsa_p256, ed25519, ml_dsa_44, sm2_sm3

CACHED_KEYS = 8192
"""Loaded keys kept in memory; a log has a few thousand active ones, an ML-DSA key takes the most, some tens of kilobytes."""


SUITES: Mapping[str, Suite] = {one.name: one for one in (ed25519.SUITE, ecdsa_p256.SUITE, ml_dsa_44.SUITE, sm2_sm3.SUITE)}


def suite(name: str) -> Suite:
    """The suite of that name; raises Refusal SUITE_UNKNOWN."""
    if name not in SUITES:
        raise refuse("SUITE_UNKNOWN", field="suite", found=name, expected=", ".join(SUITES))
    return SUITES[name]


@lru_cache(maxsize=CACHED_KEYS)
def load_key(suite_name: str, spki: bytes) -> Verifier:
    """A loaded public key, from the cache where possible; raises Refusal SUITE_UNKNOWN or KEY_INVALID (refusals are not cached)."""
    return suite(suite_name).verifier(spki)


def verify(suite_name: str, spki: bytes, message: bytes, signature: bytes) -> None:
    """Return if the key made this signature; SUITE_UNKNOWN, KEY_INVALID, SIGNATURE_FORM (length, range, upper half) or SIGNATURE_WRONG."""
    load_key(suite_name, spki)(message, signature)
