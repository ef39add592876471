"""``liandan statement``: look at, co-sign and post envelopes that other software made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, existing, load_key, open_client, passphrase_option, read_given
from liandan.cli.output import FINDING, command, emit, say, wants_json, warn

if TYPE_CHECKING:
    from signing.envelope import Envelope

POSTED_MAX = 256 * 1024 * 1024
"""Bytes of a file of statements, one a line."""


@click.group()
def statement() -> None:
    """声明 / statements."""


@statement.command()
@click.argument("path", type=existing)
@click.option("--key", "key_file", type=existing, required=True, help="会签密钥 / key to co-sign with")
@passphrase_option
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@command
def cosign(path: Path, key_file: Path, passphrase_file: Path | None, yes: bool) -> int:
    """会签同一份字节；先核对格式（含每个统一社会信用代码）、显示内容，再签。 / Co-sign the same bytes, after checking their form and showing them."""
    from ledger.admission.statement import hash_of
    from liandan.client import cosign as add_signature
    from signing.envelope import PAYLOAD_STATEMENT, freeze, parse_envelope

    envelope = parse_envelope(read_given(path).strip(), payload_type=PAYLOAD_STATEMENT)
    _check_form(envelope)
    (warn if wants_json() else say)(envelope.body.decode())
    if not yes and not click.confirm("签署以上内容？ / sign this?", err=wants_json()):
        emit({"statement": hash_of(envelope), "is_signed": False}, "未签署 / not signed")
        return FINDING
    key = load_key(key_file, passphrase_file)
    path.write_bytes(freeze(add_signature(envelope, key)) + b"\n")
    done = {"statement": hash_of(envelope), "is_signed": True, "keyid": key.keyid, "path": str(path)}
    emit(done, f"已会签 / signed: {hash_of(envelope)} {key.keyid}")
    return 0


def _check_form(envelope: Envelope) -> None:
    """What the log would not even read, a wrong code among it, is not signed: whoever signs next would hear of it too late."""
    from msgspec.structs import replace

    from ledger.admission.statement import read_statement
    from liandan.wiring import KINDS
    from signing.payload import parse

    by = parse(envelope.body).get("by")
    missing = len(by) - len(envelope.signatures) if isinstance(by, list) else 0
    read_statement(replace(envelope, signatures=envelope.signatures + envelope.signatures[:1] * missing), KINDS)  # as if all had signed


@statement.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@click.option("--atomic", is_flag=True, help="全部入账或全部不入 / all or nothing")
@client_options
@command
async def post(paths: tuple[Path, ...], atomic: bool, **options: Any) -> int:
    """提交声明（每个文件一份或 NDJSON 多份），核验并保存回执。 / Post envelopes, verify and keep the receipts."""
    from liandan.client import Receipt
    from signing.envelope import PAYLOAD_STATEMENT, parse_envelope

    given = [line for path in paths for line in read_given(path, POSTED_MAX).splitlines() if line.strip()]
    envelopes = [parse_envelope(line, payload_type=PAYLOAD_STATEMENT) for line in given]
    async with open_client(**options) as client:
        if client.trust is None:
            pin = await client.found(envelopes.pop(0))
            warn(f"账本已成立，请保存此哈希 / founded; pin this hash: {pin}")
            await client.connect()
        answers = await client.post_batch(envelopes, atomic=atomic) if envelopes else []
    results, lines = list[object](), list[str]()
    for answer in answers:
        if isinstance(answer, Receipt):
            told = {"index": answer.index, "statement": answer.statement, "is_new": answer.is_new, "size": answer.checkpoint.size}
            results.append(told)
            lines.append(f"{answer.index} {answer.statement}")
        else:
            results.append(answer)
            lines.append(f"{answer.code} {answer.title} {answer.detail}")
    emit(results, *lines, f"检查点 / checkpoint: {client.checkpoint.size if client.checkpoint else '-'}")
    return 0 if all(isinstance(answer, Receipt) for answer in answers) else FINDING
