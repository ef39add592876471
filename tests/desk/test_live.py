"""Server-sent events over real HTTP: what concerns whom, resuming, slow clients, ended sessions, bounds, the end of the server."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission.sequencer import Busy
from ledger.kinds.keys import KeyAdd, KeyRevoke
from ledger.kinds.party import PartyAmend
from liandan import identity
from liandan.desk.live import routes
from liandan.desk.live.routes import event_of, resumed_at
from liandan.desk.live.service import LiveNews
from liandan.desk.live.streams import Streams
from manifests import acts
from signing.envelope import freeze
from signing.possession import register
from tests.desk.roadside import roadside, token_of, visitor
from tests.manifests.driver import CARRIER, DESTINATION, GENERATOR, MANIFEST, STRANGER
from tests.manifests.test_road import Roadside
from tests.workbench import AUTHORITY_51, Workbench, key_of

NOW = "2026-11-05T13:00:00+08:00"


class Stream:
    """Events of one open stream, as they come."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def event(self, within_s: float = 10) -> tuple[str, str, Any]:
        """The next event: name, id, data; comments are passed over."""
        found: dict[str, str] = {}
        async with asyncio.timeout(within_s):
            async for line in self._lines:
                if not line and "event" in found:
                    return found["event"], found.get("id", ""), msgspec.json.decode(found["data"])
                name, _, value = line.partition(": ")
                found[name] = value
        raise EOFError

    async def news_about(self, chain: str) -> Any:
        """LiveNews until one names a chain."""
        while True:
            name, _, data = await self.event()
            assert name == "news"
            if chain in data["chains"]:
                return data

    async def ended(self, within_s: float = 10) -> None:
        """Read until the answer is over."""
        async with asyncio.timeout(within_s):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def listening(url: str, party: str, **headers: str) -> AsyncIterator[Stream]:
    async with visitor(url, party) as client, client.stream("GET", "/desk/live", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer)


async def post(url: str, bench: Workbench, since: int) -> None:
    """Bring what the workbench posted meanwhile into the log."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        for entry in bench.entries[since:]:
            answer = await client.post(
                "/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at, "Prefer": "wait=5"}
            )
            assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def bench() -> Roadside:
    return Roadside()


@pytest.fixture(scope="module")
async def url(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Roadside) -> AsyncIterator[str]:
    """One log for all of them: each listens to what it brings itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "BEAT_S", 0.5)
        patch.setattr(routes, "PAUSE_S", 0.05)
        async with roadside(shared_database_url, tmp_path_factory.mktemp("live"), bench) as url:
            yield url


async def test_who_is_concerned_is_told_and_nobody_else(url: str, bench: Roadside) -> None:
    async with listening(url, AUTHORITY_51) as office, listening(url, CARRIER) as carrier, listening(url, STRANGER) as stranger:
        for stream in (office, carrier, stranger):
            name, _, first = await stream.event()
            assert (name, first["size"], first["chains"]) == ("news", len(bench.entries), [])
        since = len(bench.entries)
        bench.at("2026-11-05T13:55:00+08:00")
        bench.post("manifest.arrive/1", MANIFEST, (CARRIER,), acts.Arrive(place=DESTINATION))
        await post(url, bench, since)
        for stream in (office, carrier):
            data = await stream.news_about(MANIFEST)
            assert (data["size"], data["topics"]) == (len(bench.entries), ["manifest"])
        async with visitor(url, CARRIER) as reader:  # what somebody was told of is there when he asks
            answer = await reader.get(f"/v1/manifests/{MANIFEST.removeprefix('manifest/')}", headers={"Accept": "application/json"})
            assert answer.json()["manifest"]["stage"] == "arrived"
        name, _, data = await stranger.event()
        assert (name, data["size"], data["chains"], data["topics"]) == ("news", len(bench.entries), [], [])


async def test_whoever_comes_back_is_told_what_he_missed(url: str, bench: Roadside) -> None:
    async with listening(url, AUTHORITY_51) as office:
        _, place, _ = await office.event()
    since = len(bench.entries)
    bench.post(
        "party.amend/1", f"party/{STRANGER}", (AUTHORITY_51,), PartyAmend(name="达州绿焰环境科技有限公司（虚构）", reason="更名（虚构）")
    )
    await post(url, bench, since)
    async with listening(url, AUTHORITY_51, **{"Last-Event-ID": place}) as again:
        _, later, data = await again.event()
        assert data["chains"] == [f"party/{STRANGER}"]
    async with listening(url, AUTHORITY_51, **{"Last-Event-ID": "0"}) as long_ago:
        name, at, data = await long_ago.event()
        assert (name, at) == ("news", later)
        assert data["many"] or len(data["chains"]) > 3
    for nonsense in ("-1", "9" * 30, "x", "99999999"):
        async with listening(url, AUTHORITY_51, **{"Last-Event-ID": nonsense}) as stream:
            assert (await stream.event())[2]["chains"] == []


async def test_a_session_that_has_ended_is_told_so_at_once(url: str) -> None:
    async with visitor(url, GENERATOR) as client, client.stream("GET", "/desk/live") as answer:
        stream = Stream(answer)
        await stream.event()
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": client.headers["authorization"]}) as other:
            assert (await other.delete("/v1/tokens/current")).status_code == 204
        while (event := await stream.event())[0] == "news":
            pass
        assert event[0] == "end"
        await stream.ended()


