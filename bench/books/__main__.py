"""``python -m bench.books``: precision and recall of matching on seeded faults in books of a real log, and how long 10^5 lines take.

``--seeds 20`` prints each seed, so that whatever is missed can be made again: ``--first 17 --seeds 1``.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from random import Random

from bench.books.campaign import campaign
from bench.books.judging import Judged, table
from bench.books.real import manifests_of, months_of
from bench.years.years import Years
from reports.matching.matcher import match
from reports.matching.model import SideLine


def many_lines(count: int, seed: int, *, wrong: float = 0.01) -> tuple[list[SideLine], list[SideLine]]:
    """Two sides of so many lines, of 60 partners, 10 codes and 31 days, loads around 12.5 t to 20 kg, without numbers; some masses are wrong."""
    dice, mine, theirs = Random(f"lines {seed}"), list[SideLine](), list[SideLine]()
    for number in range(count):
        partner, code = f"91500116000{dice.randrange(60):07}", f"900-{dice.randrange(10):03}-31"
        mass_g, day = round(dice.gauss(12_500, 1_500) / 20) * 20_000, 739_000 + dice.randrange(31)
        line = SideLine(id=f"{number:07}", partner=partner, code=code, day=day, mass_g=mass_g)
        mine.append(line)
        theirs.append(
            line if dice.random() > wrong else SideLine(id=line.id, partner=partner, code=code, day=day, mass_g=mass_g + 1_000_000)
        )
    return mine, theirs


def main() -> None:
    """Run seeds, then the lines."""
    parser = argparse.ArgumentParser(prog="python -m bench.books", description=__doc__)
    parser.add_argument("--first", type=int, default=1, help="seed")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--faults", type=int, default=200, help="of each seed")
    parser.add_argument("--manifests", type=int, default=600, help="a month of the log")
    parser.add_argument("--lines", type=int, default=100_000, help="of the figure; 0: none")
    options = parser.parse_args()
    manifests, names = manifests_of(Years([options.manifests] * 2, seed=options.first, senders=12))
    months, whole = list(months_of(manifests, names, ("2025-01", "2025-02"))), Judged.nothing()
    print(f"{len(manifests):,} manifests, {len(months)} firms and months with books")
    for seed in range(options.first, options.first + options.seeds):
        found = campaign(months, seed, options.faults)
        print(f"seed {seed}: {found.made.total()} made, recall {found.recall:.4f}, precision {found.precision:.4f}")
        for missed in found.missed:
            print(f"  {missed}")
        whole.add(found)
    print("\n".join(table(whole)))
    if options.lines:
        mine, theirs = many_lines(options.lines, options.first)
        began = time.perf_counter()
        kinds = Counter(outcome.kind for outcome in match(mine, theirs))
        took_s, most_mb = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{options.lines:,} lines of each side: {took_s:.1f} s, {most_mb} MB at most; {dict(kinds)}")


if __name__ == "__main__":
    main()
