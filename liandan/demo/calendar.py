"""The story's clock: October 2026, Asia/Shanghai. Nothing here reads a real clock.

The log is founded in May, so that the lists of the year can be amended in June; applications and decisions follow in the last working days of
September, and the first truck leaves on 2026-10-08, the first working day after the National Day holiday (2026-10-01 to 07; Saturday 2026-10-10
is worked).
"""

from ledger.times import parse_at

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
SLOT_S = 2 * HOUR
"""Custody acts are posted at most this long after they happened: not a second more than 2 h, so none is LATE unless it is meant to be."""


def at(text: str) -> int:
    """Unix seconds of ``10-08 07:30`` in 2026, or of ``2027-10-08 07:30``."""
    year = "" if text.count("-") > 1 else "2026-"
    return parse_at(f"{year}{text.replace(' ', 'T')}:00+08:00")


def seconds(text: str) -> int:
    """Seconds of ``40m``, ``4h``, ``3d``; 0 of nothing."""
    return int(text[:-1]) * {"m": MINUTE, "h": HOUR, "d": DAY}[text[-1]] if text else 0


FOUNDED = at("05-25 09:00")
REGISTERED = at("05-25 13:00")
PERMITTED = at("05-25 16:00")
LISTED = at("05-26 09:00")
AMENDED = at("06-15 10:00")
"""What the sending side proposes in June, of which the receiving side confirms what is due from July on."""
CONFIRMED = at("06-22 15:00")
APPLIED = at("09-22 14:00")
DECIDED = at("09-24 10:00")
"""Decisions on a listing, two working days after the application."""
CONSULTED = at("09-24 14:00")
REPLIED = at("09-29 10:00")
DECIDED_BY_LETTER = at("09-30 10:00")
FIRST_DAY = at("10-08 00:00")
END = at("10-31 22:00")
"""The last act of the month is posted by now; ordinary trips begin on 10-30 at the latest and end the same day."""
MONTH = "2026-10"
EXCHANGED = at("11-02 10:00")
"""Both sides exchange what was really received on the lists so far; for the whole year they do it each January."""
CLOSED, AGREED = at("11-03 00:30"), at("11-04 10:00")
"""The month is closed by the job; both sides have recomputed it, and confirm."""


def slot_end(at_s: int) -> int:
    """When an act is posted: at the next even hour, for the firms' systems deliver in bundles."""
    return FIRST_DAY + -(-(at_s - FIRST_DAY) // SLOT_S) * SLOT_S
