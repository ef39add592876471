"""Any year: whatever befell list and decisions, the list as it stood at its end changes nothing, and more quota stops nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.mass import format_mass
from ledger.times import day_of, parse_at
from reports.whatif.draft import DraftList
from signing.refusal import Refusal
from tests.reports.trial import GENERATORS, LIST, TrialYear, draft, row
from tests.sample import sample
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.listing import ListState, rows_hash

DIVISIONS = sorted(GENERATORS)
ACTS = ("decide", "decide", "decide", "trip", "trip", "trip", "suspend", "resume", "remove", "amend", "exceed", "revoke")
Act = tuple[str, int, int, int]
"""What, which one of those there are, how much, and how many days later."""
LIVES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(1, 60), st.integers(0, 9)), min_size=6, max_size=26)


def lived(acts: list[Act], stops: str) -> TrialYear:
    """A year of these acts; what the log refuses did not happen."""
    log = TrialYear(stops)
    at_s, decisions, names = parse_at("2026-01-12T09:00:00+08:00"), list[tuple[str, str]](), "ABC"
    for what, which, much, later in acts:
        at_s = max(at_s + later * 86_400, log.bench.at_s)
        log.bench.at_s = at_s
        rows, name = log.bench.facts.state(LIST).rows, names[which % 3]
        with suppress(Refusal):
            if what == "decide":
                listing = which if which < len(rows) else None
                agrees = None if listing is not None and much % 3 else much % 4 != 0
                more_t = (f"{1 + much % 7}",) if much % 2 else ()
                chain = log.decide(DIVISIONS[much % 3], name, f"{much}", listing=listing, agrees=agrees, days=1 + much % 4, more_t=more_t)
                decisions.append((chain, name))
            elif what == "trip" and decisions:
                chain, name = decisions[which % len(decisions)]
                log.trip(
                    chain, name, f"{much / 10}", noticed_d=much % 6 or None, line=which % 2, departs=much % 4 != 0, voids=much % 8 == 0
                )
            elif what in ("suspend", "resume", "remove"):
                act = log.list_act(f"list.{what}", row=which % len(rows), reason="检查")
                if what != "suspend" and much % 4:
                    log.list_act("list.confirm", AUTHORITY_50, act=act)
            elif what == "amend":
                _amend(log, which, much)
            elif what == "exceed":
                asked = {"asked_no": "川环函〔2026〕5号（虚构）", "asked_date": day_of(log.bench.at_s)}
                log.list_act("list.exceed_consent", AUTHORITY_50, row=which % len(rows), extra_t=f"{much}", **asked)
            elif what == "revoke" and decisions:
                body = {"reason": "不再具备条件"}
                log.bench.post("approval.revoke/1", decisions[which % len(decisions)][0], (AUTHORITY_51,), body)
    return log


def _amend(log: TrialYear, which: int, much: int) -> None:
    """More or less quota, the end of a row, or one more."""
    today = day_of(log.bench.at_s)
    body: dict[str, Any] = {"effective_from": today}
    if which == 0:
        body |= {"add": [row("C", f"{much}")], "rows_hash": rows_hash(one.listed(one.permit) for one in draft([row("C", f"{much}")]).rows)}
    elif which % 2:
        body |= {"quota": [{"row": which % 2, "quota_t": f"{3 * much}"}]}
    else:
        body |= {"end": [{"row": which % 2, "on": today, "reason": "设施拆除"}]}
    act = log.list_act("list.amend", **body)
    if much % 5:
        log.list_act("list.confirm", AUTHORITY_50, act=act)


def as_it_ended(log: TrialYear, factor: int = 1, part: int = 1) -> DraftList | None:
    """The list as an office would export it at the end: what has neither ended nor been removed; with so many times
    the greatest quota that a row ever had, or with a part of the last one."""
    listed: ListState = log.bench.facts.state(LIST)
    at_s = log.bench.entries[-1].statement.at_s
    day, rows = day_of(at_s), []
    for number, one in enumerate(listed.rows):
        if listed.last_day(number) < day or listed.status_at(number, log.bench.at_s) == "REMOVED":
            continue
        terms = {} if one.conditions is None else {"conditions": msgspec.to_builtins(one.conditions)}
        quota_g = listed.quota_g(number, day)
        if factor > 1:
            quota_g = factor * max(one.quota_g, *(change.quota_g for change in listed.row_life(number).quotas), quota_g)
        rows.append({
            "receiver": one.receiver, "permit": one.permit, "waste": msgspec.to_builtins(one.waste), "methods": list(one.methods),
            "quota_t": format_mass(quota_g // part), **terms,
        })  # fmt: skip
    return draft(rows) if rows else None


@settings(max_examples=sample(12))
@given(acts=LIVES, stops=st.sampled_from(["decide", "issue", "depart"]), factor=st.integers(2, 4))
def test_the_list_as_it_ended_changes_nothing_and_more_quota_stops_nothing(acts: list[Act], stops: str, factor: int) -> None:
    log = lived(acts, stops)
    same, more = as_it_ended(log), as_it_ended(log, factor)
    if same is None or more is None:
        return
    result = log.trial(same)
    assert result.changes_nothing, (result.changed, result.trips)
    wider = log.trial(more)
    assert not [trip for trip in wider.trips if trip.outcome == "stopped"]
    assert not [one for one in wider.changed if one.tried.outcome == "slower"]
    smaller = [as_it_ended(log, part=part) for part in (factor, factor + 1)]
    half, third = ({trip.manifest for trip in log.trial(one).trips if trip.outcome == "stopped"} for one in smaller if one is not None)
    assert half <= third
