"""Which dossier is asked for."""

from datetime import date

from msgspec import Struct

from ledger.times import DAY_S, parse_at
from reports.paper.tongue import Tongue
from reports.reconciliation.line import Period
from signing.phrase import Phrase
from signing.refusal import refuse
from signing.uscc import check_uscc

MANIFESTS_MAX = 400
"""Manifests of one dossier: with their evidence they fill a bundle (16 MB). Of more the period is made shorter."""
DAYS_MAX = 5 * 366
"""Days of one period."""
REFUSAL_PAGES_MAX = 400
"""Pages of refusals that are enclosed: their chain is proved from its first one on. Of more none is, and the paper says so."""
FIRST_DAY, LAST_DAY = "1992-01-01", "9999-11-30"


class DossierAsked(Struct, frozen=True):
    """Of which firm (USCC), which days (both included), as ``pdf`` or as the ``json`` of its evidence, for whom."""

    party: str
    first: str
    last: str
    suffix: str = "pdf"
    tongue: Tongue = "zh"
    is_office: bool = True
    """For an authority, or whoever holds an export: with the pages of what was refused, which name other firms, too."""

    @property
    def stem(self) -> str:
        """Of the file's name."""
        return f"dossier-{self.party}-{self.first}-{self.last}"


def check_dossier(asked: DossierAsked) -> Period:
    """The period; Refusal USCC, DOSSIER_PERIOD for days that are none, run backwards or are more than DAYS_MAX."""
    if not check_uscc(asked.party):
        raise refuse("USCC", field="party", found=asked.party)
    return period_between(asked.first, asked.last)


def period_between(first: str, last: str) -> Period:
    """The days from one to another, both included; Refusal DOSSIER_PERIOD."""
    days = [_day(text) for text in (first, last)]
    if None in days or not FIRST_DAY <= first <= last <= LAST_DAY or (days[1] - days[0]).days >= DAYS_MAX:  # type: ignore[operator]
        expected = Phrase(f"YYYY-MM-DD，起始日不晚于截止日，最长 {DAYS_MAX} 天", f"YYYY-MM-DD, in order, at most {DAYS_MAX} days")
        raise refuse("DOSSIER_PERIOD", field="from, to", found=f"{first}, {last}", expected=expected)
    start_s, end_s = (parse_at(f"{day}T00:00:00+08:00") for day in (first, last))
    return Period(f"{first} … {last}", start_s, end_s + DAY_S)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len(FIRST_DAY) else None
    except ValueError:
        return None
