"""The oracle on manifest.issue (kinds.md §5): routes INTRA, LISTED, APPROVED, OFF_LOG; back-fills, exemptions, quotas, numbers."""

from datetime import date, datetime

from . import oracle_form as form
from .oracle_approvals import waste_rules
from .oracle_data import date_of, day_of, grams, group, moment_of
from .oracle_emergencies import emergency_terms, is_unjoined, judge_route
from .oracle_lists import row_of
from .oracle_permits import LINKS, permit_rules, permit_terms
from .oracle_pilot import judge_pilot, pilot_terms
from .oracle_plans import hold, judge_of_issue, plan_key
from .oracle_state import Approval, Body, Findings, Manifest, Permit, State, Statement


def judge_issue(state: State, st: Statement, found: Findings) -> None:
    """manifest.issue/1."""
    form.ISSUE(st.body, found.form)
    if found.form:
        return
    if st.first != st.owner:
        found.state.add("SIGNER_ROLE")
    if st.owner in state.closed:
        found.state.add("PARTY_CLOSED")
    if st.chain in state.manifests:
        found.frame.add("CHAIN_NOT_OPEN")
    if found.frame:
        return
    _body(state, st, found)
    paper = st.body.get("paper")
    past = moment_of(paper["departed_at"]) if paper and st.body.get("type", "normal").startswith("backfill_") else None
    moment = past or st.admitted_at
    _places(state, st, found, day_of(moment))
    _number(state, st, found, day_of(moment))
    _facts(state, st, found, day_of(moment))
    for line in st.body["lines"]:
        _line(state, found, line, day_of(moment), is_event=is_urgent(st.body))
    judge_of_issue(state, st, found)
    _refused(state, st, found, day_of(moment))
    permit = _permit(state, st, found, day_of(moment))
    app = _decision(state, st, found, day_of(moment))
    codes = _terms(state, st, permit, app, day_of(moment), moment)
    found.state |= codes
    if past is not None and not codes and _terms(state, st, permit, app, st.today, st.admitted_at):
        found.alerts.add(("H", "BACKFILL_PAST"))
    _suspended(state, st, found, app, moment)
    if past is not None:
        _backfill(state, st, found, app, past)


def is_urgent(body: Body) -> bool:
    """Whether the issue goes by an emergency: named, and of a type that it fits."""
    return "emergency" in body and body.get("type") in ("emergency", "backfill_emergency")


def _across(body: Body) -> bool:
    """From-province ≠ destination's."""
    return bool(body["origin"]["division"][:2] != body["destination"]["division"][:2])


def _body(state: State, st: Statement, found: Findings) -> None:
    """What the body alone shows: fields against the type, pairs of fields."""
    body, kind = st.body, st.body.get("type", "normal")
    for name, needed in (("decision", kind == "in_transfer"), ("paper", kind.startswith("backfill_")), ("meters", kind == "pipeline")):
        if needed and name not in body:
            found.body.add("MISSING")
        if not needed and name in body:
            found.body.add("ISSUE_TYPE")
    urgent = kind in ("emergency", "backfill_emergency")
    if urgent != ("emergency" in body):
        found.body.add("MISSING" if urgent else "ISSUE_TYPE")
    if kind == "in_transfer" and state.covering(body["origin"]["division"]):
        found.body.add("ISSUE_TYPE")
    if _across(body) and len(body.keys() & {"approval", "decision", "emergency", "pilot"}) > 1:
        found.body.add("ISSUE_TYPE")
    if "plan" not in body and kind != "in_transfer" and not urgent:
        found.body.add("MISSING")
    if "emergency_measures" not in body and not all("precautions" in line for line in body["lines"]):
        found.body.add("MISSING")
    if (kind == "pipeline") != (body.get("mode", "road") == "pipeline"):
        found.body.add("MODE")
    if "paper" in body and kind.startswith("backfill_"):  # else the field itself is what does not fit
        departed, completed = (moment_of(body["paper"][key]) for key in ("departed_at", "completed_at"))
        assert departed is not None
        assert completed is not None
        if not departed <= completed <= st.at:
            found.body.add("TIME_ORDER")
    for line in body["lines"]:
        _pairs(found, line, approval="approval" in body)


def _pairs(found: Findings, line: Body, *, approval: bool) -> None:
    if (line["packs"] == 0) != (line["packing"] == "none") or (line["form"] == "L" and line["packing"] == "bag"):
        found.body.add("FORM_PACK")
    if line.get("purpose", group(line["method"])) != group(line["method"]):
        found.body.add("METHOD")
    if "dg" in line and "dg_none" in line:
        found.body.add("DG_DATA")
    if approval and "decision_line" not in line:
        found.body.add("MISSING")


