"""The acts about a manifest, one module each; from their values come kinds, rule texts, words, duties, views and bookings.

A new act is one more module here, which nothing lists, and its rows in ``manifests.machine``; the kinds of cases are the modules of
``manifests.cases``.
"""

import sys
from collections.abc import Mapping

from ledger.admission.personality import Kind, Personality, values_in
from ledger.chain import ULID, USCC
from manifests import (
    act,
    carriage,
    case,
    cases,
    deadlines,
    gate,
    holding,
    incident,
    labels,
    lots,
    numbers,
    opening,
    receipt,
    returns,
    tickets,
    tracing,
    vehicles,
)
from manifests.act import ManifestAct
from manifests.acts.arrive import Arrive
from manifests.acts.depart import Depart, Gate, GateCheck, LoadedLine
from manifests.acts.dispose import Dispose, DisposedLine
from manifests.acts.hand_over import HandOver
from manifests.acts.issue import Issue
from manifests.acts.receive import Receive
from manifests.acts.stop import Stop
from manifests.acts.transship import MovedLine, Transship
from manifests.acts.verify import Verify
from manifests.acts.void import Void
from manifests.carriage import CrewMember
from manifests.case import ManifestCases, Trunk
from manifests.cases.amend_consent import AmendConsent
from manifests.cases.amend_propose import AmendPropose, FieldChange
from manifests.cases.amend_refuse import AmendRefuse
from manifests.cases.contest import CaseContest
from manifests.cases.gap import CaseCloseWithGap, MissingLine
from manifests.cases.hold import CaseHold
from manifests.cases.number import CaseNumber
from manifests.cases.release import CaseRelease
from manifests.cases.report import CaseReport
from manifests.incidents import acts as incident_acts
from manifests.incidents import contract
from manifests.incidents.acts.close import IncidentClose
from manifests.incidents.acts.report import IncidentReport
from manifests.incidents.acts.unmanifested import IncidentUnmanifested
from manifests.labels import LabelHolders
from manifests.lots import LotUses
from manifests.machine import MOVES
from manifests.model import CaseState, ManifestState, Vehicle
from manifests.numbers import NumberSettle, NumberState
from manifests.receipt import FoundWaste, MeterRow, ReceivedLine, Report, Weighing
from manifests.recorded import Recorded
from manifests.tickets import Ticket, TicketUse
from manifests.vehicles import VehicleTrips, WaybillUses
from signing.refusal import table
from whitelist.fields import Place
from whitelist.incident import IncidentState
from whitelist.rules.number import NumberHolders

__all__ = [
    "ACTS", "ACTS_BY_KIND", "PERSONALITY", "RULES", "AmendConsent", "AmendPropose", "AmendRefuse", "Arrive", "CaseCloseWithGap",
    "CaseContest", "CaseHold", "CaseNumber", "CaseRelease", "CaseReport", "CrewMember", "Depart", "Dispose", "DisposedLine",
    "FieldChange", "FoundWaste", "Gate", "GateCheck", "HandOver", "IncidentClose", "IncidentReport", "IncidentUnmanifested", "Issue",
    "LoadedLine", "MeterRow", "MissingLine", "MovedLine", "NumberSettle", "Place", "Receive", "ReceivedLine", "Report", "Stop", "Ticket",
    "Transship", "Trunk", "Vehicle", "Verify", "Void", "Weighing",
]  # fmt: skip

_LIFE = [done.kind for _, done in MOVES]
_KNOWN = (*values_in(sys.modules[__name__], ManifestAct), *values_in(cases, ManifestAct))
ACTS = tuple(sorted(_KNOWN, key=lambda known: (*_LIFE, known.kind.name).index(known.kind.name)))
"""In the order of life: that of the machine, then those on side chains."""
ACTS_BY_KIND: Mapping[str, ManifestAct] = {known.kind.name: known for known in ACTS}

BESIDE = (*values_in(incident_acts, Kind), numbers.SETTLE)
"""Kinds of other chains that name manifests: incidents, settlements of numbers."""

_SHARED = (
    act,
    opening,
    holding,
    incident,
    contract,
    numbers,
    case,
    gate,
    carriage,
    vehicles,
    labels,
    tickets,
    receipt,
    returns,
    lots,
    tracing,
    deadlines,
)
RULES = table(*(rule for module in _SHARED for rule in module.TEXTS), *(rule for known in ACTS for rule in known.kind.texts))
"""Texts of every code that this package gives. Codes of the floors below that its rules also give stand in the tables of those floors."""

PERSONALITY = Personality(
    name="manifests",
    kinds=(*(known.kind for known in ACTS), *BESIDE),
    states={"manifest": ManifestState, "case": CaseState, "incident": IncidentState, "number": NumberState},
    chains={
        "manifest": rf"manifest/{USCC}/{ULID}",
        "case": rf"case/{USCC}/{ULID}/{ULID}",
        "incident": rf"incident/{USCC}/{ULID}",
        "number": "number/[0-9]{14}",
    },
    registers={
        "number": NumberHolders,
        "manifest-cases": ManifestCases,
        "trip": VehicleTrips,
        "label": LabelHolders,
        "waybill": WaybillUses,
        "ticket": TicketUse,
        "recorded": Recorded,
        "lots": LotUses,
    },
    rules=RULES,
)
