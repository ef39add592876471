"""Files made so that two readers part: of JSON, of base64, of names, of numbers, of notes, of PDF."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

from ledger.tree.checkpoint import Checkpoint, sign_checkpoint
from ledger.tree.merkle import Edge, leaf_hash
from reports.attachment import bundle_in
from tests.reports.test_forged import originals
from tests.vectors.lying_log import KEY, bundled, entries_of


@cache
def base() -> bytes:
    """A good bundle."""
    return bundle_in(originals()[0].signed)


def _replaced(old: str, new: str) -> bytes:
    raw = base().replace(old.encode(), new.encode("utf-8", "surrogatepass"), 1)
    assert raw != base(), old
    return raw


def _fields(**changes: Any) -> bytes:
    return json.dumps({**json.loads(base()), **changes}, ensure_ascii=False, separators=(",", ":")).encode()


def _note(change: Callable[[bytes], bytes]) -> bytes:
    note = b64decode(json.loads(base())["checkpoint"])
    return _fields(checkpoint=b64encode(change(note)).decode())


def _line(name: str, blob: str = "AAAAAAAA") -> Callable[[bytes], bytes]:
    return lambda note: note + f"— {name} {blob}\n".encode()


def _base64(change: Callable[[str], str]) -> bytes:
    fields = json.loads(base())
    fields["entries"][1]["entry"] = change(fields["entries"][1]["entry"])
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _loose(text: str) -> str:
    """The same bytes for a lax decoder: a bit set that is not used."""
    body = text.rstrip("=")
    return body[:-1] + chr(ord(body[-1]) + 1) + text[len(body) :] if len(body) != len(text) else text[:-4] + "AB=="


def _lied(change: Callable[[dict[str, Any]], None], place: int = 1) -> bytes:
    """A log whose operator changed an entry before he hashed and signed the tree."""
    origin, entries = entries_of("log")
    fields = json.loads(entries[place])
    change(fields)
    entries[place] = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return bundled(origin, entries[: place + 1])


def _admission(**changes: Any) -> bytes:
    return _lied(lambda fields: fields["admission"].update(changes))


def _decision(**changes: Any) -> bytes:
    return _lied(lambda fields: fields["admission"]["decision"].update(changes))


def _stated(**changes: Any) -> bytes:
    def act(fields: dict[str, Any]) -> None:
        statement = {**json.loads(b64decode(fields["statement"]["payload"])), **changes}
        fields["statement"]["payload"] = b64encode(json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()).decode()

    return _lied(act)


def _of_size(size: int) -> bytes:
    origin, entries = entries_of("log")
    root = Edge().append_many([leaf_hash(raw) for raw in entries]).root()
    return bundled(origin, entries, note=sign_checkpoint(Checkpoint(origin, size, root), KEY))


def _with_streams(*contents: bytes) -> bytes:
    """The signed paper with streams behind it, where every reader of streams finds them."""
    return originals()[0].signed + b"".join(b"\n9 0 obj<<>>\nstream\n%b\nendstream endobj\n" % content for content in contents)


def _paper(change: Callable[[bytes], bytes]) -> bytes:
    raw = change(originals()[0].signed)
    assert raw != originals()[0].signed
    return raw


def _upper_case(raw: bytes) -> bytes:
    start = raw.index(b"/Contents <") + 10
    end = raw.index(b">", start)
    return raw[:start] + raw[start:end].upper() + raw[end:]


def _long_form(raw: bytes) -> bytes:
    """The length of the signature object in one byte more than it needs, the gap being filled with zeros."""
    start = raw.index(b"/Contents <3082") + 11
    end = raw.index(b">", start)
    digits = raw[start:end]
    return raw[:start] + b"308300" + digits[4:-2] + raw[end:]


CASES: dict[str, Callable[[], bytes]] = {
    # JSON
    "many blanks before": lambda: b" \n\t\r" * 2000 + base(),
    "a vertical tab before": lambda: b"\x0b" + base(),
    "a form feed before": lambda: b"\x0c" + base(),
    "a no-break space before": lambda: "\u00a0".encode() + base(),
    "blanks behind": lambda: base() + b" \n" * 5000,
    "a null behind": lambda: base() + b"\0",
    "a second object behind": lambda: base() + base(),
    "byte order mark": lambda: b"\xef\xbb\xbf" + base(),
    "UTF-16": lambda: base().decode().encode("utf-16"),
    "overlong UTF-8": lambda: base().replace(b'"origin"', b'"\xc1\xafrigin"'),
    "a surrogate in UTF-8": lambda: _replaced('"subject":"', '"subject":"\ud800'),
    "key twice": lambda: _replaced('{"liandan_bundle":1,', '{"liandan_bundle":1,"liandan_bundle":1,'),
    "key twice, once escaped": lambda: _replaced('"origin":', '"\\u006frigin":"x","origin":'),
    "key escaped": lambda: _replaced('"origin":', '"\\u006frigin":'),
    "other order": lambda: json.dumps(dict(sorted(json.loads(base()).items(), reverse=True)), separators=(",", ":")).encode(),
    "prototype as a key": lambda: _replaced('"origin":', '"__proto__":{"entries":[]},"origin":'),
    "prototype for the entries": lambda: _replaced('"entries":', '"__proto__":'),
    "version as a fraction": lambda: _replaced('"liandan_bundle":1,', '"liandan_bundle":1.0,'),
    "version with an exponent": lambda: _replaced('"liandan_bundle":1,', '"liandan_bundle":1e0,'),
    "version as a truth": lambda: _replaced('"liandan_bundle":1,', '"liandan_bundle":true,'),
    "version as a text": lambda: _replaced('"liandan_bundle":1,', '"liandan_bundle":"1",'),
    "leading zero": lambda: _replaced('"index":1,', '"index":01,'),
    "minus zero": lambda: _replaced('"index":0,', '"index":-0,'),
    "beyond 2^53": lambda: _replaced('"index":1,', '"index":9007199254740993,'),
    "a number of ten thousand digits": lambda: _replaced('"index":1,', f'"index":{"1" * 10_000},'),
    "infinity": lambda: _replaced('"index":1,', '"index":1e999,'),
    "no number": lambda: _replaced('"index":1,', '"index":NaN,'),
    "plus": lambda: _replaced('"index":1,', '"index":+1,'),
    "hexadecimal": lambda: _replaced('"index":1,', '"index":0x1,'),
    "comma too many": lambda: _replaced('"subject":', ',"subject":'),
    "comment": lambda: _replaced('"subject":', '/**/"subject":'),
    "null": lambda: _fields(subject=None),
    "lone surrogate": lambda: _replaced('"subject":"', '"subject":"\\ud800'),
    "text turned around": lambda: _replaced('"subject":"', '"subject":"\u202e'),
    "zero width": lambda: _replaced('"subject":"', '"subject":"\\u200b'),
    "not in NFC": lambda: _replaced('"subject":"', '"subject":"e\u0301'),
    "deep": lambda: _fields(subject=[[[[[[]]]]]]),
    "subject is a list": lambda: _fields(subject=["manifest"]),
    "subject is a number": lambda: _fields(subject=1),
    "subject of a prototype": lambda: _fields(subject="__proto__"),
    "subject is a constructor": lambda: _fields(subject="constructor"),
    "entries as an object": lambda: _fields(entries={"0": 1, "length": 1}),
    "ten thousand entries of nothing": lambda: _fields(entries=[{}] * 10_000),
    "proof as a text": lambda: _fields(entries=[{**json.loads(base())["entries"][0], "proof": "AAAA"}]),
    # base64
    "base64 with a line feed": lambda: _base64(lambda text: text[:64] + "\n" + text[64:]),
    "base64 with a blank": lambda: _base64(lambda text: text + " "),
    "base64 for addresses": lambda: _base64(lambda text: "-_" + text[2:]),
    "base64 without padding": lambda: _base64(lambda text: text.rstrip("=") if text.endswith("=") else text[:-1]),
    "base64 with more padding": lambda: _base64(lambda text: text + "===="),
    "base64 with a bit too many": lambda: _base64(_loose),
    "base64 of another alphabet": lambda: _base64(lambda text: text.replace("A", "\uff21", 1)),
    # notes
    "a line of a strange name": lambda: _note(_line("\ufeffname")),
    "a line named with a space": lambda: _note(_line("a\u00a0b")),
    "a line named with next line": lambda: _note(_line("a\u0085b")),
    "a line named with plus": lambda: _note(_line("a+b")),
    "a line turned around": lambda: _note(_line("a\u202eb")),
    "a line too short": lambda: _note(_line("a", "AAAA")),
    "a line in loose base64": lambda: _note(_line("a", "AAAAAAB=")),
    "a line twice": lambda: _note(lambda note: note + note.splitlines(keepends=True)[-1]),
    "sixty lines more": lambda: _note(lambda note: note + _line("a")(b"") * 60),
    "eighty lines more": lambda: _note(lambda note: note + _line("a")(b"") * 80),
    "returns": lambda: _note(lambda note: note.replace(b"\n", b"\r\n")),
    "no line feed at the end": lambda: _note(lambda note: note[:-1]),
    "an extension line": lambda: _note(lambda note: note.replace(b"\n\n", b"\nmore\n\n", 1)),
    "size with a zero before": lambda: _note(lambda note: note.replace(b"\n", b"\n0", 1)),
    "a size that no number holds": lambda: _of_size(2**60 + 1),
    "a size beyond 2^63": lambda: _note(lambda note: note.replace(b"\n", b"\n9999999999999999", 1)),
    # entries and statements of an operator who lies
    "ruleset is a constructor": lambda: _admission(ruleset="constructor"),
    "ruleset of a prototype": lambda: _admission(ruleset="__proto__"),
    "time of another zone": lambda: _admission(at="2026-10-01T00:00:00Z"),
    "time that is none": lambda: _admission(at="2026-02-30T00:00:00+08:00"),
    "index as a truth": lambda: _admission(index=True),
    "fact of a prototype": lambda: _admission(facts=[["__proto__", 1]]),
    "facts out of order": lambda: _admission(facts=[["party/b", 1], ["party/a", 1]]),
    "facts above U+FFFF": lambda: _admission(facts=[["party/\uff5e", 1], ["party/\U0001f600", 1]]),
    "tag in lower case": lambda: _decision(tags=[["constructor"]]),
    "tag with a truth": lambda: _decision(tags=[["TAG", True]]),
    "alert of no level": lambda: _decision(alerts=[["__proto__", "CODE"]]),
    "route in lower case": lambda: _decision(route="constructor"),
    "account of a prototype": lambda: _decision(accounts=[{"account": "Q1 list/__proto__ 0", "before_g": 0, "after_g": 1}]),
    "a decision more": lambda: _decision(__proto__=1),
    "kind is a constructor": lambda: _stated(kind="constructor"),
    "kind of a prototype": lambda: _stated(kind="__proto__"),
    "chain of a prototype": lambda: _stated(chain="__proto__/a"),
    "chain that climbs": lambda: _stated(chain="party/.."),
    "body with a prototype": lambda: _stated(body={"__proto__": 1}),
    "signer in other digits": lambda: _stated(by=["９1510100MA00XX0A0D"]),
    # PDF
    "head at the last place": lambda: b"{" * 1019 + b"%PDF-",
    "head one behind": lambda: b"{" * 1020 + b"%PDF-",
    "evidence that says it is paper": lambda: b'{"liandan_bundle":"%PDF-' + base()[19:],
    "evidence again, deflated": lambda: _with_streams(zlib.compress(base())),
    "evidence nine times": lambda: _with_streams(*[base()] * 9),
    "evidence cut, deflated": lambda: _with_streams(zlib.compress(base())[:-9]),
    "evidence with a wrong checksum": lambda: _with_streams(zlib.compress(base())[:-1] + b"\0"),
    "nine claims": lambda: _with_streams(*(b"liandan-claim:%d" % number for number in range(9))),
    "a claim that is no text": lambda: _with_streams(b"liandan-claim:\xff\xfe"),
    "a claim cut, deflated": lambda: _with_streams(zlib.compress(b"liandan-claim:" + bytes(9999))[:-5]),
    "a claim without an end": lambda: originals()[0].signed + b"\nstream\nliandan-claim:",
    "signature in capitals": lambda: _paper(_upper_case),
    "signature in the long form": lambda: _paper(_long_form),
    "a range before": lambda: _paper(lambda raw: raw.replace(b"\n", b"\n%/ByteRange [ 0 1 2 3 ]\n", 1)),
    "a layout before": lambda: _paper(lambda raw: raw.replace(b"\n", b"\n%/LiandanLayout (transit 1 zh)\n", 1)),
    "a layout of a prototype": lambda: _paper(lambda raw: raw.replace(b"\n", b"\n%/LiandanLayout (constructor 1 zh)\n", 1)),
}
