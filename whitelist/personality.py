"""What this package teaches the log: permits, lists, approvals, their chains, states, registers, data sets and texts."""

from __future__ import annotations

from ledger.admission.personality import DecideFn, EvolveFn, Kind, Personality, ReadsFn, Window, no_reads
from whitelist import approval_kinds as apply
from whitelist.adopted import PARSERS
from whitelist.approval import ApprovalState
from whitelist.approval_decide import ApprovalDecide, decide_decide, evolve_decide, reads_decide
from whitelist.chains import APPROVAL, LIST, PERMIT
from whitelist.commitment import Commitments
from whitelist.list_kinds import LIST_KINDS
from whitelist.listing import ListState
from whitelist.number import NumberHolders
from whitelist.permit import PermitState
from whitelist.permit_kinds import PERMIT_KINDS
from whitelist.quota import Q3Base
from whitelist.rulebook import RULES


def _approval_kind(
    name: str,
    body: type,
    role: str,
    decide: DecideFn,
    evolve: EvolveFn,
    *,
    reads: ReadsFn = no_reads,
    reads_doc: str = "Nothing beside log/main.",
    opens: bool = False,
    routed: bool = False,
) -> Kind:
    return Kind(
        name=name,
        body=body,
        chain_type="approval",
        roles=(role,),
        window=Window.DAY,
        reads=reads,
        reads_doc=reads_doc,
        decide=decide,
        evolve=evolve,
        opens=opens,
        routed=routed,
    )


APPROVAL_KINDS = (
    _approval_kind(
        "approval.apply/1",
        apply.ApprovalApply,
        "generator",
        apply.decide_apply,
        apply.evolve_apply,
        reads=apply.reads_apply,
        reads_doc="The receiver's permit.",
        opens=True,
    ),
    _approval_kind("approval.consult/1", apply.ApprovalConsult, "origin's authority", apply.decide_consult, apply.evolve_consult),
    _approval_kind("approval.reply/1", apply.ApprovalReply, "destination's authority", apply.decide_reply, apply.evolve_reply),
    _approval_kind(
        "approval.decide/1",
        ApprovalDecide,
        "origin's authority",
        decide_decide,
        evolve_decide,
        reads=reads_decide,
        reads_doc="The receiver's permit, the lists named by the application's lines, the Q1 accounts of their rows, "
        "and the Q2 accounts of decisions given on these.",
        routed=True,
    ),
)

PERSONALITY = Personality(
    name="whitelist",
    kinds=(*PERMIT_KINDS, *LIST_KINDS, *APPROVAL_KINDS),
    states={"permit": PermitState, "list": ListState, "approval": ApprovalState},
    chains={"permit": PERMIT.pattern, "list": LIST.pattern, "approval": APPROVAL.pattern},
    registers={"number": NumberHolders, "q1": Commitments, "q3": Q3Base},
    data=PARSERS,
    rules=RULES,
)
