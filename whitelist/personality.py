"""What this package teaches the log: its acts, their chains, states, registers, data sets and texts."""

from __future__ import annotations

from ledger.admission.personality import Personality
from whitelist.acts import ACTS
from whitelist.adopted import PARSERS
from whitelist.approval import ApprovalState
from whitelist.chains import APPROVAL, LIST, PERMIT
from whitelist.commitment import Commitments
from whitelist.listing import ListState
from whitelist.number import NumberHolders
from whitelist.permit import PermitState
from whitelist.quota import Q3Base
from whitelist.rulebook import RULES

PERSONALITY = Personality(
    name="whitelist",
    kinds=ACTS,
    states={"permit": PermitState, "list": ListState, "approval": ApprovalState},
    chains={"permit": PERMIT.pattern, "list": LIST.pattern, "approval": APPROVAL.pattern},
    registers={"number": NumberHolders, "q1": Commitments, "q3": Q3Base},
    data=PARSERS,
    rules=RULES,
)
