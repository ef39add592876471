"""Permits and decisions that a field of an act may name, by what people call them: nobody knows their chains by heart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.caller import Caller
from ledger.form_fields import form_fields
from ledger.log import Log
from ledger.problem import Language
from ledger.reading import Page
from liandan.desk.forms.model import FormOption
from whitelist import service as registries
from whitelist.answers import ApprovalAnswer, Approvals, Permits
from whitelist.registries import Wanted
from whitelist.service import with_names

OFFERED_MAX = 100
"""Of one sort; where there are more, they are suggested and any other may be typed."""
SORTS = ("permit", "approval")


class OfferedChains(Struct, frozen=True):
    """By path with ``*``: all that a field may name, or the first of too many."""

    choices: Mapping[str, Sequence[FormOption]]
    suggestions: Mapping[str, Sequence[FormOption]]


def chain_fields(body: type) -> dict[str, str]:
    """Sorts of chains by the paths of the fields that name one: their pattern says so."""
    sorts = {path: field.pattern.removeprefix("^").partition("/")[0] for path, field in form_fields(body).items()}
    return {path: sort for path, sort in sorts.items() if sort in SORTS}


async def chains_offered(log: Log, caller: Caller, body: type, language: Language) -> OfferedChains:
    """What is offered for the fields of a body."""
    fields = chain_fields(body)
    found = {sort: await _options(log, caller, sort, language) for sort in set(fields.values())}
    choices = {path: found[sort][0] for path, sort in fields.items() if not found[sort][1]}
    return OfferedChains(choices, {path: found[sort][0] for path, sort in fields.items() if found[sort][1]})


async def permit_options(log: Log, language: Language) -> tuple[FormOption, ...]:
    """The first permits by the name of who holds them, with number and last day."""
    return _permits(await with_names(log, await registries.list_permits(log, Wanted(), Page(None, OFFERED_MAX)), language))


async def _options(log: Log, caller: Caller, sort: str, language: Language) -> tuple[tuple[FormOption, ...], bool]:
    """Options, and whether there are more."""
    page = Page(None, OFFERED_MAX)
    if sort == "permit":
        permits = await with_names(log, await registries.list_permits(log, Wanted(), page), language)
        return _permits(permits), permits.next is not None
    own = Wanted(generator=caller.uscc) if caller.role == "party" else Wanted()
    approvals = await with_names(log, await registries.list_approvals(log, caller, own, page), language)
    return _approvals(approvals), approvals.next is not None


def _permits(page: Permits) -> tuple[FormOption, ...]:
    return tuple(
        FormOption(value=one.permit, text=f"{page.names.get(one.receiver, one.receiver)} · {one.no} · {one.valid_to}")
        for one in page.permits
    )


def _approvals(page: Approvals) -> tuple[FormOption, ...]:
    def told(one: ApprovalAnswer) -> str:
        wastes = "、".join(dict.fromkeys(f"{line.name} {line.code}" for line in one.lines))
        return " · ".join(filter(None, (one.no, page.names.get(one.receiver, one.receiver), wastes, one.valid_to or one.applied_to)))

    return tuple(FormOption(value=one.approval, text=told(one)) for one in page.approvals)
