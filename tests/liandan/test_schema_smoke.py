"""The published interface says what is answered: schemathesis reads /schema and asks, with a fixed seed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure

from liandan.client.transport import challenge
from signing.envelope import freeze
from tests.liandan.serving import http, post_all
from tests.workbench import AUTHORITY_51, ORIGIN, Workbench, key_of

load_all_checks()

OF_HTTP = {"date", "server", "content-type", "content-length", "connection", "transfer-encoding"}
"""Headers of any answer of any server, which OpenAPI does not list."""


@schemathesis.serializer("application/x-ndjson")
def write_lines(context: object, value: object) -> bytes:
    """Lines as they are."""
    return str(value).encode()


def headers_conform(context: object, response: schemathesis.Response, case: schemathesis.Case) -> None:
    """Every header that comes is declared for its status."""
    document = case.operation.schema.raw_schema
    declared = case.operation.definition.raw["responses"][str(response.status_code)]
    if "$ref" in declared:
        declared = document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    known = OF_HTTP | {name.lower() for name in declared.get("headers", {})}
    unknown = {name.lower() for name in response.headers} - known
    if unknown:
        raise Failure(operation=case.operation.label, title="Undeclared headers", message=f"{response.status_code}: {sorted(unknown)}")


ASKED_OF_EACH = (
    *CHECKS.get_by_names(
        [
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
        ]
    ),
    headers_conform,
)
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
    schemathesis.openapi.from_dict(document).validate()
    await asyncio.to_thread(ask_everything, document, base_url, {"Authorization": f"Bearer {token}"})
    await asyncio.to_thread(ask_everything, document, base_url, {}, examples=1)


def ask_everything(document: dict[str, object], base_url: str, headers: dict[str, str], examples: int = EXAMPLES) -> None:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=base_url)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/v1/tokens/current" and headers:
            continue  # it would end the token that the others use
        asked += 1
        ask(operation, headers, examples)
    assert asked > 15


def ask(operation: schemathesis.APIOperation, headers: dict[str, str], examples: int) -> None:  # type: ignore[type-arg]  # generic in its own schema class
    @seed(20261001)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(case=operation.as_strategy())
    def run(case: schemathesis.Case) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=list(ASKED_OF_EACH))

    run()
