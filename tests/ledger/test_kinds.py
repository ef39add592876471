"""The table of kinds: what it prepares before threads use it."""

from __future__ import annotations

import subprocess
import sys

READERS = """
import sys, threading
from ledger.admission.form import read_body
from reports.kinds import all_kinds
from signing.refusal import Refusal

sys.setswitchinterval(1e-6)
kinds, begun = all_kinds(), []

def read():
    begun.append(1)
    while len(begun) < 4:
        pass
    for kind in kinds.by_name.values():
        try:
            read_body(dict.fromkeys(kind.body.__struct_encode_fields__, "x"), kind.body)
        except Refusal:
            pass

threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_may_be_the_first_to_read_a_kind() -> None:
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", READERS], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[:1000]
