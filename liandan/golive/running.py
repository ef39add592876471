"""Carrying a file out: what is there already, what is to be signed, in which order, and what came of it. Run again, it does what is missing.

What names a statement is the same in every run (the chain of a party, a ULID of the permit), so nothing is done twice, whatever was lost on the
way; what is registered otherwise than the file has it is told and never changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ledger.admission.statement import Draft
from ledger.answers import LogAnswer, PartyAnswer
from ledger.directory import LogState, authorities_of_division, authorities_of_party
from ledger.mass import parse_mass
from ledger.problem import Problem
from liandan.client import AsyncLiandan, Receipt
from liandan.client.transport import RequestRefused
from liandan.intake.model import PlannedStatement, SheetFinding
from liandan.intake.tables import DIVISION, USCC
from signing import b64
from signing.envelope import Envelope
from signing.keys import keyid
from signing.phrase import Phrase
from signing.refusal import Reason
from whitelist.answers import PermitAnswer, Permits

AT_ONCE = 8  # Questions to the server at a time.
BATCH = 50
"""Statements of a request: a run that ends in between has at most so many whose receipts it did not see."""

SheetState = Literal["new", "there", "differs", "left"]
"""To be signed; registered as the file has it; registered otherwise; for another key to sign."""


class Surveyed(Struct, frozen=True):
    """A statement of the file and how it stands in the log."""

    statement: PlannedStatement
    state: SheetState
    why: Reason | None = None


class Settled(Struct, frozen=True):
    """What became of a statement that was signed: its receipt, or why it was refused."""

    statement: PlannedStatement
    receipt: Receipt | None = None
    problem: Problem | None = None


def log_of(answer: LogAnswer) -> LogState:
    """Who is who, as the log says."""
    return LogState(
        found=answer.found or "", origin=answer.origin, operator=answer.operator, operator_name="", authorities=answer.authorities,
        ruleset=answer.ruleset,
    )  # fmt: skip


class Golive:
    """One run at one log."""

    def __init__(self, client: AsyncLiandan, log: LogState, principal: str | None = None) -> None:
        """The client is connected with the key that signs; ``principal``: the authority that a delegate acts for."""
        self._client, self._log, self._principal = client, log, principal
        self._acting = principal or client.uscc
        self._is_authority = any(authority.uscc == self._acting for authority in log.authorities)
        self._asking = asyncio.Semaphore(AT_ONCE)
        self._committed = 0

    async def findings(self, planned: Sequence[PlannedStatement]) -> list[SheetFinding]:
        """What this key may not sign (GOLIVE_REGION), and what is about nobody that is registered or in the file (GOLIVE_LOST)."""
        found = [finding for one in planned if self._is_authority and not one.is_of_the_party for finding in self._of_region(one)]
        coming = {one.uscc for one in planned if one.kind == "party.register/1"}
        parties = await self._parties({one.uscc for one in planned if one.uscc not in coming})
        lost = (one for one in planned if one.uscc not in coming and parties[one.uscc] is None)
        return found + [SheetFinding(one.row.at(USCC), Reason("GOLIVE_LOST", "", one.uscc)) for one in lost]

    def _of_region(self, one: PlannedStatement) -> list[SheetFinding]:
        holders, _ = authorities_of_party(self._log, one.uscc)
        if self._acting not in holders:
            return [SheetFinding(one.row.at(USCC), Reason("GOLIVE_REGION", "", one.uscc, self._named(holders)))]
        division = one.row.cells[DIVISION]
        covering = authorities_of_division(self._log, division)
        if one.kind != "party.register/1" or not covering or self._acting in covering:
            return []
        return [SheetFinding(one.row.at(DIVISION), Reason("GOLIVE_REGION", "", division, self._named(covering)))]

    def _named(self, codes: Sequence[str]) -> str:
        return "、".join(authority.name for authority in self._log.authorities if authority.uscc in codes)

    async def survey(self, planned: Sequence[PlannedStatement]) -> list[Surveyed]:
        """How each statement of the file stands in the log now, as far as it is committed."""
        self._committed = (await self._client.log()).committed
        parties = await self._parties({one.uscc for one in planned if one.kind != "permit.grant/1"})
        receivers = sorted({one.uscc for one in planned if one.kind == "permit.grant/1"})
        permits = dict(zip(receivers, await asyncio.gather(*map(self._permits, receivers)), strict=True))
        return [self._surveyed(one, parties.get(one.uscc), permits.get(one.uscc, ())) for one in planned]

    def _surveyed(self, one: PlannedStatement, party: PartyAnswer | None, permits: Sequence[PermitAnswer]) -> Surveyed:
        if one.is_of_the_party:
            return self._of_site(one, party)
        if not self._is_authority:
            return Surveyed(one, "left")
        if one.kind == "party.register/1":
            return Surveyed(one, "new") if party is None else _of_party(one, party)
        known = next((permit for permit in permits if permit.permit == one.chain or permit.no == one.body["no"]), None)
        return Surveyed(one, "new") if known is None else _compared(one, _permit_there(known), _permit_asked(one))

    def _of_site(self, one: PlannedStatement, party: PartyAnswer | None) -> Surveyed:
        """A party registers its own sites; those in another province an authority signs too, which is no matter of a file."""
        if one.uscc != self._client.uscc or self._principal is not None:
            return Surveyed(one, "left")
        known = next((site for site in (() if party is None else party.sites) if site.site == one.body["site"]), None)
        if known is not None:
            there = {name: value for name, value in msgspec.to_builtins(known).items() if name != "site" and value}
            return _compared(one, there, {name: value for name, value in one.body.items() if name != "site"})
        return Surveyed(one, "new" if one.body["division"][:2] == one.uscc[2:4] else "left")

    async def _parties(self, codes: set[str]) -> dict[str, PartyAnswer | None]:
        wanted = sorted(codes)
        return dict(zip(wanted, await asyncio.gather(*map(self._party, wanted)), strict=True))

    async def _party(self, uscc: str) -> PartyAnswer | None:
        async with self._asking:
            try:
                return await self._client.party(uscc)
            except RequestRefused as refused:
                if refused.codes != ["NOT_FOUND"]:
                    raise
                return None

    async def _permits(self, receiver: str) -> list[PermitAnswer]:
        found: list[PermitAnswer] = []
        cursor: str | None = ""
        async with self._asking:
            while cursor is not None:
                asked: dict[str, Any] = {"receiver": receiver, "limit": 200, "cursor": cursor or None, "min_size": self._committed}
                raw = await self._client.get("/v1/permits", **asked)
                page = msgspec.json.decode(raw, type=Permits)
                found, cursor = [*found, *page.permits], page.next
        return found

    # ------------------------------------------------------------------ signing

    async def carry_out(self, new: Sequence[PlannedStatement]) -> AsyncIterator[list[Settled]]:
        """Sign and submit in order, some at a time; sites, which stand in one chain, one by one: a refused one takes none along. Unavailable ends
        it, and a further run goes on."""
        for batch in _batches(new):
            signed = [await self.signed(one) for one in batch]
            answers = await self._client.post_batch(signed) if len(batch) > 1 else [await self._posted(signed[0])]
            yield [
                Settled(one, answer, None) if isinstance(answer, Receipt) else Settled(one, None, answer)
                for one, answer in zip(batch, answers, strict=True)
            ]

    async def signed(self, one: PlannedStatement) -> Envelope:
        """Drafted for its place in its chain, signed with the client's key."""
        return self._client.sign(await self.draft(one))

    async def draft(self, one: PlannedStatement) -> Draft:
        """What would be signed; a party's own chain goes on from where the log has it, the others begin."""
        if one.is_of_the_party:
            return await self._client.draft(one.kind, one.chain, one.body)
        return self._client.draft_offline(one.kind, one.chain, one.body, principal=self._principal)

    async def _posted(self, envelope: Envelope) -> Receipt | Problem:
        try:
            return await self._client.post(envelope)
        except RequestRefused as refused:
            return refused.problem


