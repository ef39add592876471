"""The story's clock: October 2026, Asia/Shanghai. Nothing here reads a real clock.

The log is founded in the last working days of September, so that lists and decisions stand when the first truck leaves on 2026-10-08, the
first working day after the National Day holiday (2026-10-01 to 07; Saturday 2026-10-10 is worked).
"""

from __future__ import annotations

from ledger.times import parse_at

HOUR = 3600
DAY = 24 * HOUR
SLOT_S = 2 * HOUR
"""Custody acts are posted at most this long after they happened: not a second more than 2 h, so none is LATE unless it is meant to be."""


def at(text: str) -> int:
    """Unix seconds of ``10-08 07:30`` in 2026."""
    return parse_at(f"2026-{text.replace(' ', 'T')}:00+08:00")


FOUNDED = at("09-21 09:00")
REGISTERED = at("09-21 13:00")
PERMITTED = at("09-21 16:00")
LISTED = at("09-22 09:00")
APPLIED = at("09-22 14:00")
DECIDED = at("09-24 10:00")
"""Decisions on a listing, two working days after the application."""
CONSULTED = at("09-24 14:00")
REPLIED = at("09-29 10:00")
DECIDED_BY_LETTER = at("09-30 10:00")
RENEWED = at("10-21 13:00")
"""A permit that had run out on 10-20 is renewed."""
FIRST_DAY = at("10-08 00:00")
LAST_ORDINARY_DAY = at("10-30 00:00")
"""Ordinary trips end the same day; at the end of the month only those are under way that are meant to be."""
END = at("10-31 22:00")
"""The last act of the month is posted by now."""
MONTH = "2026-10"
CLOSED = at("11-01 09:00")
"""When the month's statements are drawn up."""


def slot_end(at_s: int) -> int:
    """When an act is posted: at the next even hour, for the firms' systems deliver in bundles."""
    midnight = FIRST_DAY
    return midnight + -(-(at_s - midnight) // SLOT_S) * SLOT_S
