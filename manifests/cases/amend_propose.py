"""提出更正: what was written wrong on a manifest, and what shall stand there (``case.amend_propose/1``; kinds §7, §8)."""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads, Role
from ledger.directory import log_state
from ledger.fields import Files, Text, form, items, label
from ledger.model import Facts, Findings, Statement, chain_key
from ledger.times import parse_admission_at
from manifests import amendable, amendment, enforcing, telling
from manifests.act import Body
from manifests.case import OpenProposal, Trunk, cases_key, cases_of, in_force, opener_of
from manifests.case_act import Effect, Opened, case_act
from manifests.consent import consents, may_propose, missing, number_in, row_of
from manifests.model import ManifestState, Proposal, Stage, trunk_of
from signing.phrase import Phrase
from signing.refusal import texts
from whitelist.telling import minute
from whitelist.transfer import BodyPart

OPEN_MAX = 32
"""Corrections that wait on one manifest (AMEND_OPEN)."""
_VALUE = Phrase("至多 2000 个字符的 JSON 文本，未填的为空文本", "a text of JSON, at most 2,000 characters, empty for nothing")
Value = Annotated[str, form(r"^[\s\S]{0,2000}$", "AMEND_VALUE", _VALUE)]


class FieldChange(BodyPart, frozen=True, kw_only=True):
    """One field: where it stands, what stands there, what shall stand there."""

    path: Annotated[
        str,
        form(
            "^[a-z_]+(\\.([a-z_]+|0|[1-9][0-9]{0,3})){0,5}$",
            "AMEND_PATH",
            Phrase("字段路径，如 received.0.accepted_t", "the path of a field, e.g. received.0.accepted_t"),
        ),
        label("字段", "path"),
    ]
    was: Annotated[Value, label("原值", "was")]
    now: Annotated[Value, label("更正为", "now")]


class AmendPropose(Body, frozen=True, kw_only=True):
    """提出更正 (``case.amend_propose/1``): fields of one matter, all of them or none."""

    trunk: Annotated[Trunk, label("所据联单行为", "act of the trunk")]
    changes: Annotated[tuple[FieldChange, ...], items(1, 16), label("更正内容", "changes")]
    reason: Annotated[Text, label("更正理由", "reason")]
    files: Files = ()


def changes_of(statement: Statement) -> amendable.Changes:
    """The changes as triples."""
    return [(change.path, change.was, change.now) for change in statement.body.changes]


def reads(statement: Statement, facts: Facts) -> Reads:
    """What acts wrote of the manifest; permit and decision only by the consent that puts it in force."""
    changes = changes_of(statement)
    # Permit, decision and accounts are read where something moves on them; registers of what is re-keyed are no facts.
    return amendment.reads(statement, facts, changes, quota=_needs_none(statement, facts))


def _needs_none(statement: Statement, facts: Facts) -> bool:
    """Whether it comes into force at once."""
    trunk = trunk_of(statement.chain)
    state = facts.state(trunk) if facts.holds(chain_key(trunk)) else None
    if state is None:
        return False
    if facts.holds(cases_key(trunk)):  # a manifest that a case has finished asks its generator too
        state = in_force(state, cases_of(facts, trunk))
    asked = consents(changes_of(statement), state, log_state(facts))
    return not missing(asked, _agreed(statement, facts))


def _agreed(statement: Statement, facts: Facts) -> tuple[str, ...]:
    """Who has agreed by proposing: the proposer, and a closed party in whose place it speaks (kinds §1.2, §1.7)."""
    own = opener_of(statement)
    return tuple(dict.fromkeys((own, *amendment.standing_for(own, _proposers(statement, facts), facts))))


def _proposers(statement: Statement, facts: Facts) -> tuple[str, ...]:
    """Whoever may propose every one of the fields."""
    state: ManifestState = facts.state(trunk_of(statement.chain))
    may = [may_propose(path, state, log_state(facts)) for path, _, _ in changes_of(statement)]
    return tuple(party for party in may[0] if all(party in others for others in may))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """Whoever may propose every one of the fields; nobody is named where one of them is never corrected, for that says enough."""
    state: ManifestState = facts.state(trunk_of(statement.chain))
    if not all(may_propose(path, state, log_state(facts)) for path, _, _ in changes_of(statement)):
        return ()
    return (Role("who may propose the correction", _proposers(statement, facts)),)


