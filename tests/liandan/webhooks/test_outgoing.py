"""One attempt: whatever a receiver does, it ends in bounded time with bounded bytes, and in words."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from liandan.webhooks import outgoing
from liandan.webhooks.address import Networks, read_networks
from liandan.webhooks.model import PING, Attempt, Notice
from liandan.webhooks.outgoing import ANSWER_MAX, Outgoing
from liandan.webhooks.signature import Signing
from liandan.wiring import RULES
from tests.liandan.webhooks.certificates import certified
from tests.liandan.webhooks.receiver import Received, Receiver, plain, receiving

SIGNING = Signing("keyid", lambda message: bytes(64))
OPEN = read_networks("127.0.0.0/8")
NOTICE = Notice(7, "manifest.depart/1", "manifest/x", b'{"type":"manifest.depart/1","data":{}}', 0)
NAME = "hooks.example.cn"


@asynccontextmanager
async def posting(networks: Networks = OPEN, ca_file: Path | None = None, timeout_s: float = 60.0) -> AsyncIterator[Outgoing]:
    out = Outgoing(networks, timeout_s=timeout_s, ca_file=ca_file)
    yield out
    await out.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def attempt(url: str, notice: Notice = NOTICE, **how: Any) -> Attempt:
    """An attempt, which has to end by itself; what it comes to has words."""
    async with asyncio.timeout(120), posting(**how) as out:
        outcome = await out.post(url, "hook", notice, SIGNING)
    assert outcome.said == "" or outcome.said in RULES
    assert len(outcome.answer) <= ANSWER_MAX
    return outcome


async def test_what_arrives_is_what_was_given(receiver: Receiver) -> None:
    outcome = await attempt(receiver.url)
    assert (outcome.is_delivered, outcome.status, outcome.said) == (True, 200, "")
    [got] = receiver.got
    assert (got.method, got.target, got.body) == ("POST", "/hooks?of=ours", NOTICE.body)
    wanted = {"content-type": "application/cloudevents+json", "liandan-webhook": "hook", "liandan-delivery": "7", "liandan-attempt": "1"}
    assert got.headers.items() >= wanted.items()
    assert got.headers["host"] == urlsplit(receiver.url).netloc
    assert "authorization" not in got.headers
    assert "cookie" not in got.headers


@pytest.mark.parametrize(
    ("status", "said", "wait"),
    [
        ("204 No Content", "", None),
        *((f"{code} There", "WEBHOOK_REDIRECT", None) for code in (301, 302, 303, 307, 308)),
        ("410 Gone", "WEBHOOK_GONE", None),
        ("404 Not Found", "WEBHOOK_STATUS", None),
        ("500 No", "WEBHOOK_STATUS", None),
        ("503 Later", "WEBHOOK_STATUS", 120),
        ("429 Less", "WEBHOOK_STATUS", 120),
    ],
)
async def test_a_status_says_what_it_says(receiver: Receiver, status: str, said: str, wait: int | None) -> None:
    receiver.answer = plain(status, location="http://127.0.0.1:1/elsewhere", **{"retry-after": "120"})
    outcome = await attempt(receiver.url)
    assert (outcome.is_delivered, outcome.said, outcome.retry_after_s) == (said == "", said, wait)
    assert len(receiver.got) == 1, "a redirect is not followed"


@pytest.mark.parametrize("asked", ["-1", "soon", "1e9", "99999999999", "Fri, 27 Nov 2026 00:00:00 GMT"])
async def test_a_wait_that_is_none_is_not_waited_for(receiver: Receiver, asked: str) -> None:
    receiver.answer = plain("503 Later", **{"retry-after": asked})
    assert (await attempt(receiver.url)).retry_after_s is None


async def test_no_wait_is_longer_than_an_hour(receiver: Receiver) -> None:
    receiver.answer = plain("503 Later", **{"retry-after": "999999"})
    assert (await attempt(receiver.url)).retry_after_s == 3600


def raw(*parts: bytes, pause_s: float = 0.0, ends: bool = True) -> Callable[[Received, asyncio.StreamWriter], Awaitable[None]]:
    """An answer byte by byte as given; repeated without end unless it ``ends``."""

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        first = True
        while first or not ends:
            for part in parts if first else parts[-1:]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause_s)
            first = False
        raise ConnectionError

    return answer


OK = b"HTTP/1.1 200 OK\r\n"
BAD = {
    "never": (raw(b"", pause_s=60), "WEBHOOK_LATE"),
    "a slow loris in the head": (raw(OK, b"x: y\r\n", pause_s=0.05, ends=False), "WEBHOOK_LATE"),
    "interim answers without end": (raw(b"HTTP/1.1 102 Wait\r\n\r\n", pause_s=0.05, ends=False), "WEBHOOK_LATE"),
    "a head without end": (raw(OK, b"x: " + b"y" * 65536, ends=False), "WEBHOOK_ANSWER"),
    "no HTTP": (raw(b"220 mail.example.cn ESMTP\r\n"), "WEBHOOK_ANSWER"),
    "nothing": (raw(), "WEBHOOK_ANSWER"),
    "half a head": (raw(b"HTTP/1.1 200 OK\r\ncontent-"), "WEBHOOK_ANSWER"),
}


@pytest.mark.parametrize("how", BAD)
async def test_an_answer_that_is_none_is_a_failure_in_words(receiver: Receiver, how: str) -> None:
    receiver.answer, said = BAD[how]
    outcome = await attempt(receiver.url, timeout_s=0.5 if said == "WEBHOOK_LATE" else 60.0)
    assert (outcome.is_delivered, outcome.said) == (False, said)


HUGE = raw(OK + b"content-length: 104857600\r\n\r\n", b"x" * 65536, ends=False)
LORIS = raw(OK + b"content-length: 1000\r\n\r\n", b"x", pause_s=0.05, ends=False)
CUT = raw(OK + b"content-length: 1000\r\n\r\nx")


@pytest.mark.parametrize(
    ("answer", "said"), [(HUGE, "WEBHOOK_LONG"), (LORIS, "WEBHOOK_SLOW"), (CUT, "WEBHOOK_ANSWER")], ids=["100 MB", "slow", "cut"]
)
async def test_what_comes_behind_a_good_status_is_read_for_a_moment_only(receiver: Receiver, answer: Any, said: str) -> None:
    receiver.answer = answer
    outcome = await attempt(receiver.url)
    assert (outcome.is_delivered, outcome.status, outcome.said) == (True, 200, said)


async def test_an_answer_to_a_ping_is_cut_too(receiver: Receiver) -> None:
    ping = Notice(8, PING, "webhook/hook", b'{"type":"webhook.ping","data":{"challenge":"c"}}', 0)
    receiver.answer = HUGE
    assert len((await attempt(receiver.url, ping)).answer) == ANSWER_MAX
    receiver.answer = plain()
    assert (await attempt(receiver.url, ping)).answer == b"c"


async def test_nobody_there_is_said(receiver: Receiver) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused = await attempt(f"http://127.0.0.1:{port}/")
    assert (refused.is_delivered, refused.said) == (False, "WEBHOOK_UNREACHABLE")
    unknown = await attempt("https://nobody.invalid/")
    assert (unknown.said, "nobody.invalid" in unknown.found) == ("WEBHOOK_UNREACHABLE", True)


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name resolve to these addresses, one after the other; who was asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[min(len(asked), len(answers)) - 1], port))]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1%eth0", "0.0.0.0"])
async def test_a_name_that_leads_inside_is_not_connected_to(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    resolving(monkeypatch, inside)
    port = urlsplit(receiver.url).port
    for scheme in ("https", "http"):
        outcome = await attempt(f"{scheme}://{NAME}:{port}/", networks=Networks())
        assert (outcome.is_delivered, outcome.said, outcome.found) == (False, "WEBHOOK_ADDRESS", NAME), "what it means inside is not told"
    assert receiver.got == []


async def test_an_address_in_the_url_is_looked_at_again(receiver: Receiver) -> None:
    """The operator may have closed since what was open when the webhook was made."""
    assert (await attempt(receiver.url, networks=Networks())).said == "WEBHOOK_ADDRESS"
    assert receiver.got == []


async def test_what_is_connected_to_is_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with a public address first and with an inner one a moment later (DNS rebinding)."""
    asked, reached = resolving(monkeypatch, "8.8.8.8", "127.0.0.1"), list[str]()

    async def connect(self: object, host: str, *_: Any) -> Any:
        reached.append(host)
        raise outgoing.httpcore.ConnectError

    monkeypatch.setattr(outgoing.httpcore.AnyIOBackend, "connect_tcp", connect)
    async with posting(networks=Networks()) as out:
        assert (await out.post(f"https://{NAME}/", "hook", NOTICE, SIGNING)).said == "WEBHOOK_UNREACHABLE"
        assert (asked, reached) == ([NAME], ["8.8.8.8"]), "resolved once, connected to that"
        assert (await out.post(f"https://{NAME}/", "hook", NOTICE, SIGNING)).said == "WEBHOOK_ADDRESS"
    assert reached == ["8.8.8.8"]


