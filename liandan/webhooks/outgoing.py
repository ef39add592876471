"""One attempt to deliver a notice: resolve, check, connect to the address that was checked, post, read a little of the answer; in bounded time.

httpcore speaks HTTP and TLS; ours is the way to the socket. It follows no redirect, keeps no cookie and knows no proxy. ``Host`` and the name
in TLS stay those of the URL, so a certificate is verified for what was registered, whatever address answers.
"""

import asyncio
import secrets
import socket
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import structlog
from msgspec.structs import replace

from liandan.webhooks.address import Networks, choose
from liandan.webhooks.model import CONTENT_TYPE, PING, Attempt, Notice
from liandan.webhooks.signature import Signing, signed_fields

log = structlog.get_logger("liandan.webhooks")

ANSWER_MAX = 65_536
"""Bytes of an answer that are read. What comes behind is cut off with the connection."""
RETRY_AFTER_MAX_S = 3600
DRAIN_S = 1.0
"""How long the rest of an answer is read after its status, to keep the connection."""
CONNECT_SHARE = 0.45
CONNECTIONS_MAX, IDLE_MAX, IDLE_S = 256, 64, 15.0
RESOLVERS = 64
"""Threads that wait for names: a slow name server must not hold up what else runs on threads, nor the names of others."""


class Barred(Exception):
    """A name leads to an address that webhooks do not go to."""


class Unresolved(Exception):
    """A name has no address."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects by name to addresses that were checked in the same breath, so that no second look-up can slip another one in."""

    def __init__(self, networks: Networks, *, is_plain: bool) -> None:
        """``is_plain`` for http: without a certificate nobody knows who answers, so only what the operator opened is reached."""
        self._networks, self._is_plain = networks, is_plain
        self._tcp = httpcore.AnyIOBackend()
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="webhook-names")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the addresses of ``host``; Barred, Unresolved, or httpcore's error of the last one tried."""
        addresses = await self.resolve(host, port)
        good, bad = choose(addresses, self._networks, is_plain=self._is_plain)
        if bad or not good:
            # For the operator alone: to whoever named the host, what a name means inside is none of his business.
            log.warning("webhook_barred", host=host, addresses=bad[:8])
            raise Barred(host[:200])
        for last, address in enumerate(good, 1 - len(good)):
            try:
                return await self._tcp.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise AssertionError("there is at least one address, and the last one returns or raises")

    async def resolve(self, host: str, port: int) -> list[str]:
        """All addresses of a name, as the system's resolver gives them."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            raise Unresolved(f"{host}: {getattr(error, 'strerror', None) or error}") from None
        return [str(item[4][0]) for item in found]

    async def sleep(self, seconds: float) -> None:
        """As httpcore wants it."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Let the threads go; one that still waits for a name ends by itself."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)


