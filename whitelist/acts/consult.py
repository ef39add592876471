"""``approval.consult/1`` and ``approval.reply/1``: the letter of consultation (跨省转移商请函) and the other province's answer.

A reply may agree to less than was applied for, and on conditions; it binds the decision on whatever route. For a province without an authority
on this log the origin's enters that province's letter. Source: Order 23 Art. 24, 25 [READ]; Code Art. 536.2 [READ]: the receiving province's
consent is statutory; kinds §4.
"""

from typing import Annotated

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.answers import filled
from ledger.fields import Commitments, Files, Mass, Text, items, label
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_at
from signing.phrase import Phrase
from whitelist.approval import (
    ApprovalState,
    Reply,
    approval_act,
    at_stage,
    authority_of_destination,
    authority_of_origin,
    not_by_who_signed,
    signature,
)
from whitelist.fields import Letter, LineNumber, letter_is_of_no_later_day
from whitelist.listing import Conditions
from whitelist.workdays import is_in_time


class ApprovalConsult(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.consult/1``."""

    files: Files = ()
    commit: Commitments = field(default_factory=dict)


class ConsentedLine(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """How much of a line the other province agrees to at most."""

    line: Annotated[LineNumber, label("申请行号", "line, from 0")]
    mass_t: Annotated[Mass, label("同意数量上限（吨）", "at most, t")]


class ApprovalReply(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.reply/1``; a disagreement gives its reason (Order 23 Art. 25)."""

    agree: Annotated[bool, label("是否同意", "agrees")]
    reason: Annotated[Text | None, label("不同意的理由", "reason")] = None
    lines: Annotated[tuple[ConsentedLine, ...], items(0, 64), label("逐行数量", "masses by line")] = ()
    conditions: Annotated[Conditions | None, label("条件", "conditions")] = None
    files: Files = ()
    commit: Commitments = field(default_factory=dict)


def answer_is_whole(judged: Judged, out: Findings) -> None:
    """A disagreement has its reason, and only that; lines that are named are the application's, each once."""
    body: ApprovalReply = judged.statement.body
    state: ApprovalState = judged.state
    if not body.agree and body.reason is None:
        what = ("不同意的理由", "the reason of the disagreement")
        out.refuse("MISSING", "body.reason", "", "", "WHAT", what=what, where="body.reason", how="")
    if body.agree and body.reason is not None:
        out.refuse("FIELD_TYPE", "body.reason", body.reason, Phrase("只在不同意时填写", "only with a disagreement"))
    known: set[int] = set()
    for position, line in enumerate(body.lines):
        if line.line >= len(state.lines) or line.line in known:
            last = str(len(state.lines) - 1)
            out.refuse("APPROVAL_LINE", f"body.lines.{position}.line", line.line, f"0 … {last}", "APPLIED", line=str(line.line), last=last)
        known.add(line.line)


def _evolve_consult(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: ApprovalState = facts.state(statement.chain)
    signed = {**before.signed, "consult": signature(statement)}
    letter_no, day = statement.body.letter_no, day_at(admission.at)
    return Changes(state=replace(before, stage="consulted", signed=signed, letter_no=letter_no, consulted_on=day))


def _evolve_reply(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ApprovalReply = statement.body
    limits_g = {line.line: parse_mass(line.mass_t) for line in body.lines}
    reply = filled(Reply, body, replied_on=day_at(admission.at), limits_g=limits_g)
    before: ApprovalState = facts.state(statement.chain)
    signed = {**before.signed, "reply": signature(statement)}
    return Changes(state=replace(before, stage="agreed" if body.agree else "disagreed", signed=signed, reply=reply))


CONSULT = approval_act(
    name="approval.consult/1",
    zh="跨省转移商请函",
    en="letter of consultation",
    body=ApprovalConsult,
    roles=("origin's authority",),
    signers=authority_of_origin,
    gate=at_stage("applied", "accepted"),
    rules=(letter_is_of_no_later_day, is_in_time("accepted_on", "review_wd")),
    evolve=_evolve_consult,
    effect=("申请进入商请阶段。", "The other province is asked for its consent."),
)

REPLY = approval_act(
    name="approval.reply/1",
    zh="商请复函",
    en="reply",
    body=ApprovalReply,
    roles=("destination's authority (of a province without one: origin's)",),
    signers=authority_of_destination,
    gate=at_stage("consulted"),
    rules=(letter_is_of_no_later_day, is_in_time("consulted_on", "reply_wd"), answer_is_whole, not_by_who_signed("apply", "consult")),
    evolve=_evolve_reply,
    effect=(
        "接受地省份同意（可以限定数量、附条件）或者不同意。",
        "The receiving province agrees, perhaps to less or on conditions, or disagrees.",
    ),
)
