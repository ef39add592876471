"""Two entries that say what does not fit each other: the one that raised the alert, and the one that it contradicts.

An alert is written down with its code alone, so the other entry is found again: by the vehicle, the label, the waybill or the ticket that both
name, or, where a load contradicts itself, by the act that said otherwise before. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.fields import normal
from ledger.times import parse_at
from manifests.model import Leg
from manifests.vehicles import trip_name
from manifests.view import Flag, ManifestView, Record, marks_of

_ISSUE, _DEPART, _RECEIVE = "manifest.issue", "manifest.depart", "manifest.receive"
BEFORE = "before"
"""Of the act before on the same trunk."""
CONTRADICTIONS: Mapping[str, str] = {
    "VEHICLE_OVERLAP": "plate", "LABEL_USED": "batch", "WAYBILL_USED": "waybill_no", "TICKET_REUSED": "ticket", "TICKET_OVERDRAWN": "ticket",
    "NO_DEPARTURE": _ISSUE, "NO_ARRIVAL": _DEPART, "WRONG_RECEIVER": _ISSUE, "WRONG_ORIGIN": _ISSUE, "PROVINCE_CHANGED": _ISSUE,
    "WEIGHT": _DEPART, "LOAD_WEIGHT": _ISSUE, "WEIGHING_SUM": "", "METER_DIFF": _DEPART, "NO_DUPLICATE": "number", "LABEL_COUNT": _ISSUE,
    "CONTESTED": BEFORE, "BACKFILL_DIFFERS": _ISSUE, "TIME_ORDER": BEFORE, "METHOD_CHANGED": _ISSUE, "PART_EXCEEDS": _DEPART, "LOTS_SUM": "",
    "DISCREPANCY_UNREPORTED": _DEPART, "UNMANIFESTED": BEFORE,
}  # fmt: skip
"""Alerts by which two things that were said do not fit each other: the term that both manifests have in common, or the kind of the act of the
same manifest that says otherwise; empty where one act contradicts itself."""
LOADED_OR_WEIGHED = (_DEPART, _RECEIVE)
"""Acts that name labels or tickets."""
_BEGIN = ("manifest.depart", "manifest.hand_over", "manifest.transship")


class Said(Struct, frozen=True):
    """An entry of a manifest."""

    view: ManifestView
    record: Record


class TwoEntries(Struct, frozen=True, kw_only=True):
    """What raised the alert, what it contradicts (``None`` where that is not found any more, or is the act itself), and in what they meet."""

    flag: Flag
    first: Said
    second: Said | None
    about: str
    """The plate, label, waybill, ticket or number in common; empty within one manifest."""


def standing(view: ManifestView) -> list[Flag]:
    """The contradictions of a manifest that nothing has settled, newest first."""
    return [flag for flag in reversed(view.flags) if flag.code in CONTRADICTIONS and flag.ended is None]


def said_before(view: ManifestView, record: Record, how: str) -> Said | None:
    """The act of the same manifest that says otherwise: the newest of its kind before, else the one before on the trunk."""
    earlier = [one for one in view.records if one.index < record.index]
    of_kind = [one for one in earlier if one.kind.partition("/")[0] == how]
    trunk = [one for one in earlier if one.chain == view.chain]
    found = (of_kind or trunk)[-1:] if how else []
    return Said(view, found[0]) if found else None


def values_of(how: str, view: ManifestView, entry: Entry) -> list[str]:
    """What of the act may stand on another manifest too."""
    body = entry.statement.body
    if how == "plate":
        return [normal(vehicle.plate)] if (vehicle := getattr(body, "vehicle", None)) is not None else []
    if how == "waybill_no":
        legs = [leg.waybill_no for leg in view.state.legs if leg.begun_s == entry.statement.at_s and leg.waybill_no]
        return list(map(normal, legs))
    if how == "number":
        return [view.state.number] if view.state.number else []
    return [mark.partition(":")[2] for mark in marks_of(body) if mark.startswith(f"{how}:")]


def leg_met(how: str, value: str, mine: Said, entry: Entry, other: ManifestView) -> Leg | None:
    """The leg of another trip that was under way on the same truck, or travelled under the same waybill of the same carrier."""
    if trip_name(other.chain, other.state) == trip_name(mine.view.chain, mine.view.state):
        return None
    at_s = entry.statement.at_s
    for leg in other.state.legs:
        if how == "plate":
            if normal(leg.vehicle.plate) == value and leg.begun_s <= at_s and (leg.ended_s is None or leg.ended_s > at_s):
                return leg
        elif normal(leg.waybill_no) == value and any(leg.carrier == own.carrier for own in mine.view.state.legs):
            return leg
    return None


def name_of(how: str, leg: Leg) -> str:
    """What of a leg both manifests name."""
    return leg.vehicle.plate if how == "plate" else leg.waybill_no


def begun_by(view: ManifestView, leg: Leg) -> Said | None:
    """The entry by which a leg began."""
    found = [one for one in view.records if one.kind.partition("/")[0] in _BEGIN and parse_at(one.at) == leg.begun_s]
    return Said(view, found[-1]) if found else None


def texts_of(how: str, entry: Entry) -> set[str]:
    """Labels, or numbers of tickets, of an act, in normal form."""
    body = entry.statement.body
    if how == "batch":
        return {normal(text) for text in getattr(getattr(body, "gate", None), "labels", ())}
    return {mark.partition(":")[2] for mark in marks_of(body) if mark.startswith("ticket:")}
