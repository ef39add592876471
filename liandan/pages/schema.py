"""``/schema``: the interface as people read it, by Swagger UI 5.35.0 (``vendor/``, Apache-2.0), served from here; the document itself is
``/schema/openapi.json`` and ``.yaml``.
"""

from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath

_VENDOR = Path(__file__).with_name("vendor")
ASSETS: Final = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
START = """window.addEventListener("load", () => SwaggerUIBundle({
  url: "/schema/openapi.json", dom_id: "#ui", deepLinking: true, docExpansion: "none", validatorUrl: null, tryItOutEnabled: false,
}));"""
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>接口 · 联单</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/schema/assets/swagger-ui.css">
<script src="/schema/assets/swagger-ui-bundle.js"></script><script src="/schema/assets/start.js"></script></head>
<body><p style="padding: 8px 20px; font-family: sans-serif"><a href="/">联单 liandan</a> · <a href="/docs/">文档 Docs</a> ·
<a href="/schema/openapi.json">openapi.json</a></p><div id="ui"></div><noscript>接口说明文件 The document: /schema/openapi.json</noscript></body></html>"""


# Swagger UI sets styles of its own and shows pictures of its own as data; it is asked for nothing from elsewhere.
class ReadablePage(OpenAPIRenderPlugin):
    """The page at ``/schema``."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - the library's signature
        """The same page for everybody; it fetches the document."""
        return PAGE.encode()


@get("/schema/assets/{name:str}", include_in_schema=False)
async def get_asset(name: FromPath[str]) -> Response[bytes]:
    """A script or a style of the page."""
    if name == "start.js":
        return Response(START.encode(), media_type="text/javascript")
    if name not in ASSETS:
        raise NotFoundException
    return Response((_VENDOR / name).read_bytes(), media_type=ASSETS[name], headers={"Cache-Control": "public, max-age=86400"})
