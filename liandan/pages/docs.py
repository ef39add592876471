"""``/docs``: the pages of ``docs/`` as ``make docs`` has built them (``zensical.toml``), served from here, with a search of their own."""

import mimetypes
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.response import Redirect

from ledger.describing import ANYTHING, HTML, AnswerSpec, in_path
from liandan.pages.layout import HEADERS, SENT, page

_PACKAGED, _BUILT = Path(__file__).with_name("site"), Path(__file__).parents[2] / "build" / "site"
SITE = _PACKAGED if _PACKAGED.exists() else _BUILT
"""Where the built pages lie: inside a wheel that was made with them, else where the checkout builds them."""
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
InPage = Annotated[str, in_path("^.{1,200}$", "文档页 / page of the documentation", "api/")]
ANSWERS = {
    200: AnswerSpec(
        bytes, media_type=HTML, also={ANYTHING: bytes}, headers=SENT, description="A page, script, style or picture of the documentation"
    ),
    302: AnswerSpec(None, headers=("Location",), description="The same with a slash behind"),
    404: AnswerSpec(str, media_type=HTML, headers=SENT, description="No such page, or an installation without the documentation"),
}
_MISSING = (
    "<h1>文档未构建</h1><p>此次安装没有带上文档站点。在代码目录执行 <code>make docs</code> 后重新启动；文本在 <code>docs/</code>。</p>"
    '<p lang="en">This installation has no documentation site. Run <code>make docs</code> in the checkout and start again; the texts are in '
    "<code>docs/</code>.</p>"
)


@cache
def _files() -> dict[str, Path]:
    """What there is to serve, by address: nothing else can be asked for, however an address is spelt."""
    return {file.relative_to(SITE).as_posix(): file for file in SITE.rglob("*") if file.is_file()}


@cache
def _policy(file: Path) -> str:
    """Only this page's own inline scripts run, each named by its hash; the search works in a worker of ours."""
    hashes = [b64encode(sha256(script).digest()).decode() for script in _INLINE.findall(file.read_bytes())]
    scripts = " ".join(["'self'", *(f"'sha256-{one}'" for one in dict.fromkeys(hashes))])
    rest = "style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self' blob:; base-uri 'self'; frame-ancestors 'none'"
    return f"default-src 'self'; script-src {scripts}; {rest}"


@get("/docs", media_type=HTML, include_in_schema=False)
async def docs_index(request: Request[Any, Any, Any]) -> Response[Any]:
    """The first page."""
    return _served(request, "")


@get("/docs/{path:path}", media_type=HTML, tags=["pages"], summary="文档 / documentation", responses=ANSWERS)
async def docs_page(request: Request[Any, Any, Any], path: InPage) -> Response[Any]:
    """A file of the site; a folder is its index."""
    return _served(request, path)


def _served(request: Request[Any, Any, Any], path: str) -> Response[Any]:
    files, name = _files(), path.strip("/")
    file = files.get(name) or files.get(f"{name}/index.html".lstrip("/"))
    if file is None:
        return page(
            "文档 · 联单", _MISSING if not files else "<h1>没有这一页 No such page</h1><p><a href='/docs/'>文档首页 Docs</a></p>", 404
        )
    asked = request.scope["raw_path"].partition(b"?")[0].decode("ascii")
    if file.name == "index.html" and not asked.endswith(("/", ".html")):
        return Redirect(f"{asked}/")  # Pages refer to each other by relative addresses.
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    policy = {"Content-Security-Policy": _policy(file)} if kind == HTML else {}
    return Response(file.read_bytes(), media_type=kind, headers={**HEADERS, **policy, "Cache-Control": "public, max-age=300"})
