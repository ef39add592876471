"""What can be signed on the page of a month: a comment on an item, its settlement, an authority's word on a close. Bodies as they are proposed. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ledger.caller import Caller
from reports.items.answers import ItemThread, OpenItem
from reports.items.model import parts_of
from reports.periods.answers import PeriodAnswer

COMMENT, SETTLE, CONFIRM, DISPUTE = "item.comment/1", "item.settle/1", "period.confirm/1", "period.dispute/1"


class ProposedAct(Struct, frozen=True, kw_only=True):
    """An act that the reader may sign: kind, chain (ending in ``<ULID>`` where it begins one), signers in the order of ``by``, what is known."""

    kind: str
    chain: str
    by: tuple[str, ...]
    body: dict[str, Any]


def comment_on(item: OpenItem, month: str, caller: Caller) -> ProposedAct:
    """A word in the open thread of an item, or the first of a new one."""
    thread = open_thread(item)
    chain = f"item/{month}/<ULID>" if thread is None else thread.chain
    return ProposedAct(kind=COMMENT, chain=chain, by=(caller.uscc,), body={"key": item.key})


def open_thread(item: OpenItem) -> ItemThread | None:
    """The newest thread that nobody has settled."""
    return next((one for one in reversed(item.threads) if one.settled is None), None)


def settle(item: OpenItem, caller: Caller, both: tuple[str, str] | None) -> ProposedAct | None:
    """The settlement of the open thread: by an authority alone, or by generator and receiver together (``both``); None where there is no thread,
    or it is neither's."""
    thread = open_thread(item)
    if thread is None:
        return None
    if caller.role == "authority":
        by: tuple[str, ...] = (caller.uscc,)
    elif both is not None and caller.uscc in both:
        by = both
    else:
        return None
    amount = item.difference_t.removeprefix("-")
    return ProposedAct(kind=SETTLE, chain=thread.chain, by=by, body={"amount_t": amount} if is_amount(amount) else {})


def is_amount(mass_t: str) -> bool:
    """Whether a difference is one: nothing is no mass that a body may name."""
    return bool(mass_t.strip("0."))


def confirm(period: PeriodAnswer, caller: Caller) -> ProposedAct | None:
    """An authority's word that the newest close is right, where it is missing."""
    if caller.uscc not in period.missing or not period.closes:
        return None
    return ProposedAct(kind=CONFIRM, chain=period.period, by=(caller.uscc,), body={"json": period.closes[-1].json})


def dispute(period: PeriodAnswer, caller: Caller) -> ProposedAct | None:
    """An authority's word that it is not."""
    known = confirm(period, caller)
    return None if known is None else ProposedAct(kind=DISPUTE, chain=known.chain, by=known.by, body=known.body)


def manifest_of(item: OpenItem) -> str:
    """``<generator>/<ULID>`` of the manifest that an item is about; empty where it is about none."""
    manifest = parts_of(item.key).manifest
    return "" if manifest is None else manifest.removeprefix("manifest/")
