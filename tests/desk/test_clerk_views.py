"""What the clerk's pages show, as functions of what the services answer: reasons in words and tonnes, ways out with their days, words of both languages."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from ledger.problem import ProblemError
from liandan.desk.enterprise.blocked import Blocked, LiftingStep, blocked, in_tonnes, plainly, trust_of, workdays_of
from liandan.desk.enterprise.draft import OF_ONE_LINE, OF_ONE_LOAD, on_decision, pattern_of
from liandan.desk.enterprise.new.service import plan_workbook
from liandan.desk.enterprise.new.sheet import SheetGround, compose_plan, read_plan
from liandan.desk.enterprise.words import WORDS
from liandan.wiring import RULES
from tests.manifests.bodies import LIMITS


@pytest.mark.parametrize(
    ("found", "beside", "told"),
    [
        ("6.000000 + 40.000000 t", "多出 6 吨", "6.000 + 40.000 吨"),
        ("≤ 40.000001 t", "多出", "≤ 40.000001 吨"),
        ("6.500000 t", "too much", "6.500 t"),
        ("20265101000123", "编号", "20265101000123"),
    ],
)
def test_masses_have_three_decimals_where_the_others_say_nothing(found: str, beside: str, told: str) -> None:
    assert in_tonnes(found, beside) == told


def test_paths_of_programs_are_not_shown() -> None:
    assert plainly("把第 1 行“计划转移量（吨）”（body.lines.0.mass_t）改为") == "把第 1 行“计划转移量（吨）”改为"


def test_a_source_says_how_far_it_was_checked() -> None:
    assert trust_of(RULES["APPROVAL_QUOTA"], "《危险废物转移管理办法》第28条第1项") == "read"
    assert trust_of(RULES["PARTY_CLOSED"], "本账本规则") == "ours"
    assert trust_of(RULES["PARTY_CLOSED"], "rule of this log") == "ours"


def test_what_follows_from_another_reason_stands_behind_it_alone() -> None:
    first = ProblemError(code="APPROVAL_QUOTA", message="超", what_to_do="减")
    second = ProblemError(code="APPROVAL_LINE", message="行", what_to_do="改", follows="APPROVAL_QUOTA")
    assert [one.code for one in blocked([first, second], RULES, LIMITS, "x")] == ["APPROVAL_QUOTA"]
    assert [one.code for one in blocked([second], RULES, LIMITS, "x")] == ["APPROVAL_LINE"]


def test_the_days_of_a_reason_are_those_of_its_shortest_way_out() -> None:
    days = workdays_of("approval.decide/1", LIMITS)
    assert days == LIMITS.review_wd + LIMITS.reply_wd + LIMITS.decide_wd > 0
    own = LiftingStep(text="改", by=(), is_yours=True, workdays=0)
    office = LiftingStep(text="批准", by=(), is_yours=False, workdays=days)
    given = {"code": "X", "label": "", "message": "", "what_to_do": "", "found": "", "expected": "", "source": "", "lifted_by": ""}
    assert Blocked(**given, trust="ours", ways=((own, office),)).workdays == days
    assert Blocked(**given, trust="ours", ways=((own,), (own, office))).workdays == 0


def test_the_next_load_of_a_route_has_nothing_of_the_last_one() -> None:
    body = {
        "receiver": "r", "number": "20265101000123", "planned_at": "2026-11-02T09:00:00+08:00", "approval": "a", "commit": {"driver.name": "0"},
        "lines": [{"code": "900-052-31", "name": "旧", "mass_t": "5.6", "packs": 14, "decision_line": 0}],
    }  # fmt: skip
    found = pattern_of(body)
    assert not OF_ONE_LOAD & found.keys()
    assert not OF_ONE_LINE & found["lines"][0].keys()
    assert found["receiver"] == "r"
    moved = on_decision(found, "b", 3, "新")
    assert (moved["approval"], moved["lines"][0]["decision_line"], moved["lines"][0]["name"]) == ("b", 3, "新")
    assert found["approval"] == "a", "the pattern stays as it is"


def test_of_a_row_of_a_spreadsheet_everything_is_told_at_once() -> None:
    book = load_workbook(BytesIO(plan_workbook()))
    page = book["计划"]
    heads = [cell.value for cell in page[1]]
    wrong = {"接受单位": "没有甲", "承运单位": "没有乙", "废物代码": "900-052-31", "数量（吨）": "x", "批准文号": "没有丙"}
    for head, said in wrong.items():
        page.cell(2, heads.index(head) + 1, said)
    out = BytesIO()
    book.save(out)
    read = read_plan("plan.xlsx", out.getvalue())
    reading = read.reading()
    assert compose_plan(read, reading, SheetGround(own="G", approvals=())).bodies == ()
    assert {one.spot.column for one in reading.findings} == wrong.keys() - {"废物代码"}


def test_every_word_is_there_in_both_languages_with_the_same_places() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh.strip(), key
        assert en.strip(), key
        places = [{part.partition("}")[0] for part in text.split("{")[1:]} for text in (zh, en)]
        assert places[0] == places[1] or key == "today_day", key
