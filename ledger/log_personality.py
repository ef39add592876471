"""The log's own personality: itself, its parties and their keys. It knows nothing above."""

from __future__ import annotations

from ledger.chain import USCC
from ledger.cut_kinds import CUT_KINDS, TAIL, parse_tail
from ledger.delegation_kinds import DELEGATION_KINDS
from ledger.directory import LogState, PartyState
from ledger.life_kinds import LIFE_KINDS
from ledger.log_kinds import LOG_KINDS, LOG_REGISTERS, RefusalsState
from ledger.party_kinds import PARTY_KINDS
from ledger.personality import Personality
from ledger.rulebook import RULES

PERSONALITY = Personality(
    name="ledger",
    kinds=(*LOG_KINDS, *LIFE_KINDS, *CUT_KINDS, *PARTY_KINDS, *DELEGATION_KINDS),
    states={"log/main": LogState, "log/refusals": RefusalsState, "party": PartyState},
    chains={"log": r"log/(?:main|refusals)", "party": rf"party/{USCC}"},
    registers=LOG_REGISTERS,
    data={TAIL: parse_tail},
    rules=RULES,
)
