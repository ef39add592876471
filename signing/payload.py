"""The strict JSON of everything that is signed: one text, one reading, or a refusal.

Two readers that disagree about a text would disagree about what was signed. So everything that JSON leaves open is closed here: UTF-8
without BOM, no duplicate keys after unescaping, integers only, a bounded depth, no null, no forbidden character (formats §1).
Plain texts, nearly all, are read by msgspec; others by ``json``'s C scanner in a careful reading that marks what is wrong, walks the result
and names every place.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from signing.phrase import Phrase, Word, at_most, counted
from signing.refusal import FOUND_MAX, Reason, Refusal, refuse

BODY_LIMIT = 24 * 1024  # bytes of a signed body (formats §1)
DEPTH_LIMIT = 8  # nesting of objects and arrays; the top object is depth 1 (formats §1)
INTEGER_LIMIT = 2**53 - 1  # what every JSON reader holds exactly, JavaScript included
REASON_LIMIT = 20  # a refusal stays readable, and a hostile body cannot buy a long answer

_NONCHARACTERS = r"\uFDD0-\uFDEF" + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))

FORBIDDEN = re.compile(
    "["
    r"\u0000-\u001F"  # controls; raw ones inside a string are not JSON to begin with
    r"\u007F-\u009F"
    r"\u00AD\u061C\u180E"  # soft hyphen, Arabic letter mark, Mongolian vowel separator
    r"\u200B-\u200F\u2028-\u202E"  # zero width, line and paragraph separators, bidirectional embedding
    r"\u2060-\u206F\uFEFF\uFFF9-\uFFFB"
    r"\U000E0000-\U000E007F"  # tags
    r"\uD800-\uDFFF" + _NONCHARACTERS + "]"
)
"""Exactly the list of formats §1: characters that no decoded string may hold, being invisible, reordering or none at all.

