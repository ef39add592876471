"""Where the time goes in the server, watched from within: time and CPU of named stages, and samples of what its event loop is doing.

Samples are taken every few milliseconds while the loop does not wait for events; a moment in which it waits for the interpreter lock counts
for the line that waits. They are shares of the loop's time, not times. What other threads do is in the stages.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType, ModuleType
from typing import Any

from ledger import store
from ledger.admission.intake import Intake
from ledger.admission.sequencer import Sequencer
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.cosigning import Cosigning
from ledger.publishing.files import LogFiles
from ledger.publishing.follower import Follower
from ledger.publishing.prefetch import Prefetch
from ledger.publishing.publisher import Publisher
from ledger.publishing.recheck import Recheck

EVERY_S = 0.004
Stages = Mapping[str, tuple[type | ModuleType, str]]
STAGES: Stages = {
    "intake: read, verify": (Intake, "take"),
    "sequencer: one transaction": (Sequencer, "_settle"),
    "look at what is shown": (Follower, "refresh"),
    "publisher: a step": (Publisher, "step"),
    "  read rows": (store, "list_entries"),
    "  re-hash": (Prefetch, "rehash"),
    "  decide again": (Recheck, "check"),
    "  stage, flushed": (LogFiles, "stage"),
    "  promise, flushed": (CheckpointStore, "swap"),
    "  unpack": (LogFiles, "unpack"),
    "  prove growth": (Publisher, "_check_growth"),
    "  sign": (Publisher, "_sign"),
    "  witnesses": (Cosigning, "cosign"),
    "  show": (Publisher, "_show"),
}
"""Names as printed; indented ones are parts of the step above."""
AREAS = (
    ("/ledger/publishing/recheck.py", "publisher: decide again"),
    ("/ledger/publishing/publisher.py", "publisher: hash, tiles, note"),
    ("/ledger/publishing/files.py", "publisher: hash, tiles, note"),
    ("/liandan/projector.py", "projections"),
    ("/ledger/admission/sequencer.py", "sequencer: decide, store"),
    ("/ledger/admission/intake.py", "intake: read, verify"),
    ("/ledger/vault/", "disclosures"),
    ("/ledger/service.py", "answers"),
    ("/ledger/routes.py", "answers"),
    ("/structlog/", "log lines"),
    ("/liandan/access.py", "http: access"),
    ("/litestar/", "http: framework"),
    ("/uvicorn/", "http: framework"),
)
"""The first line that a stack contains says what it is doing."""
IDLE = ("/selectors.py", "/asyncio/runners.py")
"""Where the loop's thread stands while it waits for events."""


class Watch:
    """Counts while it is on."""

    def __init__(self, stages: Stages) -> None:
        self._on = False
        self._walls: dict[str, list[float]] = {}
        self._cpu: Counter[str] = Counter()
        self._areas: Counter[str] = Counter()
        for name, (owner, method) in stages.items():
            setattr(owner, method, self._timed(name, getattr(owner, method)))

    def _timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def note(began: float, cpu_s: float = 0.0) -> None:
            if self._on:
                self._walls.setdefault(name, []).append(time.perf_counter() - began)
                self._cpu[name] += cpu_s  # type: ignore[assignment]  # a Counter of seconds

        @functools.wraps(work)
        async def later(*args: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return await work(*args, **named)
            finally:
                note(began)

        @functools.wraps(work)
        def now(*args: Any, **named: Any) -> Any:
            began, cpu = time.perf_counter(), time.thread_time()
            try:
                return work(*args, **named)
            finally:
                note(began, time.thread_time() - cpu)

        return later if work.__code__.co_flags & 0x80 else now

    def begin(self, loop_thread: int) -> None:
        """Start counting from nothing."""
        self._walls.clear()
        self._cpu.clear()
        self._areas.clear()
        self._on = True
        threading.Thread(target=self._sample, args=(loop_thread,), daemon=True).start()

    def _sample(self, loop_thread: int) -> None:
        while self._on:
            time.sleep(EVERY_S)
            area = area_of(sys._current_frames()[loop_thread])
            if area is not None:
                self._areas[area] += 1

    def end(self) -> dict[str, Any]:
        """``stages``: name → [calls, mean ms, p99 ms, CPU s, 0 where it runs on the loop]; ``areas``: name → share of the samples."""
        self._on = False
        stages = {}
        for name, walls in self._walls.items():
            ordered = sorted(walls)
            p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
            stages[name] = [len(ordered), 1000 * sum(ordered) / len(ordered), 1000 * p99, self._cpu[name]]
        total = max(1, self._areas.total())
        return {"stages": stages, "areas": {area: count / total for area, count in self._areas.most_common()}}


def watched_server() -> Watch:
    """A watch over the stages of the log's server; before it is assembled."""
    return Watch(STAGES)


def area_of(frame: FrameType) -> str | None:
    """What the loop is doing, None while it waits."""
    if any(part in frame.f_code.co_filename for part in IDLE):
        return None
    files, at = [], frame
    while at is not None:
        files.append(at.f_code.co_filename)
        at = at.f_back  # type: ignore[assignment]  # None at the end of the stack
    return next((area for part, area in AREAS if any(part in file for file in files)), "loop, database driver, other")
