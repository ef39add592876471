"""Files of the desk: styles, scripts, icons, what others made. Served under a hash of them all, so that a browser keeps them for ever and a
new version never mixes with an old one; modules and styles name each other by relative paths.

``/desk/static/<hash>/<path>``. The readers of the verification page are served beside the files of ``static/``, as modules of the same sources
(liandan.verify_page.build): what signs here and what verifies there is one code.
"""

import gzip
import json
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import PathParameter
from msgspec import Struct

from ledger.static.routes import FOREVER, accepts_gzip
from liandan.desk.shell.addresses import STATIC
from liandan.desk.shell.policy import ALWAYS
from liandan.verify_page.build import modules
from liandan.wiring import KINDS
from signing.refusal import refuse

FOLDER = Path(__file__).parents[1] / "static"
MEDIA = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ".json": "application/json", ".png": "image/png", ".webmanifest": "application/manifest+json",
}  # fmt: skip
"""What is served, by the end of its name; anything else in the folder is not."""
GZIP_FROM = 1_000
VENDOR = FOLDER / "vendor"
_COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*\*.*?\*/[ \t]*$)", re.MULTILINE | re.DOTALL)
"""Comments that have lines of their own; no text of a script of ours begins a line like one (tests/desk/test_shell.py)."""
InPath = Annotated[str, PathParameter()]


class Asset(Struct, frozen=True):
    """One file."""

    raw: bytes
    packed: bytes
    media_type: str
    digest: str  # SHA-256, hex


@cache
def assets() -> Mapping[str, Asset]:
    """Every file by its path, read once."""
    found = {path.relative_to(FOLDER).as_posix(): uncommented(path) for path in FOLDER.rglob("*") if path.suffix in MEDIA}
    found |= {path: text.encode() for path, text in modules(KINDS).items()}
    return {
        path: Asset(raw, gzip.compress(raw, 9, mtime=0), MEDIA[Path(path).suffix], sha256(raw).hexdigest())
        for path, raw in sorted(found.items())
    }


def uncommented(path: Path) -> bytes:
    """A file as it is served: our own scripts without what they say to whoever reads them, which is a tenth of what a first visit fetches. Every
    line keeps its number."""
    raw = path.read_bytes()
    if path.suffix != ".js" or VENDOR in path.parents:
        return raw
    return _COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), raw)


@cache
def version() -> str:
    """The hash in the addresses: of all paths and contents."""
    listed = "".join(f"{asset.digest} {path}\n" for path, asset in assets().items())
    return sha256(listed.encode()).hexdigest()[:20]


def address(path: str) -> str:
    """Where a file is served: ``css/base.css`` → ``/desk/static/<hash>/css/base.css``. KeyError for one that is not there."""
    assert path in assets(), f"no file {path} in liandan/desk/static"
    return f"{STATIC}{version()}/{path}"


@get(STATIC + "{under:str}/{path:path}", include_in_schema=False)
async def get_static(request: Request[Any, Any, Any], under: InPath, path: InPath) -> Response[bytes]:
    """A file; of another version than this server's, what is here now, which nobody keeps."""
    asset = assets().get(path.lstrip("/"))
    if asset is None:
        raise refuse("NOT_FOUND", field="path", found=path[:200])
    is_current = under == version()
    headers = {**ALWAYS, "Cache-Control": FOREVER if is_current else "no-store", "Vary": "Accept-Encoding"}
    is_packed = len(asset.raw) >= GZIP_FROM and accepts_gzip(request.headers.get("accept-encoding", ""))
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    return Response(asset.packed if is_packed else asset.raw, media_type=asset.media_type, headers=headers)


@get("/desk/modules.json", include_in_schema=False)
async def get_modules() -> Response[bytes]:
    """SHA-256 of every file that is served to browsers, by path: to be compared with what others publish (docs/trust.md)."""
    told = {"version": version(), "files": {path: asset.digest for path, asset in assets().items()}}
    raw = json.dumps(told, indent=1).encode()
    return Response(raw, media_type="application/json", headers={**ALWAYS, "Cache-Control": "no-cache"})
