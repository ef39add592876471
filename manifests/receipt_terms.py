"""Terms of the receipt: confirmed in time (R-60), and a back-fill recorded in time (R-70; Order 23 Art. 18.1, 20.2 [READ])."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.times import day_of
from manifests.act import limits_of
from signing.refusal import texts
from whitelist.workdays import workdays_of


def note_lateness(judged: Judged, out: Findings, accepted_s: int) -> None:
    """RECEIPT_OVERDUE M after ``receipt_wd`` working days from 接受之日, H from ``receipt_high_wd`` on; of a backfill BACKFILL_LATE M."""
    limits = limits_of(judged.facts)
    term = limits.backfill_wd if judged.state.is_backfill else limits.receipt_wd
    accepted_on = date.fromisoformat(day_of(accepted_s))
    admitted_on = date.fromisoformat(day_of(judged.moment.at_s))
    # Counting far beyond the longest term tells nothing new, and a fact may be of any age.
    horizon = accepted_on + timedelta(days=3 * max(term, limits.receipt_high_wd) + 30)
    count = workdays_of(judged.facts).between(accepted_on, min(admitted_on, horizon))
    if count.workdays <= term:
        return
    if judged.state.is_backfill:
        out.alert("M", "BACKFILL_LATE")
    else:
        out.alert("H" if count.workdays >= limits.receipt_high_wd else "M", "RECEIPT_OVERDUE")
    for flag in count.flags:
        out.tag(flag)


TEXTS = texts("""
RECEIPT_OVERDUE | R-60 | nobody | Order 23 Art. 18.1 [READ]; levels M from day 6, H from day 10 [DESIGN]
接受人未在接受之日起五个工作日内确认。 || 及时确认；逾期原因由接受人说明。
The receiver did not confirm within five working days of taking the waste over. || Confirm in time; let the receiver explain the delay.
""")
