"""The published log over HTTP: checkpoints, tiles, data, keys, the policy and proofs; what any web server could serve from the files."""

import asyncio
import gzip
import re
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import PathParameter, QueryParameter

from ledger.answers import Sizes
from ledger.describing import OCTETS, TEXT, file, in_path, refusals
from ledger.log import Log
from ledger.query import refuse_unknown_query
from ledger.routes import TheLog, caller_of
from ledger.tree.policy import policy_text
from ledger.tree.proof import Proof
from ledger.tree.tiles import parse_path
from signing.phrase import Phrase
from signing.refusal import refuse

FOREVER = "public, max-age=31536000, immutable"
OWN_FOREVER = "private, max-age=31536000, immutable"  # for what only some may read: a shared cache must not hand it to others
SOON = "public, max-age=1"
GZIP_FROM = 512  # bytes below which packing gains nothing
GZIP_LEVEL = 2  # entries shrink to a third at any level; witnesses wait for them
_ZERO = re.compile(r"q=0(?:\.0*)?")
_NEVER = refusals(404)  # Nobody needs a token for what is published.
_NOTE = {**_NEVER, **file(TEXT, headers=("Cache-Control",), said="As it is published")}
_AT = Annotated[int, PathParameter(ge=0, le=2**53, description="序位或规模 / an index or size of the log", schema_extra={"examples": [0]})]
_TILE = in_path(
    "^/?([0-5]|entries)(/x[0-9]{3})*/[0-9]{3}([.]p/[0-9]{1,3})?$", "瓦片 / tile, C2SP tlog-tiles: `<level>/<index>`", "0/000.p/1"
)
_TILES = {**refusals(403, 404), **file(OCTETS, headers=("Cache-Control", "Vary", "Content-Encoding"))}
_DIGEST = in_path("^[0-9a-f]{64}$", "文件的 SHA-256 / of the file", "0" * 64)


@get("/checkpoint", media_type=TEXT, responses=_NOTE)
async def get_checkpoint(log: TheLog) -> Response[bytes]:
    """The newest checkpoint: a signed note (C2SP tlog-checkpoint)."""
    return _file(log, "checkpoint", TEXT, SOON)


@get("/checkpoint/{size:int}", media_type=TEXT, responses=_NOTE)
async def get_archived_checkpoint(log: TheLog, size: _AT) -> Response[bytes]:
    """An archived checkpoint by its size."""
    return _file(log, f"checkpoints/{size}", TEXT, FOREVER)


@get("/tile/{tile_path:path}", media_type=OCTETS, responses=_TILES)
async def get_tile(request: Request[Any, Any, Any], log: TheLog, tile_path: Annotated[str, _TILE]) -> Response[bytes]:
    """A hash tile (public) or a bundle of entries (authorities and operator) in the paths of C2SP tlog-tiles; gzip where it is accepted."""
    path = f"tile{tile_path}"
    is_bundle = parse_path(path).level is None
    if is_bundle and not caller_of(request, "read").reads_all:
        raise refuse("READ_FORBIDDEN", found=path)
    raw = log.publisher.files.read_tile(path)
    if raw is None:
        raise refuse("NOT_FOUND", found=path)
    headers = {"Cache-Control": OWN_FOREVER if is_bundle else FOREVER, "Vary": "Accept-Encoding"}
    packed = await _gzip(raw) if accepts_gzip(request.headers.get("accept-encoding", "")) else None
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(raw if packed is None else packed, media_type=OCTETS, headers=headers)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 §12.5.3): a missing one does not ask for it."""
    items = ([part.strip() for part in item.split(";")] for item in header.lower().split(","))
    weights = {name: not any(map(_ZERO.fullmatch, parameters)) for name, *parameters in items}
    return weights.get("gzip", weights.get("*", False))


async def _gzip(raw: bytes) -> bytes | None:
    """The same bytes smaller, or None: hashes do not shrink. Files on disk stay as they are (formats §4)."""
    if len(raw) < GZIP_FROM:
        return None
    packed = await asyncio.to_thread(gzip.compress, raw, GZIP_LEVEL, mtime=0)
    return packed if len(packed) < len(raw) * 0.9 else None


@get("/data/{digest:str}", media_type=OCTETS, responses={**_NEVER, **file(OCTETS, headers=("Cache-Control",))})
async def get_data(log: TheLog, digest: Annotated[str, _DIGEST]) -> Response[bytes]:
    """An adopted data file by its SHA-256."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise refuse("NOT_FOUND", found=digest, expected=Phrase("64 位十六进制", "64 hex digits"))
    return _file(log, f"data/{digest}", OCTETS, FOREVER)


@get("/log.vkey", media_type=TEXT, responses=file(TEXT, headers=()))
async def get_vkeys(log: TheLog) -> Response[bytes]:
    """The log's verifier keys, one per line. Pin them from another source than this."""
    return Response("".join(f"{vkey}\n" for vkey in log.publisher.log_keys).encode(), media_type=TEXT)


def _file(log: Log, path: str, media_type: str, cache: str) -> Response[bytes]:
    raw = log.publisher.files.read(path)
    if raw is None:
        raise refuse("NOT_FOUND", found=path)
    return Response(raw, media_type=media_type, headers={"Cache-Control": cache})


@get("/v1/checkpoints", before_request=refuse_unknown_query)
async def list_checkpoints(
    log: TheLog, after: Annotated[int, QueryParameter(ge=0, le=2**53, description="此规模之后 / above this size")] = 0
) -> Sizes:
    """Sizes of archived checkpoints above ``after``, at most 1,000."""
    sizes = [size for size in log.publisher.files.archived_sizes() if size > after]
    return Sizes(sizes=tuple(sizes[:1000]))


@get("/policy", media_type=TEXT, responses=_NOTE)
async def get_policy(log: TheLog) -> Response[bytes]:
    """The log's keys and the witnesses in force, as a policy (C2SP tlog-policy) for readers' tools. Pin the keys from another source."""
    state = await log.state()
    if state is None:
        raise refuse("NOT_FOUND", field="log.found", found=Phrase("见证策略", "policy"))
    return Response(policy_text(state.log_keys, state.witness_policy), media_type=TEXT, headers={"Cache-Control": SOON})


@get("/v1/proofs/{index:int}", media_type=TEXT, responses=_NOTE)
async def get_proof(log: TheLog, index: _AT) -> Response[bytes]:
    """The proof (C2SP tlog-proof) of an entry under the newest checkpoint. Public: it holds hashes, nothing of the entry."""
    published = log.publisher.published
    if published is None or index >= published.size:
        raise refuse(
            "NOT_FOUND",
            field="index",
            found=index,
            expected=Phrase(f"小于 {0 if published is None else published.size}", f"below {0 if published is None else published.size}"),
        )
    proof = Proof(index=index, hashes=log.publisher.inclusion(index, published.size), checkpoint=published.slim)
    return Response(proof.to_bytes(), media_type=TEXT, headers={"Cache-Control": SOON})


router = Router(
    "/",
    route_handlers=[*(get_checkpoint, get_archived_checkpoint, get_tile, get_data, get_vkeys, get_policy, get_proof, list_checkpoints)],
    tags=["log"],
)
