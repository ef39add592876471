"""Signing beside the first signer, and login challenges."""

import json
import secrets
from collections.abc import Sequence

from ledger.times import format_at
from signing import b64
from signing.envelope import PAYLOAD_LOGIN, Envelope, Signature, seal
from signing.keys import PrivateKey


def cosign(envelope: Envelope, *keys: PrivateKey) -> Envelope:
    """The same bytes with further signatures, in the order of ``by``. Look at ``envelope.body`` first: this is what is signed."""
    added = tuple(Signature(key.keyid, key.sign(envelope.message)) for key in keys)
    return Envelope(envelope.payload_type, envelope.body, (*envelope.signatures, *added))


def challenge(origin: str, audience: str, key: PrivateKey, not_after_s: int, scope: Sequence[str]) -> Envelope:
    """A signed login challenge for one server; ``not_after_s`` in Unix seconds, at most 12 hours ahead."""
    body = {
        "origin": origin,
        "audience": audience,
        "nonce": b64.encode(secrets.token_bytes(32)),
        "keyid": key.keyid,
        "not_after": format_at(not_after_s),
        "scope": list(scope),
    }
    return seal(PAYLOAD_LOGIN, json.dumps(body, separators=(",", ":")).encode(), [key])
