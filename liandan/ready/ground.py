"""What a server knows of the firms and numbers of an export, asked for page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ledger.answers import PartyAnswer, PartyPage
from ledger.mass import parse_mass
from liandan.books.fields import FieldRow, heads_of
from liandan.books.mapping import BookMapping
from liandan.client import AsyncLiandan, RequestRefused
from liandan.intake.reading import ReadTables
from liandan.ready.model import LoggedManifest, ReadyGround, name_key
from manifests.answers import Manifests
from whitelist.answers import Approvals, Permits
from whitelist.fields import Place

PAGE = 200
NAMES_MAX = 2_000
"""Firms of an export that are looked up by their names."""


async def fetch_ground(client: AsyncLiandan, read: ReadTables, holder: str, mapping: BookMapping) -> ReadyGround:
    """Permits of the receivers, decisions and manifests of the holder, parties by their names, the holder's one site."""
    rows = [FieldRow(row, heads_of("platform", mapping)) for table in read.tables.values() for row in table]
    roles = ("generator", "receiver", "carrier")
    names = {name for row in rows for role in roles if not row.text(role) and (name := row.text(f"{role}_name"))}
    parties = await _by_names(client, sorted(names)[:NAMES_MAX])
    ground = ReadyGround(parties=parties)
    receivers = {ground.party(row.text("receiver"), row.text("receiver_name")) for row in rows} - {""}
    permits = [one for receiver in sorted(receivers) for one in await _all(client, "/v1/permits", Permits, "permits", receiver=receiver)]
    approvals = await _all(client, "/v1/approvals", Approvals, "approvals", generator=holder)
    manifests = [
        one for role in ("generator", "receiver") for one in await _all(client, "/v1/manifests", Manifests, "manifests", **{role: holder})
    ]
    return ReadyGround(
        permits=permits, approvals=approvals, parties=parties, places=await _places(client, holder),
        manifests={
            one.number: LoggedManifest(
                id=one.id, number=one.number, generator=one.generator, receiver=one.receiver, codes=one.codes, declared_g=parse_mass(one.declared_t)
            )
            for one in manifests
            if one.number and one.stage != "voided"
        },
    )  # fmt: skip


async def _all(client: AsyncLiandan, path: str, form: Any, field: str, **asked: str) -> list[Any]:
    """Every row of a registry."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = msgspec.json.decode(await client.get(path, limit=PAGE, cursor=cursor, **asked), type=form)
        found += getattr(page, field)
        cursor = page.next
        if cursor is None:
            return found


async def _by_names(client: AsyncLiandan, names: Iterable[str]) -> dict[str, str]:
    """Codes by names; a name that two parties bear is nobody's."""
    found: dict[str, str] = {}
    for name in names:
        page = msgspec.json.decode(await client.get("/v1/parties", name=name, limit=PAGE), type=PartyPage)
        same = {one.uscc for one in page.parties if name_key(one.name) == name_key(name)}
        if len(same) == 1:
            found[name_key(name)] = same.pop()
    return found


async def _places(client: AsyncLiandan, holder: str) -> dict[str, Place]:
    """The holder's site, where it has registered exactly one."""
    try:
        party: PartyAnswer = await client.party(holder)
    except RequestRefused:
        return {}
    sites = [Place(division=site.division, address=site.address, site=site.site) for site in party.sites]
    return {holder: sites[0]} if len(sites) == 1 else {}
