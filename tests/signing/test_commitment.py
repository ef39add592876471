"""Commitments to personal data (formats §7)."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.commitment import commit, is_commitment_field
from signing.refusal import Refusal

FOUND = "ab" * 32
CHAIN = "manifest/915101120000FX029E/01JD9X5T6Q8Z3K4M5N6P7R8S9T"
SALT = bytes(range(32))
PLACE = {"found": FOUND, "chain": CHAIN, "seq": 3, "field": "driver.phone", "salt": SALT, "value": "张三（虚构）"}


def refused(**changes: object) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        commit(**(PLACE | changes))  # type: ignore[arg-type]
    return refusal.value.codes


def test_the_hash_is_over_the_bytes_of_formats_7() -> None:
    preimage = b"liandan/pd/v1\n" + f"{FOUND}\n{CHAIN}\n3\ndriver.phone\n".encode() + SALT + "张三（虚构）".encode()
    assert commit(**PLACE) == sha256(preimage).hexdigest()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"found": "cd" * 32},
        {"chain": CHAIN[:-1] + "V"},
        {"seq": 4},
        {"field": "driver.name"},
        {"salt": SALT[::-1]},
        {"value": "李四（虚构）"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_commitment_moves_to_no_other_place(change: dict[str, object]) -> None:
    assert commit(**(PLACE | change)) != commit(**PLACE)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["driver", "driver.phone", "a_b.c_1.2", "_", "crew.0.name"])
def test_field_names_of_the_form_are_taken(field: str) -> None:
    assert is_commitment_field(field)
    assert commit(**(PLACE | {"field": field}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "field", ["", "Driver", "driver.", ".driver", "driver..phone", "1driver", "driver phone", "driver\n", "司机", "driver-phone"]
)
def test_other_field_names_are_refused(field: str) -> None:
    assert refused(field=field) == ["COMMIT_FIELD"]


@pytest.mark.parametrize("salt", [b"", SALT[:31], SALT + b"\x00", bytes(32), b"\xff" * 32], ids=["none", "31", "33", "zeros", "constant"])
def test_a_salt_is_32_bytes_and_not_constant(salt: bytes) -> None:
    assert refused(salt=salt) == ["COMMIT_SALT"]


@pytest.mark.parametrize("value", ["e\u0301", "\uf900", "\ud800"], ids=["decomposed", "compatibility ideograph", "surrogate"])
def test_a_value_is_nfc_utf8(value: str) -> None:
    assert refused(value=value) == ["COMMIT_VALUE"]


def test_a_refusal_never_shows_the_value() -> None:
    with pytest.raises(Refusal) as refusal:
        commit(**(PLACE | {"value": "13800000000e\u0301"}))  # type: ignore[arg-type]
    assert "138" not in str(refusal.value.reasons)


@given(st.binary(min_size=32, max_size=32).filter(lambda salt: len(set(salt)) > 1), st.text("0123456789", max_size=11))
def test_salt_and_value_cannot_be_shifted_into_each_other(salt: bytes, value: str) -> None:
    shifted = salt[1:] + value[:1].encode()
    if value and len(set(shifted)) > 1:
        assert commit(**(PLACE | {"salt": shifted, "value": value[1:]})) != commit(**(PLACE | {"salt": salt, "value": value}))  # type: ignore[arg-type]