def _places(state: State, st: Statement, found: Findings, day: date) -> None:
    """Divisions and sites; an origin in another province than the USCC's wants a site where no decision of this log names it."""
    body = st.body
    state.place(found, st.owner, body["origin"], day)
    state.place(found, body["receiver"], body["destination"], day)
    if "plan" in body and "site" in body["plan"] and (st.owner, body["plan"]["site"]) not in state.sites:
        found.state.add("SITE_UNKNOWN")
    app = state.approvals.get(body.get("approval", ""))
    if app is not None and app.stage == "approved" and _across(body):
        if not state.data.same_division(app.body["origin"]["division"], body["origin"]["division"]):
            found.alerts.add(("M", "ORIGIN_ELSEWHERE"))
    elif body["origin"]["division"][:2] != st.owner[2:4] and "site" not in body["origin"]:
        found.state.add("SITE_UNKNOWN")


def _number(state: State, st: Statement, found: Findings, day: date) -> None:
    """R-02, R-03, R-04."""
    number, origin = st.body.get("number"), st.body["origin"]["division"]
    if number is None:
        return
    fits = number[4:8] in ("5000", "5001", "5002") if origin[:2] == "50" else number[4:8] == origin[:4]
    if not fits:
        found.body.add("NO_ORIGIN")
    if int(number[:4]) != day.year:
        found.alerts.add(("M", "NO_YEAR"))
    own = [state.manifests[chain].stage != "voided" for holder, chain in state.numbers.get(number, []) if holder == st.owner]
    others: dict[str, bool] = {}
    for holder, chain in state.numbers.get(number, []):
        if holder != st.owner:
            others[holder] = others.get(holder, False) or state.manifests[chain].stage != "voided"
    if any(own):
        found.state.add("NO_DUPLICATE")
    elif own:
        found.alerts.add(("M", "NO_REUSED"))
    for live in others.values():
        found.alerts.add(("H", "NO_DUPLICATE") if live else ("M", "NO_REUSED"))


def _facts(state: State, st: Statement, found: Findings, day: date) -> None:
    """Alerts and tags that compare the body with registers and thresholds."""
    body = st.body
    contract = body.get("contract")
    if contract is None or contract["valid_to"] < day.isoformat():
        found.alerts.add(("H", "CONTRACT"))
    if any(carrier not in state.parties for carrier in body.get("carriers", [])):
        found.alerts.add(("L", "CARRIER_UNKNOWN"))
    total = sum(grams(line["mass_t"]) for line in body["lines"])
    if body.get("mode", "road") == "road" and total > state.data.thresholds["truck_max_t"] * 1_000_000:
        found.alerts.add(("H", "OVERLOAD"))


def _refused(state: State, st: Statement, found: Findings, day: date) -> None:
    """R-65: what this receiver refused of this generator stands at its gate, for nothing here returns it (kinds §5)."""
    for since in state.refused.get((st.owner, st.body["receiver"]), ()):
        due, provisional = state.data.due(since, state.data.thresholds["return_block_wd"])
        if day > due:
            found.state.add("RETURN_OPEN")
        if provisional:
            found.tags.add("PROVISIONAL_CALENDAR")


def _line(state: State, found: Findings, line: Body, day: date, *, is_event: bool) -> None:
    """R-06 … R-08, R-25, exemptions of a line."""
    waste_rules(state, found, line, day)
    waived: set[str] = set()
    for claim in line.get("exemptions", []):
        item = state.data.exemption(claim["edition"], claim["item"], day)
        if (
            item is None
            or claim["item"] == 1
            or item.point_to_point
            or (item.of_events and not is_event)
            or (item.in_words and "ref" not in claim)
            or not item.links(line["code"])
            or (claim["item"] in (20, 21) and set(line["hazards"]) != {"C"})
        ):
            found.state.add("EXEMPTION_ITEM")
        else:
            waived |= item.links(line["code"])
    found.tags |= {f"EXEMPT_{link}" for link in waived}
    if not {"dg", "dg_none"} & line.keys() and "TRANSPORT" not in waived:
        found.state.add("DG_DATA")


