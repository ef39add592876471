"""``liandan log``: found a log offline, ask a log how it is."""

import time
from pathlib import Path
from typing import Any

import click
import msgspec

from ledger.admission.statement import hash_of
from liandan.cli.connection import client_options, existing, load_key, open_client
from liandan.cli.cut import cut, local_status, policy
from liandan.cli.output import command, emit, json_option
from liandan.cli.refill import refill
from liandan.cli.serve import own_settings
from liandan.founding import Plan, founding_draft, sign_founding
from liandan.keyring import read_keyring
from signing.envelope import freeze
from signing.keys import PrivateKey
from signing.refusal import refuse


@click.group()
def log() -> None:
    """账本 / the log."""


@log.command("found")
@click.argument("plan_file", type=existing)
@click.option("--key", "key_files", multiple=True, metavar="USCC=FILE", help="手边的主管部门密钥，可多次 / keys of authorities at hand")
@click.option("--passphrase-file", type=existing, help="这些密钥的口令文件 / passphrase of these keys")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default="log.found.json", show_default=True)
@json_option
@command
def found_command(plan_file: Path, key_files: tuple[str, ...], passphrase_file: Path | None, out: Path, as_json: bool) -> None:
    """离线成立账本：由约定（JSON）和登记材料生成 log.found，会签后用 statement post 提交。

    Assemble log.found from a plan and registrations; co-sign it, then post it. The plan: {"operator":{"uscc","name"},
    "authorities":[{"uscc","name","regions":["51"],"key":{…}}],"clock":"real"}.
    """
    try:
        plan = msgspec.json.decode(plan_file.read_bytes(), type=Plan)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise refuse("FIELD_TYPE", field=str(plan_file), found=error, expected="see --help") from None
    keys: dict[str, PrivateKey] = {}
    for item in key_files:
        uscc, _, path = item.partition("=")
        loaded = load_key(Path(path), passphrase_file)
        assert loaded is not None, "a path was given"
        keys[uscc] = loaded
    keyring = read_keyring(own_settings())
    envelope, missing = sign_founding(founding_draft(plan, keyring, keys), plan, keyring, keys)
    out.write_bytes(freeze(envelope) + b"\n")
    result = {"found": hash_of(envelope), "origin": keyring.origin, "path": str(out), "yet_to_sign": missing}
    todo = f"尚待会签 / yet to sign: {', '.join(missing)}" if missing else "签名齐全，可提交 / complete: liandan statement post"
    emit(result, as_json, f"log.found {hash_of(envelope)} → {out}", todo)


@log.command()
@client_options
@json_option
@command
async def status(as_json: bool, **options: Any) -> int:
    """账本状态：本机账本的发布、见证、冻结与防护；给出 --url 则询问服务。

    This installation's log: publication, witnesses, freezes, guards; with --url what a server says of its log.
    """
    if options["url"] is None:
        return await local_status(as_json)
    begun = time.monotonic()
    client = open_client(**options)
    try:
        found = await client.log()
    finally:
        await client.close()
    took_ms = round((time.monotonic() - begun) * 1000)
    emit(
        found,
        as_json,
        f"{found.origin}  {'未成立 / not founded' if found.found is None else found.found}",
        f"已发布 / published {found.size}，已提交 / committed {found.committed}，时钟 / clock {found.clock or '-'}",
        f"{found.now}，{took_ms} ms",
    )
    return 0


log.add_command(cut)
log.add_command(policy)
log.add_command(refill)
