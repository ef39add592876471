"""``liandan key``: keys of parties, and the key file of a log. What concerns papers stands in ``liandan.cli.issuer``."""

from pathlib import Path

import click

from liandan.cli import issuer
from liandan.cli.connection import (
    TOKEN,
    ask_passphrase,
    file,
    key_name,
    load_key,
    own_settings,
    party_code,
    passphrase_option,
    read_pin,
    token_module,
)
from liandan.cli.office.groups import ActGroup
from liandan.cli.output import command, emit, json_command, warn

SUITES = ("ed25519", "ecdsa-p256-sha256", "ml-dsa-44", "sm2-sm3")
"""Those of ``signing.suite``, named here so that ``--help`` needs no cryptography; a test compares."""


@click.group(cls=ActGroup, noun="key")
def key() -> None:
    """密钥 / keys."""


key.add_command(issuer.make_command)
key.add_command(issuer.cert_command)


@key.command()
@click.argument("path", required=False)
@click.option("--suite", type=click.Choice(SUITES), default="ed25519", show_default=True, help="签名算法 / signature suite")
@click.option("--log", "origin", help="生成账本密钥文件，账本名如 liandan.example/2026 / make the key file of a new log of this name")
@click.option("--ml-dsa", is_flag=True, help="账本另加 ML-DSA-44 密钥 / the log gets an ML-DSA-44 key as well")
@click.option("--passphrase-file", type=file, help="口令文件；不存在则生成 / made if it does not exist")
@command
def new(path: str | None, suite: str, origin: str | None, ml_dsa: bool, passphrase_file: Path | None) -> None:
    """生成密钥：文件，或令牌中（pkcs11:…，私钥不出令牌）。密钥与口令请分开备份。

    Make a key, in a file or inside a token (pkcs11:…), which it never leaves; back up key and passphrase apart from each other.
    """
    from liandan import keyring
    from signing.keys import PrivateKey, write_key

    if path is not None and path.startswith(TOKEN):
        from signing.token import make_token_key

        in_token = make_token_key(path, read_pin(path, passphrase_file), suite, token_module())
        told = {"keyid": in_token.keyid, "suite": suite, "path": path}
        emit(
            told,
            f"{in_token.keyid} {suite} → {path}",
            "备份由令牌自己负责：请另登记第二把密钥 / register a second key: this one cannot be copied",
        )
        return
    if origin is not None:
        own = own_settings()
        made, to = keyring.generate(origin, with_ml_dsa=ml_dsa), Path(path) if path is not None else own.key_path
        keyring.write_keyring(made, to, passphrase_file or own.passphrase_path)
        found = {"origin": origin, "log_keys": made.vkeys, "operator_keyid": made.operator.keyid, "path": str(to)}
        emit(found, f"账本密钥已写入 / written: {to}", *made.vkeys, f"运营方密钥 / operator key: {made.operator.keyid}")
        return
    if path is None:
        raise click.UsageError("请给出文件路径，或 --log / give a path, or --log")
    fresh = PrivateKey.generate(suite)
    write_key(Path(path), fresh, _passphrase(passphrase_file))
    emit({"keyid": fresh.keyid, "suite": suite, "path": str(path)}, f"{fresh.keyid} {suite} → {path}")


@key.command()
@click.argument("path", type=key_name)
@passphrase_option
@command
def show(path: str, passphrase_file: Path | None) -> None:
    """查看密钥编号（keyid）与算法。 / Show a key's id and suite."""
    found = load_key(path, passphrase_file)
    emit({"keyid": found.keyid, "suite": found.suite}, f"{found.keyid} {found.suite}")


@key.command()
@click.argument("path", type=key_name)
@click.option("--uscc", type=party_code, required=True, help="单位的统一社会信用代码 / the party's code")
@click.option(
    "--for", "x", required=True, help="账本创始声明哈希；账本成立时为账本名 / hash of log.found, or the origin before the founding"
)
@passphrase_option
@json_command
def registration(path: str, uscc: str, x: str, passphrase_file: Path | None) -> None:
    """登记材料（含持有证明），交主管部门登记。 / A registration with proof of possession, for the authority."""
    from signing.possession import register

    emit(register(load_key(path, passphrase_file), x, uscc))


def _passphrase(path: Path | None) -> bytes:
    """From a file, which is made with a random passphrase if it is not there; else from the terminal, twice."""
    from liandan.keyring import make_passphrase

    if path is None:
        return ask_passphrase("口令 / passphrase", twice=True)
    if not path.exists():
        warn(f"口令已生成 / passphrase made: {path}")
    return make_passphrase(path)
