"""Who may see and decide applications: the authority that would sign ``party.register`` (formats §3), and whom it lets sign that for it."""

from __future__ import annotations

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import Authority, KeyRecord, LogState, PartyState, authorities_of_party, log_state, party_chain
from ledger.model import Facts
from signing.refusal import refuse

KIND = "party.register/1"


class Decider(Struct, frozen=True):
    """For which authorities somebody acts, and the log as it stands."""

    acting: tuple[Authority, ...]
    log: LogState

    @property
    def mine(self) -> tuple[str, ...]:
        """Regions that it decides for."""
        return tuple(region for authority in self.acting for region in authority.regions)

    @property
    def known(self) -> tuple[str, ...]:
        """Regions of all authorities: who lies in none of them is foreign, and anybody's to decide."""
        return tuple(region for authority in self.log.authorities for region in authority.regions)

    def decides(self, uscc: str) -> bool:
        """Whether an application for ``uscc`` is its to decide."""
        holders, _ = authorities_of_party(self.log, uscc)
        return any(authority.uscc in holders for authority in self.acting)


def decider_of(facts: Facts, caller: Caller, at_s: int) -> Decider:
    """What a caller decides at a moment, from ``log/main``, its own key and the party chains of all authorities; Refusal REGISTRATION_DECIDER for
    everybody else, KEY_SCOPE for a key that may not sign ``party.register``."""
    log = log_state(facts)
    if caller.role == "authority":
        acting = tuple(one for one in log.authorities if one.uscc == caller.uscc)
    else:
        acting = tuple(one for one in log.authorities if _delegates(facts.state(party_chain(one.uscc)), caller.uscc, at_s))
    if not acting:
        raise refuse("REGISTRATION_DECIDER", field="Authorization", found=caller.role)
    record: KeyRecord | None = facts.get(f"key:{caller.keyid}")
    if record is not None and record.kinds and KIND.partition("/")[0] not in record.kinds:
        raise refuse("KEY_SCOPE", field="Authorization", found=", ".join(record.kinds), expected=KIND)
    return Decider(acting, log)


def _delegates(state: PartyState | None, uscc: str, at_s: int) -> bool:
    return state is not None and any(given.covers(uscc, KIND, at_s) for given in state.delegations)
