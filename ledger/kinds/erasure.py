"""``pd.erase/1`` on ``log/erasures``: the operator records that the value behind a commitment is gone (formats §3, §7).

The commitment stays in its entry and every proof holds; what is destroyed is the key of the ciphertext (ledger.vault).
"""

from __future__ import annotations

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Kind, Reads, Window
from ledger.chain import HASH_PATTERN
from ledger.directory import check_signers, log_state
from ledger.findings import Admitted, Refused
from ledger.model import Admission, Moment, Statement
from signing.commitment import is_commitment_field
from signing.refusal import Reason

LOG_ERASURES = "log/erasures"
FIELD_MAX = 64


class PdErase(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``pd.erase/1``: which commitment can no longer be opened."""

    statement: str
    """Statement hash, 64 hex digits."""
    field: str
    """Key of its ``body.commit``."""


class ErasuresState(Struct, frozen=True):
    """State of ``log/erasures``: how many there are."""

    count: int


class Erasure(Struct, frozen=True):
    """Register ``erasure:<statement> <field>``: the entry that recorded it."""

    idx: int


def erasure_key(statement: str, field: str) -> str:
    """Name of the register of one commitment."""
    return f"erasure:{statement} {field}"


def reads_erase(statement: Statement, facts: Facts) -> Reads:
    """Whether the same was erased before."""
    return Reads(registers=(erasure_key(statement.body.statement, statement.body.field),))


def decide_erase(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """By the operator, well-formed, once. That such a commitment exists is the operator's word: a hash names no place in the log."""
    body: PdErase = statement.body
    reasons = check_signers(statement, [("operator", (log_state(facts).operator,))])
    if statement.chain != LOG_ERASURES:
        reasons.append(Reason("CHAIN_KIND", "chain", statement.chain, LOG_ERASURES))
    if not HASH_PATTERN.fullmatch(body.statement):
        reasons.append(Reason("FIELD_TYPE", "body.statement", body.statement, "64 hex digits"))
    if len(body.field) > FIELD_MAX or not is_commitment_field(body.field):
        reasons.append(Reason("FIELD_TYPE", "body.field", body.field, "driver.name"))
    earlier: Erasure | None = facts.get(erasure_key(body.statement, body.field))
    if earlier is not None:
        reasons.append(Reason("ERASED_ALREADY", "body.field", f"entry {earlier.idx}", "once"))
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_erase(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """One more; the commitment is marked."""
    body: PdErase = statement.body
    state: ErasuresState | None = facts.state(statement.chain)
    count = 0 if state is None else state.count
    return Changes(state=ErasuresState(count + 1), registers={erasure_key(body.statement, body.field): Erasure(admission.index)})


ERASURE_KINDS = (
    Kind(
        name="pd.erase/1",
        body=PdErase,
        chain_type="log",
        roles=("operator",),
        window=Window.DAY,
        reads=reads_erase,
        reads_doc="Nothing beside log/main.",
        decide=decide_erase,
        evolve=evolve_erase,
        opens=True,
    ),
)
ERASURE_REGISTERS = {"erasure": Erasure}
