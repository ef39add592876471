"""The oracle against cases computed by hand from kinds.md and law.md; no product code, its own excerpt of the data."""

from datetime import date
from typing import Any

import pytest

from .oracle_data import months_later, uscc_ok
from .oracle_desk import DATA, FAR, GENERATOR, NEAR, OTHER, Desk, body, paper, place
from .oracle_scene import CARRIERS, CHONGQING, GENERATORS, OPERATOR, RECEIVERS, SICHUAN
from .oracle_worlds import Stream


@pytest.fixture
def desk() -> Desk:
    """A desk with all firms but the last carrier registered."""
    desk = Desk()
    for firm in (*GENERATORS.values(), *RECEIVERS.values(), *CARRIERS[:2]):
        desk.world.state.parties.add(firm)
    return desk


def test_days_and_names() -> None:
    """GB 32100, twelve months, working days with make-up days and provisional years."""
    assert uscc_ok("915101120000FX029E")
    assert not uscc_ok("915101120000FX029F")
    assert all(uscc_ok(u) for u in (OPERATOR, SICHUAN, CHONGQING, *GENERATORS.values(), *RECEIVERS.values(), *CARRIERS))
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert DATA.due(date(2026, 11, 5), 10) == (date(2026, 11, 19), False)  # law.md R-70
    assert DATA.due(date(2026, 9, 28), 5) == (date(2026, 10, 10), False)  # law.md R-60: the make-up Saturday
    assert DATA.due(date(2026, 12, 30), 5) == (date(2027, 1, 7), True)


def test_scale_bounds_and_renewal(desk: Desk) -> None:
    """R-20: exactly 100 % silent, a gram more alerts, exactly 120 % alerts, a gram more refused, also on the renewal."""
    permit = desk.grant(NEAR, "510106")
    first = desk.issue(body(permit, "510106", "100", pieces={"count": 1, "unit": "只"}))
    assert (first.route, first.refused) == ("INTRA", frozenset())
    assert first.accounts == {f"Q3 {permit}": 100_000_000}
    assert first.alerts == {("H", "OVERLOAD")}
    assert first.tags == {"PLAN_OFF_LOG"}
    assert desk.issue(body(permit, "510106", "0.000001")).alerts == {("M", "PERMIT_SCALE")}
    renewal = desk.grant(NEAR, "510106", renews=permit)
    assert desk.issue(body(renewal, "510106", "20")).refused == {"PERMIT_SCALE"}
    assert desk.issue(body(renewal, "510106", "19.999999")).accounts == {f"Q3 {permit}": 19_999_999}
    assert desk.issue(body(renewal, "510106", "0.000001")).refused == {"PERMIT_SCALE"}


@pytest.mark.parametrize(("accepted_at", "left"), [("2027-01-01T08:00:00+08:00", False), ("2026-12-31T23:59:59+08:00", True)])
def test_year_of_acceptance(desk: Desk, accepted_at: str, left: bool) -> None:
    """L4: 120 t issued on 31 December count in the year they are accepted, else as reserved now."""
    permit = desk.grant(NEAR, "510106")
    desk.at = "2026-12-31T08:00:00+08:00"
    issued = desk.chain("manifest", GENERATOR)
    assert not desk.feed("manifest.issue", issued, GENERATOR, body(permit, "510106", "120")).refused
    desk.at = "2027-01-01T09:00:00+08:00"
    assert desk.issue(body(permit, "510106", "0.000001")).refused == {"PERMIT_SCALE"}
    receipt = {"accepted_at": accepted_at, "lines": [{"line": 0, "opinion": "accept", "accepted_t": "120"}], "weighing": {}}
    assert desk.feed("manifest.receive", issued, NEAR, receipt).accounts == {}
    assert (desk.issue(body(permit, "510106", "120")).refused == frozenset()) is left


