"""What a server knows of the codes that a form asks for: names of parties, places and wastes; permits, lists and rows that may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from ledger.answers import PartyPage
from ledger.chain import USCC
from ledger.times import day_at
from liandan.act_tree import Node
from liandan.cli.office.asking import Offer
from liandan.client import AsyncLiandan, RequestRefused
from manifests.emergencies.answers import Emergencies
from signing import b64
from signing.keys import keyid
from signing.refusal import Refusal
from whitelist.adopted import data_files
from whitelist.answers import Approvals, Listings, Lists, Permits
from whitelist.catalogue import Catalogue, parse_catalogue
from whitelist.divisions import DIVISION, Divisions, parse_divisions, province_name
from whitelist.fields import LIST
from whitelist.list_answers import PendingListAct
from whitelist.names import STAGES, STATES

PAGE = 200
DESCRIPTION_MAX = 24  # Characters of a waste's description, which runs over many lines.
_PARTY = re.compile(rf"(?:^|/)({USCC})(?=/|$)")
_CODE = re.compile("[0-9]{3}-[0-9]{3}-[0-9]{2}")
_REGION = re.compile("[0-9]{2}(?:[0-9]{2}){0,2}")
_REGIONS = frozenset({"regions", "transit"})
_REF = re.compile(r"\^(permit|approval|list|emergency)/.*")
"""How the form of a field begins that names a chain of such a type."""


class ServerKnowledge:
    """By one client; answers are kept for the length of a command."""

    def __init__(self, client: AsyncLiandan) -> None:
        self._client, self.chain = client, ""
        """Chain of the act that is asked for, once it is known."""
        self._names: dict[str, str] = {}
        self._offered: dict[tuple[str, str], list[Offer]] = {}

    async def name_of(self, code: str) -> str:
        """Of a party, a division, a waste, and of chains that name such; empty for anything else."""
        if (listed := LIST.fullmatch(code)) is not None:
            return f"{listed[1]} 年 {direction(listed[2], listed[3])}"
        if DIVISION.fullmatch(code):
            return divisions().full_name(code)
        if _CODE.fullmatch(code):
            return waste_name(code)
        if (party := _PARTY.search(code)) is not None:
            return await self._party(party[1])
        return ""

    async def names_in(self, body: Any, codes: Iterable[str]) -> dict[str, str]:
        """Names of every code of a body, and of some more; of regions and provinces under their fields, as two digits may be anything."""
        found = {code: await self.name_of(code) for code in dict.fromkeys((*codes, *(text for _, text in _texts(body, ""))))}
        found |= {f"{field}={text}": region_name(text) for field, text in _texts(body, "") if field in _REGIONS}
        found |= {f"{field}={text}": key_name(text) for field, text in _texts(body, "") if field == "spki"}
        return {code: name for code, name in found.items() if name}

    async def _party(self, uscc: str) -> str:
        if uscc not in self._names:
            try:
                self._names[uscc] = (await self._client.party(uscc)).name
            except RequestRefused:
                self._names[uscc] = ""
        return self._names[uscc]

    async def find_party(self, text: str) -> Sequence[Offer]:
        """Parties whose names hold a text, former names too."""
        page = await self._read(PartyPage, "/v1/parties", name=text[:60])
        return [Offer(one.uscc, one.name) for one in page.parties if not one.closed_on]

    async def offers(self, node: Node, within: Mapping[str, Any]) -> Sequence[Offer]:
        """Permits of the receiver that was just named, lists, rows of the list that was just named; else by the chain of the act: rows and
        pending acts of the list, lines of the application."""
        if node.name == "row":
            return await self.rows(str(within.get("list", self.chain)))
        if node.name == "act" and LIST.fullmatch(self.chain):
            return await self._pending(self.chain)
        if node.name in ("line", "lines") and not node.parts and self.chain.startswith("approval/"):
            return await self._lines(self.chain)
        match = _REF.fullmatch(node.field.pattern)
        return [] if match is None else await self.chains(match[1], str(within.get("receiver", "")))

    async def chains(self, chain_type: str, party: str = "") -> list[Offer]:
        """What the server lists of a type of chain, of one party where it is said; nothing for types that it does not list."""
        key = (chain_type, party)
        if key not in self._offered:
            listing = {"permit": self._permits, "list": self._lists, "approval": self._approvals, "emergency": self._emergencies}.get(
                chain_type
            )
            self._offered[key] = [] if listing is None else await listing(party)
        return self._offered[key]

    async def _permits(self, receiver: str) -> list[Offer]:
        page = await self._read(Permits, "/v1/permits", receiver=receiver or None)
        return [
            Offer(one.permit, f"{page.names.get(one.receiver, '')}  {one.no}  {word_of(one.status)}  至 {one.valid_to}")
            for one in page.permits
        ]

    async def _lists(self, _party: str) -> list[Offer]:
        page = await self._read(Lists, "/v1/lists")
        return [
            Offer(
                one.list,
                f"{one.year} 年 {direction(one.from_province, one.to_province)}  {word_of(one.status)}  {one.rows_filed} 行  {one.letter_no}",
            )
            for one in page.lists
        ]

    async def _approvals(self, _party: str) -> list[Offer]:
        page = await self._read(Approvals, "/v1/approvals")
        return [
            Offer(
                one.approval,
                f"{page.names.get(one.generator, '')} → {page.names.get(one.receiver, '')}  {word_of(one.stage)}  "
                + "、".join(f"{line.name} {line.applied_t} 吨" for line in one.lines[:3]),
            )
            for one in page.approvals
        ]

    async def _emergencies(self, _party: str) -> list[Offer]:
        page = await self._read(Emergencies, "/v1/emergencies")
        return [
            Offer(
                f"emergency/{one.id}",
                f"{one.name}  {one.stage_text}  {page.names.get(one.authority, '')}  至 {one.valid_to}，余 {one.left_t} 吨",
            )
            for one in page.emergencies
        ]

    async def _pending(self, name: str) -> list[Offer]:
        """What of a list waits for the other side."""
        page = await self._list_page(name)
        acts = [act for one in page.lists if one.list == name for act in one.pending]
        return [Offer(act.act, pending_words(act, page.names)) for act in acts]

    async def _lines(self, name: str) -> list[Offer]:
        """The lines of an application or decision."""
        page = await self._read(Approvals, "/v1/approvals", generator=name.split("/")[1])
        lines = [line for one in page.approvals if one.approval == name for line in one.lines]
        return [Offer(str(line.line), f"{line.name}  {line.code}  申请 {line.applied_t} 吨，批准 {line.decided_t} 吨") for line in lines]

    async def meant(self, chain: str, body: Any) -> list[str]:
        """What the numbers of rows and lines, and the hash of an act that is confirmed, stand for: nobody signs ``row 7`` unseen."""
        rows = dict.fromkeys((str(where), str(row)) for where, row in _rows_in(body, chain))
        found = list[str]()
        if isinstance(body, dict) and LIST.fullmatch(chain) and isinstance(act := body.get("act"), str):
            page = await self._list_page(chain)
            for one in (one for listed in page.lists if listed.list == chain for one in listed.pending if one.act == act):
                found.append(f"所确认的 / confirmed: {pending_words(one, page.names)}")
                numbers = (*([] if one.row is None else [one.row]), *one.ends, *one.quotas_t)
                rows |= dict.fromkeys((chain, str(row)) for row in numbers)
        for where, row in rows:
            known = {offer.value: offer.words for offer in await self.rows(where, least=int(row) + 1)}
            found += [f"{where} 第 {row} 行 / row {row}: {known[row]}"] if row in known else []
        if chain.startswith("approval/") and (lines := dict.fromkeys(map(str, _lines_in(body)))):
            known = {offer.value: offer.words for offer in await self._lines(chain)}
            found += [f"第 {line} 项 / line {line}: {known[line]}" for line in lines if line in known]
        return found

    async def _list_page(self, name: str) -> Any:
        year, from_province, to_province, _ = name.removeprefix("list/").split("-")
        return await self._read(Lists, "/v1/lists", year=year, **{"from": from_province, "to": to_province})

    async def rows(self, name: str, *, least: int = 0) -> list[Offer]:
        """The rows of a list, the first of them: so many at least, where there are so many."""
        found = list[Offer]()
        cursor: str | None = ""
        while LIST.fullmatch(name) is not None and cursor is not None:
            page = await self._read(Listings, "/v1/listings", list=name, cursor=cursor or None)
            found += [
                Offer(
                    str(one.row),
                    f"{page.names.get(one.receiver, one.receiver)}  {one.waste.told()[0]}  {one.quota_t} 吨，余 / left {one.left_t}",
                )
                for one in page.listings
            ]
            cursor = page.next if len(found) < least else None
        return found

    async def _read(self, form: type[Any], path: str, **query: str | None) -> Any:
        return msgspec.json.decode(await self._client.get(path, limit=PAGE, **query), type=form)


def pending_words(act: PendingListAct, names: Mapping[str, str]) -> str:
    """An act of a list that waits for the other side: what it would change, since when, by whose letter."""
    from liandan.wiring import KINDS

    what = [
        KINDS.by_name[act.kind].zh,
        "全部各行" if act.row is None and act.kind != "list.amend/1" else "" if act.row is None else f"第 {act.row} 行",
    ]
    what += [f"新增 {act.adds} 行"] if act.adds else []
    what += [f"终止第 {row} 行" for row in act.ends]
    what += [f"第 {row} 行额度改为 {quota} 吨" for row, quota in act.quotas_t.items()]
    return f"{'，'.join(filter(None, what))}  {names.get(act.by, act.by)}  {act.letter_no}  {day_at(act.at)}  {act.reason}".rstrip()


def word_of(code: str) -> str:
    """The Chinese word of a stage or state; the code where it has none."""
    return {**STATES, **STAGES}.get(code, (code, code))[0]


def direction(from_province: str, to_province: str) -> str:
    """``四川省→重庆市`` of two codes; 00 is every other province."""
    return f"{'各省' if from_province == '00' else province_name(from_province)}→{province_name(to_province)}"


@cache
def divisions() -> Divisions:
    """The table of places that this program ships, for names alone; the log judges by its own."""
    return parse_divisions(next(one for one in data_files() if one.name == "divisions").read())


@cache
def _catalogue() -> Catalogue:
    return parse_catalogue(next(one for one in data_files() if one.name == "hw-catalogue-2025").read())


def waste_name(code: str) -> str:
    """What the catalogue (国家危险废物名录) says of a code, its beginning."""
    found = _catalogue().wastes.get(code)
    return "" if found is None else found.description[:DESCRIPTION_MAX]


def key_name(spki: str) -> str:
    """Of a public key: its keyid, which its owner reads out from ``liandan key show``."""
    try:
        return f"密钥标识 keyid {keyid(b64.decode(spki))}"
    except Refusal:
        return ""


def region_name(code: str) -> str:
    """Of a prefix of 2, 4 or 6 digits of a division."""
    return divisions().full_name(code.ljust(6, "0")) if _REGION.fullmatch(code) else ""


def _rows_in(value: Any, chain: str) -> Iterable[tuple[str, int]]:
    """Every row that a body names by its number, with its list: the one beside it, else that of the chain."""
    if isinstance(value, dict):
        where = value.get("list", chain)
        if isinstance(row := value.get("row"), int) and LIST.fullmatch(str(where)):
            yield where, row
        for inner in value.values():
            yield from _rows_in(inner, chain)
    elif isinstance(value, list):
        for inner in value:
            yield from _rows_in(inner, chain)


def _lines_in(body: Any) -> Iterable[int]:
    """Every line of an application that a body names: ``lines`` as numbers, or as parts with a ``line``."""
    for one in body.get("lines", []) if isinstance(body, dict) else []:
        number = one.get("line") if isinstance(one, dict) else one
        if isinstance(number, int):
            yield number


def _texts(value: Any, field: str) -> Iterable[tuple[str, str]]:
    """Every text with the name of its field."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, field)
