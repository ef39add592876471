"""The newest entries of a process are here or are not, never half."""

from __future__ import annotations

from ledger.admission.fact_cache import Recent
from tests.workbench import Workbench, uscc

BENCH = Workbench()
for serial in range(2, 12):
    BENCH.register(uscc("510112", serial))


def test_the_oldest_are_forgotten_first() -> None:
    recent = Recent(keep=4)
    for entry in BENCH.entries[:6]:
        recent.add([entry])
    assert recent.find([2, 3, 4, 5]) == BENCH.entries[2:6]
    assert recent.find([1, 2]) is None
    assert recent.find([]) == []


def test_what_is_not_here_is_not_made_up() -> None:
    recent = Recent()
    recent.add(BENCH.entries[:3])
    assert recent.find(range(4)) is None