def test_usage(desk: Desk) -> None:
    """Usage moves Q3 by the difference; month over; the receiver not below; an authority's word stands."""
    permit = desk.grant(NEAR, "510106")
    usage = {"month": "2026-10", "received_t": "90", "source": "s"}
    own = desk.feed("permit.usage", permit, NEAR, usage)
    assert (own.tags, own.accounts, own.alerts) == ({"SELF_STATED"}, {f"Q3 {permit}": 90_000_000}, frozenset())
    assert desk.feed("permit.usage", permit, NEAR, usage | {"received_t": "80"}).refused == {"USAGE_MONTH"}
    assert desk.feed("permit.usage", permit, SICHUAN, usage | {"received_t": "101"}).alerts == {("M", "PERMIT_SCALE")}
    assert desk.feed("permit.usage", permit, NEAR, usage | {"received_t": "110"}).refused == {"USAGE_MONTH"}
    assert desk.feed("permit.usage", permit, SICHUAN, usage | {"month": "2026-11"}).refused == {"USAGE_MONTH"}
    assert desk.feed("permit.usage", permit, SICHUAN, usage | {"received_t": "1"}).accounts == {f"Q3 {permit}": -100_000_000}
    assert desk.feed("permit.usage", permit, SICHUAN, usage | {"month": "2025-12"}).accounts == {f"Q3 {permit}": 90_000_000}
    assert desk.issue(body(permit, "510106", "99")).alerts == {("H", "OVERLOAD")}


def test_listed_decision_and_its_quota(desk: Desk) -> None:
    """R-35, R-36, R-33: route LISTED, Q1 by decisions, Q2 by issues; back to front also over the row."""
    permit = desk.grant(FAR, "500117", "60000")
    desk.list("list/2026-51-50-a", permit, "50")
    listing = {"list": "list/2026-51-50-a", "row": 0}
    approval, decided = desk.approve(permit, listing=listing)
    assert (decided.route, decided.accounts) == ("LISTED", {"Q1 list/2026-51-50-a 0": 30_000_000})
    assert desk.approve(permit, listing=listing)[1].refused == {"WL_QUOTA"}
    assert desk.approve(permit, {"lines": [{"line": 0, "mass_t": "20"}]}, listing=listing)[1].route == "LISTED"
    assert desk.approve(permit, {"valid_to": "2027-01-01"}, listing={"list": "list/2026-51-50-a", "row": 0})[1].refused == {
        "WL_QUOTA",
        "WL_TERM",
    }
    assert desk.approve(permit, listing=listing, reply={"agree": True})[1].route == "APPROVED"
    assert desk.approve(permit, listing=listing, reply={"agree": False, "reason": "r"})[1].refused == {"CONSENT_REFUSED"}
    sent = body(permit, "500117", "30", decision_line=0)
    assert desk.issue(sent, approval=approval, lines=[sent["lines"][0] | {"mass_t": "30.000001"}]).refused == {"APPROVAL_QUOTA"}
    issued = desk.issue(sent, approval=approval)
    assert issued.route == "LISTED"
    assert issued.accounts == {f"Q2 {approval} 0": 30_000_000, f"Q3 {permit}": 30_000_000}
    desk.at = "2027-01-01T00:00:00+08:00"
    assert desk.issue(sent | {"lines": [sent["lines"][0] | {"mass_t": "1"}]}, approval=approval).refused == {
        "APPROVAL_EXPIRED",
        "APPROVAL_QUOTA",
        "WL_YEAR",
    }


def test_row_is_settled_by_the_next_decision(desk: Desk) -> None:
    """§1.6: after its last day a line holds on Q1 what its manifests hold on Q2."""
    permit = desk.grant(FAR, "500117", "60000")
    desk.list("list/2026-51-50-a", permit, "50")
    listing = {"list": "list/2026-51-50-a", "row": 0}
    approval, _ = desk.approve(permit, {"valid_to": "2026-11-24"}, listing=listing)
    assert not desk.issue(body(permit, "500117", "5", decision_line=0), approval=approval).refused
    desk.at = "2026-11-24T23:59:59+08:00"
    assert desk.approve(permit, listing=listing)[1].refused == {"WL_QUOTA"}
    desk.at = "2026-11-25T00:00:00+08:00"
    assert desk.approve(permit, listing=listing)[1].accounts == {"Q1 list/2026-51-50-a 0": 5_000_000}


def test_next_years_list(desk: Desk) -> None:
    """L5: lawful in December; the decision begins with the list: before it APPROVAL_EARLY alone."""
    permit = desk.grant(FAR, "500117", "60000")
    desk.at = "2026-12-20T08:00:00+08:00"
    desk.list("list/2027-51-50-a", permit, "50")
    approval, decided = desk.approve(permit, {"valid_to": "2027-06-30"}, listing={"list": "list/2027-51-50-a", "row": 0})
    assert decided.route == "LISTED"
    sent = body(permit, "500117", decision_line=0) | {"approval": approval}
    assert desk.issue(sent).refused == {"APPROVAL_EARLY"}
    desk.at = "2027-01-01T00:00:00+08:00"
    assert desk.issue(sent).route == "LISTED"


