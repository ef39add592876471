"""No test fails because the machine is busy."""

from __future__ import annotations

import ast

import pytest
from hypothesis import HealthCheck, settings

from tests.house.source import ROOT, tracked

TESTS = [name for name in tracked() if name.startswith("tests/") and name.endswith(".py")]


def test_examples_of_hypothesis_have_no_deadline_by_default() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check


@pytest.mark.parametrize("name", [name for name in TESTS if "settings(" in (ROOT / name).read_text(encoding="utf-8")])
def test_a_test_with_settings_of_its_own_keeps_that(name: str) -> None:
    for call in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "settings":
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert given.get("deadline", "None") == "None", call.lineno
            checks = given.get("suppress_health_check", "too_slow")
            assert "too_slow" in checks or checks == "list(HealthCheck)", call.lineno
