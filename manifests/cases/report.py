"""报告: what somebody has to tell about a manifest beside its acts, and may tell late (kinds §7; Order 23 Art. 18.2 [READ] for differences).

A case of reports is a thread: whoever is concerned may go on in it. A report of a difference, of a regularisation or with what was missing
ends the alert that waited for it; ``other`` is the comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec.structs import replace

from ledger.admission.personality import Judged, Role
from ledger.directory import log_state
from ledger.fields import At, Count, LongText, Text, Uscc, items, label, words
from ledger.labels import words_of
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import format_at, parse_admission_at, parse_at
from manifests import telling
from manifests.act import TOLERANCE_S, FiledBody
from manifests.case import Trunk, manifest_of, opener_of
from manifests.case_act import Effect, Opened, case_act
from manifests.model import CaseState, ManifestState, trunk_of
from manifests.sides import concerned, destination_side, origin_side

REPORTS_MAX = 64
"""Reports of one thread, so that nobody fills the history of a manifest that is everybody's (CASES_FULL)."""
About = Annotated[
    Literal["discrepancy", "generator_confirms", "regularised", "track", "attachment", "other"],
    label("报告事项", "about"),
    words(
        {
            "discrepancy": "差异报告", "generator_confirms": "产废确认", "regularised": "应急转移补办", "track": "运输轨迹",
            "attachment": "补交附件", "other": "其他",
        }
    ),
]  # fmt: skip
_ENDS = {"discrepancy": "DISCREPANCY_UNREPORTED", "regularised": "EMERGENCY_OPEN", "attachment": "ATTACHMENT_MISSING"}
_WHO = {
    "discrepancy": ("接受人或者接受地主管部门", "the receiver or the authority of the destination"),
    "generator_confirms": ("移出人", "the generator"),
    "regularised": ("移出地主管部门", "the authority of the origin"),
    "track": ("承运人", "a carrier of the manifest"),
}


class CaseReport(FiledBody, frozen=True, kw_only=True):
    """报告 (``case.report/1``)."""

    trunk: Annotated[Trunk | None, label("所据联单行为", "act of the trunk")] = None
    """Given with the first of a thread."""
    about: About
    given_at: Annotated[At, label("报告时间", "given at")]
    to: Annotated[tuple[Uscc, ...], items(0, 8, once=True), label("报告对象", "to")] = ()
    ref: Annotated[Text | None, label("文号", "reference")] = None
    text: Annotated[LongText | None, label("内容", "text")] = None
    line: Annotated[Count | None, label("行号", "line")] = None


def _who_reports(about: str, facts: Facts, state: ManifestState) -> tuple[str, ...]:
    """Whose matter it is; anything else is anybody's who is concerned, and what is missing is handed in by whoever owes it."""
    log = log_state(facts)
    match about:
        case "discrepancy":
            return (state.receiver, *destination_side(log, state)[0])
        case "generator_confirms":
            return (state.generator,)
        case "regularised":
            return origin_side(log, state)[0]
        case "track":
            return tuple(dict.fromkeys((*state.carriers, *(leg.carrier for leg in state.legs))))
    return concerned(facts, state)


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """Whose matter it is, in person or by whoever stands for a closed one; another party of the manifest passes here and is told CASE_ROLE."""
    state: ManifestState = facts.state(trunk_of(statement.chain))
    everybody, opener = concerned(facts, state), opener_of(statement)
    fitting = _who_reports(statement.body.about, facts, state)
    log = log_state(facts)
    strangers = {uscc for holders, foreign in (origin_side(log, state), destination_side(log, state)) if foreign for uscc in holders}
    own = {state.generator, state.receiver, *origin_side(log, state)[0], *destination_side(log, state)[0]} - strangers
    is_foreign = opener in strangers and opener not in own
    return (Role("party concerned", fitting if opener in fitting or opener not in everybody else everybody, is_foreign),)


def whose_matter_it_is(judged: Judged, out: Findings) -> None:
    """CASE_ROLE for a party of the manifest whose matter it is not."""
    state, about, opener = manifest_of(judged), judged.statement.body.about, opener_of(judged.statement)
    fitting = _who_reports(about, judged.facts, state)
    if opener not in fitting and opener in concerned(judged.facts, state):
        own = {"about": (words_of(About)[about], about.replace("_", " ")), "who": _WHO[about]}
        out.refuse("CASE_ROLE", "body.about", opener, ", ".join(fitting[:4]), "REPORT", **own)


def something_is_told(judged: Judged, out: Findings) -> None:
    """MISSING for a comment that says nothing, a track or an attachment that is not there; LINE_UNKNOWN; DATE_ORDER for the future."""
    body, count = judged.statement.body, len(manifest_of(judged).lines)
    if body.about in ("track", "attachment") and not body.files:
        what = ("所交的附件", "the file that is handed in")
        out.refuse("MISSING", "body.files", "", "", "WHAT", what=what, where="body.files", how="")
    if body.about == "other" and body.text is None and not body.files:
        out.refuse("MISSING", "body.text", "", "", "WHAT", what=("说明的内容", "what is to be said"), where="body.text", how="")
    if body.line is not None and body.line >= count:
        own = {"line": str(body.line), "count": str(count), "lines": telling.lines(count), "where": "body.line"}
        out.refuse("LINE_UNKNOWN", "body.line", body.line, f"0 … {count - 1}", "NONE", **own)
    last_s = judged.moment.at_s + TOLERANCE_S
    if parse_at(body.given_at) > last_s:
        out.refuse("DATE_ORDER", "body.given_at", body.given_at, f"≤ {format_at(last_s)}")


def thread_has_room(judged: Judged, out: Findings) -> None:
    """CASES_FULL: REPORTS_MAX reports a thread."""
    case: CaseState | None = judged.state
    if case is not None and case.told >= REPORTS_MAX:
        out.refuse("CASES_FULL", "chain", case.told, f"≤ {REPORTS_MAX}", "THREAD", most=str(REPORTS_MAX))


def apply(opened: Opened) -> Effect:
    """One more report on the thread; the manifest itself stays as it is."""
    return Effect(cases=opened.cases, case=replace(opened.case, told=opened.case.told + 1))


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    """补办: the first report of it stops the clock of an emergency transfer (R-39)."""
    if statement.body.about != "regularised" or state.emergency is None or state.regularised_s is not None:
        return state
    return replace(state, regularised_s=parse_admission_at(admission.at))


CASE_REPORT = case_act(
    "case.report/1",
    matter="report",
    zh="报告",
    en="report",
    body=CaseReport,
    roles=("party concerned",),
    signers=signers,
    rules=(whose_matter_it_is, something_is_told, thread_has_room),
    apply=apply,
    follow=_follow,
    ends=lambda statement, code, chain: code == _ENDS.get(statement.body.about),
    opens=True,
    again=True,
    effect=(
        "报告记入联单；差异报告、应急转移补办、补交附件分别了结相应的警示，其他事项即为留言。",
        "The report stands in the history; one of a difference, of a regularisation or with what was missing settles the alert; other is the comment.",
    ),
)
