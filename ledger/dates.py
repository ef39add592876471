"""Days and moments that a body names, against each other and against the present, in the words of the case: DATE_ORDER, STATEMENT_STALE."""

from ledger.model import Findings
from ledger.times import format_at, parse_at
from signing.phrase import Word


def judge_after(out: Findings, field: str, what: Word, day: str, first: str) -> None:
    """DATE_ORDER for a day before another one, ``first``; ``what`` is what the day is called."""
    if day < first:
        out.refuse("DATE_ORDER", field, day, f"≥ {first}", "EARLY", what=what, day=day, first=first, where=field)


def judge_not_to_come(out: Findings, field: str, what: Word, day: str, today: str) -> None:
    """DATE_ORDER for a day after today."""
    if day > today:
        out.refuse("DATE_ORDER", field, day, f"≤ {today}", "TO_COME", what=what, day=day, today=today, where=field)


def judge_until(out: Findings, field: str, until: str, now_s: int) -> None:
    """STATEMENT_STALE for an end that is over."""
    until_s = parse_at(until)
    if until_s <= now_s:
        own = {"until": format_at(until_s)[:16].replace("T", " "), "now": format_at(now_s)[:16].replace("T", " "), "where": field}
        out.refuse("STATEMENT_STALE", field, until, f"> {format_at(now_s)}", "UNTIL", **own)
