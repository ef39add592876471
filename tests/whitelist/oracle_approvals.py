"""The oracle on approvals (kinds.md §4): apply, consult, reply, decide (route, R-32, R-35, R-36, Q1), and the waste rules R-06 … R-08."""

from datetime import date, timedelta

from . import oracle_form as form
from .oracle_data import grams, group, months_later
from .oracle_lists import list_conditions, listing_codes, row_of
from .oracle_permits import permit_rules, permit_terms
from .oracle_state import Approval, Body, Findings, State, Statement

UNDECIDED = ("applied", "noticed", "accepted", "consulted", "agreed", "disagreed")
"""Stages of an application that is still to be decided."""


def waste_rules(state: State, found: Findings, line: Body, day: date) -> None:
    """R-06, R-07, R-08 and the identification of a line of an application or an issue, by the edition of the day."""
    code = line["code"]
    if "HW" + code[-2:] != line["category"]:
        found.body.add("CODE_CATEGORY")
    if code.startswith("900-000-") and "identification" not in line:
        found.body.add("IDENT_MISSING")
    lenient = day < date(2025, 1, 1)
    failing = set()
    if not state.data.known(code, day):
        failing.add("CODE_UNKNOWN")
    elif not state.data.hazards_ok(code, line["hazards"], day):
        failing.add("HAZARD")
    if lenient:
        found.alerts |= {("M", failed) for failed in failing}
    else:
        found.state |= failing


def judge_apply(state: State, st: Statement, found: Findings) -> None:
    """approval.apply: waste and permit rules of issue on the day of admission; R-20 is left to the issue, no account moves here."""
    form.APPLY(st.body, found.form)
    if found.form:
        return
    if st.first != st.owner:
        found.state.add("SIGNER_ROLE")
    if st.owner in state.closed:
        found.state.add("PARTY_CLOSED")
    if found.frame:
        return
    body = st.body
    if st.chain in state.approvals and state.approvals[st.chain].stage != "noticed":
        found.state.add("APPROVAL_STAGE")
    if body.get("applied_from", body["applied_to"]) > body["applied_to"]:
        found.body.add("DATE_ORDER")
    state.place(found, st.owner, body["origin"], st.today)
    for line in body["lines"]:
        waste_rules(state, found, line, st.today)
    permit = permit_rules(
        state,
        found,
        name=body["permit"],
        receiver=body["receiver"],
        generator=st.owner,
        lines=[(line["code"], line["method"]) for line in body["lines"]],
        day=st.today,
    )
    if permit is not None:
        found.state |= permit_terms(permit, st.today, st.admitted_at)
        if permit.body["division"][:2] == body["origin"]["division"][:2]:
            found.state.add("SAME_PROVINCE")


def apply_apply(state: State, st: Statement, found: Findings) -> None:
    """Opens the application, or completes one that was noticed; accepted, as long as nobody says otherwise, from this day."""
    known = state.approvals.get(st.chain)
    state.approvals[st.chain] = Approval(st.chain, st.body, "applied", st.today, accepted_on=st.today, is_noticed=known is not None)


def _side(state: State, st: Statement, found: Findings, app: Approval, *, target: bool) -> None:
    """By AO or AD; where no authority covers AD's province, AO with tag FOREIGN."""
    home = state.covering(app.body["origin"]["division"])
    if target:
        there = state.covering(state.permits[app.body["permit"]].body["division"])
        if not there:
            found.tags.add("FOREIGN")
        home = there or home
    if st.first not in home:
        found.state.add("SIGNER_ROLE")


def open_application(state: State, st: Statement, found: Findings, *, target: bool) -> Approval | None:
    app = state.approvals.get(st.chain)
    if app is None:
        found.frame.add("CHAIN_NOT_OPEN")
    else:
        _side(state, st, found, app, target=target)
    return None if found.frame else app


def judge_consult(state: State, st: Statement, found: Findings) -> None:
    """approval.consult, at most `review_wd` after acceptance."""
    form.CONSULT(st.body, found.form)
    if found.form or (app := open_application(state, st, found, target=False)) is None:
        return
    if app.stage not in ("applied", "accepted") or app.accepted_on is None:
        found.frame.add("APPROVAL_STAGE")
        return
    if st.body["letter_date"] > st.today.isoformat():
        found.body.add("DATE_ORDER")
    state.late(found, app.accepted_on, "review_wd", st.today)


def apply_consult(state: State, st: Statement, found: Findings) -> None:
    """Consulted."""
    app = state.approvals[st.chain]
    app.stage, app.consulted_on = "consulted", st.today


