"""The profile: said once, for this user alone, without a secret; what is said later goes before it, and another server has nothing of it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from liandan.cli import main
from liandan.cli.connection import load_key, open_client
from liandan.cli.profile import Profile, profile_path, read_profile, write_profile
from signing.keys import PrivateKey, write_key
from signing.refusal import Refusal

URL, OTHER = "http://127.0.0.1:1", "http://127.0.0.1:2"
NOTHING: dict[str, Any] = dict.fromkeys(("url", "key_file", "passphrase_file", "vkey_file", "found", "receipts", "now"))
VKEY = "log.example/x+5fababc6+ASrypDDmX9C3X08XJqQc8hpLjQ7MAdDf6VZsOA3XYdp8"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateKey:
    """A key with its passphrase, and a profile that names both."""
    monkeypatch.delenv("LIANDAN_PROFILE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    key = PrivateKey.generate()
    write_key(tmp_path / "own.pem", key, b"secret-words")
    (tmp_path / "pass").write_text("secret-words\n", encoding="utf-8")
    named = {"key": str(tmp_path / "own.pem"), "passphrase_file": str(tmp_path / "pass"), "found": "0" * 64, "origin": "log.example/x"}
    write_profile(Profile(url=URL, log_keys=(VKEY,), **named))
    return key


def test_it_is_for_its_user_alone_and_holds_no_secret(own: PrivateKey) -> None:
    path = profile_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "secret-words" not in path.read_text(encoding="utf-8")
    assert [one.name for one in path.parent.iterdir()] == ["profile.json"]


def test_a_command_needs_nothing_else(own: PrivateKey) -> None:
    client = open_client(needs_key=True, **NOTHING)
    assert client.address == URL
    assert client._key is not None
    assert client._key.keyid == own.keyid
    assert client.trust is not None
    assert (client.trust.found, client.trust.log_keys) == ("0" * 64, (VKEY,))


def test_every_receipt_is_kept_and_an_unwritable_home_hinders_no_reader(own: PrivateKey, tmp_path: Path) -> None:
    client = open_client(**NOTHING)
    assert client._folder is not None
    assert client._folder.root == tmp_path / "share" / "liandan" / "receipts" / ("0" * 16)
    (tmp_path / "share" / "liandan" / "receipts" / ("0" * 16)).rmdir()
    (tmp_path / "share" / "liandan" / "receipts").rmdir()
    (tmp_path / "share" / "liandan" / "receipts").write_bytes(b"a file")
    assert open_client(**NOTHING)._folder is None


def test_what_is_said_now_goes_before_it_and_another_server_gets_nothing(own: PrivateKey, tmp_path: Path) -> None:
    write_key(tmp_path / "other.pem", other := PrivateKey.generate(), b"secret-words")
    client = open_client(**{**NOTHING, "key_file": str(tmp_path / "other.pem"), "passphrase_file": tmp_path / "pass"})
    assert (client.address, client._key and client._key.keyid) == (URL, other.keyid)
    client = open_client(**{**NOTHING, "url": OTHER})
    assert (client.address, client._key, client.trust) == (OTHER, None, None)
    client = open_client(**{**NOTHING, "found": "1" * 64})
    assert client.trust is None, "another pin than the profile's is checked against the server, with no keys of the profile"


def test_variables_go_before_it(own: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDAN_CLIENT_URL", OTHER)
    answer = CliRunner().invoke(main, ["permit", "suspend", "--help"])
    assert answer.exit_code == 0
    answer = CliRunner().invoke(main, ["list", "suspend", "2026-51-50-cy", "--row", "0", "--yes"])
    assert (answer.exit_code, "--key" in answer.stderr) == (2, True), answer.output


def test_a_passphrase_file_goes_with_its_own_key_alone(own: PrivateKey, tmp_path: Path) -> None:
    assert load_key(tmp_path / "own.pem", None).keyid == own.keyid
    write_key(tmp_path / "strange.pem", PrivateKey.generate(), b"secret-words")
    answer = CliRunner().invoke(main, ["key", "show", str(tmp_path / "strange.pem")], input="\n")
    assert answer.exit_code == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"url":1}', b"\xff\xfe", b'{"key":"x"}'])
def test_a_file_that_is_none_is_told(content: bytes, own: PrivateKey) -> None:
    profile_path().write_bytes(content)
    with pytest.raises(Refusal) as refused:
        read_profile()
    assert refused.value.codes == ["PROFILE_FORM"]
    answer = CliRunner().invoke(main, ["work"])
    assert (answer.exit_code, "PROFILE_FORM" in answer.stderr) == (2, True), answer.output


def test_it_is_shown_and_forgotten(own: PrivateKey) -> None:
    answer = CliRunner().invoke(main, ["login", "--json"])
    assert json.loads(answer.stdout)["url"] == URL
    assert CliRunner().invoke(main, ["logout"]).exit_code == 0
    assert read_profile() is None
    assert CliRunner().invoke(main, ["login"]).exit_code == 1


def test_another_place_is_another_profile(own: PrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDAN_PROFILE", str(tmp_path / "deep" / "er.json"))
    assert read_profile() is None
    write_profile(Profile(url=OTHER))
    assert read_profile() == Profile(url=OTHER)
