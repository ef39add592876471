"""The published interface says what is answered: schemathesis reads /schema and asks, with a fixed seed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from liandan.client.transport import challenge
from signing.envelope import freeze
from tests.liandan.serving import http, post_all
from tests.workbench import AUTHORITY_51, ORIGIN, Workbench, key_of


@schemathesis.serializer("application/x-ndjson")
def write_lines(context: object, value: object) -> bytes:
    """Lines as they are."""
    return str(value).encode()


CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = 4
"""Per operation; the seed is fixed, so this is a smoke test and not a search."""


@pytest.fixture
async def base_url(database_url: str, tmp_path: Path):
    bench = Workbench()
    async with http(database_url, tmp_path) as client:
        await post_all(client, bench)
        yield str(client.base_url).rstrip("/")


async def test_answers_conform_to_the_published_schema(base_url: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as client:
        envelope = challenge(ORIGIN, base_url, key_of(AUTHORITY_51), int(time.time()) + 3600, ("read", "post"))
        token = (await client.post("/v1/tokens", content=freeze(envelope))).json()["token"]
        document = (await client.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    await asyncio.to_thread(ask_everything, document, base_url, {"Authorization": f"Bearer {token}"})


def ask_everything(document: dict[str, object], base_url: str, headers: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=base_url)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/v1/tokens/current":
            continue  # it would end the token that the others use
        asked += 1
        ask(operation, headers)
    assert asked > 15


def ask(operation: schemathesis.APIOperation, headers: dict[str, str]) -> None:  # type: ignore[type-arg]  # generic in its own schema class
    @seed(20261001)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(case=operation.as_strategy())
    def run(case: schemathesis.Case) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=list(CHECKS))

    run()
