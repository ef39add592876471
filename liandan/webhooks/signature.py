"""Signing a request: HTTP Message Signatures (RFC 9421) with Ed25519 over a Content-Digest (RFC 9530).

The signature base is written here because what we cover is fixed and needs no general writer: seven components that are all ASCII, each
once. That others read it as we meant it is proved by libraries of others (tests/liandan/test_webhook_signature.py).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from msgspec import Struct

LABEL, TAG, ALGORITHM = "liandan", "liandan-webhook", "ed25519"
LIFE_S = 300
"""Between ``created`` and ``expires``: who gets it later than that has got a replay."""
COVERED = ("@method", "@target-uri", "content-type", "content-digest", "liandan-webhook", "liandan-delivery", "liandan-attempt")


class Signing(Struct, frozen=True):
    """What the worker signs with at a moment."""

    keyid: str
    """Thumbprint of the public key (RFC 7638), as the directory of keys shows it."""
    sign: Callable[[bytes], bytes]


def content_digest(body: bytes) -> str:
    """The field's value (RFC 9530 §2)."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def signed_fields(url: str, body: bytes, fields: Mapping[str, str], signing: Signing, *, created_s: int, nonce: str) -> dict[str, str]:
    """``Content-Digest``, ``Signature-Input`` and ``Signature`` for a POST with these fields (names in lower case), which must hold all others
    that are covered. RFC 9421 §2.5, §3.1.
    """
    digest = content_digest(body)
    values = {"@method": "POST", "@target-uri": url, **fields, "content-digest": digest}
    covered = " ".join(f'"{name}"' for name in COVERED)
    parameters = (
        f'({covered});created={created_s};expires={created_s + LIFE_S};nonce="{nonce}";alg="{ALGORITHM}"'
        f';keyid="{signing.keyid}";tag="{TAG}"'
    )
    lines = [*(f'"{name}": {values[name]}' for name in COVERED), f'"@signature-params": {parameters}']
    signature = b64encode(signing.sign("\n".join(lines).encode("ascii"))).decode()
    return {"content-digest": digest, "signature-input": f"{LABEL}={parameters}", "signature": f"{LABEL}=:{signature}:"}
