"""How many examples a property is tried with: a third in the suite, all of them with ``LIANDAN_LONG=1 make test``.

What a property has ever found stands as a test of its own, so nothing that was found is lost by a smaller sample.
"""

import os

LONG = "LIANDAN_LONG" in os.environ


def sample(most: int) -> int:
    """Of so many examples those of this run."""
    return most if LONG else -(-most // 3)
