"""Who signs an act, in the order of ``by``: as its kind says it of what the log tells about operator and authorities, else as is asked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ledger.admission.personality import Kind, Role
from ledger.answers import LogAnswer
from ledger.directory import LOG_MAIN, LogState
from ledger.model import Facts, Head, Statement, Unread
from liandan.cli.office.asking import Asking, absent
from signing.phrase import Phrase


class SignerChoice(Struct, frozen=True):
    """Signers of one kind, at one log, seen from one party."""

    kind: Kind
    log: LogAnswer
    own: str

    async def by(self, given: Sequence[str], chain: str, body: object, at_s: int, asking: Asking) -> tuple[str, ...]:
        """As given; else by the roles of the kind, one's own wherever it may stand; a place that only the log knows is asked for."""
        if given:
            return tuple(given)
        roles = self._roles(chain, body, at_s)
        if len(roles) <= 1 and len(self.kind.roles) == 1:
            return (self.own,)
        if not roles:
            roles = [Role(name, ()) for name in self.kind.roles]
        found: list[str] = []
        for role in roles:
            found.append(await self._holder(role, [*found], asking))
        return tuple(found)

    async def _holder(self, role: Role, before: Sequence[str], asking: Asking) -> str:
        if self.own in role.holders or (len(role.holders) == 0 and not before and not asking.asks):
            return self.own
        if len(role.holders) == 1:
            return role.holders[0]
        if not asking.asks:
            raise absent("by", Phrase(f"--by：{role.name}", f"--by: {role.name}"))

        async def read(text: str) -> str:
            return await asking.party(text)

        return str(await asking.ask(f"签署方 / signer: {role.name}", read, is_optional=False, near=self.own if not before else ""))

    def _roles(self, chain: str, body: object, at_s: int) -> list[Role]:
        """By the kind's own rule, with no more than what the log says of itself; none where it needs the state of a chain."""
        facts = Facts(lambda _name, _digest: None)
        facts.values[f"chain:{LOG_MAIN}"] = Head(seq=0, hash="", idx=0, state=_state_of(self.log))
        statement = Statement(kind=self.kind.name, chain=chain, seq=0, prev="", by=(self.own,), at="", at_s=at_s, body=body, hash="")
        try:
            return list(self.kind.signers(statement, facts))
        except (Unread, AttributeError):  # the latter of a chain whose state is not there
            return []


def _state_of(answer: LogAnswer) -> LogState:
    return LogState(
        found=answer.found or "", origin=answer.origin, operator=answer.operator, operator_name="", authorities=answer.authorities,
        ruleset=answer.ruleset,
    )  # fmt: skip
