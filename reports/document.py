"""Reading a PDF we printed: its attachment, its layout version, and whether two documents show the same pages.

Pages are compared as object trees with decoded streams: text, fonts, graphics, annotations, everything a viewer would draw. So a document
that was merely saved again stays equal, and one whose visible page was changed in any way does not.
"""

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pikepdf

from ledger.bundle import BUNDLE_MAX
from signing.refusal import Refusal, refuse

STREAM_MAX = BUNDLE_MAX
"""Decoded bytes of one stream: a small file cannot make us inflate a big one."""

_SHOWN = ("/Title", "/Subject", "/Author", "/Keywords")
"""Of the document information: what stands in the window and in lists of files. Whoever saves it again may sign as its producer."""

_UNSEEN = frozenset({"/Pages", "/Extensions", "/Version"})
"""Of the root: the pages, which are compared one by one, and the version of PDF, which changes when the file is saved with a password."""


class Document:
    """An opened PDF. Every method raises Refusal PDF_FORM for whatever is none, and nothing else."""

    def __init__(self, raw: bytes) -> None:
        with _reading():
            self._pdf = pikepdf.open(io.BytesIO(raw))
            self.page_count = len(self._pdf.pages)
            self.is_locked = bool(self._pdf.is_encrypted)
            """Whether it has an owner password. One that must be typed before reading makes it PDF_FORM."""

    def attachment(self, name: str) -> bytes | None:
        """The content of an embedded file, or None if there is none of this name."""
        with _reading():
            return _decoded(self._pdf.attachments[name].obj.EF.F) if name in self._pdf.attachments else None

    def info(self, key: str) -> str:
        """An entry of the document information, or the empty string."""
        with _reading():
            return str(self._pdf.docinfo.get(key, "")) if "/Info" in self._pdf.trailer else ""

    def page_digests(self) -> list[bytes]:
        """One digest per page over everything it draws."""
        with _reading():
            return [_digest(page.obj, frozenset({"/Parent"})) for page in self._pdf.pages]

    def frame_digest(self) -> bytes:
        """Digest of the document beside its pages: actions, forms, layers, embedded files, and the names that a viewer shows."""
        shown = "\n".join(self.info(key) for key in _SHOWN).encode()
        with _reading():
            return sha256(_digest(self._pdf.Root, _UNSEEN) + shown).digest()


@contextmanager
def _reading() -> Iterator[None]:
    """What a damaged or hostile file makes the library raise, as one refusal (RecursionError is a RuntimeError)."""
    try:
        yield
    except (pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise _wrong(error) from None


def _digest(root: Any, skipped: frozenset[str]) -> bytes:
    return sha256(_Shape(skipped).of(root)).digest()


class _Shape:
    """A canonical text of an object tree; references are followed once each, in order of visit."""

    def __init__(self, skipped: frozenset[str]) -> None:
        self._skipped = skipped
        self._seen: dict[tuple[int, int], int] = {}

    def of(self, value: Any) -> bytes:
        """The text of one value."""
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            if value.objgen in self._seen:
                return b"#%d" % self._seen[value.objgen]
            self._seen[value.objgen] = len(self._seen)
        if isinstance(value, pikepdf.Stream):
            return b"S" + self._dictionary(value, {"/Length", "/Filter", "/DecodeParms"}) + b"%" + sha256(_decoded(value)).digest()
        if isinstance(value, pikepdf.Dictionary):
            return self._dictionary(value, set())
        if isinstance(value, pikepdf.Array):
            return b"[" + b" ".join(self.of(item) for item in value) + b"]"
        if isinstance(value, pikepdf.String):
            return b"(" + bytes(value).hex().encode() + b")"
        return repr(value).encode()

    def _dictionary(self, value: Any, extra: set[str]) -> bytes:
        keys = sorted(set(value.keys()) - self._skipped - extra)
        return b"<" + b" ".join(key.encode() + b" " + self.of(value[key]) for key in keys) + b">"


def _decoded(stream: Any) -> bytes:
    """A stream's content; only the filters we write ourselves are decoded, within STREAM_MAX bytes."""
    raw: bytes = stream.read_raw_bytes()
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [] if filters is None else [str(filters)]
    if not names:
        return raw
    if names != ["/FlateDecode"] or "/DecodeParms" in stream:
        return b"?" + repr(names).encode() + raw
    try:
        inflater = zlib.decompressobj()
        content = inflater.decompress(raw, STREAM_MAX)
    except zlib.error as error:
        raise _wrong(error) from None
    if inflater.unconsumed_tail:
        raise refuse("PDF_FORM", field="stream", found=f"more than {STREAM_MAX} bytes", expected="a certificate")
    return content


def _wrong(error: object) -> Refusal:
    """The reader's words without the address of its buffer, which is another each time."""
    said = re.sub(r"(?:stream )?<_io\.BytesIO [^>]*>:? ?", "", str(error))
    return refuse("PDF_FORM", found=said[:100], expected="an undamaged PDF")
