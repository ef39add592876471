"""A receiver of notices that fails half the time, and what is held against it: every notice at least once, in order, signed."""

from __future__ import annotations

import asyncio
import json
import random
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from msgspec import Struct, field

from liandan.webhooks.signature import COVERED

ANSWERS = {
    "200": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "500": b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n",
    "503": b"HTTP/1.1 503 Later\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
    "302": b"HTTP/1.1 302 There\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    "nothing, and the connection ends": b"",
}
FAILURES = [name for name in ANSWERS if name != "200"]


class Got(Struct, frozen=True):
    """One notice, as it came, and how it was answered."""

    headers: dict[str, str]
    body: bytes
    answer: str


class FailingReceiver(Struct):
    """Answers half of the notices well, the others in one of the ways of failing."""

    chance: random.Random
    url: str = ""
    got: list[Got] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    """``id`` of every notice that was answered with 200."""
    came: asyncio.Event = field(default_factory=asyncio.Event)
    never_fails: bool = False
    verified: int = 0
    nonces: set[str] = field(default_factory=set)

    async def until(self, count: int) -> None:
        """Wait until so many different notices were accepted."""
        while len(self.accepted) < count:
            self.came.clear()
            await self.came.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it or we end it."""
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        event = json.loads(body)
        if event["type"] == "webhook.ping":
            said = event["data"]["challenge"].encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(said) + said)
            return True
        answer = "200" if self.never_fails or self.chance.random() < 0.5 else self.chance.choice(FAILURES)
        self.got.append(Got(headers, body, answer))
        writer.write(ANSWERS[answer])
        await writer.drain()
        if answer == "200":
            self.accepted.add(event["id"])
            self.came.set()
        return ANSWERS[answer] != b""


@asynccontextmanager
async def receiving(chance: random.Random, *, never_fails: bool = False) -> AsyncIterator[FailingReceiver]:
    """A receiver on a free port of this machine."""
    receiver = FailingReceiver(chance, never_fails=never_fails)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
    try:
        yield receiver
    finally:
        server.close()


class _Directory(HTTPSignatureKeyResolver):
    def __init__(self, jwks: Sequence[dict[str, Any]]) -> None:
        self._keys = {jwk["kid"]: Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(jwk["x"] + "=")) for jwk in jwks}

    def resolve_public_key(self, key_id: str) -> Any:
        return self._keys[key_id]

    def resolve_private_key(self, key_id: str) -> Any:
        raise KeyError(key_id)  # a receiver verifies and holds no private key; the library asks for one only to sign


def verify(receiver: FailingReceiver, jwks: Sequence[dict[str, Any]]) -> None:
    """Verify what came since the last time, accepted or not, while it has not expired."""
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_Directory(jwks))
    for got in receiver.got[receiver.verified :]:
        message = SimpleNamespace(method="POST", url=receiver.url, headers=got.headers)
        [found] = verifier.verify(message, body=got.body, require_components=COVERED, expect_tag="liandan-webhook")
        assert found.parameters["nonce"] not in receiver.nonces, "a nonce was used twice"
        receiver.nonces.add(str(found.parameters["nonce"]))
        receiver.verified += 1


def judge(receiver: FailingReceiver, wanted: dict[int, str]) -> Counter[str]:
    """How often what came; AssertionError for the first promise that was broken. ``wanted`` are statement hashes by index, all of the log."""
    accepted: dict[str, int] = {}
    numbers: dict[str, str] = {}
    indices: set[int] = set()
    assert receiver.verified == len(receiver.got), "every request is verified"
    for got in receiver.got:
        event = json.loads(got.body)
        data = event["data"]
        assert wanted[data["index"]] == event["id"] == data["hash"], "a notice of what is not in the log"
        assert set(data) == {"index", "chain", "seq", "kind", "hash", "links"}, "a notice says more than it may"
        before = accepted.get(event["subject"], -1)
        assert data["seq"] <= before + 1, f"{event['subject']}: {data['seq']} came although {before + 1} was not accepted"
        assert data["seq"] >= before, f"{event['subject']}: {data['seq']} came again after {before} was accepted"
        number = got.headers["liandan-delivery"]
        assert numbers.setdefault(event["id"], number) == number, "one notice, one number"
        if got.answer == "200":
            accepted[event["subject"]] = data["seq"]
            indices.add(data["index"])
    assert indices == wanted.keys(), f"not told of {sorted(wanted.keys() - indices)[:5]}"
    return Counter(got.answer for got in receiver.got)
