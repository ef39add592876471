"""The verification page over HTTP: to everybody, as it lies in the package, with headers that keep it alone."""

from hashlib import sha256
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


async def test_what_installs_the_page(database_url: str, tmp_path: Path) -> None:
    """The worker names the hash of the page as it is served; both may reach nothing but this server."""
    async with http(database_url, tmp_path) as client:
        worker, manifest = await client.get("/v/worker.js"), await client.get("/v/manifest.webmanifest")
        assert worker.headers["content-type"].startswith("text/javascript")
        assert worker.headers["service-worker-allowed"] == "/v"
        assert worker.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
        assert worker.headers["cache-control"] == "public, max-age=0"
        assert sha256(PAGE.read_bytes()).hexdigest() in worker.text
        assert manifest.headers["content-type"].startswith("application/manifest+json")
        assert (manifest.json()["start_url"], manifest.json()["scope"]) == ("/v", "/v")
        for answer in (worker, manifest):
            again = await client.get(answer.url.path, headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
