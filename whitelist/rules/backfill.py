"""补录: a transfer that ran on paper first is judged by terms and statuses of the day on which it departed there (kinds §1.1; L2 of the cases)."""

from datetime import date

from msgspec.structs import replace

from ledger.findings import Findings
from ledger.times import day_of, parse_at
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.rules import approval, listing, permit
from whitelist.workdays import workdays_of

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
        rule(replace(checked, event_s=checked.asked.moment.at_s), today)
    if today.reasons:
        out.alert("H", "BACKFILL_PAST")


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
""")
