"""``liandan statement``: look at, co-sign and post envelopes that other software made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from liandan.cli.agree import agree
from liandan.cli.connection import client_options, existing, open_client, read_given
from liandan.cli.cosign import cosign
from liandan.cli.outbox import outbox
from liandan.cli.output import FINDING, command, emit, warn

POSTED_MAX = 256 * 1024 * 1024
"""Bytes of a file of statements, one a line."""


@click.group()
def statement() -> None:
    """声明 / statements."""


cosign.add_command(agree)
statement.add_command(cosign)
statement.add_command(outbox)


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
