"""The acts about a manifest, one module each; from their values come kinds, rule texts, words, duties, views and bookings.

A new act is a module here, its name in ``ACTS``, and its rows in ``manifests.machine``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.admission.personality import Personality
from ledger.chain import ULID, USCC
from manifests import act, case, commitments, mass, settlement, vehicles
from manifests.act import ManifestAct
from manifests.acts.arrive import ARRIVE, Arrive
from manifests.acts.depart import DEPART, Depart, Gate, GateCheck, LoadedLine
from manifests.acts.dispose import DISPOSE, Dispose, DisposedLine
from manifests.acts.hand_over import HAND_OVER, HandOver
from manifests.acts.issue import ISSUE, DangerousGoods, Issue
from manifests.acts.number import CASE_NUMBER, CaseNumber
from manifests.acts.receive import RECEIVE, Receive, ReceivedLine, Report, Weighing
from manifests.acts.transship import TRANSSHIP, MovedLine, Transship
from manifests.acts.verify import VERIFY, Verify
from manifests.acts.void import VOID, Void
from manifests.case import Trunk
from manifests.model import CaseState, ManifestState, Place, Vehicle, VehicleTrips
from signing.refusal import table
from whitelist.number import NumberHolders

__all__ = [
    "ACTS",
    "ACTS_BY_KIND",
    "PERSONALITY",
    "RULES",
    "Arrive",
    "CaseNumber",
    "DangerousGoods",
    "Depart",
    "Dispose",
    "DisposedLine",
    "Gate",
    "GateCheck",
    "HandOver",
    "Issue",
    "LoadedLine",
    "MovedLine",
    "Place",
    "Receive",
    "ReceivedLine",
    "Report",
    "Transship",
    "Trunk",
    "Vehicle",
    "Verify",
    "Void",
    "Weighing",
]

ACTS: tuple[ManifestAct, ...] = (ISSUE, VOID, DEPART, HAND_OVER, TRANSSHIP, ARRIVE, RECEIVE, DISPOSE, VERIFY, CASE_NUMBER)
"""In the order of life."""
ACTS_BY_KIND: Mapping[str, ManifestAct] = {known.kind.name: known for known in ACTS}

RULES = table(
    *act.TEXTS,
    *commitments.TEXTS,
    *case.TEXTS,
    *vehicles.TEXTS,
    *mass.TEXTS,
    *settlement.TEXTS,
    *(rule for known in ACTS for rule in known.kind.texts),
)
"""Texts of every code that this package gives. Codes of the floors below that its rules also give stand in the tables of those floors."""

PERSONALITY = Personality(
    name="manifests",
    kinds=tuple(known.kind for known in ACTS),
    states={"manifest": ManifestState, "case": CaseState},
    chains={"manifest": rf"manifest/{USCC}/{ULID}", "case": rf"case/{USCC}/{ULID}/{ULID}"},
    registers={"number": NumberHolders, "manifest-number": str, "trip": VehicleTrips},
    rules=RULES,
)
