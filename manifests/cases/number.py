"""补登联单编号: the numbers that were given after issue, ``case.number/1`` (R-01 to R-04; Order 23 Art. 15 [READ])."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads, Role
from ledger.directory import authorities_of_division, log_state
from ledger.fields import ShortText, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import year_of
from manifests.act import Body, standing_of
from manifests.case import Trunk, cases_of, opener_of
from manifests.case_act import Effect, Opened, case_act
from manifests.model import ManifestState, Stage, trunk_of
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
    """The holders of the number."""
    number: str | None = statement.body.number
    return Reads(registers=() if number is None else (number_key(number),))


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


def apply(opened: Opened) -> Effect:
    """The manifest holds the number; the trunk takes it over with its next act."""
    body, manifest, cases = opened.statement.body, opened.trunk, opened.cases
    cases = replace(cases, number=cases.number or body.number, provincial_number=cases.provincial_number or body.provincial_number)
    registers: dict[str, Any] = {}
    if body.number is not None:
        trunk, standing = opened.case.trunk, standing_of(manifest)
        held = (opened.facts.get(number_key(body.number)) or NumberHolders()).with_holder(manifest.generator, trunk)
        registers[number_key(body.number)] = held if standing == "live" else held.ended(trunk, standing)
    return Effect(cases=cases, case=replace(opened.case, number=body.number), registers=registers)


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    body: CaseNumber = statement.body
    return replace(state, number=state.number or body.number, provincial_number=state.provincial_number or body.provincial_number)


CASE_NUMBER = case_act(
    "case.number/1",
    matter="number",
    zh="补登国家联单编号",
    en="give the national number",
    body=CaseNumber,
    roles=("generator or origin's authority",),
    signers=signers,
    reads=reads,
    rules=(trunk_takes_a_number, number_is_free),
    apply=apply,
    follow=_follow,
    effect=("联单有了国家联单编号、省联单编号。", "The manifest has its national number, its provincial number."),
    texts=texts("""
NUMBER_GIVEN | - | nobody | formats §3 [DESIGN]
该联单已有编号。 || 核对编号；填写有误的，通过更正程序办理。
The manifest has a number already. || Check the number; a wrong one is corrected by an amendment.

NUMBER_GIVEN:KNOWN
该联单已有编号 {number}，不能再补登。 || 两个编号相同的，不必再登；{number} 有误的，请移出地主管部门按更正程序办理；另一个编号还没有的，去掉 {where} 只登那一个。
The manifest has the number {number} already. || If it is the same, nothing is left to do; a wrong one is a matter for the origin's authority; to give the other number alone leave {where} out.
"""),
    opens=True,
)
