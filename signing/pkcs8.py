"""Encrypted PKCS#8 for private keys that ``cryptography`` does not load: PBES2 with PBKDF2 and AES in CBC mode, as OpenSSL writes it.

Source: RFC 5958 (EncryptedPrivateKeyInfo), RFC 8018 (PBES2).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from asn1crypto import algos, core, keys, pem
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

ROUNDS = 100_000
ROUNDS_MAX = 10_000_000
"""More would be somebody else's time: some seconds."""
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_KEY_BYTES, _BLOCK_BITS, _SALT_BYTES = 32, 128, 16
_ARMOUR = "ENCRYPTED PRIVATE KEY"


def seal_key(der: bytes, passphrase: bytes) -> bytes:
    """PEM of an encrypted PrivateKeyInfo (PBKDF2-HMAC-SHA256, AES-256-CBC)."""
    salt, iv = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_BLOCK_BITS // 8)
    kdf = {
        "salt": algos.Pbkdf2Salt("specified", core.OctetString(salt)),
        "iteration_count": ROUNDS,
        "key_length": _KEY_BYTES,
        "prf": {"algorithm": "sha256"},
    }
    scheme = {
        "key_derivation_func": {"algorithm": "pbkdf2", "parameters": kdf},
        "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": iv},
    }
    padder = padding.PKCS7(_BLOCK_BITS).padder()
    cipher = _cipher(PBKDF2HMAC(hashes.SHA256(), _KEY_BYTES, salt, ROUNDS).derive(passphrase), iv).encryptor()
    encrypted = cipher.update(padder.update(der) + padder.finalize()) + cipher.finalize()
    info = keys.EncryptedPrivateKeyInfo(
        {"encryption_algorithm": algos.EncryptionAlgorithm({"algorithm": "pbes2", "parameters": scheme}), "encrypted_data": encrypted}
    )
    return bytes(pem.armor(_ARMOUR, info.dump()))


def open_key(armoured: bytes, passphrase: bytes) -> bytes:
    """DER of the PrivateKeyInfo; ValueError for what is no such file, or another passphrase."""
    try:
        name, _, der = pem.unarmor(armoured)
        if name != _ARMOUR:
            raise ValueError("not encrypted")
        info = keys.EncryptedPrivateKeyInfo.load(der, strict=True)
        scheme = info["encryption_algorithm"]
        if scheme.kdf != "pbkdf2" or scheme.encryption_cipher != "aes" or not 0 < scheme.kdf_iterations <= ROUNDS_MAX:
            raise ValueError("not PBKDF2 with AES")
        derive = PBKDF2HMAC(_HASHES[scheme.kdf_hmac](), scheme.key_length, scheme.kdf_salt, scheme.kdf_iterations)
        cipher = _cipher(derive.derive(passphrase), scheme.encryption_iv).decryptor()
        unpadder = padding.PKCS7(_BLOCK_BITS).unpadder()
        return unpadder.update(cipher.update(info["encrypted_data"].native) + cipher.finalize()) + unpadder.finalize()
    except (KeyError, TypeError) as error:  # what an ASN.1 reader says of structures that are none
        raise ValueError("not an encrypted PKCS#8 key") from error


def _cipher(key: bytes, iv: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(iv))