def judge_reply(state: State, st: Statement, found: Findings) -> None:
    """approval.reply, at most `reply_wd` after the consultation."""
    form.REPLY(st.body, found.form)
    if not found.form and ("reason" in st.body) == st.body["agree"]:
        found.form.add("FIELD_TYPE" if st.body["agree"] else "MISSING")
    if found.form or (app := open_application(state, st, found, target=True)) is None:
        return
    if app.stage != "consulted" or app.consulted_on is None:
        found.frame.add("APPROVAL_STAGE")
        return
    if st.body["letter_date"] > st.today.isoformat():
        found.body.add("DATE_ORDER")
    state.late(found, app.consulted_on, "reply_wd", st.today)


def apply_reply(state: State, st: Statement, found: Findings) -> None:
    """Agreed or disagreed."""
    app = state.approvals[st.chain]
    app.stage, app.reply, app.replied_on = ("agreed" if st.body["agree"] else "disagreed"), st.body, st.today


def judge_decide(state: State, st: Statement, found: Findings) -> None:
    """approval.decide."""
    form.DECIDE(st.body, found.form)
    if found.form or (app := open_application(state, st, found, target=False)) is None:
        return
    body = st.body
    if app.stage not in UNDECIDED:
        found.frame.add("APPROVAL_STAGE")
        return
    wanted, barred = {"valid_to", "lines"}, {"outcome", "reason"}
    if not body["approve"]:
        wanted, barred = barred, wanted | {"conditions"}
    if not wanted <= body.keys() or barred & body.keys():
        found.body.add("DECISION_FORM")
    decided_on = body.get("decided_on", st.today.isoformat())
    if decided_on > st.today.isoformat() or (app.reply and decided_on < app.reply["letter_date"]):
        found.body.add("DATE_ORDER")
    if "DECISION_FORM" in found.body:
        return
    if body["approve"]:
        _approve(state, st, found, app, date.fromisoformat(decided_on))
    else:
        _refuse(state, st, found, app, date.fromisoformat(decided_on))
    if found.route == "LISTED":
        if app.accepted_on is not None:
            state.late(found, app.accepted_on, "listed_wd", date.fromisoformat(decided_on))
    elif app.replied_on is not None:
        state.late(found, app.replied_on, "decide_wd", date.fromisoformat(decided_on))


def _refuse(state: State, st: Statement, found: Findings, app: Approval, decided_on: date) -> None:
    if st.body["outcome"] != "no_reply":
        return
    if app.stage != "consulted" or app.consulted_on is None:
        found.body.add("DECISION_FORM")
        return
    found.tags.add("REFUSED_NO_REPLY")
    due, provisional = state.data.due(app.consulted_on, state.data.thresholds["no_reply_wd"])
    if decided_on <= due:
        found.alerts.add(("M", "NO_REPLY_EARLY"))
    if provisional:
        found.tags.add("PROVISIONAL_CALENDAR")


def _approve(state: State, st: Statement, found: Findings, app: Approval, decided_on: date) -> None:
    body, lines = st.body, app.body["lines"]
    numbers = [granted["line"] for granted in body["lines"]]
    if len(set(numbers)) < len(numbers) or any(n >= len(lines) for n in numbers):
        found.state.add("APPROVAL_LINE")
    # A line that comes again is APPROVAL_LINE and nothing else, §0: a part that is not in its form is not judged further.
    granted = [(g, lines[g["line"]]) for at, g in enumerate(body["lines"]) if g["line"] < len(lines) and g["line"] not in numbers[:at]]
    reply = app.reply or {}
    limits = {limit["line"]: grams(limit["mass_t"]) for limit in reply.get("lines", [])}
    for g, line in granted:
        if grams(g["mass_t"]) > grams(line["mass_t"]):
            found.state.add("APPROVAL_MASS")
        if grams(g["mass_t"]) > limits.get(g["line"], 10**18):
            found.state.add("CONSENT_MASS")
    permit = permit_rules(
        state,
        found,
        name=app.body["permit"],
        receiver=app.body["receiver"],
        generator=st.owner,
        lines=[(line["code"], line["method"]) for _, line in granted],
        day=decided_on,
    )
    assert permit is not None, "an application names a permit that exists"
    found.state |= permit_terms(permit, decided_on, st.admitted_at)
    is_use_only = any(terms.get("use_only") for terms in (body.get("conditions", {}), reply.get("conditions", {})))
    if is_use_only and any(group(line["method"]) != "use" for _, line in granted):
        found.state.add("WL_METHOD")
    _listed_or_agreed(state, st, found, app, granted)
    _terms(state, st, found, app, granted, decided_on, permit.body["valid_to"])


