"""R-05, R-12, R-13, types, parties, places and sites (L1 of the cases): who sends what from where to where, and as what kind of manifest."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.whitelist.acts import INTRA, PAPER, line, listed, place, transfer, with_permit
from tests.whitelist.driver import GENERATOR, OTHER_GENERATOR, OTHER_RECEIVER, Log
from tests.workbench import uscc
from whitelist.transfer import Answer, Meters, PaperDecision, PlanRef, WasteLine

LOG = listed()


def ask(*lines: WasteLine, log: Log | None = None, **changes: Any) -> Answer:
    return (log or LOG).ask(transfer(*lines, **changes))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


def test_r05_a_wrong_check_character_is_refused() -> None:
    assert ("USCC", "body.generator") in found(ask(generator="915101120000FX029F"))
    assert ("USCC", "body.receiver") in found(ask(receiver="915001160000fx0107"))
    assert found(ask(carriers=(GENERATOR, "915101120000FX029F"))) == [("USCC", "body.carriers.1")]


def test_a_carrier_is_named_once_and_eight_at_most() -> None:
    assert found(ask(carriers=(GENERATOR, GENERATOR))) == [("LIST_LENGTH", "body.carriers")]
    assert set(found(ask(carriers=(GENERATOR,) * 9))) == {("LIST_LENGTH", "body.carriers")}


def test_a_carrier_without_a_chain_on_the_log_is_an_alert() -> None:
    assert ask(carriers=(OTHER_GENERATOR,)).alerts == (("L", "CARRIER_UNKNOWN"),)
    log = listed()
    log.register(OTHER_GENERATOR)
    assert ask(log=log, carriers=(OTHER_GENERATOR,)).alerts == ()


def test_r12_only_generator_or_receiver_is_consignor() -> None:
    assert found(ask(consignor="receiver")) == []
    assert found(ask(consignor="carrier")) == [("CONSIGNOR", "body.consignor")]


METERS = Meters(out_no="A", in_no="B", period_from="2026-11-01", period_to="2026-11-30")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mode": "rail"}, []),
        ({"mode": "sea"}, [("SEA", "body.mode")]),
        ({"mode": "air"}, [("MODE", "body.mode")]),
        ({"mode": "pipeline"}, [("MODE", "body.mode")]),
        ({"type": "pipeline", "meters": METERS}, [("MODE", "body.mode")]),
        ({"type": "pipeline", "mode": "pipeline"}, [("MISSING", "body.meters")]),
        ({"type": "pipeline", "mode": "pipeline", "meters": METERS}, []),
        ({"meters": METERS}, [("ISSUE_TYPE", "body.meters")]),
    ],
)
def test_r13_the_sea_is_refused_and_a_pipeline_is_one_wholly_or_not_at_all(changes: dict[str, Any], expected: list[Any]) -> None:
    assert found(ask(**changes)) == expected


DECISION = PaperDecision(no="黔环〔2026〕1号", authority="黔省生态环境厅（虚构）", decided_on="2026-11-05", valid_to="2026-11-10")


def in_transfer(now: str = "2026-11-05 08:30", **changes: Any) -> Answer:
    log = listed()
    log.at(now)
    body = {"type": "in_transfer", "generator": GUIZHOU, "origin": "520115", "approval": None, "decision": DECISION, "number": None}
    return ask(line(decision_line=None), log=log, **{**body, **changes})


GUIZHOU = uscc("520115", 1)


def test_an_in_transfer_stands_on_a_decision_outside_the_log() -> None:
    answer = in_transfer(plan=None)
    assert (found(answer), answer.route, answer.tags) == ([], "OFF_LOG", (("DECISION_OFF_LOG",),))
    assert list(answer.draws) == [next(iter(ask(**INTRA).draws))], "it draws on the receiver's scale alone"


@pytest.mark.parametrize(
    ("now", "changes", "expected"),
    [
        ("2026-11-10 23:59", {}, []),
        ("2026-11-11 00:00", {}, [("APPROVAL_EXPIRED", "body.decision.valid_to")]),
        ("2026-11-05 00:00", {"decision": replace(DECISION, decided_on="2026-11-06")}, [("APPROVAL_EARLY", "body.decision.decided_on")]),
        ("2026-11-05 08:30", {"decision": None}, [("MISSING", "body.decision")]),
        ("2026-11-05 08:30", {"generator": GENERATOR, "origin": "510112"}, [("ISSUE_TYPE", "body.type")]),
    ],
)
def test_an_in_transfer_is_judged_by_the_days_of_its_decision(now: str, changes: dict[str, Any], expected: list[Any]) -> None:
    assert found(in_transfer(now, **changes)) == expected


def test_a_decision_outside_the_log_belongs_to_in_transfers_and_one_ground_is_enough() -> None:
    assert found(ask(decision=DECISION, approval=None)) == [("ISSUE_TYPE", "body.decision")]
    assert found(ask(decision=DECISION)) == [("ISSUE_TYPE", "body.decision"), ("ISSUE_TYPE", "body.decision")]


def test_a_plan_is_named_and_so_far_never_compared() -> None:
    assert found(ask(plan=None)) == [("MISSING", "body.plan")]
    assert ask().tags == (("PLAN_OFF_LOG",),)


def test_paper_belongs_to_backfills_and_every_backfill_has_it() -> None:
    assert found(ask(paper=PAPER)) == [("ISSUE_TYPE", "body.paper")]
    assert ("MISSING", "body.paper") in found(ask(type="backfill_ordinary"))


def test_places_that_do_not_exist_are_refused() -> None:
    assert ("DIVISION", "body.origin.division") in found(ask(origin="510199"))
    assert found(ask(destination="5001")) == [("DIVISION", "body.destination.division")]


def test_a_withdrawn_division_is_an_alert_and_equals_what_took_its_place() -> None:
    log = with_permit(division="500112")
    retired = ask(log=log, **{**INTRA, "destination": "500112"})
    assert (found(retired), retired.alerts) == ([], (("M", "DIVISION_RETIRED"),))
    answer = ask(log=log, **{**INTRA, "destination": "500157"})
    assert (found(answer), answer.alerts) == ([], ())


def test_missing_data_sets_are_the_operators_matter() -> None:
    log = listed()
    for name in ("hw-catalogue-2021", "hw-catalogue-2025", "divisions", "thresholds"):
        log.without_data(name)
    assert set(found(ask(log=log))) == {
        ("DATA_NOT_ADOPTED", "body.lines.0.code"),
        ("DATA_NOT_ADOPTED", "body.origin.division"),
        ("DATA_NOT_ADOPTED", "body.destination.division"),
        ("DATA_NOT_ADOPTED", "body.permit"),
    }


def test_l1_an_origin_outside_the_own_province_is_a_registered_site() -> None:
    """L1 of the cases: a Sichuan generator states an origin in Chongqing, so that no decision would be needed."""
    far = {"origin": "500115", "approval": None, "number": None}
    assert found(ask(**far)) == [("SITE_UNKNOWN", "body.origin.site")]
    log = listed()
    log.site(GENERATOR, "S-1", "500115")
    log.site(GENERATOR, "S-2", "500116")
    log.site(OTHER_RECEIVER, "S-3", "500115")
    for site, expected in (("S-1", []), ("S-2", ["SITE_UNKNOWN"]), ("S-3", ["SITE_UNKNOWN"]), ("S-4", ["SITE_UNKNOWN"])):
        assert [code for code, _ in found(ask(log=log, **{**far, "origin": place("500115", site)}))] == expected, site
    log.site(GENERATOR, "S-1", "500115", is_open=False)
    assert found(ask(log=log, **{**far, "origin": place("500115", "S-1")})) == [("SITE_UNKNOWN", "body.origin.site")]


def test_a_site_that_is_named_is_its_partys() -> None:
    log = listed()
    log.site(OTHER_RECEIVER, "S-1", "500116")
    assert found(ask(log=log, destination=place("500116", "S-1"))) == [("SITE_UNKNOWN", "body.destination.site")]
    assert found(ask(log=log, plan=PlanRef(filing_no="GL-1", site="S-1"))) == [("SITE_UNKNOWN", "body.plan.site")]


def test_the_origin_may_lie_elsewhere_than_applied_for_and_says_so() -> None:
    """E8 of the cases: an origin county other than the application's."""
    answer = ask(origin="510502", number=None)
    assert (found(answer), answer.alerts) == ([], (("M", "ORIGIN_ELSEWHERE"),))
