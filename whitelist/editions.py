"""Data sets that are adopted edition by edition, side by side: ``hw-catalogue-2021`` and ``hw-catalogue-2025``.

The edition YYYY is in force from YYYY-01-01 until the next adopted one begins (kinds §2). Which one judges an act follows from the day of
the event, never from today: a back-fill of December is judged by December's table (kinds §1.1).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ledger.admission.facts import Facts
from ledger.directory import log_state
from signing.refusal import refuse


def editions_among(names: Iterable[str], prefix: str) -> list[str]:
    """Years (YYYY) of the editions among names of adopted data sets, oldest first; ``prefix`` is e.g. ``hw-catalogue-``."""
    years = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    return sorted(year for year in years if len(year) == 4 and year.isascii() and year.isdecimal())


def edition_among(names: Iterable[str], prefix: str, day: str) -> str | None:
    """The edition in force on a day ``YYYY-MM-DD``: the latest adopted one that has begun; ``None`` before the first."""
    # YYYY-01-01 <= day exactly if YYYY <= the year of the day, so years alone are compared.
    return _latest(tuple(names), prefix, day[:4])


@lru_cache(1024)
def _latest(names: tuple[str, ...], prefix: str, by: str) -> str | None:
    return max((year for year in editions_among(names, prefix) if year <= by), default=None)


def edition_on(facts: Facts, prefix: str, day: str) -> str | None:
    """:func:`edition_among` the data sets in force at this index (``log/main`` must be loaded)."""
    return edition_among(log_state(facts).data, prefix, day)


def edition_of(facts: Facts, prefix: str, year: str) -> Any:
    """The parsed edition of a year, ``None`` where it was never adopted; Refusal DATA_FORM where the file holds another edition."""
    found = facts.data(prefix + year)
    if found is not None and found.edition != year:
        raise refuse("DATA_FORM", field=prefix + year, found=found.edition, expected=year)
    return found
