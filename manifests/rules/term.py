"""The departure keeps to the decision and to the lists it was given on: R-32 and R-40 for the day of departure.

An issue is judged by its own day in ``whitelist.check``; a manifest issued in time may still wait until what allowed it is over. The day is
that of ``at``: a departure that is recorded late is judged by when the load left (formats §6).
"""

from __future__ import annotations

from ledger.findings import Findings
from ledger.times import day_of
from manifests.rules.judged import Judged


def departs_within_the_decision(judged: Judged, out: Findings) -> None:
    """R-32: 起运 is not later than the last day of the decision. Order 23 Art. 27.2, 27.3 [READ]."""
    approved_to, day = judged.state.approved_to, day_of(judged.statement.at_s)
    if approved_to is not None and day > approved_to:
        out.refuse("APPROVAL_EXPIRED", "at", day, f"≤ {approved_to}")


def departs_within_the_list(judged: Judged, out: Findings) -> None:
    """R-40: a listing of year Y serves departures in Y only, up to the list's last effective day. 2020 mechanism 1, 2 [READ S6]."""
    listed_to, day = judged.state.listed_to, day_of(judged.statement.at_s)
    if listed_to is None or day <= listed_to:
        return
    if day[:4] != listed_to[:4]:
        out.refuse("WL_YEAR", "at", day, listed_to[:4])
    else:
        out.refuse("WL_TERM", "at", day, f"≤ {listed_to}")
