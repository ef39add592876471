"""The oracle on quota.open (kinds.md §9; decision 202): grams used before the log, once per account, on a list, a decision or a permit."""

from . import oracle_form_acts as form
from .oracle_approvals import row_holds, row_limit
from .oracle_data import grams
from .oracle_permits import shift_bases
from .oracle_state import Body, Findings, State, Statement


def judge_open(state: State, st: Statement, found: Findings) -> None:
    """quota.open of a row, a line or a permit."""
    form.OPEN(st.body, found.form)
    kind = st.chain.split("/")[0]
    if kind == "permit" and "item" in st.body:
        found.body.add("FIELD_TYPE")
    if kind != "permit" and "item" not in st.body:
        found.body.add("MISSING")
    if found.form:
        return
    if st.body["as_of_on"] > st.today.isoformat():
        found.body.add("DATE_ORDER")
    if st.chain not in (state.lists | state.approvals | state.permits):
        found.frame.add("CHAIN_NOT_OPEN")
        return
    _signers(state, st, found, kind)
    if found.body & {"FIELD_TYPE", "MISSING"}:
        return
    {"list": _row, "approval": _line, "permit": _scale}[kind](state, st, found, st.body)
    if any(account in state.opened for account in found.moves):
        found.state.add("QUOTA_OPENED")


def _signers(state: State, st: Statement, found: Findings, kind: str) -> None:
    if kind == "list":
        known = state.lists[st.chain]
        one, other = (state.covering(side) for side in known.sides)
        if known.sides[0] == "00":
            one = [uscc for uscc in state.authorities if uscc not in other]
    elif kind == "approval":
        app = state.approvals[st.chain]
        one = state.covering(app.body["origin"]["division"])
        other = state.covering(state.permits[app.body["permit"]].body["division"])
    else:
        one = state.covering(st.owner[2:8])
        other = [uscc for uscc in state.authorities if uscc != st.by[0]]
    if len(st.by) < 2:
        found.state.add("SIGNER_MISSING")
    elif st.by[0] not in one or st.by[1] not in other:
        found.state.add("SIGNER_ROLE")


def _row(state: State, st: Statement, found: Findings, body: Body) -> None:
    known = state.lists[st.chain]
    if body["item"] >= len(known.rows) or known.body["kind"] == "pilot":
        found.state.add("ROW_UNKNOWN")
        return
    account = f"Q1 {st.chain} {body['item']}"
    found.moves[account] = grams(body["used_t"])
    holds = row_holds(state, account, st.today)
    if sum(holds.values()) + grams(body["used_t"]) > row_limit(state, account, st.today, holds):
        found.alerts.add(("H", "QUOTA_OVERDRAWN"))


def _line(state: State, st: Statement, found: Findings, body: Body) -> None:
    app = state.approvals[st.chain]
    if body["item"] not in app.granted:
        found.state.add("APPROVAL_LINE")
        return
    account = f"Q2 {st.chain} {body['item']}"
    found.moves[account] = grams(body["used_t"])
    if state.accounts.get(account, 0) + grams(body["used_t"]) > app.granted[body["item"]]["mass_g"]:
        found.alerts.add(("H", "QUOTA_OVERDRAWN"))


def _scale(state: State, st: Statement, found: Findings, body: Body) -> None:
    permit = state.permits[st.chain]
    account, year = f"Q3 {permit.root}", int(body["as_of_on"][:4])
    found.moves[account] = new = grams(body["used_t"])
    reg = state.scale(permit.root, st.today.year)
    if year not in (reg.year, reg.year - 1):
        return
    before = state.accounts.get(account, 0) - reg.base_g if year == reg.year else reg.base_g - reg.prior_base_g
    for level, code, limit in (("M", "PERMIT_SCALE", "scale_alert_permille"), ("H", "QUOTA_OVERDRAWN", "scale_limit_permille")):
        if (before + new) * 1000 > grams(permit.body["scale_t"]) * state.data.thresholds[limit]:
            found.alerts.add((level, code))


def apply_open(state: State, st: Statement, found: Findings) -> None:
    """Opened once; of a permit in the year of `as_of_on`."""
    for account, mass_g in found.moves.items():
        state.opened[account] = mass_g
    if st.chain.startswith("permit/"):
        shift_bases(state, state.permits[st.chain].root, grams(st.body["used_t"]), int(st.body["as_of_on"][:4]), st.today.year)
