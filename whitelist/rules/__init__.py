"""The numbered rules of the check, one small function each; ``RULES`` lists them in the order of report."""

from __future__ import annotations

from collections.abc import Callable

from ledger.findings import Findings
from whitelist.checked import Checked
from whitelist.rules import approval, listing, number, permit, quantity, trade, waste

CheckRule = Callable[[Checked, Findings], None]

RULES: tuple[CheckRule, ...] = (
    number.number_has_its_form,
    number.number_is_of_the_origin,
    number.number_lives_once,
    number.number_is_of_the_year,
    trade.parties_are_real,
    waste.code_is_of_its_category,
    waste.code_is_in_the_edition,
    waste.hazards_are_of_the_code,
    quantity.mass_is_in_tonnes,
    quantity.form_and_packing_go_together,
    quantity.lines_are_complete,
    trade.consignor_is_a_side,
    trade.mode_is_on_land,
    trade.places_exist,
    waste.exemptions_name_the_code,
    permit.permit_is_in_force,
    permit.permit_covers_the_code,
    permit.permit_covers_the_method,
    permit.scale_of_the_year_holds,
    approval.decision_is_there,
    approval.decision_is_kept_to,
    approval.decision_has_not_expired,
    approval.decided_mass_holds,
    listing.listing_still_covers,
    listing.listing_is_of_the_day,
)
"""R-34 holds by construction (no rule reads carrier or vehicle); R-36 limits decisions and stands in ``acts.decide``."""