def test_decision_by_letter(desk: Desk) -> None:
    """NO_CONSENT, CONSENT_MASS, APPROVAL_MASS, R-32, a list not in force, no_reply."""
    permit = desk.grant(FAR, "500117", "60000")
    desk.list("list/2026-51-50-draft", permit, "50", sign=False)
    assert desk.approve(permit)[1].refused == {"NO_CONSENT"}
    assert desk.approve(permit, listing={"list": "list/2026-51-50-draft", "row": 0})[1].refused == {"WL_NOT_IN_FORCE"}
    assert desk.approve(permit, listing={"list": "list/2026-51-50-none", "row": 0})[1].refused == {"WL_UNKNOWN"}
    assert desk.approve(permit, reply={"agree": True, "lines": [{"line": 0, "mass_t": "29"}]})[1].refused == {"CONSENT_MASS"}
    more = {"lines": [{"line": 0, "mass_t": "30.000001"}]}
    assert desk.approve(permit, more, reply={"agree": True})[1].refused == {"APPROVAL_MASS"}
    assert desk.approve(permit, {"valid_to": "2027-06-30"}, reply={"agree": True})[1].route == "APPROVED"
    assert desk.approve(permit, {"valid_to": "2027-07-01"}, reply={"agree": True})[1].refused == {"APPROVAL_TERM"}
    within = {"agree": True, "conditions": {"complete_within_days": 30}}
    assert desk.approve(permit, {"valid_to": "2026-12-23"}, reply=within)[1].route == "APPROVED"
    assert desk.approve(permit, {"valid_to": "2026-12-24"}, reply=within)[1].refused == {"APPROVAL_TERM"}
    assert desk.approve(permit, {"decided_on": "2026-11-22"}, reply={"agree": True})[1].refused == {"DATE_ORDER"}
    twice = {"lines": [{"line": 0, "mass_t": "1"}] * 2}
    assert desk.approve(permit, twice, reply={"agree": True})[1].refused == {"APPROVAL_LINE"}


def test_rules_of_the_decision(desk: Desk) -> None:
    """R-30, R-31: nothing, another firm's, another name, code, method, line."""
    permit = desk.grant(FAR, "500117", "60000")
    approval, _ = desk.approve(permit, reply={"agree": True})
    sent = body(permit, "500117", decision_line=0)
    assert desk.issue(sent).refused == {"NO_APPROVAL"}
    assert desk.issue(sent, approval=desk.chain("approval", GENERATOR)).refused == {"APPROVAL_UNKNOWN"}
    theirs = desk.issue(sent | {"origin": place("510603")}, OTHER, approval=approval)
    assert theirs.refused == {"APPROVAL_GENERATOR"}
    ash = {"name": "飞灰", "code": "772-002-18", "category": "HW18", "hazards": ["T"], "method": "C1"}
    assert desk.issue(body(permit, "500117", decision_line=0, **ash), approval=approval).refused == {
        "APPROVAL_NAME",
        "APPROVAL_CODE",
        "APPROVAL_METHOD",
    }
    assert desk.issue(body(permit, "500117", decision_line=1), approval=approval).refused == {"APPROVAL_LINE"}
    assert desk.issue(body(permit, "500117"), approval=approval).refused == {"MISSING"}
    elsewhere = desk.issue(sent | {"origin": place("510603")}, approval=approval)
    assert (elsewhere.route, elsewhere.alerts) == ("APPROVED", {("M", "ORIGIN_ELSEWHERE")})
    late = desk.issue(sent, approval=approval, planned_at="2027-01-01T00:00:00+08:00")
    assert late.refused == {"APPROVAL_EXPIRED"}
    assert desk.issue(sent, approval=approval, planned_at="2026-12-31T23:59:59+08:00").route == "APPROVED"


