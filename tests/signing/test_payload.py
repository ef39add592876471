"""The strict parser, code by code."""

from __future__ import annotations

import json
import time

import pytest

from signing.payload import BODY_LIMIT, INTEGER_LIMIT, REASON_LIMIT, parse
from signing.refusal import Refusal


def refused(raw: bytes, **limits: int) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        parse(raw, **limits)
    return refusal.value


GOOD = {
    "empty object": b"{}",
    "white space of every kind": b' \t\r\n{ "a" :\n[ ] }\r\n',
    "every type": b'{"s":"x","i":-7,"z":0,"t":true,"f":false,"l":[[],{}],"o":{"a":1}}',
    "Chinese in clear": '{"名称":"废矿物油（虚构）"}'.encode(),
    "escapes": rb'{"a":"\u5e9f\"\\\/","\u0062":"\ud83d\ude00"}',
    "an ideographic space": '{"a":"甲\u3000乙"}'.encode(),
    "a decomposed letter": '{"a":"e\u0301"}'.encode(),
    "the word null": b'{"null":"null"}',
    "brackets and quotes in strings": rb'{"a":"[[[[[[[[[[{{{{{{","b":"\\","c":"\"[[[[[[[[["}',
    "largest integers": b'{"a":9007199254740991,"b":-9007199254740991}',
    "same key in two objects": b'{"a":{"a":1},"b":{"a":2}}',
}


@pytest.mark.parametrize("name", GOOD)
def test_strict_json_reads_as_any_json_reader_would(name: str) -> None:
    assert parse(GOOD[name]) == json.loads(GOOD[name])


BAD = {
    "NOT_UTF8": [
        b'{"a":"\xff"}',
        b'{"a":"\xc0\x80"}',
        b'{"a":"\xed\xa0\x80"}',
        "{}".encode("utf-16"),
        '{"a":"废"}'.encode("gbk"),
        b'{"a":"\xe5\xba',
    ],
    "BYTE_ORDER_MARK": [b"\xef\xbb\xbf{}", b"\xef\xbb\xbf"],
    "NOT_JSON": [
        b"",
        b" ",
        b"{",
        b"}",
        b'{"a"}',
        b'{"a":}',
        b'{"a":1,}',
        b"{'a':1}",
        b"{a:1}",
        b"{} {}",
        b"{}x",
        b"{}\x00",
        b"\x00{}",
        b'{"a":1 "b":2}',
        b'{"a":"\n"}',
        b'{"a":"\x1f"}',
        rb'{"a":"\x41"}',
        rb'{"a":"\u12"}',
        rb'{"a":"\u12G4"}',
        rb'{"a":"\u+123"}',
        b'{"a":"b',
        b'{"a":+1}',
        b'{"a":.5}',
        b'{"a":1.}',
        b'{"a":0x10}',
        b'{"a":--1}',
        b'{"a":-}',
        b'{"a":tru}',
        b'{"a":True}',
        b'{"a":None}',
        b'{"a":1}/**/',
        b"//\n{}",
        b'{"a":[1,]}',
        b"{1:2}",
        b"\xc2\xa0{}",
        b"\x0c{}",
    ],
    "NOT_OBJECT": [b"[]", b"[{}]", b'"a"', b"1", b"1.5", b"true", b"null"],
    "DUPLICATE_KEY": [b'{"a":1,"a":1}', rb'{"a":1,"\u0061":2}', b'{"b":[{"c":{"a":1,"a":2}}]}', b'{"":1,"":2}', rb'{"\/":1,"/":2}'],
    "NOT_INTEGER": [
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":1E+2}',
        b'{"a":-1.5e-3}',
        b'{"a":-0}',
        b'{"a":-0.0}',
        b'{"a":0.0}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":01}',
        b'{"a":-01}',
        b'{"a":00}',
        b'{"a":[007]}',
        b'{"a":1e999999999}',
    ],
    "INTEGER_RANGE": [b'{"a":9007199254740992}', b'{"a":-9007199254740992}', b'{"a":10000000000000000}', b'{"a":' + b"9" * 20_000 + b"}"],
    "TOO_DEEP": [
        b'{"a":' * 9 + b"1" + b"}" * 9,
        b'{"a":' + b"[" * 8 + b"]" * 8 + b"}",
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 4_000,
    ],
    "FORBIDDEN_CHARACTER": [
        '{"a":"x\u200by"}'.encode(),
        '{"a\u202eb":1}'.encode(),
        b'{"a":"\x7f"}',
        rb'{"a":"\u0000"}',
        rb'{"a":"\n"}',
        rb'{"a":"\ud800"}',
        rb'{"a":"\udc00\ud800"}',
        rb'{"\udfff":1}',
        rb'{"a":["\ufeff"]}',
        '{"a":"\ufeff"}'.encode(),
        '{"a":"\ufdd0"}'.encode(),
        '{"a":"\U0010ffff"}'.encode(),
        rb'{"a":"\uDB40\uDC01"}',
        '{"a":"\u00ad"}'.encode(),
        '{\n "a": "\u2028"\n}'.encode(),
    ],
    "NULL_VALUE": [b'{"a":null}', b'{"a":[null]}', b'{"a":{"b":null}}'],
}


