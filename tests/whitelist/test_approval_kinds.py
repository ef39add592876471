"""Applications, letters, and the form and terms of decisions (kinds §4). Routes and quotas of decisions stand in test_decision_routes."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.fields import File
from ledger.kinds.site import Site, site_key
from tests.whitelist.acts import LETTER, REPLY, agree, application, applied, applied_log, decision, grant, place, post, refusal, with_permit
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, ulid
from whitelist.acts.apply import Agreement, Material
from whitelist.acts.consult import ConsentedLine
from whitelist.acts.decide import DecidedLine, latest_valid_to
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_status import PermitChange
from whitelist.approval import ApprovalState, ListingRef
from whitelist.listing import Conditions
from whitelist.permit import Basis

T = 1_000_000
SCAN = File(sha256="ab" * 32, size=1, media_type="application/pdf", name="材料.pdf")

# apply


def test_an_application_becomes_state_with_the_permits_facility_as_destination() -> None:
    state: ApprovalState = applied_log().state(APPROVAL)
    assert (state.stage, state.direction, state.destination, state.root) == ("applied", ("51", "50"), "500116", PERMIT)
    assert (state.lines[0].applied_g, state.lines[0].mass_g, state.applied_on) == (3_000 * T, 0, "2026-02-02")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"name": ""}, [("MISSING", "name")]),
        ({"category": "HW49"}, [("CODE_CATEGORY", "category")]),
        ({"category": "HW41"}, [("CODE_CATEGORY", "category")]),
        ({"code": "900-052"}, [("CODE_CATEGORY", "code")]),
        ({"code": "900-000-31"}, [("IDENT_MISSING", "identification"), ("PERMIT_SCOPE", "code")]),
        ({"code": "900-000-31", "identification": "鉴别报告1号"}, [("PERMIT_SCOPE", "code")]),
        ({"code": "900-025-31", "hazards": ("T",)}, [("PERMIT_SCOPE", "code")]),
        ({"code": "999-999-31"}, [("CODE_UNKNOWN", "code"), ("PERMIT_SCOPE", "code")]),
        ({"hazards": ()}, [("HAZARD", "hazards")]),
        ({"hazards": ("X",)}, [("HAZARD", "hazards.0")]),
        ({"hazards": ("I",)}, [("HAZARD", "hazards")]),
        ({"hazards": ("T", "T", "C")}, []),
        ({"form": "X"}, [("FORM_PACK", "form")]),
        ({"mass_t": "0"}, [("QTY", "mass_t")]),
        ({"method": "D1"}, [("PERMIT_METHOD", "method")]),
        ({"method": "X"}, [("METHOD", "method")]),
        ({"listing": ListingRef(list="list/2026-51-50", row=0)}, [("WL_UNKNOWN", "listing.list")]),
        ({"listing": ListingRef(list="list/2027-51-50-next", row=0)}, []),
        ({"listing": ListingRef(list="list/2027-51-50-next", row=-1)}, [("WL_UNKNOWN", "listing.row")]),
    ],
)
def test_a_malformed_line_is_refused_with_its_field(line: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    found = post(with_permit(), "apply", application(applied(), applied(**line)), GENERATOR)
    assert found == [(code, f"body.lines.1.{at}") for code, at in reason]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receiver": OTHER_RECEIVER}, [("PERMIT_HOLDER", "body.permit")]),
        ({"receiver": "x"}, [("USCC", "body.receiver")]),
        ({"permit": f"permit/{RECEIVER}/{ulid(9)}"}, [("PERMIT_UNKNOWN", "body.permit")]),
        ({"permit": "log/main"}, [("FIELD_TYPE", "body.permit")]),
        ({"origin": place("500115")}, [("SAME_PROVINCE", "body.origin.division")]),
        ({"origin": place("510199")}, [("DIVISION", "body.origin.division")]),
        ({"origin": place("51")}, [("DIVISION", "body.origin.division")]),
        ({"origin": place("510112", "S-1")}, [("SITE_UNKNOWN", "body.origin.site")]),
        ({"applied_from": "2027-01-01"}, [("DATE_ORDER", "body.applied_to")]),
        ({"applied_from": "2026-12-31"}, []),
        ({"applied_to": "2026-02-30"}, [("DATE_FORM", "body.applied_to")]),
        ({"lines": ()}, [("LIST_LENGTH", "body.lines")]),
        ({"lines": (applied(mass_t="1"),) * 65}, [("LIST_LENGTH", "body.lines")]),
        ({"contract": Agreement(no=" ")}, [("MISSING", "body.contract.no")]),
        ({"carriers": (GENERATOR, GENERATOR)}, [("LIST_LENGTH", "body.carriers")]),
        ({"transit": ("56",)}, [("FIELD_TYPE", "body.transit.0")]),
        ({"materials": (Material(about="route", file=SCAN),)}, []),
        ({"materials": (Material(about="map", file=SCAN),)}, [("FIELD_TYPE", "body.materials.0.about")]),  # type: ignore[arg-type]
        ({"materials": (Material(about="route", file=SCAN),) * 17}, [("LIST_LENGTH", "body.materials")]),
        ({"replaces": "approval/x"}, [("FIELD_TYPE", "body.replaces")]),
        ({"replaces": f"approval/{GENERATOR}/{ulid(77)}"}, []),
    ],
)
def test_a_malformed_application_is_refused_with_its_field(changes: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    assert post(with_permit(), "apply", application(**changes), GENERATOR) == reason


def test_a_site_of_the_generator_may_be_the_origin() -> None:
    log = with_permit()
    log.facts.values[site_key(GENERATOR, "S-1")] = Site(name="厂区", division="510112", address="x")
    assert post(log, "apply", application(origin=place("510112", "S-1")), GENERATOR) == []


def test_an_application_of_a_past_period_with_64_lines_passes() -> None:
    """What was decided on paper long ago may be entered now."""
    lines = (applied(mass_t="1"),) * 64
    assert post(with_permit(), "apply", application(*lines, applied_to="2026-01-02"), GENERATOR) == []


@pytest.mark.parametrize(("name", "field"), [("thresholds", "body"), ("divisions", "body.origin.division"), ("hw-catalogue-2025", "")])
def test_without_its_data_no_log_takes_applications(name: str, field: str) -> None:
    log = with_permit()
    log.without_data(name)
    if name.startswith("hw-"):
        log.without_data("hw-catalogue-2021")
        field = "body.lines.0.code"
    assert ("DATA_NOT_ADOPTED", field) in post(log, "apply", application(), GENERATOR)


def test_the_generator_applies_for_itself_and_once() -> None:
    log = with_permit()
    assert post(log, "apply", application(), OTHER_RECEIVER) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "apply", application(), GENERATOR) == []
    assert post(log, "apply", application(), GENERATOR) == [("APPROVAL_STAGE", "kind")]


def test_nobody_applies_to_a_receiver_whose_permit_is_not_in_force() -> None:
    log = with_permit()
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产"), CHONGQING)
    assert post(log, "apply", application(), GENERATOR) == [("PERMIT_STATUS", "body.permit")]
    log = with_permit("2027-07-01 09:00")
    assert post(log, "apply", application(applied_to="2027-12-31"), GENERATOR) == [("PERMIT_DATE", "body.permit")]


@pytest.mark.parametrize(("generator", "codes"), [(GENERATOR, []), (OTHER_RECEIVER, ["EXEMPT_BASIS"])])
def test_r21_point_to_point_use_is_its_generators_alone(generator: str, codes: list[str]) -> None:
    basis = Basis(edition=2025, item=31, plan_no="方案1号（虚构）", generator=generator)
    log = with_permit(permit_class="exempt_use", valid_from="2025-01-01", basis=basis)
    assert [code for code, _ in post(log, "apply", application(), GENERATOR)] == codes


# consult, reply


def test_letter_and_reply_are_each_sides_own_and_come_once_in_order() -> None:
    log = applied_log()
    assert post(log, "reply", REPLY, CHONGQING) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "consult", LETTER, CHONGQING) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "consult", LETTER) == []
    assert post(log, "consult", LETTER) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "reply", REPLY, SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "reply", REPLY, CHONGQING) == []
    assert log.state(APPROVAL).stage == "agreed"
    assert post(log, "reply", REPLY, CHONGQING) == [("APPROVAL_STAGE", "kind")]


def test_letters_have_a_number_and_no_future_date() -> None:
    log = applied_log()
    assert post(log, "consult", replace(LETTER, letter_no=" ")) == [("MISSING", "body.letter_no")]
    assert post(log, "consult", replace(LETTER, letter_date="2026-02-03")) == [("DATE_ORDER", "body.letter_date")]
    post(log, "consult", LETTER)
    assert post(log, "reply", replace(REPLY, letter_date="2026-02-03"), CHONGQING) == [("DATE_ORDER", "body.letter_date")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"agree": False}, [("MISSING", "body.reason")]),
        ({"agree": False, "reason": "处置能力不足"}, []),
        ({"reason": "处置能力不足"}, [("FIELD_TYPE", "body.reason")]),
        ({"lines": (ConsentedLine(line=0, mass_t="0"),)}, []),
        ({"lines": (ConsentedLine(line=1, mass_t="5"),)}, [("APPROVAL_LINE", "body.lines.0.line")]),
        ({"lines": (ConsentedLine(line=0, mass_t="5"),) * 2}, [("APPROVAL_LINE", "body.lines.1.line")]),
        ({"lines": (ConsentedLine(line=0, mass_t="-5"),)}, [("QTY", "body.lines.0.mass_t")]),
        ({"conditions": Conditions(complete_within_days=367)}, [("FIELD_TYPE", "body.conditions.complete_within_days")]),
        ({"files": (SCAN, SCAN)}, [("LIST_LENGTH", "body.files")]),
    ],
)
def test_a_reply_says_what_it_means(changes: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    log = applied_log()
    post(log, "consult", LETTER)
    assert post(log, "reply", replace(REPLY, **changes), CHONGQING) == reason


def test_of_a_province_without_an_authority_the_origin_enters_its_letter() -> None:
    log = Log()
    permit = f"permit/914306816828384165/{ulid(1)}"
    log.post("permit.grant/1", permit, grant(division="430100"), CHONGQING)
    body = application(applied(listing=None), receiver="914306816828384165", permit=permit)
    assert post(log, "apply", body, GENERATOR) == []
    post(log, "consult", LETTER)
    assert post(log, "reply", REPLY, CHONGQING) == [("SIGNER_ROLE", "by.0")]
    assert log.post("approval.reply/1", APPROVAL, REPLY, SICHUAN).decision.tags == (("FOREIGN",),)


# the terms of authorities, in working days from the day after


@pytest.mark.parametrize(("day", "alerts"), [("2026-02-09", ()), ("2026-02-10", (("M", "AUTH_LATE"),))])
def test_r42_the_letter_goes_out_within_five_working_days_of_the_application(day: str, alerts: tuple[Any, ...]) -> None:
    log = applied_log()
    log.at(f"{day} 09:00")
    assert log.post("approval.consult/1", APPROVAL, LETTER, SICHUAN).decision.alerts == alerts


@pytest.mark.parametrize(("day", "alerts"), [("2026-02-14", ()), ("2026-02-15", (("M", "AUTH_LATE"),))])
def test_r42_the_reply_comes_within_ten_working_days_of_the_letter(day: str, alerts: tuple[Any, ...]) -> None:
    """Saturday 14 February 2026 is worked, before the Spring Festival."""
    log = applied_log()
    log.post("approval.consult/1", APPROVAL, LETTER, SICHUAN)
    log.at(f"{day} 09:00")
    assert log.post("approval.reply/1", APPROVAL, REPLY, CHONGQING).decision.alerts == alerts


@pytest.mark.parametrize(("day", "alerts"), [("2026-02-09", ()), ("2026-02-10", (("M", "AUTH_LATE"),))])
@pytest.mark.parametrize("listing", [ListingRef(list="list/2026-51-50-cy", row=0), None], ids=["LISTED", "APPROVED"])
def test_r42_the_decision_comes_within_five_working_days(day: str, alerts: tuple[Any, ...], listing: ListingRef | None) -> None:
    """On a listing from the application, else from the reply; both lie on 2 February here."""
    log = applied_log(applied(listing=listing))
    if listing is None:
        agree(log)
    log.at(f"{day} 09:00")
    assert log.post("approval.decide/1", APPROVAL, decision(), SICHUAN).decision.alerts == alerts


def test_r42_a_decision_on_paper_counts_by_its_own_day() -> None:
    log = applied_log()
    log.at("2026-02-20 09:00")
    assert log.post("approval.decide/1", APPROVAL, decision(decided_on="2026-02-09"), SICHUAN).decision.alerts == ()


def test_r42_a_year_without_its_calendar_is_said() -> None:
    log = with_permit("2026-12-30 09:00", valid_to="2028-12-31")
    post(log, "apply", application(applied(listing=None), applied_to="2027-12-31"), GENERATOR)
    assert log.post("approval.consult/1", APPROVAL, LETTER, SICHUAN).decision.tags == (("PROVISIONAL_CALENDAR",),)


# the form of a decision


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"no": ""}, [("MISSING", "body.no")]),
        ({"valid_to": None}, [("DECISION_FORM", "body.approve")]),
        ({"lines": ()}, [("DECISION_FORM", "body.approve")]),
        ({"reason": "x"}, [("DECISION_FORM", "body.approve")]),
        ({"outcome": "other"}, [("DECISION_FORM", "body.approve")]),
        ({"outcome": "whatever"}, [("FIELD_TYPE", "body.outcome")]),
        ({"lines": (DecidedLine(line=1, mass_t="1"),)}, [("APPROVAL_LINE", "body.lines.0.line")]),
        ({"lines": (DecidedLine(line=0, mass_t="1"),) * 2}, [("APPROVAL_LINE", "body.lines.1.line")]),
        ({"lines": (DecidedLine(line=-1, mass_t="1"),)}, [("FIELD_TYPE", "body.lines.0.line")]),
        ({"lines": (DecidedLine(line=0, mass_t="1"),) * 65}, [("LIST_LENGTH", "body.lines")]),
        ({"lines": (DecidedLine(line=0, mass_t="3000.000001"),)}, [("APPROVAL_MASS", "body.lines.0.mass_t")]),
        ({"lines": (DecidedLine(line=0, mass_t="0"),)}, [("QTY", "body.lines.0.mass_t")]),
        ({"decided_on": "2026-02-03"}, [("DATE_ORDER", "body.decided_on")]),
        ({"decided_on": "2026-02-02"}, []),
        ({"decided_on": "2026-02-1"}, [("DATE_FORM", "body.decided_on")]),
    ],
)
def test_a_malformed_decision_is_refused_with_its_field(changes: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    assert post(applied_log(), "decide", decision(**changes)) == reason


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"outcome": None}, ["DECISION_FORM"]),
        ({"reason": None}, ["DECISION_FORM"]),
        ({"valid_to": "2026-12-31"}, ["DECISION_FORM"]),
        ({"lines": (DecidedLine(line=0, mass_t="1"),)}, ["DECISION_FORM"]),
        ({"conditions": Conditions(pre_notice_days=1)}, ["DECISION_FORM"]),
        ({"reason": "x" * 201}, ["TEXT_LONG"]),
        ({"outcome": "no_reply"}, ["DECISION_FORM"]),
    ],
)
def test_a_refusal_gives_outcome_and_reason_and_nothing_else(changes: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _ in post(applied_log(), "decide", refusal(**changes))] == codes


def test_a_decision_is_not_before_the_reply_it_goes_by() -> None:
    log = applied_log(applied(listing=None))
    agree(log)
    assert post(log, "decide", decision(decided_on="2026-01-31")) == [("DATE_ORDER", "body.decided_on")]
    assert post(log, "decide", decision(decided_on="2026-02-01")) == []
    assert (log.state(APPROVAL).decided_on, log.state(APPROVAL).decided_s) == ("2026-02-01", log.now)


def test_a_decision_is_the_origins_and_made_once() -> None:
    log = applied_log()
    assert post(log, "decide", decision(), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "decide", decision()) == []
    assert post(log, "decide", decision()) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "consult", LETTER) == [("APPROVAL_STAGE", "kind")]


def test_a_refusal_has_no_route_and_commits_nothing() -> None:
    log = applied_log()
    admission = log.post("approval.decide/1", APPROVAL, refusal(), SICHUAN)
    assert (admission.decision.route, admission.decision.accounts, log.state(APPROVAL).stage) == (None, (), "refused")


# no reply


@pytest.mark.parametrize(("day", "alerts"), [("2026-04-13", (("M", "NO_REPLY_EARLY"),)), ("2026-04-14", ())])
def test_want_of_a_reply_is_a_reason_after_45_working_days(day: str, alerts: tuple[Any, ...]) -> None:
    """The letter is entered on 2 February; Spring Festival and Qingming lie between. 行政许可法 Art. 42.2."""
    log = applied_log(applied(listing=None))
    post(log, "consult", LETTER)
    log.at(f"{day} 09:00")
    found = log.post("approval.decide/1", APPROVAL, refusal(outcome="no_reply"), SICHUAN).decision
    assert (found.tags, found.alerts) == ((("REFUSED_NO_REPLY",),), alerts)


def test_want_of_a_reply_is_no_reason_once_there_is_one() -> None:
    log = applied_log(applied(listing=None))
    agree(log, answer=False)
    assert post(log, "decide", refusal(outcome="no_reply")) == [("DECISION_FORM", "body.outcome")]
    assert post(log, "decide", refusal(outcome="disagreed")) == []


#


def test_r32_the_worked_example() -> None:
    assert latest_valid_to("2026-03-01", "2026-12-31", "2027-06-30", ()) == "2026-12-31"
    assert latest_valid_to("2026-03-01", "2027-12-31", "2027-06-30", ()) == "2027-03-01"
    assert latest_valid_to("2026-10-01", "2027-12-31", "2027-06-30", ()) == "2027-06-30"
    assert latest_valid_to("2026-10-01", "2027-12-31", "2027-06-30", (Conditions(complete_within_days=30),)) == "2026-10-31"


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ("2026-12-31", []),
        ("2026-02-02", []),
        ("2027-01-01", ["WL_TERM", "APPROVAL_TERM"]),
        ("2026-02-01", ["APPROVAL_TERM"]),
        ("x", ["DATE_FORM"]),
    ],
)
def test_r32_a_decision_states_the_latest_day_or_an_earlier_one(day: str, codes: list[str]) -> None:
    assert [code for code, _ in post(applied_log(), "decide", decision(valid_to=day))] == codes


@pytest.mark.parametrize(
    ("day", "codes"),
    [("2026-02-01", ["APPROVAL_TERM"]), ("2026-02-02", []), ("2026-07-01", []), ("2026-07-02", ["APPROVAL_TERM"])],
)
def test_r32_a_line_ends_within_its_decision(day: str, codes: list[str]) -> None:
    log = applied_log()
    body = decision(valid_to="2026-07-01", lines=(DecidedLine(line=0, mass_t="1", valid_to=day),))
    assert [code for code, _ in post(log, "decide", body)] == codes
    assert codes or log.state(APPROVAL).lines[0].valid_to == day


def test_r32_a_paper_decision_counts_its_year_from_its_own_day() -> None:
    log = with_permit("2026-02-02 09:00", valid_to="2028-12-31")
    post(log, "apply", application(applied(listing=None), applied_to="2028-12-31"), GENERATOR)
    post(log, "consult", replace(LETTER, letter_date="2025-12-01"))
    post(log, "reply", replace(REPLY, letter_date="2025-12-20"), CHONGQING)
    for valid_to, codes in (("2027-01-06", ["APPROVAL_TERM"]), ("2027-01-05", [])):
        assert [code for code, _ in post(log, "decide", decision(decided_on="2026-01-05", valid_to=valid_to))] == codes


def test_a_receiver_that_lost_its_conditions_is_not_approved() -> None:
    log = applied_log()
    log.post("permit.amend/1", PERMIT, PermitAmend(reason="变更", valid_to="2026-02-01"), CHONGQING)
    assert ("PERMIT_DATE", "body.lines") in post(log, "decide", decision())
    log = applied_log()
    body = PermitAmend(reason="变更", items=(replace(grant().items[0], methods=("R5",)),))
    log.post("permit.amend/1", PERMIT, body, CHONGQING)
    assert post(log, "decide", decision()) == [("PERMIT_METHOD", "body.lines.0.line")]
    log = applied_log()
    log.post("permit.revoke/1", PERMIT, PermitChange(reason="注销"), CHONGQING)
    assert post(log, "decide", decision()) == [("PERMIT_STATUS", "body.lines")]


def test_a_permit_is_judged_on_the_day_of_the_paper_decision() -> None:
    log = applied_log(applied(listing=None))
    agree(log)
    log.at("2026-07-01 09:00")
    log.post("permit.amend/1", PERMIT, PermitAmend(reason="变更", valid_to="2026-06-30"), CHONGQING)
    assert [code for code, _ in post(log, "decide", decision(valid_to="2026-06-30"))] == ["PERMIT_DATE", "APPROVAL_TERM"]
    assert post(log, "decide", decision(decided_on="2026-02-05", valid_to="2026-06-30")) == []
