"""Random changes: a sample of ``python -m bench.page_fuzz``."""

from collections import Counter

from bench.page_fuzz import compare
from tests.browser.conftest import Desk
from tests.browser.fuzzed import files, verdict_here, verdict_there


def test_random_changes_are_answered_alike(shared_desk: Desk) -> None:
    seen: Counter[str] = Counter()
    parted = list(compare(files(), 60, 8, verdict_here, lambda raw: verdict_there(shared_desk, raw), seen))
    assert [(one.ours, one.theirs, one.raw[:80]) for one in parted] == []
    assert seen["bad"] > 20
    assert seen["unchecked"] > 5
