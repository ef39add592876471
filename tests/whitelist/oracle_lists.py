"""The oracle on lists (kinds.md §4): propose, rows judged as a whole, countersign; and R-35 of one listing for a decision."""

from datetime import date
from typing import Any

from . import oracle_form as form
from .oracle_data import grams, group
from .oracle_permits import covers
from .oracle_state import Approval, Body, Findings, Permit, State, Statement, WasteList


def judge_propose(state: State, st: Statement, found: Findings) -> None:
    """list.propose: by AF, of a unilateral list by AT."""
    form.PROPOSE(st.body, found.form)
    if found.form:
        return
    if st.chain in state.lists:
        found.frame.add("CHAIN_NOT_OPEN")
    _side(state, st, found, st.body["kind"])
    if found.frame:
        return
    probe, body = WasteList(st.chain, st.body), st.body
    if probe.sides[0] == probe.sides[1]:
        found.body.add("SAME_PROVINCE")
    if any(int(body[key][:4]) != probe.year for key in ("effective_from", "effective_to")):
        found.body.add("WL_YEAR")
    if body["effective_from"] > body["effective_to"] or body["letter_date"] > st.today.isoformat():
        found.body.add("DATE_ORDER")


def _side(state: State, st: Statement, found: Findings, kind: str) -> None:
    sides = st.chain.split("/")[1].split("-")[1:3]
    allowed = state.covering(sides[1] if kind == "unilateral" else sides[0])
    if kind == "pilot":  # by any; who began it goes on
        known = state.lists.get(st.chain)
        allowed = [known.proposer] if known else list(state.authorities)
    if st.by[0] not in allowed:
        found.state.add("SIGNER_ROLE")


def apply_propose(state: State, st: Statement, found: Findings) -> None:
    """Announces rows and pages."""
    state.lists[st.chain] = WasteList(st.chain, st.body, proposer=st.first)


def judge_rows(state: State, st: Statement, found: Findings, first_page: int = 0) -> None:
    """list.rows: a page, its rows against permits, each other and the rows before."""
    form.ROWS(st.body, found.form)
    if found.form:
        return
    known = state.lists.get(st.chain)
    if known is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    _side(state, st, found, known.body["kind"])
    if found.frame:
        return
    if known.in_force or known.pages == known.body["pages"]:
        found.state.add("LIST_STAGE")
        return
    rows = st.body["rows"]
    if st.body["page"] != known.pages + first_page:
        found.state.add("LIST_PAGE")
    total, last = len(known.rows) + len(rows), known.pages + 1 == known.body["pages"]
    if total > known.body["rows"] or (last and total < known.body["rows"]):
        found.state.add("LIST_SIZE")
    for number, row in enumerate(rows):
        judge_row(state, st, found, known, row, known.body["effective_from"])
        if any(same_waste(row, other) for other in known.rows + rows[:number]):
            found.state.add("ROW_TWICE")


def judge_row(state: State, st: Statement, found: Findings, known: WasteList, row: Body, since: str) -> None:
    """A row against its permit, which covers the days from `since` to the list's last."""
    permit = state.permits.get(row["permit"])
    if permit is None:
        found.state.add("PERMIT_UNKNOWN")
        return
    if permit.holder != row["receiver"]:
        found.state.add("PERMIT_HOLDER")
    inside = permit.body["valid_from"] <= since <= known.body["effective_to"] <= permit.body["valid_to"]
    if not inside or permit.status(st.admitted_at) != "ACTIVE" or not _within(row, permit.body["items"]):
        found.state.add("ROW_PERMIT")
    if grams(row["quota_t"]) > grams(permit.body["scale_t"]):
        found.alerts.add(("M", "ROW_SCALE"))
    if any(state.data.retired(code, st.today) for code in row["waste"].get("codes", ())):
        found.alerts.add(("M", "CODE_RETIRED"))


def _within(row: Body, items: list[Body]) -> bool:
    """Whether each waste of the row may be taken by each of its methods under one item of the permit."""
    waste = row["waste"]
    for method in row["methods"]:
        fitting = [item for item in items if item["category"] == waste["category"] and method in item["methods"]]
        if waste["scope"] == "INCLUDE":
            if not all(any(covers(item, code) for item in fitting) for code in waste["codes"]):
                return False
        elif not any(_wider(item, waste) for item in fitting):
            return False
    return True


