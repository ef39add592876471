"""What a thread about a line of a month waits for (whitelist.terms): that the firms concerned settle it, until ``period_day`` of the month after.

Source: kinds §9 [DESIGN]. Whoever has commented has put it before them; a thread of an authority about no firm waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from whitelist.item import ItemState
from whitelist.period import last_day_s, month_of
from whitelist.terms import Clock, Duty, Present, Term, duty_of, register

TERMS = register(
    Term("item_settle", ("item.settle",), "period_day", zh="核对未符项并共同了结", en="look at an open item and settle it together"),
)


def clocks(chain: str, state: ItemState) -> Iterator[Clock]:
    """The term that runs on a thread that nobody has settled, from its name and state alone."""
    if state.settled is None and state.firms:
        yield Clock(
            term="item_settle", kind="item.settle/1", since_s=last_day_s(month_of(chain)), roles=(("both parties concerned", state.firms),)
        )


def duties(chain: str, state: ItemState, present: Present) -> tuple[Duty, ...]:
    """What is due on a thread now."""
    return tuple(duty_of(clock, TERMS[clock.term], present, lambda holder: (holder,)) for clock in clocks(chain, state))
