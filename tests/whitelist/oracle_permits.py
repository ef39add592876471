"""The oracle on permits (kinds.md §3, R-17 … R-21) and parties (§2): their acts, and the permit rules that other acts share."""

from datetime import date, datetime

from . import oracle_form as form
from .oracle_data import grams, group
from .oracle_state import Body, Findings, Permit, State, Statement

LINKS = {"use": "USE", "dispose": "DISPOSAL"}
"""The link of a method's group; storing has none that a basis could waive."""


def covers(scope: Body, code: str) -> bool:
    """Whether a Scope names the code."""
    if scope["category"] != "HW" + code[-2:]:
        return False
    if scope["scope"] == "ALL":
        return True
    return bool((code in scope["codes"]) == (scope["scope"] == "INCLUDE"))


def basis_waives(state: State, body: Body, code: str, method: str, day: date) -> bool:
    """R-21: the permit's basis is of the edition of the day and waives the link of the method for the code."""
    basis = body["basis"]
    item = state.data.exemption(basis["edition"], basis["item"], day)
    return item is not None and LINKS.get(group(method)) in item.links(code)


def permit_rules(
    state: State,
    found: Findings,
    *,
    name: str,
    receiver: str,
    generator: str,
    lines: list[tuple[str, str]],
    day: date,
) -> Permit | None:
    """R-17 (existence and holder), R-18, R-19, R-21 of [(code, method)]; terms and statuses are `permit_terms`.

    R-19 goes by the items that cover the code; where none does, by the whole permit (§15).
    """
    permit = state.permits.get(name)
    if permit is None:
        found.state.add("PERMIT_UNKNOWN")
        return None
    if permit.holder != receiver:
        found.state.add("PERMIT_HOLDER")
    items = permit.body["items"]
    for code, method in lines:
        covering = [item for item in items if covers(item, code)]
        if not covering:
            found.state.add("PERMIT_SCOPE")
        if not any(method in item["methods"] for item in covering or items):
            found.state.add("PERMIT_METHOD")
        if permit.body["class"] == "exempt_use":
            named = permit.body["basis"].get("generator")
            if not basis_waives(state, permit.body, code, method, day) or named not in (None, generator):
                found.state.add("EXEMPT_BASIS")
    return permit


def permit_terms(permit: Permit, day: date, moment: datetime) -> set[str]:
    """R-17: days and status."""
    codes = set()
    if not permit.body["valid_from"] <= day.isoformat() <= permit.body["valid_to"]:
        codes.add("PERMIT_DATE")
    if permit.status(moment) != "ACTIVE":
        codes.add("PERMIT_STATUS")
    return codes


def _authority(state: State, st: Statement, found: Findings, division: str) -> None:
    """By AH: who covers USCC characters 3–8 of the holder; of a foreign holder who covers the division, else any (§1.7)."""
    home = state.covering(st.owner[2:8])
    if not home:
        found.tags.add("FOREIGN")
        home = state.covering(division) or list(state.authorities)
    if st.first not in home:
        found.state.add("SIGNER_ROLE")


def _as_grant(state: State, st: Statement, found: Findings, body: Body) -> None:
    """What grant and amend judge of the body that results; place, site and retired codes where the statement itself names them."""
    if body["valid_from"] > body["valid_to"]:
        found.body.add("DATE_ORDER")
    if body["class"] == "collection" and any(item["methods"] != ["S"] for item in body["items"]):
        found.body.add("METHOD")
    if (body["class"] == "exempt_use") != ("basis" in body):
        found.body.add("EXEMPT_BASIS")
    elif "basis" in body and not _basis_holds(state, body):
        found.state.add("EXEMPT_BASIS")
    if "division" in st.body:
        state.division(found, body["division"], st.today)
        if not any(body["division"].startswith(region) for region in state.authorities.get(st.first, ())):
            found.alerts.add(("H", "PERMIT_SITE_ELSEWHERE"))
    if "site" in st.body and not state.site_open(st.owner, body["site"], body["division"]):
        found.state.add("SITE_UNKNOWN")
    valid_from = date.fromisoformat(body["valid_from"])
    named = st.body.keys() & {"items", "valid_from"}
    if named and any(state.data.retired(code, valid_from) for item in body["items"] for code in item.get("codes", ())):
        found.alerts.add(("M", "CODE_RETIRED"))


