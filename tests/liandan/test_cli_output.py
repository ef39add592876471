"""What a command tells of a refusal: everything that a clerk needs to mend it."""

from __future__ import annotations

import pytest

from ledger.problem import problem_errors
from liandan.cli.reasons import tell_error
from liandan.wiring import RULES
from signing.refusal import Reason


def test_a_refusal_is_told_with_what_was_wanted_the_article_and_who_can_lift_it(capsys: pytest.CaptureFixture[str]) -> None:
    reason = Reason("APPROVAL_QUOTA", "body.lines.0.mass_t", "2895.548000 + 110.000000 t", "≤ 3000.000000 t")
    known = {"lines": ("危险废物", "wastes"), "lines.*.mass_t": ("计划转移量（吨）", "declared mass, t")}
    [error] = problem_errors([reason], RULES, "zh", "2026-11-06", labels=known)
    tell_error(error)
    told = "".join(capsys.readouterr().err.split())
    for part in ("APPROVAL_QUOTA", "超出批准行的剩余数量", "第1行“计划转移量（吨）”body.lines.0.mass_t", "应为≤3000.000000t", "R-33"):
        assert part in told
    assert "《危险废物转移管理办法》第28条第1项" in told
    assert "由谁解决移出地主管部门" in told
