"""The verification page over HTTP: to everybody, as it lies in the package, with headers that keep it alone."""

from pathlib import Path

from liandan.verify_page import PAGE
from tests.liandan.serving import http


async def test_the_page_is_for_everybody(database_url: str, tmp_path: Path) -> None:
    async with http(database_url, tmp_path) as client:
        for address in ("/v", "/verify.html"):
            answer = await client.get(address)
            assert (answer.status_code, answer.content) == (200, PAGE.read_bytes())
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["cache-control"] == "public, max-age=3600"
            assert answer.headers["x-content-type-options"] == "nosniff"
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'sha256-")
            assert policy.endswith("; frame-ancestors 'none'")
        again = await client.get("/v", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
