"""The oracle on what befalls a list (kinds.md §4; decisions 204-206): amended, suspended, resumed, removed, confirmed, exceeded, reported."""

from datetime import date, timedelta

from . import oracle_form_acts as form
from .oracle_data import day_of, grams
from .oracle_lists import judge_row, same_waste
from .oracle_state import Body, Findings, State, Statement, WasteList

_NEXT = {"list.suspend": ("ACTIVE",), "list.resume": ("SUSPENDED",), "list.remove": ("ACTIVE", "SUSPENDED")}
_TO = {"list.suspend": "SUSPENDED", "list.resume": "ACTIVE", "list.remove": "REMOVED"}


def sides_of(state: State, known: WasteList) -> tuple[list[str], list[str]]:
    """Who may sign for each of the two sides; a unilateral list has the to-side alone, a pilot list who proposed and who may countersign."""
    target = state.covering(known.sides[1])
    if known.body["kind"] == "unilateral":
        return [], target
    if known.body["kind"] == "pilot":
        others = [uscc for uscc in state.authorities if uscc != known.proposer]
        return [known.proposer], (others if known.proposer in target else target)
    return state.covering(known.sides[0]), target


def _open(state: State, st: Statement, found: Findings, *, side: str = "either") -> WasteList | None:
    """The list where it is known; `side` either, or "to" (AT alone)."""
    known = state.lists.get(st.chain)
    if known is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return None
    one, other = sides_of(state, known)
    allowed = state.covering(known.sides[1]) if side == "to" else one + other
    if st.first not in allowed:
        found.state.add("SIGNER_ROLE")
    if st.body.get("letter_date", "") > st.today.isoformat():
        found.body.add("DATE_ORDER")
    return known


def _stands(known: WasteList, found: Findings) -> bool:
    """Acts on a list need it in force and not removed as a whole."""
    if not known.in_force or known.is_removed:
        found.frame.add("LIST_STAGE")
        return False
    return True


def judge_amend(state: State, st: Statement, found: Findings) -> None:
    """list.amend: rows to add are judged as rows of a page; those that this act ends are no duplicates. Quotas are not compared with scales."""
    form.LIST_AMEND(st.body, found.form)
    if found.form or (known := _open(state, st, found)) is None or not _stands(known, found):
        return
    body = st.body
    if int(body["effective_from"][:4]) != known.year:
        found.body.add("WL_YEAR")
    for table in ("end", "quota"):
        numbers = [part["row"] for part in body.get(table, [])]
        if len(set(numbers)) < len(numbers):
            found.body.add("ROW_TWICE")
        if any(number >= len(known.rows) for number in numbers):
            found.state.add("ROW_UNKNOWN")
    ending = {part["row"] for part in body.get("end", [])}
    for place, row in enumerate(body.get("add", [])):
        judge_row(state, st, found, known, row, max(body["effective_from"], known.body["effective_from"]))
        if _twice(known, row, ending) or any(same_waste(row, other) for other in body["add"][:place]):
            found.state.add("ROW_TWICE")
    if len(known.rows) + len(body.get("add", [])) > 2000:
        found.state.add("LIST_SIZE")


def _twice(known: WasteList, row: Body, ending: set[int]) -> bool:
    """Whether a row that goes on lists the same: not one that ends, ended, or was removed."""
    return any(
        same_waste(row, other)
        for number, other in enumerate(known.rows)
        if number not in ending and number not in known.last and known.status(number) != "REMOVED"
    )


def apply_amend(state: State, st: Statement, found: Findings) -> None:
    """Pending until the other side confirms, of a unilateral list at once; a newer one of the same side replaces it."""
    known = state.lists[st.chain]
    if known.body["kind"] == "unilateral":
        _amend(known, st.body, day_of(st.admitted_at))
        return
    for seq in [s for s, act in known.pending.items() if act["kind"] == "list.amend" and act["by"] == st.first]:
        del known.pending[seq]
    known.pending[state.heads[st.chain]] = {"kind": st.kind, "by": st.first, "body": st.body}


def _amend(known: WasteList, body: Body, today: date) -> None:
    since = max(date.fromisoformat(body["effective_from"]), today)
    for part in body.get("end", []):
        if known.last.get(part["row"], today) >= today:  # a row that has ended does not begin again
            known.last[part["row"]] = max(date.fromisoformat(part["on"]), since - timedelta(days=1))
    for part in body.get("quota", []):
        known.quotas.append((since, part["row"], grams(part["quota_t"])))
    for row in body.get("add", []):
        known.first[len(known.rows)] = since
        known.rows.append(row)


