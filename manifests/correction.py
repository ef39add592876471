"""The manifest in force: its state after a correction, as everything that comes later goes by it (kinds §7, §8, §10).

One pure function from a state and what was corrected to the next state. It runs once, in the entry that puts the correction in force: the log
writes what it answers into the trunk's state, the view folds the same. So acts, rules, accounts, statements and certificates read the state as
ever, and an act on a manifest that nobody corrected pays nothing. What the acts said stays in their entries, in ``recorded`` and in the view.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.mass import parse_mass
from ledger.times import parse_admission_at, parse_at
from manifests.act import drawn
from manifests.consent import number_in
from manifests.model import LineState, ManifestState, Stage
from manifests.recorded import read_value

Ended = Literal["", "in_force", "refused"]


class Consent(Struct, frozen=True, gc=False):
    """Who agreed to a correction, for whom, and in which entry; ``party`` empty where he signed for himself."""

    by: str
    index: int
    party: str = ""


class Correction(Struct, frozen=True, gc=False, kw_only=True):
    """A correction as readers see it: what was, what shall be, why, who has agreed, how it ended."""

    case: str
    changes: tuple[tuple[str, str, str], ...]
    """(path, earlier value, corrected value), as texts of JSON; empty for nothing."""
    by: str
    """For whom it was proposed."""
    reason: str
    proposed_s: int
    """Admission of the proposal, Unix seconds."""
    consents: tuple[Consent, ...] = ()
    ended: Ended = ""
    """Empty while consents are missing; a proposal that has lapsed is none of the log's doing, the reader counts its days."""
    ended_index: int | None = None


def followed(known: tuple[Correction, ...], state: ManifestState, entry: Entry) -> tuple[tuple[Correction, ...], ManifestState]:
    """Corrections and the manifest after an entry of a case, from entries alone."""
    statement, admission = entry.statement, entry.admission
    kind = statement.kind.partition("/")[0]
    if kind == "case.amend_propose":
        changes = tuple((change.path, change.was, change.now) for change in statement.body.changes)
        by = statement.principal or statement.by[0]
        at_s = parse_admission_at(admission.at)
        known = (*known, Correction(case=statement.chain, changes=changes, by=by, reason=statement.body.reason, proposed_s=at_s))
    elif kind not in ("case.amend_consent", "case.amend_refuse"):
        return known, state
    place = next(place for place, one in enumerate(known) if one.case == statement.chain)
    found = known[place]
    if kind == "case.amend_consent":
        found = replace(found, consents=(*found.consents, Consent(statement.by[0], entry.index, statement.principal or "")))
    if kind == "case.amend_refuse":
        found = replace(found, ended="refused", ended_index=entry.index)
    elif ("AMENDED",) in admission.decision.tags:
        found = replace(found, ended="in_force", ended_index=entry.index)
        state = corrected(state, [(path, now) for path, _, now in found.changes])
        if admission.decision.accounts:
            state = replace(state, drawn=drawn(state.drawn, admission))
    return (*known[:place], found, *known[place + 1 :]), state


_OF_STATE = {"provincial_number": "provincial_number", "trip_id": "trip_id"}
_MOMENTS = {"planned_at": "planned_s", "pre_notice.given_at": "noticed_s"}
RECEIVED = frozenset({Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED})
"""Stages that opinions and sums decide; before there are none, and a finished manifest stays what it is."""


def corrected(state: ManifestState, changes: Iterable[tuple[str, str]]) -> ManifestState:
    """The state after corrections (path, value as a text of JSON): fields, then the stage by opinions and sums. Accounts come from the entry.

    It does not judge, it believes the admission; paths that no state carries leave it as it is.
    """
    found = {path: read_value(text) for path, text in changes}
    for path, value in found.items():
        if path in _OF_STATE:
            state = replace(state, **{_OF_STATE[path]: value})
        elif path in _MOMENTS:
            state = replace(state, **{_MOMENTS[path]: None if value is None else parse_at(value)})
    return staged(replace(state, lines=_received(state, found)))


def line_received(state: ManifestState, number: int) -> int:
    """Which line of the manifest the n-th line of the receipt is about."""
    return state.received_order[number] if state.received_order else number


def _received(state: ManifestState, found: dict[str, Any]) -> tuple[LineState, ...]:
    """Lines with corrected opinions and masses. A refused mass that is taken out means what it means in a receipt: nothing, of a rejected line
    all that was sent; one that is not named stays."""
    lines = list(state.lines)
    for number in dict.fromkeys(number_in(path) for path in found if path.startswith("received.")):
        at = line_received(state, number)
        line, own = lines[at], f"received.{number}."
        opinion = found.get(f"{own}opinion", line.opinion)
        accepted_g = parse_mass(found[f"{own}accepted_t"]) if f"{own}accepted_t" in found else line.accepted_g
        refused_g = line.refused_g
        if f"{own}refused_t" in found:
            text = found[f"{own}refused_t"]
            refused_g = parse_mass(text) if text is not None else line.sent_g if opinion == "reject" else 0
        lines[at] = replace(line, opinion=opinion, accepted_g=accepted_g, refused_g=refused_g)
    return tuple(lines)


def staged(state: ManifestState) -> ManifestState:
    """The stage by the opinions and sums now in force: disposed falls back while there is stock (kinds §10). What came home is disposed of."""
    if state.stage not in RECEIVED or state.route == "RETURN":
        return state
    stage = stage_of({line.opinion or "" for line in state.lines})
    if stage is not Stage.REJECTED and all(line.stock_g == 0 for line in state.lines):
        stage = Stage.DISPOSED
    if stage is state.stage:
        return state
    times = state.times if stage is Stage.DISPOSED else replace(state.times, disposed_s=None)
    if stage is Stage.DISPOSED and times.disposed_s is None:
        times = replace(times, disposed_s=times.latest_s)
    return replace(state, stage=stage, times=times)


def stage_of(opinions: set[str]) -> Stage:
    """A: every line accept; R: every line reject; else P."""
    if opinions == {"accept"}:
        return Stage.ACCEPTED
    return Stage.REJECTED if opinions == {"reject"} else Stage.PARTLY_ACCEPTED
