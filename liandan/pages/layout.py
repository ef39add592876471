"""The frame of every page: one head, one style, and a policy that allows nothing but that style (W3C Content Security Policy 3)."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from litestar import Response

_STYLE = Path(__file__).with_name("style.css")
LINKS = (("/docs/", "文档 Docs"), ("/schema", "接口 API"), ("/problems", "代码 Codes"), ("/v", "核验 Verify"))
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Vary": "Accept, Accept-Language"}
SENT = (*HEADERS, "Content-Security-Policy", "Cache-Control")
"""Names of the headers that a page may bring, for /schema."""


@cache
def _style() -> tuple[str, str]:
    """The style sheet and the policy that names its hash: no script, no image, no request, no frame."""
    css = _STYLE.read_text(encoding="utf-8")
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return css, f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action"


def page(title: str, body: str, status: int = 200, *, has_form: bool = False) -> Response[str]:
    """An HTML answer. ``title`` is text, ``body`` is HTML whose texts are escaped already; ``has_form`` where it may post back to this server."""
    css, policy = _style()
    policy += " 'self'" if has_form else " 'none'"
    links = "".join(f'<a href="{address}">{name}</a>' for address, name in LINKS)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
    html = (
        f'<!doctype html><html lang="zh-CN"><head>{head}<style>{css}</style></head><body>'
        f'<header><nav aria-label="联单"><a class="name" href="/">联单 liandan</a>{links}</nav></header><main>{body}</main></body></html>'
    )
    return Response(html, status_code=status, media_type="text/html", headers={**HEADERS, "Content-Security-Policy": policy})
