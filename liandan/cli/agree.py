"""``liandan statement cosign agree``: what waits for your signature, looked at, signed and sent in one step; and how it is shown, with names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, keep_receipts, open_client, pinned_hash
from liandan.cli.cosign import agreed, form_of, shown_is, told_of, yes_option
from liandan.cli.output import FINDING, command, emit, say, wants_json, warn

if TYPE_CHECKING:
    from ledger.pending.compact import CosignedStatement
    from liandan.cli.office.knowing import ServerKnowledge


@click.command()
@click.argument("statement", type=pinned_hash)
@yes_option
@client_options
@command
async def agree(statement: str, yes: bool, **options: Any) -> int:
    """核对并会签一份待签的声明：取回、显示、签署、交回，一步办完。 / Look at one that waits, sign it and send it: all in one step."""
    import msgspec

    from ledger.pending.answers import PendingAnswer
    from liandan.cli.office.knowing import ServerKnowledge

    async with open_client(needs_key=True, **options) as client:
        folder = keep_receipts(client, options["receipts"])
        found = msgspec.json.decode(await client.ask("GET", f"/v1/pending/{statement}"), type=PendingAnswer)
        if found.envelope is None:
            return told_of(found)
        cosigning = shown_is(found, statement)
        await show_named(cosigning, ServerKnowledge(client))
        if not agreed(yes):
            emit({"statement": statement, "is_signed": False}, "未签署 / not signed")
            return FINDING
        signed = cosigning.signed(form_of(cosigning)[0].by.index(client.uscc), client.signature(cosigning.envelope))
        code = told_of(await client.offer(signed.envelope))
    warn(*([f"  回执 / receipt: {folder}"] if code == 0 else []))
    return code


async def show_named(cosigning: CosignedStatement, knows: ServerKnowledge) -> None:
    """The same with names beside codes, as a server knows them."""
    from liandan.cli.cosign_words import told
    from signing.payload import parse

    statement, kind = form_of(cosigning)
    body = parse(cosigning.body)["body"]
    names = await knows.names_in(body, (statement.chain, *statement.by, *filter(None, (statement.principal,))))
    meant = [f"  {line}" for line in await knows.meant(statement.chain, body)]
    (warn if wants_json() else say)(*told(cosigning, statement, kind, body, names), *meant)
