"""pdf.js, the reader of PDF in Firefox, for the tests alone: one package of npm, pinned by version and checksum, kept outside the checkout.

``python -m tests.browser.pdfjs`` fetches it, once; ``make test`` does so first. Where npm, the network or a browser is missing it says so,
and so do the tests. Its build runs in Chromium: in Node it asks for a newer one than many machines have.
"""

from __future__ import annotations

import io
import sys
from base64 import b64decode, b64encode
from collections import Counter
from typing import Any

from msgspec import Struct
from PIL import Image

from tests.browser.conftest import CHROMIUM, Browser, Desk
from tests.browser.package import Package

PACKAGE = Package(
    name="pdfjs-dist",
    version="6.5.438",
    integrity="vg8Pw1x+AFKy4AMDvhuWl5cOYV8d698UoEANoFFhc79hqXDnZQqnOXoxw3HG907WHOg1JYOvLhP756boddFxpA==",
    parts=("LICENSE", "build/pdf.min.mjs", "build/pdf.worker.min.mjs"),
    kept_as="pdfjs",
)
SCALE = 2.0
"""Pixels a point of the pictures."""
_READ = """async ([raw, scale, pictures]) => {
  const data = Uint8Array.from(atob(raw), (character) => character.charCodeAt(0));
  const document_ = await pdfjsLib.getDocument({ data }).promise;
  const pages = [];
  for (let number = 1; number <= document_.numPages; number++) {
    const page = await document_.getPage(number);
    const text = (await page.getTextContent()).items.map((item) => item.str + (item.hasEOL ? "\\n" : "")).join("");
    let picture = "";
    if (number <= pictures) {
      const viewport = page.getViewport({ scale });
      const canvas = Object.assign(document.createElement("canvas"), { width: viewport.width, height: viewport.height });
      await page.render({ canvas, viewport }).promise;
      picture = canvas.toDataURL("image/png").split(",")[1];
    }
    pages.push([text, picture]);
  }
  await document_.loadingTask.destroy();
  return pages;
}"""


def missing() -> str:
    """What keeps pdf.js from being asked, in words; empty when it can be."""
    if CHROMIUM is None:
        return "no Chromium on this machine: pdf.js was not asked（本机没有 Chromium，未用 pdf.js 核对）"
    if not PACKAGE.is_there:
        return "pdf.js is not there: python -m tests.browser.pdfjs fetches it with npm（没有 pdf.js，未核对）"
    return ""


class Shown(Struct, frozen=True):
    """A page as pdf.js shows it."""

    text: str
    picture: Image.Image | None

    @property
    def characters(self) -> Counter[str]:
        """What stands on it, in whatever order; spaces are a reader's guess."""
        return Counter("".join(self.text.split()))


def open_reader(browser: Browser) -> Desk:
    """A blank page without network that has pdf.js, both of its halves in one thread."""
    desk = browser.open("about:blank")

    def load(page: Any) -> None:
        for part in PACKAGE.parts[1:]:
            page.add_script_tag(path=str(PACKAGE.folder / part), type="module")
        page.wait_for_function("() => globalThis.pdfjsLib && globalThis.pdfjsWorker")

    desk.do(load)
    return desk


def read(desk: Desk, pdf: bytes, pictures: int = 0) -> list[Shown]:
    """Every page of a document; pictures of the first so many, ``SCALE`` pixels a point."""
    pages = desk.do(lambda page: page.evaluate(_READ, [b64encode(pdf).decode(), SCALE, pictures]))
    return [Shown(text, Image.open(io.BytesIO(b64decode(picture))) if picture else None) for text, picture in pages]


if __name__ == "__main__":
    if said := PACKAGE.fetch():
        print(said, file=sys.stderr)  # noqa: T201  # a step of make
