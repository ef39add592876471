"""Liandan: the client without ``await``, for scripts and desktop software. A loop of its own runs in a thread."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from ledger.admission.statement import Draft
from ledger.answers import FeedPage, LogAnswer, PartyAnswer, RefusalPage
from ledger.problem import ChainHead, Problem
from liandan.client.api import AsyncLiandan
from liandan.client.receipt import Receipt
from signing.envelope import Envelope
from signing.keys import PrivateKey
from whitelist.answers import CheckAnswers

T = TypeVar("T")


class Liandan:
    """The same methods as AsyncLiandan, blocking. Arguments of the constructor are the same."""

    def __init__(self, base_url: str, key: PrivateKey | None = None, **options: Any) -> None:  # passed on unchanged
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="liandan client", daemon=True)
        self._thread.start()
        self._client = self._do(_made(base_url, key, options))

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def __enter__(self) -> Self:
        self._do(self._client.connect())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._do(self._client.__aexit__(kind, error, trace))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    @property
    def asynchronous(self) -> AsyncLiandan:
        """The client behind this one: heads, trust, checkpoint."""
        return self._client

    def set_now(self, now_s: int | None) -> None:
        """The present of a simulated log."""
        self._client.set_now(now_s)

    def draft(self, kind: str, chain: str, body: object, **options: Any) -> Draft:  # passed on unchanged
        """The next statement of a chain."""
        return self._do(self._client.draft(kind, chain, body, **options))

    def sign(self, draft: Draft, *others: PrivateKey) -> Envelope:
        """Sign with this client's key, then with others."""
        return self._client.sign(draft, *others)

    def resume(self, chain: str) -> ChainHead | None:
        """Ask the log for the head of a chain."""
        return self._do(self._client.resume(chain))

    def post(self, envelope: Envelope) -> Receipt:
        """Post one envelope; the verified receipt."""
        return self._do(self._client.post(envelope))

    def post_batch(self, envelopes: Sequence[Envelope], *, atomic: bool = False) -> list[Receipt | Problem]:
        """Post a chain in one request; one receipt or problem per envelope."""
        return self._do(self._client.post_batch(envelopes, atomic=atomic))

    def log(self) -> LogAnswer:
        """What the log says it is."""
        return self._do(self._client.log())

    def feed(self, after: int = -1, limit: int = 256) -> FeedPage:
        """Published entries behind an index."""
        return self._do(self._client.feed(after, limit))

    def refusals(self, before: int | None = None, limit: int = 100) -> RefusalPage:
        """Refused statements with their receipts."""
        return self._do(self._client.refusals(before, limit))

    def check(self, transfers: Sequence[object], *, as_of: int | None = None, at: str | None = None) -> CheckAnswers:
        """Ask whether transfers could be issued; nothing is written."""
        return self._do(self._client.check(transfers, as_of=as_of, at=at))

    def party(self, uscc: str) -> PartyAnswer:
        """A party with its keys."""
        return self._do(self._client.party(uscc))


async def _made(base_url: str, key: PrivateKey | None, options: dict[str, Any]) -> AsyncLiandan:
    """Made inside the loop that will use it."""
    return AsyncLiandan(base_url, key, **options)
