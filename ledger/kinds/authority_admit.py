"""``authority.admit/1``: a further authority, signed by the operator and all those before it (formats §3, §5)."""

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.directory import Authority, is_founder, log_state
from ledger.kinds.founding import FoundingAuthority
from ledger.kinds.registration import brings_keys, key_registers, reads_new_keys
from ledger.kinds.roles import AUTHORITIES_MAX, act_of_everyone
from ledger.model import Admission, Facts, Findings, Statement
from signing.phrase import Phrase


def is_a_new_authority(judged: Judged, out: Findings) -> None:
    """Not one of the founders, not one too many."""
    body: FoundingAuthority = judged.statement.body
    if len(log_state(judged.facts).authorities) >= AUTHORITIES_MAX or is_founder(judged.facts, body.uscc):
        out.refuse(
            "CHAIN_OWNER",
            "body.uscc",
            body.uscc,
            Phrase(f"新的主管部门，至多 {AUTHORITIES_MAX} 家", f"a new authority, at most {AUTHORITIES_MAX}"),
        )


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    log, body = log_state(facts), statement.body
    state = replace(log, authorities=(*log.authorities, Authority(body.uscc, body.name, body.regions)))
    return Changes(state=state, registers=key_registers(body.keys, body.uscc, admission.index))


KIND = act_of_everyone(
    name="authority.admit/1",
    zh="接纳主管部门",
    en="admission of an authority",
    body=FoundingAuthority,
    reads=reads_new_keys,
    rules=(is_a_new_authority, brings_keys),
    evolve=_evolve,
    effect=("该部门对其区域行使职责，并签署此后的全体行为。", "The authority acts for its regions and signs all later acts of everyone."),
)
