"""The page of a manifest, from what its services answer. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.mass import parse_mass
from ledger.pending.answers import title_of
from ledger.problem import Language, Mark, mark
from liandan.desk.enterprise.blocked import Blocked, blocked
from liandan.desk.enterprise.manifest.amending import read_plain
from liandan.desk.forms.showing import Shown, shown
from manifests.action_answers import ManifestActions
from manifests.answers import ManifestAnswer
from manifests.history_answers import ManifestHistory, RecordAnswer
from manifests.model import Stage
from whitelist.thresholds import Thresholds

Tone = Literal["done", "stop", "late", "wait", "move", "mine"]
TONES: Mapping[str, Tone] = {
    Stage.ISSUED: "wait", Stage.VOIDED: "stop", Stage.IN_TRANSIT: "move", Stage.ARRIVED: "wait", Stage.ACCEPTED: "done",
    Stage.PARTLY_ACCEPTED: "late", Stage.REJECTED: "stop", Stage.DISPOSED: "done", Stage.CLOSED: "done", Stage.CLOSED_REJECTED: "stop",
    Stage.CLOSED_GAP: "late",
}  # fmt: skip
STEPS: tuple[tuple[str, str], ...] = (
    ("issued", "manifest.issue/1"),
    ("departed", "manifest.depart/1"),
    ("arrived", "manifest.arrive/1"),
    ("received", "manifest.receive/1"),
    ("disposed", "manifest.dispose/1"),
    ("verified", "manifest.verify/1"),
)
"""The way of a manifest that nothing happens to: time of the answer, and the act that writes it."""
BIG_EVENTS = frozenset({"manifest.issue/1", "manifest.depart/1", "manifest.receive/1"})


class WayStep(Struct, frozen=True, kw_only=True):
    """One stage of the way, done at a time, or still to come."""

    kind: str
    text: str
    at: str


class OwedAction(Struct, frozen=True, kw_only=True):
    """What is owed: by whom, until when, what blocks it."""

    text: str
    term: str
    who: tuple[str, ...]
    is_yours: bool
    due_on: str
    workdays_left: int | None
    is_late: bool
    provisional: bool
    article: str
    blocked: tuple[Blocked, ...]
    manifest: str


class ManifestEvent(Struct, frozen=True, kw_only=True):
    """An entry of the log about the manifest."""

    index: int
    kind: str
    text: str
    by: tuple[str, ...]
    at: str
    admitted_at: str
    hash: str
    leaf: str
    chain: str
    seq: int
    is_case: bool
    tags: tuple[Mark, ...]
    alerts: tuple[Mark, ...]
    fields: tuple[Shown, ...]
    personal: tuple[str, ...]
    """Names of fields that it committed to."""
    on_behalf: str


class ManifestPage(Struct, frozen=True, kw_only=True):
    """Everything that stands on the page beside its forms."""

    answer: ManifestAnswer
    tone: Tone
    stage: str
    steps: tuple[WayStep, ...]
    due: tuple[OwedAction, ...]
    events: tuple[ManifestEvent, ...]
    """Newest first."""
    declared_g: int
    is_held: bool
    open_contests: int
    open_corrections: int
    names: Mapping[str, str]
    plain: Mapping[str, str]
    """Values of corrections, texts of JSON, as people read them; empty for nothing."""
    has_certificate: bool
    has_transit: bool


def manifest_page(
    answer: ManifestAnswer,
    actions: ManifestActions,
    history: ManifestHistory,
    kinds: Kinds,
    own: str,
    limits: Thresholds | None,
    language: Language,
) -> ManifestPage:
    """The page as its reader sees it."""
    names = {**history.names, **actions.names, **answer.names}
    stage = answer.manifest.stage
    is_held = any(hold.in_force for hold in answer.holds)
    return ManifestPage(
        answer=answer,
        tone="stop" if is_held else TONES.get(stage, "wait"),
        stage=answer.manifest.stage_text,
        steps=tuple(
            WayStep(kind=kind, text=title_of(kind, kinds, language), at=answer.times.get(name, ""))
            for name, kind in STEPS
            if name in answer.times or stage not in ("voided", "closed_rejected", "closed_gap", "rejected")
        ),
        due=tuple(_due(one, names, kinds, own, limits) for one in actions.actions),
        events=tuple(_event(one, names, kinds, language) for one in reversed(history.entries)),
        declared_g=sum(parse_mass(line.declared_t) for line in answer.lines),
        is_held=is_held,
        open_contests=sum(one.released_at is None for one in answer.contests),
        open_corrections=sum(one.standing == "open" for one in answer.corrections),
        names=names,
        plain={text: read_plain(text) for one in answer.corrections for field in one.fields for text in (field.was, field.now)},
        has_certificate="received" in answer.times,
        has_transit=stage != Stage.VOIDED,
    )


def _due(one: Any, names: Mapping[str, str], kinds: Kinds, own: str, limits: Thresholds | None) -> OwedAction:
    parties = tuple(dict.fromkeys(party for signer in one.signers for party in signer.parties))
    return OwedAction(
        text=one.text,
        term=one.term_text,
        who=tuple(names.get(party, party) for party in parties),
        is_yours=own in parties,
        due_on=one.due_on or "",
        workdays_left=one.workdays_left,
        is_late=one.overdue,
        provisional=one.provisional,
        article=one.article,
        blocked=blocked(one.blockers, kinds.rules, limits, own),
        manifest=one.manifest,
    )


def _event(one: RecordAnswer, names: Mapping[str, str], kinds: Kinds, language: Language) -> ManifestEvent:
    entry = msgspec.json.decode(b64decode(one.entry))
    payload = statement_of(entry)
    body = payload.get("body", {})
    kind = kinds.by_name.get(one.kind)
    commit = body.get("commit") if isinstance(body, dict) else None
    return ManifestEvent(
        index=one.index,
        kind=one.kind,
        text=title_of(one.kind, kinds, language),
        by=tuple(one.called.get(uscc) or names.get(uscc, uscc) for uscc in one.by),
        at=one.at,
        admitted_at=one.admitted_at,
        hash=one.hash,
        leaf=one.leaf,
        chain=one.chain,
        seq=one.seq,
        is_case=not one.chain.startswith("manifest/"),
        tags=tuple(mark(str(tag[0]), kinds.rules, language) for tag in one.tags),
        alerts=tuple(mark(code, kinds.rules, language, level) for level, code in one.alerts),
        fields=() if kind is None else shown(kind.body, body, names, language),
        personal=tuple(commit) if isinstance(commit, dict) else (),
        on_behalf=names.get(str(payload.get("for", "")), str(payload.get("for", ""))),
    )


def statement_of(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The statement in an entry (formats §4): the payload of its envelope."""
    found: Mapping[str, Any] = msgspec.json.decode(b64decode(entry["statement"]["payload"]))
    return found
