"""What was gathered, over months that are closed: closed months come back, the first entry proves it, and no damage, kill or full disk changes a byte."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from reports.kinds import all_kinds
from reports.reconciliation.gathered import pages
from reports.reconciliation.gathered.pages import PagedMap
from reports.reconciliation.kept import sealing
from reports.reconciliation.kept.proving import Prover
from reports.reconciliation.kept.sealing import CLOSES, KeptIn
from tests.reports.kept_years import SECRET, YearsLog, closed_years, damaged, in_a_process, kept_through, killed, steps_of
from whitelist.period import direction_of, month_of

HOUSE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> YearsLog:
    """Made once."""
    return closed_years(tmp_path_factory.mktemp("years"))


@pytest.fixture(scope="module")
def march(log: YearsLog) -> bytes:
    """The statement of a month, from the entries alone."""
    return log.draw("2025-03", None)[0]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that some hundred manifests fill many."""
    monkeypatch.setattr(pages, "PAGE_BYTES", 2_000)


def test_a_closed_month_is_drawn_again_as_it_was_signed(log: YearsLog, tmp_path: Path) -> None:
    """The newest closes from where they were drawn, an older one from the first entry."""
    kept = kept_through(log, tmp_path)
    before = kept.path.read_bytes()
    sizes = sorted({close.size for close in log.closes.values()})
    left, adjusted = dict[tuple[str, str], str](), 0
    for chain, close in log.closes.items():
        found, taken, told = log.draw(month_of(chain), kept, direction_of(chain), close.size)
        assert sha256(found).hexdigest() == close.json
        statement = json.loads(found)
        assert left.get(direction_of(chain), "0.000000") == statement["total"]["opening_t"], "what the month before closed with"
        left[direction_of(chain)] = statement["total"]["closing_t"]
        adjusted += len(statement["adjustments"])
        assert (taken == 0, told) == (close.size in sizes[-CLOSES:], []), chain
    assert kept.path.read_bytes() == before
    assert adjusted > 3, "the years have what comes late"
    between = sizes[-1] - 7
    found, taken, _ = log.draw("2025-04", kept, size=between)
    assert (found, taken > 0) == (log.draw("2025-04", None, size=between)[0], True)
    assert kept.path.read_bytes() == before, "what goes on from an old moment is not kept"


def test_a_closed_month_that_was_touched_is_drawn_from_the_first_entry(log: YearsLog, tmp_path: Path) -> None:
    kept, (chain, close) = kept_through(log, tmp_path), list(log.closes.items())[-1]
    with closing(sqlite3.connect(kept.path)) as db:
        db.execute("UPDATE pin SET mark = substr(mark, 1, 100) || X'00' || substr(mark, 102)")
        db.commit()
    assert sha256(log.draw(month_of(chain), kept, direction_of(chain), close.size)[0]).hexdigest() == close.json
    assert log.draw("2025-03", kept)[1:] == (0, []), "what stands now is as good as before"


def test_what_was_kept_is_proved_from_the_first_entry(log: YearsLog, tmp_path: Path) -> None:
    kept = kept_through(log, tmp_path)
    prover = Prover(kept, all_kinds(), log.head.origin)
    gathering = log.gathered(log.size, prover.look)
    assert (prover.proof.size, prover.proof.is_equal, prover.proof.differing) == (log.size, True, 0)
    assert prover.proof.values == len(gathering.held)

    name, book = next(iter(gathering.held.walk("=plan:")))
    with closing(
        PagedMap(kept.path, all_kinds().encode, lambda name, raw: raw)
    ) as held:  # a program that reckoned otherwise, and sealed it
        seal = sealing.moments(held, kept, log.head.origin)[log.size]
        held.use(seal.pages)
        held.put(name, book + 1)
        held.settle()
        held.pin({}, [])
        made = sealing.GatheringSeal(program=seal.program, origin=seal.origin, to=seal.to, edge=seal.edge, pages=held.pages)
        held.keep(sealing.sealed(made, kept))
    assert log.draw("2025-03", kept)[1] == 0, "nobody notices"
    prover = Prover(kept, all_kinds(), log.head.origin)
    log.gathered(log.size, prover.look)
    assert (prover.proof.is_equal, prover.proof.differing, prover.proof.places) == (False, 1, (name,))
    assert not kept.path.read_bytes(), "and it is thrown away"
    assert Prover(kept, all_kinds(), log.head.origin).proof.size == 0


def test_bits_that_turn_change_no_statement(log: YearsLog, march: bytes, tmp_path: Path) -> None:
    kept, dice = kept_through(log, tmp_path), random.Random(5)
    whole = kept.path.read_bytes()
    for _ in range(8):
        kept.path.write_bytes(damaged(whole, dice))
        assert log.draw("2025-03", kept)[0] == march
        assert log.draw("2025-03", kept)[:2] == (march, 0)


def test_a_lock_that_somebody_left_behind_is_no_hindrance(log: YearsLog, march: bytes, tmp_path: Path) -> None:
    """The lock is the kernel's: a file of that name says nothing, whoever has written it."""
    kept = kept_through(log, tmp_path)
    kept.path.with_name("gathered.lock").write_text("pid 1")
    kept.path.with_name("gathered-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(500))
    assert log.draw("2025-03", kept)[:2] == (march, 0)


def test_whoever_is_killed_leaves_what_was_kept_or_nothing(log: YearsLog, march: bytes, tmp_path: Path) -> None:
    """At any statement of SQLite, from the first entry or in going on."""
    dice = random.Random(9)
    for size in (0, log.size - 100):
        wanted = [KeptIn(tmp_path / f"{size}-{number}", SECRET) for number in range(3)]
        for kept in wanted if size else ():
            log.draw("2025-03", kept, size=size)
        steps = steps_of(log, wanted.pop())
        for kept in wanted:
            assert killed(log, kept, dice.randint(1, steps))
            found, _, told = log.draw("2025-03", kept)
            assert (found, told) == (march, [])
            assert log.draw("2025-03", kept)[:2] == (march, 0)


def test_a_disk_that_takes_no_more_costs_the_keeping_alone(log: YearsLog, march: bytes, tmp_path: Path) -> None:
    """Also what was kept before stays as it is."""
    kept = KeptIn(tmp_path / "gathered", SECRET)
    log.draw("2025-03", kept, size=log.size - 100)
    whole = kept.path.read_bytes()

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 4096, resource.RLIM_INFINITY))
        found, _, told = log.draw("2025-03", kept)
        os._exit(0 if found == march and told and told[0].startswith("not kept") else 1)

    assert in_a_process(work) == 0
    assert kept.path.read_bytes() == whole
    assert log.draw("2025-03", kept)[1] > 0
    assert log.draw("2025-03", kept)[:2] == (march, 0)


def test_the_seal_is_of_every_source_that_a_gathering_is_made_by() -> None:
    """Kinds of months, too, whose acts lie above the statements."""
    script = """
import sys, reports.kinds, reports.reconciliation.kept.keeping
reports.kinds.all_kinds()
print(*[module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)], sep="\\n")
"""
    imported = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=HOUSE).stdout.splitlines()
    ours = {Path(name) for name in imported if Path(name).is_relative_to(HOUSE) and ".venv" not in name}
    assert len(ours) > 100
    assert ours <= set(sealing.sources())