def fields_may_be_corrected(judged: Judged, out: Findings) -> None:
    """AMEND_PATH for what is never corrected, is not there or stands twice; TRUNK_STAGE before the departure and after a void."""
    state, seen = amendable.state_of(judged), set[str]()
    for position, change in enumerate(judged.statement.body.changes):
        path, where = change.path, f"body.changes.{position}.path"
        row = row_of(path)
        if row is None:
            out.refuse("AMEND_PATH", where, path, "", "NEVER", path=path)
        elif _count(state, path) is not None and number_in(path) >= (count := _count(state, path) or 0):
            out.refuse("AMEND_PATH", where, path, "", "NO_SUCH", path=path, count=str(count))
        elif path.startswith("times.") and getattr(state.times, f"{path[6:-3]}_s") is None:
            out.refuse("AMEND_PATH", where, path, "", "NO_TIME", path=path)
        elif path in seen:
            out.refuse("AMEND_PATH", where, path, "", "TWICE", path=path)
        elif state.stage is Stage.VOIDED and row.name != "number":
            out.refuse("TRUNK_STAGE", where, state.stage, "", "AMEND_VOIDED", voided=minute(state.times.voided_s or 0))
        elif state.stage is Stage.ISSUED and not row.before_depart:
            out.refuse("TRUNK_STAGE", where, state.stage, "", "AMEND_ISSUED", what=(row.zh, row.en), path=path)
        elif path == "trip_id" and state.stage is not Stage.ISSUED:
            out.refuse("TRUNK_STAGE", where, state.stage, Stage.ISSUED, "AMEND_TRIP", stage=telling.stage(state.stage))
        seen.add(path)


def _count(state: ManifestState, path: str) -> int | None:
    """How many there are of what a path numbers."""
    match path.split(".", maxsplit=1)[0]:
        case "lines":
            return len(state.lines)
        case "legs":
            return len(state.legs)
        case "received":
            return 0 if state.times.received_s is None else len(state.lines)
        case "loaded":
            return sum(line.loaded_g is not None for line in state.lines)
        case "fates":
            return len(state.fates)
    return None


def proposals_have_room(judged: Judged, out: Findings) -> None:
    """AMEND_OPEN beyond OPEN_MAX that wait; AMEND_STALE for a field that waits in another one. What has lapsed counts no more."""
    trunk = trunk_of(judged.statement.chain)
    waiting = [
        one for one in cases_of(judged.facts, trunk).proposals if judged.moment.at_s <= amendment.lapses_s(one.proposed_s, judged.facts)
    ]
    if len(waiting) >= OPEN_MAX:
        out.refuse("AMEND_OPEN", "chain", len(waiting), f"< {OPEN_MAX}", "FULL", most=str(OPEN_MAX))
    for position, change in enumerate(judged.statement.body.changes):
        for other in waiting:
            if change.path in other.paths:
                own = {"path": change.path, "case": other.case}
                out.refuse("AMEND_STALE", f"body.changes.{position}.path", other.case, "", "WAITS", **own)


def values_are_right(judged: Judged, out: Findings) -> None:
    """AMEND_STALE, AMEND_VALUE, AMEND_IMPOSSIBLE, as far as they can be seen now; and where nobody else is asked, it comes into force."""
    if out.reasons:
        return
    changes = changes_of(judged.statement)
    amendment.judge_values(judged, out, changes)
    if not out.reasons:
        amendable.judge_possible(judged, out, changes)
    if not out.reasons and _needs_none(judged.statement, judged.facts):
        enforcing.come_into_force(judged, out, changes)


def apply(opened: Opened) -> Effect:
    """It waits for its consents; or is in force."""
    statement, changes = opened.statement, tuple(changes_of(opened.statement))
    at_s = parse_admission_at(opened.admission.at)
    own, *others = _agreed(statement, opened.facts)
    proposal = Proposal(changes=changes, by=own, hands=statement.by, proposed_s=at_s, given=tuple(others))
    if enforcing.is_amended(opened.admission):
        cases, registers = enforcing.enforced(opened, changes)
        return Effect(cases=cases, case=replace(opened.case, proposal=replace(proposal, ended="in_force")), registers=registers)
    waits = OpenProposal(statement.chain, at_s, tuple(path for path, _, _ in changes))
    cases = replace(opened.cases, proposals=(*opened.cases.proposals, waits))
    return Effect(cases=cases, case=replace(opened.case, proposal=proposal))