def _permit(state: State, st: Statement, found: Findings, day: date) -> Permit | None:
    """R-17 … R-21, the site of the permit, planned_at, and Q3 by site and year (§1.6)."""
    body = st.body
    permit = permit_rules(
        state,
        found,
        name=body["permit"],
        receiver=body["receiver"],
        generator=st.owner,
        lines=[(line["code"], line["method"]) for line in body["lines"]],
        day=day,
    )
    if permit is None:
        return None
    if not state.data.same_division(permit.body["division"], body["destination"]["division"]):
        found.state.add("PERMIT_SITE")
    if permit.body["class"] == "exempt_use":
        found.tags |= {f"EXEMPT_{LINKS[group(x['method'])]}" for x in body["lines"] if group(x["method"]) in LINKS}
    planned = moment_of(body.get("planned_at", ""))
    if planned and day_of(planned).isoformat() > state.newest_of_line(permit).body["valid_to"]:
        found.state.add("PERMIT_DATE")
    account, total = f"Q3 {permit.root}", sum(grams(line["mass_t"]) for line in body["lines"])
    used = state.accounts.get(account, 0) - state.scale(permit.root, st.today.year).base_g + total
    scale_g = grams(permit.body["scale_t"])
    if used * 1000 > scale_g * state.data.thresholds["scale_limit_permille"]:
        found.state.add("PERMIT_SCALE")
    elif used * 1000 > scale_g * state.data.thresholds["scale_alert_permille"]:
        found.alerts.add(("M", "PERMIT_SCALE"))
    found.move(account, total)
    return permit


def _decision(state: State, st: Statement, found: Findings, day: date) -> Approval | None:
    """The route, R-30, R-31, R-33; returns the decision whose terms hold."""
    body = st.body
    if is_urgent(body):
        judge_route(state, st, found)
        if not _across(body) and body.keys() & {"approval", "decision", "pilot"}:
            found.state.add("APPROVAL_DIRECTION")
        return None
    if not _across(body):
        found.route = "INTRA"
        if body.keys() & {"approval", "decision", "pilot"}:
            found.state.add("APPROVAL_DIRECTION")
        return None
    if body.get("type") == "in_transfer":
        found.route = "OFF_LOG"
        found.tags.add("DECISION_OFF_LOG")
        return None
    if "approval" not in body:
        if "pilot" in body:
            judge_pilot(state, st, found)
        elif not body.keys() & {"decision", "emergency"}:
            found.state.add("NO_APPROVAL")
        return None
    if "pilot" in body:  # two grounds are ISSUE_TYPE, each is judged all the same
        judge_pilot(state, st, found)
    app = state.approvals.get(body["approval"])
    if app is None:
        found.state.add("APPROVAL_UNKNOWN")
        return None
    if app.chain.split("/")[1] != st.owner:
        found.state.add("APPROVAL_GENERATOR")
    if app.body["receiver"] != body["receiver"]:
        found.state.add("APPROVAL_RECEIVER")
    theirs, named = state.permits[app.body["permit"]], state.permits.get(body["permit"])
    if named is not None and named.root != theirs.root:
        found.state.add("APPROVAL_PERMIT")
    sides = (app.body["origin"]["division"][:2], theirs.body["division"][:2])
    if sides != (body["origin"]["division"][:2], body["destination"]["division"][:2]):
        found.state.add("APPROVAL_DIRECTION")
    if app.stage != "approved":
        found.state.add("APPROVAL_STAGE")
        return None
    found.route = app.route
    _decision_lines(state, body, found, app)
    return app


def _decision_lines(state: State, body: Body, found: Findings, app: Approval) -> None:
    """R-31 by line, R-33: Q2 of every decision line with what all lines here draw from it; planned_at by its last day."""
    drawn: dict[int, int] = {}
    planned = moment_of(body.get("planned_at", ""))
    for line in body["lines"]:
        granted = app.granted.get(line.get("decision_line", -1))
        if granted is None:
            if "decision_line" in line:
                found.state.add("APPROVAL_LINE")
            continue
        for key, code in (("name", "APPROVAL_NAME"), ("code", "APPROVAL_CODE"), ("method", "APPROVAL_METHOD")):
            if line[key] != granted["line"][key]:
                found.state.add(code)
        if planned and day_of(planned) > granted["ends_on"]:
            found.state.add("APPROVAL_EXPIRED")
        drawn[line["decision_line"]] = drawn.get(line["decision_line"], 0) + grams(line["mass_t"])
    for number, mass_g in drawn.items():
        account = f"Q2 {app.chain} {number}"
        if state.accounts.get(account, 0) + mass_g > app.granted[number]["mass_g"]:
            found.state.add("APPROVAL_QUOTA")
        found.move(account, mass_g)


def _terms(state: State, st: Statement, permit: Permit | None, app: Approval | None, day: date, moment: datetime) -> set[str]:
    """Terms and statuses on a day and at a moment: R-17, R-32, R-40; what a back-fill is judged by on its day, and again today."""
    codes = permit_terms(permit, day, moment) if permit else set()
    decision = st.body.get("decision")
    if decision and st.body.get("type") == "in_transfer" and _across(st.body):
        if day < (date_of(decision["decided_on"]) or day):
            codes.add("APPROVAL_EARLY")
        if day > (date_of(decision["valid_to"]) or day):
            codes.add("APPROVAL_EXPIRED")
    if app is not None:
        codes |= decision_terms(state, app, [line.get("decision_line", -1) for line in st.body["lines"]], day)
        codes |= decision_stops(state, app, [line.get("decision_line", -1) for line in st.body["lines"]], moment, ("issue", "depart"))[0]
    known = state.emergencies.get(st.body["emergency"]) if is_urgent(st.body) else None
    if known is not None:
        codes |= emergency_terms(state, known, st.body, day, moment, at_issue=True)
    is_off_log = st.body.get("type") == "in_transfer"
    if "pilot" in st.body and not is_urgent(st.body) and not is_off_log and _across(st.body):
        codes |= pilot_terms(state, st.body["pilot"], day, moment, ("decide", "issue", "depart"))
    return codes


