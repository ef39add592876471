"""Options of commands that speak to a server, and the client they make."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from liandan import settings
from liandan.client import AsyncLiandan, ReceiptFolder, Trust
from liandan.keyring import read_passphrase
from signing.keys import PrivateKey, read_key

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


def client_options(function: Callable[..., Any]) -> Callable[..., Any]:  # a click decorator
    """``--url --key --passphrase-file --vkey --found --receipts``."""
    for option in reversed(
        (
            click.option("--url", envvar="LIANDAN_CLIENT_URL", help="服务地址，默认为本机设置 / server, default: this machine's settings"),
            click.option("--key", "key_file", type=existing, help="登录并签名的密钥文件 / key file to log in and sign with"),
            click.option("--passphrase-file", type=existing, help="口令文件；否则询问 / passphrase file; asked for otherwise"),
            click.option("--vkey", "vkey_file", type=existing, help="已保存的 log.vkey / pinned log.vkey"),
            click.option("--found", help="已保存的账本创始声明哈希 / pinned hash of log.found"),
            click.option("--receipts", type=click.Path(file_okay=False, path_type=Path), help="回执文件夹 / receipt folder"),
            click.option("--now", help="模拟账本的当前时间 / present of a simulated log"),
        )
    ):
        function = option(function)
    return function


def open_client(
    url: str | None,
    key_file: Path | None,
    passphrase_file: Path | None,
    vkey_file: Path | None,
    found: str | None,
    receipts: Path | None,
    now: str | None,
    *,
    uscc: str = "",
) -> AsyncLiandan:
    """A client by the options; not connected yet."""
    from ledger.times import parse_at

    if (vkey_file is None) != (found is None):
        raise click.UsageError("--vkey 与 --found 须同时给出 / give --vkey and --found together")
    trust = None if vkey_file is None or found is None else Trust.from_files(vkey_file, found)
    folder = None if receipts is None else ReceiptFolder(receipts)
    client = AsyncLiandan(server_url(url), load_key(key_file, passphrase_file), uscc=uscc, trust=trust, folder=folder, patience_s=20)
    client.set_now(None if now is None else parse_at(now, "--now"))
    return client


def server_url(url: str | None) -> str:
    """The given address, or that of the server on this machine."""
    if url is not None:
        return url
    own = settings.load({name: value for name, value in os.environ.items() if name != "LIANDAN_CLIENT_URL"})
    return own.public_url or f"http://{own.host}:{own.port}"


def load_key(key_file: Path | None, passphrase_file: Path | None) -> PrivateKey | None:
    """A key from its file; the passphrase from a file or the terminal, never from the command line."""
    if key_file is None:
        return None
    if passphrase_file is not None:
        return read_key(key_file, read_passphrase(passphrase_file))
    asked: str = click.prompt(f"口令 / passphrase of {key_file}", hide_input=True, err=True)
    return read_key(key_file, asked.encode())
