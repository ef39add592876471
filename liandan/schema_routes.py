"""The published schemas over HTTP: ``/schemas/`` names them, ``/schemas/<name>.json`` gives one, byte for byte that of ``docs/formats``.

For everybody, without a token. A file of a version is never changed once it is frozen; a browser or proxy may keep it and asks again with
its ETag. A version that is not served is answered with those that are.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.openapi import ResponseSpec
from msgspec import Meta, Struct

import liandan
from ledger.describing import AnswerSpec, asks, in_path, refusals
from signing.refusal import Refusal, refuse

SCHEMA_JSON = "application/schema+json"
HEADERS = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
STATEMENT = "reconciliation-3.json"
"""Of the monthly statement."""
SHOWN_MAX = 8  # Names in an answer to somebody who asked for one that is not there.
_KIND = re.compile(r"(?P<kind>[a-z]+\.[a-z_]+)(?:-(?P<version>[1-9][0-9]{0,2}))?")


class SchemaName(Struct, frozen=True, kw_only=True):
    """One published schema."""

    name: Annotated[str, Meta(description="File name, e.g. manifest.issue-1.json; also its $id")]
    title: str
    kind: Annotated[str | None, Meta(description="Kind of statement whose body it is")]
    sha256: Annotated[str, Meta(description="SHA-256 of the file, hex")]


class SchemaIndex(Struct, frozen=True, kw_only=True):
    """Every schema that is served."""

    schemas: tuple[SchemaName, ...]


def directory() -> Path:
    """Where the schemas lie: inside the package in a wheel, ``docs/formats`` in a checkout."""
    package = Path(liandan.__file__).parent
    packed = package / "_formats"
    return packed if packed.is_dir() else package.parent / "docs" / "formats"


def _of_files() -> dict[str, bytes]:
    """Schemas of files that are drawn from the log, which no type of ours reads: in a wheel they lie beside the others."""
    drawn = {STATEMENT: directory().parent / "reconciliation.schema.json"}
    return {name: path.read_bytes() for name, path in drawn.items() if path.is_file()}


@cache
def served() -> Mapping[str, bytes]:
    """Bytes of every schema by its file name, read once."""
    found = {path.name: path.read_bytes() for path in directory().glob("*.json")}
    return dict(sorted((found | _of_files()).items()))


@cache
def _index() -> SchemaIndex:
    found = []
    for name, raw in served().items():
        match = _KIND.fullmatch(name.removesuffix(".json"))
        kind = None if match is None else f"{match['kind']}/{match['version']}"
        found.append(SchemaName(name=name, title=msgspec.json.decode(raw)["title"], kind=kind, sha256=sha256(raw).hexdigest()))
    return SchemaIndex(schemas=tuple(found))


def not_served(name: str) -> Refusal:
    """FORMAT_UNKNOWN: which versions of that kind there are, else what it may have meant, else where the list is."""
    stem = name.removesuffix(".json")
    match = _KIND.fullmatch(stem)
    same = [] if match is None else [known for known in served() if known.startswith(f"{match['kind']}-")]
    near = same or get_close_matches(f"{stem[:80]}.json", served(), SHOWN_MAX)
    return refuse("FORMAT_UNKNOWN", field="name", found=name[:80], expected=", ".join([*near, "/schemas/"]))


NAMES = ("Cache-Control", "Access-Control-Allow-Origin", "X-Content-Type-Options")
ANSWERS: dict[int, ResponseSpec] = {
    **refusals(404),
    200: AnswerSpec(dict[str, Any], media_type=SCHEMA_JSON, description="JSON Schema 2020-12", headers=("ETag", *NAMES)),
    304: AnswerSpec(None, description="Unchanged", headers=("ETag", *NAMES)),
}
LISTED: dict[int, ResponseSpec] = {200: AnswerSpec(SchemaIndex, description="Every schema that is served", headers=NAMES)}
InSchema = Annotated[str, in_path(r"^[a-z_.]+(-[1-9][0-9]{0,2})?\.json$", "文件名 / name of a schema", "manifest.issue-1.json")]


@get("/", summary="格式清单 / list of schemas", responses=LISTED)
async def list_schemas() -> Response[SchemaIndex]:
    """Every schema that is served, with the kind whose body it is."""
    return Response(_index(), headers=HEADERS)


@get("/{name:str}", media_type=SCHEMA_JSON, summary="格式 / schema", opt=asks("If-None-Match"), responses=ANSWERS)
async def get_schema(request: Request[Any, Any, Any], name: InSchema) -> Response[bytes]:
    """One JSON Schema (2020-12): of a body by kind and version, of the statement, its envelope, an entry, a login, a receipt."""
    raw = served().get(name)
    if raw is None:
        raise not_served(name)
    headers = {**HEADERS, "ETag": f'"{sha256(raw).hexdigest()[:32]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(raw, media_type=SCHEMA_JSON, headers=headers)


ROUTER = Router("/schemas", route_handlers=[list_schemas, get_schema], tags=["schemas"])
