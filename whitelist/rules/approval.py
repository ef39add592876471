"""R-30 to R-33: a transfer between provinces follows its decision, line by line."""

from ledger.mass import format_mass
from ledger.model import Findings
from ledger.times import day_of, parse_at
from signing.refusal import texts
from whitelist.checked import OFF_LOG, Checked, crosses
from whitelist.quota import q2_account


def decision_is_there(checked: Checked, out: Findings) -> None:
    """R-30: between provinces one ground is needed, a decision in force or one of another province; inside a province none.

    Order 23 Art. 21 [READ]; Code Art. 536.2 [READ].
    """
    transfer, approval = checked.transfer, checked.approval
    given = [name for name in ("approval", "decision") if getattr(transfer, name) is not None]
    if not crosses(checked.transfer):
        direction = f"{transfer.origin.division[:2]} → {transfer.destination.division[:2]}"
        for name in given:
            out.refuse("APPROVAL_DIRECTION", f"body.{name}", direction, "two provinces, or no approval")
        return
    if len(given) > 1:
        out.refuse("ISSUE_TYPE", f"body.{given[1]}", ", ".join(given), "one of them")
    if checked.route == OFF_LOG:  # its decision is another log's, which its type demands
        return
    if not given:
        out.refuse("NO_APPROVAL", "body.approval", "", f"approval/{checked.generator}/…")
    if transfer.approval is None:
        return
    if approval is None:
        out.refuse("APPROVAL_UNKNOWN", "body.approval", transfer.approval, f"approval/{checked.generator}/…")
    elif approval.stage != "approved":
        out.refuse("APPROVAL_STAGE", "body.approval", approval.stage, "approved")


def decision_is_kept_to(checked: Checked, out: Findings) -> None:
    """R-31: generator, direction, receiver and permit are the decision's; name, code and method are its line's.

    Matched by line, never by code alone, for one code may stand in several lines; a renewed permit is the same permit (one root). Order 23
    Art. 27, 28 [READ]; addenda §4.1.
    """
    approval, transfer = checked.approval, checked.transfer
    if approval is None or transfer.approval is None:
        return
    owner = transfer.approval.split("/", 2)[1]
    if owner != checked.generator:
        out.refuse("APPROVAL_GENERATOR", "body.approval", owner, checked.generator)
    direction = (transfer.origin.division[:2], transfer.destination.division[:2])
    if direction != approval.direction:
        out.refuse("APPROVAL_DIRECTION", "body.origin.division", " → ".join(direction), " → ".join(approval.direction))
    if transfer.receiver != approval.receiver:
        out.refuse("APPROVAL_RECEIVER", "body.receiver", transfer.receiver, approval.receiver)
    if checked.permit is not None and approval.root != checked.permit.root:
        out.refuse("APPROVAL_PERMIT", "body.permit", transfer.permit, approval.permit)
    for (path, line), decided in zip(checked.lines, checked.decided, strict=True):
        if decided is None:
            if line.decision_line is not None and approval.stage == "approved":
                granted = [str(number) for number, row in enumerate(approval.lines) if row.mass_g > 0]
                out.refuse("APPROVAL_LINE", f"{path}.decision_line", line.decision_line, " / ".join(granted))
            continue
        if line.name != decided.name:
            out.refuse("APPROVAL_NAME", f"{path}.name", line.name, decided.name)
        if line.code != decided.code:
            out.refuse("APPROVAL_CODE", f"{path}.code", line.code, decided.code)
        if line.method != decided.method:
            out.refuse("APPROVAL_METHOD", f"{path}.method", line.method, decided.method)


def decision_is_in_its_term(checked: Checked, out: Findings) -> None:
    """R-32: the day of the event lies between the decision and the last day of its line. Order 23 Art. 27.2 [READ]."""
    paper, approval = checked.transfer.decision, checked.approval
    if paper is not None and checked.route == OFF_LOG and crosses(checked.transfer):
        if checked.day < paper.decided_on:
            out.refuse("APPROVAL_EARLY", "body.decision.decided_on", checked.day, f"≥ {paper.decided_on}")
        if checked.day > paper.valid_to:
            out.refuse("APPROVAL_EXPIRED", "body.decision.valid_to", checked.day, f"≤ {paper.valid_to}")
    if approval is None or approval.stage != "approved":
        return
    if checked.day < approval.decided_on:
        out.refuse("APPROVAL_EARLY", "body.approval", checked.day, f"≥ {approval.decided_on}")
    for path, _, decided in checked.decided_lines():
        if checked.day > decided.valid_to:
            out.refuse("APPROVAL_EXPIRED", f"{path}.decision_line", checked.day, f"≤ {decided.valid_to}")


def plan_ends_with_the_decision(checked: Checked, out: Findings) -> None:
    """R-32: 计划转移时间 is not after the last day of the decision line; else nothing could depart (E8 of the cases)."""
    planned_at = checked.transfer.planned_at
    if planned_at is None:
        return
    last_days = [decided.valid_to for _, _, decided in checked.decided_lines()]
    if last_days and day_of(parse_at(planned_at)) > min(last_days):
        out.refuse("APPROVAL_EXPIRED", "body.planned_at", planned_at, f"≤ {min(last_days)}")


