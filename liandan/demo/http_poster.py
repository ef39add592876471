"""Posting over real HTTP: batches as NDJSON, single acts one by one, racing acts from as many clients as there are acts.

It stands for the firms' own software: it logs in with keys, sends ``Liandan-Now`` because the log's clock is simulated, and believes an
admission only with an index.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import httpx

from ledger.times import format_at
from liandan.demo.plan import Way
from liandan.demo.play import Outcome
from signing.envelope import PAYLOAD_LOGIN, Envelope, freeze, seal
from signing.keys import PrivateKey

TRIES = 40
PAUSE_S = 0.25
"""Between tries while the log is busy or its publication is on the way."""
LIFE_S = 6 * 3600
TIMEOUT_S: Final = 60.0
BUSY = frozenset({202, 429, 503})


class Unreachable(Exception):
    """The server does not answer, or not as a log does."""


class HttpPoster:
    """A Poster for the story; one connection pool, one token."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """``http`` has the server's base URL."""
        self._http = http
        self._token: dict[str, str] = {}

    @property
    def address(self) -> str:
        """Base URL of the server."""
        return str(self._http.base_url).rstrip("/")

    async def found(self, envelope: Envelope, now_s: int) -> str:
        """Post ``log.found``; its statement hash."""
        answer = await self._answer("/v1/statements", freeze(envelope), now_s)
        if answer.status_code not in (200, 201):
            raise Unreachable(f"log.found: {answer.status_code} {answer.text[:300]}")
        return str(answer.json()["statement"])

    async def login(self, origin: str, key: PrivateKey) -> None:
        """Get a bearer token for reading and posting."""
        challenge = {
            "origin": origin,
            "audience": self.address,
            "nonce": b64encode(sha256(uuid4().bytes).digest()).decode(),
            "keyid": key.keyid,
            "not_after": format_at(int(time.time()) + LIFE_S),
            "scope": ["read", "post"],
        }
        answer = await self._http.post("/v1/tokens", content=freeze(seal(PAYLOAD_LOGIN, json.dumps(challenge).encode(), [key])))
        if answer.status_code != 201:
            raise Unreachable(f"login: {answer.status_code} {answer.text[:300]}")
        self._token = {"Authorization": f"Bearer {answer.json()['token']}"}

    async def get(self, path: str) -> bytes:
        """The body of a GET that must succeed."""
        answer = await self._http.get(path, headers=self._token)
        if answer.status_code != 200:
            raise Unreachable(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.content

    async def post(self, envelopes: Sequence[Envelope], now_s: int, way: Way) -> list[Outcome]:
        """One outcome per envelope."""
        match way:
            case "batch":
                return await self._batch(envelopes, now_s)
            case "single":
                return [await self._single(envelope, now_s) for envelope in envelopes]
            case "race":
                return list(await asyncio.gather(*(self._single(envelope, now_s) for envelope in envelopes)))

    async def _single(self, envelope: Envelope, now_s: int) -> Outcome:
        answer = await self._answer("/v1/statements", freeze(envelope), now_s)
        body = answer.json()
        return Outcome(body["index"]) if answer.status_code in (200, 201) else _refused(body)

    async def _batch(self, envelopes: Sequence[Envelope], now_s: int) -> list[Outcome]:
        raw = b"\n".join(map(freeze, envelopes))
        for _ in range(TRIES):
            answer = await self._answer("/v1/statements/batch", raw, now_s)
            if answer.status_code != 200:
                raise Unreachable(f"batch: {answer.status_code} {answer.text[:300]}")
            *lines, _end = [json.loads(line) for line in answer.text.splitlines()]
            if not any(line["status"] in BUSY for line in lines):
                return [Outcome(line["index"]) if "index" in line else _refused(line["problem"]) for line in lines]
            # Whatever is admitted already is answered with its first entry; the rest is taken now.
            await asyncio.sleep(PAUSE_S)
        raise Unreachable("the log stays busy")

    async def _answer(self, path: str, raw: bytes, now_s: int) -> httpx.Response:
        headers = {**self._token, "Liandan-Now": format_at(now_s)}
        for _ in range(TRIES):
            answer = await self._http.post(path, content=raw, headers=headers)
            if answer.status_code not in BUSY:
                return answer
            await asyncio.sleep(PAUSE_S)
        raise Unreachable(f"{path}: the log stays busy")


def _refused(problem: dict[str, Any]) -> Outcome:  # JSON of an RFC 9457 problem
    return Outcome(None, tuple(error["code"] for error in problem["errors"]))