def test_waste_and_exemptions(desk: Desk) -> None:
    """R-06 … R-08, R-25 and exemptions by edition, code, hazards."""
    permit = desk.grant(NEAR, "510106", "9000")

    def refused(**line: Any) -> frozenset[str]:
        return desk.issue(body(permit, "510106", **line)).refused

    ash = {"name": "飞灰", "code": "772-002-18", "category": "HW18", "hazards": ["T"], "method": "C1"}
    assert refused(hazards=["T", "T"]) == frozenset()
    assert refused(hazards=["C"]) == {"HAZARD"}
    assert refused(hazards=["T", "I"]) == {"HAZARD"}
    assert refused(category="HW49") == {"CODE_CATEGORY"}
    assert refused(**ash | {"code": "772-999-18"}) == {"CODE_UNKNOWN"}
    assert refused(**ash | {"code": "900-000-18"}) == {"IDENT_MISSING"}
    assert refused(**ash | {"code": "900-000-18", "identification": "i", "hazards": ["R"]}) == frozenset()
    assert refused(method="D1") == {"PERMIT_METHOD"}
    assert refused(code="900-045-49", category="HW49", hazards=["T"]) == {"PERMIT_SCOPE"}
    assert refused(dg={"un_no": "2794", "dg_class": "8"}) == {"DG_DATA"}
    claim = desk.issue(body(permit, "510106", exemptions=[{"edition": 2025, "item": 18}]))
    assert claim.tags == {"PLAN_OFF_LOG", "EXEMPT_TRANSPORT"}
    assert refused(exemptions=[{"edition": 2021, "item": 18}]) == {"EXEMPTION_ITEM"}
    assert refused(exemptions=[{"edition": 2025, "item": 12}]) == {"EXEMPTION_ITEM"}
    acid = {"name": "废酸", "code": "900-300-34", "category": "HW34", "method": "R6", "exemptions": [{"edition": 2025, "item": 20}]}
    assert refused(**acid, hazards=["C", "C"]) == frozenset()
    assert refused(**acid, hazards=["C", "T"]) == {"EXEMPTION_ITEM"}
    assert refused(exemptions=[{"edition": 2025, "item": 25}]) == {"EXEMPTION_ITEM"}
    assert refused(exemptions=[{"edition": 2025, "item": 25, "ref": "r"}]) == frozenset()
    assert refused(exemptions=[{"edition": 2025, "item": 31, "ref": "r"}]) == {"EXEMPTION_ITEM"}


def test_exempt_user(desk: Desk) -> None:
    """R-21 at grant and at issue."""
    item = {"category": "HW34", "scope": "INCLUDE", "codes": ["900-300-34"], "methods": ["R6"]}
    basis = {"edition": 2025, "item": 20, "plan_no": "p"}
    more: dict[str, Any] = {"class": "exempt_use", "items": [item], "valid_from": "2026-01-01"}
    permit = desk.grant(NEAR, "510106", basis=basis, **more)
    acid = body(permit, "510106", name="废酸", code="900-300-34", category="HW34", hazards=["C", "T"], method="R6")
    assert desk.issue(acid).tags == {"PLAN_OFF_LOG", "EXEMPT_USE"}
    chain = desk.chain("permit", NEAR)
    old = desk.world.state.permits[permit].body
    assert desk.feed("permit.grant", chain, SICHUAN, old | {"valid_from": "2024-12-31"}).refused == {"EXEMPT_BASIS"}
    assert desk.feed("permit.grant", chain, SICHUAN, old | {"items": [item | {"methods": ["D9"]}]}).refused == {"EXEMPT_BASIS"}
    pair = {"edition": 2025, "item": 31, "plan_no": "p"}
    assert desk.feed("permit.grant", chain, SICHUAN, old | {"basis": pair}).refused == {"EXEMPT_BASIS"}
    assert not desk.feed("permit.grant", chain, SICHUAN, old | {"basis": pair | {"generator": OTHER}}).refused
    assert desk.issue(acid | {"permit": chain}).refused == {"EXEMPT_BASIS"}


