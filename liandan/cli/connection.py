"""Options that commands share, and what they make of them: settings, keys, the client of a server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.streams import shown

if TYPE_CHECKING:
    from ledger.publishing.files import LogFiles
    from liandan.cli.profile import Profile
    from liandan.client import AsyncLiandan, ReceiptFolder
    from liandan.settings import Settings
    from signing.keys import PrivateKey


class PinnedHash(click.ParamType[str]):
    """A statement hash as people copy it from paper: in two lines, in groups, in capitals; an empty one pins nothing and is refused."""

    name = "hash"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """64 hexadecimal digits, lower case."""
        digits = "".join(str(value).split()).lower()
        if not re.fullmatch("[0-9a-f]{64}", digits):
            found = f"{str(value)[:80]!a}（{len(digits)}）"
            self.fail(f"应为 64 位十六进制的哈希，所给为 / 64 hexadecimal digits are wanted, given: {found}", param, ctx)
        return digits


class PartyCode(click.ParamType[str]):
    """A USCC (统一社会信用代码), checked where it is typed: whoever signs or asks under a wrong one would hear of it from somebody else."""

    name = "uscc"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code, as it must be: 18 characters, the last one the check character of the others."""
        from signing.uscc import misspelt

        if wrong := misspelt(str(value)):
            self.fail(f"USCC 统一社会信用代码不对 / no USCC: {str(value)[:80]!a}; {wrong}", param, ctx)
        return str(value)


class KeyName(click.ParamType[str]):
    """A private key: the path of its file, or the PKCS#11 URI (RFC 7512) of one that never leaves its token."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As it is; wrong usage for a path where no file is."""
        if not str(value).startswith(TOKEN):
            existing.convert(value, param, ctx)
        return str(value)


TOKEN = "pkcs11:"  # noqa: S105  # how the URI of a key begins
PATIENCE_S = 20.0
"""How long a command tries to reach a server that does not answer."""
GIVEN_MAX = 16 * 1024 * 1024
"""Bytes of a file that the command line names; the largest that means something, a bundle, has some megabytes."""
PAGE_MAX = 200
"""Most rows of one answer, ``ledger.reading.PAGE_MAX``; a test compares."""
pinned_hash = PinnedHash()
party_code = PartyCode()
key_name = KeyName()
existing = click.Path(exists=True, dir_okay=False, path_type=Path)
existing_folder = click.Path(exists=True, file_okay=False, path_type=Path)
file = click.Path(dir_okay=False, path_type=Path)
folder = click.Path(file_okay=False, path_type=Path)
passphrase_option = click.option(
    "--passphrase-file",
    type=existing,
    envvar="LIANDAN_CLIENT_PASSPHRASE_FILE",
    help="口令（或 PIN）文件；否则询问 / file of the passphrase or PIN; asked for otherwise",
)
now_option = click.option("--now", envvar="LIANDAN_CLIENT_NOW", help="模拟账本的当前时间 / present of a simulated log")
_CLIENT = (
    click.option(
        "--url",
        envvar="LIANDAN_CLIENT_URL",
        help="服务地址，默认为 liandan login 所记，再为本机设置 / server; default: that of liandan login, else this machine's settings",
    ),
    click.option(
        "--key",
        "key_file",
        type=key_name,
        envvar="LIANDAN_CLIENT_KEY",
        help="登录并签名的密钥文件或 PKCS#11 地址，默认为 liandan login 所记；查阅时再为本机运营密钥 / key file or PKCS#11 URI; default: that of liandan login, for reading else this installation's operator's",
    ),
    passphrase_option,
    click.option("--vkey", "vkey_file", type=existing, help="已保存的 log.vkey / pinned log.vkey"),
    click.option("--found", type=pinned_hash, help="已保存的账本创始声明哈希 / pinned hash of log.found"),
    click.option("--receipts", type=folder, help="回执文件夹 / receipt folder"),
    now_option,
)


def client_options(function: Callable[..., Any]) -> Callable[..., Any]:  # a click decorator
    """``--url --key --passphrase-file --vkey --found --receipts --now``."""
    for option in reversed(_CLIENT):
        function = option(function)
    return function


