"""Suite sm2-sm3: the standard's example, other people's programs, every other form refused, and the arithmetic against school formulas."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from collections.abc import Callable
from hashlib import new
from pathlib import Path
from typing import Any, get_args

import pytest
from asn1crypto.algos import DSASignature
from cryptography.exceptions import InvalidSignature
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.keys import PrivateKey
from signing.phrase import Language, word_in
from signing.pkcs8 import seal_key
from signing.refusal import Refusal
from signing.suite import load_key, suite, verify
from signing.suites import sm2_sm3
from signing.suites.sm2_sm3 import SPKI_PREFIX
from tests.sample import sample
from tests.signing.sm2_cases import KEY, bad_keys, malleations, raw_of
from tests.signing.vectors import VECTORS, load

NAME = "sm2-sm3"
P, N, G = sm2_sm3._P, sm2_sm3._N, sm2_sm3._G
Point = tuple[int, int] | None


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Keys are kept once they are loaded; what loads them is looked at here."""
    load_key.cache_clear()
    sm2_sm3._table_of.cache_clear()
    sm2_sm3._base.cache_clear()


def refused(work: Callable[[], object]) -> tuple[str, str, str, str, str]:
    """Code, and what was found and expected in both languages."""
    with pytest.raises(Refusal) as refusal:
        work()
    [reason] = refusal.value.reasons
    return reason.code, *(word_in(word, language) for word in (reason.found, reason.expected) for language in get_args(Language))


def code_of(spki: bytes, message: bytes, signature: bytes) -> str:
    try:
        verify(NAME, spki, message, signature)
    except Refusal as refusal:
        return refusal.codes[0]
    return "accepted"


def added(one: Point, other: Point) -> Point:
    """The sum by the school formula, in affine coordinates."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 + P - 3) * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def multiple(scalar: int, point: Point) -> Point:
    """Double and add."""
    found: Point = None
    for bit in f"{scalar:b}":
        found = added(found, found)
        if bit == "1":
            found = added(found, point)
    return found


def spki_of(scalar: int) -> bytes:
    point = multiple(scalar, G)
    assert point is not None
    return SPKI_PREFIX + b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)


def plain(point: tuple[int, int, int]) -> Point:
    return sm2_sm3._affine([point])[0] if point[2] else None


# --- published vectors ------------------------------------------------------------------------------------------------------------------


def test_the_standards_example_is_signed_and_verified_to_the_byte() -> None:
    told = load("sm/sm2-gmt0003.5-example.json")
    scalar, digest = int(told["private_key_d"], 16), bytes.fromhex(told["e"])
    private = sm2_sm3._key(scalar)
    assert private.coordinates.hex() == told["public_key_x"] + told["public_key_y"]
    assert sm2_sm3._z(private.coordinates).hex() == told["ZA"]
    signature = sm2_sm3._signed(scalar, digest, iter([int(told["k"], 16)]))
    assert signature.hex() == told["r"] + told["s"]
    verify(NAME, PrivateKey(NAME, private).spki, told["message_ascii"].encode(), signature)


def test_openssls_examples_verify_over_their_digests() -> None:
    told = load("sm/sm2-openssl.json")
    der = b64decode("".join(told["private_key_pem"].splitlines()[1:-1]))
    private = sm2_sm3._key(int.from_bytes(der[36:68]))
    assert sm2_sm3._to_der(private) == der
    point = (int.from_bytes(private.coordinates[:32]), int.from_bytes(private.coordinates[32:]))
    for case in told["verify_prehashed"]:
        signature = raw_of(bytes.fromhex(case["sig_der"]))
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        for of_key in (
            sm2_sm3._multiple((r + s) % N, point),
            sm2_sm3._add_multiple(sm2_sm3._INFINITY, (r + s) % N, sm2_sm3._table_of(point)),
        ):
            found = sm2_sm3._add_multiple(of_key, s, sm2_sm3._base())
            assert sm2_sm3._is_x(found, r - int(case["e"], 16))
            assert not sm2_sm3._is_x(found, r - int(case["e"], 16) + 1)


def test_sm3_is_the_standards() -> None:
    for case in load("sm/sm3-gbt32905.json")["SM3"]:
        assert sm2_sm3._sm3(bytes.fromhex(case["msg"])).hex() == case["md"]
    values = [line.partition(" = ")[2] for line in (VECTORS / "sm/SM3-oscca.txt").read_text().splitlines() if " = " in line]
    triples = list(zip(values[::3], values[1::3], values[2::3], strict=True))
    assert len(triples) >= 2
    for bits, message, digest in triples:
        assert sm2_sm3._sm3(bytes.fromhex(message)[: int(bits) // 8]).hex() == digest.lower()


def test_a_nonce_is_that_of_rfc_6979_with_another_hash() -> None:
    """The same steps with SHA-256 and the order of P-256 give A.2.5 of the RFC; here they are written out once more with SM3."""
    import hmac

    def mac(key: bytes, message: bytes) -> bytes:
        return hmac.new(key, message, lambda: new("sm3")).digest()

    digest = bytes(range(32))
    x, h = (7).to_bytes(32), (int.from_bytes(digest) % N).to_bytes(32)
    v, k = b"\x01" * 32, b"\x00" * 32
    k = mac(k, v + b"\x00" + x + h)
    v = mac(k, v)
    k = mac(k, v + b"\x01" + x + h)
    v = mac(k, v)
    v = mac(k, v)
    nonces = sm2_sm3._nonces(7, digest)
    assert next(nonces) == int.from_bytes(v)
    k = mac(k, v + b"\x00")
    v = mac(k, mac(k, v))
    assert next(nonces) == int.from_bytes(v)


# --- the arithmetic ---------------------------------------------------------------------------------------------------------------------

scalars = st.one_of(st.integers(0, 40), st.integers(N - 40, N - 1), st.integers(0, N - 1))


@settings(max_examples=sample(25), deadline=None)
@given(u=scalars, v=scalars, d=st.one_of(st.integers(1, 20), st.integers(N - 20, N - 2), st.integers(1, N - 2)))
def test_sums_of_multiples_are_those_of_the_school_formula_where_points_meet_too(u: int, v: int, d: int) -> None:
    point = multiple(d, G)
    assert point is not None
    wanted = multiple((u + v * d) % N, G)
    slow = sm2_sm3._multiple(v, point)
    assert plain(slow) == multiple(v * d % N, G)
    for of_key in (slow, sm2_sm3._add_multiple(sm2_sm3._INFINITY, v, sm2_sm3._table_of(point))):
        assert plain(sm2_sm3._add_multiple(of_key, u, sm2_sm3._base())) == wanted


@settings(max_examples=sample(40), deadline=None)
@given(a=st.integers(1, 60), b=st.integers(1, 60), z=st.integers(1, P - 1))
def test_a_sum_of_two_points_is_right_when_they_are_equal_or_opposite(a: int, b: int, z: int) -> None:
    (ax, ay), other = multiple(a, G) or (0, 0), multiple(b, G)
    assert other is not None
    scaled = (ax * z * z % P, ay * z**3 % P, z)
    assert plain(sm2_sm3._added(scaled, other)) == multiple(a + b, G)
    opposite = (other[0], P - other[1])
    assert plain(sm2_sm3._added(scaled, opposite)) == multiple((a - b) % N, G)


# --- one form ---------------------------------------------------------------------------------------------------------------------------


def test_form_is_told_in_words() -> None:
    wanted = "SIGNATURE_FORM", "r 或 s 超出范围", "r or s out of range", *(["0 < r < n, 0 < s < n, r + s ≠ n"] * 2)
    for r, s in ((0, 1), (1, 0), (N, 1), (1, N), (1, N - 1)):
        assert refused(lambda r=r, s=s: verify(NAME, KEY.spki, b"act", r.to_bytes(32) + s.to_bytes(32))) == wanted  # type: ignore[misc]
    for r, s in ((1, 1), (1, 2), (2, 1), (N - 1, N - 1), (1, N - 2)):
        assert code_of(KEY.spki, b"act", r.to_bytes(32) + s.to_bytes(32)) == "SIGNATURE_WRONG"


def test_every_malleation_is_refused() -> None:
    seen = set()
    for number in range(4):
        signature = KEY.sign(b"%d" % number)
        for name, changed, code in malleations(signature):
            assert code_of(KEY.spki, b"%d" % number, changed) == code, name
            seen.add(name)
    assert len(seen) == 19


@pytest.mark.parametrize("user", [b"", b"1234567812345679", b"12345678123456781", b"alice"])
def test_a_signature_under_another_user_id_is_wrong(user: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2_sm3, "_ID", user)
    signature = PrivateKey.from_seed(NAME, b"\x02" * 32).sign(b"act")
    monkeypatch.undo()
    assert code_of(KEY.spki, b"act", signature) == "SIGNATURE_WRONG"
    assert code_of(KEY.spki, b"act", KEY.sign(b"act")) == "accepted"


def test_under_the_key_of_n_minus_1_every_s_would_do_so_it_does_not_load() -> None:
    point = (G[0], P - G[1])
    digest, r = sm2_sm3._sm3(b"x"), 12345
    sums = {plain(sm2_sm3._add_multiple(sm2_sm3._multiple((r + s) % N, point), s, sm2_sm3._base())) for s in (1, 2, N - 5)}
    assert sums == {multiple(N - r, G)}, "whatever s is"
    assert digest
    told = "KEY_INVALID", "私钥为 n-1 的公钥", "the key of d = n-1", "1 ≤ d ≤ n-2 的公钥", "a key of 1 ≤ d ≤ n-2"
    assert refused(lambda: load_key(NAME, spki_of(N - 1))) == told
    off = KEY.spki[:-1] + bytes([KEY.spki[-1] ^ 1])
    told = "KEY_INVALID", "不在曲线上", "not on the curve", "SM2 曲线上的点", "a point of the SM2 curve"
    assert refused(lambda: load_key(NAME, off)) == told


@pytest.mark.parametrize("scalar", [1, 2, 3, N - 3, N - 2])
def test_keys_near_the_base_point_verify_what_they_sign(scalar: int) -> None:
    key = PrivateKey(NAME, sm2_sm3._key(scalar))
    assert key.spki == spki_of(scalar)
    for number in range(3):
        assert code_of(key.spki, b"%d" % number, key.sign(b"%d" % number)) == "accepted"


@pytest.mark.parametrize("name", bad_keys())
def test_every_other_key_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        load_key(NAME, bad_keys()[name])
    assert refusal.value.codes == ["KEY_INVALID"]


def test_with_a_table_and_without_the_same_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    check = suite(NAME).load(KEY.spki[27:])
    signature, made = KEY.sign(b"act"), list[Any]()
    table_of = sm2_sm3._table_of
    monkeypatch.setattr(sm2_sm3, "_table_of", lambda point: made.append(point) or table_of(point))
    for number in range(1, 40):
        check(b"act", signature)
        with pytest.raises(InvalidSignature):
            check(b"other", signature)
        assert bool(made) == (2 * number > sm2_sm3._TABLE_AFTER)


# --- key files --------------------------------------------------------------------------------------------------------------------------


def test_a_key_file_comes_back_and_says_nothing_of_itself() -> None:
    pem = KEY.to_pem(b"secret")
    assert PrivateKey.from_pem(pem, b"secret").spki == KEY.spki
    assert PrivateKey.from_pem(pem, b"secret").secret("x") == KEY.secret("x") != KEY.secret("y")
    assert str(KEY.private.scalar) not in repr(KEY) + repr(KEY.private)
    assert repr(KEY.private) == "Sm2PrivateKey(…)"
    for bad, passphrase in ((pem, b"wrong"), (pem[:200], b"secret"), (pem.replace(b"M", b"N", 3), b"secret")):
        with pytest.raises(Refusal) as refusal:
            PrivateKey.from_pem(bad, passphrase)
        assert refusal.value.codes == ["KEY_FILE"]


def sealed(der: bytes) -> bytes:
    return seal_key(der, b"abc")


def test_a_file_holds_a_key_of_the_curve_in_range_and_nothing_behind_it() -> None:
    der, scalar = sm2_sm3._to_der(KEY.private), KEY.private.scalar.to_bytes(32)
    assert sm2_sm3._read(sealed(der), b"abc") == KEY.private
    for number, good in ((1, True), (N - 2, True), (0, False), (N - 1, False), (N, False)):
        pem = sealed(der.replace(scalar, number.to_bytes(32)))
        if good:  # the point is computed, not believed
            assert sm2_sm3._read(pem, b"abc") == sm2_sm3._key(number)
            continue
        with pytest.raises(ValueError, match=r"^no scalar of the curve$"):
            sm2_sm3._read(pem, b"abc")
    with pytest.raises(ValueError, match="trailing"):
        sm2_sm3._read(sealed(der + b"\0"), b"abc")
    for curve in ("06082a8648ce3d030107", "06082a811ccf5501822e"):
        assert sm2_sm3._read(sealed(der.replace(bytes.fromhex("06082a811ccf5501822d"), bytes.fromhex(curve))), b"abc") is None
    other = PrivateKey.from_seed("ed25519", bytes(32))
    assert sm2_sm3._read(sealed(suite("ed25519").to_der(other.private)), b"abc") is None


def test_a_seed_gives_the_first_hash_that_is_a_scalar(monkeypatch: pytest.MonkeyPatch) -> None:
    seed, real, asked = b"\x07" * 32, sm2_sm3.sha256, list[bytes]()

    class Fixed:
        def __init__(self, value: int) -> None:
            self.value = value

        def digest(self) -> bytes:
            return self.value.to_bytes(32)

    def fake(message: bytes) -> Any:
        asked.append(message)
        return Fixed([0, N - 1, N, N - 2][len(asked) - 1])

    monkeypatch.setattr(sm2_sm3, "sha256", fake)
    assert sm2_sm3._from_seed(seed).scalar == N - 2
    assert asked == [b"liandan/sm2-seed/v1\n" + seed + bytes([number]) for number in range(4)]
    monkeypatch.setattr(sm2_sm3, "sha256", lambda message: Fixed(1))
    assert sm2_sm3._from_seed(seed).scalar == 1
    monkeypatch.setattr(sm2_sm3, "sha256", real)


def openssl(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], capture_output=True, timeout=60, check=False, **options)


_HAS_SM2 = b"SM2" in openssl("list", "-public-key-algorithms").stdout


@pytest.mark.skipif(not _HAS_SM2, reason="no openssl with SM2 here")
def test_openssl_reads_our_keys_and_we_read_its_own(tmp_path: Path) -> None:
    own, made = tmp_path / "own.pem", tmp_path / "made.pem"
    own.write_bytes(KEY.to_pem(b"abc"))
    told = openssl("pkey", "-in", str(own), "-passin", "pass:abc", "-pubout", "-outform", "DER")
    assert told.stdout == KEY.spki, told.stderr
    for cipher in ("-aes256", "-aes128"):
        made.unlink(missing_ok=True)
        assert openssl("genpkey", "-algorithm", "SM2", "-out", str(made), cipher, "-pass", "pass:abc").returncode == 0
        key = PrivateKey.from_pem(made.read_bytes(), b"abc")
        assert key.suite == NAME
        assert key.spki == openssl("pkey", "-in", str(made), "-passin", "pass:abc", "-pubout", "-outform", "DER").stdout


@pytest.mark.skipif(not _HAS_SM2, reason="no openssl with SM2 here")
def test_openssl_and_this_suite_verify_each_other(tmp_path: Path) -> None:
    key, public, message, signature = (tmp_path / name for name in ("key.pem", "public.der", "message", "signature"))
    key.write_bytes(KEY.to_pem(b"abc"))
    public.write_bytes(KEY.spki)
    user = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")
    for number in range(sample(3)):
        message.write_bytes(b"act %d" % number)
        signed = openssl("pkeyutl", "-sign", "-inkey", str(key), "-passin", "pass:abc", "-in", str(message), "-out", str(signature), *user)
        assert signed.returncode == 0, signed.stderr
        verify(NAME, KEY.spki, message.read_bytes(), raw_of(signature.read_bytes()))
        signature.write_bytes(DSASignature.from_p1363(KEY.sign(message.read_bytes())).dump())
        told = openssl(
            "pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-keyform", "DER", "-in", str(message), "-sigfile", str(signature), *user
        )
        assert b"Verified" in told.stdout, told.stderr


def test_gmssl_and_this_suite_verify_each_other() -> None:
    gmssl = pytest.importorskip("gmssl_pyx")
    for number in range(sample(20)):
        public, private = gmssl.sm2_key_generate()
        message = b"%d" % number
        key = PrivateKey(NAME, sm2_sm3._key(int.from_bytes(private)))
        assert key.spki[27:] == public
        verify(NAME, key.spki, message, raw_of(gmssl.sm2_sign(private, public, message)))
        assert gmssl.sm2_verify(public, message, DSASignature.from_p1363(key.sign(message)).dump())