def test_backfill(desk: Desk) -> None:
    """L2, §1.1: judged on its day; BACKFILL_PAST where today would refuse; R-70; the old edition's alerts."""
    permit = desk.grant(FAR, "500117", "60000")
    desk.at = "2026-12-10T08:00:00+08:00"
    approval, _ = desk.approve(permit, reply={"agree": True})
    desk.at = "2027-01-05T08:00:00+08:00"
    sent = body(permit, "500117", decision_line=0) | {"approval": approval}
    assert desk.issue(sent).refused == {"APPROVAL_EXPIRED"}
    past = desk.issue(sent | paper("2026-12-31T23:00:00+08:00"))
    assert past.alerts == {("H", "BACKFILL_PAST")}
    assert past.tags == {"BACKFILL", "PLAN_OFF_LOG", "PROVISIONAL_CALENDAR"}
    assert desk.issue(sent | paper("2026-12-09T23:59:59+08:00")).refused == {"APPROVAL_EARLY"}
    first = desk.issue(sent | paper("2026-12-10T07:59:59+08:00"))
    assert first.alerts == {("H", "BACKFILL_PAST"), ("H", "APPROVAL_AFTER"), ("M", "BACKFILL_LATE")}
    home = desk.grant(NEAR, "510106", "9000")
    old = body(home, "510106", code="772-999-18", category="HW18", method="C1") | paper("2024-12-31T23:59:59+08:00")
    assert ("M", "CODE_UNKNOWN") in desk.issue(old).alerts
    assert desk.issue(old | paper("2025-01-01T00:00:00+08:00")).refused == {"CODE_UNKNOWN"}


def test_status_at_the_moment(desk: Desk) -> None:
    """Statuses: suspended refuses; a back-fill of before passes with BACKFILL_PAST; resumed is active again."""
    permit = desk.grant(NEAR, "510106", "9000")
    desk.at = "2026-11-24T10:00:00+08:00"
    assert not desk.feed("permit.suspend", permit, SICHUAN, {"reason": "r"}).refused
    assert desk.issue(body(permit, "510106")).refused == {"PERMIT_STATUS"}
    assert desk.issue(body(permit, "510106") | paper("2026-11-24T09:59:59+08:00")).alerts == {("H", "BACKFILL_PAST")}
    assert desk.issue(body(permit, "510106") | paper("2026-11-24T10:00:00+08:00")).refused == {"PERMIT_STATUS"}
    assert desk.feed("permit.suspend", permit, SICHUAN, {"reason": "r"}).refused == {"PERMIT_TRANSITION"}
    desk.at = "2026-11-24T11:00:00+08:00"
    assert not desk.feed("permit.resume", permit, SICHUAN, {"reason": "r"}).refused
    assert not desk.issue(body(permit, "510106")).refused


def test_places_and_numbers(desk: Desk) -> None:
    """Withdrawn divisions, sites, R-02 … R-04."""
    moved = desk.grant(RECEIVERS["500112"], "500112", "9000")
    approval, _ = desk.approve(moved, reply={"agree": True})
    sent = body(moved, "500157", decision_line=0) | {"approval": approval}
    assert desk.issue(sent).alerts == frozenset()
    assert desk.issue(sent | {"destination": place("500112")}).alerts == {("M", "DIVISION_RETIRED")}
    assert desk.issue(sent | {"destination": place("500999")}).refused == {"DIVISION", "PERMIT_SITE"}
    home = body(desk.grant(NEAR, "510106", "9000"), "510106")
    assert desk.issue(home | {"origin": place("510112") | {"site": "x"}}).refused == {"SITE_UNKNOWN"}
    assert desk.issue(home, number="20265001000001").refused == {"NO_ORIGIN"}
    assert desk.issue(home, number="2026510100001").refused == {"NO_FORMAT"}
    assert desk.issue(home, number="20255101000001").alerts == {("M", "NO_YEAR")}
    chain = desk.chain("manifest", GENERATOR)
    assert not desk.feed("manifest.issue", chain, GENERATOR, home | {"number": "20265101000002"}).refused
    assert desk.issue(home, number="20265101000002").refused == {"NO_DUPLICATE"}
    assert desk.issue(home, OTHER, number="20265101000002").alerts == {("H", "NO_DUPLICATE")}
    assert not desk.feed("manifest.void", chain, GENERATOR, {"reason": "r"}).refused
    assert desk.issue(home, number="20265101000002").alerts == {("M", "NO_REUSED"), ("H", "NO_DUPLICATE")}


