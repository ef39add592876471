"""The oracle on emergencies (kinds.md §9, §5, §15; R-39; decisions 227-229): declare, join, close, and the route of an issue."""

from datetime import date, datetime, timedelta

from . import oracle_form_acts as form
from .oracle_data import day_of, grams, moment_of
from .oracle_permits import covers
from .oracle_state import Body, Emergency, Findings, State, Statement


def judge_declare(state: State, st: Statement, found: Findings) -> None:
    """emergency.declare, by the authority that the chain is named after."""
    form.DECLARE(st.body, found.form)
    if found.form:
        return
    if st.chain in state.emergencies:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    if st.first != st.owner or st.first not in state.authorities:
        found.state.add("SIGNER_ROLE")
    body = st.body
    state.division(found, body["place"]["division"], st.today)
    if not _covers(state, st.owner, body["place"]["division"]):
        found.state.add("EMERGENCY_SCOPE")
    happened = moment_of(body["happened_at"])
    assert happened is not None
    first, last = date.fromisoformat(body["valid_from"]), date.fromisoformat(body["valid_to"])
    days = timedelta(days=state.data.thresholds["emergency_d"])
    if first < day_of(happened) or last < first or last >= first + days or happened < st.at - timedelta(days=15):
        found.state.add("EMERGENCY_TERM")
    if happened > st.at:
        found.body.add("TIME_ORDER")
    _receivers(state, found, body["receivers"])


def _covers(state: State, authority: str, division: str) -> bool:
    return any(division.startswith(region) for region in state.authorities.get(authority, ()))


def _receivers(state: State, found: Findings, receivers: list[Body]) -> None:
    for named in receivers:
        permit = state.permits.get(named["permit"])
        if permit is None:
            found.state.add("PERMIT_UNKNOWN")
        elif permit.holder != named["receiver"]:
            found.state.add("PERMIT_HOLDER")


def apply_declare(state: State, st: Statement, found: Findings) -> None:
    """Open, joined by nobody."""
    state.emergencies[st.chain] = Emergency(st.chain, st.body, st.admitted_at, list(st.body["receivers"]))


def judge_join(state: State, st: Statement, found: Findings) -> None:
    """emergency.join, by an authority that covers receivers' permits; a second one brings receivers."""
    form.JOIN(st.body, found.form)
    if found.form:
        return
    known = state.emergencies.get(st.chain)
    if known is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    more = st.body.get("receivers", [])
    mine = [r for r in known.receivers + more if r["permit"] in state.permits and _covers(state, st.first, _at(state, r))]
    if known.closed_at is not None:
        found.frame.add("EMERGENCY_STATE")
        return
    if st.first == st.owner or not mine:
        found.state.add("SIGNER_ROLE")
    if st.body["letter_date"] > st.today.isoformat():
        found.body.add("DATE_ORDER")
    _receivers(state, found, more)
    if any(r["permit"] in state.permits and not _covers(state, st.first, _at(state, r)) for r in more):
        found.state.add("EMERGENCY_SCOPE")
    if not more and any(_covers(state, st.first, province) for province in known.joins):
        found.state.add("EMERGENCY_STATE")


def _at(state: State, receiver: Body) -> str:
    division: str = state.permits[receiver["permit"]].body["division"]
    return division


def apply_join(state: State, st: Statement, found: Findings) -> None:
    """Its provinces joined; more receivers."""
    known = state.emergencies[st.chain]
    known.receivers += st.body.get("receivers", [])
    for region in state.authorities[st.first]:
        known.joins.setdefault(region[:2], st.admitted_at)


def judge_close(state: State, st: Statement, found: Findings) -> None:
    """emergency.close, by the declaring authority, once."""
    form.CLOSE(st.body, found.form)
    if found.form:
        return
    known = state.emergencies.get(st.chain)
    if known is None:
        found.frame.add("CHAIN_NOT_OPEN")
        return
    if st.first != st.owner:
        found.state.add("SIGNER_ROLE")
    if known.closed_at is not None:
        found.frame.add("EMERGENCY_STATE")
    happened = moment_of(known.body["happened_at"])
    assert happened is not None
    if not day_of(happened).isoformat() <= st.body["closed_on"] <= st.today.isoformat():
        found.body.add("DATE_ORDER")


def apply_close(state: State, st: Statement, found: Findings) -> None:
    """A stop from now on."""
    state.emergencies[st.chain].closed_at = st.admitted_at


def judge_route(state: State, st: Statement, found: Findings) -> Emergency | None:
    """Who, what and how much an emergency covers; terms and statuses are `emergency_terms`."""
    body, known = st.body, state.emergencies.get(st.body["emergency"])
    found.route = "EMERGENCY"
    if known is None:
        found.state.add("EMERGENCY_STATE")
        return None
    permit = state.permits.get(body["permit"])
    roots = [(r["receiver"], state.permits[r["permit"]].root) for r in known.receivers]
    fits = permit is None or (body["receiver"], permit.root) in roots  # of an unknown permit nothing more is said
    if (
        known.body["place"]["division"][:2] != body["origin"]["division"][:2]
        or st.owner not in known.body["generators"]
        or not fits
        or not all(any(covers(waste, line["code"]) for waste in known.body["wastes"]) for line in body["lines"])
    ):
        found.state.add("EMERGENCY_SCOPE")
    if known.used_g + sum(grams(line["mass_t"]) for line in body["lines"]) > grams(known.body["ceiling_t"]):
        found.state.add("EMERGENCY_CEILING")
    return known


def emergency_terms(state: State, known: Emergency, body: Body, day: date, moment: datetime, *, at_issue: bool) -> set[str]:
    """Days and states at the moment of the event: closed, or past `join_d` without the word of the receiver's province."""
    codes: set[str] = set()
    if not known.body["valid_from"] <= day.isoformat() <= known.body["valid_to"]:
        codes.add("EMERGENCY_SCOPE" if at_issue else "EMERGENCY_STATE")
    if known.closed_at is not None and known.closed_at <= moment:
        codes.add("EMERGENCY_STATE")
    waited = known.declared_at + timedelta(days=state.data.thresholds["join_d"])
    if moment >= waited and is_unjoined(state, known, body, moment):
        codes.add("EMERGENCY_STATE")
    return codes


def is_unjoined(state: State, known: Emergency, body: Body, moment: datetime) -> bool:
    """Whether the load goes to a province that has not joined by the moment, and that the declaring authority does not itself cover."""
    permit = state.permits.get(body["permit"])
    division = (permit.body if permit else body["destination"])["division"]
    is_inside = body["destination"]["division"][:2] == body["origin"]["division"][:2]
    if is_inside or _covers(state, known.chain.split("/")[1], division):
        return False
    joined = known.joins.get(division[:2])
    return joined is None or joined > moment
