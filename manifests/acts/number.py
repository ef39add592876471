"""补登国家联单编号: the national number that was given after issue, ``case.number/1`` (R-01 to R-04; Order 23 Art. 15 [READ])."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.directory import authorities_of_division, log_state
from ledger.findings import Findings
from ledger.model import Admission, Statement
from ledger.times import year_of
from manifests.act import Body, ManifestAct, commitments_are_wellformed, given_number_key, is_live
from manifests.case import Trunk, case_is_new, trunk_exists, trunk_is_known
from manifests.model import CaseState, ManifestState, Stage, trunk_of
from signing.refusal import texts
from whitelist.number import NUMBER, NumberHolders, number_key
from whitelist.rules.number import judge_number

NUMBER_TOPIC = "number"


class CaseNumber(Body, frozen=True, kw_only=True):
    """The national number that was given after issue (``case.number/1``)."""

    trunk: Trunk
    number: str


def reads(statement: Statement, facts: Facts) -> Reads:
    """The manifest's trunk, the holders of the number, and the number the manifest was given already."""
    body: CaseNumber = statement.body
    trunk = trunk_of(statement.chain)
    holders = (number_key(body.number),) if NUMBER.fullmatch(body.number) else ()
    return Reads(chains=(trunk,), registers=(given_number_key(trunk), *holders))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The generator or the authorities of the origin; where no region covers it, any authority, tag FOREIGN."""
    state: ManifestState = facts.state(trunk_of(statement.chain))
    log = log_state(facts)
    authorities = authorities_of_division(log, state.origin.division)
    foreign = not authorities
    if foreign:
        authorities = tuple(authority.uscc for authority in log.authorities)
    return (Role("generator or origin's authority", (state.generator, *authorities), foreign),)


def trunk_takes_a_number(judged: Judged, out: Findings) -> None:
    """A manifest gets one number, while it is not voided."""
    trunk = trunk_of(judged.statement.chain)
    state: ManifestState = judged.facts.state(trunk)
    known = state.number or judged.facts.get(given_number_key(trunk))
    if known is not None:
        out.refuse("NUMBER_GIVEN", "body.number", known, "a manifest without number")
    if state.stage is Stage.VOIDED:
        out.refuse("TRUNK_STAGE", "body.trunk", state.stage, "a manifest that is not voided")


def number_is_free(judged: Judged, out: Findings) -> None:
    """Form, origin, year of issue, and who holds the number already: as at issue."""
    number: str = judged.statement.body.number
    trunk = trunk_of(judged.statement.chain)
    state: ManifestState = judged.facts.state(trunk)
    if not NUMBER.fullmatch(number):
        out.refuse("NO_FORMAT", "body.number", number, "YYYY PP CC NNNNNN")
        return
    year = state.reserved_year if state.paper_departed_s is None else year_of(state.paper_departed_s)
    judge_number(out, number, state.origin.division, year, state.generator, judged.facts.get(number_key(number)), but=trunk)


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest holds the number while it lives; the trunk takes it over with its next act."""
    body: CaseNumber = statement.body
    trunk = trunk_of(statement.chain)
    manifest: ManifestState = facts.state(trunk)
    key = number_key(body.number)
    held = (facts.get(key) or NumberHolders()).with_holder(manifest.generator, trunk)
    registers: dict[str, Any] = {given_number_key(trunk): body.number, key: held if is_live(manifest) else held.ended(trunk, "closed")}
    return Changes(state=CaseState(topic=NUMBER_TOPIC, trunk=trunk, number=body.number), registers=registers)


def _follow(state: ManifestState | None, statement: Statement, admission: Admission) -> ManifestState:
    assert state is not None, "a case is about a manifest"
    return replace(state, number=statement.body.number)


CASE_NUMBER = ManifestAct(
    kind=Kind(
        name="case.number/1",
        zh="补登国家联单编号",
        en="give the national number",
        body=CaseNumber,
        chain_type="case",
        roles=("generator or origin's authority",),
        signers=signers,
        window=Window.DAY,
        reads=reads,
        reads_doc="The manifest's trunk.",
        gate=trunk_exists,
        rules=(case_is_new, commitments_are_wellformed, trunk_is_known, trunk_takes_a_number, number_is_free),
        evolve=evolve,
        books=None,
        effect=("联单有了国家联单编号。", "The manifest has its national number."),
        texts=texts("""
NUMBER_GIVEN | - | nobody | formats §3 [DESIGN]
该联单已有国家联单编号。 || 核对编号；填写有误的，通过更正程序办理。
The manifest has a national number already. || Check the number; a wrong one is corrected by an amendment.

TRUNK_STAGE | - | nobody | formats §3 [DESIGN]
已作废的联单不能再编号。 || 为重新开具的联单编号。
A voided manifest gets no number. || Give the number to the manifest issued in its place.
"""),
        opens=True,
    ),
    follow=_follow,
)
