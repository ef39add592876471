"""Keys: their identity, the private half in memory, and its file.

A keyid names a key for ever and independently of its owner. A private key never shows itself: not in ``repr``, not in an error.
Source: formats §1; files are encrypted PKCS#8 (RFC 5958), which other programs can read.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key as load_pem

from signing.files import PIPE_S, read_beginning
from signing.phrase import Phrase
from signing.refusal import refuse
from signing.suite import SUITES, suite

SEED_BYTES = 32
_SEQUENCE, _VERSION = 0x30, 0xA0
_SPKI_PLACE = 5
"""In tbsCertificate, without the optional version: serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo."""
PASSPHRASE_LIMIT = 1023  # bytes of a passphrase that OpenSSL takes
FILE_LIMIT = 64 * 1024  # bytes read of a key file; the largest of ours has 5 KB


def keyid(spki: bytes) -> str:
    """Hex SHA-256 of the DER SubjectPublicKeyInfo: 64 lower-case digits."""
    return sha256(spki).hexdigest()


class PrivateKey:
    """A private key of a known suite, ready to sign."""

    __slots__ = ("_private", "_sign", "keyid", "spki", "suite")

    suite: str
    spki: bytes  # DER SubjectPublicKeyInfo in the encoding that registration demands
    keyid: str

    def __init__(self, suite_name: str, private: Any) -> None:
        """``private`` must be a key of that suite; see ``generate``, ``from_seed`` and ``from_pem``."""
        self.suite = suite_name
        self.spki = suite(suite_name).spki(private)
        self.keyid = keyid(self.spki)
        self._private = private
        self._sign = suite(suite_name).signer(private)

    def __repr__(self) -> str:
        return f"PrivateKey({self.suite}, {self.keyid[:16]}…)"

    @property
    def private(self) -> Any:
        """The key as the library knows it, for certificates."""
        return self._private

    @classmethod
    def generate(cls, suite_name: str = "ed25519") -> PrivateKey:
        """A new random key; raises Refusal SUITE_UNKNOWN."""
        return cls(suite_name, suite(suite_name).generate())

    @classmethod
    def from_seed(cls, suite_name: str, seed: bytes) -> PrivateKey:
        """The key of a 32-byte seed, the same for ever; raises Refusal SUITE_UNKNOWN."""
        assert len(seed) == SEED_BYTES, "a seed has 32 bytes"
        return cls(suite_name, suite(suite_name).from_seed(seed))

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes) -> PrivateKey:
        """Read an encrypted PKCS#8 key; raises Refusal KEY_FILE (not a key, not encrypted, wrong passphrase) or SUITE_UNKNOWN."""
        try:
            private = _read_private(pem, passphrase)
        except (ValueError, TypeError):
            raise refuse("KEY_FILE", expected=Phrase("加密的 PKCS#8 私钥及其口令", "an encrypted PKCS#8 key and its passphrase")) from None
        for name, candidate in SUITES.items():
            if candidate.holds(private):
                return cls(name, private)
        raise refuse("SUITE_UNKNOWN", found=type(private).__name__, expected=", ".join(SUITES))

    def to_pem(self, passphrase: bytes) -> bytes:
        """Encrypted PKCS#8 (PBES2, AES-256); raises Refusal KEY_FILE for an empty or overlong passphrase."""
        # OpenSSL stretches the passphrase by 2,048 rounds of PBKDF2 only: it guards a lost file, a short passphrase does not.
        if not 0 < len(passphrase) <= PASSPHRASE_LIMIT:
            raise refuse(
                "KEY_FILE",
                found=Phrase(f"{len(passphrase)} 字节的口令", f"a passphrase of {len(passphrase)} bytes"),
                expected=Phrase(f"1 至 {PASSPHRASE_LIMIT} 字节", f"1 to {PASSPHRASE_LIMIT} bytes"),
            )
        return suite(self.suite).seal(self._private, passphrase)

    def sign(self, message: bytes) -> bytes:
        """A signature over ``message`` in the suite's form."""
        return self._sign(message)

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose that nobody can know without this key, the same for ever (HKDF, RFC 5869); they tell nothing of the key."""
        whole = suite(self.suite).to_der(self._private)
        return HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(whole)


def _read_private(pem: bytes, passphrase: bytes) -> Any:
    """The private key of some library; ValueError or TypeError for what nobody reads."""
    try:
        return load_pem(pem, passphrase)
    except UnsupportedAlgorithm as error:
        for one in SUITES.values():
            if one.read is not None and (private := one.read(pem, passphrase)) is not None:
                return private
        raise ValueError("no suite of ours") from error


def write_key(path: Path, key: PrivateKey, passphrase: bytes) -> None:
    """Write the key to a new file that only its owner may read (0600); raises Refusal KEY_FILE_EXISTS, never overwrites."""
    pem = key.to_pem(passphrase)
    try:
        path.touch(mode=0o600, exist_ok=False)  # exclusive, and private before the first byte is in it
    except FileExistsError:
        raise refuse("KEY_FILE_EXISTS", found=path, expected=Phrase("尚不存在的路径", "a path that does not exist yet")) from None
    except OSError as error:
        raise refuse(
            "KEY_FILE", found=f"{path}: {error.strerror}", expected=Phrase("可以写入的目录", "a folder that can be written")
        ) from None
    try:
        path.write_bytes(pem)
    except OSError:
        path.unlink()  # half a key would only block the next attempt
        raise


def read_key(path: Path, passphrase: bytes) -> PrivateKey:
    """Read a key file; raises Refusal KEY_FILE when it is missing, unreadable or not ours, or the passphrase is wrong."""
    try:
        pem = read_beginning(path, FILE_LIMIT, wait_s=PIPE_S)
    except OSError as error:
        raise refuse("KEY_FILE", found=f"{path}: {error.strerror}", expected=Phrase("可以读取的密钥文件", "a readable key file")) from None
    return PrivateKey.from_pem(pem, passphrase)


def spki_of(certificate: bytes) -> bytes | None:
    """DER of an X.509 certificate's SubjectPublicKeyInfo (RFC 5280 §4.1); ``None`` for bytes that are no certificate."""
    # Only that: whether the certificate is valid, and who vouches for it, is judged by whoever relies on it. Read by hand because the suites of
    # this house include keys that certificate libraries do not load.
    try:
        [(tag, whole, _)] = _elements(certificate)
        (inner, tbs, _), *_rest = _elements(whole)
        fields = [element for known, _, element in _elements(tbs) if known != _VERSION]
    except ValueError:
        return None
    return fields[_SPKI_PLACE] if tag == inner == _SEQUENCE and len(fields) > _SPKI_PLACE else None


def _elements(der: bytes) -> list[tuple[int, bytes, bytes]]:
    """Tag, contents and whole bytes of each DER element; ValueError where one ends too early."""
    found: list[tuple[int, bytes, bytes]] = []
    at = 0
    while at < len(der):
        if at + 2 > len(der):
            raise ValueError("an element without a length")
        start, length = at + 2, der[at + 1]
        if length & 0x80:  # the long form says how many bytes the length takes
            start += length & 0x7F
            length = int.from_bytes(der[at + 2 : start], "big")
        if start > len(der) or start + length > len(der):
            raise ValueError("an element that ends beyond the bytes")
        found.append((der[at], der[start : start + length], der[at : start + length]))
        at = start + length
    return found
