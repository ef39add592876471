"""The evidence store over HTTP: files in, as bytes of a body, and out, as downloads that no browser shows or runs. The shell provides
``evidence`` and ``caller``."""

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Stream

from ledger.describing import ANYTHING, READ_REFUSALS, AnswerSpec, asks, in_path, refusals, takes
from ledger.evidence.arriving import SIZE_MAX, read_claims
from ledger.evidence.model import EvidenceTaken, HeldFile
from ledger.evidence.ranges import is_same, part_of
from ledger.evidence.service import Evidence
from ledger.evidence.sniffing import suffix_of
from ledger.query import refuse_unknown_query
from ledger.routes import HEAD_ONLY, TheCaller, caller_of

TheEvidence = SkipValidation[NamedDependency[Evidence]]
Size = Annotated[
    int | None,
    QueryParameter(
        ge=1, le=SIZE_MAX, description="声明中所写的字节数 / bytes, as the statement gives them", schema_extra={"examples": [182044]}
    ),
]
InDigest = Annotated[str, in_path("^[0-9a-f]{64}$", "文件的 SHA-256 / SHA-256 of the file", "9f86d081" + "0" * 56)]
TAKEN = {
    **refusals(401, 403, 409, 413, 422),
    200: AnswerSpec(EvidenceTaken, description="Brought before by this party", headers=("Location",)),
    201: AnswerSpec(EvidenceTaken, description="Taken in", headers=("Location",)),
}
_DOWNLOAD = (
    *("Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "ETag"),
    *("Repr-Digest", "X-Content-Type-Options"),
)
GIVEN = {
    **READ_REFUSALS,
    200: AnswerSpec(bytes, media_type=ANYTHING, description="The file", headers=_DOWNLOAD),
    206: AnswerSpec(bytes, media_type=ANYTHING, description="A part of it", headers=(*_DOWNLOAD, "Content-Range")),
    304: AnswerSpec(None, description="The copy at hand is this file"),
    416: refusals(416)[416],
}
FILE_BODY = takes(said="The file itself, at most 50,000,000 bytes; no form, no packing.", media_type=ANYTHING, headers=("Content-Digest",))


@post("/v1/evidence", opt=FILE_BODY, responses=TAKEN)
async def post_evidence(request: Request[Any, Any, Any], evidence: TheEvidence, size: Size = None) -> Response[EvidenceTaken]:
    """Bring a file that a statement names or is about to name. Its hash is said beforehand in ``Content-Digest`` (RFC 9530), checked as the bytes
    come; sending it again is safe. What no entry names in time is dropped."""
    caller, headers = caller_of(request, "post"), request.headers
    claims = read_claims(headers.get("content-digest"), headers.get("content-type"), headers.get("content-length"), size)
    taken = await evidence.take(caller, claims, request.stream())
    return Response(taken, status_code=201 if taken.is_new else 200, headers={"Location": f"/v1/evidence/{taken.sha256}"})


@get("/v1/evidence/{sha256:str}", responses=GIVEN, opt=asks("Range", "If-Range", "If-None-Match"))
async def get_evidence(request: Request[Any, Any, Any], evidence: TheEvidence, caller: TheCaller, sha256: InDigest) -> Response[Any]:
    """A file, for whoever may read an entry that names it, and for whoever brought it; whole or in part. Always a download: compare its SHA-256
    with the statement's before use."""
    held = await evidence.find(caller, sha256)
    etag, headers = f'"{held.sha256}"', _headers(held)
    if is_same(etag, request.headers.get("if-none-match")):
        return Response(None, status_code=304, headers=headers)
    part = part_of(held.size, etag, request.headers.get("range"), request.headers.get("if-range"))
    start, end = part or (0, held.size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{held.size}"
    status = 200 if part is None else 206
    pieces = _nothing() if request.scope.get(HEAD_ONLY) else await evidence.read(caller, held, start, end)
    return Stream(pieces, status_code=status, media_type=held.media_type, headers=headers)


def _headers(held: HeldFile) -> dict[str, str]:
    """Nothing of it is shown or run in this place (W3C CSP ``sandbox``, WHATWG Fetch ``nosniff``), nor kept by anybody in between. The name
    is the hash: what its sender called it stands in the statement alone."""
    digest = b64encode(bytes.fromhex(held.sha256)).decode()
    return {
        "Content-Disposition": f'attachment; filename="{held.sha256}.{suffix_of(held.media_type)}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "ETag": f'"{held.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


ROUTER = Router(
    "/", route_handlers=[post_evidence, get_evidence], before_request=refuse_unknown_query, request_max_body_size=None, tags=["evidence"]
)
"""Attachments: files beside the log, by their hash (formats §7)."""