def open_client(
    own: PrivateKey | None = None, *, needs_key: bool = False, profile: bool = True, **options: Any
) -> AsyncLiandan:  # options as client_options name them
    """A client by the options, then by the ``profile``, then with the key ``own``; not connected yet. ``needs_key``: it is to sign."""
    from ledger.times import parse_at
    from liandan.client import AsyncLiandan, ReceiptFolder, Trust

    vkey_file, found, receipts, key_file = (options[name] for name in ("vkey_file", "found", "receipts", "key_file"))
    if vkey_file is not None and found is None:
        raise click.UsageError("给出 --vkey 时须同时给出 --found / with --vkey give --found too")
    known = profile_for(options["url"]) if profile else None
    trust = None if vkey_file is None else Trust.from_files(vkey_file, found)
    if trust is None and known is not None and known.found and found in (None, known.found):
        trust = Trust(origin=known.origin, found=known.found, log_keys=known.log_keys)
    kept = _own_receipts(known) if receipts is None else ReceiptFolder(receipts)
    key = own if own is not None and key_file is None else _key_of(key_file, options["passphrase_file"], known)
    if key is None and needs_key:
        raise click.UsageError("须以 --key 给出签署的密钥，或先 liandan login / name the key that signs: --key, or run liandan login once")
    url = options["url"] or (known.url if known is not None else None)
    if url is None:
        here = own_settings()
        url = here.public_url or f"http://{here.host}:{here.port}"
    client = AsyncLiandan(check_address(url), key, trust=trust, pinned_found=found or "", folder=kept, patience_s=PATIENCE_S)
    client.set_now(None if options["now"] is None else parse_at(options["now"], "--now"))
    return client


def _own_receipts(known: Profile | None) -> ReceiptFolder | None:
    """Whoever has logged in keeps every receipt; a home that cannot be written hinders nobody who only reads."""
    from liandan.cli.profile import receipts_of
    from liandan.client import ReceiptFolder

    if known is None or not known.found:
        return None
    with suppress(OSError):
        return ReceiptFolder(receipts_of(known, known.found))
    return None


def profile_for(url: str | None) -> Profile | None:
    """What ``liandan login`` pinned, for its own server: another one's key and log are none of its business."""
    from liandan.cli.profile import read_profile

    known = read_profile()
    return known if known is not None and url in (None, known.url) else None


def own_key() -> str | None:
    """The key of the profile, for what is signed without a server; its passphrase file goes with it (:func:`load_key`)."""
    from liandan.cli.profile import read_profile

    known = read_profile()
    return known.key if known is not None and known.key else None


def _key_of(key_file: str | None, passphrase_file: Path | None, known: Profile | None) -> PrivateKey | None:
    named = key_file if key_file is not None else known.key if known is not None else ""
    return load_key(named, passphrase_file) if named else None


def keep_receipts(client: AsyncLiandan, given: Path | None) -> Path:
    """Where the receipts of a connected client are kept from now on: as ``--receipts`` says, else as the profile, else by its log."""
    from liandan.cli.profile import receipts_of
    from liandan.client import ReceiptFolder

    if client.trust is None:
        raise click.UsageError("账本还没有成立：liandan log found / the log is not founded yet: liandan log found")
    path = given or receipts_of(profile_for(client.address), client.trust.found)
    if given is None:
        client.keep_in(ReceiptFolder(path))
    return path


async def ask_typed(answers: str, form: str, method: str, path: str, options: dict[str, Any], body: object = None) -> Any:
    """Ask a server and read what it answers; ``form`` names a Struct of the module ``answers``, which no ``--help`` has to load."""
    import msgspec

    async with open_client(**options) as client:
        return msgspec.json.decode(await client.ask(method, path, body), type=getattr(import_module(answers), form))


def open_reader(**options: Any) -> AsyncLiandan:
    """The same for what nobody may read without a token: as ``--key``, else as the operator where this installation has his key."""
    from liandan.keyring import read_keyring

    known = profile_for(options["url"])
    if options["key_file"] is not None or (known is not None and known.key):
        return open_client(**options)
    here = own_settings()
    if not here.key_path.exists():
        raise click.UsageError(
            "须以 --key 给出本单位的密钥文件，用以登录，或先 liandan login / name your key file to log in with: --key, or run liandan login once"
        )
    return open_client(read_keyring(here, operator_only=True).operator, **options)


