"""R-35 and R-40: the listing that a decision was given on. The same judgement serves decisions (is the route LISTED?) and issues."""

from __future__ import annotations

from ledger.findings import Findings
from whitelist.approval import ListingRef
from whitelist.checked import Checked
from whitelist.listing import ListRow, ListState


def listing_still_covers(checked: Checked, out: Findings) -> None:
    """R-35: The list of a LISTED decision is in force, of this direction, and its row still covers receiver, permit, code and method.

    2020 mechanism 2, 3 [READ S6]; Order 23 Art. 21.2 [READ]. Lists are yearly, so R-40 is judged apart.
    """
    transfer = checked.transfer
    direction = (transfer.origin[:2], transfer.destination[:2])
    for path, line, decided in checked.decided_lines():
        if decided.listing is None:
            continue
        listed = checked.lists.get(decided.listing.list)
        row = judge_list(out, f"{path}.decision_line", decided.listing, listed, direction)
        if row is not None:
            judge_row(out, path, row, receiver=transfer.receiver, permit=transfer.permit, code=line.code, method=line.method)


def listing_is_of_the_day(checked: Checked, out: Findings) -> None:
    """R-40: A listing of year Y serves departures in Y only, within the list's effective days. 2020 mechanism 1, 2 [READ S6]."""
    for path, _, decided in checked.decided_lines():
        listed = None if decided.listing is None else checked.lists.get(decided.listing.list)
        if listed is not None:
            judge_list_day(out, f"{path}.decision_line", listed, checked.day)


def judge_list(out: Findings, field: str, ref: ListingRef, listed: ListState | None, direction: tuple[str, str]) -> ListRow | None:
    """The row if the list has it; reasons WL_UNKNOWN, WL_NOT_IN_FORCE, WL_DIRECTION."""
    row = None if listed is None else listed.row(ref.row)
    if listed is None or row is None:
        out.refuse("WL_UNKNOWN", field, f"{ref.list} {ref.row}", "a row of a list in the log")
        return None
    if listed.status != "ACTIVE":
        out.refuse("WL_NOT_IN_FORCE", field, listed.status, "countersigned by both authorities")
    if direction != (listed.from_province, listed.to_province):
        out.refuse("WL_DIRECTION", field, " → ".join(direction), f"{listed.from_province} → {listed.to_province}")
    return row


def judge_list_day(out: Findings, field: str, listed: ListState, day: str) -> None:
    """Reasons WL_YEAR and WL_TERM (R-40)."""
    if int(day[:4]) != listed.year:
        out.refuse("WL_YEAR", field, day, listed.year)
    elif not listed.effective_from <= day <= listed.effective_to:
        out.refuse("WL_TERM", field, day, f"{listed.effective_from} … {listed.effective_to}")


def judge_row(out: Findings, path: str, row: ListRow, *, receiver: str, permit: str, code: str, method: str) -> None:
    """Reasons WL_RECEIVER, WL_PERMIT, WL_SCOPE, WL_METHOD."""
    if receiver != row.receiver:
        out.refuse("WL_RECEIVER", path, receiver, row.receiver)
    if permit != row.permit:
        out.refuse("WL_PERMIT", path, permit, row.permit)
    if not row.waste.covers(code):
        out.refuse("WL_SCOPE", f"{path}.code", code, row.waste)
    if method not in row.methods:
        out.refuse("WL_METHOD", f"{path}.method", method, " / ".join(row.methods))
