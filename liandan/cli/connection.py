"""Options that commands share, and what they make of them: settings, keys, the client of a server."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.times import parse_at
from liandan import settings
from liandan.client import AsyncLiandan, ReceiptFolder, Trust
from liandan.keyring import read_keyring, read_passphrase
from signing.keys import PrivateKey, read_key

if TYPE_CHECKING:
    from ledger.publishing.files import LogFiles


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


pinned_hash = PinnedHash()
existing = click.Path(exists=True, dir_okay=False, path_type=Path)
existing_folder = click.Path(exists=True, file_okay=False, path_type=Path)
file = click.Path(dir_okay=False, path_type=Path)
folder = click.Path(file_okay=False, path_type=Path)
passphrase_option = click.option("--passphrase-file", type=existing, help="口令文件；否则询问 / passphrase file; asked for otherwise")
now_option = click.option("--now", help="模拟账本的当前时间 / present of a simulated log")
_CLIENT = (
    click.option("--url", envvar="LIANDAN_CLIENT_URL", help="服务地址，默认为本机设置 / server, default: this machine's settings"),
    click.option(
        "--key",
        "key_file",
        type=existing,
        help="登录并签名的密钥文件；查阅时默认本机运营密钥 / key file to log in and sign with; for reading, this installation's operator's",
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


def open_client(own: PrivateKey | None = None, **options: Any) -> AsyncLiandan:  # as client_options name them, perhaps among others
    """A client by the options, with the key ``own`` where they name none; not connected yet."""
    vkey_file, found, receipts, key_file = (options[name] for name in ("vkey_file", "found", "receipts", "key_file"))
    if (vkey_file is None) != (found is None):
        raise click.UsageError("--vkey 与 --found 须同时给出 / give --vkey and --found together")
    trust = None if vkey_file is None else Trust.from_files(vkey_file, found)
    kept = None if receipts is None else ReceiptFolder(receipts)
    key = own if key_file is None else load_key(key_file, options["passphrase_file"])
    url = options["url"]
    if url is None:
        here = own_settings()
        url = here.public_url or f"http://{here.host}:{here.port}"
    client = AsyncLiandan(url, key, trust=trust, folder=kept, patience_s=20)
    client.set_now(None if options["now"] is None else parse_at(options["now"], "--now"))
    return client


def open_reader(**options: Any) -> AsyncLiandan:
    """The same for what nobody may read without a token: as ``--key``, else as the operator where this installation has his key."""
    if options["key_file"] is not None:
        return open_client(**options)
    here = own_settings()
    if not here.key_path.exists():
        raise click.UsageError("须以 --key 给出本单位的密钥文件，用以登录 / name your key file to log in with: --key")
    return open_client(read_keyring(here, operator_only=True).operator, **options)


def own_files() -> "LogFiles":
    """The files of this installation's log, both directories."""
    from ledger.publishing.files import LogFiles

    own = own_settings()
    return LogFiles(own.log_path, own.entries_path)


def own_settings(changes: Mapping[str, str | None] | None = None) -> settings.Settings:
    """Settings of this installation, with what the command line says on top."""
    return settings.load(os.environ | {f"LIANDAN_{name}": value for name, value in (changes or {}).items() if value is not None})


def load_key(key_file: Path, passphrase_file: Path | None) -> PrivateKey:
    """A key from its file; the passphrase from a file or the terminal, never from the command line."""
    if passphrase_file is not None:
        return read_key(key_file, read_passphrase(passphrase_file))
    asked: str = click.prompt(f"口令 / passphrase of {key_file}", hide_input=True, err=True)
    return read_key(key_file, asked.encode())
