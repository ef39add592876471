"""The kinds of this package for the log: custody acts on ``manifest/``, numbers on ``case/`` (formats §3)."""

from __future__ import annotations

from ledger.admission.personality import Kind, Personality, Window
from ledger.chain import ULID, USCC
from manifests import acts, case, trunk
from manifests.machine import MOVES
from manifests.model import Act, CaseState, ManifestState, VehicleTrips
from manifests.rulebook import RULES
from whitelist.number import NumberHolders

_BODIES: dict[Act, type] = {
    Act.VOID: acts.Void,
    Act.DEPART: acts.Depart,
    Act.HAND_OVER: acts.HandOver,
    Act.TRANSSHIP: acts.Transship,
    Act.ARRIVE: acts.Arrive,
    Act.RECEIVE: acts.Receive,
    Act.DISPOSE: acts.Dispose,
    Act.VERIFY: acts.Verify,
}
_READS: dict[Act, str] = {
    Act.VOID: "The accounts on which the manifest holds grams, and its number.",
    Act.DEPART: "The open trips of the vehicle.",
    Act.HAND_OVER: "The open trips of both vehicles.",
    Act.TRANSSHIP: "The open trips of both vehicles.",
    Act.ARRIVE: "The open trips of the vehicle.",
    Act.RECEIVE: "The receiver's permit, the decision if there is one, and the accounts on which the manifest holds grams.",
    Act.DISPOSE: "Nothing beside the manifest.",
    Act.VERIFY: "The manifest's number.",
}
_DAILY = frozenset({Act.VOID, Act.VERIFY})


def _kind(act: Act) -> Kind:
    """A later act of the trunk; its signers are the machine's."""
    move = next(move for (_, at), move in MOVES.items() if at is act)
    return Kind(
        name=f"manifest.{act}/1",
        body=_BODIES[act],
        chain_type="manifest",
        roles=tuple(role.value for role in move.roles),
        window=Window.DAY if act in _DAILY else Window.CUSTODY,
        reads=trunk.reads_act,
        reads_doc=_READS[act],
        decide=trunk.decide_act,
        evolve=trunk.evolve_act,
    )


_ISSUE = Kind(
    name="manifest.issue/1",
    body=acts.Issue,
    chain_type="manifest",
    roles=("generator",),
    window=Window.DAY,
    reads=trunk.reads_issue,
    reads_doc="What the check reads: the permit, the decision, the lists its lines were given on, and their accounts.",
    decide=trunk.decide_issue,
    evolve=trunk.evolve_issue,
    opens=True,
    routed=True,
)
_NUMBER = Kind(
    name="case.number/1",
    body=acts.CaseNumber,
    chain_type="case",
    roles=("generator or origin's authority",),
    window=Window.DAY,
    reads=case.reads_number,
    reads_doc="The manifest's trunk.",
    decide=case.decide_number,
    evolve=case.evolve_number,
    opens=True,
)

PERSONALITY = Personality(
    name="manifests",
    kinds=(_ISSUE, *(_kind(act) for act in Act if act is not Act.ISSUE), _NUMBER),
    states={"manifest": ManifestState, "case": CaseState},
    chains={"manifest": rf"manifest/{USCC}/{ULID}", "case": rf"case/{USCC}/{ULID}/{ULID}"},
    registers={"number": NumberHolders, "manifest-number": str, "trip": VehicleTrips},
    rules=RULES,
)
