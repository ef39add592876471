"""Liandan: the client without ``await``, for scripts and desktop software. A loop of its own runs in a thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from ledger.admission.statement import Draft
from liandan.client.api import AsyncLiandan
from liandan.client.outbox import Outbox, Sent
from liandan.client.receipt import ReceiptFolder
from signing.envelope import Envelope, Signature
from signing.keys import PrivateKey

P = ParamSpec("P")
T = TypeVar("T")


def _blocking(method: Callable[Concatenate[AsyncLiandan, P], Coroutine[Any, Any, T]]) -> Callable[Concatenate["Liandan", P], T]:
    @wraps(method)
    def run(self: "Liandan", /, *arguments: P.args, **options: P.kwargs) -> T:
        return self._do(method(self._client, *arguments, **options))

    return run


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

    def set_now(self, now_s: int | None) -> None:
        """The present of a simulated log."""
        self._client.set_now(now_s)

    def sign(self, draft: Draft, *others: PrivateKey) -> Envelope:
        """Sign with this client's key, then with others."""
        return self._client.sign(draft, *others)

    def draft_offline(
        self, kind: str, chain: str, body: object, *, by: Sequence[str] = (), principal: str | None = None, at_s: int | None = None
    ) -> Draft:
        """The next statement of a chain, without a network."""
        return self._client.draft_offline(kind, chain, body, by=by, principal=principal, at_s=at_s)

    def signature(self, envelope: Envelope) -> Signature:
        """This client's signature alone, over what others sign too."""
        return self._client.signature(envelope)

    def keep_in(self, folder: ReceiptFolder) -> None:
        """Keep receipts there from now on."""
        self._client.keep_in(folder)

    @property
    def address(self) -> str:
        """Of the server."""
        return self._client.address

    def get(self, path: str, **params: str | int | None) -> bytes:
        """Any other resource of the server, which reflects what was posted here."""
        return self._do(self._client.get(path, **params))

    def fetch_into(self, outbox: Outbox, chains: Sequence[str]) -> None:
        """Read the heads of chains into an outbox, so that the device can go on with them offline."""
        self._do(outbox.fetch(self._client, chains))

    def submit_from(self, outbox: Outbox) -> list[Sent]:
        """Send all that is ready in an outbox, in one request; what became of each. Unavailable: nothing is lost."""
        return self._do(outbox.submit(self._client))

    draft = _blocking(AsyncLiandan.draft)
    resume = _blocking(AsyncLiandan.resume)
    post = _blocking(AsyncLiandan.post)
    post_batch = _blocking(AsyncLiandan.post_batch)
    offer = _blocking(AsyncLiandan.offer)
    pending = _blocking(AsyncLiandan.pending)
    fetch_pending = _blocking(AsyncLiandan.fetch_pending)
    log = _blocking(AsyncLiandan.log)
    feed = _blocking(AsyncLiandan.feed)
    refusals = _blocking(AsyncLiandan.refusals)
    check = _blocking(AsyncLiandan.check)
    party = _blocking(AsyncLiandan.party)
    put_file = _blocking(AsyncLiandan.put_file)
    get_file = _blocking(AsyncLiandan.get_file)
    send_file = _blocking(AsyncLiandan.send_file)
    ask = _blocking(AsyncLiandan.ask)
    found = _blocking(AsyncLiandan.found)
    check_growth = _blocking(AsyncLiandan.check_growth)
    logout = _blocking(AsyncLiandan.logout)


async def _made(base_url: str, key: PrivateKey | None, options: dict[str, Any]) -> AsyncLiandan:
    """Made inside the loop that will use it."""
    return AsyncLiandan(base_url, key, **options)
