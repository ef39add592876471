"""The numbered rules of the check, one small function each; ``RULES`` lists them in the order of report.

R-34 holds by construction (no rule reads carrier or vehicle); R-35 and R-36 limit decisions (``listing``); R-38 waits for its issue,
R-43 for data. What a return has to do with the manifest it returns is judged above, where manifests are known.
"""

from collections.abc import Callable

from ledger.model import Findings
from whitelist.checked import Checked
from whitelist.rules import (
    approval,
    emergency,
    exemption,
    listing,
    manifest_type,
    number,
    permit,
    pilot,
    place,
    plan,
    quantity,
    refused,
    standing,
    waste,
)

CheckRule = Callable[[Checked, Findings], None]

_JUDGING = (manifest_type, number, place, waste, exemption, quantity, plan, permit, approval, emergency, pilot, refused)
RULES: tuple[CheckRule, ...] = (*(rule for module in _JUDGING for rule in module.RULES), *manifest_type.OF_THE_MOMENT)
TEXTS = tuple(text for module in (*_JUDGING, listing, standing) for text in module.TEXTS)
"""Standing texts of what these rules give."""
