"""Every refusal, alert and tag code of this package, in one table. Codes of the floors below (USCC, FOREIGN, …) stand in their tables."""

from __future__ import annotations

from signing.refusal import table
from whitelist import adopted, dry_run, places, scope, workdays
from whitelist.acts import ACTS
from whitelist.rules import approval, listing, number, permit, quantity, trade, waste

RULES = table(
    *number.TEXTS,
    *trade.TEXTS,
    *quantity.TEXTS,
    *waste.TEXTS,
    *scope.TEXTS,
    *places.TEXTS,
    *permit.TEXTS,
    *approval.TEXTS,
    *listing.TEXTS,
    *adopted.TEXTS,
    *workdays.TEXTS,
    *dry_run.TEXTS,
    *(rule for act in ACTS for rule in act.texts),
)
