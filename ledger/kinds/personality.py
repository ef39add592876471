"""The log's own personality: itself, its parties and their keys. It knows nothing above."""

from __future__ import annotations

from ledger.admission.personality import Personality
from ledger.chain import USCC
from ledger.directory import LogState, PartyState
from ledger.kinds.cut import CUT_KINDS, TAIL, parse_tail
from ledger.kinds.delegation import DELEGATION_KINDS
from ledger.kinds.erasure import ERASURE_KINDS, ERASURE_REGISTERS, ErasuresState
from ledger.kinds.life import LIFE_KINDS
from ledger.kinds.log import LOG_KINDS, LOG_REGISTERS, RefusalsState
from ledger.kinds.party import PARTY_KINDS
from ledger.rulebook import RULES

PERSONALITY = Personality(
    name="ledger",
    kinds=(*LOG_KINDS, *LIFE_KINDS, *CUT_KINDS, *ERASURE_KINDS, *PARTY_KINDS, *DELEGATION_KINDS),
    states={"log/main": LogState, "log/refusals": RefusalsState, "log/erasures": ErasuresState, "party": PartyState},
    chains={"log": r"log/(?:main|refusals|erasures)", "party": rf"party/{USCC}"},
    registers=LOG_REGISTERS | ERASURE_REGISTERS,
    data={TAIL: parse_tail},
    rules=RULES,
)