def _basis_holds(state: State, body: Body) -> bool:
    """R-21 at grant: in force on valid_from; waives the link of every method for every code; point-to-point one code, one generator."""
    basis, valid_from = body["basis"], date.fromisoformat(body["valid_from"])
    item = state.data.exemption(basis["edition"], basis["item"], valid_from)
    if item is None:
        return False
    named = [(i["scope"], i.get("codes", [])) for i in body["items"]]
    if item.point_to_point and ("generator" not in basis or [(s, len(c)) for s, c in named] != [("INCLUDE", 1)]):
        return False
    book = state.data.catalogues[basis["edition"]]
    for part in body["items"]:
        codes = part["codes"] if part["scope"] == "INCLUDE" else [code for code in book if covers(part, code)]
        if not all(basis_waives(state, body, code, method, valid_from) for code in codes for method in part["methods"]):
            return False
    return True


def _second(state: State, holder: str, division: str, klass: str, but: str = "") -> bool:
    """Whether the holder has another permit at this division and of this class."""
    return any(
        p.holder == holder and p.chain != but and p.body["class"] == klass and state.data.same_division(p.body["division"], division)
        for p in state.permits.values()
    )


def judge_grant(state: State, st: Statement, found: Findings) -> None:
    """permit.grant."""
    form.GRANT(st.body, found.form)
    if found.form:
        return
    body = st.body
    _authority(state, st, found, body["division"])
    if st.chain in state.permits:
        found.frame.add("CHAIN_NOT_OPEN")
    if found.frame:
        return
    _as_grant(state, st, found, body)
    if "renews" in body:
        old = state.permits.get(body["renews"])
        if (
            old is None
            or state.newest_of_line(old) is not old
            or old.holder != st.owner
            or not state.data.same_division(old.body["division"], body["division"])
            or old.body["class"] != body["class"]
            or old.now == "REVOKED"
        ):
            found.state.add("RENEWS")
    elif _second(state, st.owner, body["division"], body["class"]):
        found.alerts.add(("M", "PERMIT_SECOND"))


def apply_grant(state: State, st: Statement, found: Findings) -> None:
    """A new permit; a renewal inherits the root and with it Q3."""
    root = state.permits[st.body["renews"]].root if "renews" in st.body else st.chain
    state.permits[st.chain] = Permit(st.chain, st.owner, dict(st.body), root)


def _known(state: State, st: Statement, found: Findings) -> Permit | None:
    permit = state.permits.get(st.chain)
    if permit is None:
        found.frame.add("CHAIN_NOT_OPEN")
    else:
        _authority(state, st, found, permit.body["division"])
    return None if found.frame else permit


def judge_amend(state: State, st: Statement, found: Findings) -> None:
    """permit.amend: judged as a grant of what results."""
    form.AMEND(st.body, found.form)
    changes = {k: v for k, v in st.body.items() if k not in ("reason", "file")}
    if not changes:
        found.body.add("MISSING")
    if found.form or (permit := _known(state, st, found)) is None:
        return
    if permit.now == "REVOKED" or changes.get("division", permit.body["division"])[:2] != permit.body["division"][:2]:
        found.state.add("PERMIT_TRANSITION")
    _as_grant(state, st, found, {**permit.body, **changes})


def apply_amend(state: State, st: Statement, found: Findings) -> None:
    """Replaces what it names."""
    state.permits[st.chain].body.update({k: v for k, v in st.body.items() if k not in ("reason", "file")})


def judge_status(state: State, st: Statement, found: Findings) -> None:
    """permit.suspend (of ACTIVE), resume (of SUSPENDED), revoke (of either)."""
    form.REASON(st.body, found.form)
    if found.form or (permit := _known(state, st, found)) is None:
        return
    act = st.kind.split(".")[1]
    allowed = {"suspend": ("ACTIVE",), "resume": ("SUSPENDED",), "revoke": ("ACTIVE", "SUSPENDED")}[act]
    if permit.now not in allowed:
        found.state.add("PERMIT_TRANSITION")


