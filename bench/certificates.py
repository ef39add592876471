"""Signed certificates from bundles, on one core and on all, with what each part costs; and files verified as ``liandan verify`` does."""

from __future__ import annotations

import asyncio
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.append import append, running_log
from bench.figures import Figure, timed
from bench.load import Load
from ledger.bundle import open_bundle
from ledger.kinds.issuer import USES
from liandan.postgres import temporary_directory
from liandan.wiring import KINDS
from reports.anchor import make_anchor
from reports.certificate import render
from reports.certificate.render import render_certificate
from reports.crew import cores, in_order
from reports.evidence import gather
from reports.issuing import Signers
from reports.paper import sheet
from reports.paper.fonts import FACE
from reports.paper.fonts import load as fonts
from reports.verify import verify_files

SECONDS = 3.0
LIVES = 8
"""Different certificates drawn in turn."""
STOCK = "Stock-"

Drawn = tuple[float, float, float, str]


FILES = 300
PARTS = ("facts_of", "sign_claim", "render_pages", "issue")
"""Functions that a certificate is made of, by the name under which ``render`` calls them."""


def measure(_manifests: int) -> Iterator[Figure]:
    """Certificates/s, beside the same lines of text drawn by the stock library; files verified/s."""
    load = Load()
    with temporary_directory() as name:
        bundles = asyncio.run(_bundles(load, Path(name)))
    signers = _signers()
    pdfs = [render_certificate(open_bundle(raw, KINDS), raw, signers) for raw in bundles]
    rate = _per_second(lambda at: render_certificate(open_bundle(bundles[at % LIVES], KINDS), bundles[at % LIVES], signers))
    opening = _per_second(lambda at: open_bundle(bundles[at % LIVES], KINDS))
    lines = _drawn(bundles[0])
    limit = _per_second(lambda _: _stock_page(lines))
    yield Figure(
        name="certificates, opened, drawn, signed, 1 core", value=rate, unit="/s", limit=limit,
        limit_is=f"its {len(lines)} texts by stock reportlab",
        note=f"{max(map(len, pdfs)) / 1024:.0f} KB; {1e3 / rate:.1f} ms: opening {1e3 / opening:.1f}, {_split(bundles, signers)}",
    )  # fmt: skip
    jobs = [bundles[at % LIVES] for at in range(FILES)]
    with timed() as seconds:
        made = list(in_order(_print, jobs, FILES, begin=_begin, given=(), preload=__name__))
    assert made == [pdfs[at % LIVES] for at in range(FILES)], "the same bytes from every process"
    yield Figure(
        name=f"certificates, the same, {cores()} cores", value=FILES / seconds(), unit="/s", limit=limit * cores(),
        limit_is="stock reportlab on as many", must=25, goal=50, note=f"{FILES} in {seconds():.1f} s, processes started included",
    )  # fmt: skip
    with temporary_directory() as name:
        paths = [Path(name) / f"{at:03}.pdf" for at in range(FILES)]
        for path, raw in zip(paths, made, strict=True):
            path.write_bytes(raw)
        anchor = make_anchor(open_bundle(bundles[0], KINDS).found)
        with timed() as seconds:
            reports = verify_files(paths, anchor)
    assert {report.verdict for report in reports} == {"good"}
    yield Figure(
        name=f"verify, {cores()} cores", value=FILES / seconds(), unit="/s", must=FILES / 20, goal=FILES / 10,
        note=f"{FILES} files in {seconds():.1f} s (at most 20)",
    )  # fmt: skip


def _signers() -> Signers:
    return {key.keyid: key.sign for key in map(Load().issuer, USES)}


_held: list[Signers] = []
"""What a process of the crew signs with."""


def _begin() -> None:
    _held[:] = [_signers()]


def _print(raw: bytes) -> bytes:
    return render_certificate(open_bundle(raw, KINDS), raw, _held[0])


def _split(bundles: list[bytes], signers: Signers) -> str:
    """Milliseconds of each part of a certificate; attaching and saving is what ``issue`` takes beside the signature."""
    spent: Counter[str] = Counter()

    def counted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            start = time.process_time()
            try:
                return work(*arguments, **options)
            finally:
                spent[name] += time.process_time() - start

        return run

    timed_signers = {name: counted("sign", sign) for name, sign in signers.items()}
    opened = [open_bundle(raw, KINDS) for raw in bundles]
    with ExitStack() as patches:
        for name in PARTS:
            patches.enter_context(patch.object(render, name, counted(name, getattr(render, name))))
        for bundle, raw in zip(opened * 10, bundles * 10, strict=True):
            render_certificate(bundle, raw, timed_signers)
    each = {name: 1e3 * seconds / len(opened) / 10 for name, seconds in spent.items()}
    saving = each["issue"] + each["sign_claim"] - each["sign"]
    return f"facts {each['facts_of']:.1f}, pages {each['render_pages']:.1f}, attach+save {saving:.1f}, sign {each['sign']:.1f}"


async def _bundles(load: Load, directory: Path) -> list[bytes]:
    async with running_log(load, directory) as log:
        await append(log, [*load.setup(), *load.issuers()], load.now_s)
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
    """Every text of a certificate as it is drawn: size, place, characters."""
    texts: list[Drawn] = []
    shown = sheet._shown

    def noting(canvas: Canvas, size: float, x: float, y: float, text: str) -> str:
        texts.append((size, x, y, text))
        return shown(canvas, size, x, y, text)

    with patch.object(sheet, "_shown", noting):
        render_certificate(open_bundle(raw, KINDS), raw)
    return texts


@cache
def _stock_font() -> str:
    """The font file as reportlab itself reads and embeds it, by its name there."""
    pdfmetrics.registerFont(TTFont(STOCK + FACE, fonts().face.filename, asciiReadable=0))
    return STOCK + FACE


def _stock_page(texts: list[Drawn]) -> bytes:
    """The same texts through ``drawString``, with the same font cut and embedded; nothing laid out, verified or attached."""
    face = _stock_font()
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    for size, x, y, text in texts:
        canvas.setFont(face, size)
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
