"""Every refusal, alert and tag code of this package, in one table. Codes of the floors below (USCC, FOREIGN, …) stand in their tables."""

from __future__ import annotations

from signing.refusal import table
from whitelist.texts import approval, listing, number, permit, reading, waste

RULES = table(*number.TEXTS, *waste.TEXTS, *permit.TEXTS, *approval.TEXTS, *listing.TEXTS, *reading.TEXTS)
