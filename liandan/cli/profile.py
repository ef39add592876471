"""The profile (本机设定): server, key and pins, said once by ``liandan login``, so that no later command asks for them again.

One file of the user, mode 0600, JSON: ``$LIANDAN_PROFILE``, else ``liandan/profile.json`` in the user's configuration directory. It holds no
secret: of the key its path or its PKCS#11 URI, of the passphrase the path of its file. What a command says, and the variables
``LIANDAN_CLIENT_URL``, ``LIANDAN_CLIENT_KEY`` and ``LIANDAN_CLIENT_PASSPHRASE_FILE``, go before it.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from signing.files import read_if_there
from signing.phrase import Phrase
from signing.refusal import refuse

PROFILE_MAX = 256 * 1024  # Bytes of the file; a witness policy has some hundred lines at most.


class Profile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ``liandan login`` pinned. Hashes are hex; keys are vkeys."""

    url: str
    key: str = ""
    """Path of the key file, or a PKCS#11 URI; empty: none, which reads what everybody may."""
    passphrase_file: str = ""
    """Of the key's passphrase, or of the token's PIN; empty: asked for."""
    uscc: str = ""
    """Whose the key is, as the log said."""
    origin: str = ""
    found: str = ""
    log_keys: tuple[str, ...] = ()
    witness_policy: tuple[str, ...] = ()
    """Lines of a tlog-policy: what must have looked on before a receipt is called whole."""
    receipts: str = ""

    @property
    def vkey_file(self) -> bytes:
        """Keys of the log as ``log.vkey`` has them."""
        return "".join(f"{vkey}\n" for vkey in self.log_keys).encode()

    @property
    def policy_file(self) -> bytes | None:
        """The policy as a file has it; ``None`` where nobody was pinned to look on."""
        lines = (*(f"log {vkey}" for vkey in self.log_keys), *self.witness_policy)
        return "".join(f"{line}\n" for line in lines).encode() if self.witness_policy else None


def profile_path() -> Path:
    """Where the profile lies, or would lie."""
    if named := os.environ.get("LIANDAN_PROFILE"):
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path(os.path.expanduser("~")) / ".config") / "liandan" / "profile.json"


def read_profile() -> Profile | None:
    """The profile, ``None`` where there is none; Refusal PROFILE_FORM for a file that is something else."""
    path = profile_path()
    try:
        raw = read_if_there(path, PROFILE_MAX)
        return None if raw is None else msgspec.json.decode(raw, type=Profile)
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        wanted = Phrase("liandan login 写出的文件", "what liandan login writes")
        raise refuse("PROFILE_FORM", field=str(path), found=str(error)[:100], expected=wanted) from None


def write_profile(profile: Profile) -> Path:
    """Write it for this user alone, in one step: whoever reads meanwhile reads the old one or the new one."""
    path = profile_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(number, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(profile), indent=1) + b"\n")
    fresh.replace(path)
    return path


def receipts_of(profile: Profile | None, found: str) -> Path:
    """Where receipts of a log (its founding hash) are kept when nobody says where: as the profile says, else in the user's data directory."""
    if profile is not None and profile.receipts:
        return Path(profile.receipts)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "liandan" / "receipts" / found[:16]