def _touched(known: WasteList, st_kind: str, body: Body) -> list[int]:
    """The rows that an act changes."""
    numbers = [body["row"]] if "row" in body else list(range(len(known.rows)))
    return [number for number in numbers if number < len(known.rows) and known.status(number) in _NEXT[st_kind]]


def judge_stop(state: State, st: Statement, found: Findings) -> None:
    """list.suspend, resume, remove: of a row, or of all rows that there are."""
    (form.LIST_SUSPEND if st.kind == "list.suspend" else form.LIST_RESUME)(st.body, found.form)
    if found.form or (known := _open(state, st, found)) is None or not _stands(known, found):
        return
    if st.body.get("row", 0) >= len(known.rows):
        found.state.add("ROW_UNKNOWN")
    elif not _touched(known, st.kind, st.body):
        found.state.add("ROW_STATE")


def apply_stop(state: State, st: Statement, found: Findings) -> None:
    """A suspension at once, resume and remove with the other side's word; a suspension takes back what waits to resume its rows."""
    known = state.lists[st.chain]
    if st.kind != "list.suspend" and known.body["kind"] != "unilateral":
        for seq, act in list(known.pending.items()):  # a newer word of the same side on the same rows replaces the older
            if (act["kind"], act["by"], act["body"].get("row")) == (st.kind, st.first, st.body.get("row")):
                del known.pending[seq]
        known.pending[state.heads[st.chain]] = {"kind": st.kind, "by": st.first, "body": st.body}
        return
    _stop(known, st.kind, st.body, st)


def _stop(known: WasteList, kind: str, body: Body, st: Statement) -> None:
    touched = _touched(known, kind, body)
    known.stops += [(st.admitted_at, number, _TO[kind]) for number in touched]
    if kind == "list.remove" and "row" not in body:
        known.is_removed = True
    if kind == "list.suspend":
        for seq, act in list(known.pending.items()):
            if act["kind"] == "list.resume" and ("row" not in body or act["body"].get("row") in (None, body["row"])):
                del known.pending[seq]


def judge_confirm(state: State, st: Statement, found: Findings) -> None:
    """list.confirm: of what waits and was said by the other side; `act` is the seq of the act here, its hash in the log."""
    form.LIST_CONFIRM(st.body, found.form)
    if found.form or (known := _open(state, st, found)) is None or not _stands(known, found):
        return
    act = known.pending.get(st.body["act"])
    if act is None:
        found.state.add("LIST_ACT")
        return
    one, other = sides_of(state, known)
    if any(act["by"] in side and st.first in side for side in (one, other)):
        found.state.add("LIST_ACT")
    if act["kind"] == "list.amend":
        ending = {part["row"] for part in act["body"].get("end", [])}
        if any(_twice(known, row, ending) for row in act["body"].get("add", [])):
            found.state.add("LIST_ACT")
    elif not _touched(known, act["kind"], act["body"]):
        found.state.add("LIST_ACT")


def apply_confirm(state: State, st: Statement, found: Findings) -> None:
    """What waited is in force."""
    known = state.lists[st.chain]
    act = known.pending.pop(st.body["act"])
    if act["kind"] == "list.amend":
        _amend(known, act["body"], st.today)
    else:
        _stop(known, act["kind"], act["body"], st)


def judge_exceed(state: State, st: Statement, found: Findings) -> None:
    """list.exceed_consent, by AT."""
    form.LIST_EXCEED(st.body, found.form)
    if found.form or (known := _open(state, st, found, side="to")) is None or not _stands(known, found):
        return
    if st.body["row"] >= len(known.rows):
        found.state.add("ROW_UNKNOWN")
    if st.body["asked_date"] > st.today.isoformat():
        found.body.add("DATE_ORDER")


def apply_exceed(state: State, st: Statement, found: Findings) -> None:
    """More on a row, for anybody or for one application."""
    body = st.body
    state.lists[st.chain].extras.append((body["row"], grams(body["extra_t"]), body.get("approval")))


def judge_report(state: State, st: Statement, found: Findings) -> None:
    """list.report: of rows that exist, also of a list that was removed."""
    form.LIST_REPORT(st.body, found.form)
    if found.form or (known := _open(state, st, found)) is None:
        return
    if not known.in_force:
        found.frame.add("LIST_STAGE")
    elif any(part["row"] >= len(known.rows) for part in st.body["rows"]):
        found.state.add("ROW_UNKNOWN")


def apply_report(state: State, st: Statement, found: Findings) -> None:
    """A figure for readers; nothing here goes by it."""