def decided_mass_holds(checked: Checked, out: Findings) -> None:
    """R-33: Q2: used, reserved and this together stay within the decided mass of the line. Order 23 Art. 28(1) [READ].

    Lines of one transfer on the same decision line are summed; the reason stands at every line from the first that does not fit.
    """
    approval = checked.approval
    if approval is None:
        return
    running: dict[int, int] = {}
    for path, number, grams in checked.drawn():
        account = q2_account(checked.transfer.approval or "", number)
        before = running.get(number, checked.facts.used_g(account))
        running[number] = before + grams
        limit = approval.lines[number].mass_g
        if before + grams > limit:
            found = f"{format_mass(before)} + {format_mass(grams)} t"
            out.refuse("APPROVAL_QUOTA", f"{path}.mass_t", found, f"≤ {format_mass(limit)} t")


def contract_covers_the_day(checked: Checked, out: Findings) -> None:
    """R-16: ALERT H CONTRACT without a contract with the receiver, or one that is over. Order 23 Art. 10(1) [READ]; Code Art. 490 [READ]."""
    contract = checked.transfer.contract
    if contract is None or checked.day > contract.valid_to:
        out.alert("H", "CONTRACT")


RULES = (decision_is_there, decision_is_kept_to, plan_ends_with_the_decision, decided_mass_holds, contract_covers_the_day)
TEXTS = texts("""
NO_APPROVAL | R-30 | origin_authority | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
跨省转移没有批准决定。 || 先向移出地省级生态环境主管部门申请，取得批准后再开具联单。未经批准的，不得转移。
A transfer between provinces has no approval. || Apply to the origin's authority first; nothing may move without it.

APPROVAL_UNKNOWN | R-30 | sender | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
账本中没有这份批准。 || 核对批准的链名。
The log has no such approval. || Check the chain of the approval.

APPROVAL_STAGE | R-30 | origin_authority | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
该申请所处阶段不允许此操作。 || 查看申请进度：批准后方可开具联单；已决定的不再受理。
The application is not at the stage that this act needs. || Look at its progress; manifests need an approval, and a decision is made once.

APPROVAL_GENERATOR | R-31 | generator | Order 23 Art. 27, 28 [READ]
批准不是给这家移出人的。 || 使用本单位的批准。
The approval is another generator's. || Use your own approval.

APPROVAL_DIRECTION | R-31 | generator | Order 23 Art. 27, 28 [READ]
移出地、接受地与批准的方向不一致。 || 核对移出地和接受地；方向不同的须另行申请，省内转移不填批准。
The transfer does not lead the way of the approval. || Check both places; another direction needs its own approval, none inside a province.

APPROVAL_RECEIVER | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
接受人与批准不一致。 || 送往批准的接受人；更换接受人须重新申请。
The receiver is not the approved one. || Send it there; another receiver needs a new application.

APPROVAL_PERMIT | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
接受人的许可证与批准时的不一致。 || 使用批准所依据的许可证；换证后须重新申请。
The permit is not the one of the approval. || Use that permit; after a new one a new application is needed.

APPROVAL_LINE | R-31 | sender | Order 23 Art. 27 [READ]; by line, addenda §4.1 [READ]
批准中没有这一行，或该行未获批准。 || 按批准决定的行号（从 0 起）填写。
The approval has no such line, or it was not granted. || Name a granted line, counted from 0.

APPROVAL_NAME | R-31 | generator | Order 23 Art. 27 [READ]; by line, addenda §4.1 [READ]
废物名称与批准行不一致。 || 按批准决定的名称填写；同一代码可能有多行，请核对行号。
The name is not that of the approved line. || Use its name; one code may stand in several lines.

APPROVAL_CODE | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
废物代码与批准行不一致。 || 核对行号和代码；种类改变须重新申请。
The code is not that of the approved line. || Check line and code; another kind needs a new application.

APPROVAL_METHOD | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
利用处置方式与批准行不一致。 || 使用批准的方式；改变方式须重新申请。
The method is not the approved one. || Use it; another method needs a new application.

APPROVAL_EXPIRED | R-32 | origin_authority | Order 23 Art. 27.2 [READ]
开具或者起运时，批准已过有效期。 || 重新申请跨省转移；已开具而未起运的联单应当作废。
The approval had expired when the manifest was issued or departed. || Apply again; void a manifest that has not departed.

APPROVAL_QUOTA | R-33 | origin_authority | Order 23 Art. 28(1) [READ]
超出批准行的剩余数量。 || 减少本次数量；数量超过批准的，须重新申请。
It exceeds what is left of the approved line. || Reduce the load; more than approved needs a new application.

APPROVAL_EARLY | R-32 | generator | Order 23 Art. 27.2 [READ]; 2020 川渝“白名单”合作机制 [READ S6]
批准或其所依据的名单当日尚未开始。 || 在批准和名单的起始日之后开具和起运。
The decision, or the list it was given on, has not begun on this day. || Issue and depart from its first day on.

CONTRACT | R-16 | nobody | Order 23 Art. 10(1) [READ]; Code Art. 490 [READ T1–T3] | Order 23 Art. 10(1) [READ]; 固废法 Art. 37 [READ S2]
没有与接受人的委托合同，或合同已到期。 || 核实接受人的主体资格和技术能力，签订或者续签书面合同后再转移。
There is no contract with the receiver, or it is over. || Verify the receiver and sign or renew the contract before the transfer.
""")