async def test_a_key_that_is_revoked_ends_its_streams_and_its_pages(url: str, bench: Roadside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "RECHECK_S", 0.2)
    since, phone = len(bench.entries), key_of(f"{GENERATOR} phone")
    added = KeyAdd(key=register(phone, bench.found, GENERATOR), label="手机（虚构）")
    bench.post("key.add/1", f"party/{GENERATOR}", (GENERATOR,), added)
    await post(url, bench, since)
    token = await token_of(url, GENERATOR, f"{GENERATOR} phone")
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    async with listening(url, GENERATOR) as other, httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        await other.event()
        async with client.stream("GET", "/desk/live") as answer:
            stream = Stream(answer)
            await stream.event()
            since = len(bench.entries)
            bench.post("key.revoke/1", f"party/{GENERATOR}", (GENERATOR,), KeyRevoke(keyid=phone.keyid, reason="手机遗失（虚构）"))
            await post(url, bench, since)
            while (event := await stream.event())[0] == "news":
                pass
            assert event[0] == "end"
            await stream.ended()
        await other.news_about(f"party/{GENERATOR}")  # the party's other sessions go on
        client.headers.pop("authorization")
        client.cookies.set("liandan", token)
        for path in ("/desk", "/desk/live", "/desk/manifests"):
            led = await client.get(path)
            assert (led.status_code, led.headers["location"][:6]) == (303, "/enter"), path
        assert (await client.get("/v1/manifests", headers={"Sec-Fetch-Site": "same-origin"})).status_code == 401


async def test_a_stream_needs_a_session(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/desk/live", headers={"Accept": "text/event-stream"})
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/enter")


async def test_streams_of_a_session_are_bounded_and_free_their_place(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with visitor(url, GENERATOR) as client:
        opened = []
        for _ in range(6):
            answer = await client.send(client.build_request("GET", "/desk/live"), stream=True)
            assert answer.status_code == 200
            opened.append(answer)
        seventh = await client.get("/desk/live", headers={"Accept": "application/json"})
        assert (seventh.status_code, seventh.headers["retry-after"]) == (503, "30")
        async with listening(url, CARRIER) as other:  # of another session
            await other.event()
        await opened[0].aclose()
        statuses = list[int]()
        while statuses[-1:] != [200] and len(statuses) < 50:
            again = await client.send(client.build_request("GET", "/desk/live"), stream=True)
            await again.aclose()
            statuses.append(again.status_code)
            await asyncio.sleep(0.1)
        assert statuses[-1] == 200
        for answer in opened[1:]:
            await answer.aclose()


async def test_a_client_that_takes_nothing_is_given_up_and_hinders_nobody(
    url: str, bench: Roadside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "SEND_S", 0.5)
    monkeypatch.setattr(routes, "event_of", lambda news: b": " + b"x" * 4_000_000 + b"\n\n" + event_of(news))
    token = await token_of(url, GENERATOR)
    place = urlsplit(url)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((place.hostname, place.port))
        slow.sendall(
            f"GET /desk/live HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {token}\r\nAccept: text/html\r\n\r\n".encode()
        )
        began = time.monotonic()
        async with visitor(url) as reader:
            while time.monotonic() - began < 3:
                assert (await reader.get("/healthz")).status_code == 200
                await asyncio.sleep(0.1)
        async with visitor(url, GENERATOR) as client:
            monkeypatch.setattr(routes, "event_of", event_of)
            async with client.stream("GET", "/desk/live") as answer:
                assert (await Stream(answer).event())[0] == "news"


async def test_streams_end_with_the_server(database_url: str, tmp_path: Path) -> None:
    async with roadside(database_url, tmp_path, Roadside()) as url:
        client = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {await token_of(url, GENERATOR)}", "Accept": "text/html"}
        )
        answer = await client.send(client.build_request("GET", "/desk/live"), stream=True)
        await Stream(answer).event()
        began = time.monotonic()
    assert time.monotonic() - began < 15, "nobody waits for a stream that never ends"
    await answer.aclose()
    await client.aclose()


def test_there_are_never_more_than_the_bounds() -> None:
    streams = Streams(of_session=2, of_party=3, of_all=4)
    with streams.one("a", "firm"), streams.one("a", "firm"), streams.one("b", "firm"):
        for session, party in (("a", "other"), ("b", "firm"), ("c", "firm")):
            with pytest.raises(Busy), streams.one(session, party):
                pass
        with streams.one("d", "other"), pytest.raises(Busy), streams.one("e", "third"):
            pass
    assert streams.count == 0
    with streams.one("c", "firm"):
        assert streams.count == 1


@given(st.text(max_size=30))
def test_a_place_is_read_or_passed_over(header: str) -> None:
    found = resumed_at(header)
    assert found is None or 0 <= found < 10**15


def test_an_event_is_three_lines_whatever_it_says() -> None:
    raw = event_of(LiveNews(at=7, size=8, chains=("a\nid: 9",), topics=("x",)))
    assert raw.count(b"\n") == 4
    assert raw.startswith(b"id: 7\nevent: news\ndata: {")
