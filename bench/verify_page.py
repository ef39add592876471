"""The verification page in Chromium: time per certificate and per bundle, by WebCrypto and by the vendored Ed25519 of old browsers."""

from __future__ import annotations

import asyncio
import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench import certificates
from bench.figures import Figure
from bench.load import Load
from ledger.bundle import open_bundle
from liandan.postgres import temporary_directory
from liandan.verify_page import PAGE
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds

ROUNDS = 20
CHROMIUM = os.environ.get("LIANDAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
_TIMES = """async ([raw, rounds]) => {
  const bytes = Uint8Array.from(atob(raw), (character) => character.charCodeAt(0));
  const times = [];
  for (let at = 0; at < rounds; at += 1) {
    const start = performance.now();
    const report = await window.liandan.verifyBytes(bytes, "c.pdf");
    if (report.verdict !== "unpinned") throw new Error(JSON.stringify(report.findings));
    times.push(performance.now() - start);
  }
  return times;
}"""
_WITHOUT_ED25519 = """() => {
  const native = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (form, key, name, ...more) =>
    name === "Ed25519" ? Promise.reject(new DOMException("none", "NotSupportedError")) : native(form, key, name, ...more);
}"""


def measure(_manifests: int) -> Iterator[Figure]:
    """Files/s; the first of each row is cold: keys are loaded, scripts compiled. Nothing where there is no Chromium."""
    if CHROMIUM is None:
        print("no Chromium: the verification page was not measured（本机没有 Chromium，未测核验页）")
        return
    with temporary_directory() as name:
        [bundle, *_] = asyncio.run(certificates._bundles(Load(), Path(name)))
    pdf = render_certificate(open_bundle(bundle, all_kinds()), bundle)
    for what, raw, is_old in (("certificate", pdf, False), ("bundle", bundle, False), ("certificate, browser without Ed25519", pdf, True)):
        first, *rest = _times(raw, is_old)
        mean = sum(rest) / len(rest)
        yield Figure(
            name=f"verify.html, {what}", value=1000 / mean, unit="/s", must=1, goal=20,
            note=f"{len(raw) / 1024:.0f} KB; {mean:.0f} ms each, the first {first:.0f} ms",
        )  # fmt: skip


def _times(raw: bytes, is_old: bool) -> list[float]:
    """Milliseconds of each round on a fresh page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page: Any = browser.new_context(offline=True).new_page()
        page.goto(PAGE.as_uri())
        if is_old:
            page.evaluate(_WITHOUT_ED25519)
        times: list[float] = page.evaluate(_TIMES, [b64encode(raw).decode(), ROUNDS])
        browser.close()
    return times
