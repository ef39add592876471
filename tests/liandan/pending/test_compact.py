"""The text for co-signing: what goes in comes out, whoever signs first; what is damaged is noticed; and its page says how it is made."""

from __future__ import annotations

import random
import re
import zlib
from base64 import b32decode, b32encode
from functools import reduce
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.pending.compact import FRAME_MAX, FRAME_MIN, CosignedStatement, cosigning_of, merged, read_text, read_texts, write_text
from signing.envelope import Signature
from signing.refusal import Refusal

BODIES = st.binary(min_size=1, max_size=600)
SIGNATURES = st.dictionaries(
    st.integers(0, 7), st.builds(Signature, st.binary(min_size=32, max_size=32).map(bytes.hex), st.binary(max_size=100)), max_size=8
)
PARTS = st.lists(st.tuples(SIGNATURES, st.booleans()), min_size=1, max_size=5)
PAGE = Path(__file__).parents[3] / "docs/formats/cosign.md"


def parts_of(body: bytes, parts: list[tuple[dict[int, Signature], bool]]) -> list[CosignedStatement]:
    """What several have signed of one statement, some of it as answers."""
    whole = [cosigning_of(body, signatures) for signatures, _ in parts]
    return [one.answer if is_answer else one for one, (_, is_answer) in zip(whole, parts, strict=True)]


@given(BODIES, SIGNATURES, st.booleans(), st.integers(FRAME_MIN, FRAME_MAX), st.randoms())
def test_what_goes_in_comes_out(body: bytes, signatures: dict[int, Signature], is_answer: bool, frame: int, chance: random.Random) -> None:
    [part] = parts_of(body, [(signatures, is_answer)])
    lines = write_text(part, frame).splitlines()
    assert all(re.fullmatch("[0-9A-Z$%*+./:-]+", line) for line in lines), "a QR code packs it as letters"
    chance.shuffle(lines)
    assert read_text("\n \n".join([*lines, lines[0].lower()])) == part


@given(st.lists(st.tuples(BODIES, SIGNATURES), min_size=1, max_size=4, unique_by=lambda one: one[0]), st.integers(FRAME_MIN, FRAME_MAX))
def test_a_file_holds_the_texts_of_several(parts: list[tuple[bytes, dict[int, Signature]]], frame: int) -> None:
    whole = [cosigning_of(body, signatures) for body, signatures in parts]
    text = "\n\n".join(write_text(one, frame) for one in whole)
    assert read_texts(text) == whole
    with pytest.raises(Refusal, match="COSIGN_TEXT"):
        read_texts(text + "\nsomething else")


@given(BODIES, PARTS, st.randoms())
def test_the_order_of_signing_says_nothing(
    body: bytes, given_parts: list[tuple[dict[int, Signature], bool]], chance: random.Random
) -> None:
    parts = parts_of(body, given_parts)
    together = merged(parts)
    shuffled = list(parts)
    chance.shuffle(shuffled)
    assert merged(shuffled) == together
    assert reduce(lambda one, other: merged([one, other]), shuffled) == together
    assert merged([together, *parts, together]) == together
    assert together.body == (body if any(part.body for part in parts) else b"")
    assert together.signatures.keys() == {place for part in parts for place in part.signatures}


@given(BODIES, SIGNATURES, st.data())
def test_one_letter_amiss_is_noticed(body: bytes, signatures: dict[int, Signature], data: st.DataObject) -> None:
    text = write_text(cosigning_of(body, signatures), FRAME_MIN).rstrip("\n")
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:/0189 "))
    changed = text[:at] + letter + text[at + 1 :]
    if changed.split() == text.split():
        return
    with pytest.raises(Refusal, match="COSIGN_TEXT"):
        read_text(changed)


@given(st.one_of(st.text(max_size=200), st.text("LIANDANCOSIGN1:/ABC234567\n", max_size=200)))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="COSIGN_TEXT"):
        read_text(text)


@given(st.binary(max_size=400))
def test_whatever_is_packed_is_read_or_refused(raw: bytes) -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(raw) + deflate.flush()
    check = sha256(packed).hexdigest()[:8].upper()
    text = f"LIANDAN:COSIGN1:1/1:{check}:{b32encode(packed).decode().rstrip('=')}"
    try:
        found = read_text(text)
    except Refusal as refusal:
        if refusal.codes != ["COSIGN_TEXT"]:
            raise
    else:
        assert read_text(write_text(found)) == found


def test_a_bomb_is_not_unpacked() -> None:
    packed = zlib.compress(b"\0" * 50_000_000, 9)[2:-4]
    with pytest.raises(Refusal, match="COSIGN_TEXT"):
        read_text(f"LIANDAN:COSIGN1:1/1:{sha256(packed).hexdigest()[:8].upper()}:{b32encode(packed).decode().rstrip('=')}")


def test_other_statements_are_not_put_together() -> None:
    one, other = cosigning_of(b"{}"), cosigning_of(b"{ }")
    for parts in permutations([one, other, one]):
        with pytest.raises(Refusal, match="COSIGN_OTHER"):
            merged(list(parts))


def test_the_longest_statement_has_a_text_of_the_smallest_lines() -> None:
    part = cosigning_of(random.Random(1).randbytes(24_576), {place: Signature("a" * 64, bytes(2_420)) for place in range(8)})
    assert read_text(write_text(part, FRAME_MIN)) == part


def test_a_text_without_one_of_its_lines_says_which_is_missing() -> None:
    lines = write_text(cosigning_of(bytes(range(256)), {0: Signature("a" * 64, bytes(64))}), FRAME_MIN).splitlines()
    assert len(lines) > 2
    with pytest.raises(Refusal) as caught:
        read_text("\n".join(lines[:1] + lines[2:]))
    assert "2" in str(caught.value.reasons[0].found)


def test_the_page_tells_enough_to_read_the_text_in_it() -> None:
    """By the page alone: head, check, base32, raw deflate, layout."""
    page = PAGE.read_text(encoding="utf-8")
    [text] = re.findall(r"(?m)^LIANDAN:COSIGN1:1/1:.*$", page)
    _, _, _, check, data = text.split(":")
    packed = b32decode(data + "=" * (-len(data) % 8))
    assert sha256(packed).hexdigest()[:8].upper() == check
    raw = zlib.decompress(packed, -15)
    assert raw[:2] == bytes([1, 1])
    place, keyid, length = raw[2], raw[3:35], int.from_bytes(raw[35:37], "big")
    found = read_text(text)
    assert (found.body, found.signatures) == (raw[37 + length :], {place: Signature(keyid.hex(), raw[37 : 37 + length])})
    assert found.statement in page
    assert replace(found, signatures={}).body.decode() in page