def test_form_comes_alone_and_whole(desk: Desk) -> None:
    """Form codes all at once and nothing else; fields against the type."""
    home = body(desk.grant(NEAR, "510106", "9000"), "510106")
    bad = home | {"consignor": "broker", "mode": "sea", "lines": [home["lines"][0] | {"mass_t": "0", "method": "R10", "code": "90005231"}]}
    assert desk.issue(bad).refused == {"CONSIGNOR", "SEA", "QTY", "METHOD", "CODE_CATEGORY"}
    assert desk.issue(home, emergency_measures="\u3164").refused == {"MISSING"}
    assert desk.issue(home, provincial_number="n" * 41).refused == {"TEXT_LONG"}
    assert desk.issue(home, pilot={"list": "x", "row": 0}).refused == {"WL_UNKNOWN"}
    assert desk.issue(home, type="pipeline").refused == {"MISSING", "MODE"}
    assert desk.issue({k: v for k, v in home.items() if k != "plan"}).refused == {"MISSING"}
    assert desk.issue(home, carriers=[CARRIERS[0]] * 2).refused == {"LIST_LENGTH"}
    assert desk.issue(home, carriers=[CARRIERS[2]]).alerts == {("L", "CARRIER_UNKNOWN")}
    assert desk.issue(home | paper("2026-11-23T08:00:01+08:00")).refused == {"TIME_ORDER"}


def test_outside(desk: Desk) -> None:
    """in_transfer: OFF_LOG by its own decision's days, only from a province without authority."""
    permit = desk.grant(FAR, "500117", "60000")
    decision = {"no": "n", "authority": "a", "decided_on": "2026-11-23", "valid_to": "2026-11-23"}
    sent = body(permit, "500117") | {"type": "in_transfer", "decision": decision, "origin": place("520103")}
    foreign = GENERATORS["520103"]
    assert desk.issue(sent, foreign).route == "OFF_LOG"
    assert desk.issue(sent, foreign).tags == {"DECISION_OFF_LOG", "PLAN_OFF_LOG"}
    assert desk.issue(sent | {"decision": decision | {"decided_on": "2026-11-24"}}, foreign).refused == {"APPROVAL_EARLY"}
    assert desk.issue(sent | {"decision": decision | {"valid_to": "2026-11-22"}}, foreign).refused == {"APPROVAL_EXPIRED"}
    assert desk.issue(sent | {"origin": place("510112")}).refused == {"ISSUE_TYPE"}


def test_rows_are_judged_as_a_whole(desk: Desk) -> None:
    """E7: a row twice, a row that its permit does not cover."""
    permit = desk.grant(FAR, "500117", "100")
    letter = {"letter_no": "n", "letter_date": "2026-11-23", "effective_from": "2026-01-01", "effective_to": "2026-12-31"}
    name = "list/2026-51-50-b"
    head = letter | {"kind": "mutual", "suspension_stops": "issue", "rows": 2, "pages": 1}
    assert desk.feed("list.propose", name, SICHUAN, head | {"effective_to": "2027-01-01"}).refused == {"WL_YEAR"}
    assert not desk.feed("list.propose", name, SICHUAN, head).refused
    row = {"receiver": FAR, "permit": permit, "waste": {"category": "HW18", "scope": "ALL"}, "methods": ["C1"], "quota_t": "101"}
    one = row | {"waste": {"category": "HW18", "scope": "INCLUDE", "codes": ["772-002-18"]}}
    assert desk.feed("list.rows", name, SICHUAN, {"page": 0, "rows": [row, one]}).refused == {"ROW_TWICE"}
    assert desk.feed("list.rows", name, SICHUAN, {"page": 0, "rows": [row, one | {"methods": ["D9"]}]}).refused == {"ROW_PERMIT"}
    assert desk.feed("list.rows", name, SICHUAN, {"page": 0, "rows": [row]}).refused == {"LIST_SIZE"}
    assert desk.feed("list.rows", name, SICHUAN, {"page": 0, "rows": [row, one | {"methods": ["D1"]}]}).alerts == {("M", "ROW_SCALE")}
    sign = {"letter_no": "n", "letter_date": "2026-11-23", "rows_hash": None}
    assert desk.feed("list.countersign", name, SICHUAN, sign).refused == {"SIGNER_ROLE"}
    assert not desk.feed("list.countersign", name, CHONGQING, sign).refused


def test_streams_are_deterministic() -> None:
    """The same seed gives the same stream; a stream holds admitted and refused issues and decisions."""
    one, two = ([(step, answer) for step, answer in Stream(7, DATA, era="2026-11").answers(80)] for _ in range(2))
    assert one == two
    assert {bool(answer.refused) for step, answer in one if step.kind == "manifest.issue"} == {True, False}
    moments = [step.admitted_at for step, _ in one]
    assert moments == sorted(moments)
