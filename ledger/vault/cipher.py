"""Encryption of one disclosure under its own key: AES-256-GCM, bound to statement and field, so that rows cannot be exchanged. Pure."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.vault.disclosure import Disclosure
from signing.commitment import SALT_BYTES

KEY_BYTES = 32
NONCE_BYTES = 12


def seal(key: bytes, nonce: bytes, statement: str, disclosure: Disclosure) -> bytes:
    """Ciphertext and tag of salt and value. ``nonce``: 12 fresh random bytes; ``statement``: its hash, hex."""
    return AESGCM(key).encrypt(nonce, disclosure.salt + disclosure.value.encode(), _place(statement, disclosure.field))


def unseal(key: bytes, nonce: bytes, ciphertext: bytes, statement: str, field: str) -> Disclosure | None:
    """The disclosure; None when key, place or bytes are not those of the sealing."""
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, _place(statement, field))
    except InvalidTag:
        return None
    return Disclosure(field, plain[:SALT_BYTES], plain[SALT_BYTES:].decode())


def _place(statement: str, field: str) -> bytes:
    return f"liandan/vault/v1\n{statement}\n{field}".encode()
