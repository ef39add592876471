"""The session cookie, and who may use it: the bearer token of ``POST /v1/tokens`` in a browser that scripts cannot read it in.

Source: RFC 6265bis (``__Host-``, SameSite), Fetch Metadata (W3C). A cookie comes along with whatever a browser sends here, so it counts on
pages of the desk, and on ``/v1`` only where the browser says that the request came from a page of this origin. What changes something needs
that word in any case: a form on another port of the same host is same-site, and its cookie would come along.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litestar.datastructures import Cookie
from msgspec import Struct

from liandan.desk.shell.addresses import REPORTS, is_desk
from signing.phrase import Phrase
from signing.refusal import refuse

LIFE_S = 6 * 3600
"""Of the cookie; the token behind it may end sooner."""
LANGUAGE = "liandan-lang"
LANGUAGE_LIFE_S = 365 * 24 * 3600
SAFE = ("GET", "HEAD", "OPTIONS")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def cookie_of(scope: Mapping[str, Any], name: str) -> str | None:
    """One cookie of a request, however many others of this host come along: programs on other ports set them, too, and a browser keeps them
    together. Of two of the name the last counts, which is the one for every path (RFC 6265 §5.4). Ours are never quoted, so nothing is unquoted:
    Python's own reader takes the square of the length for what is quoted badly (CVE-2024-7592)."""
    wanted, found = name.encode(), None
    for key, value in scope["headers"]:
        if key == b"cookie":
            for pair in value.split(b";"):
                called, _, held = pair.partition(b"=")
                if called.strip() == wanted:
                    found = held.strip().strip(b'"').decode("latin-1")
    return found


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """One header of a request; empty where it is missing."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class Cookies(Struct, frozen=True):
    """The session cookie of one installation; ``origins`` are the addresses under which browsers reach it."""

    origins: tuple[str, ...]

    @property
    def is_secure(self) -> bool:
        """Everywhere but on plain loopback: there browsers of the floor drop a secure cookie without a word."""
        return not all(url.scheme == "http" and url.hostname in _LOOPBACK for url in map(urlsplit, self.origins))

    @property
    def name(self) -> str:
        """``__Host-``: from this host, over TLS, for every path, set by nobody else."""
        return "__Host-liandan" if self.is_secure else "liandan"

    def granted(self, token: str) -> Cookie:
        """The cookie that enters."""
        return self._cookie(token, LIFE_S)

    def ended(self) -> Cookie:
        """The cookie that leaves."""
        return self._cookie("", 0)

    def spoken(self, language: str) -> Cookie:
        """The cookie that remembers a language."""
        return Cookie(key=LANGUAGE, value=language, max_age=LANGUAGE_LIFE_S, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def _cookie(self, value: str, life_s: int) -> Cookie:
        return Cookie(key=self.name, value=value, max_age=life_s, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def token(self, scope: Mapping[str, Any]) -> str | None:
        """The token of a request where its cookie counts: on the desk, and on ``/v1`` from pages of this origin alone."""
        path = str(scope["path"])
        if is_desk(path) or (path.startswith("/v1/") and header(scope, b"sec-fetch-site") == "same-origin"):
            return cookie_of(scope, self.name) or None
        return None

    def check(self, scope: Mapping[str, Any]) -> None:
        """Refusal CROSS_SITE for what would change something on the desk and does not come from a page of this origin."""
        path = str(scope["path"])
        if scope["method"] in SAFE or not is_desk(path) or path == REPORTS:
            return
        site, origin = header(scope, b"sec-fetch-site"), header(scope, b"origin")
        if site == "same-origin" or (not site and origin in self.origins):
            return
        said = (site or origin)[:200]
        raise refuse(
            "CROSS_SITE",
            field="Sec-Fetch-Site" if site else "Origin",
            found=said or Phrase("没有写明", "not said"),
            expected="same-origin" if site else " / ".join(self.origins),
        )
