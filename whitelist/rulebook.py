"""Every refusal, alert and tag code of this package, in one table. Codes of the floors below (USCC, FOREIGN, …) stand in their tables."""

from __future__ import annotations

from signing.refusal import table
from whitelist import adopted, dry_run, workdays
from whitelist.rules import number, quantity, trade, waste
from whitelist.texts import approval, listing, permit

RULES = table(
    *number.TEXTS,
    *trade.TEXTS,
    *quantity.TEXTS,
    *waste.TEXTS,
    *permit.TEXTS,
    *approval.TEXTS,
    *listing.TEXTS,
    *adopted.TEXTS,
    *workdays.TEXTS,
    *dry_run.TEXTS,
)
