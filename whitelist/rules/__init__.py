"""The numbered rules of the check, one small function each; ``RULES`` lists them in the order of report.

R-34 holds by construction (no rule reads carrier or vehicle); R-35 and R-36 limit decisions (``listing``); R-14 and R-15 wait for plans on the
log, R-38, R-39 and R-65 for their issues, R-43 for data.
"""

from collections.abc import Callable

from ledger.model import Findings
from whitelist.checked import Checked
from whitelist.rules import approval, exemption, listing, manifest_type, number, permit, place, quantity, waste

CheckRule = Callable[[Checked, Findings], None]

RULES: tuple[CheckRule, ...] = (
    *manifest_type.RULES,
    *number.RULES,
    *place.RULES,
    *waste.RULES,
    *exemption.RULES,
    *quantity.RULES,
    *permit.RULES,
    *approval.RULES,
    *manifest_type.OF_THE_MOMENT,
)
TEXTS = tuple(
    text for module in (manifest_type, number, place, waste, exemption, quantity, permit, approval, listing) for text in module.TEXTS
)
"""Standing texts of what these rules give."""
