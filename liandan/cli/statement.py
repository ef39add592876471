"""``liandan statement``: look at, co-sign and post envelopes that other software made."""

from pathlib import Path
from typing import Any

import click

from ledger.admission.statement import hash_of
from liandan.cli.connection import client_options, existing, load_key, open_client
from liandan.cli.output import FINDING, command, console, emit, errors, json_option
from liandan.client import Receipt
from liandan.client import cosign as add_signature
from signing.envelope import PAYLOAD_STATEMENT, Envelope, freeze, parse_envelope


@click.group()
def statement() -> None:
    """声明 / statements."""


@statement.command()
@click.argument("path", type=existing)
@click.option("--key", "key_file", type=existing, required=True, help="会签密钥 / key to co-sign with")
@click.option("--passphrase-file", type=existing, help="口令文件；否则询问 / asked for otherwise")
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@json_option
@command
def cosign(path: Path, key_file: Path, passphrase_file: Path | None, yes: bool, as_json: bool) -> int:
    """会签同一份字节；先显示内容再签。 / Co-sign the same bytes, after showing them."""
    envelope = parse_envelope(path.read_bytes().strip(), payload_type=PAYLOAD_STATEMENT)
    (errors if as_json else console).print(envelope.body.decode(), markup=False)
    if not yes and not click.confirm("签署以上内容？ / sign this?", err=as_json):
        emit({"statement": hash_of(envelope), "is_signed": False}, as_json, "未签署 / not signed")
        return FINDING
    key = load_key(key_file, passphrase_file)
    assert key is not None, "the key is required"
    path.write_bytes(freeze(add_signature(envelope, key)) + b"\n")
    done = {"statement": hash_of(envelope), "is_signed": True, "keyid": key.keyid, "path": str(path)}
    emit(done, as_json, f"已会签 / signed: {hash_of(envelope)} {key.keyid}")
    return 0


@statement.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@click.option("--atomic", is_flag=True, help="全部入账或全部不入 / all or nothing")
@client_options
@json_option
@command
async def post(paths: tuple[Path, ...], atomic: bool, as_json: bool, **options: Any) -> int:
    """提交声明（每个文件一份或 NDJSON 多份），核验并保存回执。 / Post envelopes, verify and keep the receipts."""
    envelopes: list[Envelope] = []
    for path in paths:
        lines = path.read_bytes().splitlines()
        envelopes += [parse_envelope(line, payload_type=PAYLOAD_STATEMENT) for line in lines if line.strip()]
    async with open_client(**options) as client:
        if client.trust is None:
            pin = await client.found(envelopes.pop(0))
            errors.print(f"账本已成立，请保存此哈希 / founded; pin this hash: {pin}", markup=False)
            await client.connect()
        answers = await client.post_batch(envelopes, atomic=atomic) if envelopes else []
    results = [_result(answer) if isinstance(answer, Receipt) else answer for answer in answers]
    lines_out = [
        f"{answer.index} {answer.statement}" if isinstance(answer, Receipt) else f"{answer.code} {answer.title} {answer.detail}"
        for answer in answers
    ]
    emit(results, as_json, *lines_out, f"检查点 / checkpoint: {client.checkpoint.size if client.checkpoint else '-'}")
    return 0 if all(isinstance(answer, Receipt) for answer in answers) else FINDING


def _result(receipt: Receipt) -> dict[str, object]:
    return {"index": receipt.index, "statement": receipt.statement, "is_new": receipt.is_new, "size": receipt.checkpoint.size}
