"""The operator's key file: the log's note key (Ed25519), optionally its ML-DSA-44 key, the operator's own key, and keys that papers
(``pdf``) and their square codes (``claim``) are signed with (ECDSA P-256), of which there may be several: one in use, one to follow it.

One file of encrypted PEM blocks; the line before a block says which key it is (text between PEM blocks is allowed, RFC 7468 §2), and the
first line names the log: ``Origin: <origin>``. All blocks have one passphrase. The keys of a log never change (formats §4).
"""

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog
from msgspec import Struct

from ledger.admission.statement import check_origin
from ledger.kinds.issuer import USES
from ledger.tree.checkpoint import log_vkeys
from liandan.settings import Settings
from signing.files import PIPE_S, read_beginning, read_whole
from signing.keys import PrivateKey
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse
from signing.suite import SUITES, suite

log = structlog.get_logger("liandan.keyring")

FILE_MAX = 64 * 1024
ISSUER_SUITE = "ecdsa-p256-sha256"
"""What PAdES and a phone's browser both verify."""
_BLOCK = re.compile(r"^Key: ([a-z-]+)\n(-----BEGIN [A-Z ]+-----\n.+?-----END [A-Z ]+-----\n)", re.M | re.S)
_ORIGIN = re.compile(r"\AOrigin: (\S+)\n")


class ServerKeys(Struct, frozen=True, kw_only=True):
    """Everything the server signs with."""

    origin: str
    operator: PrivateKey
    log: PrivateKey | None = None
    """Absent where ``liandan signer`` holds it in another process."""
    log_ml_dsa: PrivateKey | None = None
    issuers: tuple[tuple[str, PrivateKey], ...] = ()
    """Use (``pdf``, ``claim``) and key, in the order in which they were added."""

    @property
    def signers(self) -> dict[str, Callable[[bytes], bytes]]:
        """What papers and codes are signed with, by keyid: which of them counts is told by the log."""
        return {key.keyid: key.sign for _, key in self.issuers}

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
    keys = [("log", keyring.log), ("operator", keyring.operator), ("log-ml-dsa", keyring.log_ml_dsa), *keyring.issuers]
    write_new(path, f"Origin: {keyring.origin}\n" + "".join(_block(name, key, passphrase) for name, key in keys if key is not None))


def _block(name: str, key: PrivateKey, passphrase: bytes) -> str:
    return f"Key: {name}\n{key.to_pem(passphrase).decode()}"


def add_issuer(settings: Settings, use: str, key: PrivateKey) -> None:
    """Add a key for papers or codes to the key file, behind those that are there: the file is read whole before and replaced whole (0600,
    same owner). Refusal KEYRING, KEY_FILE as for reading; KEY_FILE_EXISTS while somebody else does the same.
    """
    assert use in USES, "papers or codes"
    assert key.suite == ISSUER_SUITE, "a key that a reader of PDF knows"
    path = settings.key_path.resolve()
    read_keyring(settings, operator_only=True)  # the file is ours, and the passphrase is that of its blocks
    text = path.read_text(encoding="utf-8") + _block(use, key, read_passphrase(settings.passphrase_path))
    if len(text) > FILE_MAX:
        raise refuse(
            "KEYRING",
            field="key_file",
            found=Phrase(f"{len(text)} 字节", f"{len(text)} bytes"),
            expected=Phrase(f"至多 {FILE_MAX}", f"at most {FILE_MAX}"),
        )
    replace_file(path, text)


def make_passphrase(path: Path) -> bytes:
    """The passphrase in a file, which is made with a random one (mode 0600) if it is not there; Refusal KEYRING when it is empty."""
    if not path.exists():
        write_new(path, secrets.token_urlsafe(32) + "\n")
    return read_passphrase(path)


def replace_file(path: Path, text: str) -> None:
    """Write a file of secrets anew beside itself and put it in its own place (0600, same owner): it is whole at every moment. Refusal
    KEY_FILE_EXISTS while somebody else does the same.
    """
    fresh, owner = path.with_name(f".{path.name}.new"), path.stat()
    write_new(fresh, text)
    with suppress(PermissionError):  # whoever may not give files away owned it before
        os.chown(fresh, owner.st_uid, owner.st_gid)
    fresh.replace(path)


