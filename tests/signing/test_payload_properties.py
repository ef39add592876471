"""The strict parser as laws: what it reads, what it refuses, and that it raises nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing import payload
from signing.payload import FORBIDDEN, INTEGER_LIMIT, parse
from signing.refusal import Refusal
from tests.sample import sample

texts = st.text(st.characters(exclude_categories=("Cs",)).filter(lambda character: not FORBIDDEN.match(character)), max_size=12)
leaves = st.booleans() | st.integers(-INTEGER_LIMIT, INTEGER_LIMIT) | texts
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12)
bodies = st.dictionaries(texts, values, max_size=5).filter(lambda body: depth(body) <= 8)

STATEMENT = (
    '{"kind":"manifest.issue/1","seq":0,"by":["915101120000FX029E"],"seen":{"size":12,"root":"AA=="},"body":{"backfill":true,'
    '"lines":[{"name":"废矿物油\\u4e0e（虚构）","mass_t":"5.600000","packs":12,"hazards":["T","I"]}],"x":"\\"\\\\\\/"}}'
).encode()
PLAIN = STATEMENT.replace(b"\\u4e0e", "与".encode()).replace(b'\\"\\\\\\/', b"x")
"""The same without escapes, as client software writes it: what the reading by msgspec serves."""

NUMBERS = [
    *(b"0 -0 00 01 -1 7 1.0 1.5 -0.0 1e3 1E+3 1e400 NaN Infinity -Infinity null true false".split()),
    *(str(sign * (2**exponent + step)).encode() for sign in (1, -1) for exponent in (53, 63, 64, 90) for step in (-1, 0, 1)),
]


def compact(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def careful(raw: bytes) -> tuple[Any, list[str]]:
    """What the careful reading alone says about a text in UTF-8."""
    try:
        return payload._read_carefully(raw.decode()), []
    except Refusal as refusal:
        return None, refusal.codes


def depth(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def verdict(raw: bytes) -> tuple[Any, list[str]]:
    try:
        return parse(raw), []
    except Refusal as refusal:
        return None, refusal.codes


@settings(max_examples=sample(200), deadline=None)
@given(bodies, st.booleans(), st.sampled_from([None, 0, 2]))
def test_strict_json_comes_back_as_it_was_written(body: dict[str, Any], escaped: bool, indent: int | None) -> None:
    assert parse(json.dumps(body, ensure_ascii=escaped, indent=indent).encode()) == body


@settings(max_examples=sample(100), deadline=None)
@given(bodies)
def test_the_quick_reading_never_differs_from_the_careful_one(body: dict[str, Any]) -> None:
    text = json.dumps(body, ensure_ascii=False)
    quick = payload._read_plain(text.encode())
    assert quick is None or quick == payload._read_carefully(text)


def test_a_compact_text_takes_the_quickest_way() -> None:
    assert payload._is_plain(PLAIN.decode())
    assert payload._read_plain(PLAIN) == payload._read_carefully(PLAIN.decode())


@settings(max_examples=sample(300), deadline=None)
@given(bodies, texts, st.sampled_from(NUMBERS), st.sampled_from(NUMBERS))
def test_numbers_and_keys_in_a_compact_text_are_judged_as_by_the_careful_reading(
    body: dict[str, Any], key: str, one: bytes, other: bytes
) -> None:
    name = compact({key: 1})[1:-2]
    raw = compact(body)[:-1] + (b"," if body else b"") + b"%b[%b,{%b%b}]}" % (name, one, name, other)
    value, codes = verdict(raw)
    wanted, wanted_codes = careful(raw)
    assert codes in (wanted_codes, ["TOO_DEEP"])
    assert codes or repr(value) == repr(wanted)


@pytest.mark.parametrize("statement", [STATEMENT, PLAIN])
def test_no_single_changed_byte_raises_anything_but_a_refusal_or_passes_as_lax_json(statement: bytes) -> None:
    parse(statement)
    for at in range(len(statement)):
        for byte in {0, 9, 0x22, 0x2C, 0x2D, 0x2E, 0x30, 0x5B, 0x5C, 0x65, 0x7B, 0x7D, 0x7F, 0xC2, 0xFF, statement[at] ^ 1}:
            mutant = statement[:at] + bytes([byte]) + statement[at + 1 :]
            value, codes = verdict(mutant)
            assert codes or (value == json.loads(mutant) and repr(value) == repr(careful(mutant)[0]))


@settings(max_examples=sample(300), deadline=None)
@given(
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from(
            [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"u0061", b"0", b"1", b"-", b".", b"e", b"null", b"true", b"a", b" ", b"\n"]
        ),
        max_size=30,
    ).map(b"".join)
)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    value, codes = verdict(raw)
    assert codes or isinstance(value, dict)


@settings(max_examples=sample(100), deadline=None)
@given(bodies, texts, leaves)
def test_a_key_given_twice_is_refused_however_it_is_spelt(body: dict[str, Any], key: str, value: Any) -> None:
    body[key] = value
    spelt = "".join(f"\\u{unit:04x}" for unit in memoryview(key.encode("utf-16-le")).cast("H"))
    text = json.dumps(body, ensure_ascii=False)[:-1] + f',"{spelt}":1}}'
    assert verdict(text.encode())[1] == ["DUPLICATE_KEY"]


@settings(max_examples=sample(100), deadline=None)
@given(bodies, st.floats())
def test_a_float_anywhere_is_refused(body: dict[str, Any], number: float) -> None:
    body["f"] = [number]
    assert verdict(json.dumps(body).encode())[1] == ["NOT_INTEGER"]


@settings(max_examples=sample(100), deadline=None)
@given(st.integers(1, 40), st.booleans())
def test_depth_is_counted_exactly(levels: int, arrays: bool) -> None:
    inner = b"[" * (levels - 1) + b"]" * (levels - 1) if arrays and levels > 1 else b'{"a":' * (levels - 1) + b"1" + b"}" * (levels - 1)
    codes = verdict(b'{"a":' + inner + b"}")[1]
    assert codes == ([] if levels <= 8 else ["TOO_DEEP"])
