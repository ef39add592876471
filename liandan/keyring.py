"""The operator's key file: the log's note key (Ed25519), optionally its ML-DSA-44 key, and the operator's own key.

One file of encrypted PEM blocks; the line before a block says which key it is (text between PEM blocks is allowed, RFC 7468 §2), and the
first line names the log: ``Origin: <origin>``. All blocks have one passphrase. The keys of a log never change (formats §4).
"""

import os
import re
import secrets
from pathlib import Path

from msgspec import Struct

from ledger.admission.statement import check_origin
from ledger.tree.checkpoint import log_vkeys
from liandan.settings import Settings
from signing.keys import PrivateKey
from signing.refusal import refuse

FILE_MAX = 64 * 1024
_BLOCK = re.compile(r"^Key: ([a-z-]+)\n(-----BEGIN [A-Z ]+-----\n.+?-----END [A-Z ]+-----\n)", re.M | re.S)
_ORIGIN = re.compile(r"\AOrigin: (\S+)\n")


class ServerKeys(Struct, frozen=True, kw_only=True):
    """Everything the server signs with."""

    origin: str
    operator: PrivateKey
    log: PrivateKey | None = None
    """Absent where ``liandan signer`` holds it in another process."""
    log_ml_dsa: PrivateKey | None = None

    @property
    def vkeys(self) -> tuple[str, ...]:
        """``log_keys`` of this log: what ``log.found`` pins."""
        return log_vkeys(self.origin, [key for key in (self.log, self.log_ml_dsa) if key is not None])


def generate(origin: str, *, with_ml_dsa: bool = False) -> ServerKeys:
    """New keys for a log to be founded under ``origin``; Refusal FIELD_TYPE for a name that cannot be one."""
    check_origin(origin)
    second = PrivateKey.generate("ml-dsa-44") if with_ml_dsa else None
    return ServerKeys(origin=origin, log=PrivateKey.generate(), operator=PrivateKey.generate(), log_ml_dsa=second)


def write_keyring(keyring: ServerKeys, path: Path, passphrase_path: Path) -> None:
    """Write the key file (0600), and a random passphrase beside it if there is none; never overwrites (Refusal KEY_FILE_EXISTS)."""
    passphrase = make_passphrase(passphrase_path)
    keys = {"log": keyring.log, "operator": keyring.operator, "log-ml-dsa": keyring.log_ml_dsa}
    blocks = [f"Key: {name}\n{key.to_pem(passphrase).decode()}" for name, key in keys.items() if key is not None]
    _write_new(path, f"Origin: {keyring.origin}\n" + "".join(blocks))


def make_passphrase(path: Path) -> bytes:
    """The passphrase in a file, which is made with a random one (mode 0600) if it is not there; Refusal KEYRING when it is empty."""
    if not path.exists():
        _write_new(path, secrets.token_urlsafe(32) + "\n")
    return read_passphrase(path)


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise refuse("KEY_FILE_EXISTS", found=path, expected="a path that does not exist yet") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_passphrase(path: Path) -> bytes:
    """The first line of a passphrase file; Refusal KEYRING when it is missing or empty."""
    try:
        found = path.read_bytes().split(b"\n", 1)[0].strip()
    except OSError as error:
        raise refuse("KEYRING", field="passphrase_file", found=f"{path}: {error.strerror}", expected="a file with the passphrase") from None
    if not found:
        raise refuse("KEYRING", field="passphrase_file", found=f"{path}: empty", expected="a file with the passphrase")
    return found


def read_keyring(settings: Settings, *, operator_only: bool = False) -> ServerKeys:
    """The keys of this installation; Refusal KEYRING, or KEY_FILE when a block cannot be decrypted. ``operator_only`` leaves the log's keys
    as they lie in the file: for a server whose publisher is another process.
    """
    path = settings.key_path
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse("KEYRING", field="key_file", found=f"{path}: {error}", expected="liandan key new --log ORIGIN") from None
    origin = _ORIGIN.match(text)
    passphrase = read_passphrase(settings.passphrase_path)
    wanted = [(name, pem) for name, pem in _BLOCK.findall(text[:FILE_MAX]) if name == "operator" or not operator_only]
    blocks = {name: PrivateKey.from_pem(pem.encode(), passphrase) for name, pem in wanted}
    log = blocks.get("log")
    if origin is None or "operator" not in blocks or (log is not None and log.suite != "ed25519"):
        expected = "Origin, an operator key, an Ed25519 log key unless a signer holds it"
        raise refuse("KEYRING", field="key_file", found=", ".join(blocks) or "no keys", expected=expected)
    return ServerKeys(origin=origin[1], log=log, operator=blocks["operator"], log_ml_dsa=blocks.get("log-ml-dsa"))
