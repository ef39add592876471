"""Whatever a test server answers is held against ``/schema``: status, media type, headers, and that a problem is one."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec

from ledger.describing import ANYTHING, CSV, XLSX
from ledger.problem import Problem
from liandan.app import create_app
from liandan.health import Metrics
from liandan.settings import Settings

OF_HTTP = {"date", "server", "content-type", "content-length", "connection", "transfer-encoding"}
"""Headers of any answer of any server, which OpenAPI does not list."""
FILES = {CSV: ".csv", XLSX: ".xlsx"}
_LONG = ("chain", "tile_path", "path")
"""Parts of an address that may hold slashes."""


@cache
def document() -> dict[str, Any]:
    """The document of an application that serves nothing."""
    settings = Settings(data_dir=Path(tempfile.gettempdir()) / "liandan-no-data")
    access: Any = create_app(settings, *cast("Any", (None, None, None)), Metrics(), cast("Any", None))
    found: dict[str, Any] = access._app.framework.openapi_schema.to_schema()
    return found


@cache
def _addresses() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Every address as a pattern, those without parameters first."""

    def pattern(path: str) -> re.Pattern[str]:
        parts = re.split(r"\{([a-z_]+)\}", path)
        named = ["(.+)" if part in _LONG else "([^/]+)" for part in parts[1::2]]
        return re.compile("".join(re.escape(text) + name for text, name in zip(parts[::2], [*named, ""], strict=True)))

    paths = document()["paths"]
    return [(pattern(path), paths[path]) for path in sorted(paths, key=lambda path: (path.count("{"), -len(path)))]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation that answers, or None where there is none."""
    for pattern, item in _addresses():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = item.get({"HEAD": "get"}.get(method, method.lower()))
            return found
    return None


async def conforms(response: httpx.Response) -> None:
    """Fail for an answer that the schema does not declare; what has no operation is not found, or has other methods."""
    request = response.request
    operation = operation_of(request.method, request.url.path)
    if operation is None:
        return
    place = f"{request.method} {request.url.path} {response.status_code}"
    media = response.headers.get("content-type", "").partition(";")[0]
    # A search that ``Accept`` asks for as a file is answered like the file's own address: its declaration stands there alone.
    operation = (operation_of("GET", request.url.path + FILES[media]) if media in FILES else None) or operation
    declared = operation["responses"].get(str(response.status_code))
    assert declared is not None, f"{place}: not in /schema"
    if "$ref" in declared:
        declared = document()["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    headers = {name.lower() for name in declared.get("headers", {})}
    assert set(map(str.lower, response.headers)) <= OF_HTTP | headers, f"{place}: headers not in /schema"
    known = {name.partition(";")[0] for name in declared.get("content", {})}
    assert {media, ANYTHING} & known or not media or not known, f"{place}: {media} not in {known}"
    if response.status_code >= 400 and media == "application/problem+json" and request.method != "HEAD":
        problem = msgspec.json.decode(await response.aread(), type=Problem)
        assert problem.status == response.status_code, place
        assert problem.errors, place
    if response.status_code in (429, 503) and media == "application/problem+json":
        assert int(response.headers["retry-after"]) > 0, place
