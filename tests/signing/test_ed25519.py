"""Suite ed25519: the accepted set is pinned, so that no library upgrade can change what the log admits."""

from __future__ import annotations

from hashlib import sha256

import pytest
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from signing.keys import PrivateKey
from signing.refusal import Refusal
from signing.suite import load_key, verify
from signing.suites.ed25519 import SPKI_PREFIX
from tests.signing import edwards
from tests.signing.vectors import load

CCTV = load("cctv-ed25519/ed25519vectors.json")
SPECCHECK = load("ed25519-speccheck/cases.json")


def is_accepted(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        verify("ed25519", SPKI_PREFIX + key, message, signature)
    except Refusal:
        return False
    return True


def is_accepted_by_libsodium(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def triple(case: dict[str, str]) -> tuple[bytes, bytes, bytes]:
    return bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"])


def test_all_151_wycheproof_cases_are_judged_as_published() -> None:
    published, judged = {}, {}
    for group in load("wycheproof/ed25519_test.json")["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        assert bytes.fromhex(group["publicKeyDer"]) == SPKI_PREFIX + key
        for case in group["tests"]:
            published[case["tcId"]] = case["result"] == "valid"
            judged[case["tcId"]] = is_accepted(key, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
    assert len(judged) == 151
    assert judged == published


def test_the_accepted_set_of_the_914_cctv_cases_is_pinned() -> None:
    accepted = [case["number"] for case in CCTV if is_accepted(*triple(case))]
    assert len(CCTV) == 914
    assert len(accepted) == 43
    digest = sha256(",".join(map(str, accepted)).encode()).hexdigest()
    assert digest == "36521713b91ca5d28544f38cd646b5494f5911399bfe4635a8bf2f2a88f13bcf"


def test_our_key_check_narrows_nothing_that_libsodium_accepts() -> None:
    assert [is_accepted(*triple(case)) for case in CCTV] == [is_accepted_by_libsodium(*triple(case)) for case in CCTV]


def test_plain_integers_accept_the_same_cctv_cases() -> None:
    assert [case["number"] for case in CCTV if edwards.accepts(*triple(case)) != is_accepted(*triple(case))] == []


def test_no_accepted_cctv_case_has_a_low_order_or_non_canonical_part() -> None:
    weak = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    known = {flag for case in CCTV for flag in case["flags"] or ()}
    assert weak <= known, "the flags are spelt as in the file"
    assert not [case["number"] for case in CCTV if is_accepted(*triple(case)) and weak & set(case["flags"] or ())]


def test_speccheck_accepts_the_fourth_case_alone() -> None:
    verdicts = "".join(
        "V" if is_accepted(*(bytes.fromhex(case[name]) for name in ("pub_key", "message", "signature"))) else "X" for case in SPECCHECK
    )
    assert verdicts == "XXXVXXXXXXXX"


def test_rfc_8032_test_1_is_signed_to_the_byte() -> None:
    key = PrivateKey.from_seed("ed25519", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.spki[-32:].hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


ORDER_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("00" * 32, "small order"),
        ("00" * 31 + "80", "small order"),
        ("01" + "00" * 31, "small order"),
        ("01" + "00" * 30 + "80", "small order"),
        ("ec" + "ff" * 30 + "7f", "small order"),
        ("ec" + "ff" * 31, "small order"),
        (ORDER_8, "small order"),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "small order"),
        ("ed" + "ff" * 30 + "7f", "not reduced"),
        ("ff" * 32, "not reduced"),
        ("02" + "00" * 31, "not on the curve"),
    ],
)
def test_a_key_that_proves_nothing_is_refused(key: str, found: str) -> None:
    with pytest.raises(Refusal) as refusal:
        load_key("ed25519", SPKI_PREFIX + bytes.fromhex(key))
    assert refusal.value.codes == ["KEY_INVALID"]
    assert found in str(refusal.value.reasons[0].found)


def test_the_key_check_agrees_with_plain_integers_near_zero_and_near_p() -> None:
    ys = [*range(60), *range(edwards.P - 60, edwards.P + 19)]
    for raw in [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]:
        point = edwards.decode(raw)
        expected = point is not None and not edwards.is_small_order(point)
        try:
            load_key("ed25519", SPKI_PREFIX + raw)
        except Refusal:
            assert not expected, raw.hex()
        else:
            assert expected, raw.hex()


def test_a_signature_made_larger_by_the_group_order_is_refused_by_its_form() -> None:
    key = PrivateKey.from_seed("ed25519", b"\x01" * 32)
    good = key.sign(b"act")
    twin = good[:32] + (int.from_bytes(good[32:], "little") + edwards.L).to_bytes(32, "little")
    with pytest.raises(Refusal) as refusal:
        verify("ed25519", key.spki, b"act", twin)
    assert refusal.value.codes == ["SIGNATURE_FORM"]
