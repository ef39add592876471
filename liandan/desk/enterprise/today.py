"""今日: what can go today, what stops the rest and what would work instead, what waits for me, what is left of each decision. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from ledger.mass import parse_mass, read_mass
from ledger.pending.answers import PendingAnswer
from ledger.problem import ProblemError
from ledger.times import SHANGHAI, day_at, day_of, format_at
from liandan.desk.enterprise.blocked import Blocked, blocked
from liandan.desk.enterprise.draft import KeptDraft
from manifests.model import Stage
from manifests.view import ManifestView
from manifests.work.answers import WorkItem
from signing.refusal import Refusal, Rule
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer
from whitelist.check_answers import CheckAnswer
from whitelist.thresholds import Thresholds

State = Literal["may_issue", "may_depart", "blocked", "incomplete", "moving", "arrived", "waits"]
FORM_CODES = frozenset(
    {"FIELD_MISSING", "MISSING", "FIELD_TYPE", "FIELD_UNKNOWN", "LINES", "QTY", "FORM_PACK", "HAZARDS", "AT_FORM", "USCC", "DIVISION"}
)
"""What only says that a draft is not filled in yet."""
ORDER = {"moving": 0, "arrived": 1}
SOON_WD = 20
"""Working days within which what is due stands open on the page."""


class OtherDecision(Struct, frozen=True, kw_only=True):
    """Another line on which the same load may go: of the same waste, receiver and method."""

    approval: str
    no: str
    line: int
    name: str
    left_g: int
    valid_to: str


class TodayRow(Struct, frozen=True, kw_only=True):
    """One load."""

    sort: Literal["draft", "manifest"]
    id: str
    """ULID of a draft, ``<generator>/<ULID>`` of a manifest."""
    state: State
    when: str
    """Planned, or of what moves departed: as formats §6 writes it; empty where nobody has said."""
    is_today: bool
    number: str
    plate: str
    carrier: str
    waste: str
    code: str
    wastes: int
    grams: int | None
    receiver: str
    blocked: tuple[Blocked, ...] = ()
    others: tuple[OtherDecision, ...] = ()
    lacking: tuple[str, ...] = ()
    """What an incomplete draft still needs, by label."""
    act: str = ""
    """Kind that the button is for."""


class DecisionLeft(Struct, frozen=True, kw_only=True):
    """One line of a decision and what is left of it."""

    approval: str
    no: str
    line: int
    name: str
    code: str
    receiver: str
    generator: str
    decided_g: int
    used_g: int
    left_g: int
    valid_to: str
    status: str
    stage: str


class TodayGround(Struct, frozen=True, kw_only=True):
    """What the services say, of one moment."""

    own: str
    now_s: int
    drafts: Sequence[KeptDraft] = ()
    answers: Sequence[CheckAnswer] = ()
    """Of the drafts, in their order."""
    others: Mapping[str, tuple[OtherDecision, ...]] = {}
    """By draft: decisions on which it would go."""
    manifests: Sequence[ManifestView] = ()
    """Issued, moving or at the gate."""
    departures: Mapping[str, tuple[ProblemError, ...] | None] = {}
    """By chain of what is issued: what blocks its departure; ``None`` where it is not the visitor's."""
    approvals: Sequence[ApprovalAnswer] = ()
    pending: Sequence[PendingAnswer] = ()
    work: Sequence[WorkItem] = ()
    names: Mapping[str, str] = {}
    rules: Mapping[str, Rule] = {}
    limits: Thresholds | None = None


class TodayView(Struct, frozen=True, kw_only=True):
    """The page."""

    day: str
    weekday: int
    """0 is Monday."""
    rows: tuple[TodayRow, ...]
    later: tuple[TodayRow, ...]
    """What is planned for another day."""
    go: int
    stopped: int
    waiting: int
    pending: tuple[PendingAnswer, ...]
    work: tuple[WorkItem, ...]
    far: tuple[WorkItem, ...]
    """What is due in more than SOON_WD working days."""
    left: tuple[DecisionLeft, ...]
    names: Mapping[str, str]


def today_view(ground: TodayGround) -> TodayView:
    """The day as it stands."""
    rows = [_draft_row(one, answer, ground) for one, answer in zip(ground.drafts, ground.answers, strict=True)]
    rows += [_manifest_row(one, ground) for one in ground.manifests]
    rows.sort(key=lambda row: (ORDER.get(row.state, 2), row.when == "", row.when, row.id))
    today = day_of(ground.now_s)
    shown = tuple(row for row in rows if row.is_today)
    work = tuple(one for one in ground.work if one.what != "signature")
    return TodayView(
        day=today,
        weekday=_weekday(ground.now_s),
        rows=shown,
        later=tuple(row for row in rows if not row.is_today),
        go=sum(row.state in ("may_issue", "may_depart") for row in shown),
        stopped=sum(row.state == "blocked" for row in shown),
        waiting=len(ground.pending),
        pending=tuple(ground.pending),
        work=tuple(one for one in work if not _is_far(one)),
        far=tuple(one for one in work if _is_far(one)),
        left=decisions_left(ground.approvals, ground.own),
        names=ground.names,
    )


