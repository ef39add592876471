"""``python -m bench.schemas``: the published schemas beside the door, at length, in both directions (tests/liandan/schema_bodies.py).

Every variant of every published example, and for each kind ``--count`` bodies that schemathesis makes from its schema and as many against it.
What the schema allows must be in form but for the reasons named there; what it forbids must be refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import Any

from schemathesis import GenerationMode

from liandan.wiring import KINDS
from tests.liandan.schema_bodies import generated, judge, variants


def measure(count: int, seed: int, kinds: list[str]) -> bool:
    """Judge all bodies and print what was seen; whether nobody disagreed."""
    seen: Counter[str] = Counter()
    parted, began = 0, time.monotonic()

    def see(kind: str, body: Any) -> None:
        nonlocal parted
        verdict = judge(kind, body)
        seen["in form" if not verdict.codes else "allowed, refused by a check" if verdict.is_allowed else "out of form"] += 1
        if verdict.disagreement:
            parted += 1
            print(kind, verdict.disagreement, repr(body)[:400], flush=True)

    for kind in kinds or sorted(KINDS.by_name):
        for body in variants(kind):
            see(kind, body)
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            if count:
                generated(kind, mode, count, lambda body, kind=kind: see(kind, body), seed)
    print(", ".join(f"{number} {what}" for what, number in seen.most_common()))
    print(f"{seen.total()} bodies of {len(kinds or KINDS.by_name)} kinds, {parted} disagreements, {time.monotonic() - began:.0f} s")
    return not parted


def main() -> None:
    """Exit code 1 where schema and door disagree."""
    parser = argparse.ArgumentParser(prog="python -m bench.schemas", description=__doc__)
    parser.add_argument("kinds", nargs="*", help="all without arguments")
    parser.add_argument("--count", type=int, default=50, help="bodies for each kind, made from its schema, and as many against it")
    parser.add_argument("--seed", type=int, default=20261129)
    options = parser.parse_args()
    sys.exit(0 if measure(options.count, options.seed, options.kinds) else 1)


if __name__ == "__main__":
    main()