def write_new(path: Path, text: str) -> None:
    """Write a file of secrets (0600) that is not there yet; Refusal KEY_FILE_EXISTS."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise refuse("KEY_FILE_EXISTS", found=path, expected=Phrase("尚不存在的路径", "a path that does not exist yet")) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_passphrase(path: Path) -> bytes:
    """The first line of a passphrase file; Refusal KEYRING when it is missing or empty."""
    try:
        found = read_beginning(path, FILE_MAX, wait_s=PIPE_S).split(b"\n", 1)[0].strip()
    except OSError as error:
        raise refuse(
            "KEYRING",
            field="passphrase_file",
            found=f"{path}: {error.strerror}",
            expected=Phrase("含口令的文件", "a file with the passphrase"),
        ) from None
    if not found:
        raise refuse(
            "KEYRING",
            field="passphrase_file",
            found=Phrase(f"{path}：空文件", f"{path}: empty"),
            expected=Phrase("含口令的文件", "a file with the passphrase"),
        )
    return found


def read_keyring(settings: Settings, *, operator_only: bool = False) -> ServerKeys:
    """The keys of this installation; Refusal KEYRING, or KEY_FILE when a block cannot be decrypted. ``operator_only`` leaves the log's keys
    as they lie in the file (those for papers are read): for a server whose publisher is another process.
    """
    path = settings.key_path
    try:
        text = read_whole(path, FILE_MAX).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise refuse("KEYRING", field="key_file", found=f"{path}: {error}", expected="liandan key new --log ORIGIN") from None
    origin = _ORIGIN.match(text)
    passphrase = read_passphrase(settings.passphrase_path)
    found = [(name, pem.encode()) for name, pem in _BLOCK.findall(text) if not (operator_only and name.startswith("log"))]
    held = [(name, PrivateKey.from_pem(pem, passphrase)) for name, pem in found]
    blocks, issuers = dict(held), tuple((name, key) for name, key in held if name in USES)
    log = blocks.get("log")
    if origin is None or "operator" not in blocks or (log is not None and log.suite != "ed25519"):
        expected = "Origin, an operator key, an Ed25519 log key unless a signer holds it"
        raise refuse("KEYRING", field="key_file", found=", ".join(blocks) or Phrase("没有密钥", "no keys"), expected=expected)
    for name, key in issuers:
        if key.suite != ISSUER_SUITE:
            raise refuse("KEYRING", field=f"key_file: {name}", found=key.suite, expected=ISSUER_SUITE)
    if not suite(blocks["operator"].suite).in_servers:
        fitting = " / ".join(one.name for one in SUITES.values() if one.in_servers)
        raise refuse("KEYRING", field="key_file: operator", found=blocks["operator"].suite, expected=fitting)
    second = blocks.get("log-ml-dsa")
    return ServerKeys(origin=origin[1], log=log, operator=blocks["operator"], log_ml_dsa=second, issuers=issuers)


class IssuerWatch:
    """Keys for papers and codes as the key file holds them by now: read again only after the file has changed, so that a key counts as soon
    as the log tells it, without a restart. Of the other keys nothing is taken.
    """

    def __init__(self, settings: Settings, origin: str) -> None:
        """``origin``: the log that is served; a file for another one is not taken."""
        self._settings, self._origin = settings, origin
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            told = self._settings.key_path.stat()
        except OSError:
            return None
        return told.st_ino, told.st_mtime_ns, told.st_size

    def __call__(self) -> dict[str, Callable[[bytes], bytes]] | None:
        """``signers`` of the file; ``None`` when it has not changed, and when what is there cannot be taken (which is logged)."""
        if (stamp := self._stamp()) == self._seen:
            return None
        self._seen = stamp
        try:
            found = read_keyring(self._settings, operator_only=True)
        except Refusal as refusal:
            log.warning("key file not taken", codes=[reason.code for reason in refusal.reasons])
            return None
        if found.origin != self._origin:
            log.warning("key file not taken", origin=found.origin)
            return None
        log.info("issuer keys read again", keyids=[keyid[:16] for keyid in found.signers])
        return found.signers


def own_signers(settings: Settings) -> dict[str, Callable[[bytes], bytes]]:
    """``signers`` of an installation, for a process of its own; none where there is no key file: an auditor's machine."""
    return read_keyring(settings, operator_only=True).signers if settings.key_path.exists() else {}
