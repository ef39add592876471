"""A paper with a claim in its code, and the code as a picture and as what a camera sees."""

import asyncio
import io
from functools import cache

import segno
from PIL import Image

from ledger.bundle import open_bundle
from reports.attachment import claims_in
from reports.certificate.render import render_certificate
from reports.claim import parse_claim
from reports.kinds import all_kinds
from tests.reports.story import Story


@cache
def claimed() -> tuple[bytes, str, str]:
    """A certificate with a claim, the address in its code, and the pin."""
    story = Story()
    keys = [story.issuer(), story.issuer("claim")]
    story.ordinary(123)
    raw = asyncio.run(story.bundle(123))
    pdf = render_certificate(open_bundle(raw, all_kinds()), raw, {key.keyid: key.sign for key in keys})
    [claim] = claims_in(pdf)
    return pdf, parse_claim(claim.decode()).address("log.example/liandan-test"), story.bench.found


def code_picture(text: str, scale: int = 4) -> bytes:
    """A square code as PNG."""
    picture = io.BytesIO()
    segno.make_qr(text).save(picture, kind="png", scale=scale, border=4)
    return picture.getvalue()


def seen_by_a_camera(text: str) -> bytes:
    """Motion JPEG of a code that is held a little askew."""
    code = Image.open(io.BytesIO(code_picture(text))).convert("L").rotate(4, fillcolor=255, expand=True)
    frame = Image.new("RGB", (640, 480), "#b8b0a4")
    code.thumbnail((440, 440))
    frame.paste(code, (90, 20))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=85)
    return out.getvalue() * 4
