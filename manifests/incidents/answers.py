"""What incidents answer over HTTP: a page of them, and one whole with its entries."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from ledger.admission.entry import Entry
from ledger.answers import ChangedParty, filled
from ledger.problem import Language, Mark, mark
from ledger.times import format_at
from manifests.history_answers import RecordAnswer, record_answer
from manifests.matter_answers import incident_word
from signing.refusal import Rule
from whitelist.incident import UNMANIFESTED, IncidentState
from whitelist.registries import RegistryRow


class IncidentItem(Struct, frozen=True, gc=False, kw_only=True):
    """An incident, or an arrival of waste without a manifest; its address is ``/v1/incidents/<id>``, its place a division (GB/T 2260)."""

    id: str
    """``<reporter>/<ULID>``."""
    what: str
    what_text: str
    stage: str
    """``open`` or ``closed``."""
    reporter: str
    division: str
    happened_at: str
    reported_at: str
    """Admission of the report."""
    manifests: tuple[str, ...]
    """``<generator>/<ULID>`` of those that it names."""
    closed_on: str
    """Empty while it is open."""
    backfilled: str
    """The manifest that was back-filled for it, as above; empty where there is none."""
    flags: tuple[Mark, ...]
    """Alerts about the present: UNMANIFESTED until it is closed."""
    index: int
    """Its newest entry."""


class Incidents(Struct, frozen=True, gc=False, kw_only=True):
    """A page of incidents, in order of reporter and ULID; ``next`` is the cursor of the next page, None at the end."""

    size: int
    incidents: tuple[IncidentItem, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class IncidentAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """One incident with its entries: what was reported, and the close."""

    size: int
    incident: IncidentItem
    entries: tuple[RecordAnswer, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def incident_item(row: RegistryRow, rules: Mapping[str, Rule], language: Language) -> IncidentItem:
    """An incident for the wire."""
    state: IncidentState = row.state
    is_waiting = state.what == UNMANIFESTED and state.stage == "open"
    return filled(
        IncidentItem,
        state,
        id=row.chain.removeprefix("incident/"),
        what_text=incident_word(state.what, language),
        stage=state.stage,
        reporter=row.owner,
        happened_at=format_at(state.happened_s),
        reported_at=format_at(state.reported_s),
        manifests=tuple(chain.removeprefix("manifest/") for chain in state.manifests),
        backfilled=state.backfilled.removeprefix("manifest/"),
        flags=(mark("UNMANIFESTED", rules, language, "H"),) if is_waiting else (),
        index=row.head.idx,
    )


def incident_answer(row: RegistryRow, entries: Sequence[Entry], size: int, rules: Mapping[str, Rule], language: Language) -> IncidentAnswer:
    """One incident whole."""
    return IncidentAnswer(size=size, incident=incident_item(row, rules, language), entries=tuple(map(record_answer, entries)))