def _batches(new: Sequence[PlannedStatement]) -> list[list[PlannedStatement]]:
    """Of one kind each: a permit is decided after its holder is registered."""
    found: list[list[PlannedStatement]] = []
    for one in new:
        if found and not one.is_of_the_party and found[-1][-1].kind == one.kind and len(found[-1]) < BATCH:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _of_party(one: PlannedStatement, party: PartyAnswer) -> Surveyed:
    """A party with another name, closed, or without one of the keys is not what the file asks for."""
    known = {key.keyid for key in party.keys}
    lacking = [keyid(b64.decode(key["spki"])) for key in one.body["keys"]]
    there = {"name": party.name, "closed_on": party.closed_on, "lacks": [name for name in lacking if name not in known]}
    return _compared(one, there, {"name": one.body["name"], "closed_on": "", "lacks": []})


def _compared(one: PlannedStatement, there: Mapping[str, Any], asked: Mapping[str, Any]) -> Surveyed:
    names = [name for name in dict.fromkeys((*there, *asked)) if there.get(name) != asked.get(name)]
    if not names:
        return Surveyed(one, "there")
    found, expected = ("; ".join(f"{name}: {side.get(name, '-')}" for name in names)[:200] for side in (asked, there))
    return Surveyed(one, "differs", Reason("GOLIVE_DIFFERS", names[0], found[:120], Phrase(f"账本：{expected}", f"the log: {expected}")))


_OF_PERMIT = ("no", "class", "valid_from", "valid_to", "division", "address", "site", "basis", "items")


def _permit_there(permit: PermitAnswer) -> dict[str, Any]:
    fields = msgspec.to_builtins(permit)
    found = {name: fields[name] for name in _OF_PERMIT if fields.get(name) is not None}
    return {**found, "items": [_item(item) for item in fields["items"]], "scale_g": parse_mass(permit.scale_t)}


def _permit_asked(one: PlannedStatement) -> dict[str, Any]:
    found = {name: one.body[name] for name in _OF_PERMIT if name in one.body}
    return {**found, "items": [_item(item) for item in one.body["items"]], "scale_g": parse_mass(one.body["scale_t"])}


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item without what is empty."""
    return {name: list(value) if isinstance(value, list | tuple) else value for name, value in item.items() if value}
