"""What a page of the desk keeps out, in a real browser: scripts that somebody plants, forms and frames of others, readers of tokens, old sessions."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.browser.conftest import Browser
from tests.desk.conftest import People
from tests.desk.persons import Person, challenge, enter, token_of
from tests.desk.played import Served

PLANTED = """() => {
  const inline = document.createElement("script");
  inline.textContent = "window.planted = 'inline'";
  document.body.append(inline);
  const image = document.createElement("div");
  image.innerHTML = "<img src='/desk/static/none' onerror=\\"window.planted = 'handler'\\">";
  document.body.append(image);
  const link = document.createElement("a");
  link.href = "javascript:window.planted='link'";
  document.body.append(link);
  link.click();
  // Later, for the debugger's own evaluation is let through.
  setTimeout("window.planted = 'timer'");
  setTimeout(() => eval("window.planted = 'eval'"));
  setTimeout(() => new Function("window.planted = 'function'")());
  const styled = document.createElement("p");
  styled.setAttribute("style", "color: red");
  document.body.append(styled);
  return getComputedStyle(styled).color;
}"""
STORED = """async () => {
  const texts = [document.cookie, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.documentElement.outerHTML];
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = failed;
    });
    for (const store of opened.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = opened.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      texts.push(JSON.stringify(rows, (_, value) => (value instanceof CryptoKey ? `key, extractable: ${value.extractable}` : value)));
    }
    opened.close();
  }
  return texts.join("\\n");
}"""


class Stranger:
    """A site of somebody else on another port of the same host: of the same site for cookies, of another origin."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # as http.server calls it
                """One of the pages."""
                body = pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    found = Stranger()
    yield found
    found.close()


@pytest.fixture(scope="module")
def clerk(desk_served: Served, browser: Browser) -> Iterator[Person]:
    """The browser of all these tests: each signs in anew."""
    person = enter(desk_served, browser, "clerk")
    yield person
    person.close()


@pytest.fixture
def visitor(clerk: Person) -> Iterator[Person]:
    """A clerk whose browser may complain: that something was stopped is what is shown here."""
    clerk.again(width=1440)
    yield clerk
    clerk.do(lambda page: page.goto("about:blank"))
    clerk.complaints.clear()
    clerk.foreign.clear()


def test_a_planted_script_does_not_run(visitor: Person) -> None:
    visitor.open("/desk")
    color = visitor.do(lambda page: page.evaluate(PLANTED))
    visitor.do(lambda page: page.wait_for_timeout(300))
    assert visitor.do(lambda page: page.evaluate("() => window.planted ?? null")) is None
    assert color != "rgb(255, 0, 0)"
    stopped = [said for said in visitor.complaints if said.startswith("policy:")]
    assert any("script-src" in said for said in stopped)
    assert any("style-src" in said for said in stopped)


def test_what_the_policy_stopped_is_reported_to_the_log_alone(visitor: Person) -> None:
    reports = list[Any]()
    visitor.do(lambda page: page.on("request", lambda asked: reports.append(asked.url) if asked.url.endswith("/desk/csp") else None))
    visitor.open("/desk")
    visitor.do(lambda page: page.evaluate(PLANTED))
    visitor.do(lambda page: page.wait_for_timeout(1500))
    assert visitor.foreign == []
    answer = httpx.post(f"{visitor.url}/desk/csp", content=b"{}", headers={"Content-Type": "application/csp-report"})
    assert answer.status_code == 204


def test_a_form_of_another_port_is_refused(visitor: Person, stranger: Stranger) -> None:
    for target in ("/leave", "/desk/language", "/enter", "/desk/search"):
        stranger.pages[target] = f'<form id="f" method="post" action="{visitor.url}{target}"><input name="lang" value="en"></form>'

        def go(page: Any, form: str = f"{stranger.url}{target}") -> int:
            page.goto(form)
            with page.expect_navigation() as answer:
                page.evaluate("() => document.getElementById('f').submit()")
            return int(answer.value.status)

        assert visitor.do(go) == 403, target
    visitor.open("/desk")
    assert visitor.path == "/desk", "the session is as it was"


