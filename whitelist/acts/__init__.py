"""The acts of this package, one module an act or a close family; from their values come kinds, rule texts and pages.

A new act is one more module here: nothing lists it.
"""

import sys

from ledger.admission.personality import Kind, Personality, values_in
from signing.refusal import table
from whitelist import adopted, balance, dry_run, fields, period_deadlines, seeking, workdays
from whitelist.approval import ApprovalState
from whitelist.emergency import EMERGENCY, EmergencyState
from whitelist.fields import APPROVAL, LIST, PERMIT, PLAN
from whitelist.follow_ons import FOLLOW_ONS
from whitelist.listing import ListState
from whitelist.permit import HeldPermits, PermitState
from whitelist.plan import PlanState
from whitelist.quota import Commitments, SiteYear
from whitelist.rules import TEXTS
from whitelist.rules.number import NumberHolders
from whitelist.rules.refused import RefusedLoads

ACTS = values_in(sys.modules[__name__], Kind)

RULES = table(
    *TEXTS,
    *fields.TEXTS,
    *adopted.TEXTS,
    *balance.TEXTS,
    *workdays.TEXTS,
    *period_deadlines.TEXTS,
    *dry_run.TEXTS,
    *seeking.TEXTS,
    *(rule for act in ACTS for rule in act.texts),
)
"""Texts of every code that this package gives. Codes of the floors below that its rules also give stand in the tables of those floors."""

PERSONALITY = Personality(
    name="whitelist",
    kinds=ACTS,
    states={"permit": PermitState, "list": ListState, "approval": ApprovalState, "plan": PlanState, "emergency": EmergencyState},
    chains={
        "permit": PERMIT.pattern,
        "list": LIST.pattern,
        "approval": APPROVAL.pattern,
        "plan": PLAN.pattern,
        "emergency": EMERGENCY.pattern,
    },
    registers={
        "number": NumberHolders,
        "refused": RefusedLoads,
        "q1": Commitments,
        "q3": SiteYear,
        "opened": int,
        "permits": HeldPermits,
        "plan-used": int,
        "emergency": int,
    },
    data=adopted.PARSERS,
    rules=RULES,
    follow_ons=FOLLOW_ONS,
)
