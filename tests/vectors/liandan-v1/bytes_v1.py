"""Evidence bytes, version 1, as a writer needs them: encodings, keys, envelopes, hashes, trees, notes.

Written from the format document alone, with the standard library and ``cryptography``; it shares no line with the product or with the
auditor, so that the three can disagree. Everything is deterministic: seeded keys, RFC 6979 nonces, no clock, no randomness.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

STATEMENT = "application/vnd.liandan.statement.v1+json"
POSSESSION = "application/vnd.liandan.possession.v1"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def b64(raw: bytes) -> str:
    """RFC 4648 §4 with padding."""
    return base64.b64encode(raw).decode()


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def compact(value: Any) -> bytes:
    """Frozen JSON: no white space, UTF-8 unescaped. The vectors hold no control characters, where Python would differ."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pae(payload_type: str, body: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def uscc(first17: str) -> str:
    """Append the GB 32100 check character."""
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return first17 + USCC_ALPHABET[-total % 31]


@dataclass(frozen=True)
class Key:
    """A seeded signing key. P-256: the private scalar is 1 + seed mod (n - 1)."""

    name: str
    suite: str
    seed: bytes

    @property
    def scalar(self) -> int:
        return 1 + int.from_bytes(self.seed, "big") % (P256_ORDER - 1)

    @property
    def _private(self) -> Any:
        if self.suite == "ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        return ec.derive_private_key(self.scalar, ec.SECP256R1())

    @property
    def spki(self) -> bytes:
        """DER SubjectPublicKeyInfo: named curve, uncompressed point."""
        encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return bytes(self._private.public_key().public_bytes(encoding, form))

    @property
    def raw(self) -> bytes:
        """The 32 bytes of an Ed25519 public key."""
        return self.spki[-32:]

    @property
    def keyid(self) -> str:
        return sha256(self.spki).hex()

    def sign(self, message: bytes, *, high: bool = False) -> bytes:
        """Sign; for P-256 with the low half of s (``high``: with the refused half)."""
        if self.suite == "ed25519":
            return bytes(self._private.sign(message))
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        low = min(s, P256_ORDER - s)
        return r.to_bytes(32, "big") + (P256_ORDER - low if high else low).to_bytes(32, "big")


def key(name: str, suite: str = "ed25519") -> Key:
    """A key whose seed is the hash of its name."""
    return Key(name, suite, sha256(b"liandan test vector key\n" + name.encode()))


def certificate(subject: Key) -> bytes:
    """A self-signed X.509 certificate of a key (DER); serial and days are fixed, Ed25519 signs it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "liandan 打印（虚构）")])
    begins, ends = (datetime(year, 11, 1, tzinfo=UTC) for year in (2026, 2028))
    builder = x509.CertificateBuilder(name, name, subject._private.public_key(), 7, begins, ends)
    return builder.sign(subject._private, None).public_bytes(serialization.Encoding.DER)


def possession(x: str, party: str, suite: str, spki: bytes) -> bytes:
    """The message that a new key signs."""
    return pae(POSSESSION, f"{x}\n{party}\n{suite}\n{b64(spki)}".encode())


def registration(new: Key, x: str, party: str) -> dict[str, str]:
    """A key registration; ``x`` is hex(found), or the origin inside ``log.found``."""
    return {"suite": new.suite, "spki": b64(new.spki), "pop": b64(new.sign(possession(x, party, new.suite, new.spki)))}


def envelope(body: bytes, keys: list[Key], payload_type: str = STATEMENT) -> dict[str, Any]:
    """A DSSE envelope as an object in the published field order."""
    message = pae(payload_type, body)
    signatures = [{"keyid": k.keyid, "sig": b64(k.sign(message))} for k in keys]
    return {"payloadType": payload_type, "payload": b64(body), "signatures": signatures}


def statement_hash(body: bytes) -> str:
    return sha256(b"liandan/statement/v1\n" + pae(STATEMENT, body)).hex()


def genesis_prev(found: str, chain: str) -> str:
    return sha256(f"liandan/chain/v1\n{found}\n{chain}".encode()).hex()


def found_prev(origin: str) -> str:
    return sha256(f"liandan/found/v1\n{origin}".encode()).hex()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, by its recursive definition."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:]))


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1, leaf's sibling first."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion(index, leaves[:k]), tree_root(leaves[k:])]
    return [*inclusion(index - k, leaves[k:]), tree_root(leaves[:k])]


def consistency(size: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 §2.1.2."""
    if size == len(leaves):
        return [] if whole else [tree_root(leaves)]
    k = _split(len(leaves))
    if size <= k:
        return [*consistency(size, leaves[:k], whole), tree_root(leaves[k:])]
    return [*consistency(size - k, leaves[k:], False), tree_root(leaves[:k])]


def note_keyid(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def vkey(name: str, kind: int, public: bytes) -> str:
    """The verifier key of a signed note: type 1 for a log, 4 for a cosigning witness."""
    return f"{name}+{note_keyid(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{b64(root)}\n"


def log_line(name: str, signer: Key, text: str) -> str:
    return f"\u2014 {name} {b64(note_keyid(name, 1, signer.raw) + signer.sign(text.encode()))}\n"


def witness_line(name: str, signer: Key, text: str, timestamp: int) -> str:
    """Cosignature v1, type 04."""
    signature = signer.sign(f"cosignature/v1\ntime {timestamp}\n{text}".encode())
    return f"\u2014 {name} {b64(note_keyid(name, 4, signer.raw) + timestamp.to_bytes(8, 'big') + signature)}\n"


def tile_path(level: str, number: int, width: int = 256) -> str:
    """Path of a tile or (level ``entries``) a bundle."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/" + "/".join(groups) + ("" if width == 256 else f".p/{width}")
