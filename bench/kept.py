"""``python -m bench.kept``: what was gathered for statements, damaged and killed at random; the statement is the same every time.

The suite tries a dozen (tests/reports/test_kept_moments.py).
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from reports.reconciliation.gathered import pages
from reports.reconciliation.kept.sealing import KeptIn
from tests.reports.kept_years import SECRET, closed_years, damaged, kept_through, killed, steps_of


def main() -> None:
    """Run the campaign; the first statement that differs is raised."""
    parser = argparse.ArgumentParser(prog="python -m bench.kept", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="of each: bits and cuts, kills from the first entry, kills in going on")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pages.PAGE_BYTES = 2_000  # so that some hundred manifests fill many
    dice, counted, began = random.Random(options.seed), Counter[str](), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        log = closed_years(scratch / "log", options.seed)
        march = log.draw("2025-03", None)[0]
        whole = kept_through(log, scratch / "kept").path.read_bytes()
        early = KeptIn(scratch / "early" / "gathered", SECRET)
        log.draw("2025-03", early, size=log.size - 100)
        begun = early.path.read_bytes()
        kept = KeptIn(scratch / "tried" / "gathered", SECRET)
        kept.path.parent.mkdir()
        for number in range(options.rounds):
            kept.path.write_bytes(damaged(whole, dice))
            found, taken, told = log.draw("2025-03", kept)
            assert found == march, f"damage {number}"
            counted["unnoticed, in what is not read" if not told and not taken else "made again"] += 1
        for what, content in (("from the first entry", b""), ("in going on", begun)):
            kept.path.write_bytes(content)
            steps = steps_of(log, kept)
            for number in range(options.rounds):
                for one in kept.path.parent.iterdir():
                    one.unlink()
                kept.path.write_bytes(content)
                counted[f"killed {what}"] += killed(log, kept, dice.randint(1, steps))
                found, _, told = log.draw("2025-03", kept)
                assert (found, told) == (march, []), f"kill {number} {what}"
                assert log.draw("2025-03", kept)[:2] == (march, 0), f"kill {number} {what}: kept"
    print(f"{dict(counted)}: no statement differs, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
