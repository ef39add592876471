"""``python -m bench.oracle``: the check beside an independent oracle, answer by answer, over random statements.

Worlds of parties, sites, permits, lists, applications and manifests grow statement by statement, some bent up to three times; each is posted
to the real admission in memory and answered by the oracle of tests/whitelist/oracle.py, written from the texts alone. Refusals, route, tags,
alerts and grams must be the same. ``--blind`` leaves out each rule of the check in turn and says which of them the sample would not miss.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from itertools import count

from tests.whitelist.oracle_product import COMPARED, Comparison
from whitelist.rules import RULES

PER_WORLD = 220
"""Statements beyond the scene: enough for quotas to fill and years to turn."""


def compare(cases: int, seed: int, shown: int) -> bool:
    """Post worlds from ``seed`` on until so many issues and decisions are compared; whether all answers were the same."""
    counts: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    parted, began = 0, time.monotonic()
    for world in count(seed):
        comparison = Comparison(world)
        for difference in comparison.differences(PER_WORLD):
            parted += 1
            if parted <= shown:
                print(difference, flush=True)
        counts += comparison.counts
        codes += comparison.codes
        if sum(counts[kind] for kind in COMPARED) >= cases:
            break
    print(", ".join(f"{number} {kind}" for kind, number in counts.most_common()))
    print("Hit: " + ", ".join(f"{code} {number}" for code, number in sorted(codes.items())))
    compared = sum(counts[kind] for kind in COMPARED)
    print(f"seeds {seed} to {world}: {compared} cases, {counts.total()} statements, {parted} differences, {time.monotonic() - began:.0f} s")
    return not parted


def blind(cases: int, seed: int) -> bool:
    """Leave out each rule in turn; whether every one of them was missed within so many cases."""
    unnoticed = []
    for left_out in RULES:
        rules, compared = tuple(rule for rule in RULES if rule is not left_out), 0
        for world in count(seed):
            comparison = Comparison(world, rules=rules)
            difference = next(comparison.differences(PER_WORLD), None)
            compared += sum(comparison.counts[kind] for kind in COMPARED)
            if difference is not None or compared >= cases:
                break
        print(f"{left_out.__name__}: {'not missed in' if difference is None else 'missed after'} {compared} cases", flush=True)
        unnoticed += [left_out.__name__] if difference is None else []
    return not unnoticed


def main() -> None:
    """Compare, or look for blind spots; exit code 1 where something differs or is not missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.oracle", description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=20_000, help="issues and decisions to compare; with --blind at most so many for each rule"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=10, help="differences to print in full")
    parser.add_argument("--blind", action="store_true", help="leave out each rule in turn")
    options = parser.parse_args()
    good = blind(options.cases, options.seed) if options.blind else compare(options.cases, options.seed, options.shown)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
