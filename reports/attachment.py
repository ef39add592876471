"""The evidence that a PDF carries, found in its bytes without a reader of PDF: two readers may see two files, and a stream is a stream.

Nothing is decoded beyond the first bytes of a stream unless it begins as a bundle does, and then within a bound.
"""

import re
import zlib

from ledger.bundle import BUNDLE_MAX
from reports.paper.tongue import Tongue
from signing.phrase import Phrase
from signing.refusal import refuse

NAME = "liandan-bundle.json"
BUNDLE, CLAIM = b'{"liandan_bundle"', b"liandan-claim:"
"""How they begin."""
STREAMS_MAX, FOUND_MAX = 20_000, 8
"""Streams looked at (a certificate has some thirty), and those of them unpacked as evidence, the same ones again included."""
HEAD = 1024
"""Bytes of a deflated stream within which its beginning can be read: a table of Huffman codes comes first."""
LAYOUT_KEY = "/LiandanLayout"
_DAY = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LAYOUT = re.compile(rb"/LiandanLayout \(([a-z]{1,16}) ([0-9]{1,4}) (zh|en)(?: (" + _DAY + rb") (" + _DAY + rb"))?\)")
_STREAM = re.compile(rb"stream\r?\n")


def is_pdf(raw: bytes) -> bool:
    """Whether a reader would take it for a PDF."""
    return b"%PDF-" in raw[:1024]


def bundle_in(raw: bytes) -> bytes:
    """A bundle as it is, or the one that is attached to a certificate (转移证明).

    Refuses CERT_NO_BUNDLE for another PDF, CERT_LOCKED for one that is encrypted, CERT_TWO_BUNDLES for one with several.
    """
    if not is_pdf(raw):
        return raw
    found = bundles_in(raw)
    if len(found) == 1:
        return found[0]
    if found:
        raise refuse("CERT_TWO_BUNDLES", found=len(found), expected=f"1 {NAME}")
    raise refuse("CERT_LOCKED" if b"/Encrypt" in raw else "CERT_NO_BUNDLE", expected=NAME)


def bundles_in(raw: bytes) -> list[bytes]:
    """The distinct bundles in a PDF that is not encrypted; Refusal PDF_FORM for one that is built to be unpacked without end."""
    return _streams(raw, BUNDLE)


def claims_in(raw: bytes) -> list[bytes]:
    """The distinct claims in it, as they travel."""
    return [content.removeprefix(CLAIM) for content in _streams(raw, CLAIM)]


def layout_in(raw: bytes) -> tuple[str, Tongue] | None:
    """(document, language) that the file says it is; ``None`` for a file that does not say so. It decides only what it is compared with."""
    found = _LAYOUT.search(raw)
    return None if found is None else (found[1].decode(), "en" if found[3] == b"en" else "zh")


def days_in(raw: bytes) -> tuple[str, str]:
    """The days that a document says it is about (检查案卷), first and last; empty where it says none."""
    found = _LAYOUT.search(raw)
    return ("", "") if found is None or found[4] is None else (found[4].decode(), found[5].decode())


def says_layout(raw: bytes, layout: str) -> bool:
    """Whether the file says that it is this document, of this layout, in this language (``reports.documents.layout_of``)."""
    found = _LAYOUT.search(raw)
    return found is not None and b" ".join(part for part in found.groups() if part).decode() == layout


def _streams(raw: bytes, beginning: bytes) -> list[bytes]:
    found: list[bytes] = []
    unpacked = 0
    for count, start in enumerate(_STREAM.finditer(raw)):
        content = _stream_at(raw, start.end(), beginning)
        unpacked += content is not None
        if content and content not in found:
            found.append(content)
        if count == STREAMS_MAX or unpacked > FOUND_MAX:
            raise refuse(
                "PDF_FORM",
                found=Phrase(f"{count} 个数据流，其中 {unpacked} 个为证据", f"{count} streams, {unpacked} of them evidence"),
                expected=Phrase("转移证明", "a certificate"),
            )
    return found


def _stream_at(raw: bytes, start: int, beginning: bytes) -> bytes | None:
    """The stream that begins here and so, plain or deflated; ``None`` for another."""
    if raw.startswith(beginning, start):
        return raw[start : raw.find(b"\nendstream", start)].rstrip(b"\r")
    try:
        if not zlib.decompressobj().decompress(raw[start : start + HEAD], len(beginning)).startswith(beginning):
            return None
        inflater = zlib.decompressobj()
        content = inflater.decompress(raw[start:], BUNDLE_MAX)
    except zlib.error:
        return None
    if not inflater.eof:
        raise refuse(
            "PDF_FORM",
            field="stream",
            found=Phrase("被截断或过长", "cut, or too long"),
            expected=Phrase(f"至多 {BUNDLE_MAX} 字节", f"at most {BUNDLE_MAX} bytes"),
        )
    return content
