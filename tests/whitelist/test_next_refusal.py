"""What a refusal tells somebody to do does not lead into the next refusal, and never to a false waste on a real load."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.problem import ProblemError, problem_errors
from liandan.wiring import RULES
from signing.phrase import Language
from tests.whitelist.acts import INTRA, line, listed, transfer
from tests.whitelist.driver import APPROVAL, OTHER_RECEIVER, RECEIVER
from tests.whitelist.test_check_permission import T, use
from whitelist.quota import q2_account
from whitelist.transfer import WasteLine

BOTH: tuple[Language, ...] = ("zh", "en")


def told(language: Language, *lines: WasteLine, **changes: Any) -> dict[str, ProblemError]:
    """The errors of a transfer of the worked example by code, in the order in which they are told."""
    answer = listed().ask(transfer(*lines, **changes))
    return {error.code: error for error in problem_errors(answer.reasons, RULES, language)}


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("typed", ["900-052-13", "900-053-31", "900-052-18"])
def test_a_mistyped_code_makes_no_category(language: Language, typed: str) -> None:
    """Case 17 of a dispatcher: 900-052-13 for batteries is not resin, nor is 900-000-13 a way out."""
    errors = told(language, line(code=typed))
    said = errors["CODE_UNKNOWN"].message + errors["CODE_UNKNOWN"].what_to_do
    assert "900-000-××" in said
    assert f"900-000-{typed[-2:]}" not in said + errors["CODE_UNKNOWN"].expected
    assert "900-052-31（废铅蓄电池）" in said if language == "zh" else "900-052-31 (废铅蓄电池)" in said
    assert not any(other in said for other in ("900-015-13", "900-451-13"))
    assert errors["APPROVAL_CODE"].follows == "CODE_UNKNOWN"
    if typed[-2:] != "31":
        assert errors["CODE_CATEGORY"].follows == "CODE_UNKNOWN", "nor does the typo change the category that was typed right"


def test_without_an_approval_only_a_slip_of_the_finger_is_near() -> None:
    inside = told("zh", line(code="900-052-13", decision_line=None), **INTRA)["CODE_UNKNOWN"]
    assert "900-052-31（废铅蓄电池及废铅蓄电池拆解过程中产生的废铅板、废铅膏和酸液）" in inside.message
    assert "树脂" not in inside.message
    assert "900-000-13" not in inside.message + inside.what_to_do + inside.expected
    assert "只差" not in told("zh", line(code="999-999-13", decision_line=None), **INTRA)["CODE_UNKNOWN"].message


def test_a_wrong_destination_is_mended_before_the_approval_is_deleted() -> None:
    """Case 14: who moves the destination and deletes the approval ends in NO_APPROVAL."""
    errors = told("zh", destination="510116")
    assert errors["APPROVAL_DIRECTION"].follows == "PERMIT_SITE"
    assert "批准保留，不要删除" in errors["PERMIT_SITE"].what_to_do
    without = told("en", line(decision_line=None), destination="510116", approval=None)
    assert "needs an approval" in without["PERMIT_SITE"].what_to_do


def test_another_receiver_is_mended_before_its_permit() -> None:
    """Case 10: the permit is that of the approved receiver."""
    errors = told("zh", receiver=OTHER_RECEIVER)
    assert next(iter(errors)) == "APPROVAL_RECEIVER"
    assert errors["PERMIT_HOLDER"].follows == "APPROVAL_RECEIVER"
    assert errors["APPROVAL_RECEIVER"].lift == errors["PERMIT_HOLDER"].lift == "generator"
    assert f"body.permit 填它的许可证 permit/{RECEIVER}/" in errors["APPROVAL_RECEIVER"].what_to_do


@pytest.mark.parametrize(
    ("language", "both", "others", "useless"),
    [
        ("zh", "代码和名称两处一起改", "这份批准没有别的废物", "光重新申请没有用"),
        ("en", "correct both", "this approval has no other waste", "a new application alone does not help"),
    ],
)
def test_a_code_and_a_name_are_mended_together(language: Language, both: str, others: str, useless: str) -> None:
    """Case 7: the code alone leaves a wrong name; the line in use is no other; the permit does not cover the waste."""
    errors = told(language, line(code="900-249-08", category="HW08", hazards=("T", "I"), name="废矿物油"))
    code = errors["APPROVAL_CODE"]
    assert (errors["APPROVAL_NAME"].follows, code.lift) == ("APPROVAL_CODE", "generator")
    assert all(said in code.what_to_do for said in (both, others, useless))
    assert "废铅蓄电池" in code.what_to_do


def test_a_name_alone_and_a_method_alone() -> None:
    """Cases 11 and 12: no dead alternative, no application that its receiver's permit would not bear."""
    name = told("zh", line(name="废蓄电池"))["APPROVAL_NAME"].what_to_do
    assert "这份批准没有别的废物" in name
    assert "重新申请" in name
    assert "光重新申请没有用" not in name
    method = told("zh", line(method="D1"))
    assert method["PERMIT_METHOD"].follows == "APPROVAL_METHOD"
    assert "许可证 CQ5001160001 不含 900-052-31 D1" in method["APPROVAL_METHOD"].what_to_do


def test_what_the_dispatcher_can_type_is_lifted_by_the_generator() -> None:
    log = listed()
    use(log, q2_account(APPROVAL, 0), 2_998 * T)
    [error] = problem_errors(log.ask(transfer()).reasons, RULES, "en")
    assert (error.code, error.lift) == ("APPROVAL_QUOTA", "generator")
    assert "not yet accepted" in error.message
