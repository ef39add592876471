"""解除: who holds a load lets it go; a contest is settled by an authority of either side (kinds §7).

One kind serves both, and the first statement of the case says which it is: the chain names its matter once and for ever, so a release
need not repeat it, cannot mistake it, and is signed by whom that matter asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Role
from ledger.fields import Text, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import format_at, parse_admission_at
from manifests.act import Body
from manifests.case import cases_of
from manifests.case_act import Effect, Opened, case_act
from manifests.matters import Hold
from manifests.model import ManifestState, trunk_of
from whitelist.telling import minute


class CaseRelease(Body, frozen=True, kw_only=True):
    """解除 (``case.release/1``)."""

    reason: Annotated[Text, label("解除理由", "reason")]


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authority that holds, and no other one."""
    return (Role("authority that holds", (_held(statement, facts).by,)),)


def something_is_held(judged: Judged, out: Findings) -> None:
    """CASE_STATE for what was released already, or has ended by itself."""
    hold, now_s = _held(judged.statement, judged.facts), judged.moment.at_s
    if hold.released_s is not None:
        out.refuse("CASE_STATE", "chain", format_at(hold.released_s), "", "RELEASED", released=minute(hold.released_s))
    elif hold.end_s() <= now_s:
        out.refuse("CASE_STATE", "chain", format_at(hold.end_s()), "", "LAPSED", ended=minute(hold.end_s()))


def _held(statement: Statement, facts: Facts) -> Hold:
    return next(hold for hold in cases_of(facts, trunk_of(statement.chain)).holds if hold.case == statement.chain)


def _released(holds: tuple[Hold, ...], statement: Statement, admission: Admission) -> tuple[Hold, ...]:
    at_s = parse_admission_at(admission.at)
    return tuple(replace(hold, released_s=at_s) if hold.case == statement.chain else hold for hold in holds)


def apply(opened: Opened) -> Effect:
    """The hold ends with this admission."""
    holds = _released(opened.cases.holds, opened.statement, opened.admission)
    return Effect(cases=replace(opened.cases, holds=holds), case=opened.case)


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    return replace(state, holds=_released(state.holds, statement, admission))


CASE_RELEASE = case_act(
    "case.release/1",
    matter="hold",
    zh="解除",
    en="release",
    body=CaseRelease,
    roles=("authority that holds",),
    signers=signers,
    rules=(something_is_held,),
    apply=apply,
    follow=_follow,
    effect=("暂扣解除，自入账之时起联单照常办理。", "The hold ends with this entry."),
)
