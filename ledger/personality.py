"""The log's own personality: itself, its parties and their keys. It knows nothing above."""

from ledger.admission.personality import Personality
from ledger.chain import USCC
from ledger.directory import Grants, KeyRecord, LogState, PartyState
from ledger.kinds import KINDS
from ledger.kinds.crew import CrewRecord
from ledger.kinds.cut import TAIL, parse_tail
from ledger.kinds.erasure import LOG_ERASURES, Erasure
from ledger.kinds.issuer import LOG_ISSUERS, Issuer
from ledger.kinds.refusal_pages import LOG_REFUSALS, RefusalsState
from ledger.kinds.roles import Counted
from ledger.kinds.site import Site
from ledger.rulebook import RULES

PERSONALITY = Personality(
    name="ledger",
    kinds=KINDS,
    states={"log/main": LogState, LOG_REFUSALS: RefusalsState, LOG_ERASURES: Counted, LOG_ISSUERS: Counted, "party": PartyState},
    chains={"log": r"log/(?:main|refusals|erasures|issuers)", "party": rf"party/{USCC}"},
    registers={"key": KeyRecord, "erasure": Erasure, "site": Site, "crew": CrewRecord, "access": Grants, "issuer": Issuer},
    data={TAIL: parse_tail},
    rules=RULES,
)
