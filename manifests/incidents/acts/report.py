"""突发事件报告: what happened to a load or beside one, told by whoever knows (kinds §9; Code Art. 125, 540 [READ])."""

from __future__ import annotations

from typing import Annotated, Literal

from ledger.admission.personality import Changes
from ledger.fields import At, Files, LongText, Mass, items, label, words
from ledger.model import Admission, Facts, Statement
from ledger.times import parse_admission_at, parse_at
from manifests.incident import opened_for
from manifests.incidents.contract import IncidentBody, InformedBy, incident_act, parties_of
from whitelist.fields import ManifestRef, Place, WasteCode
from whitelist.incident import IncidentState

IncidentKind = Annotated[
    Literal["leak", "fire", "traffic", "lost", "stolen", "dumping", "other"],
    label("事件", "incident"),
    words({"leak": "泄漏", "fire": "火灾", "traffic": "交通事故", "lost": "遗失", "stolen": "被盗", "dumping": "倾倒", "other": "其他"}),
]


class IncidentReport(IncidentBody, frozen=True, kw_only=True):
    """突发事件报告 (``incident.report/1``)."""

    incident: IncidentKind
    happened_at: Annotated[At, label("发生时间", "happened at")]
    place: Annotated[Place, label("发生地点", "place")]
    text: Annotated[LongText, label("经过", "what happened")]
    manifests: Annotated[tuple[ManifestRef, ...], items(0, 32, once=True), label("涉及的联单", "manifests concerned")] = ()
    code: Annotated[WasteCode | None, label("废物代码", "waste code")] = None
    mass_t: Annotated[Mass | None, label("涉及数量（吨）", "mass concerned, t")] = None
    measures: Annotated[LongText | None, label("已采取的措施", "measures taken")] = None
    informed: Annotated[tuple[InformedBy, ...], items(0, 8), label("已通报", "informed")] = ()
    files: Files = ()


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The incident is open, and counts for the manifests that it names."""
    body: IncidentReport = statement.body
    registers = {key: cases for manifest in body.manifests for key, cases in opened_for(facts, manifest, statement.chain).items()}
    state = IncidentState(
        what=body.incident,
        division=body.place.division,
        happened_s=parse_at(body.happened_at),
        reported_s=parse_admission_at(admission.at),
        manifests=body.manifests,
        concerned=parties_of(facts, body.manifests),
    )
    return Changes(state=state, registers=registers)


REPORT = incident_act(
    "incident.report/1",
    zh="突发事件报告",
    en="report of an incident",
    body=IncidentReport,
    moment="happened_at",
    named=lambda body: body.manifests,
    rules=(),
    evolve=_evolve,
    effect=(
        "事件进入账本；所指联单此后每个行为都有提示 INCIDENT，直到事发地主管部门了结。",
        "The incident is open; each act of the manifests that it names carries ALERT M INCIDENT until the authority of the place closes it.",
    ),
)
