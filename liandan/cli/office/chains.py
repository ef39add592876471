"""On which chain an act lies: the one that is named, one of those that the server lists, or a new one whose parts are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click
from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.chain import ULID, USCC
from ledger.times import format_at
from liandan.cli.office.asking import Asking, Offer, absent
from liandan.cli.office.knowing import ServerKnowledge
from liandan.cli.streams import warn
from liandan.ulid import new_ulid
from signing.phrase import word_in
from signing.refusal import Reason, Refusal
from signing.uscc import misspelt

NAMED_AFTER_OTHERS = frozenset({"party.register/1", "party.amend/1", "permit.grant/1"})
"""Kinds that begin a chain named after somebody else than who signs."""
_OF_A_PARTY = frozenset({"party"})
"""Types with one chain for each party: nothing is chosen among them."""
_ALSO_LATER = frozenset({"approval.apply/1", "case.report/1", "number.settle/1"})
"""Kinds that begin a chain or come on one that is there."""
_OPENING: Mapping[str, str] = {
    "list": "list/{year}-{from}-{to}-{name}",
    "plan": "plan/{party}/{year}",
    "case": "case/{manifest}/{ulid}",
    "number": "number/{number}",
}
"""How a chain's name is put together where it is more than parties and ULIDs."""
_PARTS: Mapping[str, tuple[str, str]] = {
    "year": ("年份 year", "20[0-9]{2}"),
    "from": ("移出省两位代码，如 51 四川 / province of origin", "[0-9]{2}"),
    "to": ("接受省两位代码，如 50 重庆 / province of destination", "[0-9]{2}"),
    "name": ("名单名称，小写字母和数字，如 cy / name of the list", "[a-z0-9]{1,16}"),
    "number": ("14 位联单编号 / number of a manifest", "[0-9]{14}"),
    "manifest": ("联单 <移出人>/<存证标识> / manifest", f"{USCC}/{ULID}"),
}


class ChainChoice(Struct, frozen=True):
    """The chains that one kind may lie on, and how one is found."""

    kind: Kind
    kinds: Kinds
    asking: Asking
    knows: ServerKnowledge
    own: str
    """USCC of the party that signs."""
    at_s: int

    async def chain(self, given: str) -> str:
        """The whole name; Refusal CHAIN_FORM where what was given is none, FIELD_MISSING where nobody can be asked."""
        if self.kind.chain:
            return self.kind.chain
        if given == "new" and self.kind.opens and self.asking.asks:  # what the list of offers calls a new one
            return await self._new()
        if given:
            return self._read(given)
        if self.kind.chain_type in _OF_A_PARTY or (self.kind.opens and self.kind.name not in _ALSO_LATER):
            return await self._new()
        return await self._existing()

    @property
    def _types(self) -> tuple[str, ...]:
        return (self.kind.chain_type, *self.kind.also_on)

    def _read(self, given: str) -> str:
        """With or without its type in front; ``new`` begins one."""
        name = given if given.partition("/")[0] in self._types else f"{self.kind.chain_type}/{given}"
        if name.endswith("/new"):
            name = name.removesuffix("new") + new_ulid(self.at_s)
        if self.kinds.type_of(name) not in self._types:
            near = self.kinds.chain_near(name)
            raise Refusal([Reason("CHAIN_FORM", "chain", given[:120], self.kinds.chain_words(self.kind.chain_type), near=near)])
        return name

    async def _existing(self) -> str:
        offers = [offer for one in self._types for offer in await self.knows.chains(one)]
        words = word_in(self.kinds.chain_words(self.kind.chain_type), "zh")
        if self.kind.opens:
            offers = [Offer("new", "新的申请 / a new one"), *offers]
        if not self.asking.asks:
            raise absent("chain", self.kinds.chain_words(self.kind.chain_type))

        async def read(text: str) -> str:
            return await self._new() if text == "new" else self._read(text)

        return str(await self.asking.ask(f"哪一项？ / which one? （{words}）", read, offers, is_optional=False))

    async def _new(self) -> str:
        name = _OPENING.get(self.kind.chain_type) or self._template()
        for part in re.findall("{([a-z]+)}", name):
            name = name.replace("{" + part + "}", await self._part(part), 1)
        return self._read(name)

    def _template(self) -> str:
        pattern = self.kinds.chain_pattern(self.kind.chain_type)
        assert pattern is not None, self.kind.name
        return pattern.pattern.replace(USCC, "{party}").replace(ULID, "{ulid}")

    async def _part(self, part: str) -> str:
        if part == "ulid":
            return new_ulid(self.at_s)
        if part == "party":
            return await self._party()
        words, pattern = _PARTS[part]
        if not self.asking.asks:
            raise absent("chain", self.kinds.chain_words(self.kind.chain_type))

        async def read(text: str) -> str:
            if not re.fullmatch(pattern, text):
                raise click.BadParameter(f"应为 / wanted: {pattern}")
            return text

        near = format_at(self.at_s)[:4] if part == "year" else ""
        return str(await self.asking.ask(words, read, is_optional=False, near=near))

    async def _party(self) -> str:
        """Whose chain it is: for acts of a party its own."""
        if self.kind.name not in NAMED_AFTER_OTHERS:
            return self.own
        if not self.asking.asks:
            raise absent("chain", self.kinds.chain_words(self.kind.chain_type))

        async def read(text: str) -> str:
            code = await self.asking.party(text)
            if wrong := misspelt(code):
                raise click.BadParameter(wrong)
            if name := await self.knows.name_of(code):
                warn(f"    {code} {name}")
            return code

        return str(await self.asking.ask("单位（统一社会信用代码或名称）/ party, by code or name", read, is_optional=False))