def test_a_script_of_another_port_reads_nothing(visitor: Person, stranger: Stranger) -> None:
    stranger.pages["/"] = "<p>here</p>"
    asked = f"""async () => {{
      const answers = [];
      for (const path of ["/desk", "/v1/manifests", "/desk/live", "/desk/search/suggest?q=a"])
        for (const mode of ["cors", "no-cors"])
          answers.push(await fetch("{visitor.url}" + path, {{ credentials: "include", mode }}).then((answer) => answer.text(), () => ""));
      return answers.join("");
    }}"""
    visitor.do(lambda page: page.goto(stranger.url))
    assert visitor.do(lambda page: page.evaluate(asked)) == ""


def test_no_page_is_shown_in_a_frame(visitor: Person, stranger: Stranger) -> None:
    stranger.pages["/"] = f'<iframe name="one" src="{visitor.url}/desk"></iframe><iframe name="two" src="{visitor.url}/enter"></iframe>'

    def go(page: Any) -> list[str]:
        page.goto(stranger.url)
        page.wait_for_timeout(1500)
        return [frame.url for frame in page.frames[1:]]

    framed = visitor.do(go)
    assert len(framed) == 2
    assert all(url.startswith("chrome-error://") for url in framed)


def test_a_link_from_elsewhere_arrives_signed_in(visitor: Person, stranger: Stranger) -> None:
    stranger.pages["/"] = f'<a id="a" href="{visitor.url}/desk/search?only=open">link</a>'

    def go(page: Any) -> None:
        page.goto(stranger.url)
        with page.expect_navigation():
            page.click("#a")

    visitor.do(go)
    assert visitor.path == "/desk/search"
    assert visitor.do(lambda page: page.evaluate("() => document.referrer")) in ("", f"{stranger.url}/")


def test_nothing_that_a_script_reads_holds_a_token_or_a_key(visitor: Person) -> None:
    token = next(cookie["value"] for cookie in visitor.do(lambda page: page.context.cookies()) if cookie["name"] == "liandan")
    stored = ""
    for path in ("/desk", "/desk/keys", "/desk/search"):
        visitor.open(path)
        stored = visitor.do(lambda page: page.evaluate(STORED))
        assert token not in stored, path
        assert "extractable: true" not in stored
    assert "extractable: false" in stored, "the key is there, and cannot be read out"


def test_uploads_come_back_as_downloads(desk_served: Served, visitor: Person) -> None:
    headers = {"Authorization": f"Bearer {token_of(visitor.url, visitor.key)}"}
    content = b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF\n"
    digest = {"Content-Digest": f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"}
    sent = httpx.post(f"{desk_served.url}/v1/evidence", content=content, headers={**headers, **digest, "Content-Type": "application/pdf"})
    assert sent.status_code in (200, 201), sent.text
    answer = httpx.get(f"{desk_served.url}/v1/evidence/{sent.json()['sha256']}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"] or "default-src 'none'" in answer.headers["content-security-policy"]
    page = httpx.post(f"{desk_served.url}/v1/evidence", content=content, headers={**headers, **digest, "Content-Type": "text/html"})
    assert page.status_code >= 400, "no page is taken at all"


def test_leaving_everywhere_ends_every_session_and_keeps_the_keys(desk_served: Served, browser: Browser, people: People) -> None:
    here, there = people("clerk"), enter(desk_served, browser, "clerk")
    other = token_of(desk_served.url, here.key)

    def leave(page: Any) -> None:
        with page.expect_navigation():
            page.locator("button[name=everywhere]").click()

    here.open("/desk")
    here.do(leave)
    assert here.path == "/enter"
    there.do(lambda page: page.goto(f"{there.url}/desk"))
    assert there.path == "/enter"
    assert httpx.get(f"{desk_served.url}/v1/manifests", headers={"Authorization": f"Bearer {other}"}).status_code == 401
    kept = here.do(lambda page: page.evaluate("async () => (await indexedDB.databases()).length"))
    assert kept >= 1
    there.close()
    answer = httpx.post(f"{desk_served.url}/enter", content=challenge(desk_served.url, here.key), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200, "the key enters again"


@pytest.mark.parametrize("path", ["/desk", "/road", "/desk/search", "/enter", "/v", f"/road?q={quote('川A')}"])
def test_every_page_says_what_a_browser_may_do_with_it(desk_served: Served, visitor: Person, path: str) -> None:
    headers = {"Authorization": f"Bearer {token_of(visitor.url, visitor.key)}", "Accept": "text/html"}
    answer = httpx.get(f"{desk_served.url}{path}", headers=headers, follow_redirects=True)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.replace("'unsafe-hashes'", "")
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers
