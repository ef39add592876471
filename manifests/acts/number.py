"""补登联单编号: the numbers that were given after issue, ``case.number/1`` (R-01 to R-04; Order 23 Art. 15 [READ])."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.directory import authorities_of_division, log_state
from ledger.fields import ShortText, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import year_of
from manifests.act import Body, ManifestAct, standing_of
from manifests.case import Trunk, cases_have_room, cases_key, cases_of, opener_of, trunk_exists, trunk_is_known
from manifests.model import CaseState, ManifestState, Stage, trunk_of
from signing.refusal import texts
from whitelist.rules.number import NumberHolders, judge_number, number_key
from whitelist.telling import minute
from whitelist.transfer import NationalNumber


class CaseNumber(Body, frozen=True, kw_only=True):
    """Numbers that were given after issue (``case.number/1``): one of the two at least."""

    trunk: Annotated[Trunk, label("所据联单行为", "act of the trunk")]
    number: Annotated[NationalNumber | None, label("国家联单编号", "national number")] = None
    provincial_number: Annotated[ShortText | None, label("省联单编号", "provincial number")] = None


def reads(statement: Statement, facts: Facts) -> Reads:
    """The manifest's trunk, the holders of the number, and what cases have filled in already."""
    number: str | None = statement.body.number
    trunk = trunk_of(statement.chain)
    holders = () if number is None else (number_key(number),)
    return Reads(chains=(trunk,), registers=(cases_key(trunk), *holders))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The generator or the authorities of the origin; where no region covers it any authority but the destination's, tag FOREIGN."""
    state: ManifestState = facts.state(trunk_of(statement.chain))
    log = log_state(facts)
    near = authorities_of_division(log, state.origin.division)
    other_side = authorities_of_division(log, state.destination.division)
    strangers = tuple(authority.uscc for authority in log.authorities if authority.uscc not in other_side)
    # Foreign is an authority that acts for a place of nobody's, never the generator.
    is_foreign = not near and opener_of(statement) in strangers
    return (Role("generator or origin's authority", (state.generator, *(near or strangers)), is_foreign),)


def trunk_takes_a_number(judged: Judged, out: Findings) -> None:
    """MISSING for no number at all; NUMBER_GIVEN for what is filled already: corrections are amendments; TRUNK_STAGE for a voided one."""
    body, trunk = judged.statement.body, trunk_of(judged.statement.chain)
    state: ManifestState = judged.facts.state(trunk)
    cases = cases_of(judged.facts, trunk)
    if body.number is None and body.provincial_number is None:
        what = ("联单编号", "a number of the manifest")
        how = ("，或者在 body.provincial_number 填写省联单编号", ", or the provincial one in body.provincial_number")
        out.refuse("MISSING", "body.number", "", "", "WHAT", what=what, where="body.number", how=how)
    for name in ("number", "provincial_number"):
        known = getattr(state, name) or getattr(cases, name)
        if getattr(body, name) is not None and known is not None:
            out.refuse("NUMBER_GIVEN", f"body.{name}", known, "", "KNOWN", number=known, where=f"body.{name}")
    if state.stage is Stage.VOIDED:
        out.refuse("TRUNK_STAGE", "body.trunk", state.stage, "", "VOIDED", voided=minute(state.times.voided_s or 0))


def number_is_free(judged: Judged, out: Findings) -> None:
    """R-02 to R-04: origin, year of issue, one manifest per number within a generator; what another one holds is only said."""
    number: str | None = judged.statement.body.number
    if number is None:
        return
    trunk = trunk_of(judged.statement.chain)
    state: ManifestState = judged.facts.state(trunk)
    year = state.reserved_year if state.paper_departed_s is None else year_of(state.paper_departed_s)
    register: NumberHolders | None = judged.facts.get(number_key(number))
    judge_number(out, judged.facts, number, state.origin.division, year, state.generator, register, but=trunk)


def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest holds the number; the trunk takes it over with its next act."""
    body, trunk = statement.body, trunk_of(statement.chain)
    manifest: ManifestState = facts.state(trunk)
    cases = cases_of(facts, trunk).with_case_of(opener_of(statement))
    cases = replace(cases, number=cases.number or body.number, provincial_number=cases.provincial_number or body.provincial_number)
    registers: dict[str, Any] = {cases_key(trunk): cases}
    if body.number is not None:
        held = (facts.get(number_key(body.number)) or NumberHolders()).with_holder(manifest.generator, trunk)
        standing = standing_of(manifest)
        registers[number_key(body.number)] = held if standing == "live" else held.ended(trunk, standing)
    return Changes(state=CaseState(topic="number", trunk=trunk, number=body.number), registers=registers)


def _follow(state: ManifestState | None, statement: Statement, admission: Admission) -> ManifestState:
    assert state is not None, "a case is about a manifest"
    body: CaseNumber = statement.body
    return replace(state, number=state.number or body.number, provincial_number=state.provincial_number or body.provincial_number)


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
        rules=(cases_have_room, trunk_is_known, trunk_takes_a_number, number_is_free),
        evolve=evolve,
        books=None,
        effect=("联单有了国家联单编号、省联单编号。", "The manifest has its national number, its provincial number."),
        texts=texts("""
NUMBER_GIVEN | - | nobody | formats §3 [DESIGN]
该联单已有编号。 || 核对编号；填写有误的，通过更正程序办理。
The manifest has a number already. || Check the number; a wrong one is corrected by an amendment.

NUMBER_GIVEN:KNOWN
该联单已有编号 {number}，不能再补登。 || 两个编号相同的，不必再登；{number} 有误的，请移出地主管部门按更正程序办理；另一个编号还没有的，去掉 {where} 只登那一个。
The manifest has the number {number} already. || If it is the same, nothing is left to do; a wrong one is a matter for the origin's authority; to give the other number alone leave {where} out.

TRUNK_STAGE | - | nobody | formats §3 [DESIGN]
已作废的联单不能再编号。 || 为重新开具的联单编号。
A voided manifest gets no number. || Give the number to the manifest issued in its place.

TRUNK_STAGE:VOIDED
联单已于 {voided} 作废，不能再编号。 || 把编号登记在重新开具的那份联单上。
The manifest was voided at {voided} and gets no number. || Give the number to the manifest issued in its place.
"""),
        opens=True,
    ),
    follow=_follow,
)
