"""暂扣: an authority of either side, or of where the load is, stops it (kinds §1.3, §7; term after 行政强制法 Art. 25 [RECALL])."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Role
from ledger.directory import authorities_of_division, log_state
from ledger.fields import At, Text, label
from ledger.model import Admission, DataMissing, Facts, Findings, Statement
from ledger.times import format_at, parse_admission_at, parse_at
from manifests.act import FiledBody
from manifests.case import Trunk, not_finished, opener_of
from manifests.case_act import Effect, Opened, case_act
from manifests.mass import limits_of
from manifests.matters import DAY_S, Hold
from manifests.model import ManifestState, trunk_of
from whitelist.thresholds import NAME as THRESHOLDS
from whitelist.thresholds import Thresholds


class CaseHold(FiledBody, frozen=True, kw_only=True):
    """暂扣 (``case.hold/1``): why, on which basis, until when."""

    trunk: Annotated[Trunk, label("所据联单行为", "act of the trunk")]
    reason: Annotated[Text, label("暂扣理由", "reason")]
    basis: Annotated[Text | None, label("依据", "basis")] = None
    until: Annotated[At | None, label("暂扣至", "until")] = None
    """Absent: for ``hold_d`` days from its admission."""


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authorities of the origin, of the destination, and of where the newest act took place: the load stands at their roadside. Where
    no authority covers one of these places any may act for it, tag FOREIGN; no side is another one here, for both may hold in their own
    right."""
    state: ManifestState = facts.state(trunk_of(statement.chain))
    log, places = log_state(facts), (state.origin.division, state.destination.division, state.last_division or state.origin.division)
    covering = [authorities_of_division(log, place) for place in dict.fromkeys(places)]
    near = tuple(dict.fromkeys(uscc for found in covering for uscc in found))
    strangers = () if all(covering) else tuple(known.uscc for known in log.authorities if known.uscc not in near)
    return (Role("authority", (*near, *strangers), opener_of(statement) in strangers),)


def end_is_near(judged: Judged, out: Findings) -> None:
    """DATE_ORDER: ``until`` lies ahead, and at most twice ``hold_d`` ahead."""
    until: str | None = judged.statement.body.until
    if until is None:
        return
    now_s, most_d = judged.moment.at_s, 2 * limits_of(judged.facts).hold_d
    last_s = now_s + most_d * DAY_S
    if not now_s < parse_at(until) <= last_s:
        out.refuse("DATE_ORDER", "body.until", until, f"> {format_at(now_s)}, ≤ {format_at(last_s)}")


def _hold(statement: Statement, admission: Admission) -> Hold:
    """As the entry alone tells it."""
    body: CaseHold = statement.body
    until_s = None if body.until is None else parse_at(body.until)
    since_s = parse_admission_at(admission.at)
    return Hold(case=statement.chain, by=opener_of(statement), since_s=since_s, until_s=until_s, reason=body.reason)


def apply(opened: Opened) -> Effect:
    """The register knows the end also where the statement names none: the term of this index, which no later adoption moves. Evidence that
    is read without the adopted data (a bundle) leaves it open."""
    hold = _hold(opened.statement, opened.admission)
    with suppress(DataMissing):
        limits: Thresholds | None = opened.facts.data(THRESHOLDS)
        hold = hold if limits is None else replace(hold, until_s=hold.end_s(limits.hold_d))
    return Effect(cases=replace(opened.cases, holds=(*opened.cases.holds, hold)), case=opened.case)


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    return replace(state, holds=(*state.holds, _hold(statement, admission)))


CASE_HOLD = case_act(
    "case.hold/1",
    matter="hold",
    zh="暂扣",
    en="hold",
    body=CaseHold,
    roles=("authority",),
    signers=signers,
    rules=(not_finished, end_is_near),
    apply=apply,
    follow=_follow,
    opens=True,
    effect=(
        "暂扣期间联单不得起运、换装、利用处置；交接、停留、运抵、接受照实入账并注明 HELD。没有填写截止时间的，满暂扣期限自行终止。",
        "While it lasts the load neither departs, nor changes its vehicle, nor is disposed of; hand-over, stop, arrival and receipt carry the tag"
        " HELD. Without until it ends by itself after the term of holds.",
    ),
)
