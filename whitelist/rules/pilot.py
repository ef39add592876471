"""R-38: lead batteries (900-052-31) to a unit of a national pilot list (国家试点) leave their province without a decision, as the list lets them.

The list is of kind ``pilot`` and in force; its row names receiver and permit (or what renews it), covers code and method on the day, and is neither
stopped nor ended. It draws no quota; permit and scale hold as ever. Source: 环办固体〔2024〕387号 [READ S16]; kinds §4, §5, §15.
"""

from ledger.model import Findings
from ledger.times import year_of_day
from signing.phrase import Word
from signing.refusal import Rule
from whitelist import telling
from whitelist.checked import Checked
from whitelist.fields import group_of
from whitelist.listing import ListRow, ListState, is_use_only
from whitelist.rules.listing import judge_departure_day, judge_stop

BATTERIES = "900-052-31"
"""废铅蓄电池: the one waste that the pilot is for."""


def pilot_row_covers_it(checked: Checked, out: Findings) -> None:
    """WL_SCOPE, WL_UNKNOWN, WL_NOT_IN_FORCE, WL_DIRECTION, WL_RECEIVER, WL_PERMIT, WL_METHOD: what does not hang on the moment."""
    pilot, transfer = checked.pilot, checked.transfer
    if pilot is None:
        return
    for path, line in checked.lines:
        if line.code != BATTERIES:
            out.refuse("WL_SCOPE", f"{path}.code", line.code, BATTERIES, "PILOT", waste=line.code)
    listed = checked.lists.get(pilot.list)
    row = None if listed is None else listed.row(pilot.row)
    if listed is None or row is None:
        rows = 0 if listed is None else len(listed.rows)
        found, own = f"{pilot.list} {pilot.row}", {"list": pilot.list, "row": str(pilot.row), "rows": str(rows)}
        out.refuse("WL_UNKNOWN", "body.pilot", found, str(rows), "PILOT", **own)
        return
    own_words: dict[str, Word] = {"list": pilot.list, "row": telling.nth(pilot.row)}
    if listed.kind != "pilot" or listed.status != "ACTIVE":
        own_words["kind"] = telling.word(listed.kind)
        found = f"{listed.kind} {listed.status}"
        out.refuse(
            "WL_NOT_IN_FORCE", "body.pilot", found, "pilot, ACTIVE", "NO_PILOT" if listed.kind != "pilot" else "PILOT_PROPOSED", **own_words
        )
    direction = (checked.home[:2], transfer.destination.division[:2])
    if not listed.leads(direction):
        ways = {"asked": telling.way(*direction), "listed": telling.way(listed.from_province, listed.to_province)}
        expected = f"{listed.from_province} → {listed.to_province}"
        out.refuse("WL_DIRECTION", "body.pilot", " → ".join(direction), expected, "PILOT", **ways, **own_words)
    if transfer.receiver != row.receiver:
        names = {"asked": transfer.receiver, "listed": row.receiver}
        out.refuse("WL_RECEIVER", "body.receiver", transfer.receiver, row.receiver, "PILOT", **names, **own_words)
    if checked.permit is not None and checked.permit.root != row.root:
        names = {"asked": transfer.permit or "", "listed": row.permit}
        out.refuse("WL_PERMIT", "body.permit", transfer.permit or "", row.permit, "PILOT", **names, **own_words)
    _judge_lines(checked, out, listed, row, own_words)


def _judge_lines(checked: Checked, out: Findings, listed: ListState, row: ListRow, own: dict[str, Word]) -> None:
    use_only = is_use_only((listed.conditions, row.conditions))
    may = [method for method in row.methods if not use_only or group_of(method) == "use"]
    for path, line in checked.lines:
        if line.code == BATTERIES and not row.waste.covers(line.code):
            out.refuse("WL_SCOPE", f"{path}.code", line.code, row.waste, "PILOT_ROW", waste=line.code, scope=row.waste.told(), **own)
        if line.method not in may:
            ways = {"asked": telling.method(line.method), "allowed": telling.methods(may)}
            out.refuse("WL_METHOD", f"{path}.method", line.method, " / ".join(may) or "-", "PILOT", **ways, **own)


def pilot_row_stands(checked: Checked, out: Findings) -> None:
    """R-37, R-40 of the row on the day and at the moment of the event: APPROVAL_EARLY, WL_YEAR, WL_TERM, WL_SUSPENDED. The issue is what a row of
    a pilot list serves, so any stop covers it, as it covers decisions elsewhere."""
    pilot = checked.pilot
    listed = None if pilot is None else checked.lists.get(pilot.list)
    if pilot is None or listed is None or listed.row(pilot.row) is None or listed.status != "ACTIVE":
        return
    judge_departure_day(out, "body.pilot", pilot, listed, checked.day)
    ended = listed.row_life(pilot.row)
    if ended.last_day and checked.day > ended.last_day and year_of_day(checked.day) == listed.year:  # else WL_YEAR alone (kinds §15)
        own = {"list": pilot.list, "row": telling.nth(pilot.row), "until": ended.last_day, "reason": ended.end_reason}
        out.refuse("WL_TERM", "body.pilot", checked.day, f"≤ {ended.last_day}", "PILOT_ENDED", **own)
    judge_stop(out, checked.facts, "body.pilot", pilot, listed, checked.event_s, "PILOT")


RULES = (pilot_row_covers_it,)
TEXTS: tuple[Rule, ...] = ()
"""What it says stands with the codes of lists."""
