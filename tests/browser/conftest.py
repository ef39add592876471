"""A browser with the page open from disk, and a record of everything that it asked the network for."""

import os
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, field

from ledger.bundle import Bundle
from liandan.verify_page import PAGE
from reports.documents import render
from reports.issuing import Signers
from reports.paper.tongue import Tongue
from tests.browser.papers import claimed, seen_by_a_camera

CHROMIUM = os.environ.get("LIANDAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
UNWANTED = [
    # The address bar's pop-ups are pages of their own, each in a process, made for every window though nobody sees one: two thirds of the work
    # of opening a page. So is the process that waits for a page of another site.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled", "PreloadTopChromeWebUI", "SpareRendererForSitePerProcess",
    # What Playwright itself disables: only the last such flag counts.
    "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "TcpPortRandomizationWin", "ThirdPartyStoragePartitioning",
]  # fmt: skip
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    f"--disable-features={','.join(UNWANTED)}",
]
BYTES_OF = """const bytesOf = (raw) => {
  const text = atob(raw);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
};"""
"""What base64 says, in a fortieth of the time that ``Uint8Array.from`` takes for it."""
_ASK = (
    f"async ([raw, pins]) => {{{BYTES_OF}"
    """
  const bytes = bytesOf(raw);
  const { bundle, names, then, trip, claim, acts, signed, ...report } = await window.liandan.verifyBytes(bytes, "c.pdf", pins);
  return report;
}"""
)

_ASK_TOGETHER = (
    f"async ([files, pins]) => {{{BYTES_OF}"
    """
  const reports = [];
  const told = ({ bundle, names, then, trip, claim, acts, signed, statement, ...report }) => reports.push(report);
  await window.liandan.verifyTogether(files.map(({ name, raw }) => ({ name, raw: bytesOf(raw) })), pins, null, [], told, () => {});
  return reports;
}"""
)
_ASK_CLAIM = (
    f"async ([text, pins, raw]) => {{{BYTES_OF}"
    """
  const bytes = raw && bytesOf(raw);
  const opened = bytes && (await window.liandan.verifyBytes(bytes, "b.json", pins));
  if (opened && opened.findings.length) throw new Error(JSON.stringify(opened.findings));
  const { claim, ...report } = await window.liandan.verifyClaim(text, pins, opened ? window.liandan.issuersTold(opened) : []);
  return report;
}"""
)

_WITHOUT_ED25519 = """() => {
  const native = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (form, key, name, ...more) =>
    name === "Ed25519" ? Promise.reject(new DOMException("none", "NotSupportedError")) : native(form, key, name, ...more);
}"""

_REMEMBER = """() => {
  const named = new TextDecoder("latin1");
  const keys = new Map();
  for (const name of ["digest", "verify"]) {
    const asked = crypto.subtle[name].bind(crypto.subtle);
    const kept = new Map();
    crypto.subtle[name] = (...given) => {
      const part = (one) => {
        if (ArrayBuffer.isView(one)) return `${one.byteLength} ${named.decode(one)}`;
        if (!(one instanceof CryptoKey)) return JSON.stringify(one);
        if (!keys.has(one)) keys.set(one, keys.size);
        return keys.get(one);
      };
      const question = given.map(part).join("|");
      if (!kept.has(question)) kept.set(question, asked(...given));
      return kept.get(question).then((answer) => (name === "digest" ? answer.slice() : answer));
    };
  }
}"""


def codes(report: dict[str, Any], part: str) -> tuple[str, ...]:
    """Codes of the page's findings or notes."""
    return tuple(one["code"] for one in report[part])


