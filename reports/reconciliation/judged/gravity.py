"""What weighs how much (轻重): every table of a statement divided into what is out of order, the gravest first, and the rest.

Levels are those of the log's alerts (kinds §12): weights by R-62 as they were judged at the receipt, trips, issues and quotas by the terms in
force at the size of the statement. Where no terms were adopted, nothing is out of order.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from ledger.times import DAY_S
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import AccountMonth, MonthlyStatement
from whitelist.balance import level_at
from whitelist.thresholds import Thresholds

Item = TypeVar("Item")
_RANK = {"H": 0, "M": 1, "L": 2, "": 3}


class Divided(Struct, Generic[Item], frozen=True):
    """The rows of a table in the order of their gravity."""

    flagged: tuple[Item, ...]
    """Out of tolerance, overdue, overdrawn."""
    within: tuple[Item, ...]

    @property
    def rows(self) -> tuple[Item, ...]:
        """All of them."""
        return self.flagged + self.within


def _divide(items: Iterable[Item], is_flagged: Callable[[Item], object], key: Callable[[Item], Any]) -> Divided[Item]:
    found = sorted(items, key=key)
    return Divided(tuple(item for item in found if is_flagged(item)), tuple(item for item in found if not is_flagged(item)))


def rank(level: str) -> int:
    """Of a level, the gravest first."""
    return _RANK[level]


def differences(statement: MonthlyStatement) -> Divided[LineRow]:
    """M4: beyond the tolerance, the largest deviation first; then within it."""
    return _divide(statement.differing, lambda row: row.level, lambda row: (_RANK[row.level], -abs(row.deviation), *_identity(row)))


def in_transit(statement: MonthlyStatement) -> Divided[LineRow]:
    """M5: longer on the road than a trip may take (R-57), the oldest first; then the others."""
    return _divide(statement.in_flight, lambda row: is_overdue(statement, row), lambda row: (row.departed_s, *_identity(row)))


def not_departed(statement: MonthlyStatement) -> Divided[LineRow]:
    """M5: issued longer ago than an issue should wait (``STALE_ISSUE``), the oldest first; then the others."""
    return _divide(statement.waiting, lambda row: is_stale(statement, row), lambda row: (row.issued_s, *_identity(row)))


def cut_off(statement: MonthlyStatement) -> Divided[LineRow]:
    """M7: trips that took longer than they may, the longest first; then the others."""
    return _divide(statement.cut_off, lambda row: is_long(statement, row), lambda row: (-row.trip_s, *_identity(row)))


def accounts(statement: MonthlyStatement) -> Divided[AccountMonth]:
    """M9: overdrawn and nearly used up, the fullest first; then the others, layer by layer."""
    found = {account.account: account_level(account, statement) for account in statement.accounts}

    def key(account: AccountMonth) -> tuple[Any, ...]:
        level = found[account.account]
        return (_RANK[level], -permille(account) if level else 0)

    return _divide(statement.accounts, lambda account: found[account.account], key)


def details(statement: MonthlyStatement) -> Divided[LineRow]:
    """All lines of the month: those that were refused in whole or in part, the heaviest first; then by departure."""
    refused: list[LineRow] = []
    rest: list[LineRow] = []
    for row in statement.rows:
        (refused if row.refused_g and statement.period.holds(row.received_s) else rest).append(row)
    return Divided(tuple(sorted(refused, key=lambda row: (-(row.refused_g or 0), *_identity(row)))), tuple(rest))


def is_overdue(statement: MonthlyStatement, row: LineRow) -> bool:
    """Whether a load under way has been so for longer than a trip may take."""
    terms = _terms(statement)
    return terms is not None and row.age_s(statement.as_of_s) > terms.trip_h * 3600


def is_stale(statement: MonthlyStatement, row: LineRow) -> bool:
    """Whether a load that has not departed was issued too long ago."""
    terms = _terms(statement)
    return terms is not None and row.age_s(statement.as_of_s) > terms.stale_issue_d * DAY_S


def is_long(statement: MonthlyStatement, row: LineRow) -> bool:
    """Whether a trip that has ended took longer than it may."""
    terms = _terms(statement)
    return terms is not None and row.trip_s > terms.trip_h * 3600


def account_level(account: AccountMonth, statement: MonthlyStatement) -> str:
    """``H``, ``M``, ``L`` or empty."""
    return account_alert(account, statement)[0]


def account_alert(account: AccountMonth, statement: MonthlyStatement) -> tuple[str, str]:
    """Level and code by the very function that says it of the present (``whitelist.balance``); two empty ones where nothing is to be said. Without
    terms only what is taken beyond the limit is."""
    terms, limit_g = _terms(statement), account.limit_g
    if limit_g is None:
        return "", ""
    if terms is None:
        return ("H", "QUOTA_OVERDRAWN") if account.taken_g > limit_g else ("", "")
    return level_at(account.layer, account.taken_g, limit_g, terms) or ("", "")


def permille(account: AccountMonth) -> int:
    """What is taken of the limit, in whole ‰; without a limit 0."""
    return account.taken_g * 1000 // account.limit_g if account.limit_g else 0


def _terms(statement: MonthlyStatement) -> Thresholds | None:
    return None if statement.terms is None else statement.terms.limits


def _identity(row: LineRow) -> tuple[str, str, int]:
    return row.generator, row.manifest, row.line
