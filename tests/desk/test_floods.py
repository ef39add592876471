"""What wears a server out, brought over HTTP: forms that are none, codings that take for ever, bodies that trickle, archives that burst, addresses
without end. Each is turned down in words, and the server answers others meanwhile."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from liandan.connection import in_time, patient
from liandan.desk.routes import ROUTER
from liandan.desk.shell.cookies import cookie_of
from liandan.desk.shell.posted import FIELDS_MAX, PARTS_MAX, TEXT_MAX
from liandan.intake.bounded import OF_ONE
from signing.refusal import Refusal
from tests.desk.test_forged_requests import FIRM
from tests.desk.test_session import PAGE, SAME
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import AUTHORITY_51, Workbench

URL_ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=XX"}
LANG, FILE = 'Content-Disposition: form-data; name="lang"', 'Content-Disposition: form-data; name="file"; filename="a.xlsx"'
UPLOADS = ((FIRM, "/desk/new/sheet"), (AUTHORITY_51, "/province/intake"), (AUTHORITY_51, "/province/whatif"))


def parts(*given: tuple[str, bytes]) -> bytes:
    return b"".join(b"--XX\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in given) + b"--XX--\r\n"


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with http(shared_database_url, tmp_path_factory.mktemp("floods")) as client:
        bench = Workbench()
        bench.register(FIRM)
        await post_all(client, bench)
        yield client


@pytest.fixture
async def served(still: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=still.base_url, headers={"Liandan-Now": still.headers["Liandan-Now"]}, timeout=60) as plain:
        yield plain


MALFORMED: Sequence[tuple[str, dict[str, str], bytes, int, str]] = (
    ("no boundary", {"Content-Type": "multipart/form-data"}, b"x", 400, "QUERY_FORM"),
    ("cut off", PARTS, parts((LANG, b"zh"))[:-6], 400, "QUERY_FORM"),
    ("no part at all", PARTS, b"--XX\r\n" * 1_000, 400, "QUERY_FORM"),
    ("parts not UTF-8", PARTS, parts((LANG, b"\xff\xfe")), 400, "NOT_UTF8"),
    ("fields not UTF-8", URL_ENCODED, b"lang=%ff%fe", 400, "NOT_UTF8"),
    ("raw bytes", URL_ENCODED, b"lang=\xff\xfe", 400, "NOT_UTF8"),
    ("many parts", PARTS, parts(*[(LANG, b"z")] * (PARTS_MAX + 1)), 413, "REQUEST_TOO_LARGE"),
    ("long heads", PARTS, parts((LANG + "\r\nX: " + "1" * 5_000, b"z")), 413, "REQUEST_TOO_LARGE"),
    ("many fields", URL_ENCODED, b"&".join([b"a=1"] * (FIELDS_MAX + 1)), 413, "REQUEST_TOO_LARGE"),
    ("long", URL_ENCODED, b"x" * (TEXT_MAX + 1), 413, "REQUEST_TOO_LARGE"),
)


@pytest.mark.parametrize(("name", "headers", "content", "status", "code"), MALFORMED, ids=[one[0] for one in MALFORMED])
async def test_what_is_no_form_is_refused(
    served: httpx.AsyncClient, name: str, headers: dict[str, str], content: bytes, status: int, code: str
) -> None:
    answer = await served.post("/desk/language", content=content, headers={**headers, **SAME})
    assert (answer.status_code, answer.json()["code"]) == (status, code), name
    shown = await served.post("/desk/language", content=content, headers={**headers, **SAME, **PAGE})
    assert shown.status_code == status
    assert "请求编号" in shown.text
    for who, path in UPLOADS:
        answer = await served.post(path, content=content, headers={**await token_of(served, who), **headers, **SAME})
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


@pytest.mark.parametrize("coding", ["punycode", "idna", "hex", "nonsense", "utf-16"])
async def test_no_part_says_how_it_is_decoded(served: httpx.AsyncClient, coding: str) -> None:
    content = parts((f"{LANG}\r\nContent-Type: text/plain; charset={coding}", b"en"))
    answer = await served.post("/desk/language", content=content, headers={**PARTS, **SAME})
    assert answer.status_code == 303
    assert "liandan-lang=en" in answer.headers["set-cookie"], "two letters of UTF-8, whatever it says"


async def test_nobody_uploads_without_a_session(served: httpx.AsyncClient) -> None:
    for _, path in UPLOADS:
        answer = await served.post(path, content=parts((FILE, b"x" * 1_000_000)), headers={**PARTS, **SAME})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/enter?next={path}")


@pytest.mark.parametrize(("who", "path"), UPLOADS)
async def test_a_file_too_large_is_told_on_a_page(served: httpx.AsyncClient, who: str, path: str) -> None:
    content = parts((FILE, b"x" * 17_000_000))
    answer = await served.post(path, content=content, headers={**await token_of(served, who), **PARTS, **SAME, **PAGE})
    assert answer.status_code == 413
    assert "请求体超过上限" in answer.text


def bomb() -> bytes:
    """A workbook of 100 KB that unpacks to 100 MB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", b" " * 100 * 1024 * 1024)
    return made.getvalue()