def decisions_left(approvals: Iterable[ApprovalAnswer], own: str = "") -> tuple[DecisionLeft, ...]:
    """Lines of decisions in force, those of ``own`` as generator first, what ends soonest first among them."""
    found = [
        DecisionLeft(
            approval=one.approval, no=one.no, line=line.line, name=line.name, code=line.code, receiver=one.receiver, generator=one.generator,
            decided_g=parse_mass(line.decided_t), used_g=parse_mass(line.used_t), left_g=_signed(line.left_t),
            valid_to=line.valid_to or one.valid_to, status=line.status, stage=one.stage,
        )
        for one in approvals
        for line in one.lines
        if one.stage in ("approved", "suspended") and parse_mass(line.decided_t)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.generator != own, one.valid_to, one.no, one.line)))


def other_lines(draft: KeptDraft, approvals: Iterable[ApprovalAnswer], at_day: str) -> list[tuple[ApprovalAnswer, ApprovalLineAnswer]]:
    """Lines of other decisions of the same generator for the same waste, receiver and method, that have something left: worth asking the check."""
    lines = [line for line in draft.body.get("lines", []) if isinstance(line, dict)]
    codes, methods = {line.get("code") for line in lines}, {line.get("method") for line in lines}
    if len(codes) != 1:
        return []
    named = (draft.body.get("approval"), {line.get("decision_line") for line in lines})
    return [
        (one, line)
        for one in approvals
        for line in one.lines
        if one.generator == draft.party and one.receiver == draft.body.get("receiver") and one.stage == "approved" and line.status == "ACTIVE"
        and {line.code} == codes and {line.method} == methods and _signed(line.left_t) > 0 and (line.valid_to or one.valid_to) >= at_day
        and not (one.approval == named[0] and {line.line} == named[1])
    ]  # fmt: skip


def _draft_row(draft: KeptDraft, answer: CheckAnswer, ground: TodayGround) -> TodayRow:
    body = draft.body
    lines = [line for line in body.get("lines", []) if isinstance(line, dict)]
    first: Mapping[str, Any] = lines[0] if lines else {}
    carriers = [one for one in body.get("carriers", []) if isinstance(one, str)]
    lacking = tuple(dict.fromkeys(one.label or one.field for one in answer.reasons if one.code in FORM_CODES))
    is_form = bool(answer.reasons) and all(one.code in FORM_CODES for one in answer.reasons)
    state: State = "may_issue" if answer.admissible else "incomplete" if is_form else "blocked"
    grams = [read_mass(str(line.get("mass_t", ""))) for line in lines]
    known = [one for one in grams if one is not None]
    return TodayRow(
        sort="draft", id=draft.id, state=state, when=draft.planned, is_today=_is_today(draft.planned, ground.now_s), number=str(body.get("number", "")),
        plate="", carrier=ground.names.get(carriers[0], carriers[0]) if carriers else "", waste=str(first.get("name", "")),
        code=str(first.get("code", "")), wastes=len(lines), grams=sum(known) if known else None,
        receiver=ground.names.get(str(body.get("receiver", "")), str(body.get("receiver", ""))),
        blocked=blocked((one for one in answer.reasons if one.code not in FORM_CODES), ground.rules, ground.limits, ground.own) if state == "blocked" else (),
        others=ground.others.get(draft.id, ()) if state == "blocked" else (), lacking=lacking, act="manifest.issue/1",
    )  # fmt: skip


def _manifest_row(view: ManifestView, ground: TodayGround) -> TodayRow:
    state = view.state
    legs = [leg for leg in state.legs if leg.ended_s is None] or list(state.legs[-1:])
    carrier = legs[0].carrier if legs else next(iter(state.carriers), "")
    blockers = ground.departures.get(view.chain)
    stands: State = "waits"
    if state.stage is Stage.IN_TRANSIT:
        stands = "moving"
    elif state.stage is Stage.ARRIVED:
        stands = "arrived"
    elif blockers is not None:
        stands = "blocked" if blockers else "may_depart"
    moment = state.times.departed_s if stands in ("moving", "arrived") else state.planned_s
    when = "" if moment is None else format_at(moment)
    return TodayRow(
        sort="manifest", id=view.chain.removeprefix("manifest/"), state=stands, when=when,
        is_today=stands in ("moving", "arrived") or _is_today(when, ground.now_s), number=state.number or "",
        plate=legs[0].vehicle.plate if legs else "", carrier=ground.names.get(carrier, carrier), waste=state.lines[0].name, code=state.lines[0].code,
        wastes=len(state.lines), grams=sum(line.declared_g for line in state.lines), receiver=ground.names.get(state.receiver, state.receiver),
        blocked=blocked(blockers or (), ground.rules, ground.limits, ground.own), act="manifest.depart/1" if stands == "may_depart" else "",
    )  # fmt: skip


def _is_far(one: WorkItem) -> bool:
    return not one.overdue and one.workdays_left is not None and one.workdays_left > SOON_WD


def _is_today(when: str, now_s: int) -> bool:
    """Planned for today, for an earlier day that has passed, or for no day at all."""
    planned = "" if not when else _day(when)
    return not planned or planned <= day_of(now_s)


def _day(when: str) -> str:
    """The Shanghai day of a time that somebody may have mistyped."""
    try:
        return day_at(when)
    except Refusal:
        return ""


def _weekday(now_s: int) -> int:
    return datetime.fromtimestamp(now_s, SHANGHAI).weekday()


def _signed(text: str) -> int:
    """Grams of a tonne string that may be overdrawn."""
    return -parse_mass(text[1:]) if text.startswith("-") else parse_mass(text)
