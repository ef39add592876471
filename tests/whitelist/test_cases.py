"""Inputs that were answered wrongly once, by their whole kind: L4, L6, L7, E8, S6, S8 of the cases. Their bodies lie in ``tests/cases``.

The bodies are those that were sent, before part 1 of the form asked for plan, contract and UN numbers; what came later is added here.
L1, L2 and the parts of L6, L7 that need no history of a log stand in ``test_check_places``, ``test_check_days`` and ``test_check_form``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.admission.form import read_body
from ledger.fields import BLANK
from signing.refusal import Refusal
from tests.whitelist.acts import INTRA, agree, application, applied, decision, grant, line, transfer, with_permit
from tests.whitelist.driver import CHONGQING, PERMIT, RECEIVER, SICHUAN, Log, ulid
from whitelist.acts.decide import DecidedLine
from whitelist.check_answers import AskedTransfer
from whitelist.fields import PermitItem
from whitelist.quota import q3_account
from whitelist.transfer import Answer, Transfer

CASES = Path(__file__).parents[1] / "cases"
RENEWED = f"permit/{RECEIVER}/{ulid(21)}"
T = 1_000_000


def body(name: str) -> dict[str, Any]:
    """A body as it was sent."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def defects(raw: object) -> list[tuple[str, str]]:
    """Codes and places of what is out of form."""
    try:
        read_body(raw, Transfer)
    except Refusal as refusal:
        return [(reason.code, reason.field) for reason in refusal.reasons]
    return []


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


# R-20 by site and year: L4


def site(scale_t: str = "100") -> Log:
    """A receiver of 100 t a year, and the renewal of its permit from November on."""
    log = with_permit(scale_t=scale_t, valid_to="2026-12-31")
    log.post("permit.grant/1", RENEWED, grant(scale_t=scale_t, renews=PERMIT, valid_from="2026-11-01", valid_to="2031-10-31"), CHONGQING)
    log.at("2026-11-05 08:30")
    return log


def load(mass_t: str, permit: str = PERMIT) -> AskedTransfer:
    return transfer(line(mass_t=mass_t, decision_line=None), **INTRA, permit=permit, mode="rail")


def test_l4_a_renewal_is_no_second_year() -> None:
    """100 t/a: 120 t taken, next day 120 t on the renewal."""
    log = site()
    first = log.issue(load("120"))
    assert (codes(first), first.alerts, first.draws) == ([], (("M", "PERMIT_SCALE"),), {q3_account(PERMIT): 120 * T})
    log.at("2026-11-06 08:30")
    second = log.ask(load("120", RENEWED))
    assert codes(second) == ["PERMIT_SCALE"]
    assert second.left_g == {q3_account(PERMIT): -20 * T}
    assert codes(log.ask(load("0.000001", RENEWED))) == ["PERMIT_SCALE"]


def test_l4_what_is_accepted_in_january_counts_in_january() -> None:
    """120 t issued on 31 December, accepted on 1 January, 120 t more."""
    log = site()
    log.at("2026-12-31 20:00")
    assert codes(log.issue(load("120", RENEWED))) == []
    log.at("2027-01-01 10:00")
    assert codes(log.ask(load("120", RENEWED))) == ["PERMIT_SCALE"], "what is under way counts in the year that will take it"
    log.book({q3_account(PERMIT): 0}, ((2027, 120 * T),))
    assert codes(log.ask(load("120", RENEWED))) == ["PERMIT_SCALE"]


def test_l4_what_was_accepted_last_year_leaves_the_new_year_whole() -> None:
    log = site()
    assert codes(log.issue(load("120", RENEWED))) == []
    log.book({q3_account(PERMIT): 0}, ((2026, 120 * T),))
    log.at("2027-01-01 10:00")
    answer = log.ask(load("100", RENEWED))
    assert (codes(answer), answer.alerts) == ([], ())


def test_the_scale_is_that_of_the_permit_named() -> None:
    """Whoever built a second furnace has a new permit: the old one says no more what the site may take."""
    log = with_permit(scale_t="100")
    log.post("permit.grant/1", RENEWED, grant(scale_t="1000", renews=PERMIT), CHONGQING)
    assert codes(log.issue(load("100"))) == []
    assert codes(log.ask(load("100"))) == ["PERMIT_SCALE"]
    assert codes(log.ask(load("100", RENEWED))) == []


def test_e8_a_plan_may_reach_into_the_renewal() -> None:
    log = site()
    assert codes(log.ask(replace(load("1"), planned_at="2027-01-01T08:00:00+08:00"))) == []
    assert codes(log.ask(replace(load("1"), planned_at="2031-11-01T08:00:00+08:00"))) == ["PERMIT_DATE"]