class Desk(Struct, kw_only=True):
    """The open page. The driver lives in a thread of its own: it keeps an event loop running, and other tests run theirs."""

    thread: Executor
    page: Any
    asked: list[str] = field(default_factory=list)
    """Addresses that the page asked for."""
    complaints: list[str] = field(default_factory=list)
    """Of the browser: broken policy, errors of scripts."""

    def do(self, work: Callable[[Any], Any]) -> Any:
        """Do something with the page, in the driver's thread."""
        return self.thread.submit(work, self.page).result()

    def verify(self, raw: bytes, found: str = "", vkeys: tuple[str, ...] = (), policy: str = "") -> dict[str, Any]:
        """The page's report about bytes, by the pins given."""
        given = [b64encode(raw).decode(), {"found": found, "vkeys": list(vkeys), "policy": policy}]
        report: dict[str, Any] = self.do(lambda page: page.evaluate(_ASK, given))
        return report

    def verify_together(self, files: Mapping[str, bytes], pins: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The page's reports about files that lie together."""
        given = [{"name": name, "raw": b64encode(raw).decode()} for name, raw in files.items()]
        reports: list[dict[str, Any]] = self.do(lambda page: page.evaluate(_ASK_TOGETHER, [given, dict(pins)]))
        return reports

    def claim(self, text: str, pins: Mapping[str, Any], bundle: bytes | None = None) -> dict[str, Any]:
        """The page's report about a claim, by the keys that a bundle tells."""
        given = [text, dict(pins), None if bundle is None else b64encode(bundle).decode()]
        report: dict[str, Any] = self.do(lambda page: page.evaluate(_ASK_CLAIM, given))
        return report

    def refuse_ed25519(self) -> None:
        """Make the browser an old one (Chromium 109), whose WebCrypto lacks Ed25519."""
        self.do(lambda page: page.evaluate(_WITHOUT_ED25519))

    def remember(self) -> None:
        """Let the browser compute each digest and check each signature once: of many forgeries of one log nearly all are those of the log."""
        self.do(lambda page: page.evaluate(_REMEMBER))

    def show(self, raw: bytes | Path, name: str = "c.pdf", mime: str = "application/pdf") -> str:
        """Choose a file as people do, from memory or, where it is large, from disk; the verdict of its answer."""

        def choose(page: Any) -> str:
            before = page.locator("article").count()
            page.set_input_files("#files", raw if isinstance(raw, Path) else {"name": name, "mimeType": mime, "buffer": raw})
            page.wait_for_function(
                "count => document.querySelectorAll('article').length > count && !document.body.matches('.busy')", arg=before
            )
            return str(page.locator("article").first.get_attribute("data-verdict"))

        return str(self.do(choose))

    def pin(self, text: str) -> str:
        """Keep a pin; what the page answers."""

        def keep(page: Any) -> str:
            page.evaluate("document.getElementById('pins').open = true")
            page.fill("#pin-text", text)
            page.click("#pin-form button[type=submit]")
            page.wait_for_function("() => document.getElementById('pin-answer').textContent !== ''")
            return str(page.text_content("#pin-answer"))

        return str(self.do(keep))


class Browser(Struct):
    """The running Chromium."""

    thread: Executor
    chromium: Any
    kept: dict[str, Desk] = field(default_factory=dict)

    def fresh(self, name: str) -> Desk:
        """The page of that name as it is when it is opened from disk the first time, in a third of the work: nothing kept, nothing asked."""
        if (found := self.kept.get(name)) is None:
            found = self.kept[name] = self.open(PAGE.as_uri())
            return found
        found.do(lambda page: page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }"))
        found.do(lambda page: page.goto(PAGE.as_uri()))
        found.asked.clear()
        found.complaints.clear()
        return found

    def open(self, address: str, **options: Any) -> Desk:
        """A fresh page without network."""
        return self.thread.submit(self._open, address, options).result()

    def _open(self, address: str, options: dict[str, Any]) -> Desk:
        context = self.chromium.new_context(**{"offline": True, **options})
        desk = Desk(thread=self.thread, page=context.new_page())
        desk.page.on("request", lambda request: desk.asked.append(request.url))
        desk.page.on("console", lambda message: desk.complaints.append(message.text) if message.type in ("error", "warning") else None)
        desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        desk.page.goto(address)
        return desk

    def close(self, desk: Desk) -> None:
        """Close a page with its storage."""
        desk.do(lambda page: page.context.close())


BROWSER = pytest.StashKey[Browser]()


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Chromium, whose camera sees a code; skipped in words where there is none. One for a whole process, whichever modules name this fixture:
    to pytest it is another fixture in each."""
    stash = request.config.stash
    if BROWSER not in stash:
        if CHROMIUM is None:
            pytest.skip("no Chromium on this machine: the verification page was not tested（本机没有 Chromium，核验页未测试）")
        film = tmp_path_factory.mktemp("camera") / "code.mjpeg"
        film.write_bytes(seen_by_a_camera(claimed()[1]))
        kept = ExitStack()
        stash[BROWSER] = kept.enter_context(launched(film))
        request.config.add_cleanup(kept.close)
    return stash[BROWSER]


@contextmanager
def launched(film: Path) -> Iterator[Browser]:
    """Chromium with that film before its camera, driven in a thread of its own."""
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
    with ThreadPoolExecutor(1) as thread:
        driver = thread.submit(sync_playwright().start).result()
        chromium = thread.submit(driver.chromium.launch, executable_path=CHROMIUM, args=flags, headless=True).result()
        yield Browser(thread, chromium)
        thread.submit(chromium.close).result()
        thread.submit(driver.stop).result()


@pytest.fixture
def desk(browser: Browser) -> Desk:
    """The page, opened from disk."""
    return browser.fresh("one test")


@pytest.fixture(scope="module")
def shared_desk(browser: Browser) -> Desk:
    """One page for many files."""
    found = browser.fresh("many files")
    found.remember()
    return found


@pytest.fixture(scope="module")
def printed_once() -> Iterator[None]:
    """What evidence and the signatures that a file brings print depends on nothing else, and most forgeries have the evidence of the paper
    that was forged, or are asked about by several pins."""
    printed: dict[Any, bytes] = {}

    def kept(name: str, bundle: Bundle, raw: bytes, signers: Signers, tongue: Tongue, days: tuple[str, str]) -> bytes:
        key = (name, raw, tuple((keyid, sign(b"")) for keyid, sign in signers.items()), tongue, days)
        if key not in printed:
            printed[key] = render(name, bundle, raw, signers, tongue, days)
        return printed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.verify.render", kept)
        yield
