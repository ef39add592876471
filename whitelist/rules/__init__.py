"""The numbered rules of the check, one small function each; ``RULES`` lists them in the order of report."""

from collections.abc import Callable

from ledger.findings import Findings
from whitelist.checked import Checked
from whitelist.rules import approval, backfill, basis, consent, exemption, listing, manifest_type, number, permit, place, quantity, waste

CheckRule = Callable[[Checked, Findings], None]

RULES: tuple[CheckRule, ...] = (
    manifest_type.type_has_its_fields,
    manifest_type.origin_of_an_in_transfer_is_foreign,
    manifest_type.pipeline_is_one_wholly,
    manifest_type.plan_is_off_log,
    backfill.paper_ran_in_order,
    number.number_is_right,
    place.places_exist,
    place.origin_is_tied,
    place.carriers_are_known,
    waste.code_is_of_its_category,
    waste.code_is_in_the_edition,
    waste.hazards_are_of_the_code,
    exemption.claims_hold,
    quantity.form_and_packing_go_together,
    quantity.purpose_is_of_the_method,
    quantity.part_one_is_whole,
    quantity.dangerous_goods_are_named,
    quantity.load_fits_a_truck,
    permit.permit_is_the_receivers,
    permit.permit_covers_the_code,
    permit.permit_covers_the_method,
    permit.basis_waives_the_link,
    permit.scale_of_the_year_holds,
    permit.plan_ends_with_the_permit,
    approval.decision_is_there,
    approval.decision_is_kept_to,
    approval.plan_ends_with_the_decision,
    approval.decided_mass_holds,
    approval.contract_covers_the_day,
    *backfill.TERMS,
    backfill.decision_came_first,
    backfill.past_is_told,
)
"""R-34 holds by construction (no rule reads carrier or vehicle); R-35 and R-36 limit decisions and stand in ``consent``; R-14 and R-15
wait for plans on the log, R-38, R-39 and R-65 for their issues, R-43 for data."""

TEXTS = tuple(
    text
    for module in (manifest_type, backfill, number, place, waste, exemption, quantity, permit, basis, approval, listing, consent)
    for text in module.TEXTS
)
"""Standing texts of what these rules give."""
