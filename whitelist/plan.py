"""A management plan (危险废物管理计划): what a generator means to send away in a year, how much, to whom. State of ``plan/<generator>/<YYYY>``.

It is filed once for the whole unit, or once for each of its sites, and its lines count from 0 within what was filed. What manifests move out on
a line stands beside it, in the register ``plan-used:<plan> <site> <line>``. Source: Order 23 Art. 10(2), 14 [READ]; kinds §3.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from ledger.model import Facts, chain_key
from ledger.times import DAY_S, parse_at, year_of

if TYPE_CHECKING:
    from whitelist.transfer import Transfer

LINES_MAX = 256
"""Lines of one site, amendments included; a filing has 64 at most."""
CLOCK_S = 5 * 60
"""By how much a signer's clock may run ahead (formats §6)."""


class PlanLine(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One line, as it stands after amendments; ``mass_g`` is 预计转移量 of the year in grams."""

    name: str
    internal_name: str | None = None
    code: str
    category: str
    hazards: tuple[str, ...]
    form: str
    mass_g: int
    method: str
    receiver_type: Literal["permit", "exempt_use", "abroad"]
    receivers: tuple[str, ...] = ()
    """To whom it may go; empty: the plan names nobody."""


class SitePlan(Struct, frozen=True, gc=False, kw_only=True):
    """What was filed for one site."""

    filings: tuple[str, ...]
    """备案编号, oldest first: a manifest of before an amendment bears the one of its day."""
    filed_on: str
    lines: tuple[PlanLine, ...]

    def line(self, number: int | None) -> PlanLine | None:
        """A line by its number."""
        return self.lines[number] if number is not None and number < len(self.lines) else None


class PlanState(Struct, frozen=True, gc=False):
    """What was filed of one year, by site id; the empty one is the unit as a whole."""

    sites: dict[str, SitePlan] = field(default_factory=dict)


def plan_chain(generator: str, year: int) -> str:
    """Chain of a generator's plan of a year."""
    return f"plan/{generator}/{year}"


def plan_used_key(plan: str, site: str, line: int) -> str:
    """Key of the register of a line: grams moved out on it (R-15)."""
    return f"plan-used:{plan} {site} {line}"


def used_g(facts: Facts, plan: str, site: str, line: int) -> int:
    """Grams moved out on a line; its register must be loaded."""
    found: int | None = facts.get(plan_used_key(plan, site, line))
    return found or 0


def plan_at(facts: Facts, chain: str | None, site: str | None) -> SitePlan | None:
    """What was filed for a site; ``None`` where nothing is on this log. The chain must be loaded."""
    state: PlanState | None = None if chain is None else facts.state(chain)
    return None if state is None else state.sites.get(site or "")


def plans_of(transfer: Transfer, generator: str, at_s: int) -> tuple[str, ...]:
    """Chains in which the plan of a transfer may stand: of the year of its admission, which a statement of New Year's Eve does not know yet;
    of a back-fill that in which it departed on paper (kinds §1.1)."""
    if transfer.plan is None:
        return ()
    if transfer.paper is not None and transfer.is_backfill:
        return (plan_chain(generator, year_of(parse_at(transfer.paper.departed_at))),)
    return _near(generator, at_s)


@lru_cache(2048)
def _near(generator: str, at_s: int) -> tuple[str, ...]:
    """Kept for a moment: an issue asks three times, and so do those of the same second."""
    return tuple([plan_chain(generator, year) for year in dict.fromkeys((year_of(at_s - CLOCK_S), year_of(at_s + DAY_S)))])


def plan_of(transfer: Transfer, generator: str, at_s: int, day: str) -> str | None:
    """The one of them that the day of the event falls into. Of what was cut and comes again much later: the last that it could mean."""
    names = plans_of(transfer, generator, at_s)
    if len(names) < 2:
        return names[0] if names else None
    return next((name for name in names if name.endswith(day[:4])), names[-1])


def plan_registers(plans: Iterable[str], site: str | None, lines: Iterable[int], facts: Facts) -> list[str]:
    """Registers of the lines that a transfer names, of the plans that the log has."""
    there = [plan for plan in plans if facts.holds(chain_key(plan)) and facts.state(plan) is not None]
    if not there:
        return []
    numbers = dict.fromkeys(lines)
    return [plan_used_key(plan, site or "", number) for plan in there for number in numbers]
