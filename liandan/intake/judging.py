"""What the log's own rules say of statements that a file asks for, each reason at its cell: the functions that admission runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from ledger.admission.admit import read_keys
from ledger.admission.content import withheld
from ledger.admission.form import read_body
from ledger.admission.personality import Judged, Kind
from ledger.directory import LOG_MAIN
from ledger.model import Admission, Decision, Facts, Findings, Head, Moment, Statement, Values, chain_key
from ledger.times import format_at
from liandan.intake.listing import ListDraft
from liandan.intake.model import PlannedStatement
from liandan.intake.saying import SheetReading
from liandan.wiring import KINDS
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal

_UNKNOWN_OFFLINE = {"PERMIT_UNKNOWN", "PERMIT_HOLDER", "ROW_PERMIT"}


def judge_each(statements: Sequence[PlannedStatement], out: SheetReading, at_s: int, by: str, facts: Facts) -> None:
    """Statements that stand by themselves (permits, opening balances), by the rules of their kind; ``facts`` hold :func:`keys_of` them."""
    for planned, kind, statement in _written(statements, by, at_s):
        _judge(planned, Judged(statement, facts, Moment(0, at_s, ""), facts.state(planned.chain), kind), out)


def keys_of(statements: Sequence[PlannedStatement], by: str, at_s: int, facts: Facts) -> Iterable[str]:
    """What judging them reads, as far as it can be told from what is loaded; asked again until nothing new is named."""
    yield chain_key(LOG_MAIN)
    yield from (chain_key(one.chain) for one in statements)
    if facts.missing([chain_key(LOG_MAIN), *(chain_key(one.chain) for one in statements)]):
        return
    for _, kind, statement in _written(statements, by, at_s):
        yield from read_keys(kind.reads(statement, facts))


def _written(statements: Sequence[PlannedStatement], by: str, at_s: int) -> Iterator[tuple[PlannedStatement, Kind, Statement]]:
    """As statements; bodies out of form were told while they were composed."""
    for seq, planned in enumerate(statements):
        kind = KINDS.by_name[planned.kind]
        try:
            body = read_body(planned.body, kind.body)
        except Refusal:
            continue
        yield planned, kind, _statement(kind, planned.chain, seq, body, by, at_s)


def _statement(kind: Kind, chain: str, seq: int, body: Any, by: str, at_s: int) -> Statement:
    digest = sha256(str(seq).encode()).hexdigest()
    return Statement(kind=kind.name, chain=chain, seq=seq, prev="", by=(by,), at=format_at(at_s), at_s=at_s, body=body, hash=digest)


def _judge(planned: PlannedStatement, judged: Judged, out: SheetReading, draft: ListDraft | None = None, *, is_known: bool = True) -> None:
    findings = Findings()
    for rule in judged.kind.rules:
        rule(judged, findings)
    for reason in findings.reasons:
        if is_known or reason.code not in _UNKNOWN_OFFLINE:
            out.refuse(planned.spot_of(reason.field), reason if draft is None else _named(reason, draft))
    for code in findings.alerts:
        out.note(planned.row.spot, Phrase(f"入账时将有提示 {code}：{KINDS.rules[code].zh}", f"an alert will come with it: {code}"))


def judge_list(draft: ListDraft, out: SheetReading, at_s: int, by: str = "", facts: Facts | None = None) -> None:
    """Every statement by the rules of its kind, each reason at its cell. Without ``facts`` only what a list says of itself is judged."""
    if not draft.rows:
        return
    ground = Facts(lambda name, sha256: None, _Nothing()) if facts is None else facts
    state: Any = None
    statements = draft.statements if draft.chain else (_stand_in(draft), *draft.statements)
    for seq, planned in enumerate(statements):
        kind = KINDS.by_name[planned.kind]
        try:
            body = read_body(planned.body, kind.body)
        except Refusal as refusal:
            for reason in withheld(refusal.reasons):
                out.refuse(planned.spot_of(reason.field), reason)
            return
        chain = draft.chain or _STAND_IN
        statement = _statement(kind, chain, seq, body, by, at_s)
        if planned in draft.statements:
            judged = Judged(statement, ground, Moment(0, at_s, ""), state, kind)
            _judge(planned, judged, out, draft, is_known=facts is not None)
        if seq + 1 < len(statements):
            state = kind.evolve(statement, _ADMISSION, ground).state
            ground.values[chain_key(chain)] = Head(seq, statement.hash, 0, state)


_ROW_OF = re.compile("row ([0-9]+)")


def _named(reason: Reason, draft: ListDraft) -> Reason:
    """Of a row that stands twice, where the other one stands in the file."""
    if reason.code != "ROW_TWICE" or not isinstance(reason.expected, Phrase) or (found := _ROW_OF.fullmatch(reason.expected.en)) is None:
        return reason
    spot = draft.spots[int(found[1])].spot
    return replace(reason, field="", expected=f"{spot.file} {spot.cell}")


_STAND_IN = "list/2000-50-51-x"
_ADMISSION = Admission(index=0, at="", ruleset="", facts=(), decision=Decision(tags=(), alerts=(), accounts=()))  # neither kind looks at it


def _stand_in(draft: ListDraft) -> PlannedStatement:
    """A proposal for rows that come without one, so that they can be judged against each other."""
    pages = len(draft.statements)
    body = {
        "letter_no": "-", "letter_date": "2000-01-01", "effective_from": "2000-01-01", "effective_to": "2000-12-31", "kind": "mutual",
        "suspension_stops": "issue", "rows": len(draft.rows), "pages": pages,
    }  # fmt: skip
    return PlannedStatement(kind="list.propose/1", chain=_STAND_IN, uscc="", body=body, row=draft.spots[0])


class _Nothing(Values):
    """A log that is not known."""

    def __missing__(self, key: str) -> Any:
        return None
