"""The three quotas. Accounts hold grams USED: Q1 of a listing (committed by decisions), Q2 of a decision line, Q3 of a permit (by issues).

What a decision commits of Q1, and gives back when it is over, stands in commitment.py.

Q3 is yearly, but an account only ever counts on. So the register ``q3:<permit chain>`` remembers how much of the account belongs to
earlier years; whoever touches a Q3 account writes it with :func:`q3_base_change`.
Source: law §3.4 and corrections; 危险废物经营许可证管理办法 Art. 12(4) for 120 % [READ S3]; alert at 100 % [DESIGN].
"""

from __future__ import annotations

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.model import Admission

Q1_PREFIX = "Q1 "
Q3_PREFIX = "Q3 "


class Q3Base(Struct, frozen=True):
    """Grams of a Q3 account that were used before ``year`` began."""

    year: int
    base_g: int


def q1_account(list_chain: str, row: int) -> str:
    """Account of a listing."""
    return f"{Q1_PREFIX}{list_chain} {row}"


def q2_account(approval_chain: str, line: int) -> str:
    """Account of a decision line."""
    return f"Q2 {approval_chain} {line}"


def q3_account(permit_chain: str) -> str:
    """Account of a permit's yearly scale."""
    return f"{Q3_PREFIX}{permit_chain}"


def q3_key(permit_chain: str) -> str:
    """Key of the register beside the account."""
    return f"q3:{permit_chain}"


def q3_used_g(facts: Facts, permit_chain: str, year: int) -> int:
    """Grams used on a permit in ``year`` (the current one); the account and the register must be loaded."""
    base: Q3Base | None = facts.get(q3_key(permit_chain))
    if base is None or base.year != year:
        return 0
    return facts.used_g(q3_account(permit_chain)) - base.base_g


def q3_base_change(admission: Admission, facts: Facts, reserved_year: int | None = None) -> dict[str, Q3Base]:
    """Registers to write with an entry: for every Q3 row of its accounts, where the year's count begins. For ``evolve``; pure.

    ``reserved_year`` is the year in which the grams were reserved (the issue's). When a receipt or release of this year settles a
    reservation of an earlier one, the change belongs to that earlier year and moves the base instead of this year's use.
    Rows of permits whose register need not change are left out.
    """
    year = int(admission.at[:4])
    changes: dict[str, Q3Base] = {}
    for row in admission.decision.accounts:
        if not row.account.startswith(Q3_PREFIX):
            continue
        key = q3_key(row.account.removeprefix(Q3_PREFIX))
        known: Q3Base | None = facts.get(key)
        base_g = known.base_g if known is not None and known.year == year else row.before_g
        if reserved_year is not None and reserved_year < year:
            base_g += row.after_g - row.before_g
        base = Q3Base(year, base_g)
        if base != known:
            changes[key] = base
    return changes


def exceeds_scale(total_g: int, scale_g: int) -> bool:
    """More than 100 % of the yearly scale: alert."""
    return total_g > scale_g


def exceeds_limit(total_g: int, scale_g: int) -> bool:
    """More than 120 % of the yearly scale: refusal."""
    return total_g * 5 > scale_g * 6
