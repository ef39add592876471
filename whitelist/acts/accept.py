"""``approval.accept/1`` (受理) and ``approval.notice/1`` (一次性告知补正): what the origin's authority says first about an application.

Complete materials are accepted at once; what is wanting is told once, all of it, within five working days. Neither in time: the application is
accepted by law since the day it was received. So an acceptance that comes later moves no term. Source: Order 23 Art. 23 [READ]; kinds §4.
"""

from typing import Annotated

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.fields import Commitments, LongText, Text, items, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_at
from whitelist.approval import ApprovalState, approval_act, at_stage, authority_of_origin
from whitelist.workdays import LATE, is_in_time

_IN_TIME = is_in_time("applied_on", "notice_wd")
_APPLIED = at_stage("applied")


class ApprovalAccept(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.accept/1``."""

    no: Annotated[Text | None, label("受理号", "number of the acceptance")] = None
    commit: Commitments = field(default_factory=dict)


class ApprovalNotice(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.notice/1``."""

    deficiencies: Annotated[tuple[LongText, ...], items(1, 16), label("需要补正的内容", "what is wanting")]
    """All of it: it is told once."""
    commit: Commitments = field(default_factory=dict)


def _was_not_noticed(judged: Judged, out: Findings) -> None:
    """A gate: the application waits, and nobody asked for its completion before; else APPROVAL_STAGE alone."""
    _APPLIED(judged, out)
    state: ApprovalState = judged.state
    if not out.reasons and state.course.noticed_on:
        day, generator = state.course.noticed_on, judged.statement.owner
        out.refuse("APPROVAL_STAGE", "kind", state.stage, f"approval.notice: {day}", "NOTICED", day=day, generator=generator)


def _evolve_accept(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: ApprovalState = facts.state(statement.chain)
    is_late = any(code == LATE for _, code in admission.decision.alerts)
    said_on = day_at(admission.at)
    accepted_on = before.applied_on if is_late else said_on
    went = replace(before.course, accepted_on=accepted_on, accepted_said_on=said_on, accepted_no=statement.body.no or "")
    return Changes(state=replace(before, stage="accepted", went=went))


def _evolve_notice(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: ApprovalState = facts.state(statement.chain)
    return Changes(state=replace(before, stage="noticed", went=replace(before.course, noticed_on=day_at(admission.at))))


ACCEPT = approval_act(
    name="approval.accept/1",
    zh="受理跨省转移申请",
    en="acceptance of an application",
    body=ApprovalAccept,
    roles=("origin's authority",),
    signers=authority_of_origin,
    gate=_APPLIED,
    rules=(_IN_TIME,),
    evolve=_evolve_accept,
    effect=(
        "申请自入账之日起受理，审查和决定的期限由此起算；逾期受理的，自收到申请之日起算。",
        "The application is accepted: review and decision count from this day; if it comes late, from the day the application was received.",
    ),
)
NOTICE = approval_act(
    name="approval.notice/1",
    zh="一次性告知补正",
    en="request to complete an application",
    body=ApprovalNotice,
    roles=("origin's authority",),
    signers=authority_of_origin,
    gate=_was_not_noticed,
    rules=(_IN_TIME,),
    evolve=_evolve_notice,
    effect=(
        "申请等待移出人补正：移出人在同一链上重新提交申请（approval.apply），期限自重新提交之日起算。",
        "The application waits for the generator, who applies again on the same chain (approval.apply); terms count from that day.",
    ),
)
