"""Proof of possession: whoever registers a key shows that he can sign with it, for this party in this log.

The signed bytes name the log (or, while it is founded, its origin), the party, the suite and the key, under a payload type of their own:
a proof cannot be reused for another party or log and can never be a statement. Possession is proved, consent is not.
Source: formats §5, §10.
"""

from typing import Annotated

from msgspec import Meta, Struct

from signing import b64
from signing.envelope import pae
from signing.keys import PrivateKey
from signing.refusal import Refusal, refuse
from signing.suite import SUITES, verify

PAYLOAD_POSSESSION = "application/vnd.liandan.possession.v1"
SUITE_WORDS = {one.name: one.words for one in SUITES.values()}
SUITE = Meta(
    pattern=f"^({'|'.join(SUITES)})$",
    extra={"code": "SUITE_UNKNOWN", "expected": " / ".join(SUITES)},
    extra_json_schema={"enum": list(SUITES), "x-code": "SUITE_UNKNOWN", "x-words": SUITE_WORDS},
)
"""One of the table's suites, as the form of a field."""
BASE64 = Meta(
    pattern=b64.PATTERN,
    extra={"code": "BASE64", "expected": "RFC 4648 §4 with padding, canonical"},
    extra_json_schema={"contentEncoding": "base64", "x-code": "BASE64"},
)
"""Canonical base64, as the form of a field."""


class KeyRegistration(Struct, frozen=True, forbid_unknown_fields=True):
    """Wire form of a key in a statement; ``spki`` and ``pop`` are canonical base64."""

    suite: Annotated[str, SUITE, Meta(title="算法", description="suite")]
    spki: Annotated[str, BASE64, Meta(title="公钥（DER）", description="SubjectPublicKeyInfo, DER")]
    pop: Annotated[str, BASE64, Meta(title="持有证明", description="proof of possession")]


def possession_message(x: str, uscc: str, suite: str, spki: bytes) -> bytes:
    """The PAE that the new key signs; ``x`` is the statement hash of ``log.found`` in hex, inside ``log.found`` the origin."""
    assert not any("\n" in part for part in (x, uscc, suite)), "parts of one line each"
    return pae(PAYLOAD_POSSESSION, f"{x}\n{uscc}\n{suite}\n{b64.encode(spki)}".encode())


def register(key: PrivateKey, x: str, uscc: str) -> KeyRegistration:
    """The registration of ``key`` for the party ``uscc``, signed by the key itself."""
    pop = key.sign(possession_message(x, uscc, key.suite, key.spki))
    return KeyRegistration(key.suite, b64.encode(key.spki), b64.encode(pop))


def check_registration(registration: KeyRegistration, x: str, uscc: str, *, field: str = "") -> bytes:
    """Return the key's SPKI in DER if the registration holds, for the log ``x`` and the party ``uscc``; raises Refusal.

    SUITE_UNKNOWN, BASE64, KEY_INVALID, SIGNATURE_FORM or POSSESSION_WRONG; ``field`` is the dotted path of the registration.
    """
    path = f"{field}." if field else ""
    spki = b64.decode(registration.spki, field=f"{path}spki")
    pop = b64.decode(registration.pop, field=f"{path}pop")
    try:
        verify(registration.suite, spki, possession_message(x, uscc, registration.suite, spki), pop)
    except Refusal as refusal:
        reason = refusal.reasons[0]
        part = {"SUITE_UNKNOWN": "suite", "KEY_INVALID": "spki"}.get(reason.code, "pop")
        code = "POSSESSION_WRONG" if reason.code == "SIGNATURE_WRONG" else reason.code
        raise refuse(code, field=path + part, found=reason.found, expected=reason.expected) from None
    return spki
