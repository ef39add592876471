"""What the registers of a firm with very many manifests cost: ``python -m bench.registers [--manifests 50000]``.

One received manifest of a story is put into the gathering as often as is asked for, under other ULIDs and spread over the months; then every file of
a year is drawn, as a server's process would. Prints seconds of CPU, megabytes of each file, and the most memory that the process has had.
"""

from __future__ import annotations

import argparse
import resource
from time import process_time

from msgspec.structs import replace

from ledger.model import chain_key
from manifests.case import manifest_at
from manifests.recorded import issue_key, receipt_key
from reports.kinds import all_kinds
from reports.reconcile import begin
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.gathered.parties import OF, TOLD
from reports.registers.files import draw_file
from reports.registers.model import SUFFIXES, RegisterAsked
from tests.reports.month import october
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER, trunk

DAY_S = 86_400


def gathered(count: int) -> Gathering:
    """A gathering of October, and so many more manifests like its third one."""
    story = october()
    fold = begin("2026-10", all_kinds(), story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    held, first = fold.gathering.held, trunk(3)
    head, told, filed = held.get(chain_key(first)), held.get(f"{TOLD}:{first}"), held.get(f"=filed:{first}")
    state = manifest_at(fold.facts, first)
    assert state is not None
    kept = {name(first): held.get(name(first)) for name in (issue_key, receipt_key)}
    for number in range(count):
        chain, back_s = trunk(1_000_000 + number), number % 270 * DAY_S
        times = replace(
            state.times, **{name: getattr(state.times, name) - back_s for name in ("issued_s", "departed_s", "received_s", "latest_s")}
        )
        held.put(chain_key(chain), replace(head, state=replace(head.state, times=times, number=f"20265101{number:06d}")))
        held.put(f"{TOLD}:{chain}", told)
        held.put(f"=filed:{chain}", filed)
        for name, value in kept.items():
            held.put(name.replace(first, chain), value)
        for firm in told.firms:
            held.put(f"{OF}:{firm}:2026:{chain}", True)
    held.settle()
    return fold.gathering


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--manifests", type=int, default=50_000)
    count = arguments.parse_args().manifests
    gathering = gathered(count)
    for register, party in (("c1", GENERATOR), ("generator", GENERATOR), ("carrier", CARRIERS[0]), ("receiver", RECEIVER)):
        for suffix in SUFFIXES[register]:  # type: ignore[index]  # names of registers
            begun = process_time()
            _, content = draw_file(gathering, RegisterAsked(register, "2026", party, suffix), "")  # type: ignore[arg-type]
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count} manifests, {register}.{suffix}: {process_time() - begun:.1f} s of CPU, {len(content) / 1e6:.1f} MB, {most:.0f} MB of memory"
            )


if __name__ == "__main__":
    main()
