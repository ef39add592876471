"""What ``list.confirm`` puts in force, from the very bytes whose hash is signed: a server that words it otherwise is found out.

The body names another statement by its hash and says nothing of it. Whoever chose it from a list chose words of the server; so the statement is
fetched, its hash is worked out here, and all of it is shown beside what is signed, before anybody is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ledger.admission.entry import read_entry
from ledger.pending.compact import cosigning_of
from liandan.cli.output import warn
from liandan.client import AsyncLiandan, Dishonest
from liandan.wiring import KINDS
from signing import b64
from whitelist.answers import Lists
from whitelist.fields import LIST

if TYPE_CHECKING:
    from liandan.cli.office.knowing import ServerKnowledge

KIND = "list.confirm/1"


async def show_confirmed(chain: str, act: str, client: AsyncLiandan, knows: ServerKnowledge) -> None:
    """The act of a list that waits, field by field; Dishonest where the server shows other bytes than those of the hash. What the log does not
    say to be waiting is told, and is refused when it is posted."""
    from liandan.cli.agree import show_named

    year, from_province, to_province, _ = LIST.fullmatch(chain).groups()  # type: ignore[union-attr]  # the chain's form was judged
    query = {"year": int(year), "from": from_province, "to": to_province, "limit": 200}
    page = msgspec.json.decode(await client.get("/v1/lists", **query), type=Lists)
    index = next((one.index for listed in page.lists if listed.list == chain for one in listed.pending if one.act == act), None)
    if index is None:
        warn(f"! 名单上没有等待确认的这份声明 / nothing of this hash waits on the list: {act}")
        return
    found = next((one.entry for one in (await client.feed(index - 1, 1)).entries if one.index == index), None)
    statement = None if found is None else read_entry(b64.decode(found, field="entry"), KINDS)
    if statement is None or statement.statement.hash != act or statement.statement.chain != chain:
        shown = "-" if statement is None else statement.statement.hash
        raise Dishonest(f"the bytes of {shown} were shown for {act}, which is to be confirmed")
    warn("【所确认的声明，逐字段核对 / what is confirmed: compare every field】")
    await show_named(cosigning_of(statement.envelope.body), knows)
    warn("【将签署的确认 / the confirmation that is signed】")
