"""What a reader wants of a registry, and may have: filters over names and states of permits, lists and approvals. Pure.

Permits and lists are public to every registered party: they are announced in print, and nobody can prepare a transfer without them. What an
application says, and what is left on its decision, concerns its generator, its receiver and the authorities (design §5).
"""

from collections.abc import Iterable

from msgspec import Struct

from ledger.caller import Caller, reads
from whitelist.approval import ApprovalState
from whitelist.listing import ListRow, ListState
from whitelist.permit import PermitState


class Wanted(Struct, frozen=True, kw_only=True):
    """Filters; what is ``None`` does not narrow. Each registry looks at those it knows."""

    generator: str | None = None
    receiver: str | None = None
    code: str | None = None
    year: int | None = None
    from_province: str | None = None
    to_province: str | None = None
    list: str | None = None
    stage: str | None = None
    quota: str | None = None


def permit_prefix(wanted: Wanted) -> str:
    """Where the permits lie."""
    return "permit/" if wanted.receiver is None else f"permit/{wanted.receiver}/"


def list_prefix(wanted: Wanted) -> str:
    """Where the lists lie: names begin with year and direction."""
    return "list/" if wanted.year is None else f"list/{wanted.year}-"


def approval_prefix(wanted: Wanted) -> str:
    """Where the approvals lie."""
    return "approval/" if wanted.generator is None else f"approval/{wanted.generator}/"


def wants_permit(wanted: Wanted, state: PermitState) -> bool:
    """Whether a permit covers the code asked for."""
    return wanted.code is None or bool(state.items_for(wanted.code))


def wants_list(wanted: Wanted, chain: str, state: ListState) -> bool:
    """Whether a list is of the direction asked for."""
    return (
        wanted.list in (None, chain)
        and wanted.from_province in (None, state.from_province)
        and wanted.to_province in (None, state.to_province)
    )


def wanted_listings(wanted: Wanted, chain: str, state: ListState) -> Iterable[int]:
    """Rows of a list that are asked for."""
    if wants_list(wanted, chain, state):
        yield from (number for number, row in enumerate(state.rows) if _wants_row(wanted, row))


def _wants_row(wanted: Wanted, row: ListRow) -> bool:
    return wanted.receiver in (None, row.receiver) and (wanted.code is None or row.waste.covers(wanted.code))


def may_read_approval(caller: Caller, generator: str, state: ApprovalState) -> bool:
    """Whether an approval concerns the reader, or an authority lets it read about the places of it (``access.grant``)."""
    places = (state.origin, state.destination, generator[2:8], state.receiver[2:8])
    return caller.uscc in (generator, state.receiver) or reads(caller, "approval", places)


def wants_approval(wanted: Wanted, caller: Caller, chain: str, state: ApprovalState) -> bool:
    """Whether an approval is asked for and may be read."""
    from_province, to_province = state.direction
    return (
        may_read_approval(caller, chain.split("/")[1], state)
        and wanted.receiver in (None, state.receiver)
        and wanted.from_province in (None, from_province)
        and wanted.to_province in (None, to_province)
        and wanted.stage in (None, state.stage)
        and (wanted.code is None or any(line.code == wanted.code for line in state.lines))
    )


def granted_lines(state: ApprovalState, code: str | None = None) -> list[int]:
    """Numbers of the lines that have a quota Q2, of one code if it is given."""
    return [number for number, line in enumerate(state.lines) if state.line(number) is not None and code in (None, line.code)]
