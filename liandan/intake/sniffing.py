"""What a file is, by its first bytes: its name says what somebody called it. Archives are bounded before anything in them is read."""

from __future__ import annotations

import io
import zipfile

from liandan.intake.model import FileSort
from signing.phrase import Phrase, Word
from signing.refusal import Reason, Refusal

FILE_MAX = 16 * 1024 * 1024
UNPACKED_MAX = 96 * 1024 * 1024
"""Bytes of a workbook unpacked: 20,000 rows with the longest keys have somewhat less."""
MEMBERS_MAX = 400
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")
_HTML = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")
_BEGINNING = 4096


def unreadable(cause: str, found: Word = "", **places: Word) -> Refusal:
    """INTAKE_FILE for a cause of its own."""
    return Refusal([Reason(code="INTAKE_FILE", found=found, cause=cause, places=places)])


def sort_of(raw: bytes) -> FileSort:
    """What the bytes are; Refusal INTAKE_FILE with how to bring what is none of the sorts that are read."""
    if len(raw) > FILE_MAX:
        raise unreadable("LARGE", f"{len(raw)}", most=f"{FILE_MAX // 1024 // 1024} MB")
    if not raw.strip(b"\x00\r\n\t "):
        raise unreadable("EMPTY")
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"PK\x05\x06"):
        return _sort_of_archive(raw)
    if raw.startswith(_OLE):
        return _sort_of_ole(raw)
    start = raw[:_BEGINNING].lstrip(b"\xef\xbb\xbf\x00\xff\xfe \t\r\n").lower().replace(b"\x00", b"")
    if raw.startswith(b"%PDF"):
        raise unreadable("OTHER", "PDF")
    if raw.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")):
        raise unreadable("OTHER", Phrase("图片", "a picture"))
    if raw.startswith(_BIFF):
        raise unreadable("OLD", Phrase("Excel 95 以前的格式", "a format from before Excel 97"))
    if start.startswith(_HTML) or start.startswith(b"mime-version:") or (start.startswith(b"<?xml") and b"<html" in start):
        raise unreadable("HTML")
    if start.startswith(b"<?xml"):
        raise unreadable("XML")
    if start.startswith(b"{\\rtf"):
        raise unreadable("OTHER", "RTF")
    return "csv"


def _sort_of_archive(raw: bytes) -> FileSort:
    """A workbook within bounds, without entities; every byte is unpacked once and counted, whatever the directory says of sizes."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if any(member.flag_bits & 1 for member in members):
                raise unreadable("PASSWORD")
            if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_MAX:
                raise unreadable("BOMB", most=f"{UNPACKED_MAX // 1024 // 1024} MB")
            if len(names) < len(members):
                raise unreadable("DAMAGED", Phrase("同名部件", "parts of one name"))
            if "xl/workbook.bin" in names:
                raise unreadable("OLD", Phrase("二进制工作簿 .xlsb", "a binary workbook, .xlsb"))
            if "xl/workbook.xml" not in names:
                is_ods = "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]
                raise (
                    unreadable("OLD", ".ods")
                    if is_ods
                    else unreadable("OTHER", Phrase("压缩包或其他文档", "an archive or another document"))
                )
            _unpack(archive, members)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001  # what a hostile archive makes of its readers (zlib, lzma, zipfile) is not counted one by one
        raise unreadable("DAMAGED", type(error).__name__) from None
    return "xlsx"


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    left = UNPACKED_MAX
    for member in members:
        with archive.open(member) as opened:
            is_text, start = member.filename.endswith((".xml", ".rels")), True
            tail = b""
            while piece := opened.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    raise unreadable("BOMB", most=f"{UNPACKED_MAX // 1024 // 1024} MB")
                if is_text and ((start and b"\x00" in piece[:64]) or b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece):
                    raise unreadable("DAMAGED", Phrase("含有实体声明，或者不是 UTF-8", "entities, or not UTF-8"))
                tail, start = piece[-16:], False


def _sort_of_ole(raw: bytes) -> FileSort:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in raw

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise unreadable("PASSWORD")
    if holds("Workbook") or holds("Book"):
        return "xls"
    raise unreadable("OTHER", "Word" if holds("WordDocument") else Phrase("其他 Office 文档", "another Office document"))
