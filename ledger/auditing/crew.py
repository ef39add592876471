"""A crew of worker processes that answers tasks in the order they were given, with a bounded number under way.

Workers are forked: they inherit the table of kinds, which no wire could carry. They run nothing but readers of bytes.
"""

import gc
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from ledger.admission.kind_table import Kinds
from ledger.auditing.reading import BundleRead, Reader, Task

AHEAD = 3
"""Tasks under way per worker: enough to hide the way there and back, few enough to know nearly all keys."""
NICE = 5
"""How far workers stand back: everybody waits for the sequential pass, so where cores are few it goes first."""
ORPHAN_S = 1.0
"""How often a worker looks whether its audit still lives."""
_READER: Reader | None = None


def _settle(kinds: Kinds, auditor: int) -> None:
    global _READER  # noqa: PLW0603  # one per worker process, set once when it starts
    _READER = Reader(kinds)
    os.nice(NICE)
    # What was inherited stays; a task's own objects hold no cycles worth looking for after every few hundred.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    threading.Thread(target=_end_with, args=(auditor,), daemon=True).start()


def _end_with(auditor: int) -> None:
    """Nobody else would end the workers of an audit that is killed: forked siblings keep each other's pipes open."""
    while os.getppid() == auditor:
        time.sleep(ORPHAN_S)
    os._exit(1)


def _work(task: Task) -> bytes:
    assert _READER is not None, "the worker was not started by a crew"
    return _READER.pack(_READER.read(task))


def answers(tasks: Iterable[Task], kinds: Kinds, workers: int) -> Iterator[tuple[Task, BundleRead | bytes]]:
    """Every task with its answer, in order; ``workers`` 1 reads in this process, and nothing need be packed. ``tasks`` is drawn as room
    becomes free.
    """
    if workers <= 1:
        reader = Reader(kinds)
        for task in tasks:
            yield task, reader.read(task)
        return
    pending: deque[tuple[Task, Future[bytes]]] = deque()
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _settle, (kinds, os.getpid())) as crew:
        for task in tasks:
            pending.append((task, crew.submit(_work, task)))
            if len(pending) >= AHEAD * workers:
                first, answer = pending.popleft()
                yield first, answer.result()
        while pending:
            first, answer = pending.popleft()
            yield first, answer.result()
