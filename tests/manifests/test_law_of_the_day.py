"""R-73: what is refused cites the law of the day of the event, up to the problem that the sender reads."""

from __future__ import annotations

import pytest

from ledger.batch import NotAdmitted
from ledger.log import TurnedDown
from ledger.times import parse_at
from liandan.problems import Problems
from signing.refusal import Refusal
from tests.manifests.driver import GENERATOR, Driver, an_issue

SCOPE = {"type": "http", "headers": [], "query_string": b""}


@pytest.mark.parametrize(
    ("at", "law"),
    [
        ("2026-08-14T23:59:59+08:00", "《固体废物污染环境防治法》第82条第2款"),
        ("2026-08-15T00:00:00+08:00", "《生态环境法典》第536条第2款"),
    ],
)
def test_a_refused_issue_cites_the_law_of_its_day(at: str, law: str) -> None:
    log = Driver(at_s=parse_at(at))
    with pytest.raises(Refusal) as refused:
        log.post("manifest.issue/1", (GENERATOR,), an_issue(approval=None))
    problem = Problems("zh", lambda: None).of(SCOPE, NotAdmitted(TurnedDown(refusal=refused.value), None))
    [error] = [error for error in problem.errors if error.code == "NO_APPROVAL"]
    assert law in error.source
    assert "《危险废物转移管理办法》第21条" in error.source
