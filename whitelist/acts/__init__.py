"""The acts of this package, one module an act or a close family; from their values come kinds, rule texts and pages.

A new act is a module here and its name in ``ACTS``.
"""

from __future__ import annotations

from ledger.admission.personality import Kind, Personality
from signing.refusal import table
from whitelist import adopted, dry_run, places, scope, workdays
from whitelist.acts.apply import APPLY
from whitelist.acts.consult import CONSULT, REPLY
from whitelist.acts.decide import DECIDE
from whitelist.acts.listing import COUNTERSIGN, PROPOSE, ROWS
from whitelist.acts.permit import AMEND, GRANT
from whitelist.acts.permit_status import RESUME, REVOKE, SUSPEND
from whitelist.approval import ApprovalState
from whitelist.chains import APPROVAL, LIST, PERMIT
from whitelist.commitment import Commitments
from whitelist.listing import ListState
from whitelist.number import NumberHolders
from whitelist.permit import PermitState
from whitelist.quota import Q3Base
from whitelist.rules import approval, listing, number, permit, quantity, trade, waste

__all__ = ["ACTS", "PERSONALITY", "RULES"]

ACTS: tuple[Kind, ...] = (GRANT, AMEND, SUSPEND, RESUME, REVOKE, PROPOSE, ROWS, COUNTERSIGN, APPLY, CONSULT, REPLY, DECIDE)

RULES = table(
    *number.TEXTS,
    *trade.TEXTS,
    *quantity.TEXTS,
    *waste.TEXTS,
    *scope.TEXTS,
    *places.TEXTS,
    *permit.TEXTS,
    *approval.TEXTS,
    *listing.TEXTS,
    *adopted.TEXTS,
    *workdays.TEXTS,
    *dry_run.TEXTS,
    *(rule for act in ACTS for rule in act.texts),
)
"""Texts of every code that this package gives. Codes of the floors below that its rules also give stand in the tables of those floors."""

PERSONALITY = Personality(
    name="whitelist",
    kinds=ACTS,
    states={"permit": PermitState, "list": ListState, "approval": ApprovalState},
    chains={"permit": PERMIT.pattern, "list": LIST.pattern, "approval": APPROVAL.pattern},
    registers={"number": NumberHolders, "q1": Commitments, "q3": Q3Base},
    data=adopted.PARSERS,
    rules=RULES,
)