def apply_status(state: State, st: Statement, found: Findings) -> None:
    """Keeps the change with its admission.at."""
    status = {"suspend": "SUSPENDED", "resume": "ACTIVE", "revoke": "REVOKED"}[st.kind.split(".")[1]]
    state.permits[st.chain].history.append((st.admitted_at, status))


def judge_usage(state: State, st: Statement, found: Findings) -> None:
    """permit.usage: by AH, or the receiver (tag SELF_STATED); moves Q3 of the month's year by the difference; R-20 only alerts."""
    form.USAGE(st.body, found.form)
    if found.form:
        return
    permit = state.permits.get(st.chain)
    if permit is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    own = st.first == permit.holder
    if own:
        found.tags.add("SELF_STATED")
    else:
        _authority(state, st, found, permit.body["division"])
    if found.frame:
        return
    month, new = st.body["month"], grams(st.body["received_t"])
    before, official = permit.usage.get(month, (0, False))
    if month >= st.today.isoformat()[:7] or (own and (official or new < before)):
        found.state.add("USAGE_MONTH")
        return
    account = f"Q3 {permit.root}"
    found.move(account, new - before)
    year, reg = int(month[:4]), state.scale(permit.root, st.today.year)
    if year == reg.year:
        used = state.accounts.get(account, 0) - reg.base_g + new - before
    elif year == reg.year - 1:
        used = reg.base_g - reg.prior_base_g + new - before
    else:
        return
    if used * 1000 > grams(permit.body["scale_t"]) * state.data.thresholds["scale_alert_permille"]:
        found.alerts.add(("M", "PERMIT_SCALE"))


def apply_usage(state: State, st: Statement, found: Findings) -> None:
    """The month's grams, and the bases where the month lies in an earlier year (§1.6)."""
    permit = state.permits[st.chain]
    month, new = st.body["month"], grams(st.body["received_t"])
    before, official = permit.usage.get(month, (0, False))
    permit.usage[month] = (new, official or st.first != permit.holder)
    shift_bases(state, permit.root, new - before, int(month[:4]), st.today.year)


def shift_bases(state: State, root: str, mass_g: int, year: int, now: int) -> None:
    """Grams of an earlier year move base_g with the account, those before the year before prior_base_g too (§1.6)."""
    reg = state.scales[root] = state.scale(root, now)
    if year < reg.year:
        reg.base_g += mass_g
    if year < reg.year - 1:
        reg.prior_base_g += mass_g


def judge_register(state: State, st: Statement, found: Findings) -> None:
    """party.register: by the authority of the region, foreign ones by any."""
    _authority(state, st, found, st.owner[2:8])
    if st.owner in state.parties:
        found.frame.add("CHAIN_NOT_OPEN")


def apply_register(state: State, st: Statement, found: Findings) -> None:
    """The party exists."""
    state.parties.add(st.owner)


def judge_site(state: State, st: Statement, found: Findings) -> None:
    """party.site: by the party; in another province than its USCC's also by an authority of the place (closing: either alone)."""
    division = st.body["division"]
    abroad = division[:2] != st.owner[2:4] and "closed_on" not in st.body
    if abroad and not any(uscc in state.covering(division) for uscc in st.by[1:]):
        found.state.add("SIGNER_MISSING")
    state.division(found, division, st.today)


def apply_site(state: State, st: Statement, found: Findings) -> None:
    """The last statement of a site id holds."""
    state.sites[st.owner, st.body["site"]] = st.body


def judge_party_amend(state: State, st: Statement, found: Findings) -> None:
    """party.amend: name, closing, reopening (successors are not followed here)."""
    body = st.body
    if not body.keys() & {"name", "successor", "closed_on", "reopen"}:
        found.form.add("MISSING")
        return
    if st.owner not in state.parties:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    closed = st.owner in state.closed
    if ("closed_on" in body and closed) or ("reopen" in body and not closed) or ("successor" in body and "closed_on" not in body):
        found.state.add("PARTY_STATE")
    if body.get("closed_on", "") > st.today.isoformat():
        found.body.add("DATE_ORDER")


def apply_party_amend(state: State, st: Statement, found: Findings) -> None:
    """Closes or reopens."""
    if "closed_on" in st.body:
        state.closed.add(st.owner)
    if "reopen" in st.body:
        state.closed.discard(st.owner)
