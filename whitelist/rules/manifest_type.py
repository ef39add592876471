"""What the type of a manifest (联单类型) demands of part 1 and forbids: decision, paper, meters, plan, mode.

补录: a transfer that ran on paper first is judged by terms and statuses of the day on which it departed there (kinds §1.1; L2 of the cases).
"""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from ledger.directory import authorities_of_division, log_state
from ledger.labels import words_of
from ledger.model import Findings
from ledger.times import day_of, format_at, parse_at
from signing.phrase import Phrase, Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked
from whitelist.rules import approval, emergency, listing, permit, pilot, standing
from whitelist.transfer import TransferType
from whitelist.workdays import workdays_of


def type_has_its_fields(checked: Checked, out: Findings) -> None:
    """Paper stands with backfills, meters with pipelines, a decision outside this log with 跨省转入, an emergency with 应急, each there and only
    there.

    A field that the type demands: MISSING; one that it forbids: ISSUE_TYPE (kinds §15). Order 23 Art. 14, 19, 20.2 [READ].
    """
    transfer = checked.transfer
    pairs = (
        ("paper", transfer.paper, transfer.is_backfill),
        ("meters", transfer.meters, transfer.type == "pipeline"),
        ("decision", transfer.decision, transfer.type == "in_transfer"),
        ("emergency", transfer.emergency, transfer.is_emergency),
    )
    for name, found, wanted in pairs:
        if wanted and found is None:
            out.refuse(
                "MISSING",
                f"body.{name}",
                "",
                Phrase(f"联单类型 {transfer.type}", f"type {transfer.type}"),
                "WHAT",
                what=FIELDS[name],
                where=f"body.{name}",
                how=_HOW[name],
            )
        elif not wanted and found is not None:
            own: dict[str, Word] = {"what": FIELDS[name], "where": f"body.{name}", "right": _OF[name]}
            out.refuse("ISSUE_TYPE", f"body.{name}", transfer.type, "", "FIELD", type=_type(transfer.type), **own)
    if transfer.plan is None and transfer.type != "in_transfer" and transfer.returns is None and not transfer.is_emergency:
        how = ('，例如 {"filing_no":"备案编号"}', ', e.g. {"filing_no":"…"}')
        out.refuse("MISSING", "body.plan", "", '{"filing_no":"…"}', "WHAT", what=FIELDS["plan"], where="body.plan", how=how)


FIELDS: Mapping[str, tuple[str, str]] = {
    "paper": ("纸质联单的信息", "what the paper manifest says"),
    "meters": ("计量装置", "the meters"),
    "decision": ("本账本之外的批准", "the decision of another province"),
    "emergency": ("应急转移", "the emergency"),
    "plan": ("管理计划备案编号", "the number of the filed management plan"),
}
"""What parts of part 1 are called."""
_HOW: Mapping[str, tuple[str, str]] = {
    "paper": ("；不是补录的，把 body.type 改为 normal", "; if it never ran on paper, put normal into body.type"),
    "meters": ("；不是管道转移的，把 body.type 改为 normal", "; if there is no pipeline, put normal into body.type"),
    "decision": (
        "；移出地在本账本有主管部门的，把 body.type 改为 normal 并填写 approval",
        "; else put normal into body.type, and approval",
    ),
    "emergency": (
        "（链名 emergency/…，向启动应急转移的主管部门索取）；不是应急转移的，把 body.type 改为 normal（或者补录）并填写 approval",
        " (its chain emergency/…, which the declaring authority knows); if it is none, put normal into body.type, and approval",
    ),
}
_OF: Mapping[str, tuple[str, str]] = {
    "paper": ("补录（backfill_ordinary、backfill_emergency、backfill_special、backfill_border）", "a backfill_… type"),
    "meters": ("管道（pipeline）", "pipeline"),
    "decision": ("跨省转入（in_transfer）", "in_transfer"),
    "emergency": ("应急（emergency）或者补录应急（backfill_emergency）", "emergency or backfill_emergency"),
}
"""Types that they belong to."""


def _type(name: str) -> Word:
    return f"{words_of(TransferType)[name]}（{name}）", name


