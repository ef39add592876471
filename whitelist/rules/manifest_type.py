"""What the type of a manifest (联单类型) demands of part 1 and forbids: decision, paper, meters, plan, mode.

补录: a transfer that ran on paper first is judged by terms and statuses of the day on which it departed there (kinds §1.1; L2 of the cases).
"""

from datetime import date

from msgspec.structs import replace

from ledger.directory import authorities_of_division, log_state
from ledger.model import Findings
from ledger.times import day_of, parse_at
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.rules import approval, listing, permit
from whitelist.workdays import workdays_of


def type_has_its_fields(checked: Checked, out: Findings) -> None:
    """Paper stands with backfills, meters with pipelines, a decision outside this log with 跨省转入, each there and only there.

    A field that the type demands: MISSING; one that it forbids: ISSUE_TYPE (kinds §15). Order 23 Art. 14, 19, 20.2 [READ].
    """
    transfer = checked.transfer
    pairs = (
        ("paper", transfer.paper, transfer.is_backfill),
        ("meters", transfer.meters, transfer.type == "pipeline"),
        ("decision", transfer.decision, transfer.type == "in_transfer"),
    )
    for name, found, wanted in pairs:
        if wanted and found is None:
            out.refuse("MISSING", f"body.{name}", "", f"type {transfer.type}")
        elif not wanted and found is not None:
            out.refuse("ISSUE_TYPE", f"body.{name}", transfer.type, "")
    if transfer.plan is None and transfer.type != "in_transfer":
        out.refuse("MISSING", "body.plan", "", "管理计划备案编号 / number of the filed plan")


def plan_is_off_log(checked: Checked, out: Findings) -> None:
    """R-14, R-15 rest while the log has no plan: tag PLAN_OFF_LOG. Order 23 Art. 14 [READ]."""
    if checked.transfer.plan is not None:
        out.tag("PLAN_OFF_LOG")


def origin_of_an_in_transfer_is_foreign(checked: Checked, out: Findings) -> None:
    """跨省转入 comes from where no authority of this log is: its decision stands on paper, tag DECISION_OFF_LOG."""
    if checked.transfer.type != "in_transfer":
        return
    holders = authorities_of_division(log_state(checked.facts), checked.transfer.origin.division)
    if holders:
        out.refuse("ISSUE_TYPE", "body.type", f"in_transfer, {checked.transfer.origin.division}", "normal: approval")
    out.tag("DECISION_OFF_LOG")


def pipeline_is_one_wholly(checked: Checked, out: Findings) -> None:
    """R-13: type and mode are pipeline together or not at all. Order 23 Art. 19 [READ]."""
    transfer = checked.transfer
    if (transfer.type == "pipeline") != (transfer.mode == "pipeline"):
        out.refuse("MODE", "body.mode", f"{transfer.type}, {transfer.mode}", "pipeline: type, mode")


TERMS = (permit.permit_is_in_force, approval.decision_is_in_its_term, listing.listing_is_of_the_day)
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
        out.refuse("TIME_ORDER", "body.paper.completed_at", paper.completed_at, f"≥ {paper.departed_at}")
    if completed_s > checked.asked.at_s:
        out.refuse("TIME_ORDER", "body.paper.completed_at", paper.completed_at, "≤ at")
    elif checked.thresholds is not None:
        due = workdays_of(checked.facts).due(date.fromisoformat(day_of(completed_s)), checked.thresholds.backfill_wd)
        if checked.today > due.day.isoformat():
            out.alert("M", "BACKFILL_LATE")
        for flag in due.flags:
            out.tag(flag)


def decision_came_first(checked: Checked, out: Findings) -> None:
    """ALERT H APPROVAL_AFTER: the decision entered the log after the departure that is back-filled under it."""
    approval = checked.approval
    if checked.transfer.is_backfill and approval is not None and approval.decided_s > checked.event_s:
        out.alert("H", "APPROVAL_AFTER")


def past_is_told(checked: Checked, out: Findings) -> None:
    """ALERT H BACKFILL_PAST where a term or status would refuse it today: only its own word says that it happened then."""
    if not checked.transfer.is_backfill:
        return
    today = Findings()
    for rule in TERMS:
        rule(replace(checked, event_s=checked.asked.moment.at_s, day=checked.today), today)
    if today.reasons:
        out.alert("H", "BACKFILL_PAST")


