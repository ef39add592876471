"""Private keys and their files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from signing.keys import PASSPHRASE_LIMIT, PrivateKey, read_key, write_key
from signing.refusal import Refusal
from signing.suite import SUITES

PASSPHRASE = "联单口令".encode()
KEY = PrivateKey.from_seed("ed25519", b"\x05" * 32)


def code_of(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return refusal.value.codes


@pytest.mark.parametrize("name", SUITES)
def test_a_key_file_gives_the_same_key_back(name: str, tmp_path: Path) -> None:
    key = PrivateKey.from_seed(name, b"\x06" * 32)
    write_key(tmp_path / "key.pem", key, PASSPHRASE)
    again = read_key(tmp_path / "key.pem", PASSPHRASE)
    assert (again.suite, again.spki, again.keyid) == (key.suite, key.spki, key.keyid)


def test_a_key_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write_key(tmp_path / "key.pem", KEY, PASSPHRASE)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_a_key_file_is_encrypted_pkcs8(tmp_path: Path) -> None:
    write_key(tmp_path / "key.pem", KEY, PASSPHRASE)
    assert (tmp_path / "key.pem").read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("precious")
    with pytest.raises(Refusal) as refusal:
        write_key(path, KEY, PASSPHRASE)
    assert code_of(refusal) == ["KEY_FILE_EXISTS"]
    assert path.read_text() == "precious"


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "key.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal) as refusal:
        write_key(tmp_path / "key.pem", KEY, PASSPHRASE)
    assert code_of(refusal) == ["KEY_FILE_EXISTS"]
    assert not (tmp_path / "elsewhere").exists()


def test_half_a_key_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_key(tmp_path / "key.pem", KEY, PASSPHRASE)
    assert not (tmp_path / "key.pem").exists()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        write_key(tmp_path / "nowhere" / "key.pem", KEY, PASSPHRASE)
    assert code_of(refusal) == ["KEY_FILE"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        read_key(tmp_path / "key.pem", PASSPHRASE)
    assert code_of(refusal) == ["KEY_FILE"]


@pytest.mark.parametrize("wrong", [b"", b"wrong", PASSPHRASE + b" ", b"x" * 5000])
def test_a_wrong_passphrase_is_refused(wrong: bytes) -> None:
    pem = KEY.to_pem(PASSPHRASE)
    with pytest.raises(Refusal) as refusal:
        PrivateKey.from_pem(pem, wrong)
    assert code_of(refusal) == ["KEY_FILE"]


@pytest.mark.parametrize("passphrase", [b"", b"x" * (PASSPHRASE_LIMIT + 1)])
def test_a_key_is_not_written_without_a_usable_passphrase(passphrase: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        write_key(tmp_path / "key.pem", KEY, passphrase)
    assert code_of(refusal) == ["KEY_FILE"]
    assert not (tmp_path / "key.pem").exists()


def test_the_longest_passphrase_works() -> None:
    longest = b"x" * PASSPHRASE_LIMIT
    assert PrivateKey.from_pem(KEY.to_pem(longest), longest).keyid == KEY.keyid


def test_an_unencrypted_key_is_refused() -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Refusal) as refusal:
        PrivateKey.from_pem(pem, PASSPHRASE)
    assert code_of(refusal) == ["KEY_FILE"]


@pytest.mark.parametrize("at", range(0, 300, 7))
def test_a_damaged_file_is_refused(at: int) -> None:
    pem = bytearray(KEY.to_pem(PASSPHRASE))
    pem[at] ^= 0xFF
    with pytest.raises(Refusal) as refusal:
        PrivateKey.from_pem(bytes(pem), PASSPHRASE)
    assert code_of(refusal) == ["KEY_FILE"]


@pytest.mark.parametrize(
    "private",
    [ec.generate_private_key(ec.SECP384R1()), x25519.X25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)],
    ids=["P-384", "X25519", "RSA"],
)
def test_a_key_of_no_suite_is_refused(private: PrivateKeyTypes) -> None:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE))
    with pytest.raises(Refusal) as refusal:
        PrivateKey.from_pem(pem, PASSPHRASE)
    assert code_of(refusal) == ["SUITE_UNKNOWN"]


def test_a_key_does_not_show_itself() -> None:
    shown = repr(KEY)
    assert "ed25519" in shown
    assert (b"\x05" * 32).hex() not in shown
    assert len(shown) < 60


def test_an_unknown_suite_makes_no_key() -> None:
    for make in (lambda: PrivateKey.generate("rsa"), lambda: PrivateKey.from_seed("rsa", bytes(32))):
        with pytest.raises(Refusal) as refusal:
            make()
        assert code_of(refusal) == ["SUITE_UNKNOWN"]
