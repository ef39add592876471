"""Days as bodies write them, ``YYYY-MM-DD``, Asia/Shanghai. Strings in this form sort by time."""

from datetime import date

from ledger.findings import Findings


def read_day(text: str) -> date | None:
    """The date of ``YYYY-MM-DD``, or ``None`` for anything else (also for days that do not exist)."""
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def year_of_day(day: str) -> int:
    """The year of a day."""
    return int(day[:4])


def twelve_months_after(day: str) -> str:
    """The same day of the next year; 29 February becomes 28 February (Order 23 Art. 27.2: 12 months)."""
    rest = day[5:]
    return f"{year_of_day(day) + 1:04d}-{'02-28' if rest == '02-29' else rest}"


def judge_day(out: Findings, field: str, text: str) -> bool:
    """Whether ``text`` is a day; reason DATE_FORM otherwise."""
    if read_day(text) is not None:
        return True
    out.refuse("DATE_FORM", field, text, "2026-12-31")
    return False


def judge_not_after(out: Findings, field: str, day: str, limit: str) -> None:
    """Reason DATE_FORM, or DATE_ORDER when ``day`` lies after ``limit``."""
    if judge_day(out, field, day) and day > limit:
        out.refuse("DATE_ORDER", field, day, f"≤ {limit}")


def judge_span(out: Findings, prefix: str, first: str, last: str) -> bool:
    """Whether ``first`` ≤ ``last`` are both days; reasons stand at ``<prefix>_from`` or ``<prefix>_to``."""
    both = (judge_day(out, f"{prefix}_from", first), judge_day(out, f"{prefix}_to", last))
    if all(both) and last < first:
        out.refuse("DATE_ORDER", f"{prefix}_to", last, f"≥ {first}")
        return False
    return all(both)
