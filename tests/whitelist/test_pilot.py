"""R-38: lead batteries on a national pilot list need no decision; every word of the list holds (kinds §5, §15)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.model import Head, chain_key
from tests.whitelist.acts import add_list, line, listed, row, transfer
from tests.whitelist.driver import CHONGQING, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log
from tests.whitelist.test_list_amend import ended
from tests.whitelist.test_list_status import LETTER, act, confirm, post, suspend
from whitelist.acts.list_amend import ListAmend
from whitelist.approval import ListingRef
from whitelist.listing import Conditions
from whitelist.transfer import PaperDecision, Return

NAME = "list/2026-00-50-pilot"
PILOT = ListingRef(list=NAME, row=0)


def world(*rows: Any, countersigned: bool = True, **changes: Any) -> Log:
    """The worked example on its morning, and a pilot list for everybody who sends to Chongqing."""
    log = listed()
    if countersigned:
        add_list(log, *(rows or (row(),)), chain=NAME, sides=(SICHUAN, CHONGQING), **{"kind": "pilot", **changes})
    return log


def ask(log: Log, *lines: Any, **changes: Any) -> Any:
    own: dict[str, Any] = {"approval": None, "pilot": PILOT, **changes}
    return log.ask(transfer(*(lines or (line(decision_line=None),)), **own))


def found(answer: Any) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


def test_batteries_move_on_a_pilot_row_without_a_decision() -> None:
    answer = ask(world())
    assert (found(answer), answer.route) == ([], "PILOT387")
    assert set(answer.draws) == {f"Q3 {PERMIT}"}  # no quota of the row, no decision's


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pilot": ListingRef(list=NAME, row=1)}, ("WL_UNKNOWN", "body.pilot")),
        ({"pilot": ListingRef(list="list/2026-00-50-none", row=0)}, ("WL_UNKNOWN", "body.pilot")),
        ({"pilot": ListingRef(list=LIST, row=0)}, ("WL_NOT_IN_FORCE", "body.pilot")),
        ({"receiver": OTHER_RECEIVER}, ("WL_RECEIVER", "body.receiver")),
        ({"approval": "approval/915101120000FX029E/01000000000000000000000002"}, ("ISSUE_TYPE", "body.pilot")),
        ({"origin": "500115"}, ("APPROVAL_DIRECTION", "body.pilot")),
        ({"pilot": None}, ("NO_APPROVAL", "body.approval")),
    ],
)
def test_what_does_not_fit_the_row_is_refused(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert reason in found(ask(world(), **changes))


def test_it_is_for_one_waste_by_the_methods_of_the_row() -> None:
    slag = line(decision_line=None, code="304-002-31", name="铅渣")
    assert ("WL_SCOPE", "body.lines.0.code") in found(ask(world(), slag))
    assert ("WL_METHOD", "body.lines.0.method") in found(ask(world(), line(decision_line=None, method="R5")))


def test_conditions_of_the_list_bind_here_where_no_decision_holds_them() -> None:
    stored = world(row(conditions=Conditions(use_only=True)))
    assert found(ask(stored)) == []
    assert ("WL_METHOD", "body.lines.0.method") in found(ask(stored, line(decision_line=None, method="D10")))


def test_a_list_that_is_not_countersigned_serves_nobody() -> None:
    log = world()
    head = log.facts.get(chain_key(NAME))
    log.facts.put(chain_key(NAME), Head(head.seq, head.hash, head.idx, replace(head.state, status="PROPOSED")))
    assert found(ask(log)) == [("WL_NOT_IN_FORCE", "body.pilot")]


def test_a_direction_is_the_lists() -> None:
    log = world()
    head = log.facts.get(chain_key(NAME))
    log.facts.put(chain_key(NAME), Head(head.seq, head.hash, head.idx, replace(head.state, from_province="52")))
    assert found(ask(log)) == [("WL_DIRECTION", "body.pilot")]


@pytest.mark.parametrize(
    ("days", "code"),
    [(("2026-11-06", "2026-12-31"), "APPROVAL_EARLY"), (("2026-01-01", "2026-11-04"), "WL_TERM"), (("2026-11-05", "2026-11-05"), None)],
)
def test_its_days_are_kept(days: tuple[str, str], code: str | None) -> None:
    log = world(effective_from=days[0], effective_to=days[1])
    assert found(ask(log)) == ([] if code is None else [(code, "body.pilot")])


@pytest.mark.parametrize("stops", ["decide", "issue", "depart"])
def test_any_stop_of_the_row_covers_the_issue(stops: Any) -> None:
    log = world(suspension_stops=stops)
    assert post(log, "suspend", suspend(0), SICHUAN, NAME) == []
    assert found(ask(log)) == [("WL_SUSPENDED", "body.pilot")]
    post(log, "resume", act(0), SICHUAN, NAME)
    assert confirm(log, chain=NAME) == []
    assert found(ask(log)) == []


def test_an_ended_row_serves_nothing_new() -> None:
    log = world()
    log.at("2026-11-05 08:30")
    body = {"end": (ended(0, "2026-11-04"),)}

    assert post(log, "amend", ListAmend(effective_from="2026-01-01", **LETTER, **body), SICHUAN, NAME) == []
    assert confirm(log, chain=NAME) == []
    assert found(ask(log)) == [("WL_TERM", "body.pilot")]
    log.at("2027-02-03 08:30")
    assert [code for code, _ in found(ask(log)) if code.startswith("WL_")] == [
        "WL_YEAR"
    ]  # the day in another year says it alone, kinds §15


def test_other_grounds_of_a_type_stand_alone() -> None:
    paper = PaperDecision(no="皖环〔2026〕1号", authority="安徽省生态环境厅", decided_on="2026-01-01", valid_to="2026-12-31")
    assert ("ISSUE_TYPE", "body.pilot") in found(ask(world(), decision=paper))
    back = Return(manifest="manifest/915101120000FX029E/01000000000000000000000003", how="back", lines=(0,))
    assert ask(world(), returns=back, receiver=RECEIVER).route == "RETURN"