async def test_a_certificate_is_verified_for_the_name_although_the_address_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, authority = certified(tmp_path, NAME)
    named: list[str | None] = []
    tls.sni_callback = lambda _, name, __: named.append(name)
    resolving(monkeypatch, "127.0.0.1")
    async with receiving(tls=tls, name=NAME) as receiver:
        assert (await attempt(receiver.url, ca_file=authority)).is_delivered
        assert (named, receiver.got[0].headers["host"]) == ([NAME], urlsplit(receiver.url).netloc)
        unknown = await attempt(receiver.url)
        assert (unknown.is_delivered, unknown.said, unknown.found) == (False, "WEBHOOK_TLS", "unable to get local issuer certificate")
        other = await attempt(receiver.url.replace(NAME, "other.example.cn"), ca_file=authority)
        assert (other.said, "other.example.cn" in other.found) == ("WEBHOOK_TLS", True)
        assert len(receiver.got) == 1


async def test_a_certificate_that_is_over_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, authority = certified(tmp_path, NAME, days=-1)
    resolving(monkeypatch, "127.0.0.1")
    async with receiving(tls=tls, name=NAME) as receiver:
        outcome = await attempt(receiver.url, ca_file=authority)
        assert (outcome.said, outcome.found) == ("WEBHOOK_TLS", "certificate has expired")


async def test_https_to_who_speaks_plainly_is_a_failure_of_tls(receiver: Receiver) -> None:
    assert (await attempt(receiver.url.replace("http:", "https:"), timeout_s=0.5)).said in (
        "WEBHOOK_TLS",
        "WEBHOOK_LATE",
        "WEBHOOK_UNREACHABLE",
    )


async def test_slow_receivers_of_others_take_nothing_of_ones_own_time(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """All connections are with somebody who never answers: whoever comes behind waits, and has failed at nothing."""
    monkeypatch.setattr(outgoing, "CONNECTIONS_MAX", 1)

    async def never(received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with receiving() as slow, posting(timeout_s=2.0) as out:
        slow.answer = never
        urls = [slow.url] * 3 + [receiver.url]
        outcomes = await asyncio.gather(*(out.post(url, "hook", NOTICE, SIGNING) for url in urls))
    assert [outcome.said for outcome in outcomes] == ["WEBHOOK_LATE"] * 3 + [""]


async def test_connections_are_kept(receiver: Receiver) -> None:
    async with posting() as out:
        for _ in range(3):
            assert (await out.post(receiver.url, "hook", NOTICE, SIGNING)).is_delivered
    assert (len(receiver.got), len(receiver.serving)) == (3, 1)
