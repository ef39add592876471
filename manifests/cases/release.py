"""解除: who holds a load lets it go; a contest is settled by an authority of either side (kinds §7).

One kind serves both, and the first statement of the case says which it is: the chain names its matter once and for ever, so a release
need not repeat it, cannot mistake it, and is signed by whom that matter asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from msgspec.structs import replace

from ledger.admission.personality import Judged, Role
from ledger.fields import Text, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import format_at, parse_admission_at
from manifests.act import Body
from manifests.case import cases_of, opener_of
from manifests.case_act import Effect, Opened, case_act
from manifests.matters import Contest, Hold
from manifests.model import ManifestState, trunk_of
from manifests.sides import either_side
from whitelist.telling import minute

MatterT = TypeVar("MatterT", Hold, Contest)


class CaseRelease(Body, frozen=True, kw_only=True):
    """解除 (``case.release/1``)."""

    reason: Annotated[Text, label("解除理由", "reason")]


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authority that holds, and no other one; of a contest either side's."""
    hold = _held(statement, facts)
    if hold is not None:
        return (Role("authority that holds", (hold.by,)),)
    return (either_side(statement, facts, facts.state(trunk_of(statement.chain))),)


def something_is_left(judged: Judged, out: Findings) -> None:
    """CASE_STATE for what was released already, or has ended by itself; CASE_ROLE for a hand that brought the contest itself."""
    now_s, statement = judged.moment.at_s, judged.statement
    hold = _held(statement, judged.facts)
    contest = None if hold is not None else _contested(statement, judged.facts)
    released_s = hold.released_s if hold is not None else contest.released_s if contest is not None else None
    if released_s is not None:
        out.refuse("CASE_STATE", "chain", format_at(released_s), "", "RELEASED", released=minute(released_s))
    elif hold is not None and hold.end_s() <= now_s:
        out.refuse("CASE_STATE", "chain", format_at(hold.end_s()), "", "LAPSED", ended=minute(hold.end_s()))
    if contest is not None and (own := set(contest.hands) & {*statement.by, opener_of(statement)}):
        out.refuse("CASE_ROLE", "by", ", ".join(sorted(own)), "", "HAND", hand="、".join(sorted(own)))


def _held(statement: Statement, facts: Facts) -> Hold | None:
    """The hold of this case; of a contest there is none."""
    holds = cases_of(facts, trunk_of(statement.chain)).holds
    return next((hold for hold in holds if hold.case == statement.chain), None)


def _contested(statement: Statement, facts: Facts) -> Contest:
    contests = cases_of(facts, trunk_of(statement.chain)).contests
    return next(contest for contest in contests if contest.case == statement.chain)


def _released(left: tuple[MatterT, ...], statement: Statement, admission: Admission) -> tuple[MatterT, ...]:
    at_s = parse_admission_at(admission.at)
    return tuple(replace(matter, released_s=at_s) if matter.case == statement.chain else matter for matter in left)


def apply(opened: Opened) -> Effect:
    """Hold or contest ends with this admission."""
    cases, by = opened.cases, (opened.statement, opened.admission)
    cases = replace(cases, holds=_released(cases.holds, *by), contests=_released(cases.contests, *by))
    return Effect(cases=cases, case=opened.case)


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    by = (statement, admission)
    return replace(state, holds=_released(state.holds, *by), contests=_released(state.contests, *by))


CASE_RELEASE = case_act(
    "case.release/1",
    matter="hold",
    also=("contest",),
    zh="解除",
    en="release",
    body=CaseRelease,
    roles=("authority that holds, of a contest the authority of either side",),
    signers=signers,
    rules=(something_is_left,),
    apply=apply,
    follow=_follow,
    ends=lambda statement, code, chain: code == "CONTESTED" and chain == statement.chain,
    effect=("暂扣或者争议自入账之时起解除。", "The hold, or the contest, ends with this entry."),
)
