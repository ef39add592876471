"""What a reader wants of a registry, and may have: filters over names and states of permits, lists and approvals. Pure.

Permits and lists are public to every registered party: they are announced in print, and nobody can prepare a transfer without them. What an
application says, and what is left on its decision, concerns its generator, its receiver and the authorities (design §5).
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from ledger.caller import Caller, reads
from whitelist.approval import ApprovalState
from whitelist.listing import ListState
from whitelist.permit import PermitState


class Wanted(Struct, frozen=True, kw_only=True):
    """Filters; what is ``None`` does not narrow. Each registry looks at those it knows, and answers with numbers of rows, 0 for a whole chain."""

    generator: str | None = None
    receiver: str | None = None
    code: str | None = None
    year: int | None = None
    from_province: str | None = None
    to_province: str | None = None
    list: str | None = None
    stage: str | None = None
    quota: str | None = None

    def prefix(self, chain_type: str) -> str:
        """How the names begin of the chains that can be asked for: lists' with year and direction, others' with their owner."""
        narrow = {"permit": self.receiver, "approval": self.generator, "list": self.year}[chain_type]
        return f"{chain_type}/" if narrow is None else f"{chain_type}/{narrow}{'-' if chain_type == 'list' else '/'}"

    def permits(self, _: str, state: PermitState) -> Iterable[int]:
        """A permit if it covers the code asked for."""
        return (0,) if self.code is None or state.items_for(self.code) else ()

    def lists(self, chain: str, state: ListState) -> Iterable[int]:
        """A list if it is of the direction asked for."""
        leads = self.from_province in (None, state.from_province) and self.to_province in (None, state.to_province)
        return (0,) if leads and self.list in (None, chain) else ()

    def listings(self, chain: str, state: ListState) -> Iterable[int]:
        """Rows of a list that are asked for."""
        for number, row in enumerate(state.rows) if self.lists(chain, state) else ():
            if self.receiver in (None, row.receiver) and (self.code is None or row.waste.covers(self.code)):
                yield number

    def approvals(self, caller: Caller, chain: str, state: ApprovalState) -> Iterable[int]:
        """An approval if it is asked for and may be read."""
        from_province, to_province = state.direction
        is_wanted = (
            may_read_approval(caller, chain.split("/")[1], state)
            and self.receiver in (None, state.receiver)
            and self.from_province in (None, from_province)
            and self.to_province in (None, to_province)
            and self.stage in (None, state.stage)
            and (self.code is None or any(line.code == self.code for line in state.lines))
        )
        return (0,) if is_wanted else ()

    def quotas(self, caller: Caller, chain: str, state: Any) -> Iterable[int]:
        """Rows that have an account: granted lines of approvals, listings, permits."""
        if chain.startswith("permit/"):
            return self.permits(chain, state)
        if chain.startswith("list/"):
            return self.listings(chain, state)
        return granted_lines(state, self.code) if self.approvals(caller, chain, state) else ()


def may_read_approval(caller: Caller, generator: str, state: ApprovalState) -> bool:
    """Whether an approval concerns the reader, or an authority lets it read about the places of it (``access.grant``)."""
    places = (state.origin, state.destination, generator[2:8], state.receiver[2:8])
    return caller.uscc in (generator, state.receiver) or reads(caller, "approval", places)


def granted_lines(state: ApprovalState, code: str | None = None) -> Iterable[int]:
    """Numbers of the lines that have a quota Q2, of one code if it is given."""
    return [number for number, line in enumerate(state.lines) if state.line(number) is not None and code in (None, line.code)]
