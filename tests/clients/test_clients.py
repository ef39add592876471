"""Two generators of clients, unmodified, on the published interface; what they make compiles under ``tsc --strict`` and works.

The interface is that of a running server, asked over HTTP. openapi-generator's jar comes with its PyPI package, TypeScript and
openapi-typescript by npm, both locked; where Java or Node is missing the tests say so and are left out.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.resources
import json
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ledger.times import format_at
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.serving import http
from tests.manifests.driver import GENERATOR, TRUCK
from tests.manifests.test_worked_example import Example
from tests.whitelist.scene import transfer
from tests.workbench import ORIGIN, key_of

HERE = Path(__file__).resolve().parent
NPM = ("package.json", "package-lock.json", ".npmrc")
PROGRAMS = ("tsconfig.json", "signing.ts", "generated_client.ts", "typed_fetch.ts")
NOW = "2026-11-05T15:00:00+08:00"
MISSING = [f"未找到 {program} / {program} is missing" for program in ("java", "node", "npm") if shutil.which(program) is None]
PROBLEM = {"media": "application/problem+json"}
pytestmark = pytest.mark.skipif(bool(MISSING), reason="; ".join(MISSING))  # compilers of other languages, which a machine may lack


def run(*command: str | Path, cwd: Path) -> str:
    """A command that must succeed; its standard output."""
    answer = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    assert answer.returncode == 0, f"{command}\n{answer.stdout[-6000:]}\n{answer.stderr[-6000:]}"
    return answer.stdout


def installed() -> Path:
    """``node_modules`` of the lock, made once for each lock and kept outside the checkout."""
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "liandan-clients"
    directory = kept / hashlib.sha256(b"".join((HERE / name).read_bytes() for name in NPM)).hexdigest()[:16]
    if not (directory / "node_modules" / ".package-lock.json").is_file():
        directory.mkdir(parents=True, exist_ok=True)
        for name in NPM:
            shutil.copy(HERE / name, directory / name)
        run("npm", "ci", "--ignore-scripts", cwd=directory)
    return directory / "node_modules"


@pytest.fixture(scope="module")
def example() -> Example:
    """The worked example up to the receipt."""
    found = Example()
    found.issue()
    found.depart()
    found.deliver()
    return found


@pytest.fixture(scope="module")
async def log(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, example: Example) -> AsyncIterator[httpx.AsyncClient]:
    """A server that holds it."""
    async with http(shared_database_url, tmp_path_factory.mktemp("log")) as client:
        for entry in example.entries:
            answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at})
            assert answer.status_code == 201, answer.text
        yield client


@pytest.fixture(scope="module")
async def built(log: httpx.AsyncClient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both clients, generated and compiled with the programs that drive them."""
    directory = tmp_path_factory.mktemp("clients")
    for name in PROGRAMS:
        shutil.copy(HERE / name, directory / name)
    (directory / "openapi.json").write_bytes((await log.get("/schema/openapi.json")).content)

    def build() -> None:
        (directory / "node_modules").symlink_to(installed(), target_is_directory=True)
        jar = importlib.resources.files("openapi_generator_cli") / "openapi-generator.jar"
        run("java", "-jar", str(jar), "generate", "-g", "typescript-fetch", "-i", "openapi.json", "-o", "generated", cwd=directory)
        run("node", "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "types.ts", cwd=directory)
        run("node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json", cwd=directory)

    await asyncio.to_thread(build)
    return directory


@pytest.fixture
def given(log: httpx.AsyncClient, example: Example, tmp_path: Path) -> Path:
    """What a firm of the example knows: its key, its transfers, the address."""
    seed = hashlib.sha256(f"test {GENERATOR} 0".encode()).digest()
    told = {
        "url": str(log.base_url).rstrip("/"),
        "uscc": GENERATOR,
        "seed": seed.hex(),
        "now": NOW,
        "not_after": format_at(int(time.time()) + 3600),
        "registrations": [registration(example.found, number) for number in (1, 2)],
        "transfers": [transfer(number="20265101000199"), transfer(number="20265101000199", receiver=GENERATOR)],
    }
    path = tmp_path / "given.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def registration(found: str, number: int) -> dict[str, str]:
    """A further key of the generator, with its proof of possession."""
    made = register(key_of(GENERATOR, number), found, GENERATOR)
    return {"suite": made.suite, "spki": made.spki, "pop": made.pop}


async def test_the_client_of_openapi_generator_works(built: Path, given: Path, example: Example) -> None:
    found = json.loads(await asyncio.to_thread(run, "node", "built/generated_client.js", given, cwd=built))
    size = len(example.entries)
    assert found["posted"] == [201, True, size, True, ORIGIN]
    assert found["again"] == [200, size]
    assert found["wrong"] == {
        **PROBLEM,
        "status": 409,
        "code": "PREV_MISMATCH",
        "head": {**found["wrong"]["head"], "index": size},
        "reasons": 1,
    }
    assert found["batch"] == [[[201, None], [400, "NOT_JSON"]], 1, 1, True]
    assert (found["origin"], found["role"], found["scope"], found["request"]) == (ORIGIN, "party", ["read", "post"], 16)
    good, bad = found["checks"]
    assert good == [True, "LISTED", []]
    assert (bad[0], len(bad[2]) > 0) == (False, True)
    assert (found["found"], found["stage"], found["lines"]) == (2, "accepted", [["900-052-31", "5.548000", 0]])
    assert found["legs"] == [TRUCK.plate]
    assert found["duties"] == ["manifest.dispose/1"]
    assert found["history"] == ["manifest.issue/1", "manifest.depart/1", "manifest.arrive/1", "manifest.receive/1"]
    assert (found["pdf"], found["pdf_type"], found["pdf_bytes"] > 20_000) == ("%PDF-", "application/pdf", True)
    assert found["bundle"] == ["checkpoint", "entries", "liandan_bundle", "origin", "subject"]
    assert (found["tile"], found["keys"], found["permit"], found["quota"], found["code"]) == (32, 3, "permit", "104.452000", True)
    assert found["feed"] > 5
    refusals = {name: (found[name]["status"], found[name]["code"]) for name in ("forbidden", "malformed", "missing", "tile_missing")}
    assert refusals == {
        "forbidden": (401, "TOKEN_MISSING"), "malformed": (400, "QUERY_FORM"), "missing": (404, "NOT_FOUND"), "tile_missing": (404, "NOT_FOUND"),
    }  # fmt: skip


async def test_the_types_of_openapi_typescript_work(built: Path, given: Path) -> None:
    """What the compiler alone holds stands in the program: exclusive forms, every status, headers."""
    found = json.loads(await asyncio.to_thread(run, "node", "built/typed_fetch.js", given, cwd=built))
    refused = [403, "TOKEN_SCOPE", ["TOKEN_SCOPE"]]
    assert found == {"uscc": GENERATOR, "refused": refused, "found": 2, "pdf": "%PDF-", "unchanged": 304}


def test_the_lock_of_npm_holds_no_address() -> None:
    assert "://" not in (HERE / ".npmrc").read_text() + (HERE / "package-lock.json").read_text()
