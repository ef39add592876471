"""How many streams may be open at once, of one session, of one party and of all, and their end when the server stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.admission.sequencer import Busy

OF_SESSION_MAX, OF_PARTY_MAX, OF_ALL_MAX = 6, 60, 600
"""Pages that one person has open, browsers of one party (each has one stream for all its pages), and what a server of two cores looks up for
within a second."""
AGAIN_S = 30


class Streams:
    """The open streams of one process."""

    def __init__(self, of_session: int = OF_SESSION_MAX, of_party: int = OF_PARTY_MAX, of_all: int = OF_ALL_MAX) -> None:
        self._of_session, self._of_party, self._of_all = of_session, of_party, of_all
        self._sessions: Counter[str] = Counter()
        self._parties: Counter[str] = Counter()
        self.stopping = asyncio.Event()
        """The server stops: nobody is told any more."""

    @property
    def count(self) -> int:
        """Streams that are open."""
        return self._parties.total()

    @contextmanager
    def one(self, token: str, party: str) -> Iterator[None]:
        """A stream of the session of a token of a party, until the block ends; raises Busy where there are too many."""
        session, of_party = self._sessions[token], self._parties[party]
        if session >= self._of_session or of_party >= self._of_party or self.count >= self._of_all:
            raise Busy(f"{session} streams of this session, {of_party} of its party, {self.count} in all", AGAIN_S)
        for counted, name in ((self._sessions, token), (self._parties, party)):
            counted[name] += 1
        try:
            yield
        finally:
            for counted, name in ((self._sessions, token), (self._parties, party)):
                counted[name] -= 1
                if not counted[name]:
                    del counted[name]

    def stop(self) -> None:
        """End all of them."""
        self.stopping.set()
