"""What no page of ours sends, and a program may: tokens for less than a session, texts with NUL, numbers without end, many requests at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from liandan.desk.enterprise.new import service
from liandan.desk.keys.service import OPEN_MAX
from liandan.desk.shell import sign_ins
from tests.desk.test_session import PAGE, SAME
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import AUTHORITY_51, Workbench, uscc

FIRM = uscc("510112", 7)
ULID = "01KXYZ0000000000000000000A"
NUL = "\0"
READ_PAGES = (
    *("/desk", "/desk/sign", "/desk/manifests", "/desk/search?q=a", "/desk/keys", "/desk/decisions", "/desk/notices"),
    *("/desk/as-of", "/road", "/scale/", "/drive/", f"/m/{FIRM}/{ULID}", f"/desk/draft/{ULID}", "/act/options/parties?q=a"),
)


@pytest.fixture(scope="module")
async def served(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with http(shared_database_url, tmp_path_factory.mktemp("forged")) as client:
        bench = Workbench()
        bench.register(FIRM)
        await post_all(client, bench)
        headers = {"Liandan-Now": client.headers["Liandan-Now"]}
        async with httpx.AsyncClient(base_url=client.base_url, headers=headers, timeout=60) as plain:
            yield plain


async def test_a_token_for_posting_alone_reads_no_page(served: httpx.AsyncClient) -> None:
    posting = await token_of(served, FIRM, scope=("post",))
    for path in READ_PAGES:
        answer = await served.get(path, headers=posting)
        assert (answer.status_code, answer.json()["code"]) == (403, "TOKEN_SCOPE"), path


@pytest.mark.parametrize(
    ("who", "path", "data"),
    [
        (FIRM, f"/m/{FIRM}/{ULID}/road-link", {}),
        (FIRM, f"/m/{FIRM}/{ULID}/road-link/end", {}),
        (FIRM, f"/desk/draft/{ULID}/drop", {}),
        (FIRM, "/desk/new", {"source": ""}),
        (AUTHORITY_51, f"/province/registrations/{ULID}/refuse", {"reason": "不予登记"}),
    ],
)
async def test_a_token_for_reading_alone_changes_nothing(served: httpx.AsyncClient, who: str, path: str, data: Mapping[str, str]) -> None:
    reading = await token_of(served, who, scope=("read",))
    answer = await served.post(path, data=data, headers={**reading, **SAME})
    assert (answer.status_code, answer.json()["code"]) == (403, "TOKEN_SCOPE")


async def test_a_text_with_nul_is_refused_in_words(served: httpx.AsyncClient) -> None:
    firm, office = {**await token_of(served, FIRM), **SAME}, {**await token_of(served, AUTHORITY_51), **SAME}
    draft = (await served.post("/desk/new", data={"source": ""}, headers=firm)).headers["location"]
    for path, data in (
        ("/desk/new", {"source": f"x{NUL}"}),
        ("/desk/new", {"source": f"manifest:{NUL}"}),
        (f"{draft}/check", {"receiver": NUL, "origin.address": f"a{NUL}", "planned_at": NUL}),
        (f"{draft}/template", {"title": NUL}),
    ):
        answer = await served.post(path, data=data, headers=firm)
        assert (answer.status_code, answer.json()["code"]) == (400, "FORBIDDEN_CHARACTER"), (path, data)
    for path in (f"/act/manifest.depart?chain=manifest/{NUL}", f"/act/case.hold?chain=case/{NUL}"):
        assert 400 <= (await served.get(path.replace(NUL, "%00"), headers={**firm, **PAGE})).status_code < 500, path
    for path in ("/province/whatif", "/province/whatif/a.html"):
        file = {"file": ("a.xlsx", b"x")}
        assert (await served.post(path, data={"list": NUL}, files=file, headers=office)).json()["code"] == "NOT_FOUND", path


async def test_a_number_without_end_and_a_missing_file_are_refused(served: httpx.AsyncClient) -> None:
    firm = {**await token_of(served, FIRM), **SAME}
    draft, long = (await served.post("/desk/new", data={"source": ""}, headers=firm)).headers["location"], "9" * 5_000
    assert (await served.post(f"{draft}/decision", data={"approval": "x", "line": long}, headers=firm)).status_code == 404
    assert (await served.post(f"{draft}/check", data={f"lines.{long}.name": "x"}, headers=firm)).status_code == 200
    answer = await served.post("/desk/new/sheet", files={"other": ("a.xlsx", b"x")}, headers=firm)
    assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_FORM")


async def test_limits_of_a_party_hold_for_requests_at_once(served: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = {**await token_of(served, FIRM), **SAME}
    message = {"text": "a", "mac": "a" * 44}
    put = [served.put(f"/desk/boxes/{number:064x}", json=message, headers=firm) for number in range(2 * OPEN_MAX)]
    assert Counter(answer.status_code for answer in await asyncio.gather(*put)) == {201: OPEN_MAX, 409: OPEN_MAX}
    monkeypatch.setattr(service, "TEMPLATES_MAX", 5)
    draft = (await served.post("/desk/new", data={"source": ""}, headers=firm)).headers["location"]
    kept = [served.post(f"{draft}/template", data={"title": f"路线 {number}"}, headers=firm) for number in range(20)]
    assert Counter(answer.status_code for answer in await asyncio.gather(*kept)) == {303: 5, 409: 15}


@pytest.mark.parametrize(
    ("host", "is_offered"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:80", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:80", False),
        ("", False),
    ],
)
def test_keys_of_the_demonstration_are_for_pages_of_this_machine_alone(host: str, is_offered: bool, tmp_path: Path) -> None:
    place = tmp_path / "keys.json"
    place.write_text('[{"face":"a","zh":"a","en":"a","name":"a","uscc":"a","next":"/","pem":"a","passphrase":""}]', encoding="utf-8")
    state = SimpleNamespace(settings=SimpleNamespace(demo_sign_ins=place))
    request = SimpleNamespace(app=SimpleNamespace(state=state), scope={"client": ("127.0.0.1", 1)}, headers={"host": host})
    found = sign_ins.sign_ins(cast("Any", request), cast("Any", SimpleNamespace(simulated=True)))
    assert bool(found) == is_offered
