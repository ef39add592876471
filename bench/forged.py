"""Long mode of the forged papers: ``python -m bench.forged --changes 1000 --seed 1``. No changed byte of a certificate may be called good."""

import argparse
import time
from collections import Counter
from random import Random

from reports.verify import verify_bytes
from tests.reports.test_forged import originals


def main() -> None:
    """Change single bytes of a signed and an unsigned certificate, and count what they are called; exit 1 for one that is good."""
    parser = argparse.ArgumentParser(prog="python -m bench.forged", description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    own, pins = originals()
    chance, found, begun = Random(options.seed), Counter[str](), time.process_time()
    for number in range(options.changes):
        base = ("signed", "unsigned")[number % 2]
        raw: bytes = getattr(own, base)
        at = chance.randrange(len(raw))
        changed = raw[:at] + bytes([raw[at] ^ chance.randrange(1, 256)]) + raw[at + 1 :]
        found[verify_bytes(changed, "c.pdf", pins[base]).verdict] += 1
    spent = 1000 * (time.process_time() - begun) / options.changes
    print(f"{options.changes} changed bytes, seed {options.seed}: {dict(found)}; {spent:.0f} ms CPU each")
    raise SystemExit(1 if found["good"] or found["unpinned"] else 0)


if __name__ == "__main__":
    main()
