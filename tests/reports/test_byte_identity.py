"""Every document is the same to the byte whoever prints it: two Pythons, time zones, locales, hash seeds, and whatever was printed before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from reports.paper.tongue import TONGUES
from tests.house.source import ROOT
from tests.reports import second_python

PRINTING = """
import json, sys
from hashlib import sha256
from tests.reports.papers import gallery
print(json.dumps({f"{name} {tongue}": sha256(pdf).hexdigest() for tongue in sys.argv[1:] for name, pdf in gallery(tongue)}))
"""
SHANGHAI = {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
NEW_YORK = {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "2"}
KIRITIMATI = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.ISO-8859-9", "PYTHONHASHSEED": "3"}


def printed(python: str, changes: dict[str, str], tongues: Sequence[str] = TONGUES) -> dict[str, str]:
    """SHA-256 of every document as another process prints it, by name and language."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **changes}
    told = subprocess.run([python, "-c", PRINTING, *tongues], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    hashes: dict[str, str] = json.loads(told.stdout)
    return hashes


@cache
def here() -> dict[str, str]:
    return printed(sys.executable, SHANGHAI)


def test_time_zone_locale_and_what_was_printed_before_change_no_byte() -> None:
    """The other process prints the English documents first."""
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(here), pool.submit(printed, sys.executable, NEW_YORK, TONGUES[::-1])
    assert one.result() == other.result()
    kinds = {name.partition(" ")[0].partition("-")[0] for name in one.result()}
    assert kinds == {"certificate", "transit", "approval", "list", "no", "dossier", "inspection"}
    assert len(one.result()) == len(set(one.result().values())) >= 50


def test_another_python_gives_the_same_bytes() -> None:
    python = second_python.ready()
    if python is None:
        pytest.skip(second_python.NONE if second_python.found() is None else "python -m tests.reports.second_python makes its environment")
    assert printed(python, KIRITIMATI) == here()