Closed and versionless: it follows no Unicode release, so that every reader of every year decides alike. NFC and unassigned code points are
judged at admission only and live above.
"""
_BOM = b"\xef\xbb\xbf"
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_DIGITS = "0123456789"


def _object_type() -> Any:  # a type made at run time, which a type checker cannot follow
    """Objects of what formats §1 allows, DEPTH_LIMIT levels deep."""
    leaf = str | bool | Annotated[int, Meta(ge=-INTEGER_LIMIT, le=INTEGER_LIMIT)]
    value: Any = leaf
    for _ in range(DEPTH_LIMIT - 1):
        value = leaf | list[value] | dict[str, value]
    return dict[str, value]


_DECODE = msgspec.json.Decoder(_object_type()).decode
_ENCODE = msgspec.json.Encoder().encode


class Flaw(Struct, frozen=True):
    """Stands in the parsed value where the text was valid JSON but not ours."""

    code: str
    found: str
    expected: Word


class Flawed(Refusal):
    """JSON that is not ours: all that is wrong with its text, and ``value`` with a Flaw or ``None`` there, so that its form can be judged too."""

    def __init__(self, reasons: Iterable[Reason], value: dict[str, Any]) -> None:
        super().__init__(reasons)
        self.value = value

    def beside(self, more: Iterable[Reason]) -> Refusal:
        """What is wrong with the text, and behind it what is wrong with the form elsewhere."""
        flawed = [reason.field for reason in self.reasons]
        others = [r for r in more if r.field and not any(r.field == field or r.field.startswith(f"{field}.") for field in flawed)]
        return Refusal([*self.reasons, *others][:REASON_LIMIT])


def parse(raw: bytes, *, limit: int = BODY_LIMIT, depth: int = DEPTH_LIMIT) -> dict[str, Any]:
    """The JSON object that ``raw`` holds; values are dict, list, str, int and bool only. Raises nothing but Refusal.

    Safe for any bytes: size and depth are checked before a parser sees them or while msgspec, whose type is bounded, does; no long number
    is converted.
    """
    if len(raw) > limit:
        raise refuse("BODY_TOO_LARGE", found=counted(len(raw), "字节", "bytes"), expected=at_most(limit, "字节", "bytes"))
    if raw.startswith(_BOM):
        raise refuse("BYTE_ORDER_MARK", found="EF BB BF", expected=Phrase("无 BOM 的 UTF-8", "UTF-8 without BOM"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse(
            "NOT_UTF8",
            found=Phrase(f"第 {error.start + 1} 个字节 {raw[error.start]:#04x}", f"byte {error.start + 1} is {raw[error.start]:#04x}"),
            expected="UTF-8",
        ) from None
    plain = _read_plain(raw) if _is_plain(text) else None
    if plain is None or depth < DEPTH_LIMIT:
        _check_depth(raw, depth)
    return _read_carefully(text) if plain is None else plain


def _check_depth(raw: bytes, limit: int) -> None:
    """Measure nesting without recursion, by the brackets that stand outside strings."""
    # In a text that is not JSON the count may be wrong behind the first error, never before it; there the scanner stops anyway.
    if raw.count(b"[") + raw.count(b"{") <= limit:
        return  # wherever they stand
    if b"\\" in raw:
        # Pairs first: in ``\\\\"`` the quote ends the string, in ``\\"`` it does not.
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    depth = 0
    for part in raw.translate(None, _NOT_STRUCTURE).split(b'"')[::2]:
        for byte in part:
            if byte in b"[{":
                depth += 1
                if depth > limit:
                    raise refuse(
                        "TOO_DEEP", found=Phrase(f"超过 {limit} 层", f"more than {limit} levels"), expected=at_most(limit, "层", "levels")
                    )
            else:
                depth -= 1


def _is_plain(text: str) -> bool:
    """Whether surely no string holds a forbidden character or an escape and no value is null: then nobody need walk the result."""
    # Every forbidden character is unprintable for Python; the reverse does not hold (U+3000), which only costs the careful reading.
    if "\\" in text or "null" in text:
        return False
    # White space between tokens is unprintable; inside strings the scanner itself refuses these three.
    return text.isprintable() or text.replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable()


def _read_plain(raw: bytes) -> dict[str, Any] | None:  # JSON values
    """The object of a plain text that encoding it gives back, but for white space; ``None`` where the careful reading must decide."""
    # A key that comes twice and every other spelling of a number are not given back; fractions, long numbers, null and more than DEPTH_LIMIT
    # levels do not fit the type.
    try:
        value: dict[str, Any] = _DECODE(raw)
    except msgspec.MsgspecError:
        return None
    encoded = _ENCODE(value)
    return value if encoded == raw or encoded == _without_blanks(raw) else None


def _without_blanks(raw: bytes) -> bytes:
    """JSON without the white space between its tokens: where nothing is escaped, every second quote ends a string."""
    parts = raw.split(b'"')
    parts[::2] = [part.translate(None, b" \t\n\r") for part in parts[::2]]
    return b'"'.join(parts)


def _read_carefully(text: str) -> dict[str, Any]:  # JSON values
    """The object; raises Refusal with every reason, up to the limit."""
    try:
        value = _CAREFUL.decode(text)
    except json.JSONDecodeError as error:
        at = error.pos
        if 0 < at < len(text) and text[at - 1] == "0" and text[at] in _DIGITS:
            # The scanner reads ``01`` as 0 and trips over the 1.
            raise refuse(
                "NOT_INTEGER", found=visible(text[at - 1 : at + 16]), expected=Phrase("没有前导零的整数", "an integer without leading zero")
            ) from None
        raise refuse("NOT_JSON", found=_not_json(error), expected="JSON (RFC 8259)") from None
    if not isinstance(value, dict):
        raise refuse("NOT_OBJECT", found=_kind(value), expected=Phrase("花括号包围的对象", "an object in braces"))
    if not _is_clean(value):
        raise Flawed(islice(_flaws(value, ""), REASON_LIMIT), value)
    return value


def _integer(literal: str) -> int | Flaw:
    """Hook for ``-?(0|[1-9][0-9]*)``; the length is checked first, since converting a long literal takes quadratic time."""
    if literal == "-0":
        return _not_integer(literal)
    if len(literal) <= len("-9007199254740991"):
        number = int(literal)
        if -INTEGER_LIMIT <= number <= INTEGER_LIMIT:
            return number
    return Flaw("INTEGER_RANGE", literal, Phrase(f"±{INTEGER_LIMIT} 以内的整数", f"an integer within ±{INTEGER_LIMIT}"))


def _not_integer(literal: str) -> Flaw:
    """Hook for fractions, exponents, NaN and the infinities."""
    return Flaw(
        "NOT_INTEGER",
        literal,
        Phrase('不带小数和指数的整数；质量写成文本，如 "5.6"', 'an integer without fraction or exponent; masses are texts, like "5.6"'),
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # JSON values
    """Hook for objects: a key that comes twice is marked."""
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                members[key] = Flaw("DUPLICATE_KEY", visible(key), Phrase("每个字段名只出现一次", "each key once"))
            seen.add(key)
    return members


_CAREFUL = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_not_integer, parse_constant=_not_integer)


def _is_clean(value: object) -> bool:
    """Whether ``_flaws`` would find nothing, a few times faster."""
    if isinstance(value, str):
        return value.isprintable() or first_forbidden(value) is None
    if isinstance(value, dict):
        return all(map(_is_clean, value)) and all(map(_is_clean, value.values()))
    if isinstance(value, list):
        return all(map(_is_clean, value))
    return isinstance(value, int)


def _flaws(value: object, path: str) -> Iterator[Reason]:
    """Everything wrong with a parsed value, in document order, each with its dotted path."""
    if isinstance(value, dict):
        for key, member in value.items():
            at = f"{path}.{visible(key)}" if path else visible(key)
            if forbidden := first_forbidden(key):
                yield Reason(
                    "FORBIDDEN_CHARACTER",
                    at,
                    _place(key, forbidden),
                    Phrase("不含它的字段名", "a key without it"),
                    near=FORBIDDEN.sub("", key)[:FOUND_MAX],
                )
            yield from _flaws(member, at)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _flaws(item, f"{path}.{number}")
    elif isinstance(value, str):
        if forbidden := first_forbidden(value):
            near = FORBIDDEN.sub("", value)
            yield Reason(
                "FORBIDDEN_CHARACTER", path, _place(value, forbidden), Phrase("不含它的文本", "the text without it"), near=near[:FOUND_MAX]
            )
    elif isinstance(value, Flaw):
        yield Reason(value.code, path, value.found[:FOUND_MAX], value.expected)
    elif value is None:
        yield Reason("NULL_VALUE", path, "null", Phrase("整项不写", "the field left out"))


def first_forbidden(text: str) -> str | None:
    """The first forbidden character as ``U+200B``, or ``None``."""
    # Every forbidden character is unprintable for Python, whatever its Unicode version; the reverse does not hold (U+3000 is allowed).
    if text.isprintable():
        return None
    found = FORBIDDEN.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def visible(text: str, limit: int = 60) -> str:
    """``text`` fit to be shown in a reason: forbidden characters as ``\\u{200B}``, cut to ``limit`` characters."""
    return FORBIDDEN.sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", text[:limit])


def _place(text: str, forbidden: str) -> Phrase:
    """A forbidden character with its place in the text."""
    at = next(place for place, character in enumerate(text, 1) if f"U+{ord(character):04X}" == forbidden)
    return Phrase(f"第 {at} 个字符是 {forbidden}", f"character {at} is {forbidden}")


def _not_json(error: json.JSONDecodeError) -> Phrase:
    """Where a text stops being JSON."""
    zh = next((chinese for english, chinese in _JSON_ERRORS.items() if error.msg.startswith(english)), "不合语法")
    return Phrase(f"第 {error.lineno} 行第 {error.colno} 列：{zh}", f"line {error.lineno}, column {error.colno}: {error.msg}")


_JSON_ERRORS = {
    "Expecting property name": "应为双引号包围的字段名",
    "Expecting ':'": "缺少冒号",
    "Expecting ','": "缺少逗号",
    "Expecting value": "缺少值",
    "Unterminated string": "文本没有结束的引号",
    "Invalid control character": "文本中有未转义的控制字符",
    "Invalid \\": "反斜杠转义不对",
    "Extra data": "结束之后还有内容",
    "Illegal trailing comma": "末尾多了逗号",
}
"""What the scanner of the standard library says, in Chinese."""


def _kind(value: object) -> Phrase:
    if isinstance(value, Flaw):
        return _NUMBER
    named = {list: Phrase("列表", "a list"), str: Phrase("文本", "a text"), int: _NUMBER, bool: Phrase("布尔值", "a boolean")}
    return named.get(type(value), Phrase("空值 null", "null"))


_NUMBER = Phrase("数字", "a number")
