"""Write all vector files of this directory: ``python tests/vectors/liandan-v1/generate.py [DIRECTORY]``.

Running it twice gives the same bytes; a test compares a fresh run with the committed files.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import acts
import good
import refused
import refused_acts
import refused_amendments
import refused_approvals
import refused_bodies
import refused_cases
import refused_emergencies
import refused_incidents
import refused_issues
import refused_items
import refused_lists
import refused_log
import refused_periods
import refused_quotas
import refused_trips
from story import closed_log, small_log


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(directory: Path) -> None:
    log, closed, more = small_log(), closed_log(), acts.acts_log()
    write(directory / "keys.json", {"party": good.keys(), "note": good.note_keys()})
    write(directory / "possession.json", good.possessions(log))
    write(directory / "payloads.json", good.payloads())
    write(directory / "envelopes.json", good.envelopes(log))
    write(directory / "statements.json", good.statements(log))
    write(directory / "log.json", good.log_file(log))
    write(directory / "log-closed.json", good.log_file(closed))
    write(directory / "acts.json", good.acts_file(more, acts.TAKING_KEY, acts.TAKING, acts.FILES))
    for file in acts.FILES:
        (directory / file).parent.mkdir(exist_ok=True)
        (directory / file).write_bytes((acts.FOLDER / file).read_bytes())
    write(directory / "checkpoints.json", good.checkpoints(log))
    write(directory / "proofs.json", good.proofs(log))
    stages = {
        "payload": refused.payload(),
        "envelope": refused.envelope(log),
        "signature": refused.signature(),
        "key": refused.key(log),
        "statement": refused.statement(log),
        "admission": refused_log.admission(log, closed),
        "body": refused_bodies.body(more),
        "act": [
            *refused_acts.act(more),
            *refused_approvals.approvals(more),
            *refused_issues.issues(more),
            *refused_trips.trips(more),
            *refused_cases.cases(more),
            *refused_amendments.amendments(more),
            *refused_incidents.incidents(more),
            *refused_quotas.quotas(more),
            *refused_lists.lists(more),
            *refused_emergencies.emergencies(more),
            *refused_items.items(more),
            *refused_periods.months(more),
        ],
        "entry": refused_log.entry(log),
        "note": refused_log.note(log),
        "checkpoint": refused_log.checkpoint(log),
        "proof": refused_log.proof(log),
    }
    for stage, cases in stages.items():
        write(directory / "refused" / f"{stage}.json", [{"stage": stage, **case} for case in cases])
    shutil.rmtree(directory / "export", ignore_errors=True)
    log.export(directory / "export")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
