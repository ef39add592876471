"""What manifests move out counts on the lines of the plan, gram by gram, through their whole life and every correction (R-14, R-15; kinds §1.5, §8)."""

from __future__ import annotations

import pytest

from manifests import acts
from tests.manifests.amending import a_proposal, case, consent, in_force, propose, viewed
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    PLAN,
    RECEIVER,
    Driver,
    a_line,
    accepted,
    codes,
    partly,
    rejected,
)
from tests.manifests.test_case_gap import closed
from tests.manifests.test_returns import redirect, with_stranger
from tests.workbench import AUTHORITY_51
from whitelist.transfer import PlanRef

T = 1_000_000
LINE = a_line(plan_line=0)


def planned(*masses: str) -> Driver:
    log = Driver(line_count=2)
    log.lay_plan(*(masses or ("3000", "3000")))
    return log


def issued(**changes: object) -> Driver:
    log = planned()
    log.issue(**{"lines": (LINE,), **changes})
    return log


def loaded(mass_t: str) -> tuple[acts.LoadedLine, ...]:
    return (acts.LoadedLine(line=0, mass_t=mass_t),)


def test_an_issue_counts_and_its_facts_name_the_plan() -> None:
    log = planned()
    entry = log.issue(lines=(LINE,))
    assert PLAN in dict(entry.admission.facts)
    assert "PLAN_OFF_LOG" not in codes(entry)
    assert log.planned_g() == 5_600_000
    other = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
    log.issue(chain=other, lines=(a_line(plan_line=1, mass_t="1"), a_line(plan_line=0, mass_t="2", decision_line=1)))
    assert (log.planned_g(), log.planned_g(1)) == (7_600_000, T)


def test_a_plan_off_the_log_counts_nowhere() -> None:
    log = Driver()
    entry = log.issue(lines=(LINE,))
    assert "PLAN_OFF_LOG" in codes(entry)
    assert (log.planned_g(), entry.admission.facts) == (0, tuple(fact for fact in entry.admission.facts if not fact[0].startswith("plan/")))


def test_beyond_the_plan_is_said_and_goes_on() -> None:
    log = planned("5")
    assert "M:PLAN_OVER" in codes(log.issue(lines=(LINE,)))
    assert log.planned_g() == 5_600_000


def test_void_and_decline_give_all_of_it_back() -> None:
    log = issued()
    log.void()
    assert log.planned_g() == 0
    log = issued()
    log.receive(rejected(0, refused_t="0"))
    assert log.planned_g() == 0


def test_what_is_loaded_beyond_the_declared_counts_and_the_receipt_settles() -> None:
    log = issued()
    log.depart(loaded=loaded("5.7"))
    assert log.planned_g() == 5_700_000
    log.arrive()
    log.receive(accepted(0, "5.650000"))
    assert log.planned_g() == 5_650_000
    log = issued()
    log.depart(loaded=loaded("5.5"))
    assert log.planned_g() == 5_600_000, "as on the accounts, what was reserved comes back with the receipt"


def test_what_is_refused_comes_back_and_a_redirect_counts_where_it_names_the_plan() -> None:
    log = with_stranger(issued())
    log.depart()
    log.receive(partly(0, "3", "2.6"))
    assert log.planned_g() == 3 * T
    home = {"plan": PlanRef(filing_no="GL-510112-2026-001"), "lines": (a_line(mass_t="1", plan_line=0, decision_line=None),)}
    log.send_back("1", **home)
    assert log.planned_g() == 3 * T, "the way home moves nothing out"
    named = {"plan": home["plan"], "lines": (a_line(mass_t="1.6", plan_line=1, decision_line=None),)}
    log.post("manifest.issue/1", (GENERATOR,), redirect(**named), chain=f"manifest/{GENERATOR}/01K9000000000000000000MAN9")
    assert (log.planned_g(), log.planned_g(1)) == (3 * T, 1_600_000)


def test_a_gap_gives_back_what_no_receipt_settled() -> None:
    log = issued()
    log.depart()
    closed(log, (0, "5.600000", "stolen"))
    assert log.planned_g() == 0
    log = issued()
    log.depart()
    log.receive()
    closed(log, (0, "5.600000", "lost"))
    assert log.planned_g() == 5_600_000


