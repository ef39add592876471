"""What closed months wait for (whitelist.terms): the word of each side, and after a dispute the operator, until the day ``period_day`` of the month after.

Source: kinds §9, §12 (`PERIOD_LATE`) [DESIGN]. A month that is not closed yet has no chain and so no clock: what is missing there says the job.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.directory import LogState, authorities_of_division
from signing.refusal import texts
from whitelist.period import PeriodState, direction_of, following_month, last_day_s, month_ends_s, month_of
from whitelist.terms import Clock, Duty, Present, Term, duty_of, register

TERMS = register(
    Term(
        "period_verdict",
        ("period.confirm", "period.dispute"),
        "period_day",
        zh="核对月度对账单，确认或者提出异议",
        en="look at the month's statement: confirm or dispute it",
        level="M",
        code="PERIOD_LATE",
    ),
    Term(
        "period_close",
        ("period.close",),
        "period_day",
        zh="处理异议后再次结账",
        en="see to the dispute and close the month again",
        level="M",
        code="PERIOD_LATE",
    ),
)


def clocks(chain: str, state: PeriodState) -> Iterator[Clock]:
    """Terms that run on a closed month, from its name and state alone."""
    since_s = last_day_s(month_of(chain))
    if state.disputes:
        yield Clock(term="period_close", kind="period.close/1", since_s=since_s, roles=(("operator", (state.newest.by,)),))
    elif silent := state.silent(direction_of(chain)):
        roles = (("authority of either side", tuple(f"@{province}" for province in silent)),)
        yield Clock(term="period_verdict", kind="period.confirm/1", since_s=since_s, roles=roles)


def duties(chain: str, state: PeriodState, present: Present, log: LogState) -> tuple[Duty, ...]:
    """What is due on a closed month now. Nobody closes it again once the month after is over: then an adjustment answers the dispute."""
    if state.disputes and present.now_s >= month_ends_s(following_month(month_of(chain))):
        return ()
    found = (duty_of(clock, TERMS[clock.term], present, lambda holder: _named(holder, log)) for clock in clocks(chain, state))
    return tuple(duty for duty in found if duty.parties)


def _named(holder: str, log: LogState) -> tuple[str, ...]:
    return authorities_of_division(log, holder[1:]) if holder.startswith("@") else (holder,)


TEXTS = texts("""
PERIOD_LATE | - | both_authorities | kinds §9, §12 [DESIGN]
月度对账单逾期未出或者未确认。 || 运营单位结账（liandan month run）；两地主管部门核对后确认（liandan month confirm）或者提出异议（liandan month dispute）。
The statement of the month is late: not out, or not confirmed. || The operator closes the month (liandan month run); the authorities look at it and confirm (liandan month confirm) or dispute it (liandan month dispute).
""")
