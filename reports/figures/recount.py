"""Every balance again, from the entries of an export alone: what rows say one after another, and what is left by it.

For whoever does not believe a server: entries come from any source (an export, a bundle of tiles, a database), states from what they say, limits
from those states. The same as ``GET /v1/movements`` says of the same log, account by account.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.times import day_of, parse_at, year_of
from reports.reconciliation.gathered.gathering import AccountBooks, Gathering
from whitelist.approval import ApprovalState
from whitelist.balance import AccountState, QuotaBalance, limit_of, line_balance, row_balance, site_balance
from whitelist.listing import ListState
from whitelist.quota import newest_permit


class Recounted(Struct, frozen=True, kw_only=True):
    """An account as its rows give it; grams."""

    account: str
    moves: int
    sum_g: int
    """Of all movements: what the account holds."""
    newest: int
    """Entry of the last one."""
    broken: tuple[int, ...]
    """Entries whose row does not go on where the one before ended, or names another one: none in a log that is one."""
    balance: QuotaBalance | None
    """By the states at the end, on the day of ``now_s``; ``None`` where the account's chain is not there."""


class _Sum(Struct):
    """Rows of one account so far."""

    moves: int = 0
    sum_g: int = 0
    newest: int | None = None
    broken: tuple[int, ...] = ()


def recount(entries: Iterable[Entry], kinds: Kinds, dataset: Callable[[str, str], Any], now_s: int | None = None) -> dict[str, Recounted]:
    """Every account that was ever moved, by name; ``now_s`` is at least the admission of the last entry."""
    gathering, sums = Gathering(kinds, dataset), dict[str, _Sum]()
    for entry in entries:
        gathering.step(entry)
        for row in entry.admission.decision.accounts:
            known = sums.setdefault(row.account, _Sum())
            if (row.before_g, row.prev_index) != (known.sum_g, known.newest):
                known.broken += (entry.index,)
            known.sum_g += row.after_g - row.before_g
            known.moves, known.newest = known.moves + 1, entry.index
    moment = max(now_s or 0, parse_at(gathering.to.at)) if sums else 0
    return {found.account: found for found in _counted(gathering, sums, moment)} if sums else {}


def _counted(gathering: Gathering, sums: dict[str, _Sum], now_s: int) -> Iterator[Recounted]:
    books = dict(gathering.books(gathering.to.month))
    for account, known in sorted(sums.items()):
        yield Recounted(
            account=account,
            moves=known.moves,
            sum_g=known.sum_g,
            newest=known.newest or 0,
            broken=known.broken,
            balance=_balance(gathering, account, books.get(account, AccountBooks()), now_s),
        )


def _balance(gathering: Gathering, account: str, books: AccountBooks, now_s: int) -> QuotaBalance | None:
    facts, (_, chain, *rest) = gathering.facts, account.split(" ")
    number, today, year = int(rest[0]) if rest else 0, day_of(now_s), year_of(now_s)
    state: AccountState | None = facts.state(newest_permit(facts, chain) if account.startswith("Q3") else chain)
    if isinstance(state, ListState):
        return row_balance(facts, account, state, number, today)
    if state is None:
        return None
    limit = limit_of(state, number, today)
    if isinstance(state, ApprovalState):
        return line_balance(facts, account, limit, books.held_g)
    return site_balance(facts, account, limit, year, year)
