"""``docs/coverage.md`` says what exists: every kind has tests, vectors and a schema, and every test that it names is collected."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from liandan.wiring import KINDS
from tests.coverage_cases import CASES
from tests.coverage_page import PAGE, TESTS, page, schema_of, vectors
from tests.house.source import ROOT

ROWS = [
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "L6",
    "L7",
    "E1",
    "E2",
    "E3",
    "E5",
    "E6",
    "E7",
    "E8",
    "S1",
    "S2",
    "statement",
    "feed",
    "201 GET",
    "S6",
]
HELD = vectors()


def test_the_page_is_what_the_tree_has() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.coverage_page"


def test_every_kind_and_every_row_is_there() -> None:
    assert TESTS.keys() == KINDS.by_name.keys()
    assert [case.id for case in CASES] == ROWS


@pytest.mark.parametrize("name", KINDS.by_name)
def test_a_kind_has_tests_about_it_vectors_and_a_schema(name: str) -> None:
    for module in TESTS[name][1]:
        text = (ROOT / f"tests/{module}.py").read_text(encoding="utf-8")
        act = name.partition(".")[2].partition("/")[0]
        assert name in text or re.search(rf"\b{act}\b", text), f"{module} does not speak of it"
    assert HELD[name].frozen, "no entry in the frozen corpus"
    assert (ROOT / "docs/formats" / schema_of(name)).exists()


def test_every_test_of_a_case_is_collected(request: pytest.FixtureRequest) -> None:
    """By this very run; whoever runs a part of the suite has the rest collected in another process."""
    here = {item.nodeid.partition("[")[0] for item in request.session.items}
    named = {f"tests/{test}" for case in CASES for test in case.tests} - here
    if not named:
        return
    files = sorted({test.partition("::")[0] for test in named})
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", *files]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-1000:]
    collected = {line.partition("[")[0] for line in answer.stdout.splitlines()}
    assert sorted(named - collected) == []