@pytest.mark.parametrize(("who", "path"), UPLOADS)
async def test_an_archive_that_bursts_is_told_of_in_words(served: httpx.AsyncClient, who: str, path: str) -> None:
    files = {"file": ("bomb.xlsx", bomb())}
    answer = await served.post(path, data={"year": "2026"}, files=files, headers={**await token_of(served, who), **SAME, **PAGE})
    assert answer.status_code == 200, answer.text
    assert "96 MB" in answer.text


async def test_who_uploads_slowly_has_two_places_and_no_more(served: httpx.AsyncClient) -> None:
    firm, go = {**await token_of(served, FIRM), **PARTS, **SAME}, asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield parts((FILE, b"x"))[:40]
        await go.wait()
        yield parts((FILE, b"x"))[40:]

    held = [asyncio.create_task(served.post("/desk/new/sheet", content=slow(), headers=firm)) for _ in range(OF_ONE)]
    async with asyncio.timeout(30):
        while True:
            answer = await served.post("/desk/new/sheet", content=parts((LANG, b"")), headers={**firm, **PAGE})
            if answer.status_code == 503:
                break
            await asyncio.sleep(0.05)
    assert int(answer.headers["retry-after"]) > 0
    assert "请求编号" in answer.text
    office = {**await token_of(served, AUTHORITY_51), **SAME}
    assert (await served.post("/province/intake", data={"as": "list"}, headers=office)).status_code == 200, "others have theirs"
    go.set()
    assert {(await task).status_code for task in held} == {200}


async def test_a_body_that_trickles_is_given_up() -> None:
    async def receive() -> Any:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    trickling, count = patient(receive, 1.0, 0.2), 0
    with pytest.raises(Refusal, match="BODY_SLOW"):
        while count < 1_000:
            await trickling()
            count += 1
    assert count > 1
    with pytest.raises(Refusal, match="BODY_SLOW"):
        await in_time(asyncio.sleep(1), 0.01)


async def test_all_addresses_of_a_network_have_one_budget(database_url: str, tmp_path: Path) -> None:
    paths = ("/enter", "/join", "/public", "/road-link", "/desk/modules.json", "/v")
    async with http(database_url, tmp_path, requests_per_minute=len(paths), trusted_proxies="127.0.0.0/8") as client:
        for number, path in enumerate(paths):
            answer = await client.get(path, headers={**PAGE, "X-Forwarded-For": f"2001:db8:1:1::{number:x}"})
            assert answer.status_code == 200, path
        for path in paths[:4]:
            answer = await client.get(path, headers={**PAGE, "X-Forwarded-For": "2001:db8:1:1:ffff::9"})
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert "请求编号" in answer.text, "told on a page"
            assert (await client.get(path, headers={**PAGE, "X-Forwarded-For": "2001:db8:1:2::1"})).status_code == 200, "a neighbour"


@pytest.mark.parametrize("beside", [b"x=" + b"y" * 5_000, b"x=" + b"\\" * 60_000, b";" * 60_000, b'q="' + b'\\"' * 30_000])
def test_the_session_is_found_among_the_cookies_of_other_ports(beside: bytes) -> None:
    for cookies in (b"liandan=token; " + beside, beside + b"; liandan=token", b"liandan=planted; " + beside + b";liandan=token"):
        assert cookie_of({"headers": [(b"cookie", cookies)]}, "liandan") == "token"
    assert cookie_of({"headers": [(b"cookie", beside), (b"cookie", b"liandan=token")]}, "liandan") == "token"
    assert cookie_of({"headers": [(b"cookie", beside)]}, "liandan") is None


def test_no_handler_lets_the_framework_read_a_form() -> None:
    handlers = [handler for route in ROUTER.routes for handler in getattr(route, "route_handlers", ())]
    assert len(handlers) > 100
    assert [handler for handler in handlers if "data" in handler.parsed_fn_signature.parameters] == []
