"""How bytes become values: strict JSON (§1), canonical base64 (§1), times (§1, §6), masses and the normal form of names (kinds §0, §1.4)."""

import base64
import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any


class Bad(Exception):
    """One thing that is not as the format says: code, field, found, expected."""

    def __init__(self, code: str, field: str = "", found: object = "", expected: object = "") -> None:
        super().__init__(code, field, str(found)[:120], str(expected)[:200])
        self.code = code


def need(holds: object, code: str, field: str = "", found: object = "", expected: object = "") -> None:
    """Raise ``Bad`` unless it holds."""
    if not holds:
        raise Bad(code, field, found, expected)


def walk(directory: str | Path, depth: int = 9) -> Iterator[Path]:
    """Every file under a directory; of what lies deeper, the folder. Links are never followed."""
    for item in os.scandir(directory):
        deeper = depth and item.is_dir(follow_symlinks=False)
        yield from walk(item.path, depth - 1) if deeper else [Path(item.path)]


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef"
    "\U000e0000-\U000e007f" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)) + "]"
)


def strict_json(raw: bytes, limit: int = 24 * 1024, too_large: str = "BODY_TOO_LARGE") -> dict[str, Any]:
    """Parse an object by the strict rules of §1; the top object is depth 1."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(items)) == len(items), "DUPLICATE_KEY", found=[key for key, _ in items])
        return dict(items)

    def number(text: str) -> int:
        need(re.fullmatch(r"0|-?[1-9][0-9]*", text), "NOT_INTEGER", found=text)
        need(len(text) < 18 and abs(int(text)) < 2**53, "INTEGER_RANGE", found=text)
        return int(text)

    def walk(value: Any, path: str, level: int) -> None:
        need(value is not None, "NULL_VALUE", path)
        if isinstance(value, str) and (bad := FORBIDDEN.search(value)):
            raise Bad("FORBIDDEN_CHARACTER", path, f"U+{ord(bad.group()):04X}")
        if isinstance(value, dict | list):
            need(level <= 8, "TOO_DEEP", path, level, 8)
            for name, item in value.items() if isinstance(value, dict) else enumerate(value):
                walk(name, path, level)
                walk(item, f"{path}.{name}" if path else str(name), level + 1)

    need(len(raw) <= limit, too_large, found=len(raw), expected=limit)
    need(not raw.startswith(b"\xef\xbb\xbf"), "BYTE_ORDER_MARK")
    try:
        value = json.loads(raw.decode(), object_pairs_hook=pairs, parse_int=number, parse_float=number, parse_constant=number)
    except (UnicodeDecodeError, RecursionError) as error:
        raise Bad("TOO_DEEP" if isinstance(error, RecursionError) else "NOT_UTF8") from None
    except json.JSONDecodeError as error:  # "01" is a number, but not an integer of ours
        code = "NOT_INTEGER" if re.fullmatch(r"0[0-9]", error.doc[error.pos - 1 : error.pos + 1]) else "NOT_JSON"
        raise Bad(code, found=f"{error.msg} at {error.pos}") from None
    need(isinstance(value, dict), "NOT_OBJECT", found=type(value).__name__)
    walk(value, "", 1)
    return value


def encode(value: Any) -> bytes:
    """Compact JSON of §4; U+0000-001F, where Python's escapes differ, were refused by the parser."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def unb64(text: str, field: str, code: str = "BASE64") -> bytes:
    """Canonical RFC 4648 §4: decoding and encoding gives the same text."""
    with contextlib.suppress(ValueError):
        if base64.b64encode(raw := base64.b64decode(text, validate=True)).decode() == text:
            return raw
    raise Bad(code, field, text, "canonical base64")


def pae(payload_type: str, body: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %b %d %b" % (len(payload_type.encode()), payload_type.encode(), len(body), body)


def shape(value: Any, spec: Any, path: str, codes: tuple[str, str, str]) -> Any:
    """The value in its spec's field order. A spec is a type, [spec of all items], or {name: spec}, where a name with ``?`` is optional."""
    kind = spec if isinstance(spec, type) else type(spec)
    need(type(value) is kind, codes[2], path, value, kind.__name__)
    if not isinstance(spec, dict):
        return [shape(item, spec[0], f"{path}.{k}", codes) for k, item in enumerate(value)] if isinstance(spec, list) else value
    dot, specs = f"{path}." if path else "", {name.rstrip("?"): inner for name, inner in spec.items()}
    need(value.keys() <= specs.keys(), codes[0], dot + ", ".join(sorted(value.keys() - specs.keys())))
    for name in spec:
        need(name in value or name[-1] == "?", codes[1], dot + name)
    return {name: shape(value[name], inner, dot + name, codes) for name, inner in specs.items() if name in value}


def instant(text: str, field: str = "at", code: str = "AT_FORM") -> int:
    """Seconds since 1970 of a real Gregorian time with offset."""
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
    with contextlib.suppress(ValueError):
        return int(datetime.fromisoformat(text if re.fullmatch(form, text) else "").timestamp())
    raise Bad(code, field, text, "a real YYYY-MM-DDThh:mm:ss+hh:mm")


def is_day(text: str) -> bool:
    """A real YYYY-MM-DD, or YYYYMMDD."""
    with contextlib.suppress(ValueError):
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", text) and date.fromisoformat(text))
    return False


def grams(tonnes: str) -> int:
    """A mass of kinds §0 in grams; masses are never floats."""
    need(re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", tonnes), "QTY", "", tonnes, "tonnes with at most 6 decimals")
    whole, _, fraction = tonnes.partition(".")
    return int(whole + fraction.ljust(6, "0"))


BLANK = "\u0020\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\ufe00-\ufe0f\uffa0"  # W of kinds §1.4
_DROPPED = re.compile(f"[{BLANK}\u00b7\u2022\u2027\u30fb\uff65\\-\u2010-\u2015\u2212]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CAPITALS = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


def normal(text: str) -> str:
    """N(x) of kinds §1.4: what plates, waybills and labels are compared by. No table of Unicode enters."""
    return _DROPPED.sub("", text.translate(_FULL_WIDTH)).translate(_CAPITALS)