def test_a_correction_moves_it_by_its_difference() -> None:
    log = issued()
    log.depart()
    log.arrive()
    log.receive(accepted(0, "200"))
    assert log.planned_g() == 200 * T
    in_force(log, ("received.0.accepted_t", '"200"', '"2.000000"'))
    assert log.planned_g() == 2 * T


def test_a_corrected_declared_mass_counts_before_the_receipt() -> None:
    log = issued()
    log.depart()
    propose(log, GENERATOR, ("lines.0.mass_t", '"5.600000"', '"6"'))
    for party in (RECEIVER, CARRIER):
        consent(log, party)
    assert log.planned_g() == 5_600_000
    consent(log, AUTHORITY_51)
    assert log.planned_g() == 6 * T


def test_a_corrected_line_of_the_plan_takes_the_grams_along() -> None:
    log = issued()
    assert "AMENDED" in codes(propose(log, GENERATOR, ("lines.0.plan_line", "0", "1")))
    assert (log.planned_g(0), log.planned_g(1)) == (0, 5_600_000)
    assert viewed(log).state == log.own_state()
    log.void()
    assert (log.planned_g(0), log.planned_g(1)) == (0, 0)


def test_a_corrected_line_is_judged_anew() -> None:
    log = planned("3000", "5")
    log.issue(lines=(LINE,))
    assert log.refused("case.amend_propose/1", (GENERATOR,), a_proposal(log, ("lines.0.plan_line", "0", "2")), chain=case()) == [
        "AMEND_VALUE"
    ]
    assert log.refused("case.amend_propose/1", (GENERATOR,), a_proposal(log, ("lines.0.plan_line", "0", "")), chain=case()) == [
        "AMEND_VALUE"
    ]
    changed = a_proposal(log, ("plan.filing_no", '"GL-510112-2026-001"', '"GL-9"'))
    assert log.refused("case.amend_propose/1", (GENERATOR,), changed, chain=case()) == ["AMEND_VALUE"]
    assert "M:PLAN_OVER" in codes(propose(log, GENERATOR, ("lines.0.plan_line", "0", "1")))


def test_a_corrected_site_is_the_generators_and_its_plan_counts() -> None:
    log = issued()
    log.lay_site(GENERATOR, "east", "510112")
    log.lay_site(GENERATOR, "west", "510112")
    log.lay_plan("3000", site="east")
    strange = a_proposal(log, ("plan.site", "", '"north"'))
    assert log.refused("case.amend_propose/1", (GENERATOR,), strange, chain=case()) == ["AMEND_VALUE"]
    assert "PLAN_OFF_LOG" not in codes(propose(log, GENERATOR, ("plan.site", "", '"east"')))
    assert (log.planned_g(), log.planned_g(site="east")) == (0, 5_600_000)
    assert "PLAN_OFF_LOG" in codes(propose(log, GENERATOR, ("plan.site", '"east"', '"west"'), number=2))
    assert (log.planned_g(), log.planned_g(site="east"), log.planned_g(site="west")) == (0, 0, 0)
    assert viewed(log).state == log.own_state()


def test_a_plan_that_was_filed_since_counts_from_the_correction_on() -> None:
    log = Driver()
    log.issue(lines=(a_line(),))
    log.lay_plan("3000")
    entry = propose(log, GENERATOR, ("lines.0.plan_line", "", "0"))
    assert PLAN in dict(entry.admission.facts)
    assert log.planned_g() == 5_600_000
    assert viewed(log).state == log.own_state()


@pytest.mark.parametrize("path", ["plan.filing_no", "lines.0.plan_line"])
def test_what_a_path_names_before_it_is_judged_may_be_anything(path: str) -> None:
    log = issued()
    for now in ("[]", '"x"', "1.5", "{}", "-1", "true"):
        was = "0" if path.endswith("plan_line") else '"GL-510112-2026-001"'
        assert log.refused("case.amend_propose/1", (GENERATOR,), a_proposal(log, (path, was, now)), chain=case())
