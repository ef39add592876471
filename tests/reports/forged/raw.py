"""Forging in the bytes: revisions appended, cross references that lie, objects defined twice. Nothing here reads what it writes."""

import re
import zlib

_PLACE = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj")


def stream(content: bytes, entries: bytes = b"", length: int | None = None) -> bytes:
    """A stream object's value; ``length`` lies where it is given."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content) if length is None else length, content)


def packed(content: bytes, entries: bytes = b"") -> bytes:
    """A deflated stream."""
    return stream(zlib.compress(content), entries + b"/Filter/FlateDecode")


def page_text(text: bytes) -> bytes:
    """A page's content that shows other figures."""
    return packed(b"BT /F1 24 Tf 72 700 Td (" + text + b") Tj ET")


def numbers(raw: bytes) -> list[int]:
    """Numbers of the objects that stand in the file outside object streams."""
    return [int(found) for found in _OBJECT.findall(raw)]


def start_of(raw: bytes) -> int:
    """Where the newest cross references begin."""
    found = _PLACE.search(raw)
    assert found is not None
    return int(found[1])


def revision(raw: bytes, objects: dict[int, bytes], *, prev: bool = True, root: int | None = None, at: int | None = None) -> bytes:
    """With an incremental update that defines these objects (ISO 32000-1 §7.5.6), found by a classic table."""
    out = raw if raw.endswith(b"\n") else raw + b"\n"
    places: dict[int, int] = {}
    for number, value in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    out += b"".join(b"%d 1\n%010d 00000 n \n" % item for item in sorted(places.items()))
    catalogue = root_of(raw) if root is None else root
    back = b"/Prev %d" % start_of(raw) if prev else b""
    size = max([*numbers(raw), *objects]) + 1
    return out + b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, catalogue, back, table if at is None else at)


def root_of(raw: bytes) -> int:
    """Number of the catalogue."""
    found = re.findall(rb"/Root (\d+) 0 R", raw)
    assert found
    return int(found[-1])


def replaced(raw: bytes, old: bytes, new: bytes, *, count: int = 1) -> bytes:
    """One run of bytes for another, which must be there."""
    assert old in raw, old
    return raw.replace(old, new, count)


def padded(raw: bytes, old: bytes, new: bytes) -> bytes:
    """The same without moving what stands behind it."""
    assert len(new) <= len(old)
    return replaced(raw, old, new.ljust(len(old)))
