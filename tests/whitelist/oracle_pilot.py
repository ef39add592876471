"""The oracle on rows of pilot lists (kinds.md §5 PILOT387, R-38; decision 237): they serve issues as other rows serve decisions."""

from datetime import date, datetime

from .oracle_lists import row_codes, row_of
from .oracle_state import Body, Findings, State, Statement

WASTE = "900-052-31"


def judge_pilot(state: State, st: Statement, found: Findings) -> None:
    """What the row names: direction, receiver, permit, scope, method; days and stops are `pilot_terms`."""
    found.route = "PILOT387"
    pair = row_of(state, st.body["pilot"])
    if any(line["code"] != WASTE for line in st.body["lines"]):
        found.state.add("WL_SCOPE")
    if pair is None:
        found.state.add("WL_UNKNOWN")
        return
    known, row = pair
    if not known.in_force or known.body["kind"] != "pilot":
        found.state.add("WL_NOT_IN_FORCE")
    permit = state.permits.get(st.body["permit"])
    for line in st.body["lines"]:
        codes = row_codes(state, known, row, st.body, permit or state.permits[row["permit"]], line, st.body["destination"]["division"])
        found.state |= codes


def pilot_terms(state: State, pilot: Body, day: date, moment: datetime, covering: tuple[str, ...], *, at_issue: bool = True) -> set[str]:
    """R-40 and stops of the row; an ended row takes no issue after its last day, what was issued goes on."""
    pair = row_of(state, pilot)
    if pair is None or not pair[0].in_force:  # of no list in force no days are told
        return set()
    known, number, codes = pair[0], pilot["row"], set()
    first = known.first.get(number)
    if known.status(number, moment) != "ACTIVE" and known.body["suspension_stops"] in covering:
        codes.add("WL_SUSPENDED")
    if day.isoformat() < known.body["effective_from"] or (first is not None and day < first):
        codes.add("APPROVAL_EARLY")
    elif day.year != known.year:
        codes.add("WL_YEAR")
    elif day.isoformat() > known.body["effective_to"] or (at_issue and day > known.last.get(number, day)):
        codes.add("WL_TERM")
    return codes
