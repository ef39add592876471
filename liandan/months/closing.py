"""One round of the job on this machine: what is due, drawn at the newest checkpoint from the published files, or taken up where a killed run left it.

All directions of the earliest month that is due are drawn at one size in one pass; the next month is drawn behind their closes. Nothing here is
posted: the caller signs and posts what is prepared.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

from msgspec import Struct

from ledger.chain import genesis_prev
from ledger.directory import LOG_MAIN, LogState
from ledger.model import Facts, Head
from ledger.publishing.files import LogFiles
from ledger.times import parse_at
from ledger.tree.checkpoint import Checkpoint
from liandan.months.shelf import CloseShelf
from liandan.months.standing import MonthStanding
from liandan.wiring import KINDS
from reports.drawing import StatementSource, newest
from reports.paper.tongue import Tongue
from reports.periods.acts.close import PeriodCloseBody
from reports.periods.planning import MonthDue, MonthPlan, PeriodWay, directions_of, last_month_over, newest_closed, plan_of
from reports.reconcile import SUFFIXES, check_month, file_name, finish, to_bytes
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import with_gathering
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.fold import Fold
from signing.envelope import PAYLOAD_STATEMENT, Envelope, parse_envelope
from signing.payload import parse
from signing.refusal import Refusal, refuse
from whitelist.period import PeriodState, period_chain

TONGUES: tuple[Tongue, ...] = ("zh", "en")
T = TypeVar("T")
Told = Callable[[str], None]
Step = Callable[[int, int], None]


class PreparedClose(Struct, frozen=True, kw_only=True):
    """A close that is ready to be signed, or was signed before and is posted as it is."""

    due: MonthDue
    folder: str
    seq: int
    """Of its statement in the chain, and below what it follows."""
    prev: str
    body: PeriodCloseBody | None = None
    envelope: Envelope | None = None


class MonthRound(Struct, frozen=True, kw_only=True):
    """What one look at the log came to."""

    log: LogState
    now_s: int
    size: int
    plan: MonthPlan
    prepared: tuple[PreparedClose, ...] = ()


def prepare(
    source: StatementSource,
    shelf: CloseShelf,
    *,
    now_s: int | None = None,
    again: Iterable[MonthDue] = (),
    first: str = "",
    least: int = 0,
    progress: Step = lambda done, of: None,
    drawing: Step = lambda done, of: None,
    told: Told = lambda what: None,
) -> MonthRound | None:
    """Look, and draw what is due first; None before the log is founded. ``now_s``: the present, else the clock's, of a simulated log that of its
    newest entry. ``first``: the first month of a direction of which none is closed yet, where that is not the month of the founding. ``least``: entries that must be published. ``progress`` is of entries gathered, ``drawing`` of files written. Blocks.
    """
    wanted = tuple(again)

    def work(gathering: Gathering, checkpoint: Checkpoint) -> MonthRound | None:
        if not gathering.to.size:
            return None
        log, now, plan = _planned(gathering, now_s, wanted, first)
        earliest = [due for due in plan.due if due.month == plan.due[0].month] if not log.closed else []
        prepared = []
        for number, due in enumerate(earliest):
            found = _taken_up(shelf, due, gathering.facts, log) or _drawn(
                shelf, due, gathering, checkpoint, log, number, len(earliest), drawing
            )
            prepared.append(found)
        return MonthRound(log=log, now_s=now, size=gathering.to.size, plan=plan, prepared=tuple(prepared))

    return _gathered(source, work, least, progress, told)


def look(source: StatementSource, month: str, now_s: int | None, progress: Step = lambda done, of: None) -> MonthStanding:
    """How a month stands in the published log; Refusal NOT_FOUND before it is founded. Draws nothing. Blocks."""

    def work(gathering: Gathering, checkpoint: Checkpoint) -> MonthStanding:
        if not gathering.to.size:
            raise refuse("NOT_FOUND", field="log.found")
        log, now, plan = _planned(gathering, now_s, ())
        ways, state_of, first = directions_of(log), gathering.facts.state, (*gathering.to.ended, gathering.to.month)[0]
        states: dict[PeriodWay, PeriodState | None] = {way: state_of(period_chain(month, *way)) for way in ways}
        newest = {way: newest_closed(state_of, way, first, last_month_over(now)) for way in ways}
        return MonthStanding(month=month, log=log, now_s=now, plan=plan, states=states, newest=newest)

    return _gathered(source, work, 0, progress, lambda what: None)


def _gathered(source: StatementSource, work: Callable[[Gathering, Checkpoint], T], least: int, progress: Step, told: Told) -> T:
    files = LogFiles(source.files, source.entries)
    return with_gathering(files.read, lambda: newest(files, source.log_keys, least), KINDS, work, source.kept, progress, told)


def _planned(gathering: Gathering, now_s: int | None, again: Iterable[MonthDue], begins: str = "") -> tuple[LogState, int, MonthPlan]:
    """The log, the present, and what is due in it."""
    log: LogState = gathering.facts.state(LOG_MAIN)
    entered_s, first = parse_at(gathering.to.at), (*gathering.to.ended, gathering.to.month)[0]
    now = now_s if now_s is not None else entered_s if log.clock == "simulated" else int(time.time())
    return log, now, plan_of(log, gathering.facts.state, first=max(first, begins), entered_s=entered_s, now_s=now, again=again)


def _place(due: MonthDue, facts: Facts, log: LogState) -> tuple[int, str]:
    """Where the next statement of the chain stands: its number and what it follows."""
    head: Head[PeriodState] | None = facts.head(due.chain)
    return (0, genesis_prev(log.found, due.chain)) if head is None else (head.seq + 1, head.hash)


def _taken_up(shelf: CloseShelf, due: MonthDue, facts: Facts, log: LogState) -> PreparedClose | None:
    """A close that was signed and whose answer nobody has heard, where it still fits behind the chain; others are forgotten."""
    seq, prev = _place(due, facts, log)
    known: PeriodState | None = facts.state(due.chain)
    sizes = {close.size for close in known.closes} if known is not None else set()
    shelf.tidy(due, sizes)
    for folder, raw in shelf.signed(due):
        if int(folder.name) in sizes:
            continue
        envelope = _read(raw, seq, prev)
        if envelope is not None:
            return PreparedClose(due=due, folder=str(folder), seq=seq, prev=prev, envelope=envelope)
        shelf.forget(folder)
    return None


def _read(raw: bytes, seq: int, prev: str) -> Envelope | None:
    """A kept envelope whose statement stands at a place; None for another, and for what is none."""
    try:
        envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
        fields = parse(envelope.body)
    except Refusal:
        return None
    return envelope if (fields.get("seq"), fields.get("prev")) == (seq, prev) else None


def _drawn(
    shelf: CloseShelf,
    due: MonthDue,
    gathering: Gathering,
    checkpoint: Checkpoint,
    log: LogState,
    number: int,
    of: int,
    drawing: Step,
) -> PreparedClose:
    """The statement of a month and a direction, with all its files on the shelf."""
    statement = finish(Fold(check_month(due.month), gathering), due.direction, b64encode(checkpoint.root).decode())
    files = dict[str, bytes]()
    each = list(names_of(statement))
    for place, (name, suffix, tongue) in enumerate(each):
        files[name] = to_bytes(statement, suffix, tongue)
        drawing(number * len(each) + place + 1, of * len(each))
    folder = shelf.put(due, checkpoint.size, files)
    seq, prev = _place(due, gathering.facts, log)
    return PreparedClose(due=due, folder=str(folder), seq=seq, prev=prev, body=body_of(statement, files))


def names_of(statement: MonthlyStatement) -> Iterable[tuple[str, str, Tongue]]:
    """The files of a statement, each once: name, form, language. The JSON is of both languages."""
    found = {file_name(statement, suffix, tongue): (suffix, tongue) for suffix in SUFFIXES for tongue in TONGUES}
    return [(name, suffix, "zh" if suffix == "json" else tongue) for name, (suffix, tongue) in found.items()]


def body_of(statement: MonthlyStatement, files: dict[str, bytes]) -> PeriodCloseBody:
    """What is signed of a statement: its size, its root, the hashes of the JSON and of the Chinese files, the months that it adjusts."""
    hashes = {suffix: sha256(files[file_name(statement, suffix)]).hexdigest() for suffix in SUFFIXES}
    adjusts = tuple(sorted({one.month for one in statement.adjustments}))
    return PeriodCloseBody(size=statement.size, root=statement.root, adjusts=adjusts or None, **hashes)
