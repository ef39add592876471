"""Which files of the suite take long: they begin first, so that no worker is left alone with one of them at the end. A plugin of pytest.

``make test`` gives a file to one worker as a whole (what a module shares is made once), in this order. The seconds come from
``tests/pace.txt``, which ``make test ARGS=--record-pace`` writes anew; those of another machine do as well, for only their order counts.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

RECORD = Path(__file__).with_suffix(".txt")
LISTED_FROM_S = 2
UNKNOWN_S = 5
"""A file that is not listed is short, or new: before the last ones, in case it is long after all."""


def recorded() -> dict[str, float]:
    """Seconds by file."""
    return {name: float(seconds) for seconds, name in (line.split() for line in RECORD.read_text(encoding="utf-8").splitlines())}


def file_of(nodeid: str) -> str:
    """The file a test stands in."""
    return nodeid.partition("::")[0]


class Pace:
    """Orders the tests of workers, and counts what they take where their reports arrive."""

    def __init__(self, *, record: bool) -> None:
        """``record``: write down at the end what was counted."""
        self.record = record
        self.spent: defaultdict[str, float] = defaultdict(float)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Long files first; whoever runs some tests in one process has them in the order named."""
        if hasattr(config, "workerinput"):
            seconds = recorded()
            items.sort(key=lambda item: -seconds.get(file_of(item.nodeid), UNKNOWN_S))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, test and teardown, each of them."""
        self.spent[file_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the record."""
        if self.record and not hasattr(session.config, "workerinput"):
            spent = sorted(self.spent.items(), key=lambda item: -item[1])
            lines = [f"{seconds:.0f} {name}\n" for name, seconds in spent if seconds >= LISTED_FROM_S]
            RECORD.write_text("".join(lines), encoding="utf-8")