def _listed_or_agreed(state: State, st: Statement, found: Findings, app: Approval, granted: list[tuple[Body, Body]]) -> None:
    """Every granted line on a listing that holds: LISTED, and Q1; else by an agreeing reply APPROVED; else the codes of what fails."""
    failing: set[str] = set()
    wanted: dict[str, int] = {}
    for g, line in granted:
        if "listing" not in line:
            failing.add("NO_CONSENT")
            continue
        failing |= listing_codes(state, app, line, st.today, g.get("valid_to", st.body["valid_to"]))
        account = f"Q1 {line['listing']['list']} {line['listing']['row']}"
        wanted[account] = wanted.get(account, 0) + grams(g["mass_t"])
    moves: dict[str, int] = {}
    for account, mass_g in wanted.items():
        holds = row_holds(state, account, st.today)
        holds[app.chain] = holds.get(app.chain, 0) + mass_g
        total = sum(holds.values())
        if row_of(state, {"list": account.split()[1], "row": int(account.split()[2])}) and total > row_limit(
            state, account, st.today, holds
        ):
            failing.add("WL_QUOTA")
        moves[account] = total - state.accounts.get(account, 0)
    if not failing:
        found.route, found.moves = "LISTED", moves
    elif app.reply and app.reply["agree"]:
        found.route = "APPROVED"
    elif app.reply:
        found.state.add("CONSENT_REFUSED")
    else:
        found.state |= failing


def row_holds(state: State, account: str, today: date) -> dict[str, int]:
    """What a list row holds by application: each line its grams until its last day or revocation, then what its manifests hold on Q2 (§1.6).

    What was opened (quota.open) stands beside them, under no application.
    """
    holds = {"": state.opened.get(account, 0)}
    for approval, line, mass_g, ends_on in state.held.get(account, []):
        stands = ends_on is not None and today <= ends_on
        holds[approval] = holds.get(approval, 0) + (mass_g if stands else state.accounts.get(f"Q2 {approval} {line}", 0))
    return holds


def row_limit(state: State, account: str, today: date, holds: dict[str, int]) -> int:
    """R-36: what a row may hold today, in grams."""
    _, chain, number = account.split()
    return state.lists[chain].limit_g(int(number), today, holds)


def _terms(
    state: State,
    st: Statement,
    found: Findings,
    app: Approval,
    granted: list[tuple[Body, Body]],
    decided_on: date,
    permit_to: str,
) -> None:
    """R-32: the last day of decision and lines, none before the decision: Art. 27.2's 有效期 is a term, and a term begins before it ends."""
    body = st.body
    limits = [months_later(decided_on, 12).isoformat(), app.body["applied_to"], permit_to]
    terms = [body.get("conditions", {}), (app.reply or {}).get("conditions", {})]
    limits += [_after(decided_on, t) for t in terms]
    if not decided_on.isoformat() <= body["valid_to"] <= min(limits):
        found.state.add("APPROVAL_TERM")
    for g, line in granted:
        ends_on = g.get("valid_to", body["valid_to"])
        pair = row_of(state, line.get("listing")) if found.route == "LISTED" else None
        more = [_after(decided_on, t) for t in list_conditions(*pair)] if pair else []
        if ends_on > min([body["valid_to"], *more]) or ("valid_to" in g and ends_on < decided_on.isoformat()):
            found.state.add("APPROVAL_TERM")


def _after(decided_on: date, terms: Body) -> str:
    days = terms.get("complete_within_days")
    return (decided_on + timedelta(days=days)).isoformat() if days else "9999-12-31"


def apply_decide(state: State, st: Statement, found: Findings) -> None:
    """Approved with its lines, or refused; LISTED commits Q1."""
    app, body = state.approvals[st.chain], st.body
    app.stage = "approved" if body["approve"] else "refused"
    app.route = found.route
    app.decided_on, app.decided_at = date.fromisoformat(body.get("decided_on", st.today.isoformat())), st.admitted_at
    app.conditions = [body.get("conditions", {}), (app.reply or {}).get("conditions", {})]
    for g in body.get("lines", []):
        line, ends_on = app.body["lines"][g["line"]], date.fromisoformat(g.get("valid_to", body["valid_to"]))
        app.granted[g["line"]] = {"mass_g": grams(g["mass_t"]), "ends_on": ends_on, "line": line}
        if app.route == "LISTED":
            account = f"Q1 {line['listing']['list']} {line['listing']['row']}"
            state.held.setdefault(account, []).append((st.chain, g["line"], grams(g["mass_t"]), ends_on))
