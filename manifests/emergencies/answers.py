"""What emergencies answer over HTTP: a page of them, and one whole with its entries."""

from collections.abc import Sequence

from msgspec import Struct, field

from ledger.admission.entry import Entry
from ledger.answers import ChangedParty, filled
from ledger.directory import LogState
from ledger.mass import format_mass
from ledger.problem import Language
from ledger.times import DAY_S, format_at
from manifests.history_answers import RecordAnswer, record_answer
from whitelist.emergency import EmergencyState
from whitelist.names import EMERGENCY_STAGES
from whitelist.registries import RegistryRow
from whitelist.thresholds import Thresholds


class EmergencyReceiverAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A firm that may take event wastes; ``joined``: whether its side takes part, which the declaring side does from the beginning."""

    receiver: str
    permit: str
    division: str
    joined: bool


class EmergencyJoinAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An authority that has joined, by which letter, when."""

    authority: str
    at: str
    letter_no: str
    letter_date: str


class EmergencyItem(Struct, frozen=True, gc=False, kw_only=True):
    """An emergency; its address is ``/v1/emergencies/<id>``. Masses in tonnes."""

    id: str
    """``<authority>/<ULID>``."""
    name: str
    stage: str
    """``open`` or ``closed``."""
    stage_text: str
    authority: str
    """Who declared it."""
    plan_no: str
    plan_authority: str
    division: str
    """Of the event."""
    happened_at: str
    declared_at: str
    generators: tuple[str, ...]
    wastes: tuple[str, ...]
    """Scopes of codes, in words."""
    receivers: tuple[EmergencyReceiverAnswer, ...]
    ceiling_t: str
    used_t: str
    """Issued, less what was voided and what receipts took less; of manifests closed with a gap what was issued."""
    left_t: str
    valid_from: str
    valid_to: str
    joins: tuple[EmergencyJoinAnswer, ...]
    waits_for: tuple[str, ...]
    """Divisions of receivers in other provinces whose side has not joined."""
    waits_until: str
    """From this moment on nothing more is issued to them; empty where nobody is waited for."""
    closed_on: str
    """Empty while it is open."""
    index: int
    """Its newest entry."""


class Emergencies(Struct, frozen=True, gc=False, kw_only=True):
    """A page of emergencies, in order of authority and ULID; ``next`` is the cursor of the next page, None at the end."""

    size: int
    emergencies: tuple[EmergencyItem, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class EmergencyAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """One emergency with its entries: the declaration, joins, the close."""

    size: int
    emergency: EmergencyItem
    entries: tuple[RecordAnswer, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def emergency_item(row: RegistryRow, used_g: int, log: LogState, limits: Thresholds | None, language: Language) -> EmergencyItem:
    """An emergency for the wire; ``used_g`` of its register."""
    state: EmergencyState = row.state
    unjoined = state.unjoined(log)
    waits_for = () if state.closed_on else unjoined
    until_s = None if limits is None or not waits_for else state.declared_s + limits.join_d * DAY_S
    at = 0 if language == "zh" else 1
    return filled(
        EmergencyItem,
        state,
        id=row.chain.removeprefix("emergency/"),
        stage=state.stage,
        stage_text=EMERGENCY_STAGES[state.stage][at],
        happened_at=format_at(state.happened_s),
        declared_at=format_at(state.declared_s),
        wastes=tuple(scope.told()[at] for scope in state.wastes),
        receivers=tuple(filled(EmergencyReceiverAnswer, one, joined=one.division not in unjoined) for one in state.receivers),
        ceiling_t=format_mass(state.ceiling_g),
        used_t=format_mass(used_g),
        left_t=format_mass(state.ceiling_g - used_g),
        joins=tuple(filled(EmergencyJoinAnswer, join, at=format_at(join.at_s)) for join in state.joins),
        waits_for=waits_for,
        waits_until="" if until_s is None else format_at(until_s),
        index=row.head.idx,
    )


def emergency_answer(item: EmergencyItem, entries: Sequence[Entry], size: int) -> EmergencyAnswer:
    """One emergency whole."""
    return EmergencyAnswer(size=size, emergency=item, entries=tuple(map(record_answer, entries)))
