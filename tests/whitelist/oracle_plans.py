"""The oracle on management plans (kinds.md §1.5, §3, §5 R-14, R-15; law §7.2; decisions on plans in docs/decisions.md).

Plans are kept by chain and site; grams on their lines are what manifests hold, as on the accounts: declared at issue, more at loading, accepted
at receipt, nothing after a void.
"""

from . import oracle_form as form
from .oracle_data import day_of, grams, moment_of
from .oracle_state import Body, Findings, Manifest, State, Statement

Planned = dict[tuple[str, str, int], int]
_PLANNED = form.record(
    name=form.text(),
    internal_name_=form.text(),
    code=form.code_,
    category=form.category,
    hazards=form.hazards,
    form=form.one_of("S SS L G", "FORM_PACK"),
    mass_t=form.mass(),
    method=form.method,
    receiver_type=form.one_of("permit exempt_use abroad"),
    receivers_=form.array(form.party, 1, 8, once=""),
)
PLAN_FILE = form.record(site_=form.site_id, filing_no=form.text(), filed_on=form.day, lines=form.array(_PLANNED, 1, 64))
PLAN_AMEND = form.record(
    site_=form.site_id,
    reason=form.text(),
    filing_no_=form.text(),
    set_=form.array(
        form.record(line=form.number, mass_t_=form.mass(), method_=form.method, receivers_=form.array(form.party, 1, 8, once="")), 1, 64
    ),
    add_=form.array(_PLANNED, 1, 64),
)


def judge_file(state: State, st: Statement, found: Findings) -> None:
    """plan.file/1."""
    PLAN_FILE(st.body, found.form)
    if found.form:
        return
    _opening(state, st, found)
    site = st.body.get("site", "")
    known = state.sites.get((st.owner, site))
    if site and (known is None or "closed_on" in known):
        found.state.add("SITE_UNKNOWN")
    if (st.chain, site) in state.plans:
        found.state.add("PLAN_FILED")
    if st.body["filed_on"] > st.today.isoformat():
        found.state.add("DATE_ORDER")
    _codes(found, st.body["lines"])


def judge_amend(state: State, st: Statement, found: Findings) -> None:
    """plan.amend/1."""
    PLAN_AMEND(st.body, found.form)
    if found.form:
        return
    if not any(chain == st.chain for chain, _ in state.plans):
        found.frame.add("CHAIN_NOT_OPEN")
        return
    if st.first != st.owner:
        found.state.add("SIGNER_ROLE")
    changes, more = st.body.get("set", []), st.body.get("add", [])
    if not (changes or more or "filing_no" in st.body) or any(len(change) == 1 for change in changes):
        found.state.add("MISSING")
    _codes(found, more)
    plan = state.plans.get((st.chain, st.body.get("site", "")))
    if plan is None:
        found.state.add("PLAN_FILED")
        return
    named = [change["line"] for change in changes]
    if any(line >= len(plan["lines"]) for line in named) or len(set(named)) < len(named) or len(plan["lines"]) + len(more) > 256:
        found.state.add("PLAN_LINE")
        return
    site = st.body.get("site", "")
    less = [c for c in changes if "mass_t" in c and state.planned.get((st.chain, site, c["line"]), 0) > grams(c["mass_t"])]
    if less:
        found.alerts.add(("M", "PLAN_OVER"))


def _opening(state: State, st: Statement, found: Findings) -> None:
    if st.first != st.owner:
        found.state.add("SIGNER_ROLE")
    if st.owner in state.closed and not any(chain == st.chain for chain, _ in state.plans):
        found.state.add("PARTY_CLOSED")


def _codes(found: Findings, lines: list[Body]) -> None:
    if any(line["code"][-2:] != line["category"][2:] for line in lines):
        found.state.add("CODE_CATEGORY")


def apply_file(state: State, st: Statement, found: Findings) -> None:
    """The plan is there."""
    lines = [dict(line) for line in st.body["lines"]]
    state.plans[st.chain, st.body.get("site", "")] = {"numbers": [st.body["filing_no"]], "lines": lines}


def apply_amend(state: State, st: Statement, found: Findings) -> None:
    """Lines change in place, others come behind."""
    plan = state.plans[st.chain, st.body.get("site", "")]
    for change in st.body.get("set", []):
        plan["lines"][change["line"]].update({name: value for name, value in change.items() if name != "line"})
    plan["lines"] += [dict(line) for line in st.body.get("add", [])]
    plan["numbers"] += [st.body["filing_no"]] if "filing_no" in st.body else []


def plan_key(st: Statement) -> tuple[str, str] | None:
    """The plan that an issue names: of the year of admission.at, of a back-fill that of paper.departed_at."""
    if "plan" not in st.body:
        return None
    paper = st.body.get("paper") if st.body.get("type", "normal").startswith("backfill_") else None
    departed = moment_of(paper["departed_at"]) if paper else None
    year = day_of(departed or st.admitted_at).year
    return f"plan/{st.owner}/{year}", st.body["plan"].get("site", "")


def judge_of_issue(state: State, st: Statement, found: Findings) -> None:
    """R-14, R-15."""
    key = plan_key(st)
    plan = None if key is None else state.plans.get(key)
    if key is None or plan is None:
        found.tags |= {"PLAN_OFF_LOG"} if key is not None else set()
        return
    if st.body["plan"]["filing_no"] not in plan["numbers"]:
        found.state.add("PLAN_LINE")
    for line in st.body["lines"]:
        if "plan_line" not in line:
            found.state.add("MISSING")
        elif line["plan_line"] >= len(plan["lines"]):
            found.state.add("PLAN_LINE")
        else:
            planned = plan["lines"][line["plan_line"]]
            same = (line["code"], line["method"]) == (planned["code"], planned["method"])
            if not same or st.body["receiver"] not in planned.get("receivers", [st.body["receiver"]]):
                found.state.add("PLAN_LINE")
    for (chain, site, number), mass_g in planned_of(state, st).items():
        there = plan["lines"][number] if number < len(plan["lines"]) else None
        if there is not None and state.planned.get((chain, site, number), 0) + mass_g > grams(there["mass_t"]):
            found.alerts.add(("M", "PLAN_OVER"))


def planned_of(state: State, st: Statement) -> Planned:
    """Grams that an issue counts, by line of the plan."""
    key, found = plan_key(st), Planned()
    for line in st.body["lines"] if key in state.plans else ():
        if "plan_line" in line and key is not None:
            found[(*key, line["plan_line"])] = found.get((*key, line["plan_line"]), 0) + grams(line["mass_t"])
    return found


def hold(state: State, manifest: Manifest, masses: list[int]) -> None:
    """The manifest counts so many grams by its lines now, instead of what it counted before."""
    for key, mass_g in manifest.planned.items():
        state.planned[key] -= mass_g
    keys = [(*manifest.plan, line["plan_line"]) if manifest.plan and "plan_line" in line else None for line in manifest.body["lines"]]
    manifest.planned = {}
    for key, mass_g in zip(keys, masses, strict=True):
        if key is not None:
            manifest.planned[key] = manifest.planned.get(key, 0) + mass_g
    for key, mass_g in manifest.planned.items():
        state.planned[key] = state.planned.get(key, 0) + mass_g
