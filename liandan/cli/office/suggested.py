"""What the log itself says of an act, so that nobody has to copy it: the digest that is countersigned, the next page, the data that ships."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from ledger.admission.personality import Kind
from ledger.answers import filled
from ledger.mass import parse_mass
from liandan.cli.office.aloud import POLICY, ask_policy
from liandan.cli.office.asking import Asking, Offer
from liandan.cli.streams import warn
from liandan.client import AsyncLiandan, Dishonest
from liandan.list_words import conditions_words
from manifests.listed.answers import ListYear
from whitelist.adopted import data_files
from whitelist.answers import Listings, Lists
from whitelist.fields import LIST
from whitelist.list_answers import ListAnswer
from whitelist.listing import ListRow, rows_hash

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
    """Every row is shown, and the digest is worked out here from the rows that were shown: a server that shows others than it has is found.
    Whoever holds the letter's table works the digest out himself and gives it (``--rows-hash``).
    """
    found = await _list(chain, client)
    if found is None or found.rows_hash is None or "rows_hash" in body:
        return {}
    shown, rows = list[str](), list[ListRow]()
    cursor: str | None = ""
    while cursor is not None:
        raw = await client.get("/v1/listings", list=chain, limit=200, cursor=cursor or None)
        page = msgspec.json.decode(raw, type=Listings)
        for row in page.listings:
            quota_t = row.quotas[0].quota_t if row.quotas else row.quota_t
            own = {"root": "", "quota_g": parse_mass(quota_t)}
            rows.append(filled(ListRow, row, **own))
            terms = f"  {conditions_words(row.conditions)}" if row.conditions is not None else ""
            name = page.names.get(row.receiver, row.receiver)
            shown.append(f"  {row.row}  {name}  {row.waste.told()[0]}  {' '.join(row.methods)}  {quota_t} 吨{terms}")
        cursor = page.next
    digest = rows_hash(rows)
    if digest != found.rows_hash:
        raise Dishonest(f"the rows that were shown have the digest {digest}, the list says {found.rows_hash}")
    warn(
        f"名单共 {len(rows)} 行，联署的就是这些，请与函件附表逐行核对 / these {len(rows)} rows are countersigned: compare them with the letter's table",
        *shown,
    )
    return {"rows_hash": digest}


async def _page(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """The first page of a list that has none; later ones are counted by who files them."""
    found = await _list(chain, client)
    return {"page": 0} if found is not None and not found.rows_filed and "page" not in body else {}


async def _data(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """A data set that ships with this program, by its name."""
    shipped = {one.name: (one.version, one.read()) for one in data_files()}
    return await _adopted(
        "数据名称 / data set (name)", "name", {name: version for name, (version, _) in shipped.items()}, shipped, body, asking
    )


async def _ruleset(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """A version of the rules that this program can run."""
    from liandan.wiring import KINDS

    known = {version: (version, ruleset.file) for version, ruleset in KINDS.rulesets.items()}
    found = await _adopted("规则集版本 / version of the rules", "version", dict.fromkeys(known, ""), known, body, asking)
    return {"name": KINDS.rulesets[found["version"]].name, **found} if "sha256" in found else found


async def _adopted(
    question: str, field: str, offers: Mapping[str, str], known: Mapping[str, tuple[str, bytes]], body: Mapping[str, Any], asking: Asking
) -> dict[str, Any]:
    """What is adopted, by what it is called: its version, and the hash of the very file."""
    named: Any = body.get(field)
    if named is None and asking.asks:

        async def read(text: str) -> str:
            return text

        named = await asking.ask(question, read, [Offer(value, words) for value, words in offers.items()], is_optional=False)
    found = {} if named is None else {field: named}
    if not isinstance(named, str) or named not in known or "sha256" in body:
        return found
    version, content = known[named]
    return found | {"version": version, "sha256": sha256(content).hexdigest()}


async def _report(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """What really moved on the rows in the list's year, as the log has it; letter and environment are the office's to say."""
    if "rows" in body:
        return {}
    found = msgspec.json.decode(await client.get(chain.replace("list/", "/v1/lists/", 1) + "/report"), type=ListYear)
    if len(found.bodies) > 1:
        warn(
            f"共 {len(found.bodies)} 份，这是第 1 份；其余用 --from / {len(found.bodies)} reports in all, this is the first: the others by --from"
        )
    return {"rows": msgspec.to_builtins(found.bodies[0].rows)} if found.bodies else {}


async def _policy(chain: str, body: Mapping[str, Any], client: AsyncLiandan, asking: Asking) -> dict[str, Any]:
    """Witnesses are asked for by name and key; whoever has the lines of a policy gives them as they are."""
    return {POLICY: await ask_policy(asking)} if asking.asks and POLICY not in body else {}


_SUGGESTED: Mapping[str, Suggest] = {
    "witness.set/1": _policy,
    "list.countersign/1": _rows_hash,
    "list.rows/1": _page,
    "data.adopt/1": _data,
    "ruleset.adopt/1": _ruleset,
    "list.report/1": _report,
}
