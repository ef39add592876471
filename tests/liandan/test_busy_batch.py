"""A batch that the log cannot take to its end: nothing behind that is judged, for it would be refused for want of what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ledger.service
from ledger.admission.sequencer import Busy
from ledger.times import parse_at
from liandan.server import assemble
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.serving import KEYRING, NOW, settings_of
from tests.workbench import Workbench, key_of, uscc

PARTY = uscc("510112", 2)
LINES = 6


async def test_what_comes_behind_a_full_queue_is_not_judged(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Workbench()
    bench.register(PARTY)
    known = len(bench.entries)
    for number in range(1, LINES + 1):
        bench.post("key.add/1", f"party/{PARTY}", (PARTY,), {"key": register(key_of(PARTY, number), bench.found, PARTY)})
    raws, now_s = [freeze(entry.envelope) for entry in bench.entries], parse_at(NOW)
    monkeypatch.setattr(ledger.service, "SLICE", 2)
    monkeypatch.setattr(ledger.service, "BUSY_RETRIES", 0)
    async with assemble(settings_of(database_url, tmp_path), keyring=KEYRING) as running:
        service = running.service
        for raw in raws[:known]:
            await service.post(raw, now_s=now_s, wait_s=20)
        submit, calls = service.log.sequencer.submit, list[int]()

        def full_once(*given: Any, **more: Any) -> Any:
            calls.append(1)
            if len(calls) == 2:
                raise Busy("the queue is full", 1)
            return submit(*given, **more)

        monkeypatch.setattr(service.log.sequencer, "submit", full_once)
        first = await service.post_batch(raws[known:], now_s=now_s, wait_s=20, atomic=False)
        assert [line.busy is not None for line in first.lines] == [False] * 2 + [True] * 4
        assert [line.refused for line in first.lines] == [None] * LINES
        again = await service.post_batch(raws[known:], now_s=now_s, wait_s=20, atomic=False)
        assert [line.is_new for line in again.lines] == [False] * 2 + [True] * 4
        assert [line.index for line in again.lines] == list(range(known, known + LINES))
