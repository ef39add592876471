"""Entries of other chains that name a manifest: incidents, and settlements of numbers; what they leave in the views of readers (kinds §9)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.model import Statement
from ledger.times import parse_at
from manifests.incident import INCIDENTS_MAX
from manifests.incidents.acts.close import IncidentClose
from manifests.incidents.acts.report import IncidentReport
from manifests.matters import IncidentNote
from manifests.numbers import NumberSettle, named_in, number_of, without
from manifests.view import ManifestView, named_in_entry

NAMING = frozenset({"incident", "number"})
"""Types of the chains whose entries name manifests."""


def named_by(statement: Statement, begun: Any = None) -> tuple[str, ...]:
    """Chains of the manifests that an entry of these chains names; ``begun`` is the body of its chain's first entry, where it is not that one:
    a close speaks of what the report named, and of the manifest that was back-filled."""
    match statement.body:
        case IncidentReport(manifests=named):
            return named
        case IncidentClose(manifest=back):
            named = begun.manifests if isinstance(begun, IncidentReport) else ()
            return tuple(dict.fromkeys((*named, *(() if back is None else (back,)))))
        case NumberSettle() as settled:
            return named_in(settled)
    return ()


def noted(view: ManifestView, entry: Entry) -> ManifestView:
    """The view of a manifest after an entry that names it."""
    statement, state = entry.statement, view.state
    match statement.body:
        case IncidentReport() as said:
            if sum(note.closed is None for note in state.incidents) >= INCIDENTS_MAX:
                return view
            place, at_s = said.place.division, parse_at(said.happened_at)
            note = IncidentNote(chain=statement.chain, what=said.incident, happened_s=at_s, division=place, index=entry.index)
            return named_in_entry(view, entry, replace(state, incidents=(*state.incidents, note)))
        case IncidentClose(manifest=back):
            if back != view.chain and all(note.chain != statement.chain for note in state.incidents):
                return view  # one too many to count
            notes = tuple([replace(one, closed=entry.index) if one.chain == statement.chain else one for one in state.incidents])
            return named_in_entry(view, entry, replace(state, incidents=notes))
        case NumberSettle() as settled:
            left = without(state, number_of(statement.chain)) if view.chain in settled.lose else state
            return named_in_entry(view, entry, left, ends="NO_DUPLICATE")
    return view


class Reports:
    """Bodies of the reports of incidents, remembered by whoever reads a log from its beginning: a close speaks of what they named."""

    def __init__(self) -> None:
        self._bodies = dict[str, IncidentReport]()

    def named_by(self, entry: Entry) -> tuple[str, ...]:
        """Manifests that an entry names; entries come in the order of the log, and may come twice."""
        statement = entry.statement
        if statement.chain_type not in NAMING:
            return ()
        if isinstance(statement.body, IncidentReport):
            self._bodies[statement.chain] = statement.body
        return named_by(statement, self._bodies.get(statement.chain))
