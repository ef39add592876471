"""What a hold does to the acts of the trunk: it stops depart, transship, dispose, and is said on the others of the way (kinds §1.3).

Judged by the moment of the event: an act that took place before the hold was entered passes, however late it comes, and says so.
"""

from ledger.admission.personality import Judged, JudgeFn
from ledger.directory import party_name
from ledger.model import Findings
from ledger.times import format_at
from manifests import telling
from manifests.case import ManifestCases, cases_key
from manifests.machine import Act
from signing.refusal import texts
from whitelist.telling import minute

STOPPED = frozenset({Act.DEPART, Act.TRANSSHIP, Act.DISPOSE})
"""Acts that a hold covers: the waste stays where it is."""
SAID = frozenset({Act.HAND_OVER, Act.STOP, Act.ARRIVE, Act.RECEIVE})
"""Acts that go on under a hold: who has the load must be able to say so."""


def rules_for(act: Act) -> tuple[JudgeFn, ...]:
    """The rule of an act about holds, where it has one."""
    return (is_not_held,) if act in STOPPED else (hold_is_said,) if act in SAID else ()


def is_not_held(judged: Judged, out: Findings) -> None:
    """HELD while a hold covers ``at``; ALERT H OVERTOOK for an act from before a hold that was entered earlier."""
    cases: ManifestCases | None = judged.facts.get(cases_key(judged.statement.chain))
    if cases is None or not cases.holds:
        return  # as nearly always
    at_s = judged.statement.at_s
    for hold in cases.holds:
        if hold.since_s <= at_s < hold.end_s():
            own = {
                "act": telling.act(next(act for act in STOPPED if act.kind == judged.statement.kind)),
                "by": party_name(judged.facts, hold.by),
                "since": minute(hold.since_s),
                "until": minute(hold.end_s()),
                "reason": hold.reason,
                "case": hold.case,
            }
            out.refuse("HELD", "at", judged.statement.at, f"< {format_at(hold.since_s)} / ≥ {format_at(hold.end_s())}", "STOPPED", **own)
    if any(hold.since_s > at_s for hold in cases.holds):
        out.alert("H", "OVERTOOK")


def judge_fates(judged: Judged, out: Findings, cases: ManifestCases) -> None:
    """HELD for a correction by which more was disposed of, while a hold is on: a disposal by another name, and what is disposed of to the last
    gram can be closed under the hold. With its end the correction is open again."""
    now_s = judged.moment.at_s
    for hold in cases.holds:
        if hold.since_s <= now_s < hold.end_s():
            by, since, until = party_name(judged.facts, hold.by), minute(hold.since_s), minute(hold.end_s())
            own = {"by": by, "since": since, "until": until, "reason": hold.reason, "case": hold.case}
            out.refuse("HELD", "body.changes", format_at(now_s), f"≥ {format_at(hold.end_s())}", "FATES", **own)


def hold_is_said(judged: Judged, out: Findings) -> None:
    """Tag HELD on what happens under a hold and goes on all the same."""
    cases: ManifestCases | None = judged.facts.get(cases_key(judged.statement.chain))
    if cases is not None and any(hold.since_s <= judged.statement.at_s < hold.end_s() for hold in cases.holds):
        out.tag("HELD")


TEXTS = texts("""
HELD | R-37 | holding_authority | kinds §1.3 [DESIGN]; 行政强制法 Art. 25 [RECALL]
联单被主管部门暂扣：暂扣期间不得起运、换装、利用处置；交接、停留、运抵、接受照实入账并注明。 || 与实施暂扣的主管部门联系；暂扣解除或者到期后再办理。
An authority holds the load: it neither departs, nor changes its vehicle, nor is used or disposed of; hand-over, stop, arrival and receipt are entered and say so. || Speak to the authority that holds it; go on when the hold is released or has ended.

HELD:STOPPED
{by}自 {since} 起暂扣本联单（理由：{reason}），至 {until} 止；在此期间不能办理{act}。 || 请{by}查清后解除（case.release，案卷 {case}）；解除或者到期之后发生的行为照常提交。确实发生在 {since} 以前的，按实际时间填写 at。
{by} holds this manifest from {since} until {until} ({reason}); {act} is not open in between. || Let {by} release it (case.release on {case}); what happens after the release or the end is sent as ever. If it really took place before {since}, put that time into at.

HELD:FATES
{by}自 {since} 起暂扣本联单（理由：{reason}），至 {until} 止；在此期间不能把利用处置量更正得更多。 || 请{by}查清后解除（case.release，案卷 {case}）；解除或者到期之后重新提出或者同意。
{by} holds this manifest from {since} until {until} ({reason}); no correction makes more of it disposed of in between. || Let {by} release it (case.release on {case}); propose or consent again after the release or the end.
""")
