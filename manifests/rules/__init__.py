"""Rules by act, in the order in which people want to read their reasons. All of them run; all reasons come out together.

``manifest.issue`` is not here: there is no manifest yet to judge against (rules/issue.py and whitelist.check judge it).
"""

from __future__ import annotations

from collections.abc import Mapping

from manifests.model import Act
from manifests.rules import disposal, gate, load, receipt, term, times, trip, void
from manifests.rules.judged import Rule

_TIMES: tuple[Rule, ...] = (times.time_does_not_run_back, times.old_acts_need_backfill)

RULES: Mapping[Act, tuple[Rule, ...]] = {
    Act.VOID: (times.time_does_not_run_back, void.void_has_reason),
    Act.DEPART: (
        *_TIMES,
        term.departs_within_the_decision,
        term.departs_within_the_list,
        gate.waybill_travels,
        gate.checks_are_attested,
        gate.labels_match_lines,
        load.loaded_masses_are_whole,
        load.loaded_mass_is_near_declared,
        trip.vehicle_is_named,
        trip.place_is_named,
        trip.departs_from_the_origin,
        trip.vehicle_makes_one_trip,
    ),
    Act.HAND_OVER: (
        *_TIMES,
        trip.hand_over_is_complete,
        trip.vehicle_is_named,
        trip.legs_stay_countable,
        trip.vehicle_makes_one_trip,
    ),
    Act.TRANSSHIP: (
        *_TIMES,
        trip.transshipment_moves_what_is_there,
        trip.vehicle_is_named,
        trip.place_is_named,
        trip.legs_stay_countable,
        trip.vehicle_makes_one_trip,
    ),
    Act.ARRIVE: (*_TIMES, trip.place_is_named, trip.delivered_to_the_receiver),
    Act.RECEIVE: (
        *_TIMES,
        times.acceptance_lies_between,
        receipt.receipt_covers_every_line,
        receipt.weighing_adds_up,
        receipt.opinion_fits_the_mass,
        receipt.method_is_the_manifests,
        receipt.differences_are_reported,
        receipt.weight_is_near_declared,
        receipt.permit_is_valid_at_receipt,
        receipt.receipt_is_in_time,
    ),
    Act.DISPOSE: (*_TIMES, disposal.fates_are_counted, disposal.fates_stay_within_stock, disposal.method_stays),
    Act.VERIFY: (times.time_does_not_run_back,),
}
