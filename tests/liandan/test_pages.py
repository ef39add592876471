"""Pages for people: the home page, the codes, the interface, the documentation; and what they may not do."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest

from liandan.pages.docs import SITE
from liandan.pages.home import PLACES
from liandan.pages.problem import parts_of
from liandan.pages.schema import ASSETS
from liandan.reference import DIRECTORY, files
from liandan.wiring import RULES
from tests import problem_examples
from tests.house.source import ROOT
from tests.liandan.serving import http, post_all
from tests.workbench import Workbench

VENDOR = ROOT / "liandan/pages/vendor"


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server for all tests here."""
    async with http(shared_database_url, tmp_path_factory.mktemp("pages")) as client:
        await post_all(client, Workbench())
        yield client


async def test_the_home_page_says_what_this_is_and_every_place_is_there(still: httpx.AsyncClient) -> None:
    led = await still.get("/", headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["location"]) == (303, "/desk")
    answer = await still.get("/about", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "存证账本" in answer.text
    assert "does not replace the national information system" in answer.text
    for place, _, _ in PLACES:
        assert f'href="{place}"' in answer.text
        if place != "/docs/" or SITE.exists():
            assert (await still.get(place)).status_code == (303 if place == "/desk" else 200), place
    for address in ("/", "/about"):
        assert (await still.get(address, headers={"Accept": "application/json"})).json()["places"] == [place for place, _, _ in PLACES]


async def test_a_page_allows_nothing_but_its_own_style(still: httpx.AsyncClient) -> None:
    for path in ("/about", "/problems", "/problems/qty"):
        answer = await still.get(path)
        [style] = re.findall(r"(?s)<style>(.*?)</style>", answer.text)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        policy = answer.headers["content-security-policy"]
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
        assert "<script" not in answer.text


async def test_a_codes_page_shows_a_refusal_and_its_mend(still: httpx.AsyncClient) -> None:
    text = (await still.get("/problems/qty")).text
    assert "改前 before" in text
    assert "60000.000000" in text
    assert "approval.apply/1" in text
    facts = (await still.get("/problems/QUERY_FORM", headers={"Accept": "application/json"})).json()
    assert facts["example"]["right"] == "GET /v1/manifests?stage=arrived"


async def test_a_misspelt_parameter_is_told_the_ones_there_are(still: httpx.AsyncClient) -> None:
    for asked, expected in (("aftr=1", "可用的参数：after, lang"), ("after=1&after=2", "每个参数只写一次")):
        [reason] = (await still.get(f"/v1/checkpoints?{asked}")).json()["errors"]
        assert (reason["code"], reason["expected"]) == ("QUERY_FORM", expected)


async def test_the_list_of_codes_has_all_of_them(still: httpx.AsyncClient) -> None:
    listed = (await still.get("/problems", headers={"Accept": "application/json"})).json()["codes"]
    assert {one["code"] for one in listed} == set(RULES)
    statuses = {item["code"]: item["status"] for item in listed}
    told = [
        statuses[code]
        for code in ("QTY", "BUSY", "CERT_STATE", "LABEL_USED", "EXEMPT_USE", "LEAF_DIFFERS", "POSTGRES_START", "WEBHOOK_TLS")
    ]
    assert told == [422, 503, 422, None, None, None, None, None], "alerts, tags, findings of audits and words of commands are no refusals"
    assert "HTTP" not in (await still.get("/problems/label-used")).text
    text = (await still.get("/problems")).text
    assert all(f'href="/problems/{code.lower().replace("_", "-")}"' in text for code in RULES)


@pytest.mark.parametrize("part", range(4))
def test_every_code_is_drawn_in_both_languages(part: int) -> None:
    for rule in list(RULES.values())[part::4]:
        text = "".join(parts_of(rule))
        assert all(html.escape(told) in text for told in (rule.zh, rule.do_zh, rule.en, rule.do_en)), rule.code


def test_examples_are_what_the_log_answers_to_the_refused_inputs() -> None:
    assert problem_examples.PAGE.read_text(encoding="utf-8") == problem_examples.text(), "run python -m tests.problem_examples"
    assert set(json.loads(problem_examples.text())) <= set(RULES)


async def test_the_interface_can_be_read_in_a_browser_and_by_programs(still: httpx.AsyncClient) -> None:
    page = await still.get("/schema")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.text
    for address in re.findall(r'(?:src|href)="(/schema/[^"]+)"', page.text):
        assert (await still.get(address)).status_code == 200, address
    assert (await still.get("/schema/openapi.json")).json()["openapi"].startswith("3.1")
    assert (await still.get("/schema/assets/SHA256SUMS")).status_code == 404


def test_vendored_files_are_those_that_were_taken() -> None:
    sums = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    assert sums.keys() == ASSETS.keys()
    for name, digest in sums.items():
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_every_endpoint_and_command_is_in_a_page() -> None:
    for name, content in files().items():
        assert (DIRECTORY / name).read_text(encoding="utf-8") == content, "run python -m liandan.reference"


@pytest.mark.skipif(not SITE.exists(), reason="未执行 make docs，文档站点不测 / make docs was not run, the site is not tested")
async def test_the_documentation_is_served_and_runs_only_its_own_scripts(still: httpx.AsyncClient) -> None:
    assert (await still.get("/docs")).headers["location"] == "/docs/"
    page = await still.get("/docs/api/")
    assert "五步提交第一份声明" in page.text
    for script in re.findall(r"(?s)<script>(.*?)</script>", page.text):
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in page.headers["content-security-policy"]
    assert (await still.get("/docs/search.json")).headers["content-type"] == "application/json"
    for other in ("/docs/no-such-page/", "/docs/..%2f__init__.py", "/docs/%2e%2e/docs.py"):
        assert (await still.get(other)).status_code == 404, other