# E8, as it was sent


def test_e8_a_plan_for_2099_and_a_load_no_truck_carries_are_told() -> None:
    """800 t on one road truck, planned for 2099, by a carrier that no registry knows."""
    raw = body("14-issue-800t-2099")
    asked = sent(raw, "915117020000FX013N")
    log = ash_log(asked)
    answer = log.ask(asked)
    assert codes(answer) == ["PERMIT_DATE", "APPROVAL_EXPIRED"]
    assert {reason.field for reason in answer.reasons} == {"body.planned_at"}
    assert answer.alerts == (("L", "CARRIER_UNKNOWN"), ("H", "OVERLOAD"))


def sent(raw: dict[str, Any], generator: str) -> AskedTransfer:
    """A body of the cases with what part 1 asks for today."""
    lines = [{**one, "dg_none": "未列入危险货物品名表"} for one in raw["lines"]]
    plan = {"plan": {"filing_no": "GL-1"}, "contract": {"no": "HT-1", "valid_to": "2027-12-31"}}
    asked: AskedTransfer = read_body({**raw, **plan, "lines": lines, "generator": generator}, AskedTransfer)
    return asked


def ash_log(asked: AskedTransfer) -> Log:
    """The log of the case: a kiln's permit, and a decision of 2,400 t by letter to the end of the year."""
    assert asked.permit is not None
    assert asked.approval is not None
    kiln = PermitItem(category="HW18", scope="INCLUDE", codes=("772-002-18",), methods=("C1",))
    log = Log("2026-01-05 09:00")
    log.post("permit.grant/1", asked.permit, grant(division="500117", items=(kiln,), valid_to="2028-12-31"), CHONGQING)
    log.at("2026-02-02 09:00")
    ash = applied(name="生活垃圾焚烧飞灰", code="772-002-18", category="HW18", hazards=("T",), method="C1", mass_t="2400", listing=None)
    wanted = application(ash, receiver=asked.receiver, permit=asked.permit, origin=asked.origin)
    log.post("approval.apply/1", asked.approval, wanted, asked.generator)
    agree(log, chain=asked.approval)
    log.post("approval.decide/1", asked.approval, decision(lines=(DecidedLine(line=0, mass_t="2400"),)), SICHUAN)
    log.at("2026-12-01 09:00")
    return log


# S6, S8: form


def test_s8_several_defects_of_one_body_come_at_once() -> None:
    """A count written as a text, and three fields left out."""
    assert defects(body("10-issue-several-defects")) == [
        ("FIELD_MISSING", "body.receiver"),
        ("FIELD_MISSING", "body.origin"),
        ("FIELD_TYPE", "body.lines.0.packs"),
    ]


def test_s6_a_hangul_filler_is_no_emergency_measure() -> None:
    assert defects(body("11-issue-hangul-filler")) == [("MISSING", "body.emergency_measures")]


TEXTS = [
    ("emergency_measures",),
    ("origin", "address"),
    ("destination", "address"),
    ("plan", "filing_no"),
    ("plan", "site"),
    ("contract", "no"),
    ("insurance_no",),
    ("provincial_number",),
    *(
        ("lines", 0, name)
        for name in ("name", "internal_name", "components", "source_stage", "precautions", "note", "dg_none", "identification")
    ),
    ("lines", 0, "pieces", "unit"),
    ("lines", 0, "exemptions", 0, "ref"),
]
INVISIBLE = [
    chr(code)
    for code in (0x20, 0xA0, 0x115F, 0x1160, 0x1680, 0x2000, 0x200A, 0x202F, 0x205F, 0x2800, 0x3000, 0x3164, 0xFE00, 0xFE0F, 0xFFA0)
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: ".".join(map(str, path)))
def test_s6_no_text_of_an_issue_is_made_of_what_shows_nothing(path: tuple[str | int, ...]) -> None:
    field = ".".join(map(str, ("body", *path)))
    for blank in ("", *INVISIBLE, "".join(INVISIBLE)):
        raw = body("11-issue-hangul-filler") | {"emergency_measures": "围堵", "plan": {}, "contract": {}}
        raw["lines"][0] |= {"pieces": {}, "exemptions": [{}]}
        at: Any = raw
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = blank
        assert [code for code, place in defects(raw) if place == field] == ["SITE_UNKNOWN" if path[-1] == "site" else "MISSING"], repr(
            blank
        )


def test_the_characters_that_show_nothing_are_those_of_the_format() -> None:
    assert BLANK == r"\u0020\u00A0\u115F\u1160\u1680\u2000-\u200A\u202F\u205F\u2800\u3000\u3164\uFE00-\uFE0F\uFFA0"
