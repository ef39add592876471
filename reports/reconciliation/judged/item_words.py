"""Words of open items: what it is, what both sides say, who has to do what. In the language that is being printed."""

from collections.abc import Mapping

from ledger.mass import format_mass
from reports.items.words import CODES, SOURCES
from reports.paper.tongue import say
from reports.reconciliation.judged.open_items import ItemOperand, StatementItem
from reports.reconciliation.judged.wording import finding_level
from reports.reconciliation.model import MonthlyStatement

_COMING: Mapping[str, tuple[str, str]] = {
    "TRIP_TIME": ("在途未接受", "in transit, not received"),
    "STALE_ISSUE": ("已开具未起运", "issued, not departed"),
}
"""Of what is not due yet."""
_TO_DO: Mapping[tuple[str, str], tuple[str, str]] = {
    ("WEIGHT", "receiver"): (
        "核对磅单：有误的提出更正，属实的报告接受地主管部门",
        "Compare the tickets: correct what is wrong, report what is right",
    ),
    ("TRIP_TIME", "carrier"): ("送达接受人；已送达的请接受人登记到场", "Deliver it; if it has arrived, have the receiver record it"),
    ("TRIP_TIME", "receiver"): ("确认接受或者拒收", "Confirm the receipt, or refuse it"),
    ("STALE_ISSUE", "generator"): ("起运，或者作废联单", "Let it depart, or void it"),
    ("NO_DUPLICATE", "authority"): ("裁定编号归哪一份联单", "Settle which manifest holds the number"),
    ("PLAN_OVER", "generator"): ("变更管理计划", "Amend the plan"),
    ("QUOTA_OVERDRAWN", "authority"): ("核对名单额度；需要的，修订名单", "Go through the quota of the list; amend it where need be"),
    ("QUOTA_LEFT", "authority"): ("核对名单额度；需要的，修订名单", "Go through the quota of the list; amend it where need be"),
    ("QUOTA_OVERDRAWN", "generator"): ("停止开具，重新申请", "Issue no more; apply anew"),
    ("QUOTA_LEFT", "generator"): ("余量不足的，提前申请", "Apply in time for what is needed beyond it"),
    ("QUOTA_OVERDRAWN", "receiver"): ("停止接受，重新申领许可证", "Accept no more; apply for another permit"),
    ("PERMIT_SCALE", "receiver"): ("控制接受量", "Accept less this year"),
    ("PERMIT_EXPIRING", "holder"): ("换证，并请主管部门登记续证", "Have the permit renewed and recorded"),
    ("STOCK_UNEQUAL", "receiver"): ("核对接受和处置记录，更正有误的", "Compare receipts and disposals; correct what is wrong"),
    ("STORAGE_1Y", "receiver"): ("利用处置，或者报批延长贮存", "Treat it, or ask for a longer term"),
    ("NO_DEPARTURE", "generator"): ("补录起运，或者更正联单", "Enter the departure, or correct the manifest"),
}
_ROLES: Mapping[str, tuple[str, str]] = {
    "generator": ("移出人", "generator"),
    "carrier": ("承运人", "carrier"),
    "receiver": ("接受人", "receiver"),
    "holder": ("持证单位", "holder"),
    "authority": ("主管部门", "authority"),
}
_THREADS: Mapping[str, tuple[str, str]] = {
    "talked": ("已有说明", "commented on"),
    "agreed": ("已认可", "agreed"),
    "corrected": ("已更正", "corrected"),
    "written_off": ("已核销", "written off"),
    "invalid": ("误报", "no item"),
}


def what_text(item: StatementItem) -> str:
    """What it is, in the word of the list of open items."""
    words = CODES if item.level else _COMING
    return say(*words.get(item.code, (item.code, item.code)))


def to_do_text(item: StatementItem) -> str:
    """What its owner has to do."""
    return say(*_TO_DO.get((item.code, item.role), ("核对", "Go through it")))


def operand_text(operand: ItemOperand) -> str:
    """``申报移出量 5.600000 吨``."""
    word = say(*SOURCES[operand.source])
    return f"{word} {operand.told}" if operand.grams is None else f"{word} {format_mass(operand.grams)} {say('吨', 't')}"


def both_sides(item: StatementItem) -> str:
    """What both sides say, a line each."""
    return f"{operand_text(item.left)}\n{operand_text(item.right)}"


def subject_text(statement: MonthlyStatement, item: StatementItem) -> str:
    """What people look it up by: number and line, or an account; with the waste."""
    name = f"{item.subject or say('无编号', 'no number')}-{item.line}" if item.chain.startswith("manifest/") else item.subject
    return name if not item.waste or item.waste in name else f"{name}\n{statement.waste(item.waste)}"


def owner_text(statement: MonthlyStatement, item: StatementItem) -> str:
    """Who has to do something, and as what."""
    role = say(*_ROLES[item.role])
    return say(f"{statement.name(item.owner)}（{role}）", f"{statement.name(item.owner)} ({role})") if item.owner else role


def thread_text(item: StatementItem) -> str:
    """How far it is."""
    return say(*_THREADS[item.thread]) if item.thread else say("未办", "open")


def level_text(item: StatementItem, at_s: int) -> str:
    """Its level; of what had none at the end of the month whether its day has come since."""
    if item.level:
        return finding_level(item.level)
    return say("期限已过", "past its day") if item.is_open and item.is_late(at_s) else say("未到期", "not due")
