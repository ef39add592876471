"""What a party may do about a manifest now, and what speaks against it: prepared acts, judged by admission itself.

Nothing is decided here. Every prepared act (``manifests.possible.preparing``) is judged at the present by the very rules that would judge it when it came
(``ledger.admission.admit.foresee``), with the party in each place of ``by`` that it could hold. What is refused for who signed it is not its act; what
is not open at this stage is nobody's; what is refused for a field that the signer fills in, he will get right. Whatever else is refused, blocks.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Kind, Role
from ledger.admission.signers import judge_keys_used
from ledger.chain import genesis_prev
from ledger.directory import PartyState, authorities_of_party, party_chain
from ledger.model import Facts, Moment, Statement, chain_key
from ledger.times import format_at
from manifests.machine import Act
from manifests.model import Capacity
from manifests.possible.preparing import ManifestGround, PreparedAct, trunk_acts
from manifests.possible.preparing_beside import acts_beside
from manifests.possible.preparing_cases import case_acts, reports_of
from manifests.sides import destination_side, origin_side
from signing.refusal import Reason

ROLES = frozenset({"SIGNER_ROLE", "SIGNER_MISSING", "SIGNER_EXTRA", "CASE_ROLE", "DELEGATION_MISSING", "NOT_CONCERNED"})
"""Codes that say: not the act of who asks."""
NOT_OPEN = frozenset(
    {"ACT_NOT_OPEN", "VOID_LATE", "NO_MANIFEST", "TRUNK_STAGE", "CASE_STATE", "AMEND_STATE", "AMEND_PATH", "NOT_YET", "INCIDENT_STATE"}
)
"""Codes that say: not open at this stage, whoever asks."""
_LIFTED = frozenset({("TRUNK_STAGE", "RETURNING"), ("NO_MANIFEST", "WAYBILL")})
"""Cases of these codes that somebody can lift."""
_NUMBER = re.compile(r"(?<=\.)[0-9]+(?![^.])")
Tell = Callable[[Statement], Awaitable[list[Reason]]]
"""What admission would say of a statement at the present; none where it would be an entry."""


class Asker(Struct, frozen=True):
    """For whom it is asked; who would sign, if that is a delegate; and with which key, where that is known."""

    party: str
    signer: str = ""
    keyid: str = ""


class PossibleAct(Struct, frozen=True, kw_only=True):
    """An act of a party, open unless something blocks it."""

    asker: Asker
    prepared: PreparedAct
    statement: Statement
    """As it would be signed: place, signers, stand-ins in its body."""
    roles: tuple[Role, ...]
    alone: bool
    """Whether the party's signature is enough where the act has several."""
    blockers: tuple[Reason, ...] = ()
    key_reasons: tuple[Reason, ...] = ()
    """Why the asker's key may not sign it, another one of the party's may."""


class TriedAct(Struct, frozen=True):
    """A prepared act and the ways in which the asker could sign it, the likeliest first."""

    prepared: PreparedAct
    statements: tuple[Statement, ...]


def tries_of(ground: ManifestGround, asker: Asker, names: frozenset[str]) -> list[TriedAct]:
    """What is judged for an asker: the acts of these kinds, or of all."""
    prepared = [*trunk_acts(ground, asker.party), *case_acts(ground, asker.party), *acts_beside(ground, asker.party)]
    return [
        TriedAct(one, tuple(_statement(ground, one, by, asker) for by in _seatings(ground, one, asker)))
        for one in prepared
        if not names or one.kind in names
    ]


def _seatings(ground: ManifestGround, prepared: PreparedAct, asker: Asker) -> list[tuple[str, ...]]:
    """The places of ``by`` that the asker could hold: a delegate signs in the first role alone (formats §3)."""
    return [by for by in _places(ground, prepared, asker.party) if not asker.signer or by[0] == asker.party]


def _places(ground: ManifestGround, prepared: PreparedAct, party: str) -> list[tuple[str, ...]]:
    """Those of a party: alone, in the first role, in the second."""
    state = ground.state
    offices = (ground.log.operator, *(authority.uscc for authority in ground.log.authorities))
    anybody = next(office for office in offices if office != party)  # who is never closed
    match prepared.kind:
        case "manifest.depart/1":
            carrier = next((one for one in state.carriers if one != party), anybody)
            second = [(_in_office(ground, state.consignor), party)] if party in state.carriers else []
            return [(party, _in_office(ground, carrier)), *second, (party,)]
        case "manifest.hand_over/1":
            giving = next((leg.carrier for leg in state.open_legs if leg.carrier != party), None)
            second = [(_in_office(ground, giving), party)] if giving is not None and party in state.carriers else []
            return [(party, anybody), *second]
        case "case.close_with_gap/1":
            near, far = destination_side(ground.log, state)[0], origin_side(ground.log, state)[0]
            return [(party,), *((party, one) for one in far[:1] if one != party), *((one, party) for one in near[:1] if one != party)]
    return [(party,)]


