"""How many streams may be open at once, of one session and of all, and their end when the server stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.admission.sequencer import Busy

OF_SESSION_MAX, OF_ALL_MAX = 6, 600
"""Pages that one person has open, and what a server of two cores looks up for within a second."""
AGAIN_S = 30


class Streams:
    """The open streams of one process."""

    def __init__(self, of_session: int = OF_SESSION_MAX, of_all: int = OF_ALL_MAX) -> None:
        self._of_session, self._of_all = of_session, of_all
        self._open: Counter[str] = Counter()
        self.stopping = asyncio.Event()
        """The server stops: nobody is told any more."""

    @property
    def count(self) -> int:
        """Streams that are open."""
        return self._open.total()

    @contextmanager
    def one(self, token: str) -> Iterator[None]:
        """A stream of the session of a token, until the block ends; raises Busy where there are too many."""
        if self._open[token] >= self._of_session or self.count >= self._of_all:
            raise Busy(f"{self._open[token]} streams of this session, {self.count} in all", AGAIN_S)
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            if not self._open[token]:
                del self._open[token]

    def stop(self) -> None:
        """End all of them."""
        self.stopping.set()
