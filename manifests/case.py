"""Cases: side chains about a manifest, ``case/<generator>/<manifest ULID>/<ULID>``. Here ``case.number/1``.

A case says which act of the trunk it knew (``body.trunk``); if the trunk has grown since, it is admitted with the tag TRUNK_MOVED
(formats §3). The number is a field of the manifest, never its identity.
"""

from __future__ import annotations

from typing import Any

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Reads
from ledger.directory import authorities_of_division, check_signers, log_state
from ledger.findings import Admitted, Findings, Refused
from ledger.model import Admission, Head, Moment, Statement
from manifests.acts import CaseNumber, Trunk
from manifests.evolve import is_live
from manifests.model import CaseState, ManifestState, trunk_of
from manifests.rules.commitment import commitments_have_form
from manifests.rules.number import judge_number, judge_trunk_number
from manifests.trunk import given_number_key
from whitelist.number import NUMBER, NumberHolders, number_key

NUMBER_TOPIC = "number"


def reads_number(statement: Statement, facts: Facts) -> Reads:
    """The manifest's trunk, the holders of the number, and the number the manifest was given already."""
    body: CaseNumber = statement.body
    trunk = trunk_of(statement.chain)
    holders = (number_key(body.number),) if NUMBER.fullmatch(body.number) else ()
    return Reads(chains=(trunk,), registers=(given_number_key(trunk), *holders))


def decide_number(statement: Statement, facts: Facts, moment: Moment) -> Admitted | Refused:
    """The generator or the origin's authority gives a manifest its number: once, of the right form and place, not in use elsewhere."""
    body: CaseNumber = statement.body
    trunk = trunk_of(statement.chain)
    head = facts.head(trunk)
    out = Findings()
    if statement.seq != 0:
        out.refuse("CASE_DONE", "seq", statement.seq, "0: a case of its own for every number")
    if head is None or head.state is None:
        out.refuse("TRUNK_UNKNOWN", "body.trunk", body.trunk.hash, trunk)
        return out.answer()
    state: ManifestState = head.state
    out.reasons += check_signers(statement, [("generator or origin's authority", _concerned(state, facts, out))])
    commitments_have_form(body.commit, out)
    judge_trunk(body.trunk, trunk, head, state.acts, out)
    judge_trunk_number(state, state.number or facts.get(given_number_key(trunk)), out)
    judge_number(body, trunk, state, facts.get(number_key(body.number)) if NUMBER.fullmatch(body.number) else None, out)
    return out.answer()


def judge_trunk(named: Trunk, trunk: str, head: Head[ManifestState], acts: tuple[str, ...], out: Findings) -> None:
    """TRUNK_UNKNOWN unless the trunk has this statement at this seq; tag TRUNK_MOVED when it is not the newest."""
    if not 0 <= named.seq < len(acts) or acts[named.seq] != named.hash:
        out.refuse("TRUNK_UNKNOWN", "body.trunk", f"{named.seq} {named.hash}", f"{trunk}, seq 0 … {head.seq}")
    elif named.seq < head.seq:
        out.tag("TRUNK_MOVED")


def _concerned(state: ManifestState, facts: Facts, out: Findings) -> tuple[str, ...]:
    """The generator and the authorities of the origin; where no region covers it, any authority, tag FOREIGN."""
    log = log_state(facts)
    authorities = authorities_of_division(log, state.origin.division)
    if not authorities:
        out.tag("FOREIGN")
        authorities = tuple(authority.uscc for authority in log.authorities)
    return (state.generator, *authorities)


def evolve_number(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest holds the number while it lives; the trunk takes it over with its next act."""
    body: CaseNumber = statement.body
    trunk = trunk_of(statement.chain)
    manifest: ManifestState = facts.state(trunk)
    registers: dict[str, Any] = {given_number_key(trunk): body.number}
    if is_live(manifest):
        key = number_key(body.number)
        registers[key] = (facts.get(key) or NumberHolders()).with_holder(manifest.generator, trunk)
    return Changes(state=CaseState(topic=NUMBER_TOPIC, trunk=trunk, number=body.number), registers=registers)
