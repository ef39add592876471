"""Whose budget a client behind proxies spends (case O6): trusted hops are believed, and nothing that a client can write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandan.forwarded import Forwarding, Header, read_proxies
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import PARTY
from tests.workbench import Workbench

OURS = read_proxies("10.0.0.0/28 2001:db8::/64")
CLIENT = "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "header", "said", "found"),
    [
        (CLIENT, "x-forwarded-for", "1.1.1.1", CLIENT),  # no proxy of ours: nothing is believed
        ("10.0.0.1", "x-forwarded-for", "", "10.0.0.1"),
        ("10.0.0.1", "x-forwarded-for", CLIENT, CLIENT),
        ("10.0.0.1", "x-forwarded-for", f"1.1.1.1, 127.0.0.1, {CLIENT}", CLIENT),  # the client wrote the rest
        ("10.0.0.1", "x-forwarded-for", f"1.1.1.1, {CLIENT}, 10.0.0.2", CLIENT),
        ("10.0.0.1", "x-forwarded-for", f"{CLIENT},10.0.0.3 ,, 10.0.0.2", CLIENT),
        ("10.0.0.1", "x-forwarded-for", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "x-forwarded-for", f"{CLIENT}, unknown", "10.0.0.1"),
        ("10.0.0.1", "x-forwarded-for", f"{CLIENT}, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "x-forwarded-for", f"{CLIENT}:4711", CLIENT),
        ("::ffff:10.0.0.1", "x-forwarded-for", "[2001:db8:1::9]:80, 2001:db8::2", "2001:db8:1::9"),
        ("10.0.0.1", "forwarded", f"for={CLIENT};proto=https;by=10.0.0.1", CLIENT),
        ("10.0.0.1", "forwarded", 'for=1.1.1.1, For="[2001:db8:1::9]:4711";proto=https, for="10.0.0.2:80"', "2001:db8:1::9"),
        ("10.0.0.1", "forwarded", f'for={CLIENT}, for="_hidden, for=1.1.1.1"', "10.0.0.1"),
        ("10.0.0.1", "forwarded", f"by=10.0.0.1, proto=https;for={CLIENT}", CLIENT),
    ],
)
def test_the_last_address_that_is_no_proxy_is_the_clients(peer: str, header: Header, said: str, found: str) -> None:
    headers = [(header.encode(), part.encode()) for part in said.split(",,")] + [(b"x-real-ip", b"9.9.9.9")]
    assert Forwarding(OURS, header).client(peer, headers) == found
    other = b"forwarded" if header == "x-forwarded-for" else b"x-forwarded-for"
    assert Forwarding(OURS, header).client(peer, [(other, b"8.8.8.8"), *headers]) == found, "of the other header nothing is believed"


@given(st.text(max_size=60), st.sampled_from(["x-forwarded-for", "forwarded"]))
def test_what_a_client_writes_changes_nothing(written: str, header: Header) -> None:
    said = written.encode("utf-8").replace(b"\r", b"").replace(b"\n", b"")
    value = CLIENT.encode() if header == "x-forwarded-for" else b"for=" + CLIENT.encode()
    headers = [(header.encode(), said), (header.encode(), value)]
    assert Forwarding(OURS, header).client(CLIENT, [(header.encode(), said)]) == CLIENT
    # An open quotation mark swallows what a proxy writes behind it: then the proxy itself stands for the client.
    assert Forwarding(OURS, header).client("10.0.0.1", headers) in (CLIENT, "10.0.0.1")


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "proxy.example.cn", "10.0.0.1/8"])
def test_what_is_no_network_of_proxies_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal, match="SETTING"):
        read_proxies(text)


@asynccontextmanager
async def hop(target: str, outgoing: str) -> AsyncIterator[str]:
    """A proxy as they are: it passes everything on from an address of its own and appends whom it was asked by."""
    host, port = target.removeprefix("http://").split(":")

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(host, int(port), local_addr=(outgoing, 0))
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if line]
        before = [line.partition(b":")[2].strip() for line in lines if line.lower().startswith(b"x-forwarded-for:")]
        kept = [line for line in lines if not line.lower().startswith((b"x-forwarded-for:", b"connection:"))]
        chain = b", ".join([*before, str(writer.get_extra_info("peername")[0]).encode()])
        up_writer.write(b"\r\n".join([*kept, b"X-Forwarded-For: " + chain, b"Connection: close", b"", b""]))

        async def upwards() -> None:
            while data := await reader.read(65_536):
                up_writer.write(data)

        task = asyncio.create_task(upwards())
        while data := await up_reader.read(65_536):
            writer.write(data)
        task.cancel()
        writer.close()
        up_writer.close()

    async with await asyncio.start_server(pass_on, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("hops", [1, 2])
async def test_clients_behind_one_proxy_have_budgets_of_their_own(hops: int, database_url: str, tmp_path: Path) -> None:
    bench = Workbench()
    bench.register(PARTY)
    async with AsyncExitStack() as stack:
        trusted = "127.0.0.2 127.0.0.3"
        direct = await stack.enter_async_context(http(database_url, tmp_path, failures_per_minute=5, trusted_proxies=trusted))
        await post_all(direct, bench)
        address = str(direct.base_url).rstrip("/")
        for number in range(hops):
            address = await stack.enter_async_context(hop(address, f"127.0.0.{2 + number}"))

        def client(own: str) -> httpx.AsyncClient:
            return httpx.AsyncClient(base_url=address, transport=httpx.AsyncHTTPTransport(local_address=own), timeout=60)

        bad, good = [await stack.enter_async_context(client(own)) for own in ("127.0.0.5", "127.0.0.6")]
        forged = [{"X-Forwarded-For": f"127.0.0.{6 + number}"} for number in range(10)]
        statuses = [(await bad.post("/v1/statements", content=b"{", headers=headers)).status_code for headers in forged]
        assert statuses == [400] * 5 + [429] * 5, "what he writes himself is nobody's address"
        assert (await good.post("/v1/statements", content=freeze(bench.entries[1].envelope))).status_code == 200
        assert (await direct.post("/v1/statements", content=b"{", headers=forged[0])).status_code == 400, (
            "who does not come through a proxy is himself"
        )
