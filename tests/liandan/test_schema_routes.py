"""``/schemas/``: the published files byte for byte, by their ``$id``, for everybody; a version that is not served is answered in words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import jsonschema
import pytest
from referencing import Registry, Resource

from liandan import schema_routes
from liandan.schemas import DIRECTORY
from tests.liandan.serving import http

LIMIT = {"zh": "没有这一格式", "en": "There is no such schema"}


@pytest.fixture(scope="module")
async def client(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with http(shared_database_url, tmp_path_factory.mktemp("schemas")) as found:
        yield found


async def test_every_file_is_served_under_its_name(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/schemas/")).json()["schemas"]
    assert (await client.get("/schemas")).json()["schemas"] == listed
    files = {path.name: path for path in DIRECTORY.glob("*.json")} | {
        schema_routes.STATEMENT: DIRECTORY.parent / "reconciliation.schema.json"
    }
    assert [one["name"] for one in listed] == sorted(files)
    assert {one["kind"] for one in listed} >= {"manifest.issue/1", "log.found/1", None}
    for one in listed:
        answer = await client.get(f"/schemas/{one['name']}")
        assert answer.content == files[one["name"]].read_bytes()
        assert answer.headers["content-type"] == "application/schema+json"
        assert "max-age" in answer.headers["cache-control"]
        assert urljoin(str(answer.url), answer.json()["$id"]) == str(answer.url)
        assert one["title"] == answer.json()["title"]


async def test_an_unchanged_file_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/schemas/statement.json")
    again = await client.get("/schemas/statement.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_stock_validator_finds_the_bodies_from_the_statement(client: httpx.AsyncClient) -> None:
    """Somebody who knows one address only: every reference is fetched from the server by its own rules."""
    asked: list[str] = []
    fetched = {}
    for one in (await client.get("/schemas/")).json()["schemas"]:
        url = str(client.base_url.join(f"/schemas/{one['name']}"))
        fetched[url] = (await client.get(url)).json()

    def retrieve(uri: str) -> Resource[Any]:
        asked.append(uri)
        return Resource.from_contents(fetched[uri])

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]  # its stubs lack the argument
    start = str(client.base_url.join("/schemas/statement.json"))
    schema = fetched[start] | {"$id": start}
    issue = json.loads((DIRECTORY / "statement.json").read_text(encoding="utf-8"))["examples"][0]
    jsonschema.Draft202012Validator(schema, registry=registry).validate(issue)
    assert any(uri.endswith("/schemas/manifest.issue-1.json") for uri in asked)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("manifest.issue-2.json", "manifest.issue-1.json"),
        ("manifest.issue.json", "manifest.issue-1.json"),
        ("manifest.issue-1", "manifest.issue-1.json"),
        ("manifest.isue-1.json", "manifest.issue-1.json"),
        ("statment.json", "statement.json"),
        ("kinds.md", "/schemas/"),
        ("..%2F..%2Fpyproject.toml", "/schemas/"),
        ("x" * 3000, "/schemas/"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_what_is_not_served_is_answered_with_what_is(client: httpx.AsyncClient, name: str, expected: str, lang: str) -> None:
    answer = await client.get(f"/schemas/{name}", params={"lang": lang})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    if "%2F" in name:
        assert problem["code"] in ("NOT_FOUND", "FORMAT_UNKNOWN")
        return
    assert problem["code"] == "FORMAT_UNKNOWN"
    assert LIMIT[lang] in problem["title"]
    assert expected in problem["errors"][0]["expected"]
    assert len(problem["errors"][0]["found"]) <= 80


def test_a_wheel_brings_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``pyproject.toml`` puts docs/formats into the package; there it is looked for first."""
    package = tmp_path / "liandan"
    (package / "_formats").mkdir(parents=True)
    monkeypatch.setattr(schema_routes.liandan, "__file__", str(package / "__init__.py"))
    assert schema_routes.directory() == package / "_formats"
