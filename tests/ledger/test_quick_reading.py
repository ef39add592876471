"""The quick readings of frozen envelopes and canonical entries accept nothing that the strict ones refuse, and read the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission import entry as entries
from ledger.model import Decision
from signing import envelope as envelopes
from signing.envelope import PAYLOAD_STATEMENT, envelope_of, freeze
from signing.payload import parse
from signing.refusal import Refusal
from tests.ledger.mutation import damaged
from tests.workbench import Workbench, uscc

BENCH = Workbench()
BENCH.register(uscc("510112", 5))
ENTRY = BENCH.entries[1].raw
FROZEN = freeze(BENCH.entries[1].envelope)


def outcome(read: Callable[[bytes], Any], raw: bytes) -> Any:
    """What is read, or None where it is refused."""
    try:
        return read(raw)
    except Refusal:
        return None


def strict_envelope(raw: bytes) -> Any:
    """Without the quick reading; other payload types are not its business."""
    found = envelope_of(parse(raw, limit=envelopes.ENVELOPE_LIMIT))
    return found if found.payload_type == PAYLOAD_STATEMENT else None


def test_good_bytes_take_the_quick_way() -> None:
    assert envelopes._frozen(FROZEN, PAYLOAD_STATEMENT) == strict_envelope(FROZEN) is not None
    assert entries._canonical(ENTRY) == entries._strict(ENTRY)


@given(damaged(FROZEN))
@example(FROZEN.replace(b'","payload":', b'","payload":"","payload":', 1))
@example(FROZEN.replace(b'"sig":', b'"sig":null,"sig":'))
@example(FROZEN.replace(b"[{", b"[" * 10_000 + b"{"))
def test_a_damaged_envelope_is_read_by_neither_or_by_both_alike(raw: bytes) -> None:
    quick = envelopes._frozen(raw, PAYLOAD_STATEMENT)
    assert quick is None or quick == outcome(strict_envelope, raw)


@given(damaged(ENTRY))
@example(ENTRY.replace(b'"v":1', b'"v":1.0'))
@example(ENTRY.replace(b'"v":1', b'"v":true'))
@example(ENTRY.replace(b'"v":1', b'"v":1,"v":1'))
@example(ENTRY.replace(b'"index":1', b'"index":9007199254740993'))
@example(ENTRY.replace(b'"index":1', b'"index":99999999999999999999999'))
@example(ENTRY.replace(b'"tags":[]', b'"tags":[["LATE",9007199254740993]]'))
@example(ENTRY.replace(b'"tags":[]', b'"tags":[["LATE",1e3]]'))
@example(ENTRY.replace(b'"decision":{', b'"decision":{"route":null,'))
@example(ENTRY.replace(b'"ruleset":"', b'"ruleset":"\x7f'))
@example(ENTRY.replace(b'"ruleset":"', '"ruleset":"\u200b'.encode()))
@example(ENTRY.replace(b'"ruleset":"', b'"ruleset":"\\u0041'))
@example(ENTRY + b"\n")
def test_a_damaged_entry_is_read_by_neither_or_by_both_alike(raw: bytes) -> None:
    quick = entries._canonical(raw)
    assert quick is None or quick == outcome(entries._strict, raw)


def spelt(text: str) -> str:
    """A JSON string as formats §4 writes it, spelt out here once more."""
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 0x20 else "\\" + c if c in '"\\' else c for c in text) + '"'


@given(st.text(st.characters(exclude_categories=("Cs",))))
@example("".join(map(chr, range(0x20))) + '"\\/\\n\x7f\u2028')
def test_texts_are_escaped_as_the_format_says(text: str) -> None:
    admission = replace(BENCH.entries[1].admission, ruleset=text)
    assert f'"ruleset":{spelt(text)},"facts"'.encode() in entries.encode_admission(admission)


@given(st.binary(max_size=200))
def test_rubbish_is_nothing_to_the_quick_readings(raw: bytes) -> None:
    assert envelopes._frozen(raw, PAYLOAD_STATEMENT) is None
    assert entries._canonical(raw) is None


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**64])
def test_numbers_beyond_every_reader_are_no_part_of_an_entry(number: int) -> None:
    with pytest.raises(Refusal, match="ENTRY_FORM"):
        entries._check_notes(Decision(tags=(("LATE", number),), alerts=(), accounts=()))
