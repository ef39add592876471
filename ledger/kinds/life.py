"""Kinds on ``log/main`` that change the log's own life: its witnesses, its end (formats §5)."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Kind, Reads, Window, no_reads
from ledger.admission.statement import check_origin
from ledger.directory import check_signers, log_state
from ledger.findings import Admitted, Refused
from ledger.kinds.log import everyone, main_only, policy_reasons
from ledger.kinds.registration import note_keys, vkey_spki
from ledger.model import Admission, Moment, Statement
from signing.keys import keyid
from signing.refusal import Reason, Refusal


class WitnessSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``witness.set/1``: the whole new policy, tlog-policy lines without comments or URLs."""

    witness_policy: tuple[str, ...]


class LogClose(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``log.close/1``: the last entry; the successor names this log in ``continues``."""

    successor_origin: str


def _main(statement: Statement, facts: Facts) -> list[Reason]:
    return check_signers(statement, everyone(facts)) + main_only(statement)


def reads_witnesses(statement: Statement, facts: Facts) -> Reads:
    """Registers of the witnesses' keys: none of them may be a party's."""
    spkis = map(vkey_spki, note_keys((), statement.body.witness_policy))
    return Reads(registers=tuple(f"key:{keyid(spki)}" for spki in spkis if spki is not None))


def decide_witnesses(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """A policy that can be read, agreed by operator and all authorities; in force from the next index."""
    reasons = _main(statement, facts) + policy_reasons(statement.body.witness_policy, log_state(facts).log_keys, facts)
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_witnesses(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The new policy; the witnesses of the one before are remembered."""
    log = log_state(facts)
    past = dict.fromkeys((*log.past_witnesses, *note_keys((), log.witness_policy)))
    return Changes(state=replace(log, witness_policy=statement.body.witness_policy, past_witnesses=tuple(past)))


def decide_close(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """Agreed by operator and all authorities; a log does not succeed itself."""
    reasons = _main(statement, facts)
    try:
        check_origin(statement.body.successor_origin)
    except Refusal as refusal:
        reasons += refusal.reasons
    if statement.body.successor_origin == log_state(facts).origin:
        reasons.append(Reason("FIELD_TYPE", "body.successor_origin", statement.body.successor_origin, "another origin"))
    return Refused(tuple(reasons)) if reasons else Admitted()


def evolve_close(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """Nothing enters any more."""
    return Changes(state=replace(log_state(facts), closed=True))


LIFE_KINDS = (
    Kind(
        name="witness.set/1",
        body=WitnessSet,
        chain_type="log",
        roles=("operator", "authority …"),
        window=Window.MONTH,
        reads=reads_witnesses,
        reads_doc="Nothing beside log/main: the witnesses' keys are compared with the register of all keys.",
        decide=decide_witnesses,
        evolve=evolve_witnesses,
    ),
    Kind(
        name="log.close/1",
        body=LogClose,
        chain_type="log",
        roles=("operator", "authority …"),
        window=Window.MONTH,
        reads=no_reads,
        reads_doc="Nothing beside log/main.",
        decide=decide_close,
        evolve=evolve_close,
    ),
)
