"""The clock and the pen of the corpus: every act a minute after the one before, admitted five seconds after it was claimed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from ledger.admission.entry import Entry
from tests.vectors.corpus.admitted import AdmittedLog
from tests.vectors.corpus.people import LOG_KEY, ORIGIN, WITNESSES, Person
from tests.vectors.forger import writer

Signers = Person | tuple[str, Any]


class Scene:
    """Writes acts down; ``now`` is the moment of the next admission."""

    def __init__(self) -> None:
        self.log = AdmittedLog(ORIGIN, LOG_KEY, WITNESSES)
        self.now = datetime.fromisoformat("2026-11-02T08:00:05+08:00")
        self._step = timedelta(minutes=1)

    def clock(self, **back: int) -> str:
        """The present moment, or one that lies back: ``hours=3``."""
        return (self.now - timedelta(**back)).isoformat()

    def go_to(self, moment: str) -> None:
        """On to a later moment."""
        later = datetime.fromisoformat(f"{moment}+08:00")
        assert later > self.now, moment
        self.checkpoint()
        self.now = later

    def post(self, kind: str, chain: str, body: Any, *by: Signers, at: str = "", principal: Person | None = None, **more: Any) -> Entry:
        """One act; ``at`` is claimed, else five seconds ago."""
        signers = tuple(signer.signer if isinstance(signer, Person) else signer for signer in by)
        claimed, name = at or self.clock(seconds=5), None if principal is None else principal.uscc
        entry = self.log.post(writer.Act(f"{kind}/1", chain, body, signers, claimed, principal=name, **more), self.clock())
        self.now += self._step
        if entry.index % 8 == 0:  # at least one checkpoint per 10 minutes of growth
            self.checkpoint()
        return entry

    def wait_a_minute(self) -> None:
        """Nothing happens."""
        self.now += self._step

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Up to four acts within the minute before the next one: what was signed after them long ago keeps its time, and so its bytes."""
        after, self._step = self.now, timedelta(seconds=10)
        self.now -= timedelta(seconds=50)
        yield
        assert self.now < after, "the minute is over"
        self.now, self._step = after, timedelta(minutes=1)

    def checkpoint(self) -> None:
        """Signed and cosigned a second or two after the newest admission."""
        seen = int(self.now.timestamp()) - 58
        self.log.checkpoint({name: seen + number for number, name in enumerate(WITNESSES)})

    def head(self, chain: str) -> dict[str, Any]:
        """``trunk`` of a case: the newest act of a chain."""
        seq, digest, _ = self.log.heads[chain]
        return {"seq": seq, "hash": digest}
