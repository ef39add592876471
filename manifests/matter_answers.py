"""What stands beside a manifest, over HTTP: holds, the gap it was closed with, contests, incidents."""

from msgspec import Struct

from ledger.answers import filled
from ledger.labels import words_of
from ledger.mass import format_mass
from ledger.problem import Language
from ledger.times import format_at
from manifests.cases.gap import GapCause
from manifests.incidents.acts.report import IncidentKind
from manifests.model import ManifestState
from whitelist.incident import UNMANIFESTED
from whitelist.thresholds import Thresholds


class HoldAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """暂扣 of a load; ``in_force`` at the moment of the answer. Where the hold names no end, ``until`` counts the term of the thresholds."""

    case: str
    by: str
    reason: str
    since: str
    until: str
    released_at: str | None
    in_force: bool


class MissingAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Tonnes of a line that are unaccounted for."""

    line: int
    mass_t: str
    cause: str
    cause_text: str


class GapAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """带缺口办结: what was missing when the authorities closed the manifest."""

    case: str
    at: str
    lines: tuple[MissingAnswer, ...]


class ContestAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """争议: an act that the trunk could not take, of which kind, who brought it; settled at ``released_at``."""

    case: str
    kind: str
    seq: int
    hash: str
    by: tuple[str, ...]
    since: str
    released_at: str | None


class IncidentNoteAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """突发事件 that names the manifest: what it was, when and where; ``id`` is its address below ``/v1/incidents``."""

    id: str
    what: str
    what_text: str
    happened_at: str
    division: str
    index: int
    closed: int | None
    """The entry that closed it."""


def incident_answers(state: ManifestState, language: Language) -> tuple[IncidentNoteAnswer, ...]:
    """Every incident, in the order of the entries."""
    return tuple(
        filled(
            IncidentNoteAnswer,
            note,
            id=note.chain.removeprefix("incident/"),
            what_text=incident_word(note.what, language),
            happened_at=format_at(note.happened_s),
        )
        for note in state.incidents
    )


def incident_word(what: str, language: Language) -> str:
    """What happened, in words."""
    if language == "en":
        return "arrival without a manifest" if what == UNMANIFESTED else what
    return "无联单到场" if what == UNMANIFESTED else words_of(IncidentKind)[what]


def held_until_s(state: ManifestState, limits: Thresholds) -> int:
    """The end of the hold that lasts longest, of those that nobody released; 0 where there is none."""
    return max((hold.end_s(limits.hold_d) for hold in state.holds if hold.released_s is None), default=0)


def hold_answers(state: ManifestState, limits: Thresholds, now_s: int) -> tuple[HoldAnswer, ...]:
    """Every hold, in the order of the entries."""
    return tuple(
        filled(
            HoldAnswer,
            hold,
            since=format_at(hold.since_s),
            until=format_at(hold.end_s(limits.hold_d)),
            released_at=None if hold.released_s is None else format_at(hold.released_s),
            in_force=hold.since_s <= now_s < hold.end_s(limits.hold_d),
        )
        for hold in state.holds
    )


def gap_answer(state: ManifestState, language: Language) -> GapAnswer | None:
    """The gap, where the manifest was closed with one."""
    if (gap := state.gap) is None:
        return None
    zh = words_of(GapCause)
    lines = tuple(
        MissingAnswer(
            line=line.line,
            mass_t=format_mass(line.mass_g),
            cause=line.cause,
            cause_text=zh[line.cause] if language == "zh" else line.cause.replace("_", " "),
        )
        for line in gap.lines
    )
    return GapAnswer(case=gap.case, at=format_at(gap.at_s), lines=lines)


def contest_answers(state: ManifestState) -> tuple[ContestAnswer, ...]:
    """Every contest, in the order of the entries."""
    return tuple(
        filled(
            ContestAnswer,
            contest,
            by=contest.hands,
            since=format_at(contest.since_s),
            released_at=None if contest.released_s is None else format_at(contest.released_s),
        )
        for contest in state.contests
    )
