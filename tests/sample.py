"""How much of what is many is tried in the suite: a third of a property's examples and of a long list of cases, all of them with
``LIANDAN_LONG=1 make test``. Files with such a list are run whole by ``make long``, in continuous integration too.

What a property has ever found stands as a test of its own, so nothing that was found is lost by a smaller sample.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

LONG = "LIANDAN_LONG" in os.environ
STRIDE = 3
Case = TypeVar("Case")


def sample(most: int) -> int:
    """Of so many examples those of this run."""
    return most if LONG else -(-most // STRIDE)


def sampled(cases: Sequence[Case]) -> Sequence[Case]:
    """Of these cases those of this run: every third, in their order, so that each run of neighbours of one kind is met. Kinds with fewer
    than three cases stay whole: do not give them here. Whoever imports this bears the mark ``sampled`` (``tests/conftest.py``).
    """
    return cases if LONG else cases[::STRIDE]
