"""HTTP with patience: retries what is safe to repeat, logs in when a token is needed, turns problems into exceptions.

What can go wrong between a client and a log:

RequestRefused  the log turned the statement down; everything it said is in ``problem``
Unavailable     no answer, or "later", until patience ended; posting the same again is safe
Dishonest       the answer proves something else than it claims: keep it, and tell both authorities
"""

import asyncio
import json
import secrets
import time
from collections.abc import Sequence
from typing import Any, TypeVar

import httpx
import msgspec
from msgspec import Struct

from ledger.problem import Problem
from ledger.times import format_at
from signing import b64
from signing.envelope import PAYLOAD_LOGIN, Envelope, freeze, seal
from signing.keys import PrivateKey

LIFE_S = 6 * 3600
RENEW_S = 300
"""A token is renewed when it has less than this left."""
ANSWER_MAX = 256 * 1024 * 1024
"""Bytes of an answer, unpacked; the largest of ours, a batch of 10,000 receipts, has some tens of megabytes."""
RETRIED = frozenset({429, 502, 503, 504})
LASTING = b'"ISSUER_KEY"', b'"ISSUER_LAPSED"', b'"REGISTRATIONS_TOO_MANY"', b'"REGISTRATIONS_FULL"'
"""Stay until somebody has done something, or for a day."""
PAUSE_MAX_S = 10.0
T = TypeVar("T")


class RequestRefused(Exception):
    """The log turned something down."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.status} {', '.join(self.codes)}: {problem.detail}")

    @property
    def codes(self) -> list[str]:
        """Codes of all reasons, in order of report."""
        return [error.code for error in self.problem.errors]


class Unavailable(Exception):
    """The log could not be reached, or stayed busy, or did not publish in time."""


class Dishonest(Exception):
    """Bytes of the server contradict each other, the pinned keys, or what it showed before."""


class Transport:
    """One connection pool, one token. Every request of ours is idempotent, posts included (formats §2), so all may be repeated."""

    def __init__(self, base_url: str, key: PrivateKey | None, *, patience_s: float, http: httpx.AsyncClient | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._key, self._patience_s = key, patience_s
        self._http = http or httpx.AsyncClient(timeout=httpx.Timeout(60.0, connect=10.0))
        self._token, self._ends = "", 0.0
        self.uscc = ""
        """Whose the key is, as the log says; after the login."""
        self._logging_in = asyncio.Lock()
        self.now_s: int | None = None
        """The present of a simulated log; None on real ones."""

    async def close(self) -> None:
        """Close the connections; the token runs out by itself."""
        await self._http.aclose()

    async def login(self, origin: str) -> None:
        """Get a token, unless there is one that lives long enough."""
        if self._key is None:
            return
        async with self._logging_in:
            if self._ends - time.time() > RENEW_S:
                return
            ends_s = int(time.time()) + LIFE_S
            envelope = challenge(origin, self.base_url, self._key, ends_s, ("read", "post"))
            answer = await self.send("POST", "/v1/tokens", content=freeze(envelope))
            granted = _decoded(answer.content, _Token, "/v1/tokens")
            self._token, self._ends, self.uscc = granted.token, ends_s, granted.uscc

    async def logout(self) -> None:
        """Revoke the token."""
        if self._token:
            await self.send("DELETE", "/v1/tokens/current")
            self._token, self._ends = "", 0.0

    async def get(self, path: str, **params: Any) -> bytes:
        """Content of a GET that must succeed, with what the path asks already; RequestRefused, Unavailable."""
        asked = httpx.URL(path).params.merge({name: value for name, value in params.items() if value is not None})
        return (await self.send("GET", path, params=asked)).content

    async def read(self, form: type[T], path: str, **params: Any) -> T:
        """The same in its form."""
        return _decoded(await self.get(path, **params), form, path)

    async def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """A request, repeated while the log is busy or away, until patience ends; RequestRefused for every other problem."""
        ends, pause, why = time.monotonic() + self._patience_s, 0.1, ""
        while True:
            try:
                answer = await self._answer(method, self.base_url + path, headers=self._headers(headers), **options)
            except httpx.TransportError as error:
                why, wait = f"{type(error).__name__}: {error}", pause
            else:
                if answer.status_code < 400:
                    return answer
                if answer.status_code not in RETRIED or any(code in answer.content for code in LASTING):
                    raise RequestRefused(problem_of(answer))
                asked = answer.headers.get("retry-after", "")
                why, wait = (
                    f"{answer.status_code} {_said(answer)}",
                    max(pause, min(float(asked), PAUSE_MAX_S) if asked.isdecimal() else 0.0),
                )
            if time.monotonic() + wait > ends:
                raise Unavailable(f"{method} {self.base_url}{path}: {why}")
            await asyncio.sleep(wait)
            pause = min(pause * 2, PAUSE_MAX_S)

    async def _answer(self, method: str, url: str, **options: Any) -> httpx.Response:
        """One answer, held as it comes in and not beyond its bound: whoever answers may be anybody."""
        try:
            async with self._http.stream(method, url, **options) as response:
                content = bytearray()
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > ANSWER_MAX:
                        raise Unavailable(f"{method} {url}: more than {ANSWER_MAX} bytes")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.DecodingError, httpx.TooManyRedirects) as error:
            raise Unavailable(f"{method} {url}: {type(error).__name__}: {error}") from error  # not to be tried again
        kept = {name: value for name, value in response.headers.items() if name not in ("content-encoding", "content-length")}
        return httpx.Response(response.status_code, headers=kept, content=bytes(content), request=response.request)

    def _headers(self, headers: dict[str, str] | None) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        now = {} if self.now_s is None else {"Liandan-Now": format_at(self.now_s)}
        return (headers or {}) | token | now


class _Token(Struct):
    """Of the answer to a login."""

    token: str
    uscc: str = ""


def _decoded(raw: bytes, form: type[T], path: str) -> T:
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.DecodeError as error:
        raise Unavailable(f"{path}: from something that is not a log: {error}") from None


def _said(answer: httpx.Response) -> str:
    """The beginning of an answer, whatever its headers say that it is written in."""
    return answer.content[:200].decode("utf-8", "replace")


def problem_of(answer: httpx.Response) -> Problem:
    """The problem in an answer; Unavailable when it is not one of ours (a proxy's page)."""
    try:
        return msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        raise Unavailable(f"{answer.status_code} from something that is not a log: {_said(answer)}") from None


def challenge(origin: str, audience: str, key: PrivateKey, not_after_s: int, scope: Sequence[str]) -> Envelope:
    """A signed login challenge for one server; ``not_after_s`` in Unix seconds, at most 12 hours ahead."""
    nonce = b64.encode(secrets.token_bytes(32))
    body = {"origin": origin, "audience": audience, "nonce": nonce, "keyid": key.keyid, "not_after": format_at(not_after_s), "scope": scope}
    return seal(PAYLOAD_LOGIN, json.dumps(body, separators=(",", ":")).encode(), [key])
