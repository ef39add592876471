"""Much work of one sort on all cores: results in the order of the work, a bounded number of pieces under way."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

FEW = 12
"""Pieces that are done sooner than a process has started."""
AHEAD = 8
"""Pieces under way for each process, so that none waits and memory stays small."""
T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    work: Callable[[T], R], pieces: Iterable[T], count: int, *, begin: Callable[..., None], given: tuple[Any, ...], preload: str = ""
) -> Iterator[R]:
    """``work`` of each of the ``count`` pieces, in their order, on all cores; here, where that is not worth a process.

    ``begin(*given)`` is called once in every process, this one included if it works itself. All of it must be found by its name in a
    module, because processes start anew (``preload``: the module that all of them need); an exception of ``work`` is raised here.
    """
    if count < FEW or (hands := min(cores(), count)) < 2:
        begin(*given)
        yield from map(work, pieces)
        return
    # Forked children of a process with threads may hang; those of a server of forks, which has none, do not.
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    if preload and context.get_start_method() == "forkserver":
        context.set_forkserver_preload([preload])
    pool = ProcessPoolExecutor(hands, mp_context=context, initializer=_begin, initargs=(begin, given))
    under_way: deque[Future[R]] = deque()
    try:
        for piece in pieces:
            under_way.append(pool.submit(work, piece))
            if len(under_way) >= AHEAD * hands:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[..., None], given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits: it ends this process
    begin(*given)
