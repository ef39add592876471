"""What may stand beside an envelope, and that nothing but the true opening passes."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.vault.disclosure import (
    DISCLOSURES_MAX,
    NONCE_BYTES,
    REQUEST_LIMIT,
    VALUE_BYTES_MAX,
    Disclosure,
    check,
    seal,
    take_apart,
    unseal,
)
from signing.envelope import PAYLOAD_STATEMENT, freeze
from signing.envelope import seal as sign
from signing.refusal import Refusal
from tests.ledger.vault.people import committed, opened, request, salt_of, wire
from tests.workbench import key_of

FOUND = "ab" * 32
CHAIN = "manifest/915101000000FX037W/01JC0000000000000000000000"
ENVELOPE = freeze(sign(PAYLOAD_STATEMENT, b'{"kind":"manifest.issue/1"}', [key_of("somebody")]))
SECRET = "欧阳机密"

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=40).map(lambda text: unicodedata.normalize("NFC", text))
salts = st.binary(min_size=32, max_size=32).filter(lambda salt: len(set(salt)) > 1)
fields = st.from_regex(r"[a-z_]{1,8}(\.[a-z0-9_]{1,8}){0,2}", fullmatch=True)
disclosures = st.builds(Disclosure, fields, salts, texts)


def codes(refusal: Refusal | None) -> list[str]:
    assert refusal is not None
    return refusal.codes


def told(refusal: Refusal | None) -> str:
    """Everything a refusal could show anybody."""
    assert refusal is not None
    return repr(refusal) + str(refusal) + "".join(f"{r.field} {r.found} {r.expected}" for r in refusal.reasons)


@given(disclosures, st.integers(0, 2**40))
def test_the_true_opening_passes(one: Disclosure, seq: int) -> None:
    assert check([one], committed(FOUND, CHAIN, seq, [one]), FOUND, CHAIN, seq) == []


@given(disclosures, disclosures)
def test_no_other_opening_passes(one: Disclosure, other: Disclosure) -> None:
    other = Disclosure(one.field, other.salt, other.value)
    assume((one.salt, one.value) != (other.salt, other.value))
    reasons = check([other], committed(FOUND, CHAIN, 0, [one]), FOUND, CHAIN, 0)
    assert [reason.code for reason in reasons] == ["DISCLOSURE_WRONG"]


@given(disclosures, st.sampled_from(["found", "chain", "seq"]))
def test_an_opening_holds_at_its_own_place_alone(one: Disclosure, moved: str) -> None:
    place = {"found": FOUND, "chain": CHAIN, "seq": 3} | {
        "found": {"found": "cd" * 32},
        "chain": {"chain": f"{CHAIN}x"},
        "seq": {"seq": 4},
    }[moved]
    reasons = check([one], committed(FOUND, CHAIN, 3, [one]), **place)  # type: ignore[arg-type]  # three keywords
    assert [reason.code for reason in reasons] == ["DISCLOSURE_WRONG"]


@given(disclosures)
def test_what_is_posted_is_what_is_read(one: Disclosure) -> None:
    offer = take_apart(request(ENVELOPE, [wire(one)]))
    if offer.refusal is None:  # strict JSON forbids some characters of a value
        assert offer.disclosures == (one,)
    else:
        assert offer.refusal.codes == ["FORBIDDEN_CHARACTER"]


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_taking_apart_never_raises(raw: bytes) -> None:
    take_apart(raw)
    take_apart(b'{"envelope":' + raw + b',"disclosures":' + raw + b"}")


def test_a_bare_envelope_passes_untouched() -> None:
    offer = take_apart(ENVELOPE)
    assert offer.envelope is ENVELOPE
    assert (offer.disclosures, offer.refusal) == ((), None)


def test_an_envelope_beside_nothing_is_admitted_in_its_frozen_form() -> None:
    assert take_apart(request(ENVELOPE, [])).envelope == ENVELOPE
    assert take_apart(b'{"envelope":' + ENVELOPE + b"}").envelope == ENVELOPE


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ([wire(one) for one in opened("a")] + [wire(opened("a")[0])], "DISCLOSURE_TWICE"),
        ([wire(opened("a")[0], note=SECRET)], "DISCLOSURE_FORM"),
        ([{"field": "driver.name", "value": SECRET}], "DISCLOSURE_FORM"),
        ([wire(opened("a")[0], value={"inner": SECRET})], "DISCLOSURE_FORM"),
        ([wire(opened("a")[0], salt=SECRET)], "BASE64"),
        ([wire(opened("a")[0], value=SECRET + "甲" * VALUE_BYTES_MAX)], "DISCLOSURE_FORM"),
        ([wire(opened("a")[0])] * (DISCLOSURES_MAX + 1), "DISCLOSURE_FORM"),
        ({"driver.name": SECRET}, "DISCLOSURE_FORM"),
        ([wire(opened("a")[0], value=SECRET + "\u200b")], "FORBIDDEN_CHARACTER"),
        ([wire(opened("a")[0], value=None)], "NULL_VALUE"),
        ([wire(opened("a")[0], value=1.5)], "NOT_INTEGER"),
    ],
)
def test_a_malformed_disclosure_is_refused_and_not_repeated(listed: list[dict[str, object]], code: str) -> None:
    offer = take_apart(request(ENVELOPE, listed))
    assert codes(offer.refusal) == [code]
    assert SECRET not in told(offer.refusal)
    assert "1.5" not in told(offer.refusal)


def test_a_value_of_exactly_1024_bytes_and_32_disclosures_pass() -> None:
    listed = [wire(Disclosure(f"field{number}"[:8].replace("0", "a"), salt_of(str(number)), "x" * 8)) for number in range(1)]
    assert take_apart(request(ENVELOPE, [{**listed[0], "value": "x" * VALUE_BYTES_MAX}])).refusal is None
    many = [wire(Disclosure(f"a.{number}", salt_of(str(number)), "x")) for number in range(DISCLOSURES_MAX)]
    assert len(take_apart(request(ENVELOPE, many)).disclosures) == DISCLOSURES_MAX


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"envelope":{},"disclosures":[]}', "ENVELOPE_FIELD"),
        (b'{"envelope":"x","disclosures":[]}', "DISCLOSURE_FORM"),
        (b'{"envelope":' + ENVELOPE + b',"disclosures":[],"more":1}', "DISCLOSURE_FORM"),
        (b'{"disclosures":[]}', "DISCLOSURE_FORM"),
        (ENVELOPE[:-1] + b',"disclosures":[]}', "DISCLOSURE_FORM"),
        (b'{"envelope":' + ENVELOPE + b',"disclosures":[],"disclosures":[]}', "DUPLICATE_KEY"),
        (b'{"envelope":' + b" " * REQUEST_LIMIT + b"}", "BODY_TOO_LARGE"),
        (b'{"envelope', "NOT_JSON"),
    ],
)
def test_a_request_of_another_form_is_refused(raw: bytes, code: str) -> None:
    if code == "NOT_JSON":
        raw += b'":'
    assert codes(take_apart(raw).refusal) == [code]


def test_a_field_that_was_not_committed_is_refused_without_its_name() -> None:
    [reason] = check([Disclosure("ouyang_jimi", salt_of("x"), SECRET)], {"driver.name": "00" * 32}, FOUND, CHAIN, 0)
    assert (reason.code, reason.field, reason.found, reason.expected) == ("DISCLOSURE_UNKNOWN", "disclosures.0.field", "", "driver.name")


@pytest.mark.parametrize(
    ("salt", "value", "code"),
    [
        (b"\x07" * 32, SECRET, "COMMIT_SALT"),
        (salt_of("a")[:31], SECRET, "COMMIT_SALT"),
        (salt_of("a") + b"\x00", SECRET, "COMMIT_SALT"),
        (salt_of("a"), unicodedata.normalize("NFD", "Zoë" + "é"), "COMMIT_VALUE"),
    ],
)
def test_unfit_salts_and_values_are_refused(salt: bytes, value: str, code: str) -> None:
    [reason] = check([Disclosure("driver.name", salt, value)], {"driver.name": "00" * 32}, FOUND, CHAIN, 0)
    assert reason.code == code
    assert value not in f"{reason.found} {reason.expected} {reason.near}"


def test_all_reasons_come_at_once() -> None:
    first, second, third = opened("a")
    right = committed(FOUND, CHAIN, 0, [second])
    wrong = {"driver.name": "00" * 32, **right}
    assert [r.code for r in check([first, second, third], wrong, FOUND, CHAIN, 0)] == ["DISCLOSURE_WRONG", "DISCLOSURE_UNKNOWN"]


def test_nothing_prints_a_value() -> None:
    one = Disclosure("driver.name", salt_of("a"), SECRET)
    assert repr(one) == str(one) == "Disclosure('driver.name')"
    assert SECRET not in repr(take_apart(request(ENVELOPE, [wire(one)])))


@given(disclosures, st.binary(min_size=32, max_size=32), st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES))
def test_what_is_sealed_opens_with_its_key_at_its_place_alone(one: Disclosure, key: bytes, nonce: bytes) -> None:
    sealed = seal(key, nonce, "ab" * 32, one)
    assert unseal(key, nonce, sealed, "ab" * 32, one.field) == one
    assert unseal(bytes(32) if any(key) else b"\x01" * 32, nonce, sealed, "ab" * 32, one.field) is None
    assert unseal(key, nonce, sealed, "cd" * 32, one.field) is None
    assert unseal(key, nonce, sealed, "ab" * 32, f"{one.field}x") is None
    assert unseal(key, nonce, sealed[:-1] + bytes([sealed[-1] ^ 1]), "ab" * 32, one.field) is None
