"""The keys that notices are signed with: a file of their own (0600), and its public halves as a directory that anybody may fetch.

They are no keys of the log: what signs thousands of notices a day, without anybody looking, must not be able to sign an act of the operator.
Each key says from when on it signs. A new one is shown a day before, so that no receiver meets a key it has not seen, and the old one stays
until it is retired: there is no moment without a key. Blocks are encrypted PEM with the passphrase of the operator's key file; the lines
before a block hold its public half, so that the web process, which shows it, never opens the private one.

The directory is a JWK set (RFC 7517, RFC 8037) at the path and with the media type of draft-ietf-webbotauth-http-message-signatures-directory.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ledger.times import format_at, parse_at
from liandan.keyring import make_passphrase, read_passphrase, replace_file, write_new
from liandan.webhooks.signature import Signing
from signing.keys import PrivateKey
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

DIRECTORY = "/.well-known/http-message-signatures-directory"
DIRECTORY_TYPE = "application/http-message-signatures-directory+json"
AHEAD_S = 24 * 3600
"""Between the showing of a new key and its first signature; receivers may keep the directory for as long."""
KEYS_MAX = 8
_BLOCK = re.compile(
    r"^Webhook-Key: ([A-Za-z0-9_-]{43})\nFrom: (\S+)\nPublic: ([A-Za-z0-9_-]{43})\n(-----BEGIN [A-Z ]+-----\n.+?-----END [A-Z ]+-----\n)",
    re.M | re.S,
)


class WebhookKey(Struct, frozen=True):
    """One key of the file."""

    keyid: str
    from_s: int
    """Unix seconds from which on it signs."""
    x: str
    """The public key, 32 bytes in base64url."""
    pem: str

    @property
    def jwk(self) -> dict[str, str | int]:
        """As the directory shows it; ``nbf`` tells from when on it signs."""
        return {"kty": "OKP", "crv": "Ed25519", "x": self.x, "kid": self.keyid, "alg": "Ed25519", "use": "sig", "nbf": self.from_s}


class WebhookKeys:
    """The key file of one installation; read again when it has changed, so that no process has to be started anew for a new key."""

    def __init__(self, path: Path, passphrase_path: Path) -> None:
        self._path, self._passphrase_path = path, passphrase_path
        self._read: tuple[tuple[int, int, int], tuple[WebhookKey, ...]] | None = None
        self._opened: dict[str, PrivateKey] = {}

    def ensure(self, now_s: int) -> None:
        """Make the file with a first key unless it is there; several processes may come at once."""
        if self._path.exists():
            return
        with suppress(Refusal):  # KEY_FILE_EXISTS: somebody else was first, with the key file or with its passphrase
            write_new(self._path, _block(now_s, make_passphrase(self._passphrase_path)))

    def all(self) -> tuple[WebhookKey, ...]:
        """Keys in the order of the file; none without a file. Refusal KEYRING for a file that is not one."""
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if self._read is None or self._read[0] != stamp:
                keys = tuple(WebhookKey(kid, parse_at(at), x, pem) for kid, at, x, pem in _BLOCK.findall(self._path.read_text("utf-8")))
                self._read = (stamp, keys)
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise refuse(
                "KEYRING",
                field="webhook_key_file",
                found=error,
                expected=Phrase("liandan webhook key 生成的文件", "the file that liandan webhook key made"),
            ) from None
        if not self._read[1]:
            raise refuse(
                "KEYRING",
                field="webhook_key_file",
                found=Phrase("没有密钥", "no keys"),
                expected=Phrase("liandan webhook key 生成的文件", "the file that liandan webhook key made"),
            )
        return self._read[1]

    def signing(self, now_s: int) -> Signing:
        """The newest key that signs already; of keys that are all to come, the first. Refusal KEYRING, KEY_FILE."""
        keys = self.all()
        if not keys:
            raise refuse(
                "KEYRING",
                field="webhook_key_file",
                found=Phrase(f"{self._path}：不存在", f"{self._path}: not there"),
                expected="liandan webhook key add",
            )
        begun = [key for key in keys if key.from_s <= now_s]
        key = max(begun, key=lambda key: key.from_s) if begun else keys[0]
        if key.keyid not in self._opened:
            self._opened[key.keyid] = PrivateKey.from_pem(key.pem.encode(), read_passphrase(self._passphrase_path))
        return Signing(key.keyid, self._opened[key.keyid].sign)

    def add(self, now_s: int, *, at_once: bool = False) -> WebhookKey:
        """Another key, which signs in a day, or at once when the old one is lost to somebody."""
        self.ensure(now_s)
        if len(self.all()) >= KEYS_MAX:
            raise refuse(
                "KEYRING",
                field="webhook_key_file",
                found=Phrase(f"{KEYS_MAX} 个密钥", f"{KEYS_MAX} keys"),
                expected=Phrase("先停用一个", "retire one first"),
            )
        block = _block(now_s + (0 if at_once else AHEAD_S), make_passphrase(self._passphrase_path))
        replace_file(self._path, self._path.read_text("utf-8") + block)
        return self.all()[-1]

    def retire(self, keyid: str, now_s: int) -> WebhookKey:
        """Take a key out of the file and of the directory; never the last one that signs (Refusal KEYRING)."""
        named = [key for key in self.all() if key.keyid.startswith(keyid)] if keyid else []
        if len(named) != 1:
            raise refuse(
                "NOT_FOUND",
                field="keyid",
                found=keyid,
                expected=Phrase("liandan webhook key list 所列某个 keyid 的开头", "the beginning of one keyid of liandan webhook key list"),
            )
        if not any(key.from_s <= now_s for key in self.all() if key != named[0]):
            raise refuse(
                "KEYRING",
                field="webhook_key_file",
                found=named[0].keyid,
                expected=Phrase("另一个已在用的密钥", "another key that signs already"),
            )
        replace_file(self._path, "".join(_text(key) for key in self.all() if key != named[0]))
        return named[0]


def thumbprint(x: str) -> str:
    """The name of a public key (RFC 7638, members of RFC 8037 §2)."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return _b64url(hashlib.sha256(members.encode()).digest())


def _block(from_s: int, passphrase: bytes) -> str:
    key = PrivateKey.generate()
    x = _b64url(key.spki[-32:])  # the last 32 bytes of an Ed25519 SubjectPublicKeyInfo are the key (RFC 8410 §4)
    return _text(WebhookKey(thumbprint(x), from_s, x, key.to_pem(passphrase).decode()))


def _text(key: WebhookKey) -> str:
    return f"Webhook-Key: {key.keyid}\nFrom: {format_at(key.from_s)}\nPublic: {key.x}\n{key.pem}"


def _b64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
