"""R-30 to R-33: a transfer between provinces follows its decision, line by line."""

from __future__ import annotations

from ledger.findings import Findings
from ledger.mass import format_mass
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
