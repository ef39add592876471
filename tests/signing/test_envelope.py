"""Envelopes: one reading, one frozen form, and exactly the bytes that were signed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.envelope import (
    ENVELOPE_LIMIT,
    PAYLOAD_LOGIN,
    PAYLOAD_STATEMENT,
    Envelope,
    Signature,
    envelope_of,
    freeze,
    pae,
    parse_envelope,
    seal,
)
from signing.keys import PrivateKey
from signing.refusal import Refusal
from signing.suite import verify
from tests.sample import sample

KEYS = [PrivateKey.from_seed("ed25519", bytes([n]) * 32) for n in range(2)] + [PrivateKey.from_seed("ecdsa-p256-sha256", bytes(32))]
BODY = '{"名称":"废矿物油（虚构）"}'.encode()
SEALED = seal(PAYLOAD_STATEMENT, BODY, KEYS)


def wire() -> dict[str, Any]:
    """The sealed envelope as JSON values, to be spoilt."""
    parsed: dict[str, Any] = json.loads(freeze(SEALED))
    return parsed


def refused(raw: bytes | dict[str, Any]) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        parse_envelope(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), payload_type=PAYLOAD_STATEMENT)
    return refusal.value


def test_pae_is_the_published_example() -> None:
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("http://example.com/HelloWorld", b"hello world") == expected


def test_pae_counts_bytes_not_characters() -> None:
    assert pae("类型", "联单".encode()) == b"DSSEv1 6 " + "类型".encode() + b" 6 " + "联单".encode()
    assert pae("", b"") == b"DSSEv1 0  0 "


@settings(max_examples=sample(100))
@given(st.text(max_size=8), st.binary(max_size=8), st.text(max_size=8), st.binary(max_size=8))
def test_no_two_pairs_of_type_and_body_share_a_pae(one: str, a: bytes, two: str, b: bytes) -> None:
    assert (pae(one, a) == pae(two, b)) == ((one, a) == (two, b))


def test_each_signature_of_a_sealed_envelope_covers_type_and_body() -> None:
    assert [signature.keyid for signature in SEALED.signatures] == [key.keyid for key in KEYS]
    for key, signature in zip(KEYS, SEALED.signatures, strict=True):
        verify(key.suite, key.spki, pae(PAYLOAD_STATEMENT, BODY), signature.sig)
    with pytest.raises(Refusal):
        verify(KEYS[0].suite, KEYS[0].spki, pae(PAYLOAD_LOGIN, BODY), SEALED.signatures[0].sig)


def test_a_frozen_envelope_is_compact_json_in_the_published_order() -> None:
    small = Envelope(PAYLOAD_STATEMENT, b"{}", (Signature("ab" * 32, b"\x00\xff"), Signature("cd" * 32, b"")))
    assert freeze(small) == (
        b'{"payloadType":"application/vnd.liandan.statement.v1+json","payload":"e30=","signatures":['
        b'{"keyid":"' + b"ab" * 32 + b'","sig":"AP8="},{"keyid":"' + b"cd" * 32 + b'","sig":""}]}'
    )


def test_freezing_and_reading_are_inverse() -> None:
    assert parse_envelope(freeze(SEALED), payload_type=PAYLOAD_STATEMENT) == SEALED
    assert envelope_of(wire()) == SEALED
    assert SEALED.message == pae(PAYLOAD_STATEMENT, BODY)


def test_every_posted_spelling_freezes_to_the_same_bytes() -> None:
    shuffled = dict(reversed(wire().items()))
    shuffled["signatures"] = [dict(reversed(item.items())) for item in shuffled["signatures"]]
    for posted in (
        json.dumps(shuffled),
        json.dumps(wire(), indent=3),
        freeze(SEALED).decode().replace("/", "\\/").replace("keyid", "\\u006beyid"),
    ):
        assert freeze(parse_envelope(posted.encode(), payload_type=PAYLOAD_STATEMENT)) == freeze(SEALED)


@settings(max_examples=sample(60))
@given(st.binary(max_size=60), st.lists(st.binary(max_size=70), min_size=1, max_size=8))
def test_any_bytes_travel_unchanged(body: bytes, sigs: list[bytes]) -> None:
    envelope = Envelope(PAYLOAD_STATEMENT, body, tuple(Signature(f"{n:064x}", sig) for n, sig in enumerate(sigs)))
    assert parse_envelope(freeze(envelope), payload_type=PAYLOAD_STATEMENT) == envelope


def test_an_envelope_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert refused(b"{" * (ENVELOPE_LIMIT + 1)).codes == ["ENVELOPE_TOO_LARGE"]
    assert refused(b"{}" + b" " * (ENVELOPE_LIMIT - 2)).codes == ["ENVELOPE_FIELD"]


def test_an_envelope_obeys_the_strict_json_of_bodies() -> None:
    text = freeze(SEALED).decode()
    assert refused(text.replace('"signatures"', '"payload":"","signatures"').encode()).codes == ["DUPLICATE_KEY"]
    assert refused(b"\xef\xbb\xbf" + text.encode()).codes == ["BYTE_ORDER_MARK"]
    assert refused(text.encode()[:-1]).codes == ["NOT_JSON"]
    assert refused(wire() | {"payload": None}).codes == ["NULL_VALUE"]


def test_another_payload_type_is_refused() -> None:
    refusal = refused(freeze(seal(PAYLOAD_LOGIN, BODY, KEYS)))
    assert (refusal.codes, refusal.reasons[0].found, refusal.reasons[0].expected) == (["PAYLOAD_TYPE"], PAYLOAD_LOGIN, PAYLOAD_STATEMENT)


def test_missing_unknown_and_mistyped_fields_are_named_all_at_once() -> None:
    bad = wire() | {"payload": 7, "extra": 1}
    del bad["payloadType"]
    refusal = refused(bad)
    assert refusal.codes == ["ENVELOPE_FIELD"]
    assert [(reason.field, reason.found) for reason in refusal.reasons] == [
        ("extra", ("不认识的字段", "an unknown field")),
        ("payloadType", ("没有这一项", "absent")),
        ("payload", ("数字", "a number")),
    ]


def test_what_is_wrong_with_text_fields_and_signatures_comes_at_once() -> None:
    """S8: whoever mends one defect of an envelope does not meet the next one by posting again."""
    keyid = "ab" * 32
    signatures = [{"keyid": keyid.upper(), "sig": "a-_="}, {"keyid": keyid, "sig": ""}, {"keyid": keyid, "sig": "AA"}, 7]
    refusal = refused({"payloadtype": "x", "payload": None, "signatures": signatures})
    assert [(reason.code, reason.field) for reason in refusal.reasons] == [
        ("NULL_VALUE", "payload"),
        ("ENVELOPE_FIELD", "payloadtype"),
        ("ENVELOPE_FIELD", "payloadType"),
        ("KEYID_FORM", "signatures.0.keyid"),
        ("BASE64", "signatures.0.sig"),
        ("BASE64", "signatures.2.sig"),
        ("ENVELOPE_FIELD", "signatures.3"),
        ("KEYID_TWICE", "signatures.2.keyid"),
    ]
    assert [refusal.reasons[at].near for at in (1, 3)] == ["payloadType", keyid]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ("text", "signatures.1"),
        ({"keyid": "ab" * 32}, "signatures.1.sig"),
        ({"keyid": "ab" * 32, "sig": ""} | {"alg": "none"}, "signatures.1.alg"),
        ({"keyid": 1, "sig": ""}, "signatures.1.keyid"),
    ],
)
def test_a_signature_has_exactly_its_two_fields(item: object, field: str) -> None:
    bad = wire()
    bad["signatures"][1] = item
    refusal = refused(bad)
    assert (refusal.codes, refusal.reasons[0].field) == (["ENVELOPE_FIELD"], field)


def test_an_envelope_has_one_to_eight_signatures() -> None:
    for number in (0, 9):
        signatures = [{"keyid": f"{n:064x}", "sig": ""} for n in range(number)]
        refusal = refused(wire() | {"signatures": signatures})
        assert (refusal.codes, refusal.reasons[0].field) == (["ENVELOPE_FIELD"], "signatures")


@pytest.mark.parametrize("keyid", ["", "ab" * 31, "AB" * 32, "zz" * 32, "ab" * 32 + "a", " " + "ab" * 32, "ａ" * 64])
def test_a_keyid_is_64_lower_case_hex_digits(keyid: str) -> None:
    bad = wire()
    bad["signatures"][0]["keyid"] = keyid
    refusal = refused(bad)
    assert (refusal.codes, refusal.reasons[0].field) == (["KEYID_FORM"], "signatures.0.keyid")


def test_one_key_does_not_sign_twice() -> None:
    bad = wire()
    bad["signatures"].append(bad["signatures"][0])
    refusal = refused(bad)
    assert (refusal.codes, refusal.reasons[0].field) == (["KEYID_TWICE"], "signatures.3.keyid")


@pytest.mark.parametrize("text", ["e30", "e30==", "e31=", "e3 0=", "e30=e30=", "=", "e30_", "-_8=", "A", "废", "e30=\\u3000"])
def test_base64_has_one_spelling(text: str) -> None:
    bad = wire()
    bad["payload"] = text
    assert refused(bad).codes == ["BASE64"]
    bad = wire()
    bad["signatures"][2]["sig"] = text
    assert refused(bad).reasons[0].field == "signatures.2.sig"


def test_the_body_stays_opaque_until_its_signatures_hold() -> None:
    envelope = seal(PAYLOAD_STATEMENT, b"\xff not JSON", KEYS[:1])
    assert parse_envelope(freeze(envelope), payload_type=PAYLOAD_STATEMENT).body == b"\xff not JSON"


def test_no_single_changed_byte_raises_anything_but_a_refusal() -> None:
    frozen = freeze(seal(PAYLOAD_STATEMENT, b"{}", KEYS[:1]))
    for at in range(len(frozen)):
        for byte in {0x22, 0x5C, 0x30, 0x7F, 0xFF, frozen[at] ^ 1}:
            mutant = frozen[:at] + bytes([byte]) + frozen[at + 1 :]
            try:
                envelope = parse_envelope(mutant, payload_type=PAYLOAD_STATEMENT)
            except Refusal:
                continue
            assert freeze(envelope) == mutant, "what is accepted keeps its bytes"