class Outgoing:
    """Posts notices. One per worker; connections are kept for a while."""

    def __init__(self, networks: Networks, *, timeout_s: float, ca_file: Path | None = None) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        if ca_file is not None:
            context.load_verify_locations(ca_file)
        self._timeout_s = timeout_s
        # Waited for in turn, before a receiver's time begins: slow receivers of others are no failure of his.
        self._slots = asyncio.Semaphore(CONNECTIONS_MAX)
        self._networks = [GuardedNetwork(networks, is_plain=is_plain) for is_plain in (False, True)]
        # A pool for each scheme: the way to the socket must know whether TLS comes on top, and httpcore does not tell it.
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=context, max_connections=CONNECTIONS_MAX, max_keepalive_connections=IDLE_MAX, keepalive_expiry=IDLE_S,
                network_backend=network,
            )
            for scheme, network in zip(("https", "http"), self._networks, strict=True)
        }  # fmt: skip

    async def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            await pool.aclose()
        for network in self._networks:
            network.close()

    async def post(self, url: str, webhook: str, notice: Notice, signing: Signing) -> Attempt:
        """One attempt, from the name to the end of what is read, within the time that a receiver has, once a connection is free. Raises nothing
        of the network.
        """
        async with self._slots:
            return await self._post(url, webhook, notice, signing)

    async def _post(self, url: str, webhook: str, notice: Notice, signing: Signing) -> Attempt:
        fields = {
            "content-type": CONTENT_TYPE,
            "liandan-webhook": webhook,
            "liandan-delivery": str(notice.id),
            "liandan-attempt": str(notice.attempts + 1),
        }
        begun = time.monotonic()
        nonce = secrets.token_urlsafe(18)
        signed = signed_fields(url, notice.body, fields, signing, created_s=int(time.time()), nonce=nonce)
        headers = {**fields, **signed, "user-agent": "liandan-webhook/1", "accept": "*/*", "accept-encoding": "identity"}
        said, found, outcome = "", "", Attempt(is_delivered=False)
        try:
            outcome = await self._exchange(url, headers, notice.body, DRAIN_S if notice.kind != PING else self._timeout_s)
        except (TimeoutError, httpcore.TimeoutException):
            said, found = "WEBHOOK_LATE", f"> {self._timeout_s:g} s"
        except Barred as error:
            said, found = "WEBHOOK_ADDRESS", str(error)
        except Unresolved as error:
            said, found = "WEBHOOK_UNREACHABLE", str(error)
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            said, found = _words(error)
        took_ms = round((time.monotonic() - begun) * 1000)
        return replace(outcome, took_ms=took_ms, **({"said": said, "found": found} if said else {}))

    async def _exchange(self, url: str, headers: dict[str, str], body: bytes, drain_s: float) -> Attempt:
        """Post and judge the status. What comes behind it is read for a moment only, so that the connection can serve again: it changes
        nothing of what was said, except that a ping is judged by it.
        """
        raw = [(name.encode(), value.encode()) for name, value in {"host": urlsplit(url).netloc, **headers}.items()]
        # TCP and TLS each give up by themselves before our own limit: httpcore closes a socket then, and not when it is cancelled over TLS.
        limits = {**dict.fromkeys(("read", "write", "pool"), self._timeout_s), "connect": self._timeout_s * CONNECT_SHARE}
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(self._timeout_s):
                request = self._pools[urlsplit(url).scheme].stream("POST", url, headers=raw, content=body, extensions={"timeout": limits})
                answer = await stack.enter_async_context(request)
            outcome = _judge(answer.status, {name.lower(): value for name, value in answer.headers})
            read, said, found = bytearray(), outcome.said, outcome.found
            try:
                async with asyncio.timeout(drain_s):
                    async for chunk in answer.aiter_stream():
                        read += chunk[: ANSWER_MAX - len(read)]
                        if len(read) >= ANSWER_MAX:
                            said, found = said or "WEBHOOK_LONG", found or f"> {ANSWER_MAX} bytes"
                            break
            except (TimeoutError, httpcore.TimeoutException):
                said, found = said or "WEBHOOK_SLOW", found or f"> {drain_s:g} s"
            except (httpcore.NetworkError, httpcore.ProtocolError) as error:
                said, found = said or "WEBHOOK_ANSWER", found or type(error).__name__
        return replace(outcome, said=said, found=found, answer=bytes(read))


def _judge(status: int, headers: dict[bytes, bytes]) -> Attempt:
    """What a status says, whatever follows it."""
    if 200 <= status < 300:
        return Attempt(is_delivered=True, status=status)
    if 300 <= status < 400:
        return Attempt(is_delivered=False, status=status, said="WEBHOOK_REDIRECT", found=str(status))
    if status == 410:
        return Attempt(is_delivered=False, status=status, said="WEBHOOK_GONE", found="410")
    asked = headers.get(b"retry-after", b"").decode("latin-1")
    wait = min(int(asked), RETRY_AFTER_MAX_S) if status in (429, 503) and asked.isascii() and asked.isdecimal() and len(asked) < 8 else None
    return Attempt(is_delivered=False, status=status, said="WEBHOOK_STATUS", found=str(status), retry_after_s=wait)


def _words(error: Exception) -> tuple[str, str]:
    """Code and what was seen. The text of a TLS error is OpenSSL's, of a network error the system's; neither quotes the other side's bytes."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLError):
            why = getattr(chain, "verify_message", "") or chain.reason or "TLS"
            return "WEBHOOK_TLS", str(why)[:200]
        if isinstance(chain, OSError) and chain.strerror:
            return "WEBHOOK_UNREACHABLE", chain.strerror[:200]
        chain = chain.__cause__ or chain.__context__
    if isinstance(error, httpcore.ProtocolError):
        return "WEBHOOK_ANSWER", type(error).__name__
    return "WEBHOOK_UNREACHABLE", type(error).__name__
