"""Entries of other chains that name a manifest: incidents, settlements of numbers, threads about open items; what they leave in the views of readers (kinds §9)."""

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

NAMING = frozenset({"incident", "item", "number"})
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
    return _spoken_of(statement, begun) if statement.chain_type == "item" else ()


def _spoken_of(statement: Statement, begun: Any) -> tuple[str, ...]:
    """The manifest of the key of a thread (``<check> manifest/… [line]``), which stands in every comment: a settlement speaks of what the first one
    names. Its parties are told; the view stays as it is."""
    chain = str(getattr(statement.body, "key", None) or getattr(begun, "key", "")).split(" ")[1:2]
    kind, _, rest = (chain[0] if chain else "").partition("/")
    parts = rest.split("/")
    return (f"manifest/{parts[0]}/{parts[1]}",) if kind in ("manifest", "case") and len(parts) >= 2 else ()


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
    """First bodies of incidents and threads, remembered by whoever reads a log from its beginning: what ends them speaks of what they named."""

    def __init__(self) -> None:
        self._bodies = dict[str, Any]()

    def named_by(self, entry: Entry) -> tuple[str, ...]:
        """Manifests that an entry names; entries come in the order of the log, and may come twice."""
        statement = entry.statement
        if statement.chain_type not in NAMING:
            return ()
        if isinstance(statement.body, IncidentReport) or (statement.chain_type == "item" and not statement.seq):
            self._bodies[statement.chain] = statement.body
        return named_by(statement, self._bodies.get(statement.chain))
