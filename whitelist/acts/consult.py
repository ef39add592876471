"""``approval.consult/1`` and ``approval.reply/1``: the letter of consultation (跨省转移商请函) and the other province's answer.

Source: Order 23 Art. 24, 25 [READ]; Code Art. 536.2 [READ]: the receiving province's consent is statutory.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Role, Window, no_reads
from ledger.days import judge_not_after
from ledger.findings import Findings
from ledger.model import Admission, Statement
from ledger.times import day_of
from whitelist.approval import ApprovalState, at_stage
from whitelist.signers import authority_of_province


class ApprovalConsult(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``approval.consult/1``: the letter of consultation (跨省转移商请函)."""

    letter_no: str
    letter_date: str


class ApprovalReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.reply/1``: the answer to the letter; a disagreement gives its reason (Order 23 Art. 25)."""

    letter_no: str
    letter_date: str
    agree: bool
    reason: str | None = None


def _origin(statement: Statement, facts: Facts) -> Sequence[Role]:
    state: ApprovalState = facts.state(statement.chain)
    return authority_of_province(facts, state.direction[0])


def _destination(statement: Statement, facts: Facts) -> Sequence[Role]:
    """Nobody answers for the other side."""
    state: ApprovalState = facts.state(statement.chain)
    return authority_of_province(facts, state.direction[1], not_for=state.direction[0])


def _judge_letter(judged: Judged, out: Findings) -> None:
    body = judged.statement.body
    if not body.letter_no.strip():
        out.refuse("MISSING", "body.letter_no", "", "函号 / letter number")
    judge_not_after(out, "body.letter_date", body.letter_date, day_of(judged.moment.at_s))


def _judge_answer(judged: Judged, out: Findings) -> None:
    body: ApprovalReply = judged.statement.body
    if not body.agree and not (body.reason or "").strip():
        out.refuse("MISSING", "body.reason", "", "不同意的理由 / reason of the disagreement")


def _evolve_consult(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    return Changes(state=replace(facts.state(statement.chain), stage="consulted", letter_no=statement.body.letter_no))


def _evolve_reply(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ApprovalReply = statement.body
    stage = "agreed" if body.agree else "disagreed"
    return Changes(state=replace(facts.state(statement.chain), stage=stage, reply_no=body.letter_no))


CONSULT = Kind(
    name="approval.consult/1",
    zh="跨省转移商请函",
    en="letter of consultation",
    body=ApprovalConsult,
    chain_type="approval",
    roles=("origin's authority",),
    signers=_origin,
    window=Window.DAY,
    reads=no_reads,
    gate=at_stage("applied"),
    rules=(_judge_letter,),
    evolve=_evolve_consult,
    books=None,
    effect=("申请进入商请阶段。", "The other province is asked for its consent."),
)

REPLY = Kind(
    name="approval.reply/1",
    zh="商请复函",
    en="reply",
    body=ApprovalReply,
    chain_type="approval",
    roles=("destination's authority",),
    signers=_destination,
    window=Window.DAY,
    reads=no_reads,
    gate=at_stage("consulted"),
    rules=(_judge_letter, _judge_answer),
    evolve=_evolve_reply,
    books=None,
    effect=("接受地省份同意或者不同意。", "The receiving province agrees or disagrees."),
)
