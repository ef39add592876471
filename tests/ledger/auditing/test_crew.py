"""Workers answer in order, and never outlive the audit that began them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house.source import ROOT

AUDIT = """
import itertools, multiprocessing, time
from ledger.auditing import reading
from ledger.admission.kind_table import Kinds
reading._work, reading._unpacker = time.sleep, lambda kinds: lambda answer, task: answer
for _ in reading.answers(itertools.repeat(0.01), Kinds(()), 2):
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""
PATIENCE_S = 30


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_workers_of_a_killed_audit_end(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", AUDIT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as audit:
        assert audit.stdout is not None
        workers = [int(pid) for pid in audit.stdout.readline().split()]
        assert len(workers) == 2
        audit.send_signal(number)
        audit.stdout.read()
    ends = time.monotonic() + PATIENCE_S
    while any(map(_is_running, workers)):
        assert time.monotonic() < ends, "a worker lives on"
        time.sleep(0.1)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
