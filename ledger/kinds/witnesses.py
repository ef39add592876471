"""``witness.set/1``: who looks on. The whole new witness policy, agreed by operator and all authorities (formats §5)."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.directory import log_state
from ledger.fields import label
from ledger.kinds.registration import is_taken, note_keys, registers_of, vkey_spki
from ledger.kinds.roles import act_of_everyone
from ledger.model import Admission, Facts, Findings, Statement
from ledger.tree.note import parse_vkey
from ledger.tree.policy import parse_policy_lines
from signing.keys import keyid
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal


class WitnessSet(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``witness.set/1``: the whole new policy, tlog-policy lines without comments or URLs."""

    witness_policy: Annotated[tuple[str, ...], label("见证策略", "witness policy, one line each")]


def reads(statement: Statement, facts: Facts) -> Reads:
    """Registers of the witnesses' keys: none of them may be a party's or sign documents."""
    spkis = map(vkey_spki, note_keys((), statement.body.witness_policy))
    return Reads(registers=tuple(name for spki in spkis if spki is not None for name in registers_of(keyid(spki))))


def policy_is_good(judged: Judged, out: Findings) -> None:
    """A policy that can be read; in force from the next index."""
    judge_policy(out, judged.statement.body.witness_policy, log_state(judged.facts).log_keys, judged.facts)


def judge_policy(out: Findings, lines: Sequence[str], log_keys: Sequence[str], facts: Facts | None = None) -> None:
    """Why lines may not be the witness policy: unreadable, or a witness with a key of the log or, with ``facts``, of a party."""
    where = "body.witness_policy"
    try:
        witnesses = parse_policy_lines(lines).witness_vkeys
    except Refusal as refusal:
        out.reasons += [Reason(r.code, f"{where}.{r.field}".rstrip("."), r.found, r.expected) for r in refusal.reasons]
        return
    own = [vkey_spki(vkey) for vkey in log_keys]
    for vkey in witnesses:
        if vkey_spki(vkey) in own or (facts is not None and is_taken(facts, keyid(parse_vkey(vkey).spki))):
            out.refuse("KEY_REGISTERED", where, vkey, Phrase("只属于该见证的密钥", "a key of the witness alone"))


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The new policy; the witnesses of the one before are remembered."""
    log = log_state(facts)
    past = dict.fromkeys((*log.past_witnesses, *note_keys((), log.witness_policy)))
    return Changes(state=replace(log, witness_policy=statement.body.witness_policy, past_witnesses=tuple(past)))


KIND = act_of_everyone(
    name="witness.set/1",
    zh="设定见证方",
    en="setting of the witnesses",
    body=WitnessSet,
    reads=reads,
    reads_doc="Nothing beside log/main: the witnesses' keys are compared with the register of all keys.",
    rules=(policy_is_good,),
    evolve=evolve,
    effect=("此后的检查点由所列见证方联署。", "Later checkpoints are cosigned by the witnesses named."),
)
