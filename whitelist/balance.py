"""What is left of a quota (额度余额), and how grave that is: of a list row, a decision's line, a site's year. Pure; masses are grams.

Every account holds grams used (:mod:`whitelist.quota`). What a reader asks beside that is how much of it is only promised: of a row what its
decisions hold and have not moved, of a line and a year what is issued and not received. Levels are those of the monthly statement: of a quota
the shares of ``quota_alert_permille_*``; a yearly scale may be exceeded up to ``scale_limit_permille`` (R-20), so of it the last share is M.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from ledger.model import Facts, Level, account_key
from signing.refusal import texts
from whitelist.approval import ApprovalState
from whitelist.listing import ListState
from whitelist.permit import PermitState
from whitelist.quota import (
    commitments,
    held_now,
    q1_account,
    q1_key,
    q2_account,
    q3_account,
    q3_key,
    q3_used_g,
    returned_g,
    returning_accounts,
    site_year,
)
from whitelist.thresholds import Thresholds

AccountState = ListState | ApprovalState | PermitState


class QuotaLimit(Struct, frozen=True, gc=False):
    """What an account may hold: its quota, and what the other side has consented to beyond it."""

    quota_g: int
    extra_g: int = 0

    @property
    def all_g(self) -> int:
        """Both together."""
        return self.quota_g + self.extra_g


class QuotaBalance(Struct, frozen=True, gc=False, kw_only=True):
    """One account on a day. ``committed + used + reserved`` is what is taken; what ended decisions give back is taken no more."""

    limit: QuotaLimit
    account_g: int
    """What the account holds by its newest entry, of a site since ever."""
    committed_g: int = 0
    """Of a row: held by decisions in force and not moved by manifests."""
    used_g: int
    """Accepted, or used before this log; of a row also what its decisions' manifests have reserved."""
    reserved_g: int = 0
    """Of a line or a year: issued and not received."""
    returned_g: int = 0
    """Of a row: what decisions that have ended hold and no longer need; the next decision on the row takes it."""

    kept_g: int = 0
    """Of a row: of what was consented to beyond it for one application alone, what that application has not taken."""

    @property
    def open_g(self) -> int:
        """Of the limit what is anybody's."""
        return self.limit.all_g - self.kept_g

    @property
    def taken_g(self) -> int:
        """Of the limit."""
        return self.committed_g + self.used_g + self.reserved_g

    @property
    def left_g(self) -> int:
        """Below 0 where it is overdrawn."""
        return self.open_g - self.taken_g

    @property
    def permille(self) -> int:
        """What is taken of the limit, in whole ‰; without a limit 0."""
        return self.taken_g * 1000 // self.open_g if self.open_g else 0


def account_of(chain: str, state: AccountState, number: int) -> str:
    """The account of a row, a line, or a permit."""
    if isinstance(state, PermitState):
        return q3_account(state.root)
    return (q1_account if isinstance(state, ListState) else q2_account)(chain, number)


def balance_registers(account: str) -> tuple[str, ...]:
    """Registers that :func:`balance_of` reads beside the account: of a row its decisions', of a site that of its years."""
    if account.startswith("Q1"):
        return (q1_key(account),)
    return (q3_key(account[3:]),) if account.startswith("Q3") else ()


def balance_accounts(facts: Facts, account: str) -> Iterable[str]:
    """Accounts that it reads: of a row also those of its decisions' lines, once the registers are loaded."""
    yield account
    if account.startswith("Q1"):
        yield from (q2_account(one.decision, one.line) for one in commitments(facts, account).open)


def limit_of(state: AccountState, number: int, day: str) -> QuotaLimit:
    """Of a row its quota on a day with all that was consented to beyond it, of a line what was granted, of a permit its scale."""
    if isinstance(state, ListState):
        return QuotaLimit(state.quota_g(number, day), sum(extra.grams for extra in state.row_life(number).extras))
    return QuotaLimit(state.lines[number].mass_g if isinstance(state, ApprovalState) else state.scale_g)


