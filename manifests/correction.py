"""The manifest in force: its state after a correction, as everything that comes later goes by it (kinds §7, §8, §10).

One pure function from a state and what was corrected to the next state. It runs once, in the entry that puts the correction in force: the log
writes what it answers into the trunk's state, the view folds the same. So acts, rules, accounts, statements and certificates read the state as
ever, and an act on a manifest that nobody corrected pays nothing. What the acts said stays in their entries, in ``recorded`` and in the view.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.mass import parse_mass
from ledger.times import parse_admission_at, parse_at
from manifests.act import drawn
from manifests.consent import number_in
from manifests.mass import add_fates
from manifests.model import Leg, LineState, ManifestState, PlanLink, SentOn, Stage
from manifests.planned import OFF_LOG, linked
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
        state = linked(state, [path for path, _, _ in found.changes], off_log=OFF_LOG in admission.decision.tags)
        if admission.decision.accounts:
            state = replace(state, drawn=drawn(state.drawn, admission))
    return (*known[:place], found, *known[place + 1 :]), state


_OF_STATE = {"provincial_number": "provincial_number", "trip_id": "trip_id", "number": "number"}
_MOMENTS = {"planned_at": "planned_s", "pre_notice.given_at": "noticed_s"}
_OF_LINE = frozenset({"name", "code", "category", "form", "packing", "packs", "method", "plan_line"})
"""Fields of a waste line that the state carries under the same name."""
RECEIVED = frozenset({Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED})
"""Stages that opinions and sums decide; before there are none, and a finished manifest stays what it is."""
Values = dict[str, Any]
"""Corrected values by path."""


def corrected(state: ManifestState, changes: Iterable[tuple[str, str]]) -> ManifestState:
    """The state after corrections (path, value as a text of JSON): fields, then the stage by opinions and sums. Accounts come from the entry.

    It does not judge, it believes the admission; paths that no state carries leave it as it is.
    """
    found = {path: read_value(text) for path, text in changes}
    for path, value in found.items():
        part, *rest = path.split(".")
        if path in _OF_STATE:
            state = replace(state, **{_OF_STATE[path]: value})
        elif path in _MOMENTS:
            state = replace(state, **{_MOMENTS[path]: None if value is None else parse_at(value)})
        elif part in ("origin", "destination"):
            state = replace(state, **{part: replace(getattr(state, part), **{rest[0]: value})})
        elif part == "plan" and not (state.returns is not None and state.returns.how == "back"):
            link = state.plan or PlanLink()
            state = replace(state, plan=replace(link, site=value or "") if rest == ["site"] else link)
        elif part == "times":
            state = _timed(state, rest[0].removesuffix("_at"), parse_at(value))
        elif part == "legs":
            state = replace(state, legs=_leg(state.legs, int(rest[0]), rest[1:], value))
    return staged(_fated(replace(state, lines=_received(_declared(state, found), found)), found))


def line_received(state: ManifestState, number: int) -> int:
    """Which line of the manifest the n-th line of the receipt is about."""
    return state.received_order[number] if state.received_order else number


def line_loaded(state: ManifestState, number: int) -> int:
    """Which line of the manifest the n-th line of the loading is about."""
    return state.loaded_order[number] if state.loaded_order else number


def _timed(state: ManifestState, name: str, at_s: int) -> ManifestState:
    """Another moment; the first leg begins with the departure."""
    before_s = getattr(state.times, f"{name}_s")
    legs = state.legs
    if name == "departed" and legs and legs[0].begun_s == before_s:
        legs = (replace(legs[0], begun_s=at_s), *legs[1:])
    return replace(state, times=replace(state.times, **{f"{name}_s": at_s}), legs=legs)


def _leg(legs: tuple[Leg, ...], number: int, field: Sequence[str], value: Any) -> tuple[Leg, ...]:
    """A leg with another vehicle or waybill; via, crew and seals are no part of the state."""
    leg = legs[number]
    if field[0] == "vehicle":
        leg = replace(leg, vehicle=replace(leg.vehicle, **{field[1]: value}))
    elif field[0] == "waybill_no":
        leg = replace(leg, waybill_no=value or "")
    return (*legs[:number], leg, *legs[number + 1 :])


def _declared(state: ManifestState, found: Values) -> ManifestState:
    """Lines as declared and as loaded."""
    lines = list(state.lines)
    for path, value in found.items():
        part, *rest = path.split(".")
        if part == "lines":
            number, name = int(rest[0]), rest[1]
            if name == "mass_t":
                lines[number] = replace(lines[number], declared_g=parse_mass(value))
            elif name in _OF_LINE:
                lines[number] = replace(lines[number], **{name: value})
        elif part == "loaded":
            number = line_loaded(state, int(rest[0]))
            lines[number] = replace(lines[number], loaded_g=parse_mass(value))
    return replace(state, lines=tuple(lines))


def _received(state: ManifestState, found: Values) -> tuple[LineState, ...]:
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


def _fated(state: ManifestState, found: Values) -> ManifestState:
    """Fates with corrected masses, methods, days and manifests that sent them on; their sums by line and method."""
    touched = dict.fromkeys(number_in(path) for path in found if path.startswith("fates."))
    if not touched:
        return state
    fates = list(state.fates)
    for number in touched:
        own, fate = f"fates.{number}.", fates[number]
        mass_g = parse_mass(found[f"{own}mass_t"]) if f"{own}mass_t" in found else fate.mass_g
        words = {name: found.get(f"{own}{name}", getattr(fate, name)) for name in ("method", "done_on", "onward")}
        fates[number] = replace(fate, mass_g=mass_g, **words)
    by_line = [[fate for fate in fates if fate.line == number] for number in range(len(state.lines))]
    lines = tuple(
        replace(
            line,
            fates=add_fates((), [(fate.method, fate.mass_g) for fate in own]),
            onward=tuple([SentOn(fate.onward, fate.method, fate.mass_g) for fate in own if fate.onward is not None]),
        )
        for line, own in zip(state.lines, by_line, strict=True)
    )
    return replace(state, lines=lines, fates=tuple(fates))


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
