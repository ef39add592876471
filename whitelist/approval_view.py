"""One application or decision whole, over HTTP: clocks, letters, conditions in force, what changed against the decision it replaces, entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct, field

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.answers import ChangedParty, filled
from ledger.directory import LogState, log_state
from ledger.fields import File
from ledger.model import Facts
from ledger.pending.answers import title_of
from ledger.problem import Language, Mark, mark
from ledger.times import day_at, format_at
from signing.citation import source_in_chinese
from whitelist import anew
from whitelist.answers import ApprovalAnswer, approval_answer
from whitelist.approval import ApprovalState, approval_at
from whitelist.clocks import ApprovalClock, Side, clocks_of, late_workdays
from whitelist.listing import Conditions, complete_within_days, is_use_only, pre_notice_days
from whitelist.permit import permit_at
from whitelist.registries import RegistryRow
from whitelist.registry_deadlines import TERMS, named
from whitelist.terms import Present


class ApprovalClockAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A clock of the law (期限): whose turn, until when, how late. Days included; working days."""

    name: str
    text: str
    article: str
    whose: str
    """``origin``, ``destination`` or ``generator``."""
    parties: tuple[str, ...]
    """Who may act on that side now."""
    since: str
    due_on: str | None
    ended_on: str
    """Empty while it runs."""
    is_late: bool
    late_workdays: int
    """0 also where it is late by free days alone."""
    workdays_left: int | None
    """0 on the last day, below 0 late; None where it has ended, or nobody sets a day."""
    provisional: bool


class ApprovalLetterAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """函: a letter of consultation or its reply."""

    kind: str
    index: int
    by: tuple[str, ...]
    letter_no: str
    letter_date: str
    entered_on: str
    letter: File | None
    files: tuple[File, ...]
    agree: bool | None
    """Of a reply."""
    reason: str
    lines: dict[str, str]
    """Of a reply: tonnes at most by line, where it names some."""
    conditions: Conditions | None


class BindingConditions(Struct, frozen=True, gc=False, kw_only=True):
    """What binds one line: of list, row, reply and decision together, the strictest of each."""

    line: int
    pre_notice_days: int | None
    complete_by: str
    """Last day by which the transfer is completed; empty where nobody limits it."""
    use_only: bool
    transit: tuple[str, ...]
    """Provinces that every condition with provinces allows; empty where none names any."""
    notes: tuple[str, ...]


class ReplacedAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """The decision that an application is to replace; it goes on until it runs out or is stopped."""

    approval: str
    stage: str
    """Empty where the log has no such approval of this generator."""
    changed: tuple[anew.ChangedFactAnswer, ...]
    """Empty: nothing that Art. 28 names has changed."""


class ApprovalActAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An entry of its chain."""

    index: int
    kind: str
    text: str
    by: tuple[str, ...]
    at: str
    admitted_at: str
    hash: str
    reason: str
    """Why it was withdrawn, suspended, resumed, revoked, refused or disagreed to."""
    deficiencies: tuple[str, ...]
    """补正内容 of a notice."""
    lines: tuple[int, ...]
    """Of a stop: the lines that are named; none for all."""
    tags: tuple[Mark, ...]
    alerts: tuple[Mark, ...]


class ApprovalView(Struct, frozen=True, gc=False, kw_only=True):
    """One application or decision as it stands at ``at``, after ``size`` entries."""

    size: int
    at: str
    approval: ApprovalAnswer
    clocks: tuple[ApprovalClockAnswer, ...]
    """Every clock until now, in the order in which they began."""
    late: dict[str, int]
    """Working days that each side was late in all."""
    accepted_on: str
    """受理之日, from which terms count; of an application nobody answered in time the day it was received."""
    letters: tuple[ApprovalLetterAnswer, ...]
    conditions: tuple[BindingConditions, ...]
    replaces: ReplacedAnswer | None
    history: tuple[ApprovalActAnswer, ...]
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


_NOTICE = ("Order 23 Art. 23", "受理或者一次性告知补正", "accept, or ask for completion")


def _clock_answer(clock: ApprovalClock, row: RegistryRow, log: LogState, language: Language) -> ApprovalClockAnswer:
    term = TERMS.get(clock.name)
    article, zh, en = _NOTICE if term is None else (term.article, term.zh, term.en)
    return filled(
        ApprovalClockAnswer,
        clock,
        text=zh if language == "zh" else en,
        article=source_in_chinese(article) if language == "zh" else article,
        parties=_side(clock.whose, row, log),
        late_workdays=clock.late_wd,
        workdays_left=clock.left_wd,
    )


def _side(whose: Side, row: RegistryRow, log: LogState) -> tuple[str, ...]:
    if whose == "generator":
        return (row.owner,)
    return named(f"@{row.state.origin if whose == 'origin' else row.state.destination}", row.state, log)


def binding(state: ApprovalState) -> tuple[BindingConditions, ...]:
    """What binds the granted lines, or before the decision what the reply asks of all."""
    replied = () if state.reply is None or state.reply.conditions is None else (state.reply.conditions,)
    lines = [(number, line.conditions) for number, line in state.granted()]
    lines = lines or [(number, replied) for number in range(len(state.lines)) if replied]
    return tuple(_binding(number, terms, state.decided_on) for number, terms in lines)


def _binding(line: int, terms: Sequence[Conditions], decided_on: str) -> BindingConditions:
    within, ways = complete_within_days(terms), [set(one.transit) for one in terms if one.transit]
    by = "" if within is None or not decided_on else (date.fromisoformat(decided_on) + timedelta(days=within)).isoformat()
    return BindingConditions(
        line=line,
        pre_notice_days=pre_notice_days(terms),
        complete_by=by,
        use_only=is_use_only(terms),
        transit=tuple(sorted(set.intersection(*ways))) if ways else (),
        notes=tuple(dict.fromkeys(one.note for one in terms if one.note is not None)),
    )


def _letter(entry: Entry) -> ApprovalLetterAnswer:
    body: Any = entry.statement.body
    return ApprovalLetterAnswer(
        kind=entry.statement.kind,
        index=entry.index,
        by=entry.statement.by,
        letter_no=body.letter_no,
        letter_date=body.letter_date,
        entered_on=day_at(entry.admission.at),
        letter=body.letter,
        files=body.files,
        agree=getattr(body, "agree", None),
        reason=getattr(body, "reason", None) or "",
        lines={str(line.line): line.mass_t for line in getattr(body, "lines", ())},
        conditions=getattr(body, "conditions", None),
    )


APPLY_KIND = "approval.apply/1"
"""Opens the chain of an application, and comes on it again after a notice."""
_LETTERS = frozenset({"approval.consult/1", "approval.reply/1"})
_STOPS = frozenset({"approval.suspend/1", "approval.resume/1", "approval.revoke/1"})


def _act(entry: Entry, kinds: Kinds, language: Language) -> ApprovalActAnswer:
    """An entry of the chain."""
    statement, decision = entry.statement, entry.admission.decision
    body: Any = statement.body
    return filled(
        ApprovalActAnswer,
        statement,
        index=entry.index,
        text=title_of(statement.kind, kinds, language),
        admitted_at=entry.admission.at,
        reason=getattr(body, "reason", None) or "",
        deficiencies=getattr(body, "deficiencies", ()),
        lines=body.lines if statement.kind in _STOPS else (),
        tags=tuple(mark(str(tag[0]), kinds.rules, language) for tag in decision.tags),
        alerts=tuple(mark(code, kinds.rules, language, level) for level, code in decision.alerts),
    )


def approval_view(
    row: RegistryRow,
    entries: Sequence[Entry],
    size: int,
    facts: Facts,
    present: Present,
    replaced: str | None,
    kinds: Kinds,
    language: Language,
) -> ApprovalView:
    """One application or decision whole, from the entries of its chain; accounts of its lines and what it replaces must be loaded."""
    state: ApprovalState = row.state
    clocks = clocks_of(state, present)
    return ApprovalView(
        size=size,
        at=format_at(present.now_s),
        approval=approval_answer(row, facts),
        clocks=tuple(_clock_answer(clock, row, log_state(facts), language) for clock in clocks),
        late={str(side): days for side, days in late_workdays(clocks).items()},
        accepted_on=state.accepted_on,
        letters=tuple(_letter(one) for one in entries if one.statement.kind in _LETTERS),
        conditions=binding(state),
        replaces=None if replaced is None else _replaced(row, replaced, facts, present, language),
        history=tuple(_act(entry, kinds, language) for entry in entries),
    )


def _replaced(row: RegistryRow, chain: str, facts: Facts, present: Present, language: Language) -> ReplacedAnswer:
    """Only of the same generator: what others were granted is theirs to tell."""
    old = approval_at(facts, chain) if chain.split("/")[1] == row.owner else None
    if old is None:
        return ReplacedAnswer(approval=chain, stage="", changed=())
    permit = permit_at(facts, old.permit)
    found = anew.of_application(old, row.state, present.today.isoformat(), permit, present.now_s)
    return ReplacedAnswer(approval=chain, stage=old.stage, changed=anew.changed_answers(found, language))