def origin_of_an_in_transfer_is_foreign(checked: Checked, out: Findings) -> None:
    """跨省转入 comes from where no authority of this log is: its decision stands on paper, tag DECISION_OFF_LOG."""
    if checked.transfer.type != "in_transfer":
        return
    holders = authorities_of_division(log_state(checked.facts), checked.transfer.origin.division)
    if holders:
        origin = checked.transfer.origin.division
        own = {"place": telling.place(checked.facts, origin), "authority": telling.authority(checked.facts, origin)}
        out.refuse("ISSUE_TYPE", "body.type", f"in_transfer, {origin}", "normal", "ORIGIN", **own)
    out.tag("DECISION_OFF_LOG")


def pipeline_is_one_wholly(checked: Checked, out: Findings) -> None:
    """R-13: type and mode are pipeline together or not at all. Order 23 Art. 19 [READ]."""
    transfer = checked.transfer
    if (transfer.type == "pipeline") != (transfer.mode == "pipeline"):
        out.refuse(
            "MODE", "body.mode", f"{transfer.type}, {transfer.mode}", "pipeline", "OTHER", type=_type(transfer.type), mode=transfer.mode
        )


TERMS = (
    permit.permit_is_in_force,
    approval.decision_is_in_its_term,
    standing.decision_stands,
    listing.listing_is_of_the_day,
    listing.listing_is_not_stopped,
    pilot.pilot_row_stands,
    emergency.emergency_is_open,
)
"""Rules about terms and statuses: what they say depends on the moment of the event."""


def paper_ran_in_order(checked: Checked, out: Findings) -> None:
    """R-70: departed, completed, back-filled follow each other; back-filled within ten working days. Order 23 Art. 20.2 [READ]."""
    paper = checked.transfer.paper
    if not checked.transfer.is_backfill:
        return
    out.tag("BACKFILL")
    if paper is None:
        return
    departed_s, completed_s = parse_at(paper.departed_at), parse_at(paper.completed_at)
    if departed_s > completed_s:
        own = {"first": telling.minute(departed_s), "second": telling.minute(completed_s), "where": "body.paper.completed_at"}
        what = ("转移完成", "the completion"), ("起运", "the departure")
        out.refuse("TIME_ORDER", own["where"], paper.completed_at, f"≥ {paper.departed_at}", "BEFORE", what=what[0], other=what[1], **own)
    if completed_s > checked.asked.at_s:
        own = {"first": telling.minute(completed_s), "second": telling.minute(checked.asked.at_s), "where": "at"}
        what = ("补录", "the backfill"), ("转移完成", "the completion")
        at = format_at(checked.asked.at_s)
        out.refuse("TIME_ORDER", "body.paper.completed_at", paper.completed_at, f"≤ {at}", "BEFORE", what=what[0], other=what[1], **own)
    elif checked.thresholds is not None:
        due = workdays_of(checked.facts).due(date.fromisoformat(day_of(completed_s)), checked.thresholds.backfill_wd)
        if checked.today > due.day.isoformat():
            own = {"completed": day_of(completed_s), "due": due.day.isoformat(), "days": str(checked.thresholds.backfill_wd)}
            out.alert("M", "BACKFILL_LATE", "AFTER", **own)
        for flag in due.flags:
            out.tag(flag)


def decision_came_first(checked: Checked, out: Findings) -> None:
    """ALERT H APPROVAL_AFTER: the decision entered the log after the departure that is back-filled under it."""
    approval = checked.approval
    if checked.transfer.is_backfill and approval is not None and approval.decided_s > checked.event_s:
        own = {"no": approval.no, "entered": telling.minute(approval.decided_s), "departed": telling.minute(checked.event_s)}
        out.alert("H", "APPROVAL_AFTER", "AFTER", **own)


def past_is_told(checked: Checked, out: Findings) -> None:
    """ALERT H BACKFILL_PAST where a term or status would refuse it today: only its own word says that it happened then."""
    if not checked.transfer.is_backfill:
        return
    today = Findings()
    for rule in TERMS:
        rule(replace(checked, event_s=checked.asked.moment.at_s, day=checked.today), today)
    if today.reasons:
        out.alert("H", "BACKFILL_PAST")


