"""Reasons that only follow from others are marked, named last, and nobody is sent to the authority for a typing error."""

from __future__ import annotations

from ledger.problem import make_problem, problem_errors
from liandan.wiring import RULES
from signing.refusal import Reason
from whitelist.follow_ons import FOLLOW_ONS

SCOPE = Reason("PERMIT_SCOPE", "body.lines.0.code", "900-052-99", "HW31 ALL")
METHOD = Reason("PERMIT_METHOD", "body.lines.0.method", "R4", "")
UNKNOWN = Reason("CODE_UNKNOWN", "body.lines.0.code", "900-052-99", "名录 2025")


def test_a_code_that_is_none_says_nothing_about_the_permit() -> None:
    errors = problem_errors([SCOPE, METHOD, UNKNOWN], RULES, "zh")
    assert [(error.code, error.follows) for error in errors] == [
        ("CODE_UNKNOWN", ""), ("PERMIT_SCOPE", "CODE_UNKNOWN"), ("PERMIT_METHOD", "CODE_UNKNOWN"),
    ]  # fmt: skip
    assert {error.lift for error in errors} == {"generator"}
    problem = make_problem([SCOPE, UNKNOWN], RULES, "zh", status=422, instance="x")
    assert problem.code == "CODE_UNKNOWN"
    assert RULES["PERMIT_SCOPE"].do_zh.rstrip("。") not in problem.detail


def test_another_line_of_the_load_stands_by_itself() -> None:
    other = Reason("PERMIT_SCOPE", "body.lines.1.code", "900-052-31", "HW18 ALL")
    errors = problem_errors([SCOPE, other, UNKNOWN], RULES, "en")
    assert [(error.field, error.follows) for error in errors if error.code == "PERMIT_SCOPE"] == [
        ("body.lines.1.code", ""),
        ("body.lines.0.code", "CODE_UNKNOWN"),
    ]
    [alone] = problem_errors([SCOPE], RULES, "zh")
    assert (alone.follows, alone.lift, alone.lifted_by) == ("", "destination_authority", "接受地主管部门")


def test_a_cause_at_the_very_field_is_none_elsewhere() -> None:
    division = Reason("DIVISION", "body.origin.division", "999999", "")
    sites = [Reason("PERMIT_SITE", f"body.{place}.division", "500117", "500107") for place in ("origin", "destination")]
    assert [error.follows for error in problem_errors([division, *sites], RULES, "zh")] == ["", "", "DIVISION"]


def test_a_mistyped_code_is_not_told_again_as_a_line_of_the_plan_but_a_wrong_line_is() -> None:
    lines = [Reason("PLAN_LINE", f"body.lines.0.{field}", "900-052-99", "") for field in ("code", "plan_line")]
    found = {error.field: error.follows for error in problem_errors([UNKNOWN, *lines], RULES, "zh") if error.code == "PLAN_LINE"}
    assert found == {"body.lines.0.code": "CODE_UNKNOWN", "body.lines.0.plan_line": ""}


def test_every_cause_is_a_code_and_nothing_follows_from_itself() -> None:
    assert set(FOLLOW_ONS.replace("<", " ").replace("=", " ").split()) <= RULES.keys()
    for rule in RULES.values():
        assert {cause.rstrip("=") for cause in rule.follows} <= RULES.keys() - {rule.code}


def test_reasons_that_name_each_other_are_told_all_the_same() -> None:
    """A slip in the tables must not keep a refusal from its reader."""
    rules = {code: type(rule)(**{name: getattr(rule, name) for name in rule.__struct_fields__} | {"follows": (other,)})
             for code, other, rule in (("CODE_UNKNOWN", "PERMIT_SCOPE", RULES["CODE_UNKNOWN"]), ("PERMIT_SCOPE", "CODE_UNKNOWN", RULES["PERMIT_SCOPE"]))}  # fmt: skip
    assert {error.code for error in problem_errors([SCOPE, UNKNOWN], rules, "zh")} == {"CODE_UNKNOWN", "PERMIT_SCOPE"}
