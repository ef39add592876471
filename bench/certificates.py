"""Certificates from bundles on one core: open and verify the evidence, lay out, draw, attach."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.append import append, running_log
from bench.figures import Figure
from bench.load import Load
from ledger.bundle import open_bundle
from liandan.postgres import temporary_directory
from liandan.wiring import KINDS
from reports.certificate.render import render_certificate
from reports.evidence import gather
from reports.paper import sheet
from reports.paper.fonts import load as fonts

SECONDS = 3.0
LIVES = 8
"""Different certificates drawn in turn."""
STOCK = "Stock-"

Drawn = tuple[str, float, float, float, str]


def measure(_manifests: int) -> Iterator[Figure]:
    """Certificates/s, beside the same lines of text drawn by the stock library."""
    load = Load()
    with temporary_directory() as name:
        bundles = asyncio.run(_bundles(load, Path(name)))
    table = KINDS
    pdfs = [render_certificate(open_bundle(raw, table), raw) for raw in bundles]
    rate = _per_second(lambda at: render_certificate(open_bundle(bundles[at % LIVES], table), bundles[at % LIVES]))
    opening = _per_second(lambda at: open_bundle(bundles[at % LIVES], table))
    lines = _drawn(bundles[0])
    limit = _per_second(lambda _: _stock_page(lines))
    yield Figure(
        name="certificates, evidence opened, drawn, attached", value=rate, unit="/s", limit=limit,
        limit_is=f"its {len(lines)} texts by stock reportlab", must=25, goal=50,
        note=f"{max(map(len, pdfs)) / 1024:.0f} KB; {1e3 / rate:.1f} ms each, of it {1e3 / opening:.1f} verifying",
    )  # fmt: skip


async def _bundles(load: Load, directory: Path) -> list[bytes]:
    async with running_log(load, directory) as log:
        await append(log, list(load.setup()), load.now_s)
        lives = [load.manifest(number) for number in range(LIVES)]
        await append(log, [raw for life in lives for raw in life], load.now_s)
        head = await log.head()
        assert head is not None
        assert await log.publisher.wait_for(head.size, 60) is not None
        return [await gather(log, load.chain_of(number)) for number in range(LIVES)]


def _per_second(work: Callable[[int], Any]) -> float:
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        work(done)
        done += 1
    return done / spent


def _drawn(raw: bytes) -> list[Drawn]:
    """Every text of a certificate as it is drawn: face, size, place, characters."""
    texts: list[Drawn] = []
    shown = sheet._shown

    def noting(canvas: Canvas, face: str, size: float, x: float, y: float, text: str) -> str:
        texts.append((face, size, x, y, text))
        return shown(canvas, face, size, x, y, text)

    with patch.object(sheet, "_shown", noting):
        render_certificate(open_bundle(raw, KINDS), raw)
    return texts


@cache
def _stock_fonts() -> None:
    """Both font files as reportlab itself reads and embeds them."""
    for face, font in fonts().items():
        pdfmetrics.registerFont(TTFont(STOCK + face, font.face.filename, asciiReadable=0))


def _stock_page(texts: list[Drawn]) -> bytes:
    """The same texts through ``drawString``, with the same fonts cut and embedded; nothing laid out, verified or attached."""
    _stock_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    for face, size, x, y, text in texts:
        canvas.setFont(STOCK + face, size)
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