RULES = (type_has_its_fields, origin_of_an_in_transfer_is_foreign, pipeline_is_one_wholly, paper_ran_in_order)
OF_THE_MOMENT = (*TERMS, decision_came_first, past_is_told)
TEXTS = texts("""
BACKFILL | R-70 | sender | Order 23 Art. 20.2 [READ]
补录：转移活动先以纸质联单运行。 || 保存纸质联单及其扫描件备查。
Backfill: the transfer first ran on paper. || Keep the paper manifest and its scan.

BACKFILL_LATE | R-70 | nobody | Order 23 Art. 20.2 [READ]; alert level [DESIGN]
补录超过转移活动完成后十个工作日。 || 说明迟延原因，今后在十个工作日内补录。
The backfill came later than ten working days after the transfer was completed. || Explain the delay, and backfill within ten working days.

BACKFILL_LATE:AFTER
转移于{completed}完成，应在 {days} 个工作日内（{due}前）补录，本次已逾期。 || 不影响补录。向主管部门说明迟延原因，今后按期补录。
The transfer was completed on {completed}; {days} working days later, {due}, was the last day to backfill it. || It is entered all the same. Explain the delay to the authority, and be in time from then on.

BACKFILL_PAST | R-70 | nobody | Order 23 Art. 20.2 [READ]; level [DESIGN]
补录所依据的批准、许可或名单在补录时已失效，仅凭补录自身载明的起运日期成立。 || 不影响入账，主管部门会看到。核对纸质联单、称重和运输记录，确认转移确在其有效期内起运。
What the backfill stands on is over by now; that it departed in time is its own word. || It is entered all the same, and the authorities see it. Compare the paper manifest, weighings and transport records with the day it states.

APPROVAL_AFTER | R-70 | nobody | Order 23 Art. 20.2, 21 [READ]; level [DESIGN]
批准决定入账晚于纸质联单载明的起运时间。 || 核对批准决定的日期与运输记录；未经批准的，不得转移。
The decision entered the log after the departure that the paper manifest states. || Compare the decision's day with the transport records; nothing may move without a decision.

APPROVAL_AFTER:AFTER
批准 {no} 于{entered}入账，而纸质联单载明{departed}已经起运。 || 不影响补录，主管部门会核查。核对纸质联单的起运时间和批准决定的日期；未经批准的，不得转移。
Approval {no} entered the log at {entered}; the paper manifest says that the load departed at {departed}. || It is entered all the same and looked at by the authorities. Compare the paper manifest with the day of the decision; nothing may move without one.

TIME_ORDER | R-56 | sender | law §7.4 [DESIGN]; formats §6 [DESIGN]
时间先后不符：交付、起运、交接、运抵、接受、确认应依次进行，补录在转移完成之后。 || 校准时钟并核对时间；允许 5 分钟误差。
The times run backwards: delivery, departure, hand-over, arrival, acceptance, confirmation follow each other, and a backfill comes after all of them. || Set the clock and check the times; 5 minutes of difference are allowed.

TIME_ORDER:BEFORE
{what}的时间 {second} 早于{other}的时间 {first}（北京时间）。 || 核对两个时间，把 {where} 改到 {first} 或之后（允许 5 分钟误差）；另一个时间填错的，改正它。
The time of {what}, {second}, lies before that of {other}, {first} (Beijing time). || Compare them; {where} is {first} or later (5 minutes of difference are allowed), or correct the other time.

TIME_ORDER:TRUNK
本次行为的时间是 {at}，早于该联单上一次行为的时间 {latest}（北京时间）。 || 按实际发生时间改正 at，不得早于 {latest}（允许 5 分钟误差）；设备时钟不准的，先校准。上一次行为的时间填错的，由填报该行为的单位说明。
This act is of {at}; the one before it on this manifest is of {latest} (Beijing time). || Correct at to when it really happened, not before {latest} (5 minutes are allowed); set the clock if it is wrong. If the other act has the wrong time, whoever stated it explains.

TIME_ORDER:PAPER
起运时间是 {at}，晚于开具时填写的转移完成时间 {completed}（北京时间）。 || 按纸质联单改正 at；开具时填错的，作废后重新补录。
The departure is of {at}; by its issue the transfer was completed at {completed} (Beijing time). || Correct at by the paper manifest; if the issue is wrong, void it and backfill anew.

TIME_ORDER:TO_COME
接受之日填写为 {accepted}，晚于本次签署的时间 {at}（北京时间）。 || 改正 body.accepted_at：接受在前，签署在后。
The acceptance is of {accepted}; this was signed at {at} (Beijing time). || Correct body.accepted_at: acceptance comes first.

TIME_ORDER:NOT_ISSUED
接受之日填写为 {accepted}，早于联单开具的时间 {issued}（北京时间）。 || 改正 body.accepted_at，不得早于 {issued}；确在开具之前已经转移的，应按补录办理。
The acceptance is of {accepted}; the manifest was issued at {issued} (Beijing time). || Correct body.accepted_at to {issued} or later; what was moved before belongs on a backfill.

ISSUE_TYPE | R-11 | sender | Order 23 Art. 13, 19, 20 [READ]; combinations [DESIGN]
所填内容与联单类型不符。 || 核对联单类型；纸质联单信息只用于补录，计量装置只用于管道，本账本之外的批准只用于跨省转入，应急转移只用于应急和补录应急，批准依据只能有一种。
A field does not fit the type of the manifest. || Check the type: paper belongs to backfills, meters to pipelines, a decision outside this log to transfers from outside, an emergency to emergency types, and one ground is enough.

ISSUE_TYPE:FIELD
联单类型是“{type}”，不应填写{what}。 || 删除 {where} 后重新提交；类型选错的，把 body.type 改为{right}。
The type of the manifest is {type}, which does not have {what}. || Leave {where} out; or, if the type is wrong, put {right} into body.type.

ISSUE_TYPE:TWO_GROUNDS
跨省转移的依据填写了不止一种：{given}。 || 只保留一种：应急转移保留 body.emergency；移出地在本账本有主管部门的，保留 body.approval；由本账本之外的省份转入的，保留 body.decision。其余删除。
More than one ground is given for the transfer between provinces: {given}. || Keep one and leave the others out: body.emergency for an emergency, body.approval where the origin has an authority on this log, body.decision for what comes from outside.

ISSUE_TYPE:ORIGIN
移出地{place}在本账本由{authority}管理，不能按“跨省转入”开具。 || 把 body.type 改为 normal，删除 body.decision，并在 body.approval 填写{authority}的批准。
The origin {place} has an authority on this log, {authority}: the manifest is no transfer from outside. || Put normal into body.type, leave body.decision out, and name the approval of {authority} in body.approval.

ISSUE_TYPE:METERS
该联单不是管道联单，却填写了每日计量。 || 删除 body.meter_rows 后重新提交。
The manifest is no pipeline, yet daily meter rows are given. || Leave body.meter_rows out and send again.

DECISION_OFF_LOG | R-30 | nobody | Order 23 Art. 21 [READ]; flag [DESIGN]
批准由本账本之外的主管部门作出，未经本账本核对。 || 保存批准文件；接受地主管部门可向批准机关核实。
The decision was made by an authority outside this log and was not compared. || Keep the decision; the authority at the destination may ask its maker.

SEA | R-13 | nobody | Order 23 Art. 2 [READ]
海洋转移不适用危险废物转移联单。 || 按海洋环境保护的规定办理，不使用本系统。
Transfers at sea are outside the manifest system. || Follow the rules for the sea; this log does not take them.

MODE | R-13 | sender | Order 23 Art. 2, 19 [READ]; combinations [DESIGN]
运输方式不在允许的取值之内，或与联单类型不符（管道联单的运输方式为管道，其他联单不得为管道）。 || 使用 road、rail、water、pipeline 或 other；管道转移两项均填 pipeline。
The mode of transport is not one of the list, or does not fit the type: pipeline stands in both or in neither. || Use road, rail, water, pipeline or other.

MODE:OTHER
联单类型“{type}”与运输方式 {mode} 不符：管道转移两项都填 pipeline，其他转移两项都不填。 || 管道转移的，把 body.type 和 body.mode 都改为 pipeline；用车、船、火车的，把 body.type 改为 normal（或补录等），body.mode 改为 road、rail 或 water。
Type {type} and mode {mode} do not fit: pipeline stands in both or in neither. || For a pipeline put pipeline into body.type and body.mode; else use another type, and road, rail or water as body.mode.
""")
