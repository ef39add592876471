"""``approval.apply/1`` (跨省转移申请): a generator asks to send named wastes to one receiver in another province.

Wastes and permit are judged as an issue would be, so nobody is approved for what could never go; which materials are wanting is the
authority's to say. Source: Order 23 Art. 22, 23, 28 [READ]; kinds §4.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads, Role
from ledger.answers import filled
from ledger.dates import judge_after
from ledger.fields import Commitments, Day, File, MassAboveZero, Province, Text, Uscc, items, label, words
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_at, day_of
from whitelist import telling
from whitelist.approval import ApprovalState, Course, DecisionLine, ListingRef, approval_act, signature
from whitelist.catalogue import catalogue_on
from whitelist.fields import ApprovalRef, Category, Hazards, Method, Name, PermitRef, Place, WasteCode, WasteForm
from whitelist.permit import permit_at
from whitelist.rules.permit import judge_receiver
from whitelist.rules.place import judge_place, place_registers
from whitelist.rules.waste import judge_code, judge_edition, judge_hazards
from whitelist.thresholds import thresholds_of
from whitelist.transfer import BodyPart


class ApplicationLine(BodyPart, frozen=True, kw_only=True):
    """One waste applied for."""

    name: Name
    internal_name: Annotated[Text | None, label("单位内部名称", "internal name")] = None
    code: Annotated[WasteCode, label("废物代码", "code")]
    category: Annotated[Category, label("废物类别", "category")]
    hazards: Hazards
    form: WasteForm | None = None
    mass_t: Annotated[MassAboveZero, label("申请数量（吨）", "mass applied for, t")]
    method: Annotated[Method, label("拟利用处置方式", "intended method")]
    listing: Annotated[ListingRef | None, label("白名单行", "listing")] = None  # The row of a list on which the short way is claimed.
    identification: Annotated[Text | None, label("鉴别报告", "identification report")] = None


class Agreement(BodyPart, frozen=True, kw_only=True):
    """拟签订或已签订的合同 (Order 23 Art. 22(3))."""

    no: Annotated[Text, label("合同编号", "number")]
    valid_to: Annotated[Day | None, label("合同有效期至", "valid to")] = None
    file: Annotated[File | None, label("合同文件", "file")] = None


class Material(BodyPart, frozen=True, kw_only=True):
    """申请材料 (Order 23 Art. 22)."""

    about: Annotated[
        Literal["method_statement", "agreement", "permit_copy", "route", "emergency_plan", "identification", "other"],
        label("材料名称", "what it is"),
        words(
            {
                "method_statement": "利用处置方式说明",
                "agreement": "委托协议",
                "permit_copy": "许可证复印件",
                "route": "运输路线",
                "emergency_plan": "应急预案",
                "identification": "鉴别报告",
                "other": "其他",
            }
        ),
    ]
    file: Annotated[File, label("文件", "file")]


class ApprovalApply(BodyPart, frozen=True, kw_only=True):
    """Body of ``approval.apply/1``."""

    receiver: Annotated[Uscc, label("接受人", "receiver")]
    permit: Annotated[PermitRef, label("接受人许可证或豁免证明", "permit of the receiver")]
    origin: Annotated[Place, label("移出地", "origin")]
    applied_from: Annotated[Day | None, label("拟转移期限自", "from")] = None
    applied_to: Annotated[Day, label("拟转移期限至", "to")]
    lines: Annotated[tuple[ApplicationLine, ...], items(1, 64), label("危险废物", "wastes")]
    contract: Annotated[Agreement | None, label("委托合同", "contract")] = None
    carriers: Annotated[tuple[Uscc, ...], items(0, 8, once=True), label("承运人", "carriers")] = ()
    transit: Annotated[tuple[Province, ...], items(0, 8), label("途经省份", "transit provinces")] = ()
    materials: Annotated[tuple[Material, ...], items(0, 16), label("申请材料", "materials")] = ()
    replaces: Annotated[ApprovalRef | None, label("重新申请：原批准", "approval replaced")] = None
    """Order 23 Art. 28; says so and ends nothing."""
    commit: Commitments = field(default_factory=dict)


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    return (Role("generator", (statement.owner,)),)


def _reads(statement: Statement, facts: Facts) -> Reads:
    body: ApprovalApply = statement.body
    return Reads(chains=(body.permit,), registers=place_registers(body.origin, statement.owner))


def _is_the_first_or_completed(judged: Judged, out: Findings) -> None:
    """A gate: an application comes again only after a notice (补正告知), else APPROVAL_STAGE alone."""
    if judged.state is not None and judged.state.stage != "noticed":
        own = {"stage": telling.word(judged.state.stage), "generator": judged.statement.owner}
        out.refuse("APPROVAL_STAGE", "kind", judged.state.stage, "seq 0", "AGAIN", **own)


def place_and_period_are_in_order(judged: Judged, out: Findings) -> None:
    """Where the waste leaves, and from when to when; terms of authorities count from here, by thresholds that the log has adopted."""
    body: ApprovalApply = judged.statement.body
    if thresholds_of(judged.facts) is None:
        out.refuse("DATA_NOT_ADOPTED", "body", "thresholds", "data.adopt", "NONE", name="thresholds")
    judge_place(out, judged.facts, "body.origin", body.origin, day_of(judged.moment.at_s), judged.statement.owner)
    if body.applied_from is not None:
        what = ("拟转移期限的末日", "the last day applied for")
        judge_after(out, "body.applied_to", what, body.applied_to, body.applied_from)


def wastes_are_known(judged: Judged, out: Findings) -> None:
    """R-06 to R-08 of every line, by the edition of the day."""
    today = day_of(judged.moment.at_s)
    catalogue = catalogue_on(judged.facts, today)
    for path, line in _numbered(judged):
        judge_code(out, path, line.code, line.category)
        judge_edition(out, path, line.code, line.identification, catalogue, today)
        judge_hazards(out, path, line.code, line.hazards, catalogue, today)


def receiver_may_take_them(judged: Judged, out: Findings) -> None:
    """R-17 to R-19, R-21 by the permit today, and R-30: the way leads into another province."""
    body, today = judged.statement.body, day_of(judged.moment.at_s)
    lines = [(f"{path}.code", f"{path}.method", line.code, line.method) for path, line in _numbered(judged)]
    permit = judge_receiver(judged, out, "body.permit", (body.permit, body.receiver), today, lines)
    if permit is not None and permit.division[:2] == body.origin.division[:2]:
        own = {"origin": telling.place(judged.facts, body.origin.division), "destination": telling.place(judged.facts, permit.division)}
        out.refuse("SAME_PROVINCE", "body.origin.division", f"{body.origin.division} → {permit.division}", "", "INSIDE", **own)


def _numbered(judged: Judged) -> list[tuple[str, ApplicationLine]]:
    return [(f"body.lines.{position}", line) for position, line in enumerate(judged.statement.body.lines)]


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The application, with the permit's facility as destination; after a notice it stands in the place of the one before."""
    body: ApprovalApply = statement.body
    before: ApprovalState | None = facts.state(statement.chain)
    permit = permit_at(facts, body.permit)
    assert permit is not None, "the rules found the permit"
    lines = tuple(filled(DecisionLine, line, applied_g=parse_mass(line.mass_t)) for line in body.lines)
    own = {"origin": body.origin.division, "destination": permit.division, "applied_on": day_at(admission.at), "lines": lines}
    state = filled(ApprovalState, body, stage="applied", root=permit.root, signed={"apply": signature(statement)}, **own)
    if before is None:
        return Changes(state=state)
    first_on = before.course.first_on or before.applied_on
    return Changes(state=replace(state, went=Course(first_on=first_on, noticed_on=before.course.noticed_on)))


APPLY = approval_act(
    name="approval.apply/1",
    zh="跨省转移申请",
    en="application",
    body=ApprovalApply,
    roles=("generator",),
    signers=_signed,
    reads=_reads,
    reads_doc="The receiver's permit.",
    gate=_is_the_first_or_completed,
    rules=(place_and_period_are_in_order, wastes_are_known, receiver_may_take_them),
    evolve=_evolve,
    effect=("申请进入账本，等待主管部门处理。", "The application waits for the authorities."),
    opens=True,
    again=True,
    barred_when_closed=True,
)
