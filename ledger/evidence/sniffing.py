"""What the first bytes of a file say it is, against what its sender says: no more than that is ever looked at (formats §7).

A table of signatures instead of a library: those rank guesses by likelihood and follow names of files, and what is needed here is one answer
that stays the same for ever, of the two dozen sorts of file that accompany a transfer. Nothing is unpacked, parsed or shown: a family is
told from at most ``HEAD_BYTES`` bytes, and types of one container (a ZIP: XLSX, DOCX, OFD) are one family. Sources: the formats' own
specifications (ISO 32000-1 §7.5.2, ITU-T T.81 B.1.1.3, PNG §5.2, RFC 1952 §2.3, APPNOTE 4.3.7, MS-CFB 2.2, ISO 14496-12 §4.3, TIFF 6.0).
"""

from collections.abc import Mapping

from signing.phrase import Phrase

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
_FTYP = {
    b"heic": "heif", b"heix": "heif", b"hevc": "heif", b"mif1": "heif", b"msf1": "heif", b"avif": "avif", b"qt  ": "mov",
}  # fmt: skip
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),  # An archive without files.
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"{\\rtf", "rtf"),
    (b"ID3", "mp3"),
    (b"#!AMR", "amr"),
    (b"\x7fELF", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
)
_PDF_WITHIN = 1024  # Readers accept a header that begins so late (ISO 32000-1, Annex H.3, note 13).
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # Of UTF-16, whose texts hold zeros.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
FAMILIES: Mapping[str, str] = {
    "application/pdf": "pdf", "image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tiff",
    "image/bmp": "bmp", "image/heic": "heif", "image/heif": "heif", "image/avif": "avif", "video/mp4": "mp4", "video/3gpp": "mp4",
    "audio/mp4": "mp4", "video/quicktime": "mov", "audio/mpeg": "mp3", "audio/amr": "amr", "audio/wav": "wav", "application/zip": "zip",
    f"{_OFFICE}wordprocessingml.document": "zip", f"{_OFFICE}spreadsheetml.sheet": "zip", f"{_OFFICE}presentationml.presentation": "zip",
    "application/vnd.oasis.opendocument.text": "zip", "application/vnd.oasis.opendocument.spreadsheet": "zip", "application/ofd": "zip",
    "application/vnd.google-earth.kmz": "zip", "application/msword": "ole", "application/vnd.ms-excel": "ole",
    "application/vnd.ms-powerpoint": "ole", "application/gzip": "gzip", "application/x-7z-compressed": "7z", "application/vnd.rar": "rar",
    "application/rtf": "rtf", "text/rtf": "rtf", "text/plain": "text", "text/csv": "text", "text/html": "text", "text/xml": "text",
    "application/xml": "text", "application/json": "text", "application/gpx+xml": "text", "application/geo+json": "text",
    "application/vnd.google-earth.kml+xml": "text", "image/svg+xml": "text",
}  # fmt: skip
"""Media types that are known, each with the family its bytes must be of. OFD is GB/T 33190."""
_SUFFIXES: Mapping[str, str] = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tif",
    "image/bmp": "bmp", "image/heic": "heic", "image/heif": "heif", "image/avif": "avif", "video/mp4": "mp4", "video/3gpp": "3gp",
    "audio/mp4": "m4a", "video/quicktime": "mov", "audio/mpeg": "mp3", "audio/amr": "amr", "audio/wav": "wav", "application/zip": "zip",
    f"{_OFFICE}wordprocessingml.document": "docx", f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx", "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods", "application/ofd": "ofd", "application/vnd.google-earth.kmz": "kmz",
    "application/msword": "doc", "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt", "application/gzip": "gz",
    "application/x-7z-compressed": "7z", "application/vnd.rar": "rar", "application/rtf": "rtf", "text/rtf": "rtf", "text/plain": "txt",
}  # fmt: skip
_SAID: Mapping[str, Phrase] = {
    "text": Phrase("文本", "a text"),
    "binary": Phrase("无法识别的二进制内容", "bytes of no sort that is known here"),
    "program": Phrase("可执行程序", "a program"),
    "ole": Phrase("Office 97–2003 文件（OLE2）", "an Office 97–2003 file (OLE2)"),
    "zip": Phrase("ZIP 类文件（含 XLSX、DOCX、OFD）", "a ZIP (XLSX, DOCX and OFD are such)"),
}


def family_of(head: bytes) -> str:
    """Which sort of file begins with these bytes (the first ``HEAD_BYTES``, or all there are): ``binary`` or ``text`` without a signature."""
    for beginning, family in _BEGINNINGS:
        if head.startswith(beginning):
            return family
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "webp" if head[8:12] == b"WEBP" else "wav"
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12], "mp4")
    if head[:2] == b"BM" and head[6:10] == bytes(4):  # two reserved fields, which are 0
        return "bmp"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):  # a frame of MPEG audio without ID3
        return "mp3"
    if head[:2] == b"MZ" and head.translate(None, _CONTROLS) != head:
        return "program"
    return "text" if head.startswith(_MARKS) or head.translate(None, _CONTROLS) == head else "binary"


def lie_in(declared: str, head: bytes) -> Phrase | None:
    """What the bytes are where a media type says something else; ``None`` where the two agree, or nothing here can tell.

    ``application/octet-stream`` says nothing and is true of everything (RFC 2046 §4.5.1). A type that the table does not know is believed
    as long as the bytes are of no sort that it knows.
    """
    found = family_of(head)
    if declared == UNKNOWN:
        return None
    wanted = FAMILIES.get(declared)
    if found == wanted or (wanted is None and found in ("text", "binary")):
        return None
    return _SAID.get(found) or Phrase(f"{found.upper()} 文件", f"a {found.upper()} file")


def served_as(declared: str, head: bytes) -> str:
    """The media type that a file goes out with, always one of the table: a text is a plain one, whatever it was called."""
    family = family_of(head)
    if family == "text":
        return "text/plain"
    return declared if FAMILIES.get(declared) == family else UNKNOWN


def suffix_of(served: str) -> str:
    """The ending of a file's name by the media type that it goes out with; ``bin`` where nothing is known."""
    return _SUFFIXES.get(served, "bin")
