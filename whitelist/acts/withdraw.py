"""``approval.withdraw/1`` (撤回申请): the generator takes back an application that is not decided yet.

A decision is not taken back by its holder: it is used or not. Source: kinds §4; 行政许可法 Art. 7 leaves it to the applicant [RECALL].
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Role
from ledger.fields import Commitments, Text, label
from ledger.model import Admission, Facts, Statement
from ledger.times import day_at
from whitelist.approval import OPEN_STAGES, ApprovalState, approval_act, at_stage


class ApprovalWithdraw(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.withdraw/1``."""

    reason: Annotated[Text, label("撤回理由", "reason")]
    commit: Commitments = field(default_factory=dict)


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    return (Role("generator", (statement.owner,)),)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: ApprovalState = facts.state(statement.chain)
    return Changes(state=replace(before, stage="withdrawn", went=replace(before.course, withdrawn_on=day_at(admission.at))))


WITHDRAW = approval_act(
    name="approval.withdraw/1",
    zh="撤回跨省转移申请",
    en="withdrawal",
    body=ApprovalWithdraw,
    roles=("generator",),
    signers=_signed,
    gate=at_stage(*OPEN_STAGES),
    rules=(),
    evolve=_evolve,
    effect=("未决定的申请终止，主管部门的期限随之停止。", "The application ends undecided, and with it the terms of the authorities."),
)
