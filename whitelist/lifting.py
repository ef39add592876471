"""What lifts a reason or an alert of the check: which acts, in which order, and who signs each, by name.

``WAYS`` has, by code or ``CODE:CAUSE``, the ways out; any one of them is enough. Each is a line of steps, ``act signer``, where the signer is a
role in the transfer. What has no row is lifted by correcting the issue, or by nobody. Who may sign an act: kinds §3–§5; who lifts: kinds §11.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.directory import LOG_MAIN, LogState, authorities_of_division, authorities_of_party, party_name
from ledger.model import Facts
from ledger.problem import Language, lifted_by
from signing.refusal import Lift, Reason, Rule
from whitelist.permit import permit_at
from whitelist.transfer import Transfer

ISSUE = "manifest.issue/1"  # An act of the floor above, known here by its name alone.
_AGAIN = f"{ISSUE} generator"
_DECISION = "approval.apply/1 generator, approval.decide/1 origin_authority"
_GRANT, _AMEND = "permit.grant/1 permit_authority", "permit.amend/1 permit_authority"
_DECLARE = "emergency.declare/1 declaring_authority"
_PLAN = "plan.amend/1 generator"

WAYS: Mapping[str, tuple[str, ...]] = {
    "NO_APPROVAL": (_DECISION,),
    "APPROVAL_UNKNOWN": (_AGAIN, _DECISION),
    "APPROVAL_STAGE": ("approval.decide/1 origin_authority",),
    "APPROVAL_STAGE:REFUSED": (_DECISION,),
    "APPROVAL_STAGE:WITHDRAWN": (_DECISION,),
    "APPROVAL_STATUS": ("approval.resume/1 origin_authority", _DECISION),
    "APPROVAL_STATUS:REVOKED": (_DECISION,),
    "APPROVAL_GENERATOR": (_AGAIN, _DECISION),
    "APPROVAL_DIRECTION": (_AGAIN,),
    "APPROVAL_DIRECTION:OTHER": (_AGAIN, _DECISION),
    "APPROVAL_RECEIVER": (_AGAIN, _DECISION),
    "APPROVAL_PERMIT": (_AGAIN, _DECISION),
    "APPROVAL_LINE": (_AGAIN, _DECISION),
    "APPROVAL_NAME": (_AGAIN, _DECISION),
    "APPROVAL_CODE": (_AGAIN, _DECISION),
    "APPROVAL_METHOD": (_AGAIN, _DECISION),
    "APPROVAL_EXPIRED": (_DECISION,),
    "APPROVAL_EXPIRED:PLANNED": (_AGAIN, _DECISION),
    "APPROVAL_QUOTA": (_DECISION,),
    "APPROVAL_QUOTA:LEFT": (_AGAIN, _DECISION),
    "ORIGIN_ELSEWHERE": (_AGAIN, _DECISION),
    "WL_YEAR": (_DECISION,),
    "WL_TERM": (_DECISION,),
    "WL_SUSPENDED": ("list.resume/1 list_authorities, list.confirm/1 list_authorities", _DECISION),
    "EMERGENCY_STATE": (_DECLARE, _DECISION),
    "EMERGENCY_STATE:UNJOINED": ("emergency.join/1 destination_authority", _AGAIN),
    "EMERGENCY_UNJOINED": ("emergency.join/1 destination_authority",),
    "EMERGENCY_SCOPE": (_AGAIN, _DECLARE, _DECISION),
    "EMERGENCY_SCOPE:RECEIVER": (_AGAIN, "emergency.join/1 destination_authority", _DECLARE),
    "EMERGENCY_CEILING": ("manifest.void/1 generator", _DECLARE, _DECISION),
    "EMERGENCY_CEILING:LEFT": (_AGAIN, "manifest.void/1 generator", _DECLARE),
    "EMERGENCY_TERM": (_DECLARE,),
    "PERMIT_UNKNOWN": (_AGAIN, _GRANT),
    "PERMIT_STATUS": ("permit.resume/1 permit_authority",),
    "PERMIT_DATE": (_AGAIN, _GRANT),
    "PERMIT_DATE:EARLY": (_AGAIN, _AMEND),
    "PERMIT_DATE:PLANNED": (_AGAIN, _GRANT),
    "PERMIT_SITE": (_AGAIN,),
    "PERMIT_SCOPE": (_AGAIN, _AMEND),
    "PERMIT_METHOD": (_AGAIN, _AMEND),
    "PERMIT_SCALE": (_AMEND, _GRANT),
    "PERMIT_SCALE:LEFT": (_AGAIN, _AMEND, _GRANT),
    "EXEMPT_BASIS": (_AGAIN, _AMEND),
    "PLAN_LINE": (_AGAIN, _PLAN),
    "NO_DUPLICATE:OTHERS": (_AGAIN, "number.settle/1 origin_authority"),
    "SITE_UNKNOWN": (_AGAIN, "party.site/1 generator"),
    "RETURN_OPEN": (f"{_AGAIN}, manifest.depart/1 generator",),
    "DATA_NOT_ADOPTED": ("data.adopt/1 operator+authorities",),
    "PARTY_UNKNOWN": ("party.register/1 generator_authority",),
    "PARTY_CLOSED": ("party.amend/1 generator_authority",),
    "CARRIER_UNKNOWN": ("party.register/1 carrier_authority",),
}
_CORRECTED: frozenset[Lift] = frozenset({"sender", "generator", "consignor", "receiver"})
"""Who lifts by another issue: what is asked about is the generator's statement, whoever knows the right value."""


