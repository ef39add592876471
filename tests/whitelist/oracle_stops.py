"""The oracle on what befalls an application and its decision (kinds.md §4; decisions 207-209, 215): accept, notice, withdraw, stops by line."""

from . import oracle_form_acts as form
from .oracle_approvals import UNDECIDED, open_application
from .oracle_state import Approval, Findings, State, Statement

_NEXT = {"approval.suspend": ("ACTIVE",), "approval.resume": ("SUSPENDED",), "approval.revoke": ("ACTIVE", "SUSPENDED")}
_TO = {"approval.suspend": "SUSPENDED", "approval.resume": "ACTIVE", "approval.revoke": "REVOKED"}


def judge_accept(state: State, st: Statement, found: Findings) -> None:
    """approval.accept and notice, both within `notice_wd` of the application; a notice is given once."""
    (form.ACCEPT if st.kind == "approval.accept" else form.NOTICE)(st.body, found.form)
    if found.form or (app := open_application(state, st, found, target=False)) is None:
        return
    if app.stage != "applied" or (st.kind == "approval.notice" and app.is_noticed):
        found.frame.add("APPROVAL_STAGE")
        return
    state.late(found, app.applied_on, "notice_wd", st.today)


def apply_accept(state: State, st: Statement, found: Findings) -> None:
    """Accepted from today, but from the application where the term had passed (deemed accepted)."""
    app = state.approvals[st.chain]
    app.stage = "accepted"
    app.accepted_on = app.applied_on if ("M", "AUTH_LATE") in found.alerts else st.today


def apply_notice(state: State, st: Statement, found: Findings) -> None:
    """Noticed: it waits for the generator, no clock runs."""
    app = state.approvals[st.chain]
    app.stage, app.is_noticed, app.accepted_on = "noticed", True, None


def judge_withdraw(state: State, st: Statement, found: Findings) -> None:
    """approval.withdraw by the generator, of an undecided application."""
    form.WITHDRAW(st.body, found.form)
    if found.form:
        return
    app = state.approvals.get(st.chain)
    if app is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    if st.first != st.owner:
        found.state.add("SIGNER_ROLE")
    if app.stage not in UNDECIDED:
        found.frame.add("APPROVAL_STAGE")


def apply_withdraw(state: State, st: Statement, found: Findings) -> None:
    """Ends it."""
    state.approvals[st.chain].stage = "withdrawn"


def _possible(app: Approval, kind: str) -> list[int]:
    return [number for number in sorted(app.granted) if app.status(number) in _NEXT[kind]]


def judge_stop(state: State, st: Statement, found: Findings) -> None:
    """approval.suspend, resume, revoke of lines; without `lines` of all for which it can be done."""
    form.STOP_LINES(st.body, found.form)
    if found.form or (app := open_application(state, st, found, target=False)) is None:
        return
    possible = _possible(app, st.kind) if app.stage == "approved" else []
    if not _may(app, st.kind):
        found.frame.add("APPROVAL_STAGE")
    elif not possible and "lines" not in st.body:
        found.state.add("APPROVAL_STAGE")
    elif not set(st.body.get("lines", [])) <= set(possible):
        found.state.add("APPROVAL_LINE")


def _may(app: Approval, kind: str) -> bool:
    """Stages (decision 207): suspended where no line stands and one may stand again, revoked with the last; suspend is for approved ones."""
    statuses = {app.status(number) for number in app.granted} if app.stage == "approved" else set()
    return bool(statuses & ({"ACTIVE"} if kind == "approval.suspend" else {"ACTIVE", "SUSPENDED"}))


def apply_stop(state: State, st: Statement, found: Findings) -> None:
    """A change of status by line; a revoked line has ended on its row from now on and moves nothing by itself (§1.6)."""
    app = state.approvals[st.chain]
    lines = st.body.get("lines") or _possible(app, st.kind)
    app.stops += [(st.admitted_at, number, _TO[st.kind]) for number in lines]
    if st.kind == "approval.revoke":
        for account, entries in state.held.items():
            state.held[account] = [
                (chain, line, mass_g, None if chain == st.chain and line in lines else ends) for chain, line, mass_g, ends in entries
            ]
