"""What the log itself says of an act, so that nobody has to copy it: the digest that is countersigned, the next page, the data that ships."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from ledger.admission.personality import Kind
from liandan.cli.office.aloud import POLICY, ask_policy
from liandan.cli.office.asking import Asking, Offer
from liandan.cli.streams import warn
from liandan.client import AsyncLiandan
from whitelist.adopted import data_files
from whitelist.answers import Listings, Lists
from whitelist.fields import LIST
from whitelist.list_answers import ListAnswer

Suggest = Callable[[str, Mapping[str, Any], AsyncLiandan, Asking], Awaitable[dict[str, Any]]]


async def suggested(kind: Kind, chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """Fields of the body with what stands in the log; shown as everything is before it is signed."""
    one = _SUGGESTED.get(kind.name)
    return {} if one is None else await one(chain, body, client, asking)


async def _list(chain: str, client: AsyncLiandan) -> ListAnswer | None:
    year, from_province, to_province, _ = LIST.fullmatch(chain).groups()  # type: ignore[union-attr]  # the chain's form was judged
    query = {"year": int(year), "from": from_province, "to": to_province, "limit": 200}
    page = msgspec.json.decode(await client.get("/v1/lists", **query), type=Lists)
    return next((one for one in page.lists if one.list == chain), None)


async def _rows_hash(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """Every row is shown first: the digest is over exactly these."""
    found = await _list(chain, client)
    if found is None or found.rows_hash is None or "rows_hash" in body:
        return {}
    page = msgspec.json.decode(await client.get("/v1/listings", list=chain, limit=200), type=Listings)
    warn(f"名单共 {found.rows_filed} 行，将联署的就是这些 / the rows that are countersigned: {found.rows_filed}")
    for row in page.listings:
        name = page.names.get(row.receiver, row.receiver)
        warn(f"  {row.row}  {name}  {row.waste.told()[0]}  {' '.join(row.methods)}  {row.quota_t} 吨")
    if page.next is not None:
        warn(f"  …… 其余见 / the rest: liandan list show {chain}")
    return {"rows_hash": found.rows_hash}


async def _page(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """The first page of a list that has none; later ones are counted by who files them."""
    found = await _list(chain, client)
    return {"page": 0} if found is not None and not found.rows_filed and "page" not in body else {}


async def _data(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """A data set that ships with this program, by its name."""
    shipped = {one.name: one for one in data_files()}
    if "name" not in body and asking.asks:

        async def read(text: str) -> str:
            return text

        offers = [Offer(one.name, one.version) for one in shipped.values()]
        body = {**body, "name": await asking.ask("数据名称 / data set (name)", read, offers, is_optional=False)}
    known = shipped.get(str(body.get("name")))
    if known is None or "sha256" in body:
        return {"name": body["name"]} if "name" in body else {}
    return {"name": known.name, "version": known.version, "sha256": sha256(known.read()).hexdigest()}


async def _policy(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """Witnesses are asked for by name and key; whoever has the lines of a policy gives them as they are."""
    return {POLICY: await ask_policy(asking)} if asking.asks and POLICY not in body else {}


_SUGGESTED: Mapping[str, Suggest] = {
    "witness.set/1": _policy,
    "list.countersign/1": _rows_hash,
    "list.rows/1": _page,
    "data.adopt/1": _data,
}