def _wider(item: Body, waste: Body) -> bool:
    if item["scope"] == "EXCEPT" and waste["scope"] == "EXCEPT":
        return set(item["codes"]) <= set(waste["codes"])
    return bool(item["scope"] == "ALL")


def same_waste(one: Body, other: Body) -> bool:
    """Same permit, a shared method, scopes that share a code."""
    a, b = one["waste"], other["waste"]
    if one["permit"] != other["permit"] or not set(one["methods"]) & set(other["methods"]) or a["category"] != b["category"]:
        return False
    for scope, against in ((a, b), (b, a)):
        if scope["scope"] == "INCLUDE":
            return any(covers(against, code) for code in scope["codes"])
    return True


def apply_rows(state: State, st: Statement, found: Findings) -> None:
    """The rows count on; the last page puts a unilateral list in force."""
    known = state.lists[st.chain]
    known.rows += st.body["rows"]
    known.pages += 1
    known.in_force = known.body["kind"] == "unilateral" and known.pages == known.body["pages"]


def judge_countersign(state: State, st: Statement, found: Findings) -> None:
    """list.countersign by AT; the digest itself is not judged here."""
    form.COUNTERSIGN(st.body, found.form)
    known = state.lists.get(st.chain)
    if found.form:
        return
    if known is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    target = state.covering(known.sides[1])
    if known.body["kind"] == "pilot" and known.proposer in target:
        target = [uscc for uscc in state.authorities if uscc != known.proposer]
    if st.by[0] not in target or known.body["kind"] == "unilateral":
        found.state.add("SIGNER_ROLE")
    if known.in_force:
        found.state.add("LIST_STAGE")
    if known.pages < known.body["pages"]:
        found.state.add("LIST_INCOMPLETE")
    if st.body["letter_date"] > st.today.isoformat():
        found.body.add("DATE_ORDER")


def apply_countersign(state: State, st: Statement, found: Findings) -> None:
    """In force, for route LISTED unless a pilot list."""
    state.lists[st.chain].in_force = True


def row_of(state: State, listing: Body | None) -> tuple[WasteList, Body] | None:
    """The list and row that a listing names, None where there is none."""
    known = state.lists.get(listing["list"]) if listing else None
    if known is None or listing is None or listing["row"] >= len(known.rows):
        return None
    return known, known.rows[listing["row"]]


def listing_codes(state: State, app: Approval, line: Body, today: date, ends_on: str) -> set[str]:
    """R-35 of one granted line, quota aside: the `WL_…` codes for which its listing fails."""
    pair = row_of(state, line.get("listing"))
    if pair is None:
        return {"WL_UNKNOWN"}
    known, row = pair
    number = line["listing"]["row"]
    permit = state.permits[app.body["permit"]]
    codes = {"WL_NOT_IN_FORCE"} if not known.in_force or known.body["kind"] == "pilot" else set()
    codes |= row_codes(state, known, row, app.body, permit, line, permit.body["division"])
    if known.status(number) != "ACTIVE":
        codes.add("WL_SUSPENDED")
    if max(today.isoformat(), ends_on) > known.body["effective_to"] or today > known.last.get(number, today):
        codes.add("WL_TERM")
    return codes


def row_codes(state: State, known: WasteList, row: Body, sent: Body, permit: Permit, line: Body, to: str) -> set[str]:
    """Direction, receiver, permit, scope and method of a row against a line of `sent`, an application or an issue, to a permit at `to`."""
    codes: set[str] = set()
    sides = known.sides
    if sides[0] not in ("00", sent["origin"]["division"][:2]) or sides[1] != to[:2]:
        codes.add("WL_DIRECTION")
    if row["receiver"] != sent["receiver"]:
        codes.add("WL_RECEIVER")
    listed = state.permits.get(row["permit"])
    if listed is None or listed.root != permit.root:
        codes.add("WL_PERMIT")
    if not covers(row["waste"], line["code"]):
        codes.add("WL_SCOPE")
    use_only = any(terms.get("use_only") for terms in list_conditions(known, row))
    if line["method"] not in row["methods"] or (use_only and group(line["method"]) != "use"):
        codes.add("WL_METHOD")
    return codes


def list_conditions(known: WasteList, row: Body) -> list[dict[str, Any]]:
    """The list's and the row's conditions; the stricter holds."""
    return [known.body.get("conditions", {}), row.get("conditions", {})]
