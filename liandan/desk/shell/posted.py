"""What a form of a page brings: texts in UTF-8 and files, within bounds, in place of the framework's own reading.

That one decodes a part by whatever coding the part names (punycode takes a minute for half a megabyte, in the loop of the server), keeps a
thousand forms in memory after they were answered, and bounds no fields. Source: RFC 7578 §4 (names in ``charset`` are of no use any more),
HTML §4.10.21.
"""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import FormMultiDict
from msgspec import Struct
from multipart import MultipartSegment, ParserError, ParserLimitReached, PushMultipartParser

from liandan.connection import in_time
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

URL_ENCODED, MULTI_PART = "application/x-www-form-urlencoded", "multipart/form-data"
TEXT_MAX = 65_536
"""Bytes of a form without its files."""
FIELDS_MAX, PARTS_MAX, HEADER_MAX = 2_000, 64, 4_096


class SentFile(Struct, frozen=True):
    """A file that was chosen in a form; how large it may be is said by the route."""

    filename: str
    raw: bytes


class PostedRequest(Request[Any, Any, Any]):
    """A request of the desk; ``form`` is read within bounds."""

    _posted: FormMultiDict | None = None

    async def form(self) -> FormMultiDict:
        """Fields (``str``) and files (``SentFile``). Refusal QUERY_FORM for what is no such form, NOT_UTF8, REQUEST_TOO_LARGE, BODY_SLOW."""
        if self._posted is None:
            self._posted = FormMultiDict(await in_time(self._read()))
        return self._posted

    async def _read(self) -> list[tuple[str, Any]]:
        sort, options = self.content_type
        if sort == URL_ENCODED:
            return list(_typed(await self._bytes()))
        return await self._parts(options.get("boundary", "")) if sort == MULTI_PART else []

    async def _bytes(self) -> bytes:
        found = bytearray()
        async for piece in self.stream():
            found += piece
            if len(found) > TEXT_MAX:
                raise _large(TEXT_MAX, "字节", "bytes")
        return bytes(found)

    async def _parts(self, boundary: str) -> list[tuple[str, Any]]:
        found, part, held, left = list[tuple[str, Any]](), None, bytearray(), TEXT_MAX
        try:
            with PushMultipartParser(boundary, max_segment_count=PARTS_MAX, max_header_size=HEADER_MAX) as parser:
                async for piece in self.stream():
                    for event in () if parser.closed else parser.parse(piece):
                        if isinstance(event, MultipartSegment):
                            part, held = event, bytearray()
                        elif part is not None and event is not None:
                            held += event
                            left -= 0 if part.filename else len(event)
                            if left < 0:
                                raise _large(TEXT_MAX, "字节", "bytes")
                        elif part is not None:
                            value = SentFile(part.filename, bytes(held)) if part.filename else _text(held)
                            found.append((part.name or "", value))
        except ParserLimitReached:
            raise _large(PARTS_MAX, "项", "parts") from None
        except ParserError:
            raise refuse("QUERY_FORM", field="body", expected=Phrase("完整的表单", "a whole form")) from None
        return found


def typed_in(form: FormMultiDict, name: str) -> str:
    """What was typed in a field, without blanks around it; empty where there is no such field, or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _typed(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except ValueError:
        raise _large(FIELDS_MAX, "项", "fields") from None


def _text(raw: bytearray) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _not_utf8() -> Refusal:
    return refuse("NOT_UTF8", field="body", expected="UTF-8")


def _large(most: int, zh: str, en: str) -> Refusal:
    return refuse("REQUEST_TOO_LARGE", field="body", expected=Phrase(f"至多 {most} {zh}", f"at most {most} {en}"))