RULES = (type_has_its_fields, origin_of_an_in_transfer_is_foreign, pipeline_is_one_wholly, plan_is_off_log, paper_ran_in_order)
OF_THE_MOMENT = (*TERMS, decision_came_first, past_is_told)
TEXTS = texts("""
BACKFILL | R-70 | sender | Order 23 Art. 20.2 [READ]
补录：转移活动先以纸质联单运行。 || 保存纸质联单及其扫描件备查。
Backfill: the transfer first ran on paper. || Keep the paper manifest and its scan.

BACKFILL_LATE | R-70 | nobody | Order 23 Art. 20.2 [READ]; alert level [DESIGN]
补录超过转移活动完成后十个工作日。 || 说明迟延原因，今后在十个工作日内补录。
The backfill came later than ten working days after the transfer was completed. || Explain the delay, and backfill within ten working days.

BACKFILL_PAST | R-70 | nobody | Order 23 Art. 20.2 [READ]; level [DESIGN]
补录所依据的批准、许可或名单在补录时已失效，仅凭补录自身载明的起运日期成立。 || 核对纸质联单、称重和运输记录，确认转移确在其有效期内起运。
What the backfill stands on is over by now; that it departed in time is its own word. || Compare the paper manifest, weighings and transport records with the day it states.

APPROVAL_AFTER | R-70 | nobody | Order 23 Art. 20.2, 21 [READ]; level [DESIGN]
批准决定入账晚于纸质联单载明的起运时间。 || 核对批准决定的日期与运输记录；未经批准的，不得转移。
The decision entered the log after the departure that the paper manifest states. || Compare the decision's day with the transport records; nothing may move without a decision.

TIME_ORDER | R-56 | sender | law §7.4 [DESIGN]; formats §6 [DESIGN]
时间先后不符：交付、起运、交接、运抵、接受、确认应依次进行，补录在转移完成之后。 || 校准时钟并核对时间；允许 5 分钟误差。
The times run backwards: delivery, departure, hand-over, arrival, acceptance, confirmation follow each other, and a backfill comes after all of them. || Set the clock and check the times; 5 minutes of difference are allowed.

ISSUE_TYPE | R-11 | sender | Order 23 Art. 13, 19, 20 [READ]; combinations [DESIGN]
所填内容与联单类型不符。 || 核对联单类型；纸质联单信息只用于补录，计量装置只用于管道，本账本之外的批准只用于跨省转入，批准依据只能有一种。
A field does not fit the type of the manifest. || Check the type: paper belongs to backfills, meters to pipelines, a decision outside this log to transfers from outside, and one decision is enough.

PLAN_OFF_LOG | R-14 | nobody | Order 23 Art. 14 [READ]; flag [DESIGN]
管理计划未在本账本登记，未作比对。 || 保存管理计划备案材料备查。
The management plan is not on this log and was not compared. || Keep the filed plan at hand.

DECISION_OFF_LOG | R-30 | nobody | Order 23 Art. 21 [READ]; flag [DESIGN]
批准由本账本之外的主管部门作出，未经本账本核对。 || 保存批准文件；接受地主管部门可向批准机关核实。
The decision was made by an authority outside this log and was not compared. || Keep the decision; the authority at the destination may ask its maker.

SEA | R-13 | nobody | Order 23 Art. 2 [READ]
海洋转移不适用危险废物转移联单。 || 按海洋环境保护的规定办理，不使用本系统。
Transfers at sea are outside the manifest system. || Follow the rules for the sea; this log does not take them.

MODE | R-13 | sender | Order 23 Art. 2, 19 [READ]; combinations [DESIGN]
运输方式不在允许的取值之内，或与联单类型不符（管道联单的运输方式为管道，其他联单不得为管道）。 || 使用 road、rail、water、pipeline 或 other；管道转移两项均填 pipeline。
The mode of transport is not one of the list, or does not fit the type: pipeline stands in both or in neither. || Use road, rail, water, pipeline or other.
""")
