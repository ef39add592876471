"""Uploads as no client sends them, over raw sockets: broken chunks, half bodies, two lengths. Nothing stays, and the next one is served."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.evidence.files import bring, headers_of, pdf, shelved

RAW = pdf("a whole file", 600)
WHOLE = b"%x\r\n%b\r\n0\r\n\r\n" % (len(RAW), RAW)
WAIT_S = 0.3
CHUNKED = "Transfer-Encoding: chunked\r\n"


async def sent(firm: httpx.AsyncClient, framing: str, body: bytes, *, token: bool = True) -> bytes:
    """Everything that a server says to a request, and to the end of what is sent where it waits for more."""
    place = urlsplit(str(firm.base_url))
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    said = {**headers_of(RAW), "Host": "localhost", "Connection": "close"} | (
        {"Authorization": firm.headers["authorization"]} if token else {}
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    try:
        writer.write(f"POST /v1/evidence HTTP/1.1\r\n{head}{framing}\r\n".encode() + body)
        told = asyncio.create_task(reader.read())
        await asyncio.wait([told], timeout=WAIT_S)
        if not told.done():  # more is waited for, and nothing comes
            writer.write_eof()
        async with asyncio.timeout(60):
            return await told
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_the_same_request_unbroken_is_taken(firm: httpx.AsyncClient) -> None:
    assert (await sent(firm, CHUNKED, WHOLE)).startswith(b"HTTP/1.1 20")
    assert (await sent(firm, f"Content-Length: {len(RAW)}\r\n", RAW)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (CHUNKED, b"zz\r\n" + WHOLE),
        (CHUNKED, b"-5\r\n" + WHOLE),
        (CHUNKED, b"ffffffffffffffffff\r\n" + WHOLE),
        (CHUNKED, WHOLE.replace(b"\r\n", b"", 1)),
        (CHUNKED, b"258\r\n" + RAW + b"XX0\r\n\r\n"),
        (CHUNKED, b"258\r\n" + RAW + b"\r\n"),
        (CHUNKED, b"258\r\n" + RAW[:100]),
        (CHUNKED, b"0\r\n\r\n" + WHOLE),
        (CHUNKED, b""),
        (CHUNKED + "Content-Length: 5\r\n", WHOLE),
        ("Content-Length: 601\r\n", RAW),
        ("Content-Length: 599\r\n", RAW),
        ("Content-Length: -600\r\n", RAW),
        ("Content-Length: 600\r\nContent-Length: 5\r\n", RAW),
        ("Content-Length: 50000001\r\n", RAW),
        ("", RAW),
    ],
    ids=range(16),
)
async def test_a_broken_upload_leaves_nothing(firm: httpx.AsyncClient, directory: Path, framing: str, body: bytes) -> None:
    before = shelved(directory / "evidence")
    answer = await sent(firm, framing, body)
    assert not answer.startswith(b"HTTP/1.1 2"), answer
    assert b"problem+json" in answer or not answer
    await nothing_more(firm, directory, before)


async def nothing_more(firm: httpx.AsyncClient, directory: Path, before: set[str]) -> None:
    """The store is as it was, as soon as the server has noticed the end of the connection, and takes the next file."""
    async with asyncio.timeout(60):
        while shelved(directory / "evidence") != before:  # noqa: ASYNC110 -- files of another task
            await asyncio.sleep(0.01)
    assert (await bring(firm, RAW)).status_code in (200, 201)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, len(WHOLE) - 1), cut=st.integers(0, 40), put=st.binary(max_size=12))
async def test_a_body_that_is_broken_anywhere_is_never_taken_for_another_file(
    firm: httpx.AsyncClient, directory: Path, at: int, cut: int, put: bytes
) -> None:
    """Whatever is cut out of a body of chunks and put in: nothing but the very file under its own hash can be on the shelf afterwards."""
    await bring(firm, RAW)
    before = shelved(directory / "evidence")
    await sent(firm, CHUNKED, WHOLE[:at] + put + WHOLE[at + cut :])
    await nothing_more(firm, directory, before)
