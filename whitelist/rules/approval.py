"""R-30 to R-33: a transfer between provinces follows its decision, line by line."""

from __future__ import annotations

from ledger.findings import Findings
from ledger.mass import format_mass
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.quota import q2_account


def decision_is_there(checked: Checked, out: Findings) -> None:
    """R-30: Between provinces a decision in force is needed; inside one there is none. Order 23 Art. 21, Code Art. 536.2 [READ]."""
    name, approval = checked.transfer.approval, checked.approval
    if not checked.crosses:
        if name is not None:
            direction = f"{checked.transfer.origin[:2]} → {checked.transfer.destination[:2]}"
            out.refuse("APPROVAL_DIRECTION", "approval", direction, "two provinces, or no approval")
    elif name is None:
        out.refuse("NO_APPROVAL", "approval", "", f"approval/{checked.transfer.generator}/…")
    elif approval is None:
        out.refuse("APPROVAL_UNKNOWN", "approval", name, f"approval/{checked.transfer.generator}/…")
    elif approval.stage != "approved":
        out.refuse("APPROVAL_STAGE", "approval", approval.stage, "approved")


def decision_is_kept_to(checked: Checked, out: Findings) -> None:
    """R-31: Generator, direction, receiver and permit are the decision's; name, code and method are its line's.

    Matched by line, never by code alone, for one code may stand in several lines. Order 23 Art. 27, 28 [READ]; addenda §4.1.
    """
    approval, transfer = checked.approval, checked.transfer
    if approval is None or approval.stage != "approved" or transfer.approval is None:
        return
    if transfer.approval.split("/", 2)[1] != transfer.generator:
        out.refuse("APPROVAL_GENERATOR", "generator", transfer.generator, transfer.approval.split("/", 2)[1])
    if (transfer.origin[:2], transfer.destination[:2]) != approval.direction:
        found = f"{transfer.origin[:2]} → {transfer.destination[:2]}"
        out.refuse("APPROVAL_DIRECTION", "origin", found, " → ".join(approval.direction))
    if transfer.receiver != approval.receiver:
        out.refuse("APPROVAL_RECEIVER", "receiver", transfer.receiver, approval.receiver)
    if transfer.permit != approval.permit:
        out.refuse("APPROVAL_PERMIT", "permit", transfer.permit, approval.permit)
    for position, (line, decided) in enumerate(zip(transfer.lines, checked.decided, strict=True)):
        path = f"lines.{position}"
        if decided is None:
            if line.decision_line is not None:
                granted = [str(number) for number, row in enumerate(approval.lines) if row.mass_g > 0]
                out.refuse("APPROVAL_LINE", f"{path}.decision_line", line.decision_line, " / ".join(granted))
            continue
        if line.name != decided.name:
            out.refuse("APPROVAL_NAME", f"{path}.name", line.name, decided.name)
        if line.code != decided.code:
            out.refuse("APPROVAL_CODE", f"{path}.code", line.code, decided.code)
        if line.method != decided.method:
            out.refuse("APPROVAL_METHOD", f"{path}.method", line.method, decided.method)


def decision_has_not_expired(checked: Checked, out: Findings) -> None:
    """R-32: The decision has not expired: its last day is still good. Order 23 Art. 27.2 [READ]."""
    approval = checked.approval
    if approval is not None and approval.stage == "approved" and checked.day > approval.valid_to:
        out.refuse("APPROVAL_EXPIRED", "approval", checked.day, f"≤ {approval.valid_to}")


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
""")