def _in_office(ground: ManifestGround, uscc: str) -> str:
    """Who signs for the other side: the party itself, of a closed one its successor, or the authority of its region (kinds §1.2)."""
    key = chain_key(party_chain(uscc))
    known: PartyState | None = ground.facts.state(party_chain(uscc)) if ground.facts.holds(key) else None
    if not isinstance(known, PartyState) or not known.closed_on:
        return uscc
    return known.successor or authorities_of_party(ground.log, uscc)[0][0]


def _statement(ground: ManifestGround, prepared: PreparedAct, by: tuple[str, ...], asker: Asker) -> Statement:
    """As it would be signed at the present."""
    head = None if prepared.is_new else ground.facts.head(prepared.chain)
    genesis = genesis_prev(ground.log.found, prepared.chain)
    is_for = bool(asker.signer) and by[0] == asker.party
    at_s = ground.now_s if prepared.at_s is None else prepared.at_s
    return Statement(
        kind=prepared.kind,
        chain=prepared.chain,
        seq=0 if head is None else head.seq + 1,
        prev=genesis if head is None else head.hash,
        by=(asker.signer, *by[1:]) if is_for else by,
        principal=asker.party if is_for else None,
        at=format_at(at_s),
        at_s=at_s,
        body=prepared.body,
        hash="0" * 64,
    )


async def judge(ground: ManifestGround, kind: Kind, moment: Moment, asker: Asker, tried: TriedAct, told: Tell) -> PossibleAct | None:
    """A prepared act as the asker's; ``None`` where it is not its act, or not open at all."""
    facts = ground.facts
    for statement in tried.statements:
        reasons = await told(statement)
        if any(reason.code in ROLES or (reason.code, reason.cause) == ("CONTEST_FORM", "ROLES") for reason in reasons):
            continue
        prepared, blockers = _told_by_rules(tried.prepared, reasons, len(ground.state.lines))
        if prepared is None or any(reason.code in NOT_OPEN and (reason.code, reason.cause) not in _LIFTED for reason in blockers):
            return None
        if prepared.kind == "case.report/1":
            prepared = await _narrowed(prepared, statement, told)
        roles = _roles(ground, tried.prepared, tuple(kind.signers(statement, facts)))
        alone = len(statement.by) > 1 and not _codes(await told(replace(statement, by=(asker.signer or asker.party,)))) & ROLES
        return PossibleAct(
            asker=asker,
            prepared=prepared,
            statement=statement,
            roles=roles,
            alone=alone,
            blockers=blockers,
            key_reasons=_key_reasons(statement, kind, asker, facts, moment),
        )
    return None


def _key_reasons(statement: Statement, kind: Kind, asker: Asker, facts: Facts, moment: Moment) -> tuple[Reason, ...]:
    """What admission says of the key by which it is asked, were it to sign."""
    if not asker.keyid or facts.get(f"key:{asker.keyid}") is None:
        return ()
    own = replace(statement, by=(asker.signer or asker.party,), keyids=(asker.keyid,))
    return tuple(judge_keys_used(own, kind, facts, moment, {}))


def _codes(reasons: Iterable[Reason]) -> set[str]:
    return {reason.code for reason in reasons}


def _told_by_rules(prepared: PreparedAct, reasons: Sequence[Reason], count: int) -> tuple[PreparedAct | None, tuple[Reason, ...]]:
    """What is left of a prepared act, and the reasons that do not lie with what its signer fills in."""
    asked = tuple(f"body.{path}" for path in prepared.asked)
    left = tuple(reason for reason in reasons if not _NUMBER.sub("*", reason.field).startswith(asked))
    if prepared.kind != "case.amend_propose/1":
        return prepared, left
    paths = [change.path for change in prepared.body.changes]
    closed = {paths[int(reason.field.split(".")[2])]: reason for reason in reasons if reason.field.endswith(".path")}
    waits = tuple(reason for reason in closed.values() if reason.cause == "WAITS")
    known = prepared.choices["changes.*.path"]
    open_paths = {_of_any(path, count): text for path, text in known.items() if path not in closed}
    if not open_paths:  # nothing that waits for consents already, or nothing at all
        return (prepared, (*left, *waits)) if waits else (None, ())
    return replace(prepared, choices={"changes.*.path": open_paths}), left


def _of_any(path: str, count: int) -> str:
    """A path as it is told: of any line where there are several, of the party's own leg."""
    return path if path.startswith("legs.") or (count == 1 and not path.startswith("fates.")) else _NUMBER.sub("*", path)


async def _narrowed(prepared: PreparedAct, statement: Statement, told: Tell) -> PreparedAct:
    """A report with the matters alone that are the asker's."""
    known: Mapping[str, tuple[str, str]] = prepared.choices["about"]
    own = [name for name, body in reports_of(prepared).items() if not _codes(await told(replace(statement, body=body))) & ROLES]
    return replace(prepared, choices={"about": {name: known[name] for name in own}})


def _roles(ground: ManifestGround, prepared: PreparedAct, roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """The roles of an act with everybody who may hold them, not only whom the statement names; nobody where anybody may."""
    holders = {Capacity.TAKING_CARRIER.value: ()} | (
        {Capacity.CARRIER.value: ground.state.carriers} if prepared.kind == Act.DEPART.kind else {}
    )
    return tuple([replace(role, holders=holders.get(role.name, role.holders)) for role in roles])