AMEND_PROPOSE = case_act(
    "case.amend_propose/1",
    matter="amend",
    zh="提出更正",
    en="propose a correction",
    body=AmendPropose,
    roles=("who may propose the correction",),
    signers=signers,
    reads=reads,
    reads_doc="The manifest's trunk; where it comes into force at once and touches waste, method or mass, the permit and the decision.",
    rules=(fields_may_be_corrected, proposals_have_room, values_are_right),
    apply=apply,
    books="corrected",
    effect=(
        "更正待应同意的各方同意后生效；无须他方同意的立即生效。",
        "The correction waits for everybody whose consent it needs; where nobody's is needed, it is in force at once.",
    ),
    texts=texts("""
AMEND_PATH | - | sender | kinds §8 [DESIGN]
该字段不能更正，或者没有这个字段。 || 核对字段路径；单位、许可证、批准、类型、来源批次、退回、纸质联单、应急、计量装置、豁免条款有误的，作废重开、退回或者带缺口办结。
This field is never corrected, or there is none. || Check the path; parties, permit, approval, type, lots, returns, paper, emergency, meters and exemptions are not corrected: void and issue anew, send it back, or close with a gap.

AMEND_PATH:NEVER
{path} 不能更正。 || 核对字段路径；确属不能更正的事项有误的，起运前作废重开，起运后退回、改送或者由主管部门带缺口办结。
{path} is never corrected. || Check the path (e.g. received.0.accepted_t); if such a thing is wrong, void and issue anew before the departure, afterwards send it back, redirect it, or let the authorities close it with a gap.

AMEND_PATH:NO_SUCH
联单没有 {path}：这一部分有 {count} 项，从 0 数起。 || 改正路径中的序号。
There is no {path}: of this part there are {count}, counted from 0. || Correct the number in the path.

AMEND_PATH:NO_TIME
联单还没有 {path}：该行为尚未发生。 || 由应当办理的单位提交该行为，时间在行为中填写。
The manifest has no {path} yet: the act has not taken place. || Let whoever owes the act submit it, with its time.

AMEND_PATH:TWICE
{path} 在同一份更正中出现两次。 || 每个字段只写一次。
{path} stands twice in one correction. || Name each field once.

AMEND_STALE | - | sender | kinds §7 [DESIGN]
原值不是现行的值，或者该字段已在另一份更正中待同意。 || 重新读取联单，按现行的值重新提出。
What is said to stand there does not, or the field waits in another correction. || Read the manifest again and propose from the value in force.

AMEND_STALE:OTHER
{path} 现行的值是 {there}，更正中写的原值是 {was}。 || 重新读取联单；仍需更正的，以现行的值为 was 重新提出。
{path} is {there} now; the correction says that it was {was}. || Read the manifest again; if it is still wrong, propose it anew from the value in force.

AMEND_STALE:WAITS
{path} 已在案卷 {case} 中提出更正，尚待同意。 || 等那份更正生效、被拒绝或者失效后再提；应由本单位同意的，先在那里表态。
{path} waits in case {case} already. || Wait until that correction is in force, refused or lapsed; if your consent is missing there, answer it first.

AMEND_VALUE | - | sender | kinds §7 [DESIGN]
更正后的值不合该字段的要求。 || 按该字段的要求填写。
The new value is not one that the field may hold. || Write what the field asks for.

AMEND_VALUE:JSON
{path} 更正后的值不是紧凑的 JSON 文本。 || 改正 {where}：文字和数量加引号（如 "2.000000"），不留空格，不用转义；删去该项的填空文本。
The new value of {path} is no compact JSON. || Correct {where}: texts and masses in quotation marks (e.g. "2.000000"), no blanks, no escapes; the empty text takes the field out.

AMEND_VALUE:SAME
{path} 更正后的值与现行的值相同（{value}）。 || 删去这一项，或者填写要改成的值。
The new value of {path} is the one in force ({value}). || Leave it out, or write what it shall be.

AMEND_VALUE:FORM
{path} 更正后的值不合要求（{fault}）：应为 {wanted}。 || 按要求改正后重新提出；文字和数量连同引号一起写（如 "2.000000"）。
The new value of {path} is not what the field holds ({fault}); expected: {wanted}. || Correct it and propose it again; texts and masses with their quotation marks (e.g. "2.000000").

AMEND_VALUE:LACKS
更正后联单会缺少必填的 {path}。 || 保留该项，或者改为另一个值。
The manifest would lack {path}, which it must have. || Leave it in, or give another value.

AMEND_VALUE:OPINION
第 {line}更正后处理意见是“{opinion}”，接受量 {accepted} 吨、拒收量 {refused} 吨，两者不符。 || 把处理意见和两项数量在同一份更正中改为一致：接受的拒收量为 0，部分接受的两者都大于 0，拒收的接受量为 0。
Line {line} would have the opinion {opinion} with {accepted} t accepted and {refused} t refused, which does not fit. || Correct opinion and both masses in one proposal: accept refuses nothing, partly has both above 0, reject accepts nothing.

AMEND_VALUE:REASON
第 {line}更正为“{opinion}”，但没有拒收原因。 || 在同一份更正中填写该项的 reason_code。
Line {line} would become {opinion} without a reason code. || Give its reason_code in the same proposal.

AMEND_VALUE:ORDER
更正后时间顺序不对：{what} 为 {first}，晚于 {other} 的 {second}。 || 按 开具、起运、交接、运抵、接受 的先后填写实际时间。
The times would not be in order: {what} would be {first}, after {other} at {second}. || Give the real times in the order of issue, departure, change of hands, arrival, receipt.

AMEND_VALUE:PROVINCE
移出地不能更正到另一个省（{asked}，原为 {right}）。 || 移出地在另一个省的，作废后按实际移出地重新开具，跨省的先取得批准。
An origin is not corrected into another province ({asked}; it is in {right}). || If it really lies elsewhere, void the manifest and issue it anew, across provinces with an approval.

AMEND_OPEN | - | sender | kinds §7 [DESIGN]
该联单待同意的更正已达上限。 || 先办结已提出的更正。
As many corrections wait on this manifest as may. || Settle those that wait first.

AMEND_OPEN:FULL
该联单已有 {most} 份更正待同意。 || 先同意、拒绝已提出的更正，或者等其失效。
On this manifest {most} corrections wait already. || Consent to them, refuse them, or wait until they lapse.

AMEND_IMPOSSIBLE | - | sender | kinds §7 [DESIGN]
更正与已经发生的事相抵触。 || 连同相抵触的数量在同一份更正中一并改正。
The correction contradicts what has happened. || Correct what it contradicts in the same proposal.

AMEND_IMPOSSIBLE:FATES
第 {line}更正后接受量 {accepted} 吨，少于已填报去向的 {fates} 吨。 || 先更正或者一并更正利用处置量。
Line {line} would have {accepted} t accepted, less than the {fates} t that have a fate. || Correct the fates first or together with it.

AMEND_IMPOSSIBLE:LOTS
第 {line}更正后接受量 {accepted} 吨，比已利用处置和作为来源批次转出的合计少 {short} 吨。 || 接受量不得少于已处置、已转出的数量；转出联单尚未起运的，先作废。
Line {line} would have {accepted} t accepted, {short} t less than what was treated and went on as lots. || The accepted mass cannot be below what left the stock; void an onward manifest that has not departed.

AMEND_IMPOSSIBLE:ONWARD
更正后第 {line}由联单 {manifest} 转出 {sent} 吨，而该联单的来源批次只列了 {lots} 吨。 || 核对该联单的来源批次，改正数量或者转出联单（fates.<序号>.onward）；由本单位自行利用处置的，把 onward 更正为空。
Line {line} would have {sent} t sent on by manifest {manifest}, whose lots name {lots} t of it. || Check the lots of that manifest; correct the mass or the manifest (fates.<n>.onward), or take onward out where it was treated here.

AMEND_IMPOSSIBLE:RETURNED
第 {line}更正后拒收量 {refused} 吨，少于退回、改送联单已承运的 {returned} 吨。 || 拒收量不得少于已退回、改送的数量。
Line {line} would have {refused} t refused, less than the {returned} t that returns carry. || The refused mass cannot be below what was sent back.

AMEND_IMPOSSIBLE:RETURN
退回、改送联单的计划转移量与原联单 {manifest} 的拒收量相连，不能更正。 || 起运前作废重开；起运后以接受量为准。
The declared mass of a return hangs on what was refused of {manifest} and is not corrected. || Before the departure void it and issue it anew; afterwards the receipt says what came.

AMEND_IMPOSSIBLE:DECLINED
本联单运的是{what}，更正会改变它是否起运过：谢绝接受时已经退还的来源不能再由更正取得，也不能由更正退还。 || 谢绝有误的，由移出人另开联单；确已运抵的，补录纸质联单或者由主管部门带缺口办结。
This manifest carries {what}, and the correction would change whether it ever moved: what a decline gave back no correction takes again, and none gives it back. || If it was declined by mistake, issue another manifest; if the load really came, back-fill it, or let the authorities close it with a gap.

AMEND_IMPOSSIBLE:FINISHED
联单已是“{stage}”，更正后不再办结。 || 已办结的联单只接受更正后仍然办结的更正：接受量与去向在同一份更正中一并改正。
The manifest is {stage}, and after the correction it would not be. || A finished manifest takes only what leaves it finished: correct mass and fate in one proposal.

AMEND_OFF_DECISION | R-31 | origin_authority | Order 23 Art. 28 [READ]; alert [DESIGN]
更正后的废物与所依据的批准行不一致。 || 不影响入账，主管部门会看到。废物种类、方式确有变化的，应当重新申请批准。
The corrected waste is no longer that of its decision line. || It is entered all the same, and the authorities see it. If kind or method of the waste really changed, apply anew.

AMENDED | - | nobody | kinds §7 [DESIGN]
更正已生效。 || 各方以更正后的值为准，原值仍然显示。
The correction is in force. || Everybody goes by the corrected values; the earlier ones stay visible.

MASS_AMENDED | - | nobody | kinds §7 [DESIGN]
联单的数量已更正。 || 额度、台账和报表以更正后的数量为准；留意更正的理由。
A mass of the manifest was corrected. || Quotas, ledgers and statements go by the corrected mass; look at the reason given.
"""),
    opens=True,
)