def _suspended(state: State, st: Statement, found: Findings, app: Approval | None, moment: datetime) -> None:
    """Alerts of stops that do not refuse: a row suspended by a list that stops decisions alone; an emergency that waits for its other side."""
    if app is not None:
        numbers = [line.get("decision_line", -1) for line in st.body["lines"]]
        if decision_stops(state, app, numbers, moment, ("issue", "depart"))[1]:
            found.alerts.add(("H", "WL_SUSPENDED"))
    known = state.emergencies.get(st.body["emergency"]) if is_urgent(st.body) else None
    if known is not None and is_unjoined(state, known, st.body, moment):
        found.alerts.add(("H", "EMERGENCY_UNJOINED"))


def decision_stops(state: State, app: Approval, numbers: list[int], moment: datetime, covering: tuple[str, ...]) -> tuple[set[str], bool]:
    """Lines suspended or revoked, rows of lists stopped where `suspension_stops` covers the act; whether a row is stopped that does not."""
    codes, beside = set(), False
    for number in numbers:
        granted = app.granted.get(number)
        if granted is None:
            continue
        if app.status(number, moment) != "ACTIVE":
            codes.add("APPROVAL_STATUS")
        listing = granted["line"].get("listing")
        pair = row_of(state, listing) if app.route == "LISTED" else None
        if pair is not None and pair[0].status(listing["row"], moment) != "ACTIVE":
            if pair[0].body["suspension_stops"] in covering:
                codes.add("WL_SUSPENDED")
            else:
                beside = True
    return codes, beside


def decision_terms(state: State, app: Approval, numbers: list[int], day: date) -> set[str]:
    """R-32 and R-40 of the lines of a decision on a day; before a list's start `APPROVAL_EARLY` alone (§15)."""
    codes: set[str] = set()
    assert app.decided_on is not None
    if day < app.decided_on:
        codes.add("APPROVAL_EARLY")
    for number in numbers:
        granted = app.granted.get(number)
        if granted is None:
            continue
        if day > granted["ends_on"]:
            codes.add("APPROVAL_EXPIRED")
        pair = row_of(state, granted["line"].get("listing")) if app.route == "LISTED" else None
        if pair is None:
            continue
        first = pair[0].first.get(granted["line"]["listing"]["row"])
        if day.isoformat() < pair[0].body["effective_from"] or (first is not None and day < first):
            codes.add("APPROVAL_EARLY")
        elif day.year != pair[0].year:
            codes.add("WL_YEAR")
        elif day.isoformat() > pair[0].body["effective_to"]:
            codes.add("WL_TERM")
    return codes


def _backfill(state: State, st: Statement, found: Findings, app: Approval | None, past: datetime) -> None:
    """Tag BACKFILL, R-70 by working days from completed_at, and a decision that came on the log after the departure."""
    found.tags.add("BACKFILL")
    completed = moment_of(st.body["paper"]["completed_at"])
    assert completed is not None
    due, provisional = state.data.due(day_of(completed), state.data.thresholds["backfill_wd"])
    if st.today > due:
        found.alerts.add(("M", "BACKFILL_LATE"))
    if provisional:
        found.tags.add("PROVISIONAL_CALENDAR")
    if app is not None and app.decided_at is not None and app.decided_at > past:
        found.alerts.add(("H", "APPROVAL_AFTER"))


def apply_issue(state: State, st: Statement, found: Findings) -> None:
    """The manifest, its number, what it reserves."""
    key = plan_key(st)
    plan = key if key in state.plans else None
    state.manifests[st.chain] = Manifest(st.chain, st.body, st.admitted_at, "issued", dict(found.moves), plan)
    hold(state, state.manifests[st.chain], [grams(line["mass_t"]) for line in st.body["lines"]])
    if "emergency" in st.body:
        state.emergencies[st.body["emergency"]].used_g += sum(grams(line["mass_t"]) for line in st.body["lines"])
    if "number" in st.body:
        state.numbers.setdefault(st.body["number"], []).append((st.owner, st.chain))
    for account, mass_g in found.moves.items():
        if account.startswith("Q3 "):
            root = account[3:]
            state.scales[root] = state.scale(root, st.today.year)
            state.scales[root].reserved_g += mass_g