def row_balance(facts: Facts, account: str, state: ListState, number: int, today: str) -> QuotaBalance:
    """Of a list's row (Q1): what no decision holds was stated before this log, or held by decisions that are settled."""
    known, limit = commitments(facts, account).open, limit_of(state, number, today)
    kept_g = limit.all_g - state.limit_g(number, today, held_now(facts, account, today))
    account_g, back_g = facts.used_g(account), returned_g(facts, account, today)
    moved_g = [facts.used_g(q2_account(one.decision, one.line)) for one in known]
    held_g = sum(one.held_g for one in known)
    used_g = account_g - held_g + sum(moved_g)
    committed_g = account_g - back_g - used_g
    return QuotaBalance(limit=limit, account_g=account_g, committed_g=committed_g, used_g=used_g, returned_g=back_g, kept_g=kept_g)


def row_keys(facts: Facts, account: str, today: str) -> Iterator[str]:
    """Overlay keys that :func:`row_room` reads; ask again once they are loaded."""
    yield from (account_key(account), q1_key(account))
    if facts.holds(q1_key(account)):
        yield from (account_key(one) for one in returning_accounts(facts, account, today))


def row_room(facts: Facts, account: str, state: ListState, number: int, today: str) -> tuple[int, int]:
    """What may be committed on a row and what is, grams, as the next decision would find them (WL_QUOTA): their difference is ``left_g`` of
    :func:`row_balance`, from the accounts of ended decisions alone."""
    limit_g = state.limit_g(number, today, held_now(facts, account, today))
    return limit_g, facts.used_g(account) - returned_g(facts, account, today)


def line_balance(facts: Facts, account: str, limit: QuotaLimit, reserved_g: int) -> QuotaBalance:
    """Of a decision's line (Q2), of which ``reserved_g`` is issued and not received."""
    account_g = facts.used_g(account)
    return QuotaBalance(limit=limit, account_g=account_g, used_g=account_g - reserved_g, reserved_g=reserved_g)


def site_balance(facts: Facts, account: str, limit: QuotaLimit, year: int, of_year: int) -> QuotaBalance | None:
    """Of a site's year (Q3), seen from the present ``year``; what is reserved counts in the present one. ``None`` for years nobody knows any more."""
    if of_year not in (year, year - 1):
        return None
    register = site_year(facts, account[3:])
    reserved_g = register.reserved_g if of_year == year else 0
    taken_g = q3_used_g(facts, account[3:], year, of_year)
    return QuotaBalance(limit=limit, account_g=facts.used_g(account), used_g=taken_g - reserved_g, reserved_g=reserved_g)


def level_of(account: str, balance: QuotaBalance, limits: Thresholds) -> tuple[Level, str] | None:
    """The alert of the present (‡) that an account raises."""
    return level_at(account, balance.taken_g, balance.open_g, limits)


def level_at(account: str, taken_g: int, all_g: int, limits: Thresholds) -> tuple[Level, str] | None:
    """Of an account of which so much is taken of so much: ``QUOTA_LEFT``, beyond the limit ``QUOTA_OVERDRAWN``, of a scale ``PERMIT_SCALE``.
    Monthly statements ask the same (``reports.reconciliation.judged.gravity``)."""
    taken = taken_g * 1000
    if account.startswith("Q3"):
        if taken > all_g * limits.scale_limit_permille:
            return "H", "QUOTA_OVERDRAWN"
        if taken > all_g * limits.scale_alert_permille:
            return "M", "PERMIT_SCALE"
    elif taken > all_g * 1000:
        return "H", "QUOTA_OVERDRAWN"
    steps: tuple[tuple[Level, int], ...] = (
        ("M" if account.startswith("Q3") else "H", limits.quota_alert_permille_3),
        ("M", limits.quota_alert_permille_2),
        ("L", limits.quota_alert_permille_1),
    )
    return next(((level, "QUOTA_LEFT") for level, permille in steps if all_g and taken >= all_g * permille), None)


TEXTS = texts("""
QUOTA_LEFT | R-33 | both_authorities | kinds §11 [DESIGN]
额度将尽（已用 80 %、95 %）或者用尽（100 %）。 || 移出人和接受人据此安排后续转移；还需要的，提前申请批准，或者请两地主管部门增加额度。
A quota is nearly (80 %, 95 %) or wholly (100 %) used. || Plan what is still to go; for more apply in time, or let both authorities raise the quota.

QUOTA_LEFT:USED
额度 {limit} 吨，已占用 {taken} 吨（{percent} %），还剩 {left} 吨。 || 据此安排后续转移；还需要的，提前申请批准，或者请两地主管部门增加额度。
Of {limit} t {taken} t are taken ({percent} %), {left} t are left. || Plan what is still to go; for more apply in time, or let both authorities raise the quota.
""")
