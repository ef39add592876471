"""Browsers whose camera sees what another phone shows: the film is made of the very pixels on its screen, held a little askew."""

from __future__ import annotations

import asyncio
import io
from base64 import b64decode
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from PIL import Image

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.desk.driver.world import Handset

_PIXELS = 'return document.getElementById("shower-code").toDataURL("image/png")'
REPEATED = 3


class Camera(Struct, frozen=True):
    """A browser, and the film that its camera plays."""

    thread: Executor
    chromium: Any
    film: Path

    @property
    def browser(self) -> tuple[Executor, Any]:
        """As phones are made with."""
        return self.thread, self.chromium

    def play(self, pictures: list[bytes]) -> None:
        """Let the camera see these, one after the other."""
        self.film.write_bytes(b"".join(_seen(picture) * REPEATED for picture in pictures))


_HELD_UP = """async (text) => {
  const vendor = document.querySelector("script[src*='/desk/static/']").src.replace(/(static\\/[^/]+\\/).*/, "$1vendor/lean-qr.mjs");
  const { correction, generate } = await import(vendor);
  const code = document.createElement("canvas");
  generate(text, { minCorrectionLevel: correction.L }).toCanvas(code, { pad: 4 });
  const paper = document.createElement("canvas");
  [paper.width, paper.height] = [1280, 800];
  const pen = paper.getContext("2d");
  pen.imageSmoothingEnabled = false;
  const draw = () => {
    pen.fillStyle = "#b8b0a4";
    pen.fillRect(0, 0, paper.width, paper.height);
    pen.drawImage(code, 300, 60, 680, 680);
    if (paper.isConnected || !draw.stream || draw.stream.active) setTimeout(draw, 100);
  };
  draw();
  navigator.mediaDevices.getUserMedia = async () => (draw.stream = paper.captureStream(10));
}"""


def hold_up(page: Any, text: str) -> None:
    """Let the camera of a page see a code, without a browser of its own: its pictures come from a canvas, and go the way of a camera's from there."""
    page.evaluate(_HELD_UP, text)


def _seen(picture: bytes) -> bytes:
    code = Image.open(io.BytesIO(picture)).convert("L")
    code = code.resize((code.width * 5, code.height * 5), Image.Resampling.NEAREST).rotate(3, fillcolor=255, expand=True)
    code.thumbnail((700, 700))
    frame = Image.new("RGB", (1280, 720), "#b8b0a4")
    frame.paste(code, (280, 10))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=85)
    return out.getvalue()


async def pictures_of(phone: Handset) -> list[bytes]:
    """Every code that a phone shows, as it follows one another."""
    found: dict[str, bytes] = {}
    for _ in range(40):
        url = str(await phone.run(_PIXELS))
        found.setdefault(url, b64decode(url.partition(",")[2]))
        part = str(await phone.run('return document.getElementById("shower-part").textContent'))
        if len(found) == int(part.rpartition("共 ")[2].partition(" ")[0] if "共" in part else 1):
            break
        await asyncio.sleep(0.2)
    return list(found.values())


@asynccontextmanager
async def cameras(directory: Path, count: int = 2) -> AsyncIterator[list[Camera]]:
    """Browsers of their own, for each has one film."""
    from playwright.sync_api import sync_playwright

    with ThreadPoolExecutor(1) as thread:
        loop = asyncio.get_running_loop()
        driver = await loop.run_in_executor(thread, sync_playwright().start)
        found = []
        for number in range(count):
            film = directory / f"film{number}.mjpeg"
            film.write_bytes(_seen(_blank()))
            flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]

            def launched(flags: list[str] = flags) -> Any:
                return driver.chromium.launch(executable_path=CHROMIUM, args=flags, headless=True)

            found.append(Camera(thread, await loop.run_in_executor(thread, launched), film))
        yield found
        for camera in found:
            await loop.run_in_executor(thread, camera.chromium.close)
        await loop.run_in_executor(thread, driver.stop)


def _blank() -> bytes:
    out = io.BytesIO()
    Image.new("L", (100, 100), 255).save(out, "PNG")
    return out.getvalue()
