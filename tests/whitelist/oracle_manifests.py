"""The oracle on the acts after issue that accounts and numbers need: void, depart, receive (kinds.md §1.6, §6).

Their judgements are partial: account changes and the refusals named here, no alerts and no tags. The worlds make them in good form.
"""

from datetime import date, datetime, timedelta

from .oracle_data import day_of, grams, moment_of
from .oracle_emergencies import emergency_terms
from .oracle_issue import decision_stops, decision_terms
from .oracle_lists import list_conditions, row_of
from .oracle_permits import shift_bases
from .oracle_pilot import pilot_terms
from .oracle_plans import hold
from .oracle_state import Body, Findings, Manifest, Permit, State, Statement


def _trunk(state: State, st: Statement, found: Findings) -> Manifest | None:
    return state.manifests.get(st.chain)


def judge_void(state: State, st: Statement, found: Findings) -> None:
    """manifest.void: before departure alone; releases what the issue reserved."""
    manifest = _trunk(state, st, found)
    if manifest is None:
        found.frame.add("CHAIN_NOT_OPEN")
    elif manifest.stage != "issued":
        found.state.add("ACT_NOT_OPEN" if manifest.stage == "voided" else "VOID_LATE")
    else:
        for account, held_g in manifest.holds.items():
            found.move(account, -held_g)


def apply_void(state: State, st: Statement, found: Findings) -> None:
    """The number is voided with its manifest."""
    manifest = state.manifests[st.chain]
    manifest.stage = "voided"
    _release(state, st, manifest)
    _count(state, manifest, 0)
    hold(state, manifest, [0] * len(manifest.body["lines"]))


def _release(state: State, st: Statement, manifest: Manifest) -> None:
    for account, held_g in manifest.holds.items():
        if account.startswith("Q3 "):
            root = account[3:]
            state.scales[root] = state.scale(root, st.today.year)
            state.scales[root].reserved_g -= held_g
    manifest.holds = {}


def _count(state: State, manifest: Manifest, counted_g: int) -> None:
    """What counts against the ceiling of an emergency: the issue, less what was not taken (decision 227)."""
    issued = sum(grams(line["mass_t"]) for line in manifest.body["lines"])
    if "emergency" in manifest.body:
        state.emergencies[manifest.body["emergency"]].used_g -= issued - min(issued, counted_g)


def accounts_of(state: State, manifest: Manifest, line: int) -> list[str]:
    """The accounts that a line of the manifest draws on."""
    body = manifest.body
    names = [f"Q3 {state.permits[body['permit']].root}"]
    if "approval" in body:
        names.append(f"Q2 {body['approval']} {body['lines'][line]['decision_line']}")
    return names


def judge_depart(state: State, st: Statement, found: Findings) -> None:
    """manifest.depart: the gate as far as terms, statuses and quotas go; adds what `loaded` says beyond the declared, line by line."""
    manifest = _trunk(state, st, found)
    if manifest is None or manifest.stage != "issued":
        found.state.add("NO_MANIFEST" if manifest is None or manifest.stage == "voided" else "ACT_NOT_OPEN")
        return
    body, paper = manifest.body, manifest.body.get("paper")
    if st.body["place"]["division"][:2] != body["origin"]["division"][:2]:
        found.state.add("ORIGIN_PROVINCE")
    if paper:
        completed = moment_of(paper["completed_at"])
        if completed is not None and st.at > completed:
            found.state.add("TIME_ORDER")
    else:
        _gate(state, st, found, manifest)
    for part in st.body.get("loaded", []):
        extra = grams(part["mass_t"]) - grams(body["lines"][part["line"]]["mass_t"])
        if extra > 0:
            for account in accounts_of(state, manifest, part["line"]):
                found.move(account, extra)
    if "approval" in body and not paper:
        allowed = 1000 + state.data.thresholds["overdraft_permille"]
        for number in {line["decision_line"] for line in body["lines"]}:
            account = f"Q2 {body['approval']} {number}"
            drawn = state.accounts.get(account, 0) + found.moves.get(account, 0)
            if drawn * 1000 > state.approvals[body["approval"]].granted[number]["mass_g"] * allowed:
                found.state.add("APPROVAL_QUOTA")


def _gate(state: State, st: Statement, found: Findings, manifest: Manifest) -> None:
    body, day = manifest.body, day_of(st.at)
    if st.admitted_at - st.at > timedelta(days=15):
        found.state.add("BACKFILL_REQUIRED")
    permit = state.permits[body["permit"]]
    line = (permit, state.newest_of_line(permit))
    active = [p for p in line if p.status(st.at) == "ACTIVE"]
    in_term = [p for p in line if p.body["valid_from"] <= day.isoformat() <= p.body["valid_to"]]
    if not any(p in in_term for p in active):  # "permit or its renewal" (kinds §6): one of them, active and in its term
        found.state.add("PERMIT_STATUS" if in_term else "PERMIT_DATE")
    if "approval" in body:
        numbers = [line["decision_line"] for line in body["lines"]]
        app = state.approvals[body["approval"]]
        stopped, is_beside = decision_stops(state, app, numbers, st.at, ("depart",))
        found.state |= decision_terms(state, app, numbers, day) | stopped
        if is_beside:
            found.alerts.add(("H", "WL_SUSPENDED"))
        listings = [app.granted[n]["line"].get("listing") for n in numbers] if app.route == "LISTED" else []
        _notice(state, found, body, day, app.conditions, listings)
    elif "emergency" in body:
        found.state |= emergency_terms(state, state.emergencies[body["emergency"]], body, day, st.at, at_issue=False)
    elif "pilot" in body:
        found.state |= pilot_terms(state, body["pilot"], day, st.at, ("depart",), at_issue=False)
        if pilot_terms(state, body["pilot"], day, st.at, ("decide", "issue"), at_issue=False) & {"WL_SUSPENDED"}:
            found.alerts.add(("H", "WL_SUSPENDED"))
        _notice(state, found, body, day, [], [body["pilot"]])
    elif "decision" in body and day.isoformat() > body["decision"]["valid_to"]:
        found.state.add("APPROVAL_EXPIRED")
    later = [at for at in _changes(state, body, line) if st.at < at <= st.admitted_at]
    if any(_stops(state, body, line, at) - _stops(state, body, line, st.at) for at in later):
        found.alerts.add(("H", "OVERTOOK"))


