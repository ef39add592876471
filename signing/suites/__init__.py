"""Signature suites, one module each that exports one ``Suite``; ``signing.suite`` is the table of them."""

from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec import Struct

from signing.phrase import Phrase
from signing.refusal import refuse

Verifier = Callable[[bytes, bytes], None]
"""``(message, signature) -> None``; raises Refusal SIGNATURE_FORM or SIGNATURE_WRONG. Safe to share between threads."""


def _spki(private: Any) -> bytes:
    found: bytes = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _to_der(private: Any) -> bytes:
    found: bytes = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return found


def _seal(private: Any, passphrase: bytes) -> bytes:
    found: bytes = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    return found


class Suite(Struct, frozen=True, kw_only=True):
    """One suite. Keys travel as DER SubjectPublicKeyInfo in exactly one encoding: ``prefix`` and ``key_bytes`` of the raw key. A private key is
    an object of the library that signs, mostly ``cryptography``; a suite of which that knows nothing says how its keys are written and read."""

    name: str
    words: str  # what people call it
    in_servers: bool = True  # whether a server signs with it: not where the time of signing tells of the key
    prefix: bytes
    key_bytes: int
    key_form: str
    signature_bytes: int
    signature_form: str = ""
    load: Callable[[bytes], Verifier]
    """From the raw public key; KEY_INVALID for keys that prove nothing. What it gives raises InvalidSignature or SIGNATURE_FORM."""
    generate: Callable[[], Any]
    from_seed: Callable[[bytes], Any]
    """The private key of 32 bytes, the same for ever: for demonstration, tests and published vectors."""
    holds: Callable[[Any], bool]  # whether a private key read from a file belongs to this suite
    signer: Callable[[Any], Callable[[bytes], bytes]]  # ``message -> signature`` in the form that ``verifier`` accepts
    spki: Callable[[Any], bytes] = _spki  # of a private key's public half
    to_der: Callable[[Any], bytes] = _to_der  # PrivateKeyInfo, unencrypted
    seal: Callable[[Any, bytes], bytes] = _seal
    """Encrypted PKCS#8 in PEM, by a passphrase."""
    read: Callable[[bytes, bytes], Any] | None = None
    """From encrypted PKCS#8 in PEM and its passphrase where ``cryptography`` cannot: the private key, ``None`` for one of another suite,
    ValueError for what is no key."""

    def verifier(self, spki: bytes) -> Verifier:
        """Load a public key; raises Refusal KEY_INVALID for every encoding but ours and for keys that prove nothing."""
        raw = spki[len(self.prefix) :]
        if len(raw) != self.key_bytes or not spki.startswith(self.prefix):
            expected = f"DER SubjectPublicKeyInfo of {self.key_form}, {len(self.prefix) + self.key_bytes} bytes"
            raise refuse("KEY_INVALID", found=Phrase(f"{len(spki)} 字节", f"{len(spki)} bytes"), expected=expected)
        check = self.load(raw)

        def verify(message: bytes, signature: bytes) -> None:
            if len(signature) != self.signature_bytes:
                expected = f"{self.signature_bytes} bytes{self.signature_form}"
                raise refuse("SIGNATURE_FORM", found=Phrase(f"{len(signature)} 字节", f"{len(signature)} bytes"), expected=expected)
            try:
                check(message, signature)
            except InvalidSignature:
                raise refuse(
                    "SIGNATURE_WRONG", expected=Phrase("该密钥对这些字节的签名", "a signature by this key over these bytes")
                ) from None

        return verify
