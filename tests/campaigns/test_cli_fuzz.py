"""A small sample of ``python -m bench.cli_fuzz``, and that the campaign finds what it looks for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.cli_fuzz import Case, Ended, wrong
from tests.house.source import ROOT


def test_no_command_ends_in_a_traceback() -> None:
    """Forty cases of another seed than the campaigns have; each in a process of its own."""
    command = [sys.executable, "-m", "bench.cli_fuzz", "--cases", "40", "--seed", "20261130", "--brief"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "40 cases, 0 failures" in answer.stdout


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        (Ended(code=0, out="好 fine".encode(), err=b"", took_s=1), ""),
        (Ended(code=2, out=b"", err="用法不对 / wrong usage".encode(), took_s=1), ""),
        (Ended(code=2, out=b"", err=b"wrong usage", took_s=1), "no words in both languages"),
        (Ended(code=1, out=b"", err=b"Traceback (most recent call last):\n", took_s=1), "Traceback"),
        (Ended(code=70, out=b"", err="程序自身出错 / a fault".encode(), took_s=1), "程序自身出错"),
        (Ended(code=-9, out=b"", err=b"", took_s=1), "exit code -9"),
        (Ended(code=0, out=b"", err=b"", took_s=99), "took 99 s"),
        (Ended(code=0, out=b"", err=b"Exception ignored in: <_io.TextIOWrapper>", took_s=1), "Exception ignored"),
    ],
)
def test_the_campaign_sees_it(ended: Ended, why: str) -> None:
    found = wrong(Case(argv=["verify"], env={}, encoding="utf-8"), ended)
    assert (found == "") == (why == "")
    assert why in found