@pytest.mark.parametrize(("code", "raw"), [(code, raw) for code, raws in BAD.items() for raw in raws], ids=lambda value: repr(value[:40]))
def test_everything_else_is_refused_with_its_code(code: str, raw: bytes) -> None:
    assert refused(raw).codes == [code]


def test_a_body_of_exactly_24_kib_is_read_and_one_byte_more_is_refused() -> None:
    full = b'{"a":"' + b"x" * (BODY_LIMIT - 8) + b'"}'
    assert len(parse(full)["a"]) == BODY_LIMIT - 8
    assert refused(full + b" ").codes == ["BODY_TOO_LARGE"]


def test_a_caller_may_set_other_limits() -> None:
    deep = b'{"a":' * 12 + b"1" + b"}" * 12
    assert parse(deep, depth=12)
    assert refused(deep, depth=11).codes == ["TOO_DEEP"]
    assert refused(b"{}", limit=1).codes == ["BODY_TOO_LARGE"]


def test_eight_levels_are_read_whether_objects_or_arrays() -> None:
    assert parse(b'{"a":' * 8 + b"1" + b"}" * 8)
    assert parse(b'{"a":' + b"[" * 7 + b"]" * 7 + b"}")


def test_an_escaped_quote_does_not_hide_depth() -> None:
    assert refused(rb'{"a":"\\","b":' + b"[" * 20 + b"]" * 20 + b"}").codes == ["TOO_DEEP"]
    assert refused(rb'{"a":"\\\"","b":' + b"[" * 20 + b"]" * 20 + b"}").codes == ["TOO_DEEP"]


def test_all_reasons_come_at_once_each_with_its_path() -> None:
    reasons = refused('{"a":null,"lines":[{"mass":5.6},{"n":-0,"name":"废\u200b"}],"k":99999999999999999,"d":1,"d":2}'.encode()).reasons
    assert [(reason.code, reason.field) for reason in reasons] == [
        ("NULL_VALUE", "a"),
        ("NOT_INTEGER", "lines.0.mass"),
        ("NOT_INTEGER", "lines.1.n"),
        ("FORBIDDEN_CHARACTER", "lines.1.name"),
        ("INTEGER_RANGE", "k"),
        ("DUPLICATE_KEY", "d"),
    ]
    found = ["null", "5.6", "-0", ("第 2 个字符是 U+200B", "character 2 is U+200B"), "99999999999999999", "d"]
    assert [reason.found for reason in reasons] == found
    assert reasons[3].near == "废"


def test_a_hostile_body_buys_a_short_answer() -> None:
    reasons = refused(b'{"a":[' + b"null," * 4000 + b"null]}").reasons
    assert len(reasons) == REASON_LIMIT
    long_key = refused(b'{"' + b"k" * 20_000 + rb'\u200b":null}').reasons
    assert all(len(reason.field) + len(str(reason.found)) + len(reason.near) < 400 for reason in long_key)


def test_reasons_can_be_shown_even_when_the_text_cannot() -> None:
    for reason in refused(rb'{"\ud800\u202e":{"\ud800\u202e":1.5,"\ud800":1,"\ud800":2}}').reasons:
        f"{reason.field} {reason.found} {reason.expected} {reason.near}".encode()


def test_integers_around_the_limit() -> None:
    for number in (INTEGER_LIMIT, INTEGER_LIMIT - 1, -INTEGER_LIMIT, 10**15, 10**15 - 1, -(10**14)):
        assert parse(b'{"a":%d}' % number) == {"a": number}


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        (b"[", 100_000_000),
        (b"{}", 12_288),
        (b"[]", 12_288),
        (b"\\", 24_000),
        (b'"', 24_576),
        (b'{"a":1,', 3_000),
        (b"1", 24_576),
        (b'{"":', 6_000),
    ],
)
def test_hostile_bytes_are_refused_at_once(piece: bytes, count: int) -> None:
    raw = piece * count
    begun = time.process_time()  # of this process alone, whatever else the machine does
    refused(raw)
    assert time.process_time() - begun < 1, "some milliseconds; quadratic work would take minutes"