def _changes(state: State, body: Body, permits: tuple[Permit, ...]) -> list[datetime]:
    """When a stop that may cover the load began or ended: one that has ended again was overtaken all the same (§1.3)."""
    found = [at for permit in permits for at, _ in permit.history]
    app, known = state.approvals.get(body.get("approval", "")), state.emergencies.get(body.get("emergency", ""))
    lists = [body["pilot"]] if "pilot" in body else [line["listing"] for line in app.body["lines"] if "listing" in line] if app else []
    found += [at for at, _, _ in app.stops] if app else []
    found += [known.closed_at] if known and known.closed_at else []
    return found + [at for named in lists if named["list"] in state.lists for at, _, _ in state.lists[named["list"]].stops]


def _stops(state: State, body: Body, permits: tuple[Permit, ...], moment: datetime) -> set[str]:
    """The stops that cover a departure (§1.3) at a moment: of permit, decision, listing, emergency."""
    stops = {"permit"} if all(permit.status(moment) != "ACTIVE" for permit in permits) else set()
    if "approval" in body:
        numbers = [line["decision_line"] for line in body["lines"]]
        stops |= decision_stops(state, state.approvals[body["approval"]], numbers, moment, ("depart",))[0]
    elif "emergency" in body:
        closed = state.emergencies[body["emergency"]].closed_at
        stops |= {"emergency"} if closed is not None and closed <= moment else set()
    elif "pilot" in body:
        known = state.lists[body["pilot"]["list"]]
        is_stopped = known.status(body["pilot"]["row"], moment) != "ACTIVE" and known.body["suspension_stops"] == "depart"
        stops |= {"row"} if is_stopped else set()
    return stops


def _notice(state: State, found: Findings, body: Body, day: date, conditions: list[Body], listings: list[Body | None]) -> None:
    """R-41: the strictest term of those that hold, in days before the departure; no notice, or one given later: PRE_NOTICE."""
    terms = [*conditions]
    for listing in listings:
        pair = row_of(state, listing)
        terms += list_conditions(*pair) if pair else []
    days = max((t.get("pre_notice_days", 0) for t in terms), default=0)
    given = moment_of(body["pre_notice"]["given_at"]) if "pre_notice" in body else None
    if days and (given is None or day_of(given) + timedelta(days=days) > day):
        found.alerts.add(("M", "PRE_NOTICE"))


def apply_depart(state: State, st: Statement, found: Findings) -> None:
    """On the road, with what it now holds."""
    manifest = state.manifests[st.chain]
    manifest.stage = "in_transit"
    for account, extra in found.moves.items():
        manifest.holds[account] = manifest.holds.get(account, 0) + extra
        if account.startswith("Q3 "):
            root = account[3:]
            state.scales[root] = state.scale(root, st.today.year)
            state.scales[root].reserved_g += extra
    loaded = {part["line"]: grams(part["mass_t"]) for part in st.body.get("loaded", [])}
    lines = enumerate(manifest.body["lines"])
    hold(state, manifest, [max(grams(line["mass_t"]), loaded.get(number, 0)) for number, line in lines])


def judge_receive(state: State, st: Statement, found: Findings) -> None:
    """manifest.receive: settles every account of the manifest to what was accepted."""
    manifest = _trunk(state, st, found)
    if manifest is None or manifest.stage not in ("issued", "in_transit"):
        found.state.add("ACT_NOT_OPEN")
        return
    for account, held_g in manifest.holds.items():
        found.move(account, -held_g)
    for part in st.body["lines"]:
        for account in accounts_of(state, manifest, part["line"]):
            found.move(account, grams(part["accepted_t"]))


def apply_receive(state: State, st: Statement, found: Findings) -> None:
    """Reserved grams end; accepted ones belong to the year of accepted_at."""
    manifest = state.manifests[st.chain]
    manifest.stage = "received"
    accepted = sum(grams(part["accepted_t"]) for part in st.body["lines"])
    at = moment_of(st.body["accepted_at"])
    assert at is not None
    _count(state, manifest, accepted)
    _release(state, st, manifest)
    if any(part["opinion"] == "reject" and grams(part.get("refused_t", "0")) for part in st.body["lines"]):
        pair = (manifest.chain.split("/")[1], manifest.body["receiver"])
        state.refused.setdefault(pair, []).append(day_of(at))
    taken = {part["line"]: grams(part["accepted_t"]) for part in st.body["lines"]}
    hold(state, manifest, [taken.get(number, 0) for number in range(len(manifest.body["lines"]))])
    shift_bases(state, state.permits[manifest.body["permit"]].root, accepted, day_of(at).year, st.today.year)
