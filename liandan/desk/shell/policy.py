"""Headers of every page: what a browser may do with it (console.md §11 in docs/desk.md; CSP 3, Permissions Policy, COOP, CORP).

No inline script, no inline style, no other host, no frame, nothing stored. Pages without htmx may ask for Trusted Types besides.
"""

import gzip
from collections.abc import Mapping
from typing import Any

import structlog
from litestar import Request, post

from ledger.static.routes import GZIP_FROM, accepts_gzip
from liandan.desk.shell.addresses import REPORTS
from liandan.desk.shell.cookies import header

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    f"worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-uri {REPORTS}; report-to csp"
)
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types liandan"
"""On pages without htmx, which swaps by a sink that they forbid; ``liandan`` is the policy that registers a worker."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
GZIP_LEVEL = 5
"""A page of 40 KB in half a millisecond, to a fifth."""
REPORT_MAX = 16_384
log = structlog.get_logger("liandan.desk")


def page_headers(*, trusted_types: bool = False, cache: str = "no-store") -> dict[str, str]:
    """Headers of a page; ``cache`` differs for a worker's shell alone."""
    return {
        **ALWAYS,
        "Content-Security-Policy": CSP + (TRUSTED_TYPES if trusted_types else ""),
        "Reporting-Endpoints": f'csp="{REPORTS}"',
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
        "Cache-Control": cache,
        "Vary": "Accept-Encoding, Accept-Language, Cookie, HX-Request",
    }


def packed(scope: Mapping[str, Any], html: str, headers: dict[str, str]) -> bytes:
    """The bytes of a page, smaller for who takes them so, which ``headers`` then say. No secret stands in a page that its length could tell:
    the token is in the cookie alone."""
    raw = html.encode()
    if len(raw) < GZIP_FROM or not accepts_gzip(header(scope, b"accept-encoding")):
        return raw
    headers["Content-Encoding"] = "gzip"
    return gzip.compress(raw, GZIP_LEVEL, mtime=0)


@post(REPORTS, status_code=204, request_max_body_size=REPORT_MAX, include_in_schema=False)
async def post_report(request: Request[Any, Any, Any]) -> None:
    """A browser says that a page tried what its policy forbids: counted in the log line, its text is not kept, for anybody may send one."""
    log.warning("policy_broken", bytes=len(await request.body()), request=request.scope.get("liandan_request_id", ""))
