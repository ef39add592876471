"""The numbered rules of the check, one small function each; ``RULES`` lists them in the order of report."""

from __future__ import annotations

from collections.abc import Callable

from ledger.findings import Findings
from whitelist.case import Case
from whitelist.rules.approval import r_30, r_31, r_32, r_33
from whitelist.rules.listing import r_35, r_40
from whitelist.rules.number import r_01, r_02, r_03, r_04
from whitelist.rules.permit import r_17, r_18, r_19, r_20
from whitelist.rules.quantity import r_09, r_10, r_11
from whitelist.rules.trade import r_05, r_12, r_13, r_places
from whitelist.rules.waste import r_06, r_07, r_08, r_exemptions

CheckRule = Callable[[Case, Findings], None]

RULES: tuple[CheckRule, ...] = (
    r_01, r_02, r_03, r_04, r_05, r_06, r_07, r_08, r_09, r_10, r_11, r_12, r_13,
    r_places, r_exemptions,
    r_17, r_18, r_19, r_20,
    r_30, r_31, r_32, r_33, r_35, r_40,
)  # fmt: skip
"""R-34 holds by construction (no rule reads carrier or vehicle); R-36 limits decisions and stands in ``approval_decide``."""
