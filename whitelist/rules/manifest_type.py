"""What the type of a manifest (联单类型) demands of part 1 and forbids: decision, paper, meters, plan, mode."""

from ledger.directory import authorities_of_division, log_state
from ledger.findings import Findings
from signing.refusal import texts
from whitelist.checked import Checked


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


TEXTS = texts("""
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
