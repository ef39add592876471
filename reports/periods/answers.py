"""What months answer over HTTP: how each month of a direction stands, closed or not."""

from __future__ import annotations

from msgspec import Struct, field

from ledger.answers import filled
from ledger.directory import LogState
from ledger.problem import Language
from ledger.times import format_at
from reports.periods.planning import MonthDue, due_day
from whitelist.names import PERIOD_STAGES
from whitelist.period import PeriodClose, PeriodState, PeriodVerdict, following_month, month_ends_s


class PeriodCloseAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A close: hashes are SHA-256 in hex, of the files as they were signed; empty where none was."""

    index: int
    at: str
    """Admission."""
    size: int
    root: str
    json: str
    xlsx: str
    pdf: str
    adjusts: tuple[str, ...]
    """Earlier months that it adjusts."""


class PeriodVerdictAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What an authority said of a close; ``reason`` and ``items`` of a dispute, to authorities and the operator alone."""

    index: int
    at: str
    by: str
    sides: tuple[str, ...]
    close: int
    """Entry of the close that it speaks of."""
    disputes: bool
    reason: str
    items: int


class PeriodAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A month of one direction."""

    period: str
    """Its chain, ``period/<YYYY-MM>/<from>-<to>``."""
    month: str
    from_province: str
    to_province: str
    stage: str
    """``open`` (over, not closed), ``closed``, ``disputed``, ``confirmed``, or ``passed``: a later month was closed without it, and so it never is."""
    stage_text: str
    closes: tuple[PeriodCloseAnswer, ...]
    """Oldest first; the last one counts."""
    said: tuple[PeriodVerdictAnswer, ...]
    """Of all closes, oldest first."""
    missing: tuple[str, ...]
    """Authorities of the sides that have not spoken of the newest close."""
    due_on: str | None
    """The day until which it is to be closed and spoken of; None where no thresholds are adopted."""
    overdue: bool
    """Whether that day is over and something is missing (PERIOD_LATE). A dispute waits for nobody once the month after is over: a later one adjusts it."""


class Periods(Struct, frozen=True, gc=False, kw_only=True):
    """Months that are over, newest first, after ``size`` entries at ``at``."""

    size: int
    at: str
    periods: tuple[PeriodAnswer, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties."""


def period_answer(
    due: MonthDue,
    state: PeriodState | None,
    log: LogState,
    today: str,
    period_day: int | None,
    language: Language,
    newest: str = "",
    *,
    is_whole: bool,
) -> PeriodAnswer:
    """One month as a reader may see it; ``newest``: the newest month of its direction that is closed, or ""; ``is_whole``: with what disputes say."""
    stage = state.stage(log, due.direction) if state is not None else "passed" if due.month < newest else "open"
    due_on = None if period_day is None or stage == "passed" else due_day(due.month, period_day)
    is_answered = (
        stage == "disputed" and today >= format_at(month_ends_s(following_month(due.month)))[:10]
    )  # by a later month: nothing is waited for
    missing = () if state is None or state.disputes else tuple(uscc for side in state.missing(log, due.direction) for uscc in side)
    return PeriodAnswer(
        period=due.chain,
        month=due.month,
        from_province=due.direction[0],
        to_province=due.direction[1],
        stage=stage,
        stage_text=PERIOD_STAGES[stage][0 if language == "zh" else 1],
        closes=() if state is None else tuple(map(_close, state.closes)),
        said=() if state is None else tuple(_verdict(one, is_whole=is_whole) for one in state.verdicts),
        missing=missing,
        due_on=due_on,
        overdue=due_on is not None and due_on < today and stage != "confirmed" and not is_answered,
    )


def _close(close: PeriodClose) -> PeriodCloseAnswer:
    return filled(PeriodCloseAnswer, close, at=format_at(close.at_s))


def _verdict(verdict: PeriodVerdict, *, is_whole: bool) -> PeriodVerdictAnswer:
    return filled(PeriodVerdictAnswer, verdict, at=format_at(verdict.at_s), reason=verdict.reason if is_whole else "")