class LiftSigner(Struct, frozen=True, gc=False, kw_only=True):
    """Who may sign a step."""

    party: str  # USCC; empty where the log has nobody in that place.
    name: str


class LiftStep(Struct, frozen=True, gc=False, kw_only=True):
    """One act of a way out. Where several parties are named, any one of them signs; where ``all`` is set, all of them."""

    kind: str
    text: str
    by: tuple[LiftSigner, ...]
    all: bool = False


WayOut = tuple[LiftStep, ...]
"""Acts in their order."""


class Lifting(Struct, frozen=True, gc=False, kw_only=True):
    """The transfer and the log that ways out are told for."""

    generator: str
    transfer: Transfer
    facts: Facts
    kinds: Kinds
    language: Language

    def ways(self, code: str, cause: str, lift: Lift) -> tuple[WayOut, ...]:
        """Ways out of one reason or alert whose lifter is ``lift``."""
        return tuple(map(self.way, ways_of(code, cause, lift)))

    def way(self, steps: str) -> WayOut:
        """A row of ``WAYS`` with its signers."""
        return tuple(map(self._step, steps.split(", ")))

    def of_reasons(self, reasons: Iterable[Reason], rules: Mapping[str, Rule]) -> Mapping[tuple[str, str], tuple[WayOut, ...]]:
        """Those of reasons, by code and field."""
        return {(one.code, one.field): self.ways(one.code, one.cause, lift_of(one, rules)) for one in reasons}

    def _step(self, step: str) -> LiftStep:
        kind, role = step.split(" ")
        known = self.kinds.by_name[kind]
        signers = tuple(LiftSigner(party=party, name=name) for part in role.split("+") for party, name in self._holders(part))
        text = known.zh if self.language == "zh" else known.en
        return LiftStep(kind=kind, text=text, by=signers, all="+" in role)

    def _holders(self, role: str) -> Iterator[tuple[str, str]]:
        """USCC and name of whoever holds a role."""
        log: LogState | None = self.facts.state(LOG_MAIN)
        if log is None:
            return
        match role:
            case "generator":
                yield self.generator, party_name(self.facts, self.generator)
                return
            case "operator":
                yield log.operator, log.operator_name
                return
            case "authorities":
                found: tuple[str, ...] = tuple(authority.uscc for authority in log.authorities)
            case "origin_authority":
                found = authorities_of_division(log, self.transfer.origin.division)
            case "destination_authority":
                found = authorities_of_division(log, self.transfer.destination.division)
            case "declaring_authority":
                owner = "" if self.transfer.emergency is None else self.transfer.emergency.split("/")[1]
                found = authorities_of_division(log, self.transfer.origin.division) if log.founder(owner) is None else (owner,)
            case "list_authorities":
                ends = (self.transfer.origin.division, self.transfer.destination.division)
                found = tuple(dict.fromkeys(one for end in ends for one in authorities_of_division(log, end)))
            case "permit_authority":
                permit = None if self.transfer.permit is None else permit_at(self.facts, self.transfer.permit)
                owner = self.transfer.receiver if self.transfer.permit is None else self.transfer.permit.split("/")[1]
                found, is_foreign = authorities_of_party(log, owner)
                if is_foreign and permit is not None:
                    found = authorities_of_division(log, permit.division) or found
            case "carrier_authority":
                found = tuple(dict.fromkeys(one for carrier in self.transfer.carriers for one in authorities_of_party(log, carrier)[0]))
            case _:
                found = authorities_of_party(log, self.generator)[0]
        if not found:
            yield (
                "",
                lifted_by(
                    "destination_authority" if role in ("destination_authority", "permit_authority") else "origin_authority", self.language
                ),
            )
        for uscc in found:
            known = log.founder(uscc)
            yield uscc, uscc if known is None else known.name


def ways_of(code: str, cause: str, lift: Lift) -> tuple[str, ...]:
    """The rows of ``WAYS`` for a code and its cause; none where nobody can lift it."""
    if lift == "nobody":
        return ()
    found = WAYS.get(f"{code}:{cause}") or WAYS.get(code)
    return found or ((_AGAIN,) if lift in _CORRECTED else ())


def lift_of(reason: Reason, rules: Mapping[str, Rule]) -> Lift:
    """Who lifts a reason: as the case says it, its cause, or its code."""
    rule = rules[reason.code]
    return reason.lift or rule.causes.get(reason.cause, rule).lift
