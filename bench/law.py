"""``python -m bench.law``: random lives of loads, returns, cases and corrections against an independent model of kinds.md.

The machine of tests/manifests/law_machine.py, of which the suite runs a small sample: nothing illegal admitted, nothing legal refused or refused for another
reason, grams and accounts the same, views what the log says, and every load brought to an end.
"""

from __future__ import annotations

import argparse
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.manifests.law_machine import Law


def main() -> None:
    """Run the campaign; what parts the two is raised, with the steps that lead there."""
    parser = argparse.ArgumentParser(prog="python -m bench.law", description=__doc__)
    parser.add_argument("--lives", type=int, default=3000, help="worlds of two loads and three returns")
    parser.add_argument("--steps", type=int, default=60, help="at most, in each")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest way to a difference")
    options = parser.parse_args()
    phases = (Phase.generate, Phase.shrink) if options.shrink else (Phase.generate,)
    began = time.monotonic()
    wanted = settings(
        max_examples=options.lives,
        stateful_step_count=options.steps,
        phases=phases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Law, settings=wanted)
    print(f"{options.lives} worlds of at most {options.steps} steps: no difference, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