def own_files() -> LogFiles:
    """The files of this installation's log, both directories."""
    from ledger.publishing.files import LogFiles

    own = own_settings()
    return LogFiles(own.log_path, own.entries_path)


def check_address(url: str) -> str:
    """The address of a server, as it is; wrong usage where it cannot be one."""
    import httpx

    try:
        found = httpx.URL(url)
        if found.scheme in ("http", "https") and found.host and 0 < (found.port or 1) < 65_536:
            return url
    except (httpx.InvalidURL, ValueError):  # the latter: a text that no encoding can write
        pass
    raise click.UsageError(f"地址不对，应为 http(s)://主机[:端口] / no address of a server, http(s)://host[:port] is wanted: {url[:200]!a}")


def read_given(path: Path, most: int = GIVEN_MAX) -> bytes:
    """A file that the command line names; a pipe as well. Wrong usage for anything else, and beyond ``most`` bytes."""
    from signing.files import PIPE_S, read_whole

    try:
        return read_whole(path, most, wait_s=PIPE_S)
    except (OSError, ValueError) as error:  # the latter of a name that no file can have
        why = error.strerror if isinstance(error, OSError) else error
        raise click.UsageError(f"文件无法读取 / cannot be read: {path}: {why}") from None


def own_settings(changes: Mapping[str, str | None] | None = None) -> Settings:
    """Settings of this installation, with what the command line says on top."""
    from liandan import settings

    return settings.load(os.environ | {f"LIANDAN_{name}": value for name, value in (changes or {}).items() if value is not None})


def load_key(key_file: str | Path, passphrase_file: Path | None) -> PrivateKey:
    """A key from its file or its token; passphrase or PIN from a file or the terminal, never from the command line."""
    from liandan.keyring import read_passphrase
    from signing.keys import read_key

    if str(key_file).startswith(TOKEN):
        from signing.token import open_token_key

        pin = read_pin(str(key_file), passphrase_file or own_passphrase(str(key_file)))
        return open_token_key(str(key_file), pin, token_module())
    path, passphrase_file = Path(key_file), passphrase_file or own_passphrase(str(key_file))
    if passphrase_file is not None:
        return read_key(path, read_passphrase(passphrase_file))
    return read_key(path, ask_passphrase(f"口令 / passphrase of {shown(str(path))}"))


def own_passphrase(key_file: str) -> Path | None:
    """The passphrase file of the profile, for the profile's own key."""
    from liandan.cli.profile import read_profile

    known = read_profile()
    return Path(known.passphrase_file) if known is not None and known.passphrase_file and known.key == key_file else None


def token_module() -> str:
    """The maker's module for tokens whose URI names none: ``LIANDAN_PKCS11_MODULE``."""
    return os.environ.get("LIANDAN_PKCS11_MODULE", "")


def read_pin(uri: str, passphrase_file: Path | None) -> bytes:
    """The PIN of a token, like a passphrase."""
    from liandan.keyring import read_passphrase

    return ask_passphrase(f"PIN  {shown(uri)}") if passphrase_file is None else read_passphrase(passphrase_file)


def ask_passphrase(prompt: str, *, twice: bool = False) -> bytes:
    """A passphrase from the terminal, or where there is none from the first line of standard input; wrong usage where nothing comes."""
    if _reads(0) and not os.isatty(0) and not _has_terminal():
        given = FileIO(0, closefd=False).readline(4096).strip()
        if not given:
            raise click.UsageError(
                "没有终端，也没有输入：请以 --passphrase-file 给出口令 / no terminal and no input: give --passphrase-file"
            )
        return given
    asked = str(prompting.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))
    return asked.encode("utf-8", "surrogateescape")


def _reads(number: int) -> bool:
    """Whether standard input is this descriptor, and nothing that somebody has put in its place."""
    try:
        return sys.stdin.fileno() == number
    except (OSError, ValueError):
        return False


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True
