"""R-66: every act is signed by the parties whose part of the form it is, in the order of the machine's roles.

Carriers sign with their organisation's key.
"""

from __future__ import annotations

from ledger.directory import check_signers
from ledger.findings import Findings
from ledger.model import Statement
from manifests.machine import Move
from manifests.model import Act, ManifestState, Role
from manifests.rules.judged import Judged


def signers(judged: Judged, move: Move, act: Act, out: Findings) -> None:
    """The right parties sign, all of them and nobody else; a departure may be recorded by a named carrier alone."""
    if act is Act.DEPART:
        return _departure(judged, out)
    holders = [(role.value, _holders(role, judged.statement, judged.state)) for role in move.roles]
    out.reasons += check_signers(judged.statement, holders)
    if act is Act.HAND_OVER:
        _note_new_carrier(judged, judged.statement.by[-1], out)
    return None


def _holders(role: Role, statement: Statement, state: ManifestState) -> tuple[str, ...]:
    match role:
        case Role.GENERATOR:
            return (state.generator,)
        case Role.CONSIGNOR:
            return (state.consignor,)
        case Role.CARRIER:
            return () if state.carrier is None else (state.carrier,)
        case Role.TAKING_CARRIER:
            return statement.by[1:2]
        case Role.RECEIVER:
            return (state.receiver,)


def _departure(judged: Judged, out: Findings) -> None:
    """Consignor and first carrier; or a carrier named at issue, alone: LOAD_UNILATERAL, since nobody may load in a stranger's name."""
    statement, state = judged.statement, judged.state
    first = statement.by[0]
    if statement.by == (state.consignor,):
        if statement.principal is None and first in state.carriers:
            return  # the consignor drives its own waste: one party, both roles
        out.refuse("SIGNER_MISSING", "by.1", "", f"carrier: {' / '.join(state.carriers) or '-'}")
        return
    if len(statement.by) == 1 and statement.principal is None and first in state.carriers:
        out.tag("LOAD_UNILATERAL")
        out.alert("L", "LOAD_UNILATERAL")
        return
    out.reasons += check_signers(statement, [("consignor", (state.consignor,)), ("carrier", statement.by[1:2])])
    if len(statement.by) > 1:
        _note_new_carrier(judged, statement.by[1], out)


def _note_new_carrier(judged: Judged, carrier: str, out: Findings) -> None:
    """R-34: another carrier than named never touches the decision, but it is said."""
    if judged.state.carriers and carrier not in judged.state.carriers:
        out.tag("CARRIER_CHANGED")
