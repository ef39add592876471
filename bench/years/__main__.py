"""``python -m bench.years``: realistic years as an export, or through the sequencer into a data directory of the product.

``--months 24 --manifests 4000 --export DIR`` makes two years, about 10^5 manifests; the same options are the same bytes. A month may be larger than
the one that is to be looked at: ``--last 4000``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from bench.years.making import exported, sequenced
from bench.years.years import TROUBLED, Years


def main() -> None:
    """Make them and say what that cost."""
    parser = argparse.ArgumentParser(prog="python -m bench.years", description=__doc__)
    parser.add_argument("--months", type=int, default=12, help="from January 2025 on")
    parser.add_argument("--manifests", type=int, default=4000, help="a month")
    parser.add_argument("--last", type=int, help="of the last month, if it is another number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--troubled", type=float, default=TROUBLED, help="share of the manifests with which something is wrong")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--export", type=Path, help="write an export here, admitted without a database")
    where.add_argument("--log", type=Path, help="write a data directory here, through sequencer and publisher")
    parser.add_argument("--closes", action="store_true", help="--export: with every month closed by the operator")
    options = parser.parse_args()
    loads = [options.manifests] * (options.months - 1) + [options.manifests if options.last is None else options.last]
    years = Years(loads, options.seed, options.troubled)
    cpu_s, began = time.process_time(), time.perf_counter()
    size = exported(years, options.export, closes=options.closes) if options.export else sequenced(years, options.log)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - began
    print(f"{size:,} entries of {sum(loads):,} manifests in {len(loads)} months: {cpu_s:.0f} s CPU (ours), {wall_s:.0f} s")
    print(f"{1e6 * cpu_s / size:,.0f} µs CPU an entry, {cpu_s / len(loads):.1f} s CPU a month")
    for name, count in sorted(years.told.items()):
        print(f"{count:9,} {name}")


if __name__ == "__main__":
    main()
