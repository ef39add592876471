"""``liandan key``: keys of parties, and the key file of a log."""

import secrets
from pathlib import Path

import click

from liandan import keyring
from liandan.cli.connection import existing, load_key
from liandan.cli.output import command, emit, errors, json_option
from liandan.cli.serve import own_settings
from signing.keys import PrivateKey, write_key
from signing.possession import register
from signing.suite import SUITES


@click.group()
def key() -> None:
    """密钥 / keys."""


@key.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--suite", type=click.Choice(list(SUITES)), default="ed25519", show_default=True, help="签名算法 / signature suite")
@click.option("--log", "origin", help="生成账本密钥文件，账本名如 liandan.example/2026 / make the key file of a new log of this name")
@click.option("--ml-dsa", is_flag=True, help="账本另加 ML-DSA-44 密钥 / the log gets an ML-DSA-44 key as well")
@click.option(
    "--passphrase-file", type=click.Path(dir_okay=False, path_type=Path), help="口令文件；不存在则生成 / made if it does not exist"
)
@json_option
@command
def new(path: Path | None, suite: str, origin: str | None, ml_dsa: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """生成密钥。密钥与口令请分开备份。 / Make a key; back up key and passphrase apart from each other."""
    if origin is not None:
        own = own_settings()
        made = keyring.generate(origin, with_ml_dsa=ml_dsa)
        keyring.write_keyring(made, path or own.key_path, passphrase_file or own.passphrase_path)
        found = {"origin": origin, "log_keys": made.vkeys, "operator_keyid": made.operator.keyid, "path": str(path or own.key_path)}
        emit(
            found,
            as_json,
            f"账本密钥已写入 / written: {path or own.key_path}",
            *made.vkeys,
            f"运营方密钥 / operator key: {made.operator.keyid}",
        )
        return
    if path is None:
        raise click.UsageError("请给出文件路径，或 --log / give a path, or --log")
    fresh = PrivateKey.generate(suite)
    write_key(path, fresh, _passphrase(passphrase_file))
    emit({"keyid": fresh.keyid, "suite": suite, "path": str(path)}, as_json, f"{fresh.keyid} {suite} → {path}")


@key.command()
@click.argument("path", type=existing)
@click.option("--passphrase-file", type=existing, help="口令文件；否则询问 / asked for otherwise")
@json_option
@command
def show(path: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """查看密钥编号（keyid）与算法。 / Show a key's id and suite."""
    found = load_key(path, passphrase_file)
    assert found is not None, "the path is required"
    emit({"keyid": found.keyid, "suite": found.suite}, as_json, f"{found.keyid} {found.suite}")


@key.command()
@click.argument("path", type=existing)
@click.option("--uscc", required=True, help="单位的统一社会信用代码 / the party's code")
@click.option(
    "--for", "x", required=True, help="账本创始声明哈希；账本成立时为账本名 / hash of log.found, or the origin before the founding"
)
@click.option("--passphrase-file", type=existing, help="口令文件；否则询问 / asked for otherwise")
@click.option("--json", is_flag=True, expose_value=False, help="总是 JSON / it is JSON anyway")
@command
def registration(path: Path, uscc: str, x: str, passphrase_file: Path | None) -> None:
    """登记材料（含持有证明），交主管部门登记。 / A registration with proof of possession, for the authority."""
    found = load_key(path, passphrase_file)
    assert found is not None, "the path is required"
    emit(register(found, x, uscc), True)


def _passphrase(path: Path | None) -> bytes:
    """From a file, which is made with a random passphrase if it is not there; else from the terminal, twice."""
    if path is None:
        asked: str = click.prompt("口令 / passphrase", hide_input=True, confirmation_prompt=True, err=True)
        return asked.encode()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32) + "\n", encoding="utf-8")
        errors.print(f"口令已生成 / passphrase made: {path}", markup=False)
    return keyring.read_passphrase(path)
